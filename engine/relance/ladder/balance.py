"""What is open on a day: payments, reversals and credit notes against the claims of one debtor with one creditor.

A movement that names a claim goes to it; one that names a document goes to its instalments, oldest due date first; one that
names nothing goes to the debtor's claims in its currency, oldest due date first. Nothing is stored: it is worked out anew each day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.model import Event, Facts, Invoice

ZERO = Decimal(0)
#: Kinds of event that move a balance, with their sign: a payment lowers it.
MOVEMENTS = {"payment.received": 1, "payment.reversed": -1, "credit_note.issued": 1}


@dataclass(frozen=True, slots=True)
class Balances:
    """What each existing claim still owes and what came in on it, by id, and what is left over by currency.

    `paid` holds (day, amount, is a credit note) in order; a reversal is negative. A claim not yet issued is not in it.
    """

    outstanding: dict[str, Decimal]
    paid: dict[str, list[tuple[date, Decimal, bool]]]
    credit: dict[str, Decimal]


def balances(facts: Facts, on: date) -> Balances:
    """Work out what is open at the end of a day, in the claims' own currencies."""
    cancelled = {event.invoice for event in facts.events if event.kind == "invoice.cancelled" and event.on <= on}
    claims = sorted(
        (claim for claim in facts.invoices if claim.issued is None or claim.issued <= on),
        key=lambda claim: (claim.due, claim.id),
    )
    left = {claim.id: ZERO if claim.id in cancelled or claim.document in cancelled else claim.amount for claim in claims}
    paid: dict[str, list[tuple[date, Decimal, bool]]] = {claim.id: [] for claim in claims}
    credit: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    moved = [event for event in facts.events if event.kind in MOVEMENTS and event.on <= on]
    ids = {claim.id for claim in facts.invoices}
    for event in moved:
        if event.invoice in left:
            _book(event, event.invoice, _signed(event), left, paid)
    for claim in claims:
        credit[claim.currency] += max(-left[claim.id], ZERO)
        left[claim.id] = max(left[claim.id], ZERO)
    spare: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for event in moved:
        if event.invoice in ids:
            continue
        own = [claim for claim in claims if event.invoice is None or claim.document == event.invoice]
        currency = event.currency or sole_currency(own or facts.invoices)
        pool = (event.invoice or "", currency)
        spare[pool] = _pour(event, spare[pool], [claim for claim in own if claim.currency == currency], left, paid)
    for (_, currency), rest in spare.items():
        credit[currency] += rest
    return Balances(left, paid, {currency: amount for currency, amount in credit.items() if amount > 0})


def _signed(event: Event) -> Decimal:
    amount: Decimal = event.data["amount"]
    return MOVEMENTS[event.kind] * amount


def _book(event: Event, claim: str, amount: Decimal, left: dict[str, Decimal], paid: dict[str, list[tuple[date, Decimal, bool]]]) -> None:
    left[claim] -= amount
    paid[claim].append((event.on, amount, event.kind == "credit_note.issued"))


def _pour(
    event: Event, spare: Decimal, claims: list[Invoice], left: dict[str, Decimal], paid: dict[str, list[tuple[date, Decimal, bool]]]
) -> Decimal:
    """Take a movement off the claims in order; a reversal takes from what was left over, then from the claims that were paid last.

    `spare` is what is left over before it; returns what is left over after it.
    """
    amount = _signed(event)
    if amount < 0:
        taken = min(spare, -amount)
        spare, amount = spare - taken, amount + taken
    for claim in claims if amount > 0 else reversed(claims):
        room = left[claim.id] if amount > 0 else -sum((each for _, each, _ in paid[claim.id]), ZERO)
        share = min(amount, room) if amount > 0 else max(amount, min(room, ZERO))
        if share:
            _book(event, claim.id, share, left, paid)
            amount -= share
    return spare + max(amount, ZERO)


def sole_currency(invoices: Iterable[Invoice]) -> str:
    """Return the currency of a debtor's claims; EUR where there are several, or none."""
    currencies = {claim.currency for claim in invoices}
    return currencies.pop() if len(currencies) == 1 else "EUR"


def covers(event: Event, claim: Invoice) -> bool:
    """Say whether an event counts for a claim: it names it, its document, its account, or its debtor."""
    if event.invoice is None:
        return event.currency is None or event.currency == claim.currency
    return event.invoice in (claim.id, claim.document)
