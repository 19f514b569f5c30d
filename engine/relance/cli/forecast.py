"""`relance forecast`: what a portfolio comes to under a playbook: messages, postage, notices, hand-overs, and cash."""

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
from relance.escaping import csv_text
from relance.report.words import grouped, word
from relance.sentences import tell, tell_number

if TYPE_CHECKING:
    import polars as pl

    from relance.simulation.forecast import Forecast
    from relance.simulation.payment_behaviour import Behaviour


@click.command(name="forecast")
@click.argument("playbook", metavar="PLAYBOOK")
@click.option("--portfolio", required=True, metavar="DIR|FILE", help="A folder of Parquet tables, or a file of invoices.")
@portfolio_options
@click.option("--from", "on", type=DAY, default="today", show_default=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@click.option("--behaviour", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="What share pays by day after each step.")
@click.option("--engine", type=click.Choice(("polars", "duckdb", "spark")), default="polars", help="What works the tables out.")
@click.option("--trust", is_flag=True, help="Do not look for bad rows in tables.")
@click.option("--html", type=OutFile(), metavar="FILE", help="Write a page with charts.")
@click.option("--cases", type=OutFile(), metavar="FILE", help="Write which cases come to a notice or a hand-over, as CSV.")
@format_option("table", "json")
@replace_option
def command(
    playbook: str, portfolio: str, debtors: Path | None, creditors: Path | None, events: Path | None, on: date, until: date, behaviour: Path | None, engine: str, html: Path | None, cases: Path | None, form: str, *, trust: bool
) -> None:
    """Play a portfolio forward: how many messages by day, what postage, which notices and hand-overs, what cash.

    \b
    relance forecast negligent --portfolio tables/ --from 2026-06-15 --until 2027-06-15 --html forecast.html
    """  # noqa: D301 - \b is click's
    from relance.report import forecasts
    from relance.simulation.forecast import forecast, reaching
    from relance.simulation.portfolio import foresee

    if until < on:
        raise Stop(tell("--until {until} is before {on}", until=until, on=on))
    asked, paying = playbook_of(playbook), _behaviour(behaviour, playbook)
    with working(engine) as chosen:
        found = foresee(chosen, tables_of(portfolio, chosen, {"debtors": debtors, "creditors": creditors, "events": events}, trust=trust), asked, on, until)
    made = forecast(found, paying)
    if html is not None:
        write_out(html, forecasts.forecast_page(made, tell("{title} ({playbook}, version {version})", title=asked.title, playbook=asked.id, version=asked.version), reaching(found)))
    if cases is not None:
        listed = _listed(reaching(found))
        write_out(cases, csv_text([listed.columns, *listed.rows()]))
    if form == "json":
        print_json(forecasts.forecast_values(made))
        return
    _show(made)
    for written in (html, cases):
        if written is not None:
            click.echo(tell("written: {path}", path=written))


def _behaviour(path: Path | None, playbook: str) -> Behaviour | None:
    from relance.simulation.payment_behaviour import BehaviourError, read_behaviour

    if path is None:
        return None
    try:
        found = read_behaviour(path)
    except BehaviourError as error:
        raise Stop(str(error)) from error
    steps = [step.id for step in playbook_of(playbook).steps]
    if strange := [name for name in found.after if name not in ("any", *steps)]:
        raise Stop(tell("{path}: the playbook has no step '{strange}'; it has {steps}", path=path, strange=strange[0], steps=steps))
    return found


def _listed(reaching: pl.DataFrame) -> pl.DataFrame:
    """Write amounts as a person does."""
    import polars as pl

    from relance.currencies import major

    owed = [format(major(balance, code), "f") for balance, code in reaching.select("balance", "currency").rows()]
    return reaching.with_columns(pl.Series("balance", owed, dtype=pl.String)).rename({"balance": "owed"})


def _show(made: Forecast) -> None:
    from rich.table import Table

    from relance.report import forecasts
    from relance.report.words import head

    click.echo(tell_number("{playbook}: {cases} case, {on} to {until}", "{playbook}: {cases} cases, {on} to {until}", made.cases, playbook=made.playbook, cases=grouped(made.cases), on=made.on, until=made.until))
    steps, months = forecasts.by_step(made), forecasts.by_month(made)
    priced = any(row.cost for row in steps)
    for heads, rows in (
        (("step", "by", "messages", "actions", "cost"), [(row.step, word(row.channel), grouped(row.messages), grouped(row.actions), grouped(row.cost, 2)) for row in steps]),
        (("month", "messages", "notices", "hand-overs", "cost"), [(row.month, grouped(row.messages), grouped(row.notices), grouped(row.handovers), grouped(row.cost, 2)) for row in months]),
    ):
        click.echo()
        shown = Table(box=None, pad_edge=False)
        for name in heads if priced else heads[:-1]:
            shown.add_column(head(name), justify="left" if name in ("step", "by", "month") else "right")
        for row in rows:
            if all(cell in ("0", "0.00") for cell in row[1 if heads[0] == "month" else 2 :]):
                continue
            shown.add_row(*(row if priced else row[:-1]))
        print_rich(shown)
    click.echo()
    cost = tell("cost: {cost}", cost=grouped(sum(made.cost.values()), 2)) if priced else ""
    click.echo(tell("messages and calls: {messages}; formal notices: {notices}; hand-overs: {handovers}", messages=grouped(sum(forecasts.to_debtors(made).values())), notices=grouped(sum(made.notices.values())), handovers=grouped(sum(made.handovers.values()))) + (f"; {cost}" if cost else ""))
    for code, amounts in forecasts.cash_in_all(made).items():
        low, middle, high = (forecasts.minor_amount(amount, code, grouped=True) for amount in amounts)
        click.echo(tell("expected cash: {middle} {code}\n  four times in five between {low} and {high}", middle=middle, code=code, low=low, high=high))
