"""Statuses of the French e-invoicing reform (UN/CEFACT CDAR D22B) as events: what the buyer, the seller or a platform says of an invoice.

Read against XP Z12-012, annex B, and the rules BR-FR-CDV, both version 1.4 as FNFE-MPE publishes them; the standard's own text was not read. Which
status does what: docs/decisions/127. A status is about an invoice that the journal knows; it never makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.importers.columns import Cells
from relance.importers.known_movements import SAME_WITHIN
from relance.importers.movements import Found
from relance.importers.rows import STATED, UNNAMED
from relance.importers.unnamed_money import UnnamedMoney
from relance.interpreter.balance import balances
from relance.model import Event, Facts, Invoice
from relance.parsing import values, xml
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import AmountPart, sentence, sentence_of

_ROOT = "CrossDomainAcknowledgementAndResponse"
#: How the names of the statuses stand in the messages (MDT-106), by code (MDT-105).
NAMES = {
    "200": "Déposée", "201": "Émise", "202": "Reçue", "203": "Mise à disposition", "204": "Prise en charge", "205": "Approuvée",
    "206": "Approuvée partiellement", "207": "En litige", "208": "Suspendue", "209": "Complétée", "210": "Refusée", "211": "Paiement transmis",
    "212": "Encaissée", "213": "Rejetée",
}  # fmt: skip
#: How long a payment that the buyer says he sent (211) is waited for.
_ON_ITS_WAY = timedelta(days=7)
_CREDIT_NOTES = frozenset({"261", "262", "381", "396", "502", "503"})


@dataclass(frozen=True, slots=True)
class InvoiceStatus:
    """One status of one invoice: which, since when, why, and the sums that it tells by their kind (MDT-207), in the invoice's currency."""

    file: str
    line: int
    message: str
    code: str
    on: date
    number: str
    issued: date | None
    seller: str
    document: str
    reason: str
    sums: dict[str, tuple[Decimal, str]]

    @property
    def words(self) -> str:
        """The status as an event says it."""
        return f"{self.code} {NAMES.get(self.code, '')}{f': {self.reason}' if self.reason else ''}".strip()

    @property
    def reference(self) -> str:
        """How the journal refers to it; it begins as what a list states, for it tells that money came, and not how."""
        return f"{STATED}, CDAR {self.message}"

    @property
    def shown(self) -> str:
        """The status as it is shown among the rejects."""
        return f"{self.on};{self.number};{self.words}"[:500]


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are a life-cycle message's."""
    return _ROOT.encode() in data


def read(path: Path) -> Iterator[InvoiceStatus | Reject]:
    """Yield the statuses of a message, each with its place among them for a line. Raises `Unreadable`."""
    root = xml.parse(path.read_bytes())
    if xml.name(root) != _ROOT:
        msg = sentence("no life-cycle message: the document is a {what}", what=repr(xml.name(root)))
        raise Unreadable(msg)
    ident = xml.text(root, "ExchangedDocument/ID")
    told = ((document, one) for document in xml.all_at(root, "AcknowledgementDocument") for one in xml.all_at(document, "ReferenceReferencedDocument"))
    for place, (document, one) in enumerate(told, 1):
        try:
            yield replace(_status(path.name, root, document, one, ident), line=place)
        except ValueError as error:
            yield Reject(path.name, place, sentence_of(error), f"{xml.text(one, 'IssuerAssignedID')} {xml.text(one, 'ProcessConditionCode')}")


def _status(file: str, root: Any, document: Any, one: Any, ident: str) -> InvoiceStatus:
    code, number = xml.text(one, "ProcessConditionCode"), xml.text(one, "IssuerAssignedID")
    when = xml.text(document, "IssueDateTime/DateTimeString") or xml.text(root, "ExchangedDocument/IssueDateTime/DateTimeString")
    on = xml.day(when[:8])
    if not (code and number and on and ident):
        raise ValueError(sentence("a status without its code, its invoice, its day or its message's id"))
    reasons, sums = [], dict[str, tuple[Decimal, str]]()
    for status in xml.all_at(one, "SpecifiedDocumentStatus"):
        reasons += [said for said in (xml.text(status, "ReasonCode"), xml.text(status, "Reason")) if said]
        for told in xml.all_at(status, "SpecifiedDocumentCharacteristic"):
            kind, amount = xml.text(told, "TypeCode"), xml.at(told, "ValueAmount")
            if amount is not None:
                currency = values.currency(amount.get("currencyID", "EUR"))
                said = exact(values.amount_reader(".")((amount.text or "").strip()), currency)
                sums[kind] = (sums.get(kind, (Decimal(0), currency))[0] + said, currency)
    seller = next(
        (xml.text(party, "GlobalID") for party in xml.all_at(one, "IssuerTradeParty") if (each := xml.at(party, "GlobalID")) is not None and each.get("schemeID") == "0002"),
        "",
    )  # fmt: skip
    issued = xml.day(xml.text(one, "FormattedIssueDateTime/DateTimeString")[:8])
    return InvoiceStatus(file, 1, ident, code, on, number, issued, seller, xml.text(one, "TypeCode"), " ".join(dict.fromkeys(reasons)), sums)


def events_of(status: InvoiceStatus, known: Iterable[Facts]) -> Iterator[Found | Reject | Remark]:
    """Yield the events that a status becomes; a `Reject` where its invoice is not known, or is another of that number."""
    facts = [one for one in known if any(status.number in (each.id, each.document) for each in one.invoices)]
    facts = [one for one in facts if not (status.seller and one.creditor.siren and one.creditor.siren != status.seller[:9])] or facts
    if len(facts) != 1:
        why = (
            sentence("invoice {number} is of several debtors: import it first", number=repr(status.number))
            if facts
            else sentence("invoice {number} is not known: import it first", number=repr(status.number))
        )
        yield Reject(status.file, status.line, why, status.shown)
        return
    (one,) = facts
    invoices = [each for each in one.invoices if status.number in (each.id, each.document)]
    if status.document in _CREDIT_NOTES:
        yield Remark(status.file, status.line, sentence("{status}, of the credit note {number}: nothing is taken of it", status=status.words, number=repr(status.number)))
    elif status.seller and one.creditor.siren and status.seller[:9] != one.creditor.siren:
        yield Reject(status.file, status.line, sentence("the invoice is of the seller {seller}, and the creditor is {creditor}", seller=status.seller, creditor=one.creditor.siren), status.shown)
    elif status.issued and any(each.issued not in (None, status.issued) for each in invoices):
        yield Reject(status.file, status.line, sentence("an invoice {number} of {day}, and the one known is of {known}", number=repr(status.number), day=status.issued, known=invoices[0].issued), status.shown)
    elif status.code not in NAMES:
        yield Reject(status.file, status.line, sentence("status {code} is none of 200 to 213: a person must say what it means for {number}", code=status.code, number=repr(status.number)), status.shown)
    else:
        yield from _said(status, one, invoices)


def _said(status: InvoiceStatus, facts: Facts, invoices: list[Invoice]) -> Iterator[Found | Reject | Remark]:
    """Yield what a status says of its invoice, instalment by instalment."""
    if status.code == "212":
        yield from _collected(status, facts, invoices)
        return
    ours = [each for each in facts.events if each.invoice in {one.id for one in invoices}]
    for invoice in invoices:
        before = _before(status, ours, invoice)
        disputed = _open(before, "dispute.opened", "dispute.closed")
        held = _open(before, "hold.placed", "hold.lifted")
        if status.code in {"206", "207"}:
            amount, _ = status.sums.get("MNATTC", (None, ""))
            part = {"amount": min(amount, invoice.amount)} if amount and len(invoices) == 1 else {}
            yield _event(status, facts, "dispute.opened", invoice, reason=status.words, **part)
        elif status.code == "210":  # the buyer contests all of it, and only a new invoice, or a person, ends that
            yield _event(status, facts, "dispute.opened", invoice, reason=status.words)
            yield _event(status, facts, "hold.placed", invoice, reason=status.words)
        elif status.code in {"208", "213"}:
            yield _event(status, facts, "hold.placed", invoice, reason=status.words)
        elif status.code == "211":
            yield _event(status, facts, "hold.placed", invoice, reason=status.words, until=status.on + _ON_ITS_WAY)
        else:
            if status.code == "205" and disputed[:3] in {"206", "207"}:
                yield _event(status, facts, "dispute.closed", invoice, outcome=status.words)
            if (status.code in {"205", "209"}) and held[:3] == "208":
                yield _event(status, facts, "hold.lifted", invoice)
            yield _event(status, facts, "note", invoice, note=status.words)


def _before(status: InvoiceStatus, events: Iterable[Event], invoice: Invoice) -> list[Event]:
    """Return what was said of an invoice before a status: of its own day only where it is read for the first time, for what came since may have come after it."""
    mine = [each for each in events if each.invoice == invoice.id]
    again = any(each.kind == "note" and each.on == status.on and each.data.get("note") == status.words for each in mine)
    return [each for each in mine if each.on < status.on or (each.on == status.on and not again)]


def _open(events: Iterable[Event], opens: str, closes: str) -> str:
    """Return the reason of what is open, or an empty text."""
    reason = ""
    for one in sorted((each for each in events if each.kind in (opens, closes)), key=lambda each: each.on):
        reason = str(one.data.get("reason", "")) if one.kind == opens else ""
    return reason


def _collected(status: InvoiceStatus, facts: Facts, invoices: list[Invoice]) -> Iterator[Found | Reject | Remark]:
    """Yield what was collected (MEN, tax included), so far as no other source told it; below zero, it is taken back."""
    total, currency = status.sums.get("MEN", (Decimal(0), ""))
    if not total or currency != invoices[0].currency:
        why = sentence("collected, but in {currency}: record the payment yourself", currency=currency) if total else sentence("collected, but of no sum (MEN): record the payment yourself")
        yield Reject(status.file, status.line, why, status.shown)
        return
    names = {one.id for one in invoices}
    moved = [each for each in facts.events if each.invoice in names and each.kind in {"payment.received", "payment.reversed", "payment.reconciled"}]
    if any(each.data.get("reference") == status.reference for each in moved):
        return  # this very message was read before
    if total < 0:
        yield from _taken_back(status, facts, invoices[0], moved, -total)
        return
    told = {each.data.get("reference") for each in moved if str(each.data.get("reference", "")).startswith(f"{STATED}, CDAR ")}
    sums = {kind: sum((each.data["amount"] for each in moved if each.kind == kind), Decimal(0)) for kind in ("payment.received", "payment.reversed")}
    came = max(sums.values())  # what went back had come, with a name or without
    said = sum((each.data["amount"] for each in moved if each.data.get("reference") in told and each.kind != "payment.reversed" and each.data.get("of") is None), Decimal(0))
    new = min(max(said + total - came, Decimal(0)), total)
    if unnamed := UnnamedMoney(facts, currency).take(new, status.on + SAME_WITHIN):
        yield _event(status, facts, "payment.reconciled", invoices[0], amount=unnamed, reference=status.reference, **{"with": UNNAMED})
        new, total = new - unnamed, total - unnamed
    left = balances(facts, date.max).outstanding
    rest = new
    for invoice in sorted(invoices, key=lambda each: (each.due, each.id)):
        part = min(rest, left.get(invoice.id, Decimal(0)))
        if part:
            yield _event(status, facts, "payment.received", invoice, amount=part, reference=status.reference)
            rest -= part
    if rest:
        yield Remark(status.file, status.line, sentence("{number}: {rest} more than is open was collected, as the status says", number=status.number, rest=AmountPart(rest, currency)))
    if total - new:
        known = next((str(each.data["reference"]) for each in reversed(moved) if each.kind == "payment.received" and each.data.get("reference")), "a payment")
        yield _event(status, facts, "payment.reconciled", invoices[0], amount=total - new, reference=status.reference, **{"with": known})


def _taken_back(status: InvoiceStatus, facts: Facts, invoice: Invoice, moved: list[Event], total: Decimal) -> Iterator[Found]:
    """Yield what was collected and came back, so far as no other source told it."""
    backs = [each for each in moved if each.kind == "payment.reversed" or (each.kind == "payment.reconciled" and each.data.get("of") == "payment.reversed")]
    told = [each for each in backs if str(each.data["reference"]).startswith(f"{STATED}, CDAR ")]
    others = [each for each in backs if each.kind == "payment.reversed" and each not in told]
    rest = sum((each.data["amount"] for each in others), Decimal(0)) - sum((each.data["amount"] for each in told if each.kind == "payment.reconciled"), Decimal(0))
    known = min(max(rest, Decimal(0)), total)
    if total - known:
        yield _event(status, facts, "payment.reversed", invoice, amount=total - known, reference=status.reference)
    if known:
        yield _event(status, facts, "payment.reconciled", invoice, amount=known, reference=status.reference, of="payment.reversed", **{"with": str(others[-1].data.get("reference") or "a return")})


def _event(status: InvoiceStatus, facts: Facts, kind: str, invoice: Invoice, **said: Any) -> Found:
    cells = {"on": status.on, "event": kind, "creditor": facts.creditor.id, "debtor": facts.debtor.id, "invoice": invoice.id, **said}
    return Found("events", Cells(status.file, status.line, cells, status.shown))
