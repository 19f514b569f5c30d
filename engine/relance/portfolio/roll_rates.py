"""How debts age: what of each age band a month ago is open still (roll rates), and how many days of sales are unpaid (DSO).

A fold of facts, nothing stored. Amounts are never added across currencies; what is not due ages like the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from relance.dates import add_months
from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import still_open
from relance.model import Facts
from relance.portfolio.receivables import BUCKETS, bucket

ZERO = Decimal(0)
_TENTH = Decimal("0.1")
#: So many changes of month are pooled: one alone jumps with a single large invoice.
MONTHS = 3


class RollRate(NamedTuple):
    """Of a currency and an age band: what was open in it, month by month, and how much of that was open still a month later."""

    currency: str
    band: str
    before: Decimal
    after: Decimal

    @property
    def percent(self) -> Decimal:
        """Return the share that rolled on into the next band, as a percentage."""
        return (100 * self.after / self.before).quantize(_TENTH)


class DaysSales(NamedTuple):
    """Of a currency: what is open on the last day of a period of so many `days`, and what was invoiced in it."""

    currency: str
    open: Decimal
    invoiced: Decimal
    days: int

    @property
    def outstanding(self) -> int | None:
        """Return the days of sales that are unpaid (DSO); None where nothing was invoiced."""
        return round(self.open / self.invoiced * self.days) if self.invoiced > 0 else None


@dataclass(frozen=True, slots=True)
class DebtAges:
    """Both, band by band in the order of `receivables.BUCKETS`, currency by currency."""

    rates: tuple[RollRate, ...]
    sales: tuple[DaysSales, ...]


def debt_ages(portfolio: Iterable[Facts], start: date, end: date) -> DebtAges:
    """Work both out on the last day of a period. An invoice without a day of issue counts as invoiced on its due date."""
    sums = _Sums()
    turns = [add_months(end, -back) for back in range(MONTHS, -1, -1)]
    for facts in portfolio:
        sums.age(facts, turns)
        sums.sell(facts, start, end)
    bands = [(currency, band) for currency in sorted(sums.open | sums.invoiced) for band, _ in BUCKETS]
    rates = tuple(RollRate(currency, band, *sums.rolled[currency, band]) for currency, band in bands if (currency, band) in sums.rolled)
    days = (end - start + timedelta(1)).days
    sales = tuple(DaysSales(currency, sums.open.get(currency, ZERO), sums.invoiced.get(currency, ZERO), days) for currency in sorted(sums.open | sums.invoiced))
    return DebtAges(rates, sales)


@dataclass(slots=True)
class _Sums:
    rolled: dict[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    open: dict[str, Decimal] = field(default_factory=dict)
    invoiced: dict[str, Decimal] = field(default_factory=dict)

    def age(self, facts: Facts, turns: list[date]) -> None:
        known = [balances(facts, day).outstanding for day in turns]
        for day, owed, later in zip(turns, known, known[1:], strict=False):
            for invoice in facts.invoices:
                if (invoice.issued or invoice.due) <= day and (before := owed.get(invoice.id, ZERO)):
                    key = invoice.currency, bucket((day - invoice.due).days)
                    so_far = self.rolled.get(key, (ZERO, ZERO))
                    self.rolled[key] = so_far[0] + before, so_far[1] + min(before, later.get(invoice.id, ZERO))

    def sell(self, facts: Facts, start: date, end: date) -> None:
        owed = still_open(facts, balances(facts, end), end)
        for invoice in facts.invoices:
            sold = invoice.issued or invoice.due
            if sold <= end:
                self.open[invoice.currency] = self.open.get(invoice.currency, ZERO) + owed.get(invoice.id, ZERO)
            if start <= sold <= end:
                self.invoiced[invoice.currency] = self.invoiced.get(invoice.currency, ZERO) + invoice.amount
