"""The walk over every history of one claim: what may happen next, taken in all ways, until no new situation is found.

Time goes from change to change: a day on which the ladder's answer may change, the day after something was, and the day a promise runs out.
Situations that the interpreter and the promises cannot tell apart are walked from once. Histories come in the order of how much happens in
them from outside, so that the first that breaks a promise is the shortest. Pure and deterministic: the budget is a number of situations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from relance.dates import add
from relance.interpreter.cases import cases
from relance.interpreter.compiled import WORLD, CompiledPlaybook, compile_playbook
from relance.interpreter.decision import NOT_COME, decide
from relance.interpreter.snapshot import Snapshot, case_today
from relance.interpreter.view import observe
from relance.model import (
    MANUAL_CHANNELS,
    POSTED_CHANNELS,
    STATE_FACTS,
    Channel,
    Decision,
    Facts,
    Invoice,
    Playbook,
    Status,
    StepKind,
    StepStatus,
    View,
)
from relance.proof import ladder_state, world
from relance.proof.by_hand import happening_of, notice_left, ways_to_move
from relance.proof.ladder_state import LadderState
from relance.proof.offers import answers
from relance.proof.promises import After, Observed, Promise, watched
from relance.proof.world import Happening, World

_DAY = timedelta(days=1)
#: How far a missed week lies behind.
_MISSED = timedelta(days=8)
#: So many mornings at most are passed over at once on which nothing changes: people do not work every day, nor may every day be written on.
_IDLE = 10


#: What the ladder and those who work with it do of their own accord.
_COURSE = frozenset({"run", "sent", "approved", "executed"})


class Move(NamedTuple):
    """What happens next in a history, on a day: `name` says what kind, `step` which step it is about, `happening` what happened from outside."""

    on: date
    name: str
    step: str = ""
    happening: Happening | None = None
    channels: tuple[Channel, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether it is none of the ladder's own course."""
        return self.name not in _COURSE


class Moment(NamedTuple):
    """Where a history stands."""

    on: date
    world: World
    ladder: LadderState
    watches: tuple[Hashable, ...]


#: What may come next: the move, where it leads, and what is seen of it. And how each situation was come to.
_Step = tuple[Move, Moment, tuple[Observed, ...]]
_Known = dict[Hashable, tuple[Hashable, Move | None]]


class Bounds(NamedTuple):
    """How far a walk goes: situations at most, things open at once at most; whether a person moves the claim by hand."""

    situations: int = 400_000
    at_once: int = 2
    moved: bool = False


#: Why a ladder waits that has nothing to ask yet: too little is owed, or no step has a day to count from (docs/decisions/227). Nobody forgot it.
_NOT_BEGUN = NOT_COME | {"below_min_balance"}


@dataclass(slots=True)
class Walked:
    """What a walk found: each promise's shortest breach, the steps that left, and how much was seen. `whole`: there was nothing more to find."""

    breaches: dict[int, tuple[Move, ...]] = field(default_factory=dict)
    left: dict[str, tuple[Move, ...]] = field(default_factory=dict)
    situations: int = 0
    moves: int = 0
    outside: int = 0
    whole: bool = True


class WalkedClaim:
    """One claim under a playbook, and what the playbook sees of it in a world on a day, asked of the interpreter once each."""

    def __init__(self, playbook: Playbook, facts: Facts, words: Collection[str] = ()) -> None:
        self.playbook, self.facts = playbook, facts
        self.words = tuple(word for word in (*STATE_FACTS, "closed") if word in {*words, "promised", "plan_running"})
        self.plan: CompiledPlaybook = compile_playbook(playbook)
        self.invoice: Invoice = facts.invoices[0]
        self._seen: dict[tuple[World, date], tuple[View, frozenset[str], tuple[date, ...]]] = {}

    def seen(self, happened: World, on: date) -> tuple[View, frozenset[str], tuple[date, ...]]:
        """Return the view of a world, the words that hold of the claim in it, and the days on which it changes by itself."""
        key = happened, on
        if (found := self._seen.get(key)) is None:
            found = self._seen[key] = self._look(happened, on)
        return found

    def _look(self, happened: World, on: date) -> tuple[View, frozenset[str], tuple[date, ...]]:
        facts = Facts(self.facts.creditor, self.facts.debtor, self.facts.invoices, tuple(each.event(seq) for seq, each in enumerate(happened.happened)))
        today = Snapshot(self.playbook, facts, on)
        case = cases(self.playbook, facts)[0]
        view = observe(self.playbook, case, on, today)
        unit = case_today(case, today)
        of_claims = frozenset[str]().union(*(each.states for each in unit.claims))  # whatever the playbook asks about
        states = frozenset(word for word in self.words if (word in (unit.states if word == "paid" else of_claims)))
        return view, states, tuple(self._stirs(happened, view, on))

    def _stirs(self, happened: World, view: View, on: date) -> Iterator[date]:
        grace, calendar = self.playbook.grace, self.playbook.calendar
        for each in happened.open:
            if each.kind == "hold.placed" and each.until is not None:
                yield each.until + _DAY
            elif each.kind == "promise.made" and each.until is not None:
                yield add(each.until, grace, calendar) + _DAY
            elif each.kind == "plan.agreed":
                yield from (add(day, grace, calendar) + _DAY for day, _ in each.terms)
        for test in self.plan.tests:
            if test.fact == "days_overdue" and isinstance(test.value, int):
                yield from (view.due + timedelta(test.value + more) for more in (0, 1))


class Walk:
    """A walk under way. `promises` are watched along it."""

    def __init__(self, playbook: Playbook, facts: Facts, promises: Sequence[Promise], bounds: Bounds, start: date) -> None:
        self.words = frozenset(word for each in promises for word in each.words())
        self.claim, self.promises, self.bounds, self.start = WalkedClaim(playbook, facts, self.words), tuple(promises), bounds, start
        self.plan = self.claim.plan
        self._awaits = any(isinstance(each, After) for each in promises)  # so that the days between two moments are told, too
        self.sums: tuple[Decimal, ...] = (facts.invoices[0].amount, *(level for level in world.levels(self.plan) if level < facts.invoices[0].amount))
        self.found = Walked()
        self._decisions: dict[tuple[World, date, LadderState], Decision] = {}

    def walk(self, more: Callable[[int], bool] = lambda _: True, wanted: Collection[str] = (), *, dutiful: bool = False) -> Walked:
        """Walk until each promise is broken and each `wanted` step has left, nothing new is found, the budget is used up, or `more` (asked now and then) says no.

        A `dutiful` walk keeps to histories in which the house does its part: few, and most steps leave in one of them.

        What happens from outside is let happen once all is seen that needs nothing more of it, and a situation is asked for when its turn comes:
        so nothing is asked about what comes after the end.
        """
        first = Moment(self.start, World(), ladder_state.beginning(self.plan), tuple(each.begin() for each in self.promises))
        known: _Known = {}
        ready: deque[tuple[Hashable, Move | None, Moment]] = deque([(None, None, first)])
        left: list[tuple[Hashable, Moment, list[_Step]]] = []  # what is still to happen, of each situation
        coming: Iterator[tuple[Hashable, Move, Moment]] = iter(())
        anew = False
        while True:
            led = ready.popleft() if dutiful and ready else next(coming, None) or (ready.popleft() if ready else None)
            if self._is_answered(wanted):
                return self.found  # there is nothing more to find out
            if led is None:
                if not left:
                    return self.found
                coming, left, anew = self._from_outside(known, left), [], True
                continue
            before, move, moment = led
            key = self.key(moment)
            if key in known:
                continue
            known[key] = before, move
            self.found.outside, anew = self.found.outside + anew, False
            self.found.situations += 1
            if self.found.situations > self.bounds.situations or (self.found.situations % 512 == 0 and not more(self.found.situations)):
                self.found.whole = False
                return self.found
            seldom: list[_Step] = []
            for step in (self._dutiful(moment),) if dutiful else self.by_itself(moment):
                if step[0].outside:
                    seldom.append(step)
                else:
                    ready.append((key, step[0], self._noted(known, key, moment, step)))
            left.append((key, moment, seldom))

    def _from_outside(self, known: _Known, left: Sequence[tuple[Hashable, Moment, list[_Step]]]) -> Iterator[tuple[Hashable, Move, Moment]]:
        for key, moment, seldom in left:
            for step in chain(self._outside(moment), seldom):
                yield key, step[0], self._noted(known, key, moment, step)

    def _noted(self, known: _Known, key: Hashable, before: Moment, step: _Step) -> Moment:
        """Note what a step breaks and which steps leave by it; return where it leads."""
        move, after, seen = step
        self.found.moves += 1
        watches, broken = self.watched(before.watches, seen)
        for place in broken:
            if place not in self.found.breaches:
                self.found.breaches[place] = (*self._history(known, key), move, *self._last_day(place, before, step))
        for each in seen:
            if each.step is not None and each.step.id not in self.found.left:
                self.found.left[each.step.id] = (*self._history(known, key), move)
        return after._replace(watches=watches)

    def _last_day(self, place: int, before: Moment, step: _Step) -> Iterator[Move]:
        """Yield the run of the day at whose end what was promised had not come, where that lies between two moments."""
        move, _, seen = step
        watches, broken = self.watched(before.watches, seen[:-1])
        day = self.promises[place].deadline(watches[place])
        if move.name != "missed" and place not in broken and day is not None and day > move.on:
            yield Move(day, "run")

    def _is_answered(self, wanted: Collection[str]) -> bool:
        return len(self.found.breaches) == len(self.promises) and self.found.left.keys() >= set(wanted)

    @staticmethod
    def _history(known: _Known, key: Hashable) -> tuple[Move, ...]:
        moves: list[Move] = []
        while True:
            before, move = known[key]
            if move is None:
                return tuple(reversed(moves))
            moves.append(move)
            key = before

    def key(self, moment: Moment) -> Hashable:
        """Return what tells two moments apart: the order of what is to come, not its days, but where a promise counts them."""
        view, states, _ = self.claim.seen(moment.world, moment.on)
        return (
            states & self.words, view.truths,
            world.outline(moment.world, states, self.sums, moment.on),
            ladder_state.outline(self.plan, moment.ladder),
            self._schedule(moment, view),
            tuple(promise.ago(memory, moment.on) for promise, memory in zip(self.promises, moment.watches, strict=True)),
        )  # fmt: skip

    def _schedule(self, moment: Moment, view: View) -> tuple[object, ...]:
        """Return what is due, and in which order what waits will be; of the answers, whether they are still to be given."""
        decision = self._decision(moment, moment.ladder)
        coming = sorted((verdict.on, verdict.step) for verdict in decision.steps if verdict.status is StepStatus.WAITING and verdict.on is not None)
        days = [day for day, _ in coming]
        asked = tuple(
            (came := view.anchors[rung.anchor]) is not None and ((done := moment.ladder.done[rung.index]) is None or came > done.on)
            for rung in self.plan.rungs
            if rung.anchor_kind == WORLD
        )
        ranks = tuple((days.index(day), step) for day, step in coming)
        return decision.status, decision.step.id if decision.step is not None else decision.reason.name, ranks, asked

    def watched(self, watches: tuple[Hashable, ...], seen: Sequence[Observed]) -> tuple[tuple[Hashable, ...], list[int]]:
        """Return what the promises remember after something was seen, and the places of those it breaks."""
        broken: list[int] = []
        for each in seen:
            made = []
            for place, (promise, memory) in enumerate(zip(self.promises, watches, strict=True)):
                kept, breaks = watched(promise, memory, each)
                made.append(kept)
                if breaks:
                    broken.append(place)
            watches = tuple(made)
        return watches, broken

    # ----------------------------------------------------------------------- what may come next

    def steps(self, moment: Moment) -> Iterator[_Step]:
        """List what may come next, where it leads, and what is seen of it."""
        yield from self._outside(moment)
        yield from self.by_itself(moment)

    def _seen(self, moment: Moment, *words_of_the_day: str, **more: object) -> Observed:
        if not self.promises:  # nobody asks what is so
            return Observed(moment.on, frozenset(), self.claim.invoice.due, **more)  # type: ignore[arg-type]  # its own fields
        _, states, _ = self.claim.seen(moment.world, moment.on)
        ladder = moment.ladder
        words = set(words_of_the_day)
        words |= {"awaiting_approval"} if ladder.draft is not None else set()
        words |= {"awaiting_sending"} if ladder.pending is not None else set()
        words |= {"handed_over"} if ladder.handed else set()
        notices = [(rung, done) for rung in self.plan.rungs if rung.step.kind is StepKind.FORMAL_NOTICE and (done := ladder.done[rung.index])]
        granted = max((rung.grants(done.on) for rung, done in notices if rung.grants is not None and not done.skipped), default=None)
        out = tuple(rung.step for rung, made in zip(self.plan.rungs, ladder.out, strict=True) if made is not None)
        return Observed(moment.on, states | words, self.claim.invoice.due, granted=granted, out=out, **more)  # type: ignore[arg-type]  # its own fields

    def happenings(self, moment: Moment) -> Iterator[Happening]:
        """List what may happen from outside."""
        if self.bounds.moved:
            yield from (happening_of(self.claim.playbook, each, moment.on) for each in ways_to_move(self.plan, (False,)))
        yield from world.moves(self.plan, moment.world, self.sums, moment.on, letters=moment.ladder.posted, most=self.bounds.at_once)
        yield from answers(self.plan, moment.world, moment.ladder, moment.on)

    def decision(self, moment: Moment) -> Decision:
        """Say what the playbook asks."""
        return self._decision(moment, moment.ladder)

    def next_day(self, moment: Moment) -> date:
        """Return the next day on which the answer may be another."""
        return max(self._next_days(moment))

    def stirs(self, moment: Moment) -> bool:
        """Say whether the claim will change by itself."""
        _, _, stirs = self.claim.seen(moment.world, moment.on)
        return any(day > moment.on for day in stirs)

    def _outside(self, moment: Moment) -> Iterator[_Step]:
        yield from (self.happened(moment, each) for each in self.happenings(moment))

    def happened(self, moment: Moment, each: Happening) -> _Step:
        """Let something happen from outside."""
        after = moment._replace(world=world.after(moment.world, each))
        if each.kind == "case.reopened":
            after = after._replace(ladder=after.ladder._replace(handed=False))
        if each.kind != "playbook.changed":
            return Move(moment.on, each.kind, happening=each), after, (self._seen(after, happened=each.kind),)
        return Move(moment.on, each.kind, happening=each), *self._moved(after, self.plan.by_id.get(each.moved_to[1]))

    def _moved(self, moment: Moment, index: int | None) -> tuple[Moment, tuple[Observed, ...]]:
        """Let a person move the claim to a step, or to no step; a formal notice that left stands for the one to which it is moved."""
        served = notice_left(self.plan, moment.ladder)
        after = moment._replace(ladder=ladder_state.moved(self.plan, moment.ladder, index, moment.on, served=served))
        step = None if index is None or not served else self.plan.rungs[index].step
        stands = step if step is not None and step.kind is StepKind.FORMAL_NOTICE else None
        return after, (self._seen(after, happened="playbook.changed", moved=True, served=stands),)

    def by_itself(self, moment: Moment) -> Iterator[_Step]:
        """List what people of the house may do, and how the day may end."""
        yield from self._hands(moment)
        yield from self._run(moment)

    def _dutiful(self, moment: Moment) -> _Step:
        """Say how the day ends where people of the house do what is asked of them: what waits is approved, sent or reported first, then what is due leaves.

        Mornings that change nothing are passed over.
        """
        here, step = self.key(moment), None
        for _ in range(_IDLE):
            if (step := next((each for each in self._hands(moment) if not each[0].outside), None)) is not None:
                break
            ends = [each for each in self._run(moment) if not each[0].outside]
            step = next((each for each in ends if each[0].name == "sent"), ends[0] if ends[0][0].step else ends[-1])
            ladder, rests = moment.ladder, self.decision(moment).next is None and not self.stirs(moment)
            if (rests and ladder.busy is None and not any(ladder.out)) or self.key(step[1]) != here:
                break
            moment = step[1]
        assert step is not None
        return step

    def _hands(self, moment: Moment) -> Iterator[_Step]:
        """List what people of the house do: approve, refuse, skip; send or fail to; report a call or a task, or pass over it."""
        ladder, on = moment.ladder, moment.on
        if ladder.draft is not None:
            name = self.plan.rungs[ladder.draft].step.id
            if self._asked(moment, ladder.draft):
                assert ladder.waits is not None
                given = ladder_state.approved(ladder, on)
                after = moment._replace(ladder=given)
                seen = self._seen(after, step=self.plan.rungs[ladder.draft].step, channels=(Channel.HANDOVER,)) if Channel.HANDOVER in ladder.waits.channels else None
                yield Move(on, "approved", name), after, (seen,) if seen is not None else ()
            yield Move(on, "cancelled", name), moment._replace(ladder=ladder_state.withdrawn(ladder)), ()
            yield self._skipped(moment, ladder.draft)
        if ladder.pending is not None:
            step = self.plan.rungs[ladder.pending].step
            if self._asked(moment, ladder.pending):
                yield self._sent(moment)
                yield Move(on, "failed", step.id), moment._replace(ladder=ladder_state.failed(ladder, ladder.pending)), ()
            else:
                yield Move(on, "withdrawn", step.id), moment._replace(ladder=ladder_state.withdrawn(ladder)), ()
        for index, made in enumerate(ladder.out):
            if made is None:
                continue
            step = self.plan.rungs[index].step
            by_hand = tuple(channel for channel in made.channels if channel in MANUAL_CHANNELS)
            if Channel.CALL not in by_hand or self._asked(moment, index):
                after = moment._replace(ladder=ladder_state.reported(self.plan, ladder, index, on))
                yield Move(on, "executed", step.id, channels=by_hand), after, (self._seen(moment, step=step, channels=by_hand),)
            yield self._skipped(moment, index)

    def _skipped(self, moment: Moment, index: int) -> _Step:
        step = self.plan.rungs[index].step
        after = moment._replace(ladder=ladder_state.skipped(moment.ladder, index, moment.on))
        return Move(moment.on, "skipped", step.id), after, (self._seen(after, passed=step),)

    def _asked(self, moment: Moment, index: int) -> bool:
        """Say whether what waits would be asked for today, had it never been made: what is sent or approved is held against the ladder again."""
        ladder = ladder_state.withdrawn(moment.ladder)
        decision = self._decision(moment, ladder._replace(out=(None,) * len(ladder.out)))
        return decision.status is Status.DUE and decision.step is self.plan.rungs[index].step

    def _sent(self, moment: Moment) -> _Step:
        ladder = moment.ladder
        assert ladder.pending is not None
        step = self.plan.rungs[ladder.pending].step
        after = moment._replace(ladder=ladder_state.sent(self.plan, ladder, moment.on))
        assert ladder.waits is not None
        channels = tuple(channel for channel in ladder.waits.channels if channel in POSTED_CHANNELS)
        return Move(moment.on, "sent", step.id, channels=channels), after, (self._seen(moment, step=step, channels=channels),)

    def _decision(self, moment: Moment, ladder: LadderState) -> Decision:
        key = moment.world, moment.on, ladder
        if (found := self._decisions.get(key)) is None:
            view, _, _ = self.claim.seen(moment.world, moment.on)
            found = self._decisions[key] = decide(self.claim.playbook, ladder_state.view_of(self.plan, view, ladder, moment.on), moment.on)
        return found

    def _run(self, moment: Moment) -> Iterator[_Step]:
        """Run the day: what it makes waits, or leaves at once; or the run does not take place."""
        ladder, on = moment.ladder, moment.on
        stale = self.claim.playbook.withdraw_after
        if stale is not None and ladder.pending_on is not None and add(ladder.pending_on, stale, self.claim.playbook.calendar) < on:
            ladder = ladder_state.withdrawn(ladder)
        moment = moment._replace(ladder=ladder)
        decision = self._decision(moment, ladder)
        step = decision.step
        if step is None:
            yield from self._mornings(Move(on, "run"), moment, (), decision)
            return
        made = moment._replace(ladder=ladder_state.emitted(self.plan, ladder, self.plan.by_id[step.id], decision.occurrence, decision.ways, on))
        handed = made.ladder.handed and not ladder.handed
        seen = (self._seen(moment, step=step, channels=(Channel.HANDOVER,)),) if handed else ()
        yield from self._mornings(Move(on, "run", step.id), made, seen, decision)
        if made.ladder.pending is not None:
            move, left, told = self._sent(made)
            yield from self._mornings(move, left, told, decision)
        for day in (on + _DAY, on + _MISSED):
            yield Move(on, "missed", step.id), moment._replace(on=day), (self._over(moment._replace(on=day - _DAY), decision, "missed"),)

    def _mornings(self, move: Move, moment: Moment, seen: tuple[Observed, ...], decision: Decision) -> Iterator[_Step]:
        """Let the day end: the next thing happens tomorrow, or on the next day on which something may change."""
        seen = (*seen, self._over(moment, decision))
        for day in sorted(self._next_days(moment)):
            between = (self._over(moment._replace(on=day - _DAY), decision),) if self._awaits and day > moment.on + _DAY else ()
            yield move, moment._replace(on=day), (*seen, *between)

    def _over(self, moment: Moment, decision: Decision, *words: str) -> Observed:
        """Say that the day is over, what kept the ladder, and whether somebody knows of the claim where nothing more is to come of it by itself."""
        ladder = moment.ladder
        stuck = decision.status is Status.WAITING and decision.next is None and decision.reason.name not in _NOT_BEGUN
        told = not stuck or ladder.busy is not None or any(ladder.out)
        kept = (verdict.reason.name for verdict in decision.steps if verdict.status is StepStatus.WAITING and decision.status is Status.WAITING)
        return self._seen(moment, decision.reason.name, *kept, *words, over=True, told=told)

    def _next_days(self, moment: Moment) -> set[date]:
        on, ladder = moment.on, moment.ladder
        _, _, stirs = self.claim.seen(moment.world, on)
        days = {day for day in stirs if day > on}
        days |= {day for promise, memory in zip(self.promises, moment.watches, strict=True) if (day := promise.deadline(memory)) is not None and day > on}
        decision = self._decision(moment, ladder)
        if decision.next is not None:
            days.add(max(decision.next.on, on + _DAY))
        stale = self.claim.playbook.withdraw_after
        if stale is not None and ladder.pending_on is not None:
            days.add(add(ladder.pending_on, stale, self.claim.playbook.calendar) + _DAY)
        return {on + _DAY, min(days, default=on + _DAY)}
