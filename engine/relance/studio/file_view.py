"""An open file of the author's page: its text on the left, what it means on the right: ladder, days, letters, mistakes, tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.checking import Checker, kind_of
from relance.editor.answers import Suggestion, changed
from relance.editor.completion import Asked, complete
from relance.editor.fixes import quick_fix
from relance.editor.reading import own_steps
from relance.editor.wordings import complete_wording, is_wording
from relance.language import source
from relance.letters.wording import Templates
from relance.model import Diagnostic, Severity
from relance.proof.held_promises import promises_of
from relance.proof.prove import prove
from relance.proof.walk import Bounds
from relance.report.words import word
from relance.sentences import plural, sentence
from relance.simulation.coverage import coverage
from relance.simulation.playbook_tests import SUFFIX, read_tests, run_file
from relance.simulation.written_tests import with_tests
from relance.studio.calendar_panel import CalendarHands, CaseCalendar
from relance.studio.case_form import CaseForm
from relance.studio.compare_panel import ComparePanel
from relance.studio.days_panel import day_said, show_sendings
from relance.studio.frame import PageReader
from relance.studio.gate import Role
from relance.studio.ladder_panel import LadderView, show_ladder
from relance.studio.played_case import PlayedCase, TextMeaning, documents_of, kept_as_test, meaning_of
from relance.studio.proof_panel import show_proof
from relance.studio.reading_view import show, show_words_found
from relance.studio.step_form import StepForm
from relance.studio.tests_panel import show_coverage, show_results
from relance.studio.text_editor import Editing, TextEditor
from relance.studio.words_panel import show_words
from relance.studio.workspace import FileRefusedError

if TYPE_CHECKING:
    from relance.simulation.timeline import Sending
    from relance.studio.open_texts import OpenTexts, TypedText
    from relance.studio.settings import StudioSettings

#: So many situations of real histories are looked at, at most: a page waits for it.
_SITUATIONS = 1_000
#: So long after the last key the text is read; its wordings, which takes longer, only when the hand has rested.
_SOON, _RESTED = 0.12, 1.0
_ICONS = {Severity.ERROR: ("error", "negative"), Severity.WARNING: ("warning", "warning"), Severity.HINT: ("info", "primary")}


class FileView:
    """One open file: its text, and what it means. `told` hears when it is saved, or that it is unsaved changes."""

    def __init__(self, studio: StudioSettings, reader: PageReader, texts: OpenTexts, typed: TypedText, told: Callable[[], None]) -> None:
        self.studio, self.reader, self.texts, self.typed, self.told = studio, reader, texts, typed, told
        self.path, self.text = typed.file.path, typed.text
        self.case = PlayedCase(((studio.today + timedelta(days=15), Decimal("1200.00")),))
        self.meaning = TextMeaning(())
        self.findings: tuple[Diagnostic, ...] = ()
        self.listed: tuple[str, tuple[Diagnostic, ...]] | None = None  # the text and its mistakes as they stand in the panel
        self.turn = 0  # of what was typed: an answer to an older text is not shown
        self.meant = self.held = ""  # the text whose meaning is known, and the one whose promises were held last
        self.chosen: str | None = None  # the step that is looked at
        self.never_due = frozenset[str]()  # the steps that no test makes due, where there are tests

    # ----------------------------------------------------------------- the frame

    def build(self) -> None:
        """Make the view."""
        with ui.column().classes("w-full") as self.whole:
            self.state = ui.label("").classes("rl-soft").props("role=status aria-live=polite")
            with ui.element("div").classes("row w-full q-col-gutter-md"):
                with ui.element("div").classes("col-12 col-md-6"):
                    self._editor()
                with ui.element("div").classes("col-12 col-md-6"):
                    self._right()
        ui.timer(0.05, self._read_soon, once=True)
        ui.timer(0.1, self._show_tests, once=True)

    def show(self, *, visible: bool) -> None:
        """Show it, or keep it out of sight as it is: its text, its undo, its case."""
        self.whole.set_visibility(visible)

    def _editor(self) -> None:
        self.editor = TextEditor(self.reader, self.text, self.path, Editing(self._typed, self.save, self._offered, self._at_line))
        if not self.reader.may(Role.AUTHOR):
            self.editor.field.disable()

    def _offered(self, text: str, line: int, column: int) -> Sequence[Suggestion]:
        """Say what may stand at a place, as the language server says it."""
        path, language = str(self._place()), self.reader.language
        if is_wording(path):
            return complete_wording(text, path, language, line, column)
        return complete(Asked(text, path, language, Templates(*self.studio.folders)), line, column)

    def _at_line(self, line: int) -> None:
        """Choose the step that the cursor is in."""
        above = [each.id for each in own_steps(self.text, str(self._place())) if each.place.line <= line]
        if above and above[-1] != self.chosen:
            self.chosen = above[-1]
            self._show()

    def _place(self) -> Path:
        """Return where the file stands."""
        return self.studio.workspace.place(self.path)

    def _right(self) -> None:
        say = self.reader.say
        names = {
            "ladder": sentence("Ladder"), "days": sentence("Days"), "letters": sentence("Letters"), "case": sentence("The case"), "mistakes": sentence("Mistakes"),
            "form": sentence("The form"), "tests": sentence("Tests"), "words": sentence("In plain words"), "promises": sentence("Promises"), "compare": sentence("Compare"),
        }  # fmt: skip
        self.panels: dict[str, Any] = {}
        with ui.tabs(on_change=self._looked_at).props("dense no-caps align=left") as tabs:
            made = {name: ui.tab(name, label=say(text)) for name, text in names.items()}
        self.tabs = tabs
        with ui.tab_panels(tabs, value=made["ladder"]).classes("w-full").props("keep-alive"):
            for name, tab in made.items():
                with ui.tab_panel(tab).classes("q-px-none"):
                    self.panels[name] = ui.column().classes("w-full")
        with self.panels["case"]:
            self.form = CaseForm(self.reader, self.case, self._play, self._refuse)
            self.form.build()
            if self.reader.may(Role.AUTHOR):
                with ui.row().classes("items-end q-mt-md"):
                    self.test_name = ui.input(say(sentence("name of the test")), value=say(sentence("as I played it"))).classes("w-64").props("dense outlined")
                    ui.button(say(sentence("keep it as a test")), icon="playlist_add_check", on_click=self._keep).props("outline no-caps")
        self.calendar = CaseCalendar(self.reader, CalendarHands(self.form.move, self.form.put))
        with self.panels["form"]:
            self.step_form = StepForm(self.reader, self.editor.put, self._refuse)
            self.step_form.build()
        with self.panels["compare"]:
            ComparePanel(self.studio, self.reader, self.path).build(lambda: (self.text, self.meaning.playbook))
        with self.panels["promises"]:
            ui.button(say(sentence("hold against every history")), icon="verified_user", on_click=self._prove).props("no-caps")
            self.proved = ui.column().classes("w-full").props("aria-live=polite")

    # ----------------------------------------------------------------- reading what is typed

    async def _typed(self, text: str) -> None:
        self.text = text
        if self.texts.typed(self.typed, text):
            self.told()
        await self._read_soon()

    async def _read_soon(self) -> None:
        """Read the text once the hand rests: what it means at once, its wordings a little later."""
        self.turn += 1
        turn = self.turn
        await asyncio.sleep(_SOON)
        if turn != self.turn:
            return
        path = str(self._place())
        kind = kind_of(value.value if (value := source.read(self.text, path)[0]) is not None else None, path)
        if kind == "playbook" or self.path.endswith(".yaml"):
            text = self.text
            meaning = await asyncio.to_thread(meaning_of, text, path, self.case) if kind == "playbook" else TextMeaning(())
            if turn != self.turn:
                return
            self.meaning, self.findings, self.meant = meaning, meaning.findings, text
            self._show()
        await asyncio.sleep(_RESTED)
        if turn != self.turn:
            return
        checked = await asyncio.to_thread(Checker(self.studio.folders).check, self.text.encode(), path, self._place())
        if turn == self.turn:
            self.findings = tuple(each for each in checked.findings if each.path == path)
            self._show_findings()
            await self._looked_at()

    def _show(self) -> None:
        with self.reader.reading():
            self._show_findings()
            self._show_ladder()
            self._show_days()
            self._show_letters()
            self._show_words()
            if self.reader.may(Role.AUTHOR):
                self.step_form.show(self.text, str(self._place()), self.chosen)
        self.form.offer([step.id for step in self.meaning.playbook.steps] if self.meaning.playbook is not None else [])

    # ----------------------------------------------------------------- mistakes

    def _show_findings(self) -> None:
        say = self.reader.say
        panel = self.panels["mistakes"]
        self.editor.mark(self.findings, self._line_of(self.chosen) if self.chosen is not None else None)
        count = plural("{count} mistake", "{count} mistakes", len(self.findings))
        self.state.text = say(count) if self.findings else say(sentence("nothing is wrong"))
        if self.listed == (self.text, self.findings):
            return  # nothing new: who is about to press a button there finds it
        self.listed = self.text, self.findings
        panel.clear()
        with panel:
            for each in self.findings:
                self._finding(each)
            if not self.findings:
                ui.label(say(sentence("nothing is wrong"))).classes("rl-soft")

    def _finding(self, each: Diagnostic) -> None:
        say = self.reader.say
        icon, colour = _ICONS[each.severity]
        with ui.row().classes("w-full items-start no-wrap"):
            ui.icon(icon, color=colour).props(f'aria-label="{say(str(each.severity))}"')
            with ui.column().classes("col gap-1"):
                place = say(sentence("line {line}", line=each.line))
                ui.button(f"{place}: {say(each.message)} [{each.code}]", on_click=lambda: self.editor.go(each.line)).props("flat dense no-caps align=left").style("text-align:left")
                if each.hint:
                    ui.label(say(each.hint)).classes("rl-soft")
                if self.reader.may(Role.AUTHOR) and (fix := quick_fix(self.text, each, self.reader.language)) is not None:
                    ui.button(say(sentence("do it")), icon="auto_fix_high", on_click=lambda: self.editor.put(changed(self.text, fix.edits))).props("outline dense no-caps")

    # ----------------------------------------------------------------- the ladder

    def _line_of(self, step: str) -> int | None:
        return next((each.place.line for each in own_steps(self.text, str(self._place())) if each.id == step), None)

    def _choose(self, step: str) -> None:
        self.chosen = step
        self._show()
        if (line := self._line_of(step)) is not None:
            self.editor.go(line)

    def _show_ladder(self) -> None:
        panel = self.panels["ladder"]
        panel.clear()
        with panel:
            show_ladder(self.reader, LadderView(self.meaning.playbook, self.meaning.timeline, self.chosen, self.never_due), self._choose)

    # ----------------------------------------------------------------- the days

    def _day(self, on: date) -> str:
        return day_said(on, self.reader.language)

    def _show_days(self) -> None:
        panel, timeline = self.panels["days"], self.meaning.timeline
        panel.clear()
        with panel:
            if self.meaning.trouble:
                ui.label(self.reader.say(self.meaning.trouble)).props("role=alert").classes("text-negative")
            if timeline is None:
                return
            show_sendings(timeline, self.reader, self._read)
            if self.meaning.playbook is not None:
                self.calendar.show(timeline, self.meaning.playbook.calendar, self.case.events)

    # ----------------------------------------------------------------- letters

    def _show_letters(self) -> None:
        say, panel, timeline = self.reader.say, self.panels["letters"], self.meaning.timeline
        panel.clear()
        with panel:
            if timeline is None:
                return
            choices = {number: f"{self._day(entry.on)} · {entry.first.step}" for number, entry in enumerate(timeline.entries)}
            self.letter_choice = ui.select(choices, label=say(sentence("what leaves on")), on_change=self._letter_chosen).classes("w-full").props("dense outlined")
            self.sheet = ui.column().classes("w-full").props("aria-live=polite")

    def _read(self, entry: Sending) -> None:
        assert self.meaning.timeline is not None
        self.tabs.value = "letters"
        self.letter_choice.value = self.meaning.timeline.entries.index(entry)

    async def _letter_chosen(self, event: Any) -> None:
        timeline = self.meaning.timeline
        if timeline is None or event.value is None:
            return
        made = await asyncio.to_thread(documents_of, timeline, timeline.entries[event.value], self.studio.project)
        self.sheet.clear()
        with self.sheet, self.reader.reading():
            for each in made:
                ui.label(word(each.document.channel)).classes("text-bold")
                show(each.document, self.studio.shelf, self.reader)
                show_words_found(each.text, each.found, self.reader)
            if not made:
                ui.label(self.reader.say(sentence("this step has no text: it is a task"))).classes("rl-soft")

    # ----------------------------------------------------------------- in plain words, and what is promised

    def _show_words(self) -> None:
        panel = self.panels["words"]
        panel.clear()
        if self.meaning.playbook is not None:
            with panel:
                show_words(self.studio, self.reader, self.meaning.playbook, self.text, self.path)

    async def _looked_at(self) -> None:
        """Hold the promises while their panel is looked at: once for each text."""
        if self.tabs.value == "promises" and self.held != self.meant:
            await self._prove()

    async def _prove(self) -> None:
        """Hold what law, prudence and the author ask against every history; typing meanwhile ends it."""
        say, playbook, text = self.reader.say, self.meaning.playbook, self.meant
        self.proved.clear()
        if playbook is None:
            return
        self.held = text
        with self.proved:
            ui.spinner().props(f'role=img aria-label="{say(sentence("at work"))}"')
        promises, findings = await asyncio.to_thread(promises_of, playbook, self._place())
        proof = await asyncio.to_thread(prove, playbook, promises, Bounds(_SITUATIONS, 1), lambda _: text == self.text)
        if text != self.text:
            self.held = "" if self.held == text else self.held
            return
        self.proved.clear()
        with self.proved, self.reader.reading():
            show_proof(proof, findings, self.reader, self._play_breach)

    # ----------------------------------------------------------------- the case one plays with

    async def _play(self, case: PlayedCase) -> None:
        self.case = case
        await self._read_soon()

    def _play_breach(self, case: PlayedCase) -> None:
        """Let the case that breaks a promise be the one that is played, and show its days."""
        self.form.fill(case)
        self.tabs.value = "days"

    async def _keep(self) -> None:
        """Put the case, as it is played now, behind the tests beside the playbook."""
        playbook, timeline, say = self.meaning.playbook, self.meaning.timeline, self.reader.say
        if playbook is None or timeline is None:
            return
        beside = tests_beside(self.path)
        test = kept_as_test((self.test_name.value or "").strip() or say(sentence("as I played it")), self.case, timeline)
        try:
            await asyncio.to_thread(self.studio.workspace.changed, beside, lambda text: with_tests(text, [test], playbook.id, beside))
        except (FileRefusedError, ValueError) as error:
            ui.notify(say(error.args[0]), type="negative")
            return
        ui.notify(say(sentence("kept in {file}", file=beside)), type="positive")
        await self._show_tests()

    def _refuse(self, why: str) -> None:
        self.state.text = why

    # ----------------------------------------------------------------- files

    async def save(self) -> None:
        """Write the file, if nobody else did since it was opened."""
        if not self.reader.may(Role.AUTHOR):
            return
        try:
            self.typed.file = await asyncio.to_thread(self.studio.workspace.write, self.typed.file, self.text)
        except FileRefusedError as error:
            ui.notify(self.reader.say(error.args[0]), type="negative")
            return
        ui.notify(self.reader.say(sentence("saved")), type="positive")
        self.told()
        await self._show_tests()

    async def take_back(self) -> None:
        """Let the text be that of the file as it is now; undo brings back what was typed."""
        try:
            self.typed.file = await asyncio.to_thread(self.studio.workspace.read, self.path)
        except FileRefusedError as error:
            ui.notify(self.reader.say(error.args[0]), type="negative")
            return
        self.editor.put_whatever(self.typed.file.text)
        self.told()

    async def _show_tests(self) -> None:
        """Run the tests beside the playbook and show what differs."""
        say, panel, beside = self.reader.say, self.panels["tests"], Path(tests_beside(str(self._place())))
        panel.clear()
        if not await asyncio.to_thread(beside.is_file):
            with panel:
                ui.label(say(sentence("there are no tests beside this playbook: {file}", file=beside.name))).classes("rl-soft")
            return
        tests, findings = await asyncio.to_thread(read_tests, beside)
        results = (await asyncio.to_thread(run_file, tests)).results if tests is not None else ()
        with panel, self.reader.reading():
            show_results(results, findings, self.reader)
            if tests is not None:
                show_coverage(covered := coverage(tests.playbook, results), self.reader)
                self.never_due = covered.never_due
                if self.meaning.playbook is not None:
                    self._show_ladder()


def tests_beside(path: str) -> str:
    """Return where the tests of a playbook stand."""
    return f"{path.removesuffix(SUFFIX).removesuffix('.yaml')}{SUFFIX}"
