"""Which claim money that names none is for, by its debtor's own word: a promise or a plan about some of his claims, an offer made of them (C. civ. 1342-10, al. 1).

While such a word stands, money serves it first: the sum promised, or accepted, until its day; of a plan what is missing of its instalments to that day, or the
next one. Exactly what was promised or offered, or the next instalments, is always for it. Books nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate

from relance.interpreter.offers import offers_made
from relance.interpreter.scope import covers
from relance.model import Event, Facts, Invoice

ZERO = Decimal(0)
#: What marks an event that follows from an offer, with the id of the action that made it.
OF_OFFER = "of_offer"
#: Where an event stands among others: its day and its number.
Place = tuple[date, int]
#: What each event gave to which claim.
Given = Mapping[Place, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Designated:
    """What a payment is for: claims (oldest due date first) and the sum that goes to them first, word by word. `exact`: it is exactly what one of them asks."""

    sums: tuple[tuple[tuple[str, ...], Decimal], ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    """What a debtor said, or was offered, about some claims: what is to come in all by each day. Money from `since` on counts; from `said` on it is his word.

    `over` is the place of the word that takes its stead, or ends it. `ends`: the first instalment that is missed ends a plan.
    """

    plan: bool
    about: frozenset[str]
    terms: tuple[tuple[date, Decimal], ...]
    since: Place
    said: Place | None
    over: Place | None = None
    ends: bool = False

    def stands(self, place: Place) -> bool:
        """Say whether money at a place may be for it."""
        return self.since < place and (self.over is None or place < self.over) and ((self.said is not None and self.said < place) or place[0] <= self.terms[-1][0])

    def first(self, missing: Sequence[tuple[date, Decimal]], place: Place) -> Decimal:
        """Return what money at a place serves first of what is missing."""
        past = any(day < place[0] for day, _ in missing)
        if self.said is None or self.said >= place or (past and (self.ends or not self.plan)):
            return ZERO
        return max((total for day, total in missing if day <= place[0]), default=missing[0][1])


class Designations:
    """The words of a debtor about his claims."""

    def __init__(self, facts: Facts) -> None:
        """Read what was said and offered."""
        self._words = tuple(_superseded([*_said(facts), *_offered(facts)], facts))
        self._lowering = {_place(event) for event in facts.events if event.kind in ("credit_note.issued", "written_off")}  # keeps a plan, and no promise

    def meant(self, event: Event, claims: Sequence[Invoice], given: Given) -> Designated:
        """Say what a payment that names no claim is for, of these claims; nothing where no word of its debtor tells some of them from the others."""
        found: list[tuple[tuple[str, ...], Decimal]] = []
        place = _place(event)
        for word in (word for word in self._words if word.stands(place)):
            about = tuple(each.id for each in claims if each.id in word.about)
            if not 0 < len(about) < len(claims):
                continue
            between = (parts for at, parts in given.items() if word.since < at < place and (word.plan or at not in self._lowering))
            received = sum((part for parts in between for name, part in parts.items() if name in about), ZERO)
            missing = [(day, total - received) for day, total in word.terms if total > received]
            if any(total == event.data["amount"] for _, total in missing):
                return Designated(((about, event.data["amount"]),), exact=True)
            if missing and (wanted := word.first(missing, place)):
                found.append((about, wanted))
        return Designated(tuple(found))


def _said(facts: Facts) -> Iterator[_Word]:
    """Read promises and plans, and the ends of plans; what follows from an offer is read of the offer."""
    for event in facts.events:
        if event.kind not in ("promise.made", "plan.agreed", "plan.cancelled") or OF_OFFER in event.data:
            continue
        about = frozenset(each.id for each in facts.invoices if covers(event, each))
        plan, terms = event.kind != "promise.made", tuple[tuple[date, Decimal], ...]()
        if event.kind == "plan.agreed":
            terms = _summed((each["on"], each["amount"]) for each in event.data["instalments"])
        elif not plan and event.data.get("amount") is not None:
            terms = ((event.data["by"], event.data["amount"]),)
        yield _Word(plan, about, terms, _place(event), _place(event), ends=event.data.get("late", "resumes") == "ends")


def _offered(facts: Facts) -> Iterator[_Word]:
    """Read the offers that left: of a settlement the sum until its last day, of instalments those that were accepted."""
    if not any("offer" in event.data for event in facts.events if event.kind == "action.emitted"):
        return
    emitted = {event.data["id"]: _place(event) for event in facts.events if event.kind == "action.emitted"}
    for made in offers_made(facts, date.max):
        about, since = frozenset(made.act.invoices), max(emitted[made.act.id], (made.on, 0))
        accepted = made.answer is not None and made.accepted_by(made.until)
        answered = None if made.answer is None else _place(made.answer)
        if made.offer.instalments:
            if accepted and answered is not None:
                yield _Word(plan=True, about=about, terms=_summed(made.offer.instalments), since=answered, said=answered)
        else:
            yield _Word(plan=False, about=about, terms=((made.until, made.offer.amount),), since=since, said=answered if accepted else None, over=None if accepted else answered)


def _summed(parts: Iterable[tuple[date, Decimal]]) -> tuple[tuple[date, Decimal], ...]:
    """Add instalments up, in the order of their days."""
    ordered = sorted(parts)
    return tuple(zip((day for day, _ in ordered), accumulate(amount for _, amount in ordered), strict=True))


def _superseded(words: Sequence[_Word], facts: Facts) -> Iterator[_Word]:
    """Let each word give way to the next of its kind about one of its claims; keep those that ask a sum of some claims and not of others."""
    for word in words:
        if word.terms and len(word.about) < len(facts.invoices):
            later = [each.said for each in words if each.said is not None and each.plan is word.plan and each.said > (word.said or word.since) and each.about & word.about]
            yield replace(word, over=min([*later, *([word.over] if word.over else [])], default=None))


def _place(event: Event) -> Place:
    return event.on, event.seq
