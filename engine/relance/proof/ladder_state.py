"""What a ladder did to a claim, in the words a view has for it, and what becomes of it when a message leaves, waits, comes back or is refused.

The same that `interpreter.view` reads from the journal's lines of actions; tests/proof hold the two together on drawn histories. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from relance.interpreter.compiled import DEADLINE, DUE, ISSUED, PREVIOUS, STEP, WORLD, CompiledPlaybook
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, Channel, Done, Pace, Repeat, View, Way
from relance.proof.horizons import Horizons

_NOTHING: frozenset[Channel] = frozenset()
_T = TypeVar("_T")


class LadderState(NamedTuple):
    """Where a ladder stands. `done`, `open` and `failed` go by step; `draft` and `pending` are steps; `contacts` the days that still count.

    `ways` are the channels of the step that is a draft or pending, or by which the last step left.
    """

    done: tuple[Done | None, ...]
    open: tuple[date | None, ...]
    failed: tuple[frozenset[Channel], ...]
    draft: int | None = None
    draft_on: date | None = None
    pending: int | None = None
    pending_on: date | None = None
    last: int | None = None
    last_move: date | None = None
    contacts: tuple[date, ...] = ()
    handed: bool = False
    ways: tuple[Channel, ...] = ()

    @property
    def busy(self) -> int | None:
        """The step on which the ladder waits for somebody."""
        return self.draft if self.draft is not None else self.pending


def beginning(plan: CompiledPlaybook) -> LadderState:
    """Return a ladder of which nothing was done."""
    size = len(plan.rungs)
    return LadderState((None,) * size, (None,) * size, (_NOTHING,) * size)


def view_of(plan: CompiledPlaybook, seen: View, ladder: LadderState, on: date) -> View:
    """Return what the playbook sees of a claim: of the world, `seen`, and of its own ladder."""
    contacts = ladder.contacts
    if ladder.pending is not None and any(channel in CONTACT_CHANNELS for channel in ladder.ways) and on not in contacts:
        contacts = (*contacts, on)
    most = plan.playbook.contact.max_contacts
    truths = seen.truths
    if ladder.handed:
        truths = tuple(
            (test.value is True) if test.fact == "handed_over" and test.op == "is" else truth
            for test, truth in zip(plan.tests, truths, strict=True)
        )
    return replace(
        seen,
        truths=truths,
        done=ladder.done,
        open=ladder.open,
        failed=ladder.failed,
        draft=ladder.draft,
        draft_on=ladder.draft_on,
        pending=ladder.pending,
        pending_on=ladder.pending_on,
        last_move=ladder.last_move,
        last_contact=contacts[-1] if contacts else None,
        full_since=contacts[-most] if most and len(contacts) >= most else None,
    )


def emitted(plan: CompiledPlaybook, ladder: LadderState, index: int, ways: tuple[Way, ...], on: date) -> LadderState:
    """Return the ladder once a step was decided and nothing has left yet: a draft, a message that is to leave, a call or task that is out."""
    channels = tuple(way.channel for way in ways)
    step = plan.rungs[index].step
    ladder = ladder._replace(ways=channels, last=index, last_move=on)
    if step.approval:
        return ladder._replace(draft=index, draft_on=on)
    return approved(ladder, index, on)


def approved(ladder: LadderState, index: int, on: date) -> LadderState:
    """Return the ladder once a step may leave: a hand-over has left by that, a call or task is out, a message waits to be sent."""
    ladder = ladder._replace(draft=None, draft_on=None)
    if any(channel in MANUAL_CHANNELS for channel in ladder.ways):
        ladder = ladder._replace(open=_put(ladder.open, index, on))
    if Channel.HANDOVER in ladder.ways:
        return _executed(ladder, index, on)
    if all(channel in MANUAL_CHANNELS for channel in ladder.ways):
        return ladder
    return ladder._replace(pending=index, pending_on=on)


def sent(plan: CompiledPlaybook, ladder: LadderState, on: date) -> LadderState:
    """Return the ladder once the message that was to leave has left."""
    assert ladder.pending is not None
    index = ladder.pending
    ladder = _executed(ladder._replace(pending=None, pending_on=None, last_move=on), index, on)
    contact = any(channel in CONTACT_CHANNELS - MANUAL_CHANNELS for channel in ladder.ways)
    return _contacted(plan, ladder, on) if contact else ladder


def reported(plan: CompiledPlaybook, ladder: LadderState, index: int, on: date) -> LadderState:
    """Return the ladder once somebody recorded the call or the task of a step."""
    step = plan.rungs[index].step
    rest = ladder._replace(open=_put(ladder.open, index, None))
    if ladder.done[index] is None or all(channel in MANUAL_CHANNELS for channel in step.channels):
        rest = _executed(rest, index, on)
    if step.approval:
        rest = rest._replace(last_move=on)
    return _contacted(plan, rest, on) if Channel.CALL in (*step.channels, *dict(step.fallback).values()) else rest


def withdrawn(ladder: LadderState) -> LadderState:
    """Return the ladder once the draft, or the message that was to leave, was taken back: the next run asks again."""
    return ladder._replace(draft=None, draft_on=None, pending=None, pending_on=None)


def skipped(ladder: LadderState, index: int, on: date) -> LadderState:
    """Return the ladder once a person passed over a step."""
    done = ladder.done[index]
    there = Done(on, done.times + 1 if done is not None else 1, skipped=True)
    ladder = withdrawn(ladder) if ladder.busy == index else ladder
    return ladder._replace(done=_put(ladder.done, index, there), open=_put(ladder.open, index, None), last_move=on)


def failed(ladder: LadderState, index: int) -> LadderState:
    """Return the ladder once a message that was to leave could not, by any of its channels."""
    lost = ladder.failed[index] | frozenset(ladder.ways) - MANUAL_CHANNELS
    return withdrawn(ladder)._replace(failed=_put(ladder.failed, index, lost))


def _executed(ladder: LadderState, index: int, on: date) -> LadderState:
    before = ladder.done[index]
    now = Done(on) if before is None else Done(on, before.times + 1, first=before.first or before.on)
    return ladder._replace(done=_put(ladder.done, index, now), handed=ladder.handed or Channel.HANDOVER in ladder.ways)


def _contacted(plan: CompiledPlaybook, ladder: LadderState, on: date) -> LadderState:
    kept = max(plan.playbook.contact.max_contacts or 0, 1)
    return ladder._replace(contacts=(*(day for day in ladder.contacts if day != on), on)[-kept:])


def _put(values: tuple[_T, ...], index: int, value: _T) -> tuple[_T, ...]:
    return (*values[:index], value, *values[index + 1 :])


def key(plan: CompiledPlaybook, known: Horizons, ladder: LadderState, on: date) -> tuple[object, ...]:
    """Return what of a ladder can still matter, whatever the day: of the steps from which something counts how long ago, of the others nothing."""
    position = position_of(ladder)
    reach = _reach(plan, known, ladder, position)
    done, opened, failed_ = [], [], []
    for rung in plan.rungs:
        index = rung.index
        each, matters = ladder.done[index], index in reach
        ahead = index > position or rung.anchor_kind == WORLD
        opened.append(ladder.open[index] is not None and (matters or ahead))
        failed_.append(ladder.failed[index] if ahead or index == position or rung.index == ladder.busy else _NOTHING)
        done.append(None if each is None or not matters else _told(each, reach[index], rung.step.repeat, on))
    waits = ladder.busy is not None or any(opened)
    stale = plan.playbook.withdraw_after is not None and ladder.pending_on is not None
    return (
        position, tuple(done), tuple(opened), tuple(failed_), ladder.draft, ladder.pending,
        (on - ladder.pending_on).days if stale and ladder.pending_on is not None else None,
        ladder.ways if waits else None, ladder.last_move == on,
        tuple((day - on).days for day in ladder.contacts if (on - day).days <= known.window), ladder.handed,
    )  # fmt: skip


def outline(plan: CompiledPlaybook, known: Horizons, ladder: LadderState) -> tuple[object, ...]:
    """Return what of a ladder matters but for its days: position, what was done of what other steps ask about, what is open, failed or waits."""
    position = position_of(ladder)
    reach = _reach(plan, known, ladder, position)
    done, opened, failed_ = [], [], []
    for rung in plan.rungs:
        index = rung.index
        each, ahead = ladder.done[index], index > position or rung.anchor_kind == WORLD
        opened.append(ladder.open[index] is not None and (index in reach or ahead))
        failed_.append(ladder.failed[index] if ahead or index in (position, ladder.busy) else _NOTHING)
        times = 0 if each is None or rung.step.repeat is None else min(each.times, rung.step.repeat.times or 1)
        done.append(None if each is None or index not in reach else (each.skipped, times))
    waits = ladder.busy is not None or any(opened)
    return position, tuple(done), tuple(opened), tuple(failed_), ladder.draft, ladder.pending, ladder.ways if waits else None, ladder.handed


def _told(done: Done, most: int, repeat: Repeat | None, on: date) -> tuple[object, ...]:
    times = 1 if repeat is None else min(done.times, repeat.times or 1)
    first = None if done.first is None or not most else max((done.first - on).days, -most)
    return max((done.on - on).days, -most) if most else 0, done.skipped, times, first


def _reach(plan: CompiledPlaybook, known: Horizons, ladder: LadderState, position: int) -> dict[int, int]:
    """Return for how many days something may still count from the day of each step; a step that is not named matters no more."""
    found: dict[int, int] = {}

    def counts(index: int, days: int) -> None:
        found[index] = max(found.get(index, 0), days)

    last_said = [rung.index for rung in plan.rungs if ladder.done[rung.index] is not None and (rung.index == position or rung.anchor_kind == WORLD)]
    for rung in plan.rungs:
        index, kind = rung.index, rung.anchor_kind
        if kind == WORLD:
            counts(index, known.anchors[rung.step.at.anchor])
        elif index <= position:
            continue
        for asked in (*rung.after, *rung.notices):
            counts(asked, 0)
        if kind == STEP:
            counts(rung.anchor, known.ahead[index])
        elif kind == DEADLINE:
            counts(rung.anchor, known.ahead[index] + known.grants[rung.anchor])
        elif kind == PREVIOUS:
            for said in last_said:
                counts(said, known.ahead[index])
        elif kind in (DUE, ISSUED) and (other := paced_by(plan, ladder, index)) is not None:
            counts(other, known.apart(other, index))
    for said in last_said:
        counts(said, max(known.grants[said] + 1 if known.grants[said] else 0, known.every[said]))
    return found


def paced_by(plan: CompiledPlaybook, ladder: LadderState, index: int) -> int | None:
    """Return the step that sets the pace of one by `pace: keep`: the last one done above it that has its anchor."""
    if plan.playbook.pace is not Pace.KEEP:
        return None
    kind = plan.rungs[index].anchor_kind
    return next((each.index for each in reversed(plan.rungs[:index]) if ladder.done[each.index] is not None and each.anchor_kind == kind), None)


def days_late(plan: CompiledPlaybook, known: Horizons, ladder: LadderState) -> int:
    """Return for how many days after the due date something still counts from it: not for a step whose pace another sets."""
    position = position_of(ladder)
    open_ = [known.rungs[index] for index in range(position + 1, len(plan.rungs)) if paced_by(plan, ladder, index) is None or plan.rungs[index].step.expires]
    return max([known.tested, *open_])


def position_of(ladder: LadderState) -> int:
    """Return the latest step of the file that was done, -1 where none was."""
    return max((index for index, done in enumerate(ladder.done) if done is not None), default=-1)
