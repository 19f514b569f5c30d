"""The canonical tables of a portfolio: invoices, debtors, creditors, events (and contacts elsewhere), as typed columns.

Amounts are whole minor units of their currency, days are dates. Owns the columns, the way between them and `Facts`, and
their types in Parquet. Refuses to repair: what does not fit is said (`relance.columnar.data_quality`) or raises ValueError.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import polars as pl

from relance.currencies import major, minor
from relance.files import whole
from relance.interpreter.offer_outcomes import with_offers
from relance.journal.event_types import jsonable, retyped
from relance.model import Address, Channel, ContactDay, Creditor, Debtor, Event, Facts, Invoice
from relance.zones import HOME

#: Column → type, by table. Columns that a file leaves out are null; those of `REQUIRED` it cannot leave out.
COLUMNS: Mapping[str, Mapping[str, pl.DataType]] = {
    "invoices": {
        "creditor": pl.String(), "debtor": pl.String(), "id": pl.String(), "document": pl.String(), "issued": pl.Date(), "due": pl.Date(),
        "amount": pl.Int64(), "currency": pl.String(), "tags": pl.String(), "rate": pl.String(), "nature": pl.String(), "placed": pl.Date(), "delivered": pl.Date(),
        "performed": pl.Date(), "terms": pl.String(), "fields": pl.String(),
    },
    "debtors": {
        "creditor": pl.String(), "id": pl.String(), "name": pl.String(), "kind": pl.String(), "profile": pl.String(),
        "country": pl.String(), "language": pl.String(), "siren": pl.String(), "address": pl.String(), "address_country": pl.String(),
        "email": pl.String(), "phone": pl.String(), "score": pl.Int64(), "tags": pl.String(), "zone": pl.String(),
    },
    "creditors": {
        "id": pl.String(), "name": pl.String(), "kind": pl.String(), "siren": pl.String(), "address": pl.String(),
        "address_country": pl.String(), "email": pl.String(), "phone": pl.String(), "iban": pl.String(), "bic": pl.String(),
        "mandate": pl.Date(), "terms": pl.String(),
    },
    "events": {
        "creditor": pl.String(), "debtor": pl.String(), "on": pl.Date(), "seq": pl.Int64(), "kind": pl.String(), "invoice": pl.String(),
        "currency": pl.String(), "amount": pl.Int64(), "day": pl.Date(), "id": pl.String(), "playbook": pl.String(), "step": pl.String(),
        "occurrence": pl.Int64(), "channel": pl.String(), "case": pl.String(), "carrier": pl.String(), "draft": pl.Boolean(),
        "step_kind": pl.String(), "sent_by": pl.String(), "data": pl.String(),
    },
    "elsewhere": {"creditor": pl.String(), "debtor": pl.String(), "on": pl.Date(), "channel": pl.String()},
}  # fmt: skip
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "invoices": ("creditor", "debtor", "id", "due", "amount", "currency"),
    "debtors": ("creditor", "id"),
    "creditors": ("id",),
    "events": ("creditor", "debtor", "on", "kind"),
    "elsewhere": ("creditor", "debtor", "on"),
}
#: Fields of an event that have a column of their own, by column; `day` is the one date its kind carries.
_DAYS = {"promise.made": "by", "hold.placed": "until", "insolvency.opened": "published_on"}
_FIELDS = ("id", "playbook", "step", "occurrence", "channel", "case", "carrier", "draft", "sent_by")
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Tables:
    """A portfolio as Polars frames, one a table, with the columns of `COLUMNS`."""

    invoices: pl.DataFrame
    debtors: pl.DataFrame
    creditors: pl.DataFrame
    events: pl.DataFrame
    elsewhere: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """Name every table."""
        return {name: getattr(self, name) for name in COLUMNS}

    def write(self, folder: Path) -> None:
        """Write each table that has rows as `<folder>/<table>.parquet`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in self.frames().items():
            if frame.height or name == "invoices":
                with whole(folder / f"{name}.parquet") as out:
                    frame.write_parquet(out)


def empty(table: str) -> pl.DataFrame:
    """Return a table without rows."""
    return pl.DataFrame(schema=dict(COLUMNS[table]))


def dated(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Give a table its own types again, where an engine counted days since 1970 instead of writing dates."""
    days = {name for name, kind in COLUMNS[table].items() if kind == pl.Date() and frame.schema[name] != pl.Date()}
    kinds = COLUMNS[table].items()
    return frame.select((pl.col(name).cast(pl.Int32) if name in days else pl.col(name)).cast(kind) for name, kind in kinds)


# --------------------------------------------------------------------------- facts → tables


def from_facts(portfolio: Iterable[Facts]) -> Tables:
    """Lay facts out as tables. Raises ValueError for an amount finer than its currency."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    creditors: dict[str, Creditor] = {}
    for facts in portfolio:
        key = {"creditor": facts.creditor.id, "debtor": facts.debtor.id}
        creditors.setdefault(facts.creditor.id, facts.creditor)
        rows["debtors"].append(_debtor_row(facts))
        rows["invoices"] += (key | _invoice_row(invoice) for invoice in facts.invoices)
        codes = {invoice.document: invoice.currency for invoice in facts.invoices if invoice.document}
        codes |= {invoice.id: invoice.currency for invoice in facts.invoices}
        held = {invoice.currency for invoice in facts.invoices}
        sole = held.pop() if len(held) == 1 else "EUR"
        own = {(event.on, event.seq) for event in facts.events}
        for place, event in enumerate(facts.events):
            seq = event.seq if len(own) == len(facts.events) else place
            code = codes.get(event.invoice, sole) if event.invoice else (event.currency or sole)
            rows["events"].append(key | _event_row(event, seq, code))
        rows["elsewhere"] += (key | {"on": each.on, "channel": each.channel} for each in facts.contacts_elsewhere)
    rows["creditors"] = [_creditor_row(one) for one in creditors.values()]
    return Tables(**{name: pl.DataFrame(rows[name], schema=dict(columns), orient="row") for name, columns in COLUMNS.items()})


def _invoice_row(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.id,
        "document": invoice.document or None,
        "issued": invoice.issued,
        "due": invoice.due,
        "amount": minor(invoice.amount, invoice.currency),
        "currency": invoice.currency,
        "tags": _joined(invoice.tags),
        "rate": None if invoice.rate is None else format(invoice.rate, "f"),
        "nature": invoice.nature,
        "placed": invoice.placed,
        "delivered": invoice.delivered,
        "performed": invoice.performed,
        "terms": _json(invoice.terms),
        "fields": _json(invoice.fields),
    }


def _debtor_row(facts: Facts) -> dict[str, Any]:
    one = facts.debtor
    row = {
        name: getattr(one, name) for name in ("id", "name", "kind", "profile", "country", "language", "siren", "email", "phone", "score")
    }
    return row | _address_row(one.address) | {"creditor": facts.creditor.id, "tags": _joined(one.tags), "zone": one.zone}


def _creditor_row(one: Creditor) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in ("id", "name", "kind", "siren", "email", "phone", "iban", "bic", "mandate")}
    return row | _address_row(one.address) | {"terms": _json(one.terms)}


def _address_row(address: Address | None) -> dict[str, Any]:
    return {} if address is None else {"address": "\n".join(address.lines), "address_country": address.country}


def _event_row(event: Event, seq: int, currency: str) -> dict[str, Any]:
    """Lay one event out. Where two of a debtor's events share a place in their day, `seq` is the place in the list instead."""
    data = {name: value for name, value in event.data.items() if value is not None}
    row: dict[str, Any] = {"on": event.on, "seq": seq, "kind": event.kind, "invoice": event.invoice, "currency": event.currency}
    if isinstance(amount := data.get("amount"), Decimal):
        row["amount"] = minor(amount, currency)
        del data["amount"]
    if (name := _DAYS.get(event.kind)) is not None:
        row["day"] = data.pop(name, None)
    if event.kind.startswith("action."):
        row |= {name: _plain(data.pop(name, None)) for name in _FIELDS}
        row["step_kind"] = _plain(data.pop("kind", None))
    return row | {"data": _json(data)}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _joined(words: Iterable[str]) -> str | None:
    """Write words as `|one|two|`, so that a word is found with its bars."""
    held = tuple(words)
    return _SEPARATOR + _SEPARATOR.join(held) + _SEPARATOR if held else None


def _json(data: Mapping[str, Any]) -> str | None:
    return json.dumps(jsonable(data), ensure_ascii=False, sort_keys=True) if data else None


# --------------------------------------------------------------------------- tables → facts


def to_facts(tables: Tables) -> Iterator[Facts]:
    """Give back the facts of tables, debtor by debtor in order of (creditor, debtor); the exact inverse of `from_facts`."""
    creditors = {row["id"]: creditor_of(row) for row in tables.creditors.iter_rows(named=True)}
    debtors = {(row["creditor"], row["id"]): _debtor_of(row) for row in tables.debtors.iter_rows(named=True)}
    invoices = _by_debtor(tables.invoices, [])
    events = _by_debtor(tables.events, ["on", "seq"])
    elsewhere = _by_debtor(tables.elsewhere, ["on"])
    for key in sorted(set(invoices) | set(debtors)):
        claims = tuple(_invoice_of(row) for row in invoices.get(key, ()))
        codes = {invoice.document: invoice.currency for invoice in claims if invoice.document} | {invoice.id: invoice.currency for invoice in claims}
        held = {invoice.currency for invoice in claims}
        sole = held.pop() if len(held) == 1 else "EUR"
        yield with_offers(Facts(
            creditors.get(key[0]) or Creditor(key[0]),
            debtors.get(key) or Debtor(key[1]),
            claims,
            tuple(event_of(row, codes.get(row["invoice"]) or row["currency"] or sole) for row in events.get(key, ())),
            tuple(ContactDay(row["on"], Channel(row["channel"]) if row["channel"] else None) for row in elsewhere.get(key, ())),
        ))


def _by_debtor(frame: pl.DataFrame, order: list[str]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    rows = frame.sort(["creditor", "debtor", *order], maintain_order=True).iter_rows(named=True)
    return {key: list(group) for key, group in groupby(rows, key=itemgetter("creditor", "debtor"))}


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(text.strip(_SEPARATOR).split(_SEPARATOR)) if text else ()


def _address_of(row: Mapping[str, Any]) -> Address | None:
    return None if row["address"] is None else Address(tuple(row["address"].split("\n")), row["address_country"] or "FR")


def _invoice_of(row: Mapping[str, Any]) -> Invoice:
    return Invoice(
        id=row["id"], due=row["due"], amount=major(row["amount"], row["currency"]), currency=row["currency"], issued=row["issued"],
        document=row["document"] or "", tags=_split(row["tags"]), rate=None if row["rate"] is None else Decimal(row["rate"]),
        nature=row["nature"] or "general", placed=row["placed"], delivered=row["delivered"], performed=row["performed"],
        terms=json.loads(row["terms"]) if row["terms"] else {},
        fields=json.loads(row["fields"]) if row["fields"] else {},
    )  # fmt: skip


def _debtor_of(row: Mapping[str, Any]) -> Debtor:
    plain = {name: row[name] for name in ("id", "kind", "profile", "country", "language", "siren", "email", "phone", "score")}
    return Debtor(**plain, name=row["name"] or "", address=_address_of(row), tags=_split(row["tags"]), zone=row["zone"] or HOME)


def creditor_of(row: Mapping[str, Any]) -> Creditor:
    """Give a row of the creditors' table as the creditor."""
    plain = {name: row[name] for name in ("id", "siren", "email", "phone", "iban", "bic", "mandate")}
    terms = json.loads(row["terms"]) if row["terms"] else {}
    return Creditor(**plain, name=row["name"] or "", kind=row["kind"] or "business", address=_address_of(row), terms=terms)


def event_of(row: Mapping[str, Any], currency: str) -> Event:
    """Give a row of the events' table as the event; its amount is in minor units of a currency."""
    kind = row["kind"]
    plain = json.loads(row["data"]) if row["data"] else {}
    for name in _FIELDS:
        if row[name] is not None:
            plain[name] = row[name]
    if row["step_kind"] is not None:
        plain["kind"] = row["step_kind"]
    if row["amount"] is not None:
        plain["amount"] = major(row["amount"], currency)
    if kind in _DAYS and row["day"] is not None:
        plain[_DAYS[kind]] = row["day"]
    return Event(row["on"], kind, row["invoice"], row["currency"], row["seq"] or 0, retyped(kind, plain))
