"""The interpreter: what is due for a case on a day, and why. Pure, and the only definition of the rules.

It sees a playbook, a view and a day; no YAML, file, clock, amount or table. docs/language.md 4 is its specification.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from relance.contact_room import room
from relance.interpreter.compiled import (
    DEADLINE,
    FROM_THE_START,
    GIVEN,
    PREVIOUS,
    STEP,
    WORLD,
    CompiledPlaybook,
    CompiledStep,
    OwnDate,
    at_place,
    compile_playbook,
)
from relance.interpreter.conditions import HOLDS, describe
from relance.interpreter.reasons import room_reason
from relance.interpreter.step_dates import anchor_day, expiry, last_said, own_date, position_of
from relance.interpreter.steps_done import with_steps_done
from relance.model import (
    Channel,
    Decision,
    Done,
    EntryPoint,
    Next,
    OnResume,
    Pace,
    Playbook,
    Reason,
    Status,
    StepKind,
    StepStatus,
    Verdict,
    View,
    Way,
)

_DAY = timedelta(days=1)
#: Why a step has no day yet: where that is true of every step, the ladder has not begun.
NOT_COME = frozenset({"no_anchor", "not_given"})


def decide(playbook: Playbook, view: View, on: date) -> Decision:
    """Say what this playbook asks of a case on a day."""
    return decide_by(compile_playbook(at_place(playbook, view.place)), view, on)


def decide_by(plan: CompiledPlaybook, view: View, on: date) -> Decision:
    """Say what a compiled playbook asks of a case on a day: docs/language.md 4, rules 1 to 5, in order."""
    playbook, view = plan.playbook, with_steps_done(plan, view)
    if view.barrier is not None:
        return _silent(plan, view, Status.STOPPED, Reason(view.barrier))
    for word, holds in plan.stops:
        if holds(view.truths) == HOLDS:
            return _silent(plan, view, Status.STOPPED, Reason("stopped", (word,)))
    if view.issued is not None and view.issued > on:
        return _silent(plan, view, Status.WAITING, Reason("not_issued", (view.issued,)))
    for word, holds in plan.holds:
        if holds(view.truths) == HOLDS:
            return _silent(plan, view, Status.HELD, Reason("held", (word, view.held_until)))
    if plan.worth is not None and not view.truths[plan.worth]:
        return _silent(plan, view, Status.WAITING, Reason("below_min_balance", (playbook.min_balance,)))
    if view.draft is not None:
        step = playbook.steps[view.draft].id
        return _silent(plan, view, Status.AWAITING_APPROVAL, Reason("draft", (step, view.draft_on)))
    if view.pending is not None and view.pending_on is not None:
        step = playbook.steps[view.pending].id
        return _silent(plan, view, Status.AWAITING_SENDING, Reason("pending", (step, view.pending_on, (on - view.pending_on).days)))
    return _climb(plan, view, on)


def _silent(plan: CompiledPlaybook, view: View, status: Status, reason: Reason) -> Decision:
    """Answer without reading the ladder: nothing is sent, and what was done is still said."""
    other = StepStatus.PASSED_OVER if status is Status.STOPPED else StepStatus.BLOCKED
    verdicts = tuple(
        _told(rung, done) if (done := view.done[rung.index]) is not None else Verdict(rung.step.id, other, None, reason)
        for rung in plan.rungs
    )
    return Decision(status, reason, verdicts)


def _told(rung: CompiledStep, done: Done) -> Verdict:
    if done.skipped:
        return Verdict(rung.step.id, StepStatus.SKIPPED, done.on, Reason("skipped"))
    return Verdict(rung.step.id, StepStatus.DONE, done.on, Reason("done", (done.times,)))


class Candidate(NamedTuple):
    """A step that may go, and the first day on which it may. `repeats`: the same once more, and not the answer to a new event."""

    on: date
    rung: CompiledStep
    occurrence: int
    reason: Reason
    ways: tuple[Way, ...]
    repeats: bool = False


def _climb(plan: CompiledPlaybook, view: View, on: date) -> Decision:
    """Rule 5: read the ladder. The first candidate whose date has come is the answer; a repeat gives way to a later step."""
    position = position_of(view)
    floor = _floor(plan, view, position)
    candidates: list[Candidate] = []
    verdicts: list[Verdict] = []
    for rung in plan.rungs:
        own = _floor(plan, view, position, granted=False) if rung.came_back else floor
        found = _standing(plan, view, on, rung, position, candidates) or _candidate(plan, view, on, rung, position, own)
        if isinstance(found, Candidate):
            candidates.append(found)
            found = Verdict(rung.step.id, StepStatus.WAITING, found.on, found.reason)
        verdicts.append(found)
    candidates = _entered(plan, view, on, candidates, position)
    chosen = _choose(plan, view, on, candidates)
    if candidates:
        answers = chosen is not None and _answers(view, chosen)
        lowest = chosen if chosen is not None and (answers or plan.playbook.pace is Pace.JUMP) else candidates[0]
        _pass_over(plan, verdicts, lowest.rung, "answered_first" if answers else "overtaken")
    if chosen is not None:
        return _due(on, chosen, verdicts)
    if candidates:
        first = min(candidates, key=lambda candidate: candidate.on)
        return Decision(Status.WAITING, first.reason, tuple(verdicts), Next(first.rung.step.id, first.on))
    if any(verdict.reason.name == "anchor_open" for verdict in verdicts):
        return Decision(Status.WAITING, Reason("task_open"), tuple(verdicts))
    if all(verdict.reason.name in NOT_COME for verdict in verdicts):
        return Decision(Status.WAITING, verdicts[0].reason, tuple(verdicts))
    return Decision(Status.FINISHED, Reason("finished"), tuple(verdicts))


def _candidate(plan: CompiledPlaybook, view: View, on: date, rung: CompiledStep, position: int, floor: tuple[date, Reason]) -> Candidate | Verdict:
    """Find the date of a candidate: the latest of the five of docs/language.md 4, with the one that decided as its reason."""
    when, reason = max(floor, _noticed(plan, view), key=lambda each: each[0]) if rung.ends else floor
    done = view.done[rung.index]
    repeats = done is not None and not _anew(view, rung, done)
    if done is not None and repeats:
        raw, own, text = done.on, rung.rolled(rung.again(done.on)) if rung.again else done.on, ""
    else:
        found = own_date(plan, view, rung, position)
        assert found is not None
        raw, own, text = found
    if own >= when:
        when = own
        reason = Reason("repeat", (raw,)) if repeats else Reason("at", (text, own if own != raw else None))
    by_at = rung.or_at is None or text != rung.or_at.text
    if done is None and plan.playbook.pace is Pace.KEEP and rung.anchor_kind in FROM_THE_START and by_at:
        kept = _kept(plan, view, rung, own)
        if kept is not None and kept[0] > when:
            when, reason = kept
    if when != own:
        when = rung.rolled(when)
    ways = ways_of(rung, view)
    if rung.contact and any(view.full):
        when, reason = _within_contact_rules(plan, view, rung, ways, when, reason)
    if when <= on and (opens := rung.rolled(on)) != on:
        when, reason = opens, Reason("closed_today", (on,))
    if not repeats and (late := _too_late(plan, view, rung, raw, own, when)) is not None:
        return Verdict(rung.step.id, StepStatus.EXPIRED, None, late)
    return Candidate(when, rung, 1 if done is None else done.times + 1, reason, ways, repeats)


def _standing(plan: CompiledPlaybook, view: View, on: date, rung: CompiledStep, position: int, before: list[Candidate]) -> Verdict | None:
    """Say why a step is no candidate, or return None when it is one. `before` are the candidates written before it."""
    index, step = rung.index, rung.step
    done = view.done[index]
    if done is not None and not _anew(view, rung, done):
        left = step.repeat is not None and index == position and not done.skipped
        left = left and (step.repeat.times is None or done.times < step.repeat.times)  # type: ignore[union-attr]  # tested the line above
        if not left or view.open[index] is not None:
            return _told(rung, done)
    elif view.open[index] is not None:
        if index < position:
            return Verdict(step.id, StepStatus.PASSED_OVER, None, Reason("superseded", (view.open[index],)))
        return Verdict(step.id, StepStatus.OPEN, view.open[index], Reason("open"))
    elif index < position and rung.anchor_kind != WORLD:
        return Verdict(step.id, StepStatus.PASSED_OVER, None, Reason("behind", (plan.rungs[position].step.id,)))
    elif (own := own_date(plan, view, rung, position)) is None:
        return _unanchored(plan, view, rung)
    elif (first := _goes_before(rung, before)) is not None:
        return Verdict(step.id, StepStatus.BLOCKED, None, Reason("after", (first.rung.step.id,)))
    elif rung.notices and all(_unserved(view, notice) for notice in rung.notices):
        waits = next((notice for notice in rung.notices if view.open[notice] is not None), None)
        reason = Reason("no_notice") if waits is None else Reason("anchor_open", (plan.rungs[waits].step.id,))
        return Verdict(step.id, StepStatus.BLOCKED, None, reason)
    else:
        for other in rung.after:
            if view.done[other] is None:
                return Verdict(step.id, StepStatus.BLOCKED, None, Reason("after", (plan.rungs[other].step.id,)))
        expired = _expired(plan, view, on, rung, own)
        if expired is not None:
            return expired
    if rung.condition is not None and (blame := rung.condition(view.truths)) != HOLDS:
        missing = view.truths[blame] is None
        name = "fact_missing" if missing else "condition"
        return Verdict(step.id, StepStatus.PASSED_OVER, None, Reason(name, (describe(plan.tests[blame]),)))
    return None


def _anew(view: View, rung: CompiledStep, done: Done) -> bool:
    """Say whether the event a step counts from has come again since: it is answered once for each, unless the step says `once`."""
    came = view.anchors[rung.anchor] if rung.anchor_kind == WORLD and not rung.step.once else None
    return came is not None and came > done.on


def _goes_before(rung: CompiledStep, before: list[Candidate]) -> Candidate | None:
    """Find the candidate written above that must go first: any, for a step that counts from `previous`; an answer, before a hand-over."""
    if rung.anchor_kind == PREVIOUS:
        return next((each for each in before if not each.repeats), None)
    return next((each for each in before if rung.ends and each.rung.anchor_kind == WORLD and not each.repeats), None)


def _unserved(view: View, index: int) -> bool:
    """Say that a step was not executed: to skip it is not to have sent it."""
    done = view.done[index]
    return done is None or done.skipped


def _unanchored(plan: CompiledPlaybook, view: View, rung: CompiledStep) -> Verdict:
    """Say why the day a step counts from has not come."""
    step = rung.step
    if rung.anchor_kind in (STEP, DEADLINE):
        name = plan.rungs[rung.anchor].step.id
        if view.open[rung.anchor] is not None:
            return Verdict(step.id, StepStatus.BLOCKED, None, Reason("anchor_open", (name,)))
        if view.done[rung.anchor] is not None:
            return Verdict(step.id, StepStatus.PASSED_OVER, None, Reason("not_served", (name,)))
    return Verdict(step.id, StepStatus.PASSED_OVER, None, Reason("not_given" if rung.anchor_kind == GIVEN else "no_anchor", (step.at.anchor,)))


def _expired(plan: CompiledPlaybook, view: View, on: date, rung: CompiledStep, dated: OwnDate) -> Verdict | None:
    raw, own, _ = dated
    end = expiry(view, rung, raw, own)
    if end is not None and on >= end:
        return Verdict(rung.step.id, StepStatus.EXPIRED, end, Reason("expired", (end,)))
    if plan.playbook.pace is Pace.DROP and own < on:
        return Verdict(rung.step.id, StepStatus.EXPIRED, own, Reason("dropped", (own,)))
    return None


def _too_late(plan: CompiledPlaybook, view: View, rung: CompiledStep, raw: date, own: date, when: date) -> Reason | None:
    """Say that a step cannot go any more, because what holds it back lasts until it has expired."""
    end = expiry(view, rung, raw, own)
    if end is not None and when >= end:
        return Reason("crowded_out", (when, end))
    if plan.playbook.pace is Pace.DROP and when > own:
        return Reason("crowded_out", (when, own))
    return None


def _floor(plan: CompiledPlaybook, view: View, position: int, *, granted: bool = True) -> tuple[date, Reason]:
    """Return the first day on which anything may go: one step a day, the deadline `granted`, the end of a hold."""
    floors = [(date.min, Reason("at"))]
    if view.last_move is not None:
        floors.append((view.last_move + _DAY, Reason("one_a_day", (view.last_move,))))
    for rung, done in last_said(plan, view, position):
        if granted and rung.grants is not None and not done.skipped:
            deadline = rung.grants(done.on)
            floors.append((deadline + _DAY, Reason("deadline", (rung.step.id, deadline))))
    if plan.playbook.on_resume is OnResume.RESTART and view.hold_ended is not None:
        floors.append((view.hold_ended + _DAY, Reason("resumed", (view.hold_ended,))))
    return max(floors, key=lambda floor: floor[0])


def _noticed(plan: CompiledPlaybook, view: View) -> tuple[date, Reason]:
    """Return the first day on which the debtor may be handed over or sued: after every deadline that a formal notice granted, under whatever playbook it was sent."""
    granted = [(view.granted + _DAY, Reason("granted", (view.granted,)))] if view.granted is not None else []
    for rung, done in zip(plan.rungs, view.done, strict=True):
        if rung.grants is not None and rung.step.kind is StepKind.FORMAL_NOTICE and done is not None and not done.skipped:
            deadline = rung.grants(done.on)
            granted.append((deadline + _DAY, Reason("deadline", (rung.step.id, deadline))))
    return max(granted, key=lambda each: each[0], default=(date.min, Reason("at")))


def _kept(plan: CompiledPlaybook, view: View, rung: CompiledStep, own: date) -> tuple[date, Reason] | None:
    """Pace keep: the last executed step with the same anchor, plus the distance between the two steps' own dates."""
    anchor = anchor_day(plan, view, rung.anchor_kind, rung.anchor, -1)
    if anchor is None:
        return None
    for other in reversed(plan.rungs[: rung.index]):
        done = view.done[other.index]
        if done is not None and (other.anchor_kind, other.anchor) == (rung.anchor_kind, rung.anchor):
            began = done.first or done.on  # a repeat does not push the steps after it
            return began + (own - other.own(anchor)[1]), Reason("spacing", (other.step.id, began))
    return None


def _within_contact_rules(plan: CompiledPlaybook, view: View, rung: CompiledStep, ways: tuple[Way, ...], when: date, reason: Reason) -> tuple[date, Reason]:
    for limit, since, opens in room(plan.limits, view.full, [way.channel for way in ways]):
        free = rung.rolled(opens)
        if free > when:
            when, reason = free, room_reason(limit, since)
    return when, reason


def ways_of(rung: CompiledStep, view: View) -> tuple[Way, ...]:
    """Choose the channels: the named one, else its fallback, else a task that says what is missing."""
    failed = view.failed[rung.index] if view.failed else frozenset()
    ways: dict[Channel, Way] = {}
    missing: list[str] = []
    for channel, reach, fallback, fallback_reach in rung.ways:
        if (reach < 0 or view.reachable[reach]) and channel not in failed:
            ways[channel] = Way(channel)
        elif fallback is not None and (fallback_reach < 0 or view.reachable[fallback_reach]) and fallback not in failed:
            ways.setdefault(fallback, Way(fallback))
        else:
            missing.append(channel)
    if missing:
        ways[Channel.TASK] = Way(Channel.TASK, ", ".join(missing))
    return tuple(ways.values())


def _entered(plan: CompiledPlaybook, view: View, on: date, candidates: list[Candidate], position: int) -> list[Candidate]:
    """Drop the steps below the one at which a case that arrives late enters (`entry: current`)."""
    if plan.playbook.entry is EntryPoint.FIRST or position >= 0:
        return candidates
    start = 0
    for at, candidate in enumerate(candidates):
        dated = own_date(plan, view, candidate.rung, position)
        if dated is not None and dated.own <= on:
            start = at
    return [candidate for at, candidate in enumerate(candidates) if at >= start or _answers(view, candidate)]


def _pass_over(plan: CompiledPlaybook, verdicts: list[Verdict], lowest: CompiledStep, why: str) -> None:
    """Say of the candidates below the one at which the case enters, to which it jumps, or which answers an event, that they will not go; an answer still will."""
    for index, verdict in enumerate(verdicts[: lowest.index]):
        if verdict.status is StepStatus.WAITING and plan.rungs[index].anchor_kind != WORLD:
            verdicts[index] = Verdict(verdict.step, StepStatus.PASSED_OVER, None, Reason(why, (lowest.step.id,)))


def _choose(plan: CompiledPlaybook, view: View, on: date, candidates: list[Candidate]) -> Candidate | None:
    """Pick among the candidates whose date has come: an answer, else the first, or by `pace: jump` the highest; a later step before a repeat."""
    come = [candidate for candidate in candidates if candidate.on <= on]
    if not come:
        return None
    if (answer := _first_answer(view, come)) is not None:
        return answer
    if plan.playbook.pace is Pace.JUMP:
        return come[-1]
    return next((candidate for candidate in come if not candidate.repeats), come[0])


def _answers(view: View, candidate: Candidate) -> bool:
    """Say whether a step writes to the debtor, or calls him, about an event that nothing has answered yet, and lets the case go on."""
    rung = candidate.rung
    return rung.anchor_kind == WORLD and view.anchors[rung.anchor] is not None and rung.contact and not rung.ends and not candidate.repeats


def _first_answer(view: View, come: list[Candidate]) -> Candidate | None:
    """Find the answer that goes before what is overdue, of several that to the latest event: not one that would leave behind a formal notice, or a step it must not overtake, that may go today."""
    answers = list[Candidate]()
    for candidate in come:
        if _answers(view, candidate):
            answers.append(candidate)
        elif candidate.rung.ends or candidate.rung.step.kind is StepKind.FORMAL_NOTICE:
            break
    return max(answers, key=lambda answer: view.anchors[answer.rung.anchor] or date.min, default=None)


def _due(on: date, chosen: Candidate, verdicts: list[Verdict]) -> Decision:
    step, grants = chosen.rung.step, chosen.rung.grants
    due = Verdict(step.id, StepStatus.DUE, on, chosen.reason)
    told = tuple(due if verdict.step == step.id else verdict for verdict in verdicts)
    deadline = None if grants is None else grants(on)
    return Decision(Status.DUE, chosen.reason, told, step=step, occurrence=chosen.occurrence, ways=chosen.ways, deadline=deadline)
