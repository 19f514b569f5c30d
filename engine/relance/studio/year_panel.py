"""What the last twelve months brought: money by step, promises kept, days to pay, days of sales unpaid, and how debts rolled on; on demand, for it reads every payment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nicegui import ui

from relance.letters.figures import money
from relance.report.words import head
from relance.sentences import sentence, tell, told
from relance.studio.charts import show_bars
from relance.studio.frame import PageReader, show_table

if TYPE_CHECKING:
    from relance.portfolio.metrics import Figures
    from relance.portfolio.roll_rates import DebtAges
    from relance.studio.desk import OperatorDesk


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
        show_bars(title, [told(each.step) for each in mine], {title: [float(each.amount) for each in mine]}, height=200)
        show_table((head("step"), head("payments"), head("amount")), [(told(each.step), str(each.payments), str(money(each.amount, currency, reader.language))) for each in mine], title, {1, 2})


def _ages(ages: DebtAges) -> None:
    for each in ages.sales:
        if each.outstanding is not None:
            ui.label(tell("days of sales unpaid (DSO), {currency}: {days}", currency=each.currency, days=each.outstanding))
    for currency in dict.fromkeys(each.currency for each in ages.rates):
        mine = [each for each in ages.rates if each.currency == currency]
        title = tell("Of what was open, by days late: open still a month later, in {currency}", currency=currency)
        show_bars(title, [head(each.band) for each in mine], {title: [float(each.percent) for each in mine]}, height=200)
        show_table((head("open a month before"), head("of it open a month later, %")), [(head(each.band), tell("{word}", word=each.percent)) for each in mine], title, {1})
