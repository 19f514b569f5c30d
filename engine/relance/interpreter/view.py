"""Fold what is known of a case, up to a day, into the `View` a playbook needs. Pure; docs/language.md 3 to 5 say what counts.

This is the plain fold of single cases. The fold of whole tables must give the same views, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from relance.dates import add
from relance.interpreter.action_state import DUTY, ActionState
from relance.interpreter.amounts_asked import asked_in_full, demanded
from relance.interpreter.balance import ZERO
from relance.interpreter.compiled import WORLD, CompiledPlaybook, compile_playbook
from relance.interpreter.conditions import truth
from relance.interpreter.habit import usual_delay
from relance.interpreter.newcomers import of_its_ladder
from relance.interpreter.scope import covers, speaks_of
from relance.interpreter.snapshot import CaseSnapshot, Snapshot, case_today
from relance.law.places import postcode
from relance.model import OWN, STATE_FACTS, Case, Channel, Done, Duration, Playbook, StepKind, Test, Unit, View
from relance.own_fields import own_value


def observe(playbook: Playbook, case: Case, on: date, today: Snapshot | None = None) -> View:
    """Return what a playbook sees of a case on a day. `today` may be shared by the cases of one debtor."""
    plan = compile_playbook(playbook)
    today = today or Snapshot(playbook, case.facts, on)
    unit = case_today(case, today)
    done, open_, failed, last_move, draft, pending = _ladder(plan, unit)
    issued = unit.carrier.issued
    if not unit.claims:
        issued = min((invoice.issued for invoice in case.invoices if invoice.issued is not None), default=None)
    ends = [each.ended for each in unit.claims if each.ended is not None]
    return View(
        due=unit.carrier.due,
        issued=issued,
        anchors=tuple(_anchor(unit, name) for name in plan.anchors),
        truths=tuple(truth(test, _fact(test, unit), case.currency) for test in plan.tests),
        reachable=today.reachable,
        done=done,
        open=open_,
        failed=failed,
        draft=None if draft is None else plan.by_id.get(draft.step),
        draft_on=None if draft is None else draft.on,
        last_move=last_move,
        full=today.full,
        hold_ended=max(ends, default=None),
        held_until=_held_until(unit),
        barrier="closed" if "closed" in unit.states else today.barrier,
        pending=None if pending is None else plan.by_id.get(pending.step),
        pending_on=None if pending is None else pending.since,
        granted=_granted_elsewhere(playbook, unit),
        place=today.place,
    )


def _anchor(unit: CaseSnapshot, name: str) -> date | None:
    """Return the day of an anchor: what was given with the case, or the latest event of a kind."""
    match name:
        case "placed":
            return _once_due(unit, unit.carrier.placed)
        case "mandate":
            return _once_due(unit, unit.case.facts.creditor.mandate)
        case _:
            return max((day for each in unit.claims if (day := each.anchors.get(name))), default=None)


def _once_due(unit: CaseSnapshot, given: date | None) -> date | None:
    """Count what came before the debt was due from the due date: it is collected from then on."""
    return None if given is None else max(given, unit.carrier.due)


def _held_until(unit: CaseSnapshot) -> date | None:
    """Return the last day of what holds a case: of the first member of `hold_while` that is true, where that day is known."""
    words = (test.fact for test in unit.today.playbook.hold_while if isinstance(test, Test) and test.op == "is" and test.value is True)
    word = next((word for word in words if word in unit.states), None)
    return max((day for each in unit.claims if word in each.states and (day := each.until.get(word or "")) is not None), default=None)


Ladder = tuple[tuple[Done | None, ...], tuple[date | None, ...], tuple[frozenset[Channel], ...], date | None, ActionState | None, ActionState | None]


def _ladder(plan: CompiledPlaybook, unit: CaseSnapshot) -> Ladder:
    """Read the acts of a case: steps done, open, failed; its last move; its draft; its message that has not left."""
    playbook = plan.playbook
    account = playbook.unit is Unit.ACCOUNT
    named = {"", unit.case.id, *(invoice.id for invoice in unit.case.invoices)}
    mine = [act for act in unit.today.acts if act.case in named]
    last_move = max((act.moved for act in mine if not act.step.startswith(DUTY)), default=None)
    size = len(plan.rungs)
    if not mine and not unit.today.moves:
        nothing = (None,) * size
        return nothing, nothing, (frozenset[Channel](),) * size, None, None, None
    by_step: list[list[ActionState]] = [[] for _ in range(size)]
    draft = pending = None
    for act in mine:
        index = plan.by_id.get(act.step) if act.playbook in (playbook.id, "") else None
        if index is None:
            continue
        if act.waits:
            draft = act
        if act.pending:
            pending = act
        if not account or of_its_ladder(unit, act):
            by_step[index].append(act)
    done = tuple(_done(each) for each in by_step)
    moved = _moved(plan, unit)
    if moved is not None and done[moved[0]] is None:
        done = _at_position(plan, done, *moved, served=any(act.kind == StepKind.FORMAL_NOTICE and act.executed is not None for act in mine))
    open_ = tuple(max((act.on for act in each if act.open), default=None) for each in by_step)
    failed = tuple(frozenset(act.channel for act in each if act.failed) if each else frozenset() for each in by_step)
    return done, open_, failed, last_move, draft, pending


def _granted_elsewhere(playbook: Playbook, unit: CaseSnapshot) -> date | None:
    """Return the last day that a formal notice of the case gives which was sent under another playbook, before a person moved it."""
    if not unit.today.moves:
        return None
    named = {"", unit.case.id, *(invoice.id for invoice in unit.case.invoices)}
    notices = (act for act in unit.today.acts if act.case in named and act.playbook not in (playbook.id, "") and act.kind == StepKind.FORMAL_NOTICE)
    return max((act.deadline for act in notices if act.executed is not None and act.deadline is not None), default=None)


def _at_position(plan: CompiledPlaybook, done: tuple[Done | None, ...], position: int, on: date, *, served: bool) -> tuple[Done | None, ...]:
    """Let a case stand where a person moved it: the step counts as skipped by hand, and so do the answers to events written above it.

    A formal notice counts as executed where one was `served` under whatever playbook: the person says that it stands for this one.
    """
    notice = served and plan.rungs[position].step.kind is StepKind.FORMAL_NOTICE
    there = Done(on) if notice else Done(on, 0, skipped=True)
    past = Done(on, 0, skipped=True)
    above = tuple(past if each is None and rung.anchor_kind == WORLD else each for rung, each in zip(plan.rungs, done[:position], strict=False))
    return (*above, there, *done[position + 1 :])


def _done(made: Iterable[ActionState]) -> Done | None:
    """Say when a step was last executed or skipped, and how often. A call beside a letter does not delay it."""
    acted = [act for act in made if act.executed is not None or act.skipped is not None]
    if not acted:
        return None
    executed = [act for act in acted if act.executed is not None]
    last = max(act.occurrence for act in acted)
    if not any(act.occurrence == last for act in executed):
        return Done(max(act.skipped for act in acted if act.skipped is not None), last, skipped=True)
    days = [act for act in executed if act.occurrence == last]
    sent = [act for act in days if act.channel not in (Channel.CALL, Channel.TASK)] or days
    times = len({act.occurrence for act in executed})
    first = min(act.executed for act in executed if act.executed is not None) if times > 1 else None
    return Done(max(act.executed for act in sent if act.executed is not None), times, first=first)


def _moved(plan: CompiledPlaybook, unit: CaseSnapshot) -> tuple[int, date] | None:
    """Return the step a person moved the case to, with the day: it counts as executed, like a step skipped by hand."""
    for event in unit.today.moves:
        if covers(event, unit.carrier):
            position = event.data.get("position")
            if event.data["playbook"] == plan.playbook.id and position in plan.by_id:
                return plan.by_id[position], event.on
            return None
    return None


def _fact(test: Test, unit: CaseSnapshot) -> Any:
    """Return the value of the fact a test compares, or None when it is missing."""
    fact, today = test.fact, unit.today
    facts, debtor, on = today.facts, today.facts.debtor, today.on
    if fact in STATE_FACTS:
        return fact in unit.states
    if fact.startswith(OWN):
        return own_value(test, unit.carrier.fields)
    match fact:
        case "balance":
            return _sum(unit)
        case "asked":
            return sum((each.undisputed for each in demanded(unit)), ZERO) if unit.left else _sum(unit)
        case "overdue_balance":
            return sum((each.undisputed for each in unit.left if each.invoice.due < on), ZERO)
        case "total_claimed":
            return asked_in_full(unit).total
        case "original_amount":
            return sum((each.invoice.amount for each in (unit.left or unit.claims)), ZERO)
        case "due_on":
            return unit.carrier.due if unit.claims else None
        case "issued_on":
            return unit.carrier.issued if unit.claims else None
        case "days_overdue":
            return (on - unit.carrier.due).days if unit.claims else None
        case "unpaid_invoices":
            return sum(1 for each in today.standings.values() if each.outstanding and each.invoice.currency == unit.case.currency)
        case "broken_promises":
            return len(frozenset[tuple[date, int]]().union(*(each.broken_promises for each in unit.claims)))
        case "limitation_within":
            barred = min((each.barred for each in unit.left if each.barred is not None), default=None)
            assert isinstance(test.value, Duration)
            return None if barred is None else barred <= add(on, test.value, today.playbook.calendar)
        case "usual_delay":
            return usual_delay(facts, on)
        case "score":
            return debtor.score
        case "debtor":
            return debtor.kind
        case "profile":
            said = [e.data["profile"] for e in facts.events if e.kind == "profile.changed" and e.on <= on and covers(e, unit.carrier)]
            return said[-1] if said else debtor.profile
        case "country" | "language":
            return getattr(debtor, fact)
        case "creditor":
            return facts.creditor.id
        case "tag":
            return (*debtor.tags, *unit.carrier.tags)
        case "postcode":
            return None if (code := postcode(debtor.address)) is None else tuple(start for start in _words(test) if code.startswith(start))
        case "offered":
            return any(speaks_of(act, each.invoice, debtor.id) for act in today.acts if act.offer and act.executed is not None for each in unit.left or unit.claims)
        case "done":
            return None  # the interpreter reads it off the ladder
        case "reachable_by":
            return tuple(name for name in _words(test) if today.reaches(Channel(name)))
        case _:
            raise KeyError(fact)


def _words(test: Test) -> tuple[str, ...]:
    assert isinstance(test.value, tuple)
    return tuple(word for word in test.value if isinstance(word, str))


def _sum(unit: CaseSnapshot) -> Decimal:
    """Sum what may be chased: of the invoices left in the case, or of all of them when none is left."""
    return sum((each.undisputed for each in (unit.left or unit.claims)), ZERO)
