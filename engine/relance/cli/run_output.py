"""What a run writes and says, the whole or a part of it: files, tables on the terminal, what a person must look at."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from relance.cli.casefiles import broken, print_rich
from relance.cli.common import Stop, echo_filled, named, today
from relance.files import replace_whole
from relance.language.findings import errors
from relance.model import Channel, Event, Sender
from relance.report.words import many
from relance.sentences import sentence, tell, tell_number, told

if TYPE_CHECKING:
    from relance.importers.portfolio_files import Reject
    from relance.journal.chain import Entry
    from relance.journal.journal import Journal
    from relance.letters.context import Writing
    from relance.letters.texts import Texts, Unwritten
    from relance.model import Action
    from relance.portfolio.evaluation import Evaluation
    from relance.report.summary import EmittedCounts
    from relance.run.journal_run import Round, Watch

_MANY = 500  # debtors, from which a bar is shown


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

class Executed(NamedTuple):
    """What a run did, all actions of its day, and the rows that were rejected."""

    done: Round
    emitted: list[Action]
    rejects: tuple[Reject, ...]
    unwritten: tuple[Unwritten, ...] = ()  # for want of the house's own
    sure: bool = True  # the journal's heads were witnessed, where a key is named

def stop_out_of_order(journal: Journal, on: date) -> None:
    """Stop a run of another time: what it emits would count on a day that has not come, or what later runs emitted would be made again."""
    if on > today():
        raise Stop(tell("{on} is in the future: `relance run --dry-run` says what would be, `relance forecast` what is to come", on=on))
    last = journal.last_run()
    if last is not None and on < last:
        raise Stop(tell("the journal was run for {last} already; a run for {on} would not know of it: `relance run --dry-run` and `relance why --on {on}` look back", last=last, on=on))


def take_back_unwritten(journal: Journal, unwritten: tuple[Unwritten, ...], on: date, actor: str) -> None:
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

def emitted_of(entries: Iterable[Entry], on: date, fresh: Mapping[str, Action]) -> Iterator[Action]:
    """Yield the actions of entries that relance emitted on a day: those of this run as they are, others as the journal tells them."""
    from relance.delivery.outbox import action_of

    names = ((str(entry.data.get("id", "")), entry) for entry in entries if entry.on == on and entry.debtor is not None)
    yield from (fresh.get(name) or action_of(entry) for name, entry in names if entry.key == f"action:{name}")

# --------------------------------------------------------------------------- the files


def can_write(folder: Path) -> None:
    """Stop before anything is written when the folder could not be."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise Stop(tell("nothing can be written to {folder}: name another folder by --out", folder=folder))

def not_written(folder: Path, error: OSError) -> Stop:
    """Return what stops a run whose files cannot be written."""
    return Stop(tell("{folder}: {reason}. The actions are safe in the journal: run the same day again, and the files are written then", folder=folder, reason=error.strerror or str(error)))


def write_tables(folder: Path, evaluation: Evaluation, rejects: tuple[Reject, ...]) -> None:
    """Write the count, and what was rejected or taken by no playbook."""
    from relance.importers.portfolio_files import rejects_csv
    from relance.report.summary import summary_csv, unrouted_csv

    put(folder / "summary.csv", summary_csv(evaluation))
    put(folder / "rejects.csv", rejects_csv(rejects) if rejects else None)
    put(folder / "unrouted.csv", unrouted_csv(evaluation.unrouted) if evaluation.unrouted else None)


def put(path: Path, text: str | None) -> None:
    """Write a file whole or not at all; None takes away what an earlier run left."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        replace_whole(path, text)


def texts_of(done: Round, emitted: list[Action], writes: Writes) -> Texts:
    """Write the text of each message, and return what could not be written."""
    from relance.letters import texts
    from relance.letters.document import Studio
    from relance.letters.wording import Templates

    make = partial(Studio, Templates(*writes.templates))
    with texts.studio_by_playbook(writing_for(writes), agencies_of(done), make) as studio:
        return texts.write(emitted, done.facts, writes.folder / "messages", studio)


def writing_for(writes: Writes) -> Writing:
    """Return how the messages of a run are written, or stop where its letterhead has mistakes."""
    from relance.cli.posting import writing_of
    from relance.letters.letterhead import read as read_letterhead

    if writes.letterhead is not None:
        given, findings = read_letterhead(writes.letterhead)
        if given is None:
            broken(errors(findings), tell("the letterhead {letterhead} has mistakes; the actions are in the journal: run the day again", letterhead=writes.letterhead))
    return writing_of(writes.letterhead)


def agencies_of(done: Round) -> dict[str, bool]:
    """Say of each playbook of a round whether an agency writes by it."""
    return {name: playbook.collector == "agency" for name, playbook in done.routing.playbooks.items()}

# --------------------------------------------------------------------------- what is shown


@contextmanager
def bar() -> Iterator[Watch | None]:
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

def show_lines(done: Round) -> None:
    """Write each new action as a line, but what may not leave: it is not handed on."""
    from relance.report.plain import action_row

    doubted = {action.id for action in done.doubted}
    for action in (each for each in done.new if each.id not in doubted):
        click.echo(json.dumps(action_row(action), ensure_ascii=False, separators=(",", ":")))


def show_tables(evaluation: Evaluation, debtors: int, new: EmittedCounts, earlier: int, *, dry: bool) -> None:
    """Show what was looked at, how many cases stand where, and what was emitted."""
    from rich.text import Text

    from relance.report import summary

    print_rich(summary.heading(evaluation, debtors), Text(), summary.counted(evaluation), Text(), summary.emitted_table(new, earlier, dry=dry))


def show_notes(done: Round, rejects: tuple[Reject, ...], texts: Texts | None, writes: Writes, form: str) -> None:
    """Say what a person must look at; beside lines for a program, on the other stream."""
    from relance.escaping import shown

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
    yield from map(told, done.accounts.values())
    yield from map(str, done.lost)
    if done.unnamed:
        yield tell_number(
            "{count} invoice is asked for that the files do not name; if they list what is open, record first what was paid:",
            "{count} invoices are asked for that the files do not name; if they list what is open, record first what was paid:", len(done.unnamed),
        )  # fmt: skip
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
