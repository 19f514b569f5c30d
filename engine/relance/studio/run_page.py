"""The run of the day in a page: by which rules and over which files, tried first, what differs from the last run, then done."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from nicegui import ui

from relance.language import library
from relance.letters.figures import money
from relance.report.run_notes import run_notes
from relance.report.summary import EmittedCounts, emitted_in_words, lines_of
from relance.report.words import condition_words, head, many, word
from relance.run.journal_run import Watch
from relance.sentences import marked, numbered, sentence, tell, tell_number, told
from relance.studio.day_run import TABLES, FinishedRun, TriedRun, carry_out, plan_of, try_run
from relance.studio.desk import NotDoneError
from relance.studio.frame import PATIENCE, PageReader, framed, reader_here, show_table, shown
from relance.studio.gate import Role

if TYPE_CHECKING:
    from relance.portfolio.case_changes import CaseChange
    from relance.portfolio.receivables import OpenCase
    from relance.run.journal_run import Round
    from relance.studio.day_run import RunPlan
    from relance.studio.desk import OperatorDesk
    from relance.studio.settings import StudioSettings

R = TypeVar("R")
#: So large may one file be, and so many may there be; a larger portfolio is the command's.
_LARGEST = 50_000_000
_MOST_FILES = 8
_ENDINGS = ".csv,.tsv,.txt,.xlsx,.ods,.parquet,.yaml,.yml"
#: Differences that are shown; all of them are counted.
_SHOWN = 200
_COLUMNS = "columns"
_NAMES = {
    "invoices": marked("invoices"), "debtors": marked("debtors"), "creditors": marked("creditors"), "events": marked("events"), _COLUMNS: marked("how these files are laid out"),
}  # fmt: skip
_CHANGES = {
    "new": numbered("{count} is new", "{count} are new"), "closed": numbered("{count} is open no more", "{count} are open no more"),
    "stands_elsewhere": numbered("{count} stands elsewhere", "{count} stand elsewhere"), "other_sum": numbered("of {count} another sum is open", "of {count} another sum is open"),
}  # fmt: skip


def serve(studio: StudioSettings) -> None:
    """Say which address is the run's."""

    @ui.page("/run", response_timeout=PATIENCE)
    async def run() -> None:
        reader, desk = reader_here(studio.language), studio.desk
        with framed(reader, "/run", reader.say(sentence("The run of {day}", day=studio.today.isoformat()))):
            if desk is None:
                ui.label(reader.say(sentence("there is no journal here: start the studio with --journal")))
            elif not reader.may(Role.OPERATOR):
                ui.label(reader.say(sentence("a run is an operator's: your roles in relance.yaml do not let you do it")))
            else:
                _RunOfDay(studio, desk, reader).build(await asyncio.to_thread(_rules, studio))


def _rules(studio: StudioSettings) -> dict[str, str]:
    """Name what a run may go by: routing files of the project, its own first, then playbooks; each by what it is and its name."""
    own = None if studio.project is None or studio.project.routing is None else studio.project.routing
    files = [studio.workspace.root / path for path in studio.workspace.files() if PurePosixPath(path).stem.endswith("routing")]
    routings = dict.fromkeys([*([] if own is None else [own]), *files])
    names = dict.fromkeys([*(() if studio.project is None else library.playbooks_in(studio.project.playbooks)), *library.shipped_ids()])
    return {f"file:{path}": path.name if path.parent == studio.workspace.root else f"{path.parent.name}/{path.name}" for path in routings} | {f"playbook:{name}": name for name in names}


class _RunOfDay:
    """The page: what is run, what it would do, and what it did."""

    def __init__(self, studio: StudioSettings, desk: OperatorDesk, reader: PageReader) -> None:
        self.studio, self.desk, self.reader = studio, desk, reader
        self.files: dict[Path, str] = {}  # what each file that was given is
        self.plan: RunPlan | None = None  # what was tried last: what is run is what was tried
        self.folder = tempfile.TemporaryDirectory(prefix="relance-studio-")

    def build(self, rules: dict[str, str]) -> None:
        """Make the page."""
        say = self.reader.say
        with ui.row().classes("w-full items-start"):
            self.rules = ui.select(rules, value=next(iter(rules), None), label=say(sentence("by which rules")), with_input=True, on_change=self._other).classes("w-72").props("dense outlined")
            with ui.column():
                ui.label(say(sentence("Without files a run decides on what the journal knows. What was invoiced, paid or happened since may be given to it:"))).classes("rl-soft")
                label = say(sentence("files: CSV or a spreadsheet"))
                field = ui.upload(label=label, multiple=True, max_file_size=_LARGEST, max_files=_MOST_FILES, auto_upload=True, on_upload=self._given, on_rejected=self._refused)
                field.props(f'accept="{_ENDINGS}"').style("display:none")  # its own buttons have no name for who does not see them
                ui.button(label, icon="upload_file", on_click=lambda: field.run_method("pickFiles")).props("outline no-caps")
                self.list = ui.column().classes("w-full")
        with ui.row().classes("items-center"):
            self.try_button = ui.button(say(sentence("try it: nothing is written")), icon="science", on_click=self._try).props("no-caps")
            self.run_button = ui.button(say(sentence("run it")), icon="play_arrow", on_click=self._run).props("no-caps unelevated")
            self.run_button.disable()
            name = say(sentence("how far the run is"))
            self.bar = ui.linear_progress(0, show_value=False).props(f'aria-label="{name}"').classes("w-48")
            self.bar.set_visibility(False)
        self.found = ui.column().classes("w-full").props("aria-live=polite")
        ui.context.client.on_delete(self.folder.cleanup)

    # ----------------------------------------------------------------- what is given

    async def _given(self, event: Any) -> None:
        """Keep a file until the page is left, and guess from its name what it is."""
        name = PurePosixPath(event.file.name.replace("\\", "/")).name
        path = Path(self.folder.name, f"{len(self.files)}-{name}"[:200])
        await event.file.save(path)
        self.files[path] = next((table for table in (*TABLES, _COLUMNS) if table[:-1] in name.lower()), _COLUMNS if name.lower().endswith((".yaml", ".yml")) else "invoices")
        self._other()
        self._list()

    def _refused(self) -> None:
        ui.notify(self.reader.say(sentence("at most {count} files of {size} MB each: a larger portfolio is run by `relance run`", count=_MOST_FILES, size=_LARGEST // 1_000_000)), type="negative")

    def _list(self) -> None:
        say = self.reader.say
        self.list.clear()
        names = {name: say(text) for name, text in _NAMES.items()}
        with self.list:
            for path, table in self.files.items():
                label = shown(path.name.partition("-")[2], 60)
                ui.select(names, value=table, label=label, on_change=lambda event, path=path: self._is(path, event.value)).classes("w-72").props("dense outlined")

    def _is(self, path: Path, table: str) -> None:
        self.files[path] = table
        self._other()

    def _other(self) -> None:
        """Forget what was tried: something else is asked for now."""
        self.plan = None
        self.run_button.disable()

    def _plan(self) -> RunPlan:
        kind, _, name = str(self.rules.value or "").partition(":")
        return plan_of(self.desk, Path(name) if kind == "file" else name, {table: path for path, table in self.files.items()})

    # ----------------------------------------------------------------- tried, and done

    async def _try(self) -> None:
        def work(watch: Watch) -> tuple[RunPlan, TriedRun]:
            plan = self._plan()
            return plan, try_run(self.desk, plan, self.reader.user.name, watch)

        made = await self._worked(work)
        if made is not None:
            self.plan, tried = made
            self.run_button.enable()
            with self.found, self.reader.reading():
                _done(tried.done, dry=True)
                _changes(tried, self.reader)
                _notes(run_notes(tried.done, tried.rejects, ()))

    async def _run(self) -> None:
        plan = self.plan
        if plan is None:
            return
        self._other()
        did = await self._worked(lambda watch: carry_out(self.desk, plan, self.reader.user.name, watch))
        if did is not None:
            with self.found, self.reader.reading():
                _done(did.done, dry=False)
                _notes(run_notes(did.done, did.rejects, did.missing))
                _kept(did)
                ui.link(tell("the morning: what waits now"), "/desk")

    async def _worked(self, work: Callable[[Watch], R]) -> R | None:
        """Work beside the page and show how far it is; what is refused is said there."""
        total, done = [0], [0]
        watch = Watch(lambda count: total.__setitem__(0, count), lambda count: done.__setitem__(0, count))
        self.found.clear()
        self.try_button.disable()
        self.bar.set_visibility(True)
        timer = ui.timer(0.3, lambda: self.bar.set_value(done[0] / max(total[0], 1)))
        try:
            return await asyncio.to_thread(work, watch)
        except NotDoneError as error:
            with self.found:
                ui.label(shown(self.reader.say(error.args[0]), 600)).props("role=alert").classes("text-negative")
            return None
        finally:
            timer.cancel()
            self.bar.set_visibility(False)
            self.try_button.enable()


def _done(done: Round, *, dry: bool) -> None:
    """Show where cases stand, and what is new."""
    evaluation, counts = done.evaluation, EmittedCounts.of(done.new)
    debtors = len({name for _, name in done.facts})
    ui.label(tell("{invoices} of {debtors}, {cases}", invoices=many(evaluation.invoices, "invoice"), debtors=many(debtors, "debtor"), cases=many(evaluation.cases, "case")))
    ui.label(emitted_in_words(counts, dry=dry)).classes("text-bold").props("role=status")
    if counts.steps:
        show_table([head(name) for name in ("playbook", "step", "by", "actions")], [(*names, str(number)) for names, number in sorted(counts.steps.items())], tell("What is emitted"), {3})
    rows = [(line.playbook, word(line.status), condition_words(line.about), str(number)) for line, number in lines_of(evaluation)]
    show_table([head(name) for name in ("playbook", "status", "step or reason", "cases")], rows, tell("Where the cases stand"), {3})


def _changes(tried: TriedRun, reader: PageReader) -> None:
    """Show what differs from how cases stood before."""
    changes, counts = tried.changes, tried.counted
    title = tell("What differs from {day}", day=tried.since)
    if not changes:
        ui.label(f"{title}: {tell('nothing')}").classes("rl-soft")
        return
    ui.label(f"{title}: " + ", ".join(tell_number(*_CHANGES[kind], number) for kind, number in counts.most_common())).classes("text-bold q-mt-md")
    rows = [_change(each, reader) for each in changes[:_SHOWN]]
    show_table([head("debtor"), head("case"), told(marked("before")), told(marked("now")), head("open")], rows, title, {4})
    if len(changes) > _SHOWN:
        ui.label(tell("and {rest} more", rest=len(changes) - _SHOWN)).classes("rl-soft")


def _change(change: CaseChange, reader: PageReader) -> tuple[str, ...]:
    case = change.case
    return case.debtor, case.case, _stands(change.before), _stands(change.after), "" if change.after is None else str(money(change.after.open, case.currency, reader.language))


def _stands(case: OpenCase | None) -> str:
    return "—" if case is None else f"{case.playbook}: {word(case.status)}" + (f", {case.step}" if case.status == "due" else "")


def _notes(lines: Iterable[str]) -> None:
    """Show what a person must look at."""
    for line in lines:
        ui.label(shown(line, 600)).classes("q-pl-lg rl-soft" if line.startswith(" ") else "")


def _kept(did: FinishedRun) -> None:
    """Say where the files are, and what else a run does."""
    ui.label(tell("written to {folder}", folder=did.folder))
    for kind in did.declared:
        ui.label(tell("retention.{kind} of relance.yaml is written into the journal", kind=kind)).classes("rl-soft")
    if count := len(did.erased.debtors):
        names = ", ".join(shown(one.debtor, 40) for one in did.erased.debtors[:5]) + (" …" if count > 5 else "")
        ui.label(tell_number("data of {count} debtor erased, kept long enough: {names}", "data of {count} debtors erased, kept long enough: {names}", count, names=names))
    if not did.witnessed:
        ui.label(tell("the journal's heads were not witnessed: the studio's terminal says why")).props("role=alert")
