"""Every situation that a ladder can come to, whatever the days and whatever happens: a small, finite set that holds each real history.

What is found here of no situation happens in no history: a promise that nothing breaks is proved, for every calendar and any number of happenings.
The other way about nothing is said: what breaks a promise here may have no real history, and the walk (`proof.walk`) has to find one. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from relance.dates import add
from relance.interpreter.compiled import CompiledPlaybook, compile_playbook
from relance.model import (
    CONTACT_CHANNELS,
    MANUAL_CHANNELS,
    POSTED_CHANNELS,
    Channel,
    Facts,
    Playbook,
    Reason,
    Status,
    StepKind,
)
from relance.proof import ladder_state
from relance.proof.any_day import ASKED, BEGUN, LATER, SINCE, TODAY, AnyDay, MayLeave
from relance.proof.any_world import kinds_of
from relance.proof.by_hand import ways_to_move
from relance.proof.in_time import InTime
from relance.proof.ladder_state import LadderState, Out
from relance.proof.promises import After, AtMost, Never, NotBefore, Observed, Promise, What, watched

#: A playbook with more situations than this is not decided; nor, where a case may be moved, with more than that.
MOST, MOST_MOVED = 8_000, 40_000


class Standpoint(NamedTuple):
    """Where a ladder stands without its days, the notices whose deadline is certainly over, and what the promises remember."""

    ladder: LadderState
    over: frozenset[int]
    watches: tuple[Hashable, ...]


@dataclass(slots=True)
class Reached:
    """What was reached: the ladders, the steps that may leave, the places of the promises that something may break. `whole`: there is no more."""

    ladders: set[LadderState] = field(default_factory=set)
    leaves: set[str] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)
    follows: set[tuple[str, str]] = field(default_factory=set)
    instead: set[tuple[str, str]] = field(default_factory=set)  # step, channel for want of which it left by another
    truths: set[tuple[int, bool]] = field(default_factory=set)  # condition, and what it was
    kept_back: dict[str, Reason] = field(default_factory=dict)  # of each step that never leaves, what keeps it most often
    situations: int = 0
    whole: bool = True


class Reach:
    """The search under way. Of promises that count days, `AtMost` is asked of the contact rules, `After` of the dates of the steps."""

    def __init__(self, playbook: Playbook, facts: Facts, sums: tuple[Decimal, ...], promises: Sequence[Promise], *, moved: bool = False, most: int | None = None) -> None:
        """Begin a search of so many situations at `most`. Where a case is `moved`, a person may move it at any moment, and any number of times."""
        self.playbook, self.promises = playbook, tuple(promises)
        self.plan: CompiledPlaybook = compile_playbook(playbook)
        self.moves = tuple(ways_to_move(self.plan)) if moved else ()
        self.most = most or (MOST_MOVED if self.moves else MOST)
        asked = [what for each in promises for what in _asked(each)]
        by_hand = {rung.index for rung in self.plan.rungs for what in asked if rung.step.id in what.steps or rung.step.kind in what.kinds or what.channels & MANUAL_CHANNELS}
        self.any_day = AnyDay(self.plan, {channel for what in asked for channel in what.channels}, by_hand, moved=moved)
        words = frozenset(word for each in promises for word in each.words())
        self.kinds = kinds_of(playbook, self.plan, facts, sums, words)
        self.truths = tuple(dict.fromkeys(kind.truths for kind in self.kinds))
        self.states = {truths: tuple(kind.states for kind in self.kinds if kind.truths == truths) for truths in self.truths}
        self.told = frozenset(what.happens for each in promises for what in _asked(each) if what.happens is not None)
        self.kept = {place for place, each in enumerate(promises) if isinstance(each, AtMost) and kept_by_rules(self.plan, each)}
        self.in_time = {place: InTime(self.plan, each, self.any_day) for place, each in enumerate(promises) if isinstance(each, After)}
        self.found = Reached(doubtful={place for place, each in self.in_time.items() if moved or not each.can_be_proved}, whole=not self.any_day.unmodelled)

    def search(self) -> Reached:
        """Look until no new situation is found."""
        first = Standpoint(self.any_day.shape(ladder_state.beginning(self.plan)), frozenset(), tuple(each.begin() for each in self.promises))
        known, queue = {first}, deque([first])
        while queue:
            situation = queue.popleft()
            self.found.situations += 1
            if self.found.situations > self.most:
                self.found.whole = False
                break
            self.found.ladders.add(situation.ladder)
            self._doubt_what_comes(situation)
            for ladder, over, seen in self._moves(situation):
                watches = self._watched(situation.watches, seen)
                after = Standpoint(ladder, over, watches)
                if after not in known:
                    known.add(after)
                    queue.append(after)
        self.found.truths = {(place, bool(value)) for truths in self.truths for place, value in enumerate(truths)}
        self.found.truths |= {(place, True) for place, steps in self.plan.ladder if any(self.plan.rungs[step].step.id in self.found.leaves for step in steps)}
        self.found.kept_back = {step: why.most_common(1)[0][0] for step, why in self.any_day.kept_back.items() if step not in self.found.leaves}
        return self.found

    def _watched(self, watches: tuple[Hashable, ...], seen: Sequence[Observed]) -> tuple[Hashable, ...]:
        for each in seen:
            made = []
            for place, (promise, memory) in enumerate(zip(self.promises, watches, strict=True)):
                if isinstance(promise, AtMost):
                    made.append(memory)
                    continue
                if isinstance(promise, After):
                    made.append(memory or self.in_time[place].came(each) or None)
                    continue
                kept, breaks = watched(promise, memory, each)
                made.append(kept)
                if breaks:
                    self.found.doubtful.add(place)
            watches = tuple(made)
        return watches

    def _doubt_what_comes(self, at: Standpoint) -> None:
        """Doubt a promise of what comes in time where it has not come, and may not on a morning that nothing excuses."""
        for place, asked in self.in_time.items():
            if place not in self.found.doubtful and not at.watches[place] and not asked.holds(self.kinds, at.ladder, at.over):
                self.found.doubtful.add(place)

    def _moves(self, at: Standpoint) -> Iterator[tuple[LadderState, frozenset[int], tuple[Observed, ...]]]:
        for ladder, over, seen in self._taken(at):
            short = self.any_day.shape(ladder)
            yield short, self.any_day.still_over(short, over), seen

    def _taken(self, at: Standpoint) -> Iterator[tuple[LadderState, frozenset[int], tuple[Observed, ...]]]:
        ladder = at.ladder
        for move in self.moves:  # a notice for which one sent before stands gives its time anew
            there = ladder_state.moved(self.plan, ladder, move.place, BEGUN, served=move.served is not None)
            yield there, at.over - {move.place}, (self._seen(ladder, at.over, frozenset(), moved=True, served=move.served),)
        for kind in self.told:
            for states in {each.states for each in self.kinds} | {frozenset[str]()}:
                yield ladder, at.over, (self._seen(ladder, at.over, states, happened=kind),)
        if ladder.busy is None:
            yield from self._run(at)
        else:
            yield from self._released(at)
            yield ladder_state.withdrawn(ladder), at.over, ()
            yield ladder_state.skipped(ladder, ladder.busy, BEGUN), at.over, self._passed(at, ladder.busy)
        for index, made in self._tasks(ladder):
            ladder = at.ladder._replace(out=tuple(made if index == place else out for place, out in enumerate(at.ladder.out)))
            by_hand = tuple(channel for channel in made.channels if channel in MANUAL_CHANNELS)
            after = ladder_state.reported(self.plan, ladder, index, BEGUN)
            if Channel.CALL not in by_hand:
                again = not ladder.records[index].executed or self.plan.rungs[index].recurs  # what was sent already gives no time anew by its task
                yield after, at.over - {index} if again else at.over, (self._seen(ladder, at.over, frozenset(), step=self.plan.rungs[index].step, channels=by_hand),)
            else:
                yield from ((after, over - {index}, seen) for over, seen in self._again(at, index, by_hand))
            yield ladder_state.skipped(ladder, index, BEGUN), at.over, self._passed(at, index)

    def _tasks(self, ladder: LadderState) -> Iterator[tuple[int, Out]]:
        """List the calls and tasks that are out; where a case is moved, all that may be, but of a step that hands over or goes to court."""
        yield from ((index, made) for index, made in enumerate(ladder.out) if made is not None)
        for rung, occurrence in product(self.plan.rungs if self.moves else (), (1, 2)):
            ways = {channel for channel, reach, _, _ in rung.ways if reach >= 0 or channel in MANUAL_CHANNELS} | {other for _, other in rung.step.fallback}
            if ways and not rung.ends:
                yield rung.index, Out(BEGUN, occurrence, (Channel.TASK,))
            if Channel.CALL in ways and not rung.ends:
                yield rung.index, Out(BEGUN, occurrence, (Channel.CALL,))

    def _passed(self, at: Standpoint, index: int) -> tuple[Observed, ...]:
        return (self._seen(at.ladder, at.over, frozenset(), passed=self.plan.rungs[index].step),)

    def _run(self, at: Standpoint) -> Iterator[tuple[LadderState, frozenset[int], tuple[Observed, ...]]]:
        before = self._stands(at.ladder)
        for truths in self.truths:
            for found in self.any_day.possible(truths, at.ladder, at.over):
                decision = found.decision
                assert decision.step is not None
                index = self.plan.by_id[decision.step.id]
                self.found.leaves.add(decision.step.id)
                used = {way.channel for way in decision.ways}
                self.found.instead |= {(decision.step.id, channel) for channel, other in decision.step.fallback if channel not in used and other in used}
                self.found.follows.add((before, decision.step.id))
                self._count(truths, at.ladder, found)
                made = ladder_state.emitted(self.plan, at.ladder, index, decision.occurrence, decision.ways, BEGUN)
                handed = made.handed and not at.ladder.handed
                for states in self.states[truths]:
                    seen = (self._seen(at.ladder, found.over, states, step=decision.step, channels=(Channel.HANDOVER,)),) if handed else ()
                    yield made, found.over - {index}, seen
            rests = [each for each in self.any_day.rests(truths, at.ladder) if each.status is Status.WAITING and each.next is None and each.reason.name != "below_min_balance"]
            if rests and not any(at.ladder.out):
                yield at.ladder, at.over, (self._seen(at.ladder, at.over, self.states[truths][0], over=True, told=False),)

    def _released(self, at: Standpoint) -> Iterator[tuple[LadderState, frozenset[int], tuple[Observed, ...]]]:
        """Approve a draft, or send a message, where the playbook would ask for it again today."""
        ladder, index = at.ladder, at.ladder.busy
        assert index is not None
        assert ladder.waits is not None
        if ladder.draft is None:
            channels = tuple(channel for channel in ladder.waits.channels if channel in POSTED_CHANNELS)
            after = ladder_state.sent(self.plan, ladder, BEGUN)
            yield from ((after, over - {index}, seen) for over, seen in self._again(at, index, channels))
            return
        after = ladder_state.approved(ladder, BEGUN)
        handed = Channel.HANDOVER in ladder.waits.channels
        for over, seen in self._again(at, index, (Channel.HANDOVER,)):
            yield after, over - {index} if handed else over, seen if handed else ()

    def _again(self, at: Standpoint, index: int, channels: tuple[Channel, ...]) -> Iterator[tuple[frozenset[int], tuple[Observed, ...]]]:
        """Yield what is known and seen where a step that waits is still asked for."""
        bare = ladder_state.withdrawn(at.ladder)._replace(out=(None,) * len(at.ladder.out))
        step = self.plan.rungs[index].step
        for truths in self.truths:
            overs = {found.over for found in self.any_day.possible(truths, bare, at.over) if found.decision.step is step}
            for over in overs:
                for states in self.states[truths]:
                    yield over, (self._seen(at.ladder, over, states, step=step, channels=channels),)

    def _count(self, truths: tuple[bool | None, ...], ladder: LadderState, found: MayLeave) -> None:
        """Doubt a promise of so many contacts where the contact rules of the playbook do not keep it."""
        for place, promise in enumerate(self.promises):
            if not isinstance(promise, AtMost) or place in self.found.doubtful:
                continue
            asked = _counted(promise)
            if place not in self.kept or (any(way.channel in asked for way in found.decision.ways) and not self.any_day.limited(truths, ladder, found, asked)):
                self.found.doubtful.add(place)

    def _seen(self, ladder: LadderState, past: frozenset[int], states: frozenset[str], **more: object) -> Observed:
        words = {"awaiting_approval"} if ladder.draft is not None else set[str]()
        words |= {"awaiting_sending"} if ladder.pending is not None else set[str]()
        words |= {"handed_over"} if ladder.handed else set[str]()
        served = [rung.index for rung in self.plan.rungs if rung.step.kind is StepKind.FORMAL_NOTICE and rung.grants is not None and (done := ladder.done[rung.index]) is not None and not done.skipped]
        granted: date | None = None if not served else SINCE if past.issuperset(served) else LATER
        return Observed(TODAY, states | words, BEGUN, granted=granted, **more)  # type: ignore[arg-type]  # its own fields

    def _stands(self, ladder: LadderState) -> str:
        position = max((index for index, done in enumerate(ladder.done) if done is not None), default=-1)
        return "" if position < 0 else self.plan.rungs[position].step.id


def kept_by_rules(plan: CompiledPlaybook, promise: AtMost) -> bool:
    """Say whether a playbook's own contact rules allow no more than a promise does: the calendar was asked for every day of four years."""
    asked = _counted(promise)
    return bool(asked) and any(
        limit.most <= promise.number
        and (not limit.channels or asked <= limit.channels)
        and all(limit.opens(day) >= add(day, promise.within, promise.calendar) for day in ASKED)
        for limit in plan.limits
    )


def _counted(promise: AtMost) -> frozenset[Channel]:
    """Return the channels by which a promise counts contacts; none where it counts anything else."""
    if promise.what == What(contact=True):
        return CONTACT_CHANNELS
    channels = promise.what.channels
    return channels if promise.what == What(channels=channels) and channels <= CONTACT_CHANNELS else frozenset()


def _asked(promise: Promise) -> Iterator[What]:
    if isinstance(promise, Never):
        yield from (each for each in (promise.what, promise.since, promise.always) if each is not None)
    elif isinstance(promise, NotBefore):
        yield from (promise.what, promise.first)
    elif isinstance(promise, After):
        yield promise.what

