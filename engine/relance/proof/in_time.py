"""Whether what must come within so long after the due date comes, whatever the days: by a step that counts from it, on a morning on which nothing excuses its absence.

Of every window of days that a promise may leave, the calendar is asked for three on which that step may go, for each place whose holidays a debtor's
address can bring: a move of the day before, a hold that has just ended and a task that is passed over take up no more than two of them. On such a morning the step itself
or another that keeps the promise leaves: that is put to `decide_by`, over views without days. docs/prove.md says why this is enough. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cached_property

from relance.dates import add, is_open
from relance.interpreter.compiled import DUE, WORLD, CompiledPlaybook, CompiledStep, at_place, compile_playbook
from relance.law.places import COUNTRIES, POSTCODES
from relance.model import AllOf, AnyOf, Condition, EntryPoint, Test
from relance.proof.any_day import ASKED, AnyDay, may_lapse
from relance.proof.any_world import KindOfClaim
from relance.proof.ladder_state import LadderState
from relance.proof.promises import After, Observed, has_come

_DAY = timedelta(days=1)
#: Mornings that a window must have: one may be taken by the end of a hold or a move of the day before, one by a person who passes over a task.
_MORNINGS = 3


class InTime:
    """One promise of what comes after the due date, asked of the situations of a playbook."""

    def __init__(self, plan: CompiledPlaybook, promise: After, any_day: AnyDay) -> None:
        self.plan, self.promise, self.any_day = plan, promise, any_day
        self._places = tuple(
            plan if place is None else compile_playbook(at_place(plan.playbook, place)) for place in dict.fromkeys((None, *POSTCODES.values(), *COUNTRIES.values()))
        )
        self._timely: dict[tuple[int, frozenset[int]], bool] = {}
        self._later: dict[int, bool] = {}
        self._apart: dict[str, list[date]] = {}
        self._mornings: dict[tuple[object, ...], dict[date, date]] = {}

    @cached_property
    def can_be_proved(self) -> bool:
        """Whether all that stops or holds a claim by a word excuses, and a case enters its ladder at the beginning."""
        playbook = self.plan.playbook
        excused = all(_implies(each, self.promise.unless) for each in (*playbook.stop_when, *playbook.hold_while))
        return self.promise.since == "due" and excused and playbook.entry is EntryPoint.FIRST

    def came(self, seen: Observed) -> bool:
        """Say that what was promised has certainly come after the due date, or as the answer to an event."""
        step = seen.step or seen.passed
        if step is None or not has_come(self.promise.what, seen):
            return False
        rung = self.plan.rungs[self.plan.by_id[step.id]]
        return rung.anchor_kind == WORLD or self._after_due(rung)

    def holds(self, kinds: Collection[KindOfClaim], ladder: LadderState, over: frozenset[int]) -> bool:
        """Say whether, where it has not come yet, it comes on a morning that nothing excuses; or somebody is waited for."""
        out = [self.plan.rungs[index].step for index, made in enumerate(ladder.out) if made is not None]
        if ladder.busy is not None or any(self.promise.would_come(step) for step in out):
            return True
        return len(out) <= 1 and all(self._comes(truths, ladder, over) for truths in {kind.truths for kind in kinds if not kind.states & self.promise.unless and self._worth(kind)})

    def _worth(self, kind: KindOfClaim) -> bool:
        return self.plan.worth is None or bool(kind.truths[self.plan.worth])

    def _comes(self, truths: tuple[bool | None, ...], ladder: LadderState, over: frozenset[int]) -> bool:
        leaving = (self.plan.rungs[found.place].step for found in self.any_day.possible(truths, ladder, over))
        if not all(self.promise.would_come(step) for step in leaving):
            return False
        return any(self.any_day.leaves_by_its_date(rung, truths, ladder, over) for rung in self.plan.rungs if self._is_timely(rung, ladder))

    def _is_timely(self, rung: CompiledStep, ladder: LadderState) -> bool:
        """Say whether a step's date, as the ladder stands, comes early enough in every window; the steps done before it may have pushed it on."""
        if not self.promise.would_come(rung.step) or not self._after_due(rung) or may_lapse(self.plan, rung):
            return False
        before = frozenset(other.index for other in self.plan.rungs[: rung.index] if ladder.done[other.index] is not None and other.anchor_kind == DUE)
        key = rung.index, before
        if key not in self._timely:
            self._timely[key] = all(self._in_every_window(plan, plan.rungs[rung.index], before) for plan in self._places)
        return self._timely[key]

    def _in_every_window(self, plan: CompiledPlaybook, rung: CompiledStep, before: frozenset[int]) -> bool:
        ahead = [plan.rungs[index] for index in before]
        if any(other.own(day)[0] >= day for other in ahead for day in ASKED):
            return False  # it may have been done late, and `pace: keep` then keeps the distance
        alike = plan.playbook.calendar, rung.step.when_closed, rung.step.weekdays, rung.step.pauses  # steps written so move alike
        mornings = self._mornings.setdefault(alike, {})
        for day, last in self._windows(plan):
            own = rung.own(day)[1]
            begins = max(own, day + _DAY)
            if ahead:
                begins = max(begins, *(day + (own - other.own(day)[1]) for other in ahead))
            if (morning := mornings.get(begins)) is None:
                morning = mornings[begins] = self._last_morning(rung, begins)
            if morning > last:
                return False
        return True

    def _windows(self, plan: CompiledPlaybook) -> Iterator[tuple[date, date]]:
        """Yield the windows that are asked: where the debtor is, those alone in which a day is closed that is open elsewhere, or the other way about."""
        all_of_them = zip(ASKED, self._last_days, strict=True)
        if plan is self.plan:
            yield from all_of_them
            return
        here, elsewhere = plan.playbook.calendar, self.plan.playbook.calendar
        if (apart := self._apart.get(here.place)) is None:
            apart = self._apart[here.place] = [day for day in self._days if is_open(here, day) is not is_open(elsewhere, day)]
        for day, last in all_of_them:
            if (place := bisect_left(apart, day)) < len(apart) and apart[place] <= last:
                yield day, last

    @cached_property
    def _days(self) -> tuple[date, ...]:
        """Every day of the windows."""
        return tuple(ASKED[0] + _DAY * number for number in range((max(self._last_days) - ASKED[0]).days + 1))

    @cached_property
    def _last_days(self) -> tuple[date, ...]:
        """The last day of the promise after each day that is asked."""
        return tuple(add(day, self.promise.within, self.promise.calendar) for day in ASKED)

    @staticmethod
    def _last_morning(rung: CompiledStep, start: date) -> date:
        for _ in range(_MORNINGS - 1):
            start = rung.rolled(start) + _DAY
        return rung.rolled(start)

    def _after_due(self, rung: CompiledStep) -> bool:
        """Say whether a step counts from the due date, and from nothing else, to a day after it."""
        if (found := self._later.get(rung.index)) is None:
            found = self._later[rung.index] = rung.anchor_kind == DUE and rung.or_at is None and rung.not_before is None and all(min(rung.own(day)[:2]) > day for day in ASKED)
        return found


def _implies(condition: Condition, words: Collection[str]) -> bool:
    """Say whether one of some words holds wherever a condition does."""
    match condition:
        case Test(fact=fact, op="is", value=True):
            return fact in words
        case AllOf(parts=parts):
            return any(_implies(each, words) for each in parts)
        case AnyOf(parts=parts):
            return all(_implies(each, words) for each in parts)
        case _:
            return False
