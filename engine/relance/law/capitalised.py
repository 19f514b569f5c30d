"""When interest bears interest: whole years from the day a court granted it from (C. civ. 1343-2), and how much of it.

Nothing here grants it: without a court's day no interest bears interest (see `claims`). What is joined to the base is a choice, the
least that the text allows: the unpaid interest of a whole year that has passed since that day, and never what ran before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from relance.dates import add_months
from relance.law.interest import ZERO, total
from relance.model import Segment

_DAY = timedelta(days=1)
_YEAR = 12


def years(granted_from: date | None, start: date, end: date) -> Iterable[tuple[date, date, date | None]]:
    """Cut the days from `start` to `end`, both counted, at a day and its anniversaries; with the first day of the year that a part closes, else None."""
    count = 0
    while granted_from is not None and start <= end:
        closes = add_months(granted_from, _YEAR * count)
        if closes > end:
            break
        if closes >= start:
            yield start, closes, add_months(granted_from, _YEAR * (count - 1)) + _DAY if count else None
            start = closes + _DAY
        count += 1
    if start <= end:
        yield start, end, None


def bearing(found: Sequence[Segment], since: date, before: Decimal, paid: Decimal) -> Decimal:
    """Return what bears interest beside the principal once a year closed that began on `since`: what did `before` and the year's own, as far as it is unpaid."""
    year = total([segment for segment in found if segment.start >= since])
    return max(min(total(found) - paid, before + year), ZERO)
