"""What the last twelve months brought: money by step, promises kept, days to pay, days of sales unpaid, and how debts rolled on; on demand, for it reads every payment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nicegui import ui

from relance.letters.figures import money
from relance.report.words import head
from relance.sentences import sentence, tell, told
from relance.studio.frame import PageReader, show_table, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relance.portfolio.metrics import Figures
    from relance.portfolio.roll_rates import DebtAges
    from relance.studio.desk import OperatorDesk

_COLOUR = "#1565c0"


def show_year(reader: PageReader, desk: OperatorDesk) -> None:
    """Offer the figures of the year, and show them where they are asked for."""
    found = ui.column().classes("w-full").props("aria-live=polite")

    async def show() -> None:
        button.delete()
        with found:
            waits = ui.spinner()
        figures, ages = await asyncio.to_thread(desk.year)
        waits.delete()
        with found, reader.reading():
            _figures(reader, figures)
            _ages(ages)

    with found:
        button = ui.button(reader.say(sentence("figures of the last twelve months")), icon="insights", on_click=show).props("outline no-caps")


def _figures(reader: PageReader, figures: Figures) -> None:
    paid, made = figures.days_to_pay, figures.promises
    if paid.from_due is not None:
        ui.label(tell("median days from the due date to payment: {days}", days=paid.from_due))
    if made.share_kept is not None:
        ui.label(tell("promises kept, of those decided: {percent} %", percent=made.share_kept))
    for currency in dict.fromkeys(each.currency for each in figures.recovered):
        mine = [each for each in figures.recovered if each.currency == currency]
        title = tell("Received after each step, in {currency}", currency=currency)
        _bars(title, [(told(each.step), float(each.amount)) for each in mine])
        show_table((head("step"), head("payments"), head("amount")), [(told(each.step), str(each.payments), str(money(each.amount, currency, reader.language))) for each in mine], title, {1, 2})


def _ages(ages: DebtAges) -> None:
    for each in ages.sales:
        if each.outstanding is not None:
            ui.label(tell("days of sales unpaid (DSO), {currency}: {days}", currency=each.currency, days=each.outstanding))
    for currency in dict.fromkeys(each.currency for each in ages.rates):
        mine = [each for each in ages.rates if each.currency == currency]
        title = tell("Of what was open, by days late: open still a month later, in {currency}", currency=currency)
        _bars(title, [(head(each.band), float(each.percent)) for each in mine])
        show_table((head("open a month before"), head("of it open a month later, %")), [(head(each.band), tell("{word}", word=each.percent)) for each in mine], title, {1})


def _bars(title: str, values: Sequence[tuple[str, float]]) -> None:
    ui.echart(
        {
            "xAxis": {"type": "category", "data": [shown(name, 30) for name, _ in values]}, "yAxis": {"type": "value"},
            "grid": {"left": 70, "right": 10, "top": 20, "bottom": 30},
            "series": [{"type": "bar", "data": [value for _, value in values], "itemStyle": {"color": _COLOUR}}], "aria": {"enabled": True},
        }
    ).classes("w-full").style("height:200px;max-width:760px").props(f'role=img aria-label="{title}"')  # fmt: skip
