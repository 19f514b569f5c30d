"""What climbs a ladder: the one definition of which invoices make a case under a playbook.

Which invoices a playbook has is the routing's to say (`portfolio.routing.assign`); whoever asks about a case asks that, or this.
"""

from __future__ import annotations

from collections.abc import Iterable

from relance.model import Case, Facts, Invoice, Playbook, Unit


def cases_of(playbook: Playbook, facts: Facts, invoices: Iterable[Invoice]) -> tuple[Case, ...]:
    """Return the cases of these invoices, by the playbook's unit: each invoice, or each account (one a currency, named `debtor/currency`)."""
    if playbook.unit is Unit.INVOICE:
        return tuple(Case(invoice.id, facts, (invoice,), invoice.currency) for invoice in invoices)
    by_currency: dict[str, list[Invoice]] = {}
    for invoice in invoices:
        by_currency.setdefault(invoice.currency, []).append(invoice)
    return tuple(Case(f"{facts.debtor.id}/{code}", facts, tuple(some), code) for code, some in by_currency.items())


def cases(playbook: Playbook, facts: Facts) -> tuple[Case, ...]:
    """Return the cases of a debtor who is under this playbook with all he owes."""
    return cases_of(playbook, facts, facts.invoices)
