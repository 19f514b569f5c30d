"""Tables of a portfolio — invoices, and perhaps debtors, creditors, events — into `Facts`, one for each debtor of each creditor.

A row that cannot stand (an unreadable cell, an id already taken by something else, an event about nothing known) is a
`Reject` and the rest goes on. Owns what the columns mean together; `relance.ledger.importers` reads them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from relance.law.terms import due_date
from relance.ledger import events as vocabulary
from relance.ledger.importers import parties, values
from relance.ledger.importers.columns import Cells, ColumnMapping, canonical
from relance.ledger.importers.tables import Reject, Unreadable
from relance.model import Creditor, Debtor, Event, Facts, Invoice

__all__ = ["Portfolio", "Reject", "Rows", "build", "read", "rejects_csv"]

_NO_CREDITOR = "creditor"
_MONEY_EVENTS = frozenset({"payment.received", "payment.reversed", "credit_note.issued", "promise.made", "plan.agreed"})
#: The reason of a dispute that is but a flag in an export: always the same, so that the same row is the same event.
_FLAGGED = "flagged in the portfolio"

Rows = Iterable[Cells | Reject]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What was read: the facts by creditor and debtor, the rejects in the order of the files, the number of rows read.

    `repeated` counts rows that said again what an earlier one had said; they change nothing.
    """

    facts: tuple[Facts, ...]
    rejects: tuple[Reject, ...] = ()
    rows: int = 0
    repeated: int = 0

    @property
    def unreadable(self) -> tuple[Reject, ...]:
        """The files of which nothing could be read."""
        return tuple(one for one in self.rejects if one.line == 0)


def read(
    invoices: Path,
    *,
    debtors: Path | None = None,
    creditors: Path | None = None,
    events: Path | None = None,
    mapping: ColumnMapping | None = None,
    not_after: date | None = None,
) -> Portfolio:
    """Read a portfolio's files by a column mapping (without one, the headers are the canonical columns).

    With `not_after`, an invoice issued, a payment made or an event dated later is a reject: an import gives today,
    a run over the past gives nothing. A file that cannot be read at all is a reject with line 0.
    """
    files = {"invoices": invoices, "debtors": debtors, "creditors": creditors, "events": events}
    rows = {name: _opened(path, name, mapping) for name, path in files.items() if path is not None}
    return build(rows, mapping=mapping, not_after=not_after)


def _opened(path: Path, name: str, mapping: ColumnMapping | None) -> Iterator[Cells | Reject]:
    try:
        yield from canonical(path, name, mapping)
    except Unreadable as error:
        yield Reject(path.name, 0, str(error))
    except OSError as error:
        yield Reject(path.name, 0, f"cannot be read: {error.strerror or error}")


def build(
    tables: Mapping[str, Rows],
    *,
    mapping: ColumnMapping | None = None,
    not_after: date | None = None,
    any_debtor: bool = False,
) -> Portfolio:
    """Make a portfolio of rows in canonical columns, by table name; importers of other formats come in here.

    With `any_debtor`, an event may be about a debtor of whom nothing else is said here.
    """
    books = _Books(mapping or ColumnMapping(), not_after, any_debtor)
    for name, take in (
        ("creditors", books.take_creditor),
        ("debtors", books.take_debtor),
        ("invoices", books.take_invoice),
        ("events", books.take_event),
    ):
        for row in tables.get(name, ()):
            if isinstance(row, Reject):
                books.rejects.append(row)
                continue
            books.rows += 1
            try:
                take(row)
            except ValueError as error:
                books.rejects.append(Reject(row.file, row.line, str(error), row.row))
        if name == "invoices":
            books.settle_credit_notes()
    return books.close()


class _Taken(NamedTuple):
    """An invoice or credit note that was taken, to be compared with a row that bears its number again."""

    where: str
    debtor: str
    said: tuple[Any, ...]
    invoice: Invoice | None


@dataclass(slots=True)
class _Books:
    """What has been read so far."""

    mapping: ColumnMapping
    not_after: date | None
    any_debtor: bool = False
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    repeated: int = 0
    creditors: dict[str, tuple[str, Creditor]] = field(default_factory=dict)
    debtors: dict[tuple[str, str], tuple[str, Debtor]] = field(default_factory=dict)
    inline: dict[tuple[str, str], Debtor] = field(default_factory=dict)
    taken: dict[tuple[str, str], _Taken] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)  # invoice id → its creditors
    accounts: dict[tuple[str, str], list[Invoice]] = field(default_factory=dict)
    events: dict[tuple[str, str], list[Event]] = field(default_factory=dict)
    credit_notes: list[tuple[Cells, str, str, Event, str]] = field(default_factory=list)

    # -- parties

    def take_creditor(self, row: Cells) -> None:
        ident = row.values["id"]
        made = parties.creditor(ident, row.values)
        if self._known(self.creditors, ident, made, row, f"creditor {ident!r}"):
            self.creditors[ident] = (_place(row), made)

    def take_debtor(self, row: Cells) -> None:
        key = (row.values.get("creditor", ""), row.values["id"])
        made = parties.debtor(key[1], row.values)
        if self._known(self.debtors, key, made, row, f"debtor {key[1]!r}"):
            self.debtors[key] = (_place(row), made)

    def _known(self, among: Mapping[Any, tuple[str, Any]], key: Any, made: Any, row: Cells, what: str) -> bool:
        """Say whether a party is new. One already told otherwise raises ValueError."""
        if key not in among:
            return True
        where, before = among[key]
        if before != made:
            msg = f"{what} is already on {where} with other contents"
            raise ValueError(msg)
        self.repeated += 1
        return False

    def _creditor_of(self, row: Cells) -> str:
        if named := row.values.get("creditor"):
            return str(named)
        if self.mapping.creditor:
            return self.mapping.creditor.id
        if len(self.creditors) == 1:
            return next(iter(self.creditors))
        if self.creditors:
            msg = f"no creditor, and there are {len(self.creditors)} of them"
            raise ValueError(msg)
        return _NO_CREDITOR

    # -- invoices

    def take_invoice(self, row: Cells) -> None:
        found = row.values
        creditor, debtor, ident = self._creditor_of(row), found["debtor"], found["id"]
        currency = found.get("currency", "EUR")
        amount = values.exact(found["amount"], currency)
        if self.not_after and (late := found.get("issued")) and late > self.not_after:
            msg = f"issued on {late}, in the future"
            raise ValueError(msg)
        credit = found.get("type") == "credit_note" or (amount < 0 and found.get("type") is None)
        if not amount or (amount < 0 and not credit):
            msg = f"an invoice of {amount} {currency}: an amount is above zero"
            raise ValueError(msg)
        invoice = None if credit else self._invoice(found, amount, currency)
        told = self._credit_note(found, abs(amount), currency) if invoice is None else self._told(found, invoice)
        if not self._is_new(row, creditor, debtor, invoice, told):
            return
        self._remember(creditor, debtor, found)
        if invoice is None:
            self.credit_notes.append((row, creditor, debtor, told[0], found.get("document", "")))
            return
        self.accounts.setdefault((creditor, debtor), []).append(invoice)
        self.owners.setdefault(ident, []).append(creditor)
        self._document(row, creditor, debtor, invoice)
        for event in told:
            self._add(creditor, debtor, event)

    def _is_new(self, row: Cells, creditor: str, debtor: str, invoice: Invoice | None, told: tuple[Event, ...]) -> bool:
        ident = row.values["id"]
        said = (invoice, told, row.values.get("document"))
        before = self.taken.get((creditor, ident))
        if before is None:
            self.taken[creditor, ident] = _Taken(_place(row), debtor, said, invoice)
            return True
        if before.debtor == debtor and before.said == said:
            self.repeated += 1
            return False
        msg = f"{ident!r} is already on {before.where} with {_difference(before, debtor, invoice)}"
        raise ValueError(msg)

    def _document(self, row: Cells, creditor: str, debtor: str, invoice: Invoice) -> None:
        """Let events name the document that a claim is an instalment of."""
        name = invoice.document
        if name and name != invoice.id and (creditor, name) not in self.taken:
            self.taken[creditor, name] = _Taken(_place(row), debtor, (), invoice)
            self.owners.setdefault(name, []).append(creditor)

    def _invoice(self, found: Mapping[str, Any], amount: Decimal, currency: str) -> Invoice:
        issued, due = found.get("issued"), found.get("due")
        if due is None:
            if not self.mapping.terms or issued is None:
                msg = "no due date" if issued or not self.mapping.terms else "neither a due date nor a date of issue"
                raise ValueError(msg)
            due = due_date(issued, self.mapping.terms, self.mapping.end_of_month)
        rate = found.get("rate")
        if rate is not None and not 0 <= rate <= 100:
            msg = f"a rate of {rate} percent a year"
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
            terms=found.get("terms", {}),
        )

    def _told(self, found: Mapping[str, Any], invoice: Invoice) -> tuple[Event, ...]:
        """Return what the columns beside the invoice say has happened to it."""
        told = []
        first = invoice.issued or invoice.due
        if found.get("disputed") or found.get("disputed_on"):
            told.append(_event(on=found.get("disputed_on") or first, event="dispute.opened", invoice=invoice.id, reason=_FLAGGED))
        settled: date | None = found.get("settled")
        paid = found.get("paid")
        if paid is None and (left := found.get("open")) is not None:
            paid = invoice.amount - values.exact(left, invoice.currency)
        if paid is None:
            paid = invoice.amount if settled else Decimal(0)
        if paid < 0:
            msg = f"{invoice.amount - paid} left to pay of {invoice.amount}"
            raise ValueError(msg)
        if paid:
            on = settled or first
            if self.not_after and on > self.not_after:
                msg = f"paid on {on}, in the future"
                raise ValueError(msg)
            told.append(_event(on=on, event="payment.received", invoice=invoice.id, amount=values.exact(paid, invoice.currency)))
        return tuple(told)

    def _credit_note(self, found: Mapping[str, Any], amount: Decimal, currency: str) -> tuple[Event, ...]:
        if found.get("issued") is None:
            msg = "a credit note without a date"
            raise ValueError(msg)
        return (_event(on=found["issued"], event="credit_note.issued", currency=currency, amount=amount, reference=found["id"]),)

    def settle_credit_notes(self) -> None:
        """Give each credit note to the invoice it names, now that all are known; else to the debtor's account."""
        for row, creditor, debtor, event, document in self.credit_notes:
            target = self.taken.get((creditor, document)) if document else None
            if target is not None and target.invoice is not None and target.debtor != debtor:
                self.rejects.append(Reject(row.file, row.line, f"{document!r} is an invoice of debtor {target.debtor!r}", row.row))
                continue
            if target is not None and target.invoice is not None and target.invoice.currency == event.currency:
                raw = {"on": event.on, "event": event.kind, "invoice": document, **event.data}
                self._add(creditor, debtor, _event(**raw))
            else:
                self._add(creditor, debtor, event)

    def _remember(self, creditor: str, debtor: str, found: Mapping[str, Any]) -> None:
        if (creditor, debtor) not in self.inline and any(key.startswith("debtor.") for key in found):
            self.inline[creditor, debtor] = parties.debtor(debtor, found, "debtor.")

    # -- events

    def take_event(self, row: Cells) -> None:
        raw = dict(row.values)
        if self.not_after and raw["on"] > self.not_after:
            msg = f"dated {raw['on']}, in the future"
            raise ValueError(msg)
        creditor, debtor = self._subject(row, raw.pop("creditor", None), raw.pop("debtor", None), raw.get("invoice"))
        if raw["event"] == "promise.made" and "by" in raw:
            form = self.mapping.tables["events"].format if "events" in self.mapping.tables else self.mapping.format
            raw["by"] = values.date_reader(form.dates)(raw["by"])
        invoice = self.taken[creditor, raw["invoice"]].invoice if "invoice" in raw else None
        code = invoice.currency if invoice else self._currency(creditor, debtor, raw)
        if invoice and raw.get("currency", code) != code:
            msg = f"in {raw['currency']}, but invoice {invoice.id!r} is in {code}"
            raise ValueError(msg)
        if code and "amount" in raw:
            raw["amount"] = values.exact(raw["amount"], code)
        if code and not invoice and raw["event"] in _MONEY_EVENTS:
            raw["currency"] = code
        if invoice:
            raw.pop("currency", None)
        self._add(creditor, debtor, _event(**raw))

    def _subject(self, row: Cells, creditor: str | None, debtor: str | None, invoice: str | None) -> tuple[str, str]:
        """Return the creditor and debtor an event is about; raises ValueError where they are not known."""
        if invoice is None:
            if debtor is None:
                msg = "the event names neither an invoice nor a debtor"
                raise ValueError(msg)
            owner = self._creditor_of(row)
            if not self.any_debtor and (owner, debtor) not in self.accounts and self._debtor(owner, debtor) is None:
                msg = f"debtor {debtor!r} is not known"
                raise ValueError(msg)
            return owner, debtor
        owners = [one for one in self.owners.get(invoice, ()) if creditor in (None, one)]
        if len(owners) != 1:
            msg = f"several creditors have an invoice {invoice!r}; name the creditor" if owners else f"invoice {invoice!r} is not known"
            raise ValueError(msg)
        known = self.taken[owners[0], invoice].debtor
        if debtor not in (None, known):
            msg = f"invoice {invoice!r} is not one of debtor {debtor!r}"
            raise ValueError(msg)
        return owners[0], known

    def _currency(self, creditor: str, debtor: str, raw: Mapping[str, Any]) -> str | None:
        if raw.get("currency"):
            return str(raw["currency"])
        codes = sorted({one.currency for one in self.accounts.get((creditor, debtor), ())})
        if len(codes) > 1 and raw["event"] in _MONEY_EVENTS:
            msg = f"the debtor has invoices in {' and '.join(codes)}: the event must say the currency"
            raise ValueError(msg)
        return codes[0] if len(codes) == 1 else None

    def _add(self, creditor: str, debtor: str, event: Event) -> None:
        self.events.setdefault((creditor, debtor), []).append(event)

    # -- the end

    def _debtor(self, creditor: str, debtor: str) -> Debtor | None:
        for key in ((creditor, debtor), ("", debtor)):
            if key in self.debtors:
                return self.debtors[key][1]
        return self.inline.get((creditor, debtor))

    def _creditor(self, ident: str) -> Creditor:
        if ident in self.creditors:
            return self.creditors[ident][1]
        given = self.mapping.creditor
        return given if given is not None and given.id == ident else Creditor(ident)

    def close(self) -> Portfolio:
        """Put together what was read, events in the order of their days."""
        found = []
        for creditor, debtor in sorted(set(self.accounts) | set(self.events)):
            key = (creditor, debtor)
            in_order = sorted(self.events.get(key, ()), key=lambda event: event.on)
            found.append(
                Facts(
                    creditor=self._creditor(creditor),
                    debtor=self._debtor(creditor, debtor) or Debtor(debtor),
                    invoices=tuple(self.accounts.get(key, ())),
                    events=tuple(vocabulary.at(event, place) for place, event in enumerate(in_order)),
                )
            )
        return Portfolio(tuple(found), tuple(self.rejects), self.rows, self.repeated)


def _event(**raw: Any) -> Event:
    made, mistakes = vocabulary.build(raw)
    if made is None:
        raise ValueError("; ".join(mistakes))
    return made


def _place(row: Cells) -> str:
    return f"line {row.line} of {row.file}"


def _difference(before: _Taken, debtor: str, invoice: Invoice | None) -> str:
    if before.debtor != debtor:
        return f"another debtor, {before.debtor!r}"
    if before.invoice and invoice:
        for name in ("amount", "currency", "due", "issued"):
            if (told := getattr(before.invoice, name)) != getattr(invoice, name):
                return f"another {'due date' if name == 'due' else 'date' if name == 'issued' else name}, {told}"
    return "other contents"


def rejects_csv(rejects: Iterable[Reject]) -> str:
    """Return the rejects as a CSV file: file, line, reason, row. A row that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "line", "reason", "row"])
    for one in rejects:
        row = f"'{one.row}" if one.row[:1] in {"=", "+", "-", "@", "\t"} else one.row
        writer.writerow([one.file, one.line, one.reason, row])
    return out.getvalue()
