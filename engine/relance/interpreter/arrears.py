"""What a step asks: all that is open and due of its invoices, or what is missing of the plans in force on them.

The step says which (`asks`); a wording prints it, the payment code, the journal and whoever reads it later have the same figure. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from relance.interpreter.amounts_asked import asked
from relance.interpreter.balance import ZERO
from relance.interpreter.case_history import case_history, instalments_of
from relance.interpreter.invoice_state import InvoiceState
from relance.interpreter.snapshot import CaseSnapshot
from relance.model import Asks, Charge, Claimed, Step


def asked_by(unit: CaseSnapshot, step: Step, of: Collection[str]) -> Claimed:
    """Return what a step asks today of the invoices named: where it asks the arrears of a plan and one is in force on them, those alone."""
    return asked_as(unit, step.asks, step.claim, of)


def asked_as(unit: CaseSnapshot, asks: Asks, kinds: Collection[Charge], of: Collection[str]) -> Claimed:
    """Return what is asked today of the invoices named, with the charges of these `kinds`; beside the arrears of a plan nothing is."""
    shares = arrears(unit) if asks is Asks.ARREARS else {}
    if not shares.keys() & set(of):
        return asked(unit, kinds, of)
    found = asked(unit, (), of)
    invoices = tuple(replace(each, arrears=shares.get(each.invoice, ZERO)) for each in found.invoices)
    whole = sum((shares.get(each.invoice, ZERO) for each in found.invoices), ZERO)
    return replace(found, total=whole, arrears=whole, invoices=invoices)


def arrears(unit: CaseSnapshot) -> dict[str, Decimal]:
    """Return what is missing today of the plans in force on a debtor's invoices, by invoice; one that no plan is about is not in it.

    A plan's missing instalments fall on the invoices that it is about, the oldest due date first, each up to what is open and undisputed of it:
    whatever messages these invoices travel in, together they ask what is missing, and none asks more than is owed.
    """
    today = unit.today
    standing = sorted(
        (each for each in today.standings.values() if each.invoice.currency == unit.case.currency), key=lambda each: (each.invoice.due, each.invoice.id)
    )
    past = case_history(today.facts, today.on, [each.invoice for each in standing])
    found: dict[str, Decimal] = {}
    for plan in past.plans:
        missing = sum((part.missing for part in instalments_of(plan, today.on) if part.late), ZERO)
        found |= _shared(missing, [each for each in standing if past.plan_of.get(each.invoice.id) is not None and past.plan_of[each.invoice.id].event == plan.event])
    return found


def _shared(missing: Decimal, among: Sequence[InvoiceState]) -> Iterable[tuple[str, Decimal]]:
    for each in among:
        share = min(each.undisputed, missing)
        missing -= share
        yield each.invoice.id, share


def same_sums(one: Claimed, other: Claimed) -> bool:
    """Say whether two days ask the same but for what grows from day to day: the principal, and what is missing of a plan."""
    return (one.principal, one.arrears) == (other.principal, other.arrears)
