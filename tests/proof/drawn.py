"""Drawn histories of one claim on the plain interpreter, each of their moments held to what the search whatever the days has reached.

A history is drawn by its seed alone: what a walk remembers of worlds and days that it has seen makes the next one cheaper, and no other.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import relance
from relance.interpreter.compiled import compile_playbook
from relance.language import library
from relance.model import Channel, Charge, Duration, Pace, Playbook, Status, StepKind, TimeUnit
from relance.proof import ladder_state
from relance.proof.built_in import built_in
from relance.proof.promise_file import WAITED
from relance.proof.promises import After, Never, Observed, Possible, Promise, What
from relance.proof.prove import DUE, case_of
from relance.proof.reach import Reach
from relance.proof.walk import Bounds, Moment, Move, Walk
from relance.proof.world import Happening, World, levels

SHIPPED = [name for name in library.shipped_ids() if name != "demo"]
PACES = [None, Pace.JUMP, Pace.DROP, Pace.CATCH_UP]


def playbook(name: str, pace: Pace | None = None) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found if pace is None else replace(found, pace=pace)


class Stray(NamedTuple):
    """A drawn history: where it stands, its last move, and the history before that."""

    moment: Moment
    move: Move | None = None
    before: "Stray | None" = None

    def moves(self) -> list[Move]:
        """Return all its moves, the first first."""
        found, at = list[Move](), self
        while at.before is not None and at.move is not None:
            found.append(at.move)
            at = at.before
        return found[::-1]


class MissedError(AssertionError):
    """A moment of a history that the proof missed."""

    def __init__(self, history: Stray, why: str) -> None:
        super().__init__(why)
        self.history = history


@dataclass
class Drawn:
    """What was reached of a playbook, and a walk from which histories are drawn, with three things open at once."""

    playbook: Playbook
    promises: tuple[Promise, ...]
    reach: Reach
    moved: bool = False
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin a walk that remembers nothing."""
        self.walk = Walk(self.playbook, case_of(self.playbook), self.promises, Bounds(1, 3, self.moved), DUE)

    @property
    def beginning(self) -> Stray:
        """The history in which nothing has happened."""
        return Stray(Moment(self.walk.start, World(), ladder_state.beginning(self.walk.plan), tuple(each.begin() for each in self.promises)))

    def stray(self, draw: random.Random, length: int, history: Stray | None = None) -> Stray:
        """Draw a history of so many moves, or so many more of one drawn before. Raises MissedError where a moment of it is none that was reached."""
        walk, history = self.walk, history or self.beginning
        for _ in range(length):
            moment = history.moment
            outside = list(walk.happenings(moment)) if draw.random() < 0.25 else []
            move, after, seen = walk.happened(moment, _happening(draw, outside)) if outside else _one(draw, list(walk.by_itself(moment)))
            watches, broken = walk.watched(moment.watches, seen)
            history = Stray(after._replace(watches=watches), move, history)
            if not set(broken) <= self.reach.found.doubtful:
                raise MissedError(history, f"it breaks {[self.promises[place].name for place in broken]}")
            self._hold(history)
            self.happened[move.name] += 1
        return history

    def _hold(self, history: Stray) -> None:
        """Hold the ladder to the situations that were reached, and what is due to what was thought possible there."""
        any_day, moment = self.reach.any_day, history.moment
        shape = any_day.shape(moment.ladder)
        if shape not in self.reach.found.ladders:
            raise MissedError(history, "no such situation was reached")
        decision = self.walk.decision(moment)
        if decision.status is not Status.DUE:
            return
        view, _, _ = self.walk.claim.seen(moment.world, moment.on)
        if view.truths not in self.reach.states:
            raise MissedError(history, "no such claim was thought possible")
        may = any_day.possible(view.truths, shape, frozenset())
        alike = (each for each in may if self.playbook.steps[each.place] is decision.step and (each.ways == decision.ways or any(moment.ladder.failed)))
        if next(alike, None) is None:
            raise MissedError(history, f"{decision} was not thought possible")


def _happening(draw: random.Random, may: Sequence[Happening]) -> Happening:
    """Draw a kind first, so that no kind is drawn for the number of its forms."""
    kind = draw.choice(sorted({each.kind for each in may}))
    return draw.choice([each for each in may if each.kind == kind])


def _one(draw: random.Random, may: Sequence[tuple[Move, Moment, tuple[Observed, ...]]]) -> tuple[Move, Moment, tuple[Observed, ...]]:
    """Draw a kind of move first, so that what people do is drawn as often as the days that pass."""
    name = draw.choice(sorted({move.name for move, _, _ in may}))
    return draw.choice([each for each in may if each[0].name == name])


def drawn(name: str, pace: Pace | None, *, moved: bool = False, coarse: bool = False) -> Drawn:
    """Search a playbook whole, under a pace; what is drawn is held to that. A first contact within ten open days, a notice by registered letter alone and one with interest are asked of all, beside the common promises.

    `moved`: a person moves the case now and then. `coarse`: the search is the one that tells fewer situations apart.
    """
    one = playbook(name, pace)
    soon = After("soon", what=What(contact=True), within=Duration(10, TimeUnit.BUSINESS_DAY), unless=WAITED, calendar=one.calendar)
    by_post = Never("by post", what=What(kinds=frozenset({StepKind.FORMAL_NOTICE})), always=What(channels=frozenset({Channel.REGISTERED_LETTER})))
    asks = Never("asks", what=What(kinds=frozenset({StepKind.FORMAL_NOTICE})), always=What(claims=frozenset({Charge.LATE_INTEREST, Charge.LEGAL_INTEREST})))
    promises = (*(each for each in built_in(one) if not isinstance(each, Possible)), soon, by_post, asks)
    reach = Reach(one, case_of(one), levels(compile_playbook(one)), promises, moved=moved, coarse=coarse)
    assert reach.search().whole
    return Drawn(one, promises, reach, moved)
