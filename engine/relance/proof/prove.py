"""Hold a playbook's promises against every history of a case: proved, broken with the shortest history that breaks it, or not decided within the budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from relance.interpreter.compiled import compile_playbook
from relance.model import Facts, Playbook
from relance.proof.promises import Possible, Promise
from relance.proof.walk import Bounds, Move, Walk, Walked
from relance.proof.world import levels
from relance.simulation.what_if import invented

#: The case that is walked falls due on a Monday, so that a year's closed days of spring lie ahead of it.
DUE = date(2026, 3, 2)
_LEAD = timedelta(days=30)


class Ruling(StrEnum):
    """What is said of a promise."""

    PROVED = "proved"
    BROKEN = "broken"
    UNDECIDED = "undecided"


class Held(NamedTuple):
    """A promise and what is said of it. `history` breaks it; of what can happen, it is the shortest that reaches it."""

    promise: Promise
    ruling: Ruling
    history: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What a playbook was held to, on which case, and how much was walked. `outside`: up to so many happenings every history was seen."""

    playbook: Playbook
    facts: Facts
    held: tuple[Held, ...]
    situations: int
    moves: int
    outside: int
    whole: bool
    sums: tuple[Decimal, ...]
    at_once: int

    @property
    def ruling(self) -> Ruling:
        """The worst that is said of a promise."""
        said = {each.ruling for each in self.held}
        return next(ruling for ruling in (Ruling.BROKEN, Ruling.UNDECIDED, Ruling.PROVED) if ruling in said or ruling is Ruling.PROVED)


def prove(playbook: Playbook, promises: Sequence[Promise], bounds: Bounds | None = None, more: Callable[[int], bool] = lambda _: True) -> Proof:
    """Walk every history of one case and say of each promise what came of it. `more` is asked now and then whether to go on."""
    bounds = bounds or Bounds()
    facts = case_of(playbook)
    plain = [each for each in promises if not each.counts_days]
    timed = [each for each in promises if each.counts_days]
    found = Walk(playbook, facts, plain, bounds, DUE - _LEAD).walk(more)
    held = {place: _ruled(promise, plain.index(promise), found) for place, promise in enumerate(promises) if not promise.counts_days}
    if timed:
        by_days = Walk(playbook, facts, timed, bounds._replace(by_days=True), DUE - _LEAD).walk(more)
        held |= {place: _ruled(promise, timed.index(promise), by_days) for place, promise in enumerate(promises) if promise.counts_days}
    return Proof(
        playbook, facts, tuple(held[place] for place in sorted(held)), found.situations, found.moves, found.outside, found.whole,
        levels(compile_playbook(playbook)), bounds.at_once,
    )  # fmt: skip


def case_of(playbook: Playbook) -> Facts:
    """Invent the case that is walked: one the playbook is meant for, its sum above every sum that a condition names."""
    kind = "consumer" if playbook.debtor == "consumer" else "business"
    return invented(DUE, levels(compile_playbook(playbook))[0], profile=next(iter(playbook.profiles), None), debtor=kind)


def _ruled(promise: Promise, place: int, found: Walked) -> Held:
    if isinstance(promise, Possible):
        reached = min((history for step, history in found.left.items() if step in promise.what.steps or not promise.what.steps), key=len, default=None)
        if reached is not None:
            return Held(promise, Ruling.PROVED, reached)
        return Held(promise, Ruling.BROKEN if found.whole else Ruling.UNDECIDED)
    if place in found.breaches:
        return Held(promise, Ruling.BROKEN, found.breaches[place])
    return Held(promise, Ruling.PROVED if found.whole else Ruling.UNDECIDED)
