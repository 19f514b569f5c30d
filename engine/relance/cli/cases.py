"""`relance cases`: the open cases by status, age and next step, and what is open by age."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import cache
from heapq import nsmallest
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, FILE, Stop, format_option, journal_option, opened, print_json
from relance.cli.loading import playbook_near, playbook_of
from relance.cli.progress_bar import reading_progress
from relance.cli.rules import routing_named
from relance.report.words import condition_words, head, word
from relance.sentences import AmountPart, tell, tell_part, told

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.model import Facts, Playbook
    from relance.portfolio.receivables import Ageing, By, OpenCase
    from relance.portfolio.routing import Routing

_ORDER = ("due", "awaiting_approval", "awaiting_sending", "held", "waiting", "finished", "stopped", "no playbook")
_LINES = 500


@click.command(name="cases")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day to look at.")
@click.option("--playbook", "default", metavar="ID|FILE", help="The playbook of cases for which nothing else names one.")
@click.option("--routing", type=FILE, metavar="FILE", help="Rules to look by, instead of those the runs applied.")
@click.option("--creditor", metavar="ID", help="Only cases of this creditor.")
@click.option("--debtor", metavar="ID", help="Only cases of this debtor.")
@click.option("--status", type=click.Choice([*_ORDER]), help="Only cases of this status.")
@click.option("--older-than", type=int, metavar="DAYS", help="Only cases overdue for longer.")
@click.option("--limit", type=click.IntRange(1), default=_LINES, show_default=True, metavar="N", help="How many lines to show as text.")
@format_option("text", "json", "csv")
@journal_option
def command(
    on: date,
    default: str | None,
    routing: Path | None,
    creditor: str | None,
    debtor: str | None,
    status: str | None,
    older_than: int | None,
    limit: int,
    form: str,
    where: str,
) -> None:
    """List the open cases: what is owed, for how long, what holds them or comes next; then what is open by age.

    Cases are under the rules the last run applied by that day, or under the playbook that last acted on them.
    """
    if default is not None and routing is not None:
        raise Stop(tell("name one of --playbook and --routing"))
    with opened(where, creditor=creditor) as journal, _counted(journal.facts(creditor, debtor)) as portfolio:
        from relance.portfolio.receivables import Ages, standings_of

        by, ages = _by(journal, on, default, routing), Ages()

        def standings() -> Iterator[OpenCase]:
            for facts in portfolio:  # one debtor at a time: a large journal is never held
                ages.add(facts, on)
                for each in standings_of(facts, on, by):
                    if status in (None, each.status) and (older_than is None or each.age > older_than):
                        yield each

        if form == "json":
            cases = [_plain(each) for each in sorted(standings(), key=_place)]
            print_json({"version": 1, "on": on.isoformat(), "cases": cases, "ageing": [_aged(each) for each in ages.found()]})
        elif form == "csv":
            _csv(standings())
        else:
            counts: Counter[str] = Counter()
            first = nsmallest(limit, (counts.update((each.status,)) or each for each in standings()), _place)
            _show(first, counts, ages.found(), on)


def _place(standing: OpenCase) -> tuple[int, int, str]:
    """Order cases by what they need, then the oldest first."""
    return _ORDER.index(standing.status), -standing.age, standing.case


def _by(journal: Journal, on: date, default: str | None, routing: Path | None) -> By:
    """Choose what decides: the rules named, else those the runs applied, else the playbook each case names."""
    from relance.portfolio.explain import applied
    from relance.portfolio.receivables import By

    given = None if routing is None else routing_named(routing)
    whole = playbook_of(default, checks=False) if default is not None else None
    shared = journal.shared_debtors()

    @cache
    def load(name: str) -> Playbook | None:
        return whole if whole is not None and name in (default, whole.id) else playbook_near(name)

    @cache
    def rules(creditor: str) -> Routing | None:
        in_force = applied(journal, creditor, on) if given is None else None
        return in_force.routing if in_force is not None else given

    def others(facts: Facts) -> list[Facts]:
        if facts.debtor.id not in shared:
            return []
        return [each for each in journal.facts(debtor=facts.debtor.id) if each.creditor.id != facts.creditor.id]

    return By(load, default, rules, others)


@contextmanager
def _counted(portfolio: Iterator[Facts]) -> Iterator[Iterator[Facts]]:
    """Show how many debtors are done, where a person is there to see it."""
    with reading_progress("debtor") as counted:
        yield (counted(1) or facts for facts in portfolio)  # it returns nothing: `or` gives the debtor


def _plain(standing: OpenCase) -> dict[str, Any]:
    from relance.report.plain import amount

    values = asdict(standing) | {
        "open": amount(standing.open, standing.currency),
        "unmatched": amount(standing.unmatched, standing.currency),
        "due": standing.due.isoformat(),
        "on": standing.on.isoformat() if standing.on else None,
    }
    step, on = values.pop("step"), values.pop("on")
    return values | {"next": {"step": step, "on": on} if step else None}


def _aged(ageing: Ageing) -> dict[str, Any]:
    from relance.portfolio.receivables import BUCKETS
    from relance.report.plain import amount

    buckets = zip(BUCKETS, ageing.sums, ageing.counts, strict=True)
    return {
        "currency": ageing.currency,
        "buckets": [{"days": name, "open": amount(some, ageing.currency), "invoices": count} for (name, _), some, count in buckets],
    }


def _csv(found: Iterable[OpenCase]) -> None:
    """Write the cases as they are found: sorting is what a spreadsheet is for, and a million of them are not held."""
    from relance.escaping import csv_lines

    names = ("creditor", "debtor", "case", "playbook", "status", "reason", "open", "currency", "due", "age", "step", "on", "unmatched", "task")
    for line in csv_lines(chain((names,), (["" if (value := getattr(each, name)) is None else value for name in names] for each in found))):
        sys.stdout.write(line)


def _show(found: list[OpenCase], counts: Counter[str], ages: tuple[Ageing, ...], on: date) -> None:
    from rich.table import Table

    from relance.cli.screen import screen
    from relance.portfolio.receivables import BUCKETS
    from relance.report.words import spaced_amount

    console = screen()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("status", "case", "debtor", "open", "days", "next"):
        table.add_column(
            head(column), overflow="fold", justify="right" if column in {"open", "days"} else "left", no_wrap=column in {"open", "days"}
        )
    for each in found:
        following = f"{each.step}, {tell_part(each.on)}" if each.step else condition_words(each.reason)
        following += f"; {tell('{sum} to be matched', sum=AmountPart(each.unmatched, each.currency))}" if each.unmatched else ""
        following += f"; {tell('task: {task}', task=each.task)}" if each.task else ""
        table.add_row(word(each.status), each.case, each.debtor, f"{spaced_amount(each.open, each.currency)} {each.currency}", str(each.age), following)
    console.print(table if found else tell("no case is open on {day}", day=on))
    total = counts.total()
    if total > len(found):
        console.print(tell("and {count} more: --status, --older-than and --debtor choose, --limit shows more, --format csv shows all", count=total - len(found)))
    if total > 1:
        shares = ", ".join(f"{counts[status]} {word(status)}" for status in _ORDER if counts[status])
        console.print(tell("{count} open cases: {shares}", count=total, shares=shares))
    if ages:
        table = Table(box=None, pad_edge=False, header_style="bold", title=tell("open by days overdue on {day}", day=on), title_justify="left")
        table.add_column("")
        for name, _ in BUCKETS:
            table.add_column(told(name), justify="right")
        for aged in ages:
            table.add_row(aged.currency, *(f"{spaced_amount(amount, aged.currency)} ({count})" for amount, count in zip(aged.sums, aged.counts, strict=True)))
        console.print(table)
