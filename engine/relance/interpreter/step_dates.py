"""The days of a step: what its anchor gives, its own date, the day from which it has expired; and when a decision may change with the calendar alone.

`decide` asks for them, and so does whoever plays forward. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from relance.interpreter.compiled import (
    DEADLINE,
    DUE,
    GIVEN,
    ISSUED,
    PREVIOUS,
    WORLD,
    CompiledDate,
    CompiledPlaybook,
    CompiledStep,
    OwnDate,
)
from relance.model import Decision, Done, EntryPoint, Pace, StepKind, View

_DAY = timedelta(days=1)


def position_of(view: View) -> int:
    """Return the index of the highest step that was executed or skipped; -1 where none was."""
    return max((index for index, done in enumerate(view.done) if done is not None), default=-1)


def last_said(plan: CompiledPlaybook, view: View, position: int) -> list[tuple[CompiledStep, Done]]:
    """List what was last done: the step at which the ladder stands, and the answers to events, which may come after it."""
    wanted = [rung for rung in plan.rungs if rung.index == position or rung.anchor_kind == WORLD]
    return [(rung, done) for rung in wanted if (done := view.done[rung.index]) is not None]


def own_date(plan: CompiledPlaybook, view: View, rung: CompiledStep, position: int) -> OwnDate | None:
    """Return a step's own date: of `at` and `or_at` the earlier that is known, and not before `not_before` where that is; None when none has come."""
    day = view.due if rung.anchor_kind == DUE else anchor_day(plan, view, rung.anchor_kind, rung.anchor, position)
    found = None if day is None else rung.own(day)
    if rung.or_at is not None and (other := _dated(plan, view, rung.or_at, position)) is not None:
        found = other if found is None else min(found, other)
    if rung.not_before is not None and found is not None and (other := _dated(plan, view, rung.not_before, position)) is not None:
        found = max(found, other)
    return found


def _dated(plan: CompiledPlaybook, view: View, at: CompiledDate, position: int) -> OwnDate | None:
    day = anchor_day(plan, view, at.kind, at.anchor, position)
    return None if day is None else at.own(day)


def anchor_day(plan: CompiledPlaybook, view: View, kind: int, place: int, position: int) -> date | None:
    """Return the day of an anchor, or None when it has not come. A formal notice that was skipped is nothing to count from."""
    if kind == DUE:
        return view.due
    if kind == ISSUED:
        return view.issued
    if kind in (GIVEN, WORLD):
        return view.anchors[place]
    if kind == PREVIOUS:
        return max((done.on for _, done in last_said(plan, view, position)), default=None)
    done = view.done[place]
    if done is None or (done.skipped and plan.rungs[place].step.kind is StepKind.FORMAL_NOTICE):
        return None
    if kind == DEADLINE:
        grants = plan.rungs[place].grants
        return None if grants is None else grants(done.on)
    return done.on


def expiry(view: View, rung: CompiledStep, raw: date, own: date) -> date | None:
    """Return the first day on which a step is not sent any more; a step written before the due date expires on it."""
    if rung.expiry is not None:
        return rung.expiry(own)
    return view.due if raw < view.due else None


def turning_days(plan: CompiledPlaybook, view: View, decision: Decision, on: date) -> Iterator[date]:
    """Yield days after `on`, in no order, on which `decide` may say something else of the same view; on no day before the first of them does it.

    `decision` is what it says on `on`. No candidate expires or is held back anew before its own day, so that `Decision.next` bounds what may leave;
    besides, verdicts turn where an invoice is issued, where a step's own date has come (`entry: current`), is past (`pace: drop`), or has expired.
    """
    known = [view.issued, decision.next.on if decision.next is not None else None, *(verdict.on for verdict in decision.steps)]
    position = position_of(view)
    for rung in plan.rungs:
        if view.done[rung.index] is not None and not rung.recurs:
            continue
        dated = own_date(plan, view, rung, position)
        if dated is None:
            continue
        known.append(expiry(view, rung, dated.raw, dated.own))
        if plan.playbook.entry is EntryPoint.CURRENT:
            known.append(dated.own)
        if plan.playbook.pace is Pace.DROP:
            known.append(dated.own + _DAY)
    yield from (day for day in known if day is not None and day > on)
