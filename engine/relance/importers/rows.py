"""One canonical row to nouns: an invoice, and the events that the columns beside it tell. Pure; a mistake is a ValueError.

What a row says was paid is a statement of the whole: where the journal knows the invoice already, only the difference is
an event, so that the same list imported every week counts nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from relance.currencies import exact
from relance.importers.columns import ColumnMapping
from relance.interpreter.balance import MOVEMENTS, balances
from relance.journal import event_types as vocabulary
from relance.journal.masterdata import DUE_SUPPOSED
from relance.law.assignment import half_told
from relance.law.terms import due_date
from relance.model import OWN, Event, Facts, Invoice
from relance.sentences import in_turn, sentence

#: The reason of a dispute that is but a flag in an export, and the reference of a payment that is but a column:
#: always the same, so that the same row is the same event.
FLAGGED = "flagged in the portfolio"
STATED = "stated in the portfolio"
#: What follows it where the column says what is open, so that credit notes and losses are in the sum; and where it gives no day.
STATES_OPEN = ", what is open"
_BY = ", by"
_UNTIL = re.compile(rf"{_BY} (\d{{4}}-\d{{2}}-\d{{2}})")
#: What a column's sum is the same as, where the journal knows money of that debtor that names no invoice.
UNNAMED = "money that names no invoice"


class KnownInvoice(NamedTuple):
    """An invoice the journal knows: whose it is, what is open on it, and what would be by what names it alone.

    `settled`: what credit notes and losses took off it. `flagged`: whether a dispute that a column told is open; None where there was
    none. `stated`: what columns told was paid.
    """

    debtor: str
    invoice: Invoice
    outstanding: Decimal
    named: Decimal
    settled: Decimal
    flagged: bool | None = None
    stated: Decimal = Decimal(0)


class StatedSum(NamedTuple):
    """What a row's columns say was paid or settled beyond what names its invoice: the sum, its day, by which reference, up to which day it speaks."""

    amount: Decimal
    on: date
    reference: str
    until: date

    @property
    def is_open(self) -> bool:
        """Say whether it follows from what is open, so that credit notes are in it."""
        return STATES_OPEN in self.reference


def known_invoices(facts: Facts) -> dict[str, KnownInvoice]:
    """Return what the journal knows of a debtor's invoices, by number and by document."""
    found_balances = balances(facts, date.max)
    left = found_balances.outstanding
    by_name: dict[str | None, list[Event]] = {}
    for one in facts.events:
        by_name.setdefault(one.invoice, []).append(one)
    found: dict[str, KnownInvoice] = {}
    for invoice in facts.invoices:
        names = tuple(filter(None, dict.fromkeys((invoice.id, invoice.document))))
        moved = [one for name in names for one in by_name.get(name, ())]
        sums = {kind: sum((one.data["amount"] for one in moved if one.kind == kind), Decimal(0)) for kind in MOVEMENTS}
        told_again = sum((one.data["amount"] for one in moved if one.kind == "payment.reconciled" and is_stated(one.data["reference"])), Decimal(0))
        lost = found_balances.written_off.get(invoice.id, Decimal(0))
        if any(one.kind == "written_off" and (one.on, one.seq) not in found_balances.partly for one in moved):
            lost += left.get(invoice.id, Decimal(0))
        paid = max(sums["payment.received"] - sums["payment.reversed"], Decimal(0))  # what came back beyond that was paid without a name
        named = max(invoice.amount - paid - sums["credit_note.issued"] - told_again - lost, Decimal(0))
        for name in names:
            known = KnownInvoice(
                facts.debtor.id, invoice, left.get(invoice.id, invoice.amount), named, sums["credit_note.issued"] + lost, _flagged(moved),
                sum((one.data["amount"] for one in moved if is_stated(one.data.get("reference"))), Decimal(0)),
            )  # fmt: skip
            found.setdefault(name, known)
    return found


def _flagged(events: Sequence[Event]) -> bool | None:
    """Say whether the last dispute that a column told is open."""
    flag: bool | None = None
    for one in events:
        if one.kind == "dispute.opened" and one.data.get("reason") == FLAGGED:
            flag = True
        elif one.kind == "dispute.closed" and flag is not None:
            flag = False
    return flag


def is_stated(reference: object) -> bool:
    """Say whether a payment was told by a list's column ("paid so far"): the whole of it, or what came on top of what was known."""
    return isinstance(reference, str) and reference.partition(",")[0] == STATED


def until(reference: str, on: date) -> date:
    """Return the last day that a list's column speaks of, by the reference and the day of what it states."""
    said = _UNTIL.search(reference)
    return date.fromisoformat(said[1]) if said else on


def restated(facts: Facts, known: Facts | None) -> Facts:
    """Return facts read without the journal (`run` does) with only those stated payments that it does not hold already."""
    if known is None or not any(is_stated(one.data.get("reference")) for one in facts.events):
        return facts
    have = known_invoices(known)
    events = []
    for one in facts.events:
        there = have.get(one.invoice) if one.invoice and is_stated(one.data.get("reference")) else None
        if there is None:
            events.append(one)
            continue
        settled = Decimal(0) if STATES_OPEN in one.data["reference"] else there.settled
        target = max(there.invoice.amount - settled - one.data["amount"], Decimal(0))
        if (paid := there.outstanding - target) > 0:
            mark = f"{STATED}{STATES_OPEN if STATES_OPEN in one.data['reference'] else ''}, {one.data['amount']} in all"  # a second part payment of the same sum is another
            events.append(replace(one, data={**one.data, "amount": paid, "reference": mark}))
    return replace(facts, events=tuple(events))


def event(**raw: Any) -> Event:
    """Build an event. Raises ValueError with all that is wrong with it."""
    made, mistakes = vocabulary.build(raw)
    if made is None:
        raise ValueError(in_turn(mistakes))
    return made


def invoice_of(found: Mapping[str, Any], amount: Decimal, currency: str, mapping: ColumnMapping) -> Invoice:
    """Make the invoice of a row; without a due date it is due by the mapping's terms."""
    issued, due = found.get("issued"), found.get("due")
    if due is None:
        if not mapping.terms or issued is None:
            msg = sentence("no due date: name its column, `due`, or say `terms: 30 days` in a column mapping") if issued or not mapping.terms else sentence("neither a due date nor a date of issue")
            raise ValueError(msg)
        due = due_date(issued, mapping.terms, mapping.end_of_month)
    rate = found.get("rate")
    if rate is not None and not 0 <= rate <= 100:
        msg = sentence("a rate of {rate} percent a year", rate=rate)
        raise ValueError(msg)
    return Invoice(
        id=found["id"],
        due=due,
        amount=amount,
        currency=currency,
        issued=issued,
        document=found.get("document", ""),
        tags=found.get("tags", ()),
        rate=rate,
        nature=found.get("nature", "general"),
        placed=found.get("placed"),
        delivered=found.get("delivered"),
        performed=found.get("performed"),
        fields={name.removeprefix(OWN): text for name, text in found.items() if name.startswith(OWN)},
        terms=found.get("terms", {}) | _assignment(found) | ({DUE_SUPPOSED: True} if found.get("due_supposed") else {}),
    )


def _assignment(found: Mapping[str, Any]) -> dict[str, str]:
    """Return what a row says of the assignment of its claim, as the terms of the invoice hold it. Half of it would be read as none."""
    said = {name: str(found[name]) for name in ("assignor", "assigned_on", "assignment_told") if found.get(name)}
    if half_told(said):
        raise ValueError(sentence("an assignment without its assignor or its day"))
    return said


def is_credit_note(found: Mapping[str, Any]) -> bool:
    """Say whether a row is a credit note: by its type, or by an amount below nothing where there is no type."""
    return bool(found.get("type") == "credit_note" or (found["amount"] < 0 and found.get("type") is None))


def credit_note_of(found: Mapping[str, Any], amount: Decimal, currency: str) -> Event:
    """Make the event of a row that is a credit note, for the account; the invoice it names is looked up later."""
    if found.get("issued") is None:
        raise ValueError(sentence("a credit note without a date"))
    return event(on=found["issued"], event="credit_note.issued", currency=currency, amount=amount, reference=found["id"])


def events_of_row(found: Mapping[str, Any], invoice: Invoice, known: KnownInvoice | None, not_after: date | None) -> tuple[Event, ...]:
    """Return what the columns beside the invoice say of a dispute, and the journal does not know."""
    first = invoice.issued or invoice.due
    flag = known.flagged if known is not None else None
    if found.get("disputed") or found.get("disputed_on"):
        on = found.get("disputed_on") or (not_after if flag is False and not_after else first)
        return (event(on=on, event="dispute.opened", invoice=invoice.id, reason=FLAGGED),)
    if flag and not_after and found.get("disputed") is False:
        return (event(on=not_after, event="dispute.closed", invoice=invoice.id, outcome="no longer " + FLAGGED),)
    return ()


def stated_sum(found: Mapping[str, Any], invoice: Invoice, known: KnownInvoice | None, not_after: date | None) -> StatedSum | None:
    """Return what makes true what a row states (so much paid, so much left open, or all settled), beyond what the journal knows by the invoice's name."""
    amount = _paid(found, invoice, known)
    if not amount:
        return None
    settled = found.get("settled")
    if settled and not_after and settled > not_after:
        msg = sentence("paid on {settled}, in the future", settled=settled)
        raise ValueError(msg)
    what = STATES_OPEN if found.get("paid") is None and found.get("open") is not None else ""
    by = f"{_BY} {not_after}" if not_after and not settled else ""
    if known is not None and known.stated:
        by += f", {known.stated + amount} in all"  # a second part payment of the same sum, told on the same day, is another
    return StatedSum(exact(amount, invoice.currency), settled or invoice.issued or invoice.due, STATED + what + by, settled or not_after or date.max)


def as_events(one: StatedSum, invoice: str, unnamed: Decimal) -> tuple[Event, ...]:
    """Return the events of a stated sum, of which so much is money that the journal knows already, and that names no invoice."""
    events = []
    if unnamed:
        events.append(event(on=one.on, event="payment.reconciled", invoice=invoice, amount=unnamed, reference=one.reference, **{"with": UNNAMED}))
    if one.amount > unnamed:
        events.append(event(on=one.on, event="payment.received", invoice=invoice, amount=one.amount - unnamed, reference=one.reference))
    return tuple(events)


def states_payment(found: Mapping[str, Any]) -> bool:
    """Say whether a row states what was paid, or what is open."""
    return any(found.get(name) for name in ("paid", "settled")) or found.get("open") is not None


def _paid(found: Mapping[str, Any], invoice: Invoice, known: KnownInvoice | None) -> Decimal:
    """Return what a row states (so much paid, so much left open, or all settled) beyond what is known by the invoice's name."""
    paid, left = found.get("paid"), found.get("open")
    if paid is None and left is None and not found.get("settled"):
        return Decimal(0)
    if left is not None and not 0 <= left <= invoice.amount:
        msg = sentence("{left} left to pay of {amount}", left=left, amount=invoice.amount)
        raise ValueError(msg)
    if paid is not None and paid < 0:
        msg = sentence("{paid} paid", paid=paid)
        raise ValueError(msg)
    if paid is not None and left is not None and paid + left + (known.settled if known is not None else 0) != invoice.amount:
        msg = sentence("{paid} paid and {left} open of {amount}: the columns contradict each other", paid=paid, left=left, amount=invoice.amount)
        raise ValueError(msg)
    if known is None:
        return Decimal(paid if paid is not None else invoice.amount - (left or 0))
    if known.stated and known.stated == (paid if paid is not None else invoice.amount - (left or 0)):
        return Decimal(0)  # what was told before, told again: what is known from elsewhere since then does not contradict it
    target = left if left is not None else max(known.invoice.amount - known.settled - paid, Decimal(0)) if paid is not None else Decimal(0)
    if target > known.named:
        msg = sentence("{target} is left to pay by this row, {named} by the journal: a conflict to resolve", target=target, named=known.named)
        raise ValueError(msg)
    return known.named - target
