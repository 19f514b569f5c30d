"""A playbook beside another version of it: what differs in every history, each kind with its smallest case, what changes on the journal's cases, and the two texts side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from nicegui import ui

from relance.extras import has_tables
from relance.language import library, load_playbook_text
from relance.model import Playbook
from relance.proof.lock_step import lock_step
from relance.report.differences import difference_lines
from relance.sentences import sentence
from relance.studio.frame import PageReader, shown
from relance.studio.gate import Role
from relance.studio.workspace import FileRefusedError

if TYPE_CHECKING:
    from relance.studio.settings import StudioSettings

#: The version that is on the disk, and the one that git has; every other is a playbook that ships.
_SAVED, _COMMITTED = "saved", "committed"
#: Days of histories that are compared, at most: a page waits for them.
_DAYS = 300
#: So far the cases are played where nothing is said, and at most.
_AHEAD, _FAR = timedelta(days=180), timedelta(days=731)
#: Who may see cases.
_SEE_CASES = (Role.OPERATOR, Role.APPROVER, Role.READER)
#: Lines around a change that are shown with it.
_AROUND = 2


class SideBySide(NamedTuple):
    """A line of two texts beside each other; None where one of them has none. `changed` where they differ."""

    old: str | None
    new: str | None
    changed: bool


def side_by_side(old: str, new: str) -> Iterator[SideBySide]:
    """Yield the lines that differ between two texts, with a few around them."""
    before, after = old.splitlines(), new.splitlines()
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND):
        for what, start, end, first, last in group:
            yield from (SideBySide(one, other, what != "equal") for one, other in zip_longest(before[start:end], after[first:last]))


class ComparePanel:
    """The panel of one open file: the version that is chosen, and what differs from it."""

    def __init__(self, studio: StudioSettings, reader: PageReader, path: str) -> None:
        self.studio, self.reader, self.path = studio, reader, path

    def build(self, now: Callable[[], tuple[str, Playbook | None]]) -> None:
        """Make the panel; `now` gives the text and the playbook as they are written."""
        say = self.reader.say
        names = {_SAVED: say(sentence("as it is saved")), _COMMITTED: say(sentence("as the last commit of git has it")), **{name: name for name in library.shipped_ids()}}
        self.choice = ui.select(names, value=_SAVED, label=say(sentence("compare with"))).classes("w-80").props("dense outlined")
        with ui.row().classes("items-end"):
            ui.button(say(sentence("compare")), icon="compare", on_click=lambda: self._show(*now())).props("no-caps")
            if self.studio.desk is not None and has_tables() and self.reader.may(*_SEE_CASES):
                ui.button(say(sentence("compare on the cases of the journal")), icon="bar_chart", on_click=lambda: self._on_cases(now()[1])).props("outline no-caps")
                self.until = ui.input(say(sentence("until")), value=(self.studio.today + _AHEAD).isoformat()).props("type=date stack-label dense")
        self.found = ui.column().classes("w-full").props("aria-live=polite")

    def _other(self, name: str) -> tuple[str, str] | None:
        """Return the text of the version of that name, and the path it is read by; None where there is none."""
        workspace = self.studio.workspace
        if name == _SAVED:
            return workspace.read(self.path).text, str(workspace.place(self.path))
        if name == _COMMITTED:
            text = workspace.committed(self.path)
            return None if text is None else (text, str(workspace.place(self.path)))
        place = library.find(name)
        return None if place is None else (place.read_text(encoding="utf-8"), str(place))

    async def _show(self, text: str, playbook: Playbook | None) -> None:
        say = self.reader.say
        self.found.clear()
        try:
            other = await asyncio.to_thread(self._other, self.choice.value)
        except FileRefusedError as error:
            ui.notify(say(error.args[0]), type="negative")
            return
        with self.found, self.reader.reading():
            if other is None:
                ui.label(say(sentence("there is no such version of this file"))).props("role=alert")
                return
            old, _ = load_playbook_text(*other, checks=False)
            if old is None or playbook is None:
                ui.label(say(sentence("what differs in every history is told once both versions are without errors"))).classes("rl-soft")
            else:
                for line in await asyncio.to_thread(self._differences, old, playbook):
                    ui.label(shown(line, 400)).style(f"padding-left:{(len(line) - len(line.lstrip())) / 2}em")
            self._texts(other[0], text)

    async def _on_cases(self, playbook: Playbook | None) -> None:
        """Play the journal's cases forward under both versions, and show what changes."""
        from relance.studio.portfolio_change import change_of, show_change

        say, desk = self.reader.say, self.studio.desk
        assert desk is not None
        self.found.clear()
        try:
            other, until = await asyncio.to_thread(self._other, self.choice.value), date.fromisoformat(self.until.value or "")
        except FileRefusedError as error:
            ui.notify(say(error.args[0]), type="negative")
            return
        except ValueError:
            ui.notify(say(sentence("a day, until which the cases are played")), type="negative")
            return
        old = None if other is None else load_playbook_text(*other, checks=False)[0]
        if old is None or playbook is None or not self.studio.today <= until <= self.studio.today + _FAR:
            with self.found:
                ui.label(say(sentence("both versions are played once they are without errors, until a day of the next two years"))).props("role=alert")
            return
        with self.found:
            waits = ui.spinner().props(f'role=img aria-label="{say(sentence("at work"))}"')
        made = await asyncio.to_thread(change_of, desk, old, playbook, until)
        waits.delete()
        with self.found, self.reader.reading():
            show_change(made)

    def _differences(self, old: Playbook, new: Playbook) -> list[str]:
        made = lock_step(old, new, _DAYS)
        with self.reader.reading():
            return list(difference_lines(made))

    def _texts(self, old: str, new: str) -> None:
        say = self.reader.say
        rows = list(side_by_side(old, new))
        if not rows:
            ui.label(say(sentence("the two texts are the same"))).classes("rl-soft")
            return
        name = say(sentence("the two texts side by side"))
        with ui.element("div").style("overflow-x:auto;width:100%").props("tabindex=0 role=region").props(f'aria-label="{name}"'), ui.element("table").classes("rl-table"):
            with ui.element("tr"):
                for head in (sentence("before"), sentence("as it is written")):
                    ui.element("th").props("scope=col")._text = say(head)  # noqa: SLF001
            for row in rows:
                with ui.element("tr"):
                    for side in (row.old, row.new):
                        cell = ui.element("td").style("white-space:pre-wrap;font-family:monospace;width:50%").classes("rl-line" if row.changed and side is not None else "")
                        cell._text = side or ""  # noqa: SLF001
