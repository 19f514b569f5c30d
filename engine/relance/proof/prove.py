"""Hold a playbook's promises against every history of a case: proved, broken with the shortest history that breaks it, or not decided within the budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from relance.interpreter.compiled import compile_playbook
from relance.model import Facts, Playbook
from relance.proof.any_world import every_claim, with_own_fields
from relance.proof.promises import Possible, Promise
from relance.proof.reach import FEW, Reach, Reached
from relance.proof.walk import Bounds, Move, Walk
from relance.proof.world import levels
from relance.simulation.what_if import invented

#: The case that is walked falls due on a Monday, so that a year's closed days of spring lie ahead of it.
DUE = date(2026, 3, 2)
_LEAD = timedelta(days=30)
#: So many situations are looked at for a picture of what may follow what, where nothing is proved by it.
PICTURED = 3_000


class Ruling(StrEnum):
    """What is said of a promise."""

    PROVED = "proved"
    BROKEN = "broken"
    UNDECIDED = "undecided"


class Held(NamedTuple):
    """A promise and what is said of it. `history`, of the claim that `facts` are, breaks it; of what can happen, it is the shortest that reaches it."""

    promise: Promise
    ruling: Ruling
    history: tuple[Move, ...] = ()
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a playbook was held to, on which case, and how much was seen: `situations` whatever the days, and `walked` ones of real histories, with all of up to `outside` happenings."""

    playbook: Playbook
    facts: Facts
    held: tuple[Held, ...]
    reached: Reached
    situations: int
    walked: int
    outside: int
    sums: tuple[Decimal, ...]
    moved: bool = False  # whether a person may move the case, at any moment
    called: str = ""  # what names the playbook on a command line, where it is not its id

    @property
    def ruling(self) -> Ruling:
        """The worst that is said of a promise."""
        said = {each.ruling for each in self.held}
        return next(ruling for ruling in (Ruling.BROKEN, Ruling.UNDECIDED, Ruling.PROVED) if ruling in said or ruling is Ruling.PROVED)


def prove(playbook: Playbook, promises: Sequence[Promise], bounds: Bounds | None = None, more: Callable[[int], bool] = lambda _: True) -> Proof:
    """Say of each promise what comes of it in every history. `more` is asked now and then whether to go on.

    What no situation breaks, whatever its days, is proved. What one may break, and each step that must be able to leave, is looked for
    among real histories, the shortest first; a breach is only told with the history that breaks it.
    """
    bounds = bounds or Bounds()
    facts, sums = case_of(playbook), levels(compile_playbook(playbook))
    timeless = [place for place, each in enumerate(promises) if not isinstance(each, Possible)]
    reached, kept = _reached(playbook, facts, sums, [promises[place] for place in timeless], moved=bounds.moved)
    proved = {timeless[number] for number in kept}
    never = {step.id for step in playbook.steps} - reached.leaves if reached.whole else set[str]()
    search = _Search(playbook, promises, bounds)
    plan = compile_playbook(playbook)
    claims = (*every_claim(playbook, plan, facts), *with_own_fields(plan, facts))
    for dutiful, claim in product((True, False), claims):
        search.walk(claim, proved, never, more, dutiful=dutiful)
    held = []
    for place, promise in enumerate(promises):
        if place in proved:
            held.append(Held(promise, Ruling.PROVED))
        elif isinstance(promise, Possible):
            held.append(_possible(promise, search.left, never, whole=reached.whole))
        else:
            breach = search.breaches.get(place)
            held.append(Held(promise, Ruling.UNDECIDED) if breach is None else Held(promise, Ruling.BROKEN, breach[1], breach[0]))
    return Proof(playbook, facts, tuple(held), reached, reached.situations, search.situations, search.outside or 0, sums, moved=bounds.moved)


def _reached(playbook: Playbook, facts: Facts, sums: tuple[Decimal, ...], promises: Sequence[Promise], *, moved: bool) -> tuple[Reached, set[int]]:
    """Search every situation; return what was reached, and the places of the promises that are proved.

    Where after a few many more wait, a coarse search is made before the rest is looked at: what nothing breaks in it is proved as well.
    """
    reach = Reach(playbook, facts, sums, promises, moved=moved)
    if moved:
        return (found := reach.search()), _kept(found, promises)
    found = reach.search(FEW)
    if not reach.grows or reach.any_day.unmodelled:
        return (found := reach.search()), _kept(found, promises)
    coarse = Reach(playbook, facts, sums, promises, coarse=True).search()
    kept = _kept(coarse, promises)
    if len(kept) < len(promises) and (found := reach.search()).whole:
        return found, kept | _kept(found, promises)
    return (coarse if coarse.whole else found), kept


def _kept(found: Reached, promises: Sequence[Promise]) -> set[int]:
    return set(range(len(promises))) - found.doubtful if found.whole else set()


@dataclass(slots=True)
class _Search:
    """The search for real histories, over one claim after another: the first breach of each promise, the first history of each step, how much was looked at."""

    playbook: Playbook
    promises: Sequence[Promise]
    bounds: Bounds
    breaches: dict[int, tuple[Facts, tuple[Move, ...]]] = field(default_factory=dict)
    left: dict[str, tuple[Facts, tuple[Move, ...]]] = field(default_factory=dict)
    situations: int = 0
    outside: int | None = None

    def walk(self, claim: Facts, proved: set[int], never: set[str], more: Callable[[int], bool], *, dutiful: bool) -> None:
        """Look for what is not decided yet. A `dutiful` walk is taken first, for the steps alone: nearly all of them leave in a short one."""
        sought = [place for place, each in enumerate(self.promises) if not (dutiful or place in proved or place in self.breaches or isinstance(each, Possible))]
        wanted = frozenset(step for each in self.promises if isinstance(each, Possible) for step in each.what.steps) - never - self.left.keys()
        if not sought and not wanted:
            return
        found = Walk(self.playbook, claim, [self.promises[place] for place in sought], self.bounds, DUE - _LEAD).walk(more, wanted, dutiful=dutiful)
        self.breaches |= {sought[number]: (claim, history) for number, history in found.breaches.items()}
        self.left = {step: (claim, history) for step, history in found.left.items()} | self.left
        self.situations += found.situations
        if not dutiful:
            self.outside = found.outside if self.outside is None else min(self.outside, found.outside)


class Follows(NamedTuple):
    """Which step may leave next after which, whatever the days; "" is the beginning. `whole`: no more may, as far as `situations` show."""

    pairs: frozenset[tuple[str, str]]
    whole: bool
    situations: int


def follows_of(playbook: Playbook, most: int = PICTURED) -> Follows:
    """Say what may follow what, in so many situations at most."""
    reached = Reach(playbook, case_of(playbook), levels(compile_playbook(playbook)), (), most=most).search()
    return Follows(frozenset(reached.follows), reached.whole, reached.situations)


def case_of(playbook: Playbook) -> Facts:
    """Invent the case that is walked: one the playbook is meant for, its sum above every sum that a condition names."""
    kind = "consumer" if playbook.debtor == "consumer" else "business"
    return invented(DUE, levels(compile_playbook(playbook))[0], profile=next(iter(playbook.profiles), None), debtor=kind)


def _possible(promise: Possible, left: Mapping[str, tuple[Facts, tuple[Move, ...]]], never: set[str], *, whole: bool) -> Held:
    """Rule on what must be able to happen: a history reaches it, or nothing can, or neither is known."""
    histories = (found for step, found in left.items() if step in promise.what.steps or not promise.what.steps)
    reached = min(histories, key=lambda found: len(found[1]), default=None)
    if reached is not None:
        return Held(promise, Ruling.PROVED, reached[1], reached[0])
    return Held(promise, Ruling.BROKEN if whole and promise.what.steps and promise.what.steps <= never else Ruling.UNDECIDED)
