"""When the contact rules of a playbook have room for a message: so long after the last contact, and no more than so many within so long.

The one definition: the interpreter decides by it, the check of what is released asks it, and so does the check of what an author wrote.
`min_gap` is a limit of one contact. A limit of some channels counts their contacts, and binds what goes by one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from relance.dates import add
from relance.model import CONTACT_CHANNELS, Calendar, Channel, ContactDay, ContactRules, Duration

#: From the day of a contact to the first day on which a rule lets another one go.
Opening = Callable[[date], date]


class ContactLimit(NamedTuple):
    """A contact rule: its name in the language, how many contacts fill it, when there is room again after the first of them, and of which channels it is."""

    name: str
    most: int
    opens: Opening
    channels: frozenset[Channel] = frozenset()

    def binds(self, channels: Iterable[Channel]) -> bool:
        """Say whether what goes by these channels needs its room."""
        return not (self.channels or CONTACT_CHANNELS).isdisjoint(channels)

    def counts(self, contact: ContactDay) -> bool:
        """Say whether a contact takes its room."""
        return not self.channels or contact.channel is None or contact.channel in self.channels

    def full_since(self, contacts: Iterable[ContactDay]) -> date | None:
        """Return the contact that must be so long ago for another to have room: of the days that count, the last but `most`; None while there are fewer."""
        days = sorted({contact.on for contact in contacts if self.counts(contact)})
        return days[-self.most] if len(days) >= self.most else None


def limits_of(rules: ContactRules, calendar: Calendar, length: Callable[[Duration, Calendar], Opening] | None = None) -> tuple[ContactLimit, ...]:
    """Return the limits that contact rules set, `min_gap` first. `length` says when a span from a day is over: by the calendar, where it is not given."""
    after = length or _kept
    gap = () if rules.min_gap is None else (ContactLimit("min_gap", 1, after(rules.min_gap, calendar)),)
    return (*gap, *(ContactLimit("at_most", cap.contacts, after(cap.within, calendar), cap.channels) for cap in rules.at_most))


def _kept(length: Duration, calendar: Calendar) -> Opening:
    return lru_cache(maxsize=16384)(lambda day: add(day, length, calendar))


def since_full(limits: Sequence[ContactLimit], contacts: Collection[ContactDay]) -> tuple[date | None, ...]:
    """Return, of each limit, since when it is full."""
    return tuple(limit.full_since(contacts) for limit in limits) if contacts else (None,) * len(limits)


class Room(NamedTuple):
    """What a limit that is full says: the day it counts from, and the first day on which it has room again."""

    limit: ContactLimit
    since: date
    opens: date


def room(limits: Sequence[ContactLimit], full_since: Sequence[date | None], channels: Collection[Channel]) -> Iterator[Room]:
    """Yield, of the limits that are full, those that bind what goes by some channels."""
    for limit, since in zip(limits, full_since, strict=True):
        if since is not None and limit.binds(channels):
            yield Room(limit, since, limit.opens(since))
