"""What an accounting file says of a customer, before it is known what settles what: movements, and the rows they become."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from relance.importers.columns import Cells
from relance.importers.known_movements import OPENING


class Kind(StrEnum):
    """What a movement is; the value is the event it becomes, where it becomes one."""

    INVOICE = "invoice"
    PAYMENT = "payment.received"
    REVERSAL = "payment.reversed"
    CREDIT_NOTE = "credit_note.issued"
    LOSS = "written_off"


class BookedLine(NamedTuple):
    """A line on a customer's account; `account` is whose it is, `number` the account's own, `cents` above zero for a debit. `due`: as a column beside the eighteen says."""

    line: int
    account: str
    number: str
    name: str
    piece: str
    piece_date: str
    label: str
    cents: int
    letter: str
    letter_date: str
    foreign: str
    currency: str
    row: str
    due: str = ""


class AccountMovement(NamedTuple):
    """One movement of a customer's account. `cents` is the accounting amount in euros, above zero where it raises what is owed."""

    kind: Kind
    on: date
    booked: date
    debtor: str
    name: str
    piece: str
    amount: Decimal
    currency: str
    cents: int
    letter: str
    lettered: date | None
    reference: str
    line: int
    row: str
    whole: Decimal | None = None  # of an invoice that is booked in several parts, each lettered by itself: all of it
    label: str = ""
    due: date | None = None  # of an invoice, where the books tell it
    document: str = ""  # of an instalment: the invoice
    doubtful: bool = False  # it is of a doubtful debt


class Found(NamedTuple):
    """A row of a canonical table that an importer found in another format."""

    table: str
    row: Cells


def invoice_row(file: str, one: AccountMovement) -> Found:
    """Return the row of the table `invoices` that an invoice becomes."""
    cells: dict[str, Any] = {
        "id": one.piece, "debtor": one.debtor, "issued": one.on, "amount": one.whole or one.amount, "currency": one.currency, "type": "invoice",
    }  # fmt: skip
    if one.due is not None:
        cells["due"] = one.due
    if one.document:
        cells["document"] = one.document
    if one.name:
        cells["debtor.name"] = one.name
    if OPENING in one.reference:
        cells["opening"] = one.booked
    return Found("invoices", Cells(file, one.line, cells, one.row))


def event_row(file: str, one: AccountMovement, amount: Decimal, currency: str, invoice: str | None) -> Found:
    """Return the row of the table `events` that a movement, or a part of it, becomes; without an invoice it is the account's."""
    cells: dict[str, Any] = {"on": one.on, "event": one.kind.value, "amount": amount, "debtor": one.debtor}
    if one.kind is not Kind.LOSS:
        cells["reference"] = one.reference
    else:
        cells["reason"] = one.reference
    if invoice is not None:
        cells["invoice"] = invoice
    else:
        cells["currency"] = currency
    return Found("events", Cells(file, one.line, cells, one.row))
