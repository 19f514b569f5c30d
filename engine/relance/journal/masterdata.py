"""Creditors, debtors and invoices as the journal keeps them: plain values out of the nouns, and the nouns out of plain values.

Only what differs from a noun's default is kept. Knows no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from relance.journal.event_types import jsonable, retyped
from relance.model import Address, Creditor, Debtor, Invoice

Noun = TypeVar("Noun", Creditor, Debtor)
#: Among an invoice's `terms`: no source told its due date, which follows from usual terms or the law; the first that tells one is right.
DUE_SUPPOSED = "due_supposed"


def record_of(noun: Creditor | Debtor) -> dict[str, Any]:
    """Write a creditor or debtor as plain values, without the id and what is not known."""
    record: dict[str, Any] = {}
    for each in fields(noun):
        value = getattr(noun, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if each.name == "id" or value is None or value == default:
            continue
        if isinstance(value, Address):
            value = {"lines": list(value.lines), "country": value.country}
        record[each.name] = jsonable(value)
    return record


def noun_of(kind: type[Noun], name: str, record: Mapping[str, Any]) -> Noun:
    """Make the creditor or debtor of a record. Keys it does not know (written by a later version) are passed over."""
    known = {each.name for each in fields(kind)}
    values: dict[str, Any] = {key: value for key, value in record.items() if key in known}
    if isinstance(values.get("address"), Mapping):
        values["address"] = Address(tuple(values["address"]["lines"]), values["address"].get("country", "FR"))
    if isinstance(values.get("mandate"), str):
        values["mandate"] = date.fromisoformat(values["mandate"])
    if "tags" in values:
        values["tags"] = tuple(values["tags"])
    return kind(id=name, **values)


def invoice_data(invoice: Invoice) -> dict[str, Any]:
    """Write an invoice as the fields of `invoice.recorded`, without its id and what is not known."""
    data: dict[str, Any] = {"due": invoice.due, "amount": invoice.amount, "currency": invoice.currency}
    data |= {"issued": invoice.issued, "document": invoice.document or None, "tags": invoice.tags or None}
    data |= {"rate": None if invoice.rate is None else format(invoice.rate, "f"), "terms": dict(invoice.terms) or None, "fields": dict(invoice.fields) or None}
    data |= {"placed": invoice.placed} | {"nature": None if invoice.nature == "general" else invoice.nature, "delivered": invoice.delivered, "performed": invoice.performed}
    return {name: value for name, value in data.items() if value is not None}


def invoice_of(name: str, data: Mapping[str, Any]) -> Invoice:
    """Make the invoice of typed fields of `invoice.recorded`, corrected or not."""
    rate = data.get("rate")
    return Invoice(
        id=name,
        due=data["due"],
        amount=data["amount"],
        currency=data["currency"],
        issued=data.get("issued"),
        document=data.get("document", ""),
        tags=tuple(data.get("tags", ())),
        rate=None if rate is None else Decimal(rate),
        nature=data.get("nature", "general"),
        placed=data.get("placed"),
        delivered=data.get("delivered"),
        performed=data.get("performed"),
        terms=data.get("terms", {}),
        fields=data.get("fields", {}),
    )


def difference(known: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Name the first field in which a given invoice differs from the known one, with both values; None where it does not.

    A field that the given one leaves out is no difference: another source may know less. So is a due date that was supposed.
    """
    known, given = _as_told(known), _as_told(given)
    for name in ("amount", "currency", "due", "issued", "rate", "nature", "placed", "delivered", "performed", "document", "tags", "terms", "fields"):
        if name in given and given[name] != known.get(name) and (name in {"amount", "currency", "due"} or name in known):
            if name == "fields":  # what they hold is kept apart from the chain, and a contradiction stands in it
                names = ", ".join(sorted(each for each in given[name].keys() | known[name].keys() if given[name].get(each) != known[name].get(each)))
                return name, names, names
            return name, str(jsonable(known.get(name)) or ""), str(jsonable(given[name]))
    return None


def due_is_supposed(data: Mapping[str, Any]) -> bool:
    """Say whether no source told the due date of an invoice (fields of `invoice.recorded`, corrected or not)."""
    return bool(data.get("terms", {}).get(DUE_SUPPOSED))


def _as_told(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave the mark of a supposed due date out of an invoice's fields."""
    if not due_is_supposed(data):
        return data
    terms = {name: value for name, value in data["terms"].items() if name != DUE_SUPPOSED}
    return {**data, "terms": terms} if terms else {name: value for name, value in data.items() if name != "terms"}


def corrected(data: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """Lay an `invoice.corrected` (plain fields) over an invoice's typed fields."""
    change = retyped("invoice.corrected", plain)
    before = _as_told(data) if "due" in change else data
    return {**before, **{name: value for name, value in change.items() if name not in {"reason", "note"}}}
