"""Every situation that a ladder can come to, whatever the days and whatever happens: a small, finite set that holds each real history.

What is found here of no situation happens in no history: a promise that nothing breaks is proved, for every calendar and any number of happenings.
The other way about nothing is said: what breaks a promise here may have no real history, and the walk (`proof.walk`) has to find one. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterator, Sequence
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
    Step,
)
from relance.proof import ladder_state
from relance.proof.any_day import ASKED, BEGUN, LATER, SINCE, TODAY, AnyDay, MayLeave, Watched
from relance.proof.any_world import kinds_of
from relance.proof.by_hand import ways_to_move
from relance.proof.in_time import InTime
from relance.proof.ladder_state import LadderState, Out
from relance.proof.promises import After, AtMost, Never, NotBefore, Observed, Promise, What, watched

#: A playbook with more situations than this is not decided; nor, where a case may be moved, with more than that. After the first few a coarse search is made, where many more wait.
MOST, MOST_MOVED, FEW = 8_000, 40_000, 2_000


class LadderPlace(NamedTuple):
    """Where a ladder stands without its days, and the notices whose deadline is certainly over."""

    ladder: LadderState
    over: frozenset[int]


class Standpoint(NamedTuple):
    """A situation: the number of where the ladder stands, and what the promises remember."""

    place: int
    watches: tuple[Hashable, ...]


#: Where a ladder comes to, the notices whose deadline is over then, and what is seen of it.
_Lead = tuple[LadderState, frozenset[int], Observed | None]


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

    def __init__(self, playbook: Playbook, facts: Facts, sums: tuple[Decimal, ...], promises: Sequence[Promise], *, moved: bool = False, coarse: bool = False, most: int | None = None) -> None:
        """Begin a search of so many situations at `most`. Where a case is `moved`, a person may move it at any moment, and any number of times.

        A `coarse` search tells fewer situations apart: it remembers no open task, but of a step that hands over, so that more may happen in it.
        """
        self.playbook, self.promises = playbook, tuple(promises)
        self.plan: CompiledPlaybook = compile_playbook(playbook)
        self.moves = tuple(ways_to_move(self.plan)) if moved else ()
        self.most = most or (MOST_MOVED if self.moves else MOST)
        asked = [what for each in promises for what in _asked(each)]
        self.any_day = AnyDay(self.plan, self._watched_of(asked), any_task=moved, coarse=coarse)
        words = frozenset(word for each in promises for word in each.words())
        self.kinds = kinds_of(playbook, self.plan, facts, sums, words)
        self.truths = tuple(dict.fromkeys(kind.truths for kind in self.kinds))
        self.states = {truths: tuple(kind.states for kind in self.kinds if kind.truths == truths) for truths in self.truths}
        self.told = frozenset(what.happens for each in promises for what in _asked(each) if what.happens is not None)
        self.kept = {place for place, each in enumerate(promises) if isinstance(each, AtMost) and kept_by_rules(self.plan, each)}
        self.counted = {place: _counted(each) for place, each in enumerate(promises) if isinstance(each, AtMost)}
        self.in_time = {place: InTime(self.plan, each, self.any_day) for place, each in enumerate(promises) if isinstance(each, After)}
        self.found = Reached(doubtful={place for place, each in self.in_time.items() if self.any_day.any_task or not each.can_be_proved}, whole=not self.any_day.unmodelled)
        self._places: list[LadderPlace] = []
        self._numbers: dict[LadderPlace, int] = {}
        self._leads: dict[int, tuple[tuple[int, Observed | None], ...]] = {}
        self._after: dict[tuple[tuple[Hashable, ...], int], tuple[Hashable, ...]] = {}
        self._known: dict[tuple[object, ...], Observed] = {}
        over = self.any_day.still_over(ladder_state.beginning(self.plan), self.any_day.granting_notices)
        first = Standpoint(self._place(self.any_day.shape(ladder_state.beginning(self.plan)), over), tuple(each.begin() for each in self.promises))
        self._met, self._queue = {first}, deque([first])

    def _watched_of(self, asked: Sequence[What]) -> Watched:
        channels = frozenset(channel for what in asked for channel in what.channels)
        by_hand = frozenset(rung.index for rung in self.plan.rungs for what in asked if rung.step.id in what.steps or rung.step.kind in what.kinds or what.channels & MANUAL_CHANNELS)
        held_back = [each.what for each in self.promises if isinstance(each, NotBefore) and each.expired]
        expiring = frozenset(rung.index for rung in self.plan.rungs for what in held_back if (not what.steps or rung.step.id in what.steps) and (not what.kinds or rung.step.kind in what.kinds))
        return Watched(channels, by_hand, expiring, any(isinstance(each, After) for each in self.promises))

    def search(self, most: int | None = None) -> Reached:
        """Look until no new situation is found, or so many were; to ask again is to go on. Where two of them differ in what is remembered alone, where they lead is asked once."""
        queue, most = self._queue, min(most or self.most, self.most)
        while queue and self.found.situations < most:
            at = queue.popleft()
            self.found.situations += 1
            self._doubt_what_comes(at)
            if (leads := self._leads.get(at.place)) is None:
                leads = self._leads[at.place] = tuple(self._moves(*self._places[at.place]))
            for place, seen in leads:
                after = Standpoint(place, at.watches if seen is None else self._watched(at.watches, seen))
                if after not in self._met:
                    self._met.add(after)
                    queue.append(after)
        self.found.whole = not queue and not self.any_day.unmodelled
        self.found.ladders = {self._places[place].ladder for place in self._leads}
        self.found.truths = {(place, bool(value)) for truths in self.truths for place, value in enumerate(truths)}
        self.found.truths |= {(place, True) for place, steps in self.plan.ladder if any(self.plan.rungs[step].step.id in self.found.leaves for step in steps)}
        self.found.kept_back = {step: why.most_common(1)[0][0] for step, why in self.any_day.kept_back.items() if step not in self.found.leaves}
        return self.found

    @property
    def grows(self) -> bool:
        """Whether more situations wait than half as many as were looked at, so that there may be very many."""
        return 2 * len(self._queue) > self.found.situations

    def _place(self, ladder: LadderState, over: frozenset[int]) -> int:
        """Give a ladder and the notices whose deadline is over a number, so that they are compared once."""
        where = LadderPlace(ladder, over)
        if (place := self._numbers.get(where)) is None:
            place = self._numbers[where] = len(self._places)
            self._places.append(where)
        return place

    def _watched(self, watches: tuple[Hashable, ...], seen: Observed) -> tuple[Hashable, ...]:
        key = watches, id(seen)  # what was seen is kept, and there is one of each
        if (after := self._after.get(key)) is None:
            after = self._after[key] = tuple(self._remembered(watches, seen))
        return after

    def _remembered(self, watches: tuple[Hashable, ...], seen: Observed) -> Iterator[Hashable]:
        for place, (promise, memory) in enumerate(zip(self.promises, watches, strict=True)):
            if isinstance(promise, AtMost):
                yield memory
            elif isinstance(promise, After):
                yield memory or self.in_time[place].came(seen) or None
            else:
                kept, breaks = watched(promise, memory, seen)
                yield kept
                if breaks:
                    self.found.doubtful.add(place)

    def _doubt_what_comes(self, at: Standpoint) -> None:
        """Doubt a promise of what comes in time where it has not come, and may not on a morning that nothing excuses."""
        for place, asked in self.in_time.items():
            if place not in self.found.doubtful and not at.watches[place] and not asked.holds(self.kinds, *self._places[at.place]):
                self.found.doubtful.add(place)

    def _moves(self, ladder: LadderState, over: frozenset[int]) -> Iterator[tuple[int, Observed | None]]:
        """List where a ladder may come to, and what is seen of it, each once."""
        found: dict[tuple[int, int], tuple[int, Observed | None]] = {}
        led, short = None, ladder
        for after, past, seen in self._taken(LadderPlace(ladder, over)):
            if after is not led:  # several things may be seen of one
                led, short = after, self.any_day.shape(after)
            place = self._place(short, self.any_day.still_over(short, past))
            found[place, id(seen)] = place, seen
        yield from found.values()

    def _taken(self, at: LadderPlace) -> Iterator[_Lead]:
        ladder, over = at
        for move in self.moves:  # a notice for which one sent before stands gives its time anew
            there = ladder_state.moved(self.plan, ladder, move.place, BEGUN, served=move.served is not None)
            yield there, over - {move.place}, self._seen(ladder, over, moved=True, served=move.served)
        for kind in self.told:
            for states in {each.states for each in self.kinds} | {frozenset[str]()}:
                yield ladder, over, self._seen(ladder, over, states, happened=kind)
        if ladder.handed:  # it may be reopened
            yield ladder._replace(handed=False), over, None
        if ladder.busy is None:
            yield from self._run(at)
        else:
            yield from self._released(at)
            yield ladder_state.withdrawn(ladder), over, None
            yield ladder_state.skipped(ladder, ladder.busy, BEGUN), over, self._passed(at, ladder.busy)
        for index, made in self._tasks(ladder):
            ladder = at.ladder if at.ladder.out[index] is made else at.ladder._replace(out=(*at.ladder.out[:index], made, *at.ladder.out[index + 1 :]))
            by_hand = tuple(channel for channel in made.channels if channel in MANUAL_CHANNELS)
            after = ladder_state.reported(self.plan, ladder, index, BEGUN)
            if Channel.CALL not in by_hand:
                again = not ladder.records[index].executed or self.plan.rungs[index].recurs  # what was sent already gives no time anew by its task
                yield after, over - {index} if again else over, self._seen(ladder, over, step=self.plan.rungs[index].step, channels=by_hand)
            else:
                yield from ((after, past - {index}, seen) for past, seen in self._again(at, index, by_hand))
            yield ladder_state.skipped(ladder, index, BEGUN), over, self._passed(at, index)

    def _tasks(self, ladder: LadderState) -> Iterator[tuple[int, Out]]:
        """List the calls and tasks that are out; where a case is moved, all that may be, but of a step that hands over or goes to court."""
        yield from ((index, made) for index, made in enumerate(ladder.out) if made is not None)
        for rung, occurrence in product(self.plan.rungs if self.any_day.any_task else (), (1, 2)):
            if occurrence == 2 and not rung.recurs:
                continue
            ways = {channel for channel, reach, _, _ in rung.ways if reach >= 0 or channel in MANUAL_CHANNELS} | {other for _, other in rung.step.fallback}
            if ways and not rung.ends:
                yield rung.index, Out(BEGUN, occurrence, (Channel.TASK,))
            if Channel.CALL in ways and not rung.ends:
                yield rung.index, Out(BEGUN, occurrence, (Channel.CALL,))

    def _passed(self, at: LadderPlace, index: int) -> Observed:
        return self._seen(at.ladder, at.over, passed=self.plan.rungs[index].step)

    def _run(self, at: LadderPlace) -> Iterator[_Lead]:
        before = self._stands(at.ladder)
        for found, states in self._due(at.ladder, at.over):
            step = self.plan.rungs[found.place].step
            self.found.leaves.add(step.id)
            used = {way.channel for way in found.ways}
            self.found.instead |= {(step.id, channel) for channel, other in step.fallback if channel not in used and other in used}
            self.found.follows.add((before, step.id))
            made = ladder_state.emitted(self.plan, at.ladder, found.place, found.occurrence, found.ways, BEGUN)
            past = found.over - {found.place}
            if not made.handed or at.ladder.handed:
                yield made, past, None
                continue
            yield from ((made, past, self._seen(at.ladder, found.over, words, step=step, channels=(Channel.HANDOVER,))) for words in states)
        if not any(at.ladder.out):
            for truths in self.truths:
                rests = (each for each in self.any_day.rests(truths, at.ladder) if each.status is Status.WAITING and each.next is None and each.reason.name != "below_min_balance")
                if next(rests, None) is not None:
                    yield at.ladder, at.over, self._seen(at.ladder, at.over, self.states[truths][0], over=True)

    def _due(self, ladder: LadderState, over: frozenset[int]) -> Collection[tuple[MayLeave, dict[frozenset[str], None]]]:
        """List what may be due, and the words of the claims of which it may."""
        due: dict[MayLeave, dict[frozenset[str], None]] = {}
        for truths in self.truths:
            for found in self.any_day.possible(truths, ladder, over):
                self._count(truths, ladder, found)
                due.setdefault(found, {}).update(dict.fromkeys(self.states[truths]))
        return due.items()

    def _released(self, at: LadderPlace) -> Iterator[_Lead]:
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
            yield after, over - {index} if handed else over, seen if handed else None

    def _again(self, at: LadderPlace, index: int, channels: tuple[Channel, ...]) -> Iterator[tuple[frozenset[int], Observed]]:
        """Yield what is known and seen where a step that waits is still asked for."""
        bare = ladder_state.withdrawn(at.ladder)._replace(out=(None,) * len(at.ladder.out))
        step = self.plan.rungs[index].step
        asked: dict[tuple[frozenset[int], frozenset[str]], None] = {}
        for truths in self.truths:
            overs = {found.over for found in self.any_day.possible(truths, bare, at.over) if found.place == index}
            asked |= dict.fromkeys(product(overs, self.states[truths]))
        for over, states in asked:
            yield over, self._seen(at.ladder, over, states, step=step, channels=channels)

    def _count(self, truths: tuple[bool | None, ...], ladder: LadderState, found: MayLeave) -> None:
        """Doubt a promise of so many contacts where the contact rules of the playbook do not keep it."""
        for place, asked in self.counted.items():
            if place not in self.found.doubtful and (place not in self.kept or (any(way.channel in asked for way in found.ways) and not self.any_day.limited(truths, ladder, found, asked))):
                self.found.doubtful.add(place)

    def _seen(
        self,
        ladder: LadderState,
        past: frozenset[int],
        states: frozenset[str] = frozenset(),
        *,
        step: Step | None = None,
        passed: Step | None = None,
        served: Step | None = None,
        channels: tuple[Channel, ...] = (),
        happened: str | None = None,
        over: bool = False,
        moved: bool = False,
    ) -> Observed:
        """Return what is seen, the same object of what is alike."""
        words = {"awaiting_approval"} if ladder.draft is not None else set[str]()
        words |= {"awaiting_sending"} if ladder.pending is not None else set[str]()
        words |= {"handed_over"} if ladder.handed else set[str]()
        granting = self.any_day.granting_notices
        notices = granting if self.any_day.coarse else [index for index in granting if (done := ladder.done[index]) is not None and not done.skipped]
        granted: date | None = None if not notices else SINCE if past.issuperset(notices) else LATER
        key = states | words, granted, id(step), id(passed), id(served), channels, happened, over, moved
        if (seen := self._known.get(key)) is None:
            seen = self._known[key] = Observed(TODAY, states | words, BEGUN, step, channels, happened, granted, over=over, passed=passed, moved=moved, served=served)
        return seen

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

