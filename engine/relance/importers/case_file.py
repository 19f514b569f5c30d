"""A case file (docs/language.md 6) into `Facts`, or everything that is wrong with it, each finding at its place (PB5xx).

The shape is the schema's affair (`schemas/case.schema.json`); here values get their types, instalments become claims of
their own, and what names something is held against what there is. No clock: what is in the future is as good as the past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.importers import parties
from relance.interpreter.offer_outcomes import with_offers
from relance.journal import event_types as vocabulary
from relance.language import shape, source
from relance.language.findings import has_errors
from relance.language.place import Span
from relance.language.source import Source
from relance.law.assignment import half_told
from relance.model import Creditor, Diagnostic, Event, Facts, Invoice, Severity
from relance.parsing import values
from relance.sentences import joined, sentence

Place = tuple[str | int, ...]

_MONEY_EVENTS = frozenset({"payment.received", "payment.reversed", "credit_note.issued", "promise.made"})


def read_case(given: Path | str, path: str = "case.yaml") -> tuple[Facts | None, tuple[Diagnostic, ...]]:
    """Read a case file, by its path or (a str) as text; `path` is then the name the diagnostics bear.

    The facts are None if and only if there is an error among the diagnostics. Raises OSError for a file that is not there.
    """
    name = str(given) if isinstance(given, Path) else path
    found, said = source.read(given.read_bytes() if isinstance(given, Path) else given, name)
    if found is None:
        return None, said
    said += shape.check(found, "case")
    if has_errors(said):
        return None, tuple(sorted(said))
    facts, more = build_case(found)
    return facts, tuple(sorted((*said, *more)))


def build_case(found: Source, at: Place = ()) -> tuple[Facts | None, tuple[Diagnostic, ...]]:
    """Build the facts of a case that stands at a place of a source whose shape is right: a test file holds several."""
    return _Case(found, at).build()


@dataclass(slots=True)
class _Case:
    """A case being built, with what was found wrong so far."""

    source: Source
    at: Place
    findings: list[Diagnostic] = field(default_factory=list)
    claims: list[Invoice] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)  # invoice or document id → where it stands

    def build(self) -> tuple[Facts | None, tuple[Diagnostic, ...]]:
        raw: Any = self.source.value
        for part in self.at:
            raw = raw[part]
        creditor = self._creditor(raw.get("creditor") or {})
        debtor = parties.debtor_of(raw.get("debtor") or {})
        for number, one in enumerate(raw.get("invoices") or ()):
            self._invoice(one, (*self.at, "invoices", number))
        events = [self._event(one, (*self.at, "events", number), number) for number, one in enumerate(raw.get("events") or ())]
        findings = tuple(sorted(set(self.findings)))
        if has_errors(findings):
            return None, findings
        in_order = sorted((one for one in events if one is not None), key=lambda event: event.on)
        return with_offers(Facts(
            creditor, debtor, tuple(self.claims), tuple(vocabulary.at_seq(event, seq) for seq, event in enumerate(in_order))
        )), findings  # fmt: skip

    # -- what is wrong

    def _say(self, where: Span, code: str, message: str, *, hint: str | None = None, severity: Severity = Severity.ERROR) -> None:
        self.findings.append(where.diagnostic(code, message, severity=severity, hint=hint))

    def _take(self, raw: Mapping[str, Any], key: str, place: Place, code: str, read: Callable[[Any], Any]) -> Any:
        """Read a value, or note what is wrong with it and return None."""
        if raw.get(key) is None:
            return None
        try:
            return read(raw[key])
        except ValueError as error:
            self._say(self.source.at((*place, key)), code, f'"{key}": {error}')
            return None

    # -- parties

    def _creditor(self, raw: Mapping[str, Any]) -> Creditor:
        return parties.creditor_of(raw, mandate=self._take(raw, "mandate", (*self.at, "creditor"), "PB501", _iso))

    # -- invoices

    def _invoice(self, raw: Mapping[str, Any], place: Place) -> None:
        ident = str(raw["id"])
        if ident in self.places:
            line = self.source.at((*self.places[ident], "id")).line
            self._say(
                self.source.at((*place, "id")), "PB504", sentence('the invoice "{ident}" is already on line {line}', ident=ident, line=line), hint=sentence("give each its own id")
            )
            return
        self.places[ident] = place
        if half_told(raw.get("terms") or {}):
            self._say(self.source.at((*place, "terms")), "PB102", sentence("an assignment without its assignor or its day"), hint=sentence("write both `assignor` and `assigned_on`"))
        currency = self._take(raw, "currency", place, "PB503", values.currency) or "EUR"
        issued = self._take(raw, "issued", place, "PB501", _iso)
        common = {
            "currency": currency,
            "issued": issued,
            "tags": tuple(raw.get("tags") or ()),
            "rate": self._take(raw, "rate", place, "PB502", lambda value: Decimal(str(value))),
            "nature": raw.get("nature") or "general",
            "placed": self._take(raw, "placed", place, "PB501", _iso),
            "delivered": self._take(raw, "delivered", place, "PB501", _iso),
            "performed": self._take(raw, "performed", place, "PB501", _iso),
            "terms": raw.get("terms") or {},
            "fields": {name: _own_text(value) for name, value in (raw.get("fields") or {}).items()},
        }
        if raw.get("instalments"):
            self._instalments(raw, place, ident, common)
        else:
            self._claim(raw, place, id=ident, document=str(raw.get("document") or ""), **common)

    def _claim(self, raw: Mapping[str, Any], place: Place, **common: Any) -> Invoice | None:
        due = self._take(raw, "due", place, "PB501", _iso)
        amount = self._take(raw, "amount", place, "PB502", lambda value: _above_zero(value, common["currency"]))
        if due is None or amount is None:
            return None
        if common["issued"] is not None and due < common["issued"]:
            message = sentence("due on {due}, before it was issued on {issued}", due=due, issued=common["issued"])
            self._say(self.source.at((*place, "due")), "PB507", message, severity=Severity.WARNING, hint=sentence("one of the two days is wrong: an invoice falls due on the day of issue or after it"))
        claim = Invoice(due=due, amount=amount, **common)
        self.claims.append(claim)
        return claim

    def _instalments(self, raw: Mapping[str, Any], place: Place, ident: str, common: Mapping[str, Any]) -> None:
        made = []
        for number, part in enumerate(raw["instalments"]):
            name = f"{ident}/{number + 1}"
            self.places.setdefault(name, place)
            made.append(self._claim(part, (*place, "instalments", number), id=name, document=ident, **common))
        if raw.get("amount") is None or None in made:
            return
        total = self._take(raw, "amount", place, "PB502", lambda value: _above_zero(value, common["currency"]))
        added = sum((one.amount for one in made if one is not None), Decimal(0))
        if total is not None and total != added:
            message = sentence('the instalments of "{ident}" add up to {added}, not to {total}', ident=ident, added=added, total=total)
            self._say(self.source.at((*place, "amount")), "PB505", message, hint=sentence("leave `amount` out, or mend an instalment"))

    # -- events

    def _event(self, raw: Mapping[str, Any], place: Place, number: int) -> Event | None:
        made, mistakes = vocabulary.build(raw, seq=number)
        for mistake in mistakes:
            where = self.source.at((*place, mistake.field)) if mistake.field and mistake.field in raw else self.source.at(place)
            self._say(where, "PB506", mistake)
        if made is None:
            return None
        about = self._about(made, place)
        if about is None:
            return None
        code = self._currency(made, about, place)
        if code is not None:
            for key, value in made.data.items():
                if isinstance(value, Decimal):
                    self._take({key: value}, key, place, "PB502", lambda value: exact(value, code))
        begins = min((claim.issued for claim in about if claim.issued), default=None)
        if made.invoice and begins and made.on < begins and made.kind not in {"note", "contact.inbound"}:
            message = sentence('"{kind}" on {on}, before "{invoice}" was issued on {begins}', kind=made.kind, on=made.on, invoice=made.invoice, begins=begins)
            self._say(self.source.at((*place, "on")), "PB507", message, severity=Severity.WARNING)
        return made

    def _about(self, event: Event, place: Place) -> tuple[Invoice, ...] | None:
        """Return the claims an event speaks of; None, with a finding, where it names what is not there."""
        if event.invoice is None:
            return tuple(self.claims)
        if event.invoice not in self.places:
            near = get_close_matches(event.invoice, self.places, 1)
            have = sentence('did you mean "{near}"?', near=near[0]) if near else sentence("the invoices are {invoices}", invoices=list(self.places)) if self.places else None
            self._say(self.source.at((*place, "invoice")), "PB508", sentence('there is no invoice "{invoice}"', invoice=event.invoice), hint=have)
            return None
        return tuple(claim for claim in self.claims if event.invoice in (claim.id, claim.document))

    def _currency(self, event: Event, about: tuple[Invoice, ...], place: Place) -> str | None:
        codes = sorted({claim.currency for claim in about})
        if event.currency is not None:
            if codes and event.currency not in codes:
                have = sentence("the invoices are in {currencies}", currencies=joined(codes, "and"))
                self._say(self.source.at((*place, "currency")), "PB509", sentence("nothing is owed in {currency}", currency=event.currency), hint=have)
                return None
            return event.currency
        if len(codes) > 1 and event.kind in _MONEY_EVENTS:
            message = sentence('"{event}" does not say its currency, and there are invoices in {currencies}', event=event.kind, currencies=joined(codes, "and"))
            self._say(self.source.at(place), "PB509", message, hint=sentence("add `currency: {currency}`, or name the invoice", currency=codes[0]))
            return None
        return codes[0] if len(codes) == 1 else None


def _own_text(value: Any) -> str:
    """Keep a field of the creditor's own as the text that a file of invoices would have."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _iso(value: Any) -> date:
    from relance.language.parse import day

    return day(str(value))


def _above_zero(value: Any, currency: str) -> Decimal:
    from relance.language.parse import decimal_amount

    amount = exact(decimal_amount(str(value)), currency)
    if not amount:
        msg = sentence("an amount is above zero")
        raise ValueError(msg)
    return amount
