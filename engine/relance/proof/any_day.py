"""What a playbook may ask of a claim whatever its days: the interpreter's own decisions over views of which every date is only past, today or to come.

Of each step, one question is put to `decide_by`: may it leave first? The step's date is today, the other candidates' dates are to come, those
that can lapse have, and no event but its own has come. Whatever the days of a real view are, what is due in it is due in one of these views
(docs/prove.md says why, and tests/proof hold drawn histories to it). The calendar, the delays and the contact rules can only keep a step
longer, so what holds here holds for any of them. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import chain, combinations, islice
from typing import NamedTuple

from relance.contact_room import ContactLimit
from relance.interpreter.compiled import DEADLINE, DUE, FROM_THE_START, GIVEN, STEP, WORLD, CompiledPlaybook, CompiledStep, OwnDate
from relance.interpreter.conditions import HOLDS
from relance.interpreter.decision import decide_by, ways_of
from relance.interpreter.steps_done import with_steps_done
from relance.model import (
    CONTACT_CHANNELS,
    MANUAL_CHANNELS,
    POSTED_CHANNELS,
    Channel,
    ContactRules,
    Decision,
    Done,
    EntryPoint,
    OnResume,
    Pace,
    Reason,
    Status,
    StepKind,
    StepStatus,
    View,
    Way,
)
from relance.proof import ladder_state
from relance.proof.ladder_state import LadderState, Out, Record, Stand

_DAY = timedelta(days=1)
#: The days there are: of the claim, of what was done before an event came, of the event, of what was done since; today; and any day to come.
BEGUN, BEFORE, CAME, SINCE, TODAY, LATER = (date(2001, 1, 1), date(2002, 1, 1), date(2003, 1, 1), date(2004, 1, 1), date(2010, 1, 1), date(2100, 1, 1))
#: The days on which the calendar is asked whether one step's date may come after another's.
ASKED = tuple(date(2020, 1, 1) + _DAY * day for day in range(4 * 365))
#: What of a compiled step these views know how to stand for. A word that brings more is not modelled, and nothing is proved over it.
MODELLED = frozenset(
    {
        "index", "step", "anchor_kind", "anchor", "own", "or_at", "not_before", "rolled", "again", "grants", "expiry", "condition", "after",
        "ways", "contact", "ends", "notices", "came_back",
    }
)  # fmt: skip


#: What is said of a claim of which nothing leaves whatever the dates, and of a step that nothing but an event brings back.
_QUIET = frozenset({Status.STOPPED, Status.HELD, Status.AWAITING_APPROVAL, Status.AWAITING_SENDING})
_PAST = frozenset({StepStatus.DONE, StepStatus.SKIPPED, StepStatus.OPEN})


class MayLeave(NamedTuple):
    """A step that may leave: its place, which occurrence of it and by which ways, and the notices whose deadline has certainly run out by then."""

    place: int
    occurrence: int
    ways: tuple[Way, ...]
    over: frozenset[int]


class Watched(NamedTuple):
    """What of a ladder promises look at: the channels that they name, the steps of which they see that a task was done, those that they hold back until a deadline; and whether one counts days from the due date."""

    channels: frozenset[Channel] = frozenset()
    by_hand: frozenset[int] = frozenset()
    expiring: frozenset[int] = frozenset()
    awaited: bool = False


class AnyDay:
    """The decisions of a playbook over views without days."""

    def __init__(self, plan: CompiledPlaybook, watched: Watched | None = None, *, any_task: bool = False, coarse: bool = False) -> None:
        """`watched` says what promises look at. With `any_task`, any task may be out, but of a step that hands over or goes to court; `coarse`: besides, of deadlines is only known whether none may run."""
        self.plan, self.watched, self.any_task, self.coarse = plan, watched or Watched(), any_task or coarse, coarse
        self._names = dict.fromkeys(POSTED_CHANNELS - self.watched.channels, Channel.EMAIL)
        self._notices = frozenset(rung.index for rung in plan.rungs if rung.step.kind is StepKind.FORMAL_NOTICE)
        self._told_apart = frozenset(rung.index for rung in plan.rungs if rung.grants is not None or rung.step.repeat is not None) | self._notices | plan.looked_back_on
        self.unmodelled = frozenset(each.name for each in fields(CompiledStep)) - MODELLED
        ordered = plan.playbook.pace is not Pace.JUMP and plan.playbook.entry is EntryPoint.FIRST
        self._order = {(first.index, then.index) for then in plan.rungs for first in plan.rungs[: then.index] if ordered and (first.came_back or not then.came_back) and _never_later(first, then)}
        self._behind = {rung.index for rung in plan.rungs if rung.anchor_kind == DEADLINE and all(rung.own(day)[1] > day for day in ASKED)}
        self._given = frozenset(place for rung in plan.rungs for kind, place in rung.counted if kind == GIVEN)
        self._granting = tuple(rung.index for rung in plan.rungs if rung.grants is not None)
        self._asked_about = plan.looked_back_on.union(*(_asks(rung).union(rung.notices) for rung in plan.rungs))
        living = [[rung for rung in plan.rungs if _lives(rung, position)] for position in range(-1, len(plan.rungs))]
        self._asked_from = [plan.looked_back_on.union(*map(_asks, rungs)) for rungs in living]
        self._served_for = [tuple(dict.fromkeys(rung.notices for rung in rungs if rung.notices)) for rungs in living]
        self._expiring = [frozenset(index for index in self.watched.expiring if _lives(plan.rungs[index], position)) for position in range(-1, len(plan.rungs))]
        self.granting_notices = self._notices.intersection(self._granting)
        self._silences = [holds for _, holds in (*plan.stops, *plan.holds)]
        self._ways: dict[int, tuple[tuple[Way, ...], ...]] = {}
        self._alike: dict[tuple[object, ...], tuple[MayLeave, ...]] = {}
        self._plans: dict[tuple[int, bool, frozenset[int], int], CompiledPlaybook] = {}
        self._found: dict[tuple[object, ...], tuple[MayLeave, ...]] = {}
        self._limited: dict[tuple[object, ...], bool] = {}
        self._rests: dict[tuple[object, ...], tuple[Decision, ...]] = {}
        self.kept_back: dict[str, Counter[Reason]] = {}  # by step, why it did not leave, and in how many views

    # ------------------------------------------------------------------- ladders without days

    def shape(self, ladder: LadderState) -> LadderState:
        """Return a ladder without its days, and without what no step to come and no promise can ask about."""
        position = max((index for index, record in enumerate(ladder.records) if record.last), default=-1)
        records, out, waits, busy = [_NOTHING] * len(ladder.records), [_NO_OUT] * len(ladder.records), ladder.waits, ladder.busy
        kept = self._kept(ladder, position)
        for index, (record, made) in enumerate(zip(ladder.records, ladder.out, strict=True)):
            if not record.last and made is None and busy != index:
                continue
            gone = index < position and index not in kept and _free(self.plan.rungs[index])
            brief = records[index] = _NOTHING if gone else _short(record, told_apart=index in self._told_apart)
            if made is not None and not (gone and index not in self.watched.by_hand) and not (self.any_task and not self.plan.rungs[index].ends):
                out[index] = Out(BEGUN, _number(made, record, brief), self._channels(made, MANUAL_CHANNELS))
            if waits is not None and busy == index:
                waits = Out(BEGUN, _number(waits, record, brief), self._channels(waits, frozenset(Channel)))
        done = tuple([_DONE[each] for each in records])
        short = LadderState(tuple(records), tuple(out), (frozenset(),) * len(records), done, ladder.draft, ladder.pending, waits, handed=ladder.handed)
        return short if ladder.stand is None else self._where_moved(short, ladder, ladder.stand, position)

    def _kept(self, ladder: LadderState, position: int) -> frozenset[int]:
        """Return the steps of which it matters what became of them: those that a step still to come asks about; the notices, while what a promise holds back until their deadline may come.

        And where a promise counts days from the due date, the step from which one to come keeps its distance. What is forgotten once is so for good: no rule asks again for what a ladder further up has let go.
        """
        kept = self._asked_from[position + 1]
        for notices in self._served_for[position + 1]:
            kept |= self._firm(ladder, notices) or set(notices)
        if self.coarse:
            return kept
        if self._expiring[position + 1] or any(ladder.busy == index or ladder.out[index] is not None or (self.any_task and not self.plan.rungs[index].ends) for index in self.watched.expiring):
            kept |= self.granting_notices
        if self.watched.awaited and self.plan.playbook.pace is Pace.KEEP:
            kept |= {max((rung.index for rung in self.plan.rungs if rung.anchor_kind == DUE and ladder.records[rung.index].last), default=-1)}
        return kept

    def _firm(self, ladder: LadderState, notices: Collection[int]) -> set[int]:
        """Return, where of deadlines little is known, one notice that was served and stays so: a hand-over then asks of no other."""
        firm = (index for index in notices if self.coarse and ladder.records[index].executed and not self.plan.rungs[index].recurs)
        return set(islice(firm, 1))

    def _where_moved(self, short: LadderState, ladder: LadderState, stand: Stand, position: int) -> LadderState:
        """Keep of a move by hand what a step to come can tell: not where the ladder stands above it, and nothing asks of the steps that it took for done."""
        taken = {index for index, done in enumerate(stand.done) if done is not None and ladder.records[index].done() is None}
        once = {index for index in taken if not _free(self.plan.rungs[index])}
        if stand.step not in taken or (stand.step < position and not taken & (self._asked_about | self._told_apart | once)):
            return short
        return ladder_state.moved(self.plan, short, stand.step, BEGUN, served=not _skipped(stand.done[stand.step]))

    def _channels(self, made: Out, among: Collection[Channel]) -> tuple[Channel, ...]:
        """Name the channels of a message by what promises can tell apart."""
        return tuple(dict.fromkeys([self._names.get(channel, channel) for channel in made.channels if channel in among]))

    def still_over(self, ladder: LadderState, over: Collection[int]) -> frozenset[int]:
        """Leave of the formal notices whose deadline has run out those that still stand; all or none, where nothing else is told apart."""
        if self.coarse:
            return self.granting_notices if self.granting_notices <= set(over) else frozenset()
        return frozenset(index for index in over if index in self._notices and (done := ladder.done[index]) is not None and not done.skipped)

    # ------------------------------------------------------------------- what may be decided

    def possible(self, truths: tuple[bool | None, ...], ladder: LadderState, over: frozenset[int]) -> tuple[MayLeave, ...]:
        """List what may be due of a claim of which these tests are true, whatever its days; `over`: notices whose deadline has certainly run out.

        Asked once of what the interpreter cannot tell apart: the same conditions hold, the same was done, and what is out is out by whatever channel.
        """
        key = truths, ladder, over
        if (found := self._found.get(key)) is None:
            view = self._view(truths, ladder)
            alike = self._answers(view, ladder), ladder.done, tuple(made is not None for made in ladder.out), ladder.failed, ladder.busy, over
            if (found := self._alike.get(alike)) is None:
                found = self._alike[alike] = tuple(dict.fromkeys(self._look(view, ladder, over)))
            self._found[key] = found
        return found

    def _answers(self, view: View, ladder: LadderState) -> tuple[bool, ...]:
        """Say which conditions of the playbook hold, and of the steps that may still leave; and whether the sum is worth a message."""
        truths = with_steps_done(self.plan, view).truths
        asked = [rung.condition for rung, done, made in zip(self.plan.rungs, ladder.done, ladder.out, strict=True) if rung.condition is not None and (rung.recurs or (done is None and made is None))]
        worth = True if self.plan.worth is None else bool(truths[self.plan.worth])
        return (worth, *(holds(truths) == HOLDS for holds in (*self._silences, *asked)))

    def _look(self, view: View, ladder: LadderState, over: frozenset[int]) -> Iterator[MayLeave]:
        bare = decide_by(self._plan(-1, frozenset(), 0, lapsed=False), view, TODAY)
        quiet = bare.status in _QUIET or bare.reason.name == "below_min_balance"
        held = self._last_granting(ladder)
        for rung in self.plan.rungs:
            if quiet or self._is_past(rung, bare):
                self.kept_back.setdefault(rung.step.id, Counter())[_why(bare, rung)] += 1
                continue
            for seen in self._views(view, rung):
                for place in range(1 if rung.or_at is None else 2):
                    yield from self._due(seen, ladder, (over, held), rung, place)

    def _is_past(self, rung: CompiledStep, bare: Decision) -> bool:
        """Say whether a step cannot leave, whatever its date: it was done, waits for somebody, or the ladder stands above it, and no event may bring it back."""
        verdict = bare.steps[rung.index]
        past = verdict.status in _PAST or verdict.reason.name in ("behind", "superseded")
        return past and all(kind != WORLD for kind, _ in rung.counted)

    def _due(self, view: View, ladder: LadderState, runs: tuple[frozenset[int], frozenset[int]], rung: CompiledStep, place: int) -> Iterator[MayLeave]:
        """Ask for one step. What a deadline holds, what counts from it and what hands over go once it is over; so it is over then. A letter that came back is said again within it."""
        (over, held), (kind, anchor) = runs, rung.counted[place]
        after = {anchor} if kind == DEADLINE and place == 0 and rung.index in self._behind else set[int]()
        served = {index for index in self._notices if rung.ends and (done := ladder.done[index]) is not None and not done.skipped}
        known = frozenset(over | (set[int]() if rung.came_back else held) | after | served)
        if self.coarse and rung.ends:
            known |= self.granting_notices
        decision = decide_by(self._plan(rung.index, known, place, lapsed=True), view, TODAY)
        if decision.status is not Status.DUE or decision.step is not rung.step:
            self.kept_back.setdefault(rung.step.id, Counter())[_why(decision, rung)] += 1
            return
        before = [other for other, verdict in enumerate(decision.steps[: rung.index]) if verdict.status is StepStatus.WAITING and (other, rung.index) in self._order]
        for ways in self._ways_out(rung, view):  # no contact rule is asked here, so that they change nothing else
            if not any(self._same_rules(other, ways) for other in before):
                yield MayLeave(rung.index, decision.occurrence, ways, known)

    def _ways_out(self, rung: CompiledStep, view: View) -> tuple[tuple[Way, ...], ...]:
        """List the ways by which a step may leave, some channels being lost: the same in every view, for nothing failed in it."""
        if (found := self._ways.get(rung.index)) is None:
            named = [each for each in dict.fromkeys(chain.from_iterable((reach, other) for _, reach, _, other in rung.ways)) if each >= 0]
            reachable = (tuple(column not in lost for column in range(len(self.plan.channels))) for lost in _subsets(named))
            found = self._ways[rung.index] = tuple(dict.fromkeys(ways_of(rung, replace(view, reachable=each, failed=())) for each in reachable))
        return found

    def leaves_by_its_date(self, rung: CompiledStep, truths: tuple[bool | None, ...], ladder: LadderState, over: frozenset[int]) -> bool:
        """Say whether a step is certainly due of such a claim once its date has come and nothing that leaves later, or by an event, takes its place."""
        decision = decide_by(self._plan(rung.index, over, 0, lapsed=False), self._view(truths, ladder), TODAY)
        return decision.status is Status.DUE and decision.step is rung.step

    def limited(self, truths: tuple[bool | None, ...], ladder: LadderState, found: MayLeave, channels: frozenset[Channel]) -> bool:
        """Say whether what is due by one of these channels would wait, in every such view, where the room for contacts by them is full."""
        key = truths, ladder, found, channels
        if (waits := self._limited.get(key)) is None:
            waits = self._limited[key] = self._waits(truths, ladder, found, channels)
        return waits

    def _waits(self, truths: tuple[bool | None, ...], ladder: LadderState, found: MayLeave, channels: frozenset[Channel]) -> bool:
        limit = ContactLimit("at_most", 1, lambda _: LATER, channels)
        rung = self.plan.rungs[found.place]
        for view in self._views(self._view(truths, ladder), rung):
            for place in range(1 if rung.or_at is None else 2):
                plan = replace(self._plan(rung.index, found.over, place, lapsed=True), limits=(limit,))
                decision = decide_by(plan, replace(view, full=(SINCE,)), TODAY)
                if decision.status is Status.DUE and any(way.channel in channels for way in decision.ways):
                    return False
        return True

    def _same_rules(self, other: int, ways: Collection[Way]) -> bool:
        """Say that no contact rule can hold back the other step and let this one go."""
        if not self.plan.limits:
            return True
        if any(limit.channels for limit in self.plan.limits):
            return not self.plan.rungs[other].contact
        return not self.plan.rungs[other].contact or any(way.channel in CONTACT_CHANNELS for way in ways)

    def _last_granting(self, ladder: LadderState) -> frozenset[int]:
        position = max((index for index, done in enumerate(ladder.done) if done is not None), default=-1)
        return frozenset(rung.index for rung in self.plan.rungs if rung.grants is not None and (rung.index == position or rung.anchor_kind == WORLD) and ladder.done[rung.index] is not None)

    def rests(self, truths: tuple[bool | None, ...], ladder: LadderState) -> tuple[Decision, ...]:
        """List what may be said where nothing is due: events come or not, steps lapsed or not."""
        key = truths, ladder
        if (found := self._rests.get(key)) is None:
            found = self._rests[key] = tuple(self._rest(truths, ladder))
        return found

    def _rest(self, truths: tuple[bool | None, ...], ladder: LadderState) -> Iterator[Decision]:
        view = self._view(truths, ladder)
        for seen in (view, replace(view, anchors=tuple(CAME if came is None else came for came in view.anchors))):
            for lapsed in (False, True):
                yield decide_by(self._plan(-1, frozenset(self._granting), 0, lapsed=lapsed), seen, TODAY)

    def _views(self, view: View, rung: CompiledStep) -> Iterator[View]:
        """Let the events come that a step counts from: for the first time, and where it was done, anew.

        Where any task may be out, put out all but the step's own: a step whose task is out blocks no other by its date, and none goes before its own is said.
        """
        if self.any_task:
            view = replace(view, open=tuple(None if other is rung else BEGUN for other in self.plan.rungs))
        own = {place for kind, place in rung.counted if kind == WORLD}
        if not own:
            yield view
            return
        seen = replace(view, anchors=tuple(CAME if place in own else came for place, came in enumerate(view.anchors)))
        yield seen
        if (done := view.done[rung.index]) is not None:
            yield replace(seen, done=(*view.done[: rung.index], done._replace(on=BEFORE), *view.done[rung.index + 1 :]))

    def _view(self, truths: tuple[bool | None, ...], ladder: LadderState) -> View:
        """Return what the playbook sees where no event has come, and every channel is known."""
        anchors = tuple(BEGUN if place in self._given else None for place in range(len(self.plan.anchors)))
        seen = View(due=BEGUN, issued=BEGUN, anchors=anchors, truths=truths, reachable=(True,) * len(self.plan.channels))
        view = ladder_state.view_of(self.plan, seen, ladder, TODAY)
        done = tuple(None if each is None else Done(SINCE, each.times, each.skipped) for each in ladder.done)
        return replace(view, done=done, last_move=None, full=())

    def _plan(self, target: int, over: frozenset[int], place: int, *, lapsed: bool) -> CompiledPlaybook:
        key = target, lapsed, over, place
        if (found := self._plans.get(key)) is None:
            playbook = self.plan.playbook
            pace = Pace.CATCH_UP if playbook.pace is Pace.KEEP else playbook.pace
            timeless = replace(playbook, pace=pace, on_resume=OnResume.CONTINUE, contact=ContactRules())
            rungs = tuple(self._rung(rung, target, place, over, lapsed=lapsed) for rung in self.plan.rungs)
            found = self._plans[key] = replace(self.plan, playbook=timeless, rungs=rungs, limits=())
        return found

    def _rung(self, rung: CompiledStep, target: int, place: int, over: frozenset[int], *, lapsed: bool) -> CompiledStep:
        asked = rung.index == target
        kind, anchor = rung.counted[place] if asked else (rung.anchor_kind, rung.anchor)
        gone = lapsed and not asked and may_lapse(self.plan, rung)
        follows = kind == DEADLINE and not place and rung.index in self._behind
        day = TODAY if asked else BEGUN if gone else LATER
        ends = None if rung.expiry is None and not gone else (BEGUN if gone else LATER + _DAY)
        text = rung.step.at.text or rung.step.at.anchor
        grants = None if rung.grants is None else (SINCE if rung.index in over else LATER)
        return replace(
            rung,
            anchor_kind=kind,
            anchor=anchor,
            own=lambda counted: OwnDate(late := max(day, counted) if follows else day, late, text),
            or_at=None,
            not_before=None,
            rolled=lambda counted: counted,
            again=None if rung.again is None else lambda _: day,
            grants=None if grants is None else lambda _: grants,
            expiry=None if ends is None else lambda _: ends,
        )


def may_lapse(plan: CompiledPlaybook, rung: CompiledStep) -> bool:
    """Say whether a step can expire: it says so, or the playbook drops what is late, or it may come to be written before the due date."""
    offset = rung.step.at.offset
    ahead = rung.anchor_kind == DUE and (offset is None or offset.number >= 0) and rung.or_at is None and rung.not_before is None
    return rung.step.expires is not None or plan.playbook.pace is Pace.DROP or not ahead


def _never_later(first: CompiledStep, then: CompiledStep) -> bool:
    """Say whether one step's date never comes after another's: both count from the same day, move alike, and the calendar was asked for every day of four years."""
    if first.anchor_kind not in FROM_THE_START or (first.anchor_kind, first.anchor) != (then.anchor_kind, then.anchor):
        return False
    if any(each.or_at is not None or each.not_before is not None for each in (first, then)) or first.step.repeat is not None:
        return False
    if (first.step.when_closed, first.step.weekdays, first.step.pauses) != (then.step.when_closed, then.step.weekdays, then.step.pauses):
        return False
    return all(first.own(day)[1] <= then.own(day)[1] for day in ASKED)


def _why(decision: Decision, rung: CompiledStep) -> Reason:
    """Return why a step does not leave: its own reason, or that of the whole claim where it stands still."""
    verdict = decision.steps[rung.index] if rung.index < len(decision.steps) else None
    return decision.reason if verdict is None or decision.status in (Status.STOPPED, Status.HELD) else verdict.reason


def _subsets(places: Sequence[int]) -> Iterator[frozenset[int]]:
    for size in range(len(places) + 1):
        yield from (frozenset(each) for each in combinations(places, size))


def _asks(rung: CompiledStep) -> frozenset[int]:
    """Return the steps that a step asks about by themselves: those it goes after, and those it counts from."""
    return frozenset((*rung.after, *(place for kind, place in rung.counted if kind in (STEP, DEADLINE))))


def _lives(rung: CompiledStep, position: int) -> bool:
    """Say whether a step may still come of itself to a ladder that stands at a place: it is written below, repeats there, or answers an event."""
    return rung.index > position or rung.anchor_kind == WORLD or (rung.index == position and rung.again is not None)


def _free(rung: CompiledStep) -> bool:
    """Say whether nothing is asked of a step by itself once the ladder stands above it: an answer to an event goes again, unless it goes once."""
    return rung.anchor_kind != WORLD or not (rung.step.once or rung.step.repeat is not None)


def _short(record: Record, *, told_apart: bool) -> Record:
    """Return a record of one occurrence at most, without its days. Skipped is served where nothing tells them apart."""
    if not record.last:
        return _NOTHING
    served = record.last in record.executed or not told_apart
    return _SERVED if served else _SKIPPED


def _skipped(done: Done | None) -> bool:
    return done is None or done.skipped


_NO_OUT: Out | None = None
_NOTHING = Record()
_SERVED = Record(frozenset({1}), BEGUN, 1, BEGUN)
_SKIPPED = Record(last=1, skipped_on=BEGUN)
_DONE = {each: each.done() for each in (_NOTHING, _SERVED, _SKIPPED)}


def _number(made: Out, record: Record, short: Record) -> int:
    """Return what the occurrence of a message or task that is out is called beside a short record: its own, or the next."""
    return 1 if not short.last or made.occurrence <= record.last else 2
