"""Which invoices of an account its debtor was asked, and which joined it after its ladder began.

An agency asks an invoice only once its letter of CPCE R124-4 that names it has left and the time it grants is over; until then the
invoice gets that letter, and nothing else. Who writes in his own name first names no invoice that joined later in a formal notice, a hand-over or a step at law, unless the
step takes in `newcomers`; what was in the account from the start and fell due meanwhile is asked with the rest.
Where a formal notice left for the account, a hand-over or a step at law that follows it is about the invoices that a notice named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from relance.interpreter.action_state import ActionState
from relance.interpreter.compiled import at_place, compile_playbook
from relance.interpreter.invoice_state import InvoiceState
from relance.interpreter.notices import named_by, notices_of
from relance.interpreter.snapshot import CaseSnapshot
from relance.law.places import holiday_place
from relance.model import CONTACT_CHANNELS, Case, Invoice, Playbook, Step, StepKind, Unit

#: Kinds of step that follow a formal notice.
_AFTER_NOTICE = frozenset({StepKind.HANDOVER, StepKind.LEGAL})
#: Kinds of step that may not be the first that a debtor hears of an invoice.
_GRAVE = _AFTER_NOTICE | {StepKind.FORMAL_NOTICE}


def first_letter(playbook: Playbook) -> Step | None:
    """Return the step of an agency's account ladder that is its letter of R124-4: the first that reaches the debtor (PB310)."""
    if playbook.collector != "agency" or playbook.unit is not Unit.ACCOUNT:
        return None
    return next((step for step in playbook.steps if CONTACT_CHANNELS.intersection(step.channels)), None)


def told_of(unit: CaseSnapshot, step: Step, due: Sequence[InvoiceState]) -> tuple[InvoiceState, ...]:
    """Leave of the invoices of an account that are due those that a message of this step may ask; what carries the account is among them.

    But what follows a formal notice is about those that one named, and the letter of an agency's newcomers is about them alone.
    """
    letter, carrier = first_letter(unit.today.playbook), unit.carrier.id
    if step.kind in _AFTER_NOTICE and not step.newcomers:
        due = _given_notice(unit, due)
    if letter is step:
        named = _named(unit, letter) if carrier in _carried(unit, letter) else frozenset[str]()
        return tuple(each for each in due if each.invoice.id not in named) or tuple(due)
    if letter is not None:
        named = _named(unit, letter, over=True)
        return tuple(each for each in due if each.invoice.id in {*named, carrier})
    if step.kind not in _GRAVE or step.newcomers:
        return tuple(due)
    heard = {*_named(unit), *unit.today.given_notice, carrier}
    return tuple(each for each in due if each.invoice.id in heard or not _joined(unit, each.invoice))


def _given_notice(unit: CaseSnapshot, due: Sequence[InvoiceState]) -> Sequence[InvoiceState]:
    """Leave of some invoices those that a formal notice named; all of them where none of them got one."""
    noticed = notices_of(unit.today.acts, unit.today.facts, unit.today.playbook).keys()
    if noticed.isdisjoint(each.invoice.id for each in due):
        return due
    return tuple(each for each in due if each.invoice.id in noticed)


def unheard(unit: CaseSnapshot) -> Case | None:
    """Return the due invoices of an agency's account that its letter has not named, as a case of their own, once its ladder has begun."""
    letter = first_letter(unit.today.playbook)
    if letter is None or len(unit.left) < 2 or unit.carrier.id not in _carried(unit, letter):
        return None
    named, on = _named(unit, letter), unit.today.on
    fresh = tuple(each.invoice for each in unit.left if each.invoice.due < on and each.invoice.id not in named)
    return replace(unit.case, invoices=fresh) if fresh else None


def _named(unit: CaseSnapshot, step: Step | None = None, *, over: bool = False) -> frozenset[str]:
    """Return the invoices that messages which left have named: those of one step, or all that reached the debtor. `over`: whose time to pay is over."""
    today, found = unit.today, frozenset[str]()
    plan = compile_playbook(at_place(today.playbook, holiday_place(today.facts.debtor.address)))
    grants = plan.rungs[plan.by_id[step.id]].grants if over and step is not None else None
    for act in today.acts:
        counts = act.contact if step is None else act.executed if _is(act.step, act.playbook, step, today.playbook) else None
        if counts is not None and (grants is None or grants(counts) < today.on):
            found |= named_by(act, today.facts)
    return found


def _carried(unit: CaseSnapshot, step: Step) -> frozenset[str]:
    """Return the invoices that carried their account when a step was executed; of one that stands by what was asked before, all that the step named."""
    playbook, facts = unit.today.playbook, unit.today.facts
    acts = [act for act in unit.today.acts if act.executed is not None and _is(act.step, act.playbook, step, playbook)]
    named = frozenset[str]().union(*(named_by(act, facts) for act in acts)) if unit.standing_by else frozenset[str]()
    return named.union(act.carrier for act in acts)


def of_its_ladder(unit: CaseSnapshot, act: ActionState) -> bool:
    """Say whether an act counts for where an account stands: its present carrier carried it, or it asked what the account stands by."""
    if act.carrier in ("", unit.carrier.id):
        return True
    return bool(unit.standing_by) and not named_by(act, unit.today.facts).isdisjoint(unit.standing_by)


def _is(name: str, playbook: str, step: Step, own: Playbook) -> bool:
    return playbook in ("", own.id) and name in (step.id, *step.formerly)


def _joined(unit: CaseSnapshot, invoice: Invoice) -> bool:
    """Say whether an invoice that no message has named joined the account after its present ladder began.

    It was issued after the first message that left, or one of them was made when it was late and does not name it: it was not known then, or not to be asked.
    """
    made = [act for act in unit.today.acts if act.contact is not None and of_its_ladder(unit, act)]
    began = min((act.contact for act in made if act.contact is not None), default=None)
    return began is not None and ((invoice.issued is not None and invoice.issued > began) or any(act.on > invoice.due for act in made))
