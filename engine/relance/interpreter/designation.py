"""Which claim money that names none is for, by its debtor's own word: a promise or a plan about some of his claims (C. civ. 1342-10, al. 1).

While such a word stands, money serves it first: the sum promised; of a plan what is missing of its past instalments, and the next one. A promise
whose day is over means exactly its sum alone. Books nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from relance.interpreter.scope import covers
from relance.model import Event, Facts, Invoice

ZERO = Decimal(0)
_WORDS = frozenset({"promise.made", "plan.agreed", "plan.cancelled"})
#: What each event gave to which claim, by (day, seq).
Given = Mapping[tuple[date, int], Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Designated:
    """What a payment is for: claims (oldest due date first) and the sum that goes to them first, word by word. `exact`: it is exactly what one of them asks."""

    sums: tuple[tuple[tuple[str, ...], Decimal], ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """A promise or a plan that names a claim or a document: what it asks in all by each day, and the place of the word that takes its stead."""

    event: Event
    terms: tuple[tuple[date, Decimal], ...]
    superseded: tuple[date, int] | None

    def stands(self, event: Event) -> bool:
        """Say whether it was said before an event, and nothing else about its claims between."""
        return _place(self.event) < _place(event) and (self.superseded is None or _place(event) < self.superseded)

    def missing(self, received: Decimal) -> list[tuple[date, Decimal]]:
        """Return what is missing in all by each of its days, after what came; nothing of what has come."""
        return [(day, total - received) for day, total in self.terms if total > received]


@dataclass(frozen=True, slots=True)
class Designations:
    """The words of a debtor about some of his claims and not others."""

    facts: Facts
    _said: list[_Word] = field(init=False)

    def __post_init__(self) -> None:
        said = [event for event in self.facts.events if event.kind in _WORDS]
        object.__setattr__(self, "_said", [word for event in said if event.invoice is not None and (word := _word(event, said, self.facts.invoices))])

    def meant(self, event: Event, claims: Sequence[Invoice], given: Given) -> Designated:
        """Say what a payment that names no claim is for, of these claims; nothing where no word of its debtor tells."""
        found: list[tuple[tuple[str, ...], Decimal]] = []
        for word in (word for word in self._said if word.stands(event)):
            about = tuple(each.id for each in claims if covers(word.event, each))
            missing = word.missing(_received(word.event, event, about, given)) if 0 < len(about) < len(claims) else []
            if any(total == event.data["amount"] for _, total in missing):
                return Designated(((about, event.data["amount"]),), exact=True)
            if missing and (wanted := _first(word.event, missing, event.on)):
                found.append((about, wanted))
        return Designated(tuple(found))


def _word(event: Event, said: Sequence[Event], invoices: Sequence[Invoice]) -> _Word | None:
    """Read a promise or a plan; None where it names no sum, or is about no claim."""
    about = [each for each in invoices if covers(event, each)]
    dated: Sequence[Mapping[str, Any]] = event.data.get("instalments") or (() if event.kind == "plan.cancelled" else ({"on": event.data["by"], "amount": event.data.get("amount")},))
    if not dated or not about or any(each["amount"] is None for each in dated):
        return None
    terms = sorted((each["on"], each["amount"]) for each in dated)
    over = {event.kind, "plan.cancelled"} if event.kind == "plan.agreed" else {event.kind}
    later = (_place(other) for other in said if other.kind in over and _place(other) > _place(event) and any(covers(other, each) for each in about))
    return _Word(event, tuple(zip((day for day, _ in terms), accumulate(amount for _, amount in terms), strict=True)), min(later, default=None))


def _received(word: Event, before: Event, about: Sequence[str], given: Given) -> Decimal:
    """Sum what came in on some claims after a word and before an event."""
    between = (parts for place, parts in given.items() if _place(word) < place < _place(before))
    return sum((parts[name] for parts in between for name in about if name in parts), ZERO)


def _first(word: Event, missing: Sequence[tuple[date, Decimal]], on: date) -> Decimal:
    """Return what a payment of a day serves first of what is missing: what was promised, until its day; of a plan the instalments to that day, else the next one."""
    past = [total for day, total in missing if day < on]
    if word.kind == "promise.made":
        return ZERO if past else missing[0][1]
    if past and word.data.get("late", "resumes") == "ends":
        return ZERO
    return max((total for day, total in missing if day <= on), default=missing[0][1])


def _place(event: Event) -> tuple[date, int]:
    return event.on, event.seq
