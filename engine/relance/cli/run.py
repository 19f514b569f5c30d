"""`relance run`: a portfolio on a day: read, recorded, decided, emitted once, written out.

The journal is written first, in one transaction; files follow from it, so that the same day run again, after a crash too,
writes what is missing and emits nothing twice.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from relance.cli.casefiles import broken, print_rich
from relance.cli.common import (
    DAY,
    FILE,
    Stop,
    actor_option,
    echo_filled,
    end,
    format_option,
    journal_option,
    named,
    new_option,
    now,
    say_if_new,
    today,
)
from relance.cli.expired import erase_by_rule
from relance.cli.loading import playbook_near, playbook_of
from relance.cli.rules import routing_named
from relance.cli.witness import can_witness, witnessed
from relance.files import replace_whole
from relance.language.findings import errors
from relance.model import Channel, Event, Sender
from relance.report.words import many
from relance.sentences import sentence, tell, told

if TYPE_CHECKING:
    from relance.importers.portfolio_files import Portfolio, Reject
    from relance.journal.journal import Journal
    from relance.letters.texts import Texts, Unwritten
    from relance.model import Action
    from relance.portfolio.routing import Routing
    from relance.run.journal_run import Round, Watch

_MANY = 500  # debtors, from which a bar is shown


class TableOptions(NamedTuple):
    """The files of a portfolio."""

    invoices: Path
    debtors: Path | None = None
    creditors: Path | None = None
    events: Path | None = None
    columns: Path | None = None


class Writes(NamedTuple):
    """Where and how a run writes."""

    journal: str
    folder: Path
    actor: str
    letterhead: Path | None = None
    templates: tuple[Path, ...] = ()
    dry: bool = False
    sent_by: Sender | None = None  # None: as the journal says
    new: bool = False  # a journal is begun though another lies beside
    passing: bool = False  # the folder goes away at the end: there is no use in naming it


@click.command(name="run")
@click.option("--playbook", metavar="ID|FILE", help="One playbook for every case.")
@click.option("--routing", type=FILE, metavar="FILE", help="Rules: which playbook for which case.")
@click.option("--invoices", type=FILE, metavar="FILE", help="The invoices: CSV, or a spreadsheet.")
@click.option("--tables", metavar="DIR", help="Instead: a folder of Parquet tables, or catalog:SCHEMA on Spark.")
@click.option("--engine", type=click.Choice(("polars", "duckdb", "spark")), default="polars", help="What works --tables out.")
@click.option("--trust", is_flag=True, help="Do not look for bad rows in --tables.")
@click.option("--debtors", type=FILE, metavar="FILE", help="Who owes.")
@click.option("--creditors", type=FILE, metavar="FILE", help="Who is owed.")
@click.option("--events", type=FILE, metavar="FILE", help="What has happened: payments, disputes, promises.")
@click.option("--columns", type=FILE, metavar="FILE", help="The column mapping: how these files are laid out.")
@click.option("--as-of", "on", type=DAY, required=True, help="The day: YYYY-MM-DD, or today.")
@click.option("--dry-run", is_flag=True, help="Write nothing at all; say what would be.")
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Where to write; with Spark an address or catalog:SCHEMA too.  [default: relance-DAY]")
@click.option("--letterhead", type=FILE, envvar="RELANCE_LETTERHEAD", metavar="FILE", help="Who writes, for the texts.")
@click.option(
    "--templates", type=click.Path(exists=True, file_okay=False, path_type=Path), multiple=True, metavar="DIR", help="Your own wordings."
)
@click.option(
    "--sent-by", type=click.Choice(["relance", "other"]),
    help="Who sends what is emitted: relance (it counts on the day it left), or another system of yours (emission stands for sending). The journal remembers it.  [default: relance]",
)  # fmt: skip
@format_option("table", "jsonl")
@actor_option
@journal_option
@new_option
def command(
    playbook: str | None,
    routing: Path | None,
    invoices: Path | None,
    tables: str | None,
    engine: str,
    debtors: Path | None,
    creditors: Path | None,
    events: Path | None,
    columns: Path | None,
    on: date,
    out: str | None,
    letterhead: Path | None,
    templates: tuple[Path, ...],
    sent_by: str | None,
    form: str,
    actor: str,
    where: str,
    *,
    dry_run: bool,
    trust: bool,
    new: bool,
) -> None:
    """Run a portfolio on a day: every case decided by its playbook, every action emitted once.

    \b
    relance run --playbook systematique --invoices invoices.csv --as-of today --dry-run
    relance run --routing routing.yaml --invoices invoices.csv --debtors debtors.csv --as-of 2026-03-02

    Writes actions.jsonl, summary.csv, messages/, and rejects.csv where rows could not be read. The same day again: nothing new.
    Exit code 1 when there are rejects, or messages that could not be written for want of a wording or a letterhead.
    """  # noqa: D301 - \b is click's
    if (invoices is None) == (tables is None):
        raise Stop(tell("name one of --invoices and --tables"))
    if tables is not None:
        from relance.cli.lake import run_and_show

        run_and_show(tables, routing_of(playbook, routing), on, out, form, engine, dry_run=dry_run, trust=trust)
        return
    assert invoices is not None
    rules = routing_of(playbook, routing)
    portfolio = read(TableOptions(invoices, debtors, creditors, events, columns), not_after=max(today(), on))
    sender = None if sent_by is None else Sender(sent_by)
    writes = Writes(where, Path(out or f"relance-{on}"), actor, letterhead, templates, dry_run, sender, new)
    executed = execute(portfolio, rules, on, writes, form)
    if executed.rejects or executed.unwritten or not executed.sure:
        end(1)


def routing_of(playbook: str | None, routing: Path | None) -> Routing:
    """Return the rules, or stop: a broken playbook starts no run."""
    from relance.portfolio.routing import only

    if (playbook is None) == (routing is None):
        raise Stop(tell("name one of --playbook and --routing"))
    if playbook is not None:
        return only(playbook_of(playbook))
    assert routing is not None
    return routing_named(routing)


def read(tables: TableOptions, *, not_after: date | None = None) -> Portfolio:
    """Read a portfolio's files; one that cannot be read at all stops the run."""
    from relance.importers import portfolio_files as portfolio
    from relance.importers.mapping import read_mapping

    mapping = None
    if tables.columns is not None:
        try:
            mapping, findings = read_mapping(tables.columns)
        except OSError as error:
            raise Stop(tell("{columns} cannot be read: {reason}", columns=tables.columns, reason=error.strerror or error)) from error
        if mapping is None:
            broken(errors(findings), tell("the column mapping {columns} has mistakes", columns=tables.columns))
    found = portfolio.read(
        tables.invoices, debtors=tables.debtors, creditors=tables.creditors, events=tables.events, mapping=mapping, not_after=not_after
    )
    if found.unreadable:
        raise Stop("\n".join(f"{one.file}: {one.reason}" for one in found.unreadable))
    return found


class Executed(NamedTuple):
    """What a run did, all actions of its day, and the rows that were rejected."""

    done: Round
    emitted: list[Action]
    rejects: tuple[Reject, ...]
    unwritten: tuple[Unwritten, ...] = ()  # for want of the house's own
    sure: bool = True  # the journal's heads were witnessed, where a key is named


def execute(portfolio: Portfolio, rules: Routing, on: date, writes: Writes, form: str = "table") -> Executed:
    """Run, write and show."""
    from relance.delivery.call_sheets import sheets_anew
    from relance.run import journal_run as rounds

    if not writes.dry:
        _can_write(writes.folder)
        if not writes.passing:
            can_witness()  # a run that is to be witnessed and cannot be is not begun
    with _journal(writes) as journal:
        if not writes.dry:
            _in_order(journal, on)
        with _bar() as watch:
            done = rounds.run(
                journal, portfolio.facts, rules, on, actor=writes.actor, load=partial(playbook_near, checks=True), keep=not writes.dry, watch=watch, sent_by=writes.sent_by
            )  # fmt: skip
        rejects = (*portfolio.rejects, *rounds.conflicts(done.recorded.conflicts))
        emitted = list(done.new) if writes.dry else _emitted(journal, on, done)
        calls = [] if writes.dry else list(sheets_anew(journal, done.facts, done.routing.playbooks, on))
        texts = None if writes.dry else _write(done, emitted, rejects, writes, calls)
        unwritten = () if texts is None else tuple(one for one in texts.missing if one.house)
        _withdraw(journal, () if texts is None else texts.missing, on, writes.actor)
        if not (writes.dry or writes.passing):
            erase_by_rule(journal, writes.actor)
        sure = writes.dry or writes.passing or witnessed(journal, writes.journal)
    _show(done, emitted, rejects, texts, writes, form)
    return Executed(done, emitted, rejects, unwritten, sure=sure)


def _in_order(journal: Journal, on: date) -> None:
    """Stop a run of another time: what it emits would count on a day that has not come, or what later runs emitted would be made again."""
    if on > today():
        raise Stop(tell("{on} is in the future: `relance run --dry-run` says what would be, `relance forecast` what is to come", on=on))
    last = journal.last_run()
    if last is not None and on < last:
        raise Stop(tell("the journal was run for {last} already; a run for {on} would not know of it: `relance run --dry-run` and `relance why --on {on}` look back", last=last, on=on))


def _withdraw(journal: Journal, unwritten: tuple[Unwritten, ...], on: date, actor: str) -> None:
    """Take back messages that cannot be made: none is sent, none counts, each is a task. The next run makes anew those that the house could not write.

    One that cannot reach its debtor has failed, as if `send` had found it; what another system sends may find him by what it knows.
    """
    from relance.delivery.outbox import POSTED, read

    for one in unwritten:
        first = one.actions[0]
        if not one.house:
            theirs = {item.action.id for each in read(journal, creditor=first.creditor, debtor=first.debtor) for item in each.items if item.other}
            if first.id in theirs or first.channel not in POSTED - {Channel.WEBHOOK}:
                continue
        kind, said = ("action.cancelled", {"reason": sentence("it could not be written: {why}", why=one.why)}) if one.house else ("action.failed", {"error": one.why})
        events = [Event(on, kind, each.carrier or None, data={"id": each.id, **said, "task": True}) for each in one.actions]
        journal.record(first.creditor, first.debtor, events, actor=actor, keys=[f"unwritten:{each.id}" for each in one.actions])


# --------------------------------------------------------------------------- the journal


@contextmanager
def _journal(writes: Writes) -> Iterator[Journal]:
    """Open the journal; for a dry run without one, an empty one that is kept nowhere."""
    from relance.journal.journal import Journal, JournalError

    nowhere = writes.dry and "://" not in writes.journal and not Path(writes.journal).is_file()
    if not writes.dry and not writes.passing:
        say_if_new(writes.journal, new=writes.new)
    try:
        with Journal.open("sqlite://" if nowhere else writes.journal, now=now) as journal:
            yield journal
    except JournalError as error:
        raise Stop(
            tell("{error}\nNothing was written, here or elsewhere: mend the journal or name another by --journal, and run again", error=error)
        ) from error


def _emitted(journal: Journal, on: date, done: Round) -> list[Action]:
    """Return every action the journal holds of this day: those of this run, and of runs before it."""
    from relance.delivery.outbox import action_of

    fresh = {action.id: action for action in done.new}
    entries = journal.entries(kinds=("action.emitted",))
    names = ((str(entry.data.get("id", "")), entry) for entry in entries if entry.on == on and entry.debtor is not None)
    return [fresh.get(name) or action_of(entry) for name, entry in names if entry.key == f"action:{name}"]


# --------------------------------------------------------------------------- the files


def _can_write(folder: Path) -> None:
    """Stop before anything is written when the folder could not be."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise Stop(tell("nothing can be written to {folder}: name another folder by --out", folder=folder))


def _write(done: Round, emitted: list[Action], rejects: tuple[Reject, ...], writes: Writes, calls: list[Action]) -> Texts:
    from relance.importers.portfolio_files import rejects_csv
    from relance.report.plain import action_row
    from relance.report.summary import summary_csv, unrouted_csv

    folder = writes.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(action_row(action), ensure_ascii=False, separators=(",", ":")) + "\n" for action in emitted)
        _put(folder / "actions.jsonl", "".join(lines))
        _put(folder / "summary.csv", summary_csv(done.evaluation))
        _put(folder / "rejects.csv", rejects_csv(rejects) if rejects else None)
        _put(folder / "unrouted.csv", unrouted_csv(done.evaluation.unrouted) if done.evaluation.unrouted else None)
        return _texts(done, [*emitted, *calls], writes)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Stop(
            tell("{folder}: {reason}. The actions are safe in the journal: run the same day again, and the files are written then", folder=folder, reason=reason)
        ) from error


def _put(path: Path, text: str | None) -> None:
    """Write a file whole or not at all; None takes away what an earlier run left."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        replace_whole(path, text)


def _texts(done: Round, emitted: list[Action], writes: Writes) -> Texts:
    from relance.cli.posting import writing_of
    from relance.letters import texts
    from relance.letters.document import Studio
    from relance.letters.letterhead import read as read_letterhead
    from relance.letters.wording import Templates

    if writes.letterhead is not None:
        given, findings = read_letterhead(writes.letterhead)
        if given is None:
            broken(errors(findings), tell("the letterhead {letterhead} has mistakes; the actions are in the journal: run the day again", letterhead=writes.letterhead))
    agencies = {name: playbook.collector == "agency" for name, playbook in done.routing.playbooks.items()}
    make = partial(Studio, Templates(*writes.templates))
    with texts.studio_by_playbook(writing_of(writes.letterhead), agencies, make) as studio:
        return texts.write(emitted, done.facts, writes.folder / "messages", studio)


# --------------------------------------------------------------------------- what is shown


@contextmanager
def _bar() -> Iterator[Watch | None]:
    """Show a bar on standard error when a person is there to see it and the work is long."""
    from relance.run.journal_run import Watch

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(tell("deciding"), visible=False)
        yield Watch(
            lambda total: progress.update(task, total=total, visible=total >= _MANY),
            lambda done: progress.update(task, completed=done) if done % 50 == 0 else None,
        )


def _show(done: Round, emitted: list[Action], rejects: tuple[Reject, ...], texts: Texts | None, writes: Writes, form: str) -> None:
    from rich.text import Text

    from relance.escaping import shown
    from relance.report import summary
    from relance.report.plain import action_row

    if form == "jsonl":
        doubted = {action.id for action in done.doubted}
        for action in (each for each in done.new if each.id not in doubted):  # nothing that may not leave is handed on
            click.echo(json.dumps(action_row(action), ensure_ascii=False, separators=(",", ":")))
    else:
        evaluation = done.evaluation
        debtors = len({name for _, name in done.facts})
        earlier = len(emitted) - len(done.new)
        parts = (summary.heading(evaluation, debtors), Text(), summary.counted(evaluation), Text())
        print_rich(*parts, summary.emitted_table(done.new, earlier, dry=writes.dry))
    for line in _notes(done, rejects, texts, writes):
        text = shown(line)
        echo_filled(text.lstrip(), indent=len(text) - len(text.lstrip()), hang=2, err=form == "jsonl")


def _notes(done: Round, rejects: tuple[Reject, ...], texts: Texts | None, writes: Writes) -> Iterator[str]:
    """Say what a person must look at, and where everything is."""
    unrouted = done.evaluation.unrouted
    if unrouted:
        yield tell("{invoices} no playbook takes:", invoices=many(len(unrouted), "invoice"))
        yield from _first("  " + tell("{invoice} of {debtor}: {reason}", invoice=one.invoice, debtor=one.debtor, reason=one.reason) for one in unrouted)
    if rejects:
        yield tell("{rows} rejected:", rows=many(len(rejects), "row"))
        yield from _first(f"  {_place(one)}: {told(one.reason)}" for one in rejects)
    for lost in (True, False):
        some = () if texts is None else tuple(one for one in texts.missing if one.house is lost)
        if some:
            yield (
                tell("{messages} could not be written, a task for a person (`relance outbox list --state task`): mend what is said, and the next run makes it anew:", messages=many(len(some), "message"))
                if lost
                else tell("{messages} cannot reach the debtor, a task for a person:", messages=many(len(some), "message"))
            )
            yield from _first(f"  {told(one.said)}" for one in some)
    if done.withdrawn:
        yield tell("{messages} withdrawn: not sent within what the playbook allows (withdraw_after)", messages=many(done.withdrawn, "message"))
    if done.untrue:
        yield tell("{messages} withdrawn, for their case does not ask for them any more (paid, grown, moved, closed) or the files hold an invoice otherwise; what is still due is made anew", messages=many(done.untrue, "message"))
    if done.doubted:
        yield tell("{messages} drafted, not sent, for a person to look at first (`relance outbox list`):", messages=many(len(done.doubted), "message"))
        yield from _first(f"  {action.case}: {action.reason}" for action in done.doubted)
    yield from map(str, done.lost)
    if done.unnamed:
        yield tell("{invoices} asked for that the files do not name; if they list what is open, record first what was paid:", invoices=many(len(done.unnamed), "invoice"))
        yield from _first(f"  {name}" for name in done.unnamed)
    if done.tasks:
        days = (done.evaluation.on - done.tasks[0]).days
        yield tell("{tasks} of earlier days still open, the oldest of {first} ({age}): `relance outbox list --state task`", tasks=many(len(done.tasks), "task"), first=done.tasks[0], age=many(days, "day"))
    if done.pending:
        days = (done.evaluation.on - done.pending[0]).days
        yield tell("{messages} of earlier days not sent yet, the oldest of {pending} ({age}): `relance send`, `relance outbox list`", messages=many(len(done.pending), "message"), pending=done.pending[0], age=many(days, "day"))
    if writes.dry:
        yield tell("dry run: nothing was written")
    elif not writes.passing:
        yield tell("written to {folder}; journal: {named}", folder=writes.folder, named=named(writes.journal))


def _place(one: Reject) -> str:
    return tell("{file}, line {line}", file=one.file, line=one.line) if one.line else one.file


def _first(lines: Iterator[str], most: int = 10) -> Iterator[str]:
    rest = 0
    for place, line in enumerate(lines):
        if place < most:
            yield line
        else:
            rest += 1
    if rest:
        yield "  " + tell("and {rest} more", rest=rest)
