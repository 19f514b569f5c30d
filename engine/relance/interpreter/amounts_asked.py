"""What is asked for a case on a day: the open, undisputed principal and what a step claims beside it, worked out by `law`.

Brings the case's claims and their movements into the shape the law wants; computes no interest itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from relance.interpreter.balance import ZERO, covers
from relance.interpreter.compiled import compile_playbook
from relance.interpreter.invoice_state import InvoiceState
from relance.interpreter.snapshot import CaseSnapshot
from relance.law.claims import Movement, Owed, allocation_of, bearers, claimed, owed_of
from relance.model import Charge, Claimed, Facts, StepKind

#: All that may be asked beside the principal; `law` leaves out what this debtor does not owe.
IN_FULL = (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY, Charge.CONTRACTUAL_PENALTY)


def asked(unit: CaseSnapshot, kinds: Collection[Charge]) -> Claimed:
    """Return what is asked today, for the invoices left in the case (or all of them when none is left)."""
    facts, on = unit.today.facts, unit.today.on
    standings = unit.left or unit.claims
    indemnified = bearers(facts.invoices, unit.today.balances.paid)
    stopped = insolvency_on(facts, standings, on)
    return claimed(
        kinds,
        [_owed(each, unit, indemnity=each.invoice.id in indemnified) for each in standings],
        on,
        currency=unit.case.currency,
        debtor_kind=facts.debtor.kind,
        creditor_kind=facts.creditor.kind,
        notice_on=notice_on(unit),
        insolvency_on=stopped,
        allocation=allocation_of(facts.creditor),
        judgment_known=any(event.data.get("judged_on") == stopped for event in facts.events if event.kind == "insolvency.opened"),
    )


def asked_in_full(unit: CaseSnapshot) -> Claimed:
    """Return all that this debtor could be asked today."""
    consumer = unit.today.facts.debtor.kind == "consumer"
    return asked(unit, (Charge.LEGAL_INTEREST,) if consumer else IN_FULL)


def notice_on(unit: CaseSnapshot) -> date | None:
    """Return the day of the first formal notice executed for one of the case's invoices, if there was one."""
    playbook = unit.today.playbook
    plan = compile_playbook(playbook)
    notices = {old for old, index in plan.by_id.items() if playbook.steps[index].kind is StepKind.FORMAL_NOTICE}
    named = {"", unit.case.id, *(invoice.id for invoice in unit.case.invoices)}
    days = [
        act.executed
        for act in unit.today.acts
        if act.executed is not None
        and act.case in named
        and (act.kind == StepKind.FORMAL_NOTICE or (act.playbook in ("", playbook.id) and act.step in notices))
    ]
    return min(days, default=None)


def insolvency_on(facts: Facts, standings: Iterable[InvoiceState], on: date) -> date | None:
    """Return the day of the judgment that stops interest on these claims, if there was one; that of its publication where the journal knows no more.

    The end of a procedure starts nothing anew for what was due before it (C. com. L622-28, L643-11); what falls due later is not touched.
    """
    oldest = min((each.invoice.due for each in standings), default=on)
    opened: date | None = None
    found: list[date] = []
    for event in facts.events:
        if event.on > on:
            break
        if not event.kind.startswith("insolvency.") or not any(covers(event, each.invoice) for each in standings):
            continue
        if event.kind == "insolvency.opened" and opened is None:
            opened = event.data.get("judged_on") or event.data.get("published_on", event.on)
        elif event.kind == "insolvency.closed" and opened is not None:
            found += [opened] if oldest < event.on else []
            opened = None
    return min([*found, *([opened] if opened is not None else [])], default=None)


def _owed(each: InvoiceState, unit: CaseSnapshot, *, indemnity: bool) -> Owed:
    state = unit.today.balances
    owed = owed_of(each.invoice, tuple(Movement(*movement) for movement in state.paid[each.invoice.id]), indemnity=indemnity)
    return replace(owed, amount=ZERO if owed.id in state.cancelled else owed.amount - (each.outstanding - each.undisputed))
