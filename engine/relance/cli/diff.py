"""`relance diff`: what a change of a playbook would change, in every history of a case and for a portfolio, before it is made."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import print_rich
from relance.cli.common import DAY, OutFile, Stop, format_option, print_json, replace_option, write_out
from relance.cli.lake import working
from relance.cli.loading import playbook_of
from relance.cli.portfolios import portfolio_options, tables_of
from relance.report.words import grouped
from relance.sentences import sentence, tell, tell_number

if TYPE_CHECKING:
    from relance.model import Playbook
    from relance.simulation.playbook_diff import PlaybookChange

#: Days of histories that are looked at where a portfolio is counted beside.
_FEW = 150


@click.command(name="diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--portfolio", metavar="DIR|FILE", help="Count on real cases too: a folder of Parquet tables, or a file of invoices.")
@portfolio_options
@click.option("--from", "on", type=DAY, default="today", show_default=True, help="The first day.")
@click.option("--until", type=DAY, help="The last day, with --portfolio.")
@click.option("--engine", type=click.Choice(("polars", "duckdb", "spark")), default="polars", help="What works the tables out.")
@click.option("--trust", is_flag=True, help="Do not look for bad rows in tables.")
@click.option("--html", type=OutFile(), metavar="FILE", help="Write a page with charts.")
@format_option("table", "json", "markdown")
@replace_option
def command(old: str, new: str, portfolio: str | None, debtors: Path | None, creditors: Path | None, events: Path | None, on: date, until: date | None, engine: str, html: Path | None, form: str, *, trust: bool) -> None:
    """Say what differs between two playbooks: each kind of difference with its smallest case, or that there is none in any history.

    With --portfolio it is counted on real cases: contacts added, removed, moved, the cost, the cases that change most.

    \b
    relance diff playbooks/negligent.yaml mine/negligent.yaml
    relance diff playbooks/negligent.yaml mine/negligent.yaml --portfolio tables/ --until 2026-12-31 --html diff.html
    """  # noqa: D301 - \b is click's
    before, after = playbook_of(old), playbook_of(new)
    if portfolio is None:
        _of_all_cases(before, after, form, None)
        return
    from relance.report import forecasts
    from relance.report.differences import lost_lines
    from relance.simulation.playbook_diff import change
    from relance.simulation.portfolio import foresee

    if until is None:
        raise Stop(sentence("--portfolio needs --until, the last day"))
    if until < on:
        raise Stop(sentence("--until {until} is before {on}", until=until, on=on))
    if form != "json":
        _of_all_cases(before, after, form, _FEW)
        click.echo()
    with working(engine) as chosen:
        tables = tables_of(portfolio, chosen, {"debtors": debtors, "creditors": creditors, "events": events}, trust=trust)
        made = change(foresee(chosen, tables, before, on, until), foresee(chosen, tables, after, on, until))
    if html is not None:
        write_out(html, forecasts.change_page(made))
    if form == "json":
        for line in lost_lines(made.old, made.new, made.lost):
            click.echo(line, err=True)
        print_json(forecasts.change_values(made))
        return
    _show(made)
    if html is not None:
        click.echo(tell("written: {path}", path=html))


def _of_all_cases(before: Playbook, after: Playbook, form: str, most: int | None) -> None:
    from relance.proof.lock_step import MOST, lock_step
    from relance.report.differences import difference_lines, difference_markdown, difference_values

    made = lock_step(before, after, most or MOST)
    if form == "json":
        print_json(difference_values(made))
    elif form == "markdown":
        click.echo(difference_markdown(made), nl=False)
    else:
        for line in difference_lines(made):
            click.echo(line)


def _show(made: PlaybookChange) -> None:
    from rich.table import Table

    from relance.report.forecasts import one_line, steps_of
    from relance.report.words import head

    click.echo(tell_number("{old} → {new}: {changed} of {cases} case changes", "{old} → {new}: {changed} of {cases} cases change", made.cases, old=made.old, new=made.new, changed=grouped(made.changed), cases=grouped(made.cases)))
    if made.changed:
        rows = Table(box=None, pad_edge=False)
        for name in ("step", "added", "removed", "earlier", "later"):
            rows.add_column(head(name), justify="left" if name == "step" else "right")
        for step, *numbers in steps_of(made):
            rows.add_row(step, *(grouped(number) for number in numbers))
        print_rich(rows)
    messages = tell("messages and calls: {before} → {after}", before=grouped(sum(made.before.values())), after=grouped(sum(made.after.values())))
    cost = tell("cost: {cost}", cost=f"{grouped(made.cost_before, 2)} → {grouped(made.cost_after, 2)}") if made.cost_before or made.cost_after else ""
    click.echo("; ".join(part for part in (messages, cost) if part))
    if made.worst:
        click.echo(tell("the cases that change most:"))
    for row, before, after in made.worst:
        click.echo(tell("{case} of {debtor}", case=row["case"], debtor=row["debtor"]))
        rows = Table(box=None, pad_edge=False, show_header=False)
        rows.add_row(f"  {head('old')}", one_line(before))
        rows.add_row(f"  {head('new')}", one_line(after))
        print_rich(rows)
