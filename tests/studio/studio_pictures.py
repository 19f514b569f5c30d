"""Make the pictures of docs/studio.md anew: `python -m tests.studio.studio_pictures docs/site`."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from tests.studio.studio_house import mail_server, studio_on

_WIDE, _NARROW = (1280, 900), (390, 844)


def _write(page: Page, base: str) -> None:
    page.goto(f"{base}/write?file=playbooks/maison.yaml")
    page.get_by_text(re.compile("aucune erreur|nothing is wrong")).first.wait_for()
    page.wait_for_timeout(2_500)


def _morning(page: Page, base: str) -> None:
    page.goto(f"{base}/desk")
    page.wait_for_timeout(2_500)


def _draft(page: Page, base: str) -> None:
    page.goto(f"{base}/desk?kind=draft")
    page.locator(".rl-step").first.click()
    page.locator("img.rl-page, img").first.wait_for()
    page.wait_for_timeout(2_500)


def _run(page: Page, base: str) -> None:
    page.goto(f"{base}/run")
    page.get_by_label("selon quelles règles").fill("demo/routing")
    page.get_by_role("option", name="demo/routing.yaml").click()
    page.get_by_role("button", name="essayer").click()
    page.get_by_text("Où en sont les dossiers").wait_for(timeout=120_000)
    page.wait_for_timeout(1_000)


def _file(page: Page, base: str) -> None:
    page.goto(f"{base}/portfolio")
    page.locator("table a").first.wait_for(timeout=60_000)
    page.locator("table a").first.click()
    page.get_by_text(re.compile("pourquoi, et ce qui vient")).first.click()
    page.wait_for_timeout(3_000)


def _portfolio(page: Page, base: str) -> None:
    page.goto(f"{base}/portfolio")
    page.locator("table a").first.wait_for(timeout=60_000)
    page.get_by_role("button", name="ce qu’ils deviennent si rien n’arrive").click()
    page.get_by_text("Messages et appels par mois").wait_for(timeout=60_000)
    page.wait_for_timeout(1_500)
    page.get_by_text(re.compile(r", du \d\d/")).first.evaluate("label => { label.scrollIntoView(); scrollBy(0, -90); }")
    page.wait_for_timeout(300)


def _promises(page: Page, base: str) -> None:
    _write(page, base)
    text = page.locator(".cm-content").evaluate("content => content.cmView.view.state.doc.toString()")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text.replace("insolvent, ", "", 1))
    page.get_by_role("tab", name="Promesses").click()
    page.get_by_role("button", name="le jouer").first.wait_for(timeout=120_000)
    page.get_by_role("button", name="le jouer").first.scroll_into_view_if_needed()


#: Name of the file → what is shown, how wide, in which language, whether dark.
_PICTURES: dict[str, tuple[Callable[[Page, str], None], tuple[int, int], str, bool]] = {
    "studio-ecrire": (_write, _WIDE, "fr-FR", False), "studio-promesses": (_promises, _WIDE, "fr-FR", False), "studio-matin": (_draft, _WIDE, "fr-FR", False),
    "studio-passage": (_run, _WIDE, "fr-FR", False), "studio-dossier": (_file, _WIDE, "fr-FR", False), "studio-portefeuille": (_portfolio, _WIDE, "fr-FR", False),
    "studio-matin-en-1280-sombre": (_morning, _WIDE, "en-GB", True), "studio-ecrire-en-1280-sombre": (_write, _WIDE, "en-GB", True),
    "studio-matin-fr-390-sombre": (_morning, _NARROW, "fr-FR", True), "studio-ecrire-fr-390-sombre": (_write, _NARROW, "fr-FR", True),
    "studio-matin-en-390-clair": (_morning, _NARROW, "en-GB", False), "studio-ecrire-en-390-clair": (_write, _NARROW, "en-GB", False),
}  # fmt: skip


@contextmanager
def _page(browser: Browser, address: str, size: tuple[int, int], locale: str, *, dark: bool) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=locale, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(address)
    page.wait_for_url(re.compile("/desk"))
    yield page
    context.close()


def _made(browser: Browser, address: str, into: Path, names: list[str]) -> None:
    for name in names or _PICTURES:
        show, size, locale, dark = _PICTURES[name]
        with _page(browser, address, size, locale, dark=dark) as page:
            show(page, address.split("/?", maxsplit=1)[0])
            page.screenshot(path=into / f"{name}.png")
            print(into / f"{name}.png")


def main(words: list[str]) -> None:
    """Make all of them, or those that are named behind the folder."""
    into, *names = words
    chromium: Any = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as root, mail_server() as (_, port), studio_on(Path(root), port) as address, sync_playwright() as run:
        browser = run.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        _made(browser, address, Path(into), names)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
