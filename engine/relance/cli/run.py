"""`relance run`: a portfolio on a day: read, recorded, decided, emitted once, written out.

The journal is written first, in one transaction; files follow from it, so that the same day run again, after a crash too,
writes what is missing and emits nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import (
    DAY,
    FILE,
    Stop,
    actor_option,
    end,
    format_option,
    journal_option,
    new_option,
    now,
    say_if_new,
    system_user,
    today,
)
from relance.cli.expired import erase_and_say
from relance.cli.loading import playbook_near, playbook_of
from relance.cli.portfolio_reading import TableOptions, read_in_parts, readable
from relance.cli.rules import routing_named
from relance.cli.run_output import (
    Executed,
    Writes,
    bar,
    can_write,
    not_written,
    show_lines,
    show_notes,
    show_tables,
    stop_out_of_order,
    writing_for,
)
from relance.cli.witness import can_witness, witnessed
from relance.model import Sender
from relance.sentences import tell

if TYPE_CHECKING:
    from relance.importers.portfolio_files import Portfolio, Reject
    from relance.journal.journal import Journal
    from relance.letters.texts import Texts
    from relance.model import Action
    from relance.portfolio.routing import Routing
    from relance.run.journal_run import Round

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
    from relance.report.run_files import run_folder

    rules = routing_of(playbook, routing)
    sender = None if sent_by is None else Sender(sent_by)
    if out is None and Path(run_folder(on)).is_symlink():
        raise Stop(tell("'{folder}' is a link that nobody named: name the folder by --out", folder=run_folder(on)))
    writes = Writes(where, Path(out or run_folder(on)), actor, letterhead, templates, dry_run, sender, new)
    with read_in_parts(TableOptions(invoices, debtors, creditors, events, columns), not_after=max(today(), on), journal=where) as parts:
        if parts.whole:
            executed = execute(readable(next(iter(parts)).portfolio), rules, on, writes, form)
        else:
            from relance.cli.run_in_parts import execute_in_parts

            executed = execute_in_parts(parts, rules, on, writes, opened_for, form)
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


def execute(portfolio: Portfolio, rules: Routing, on: date, writes: Writes, form: str = "table") -> Executed:
    """Run, write and show."""
    from relance.cli.defaults import approvals_of, rules_here
    from relance.cli.posting import letterhead_seen
    from relance.delivery.call_sheets import sheets_anew
    from relance.delivery.run_texts import emitted_on, take_back_unwritten
    from relance.run import journal_run as rounds

    if not writes.dry:
        can_write(writes.folder)
        if not writes.passing:
            can_witness()  # a run that is to be witnessed and cannot be is not begun
    with opened_for(writes) as journal:
        if not writes.dry:
            stop_out_of_order(journal, on)
        with bar() as watch:
            done = rounds.run(
                journal, portfolio.facts, rules, on, actor=writes.actor, load=partial(playbook_near, checks=True), keep=not writes.dry, watch=watch, sent_by=writes.sent_by, approvals=rules_here(journal),
            )  # fmt: skip
        rejects = (*portfolio.rejects, *rounds.not_taken(done.recorded))
        emitted = list(done.new) if writes.dry else emitted_on(journal, on, done)
        calls = [] if writes.dry else list(sheets_anew(journal, done.facts, done.routing.playbooks, on))
        texts = None if writes.dry else _write(done, emitted, rejects, writes, calls)
        if not writes.dry:
            letterhead_seen(journal, writes.letterhead, (action.creditor for action in done.new), writes.actor)
        unwritten = () if texts is None else tuple(one for one in texts.missing if one.house)
        take_back_unwritten(journal, () if texts is None else texts.missing, on, writes.actor)
        if not (writes.dry or writes.passing):
            erase_and_say(journal, writes.actor)
            approvals_of(journal, system_user())
        sure = writes.dry or writes.passing or witnessed(journal, writes.journal)
    _show(done, emitted, rejects, texts, writes, form)
    return Executed(done, emitted, rejects, unwritten, sure=sure)


# --------------------------------------------------------------------------- the journal


@contextmanager
def opened_for(writes: Writes) -> Iterator[Journal]:
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


def _write(done: Round, emitted: list[Action], rejects: tuple[Reject, ...], writes: Writes, calls: list[Action]) -> Texts:
    from relance.delivery.run_texts import write_texts
    from relance.report.run_files import write_run_files

    try:
        write_run_files(writes.folder, emitted, done.evaluation, rejects)
        return write_texts(done, [*emitted, *calls], writes.folder, writing_for(writes), writes.templates)
    except OSError as error:
        raise not_written(writes.folder, error) from error


def _show(done: Round, emitted: list[Action], rejects: tuple[Reject, ...], texts: Texts | None, writes: Writes, form: str) -> None:
    from relance.report.summary import EmittedCounts

    if form == "jsonl":
        show_lines(done)
    else:
        show_tables(done.evaluation, len({name for _, name in done.facts}), EmittedCounts.of(done.new), len(emitted) - len(done.new), dry=writes.dry)
    show_notes(done, rejects, texts, writes, form)
