"""What a playbook looks at, compiled once per playbook: its world anchors, tests, channels, and each step as a `CompiledStep`.

Two cases that agree on its columns get the same decision. Decides nothing; holds no case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from relance.contact_room import ContactLimit, Opening, limits_of
from relance.dates import add, first_day, written
from relance.interpreter.conditions import Compiled, compile_condition, describe, leaves
from relance.law.deadlines import granted
from relance.model import (
    CONTACT_CHANNELS,
    GIVEN_ANCHORS,
    WORLD_ANCHORS,
    AllOf,
    Calendar,
    Channel,
    Condition,
    Duration,
    Playbook,
    Step,
    StepKind,
    Test,
    Unit,
    When,
    WhenClosed,
)

#: Kinds of anchor, as `CompiledStep.anchor_kind`.
DUE, ISSUED, GIVEN, WORLD, STEP, DEADLINE, PREVIOUS = range(7)
#: Those that a case has from its beginning, if it has them: no event, and of an account its carrier's.
FROM_THE_START = frozenset({DUE, ISSUED, GIVEN})


#: What a message of today would ask of an account: a fact of `min_balance` alone, which no condition names. Of an invoice it is its balance.
ASKED = "asked"
#: Whether one of the invoices left in a case was made an offer before: of a step that makes one, which is made once unless it says more.
OFFERED = "offered"
#: What the post says of a letter that it did not hand over.
_NOT_HANDED_OVER = frozenset({"letter.refused", "letter.unclaimed", "letter.returned"})


class OwnDate(NamedTuple):
    """A step's own date: as written, moved to a day on which it may leave, and the words of the author that gave it."""

    raw: date
    own: date
    text: str


class CompiledDate(NamedTuple):
    """A date that a step counts by: its kind of anchor, the place of the step or world anchor, and `own` as in `CompiledStep`."""

    kind: int
    anchor: int
    own: Callable[[date], OwnDate]
    text: str


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """A step, ready to be asked. `own` maps an anchor's day to the step's date."""

    index: int
    step: Step
    anchor_kind: int
    anchor: int  # index of the step or world anchor
    own: Callable[[date], OwnDate]
    or_at: CompiledDate | None
    not_before: CompiledDate | None
    rolled: Callable[[date], date]
    again: Callable[[date], date] | None  # the next repeat, from the last execution
    grants: Callable[[date], date] | None
    expiry: Callable[[date], date] | None
    condition: Compiled | None
    after: tuple[int, ...]
    ways: tuple[tuple[Channel, int, Channel | None, int], ...]  # channel, its reach column (-1: none needed), fallback, its reach column
    contact: bool
    ends: bool  # hands the case over, or goes to court
    notices: tuple[int, ...]  # of such a step: the formal notices written above it, one of which must have been sent
    came_back: bool  # answers that the post did not hand a letter over: it says the same again, within the time that the letter grants

    @property
    def counted(self) -> tuple[tuple[int, int], ...]:
        """Every (kind, place) of an anchor it counts from."""
        return ((self.anchor_kind, self.anchor), *((each.kind, each.anchor) for each in (self.or_at, self.not_before) if each is not None))

    @property
    def recurs(self) -> bool:
        """Whether it may be executed more than once: it repeats, or answers each event of a kind."""
        return self.again is not None or (self.anchor_kind == WORLD and not self.step.once)


@dataclass(frozen=True, slots=True)
class CompiledPlaybook:
    """The columns of a `View` that this playbook needs, and its compiled steps."""

    playbook: Playbook
    anchors: tuple[str, ...]
    tests: tuple[Test, ...]
    states: frozenset[str]  # the states it looks at, and those that always count
    channels: tuple[Channel, ...]
    rungs: tuple[CompiledStep, ...]
    by_id: dict[str, int]  # ids and former ids → index
    stops: tuple[tuple[str, Compiled], ...]
    holds: tuple[tuple[str, Compiled], ...]
    ladder: tuple[tuple[int, tuple[int, ...]], ...]  # index of each test of `done`, and of the steps that it names
    worth: int | None  # index of the test "what a message of today would ask is at least min_balance"
    limits: tuple[ContactLimit, ...]

    @property
    def gap(self) -> Opening | None:
        """When there is room again after any contact, by `min_gap`."""
        return next((limit.opens for limit in self.limits if limit.name == "min_gap"), None)

    @property
    def looked_back_on(self) -> frozenset[int]:
        """The steps that a condition asks about: whether they were executed."""
        return frozenset(step for _, steps in self.ladder for step in steps)


@lru_cache(maxsize=512)
def compile_playbook(playbook: Playbook) -> CompiledPlaybook:
    """Compile a playbook; kept for as long as one of the last 512 playbooks."""
    conditions: list[Condition] = [*playbook.stop_when, *playbook.hold_while]
    conditions += [condition for step in playbook.steps if (condition := _condition(step, playbook)) is not None]
    floor = None if playbook.min_balance is None else Test(_asked(playbook.unit), "at_least", playbook.min_balance)
    if floor is not None:
        conditions.append(floor)
    tests = tuple(dict.fromkeys(leaf for condition in conditions for leaf in leaves(condition)))
    column = {test: index for index, test in enumerate(tests)}
    anchors = tuple(dict.fromkeys(each.anchor for step in playbook.steps for each in step.dates if each.anchor in (*GIVEN_ANCHORS, *WORLD_ANCHORS)))
    channels = tuple(dict.fromkeys(channel for step in playbook.steps for channel in _contacts(step)))
    by_id = {old: index for index, step in enumerate(playbook.steps) for old in step.formerly}
    by_id |= {step.id: index for index, step in enumerate(playbook.steps)}
    return CompiledPlaybook(
        playbook=playbook,
        anchors=anchors,
        tests=tests,
        states=frozenset({test.fact for test in tests if test.op == "is"} | {"disputed", "closed"}),
        channels=channels,
        rungs=tuple(_rung(playbook, index, by_id, anchors, channels, column) for index in range(len(playbook.steps))),
        by_id=by_id,
        stops=tuple((describe(member), compile_condition(member, column)) for member in playbook.stop_when),
        holds=tuple((describe(member), compile_condition(member, column)) for member in playbook.hold_while),
        ladder=tuple((place, tuple(by_id[word] for word in _named(test) if word in by_id)) for place, test in enumerate(tests) if test.fact == "done"),
        worth=None if floor is None else column[floor],
        limits=limits_of(playbook.contact, playbook.calendar),
    )


@lru_cache(maxsize=2048)
def at_place(playbook: Playbook, place: str | None) -> Playbook:
    """Return a playbook with the calendar of a place beside its own (FR-57), or the playbook itself where there is nothing to add.

    It is kept, for a playbook is known by its identity.
    """
    if place is None or playbook.calendar.holidays == place:
        return playbook
    return replace(playbook, calendar=replace(playbook.calendar, place=place))


def _named(test: Test) -> tuple[str, ...]:
    assert isinstance(test.value, tuple)
    return tuple(word for word in test.value if isinstance(word, str))


def _contacts(step: Step) -> tuple[Channel, ...]:
    named = (*step.channels, *(fallback for _, fallback in step.fallback))
    return tuple(channel for channel in named if channel in CONTACT_CHANNELS)


def _after(playbook: Playbook, duration: Duration | None) -> Callable[[date], date] | None:
    """Return a cached function from a day to that day plus a duration."""
    if duration is None:
        return None
    return lru_cache(maxsize=16384)(lambda day: add(day, duration, playbook.calendar))


def _granted(step: Step, calendar: Calendar) -> Callable[[date], date] | None:
    """Return a cached function from the day a step was executed to the last day to pay it grants."""
    length = step.grants
    if length is None:
        return None
    return lru_cache(maxsize=16384)(lambda day: granted(day, length, calendar, step.grants_from))


def _asked(unit: Unit) -> str:
    """Name the fact that is what a message of today would ask."""
    return ASKED if unit is Unit.ACCOUNT else "balance"


def _condition(step: Step, playbook: Playbook) -> Condition | None:
    """Return when a step leaves: as its author says, and where it makes an offer, only of what none was made of before and of a sum that can be parted."""
    if step.offer is None:
        return step.condition
    asked: list[Condition] = [] if step.condition is None else [step.condition]
    if not step.offer.again and step.repeat is None:
        asked.append(Test(OFFERED, "is", value=False))
    if (playbook.min_balance or 0) < step.offer.smallest:
        asked.append(Test(_asked(playbook.unit), "at_least", step.offer.smallest))
    return AllOf(tuple(asked)) if len(asked) > 1 else next(iter(asked), None)


def _rung(
    playbook: Playbook,
    index: int,
    by_id: dict[str, int],
    anchors: tuple[str, ...],
    channels: tuple[Channel, ...],
    column: dict[Test, int],
) -> CompiledStep:
    step = playbook.steps[index]
    calendar = playbook.calendar
    when_closed = step.when_closed or calendar.when_closed

    def dated(at: When) -> CompiledDate:
        text = at.text or at.anchor

        @lru_cache(maxsize=16384)
        def own(day: date) -> OwnDate:
            raw = written(at, day, calendar)
            return OwnDate(raw, first_day(raw, when_closed, calendar, step.weekdays, step.pauses), text)

        return CompiledDate(*_anchor(at.anchor, by_id, anchors), own, text)

    main = dated(step.at)
    later = WhenClosed.KEEP if when_closed is WhenClosed.KEEP else WhenClosed.NEXT
    rolled = lru_cache(maxsize=16384)(lambda day: first_day(day, later, calendar, step.weekdays, step.pauses))
    repeat = None if step.repeat is None else _after(playbook, step.repeat.every)
    fallback = dict(step.fallback)
    reach = {channel: position for position, channel in enumerate(channels)}
    ends = step.kind in (StepKind.HANDOVER, StepKind.LEGAL)
    above = (place for place, each in enumerate(playbook.steps[:index]) if each.kind is StepKind.FORMAL_NOTICE)
    return CompiledStep(
        index=index,
        step=step,
        anchor_kind=main.kind,
        anchor=main.anchor,
        own=main.own,
        or_at=None if step.or_at is None else dated(step.or_at),
        not_before=None if step.not_before is None else dated(step.not_before),
        rolled=rolled,
        again=repeat,
        grants=_granted(step, calendar),
        expiry=_after(playbook, step.expires),
        condition=None if (condition := _condition(step, playbook)) is None else compile_condition(condition, column),
        after=tuple(by_id[other] for other in step.after),
        ways=tuple((c, reach.get(c, -1), fallback.get(c), reach.get(fallback[c], -1) if c in fallback else -1) for c in step.channels),
        contact=any(channel in CONTACT_CHANNELS for channel in step.channels),
        ends=ends,
        notices=tuple(above) if ends else (),
        came_back=step.at.anchor in _NOT_HANDED_OVER and not ends,
    )


def _anchor(name: str, by_id: dict[str, int], anchors: tuple[str, ...]) -> tuple[int, int]:
    if name in ("due", "issued"):
        return (DUE if name == "due" else ISSUED), 0
    if name in anchors:
        return (GIVEN if name in GIVEN_ANCHORS else WORLD), anchors.index(name)
    if name == "previous":
        return PREVIOUS, 0
    if name.endswith(".deadline"):
        return DEADLINE, by_id[name.removesuffix(".deadline")]
    return STEP, by_id[name]


def notice_steps(playbook: Playbook) -> frozenset[str]:
    """Name the steps that are formal notices, by their ids of today and of before."""
    plan = compile_playbook(playbook)
    return frozenset(name for name, index in plan.by_id.items() if playbook.steps[index].kind is StepKind.FORMAL_NOTICE)


def unknown_steps(names: Iterable[str], playbook: Playbook) -> frozenset[str]:
    """Leave of the names of steps those that a playbook knows neither as a step nor as a former name of one."""
    return frozenset(names) - {name for step in playbook.steps for name in (step.id, *step.formerly)}


def lost_steps(old: Playbook, new: Playbook) -> tuple[str, ...]:
    """Name the steps of a version of a playbook that another does not know, not even as former names, in their order; of another playbook none is."""
    gone = unknown_steps((step.id for step in old.steps), new) if old.id == new.id else frozenset()
    return tuple(step.id for step in old.steps if step.id in gone)
