"""Events as one writes them on a command line (`2026-02-20 payment.received 200.00`), and a complete invented case to play.

Owns the reading of what-ifs; a mistake is a ValueError with a sentence that names the fields expected.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.journal import event_types as vocabulary
from relance.journal.event_fields import FieldType
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice
from relance.sentences import in_turn, sentence

_COMMON = ("invoice", "currency")
#: What a what-if about an action may leave unsaid: the journal wants it, a play does not.
_UNSAID = {"reason": "what-if", "error": "what-if", "note": "what-if", "outcome": "what-if"}
#: What is invented of a kind, beside such texts.
_INVENTED: dict[str, dict[str, Any]] = {"payment.unmatched": {"amount": Decimal("100.00")}, "handed_over": {"to": "bailiff"}}


def read_event(text: str) -> Event:
    """Read `<day> <event> [value …] [field=value …]`; values without a name fill the required fields in their order.

    Raises ValueError with a sentence for the person who typed it.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError(sentence("{text}: a quotation mark is not closed", text=repr(text))) from None
    if len(words) < 2:
        raise ValueError(sentence('{text}: an event is a day, what happened, and its fields: "2026-02-20 payment.received 200.00"', text=repr(text)))
    on, kind, *rest = words
    raw: dict[str, Any] = {"on": on, "event": kind}
    if kind in vocabulary.PUBLIC:
        share_out(text, kind, rest, raw)
        raw = {**_unsaid(kind), **raw}
    made, mistakes = vocabulary.build(raw)
    if made is None:
        raise ValueError(sentence("{text}: {why}", text=repr(text), why=in_turn([*mistakes, *_expected(kind)])))
    return made


def _unsaid(kind: str) -> dict[str, str]:
    return {name: _UNSAID[name] for name, field in vocabulary.PUBLIC[kind].items() if field.required and name in _UNSAID}


def as_recorded(event: Event) -> Event:
    """Return an invented event with all that the journal wants of its kind."""
    return replace(event, data={**_unsaid(event.kind), **_INVENTED.get(event.kind, {}), **event.data})


def share_out(text: str, kind: str, words: Sequence[str], raw: dict[str, Any]) -> None:
    """Share words out among the fields of a public kind: named ones by name, the others in order, a last text taking all that is left.

    Raises ValueError with a sentence that begins with `text`.
    """
    fields = vocabulary.PUBLIC[kind]
    loose: list[str] = []
    for one in words:
        name, equals, value = one.partition("=")
        if equals and name.isidentifier() and name in raw:
            raise ValueError(sentence("{text}: {name} is given twice", text=repr(text), name=repr(name)))
        if equals and name.isidentifier():
            raw[name] = value
        else:
            loose.append(one)
    for name in _positional(kind):
        if name in raw or not loose:
            continue
        takes_all = fields[name].type in (FieldType.TEXT, FieldType.INSTALMENTS)
        raw[name] = " ".join(loose) if takes_all else loose[0]
        loose = [] if takes_all else loose[1:]
    if loose:
        raise ValueError(in_turn([sentence("{text}: nothing takes {names}", text=repr(text), names=repr(" ".join(loose))), *_expected(kind)]))


def _positional(kind: str) -> tuple[str, ...]:
    required = tuple(name for name, field in vocabulary.PUBLIC[kind].items() if field.required)
    return ("step", *required) if kind in vocabulary.ACTION_KINDS else required


def _expected(kind: str) -> list[str]:
    """Say which fields an event takes; nothing of one that nobody knows."""
    if kind not in vocabulary.PUBLIC:
        return []
    fields = vocabulary.PUBLIC[kind]
    order = _positional(kind)
    words = [f"<{name}>" for name in order] + [f"[{name}=…]" for name in (*_COMMON, *fields) if name not in order and name != "note"]
    return [sentence("expected: `{kind} {fields}`", kind=kind, fields=" ".join(words)) if words else sentence("{kind} takes no field", kind=kind)]


def with_events(facts: Facts, told: Sequence[Event]) -> Facts:
    """Add events to a case. Raises ValueError for one about an invoice or a currency that is not there."""
    names = {invoice.id for invoice in facts.invoices} | {invoice.document for invoice in facts.invoices if invoice.document}
    currencies = {invoice.currency for invoice in facts.invoices}
    for event in told:
        if event.invoice is not None and event.invoice not in names:
            raise ValueError(sentence("there is no invoice {invoice}: the invoices are {names}", invoice=repr(event.invoice), names=", ".join(sorted(names))))
        if event.currency is not None and event.currency not in currencies:
            raise ValueError(sentence("nothing is owed in {currency}: the invoices are in {names}", currency=event.currency, names=" and ".join(sorted(currencies))))
    in_order = sorted((*facts.events, *told), key=lambda event: event.on)
    return replace(facts, events=tuple(vocabulary.at_seq(event, place) for place, event in enumerate(in_order)))


def invented(
    due: date,
    amount: Decimal,
    *,
    issued: date | None = None,
    profile: str | None = None,
    debtor: str = "business",
    currency: str = "EUR",
    bought: bool = False,
) -> Facts:
    """Invent a case in which nothing is missing: every channel reaches the debtor, and an agency has its mandate, and the claim from its due date on.

    `bought`: the creditor has the claim from another, and its debtor was not told.
    """
    creditor = Creditor(
        "atelier", "Atelier du Rhône SARL", siren="552100554", address=Address(("12 quai Perrache", "69002 Lyon")),
        email="compta@atelier.example", phone="+33 4 72 00 00 00", iban="FR7630006000011234567890189", mandate=date(2000, 1, 1),
    )  # fmt: skip
    owes = Debtor(
        "dupont", "Dupont SA" if debtor == "business" else "Camille Dupont", kind=debtor, profile=profile, country="FR", language="fr",
        address=Address(("1 rue de la Paix", "69001 Lyon")), email="compta@dupont.example", phone="+33 6 12 34 56 78",
    )  # fmt: skip
    terms = {"assignor": "Meubles Martin SARL", "assigned_on": (issued or due).isoformat()} if bought else {}
    return Facts(creditor, owes, (Invoice("F-1", due, amount, currency, issued, placed=due, terms=terms),))
