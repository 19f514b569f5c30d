"""What a playbook promises, and the watch that is kept over one history: pure, small automata over what leaves, what happens and what is so.

A promise names what it is about (`What`), and one of five forms: never, always, at most, before, after. A watch is its memory of a history;
it is part of a situation, so that histories are told apart only where a promise tells them apart.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from relance.dates import add
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, TONES, Calendar, Channel, Charge, Duration, Step, StepKind

_DAY = timedelta(days=1)


class Observed(NamedTuple):
    """One thing that a history shows on a day: a step that leaves (`step`, by `channels`), a happening, or that the day is over.

    `states` are the words that hold of the claim, `due` and `granted` the day it is due and the last day that a formal notice granted.
    `passed` is a step that a person passes over, `out` the calls and tasks that nobody has reported yet. Where a person `moved` the case,
    `served` is the formal notice for which one sent before then stands.
    """

    on: date
    states: frozenset[str]
    due: date
    step: Step | None = None
    channels: tuple[Channel, ...] = ()
    happened: str | None = None
    granted: date | None = None
    over: bool = False
    told: bool = False
    passed: Step | None = None
    out: tuple[Step, ...] = ()
    moved: bool = False
    served: Step | None = None


class What(NamedTuple):
    """What a promise is about: any contact, some channels, steps, kinds of step or charges beside the principal; what is empty is not asked."""

    contact: bool = False
    channels: frozenset[Channel] = frozenset()
    steps: frozenset[str] = frozenset()
    kinds: frozenset[StepKind] = frozenset()
    happens: str | None = None
    claims: frozenset[Charge] = frozenset()

    def is_met(self, seen: Observed) -> bool:
        """Say whether what a history shows is that."""
        if self.happens is not None:
            return seen.happened == self.happens
        if seen.step is None:
            return False
        left = frozenset(seen.channels)
        return (
            (not self.contact or bool(left & CONTACT_CHANNELS))
            and (not self.channels or bool(left & self.channels))
            and (not self.steps or seen.step.id in self.steps)
            and (not self.kinds or seen.step.kind in self.kinds)
            and (not self.claims or bool(self.claims.intersection(seen.step.claim)))
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise with its name, its code where it is asked of every playbook, else its line in the file. Subclasses say what breaks it."""

    name: str
    code: str = ""
    line: int = 0

    def begin(self) -> Hashable:
        """Return the watch of a history in which nothing has happened."""
        return None

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Return what is remembered after one more thing, and whether the promise is broken by it."""
        raise NotImplementedError

    def carried(self, memory: Hashable, served: Step | None) -> Hashable:
        """Return what is remembered once a person moved the case; `served` is the formal notice for which one sent before then stands."""
        return memory

    def ago(self, memory: Hashable, on: date) -> Hashable:
        """Return the memory told by how long ago things were, so that it is the same whatever the day."""
        return memory

    def days(self) -> int:
        """Return for how many days a promise remembers."""
        return 0

    @property
    def counts_days(self) -> bool:
        """Whether a watch remembers days, so that histories must be told apart by them."""
        return False

    def words(self) -> frozenset[str]:
        """Return the states that the promise asks about."""
        return frozenset()

    def deadline(self, memory: Hashable) -> date | None:
        """Return the day on which the promise will be broken by nothing happening."""
        return None


@dataclass(frozen=True, slots=True)
class Never(Promise):
    """What never comes: at all, while one of some states holds, unless one does, once something has happened, or otherwise than as `always` says.

    What became a task for want of an address came as its author wrote it (`has_come`).
    """

    what: What = What()
    states: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    since: What | None = None
    always: What | None = None

    def begin(self) -> Hashable:
        """Return whether that after which it never comes has been."""
        return self.since is None

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break on the thing itself."""
        broken = bool(memory) and self.what.is_met(seen) and (not self.states or bool(self.states & seen.states)) and not self.unless & seen.states
        broken = broken and (self.always is None or not has_come(self.always, seen))
        return memory or (self.since is not None and self.since.is_met(seen)), broken

    def words(self) -> frozenset[str]:
        """Return those while or unless."""
        return self.states | self.unless


@dataclass(frozen=True, slots=True)
class AtMost(Promise):
    """So many days on which it comes, among any so many consecutive ones."""

    what: What = What()
    number: int = 1
    within: Duration = Duration(30)
    calendar: Calendar = Calendar()

    def begin(self) -> Hashable:
        """Return the days on which it came, none yet."""
        return ()

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break on one day too many."""
        days: tuple[date, ...] = memory  # type: ignore[assignment]  # its own memory
        if not self.what.is_met(seen) or (days and days[-1] == seen.on):
            return days, False
        full = len(days) >= self.number and add(days[-self.number], self.within, self.calendar) > seen.on
        return (*days, seen.on)[-self.number :], full

    def ago(self, memory: Hashable, on: date) -> Hashable:
        """Return how long ago those days are that still count."""
        days: tuple[date, ...] = memory  # type: ignore[assignment]  # its own memory
        return tuple(max((day - on).days, -self.days()) for day in days)

    @property
    def counts_days(self) -> bool:
        """Whether it does."""
        return True

    def days(self) -> int:
        """Return the length of the window."""
        return (add(date(2024, 1, 1), self.within, self.calendar) - date(2024, 1, 1)).days + 5


@dataclass(frozen=True, slots=True)
class NotBefore(Promise):
    """What does not come before something else has: `expired` asks that the deadline it granted has run out, too."""

    what: What = What()
    first: What = What()
    expired: bool = False

    def begin(self) -> Hashable:
        """Return that what must come first has not."""
        return False

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break where the second comes without the first, or within its deadline."""
        early = self.expired and seen.granted is not None and seen.on <= seen.granted
        broken = self.what.is_met(seen) and (not memory or early)
        return bool(memory) or self.first.is_met(seen), broken

    def carried(self, memory: Hashable, served: Step | None) -> Hashable:
        """Take a notice that was sent before, and now stands for one of this playbook, for that one."""
        return bool(memory) or (served is not None and _as_written(self.first, served, Observed(date.min, frozenset(), date.min)))


def watched(promise: Promise, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
    """Return what a promise remembers after one more thing, and whether that breaks it."""
    return promise.watch(promise.carried(memory, seen.served) if seen.moved else memory, seen)


def has_come(what: What, seen: Observed) -> bool:
    """Say whether something came, as far as a playbook can see to it: it left, a person did it as a task for want of an address, or passed over it."""
    lost = seen.step is not None and Channel.TASK in seen.channels and Channel.TASK not in seen.step.channels
    return what.is_met(seen) or _as_written(what, seen.step if lost else seen.passed, seen)


def _as_written(what: What, step: Step | None, seen: Observed) -> bool:
    """Say whether a step that left by all the channels that the author wrote would be that."""
    return step is not None and what.is_met(seen._replace(step=step, channels=step.channels))


def _answers(step: Step | None) -> bool:
    """Say whether a step answers something that happened."""
    return step is not None and "." in step.at.anchor and not step.at.anchor.endswith(".deadline")


@dataclass(frozen=True, slots=True)
class After(Promise):
    """What comes within so long after the due date, or after each happening of a kind.

    Days on which a state of `unless` holds do not count, nor those on which a call or task that would be it waits for a person: the time begins anew after them.
    A reminder that left before the due date is none of what comes after it; the answer to an event, such as a broken plan, is.
    """

    what: What = What()
    since: str = "due"
    within: Duration = Duration(10)
    unless: frozenset[str] = frozenset()
    calendar: Calendar = Calendar()

    def begin(self) -> Hashable:
        """Return that nothing is awaited."""
        return None

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break at the end of the last day on which it could come. A memory is that last day; True once it came and is not awaited again."""
        if self.since != "due" and seen.happened == self.since:
            return add(seen.on, self.within, self.calendar), False
        if memory is True or (memory is None and self.since != "due"):
            return memory, False
        if has_come(self.what, seen) and (self.since != "due" or seen.on > seen.due or _answers(seen.step or seen.passed)):
            return (True if self.since == "due" else None), False
        last = add(seen.due, self.within, self.calendar) if memory is None else memory
        assert isinstance(last, date)
        if self.unless & seen.states or any(self.would_come(step) for step in seen.out):
            return max(last, add(seen.on, self.within, self.calendar)), False
        return last, seen.over and seen.on >= last

    def would_come(self, step: Step) -> bool:
        """Say whether a step, left by the channels that its author wrote, is what is promised."""
        return self.what.happens is None and _as_written(self.what, step, Observed(date.min, frozenset(), date.min))

    def ago(self, memory: Hashable, on: date) -> Hashable:
        """Return how many days are left."""
        return (memory - on).days if isinstance(memory, date) else memory

    @property
    def counts_days(self) -> bool:
        """Whether it does."""
        return True

    def words(self) -> frozenset[str]:
        """Return those that stop the clock."""
        return self.unless

    def deadline(self, memory: Hashable) -> date | None:
        """Return the last day."""
        return memory if isinstance(memory, date) else None


@dataclass(frozen=True, slots=True)
class Softer(Promise):
    """The tone never softens: no text speaks more gently than one that left before it. An answer to an event does not count."""

    def begin(self) -> Hashable:
        """Return the lowest tone."""
        return 0

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break on a softer text."""
        if seen.step is None or seen.step.tone is None or not frozenset(seen.channels) & CONTACT_CHANNELS - MANUAL_CHANNELS:
            return memory, False
        tone, highest = TONES.index(seen.step.tone), int(memory)  # type: ignore[call-overload]  # its own memory
        return max(tone, highest), tone < highest and not _answers(seen.step)

    def carried(self, memory: Hashable, served: Step | None) -> Hashable:
        """Begin anew: who moves a case chooses the tone."""
        return self.begin()


@dataclass(frozen=True, slots=True)
class NeverForgotten(Promise):
    """No claim waits for ever without a person being told of it."""

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break where a day ends with nothing to come, and nobody was told."""
        return memory, seen.over and not seen.told


@dataclass(frozen=True, slots=True)
class Possible(Promise):
    """Something can happen: a history reaches it. The walk as a whole answers, not one history."""

    what: What = What()

    def watch(self, memory: Hashable, seen: Observed) -> tuple[Hashable, bool]:
        """Break nothing: what is sought is found by the walk."""
        return memory, False
