"""The tables that a column mapping may lay out, and what each of their columns holds: the four of a portfolio, a bank's movements, a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Column(NamedTuple):
    """A canonical column: how its cells are read, and whether a row is nothing without it."""

    kind: str
    required: bool = False


_KIND = "one of business, consumer, public"
_PARTY = {
    "name": Column("text"),
    "kind": Column(_KIND),
    "siren": Column("word"),
    "address": Column("lines"),
    "postcode": Column("text"),
    "city": Column("text"),
    "country": Column("country"),
    "email": Column("text"),
    "phone": Column("text"),
}
_DEBTOR = _PARTY | {
    "profile": Column("word"),
    "language": Column("language"),
    "score": Column("whole"),
    "tags": Column("list"),
    "zone": Column("word"),
}

#: The canonical tables of a portfolio. Only `invoices` is needed.
TABLES: Mapping[str, Mapping[str, Column]] = MappingProxyType({
    "invoices": {
        "id": Column("word", required=True),
        "creditor": Column("word"),
        "debtor": Column("word", required=True),
        "type": Column("one of invoice, credit_note"),
        "issued": Column("date"),
        "due": Column("date"),
        "amount": Column("amount", required=True),
        "debit": Column("amount"),
        "credit": Column("amount"),
        "currency": Column("currency"),
        "document": Column("word"),
        "tags": Column("list"),
        "rate": Column("amount"),
        "nature": Column("one of general, transport"),
        "placed": Column("date"),
        "assignor": Column("text"),
        "assigned_on": Column("date"),
        "assignment_told": Column("date"),
        "delivered": Column("date"),
        "performed": Column("date"),
        "open": Column("amount"),
        "paid": Column("amount"),
        "settled": Column("date"),
        "disputed": Column("flag"),
        "disputed_on": Column("date"),
        **{f"debtor.{name}": column for name, column in _DEBTOR.items()},
    },
    "debtors": {"id": Column("word", required=True), "creditor": Column("word"), **_DEBTOR},
    "creditors": {
        "id": Column("word", required=True),
        **_PARTY,
        "iban": Column("word"),
        "bic": Column("word"),
        "mandate": Column("date"),
        "mandate_until": Column("date"),
        "mandate_number": Column("word"),
        "mandate_powers": Column("text"),
        "mandate_ceiling": Column("amount"),
    },
    "events": {
        "on": Column("date", required=True),
        "event": Column("word", required=True),
        "creditor": Column("word"),
        "debtor": Column("word"),
        "invoice": Column("word"),
        "currency": Column("currency"),
        "amount": Column("amount"),
        "by": Column("text"),
        "until": Column("date"),
        "published_on": Column("date"),
        "judged_on": Column("date"),
        "enforceable_on": Column("date"),
        "capitalised_from": Column("date"),
        **{name: Column("text") for name in (
            "reason", "outcome", "channel", "note", "profile", "playbook", "position", "instalments", "to", "id", "step",
            "occurrence", "document", "method", "reference", "error", "procedure", "state", "since", "name", "address", "country", "email", "role", "serves", "interest", "late",
            "draft", "deadline",
        )},
    },
})  # fmt: skip

#: A bank's table of movements: no table of the portfolio, but laid out by the same mapping.
BANK: Mapping[str, Column] = MappingProxyType({
    "booked": Column("date"),
    "value": Column("date"),
    "amount": Column("amount"),
    "debit": Column("amount"),
    "credit": Column("amount"),
    "side": Column("one of debit, credit"),
    "currency": Column("currency"),
    "account": Column("word"),
    "payer": Column("text"),
    "text": Column("text"),
    "reference": Column("text"),
    "end_to_end": Column("text"),
    "returned": Column("flag"),
})  # fmt: skip
#: A ledger of customers' accounts: read as the lines of a FEC, of which it has the customers' alone.
LEDGER: Mapping[str, Column] = MappingProxyType({
    "journal": Column("text", required=True),
    "on": Column("date", required=True),
    "entry": Column("text"),
    "account": Column("text"),
    "debtor": Column("word"),
    "name": Column("text"),
    "piece": Column("word"),
    "issued": Column("date"),
    "due": Column("date"),
    "label": Column("text"),
    "debit": Column("amount"),
    "credit": Column("amount"),
    "letter": Column("text"),
    "lettered": Column("date"),
})  # fmt: skip
#: Every table that a mapping may lay out.
LAYOUTS: Mapping[str, Mapping[str, Column]] = MappingProxyType({**TABLES, "bank": BANK, "ledger": LEDGER})


def known_by(table: str) -> frozenset[str]:
    """Return the headers by which a file is known as a canonical table: those of the columns that every row needs, and a party's name."""
    return frozenset(name for name, column in TABLES[table].items() if column.required or (name == "name" and table != "events"))
