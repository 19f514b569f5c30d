"""What late payment costs a trader to recover: which instalment bears the 40 €, and what is asked beyond them on proof (C. com. L441-10 II).

Owns the complementary indemnity: what was spent beyond the 40 €, where something proves it. Refuses to weigh the proof: that is for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from relance.law.interest import ZERO
from relance.model import Invoice

#: What an instalment was paid beyond its amount, where the 40 € were in it.
_LEAST_INDEMNITY = Decimal(40)


def bearers(invoices: Iterable[Invoice], paid: Mapping[str, Iterable[tuple[date, Decimal, bool]]] = MappingProxyType({})) -> frozenset[str]:
    """Return the ids that may bear the 40 €: one for each invoice, so that of several instalments one alone does.

    Give every instalment there is, and what came in on each (day, amount, is a credit note): one paid in time bears nothing. Of the
    late ones it is the one that was paid with the 40 €; else the first of which something is open, so that they are still asked
    where the first instalment came late and without them; else the first.
    """
    late: dict[str, list[tuple[str, Decimal]]] = {}
    for invoice in sorted(invoices, key=lambda invoice: (invoice.due, invoice.id)):
        moved = tuple(paid.get(invoice.id, ()))
        if sum((amount for on, amount, _ in moved if on <= invoice.due), ZERO) < invoice.amount:
            over = sum((amount for _, amount, _ in moved), ZERO) - invoice.amount
            late.setdefault(invoice.document or invoice.id, []).append((invoice.id, over))
    found = []
    for instalments in late.values():
        with_it = [name for name, over in instalments if over >= _LEAST_INDEMNITY]
        still = [name for name, over in instalments if over < 0]
        found.append((*with_it, *still, instalments[0][0])[0])
    return frozenset(found)


def beyond_indemnity(costs: Decimal | None, proof: str, least: Decimal, invoice: str, notes: list[str]) -> Decimal:
    """Return what recovering an invoice cost beyond the indemnity it bears (`least`; nought: it bears none); `notes` get why nothing is asked.

    Costs without a proof are not asked: the law gives the complement "sur justification".
    """
    if costs is None or not least or costs <= least:
        return ZERO
    if not proof.strip():
        notes.append(f"no complementary indemnity is asked on {invoice}: nothing proves the costs (C. com. L441-10 II; terms: recovery_proof)")
        return ZERO
    return costs - least
