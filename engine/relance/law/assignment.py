"""The assignment of a claim (C. civ. 1321 to 1326): from whom the creditor has it, since when, and whether its debtor was told.

Between the two of them it holds from its act; against the debtor from the notice, or his taking note of it (1324). Until then he pays the
assignor and is free. What came before, payments and interest, goes with the claim: nothing is worked out otherwise for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from relance.model import LETTERS, Channel, Invoice

#: Channels by which a notice can be given: what can be read again.
TELLING = LETTERS | {Channel.EMAIL}


class Assignment(NamedTuple):
    """Who had a claim before, since when the creditor has it, and the day on which the debtor was told outside relance (None: not so)."""

    assignor: str
    on: date
    told: date | None = None


def assignment_of(invoice: Invoice) -> Assignment | None:
    """Return the assignment of a claim (`assignor`, `assigned_on`, `assignment_told` of its terms), or None where its creditor always had it."""
    assignor, on = str(invoice.terms.get("assignor") or ""), _day(invoice.terms.get("assigned_on"))
    return None if not assignor or on is None else Assignment(assignor, on, _day(invoice.terms.get("assignment_told")))


def half_told(terms: Mapping[str, object]) -> bool:
    """Say whether terms speak of an assignment and lack its assignor or its day: read as none, its debtor would be asked by a stranger."""
    said = {name for name in ("assignor", "assigned_on", "assignment_told") if terms.get(name)}
    return bool(said) and not {"assignor", "assigned_on"} <= said


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def untold(invoices: Iterable[Invoice], written: Iterable[tuple[date, frozenset[str]]], on: date) -> tuple[tuple[Invoice, Assignment], ...]:
    """Return the assigned claims whose debtor was not told by a day: outside relance on it or before, or by what was sent to him before it.

    `written` is what was sent that can be read again: the day, and the invoices.
    """
    said = {name for day, names in written if day < on for name in names}
    found = ((invoice, assignment) for invoice in invoices if (assignment := assignment_of(invoice)) is not None)
    return tuple((invoice, each) for invoice, each in found if invoice.id not in said and (each.told is None or each.told > on))
