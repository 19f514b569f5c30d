"""What becomes of an offer that left: accepted, paid, refused or lapsed. Pure.

Nothing of it is written by anybody: an acceptance is a promise of the sum by the last day of the offer, or the plan that was offered; what was
settled in time leaves a loss behind it that says so, and money that goes back reopens the claim. `with_offers` puts these events among those
that were told, so that whoever reads a case reads them as any other (docs/decisions/198).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.interpreter.balance import ZERO, balances
from relance.interpreter.designation import OF_OFFER
from relance.interpreter.offers import MadeOffer, offers_made
from relance.interpreter.scope import OF_CLAIMS
from relance.model import Event, Facts


def with_offers(facts: Facts) -> Facts:
    """Return the facts with what follows from the offers that left; those of an earlier reading are worked out anew."""
    if not any("offer" in event.data for event in facts.events if event.kind == "action.emitted"):
        return facts
    told = replace(facts, events=tuple(event for event in facts.events if OF_OFFER not in event.data))
    after: dict[int, list[Event]] = {}
    for made in offers_made(told, date.max):
        for event in _follows(made, told):
            last = max(place for place, each in enumerate(told.events) if each.on <= event.on)
            after.setdefault(last, []).append(replace(event, seq=told.events[last].seq if told.events[last].on == event.on else 0))
    if not after:
        return told
    return replace(told, events=tuple(event for place, each in enumerate(told.events) for event in (each, *after.get(place, ()))))


def is_settled(facts: Facts, invoice: str, on: date) -> bool:
    """Say whether an invoice stands settled on a day, as it was offered; facts of `with_offers`."""
    said = [event.kind for event in facts.events if OF_OFFER in event.data and event.invoice == invoice and event.on <= on]
    return said[-1:] == ["written_off"]


def _follows(made: MadeOffer, facts: Facts) -> Iterator[Event]:
    """Yield what follows from an offer, in the order of its days."""
    if made.offer.instalments:
        if made.answer is not None and made.accepted_by(made.until):
            terms = tuple({"on": on, "amount": part} for on, part in made.offer.instalments)
            yield _about(made, facts, made.answer.on, "plan.agreed", {"instalments": terms, "late": "resumes"})
        return
    money = _money(made, facts)
    turns = list(_settled(made, money))
    if made.answer is not None and made.accepted_by(made.until) and not any(on <= made.answer.on for on, _ in turns):
        left = made.offer.amount - sum((amount for on, _, amount in money if on <= made.answer.on), ZERO)
        yield _about(made, facts, made.answer.on, "promise.made", {"amount": left, "by": made.until})
    asked = {str(part["invoice"]): Decimal(str(part.get("principal", 0))) for part in made.act.claimed.get("invoices", ())}
    for day, settled in turns:
        for name, principal in asked.items():
            came = sum((amount for on, invoice, amount in money if invoice == name and on <= day), ZERO)
            if came < principal:
                yield Event(day, "written_off" if settled else "case.reopened", name, data={OF_OFFER: made.act.id})


def _money(made: MadeOffer, facts: Facts) -> list[tuple[date, str, Decimal]]:
    """List the money that came in on the invoices of an offer since it left, by day; what had come by then on its very day is not of it."""
    paid = balances(facts, date.max).paid
    found = [(on, name, amount) for name in made.act.invoices for on, amount, credit in paid.get(name, ()) if on >= made.on and not credit]
    for part in made.act.claimed.get("invoices", ()):
        before = (one for one in part.get("received", ()) if date.fromisoformat(str(one["on"])) == made.on and not one.get("credit_note"))
        found += [(made.on, str(part["invoice"]), -Decimal(str(one["amount"]))) for one in before]
    return sorted(found)


def _settled(made: MadeOffer, money: Sequence[tuple[date, str, Decimal]]) -> Iterator[tuple[date, bool]]:
    """Yield each day on which a settlement was paid (True), and each on which money of it went back (False)."""
    settled, wanted = False, made.offer.amount
    answered = [made.answer.on] if made.answer is not None else []
    for day in sorted({on for on, _, _ in money} | set(answered)):
        came = sum((amount for on, _, amount in money if on <= day), ZERO)
        taken = made.accepted_by(day) or (made.offer.by_payment and came == wanted and not made.refused_by(day))
        if not settled and taken and came >= wanted and day <= made.until:
            settled = True
            yield day, True
        elif settled and came < wanted:
            settled = False
            yield day, False


def _about(made: MadeOffer, facts: Facts, on: date, kind: str, data: Mapping[str, Any]) -> Event:
    """Return an event about what an offer was about: its invoice, or those of the account that it named."""
    alone = made.act.invoices[0] if len(made.act.invoices) == 1 and made.act.case == made.act.invoices[0] else None
    currency = None if alone else next((each.currency for each in facts.invoices if each.id in made.act.invoices), None)
    return Event(on, kind, alone, currency, data={**data, OF_OFFER: made.act.id} | ({} if alone else {OF_CLAIMS: made.act.invoices}))
