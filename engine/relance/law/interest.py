"""Simple interest on a debt that falls as it is paid: stretches of days, each at one rate on one base.

Days are counted exactly, both ends included, over the law's basis of 365 even in a leap year; each stretch is rounded
to the cent, then summed (docs/law.md). Interest bears no interest here; where a court
granted it (C. civ. 1343-2), `capitalised` says what joins the base and `claims` gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from relance.law.parameters import half_year
from relance.model import Segment

_DAY = timedelta(days=1)
CENT = Decimal("0.01")
ZERO = Decimal(0)
DAY_BASIS = 365

#: The yearly rate of a day, in percent. May raise `UnknownParameter`.
Rate = Callable[[date], Decimal]


class Reduction(NamedTuple):
    """An amount by which the principal falls. The day itself still bears interest on the whole; the next one does not."""

    on: date
    amount: Decimal


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def simple(base: Decimal, rate: Decimal, days: int, *, basis: int = DAY_BASIS) -> Decimal:
    """Return the interest of so many days at a yearly rate in percent, rounded to the cent: 2000.00 at 3.11 for 30 days is 5.11."""
    return cents(base * rate * days / (100 * basis))


def halves(start: date, end: date) -> Iterable[tuple[date, date]]:
    """Cut the days from `start` to `end`, both counted, at each half-year."""
    while start <= end:
        last = min(half_year(start)[1], end)
        yield start, last
        start = last + _DAY


def stretch(
    base: Decimal, start: date, end: date, rate: Rate, *, cut: bool = True, basis: int = DAY_BASIS, invoice: str = ""
) -> tuple[Segment, ...]:
    """Return the segments of an unchanging base over the days from `start` to `end`, both counted; none where the base is nothing.

    `cut` breaks at each half-year, where the rates of the law change; a contractual rate is not cut. `rate` is asked once a segment.
    """
    if base <= 0 or start > end:
        return ()
    found = []
    for first, last in halves(start, end) if cut else ((start, end),):
        percent, days = rate(first), (last - first).days + 1
        found.append(Segment(first, last, days, percent, base, simple(base, percent, days, basis=basis), invoice))
    return tuple(found)


def segments(
    principal: Decimal,
    reductions: Sequence[Reduction],
    start: date,
    end: date,
    rate: Rate,
    *,
    cut: bool = True,
    basis: int = DAY_BASIS,
    invoice: str = "",
) -> tuple[Segment, ...]:
    """Return the interest from `start` to `end`, both counted, on a principal that the reductions lower; a negative one raises it again.

    Reductions all count on the principal here: what a payment does to interest first is `relance.law.claims`' affair.
    """
    found: list[Segment] = []
    base = principal
    for on, amount in sorted(reductions):
        if on >= end:
            break
        if on >= start:
            found += stretch(base, start, on, rate, cut=cut, basis=basis, invoice=invoice)
            start = on + _DAY
        base -= amount
    return (*found, *stretch(base, start, end, rate, cut=cut, basis=basis, invoice=invoice))


def a_day(parts: Iterable[Segment], on: date) -> Decimal:
    """Return by how much the interest grows a day from a day on, at the rates of that day: of each stretch that runs on it, rounded to the cent once."""
    return cents(sum((part.base * part.rate / (100 * DAY_BASIS) for part in parts if part.end == on), ZERO))


def total(parts: Iterable[Segment]) -> Decimal:
    """Return the interest of segments together."""
    return sum((part.interest for part in parts), ZERO)
