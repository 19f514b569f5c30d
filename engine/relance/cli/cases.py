"""`relance cases`: the open cases by status, age and next step, and what is open by age."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import DAY, format_option, journal_option, opened, playbook_named, print_json

if TYPE_CHECKING:
    from relance.ledger.standings import Ageing, Standing
    from relance.model import Playbook

_ORDER = ("due", "awaiting_approval", "held", "waiting", "finished", "stopped", "no playbook")


@click.command(name="cases")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day to look at.")
@click.option("--playbook", "default", metavar="ID|FILE", help="The playbook of cases for which the journal names none.")
@click.option("--creditor", metavar="ID", help="Only cases of this creditor.")
@click.option("--debtor", metavar="ID", help="Only cases of this debtor.")
@click.option("--status", type=click.Choice([*_ORDER]), help="Only cases of this status.")
@click.option("--older-than", type=int, metavar="DAYS", help="Only cases overdue for longer.")
@format_option("text", "json", "csv")
@journal_option
def command(
    on: date,
    default: str | None,
    creditor: str | None,
    debtor: str | None,
    status: str | None,
    older_than: int | None,
    form: str,
    where: str,
) -> None:
    """List the open cases: what is owed, for how long, what holds them or comes next; then what is open by age."""
    with opened(where) as journal:
        from relance.ledger.standings import ageing, standings

        @cache
        def load(name: str) -> Playbook:
            return playbook_named(name)

        facts = list(journal.facts(creditor, debtor))
        found = [
            each
            for each in standings(facts, on, load, default)
            if status in (None, each.status) and (older_than is None or each.age > older_than)
        ]
        ages = ageing(facts, on)
    found.sort(key=lambda each: (_ORDER.index(each.status), -each.age, each.case))
    if form == "json":
        print_json(
            {"version": 1, "on": on.isoformat(), "cases": [_plain(each) for each in found], "ageing": [_aged(each) for each in ages]}
        )
    elif form == "csv":
        _csv(found)
    else:
        _show(found, ages, on)


def _plain(standing: Standing) -> dict[str, Any]:
    values = asdict(standing) | {
        "open": f"{standing.open:.2f}",
        "due": standing.due.isoformat(),
        "on": standing.on.isoformat() if standing.on else None,
    }
    step, on = values.pop("step"), values.pop("on")
    return values | {"next": {"step": step, "on": on} if step else None}


def _aged(ageing: Ageing) -> dict[str, Any]:
    from relance.ledger.standings import BUCKETS

    buckets = zip(BUCKETS, ageing.sums, ageing.counts, strict=True)
    return {
        "currency": ageing.currency,
        "buckets": [{"days": name, "open": f"{amount:.2f}", "invoices": count} for (name, _), amount, count in buckets],
    }


def _csv(found: list[Standing]) -> None:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["creditor", "debtor", "case", "playbook", "status", "reason", "open", "currency", "due", "age", "step", "on"])
    writer.writerows([value if value is not None else "" for value in asdict(each).values()] for each in found)
    click.echo(out.getvalue(), nl=False)


def _show(found: list[Standing], ages: tuple[Ageing, ...], on: date) -> None:
    from rich.console import Console
    from rich.table import Table

    from relance.ledger.standings import BUCKETS
    from relance.report.figures import money

    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("status", "case", "debtor", "open", "days", "next"):
        table.add_column(
            column, overflow="fold", justify="right" if column in {"open", "days"} else "left", no_wrap=column in {"open", "days"}
        )
    for each in found:
        following = f"{each.step}, {each.on}" if each.step else each.reason
        table.add_row(each.status, each.case, each.debtor, f"{money(each.open)} {each.currency}", str(each.age), following)
    console.print(table if found else f"no case is open on {on}")
    if ages:
        table = Table(box=None, pad_edge=False, header_style="bold", title=f"open by days overdue on {on}", title_justify="left")
        table.add_column("")
        for name, _ in BUCKETS:
            table.add_column(name, justify="right")
        for aged in ages:
            table.add_row(aged.currency, *(f"{money(amount)} ({count})" for amount, count in zip(aged.sums, aged.counts, strict=True)))
        console.print(table)
