"""The author's page: a playbook's text on the left, what it means on the right: ladder, days, letters, mistakes, tests."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui

from relance.book.how_to import instructions
from relance.checking import Checker, kind_of
from relance.editor.answers import changed
from relance.editor.fixes import quick_fix
from relance.editor.new_project import new_playbook
from relance.editor.reading import steps_here
from relance.language import library, source
from relance.letters.figures import money
from relance.model import Diagnostic, Duration, Severity, TimeUnit
from relance.proof.breach_test import breach_test
from relance.proof.held_promises import promises_of
from relance.proof.prove import Ruling, prove
from relance.proof.walk import Bounds
from relance.report.proof_graph import svg
from relance.report.proofs import history_lines, line_said
from relance.report.words import word
from relance.sentences import Phrase, marked, numbered, plural, sentence
from relance.simulation.playbook_tests import read_tests, run_file
from relance.studio.frame import PageReader, framed, reader_here, shown
from relance.studio.gate import Role
from relance.studio.played_case import PlayedCase, TextMeaning, channels_of, documents_of, meaning_of, months_of
from relance.studio.reading_view import show
from relance.studio.workspace import FileRefusedError, OpenFile

if TYPE_CHECKING:
    from relance.simulation.timeline import Sending
    from relance.studio.settings import StudioSettings

#: So many situations of real histories are looked at, at most: a page waits for it.
_SITUATIONS = 1_000
_RULINGS = {
    Ruling.PROVED: ("check_circle", "positive", sentence("proved")), Ruling.BROKEN: ("cancel", "negative", sentence("BROKEN")),
    Ruling.UNDECIDED: ("help", "warning", sentence("not decided")),
}  # fmt: skip
_TONES = {"courteous": marked("courteous"), "neutral": marked("neutral"), "firm": marked("firm"), "formal": marked("formal")}
#: So long after the last key the text is read; its wordings, which takes longer, only when the hand has rested.
_SOON, _RESTED = 0.12, 1.0
_ICONS = {Severity.ERROR: ("error", "negative"), Severity.WARNING: ("warning", "warning"), Severity.HINT: ("info", "primary")}
#: What one most often lets happen to a case, each as it is written and what to fill in.
_HAPPENINGS = {
    "payment.received": marked("a payment"), "payment.reversed": marked("a payment taken back"), "promise.made": marked("a promise to pay"),
    "dispute.opened": marked("a dispute"), "dispute.closed": marked("the end of a dispute"), "hold.placed": marked("a hold"), "hold.lifted": marked("the end of a hold"),
    "letter.refused": marked("a registered letter refused"), "letter.unclaimed": marked("a registered letter not claimed"), "insolvency.opened": marked("an insolvency"),
    "action.cancelled": marked("a draft rejected"), "action.skipped": marked("a step passed over"),
}  # fmt: skip
#: The editor's own field is made in the browser, and has no name for who does not see it; what scrolls is reached by keyboard.
_NAMED = """
const editor = getElement({id}).$el;
editor.querySelector('.cm-content')?.setAttribute('aria-label', {name});
editor.querySelector('.cm-scroller')?.setAttribute('tabindex', '0');
"""
_SUMS = ("payment.received", "payment.reversed", "promise.made")
_STEPS = ("action.cancelled", "action.skipped", "letter.refused", "letter.unclaimed")


def serve(studio: StudioSettings) -> None:
    """Say which address is which page of the author."""

    @ui.page("/write")
    def write(file: str = "") -> None:
        reader = reader_here(studio.language)
        with framed(reader, "/write", reader.say(sentence("Playbooks"))):
            _Author(studio, reader).build(file)


class _Author:
    """The page: the files of the project, the text of one, and what it means."""

    def __init__(self, studio: StudioSettings, reader: PageReader) -> None:
        self.studio, self.reader = studio, reader
        self.file: OpenFile | None = None
        self.text = ""
        self.case = PlayedCase(((studio.today + timedelta(days=15), Decimal("1200.00")),))
        self.meaning = TextMeaning(())
        self.findings: tuple[Diagnostic, ...] = ()
        self.turn = 0  # of what was typed: an answer to an older text is not shown
        self.chosen: str | None = None  # the step that is looked at

    # ----------------------------------------------------------------- the frame

    def build(self, file: str) -> None:
        """Make the page."""
        say = self.reader.say
        files = list(self.studio.workspace.files())
        with ui.row().classes("w-full items-center q-mb-sm"):
            names = {path: shown(path, 90) for path in files}
            ui.select(names, label=say(sentence("file")), value=file if file in names else None, with_input=True, on_change=lambda event: ui.navigate.to(f"/write?file={event.value}")).classes("w-96").props("dense outlined")
            if self.reader.may(Role.AUTHOR):
                ui.button(say(sentence("new playbook")), icon="add", on_click=self._new).props("outline no-caps")
                self.save_button = ui.button(say(sentence("save")), icon="save", on_click=self.save).props("no-caps")
            self.state = ui.label("").classes("rl-soft").props("role=status aria-live=polite")
        try:
            self.file = self.studio.workspace.read(file) if file else None
        except FileRefusedError as error:
            ui.label(say(error.args[0])).props("role=alert")
        if self.file is None:
            ui.label(say(sentence("open a file, or begin a playbook from one that ships"))).classes("rl-soft")
            return
        self.text = self.file.text
        with ui.element("div").classes("row w-full q-col-gutter-md"):
            with ui.element("div").classes("col-12 col-md-6"):
                self._editor()
            with ui.element("div").classes("col-12 col-md-6"):
                self._right()
        ui.timer(0.05, self._read_soon, once=True)
        ui.timer(0.1, self._show_tests, once=True)

    def _editor(self) -> None:
        assert self.file is not None
        self.editor = ui.codemirror(
            self.text, language="YAML" if self.file.path.endswith((".yaml", ".yml")) else "Jinja2", on_change=self._typed, line_wrapping=True, theme="githubLight",
            keymap={"Mod-s": lambda _: self.save()}, indent="  ",
        ).style("height:calc(100vh - 170px);min-height:20rem;border:1px solid var(--rl-line);font-size:14px")  # fmt: skip
        name = self.reader.say(sentence("text of {file}", file=shown(self.file.path)))
        ui.timer(0.5, lambda: ui.run_javascript(_NAMED.format(id=self.editor.id, name=json.dumps(name))), once=True)
        if not self.reader.may(Role.AUTHOR):
            self.editor.disable()

    def _right(self) -> None:
        say = self.reader.say
        names = {
            "ladder": sentence("Ladder"), "days": sentence("Days"), "letters": sentence("Letters"), "case": sentence("The case"), "mistakes": sentence("Mistakes"),
            "tests": sentence("Tests"), "words": sentence("In plain words"), "promises": sentence("Promises"),
        }  # fmt: skip
        self.panels: dict[str, Any] = {}
        with ui.tabs().props("dense no-caps align=left") as tabs:
            made = {name: ui.tab(name, label=say(text)) for name, text in names.items()}
        self.tabs = tabs
        with ui.tab_panels(tabs, value=made["ladder"]).classes("w-full").props("keep-alive"):
            for name, tab in made.items():
                with ui.tab_panel(tab).classes("q-px-none"):
                    self.panels[name] = ui.column().classes("w-full")
        self._case_form()
        with self.panels["promises"]:
            ui.button(say(sentence("hold against every history")), icon="verified_user", on_click=self._prove).props("no-caps")
            self.proved = ui.column().classes("w-full").props("aria-live=polite")

    # ----------------------------------------------------------------- reading what is typed

    async def _typed(self, event: Any) -> None:
        self.text = event.value
        await self._read_soon()

    async def _read_soon(self) -> None:
        """Read the text once the hand rests: what it means at once, its wordings a little later."""
        self.turn += 1
        turn = self.turn
        await asyncio.sleep(_SOON)
        if turn != self.turn or self.file is None:
            return
        path = str(self.studio.workspace.place(self.file.path))
        kind = kind_of(value.value if (value := source.read(self.text, path)[0]) is not None else None, path)
        if kind == "playbook" or self.file.path.endswith(".yaml"):
            meaning = await asyncio.to_thread(meaning_of, self.text, path, self.case) if kind == "playbook" else TextMeaning(())
            if turn != self.turn:
                return
            self.meaning, self.findings = meaning, meaning.findings
            self._show()
        await asyncio.sleep(_RESTED)
        if turn != self.turn:
            return
        folders = self.studio.project.templates if self.studio.project is not None else ()
        place = self.studio.workspace.place(self.file.path)
        checked = await asyncio.to_thread(Checker(tuple(folders)).check, self.text.encode(), path, place)
        if turn == self.turn:
            self.findings = tuple(each for each in checked.findings if each.path == path)
            self._show_findings()

    def _show(self) -> None:
        with self.reader.reading():
            self._show_findings()
            self._show_ladder()
            self._show_days()
            self._show_letters()
            self._show_words()

    # ----------------------------------------------------------------- mistakes

    def _show_findings(self) -> None:
        say = self.reader.say
        panel = self.panels["mistakes"]
        panel.clear()
        rows = source.lines(self.text)
        marks, tips = [], dict[int, str]()
        offsets = _offsets(self.text)
        for each in self.findings:
            start, end = offsets(each.line, each.column), offsets(each.end_line or each.line, each.end_column or each.column + 1)
            if start < end <= len(self.text):
                marks.append({"kind": "mark", "from": start, "to": end, "class": f"rl-{each.severity}"})
            tips[each.line] = "\n".join(filter(None, (tips.get(each.line), f"{say(each.message)}{f' — {say(each.hint)}' if each.hint else ''} [{each.code}]")))
        if self.chosen is not None and (line := self._line_of(self.chosen)) is not None:
            marks.append({"kind": "line", "line": line, "class": "rl-line"})
        self.editor.decorations = marks
        self.editor.line_tooltips = {line: text for line, text in tips.items() if line <= len(rows)}
        count = plural("{count} mistake", "{count} mistakes", len(self.findings))
        self.state.text = say(count) if self.findings else say(sentence("nothing is wrong"))
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
                ui.button(f"{place}: {say(each.message)} [{each.code}]", on_click=lambda: self._go(each.line)).props("flat dense no-caps align=left").style("text-align:left")
                if each.hint:
                    ui.label(say(each.hint)).classes("rl-soft")
                if self.reader.may(Role.AUTHOR) and (fix := quick_fix(self.text, each, self.reader.language)) is not None:
                    ui.button(say(sentence("do it")), icon="auto_fix_high", on_click=lambda: self._put(changed(self.text, fix.edits))).props("outline dense no-caps")

    def _put(self, text: str) -> None:
        self.editor.value = text

    def _go(self, line: int) -> None:
        self.editor.reveal_line(line)

    # ----------------------------------------------------------------- the ladder

    def _line_of(self, step: str) -> int | None:
        assert self.file is not None
        path = str(self.studio.workspace.place(self.file.path))
        return next((each.place.line for each in steps_here(self.text, path) if each.id == step and not each.inherited), None)

    def _choose(self, step: str) -> None:
        self.chosen = step
        self._show()
        if (line := self._line_of(step)) is not None:
            self._go(line)

    def _show_ladder(self) -> None:
        say, panel, playbook, timeline = self.reader.say, self.panels["ladder"], self.meaning.playbook, self.meaning.timeline
        panel.clear()
        with panel:
            if playbook is None:
                ui.label(say(sentence("the ladder shows again once the errors are mended"))).classes("rl-soft")
                return
            ui.label(shown(playbook.title or playbook.id)).classes("text-h6")
            if playbook.description:
                ui.label(shown(playbook.description, 600)).classes("rl-soft")
            leaves: dict[str, list[Sending]] = {}
            for entry in timeline.entries if timeline is not None else ():
                leaves.setdefault(entry.first.step, []).append(entry)
            why = {each.step: each.reason for each in timeline.left_out} if timeline is not None else {}
            for step in playbook.steps:
                here = "rl-here" if step.id == self.chosen else ""
                with ui.element("button").classes(f"rl-step {here}").props("type=button").on("click", partial(self._choose, step.id)):
                    with ui.row().classes("items-center w-full no-wrap"):
                        for icon, channel in zip(channels_of(step.channels), step.channels, strict=True):
                            ui.icon(icon).props(f'role=img aria-label="{word(channel)}"')
                        ui.label(shown(step.title or step.id)).classes("text-bold")
                        ui.space()
                        ui.label(shown(step.at.text)).classes("text-mono rl-soft")
                    parts = [word(channel) for channel in step.channels]
                    if step.tone is not None:
                        parts.append(say(sentence("tone: {tone}", tone=say(_TONES[step.tone]))))
                    if step.grants is not None:
                        parts.append(say(sentence("grants {time}", time=_time(step.grants))))
                    if step.approval:
                        parts.append(say(sentence("a person approves")))
                    if step.condition is not None:
                        parts.append(say(sentence("under a condition")))
                    ui.label(" · ".join(parts)).classes("rl-soft")
                    days = leaves.get(step.id, [])
                    if days:
                        ui.label("→ " + ", ".join(self._day(entry.on) for entry in days[:4]) + (" …" if len(days) > 4 else ""))
                    elif step.id in why:
                        ui.label(say(sentence("does not leave: {why}", why=why[step.id]))).classes("rl-soft")
            stops = " · ".join(_condition(each) for each in playbook.stop_when)
            holds = " · ".join(_condition(each) for each in playbook.hold_while)
            ui.label(say(sentence("ends when: {words}", words=stops))).classes("rl-soft")
            ui.label(say(sentence("is held while: {words}", words=holds))).classes("rl-soft")

    # ----------------------------------------------------------------- the days

    def _day(self, on: date) -> str:
        from babel.dates import format_date

        return format_date(on, "EEE d MMM y", locale=self.reader.language)

    def _show_days(self) -> None:
        say, panel, timeline = self.reader.say, self.panels["days"], self.meaning.timeline
        panel.clear()
        with panel:
            if self.meaning.trouble:
                ui.label(say(self.meaning.trouble)).props("role=alert").classes("text-negative")
            if timeline is None:
                return
            with ui.element("table").classes("rl-table"):
                ui.element("caption").style("text-align:left")._text = say(sentence("What leaves, if nothing happens but what you let happen"))  # noqa: SLF001
                with ui.element("tr"):
                    for head in (marked("day"), marked("step"), marked("by"), marked("asked"), marked("why")):
                        ui.element("th").props("scope=col").classes("rl-number" if head == "asked" else "")._text = say(sentence("{word}", word=say(head)))  # noqa: SLF001
                for entry in timeline.entries:
                    self._entry(entry)
            for end in timeline.ends:
                ui.label(say(sentence("{day}: {status}, {why}", day=self._day(end.on), status=word(end.status), why=end.reason))).classes("rl-soft")
            if self.meaning.playbook is not None:
                self._months()

    def _entry(self, entry: Sending) -> None:
        say, first = self.reader.say, entry.first
        with ui.element("tr"):
            cells = (self._day(entry.on), first.step, ", ".join(word(channel) for channel in entry.channels))
            for place, cell in enumerate(cells):
                with ui.element("td"):
                    if place == 1:
                        ui.button(shown(cell), on_click=lambda: self._read(entry)).props("flat dense no-caps").tooltip(say(sentence("read what leaves")))
                    else:
                        ui.label(cell)
            ui.element("td").classes("rl-number")._text = str(money(first.claimed.total, first.claimed.currency, self.reader.language))  # noqa: SLF001
            ui.element("td")._text = say(first.reason) + (" · " + say(sentence("a person approves")) if first.draft else "")  # noqa: SLF001

    def _months(self) -> None:
        from babel.dates import format_date, get_day_names

        assert self.meaning.timeline is not None
        assert self.meaning.playbook is not None
        names = get_day_names("abbreviated", locale=self.reader.language)
        with ui.row().classes("w-full q-mt-md"):
            for first, days in months_of(self.meaning.timeline, self.meaning.playbook.calendar):
                with ui.element("table").style("border-spacing:2px"):
                    ui.element("caption").style("font-weight:600")._text = format_date(first, "LLLL y", locale=self.reader.language)  # noqa: SLF001
                    with ui.element("tr"):
                        for number in range(7):
                            ui.element("th").props("scope=col").classes("rl-soft").style("font-size:.75rem")._text = names[number][:3]  # noqa: SLF001
                    cells: list[Any] = [None] * first.weekday() + list(days)
                    for start in range(0, len(cells), 7):
                        with ui.element("tr"):
                            for each in cells[start : start + 7]:
                                look = "" if each is None else "rl-busy" if each.leaves else "" if each.open else "rl-closed"
                                cell = ui.element("td").classes(f"rl-day {look}")
                                cell._text = "" if each is None else str(each.on.day)  # noqa: SLF001
                                if each is not None and each.leaves:
                                    cell.props(f'title="{shown(", ".join(each.leaves))}"')

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

    async def _read(self, entry: Sending) -> None:
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
            for document in made:
                ui.label(word(document.channel)).classes("text-bold")
                show(document, self.studio.shelf, self.reader)
            if not made:
                ui.label(self.reader.say(sentence("this step has no text: it is a task"))).classes("rl-soft")

    # ----------------------------------------------------------------- in plain words, and what is promised

    def _show_words(self) -> None:
        """Say what the playbook does, a plain sentence a key, as its book does: in French, as the letters are."""
        panel = self.panels["words"]
        panel.clear()
        if self.meaning.playbook is None:
            return
        said = instructions(self.meaning.playbook)
        with panel.props("lang=fr"):
            for line in said.rules:
                ui.label(shown(line, 1000))
            for each in said.steps:
                ui.label(shown(each.step.title or each.step.id)).classes("text-bold q-mt-sm")
                for line in each.sentences:
                    ui.label(shown(line, 1000))

    async def _prove(self) -> None:
        """Hold what law, prudence and the author ask against every history; typing meanwhile ends it."""
        say, playbook, turn = self.reader.say, self.meaning.playbook, self.turn
        assert self.file is not None
        self.proved.clear()
        if playbook is None:
            return
        with self.proved:
            waits = ui.spinner().props(f'role=img aria-label="{say(sentence("at work"))}"')
        place = self.studio.workspace.place(self.file.path)
        promises, findings = await asyncio.to_thread(promises_of, playbook, place)
        proof = await asyncio.to_thread(prove, playbook, promises, Bounds(_SITUATIONS, 1), lambda _: turn == self.turn)
        if turn != self.turn:
            return
        waits.delete()
        with self.proved, self.reader.reading():
            for each in findings:
                ui.label(f"{each.line}: {say(each.message)} [{each.code}]").props("role=alert")
            for held in proof.held:
                icon, colour, name = _RULINGS[held.ruling]
                with ui.row().classes("items-center no-wrap"):
                    ui.icon(icon, color=colour).props(f'role=img aria-label="{say(name)}"')
                    ui.label(shown(f"{held.promise.code or ''} {say(held.promise.name)}".strip(), 300))
                if held.ruling is Ruling.BROKEN and held.history:
                    for line in history_lines(proof, held):
                        ui.label(shown(f"{line.on.isoformat()}  {line_said(line)}", 400)).classes("rl-soft q-pl-xl")
                    if (test := breach_test(proof, held, say(held.promise.name))) is not None:
                        with ui.expansion(say(sentence("as a test, which fails until it is mended:"))).classes("q-pl-lg"):
                            ui.code(test, language="yaml").classes("w-full")
            with ui.expansion(say(sentence("what may come after what"))).classes("w-full"):
                ui.html(svg(proof.playbook, proof.reached.follows), sanitize=False).classes("w-full")

    # ----------------------------------------------------------------- the case one plays with

    def _case_form(self) -> None:
        say = self.reader.say
        panel = self.panels["case"]
        panel.clear()
        with panel:
            (due, amount), *others = self.case.owed
            with ui.row():
                self.amount = ui.input(say(sentence("amount")), value=f"{amount:.2f}", on_change=self._case_changed).props("inputmode=decimal dense outlined debounce=300")
                self.due = ui.input(say(sentence("due on")), value=due.isoformat(), on_change=self._case_changed).props("type=date stack-label dense outlined")
                kinds = {"business": say(sentence("a business")), "consumer": say(sentence("a consumer")), "public": say(sentence("a public body"))}
                self.kind = ui.select(kinds, value=self.case.debtor, label=say(sentence("who owes")), on_change=self._case_changed).props("dense outlined").classes("w-48")
                self.place = ui.input(say(sentence("postcode and town")), value=self.case.postcode, on_change=self._case_changed).props("dense outlined debounce=300")
            self.others = ui.textarea(
                say(sentence("further invoices, one a line: day and amount")), value="\n".join(f"{day} {sum_}" for day, sum_ in others), on_change=self._case_changed,
            ).classes("w-full").props("dense outlined autogrow debounce=400")  # fmt: skip
            name = say(sentence("what happens, one thing a line"))
            self.happened = ui.textarea(name, value="\n".join(self.case.events), on_change=self._case_changed).classes("w-full").props("dense outlined autogrow debounce=400")
            with ui.row().classes("items-end"):
                names = {name: say(sentence("{word}", word=say(text))) for name, text in _HAPPENINGS.items()}
                kind = ui.select(names, value="payment.received", label=say(sentence("let happen"))).classes("w-64").props("dense outlined")
                on = ui.input(say(sentence("on")), value=(due + timedelta(days=10)).isoformat()).props("type=date stack-label dense outlined")
                sum_ = ui.input(say(sentence("amount")), value="200.00").props("dense outlined").classes("w-28").bind_visibility_from(kind, "value", lambda value: value in _SUMS)
                steps = [step.id for step in self.meaning.playbook.steps] if self.meaning.playbook is not None else []
                step = ui.select(steps, label=say(sentence("step")), value=steps[0] if steps else None).classes("w-48").props("dense outlined")
                step.bind_visibility_from(kind, "value", lambda value: value in _STEPS)

                def add() -> None:
                    words = [on.value, kind.value]
                    if kind.value in _SUMS:
                        words.append(sum_.value.replace(",", ".").replace(" ", ""))
                    if kind.value == "promise.made":
                        words.append((date.fromisoformat(on.value) + timedelta(days=10)).isoformat())
                    if kind.value in _STEPS and step.value:
                        words.append(step.value)
                    if kind.value == "dispute.opened":
                        words.append(say(sentence("goods damaged")).replace(" ", "-"))
                    self.happened.value = "\n".join(filter(None, (self.happened.value or "", " ".join(words))))

                ui.button(say(sentence("add")), icon="add", on_click=add).props("outline no-caps")

    async def _case_changed(self) -> None:
        try:
            owed = [(date.fromisoformat(self.due.value), Decimal(_number(self.amount.value)))]
            lines = [words for line in (self.others.value or "").splitlines() if (words := line.split())]
            owed += [(date.fromisoformat(words[0]), Decimal(_number(words[1]))) for words in lines]
        except (ValueError, InvalidOperation, IndexError):
            self.state.text = self.reader.say(sentence("an amount such as 200,00, and a day such as 2027-01-31"))
            return
        events = tuple(line for line in (self.happened.value or "").splitlines() if line.strip())
        self.case = PlayedCase(tuple(owed), self.kind.value, self.place.value or "", events)
        await self._read_soon()

    # ----------------------------------------------------------------- files

    async def save(self) -> None:
        """Write the file, if nobody else did since it was opened."""
        if self.file is None or not self.reader.may(Role.AUTHOR):
            return
        try:
            self.file = await asyncio.to_thread(self.studio.workspace.write, self.file, self.text)
        except FileRefusedError as error:
            ui.notify(self.reader.say(error.args[0]), type="negative")
            return
        ui.notify(self.reader.say(sentence("saved")), type="positive")
        await self._show_tests()

    async def _show_tests(self) -> None:
        """Run the tests beside the playbook and show what differs."""
        assert self.file is not None
        say, panel = self.reader.say, self.panels["tests"]
        place = self.studio.workspace.place(self.file.path)
        beside = place.with_name(place.name.removesuffix(".test.yaml").removesuffix(".yaml") + ".test.yaml")
        panel.clear()
        if not beside.is_file():
            with panel:
                ui.label(say(sentence("there are no tests beside this playbook: {file}", file=beside.name))).classes("rl-soft")
            return
        tests, findings = await asyncio.to_thread(read_tests, beside)
        results = (await asyncio.to_thread(run_file, tests)).results if tests is not None else ()
        with panel:
            for each in findings:
                ui.label(f"{each.line}: {say(each.message)} [{each.code}]")
            for result in results:
                good = not (result.differences or result.ends)
                name = say(sentence("passes") if good else sentence("fails"))
                with ui.row().classes("items-center"):
                    ui.icon("check_circle" if good else "cancel", color="positive" if good else "negative").props(f'role=img aria-label="{name}"')
                    ui.label(shown(result.test.name))
                for difference in result.differences:
                    ui.label(shown(say(difference.why), 400)).classes("rl-soft q-pl-lg")
                for ended in result.ends:
                    ui.label(shown(say(ended), 400)).classes("rl-soft q-pl-lg")

    async def _new(self) -> None:
        say = self.reader.say
        with ui.dialog() as dialog, ui.card().classes("w-96"):
            ui.label(say(sentence("A playbook of your own, from one that ships"))).classes("text-bold")
            model = ui.select(list(library.shipped_ids()), value="negligent", label=say(sentence("from"))).classes("w-full")
            name = ui.input(say(sentence("name: lower-case letters, digits, hyphens")), validation={say(sentence("lower-case letters, digits, hyphens")): lambda value: value.replace("-", "").isalnum() and value == value.lower()}).classes("w-full")
            with ui.row():
                ui.button(say(sentence("begin")), on_click=lambda: dialog.submit((model.value, name.value))).props("no-caps")
                ui.button(say(sentence("no")), on_click=lambda: dialog.submit(None)).props("flat no-caps")
        chosen = await dialog
        if not chosen or not chosen[1]:
            return
        try:
            files = new_playbook(chosen[1], chosen[0])
            places = self.studio.workspace
            written = places.begin({path: text for path, text in files.items() if path.startswith("playbooks/") or not places.place(path).exists()})
        except (FileRefusedError, ValueError) as error:
            ui.notify(say(error.args[0]), type="negative")
            return
        ui.navigate.to(f"/write?file={written[0]}")


_UNITS = {
    TimeUnit.DAY: numbered("{count} day", "{count} days"), TimeUnit.BUSINESS_DAY: numbered("{count} business day", "{count} business days"),
    TimeUnit.WEEK: numbered("{count} week", "{count} weeks"), TimeUnit.MONTH: numbered("{count} month", "{count} months"),
}  # fmt: skip


def _time(duration: Duration) -> Phrase:
    one, several = _UNITS[duration.unit]
    return plural(one, several, duration.number)


def _condition(condition: Any) -> str:
    return shown(getattr(condition, "name", "") or getattr(condition, "fact", "") or str(condition), 60)


def _number(text: str) -> str:
    return (text or "").replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")


def _offsets(text: str) -> Any:
    """Return what turns a line and a column into a place in the text."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def place(line: int, column: int) -> int:
        return min(starts[min(line, len(starts)) - 1] + column - 1, len(text))

    return place
