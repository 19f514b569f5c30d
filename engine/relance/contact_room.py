"""When the contact rules of a playbook have room for a message: so long after the last contact, and no more than so many within so long.

The one definition: the interpreter decides by it, the check of what is released asks it, and so does the check of what an author wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from relance.dates import add
from relance.model import Calendar, ContactRules, Duration

#: From the day of a contact to the first day on which a rule lets another one go.
Opening = Callable[[date], date]


class ContactLimit(NamedTuple):
    """A rule that counts from a contact: its name in the language, the day of that contact, and the first day on which there is room again."""

    name: str
    since: date
    opens: date


def openings(rules: ContactRules, calendar: Calendar) -> tuple[Opening | None, Opening | None]:
    """Return, for `min_gap` and for `at_most`, when there is room again after a contact; None for a rule that was not given. What is asked is kept."""
    return _after(rules.min_gap, calendar), _after(rules.within if rules.max_contacts else None, calendar)


def _after(length: Duration | None, calendar: Calendar) -> Opening | None:
    return None if length is None else lru_cache(maxsize=16384)(lambda day: add(day, length, calendar))


def full_since(contacts: Sequence[date], most: int | None) -> date | None:
    """Return the contact that has to be so long ago for another to have room: of the days so far, in order, the last but `most`; None while there are fewer."""
    return contacts[-most] if most and len(contacts) >= most else None


def limits(gap: Opening | None, window: Opening | None, last: date | None, full: date | None) -> Iterator[ContactLimit]:
    """Yield the rules that count from a contact: the `gap` from the `last`, the `window` of `at_most` from `full_since`."""
    if gap is not None and last is not None:
        yield ContactLimit("min_gap", last, gap(last))
    if window is not None and full is not None:
        yield ContactLimit("at_most", full, window(full))
