"""Playing forward: the one loop. It looks on the days on which something may change, lets leave what is due, and asks when to look next.

There are two ways of seeing: what is known of a debtor (`by_facts`), folded anew on each of those days, and packed views (`by_view`), aged
without their facts. Both must give what a look on every day gives; tests/simulation and tests/columnar hold them to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol, TypeVar

_DAY = timedelta(days=1)
_Seen_co = TypeVar("_Seen_co", covariant=True)


class Sight(Protocol[_Seen_co]):
    """A way of seeing some cases as they go. It keeps where they stand."""

    def look(self, day: date) -> _Seen_co:
        """Look at the cases on a day, and take what leaves as carried out on it."""

    def changes(self, day: date) -> date:
        """Return the next day after one just looked at on which something may change; `date.max` where none is known."""


def forward(sight: Sight[_Seen_co], start: date, until: date) -> Iterator[tuple[date, _Seen_co]]:
    """Yield what is seen on `start`, on `until`, and between them on each day on which something may change."""
    day = start
    while day <= until:
        yield day, sight.look(day)
        after = max(sight.changes(day), day + _DAY)
        day = after if day == until else min(after, until)
