"""What is asked for a case on a day: of which invoices, their open, undisputed and due principal, and what a step claims beside it.

What is due is asked, and nothing else (C. civ. 1305-2: what has a term cannot be asked before it). Brings the case's invoices and
their movements into the shape the law wants; computes no interest itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from relance.interpreter.balance import ZERO
from relance.interpreter.invoice_state import InvoiceState
from relance.interpreter.newcomers import told_of
from relance.interpreter.notices import LeftNotice, noticed, notices_of
from relance.interpreter.scope import judged, stopped_on
from relance.interpreter.snapshot import CaseSnapshot
from relance.law.claims import Movement, Owed, allocation_of, claimed, owed_of
from relance.law.recovery_costs import bearers
from relance.law.regimes import foreign
from relance.model import Charge, Claimed, Step, Unit

_DAY = timedelta(days=1)
#: All that may be asked beside the principal; `law` leaves out what this debtor does not owe.
IN_FULL = (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY, Charge.CONTRACTUAL_PENALTY, Charge.COMPLEMENTARY_INDEMNITY)


def demanded(unit: CaseSnapshot, step: Step | None = None) -> tuple[InvoiceState, ...]:
    """Return the invoices whose sums are asked today, oldest due date first: of those left in the case, the ones whose due date is past.

    Before any is past it, a message announces: it speaks of what falls due with the invoice that carries the case. Where nothing is
    left in the case, the same of what is open of it, or of all of it. A `step` of an account asks what its debtor may have heard of.
    """
    pool = unit.left or [each for each in unit.claims if each.outstanding] or unit.claims
    last = max(unit.carrier.due, unit.today.on - _DAY)
    due = tuple(sorted((each for each in pool if each.invoice.due <= last), key=_oldest))
    return due if step is None or len(due) < 2 or unit.today.playbook.unit is not Unit.ACCOUNT else told_of(unit, step, due)


def to_come(unit: CaseSnapshot) -> tuple[InvoiceState, ...]:
    """Return the invoices left in the case that are not asked yet, oldest due date first: a wording may list them as such."""
    last = max(unit.carrier.due, unit.today.on - _DAY)
    return tuple(sorted((each for each in unit.left if each.invoice.due > last), key=_oldest))


def _oldest(each: InvoiceState) -> tuple[date, str]:
    return each.invoice.due, each.invoice.id


def asked(unit: CaseSnapshot, kinds: Collection[Charge], of: Collection[str] | None = None) -> Claimed:
    """Return what is asked today of the invoices a message of today is about, or of those named by `of`; `Claimed.invoices` says it one by one."""
    facts, on = unit.today.facts, unit.today.on
    about = demanded(unit) if of is None else tuple(sorted((each for each in unit.claims if each.invoice.id in of), key=_oldest))
    indemnified = bearers(facts.invoices, unit.today.balances.paid)
    notices = notices_of(unit.today.acts, facts, unit.today.playbook)
    stopped = stopped_on(facts.events, [each.invoice for each in about], on)
    return claimed(
        kinds,
        [_owed(each, unit, indemnity=each.invoice.id in indemnified, notice=notices.get(each.invoice.id)) for each in about],
        on,
        currency=unit.case.currency,
        debtor_kind=facts.debtor.kind,
        creditor_kind=facts.creditor.kind,
        abroad=foreign(facts.creditor, facts.debtor),
        insolvency_on=stopped,
        allocation=allocation_of(facts.creditor),
        judgment_known=any(event.data.get("judged_on") == stopped for event in facts.events if event.kind == "insolvency.opened"),
    )


def asked_in_full(unit: CaseSnapshot, of: Collection[str] | None = None) -> Claimed:
    """Return all that this debtor could be asked today, of what a message of today would be about or of the invoices named by `of`."""
    consumer = unit.today.facts.debtor.kind == "consumer"
    return asked(unit, (Charge.LEGAL_INTEREST,) if consumer else IN_FULL, of)


def _owed(each: InvoiceState, unit: CaseSnapshot, *, indemnity: bool, notice: LeftNotice | None) -> Owed:
    """Bring an invoice into the law's shape: its undisputed part, and what its plans say of the money and the interest of their days."""
    state, name = unit.today.balances, each.invoice.id
    serving = [plan for plan in each.plans if plan.on_principal]
    movements = [
        Movement(on, amount, credit, on_principal=any(plan.start <= on <= plan.end for plan in serving)) for on, amount, credit in state.paid[name]
    ]
    disputed = each.outstanding - each.undisputed
    amount = ZERO if name in state.cancelled else each.invoice.amount - state.written_off.get(name, ZERO) - disputed
    pauses = tuple((plan.start, plan.end) for plan in each.plans if plan.suspends)
    owed = replace(owed_of(each.invoice, movements, indemnity=indemnity), amount=amount, pauses=pauses)
    return judged(noticed(owed, notice, unit.today.facts.creditor), unit.today.facts, each.invoice, unit.today.on)
