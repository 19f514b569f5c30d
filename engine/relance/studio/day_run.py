"""The run of the day as the studio does it: tried first, with what differs from the last one, then done by the rules of `relance run`.

Owns reading what a page was given (a routing or a playbook, files of a portfolio). What is decided, written and taken back is said elsewhere, once for every way of running.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from relance.delivery.approval_rules import rules_of_house
from relance.delivery.call_sheets import sheets_anew
from relance.delivery.run_texts import emitted_on, take_back_unwritten, write_texts
from relance.importers.columns import ColumnMapping
from relance.importers.mapping import read_mapping
from relance.importers.portfolio_files import Portfolio, build, rows_of
from relance.journal.expiry import Erased, erase_by_rule
from relance.journal.journal import Journal
from relance.language import library, load_playbook
from relance.letters.texts import Unwritten
from relance.model import Diagnostic, Playbook
from relance.parsing.rejects import Reject
from relance.portfolio.case_changes import CaseChange, ChangeKind, case_changes
from relance.portfolio.receivables import By, OpenCase, others_among, standings
from relance.portfolio.routing import Routing, only, read_routing
from relance.report.run_files import run_folder, write_run_files
from relance.run import journal_run
from relance.run.journal_run import Round, Watch, out_of_order
from relance.sentences import sentence, system_words
from relance.studio.desk import NotDoneError, OperatorDesk

#: The tables of a portfolio, in the order in which a page asks for them.
TABLES = ("invoices", "debtors", "creditors", "events")
_DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True)
class RunPlan:
    """What a run is to do: by which rules, over what was read of files. Nothing read: over what the journal knows."""

    routing: Routing
    portfolio: Portfolio = Portfolio(())


@dataclass(frozen=True)
class TriedRun:
    """What a run would do, and how cases would stand beside how they stood on the evening of `since`."""

    done: Round
    rejects: tuple[Reject, ...]
    since: date
    changes: tuple[CaseChange, ...]

    @property
    def counted(self) -> Counter[ChangeKind]:
        """Count the differences by their kind."""
        return Counter(change.kind for change in self.changes)


@dataclass(frozen=True)
class FinishedRun:
    """What a run did: where its files are, what it could not write, what it erased as too old, and whether the journal's heads were witnessed where a key is named."""

    done: Round
    emitted: int
    rejects: tuple[Reject, ...]
    folder: Path
    missing: tuple[Unwritten, ...]
    declared: tuple[str, ...]
    erased: Erased
    witnessed: bool


def plan_of(desk: OperatorDesk, rules: Path | str, files: Mapping[str, Path]) -> RunPlan:
    """Read by what and over what a run goes: `rules` is a routing file or a playbook's name, `files` tables by name and, as `columns`, their mapping. Raises NotDoneError."""
    mapping = _sound(*read_mapping(files["columns"])) if "columns" in files else None
    rows = {name: rows_of(files[name], name, mapping) for name in TABLES if name in files}
    portfolio = build(rows, mapping=mapping or ColumnMapping(), not_after=desk.today())
    if portfolio.unreadable:
        raise NotDoneError(portfolio.unreadable[0].reason)
    if isinstance(rules, Path):
        return RunPlan(_sound(*read_routing(rules)), portfolio)
    path = library.find(rules, folders=desk.playbook_folders)
    if path is None:
        raise NotDoneError(sentence("there is no playbook {name} any more", name=rules))
    return RunPlan(only(_sound(*load_playbook(path))), portfolio)


def try_run(desk: OperatorDesk, plan: RunPlan, actor: str, watch: Watch | None = None) -> TriedRun:
    """Say what a run of today would do, and write nothing."""
    on = desk.today()
    with desk.journal() as journal:
        done = _round(desk, journal, plan, actor, watch, keep=False)
        last = journal.last_run()
        since = last if last is not None and last < on else on - _DAY
        before = _stood(desk, journal.as_known_on(since), since)
        return TriedRun(done, _rejects(plan, done), since, case_changes(before, standings(done.facts.values(), on, _by(desk, done))))


def carry_out(desk: OperatorDesk, plan: RunPlan, actor: str, watch: Watch | None = None) -> FinishedRun:
    """Run today: record, decide, emit, and write what is emitted as files below the project. Raises NotDoneError before anything is written."""
    on, project = desk.today(), desk.project
    folder = desk.files / run_folder(on)
    with desk.journal() as journal:
        if (why := out_of_order(journal, on, on)) is not None:
            raise NotDoneError(why)
        done = _round(desk, journal, plan, actor, watch, keep=True)
        rejects, emitted = _rejects(plan, done), emitted_on(journal, on, done)
        calls = list(sheets_anew(journal, done.facts, done.routing.playbooks, on))
        try:
            write_run_files(folder, emitted, done.evaluation, rejects)
            texts = write_texts(done, [*emitted, *calls], folder, desk.writing(), () if project is None else tuple(project.templates))
        except OSError as error:
            why = sentence("{folder}: {reason}. The actions are safe in the journal: run the same day again, and the files are written then", folder=folder, reason=system_words(error))
            raise NotDoneError(why) from error
        take_back_unwritten(journal, texts.missing, on, actor)
        declared, erased = erase_by_rule(journal, {} if project is None else project.retention, on, actor=actor)
        return FinishedRun(done, len(emitted), rejects, folder, texts.missing, declared, erased, desk.witness(journal))


def _round(desk: OperatorDesk, journal: Journal, plan: RunPlan, actor: str, watch: Watch | None, *, keep: bool) -> Round:
    @cache
    def load(name: str) -> Playbook | None:
        path = library.find(name, folders=desk.playbook_folders)
        return None if path is None else load_playbook(path)[0]

    return journal_run.run(journal, plan.portfolio.facts, plan.routing, desk.today(), actor=actor, load=load, keep=keep, watch=watch, approvals=rules_of_house(journal, desk.project))


def _rejects(plan: RunPlan, done: Round) -> tuple[Reject, ...]:
    return (*plan.portfolio.rejects, *journal_run.not_taken(done.recorded))


def _stood(desk: OperatorDesk, then: Journal, on: date) -> Sequence[OpenCase]:
    """Return where cases stood on a day, as was known by its end."""
    every = list(then.facts())
    return list(standings(every, on, replace(desk.by(then, on), others=others_among(every))))


def _by(desk: OperatorDesk, done: Round) -> By:
    return By(desk.playbook, None, lambda _: done.routing, others_among(list(done.facts.values())))


def _sound(found: T | None, findings: Sequence[Diagnostic]) -> T:
    """Return what was read, or say its first mistake."""
    if found is None:
        first = findings[0]
        raise NotDoneError(sentence("{path}, line {line}: {message}", path=Path(first.path).name, line=first.line, message=first.message))
    return found
