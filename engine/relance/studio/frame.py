"""What every page has: who reads it and in which language, the bar with the ways on, light and dark, and how a thing is said.

Owns the frame of a page and the look that pages share. Text of a file or of a debtor is shown as text, never as HTML.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nicegui import app, ui

from relance.sentences import LANGUAGES, read_in, said, said_again, sentence
from relance.studio.gate import Role, User, kept_of, user_of

if TYPE_CHECKING:
    from relance.studio.kept_view import KeptView, Progress

#: Direction marks turn the order of what follows them round: a name that holds one is shown with it written out.
_TURNING = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"}
#: So many seconds a page may take to be made before the frame gives it up: a large journal on a busy machine.
PATIENCE = 60.0
#: No list, no head of a page is longer than this for one text.
_SHOWN = 160
_LOOK = """
:root { --rl-line: #d5d9e0; --rl-soft: #5b6472; }
.body--dark { --rl-line: #3b4250; --rl-soft: #a9b2c0; }
.rl-soft { color: var(--rl-soft); }
.body--dark .q-btn--outline, .body--dark .q-btn--flat { --q-primary: #90caf9; } .body--dark main a { color: #90caf9; } .body--dark .rl-chip { color: #ffcc80; }
.rl-step { border: 1px solid var(--rl-line); border-radius: 8px; padding: 8px 12px; width: 100%; text-align: left; background: transparent; color: inherit; cursor: pointer; }
.rl-step:hover, .rl-step:focus-visible { border-color: #1565c0; }
.rl-step.rl-here { border: 2px solid #1565c0; padding: 7px 11px; }
.rl-error { text-decoration: underline wavy #c62828; text-underline-offset: 3px; }
.rl-warning { text-decoration: underline wavy #b26a00; text-underline-offset: 3px; }
.rl-hint { text-decoration: underline dotted #1565c0; text-underline-offset: 3px; }
.rl-line { background: rgba(21, 101, 192, .12); }
.rl-table { border-collapse: collapse; width: 100%; } .rl-table th, .rl-table td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--rl-line); }
.rl-number { text-align: right !important; white-space: nowrap; font-variant-numeric: tabular-nums; }
a.rl-way { color: inherit; text-decoration: none; padding: 4px 10px; border-radius: 6px; } a.rl-way { color: #fff !important; } a.rl-way[aria-current] { background: rgba(0,0,0,.3); } a.rl-way:focus-visible { outline: 2px solid #fff; }
.rl-closed { background: rgba(128,128,128,.18); } .rl-day { min-width: 2.2em; text-align: center; border-radius: 4px; }
.rl-chip { border: 0; background: transparent; color: #b26a00; cursor: grab; padding: 0 2px; line-height: 1; font-size: 1.1rem; } .rl-chip:focus-visible { outline: 2px solid #b26a00; border-radius: 4px; } .body--dark .rl-chip, .rl-busy .rl-chip { color: #ffcc80; }
.rl-busy { background: #1565c0; color: #fff; font-weight: 600; }
"""


@dataclass(frozen=True, slots=True)
class PageReader:
    """Who reads a page, and in which language."""

    user: User
    language: str

    def say(self, text: str) -> str:
        """Say a sentence in his language."""
        return said(text, self.language)

    def say_again(self, text: str) -> str:
        """Say in his language what was kept in English, such as a reason of the journal."""
        return said_again(text, self.language)

    def may(self, *roles: Role) -> bool:
        """Say whether he has one of these roles."""
        return self.user.may(*roles)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let whatever prints speak his language."""
        with read_in(self.language):
            yield


def shown(text: Any, limit: int = _SHOWN) -> str:
    """Write text of a file or of a debtor for a page: one line, no mark that turns its direction, not longer than a page bears."""
    line = " ".join(str(text).split()).translate(_TURNING)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def reader_here(language: str) -> PageReader:
    """Return who asks for the page that is being made; `language` is that of the project, where he chose none."""
    request = ui.context.client.request
    assert request is not None
    user = user_of(request.scope)
    chosen = request.cookies.get("relance-language") or request.headers.get("accept-language", "")[:2]
    return PageReader(user, chosen if chosen in LANGUAGES else language)


def ways(reader: PageReader) -> Sequence[tuple[str, str]]:
    """Return the pages a reader may go to: address and name."""
    every = (
        ("/desk", sentence("The morning"), (Role.OPERATOR, Role.APPROVER, Role.READER)),
        ("/run", sentence("The run"), (Role.OPERATOR,)),
        ("/portfolio", sentence("Portfolio"), (Role.OPERATOR, Role.APPROVER, Role.READER)),
        ("/write", sentence("Playbooks"), (Role.AUTHOR, Role.READER)),
    )
    return tuple((address, reader.say(name)) for address, name, roles in every if reader.may(*roles))


#: Under which name it is kept of a session whether its pages are dark.
_DARK = "dark"


@contextmanager
def framed(reader: PageReader, here: str, title: str) -> Iterator[None]:
    """Make the frame of a page; its content comes within."""
    ui.add_css(_LOOK)
    ui.colors(primary="#1565c0")
    ui.page_title(f"{title} · relance")
    ui.query("html").props(f"lang={reader.language}")
    request = ui.context.client.request
    assert request is not None
    kept = kept_of(request.scope)
    dark = ui.dark_mode(kept.get(_DARK))  # None: as his machine has it

    async def turn() -> None:
        kept[_DARK] = dark.value = not await ui.run_javascript("return document.body.classList.contains('body--dark')", timeout=5.0)

    bar, pages = reader.say(sentence("relance studio")), reader.say(sentence("Pages"))
    with ui.header().classes("items-center q-py-xs").props(f'role=banner aria-label="{bar}"'):
        ui.label("relance").classes("text-bold q-mr-md")
        with ui.element("nav").classes("row items-center").props(f'aria-label="{pages}"'):
            for address, name in ways(reader):
                current = ' aria-current="page"' if address == here else ""
                ui.link(name, address).classes("rl-way").props(current)
        ui.space()
        ui.label(shown(reader.user.name, 40)).classes("gt-xs")
        other = next(language for language in LANGUAGES if language != reader.language)
        ui.link(other.upper(), f"/language/{other}?to={here}").classes("rl-way").props(f'hreflang={other} aria-label="{_NAMES[other]}"')
        name = reader.say(sentence("Light or dark"))
        ui.button(icon="dark_mode", on_click=turn).props(f'flat round color=white aria-label="{name}"')
    with ui.element("main").classes("w-full q-pa-md").props(f'id=content tabindex=-1 aria-label="{title}"'):
        ui.element("h1").classes("sr-only-h1").style("position:absolute;left:-9999px")._text = title  # noqa: SLF001 - a heading for who does not see the page
        yield


def case_address(creditor: str, debtor: str) -> str:
    """Return the address of a debtor's file, whatever stands in the names."""
    return f"/case/{quote(creditor, safe='')}/{quote(debtor, safe='')}"


def show_progress(reader: PageReader, progress: Progress, view: KeptView, again: Callable[[], object]) -> None:
    """Show how far the deciding is, where it goes on, and the page `again` once it is over."""
    if progress.whole:
        return
    say = reader.say

    def told(now: Progress) -> str:
        return say(sentence("cases are being decided, {done} of {total} debtors: what is not decided yet is missing here", done=now.done, total=now.total))

    text = ui.label(told(progress)).props("role=status aria-live=polite")
    bar = ui.linear_progress(progress.done / progress.total, show_value=False).props(f'aria-label="{say(sentence("how far the deciding is"))}"')

    async def look() -> None:
        now = await asyncio.to_thread(view.progress)
        text.text, bar.value = told(now), now.done / max(now.total, 1)
        if now.whole:
            timer.cancel()
            text.delete()
            bar.delete()
            if isawaitable(shown_ := again()):
                await shown_

    timer = ui.timer(1.0, look)


_NAMES = {"fr": "En français", "en": "In English"}


def own_assets_only() -> None:
    """Serve nothing but what this machine holds; the frame's own pages for a mistake show no trace."""
    app.config.reconnect_timeout = 10


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str, numbers: Collection[int] = ()) -> None:
    """Show a table under its caption; `numbers` are the places of columns that hold figures. It scrolls by itself where it is too wide."""
    with ui.element("div").style("overflow-x:auto;width:100%").props("tabindex=0 role=region").props(f'aria-label="{caption}"'), ui.element("table").classes("rl-table"):
        ui.element("caption").style("text-align:left;font-weight:600;padding:8px 0")._text = caption  # noqa: SLF001
        with ui.element("thead"), ui.element("tr"):
            for place, each in enumerate(heads):
                ui.element("th").props("scope=col").classes("rl-number" if place in numbers else "")._text = each  # noqa: SLF001
        with ui.element("tbody"):
            for row in rows:
                with ui.element("tr"):
                    for place, cell in enumerate(row):
                        ui.element("td").classes("rl-number" if place in numbers else "")._text = shown(cell, 600)  # noqa: SLF001
