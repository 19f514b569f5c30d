"""Histories in which the house does its part at once: what is due is approved, sent and done on its day. Only the debtor, the court and the post vary.

They are the histories that `relance preview` and a test file tell by their events alone. One or two playbooks go along them in lock step. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from relance.interpreter.compiled import CompiledPlaybook
from relance.model import Channel, Decision, Step
from relance.proof import ladder_state, world
from relance.proof.ladder_state import LadderState
from relance.proof.walk import Moment, Walk
from relance.proof.world import Happening, World

_DAY = timedelta(days=1)
#: For how long a history is played on after its last happening.
PLAYED = timedelta(days=420)


class Parting(NamedTuple):
    """A step that leaves on a day: in which order of its own, by which channels."""

    on: date
    step: Step
    occurrence: int
    channels: tuple[Channel, ...]


class HistoryDay(NamedTuple):
    """A day of a history: what has happened so far, where each ladder stands before its run, and what each decides."""

    on: date
    happened: tuple[Happening, ...]
    moments: tuple[Moment, ...]
    decisions: tuple[Decision, ...]


def carried_out(plan: CompiledPlaybook, ladder: LadderState, decision: Decision, on: date) -> LadderState:
    """Return a ladder once a step that is due was emitted, approved, sent and done, all on one day."""
    assert decision.step is not None
    index = plan.by_id[decision.step.id]
    made = ladder_state.emitted(plan, ladder, index, decision.occurrence, decision.ways, on)
    made = ladder_state.approved(made, on) if made.draft is not None else made
    made = ladder_state.sent(plan, made, on) if made.pending is not None else made
    return ladder_state.reported(plan, made, index, on) if made.out[index] is not None else made


def history_days(walks: Sequence[Walk], most: int, over: Callable[[HistoryDay], bool] = lambda _: False) -> Iterator[HistoryDay]:
    """Yield the days of all histories, those with the fewest happenings first, until so many were seen, or but those after a day that is `over`.

    The worlds of the walks are one.
    """
    moments = tuple(Moment(walk.start, World(), ladder_state.beginning(walk.plan), ()) for walk in walks)
    known: set[Hashable] = {_key(walks, moments)}
    queue: deque[tuple[Moment, ...]] = deque([moments])
    nexts: deque[tuple[Moment, ...]] = deque()
    for _ in range(most):
        if not queue:
            queue, nexts = nexts, deque()
        if not queue:
            return
        moments = queue.popleft()
        decisions = tuple(walk.decision(moment) for walk, moment in zip(walks, moments, strict=True))
        first = moments[0]
        day = HistoryDay(first.on, first.world.happened, moments, decisions)
        yield day
        if over(day):
            continue
        for new in _happenings(walks, moments):
            after = world.after(first.world, new)
            _add(walks, tuple(moment._replace(world=after) for moment in moments), known, nexts)
        ran = tuple(_ran(walk, moment, decision) for walk, moment, decision in zip(walks, moments, decisions, strict=True))
        for next_day in {first.on + _DAY, min(walk.next_day(moment) for walk, moment in zip(walks, ran, strict=True))}:
            _add(walks, tuple(moment._replace(on=next_day) for moment in ran), known, queue)


def _happenings(walks: Sequence[Walk], moments: Sequence[Moment]) -> Iterator[Happening]:
    found: dict[Happening, None] = {}
    for walk, moment in zip(walks, moments, strict=True):
        found |= dict.fromkeys(walk.happenings(moment))
    yield from found


def _ran(walk: Walk, moment: Moment, decision: Decision) -> Moment:
    return moment if decision.step is None else moment._replace(ladder=carried_out(walk.plan, moment.ladder, decision, moment.on))


def _key(walks: Sequence[Walk], moments: Sequence[Moment]) -> Hashable:
    return tuple(walk.key(moment) for walk, moment in zip(walks, moments, strict=True))


def _add(walks: Sequence[Walk], moments: tuple[Moment, ...], known: set[Hashable], queue: deque[tuple[Moment, ...]]) -> None:
    key = _key(walks, moments)
    if key not in known:
        known.add(key)
        queue.append(moments)


def played_out(walk: Walk, happened: Sequence[Happening]) -> tuple[Parting, ...]:
    """Return what leaves in a history, to the end: nothing more happens."""
    moment, left = Moment(walk.start, World(), ladder_state.beginning(walk.plan), ()), list(happened)
    end = max([walk.claim.invoice.due, *(each.on for each in left)]) + PLAYED
    found: list[Parting] = []
    while moment.on <= end:
        while left and left[0].on <= moment.on:
            moment = moment._replace(world=world.after(moment.world, left.pop(0)))
        decision = walk.decision(moment)
        if decision.step is not None:
            found.append(Parting(moment.on, decision.step, decision.occurrence, tuple(way.channel for way in decision.ways)))
        moment = _ran(walk, moment, decision)
        coming = [each.on for each in left[:1]]
        nothing = decision.step is None and decision.next is None and not coming
        moment = moment._replace(on=min([walk.next_day(moment), *coming]) if not nothing or walk.stirs(moment) else end + _DAY)
    return tuple(found)


