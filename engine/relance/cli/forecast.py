"""`relance forecast`: what a portfolio comes to under a playbook: messages, postage, notices, hand-overs, and cash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.casefiles import playbook_of, print_rich
from relance.cli.common import DAY, Stop, format_option, print_json
from relance.cli.lake import engine_of, sources_of

if TYPE_CHECKING:
    from relance.ledger.forecast import Behaviour, Forecast

#: Four in five outcomes lie within so many standard deviations.
BAND = 1.2816


def tables_of(portfolio: str) -> Mapping[str, Any]:
    """Find a portfolio's tables: a folder of Parquet files, or a file of invoices as `relance run` reads it."""
    if portfolio.startswith("catalog:") or Path(portfolio).is_dir():
        return sources_of(portfolio, "spark" if portfolio.startswith("catalog:") else "polars")
    from relance.ledger import portfolio as files
    from relance.ledger.tables import from_facts

    if not Path(portfolio).is_file():
        raise Stop(f"{portfolio}: there is no such file or folder")
    read = files.read(Path(portfolio))
    if read.unreadable or (read.rejects and not read.facts):
        raise Stop("\n".join(f"{one.file}: {one.reason}" for one in read.rejects[:5]))
    if read.rejects:
        click.echo(f"{len(read.rejects)} rows rejected and left out", err=True)
    return from_facts(read.facts).frames()


@click.command(name="forecast")
@click.argument("playbook", metavar="PLAYBOOK")
@click.option("--portfolio", required=True, metavar="DIR|FILE", help="A folder of Parquet tables, or a file of invoices.")
@click.option("--from", "on", type=DAY, default="today", show_default=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@click.option("--behaviour", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="What share pays by day after each step.")
@click.option("--engine", type=click.Choice(("polars", "duckdb", "spark")), default="polars", help="What works the tables out.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a page with charts.")
@format_option("table", "json")
def command(playbook: str, portfolio: str, on: date, until: date, behaviour: Path | None, engine: str, html: Path | None, form: str) -> None:
    """Play a portfolio forward: how many messages by day, what postage, which notices and hand-overs, what cash.

    \b
    relance forecast negligent --portfolio tables/ --from 2026-06-15 --until 2027-06-15 --html forecast.html
    """  # noqa: D301 - \b is click's
    from relance.ledger.forecast import forecast, views_of

    if until < on:
        raise Stop(f"--until {until} is before {on}")
    asked, paying = playbook_of(playbook), _behaviour(behaviour)
    with engine_of(engine) as chosen:
        made = forecast(views_of(chosen, tables_of(portfolio), asked, on), until, paying)
    if html is not None:
        html.write_text(page_of(made), encoding="utf-8")
    if form == "json":
        print_json(plain(made))
        return
    _show(made)
    if html is not None:
        click.echo(f"written: {html}")


def _behaviour(path: Path | None) -> Behaviour | None:
    from relance.ledger.forecast import BehaviourError, read_behaviour

    try:
        return None if path is None else read_behaviour(path)
    except BehaviourError as error:
        raise Stop(str(error)) from error


def plain(made: Forecast) -> dict[str, Any]:
    """Give a forecast as plain values."""
    return {
        "version": 1, "playbook": made.playbook, "from": made.on.isoformat(), "until": made.until.isoformat(), "cases": made.cases,
        "actions": [{"on": line.on.isoformat(), "step": line.step, "channel": line.channel, "expected": round(number, 2)} for line, number in sorted(made.actions.items())],
        "cost": [{"week": week.isoformat(), "amount": f"{cost:.2f}"} for week, cost in sorted(made.cost.items())],
        "formal_notices": [{"week": week.isoformat(), "expected": round(number, 2)} for week, number in sorted(made.notices.items())],
        "handovers": [{"week": week.isoformat(), "expected": round(number, 2)} for week, number in sorted(made.handovers.items())],
        "cash": [
            {"week": week.isoformat(), "currency": code, "expected": _money(middle, code), "low": _money(max(middle - _half(made, week, code), 0.0), code), "high": _money(middle + _half(made, week, code), code)}
            for (week, code), middle in sorted(made.cash.items())
        ],
    }  # fmt: skip


def _half(made: Forecast, week: date, code: str) -> float:
    return float(BAND * made.spread[week, code] ** 0.5)


def _money(amount: float, code: str) -> str:
    from relance.ledger.tables import decimals

    places = decimals(code)
    return f"{amount / 10**places:.{places}f}"


def _months(made: Forecast) -> dict[tuple[str, str, str], float]:
    found: dict[tuple[str, str, str], float] = defaultdict(float)
    for line, number in made.actions.items():
        found[f"{line.on:%Y-%m}", line.step, line.channel] += number
    return dict(sorted(found.items()))


def _show(made: Forecast) -> None:
    from rich.table import Table

    rows = Table(box=None, pad_edge=False)
    for name in ("month", "step", "by", "actions"):
        rows.add_column(name, justify="right" if name == "actions" else "left")
    for (month, step, channel), number in _months(made).items():
        rows.add_row(month, step, channel, f"{number:.0f}")
    print_rich(rows)
    click.echo(f"{made.cases} cases, {sum(made.actions.values()):.0f} actions from {made.on} to {made.until}")
    click.echo(f"formal notices: {sum(made.notices.values()):.0f}; hand-overs: {sum(made.handovers.values()):.0f}; postage and the like: {sum(made.cost.values()):.2f}")
    for code in sorted({code for _, code in made.cash}):
        middle = sum(value for (_, held), value in made.cash.items() if held == code)
        half = BAND * sum(value for (_, held), value in made.spread.items() if held == code) ** 0.5
        click.echo(f"expected cash: {_money(middle, code)} {code}, four times in five between {_money(middle - half, code)} and {_money(middle + half, code)}")


def page_of(made: Forecast) -> str:
    """Draw a forecast."""
    from relance.ledger.tables import decimals
    from relance.report.charts import band, bars, page, table

    by_step: dict[str, dict[date, float]] = {}
    for line, number in sorted(made.actions.items()):
        weeks = by_step.setdefault(line.step, {})
        week = line.on.fromordinal(line.on.toordinal() - line.on.weekday())
        weeks[week] = weeks.get(week, 0) + number
    parts = [
        f"<p>{made.cases:,} cases, from {made.on} to {made.until}. Cases of one debtor are not held back by each other here, and nobody opens a dispute.</p>",
        bars("Actions by week and step", by_step),
        bars("Formal notices and hand-overs by week", {"formal notices": made.notices, "hand-overs": made.handovers}, stacked=False),
    ]
    if made.cost:
        parts.append(bars("Cost by week", {"cost": made.cost}))
    for code in sorted({code for _, code in made.cash}):
        unit = 10 ** decimals(code)
        middle = {week: value / unit for (week, held), value in made.cash.items() if held == code}
        half = {week: _half(made, week, code) / unit for week in middle}
        parts.append(band(f"Expected cash by week, {code}; four outcomes in five lie in the band", middle, half))
    months = [(month, step, channel, float(number)) for (month, step, channel), number in _months(made).items()]
    parts += ["<h2>Actions by month</h2>", table(("month", "step", "by", "actions"), months)]
    return page(f"Forecast: {made.playbook}", parts)
