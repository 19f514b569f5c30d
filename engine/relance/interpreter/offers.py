"""What a step offers on a day, and the offers that left, with the word about each: accepted or refused. Pure.

What follows from them is for `offer_outcomes` (docs/decisions/198).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from relance.currencies import major
from relance.dates import add, roll
from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.scope import covers
from relance.model import Calendar, Claimed, Event, Facts, Instalments, InvoiceClaimed, Offer, OfferTerms, WhenClosed

ZERO = Decimal(0)
_ANSWERS = ("offer.accepted", "offer.refused")


# --------------------------------------------------------------------------- what is offered


def offered(terms: OfferTerms | None, claimed: Claimed, until: date | None, calendar: Calendar) -> Offer | None:
    """Return what a message that claims this offers until a day, in the calendar of where its debtor is; None where it offers nothing."""
    if terms is None or until is None or claimed.principal < terms.smallest:
        return None
    least = major(1, claimed.currency)
    if terms.settlement is not None:
        return Offer(_part(claimed.principal, terms.settlement, least), terms.settlement, terms.by_payment, tuple(_shares(terms.settlement, claimed.invoices, least)))
    assert terms.instalments is not None
    return Offer(claimed.principal, instalments=tuple(_instalments(terms.instalments, claimed.principal, until, calendar, least)))


def _part(principal: Decimal, share: Decimal, least: Decimal) -> Decimal:
    return (principal * share / 100).quantize(least, ROUND_HALF_UP)


def _shares(share: Decimal, invoices: Sequence[InvoiceClaimed], least: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Part a settlement among its invoices so that the parts add up to it: each is what the sum of those up to it gives beyond the ones before."""
    so_far = given = ZERO
    for each in invoices:
        so_far += each.principal
        part = _part(so_far, share, least) - given
        given += part
        yield each.invoice, part


def _instalments(terms: Instalments, whole: Decimal, until: date, calendar: Calendar, least: Decimal) -> Iterator[tuple[date, Decimal]]:
    """Part a sum into equal instalments, what does not part falling on the last; each on the first open day from its own."""
    first, equal = add(until, terms.first, calendar), (whole / terms.number).quantize(least, ROUND_DOWN)
    for place in range(terms.number):
        day = add(first, terms.every._replace(number=terms.every.number * place), calendar)
        yield roll(day, WhenClosed.NEXT, calendar), equal if place < terms.number - 1 else whole - equal * (terms.number - 1)


def as_data(offer: Offer) -> dict[str, Any]:
    """Write an offer as a journal has it: amounts and days as text."""
    found: dict[str, Any] = {"amount": format(offer.amount, "f")}
    if offer.share is not None:
        found |= {"share": format(offer.share, "f"), "by_payment": offer.by_payment, "sums": {name: format(part, "f") for name, part in offer.sums}}
    if offer.instalments:
        found["instalments"] = [{"on": on.isoformat(), "amount": format(part, "f")} for on, part in offer.instalments]
    return found


def from_data(data: Mapping[str, Any]) -> Offer:
    """Read an offer out of a journal; the inverse of `as_data`."""
    share = data.get("share")
    return Offer(
        amount=Decimal(str(data["amount"])),
        share=None if share is None else Decimal(str(share)),
        by_payment=bool(data.get("by_payment")),
        sums=tuple((str(name), Decimal(str(part))) for name, part in data.get("sums", {}).items()),
        instalments=tuple((date.fromisoformat(str(part["on"])), Decimal(str(part["amount"]))) for part in data.get("instalments", ())),
    )


# --------------------------------------------------------------------------- what became of it


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer that left on a day, and the last day on which it can be accepted or paid; `answer` is the word about it in that time."""

    act: ActionState
    offer: Offer
    on: date
    until: date
    answer: Event | None

    def accepted_by(self, day: date) -> bool:
        """Say whether it was accepted by a day."""
        return self.answer is not None and self.answer.kind == "offer.accepted" and self.answer.on <= day

    def refused_by(self, day: date) -> bool:
        """Say whether it was refused by a day."""
        return self.answer is not None and self.answer.kind == "offer.refused" and self.answer.on <= day


def offers_made(facts: Facts, on: date) -> tuple[MadeOffer, ...]:
    """Return the offers that left by a day, oldest first; a letter and an e-mail of one step are one offer.

    Each stands until its own day, a newer one beside it or not (C. civ. 1116). A word answers one: of those that stand and were not answered, the latest.
    Accepted or refused again while what was accepted or refused stands, it is the same word, and answers no other.
    """
    found: dict[tuple[object, ...], MadeOffer] = {}
    for act in acts(facts.events, on):
        if act.offer and act.executed is not None and act.deadline is not None:
            key, one = (act.playbook, act.step, act.occurrence, act.case, act.on), MadeOffer(act, from_data(act.offer), act.executed, act.deadline, None)
            found[key] = min(found.get(key, one), one, key=_in_time)
    made = sorted(found.values(), key=_in_time)
    for said in (event for event in facts.events if event.kind in _ANSWERS and event.on <= on):
        meant = next((place for place in reversed(range(len(made))) if _answers(said, made[place], facts) and not _said_again(said, made[place], made)), None)
        if meant is not None:
            made[meant] = replace(made[meant], answer=said)
    return tuple(made)


def _in_time(made: MadeOffer) -> tuple[date, str]:
    return made.on, made.act.id


def _answers(said: Event, made: MadeOffer, facts: Facts) -> bool:
    """Say whether a word may answer an offer: it stands that day, waits for an answer, and is about what the word is about."""
    stands = made.answer is None and made.on <= said.on <= made.until
    return stands and any(covers(said, each) for each in facts.invoices if each.id in made.act.invoices)


def _said_again(said: Event, meant: MadeOffer, made: Sequence[MadeOffer]) -> bool:
    """Say whether a word accepts once more what was accepted, for nobody agrees to both, or refuses once more what was refused while this offer stood beside it."""
    before = (one for one in made if one.answer is not None and one.answer.kind == said.kind and one.answer.on <= said.on <= one.until)
    same = (one for one in before if said.kind == "offer.accepted" or (one.answer is not None and meant.on <= one.answer.on))
    return any(not set(one.act.invoices).isdisjoint(meant.act.invoices) for one in same)
