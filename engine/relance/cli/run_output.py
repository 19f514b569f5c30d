"""What a run writes and says, the whole or a part of it: files, tables on the terminal, what a person must look at."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from relance.cli.casefiles import broken, print_rich
from relance.cli.common import Stop, echo_filled, hold_own, named, today
from relance.language.findings import errors
from relance.model import Sender
from relance.report.run_files import ACTIONS
from relance.sentences import system_words, tell

if TYPE_CHECKING:
    from relance.importers.portfolio_files import Reject
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
    """Stop a run of another time."""
    from relance.run.journal_run import out_of_order

    if (why := out_of_order(journal, on, today())) is not None:
        raise Stop(why)


# --------------------------------------------------------------------------- the files


def can_write(folder: Path) -> None:
    """Stop before anything is written when the folder could not be."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise Stop(tell("nothing can be written to {folder}: name another folder by --out", folder=folder))
    hold_own(folder, ACTIONS, "summary.csv", "rejects.csv")

def not_written(folder: Path, error: OSError) -> Stop:
    """Return what stops a run whose files cannot be written."""
    return Stop(tell("{folder}: {reason}. The actions are safe in the journal: run the same day again, and the files are written then", folder=folder, reason=system_words(error)))


def writing_for(writes: Writes) -> Writing:
    """Return how the messages of a run are written, or stop where its letterhead has mistakes."""
    from relance.cli.posting import writing_of
    from relance.letters.letterhead import read as read_letterhead

    if writes.letterhead is not None:
        given, findings = read_letterhead(writes.letterhead)
        if given is None:
            broken(errors(findings), tell("the letterhead {letterhead} has mistakes; the actions are in the journal: run the day again", letterhead=writes.letterhead))
    return writing_of(writes.letterhead)


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
    from relance.report.run_files import action_lines

    doubted = {action.id for action in done.doubted}
    for line in action_lines(each for each in done.new if each.id not in doubted):
        click.echo(line, nl=False)


def show_tables(evaluation: Evaluation, debtors: int, new: EmittedCounts, earlier: int, *, dry: bool) -> None:
    """Show what was looked at, how many cases stand where, and what was emitted."""
    from rich.text import Text

    from relance.report import summary

    print_rich(summary.heading(evaluation, debtors), Text(), summary.counted(evaluation), Text(), summary.emitted_table(new, earlier, dry=dry))


def show_notes(done: Round, rejects: tuple[Reject, ...], texts: Texts | None, writes: Writes, form: str) -> None:
    """Say what a person must look at; beside lines for a program, on the other stream."""
    from relance.escaping import shown
    from relance.report.run_notes import run_notes

    for line in (*run_notes(done, rejects, () if texts is None else texts.missing), *_ending(writes)):
        text = shown(line)
        echo_filled(text.lstrip(), indent=len(text) - len(text.lstrip()), hang=2, err=form == "jsonl")


def _ending(writes: Writes) -> Iterator[str]:
    """Say where everything is."""
    if writes.dry:
        yield tell("dry run: nothing was written")
    elif not writes.passing:
        yield tell("written to {folder}; journal: {named}", folder=writes.folder, named=named(writes.journal))
