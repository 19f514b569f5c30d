"""Promises and plans about a claim: what was to come by when, what came, and when it was broken or in force again.

Money that names no claim counts for a pledge unless it served another claim (`Balances.given`): nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest

from relance.dates import add
from relance.interpreter.balance import ZERO, Balances
from relance.interpreter.scope import covers
from relance.model import Calendar, Duration, Event, Facts, Invoice

_DAY = timedelta(days=1)
_PAYMENTS = frozenset({"payment.received", "payment.reversed"})
_LOWERING = frozenset({"credit_note.issued", "written_off"})


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise or a plan: so much in all by each limit (its date and the grace); None stands for all that is owed.

    `money` are the movements since it was made, of a plan also what lowered its debt; from `superseded` on, another word counts.
    """

    terms: tuple[tuple[date, Decimal | None], ...]
    money: tuple[tuple[date, Decimal], ...]
    event: Event
    superseded: date | None
    cancelled: bool

    @property
    def suspends(self) -> bool:
        """Whether no interest runs while a plan is kept: unless it says otherwise."""
        return bool(self.event.data.get("interest", "suspended") == "suspended")

    def received(self, day: date) -> Decimal:
        """Sum the money that came in from the day of the pledge to a day."""
        return sum((amount for on, amount in self.money if on <= day), ZERO)

    @property
    def mends(self) -> bool:
        """Whether it is in force again once all that was missed has come: a plan, unless it says that it ends; a promise is broken for good."""
        return self.event.kind == "plan.agreed" and self.event.data.get("late", "resumes") == "resumes"

    def breaks(self, day: date) -> tuple[tuple[date, date | None], ...]:
        """Return each day, up to a given one, on which the money of a past term was not there, and the day on which all of it had come, if it did."""
        end = day if self.superseded is None else min(day, self.superseded)
        found: list[tuple[date, date | None]] = []
        broke: date | None = None
        for candidate in sorted({limit + _DAY for limit, _ in self.terms} | {on for on, _ in self.money}):
            if candidate > end:
                break
            short = self._short(candidate)
            if broke is None and short:
                broke = candidate
            elif broke is not None and not short and self.mends:
                found.append((broke, candidate))
                broke = None
        return (*found, (broke, None)) if broke is not None else tuple(found)

    def _short(self, day: date) -> bool:
        """Say whether the money of a term that is past is not there, or not all of it."""
        received = self.received(day)
        return any(limit < day and (need is None or received < need) for limit, need in self.terms)

    def kept_on(self, day: date) -> date | None:
        """Return the day on which all the money was there, if it still is."""
        need = self.terms[-1][1]
        if need is None or self.received(day) < need:
            return None
        return next((on for on, _ in self.money if self.received(on) >= need), None)


def pledges(facts: Facts, invoice: Invoice, on: date, kind: str, held: Balances | None = None) -> tuple[Pledge, ...]:
    """Return the promises (`promise.made`) or plans (`plan.agreed`) made about a claim up to a day, to the letter: no grace is added to their dates."""
    events = [event for event in facts.events if event.on <= on and covers(event, invoice)]
    return read_pledges(facts, events, on, kind, Duration(0), Calendar(), held)


def read_pledges(
    facts: Facts, events: Sequence[Event], on: date, kind: str, grace: Duration, calendar: Calendar, held: Balances | None = None
) -> tuple[Pledge, ...]:
    """Read the promises (or plans) among the events about a claim; each holds until the next word of its kind."""
    words = [event for event in events if event.kind in (kind, "plan.cancelled" if kind == "plan.agreed" else kind)]
    found = []
    for event, later in zip_longest(words, words[1:]):
        if event.kind != kind:
            continue
        dated = event.data.get("instalments") or ({"on": event.data["by"], "amount": event.data.get("amount")},)
        total: Decimal | None = ZERO
        terms: list[tuple[date, Decimal | None]] = []
        for term in sorted(dated, key=lambda each: each["on"]):
            total = None if total is None or term["amount"] is None else total + term["amount"]
            terms.append((add(term["on"], grace, calendar), total))
        cancelled = later is not None and later.kind != kind
        found.append(Pledge(tuple(terms), _money(facts, event, on, held), event, None if later is None else later.on, cancelled=cancelled))
    return tuple(found)


def _money(facts: Facts, pledge: Event, on: date, held: Balances | None) -> tuple[tuple[date, Decimal], ...]:
    """List the payments (reversals negative) that count towards a pledge: made after it, and about what it is about; what of them served other claims does not.

    Of a plan, credit notes and parts written off count as well: what is owed no more is missing of no instalment.
    """
    about = {each.id: each for each in facts.invoices if covers(pledge, each)}
    counting = _PAYMENTS if pledge.kind != "plan.agreed" else _PAYMENTS | _LOWERING
    found = []
    for event in facts.events:
        if event.on > on or event.kind not in counting or (event.on, event.seq) <= (pledge.on, pledge.seq) or "amount" not in event.data:
            continue
        if (pledge.currency is None or event.currency in (None, pledge.currency)) and any(covers(event, each) for each in about.values()):
            amount = -event.data["amount"] if event.kind == "payment.reversed" else event.data["amount"]
            given = held.given.get((event.on, event.seq), {}) if held else {}
            found.append((event.on, amount - sum((part for name, part in given.items() if name not in about), ZERO)))
    return tuple(found)
