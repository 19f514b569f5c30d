"""What is known of a debtor: who owes whom, what, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from relance.model.playbook import ContactDay


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address: the lines as written, and the country's ISO code."""

    lines: tuple[str, ...]
    country: str = "FR"


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who is owed. `terms` holds what a letter needs beside the name (legal form, capital, RCS, means of payment)."""

    id: str
    name: str = ""
    kind: str = "business"
    siren: str | None = None
    address: Address | None = None
    email: str | None = None
    phone: str | None = None
    iban: str | None = None
    bic: str | None = None
    mandate: date | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who owes. None means "not known", and a condition on it is then false."""

    id: str
    name: str = ""
    kind: str | None = None
    profile: str | None = None
    country: str | None = None
    language: str | None = None
    siren: str | None = None
    address: Address | None = None
    email: str | None = None
    phone: str | None = None
    score: int | None = None
    tags: tuple[str, ...] = ()
    zone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Invoice:
    """One claim: an invoice, or one instalment of it (`F-1/2`, whose `document` is `F-1`). A credit note is an event, not an invoice."""

    id: str
    due: date
    amount: Decimal
    currency: str = "EUR"
    issued: date | None = None
    document: str = ""
    tags: tuple[str, ...] = ()
    rate: Decimal | None = None  # contractual late-interest rate, percent a year
    nature: str = "general"  # limitation: general | transport
    delivered: date | None = None  # the day the goods were handed over; limitation runs from it
    performed: date | None = None  # the day the work was done or the service rendered; limitation runs from it
    placed: date | None = None  # the day the claim was entrusted to whoever collects it
    terms: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)  # the creditor's own, as his file tells them


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the journal. Without `invoice` it counts for the debtor (or, with `currency`, for that account).

    `data` holds the fields of its kind (docs/language.md 5), already `Decimal`, `date`, `int` or `str`.
    `seq` orders the events of one day.
    """

    on: date
    kind: str
    invoice: str | None = None
    currency: str | None = None
    seq: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one debtor with one creditor: what a case file holds. Events are in order of (on, seq).

    `contacts_elsewhere` are days on which the same collector contacted this debtor for another creditor.
    """

    creditor: Creditor
    debtor: Debtor
    invoices: tuple[Invoice, ...]
    events: tuple[Event, ...] = ()
    contacts_elsewhere: tuple[ContactDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What climbs the ladder: one invoice, or every invoice of one account. `facts` is where it comes from."""

    id: str
    facts: Facts
    invoices: tuple[Invoice, ...]
    currency: str
