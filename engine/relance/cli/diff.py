"""`relance diff`: what a change of a playbook would change for a portfolio, before it is made."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.casefiles import playbook_of, print_rich
from relance.cli.common import DAY, Stop, format_option, print_json
from relance.cli.forecast import tables_of
from relance.cli.lake import engine_of

if TYPE_CHECKING:
    from relance.ladder.future import Coming
    from relance.ledger.forecast import Change


@click.command(name="diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--portfolio", required=True, metavar="DIR|FILE", help="A folder of Parquet tables, or a file of invoices.")
@click.option("--from", "on", type=DAY, default="today", show_default=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@click.option("--engine", type=click.Choice(("polars", "duckdb", "spark")), default="polars", help="What works the tables out.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a page with charts.")
@format_option("table", "json")
def command(old: str, new: str, portfolio: str, on: date, until: date, engine: str, html: Path | None, form: str) -> None:
    """Play a portfolio under two playbooks and say what differs: contacts added, removed, moved, the cost, the cases that change most.

    \b
    relance diff playbooks/negligent.yaml mine/negligent.yaml --portfolio tables/ --until 2026-12-31 --html diff.html
    """  # noqa: D301 - \b is click's
    from relance.ledger.forecast import change, views_of

    if until < on:
        raise Stop(f"--until {until} is before {on}")
    before, after = playbook_of(old), playbook_of(new)
    tables = tables_of(portfolio)
    with engine_of(engine) as chosen:
        made = change(views_of(chosen, tables, before, on), views_of(chosen, tables, after, on), until)
    if html is not None:
        html.write_text(page_of(made), encoding="utf-8")
    if form == "json":
        print_json(plain(made))
        return
    _show(made)
    if html is not None:
        click.echo(f"written: {html}")


def _steps(made: Change) -> list[tuple[str, int, int, int, int]]:
    names = dict.fromkeys([*made.removed, *made.added, *made.earlier, *made.later])
    return [(name, made.added[name], made.removed[name], made.earlier[name], made.later[name]) for name in sorted(names)]


def _told(play: tuple[Coming, ...]) -> str:
    return ", ".join(f"{one.on} {one.step.id}" for one in play) or "nothing"


def plain(made: Change) -> dict[str, Any]:
    """Give a change as plain values."""
    return {
        "version": 1, "old": made.old, "new": made.new, "cases": made.cases, "changed": made.changed,
        "steps": [{"step": step, "added": added, "removed": removed, "earlier": earlier, "later": later} for step, added, removed, earlier, later in _steps(made)],
        "cost": {"old": f"{made.cost_before:.2f}", "new": f"{made.cost_after:.2f}"},
        "cases_that_change_most": [
            {"creditor": row["creditor"], "debtor": row["debtor"], "case": row["case"], "old": _list(before), "new": _list(after)} for row, before, after in made.worst
        ],
    }  # fmt: skip


def _list(play: tuple[Coming, ...]) -> list[dict[str, Any]]:
    return [{"on": one.on.isoformat(), "step": one.step.id, "occurrence": one.occurrence, "channels": [str(channel) for channel in one.channels]} for one in play]


def _show(made: Change) -> None:
    from rich.table import Table

    rows = Table(box=None, pad_edge=False)
    for name in ("step", "added", "removed", "earlier", "later"):
        rows.add_column(name, justify="left" if name == "step" else "right")
    for step, *numbers in _steps(made):
        rows.add_row(step, *(str(number) for number in numbers))
    click.echo(f"{made.old} → {made.new}: {made.changed} of {made.cases} cases change")
    if made.changed:
        print_rich(rows)
    click.echo(f"cost: {made.cost_before:.2f} → {made.cost_after:.2f}")
    for row, before, after in made.worst:
        click.echo(f"{row['case']} of {row['debtor']}")
        click.echo(f"  old: {_told(before)}")
        click.echo(f"  new: {_told(after)}")


def page_of(made: Change) -> str:
    """Draw a change."""
    from relance.report.charts import bars, page, table

    before = {week: float(number) for week, number in made.before.items()}
    after = {week: float(number) for week, number in made.after.items()}
    return page(
        f"{made.old} → {made.new}",
        [
            f"<p>{made.changed:,} of {made.cases:,} cases change. Cost: {made.cost_before:,.2f} → {made.cost_after:,.2f}.</p>",
            bars("Steps by week", {made.old: before, made.new: after}, stacked=False),
            "<h2>By step</h2>", table(("step", "added", "removed", "earlier", "later"), _steps(made)),
            "<h2>The cases that change most</h2>",
            table(("case", "debtor", "old", "new"), [(row["case"], row["debtor"], _told(old), _told(new)) for row, old, new in made.worst]),
        ],
    )  # fmt: skip
