"""What differs between two playbooks, in which history: both go along every history in lock step, and each kind of difference is told by its smallest case.

That nothing differs in any history is said of two playbooks that ask the interpreter the same: their dates over every day of four years, their
conditions over all values of their tests. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from relance.interpreter.compiled import CompiledPlaybook, CompiledStep, compile_playbook, lost_steps
from relance.interpreter.conditions import HOLDS
from relance.model import CONTACT_CHANNELS, Decision, Playbook, Step, Test
from relance.proof.any_day import ASKED
from relance.proof.course import HistoryDay, Parting, history_days, played_out
from relance.proof.prove import DUE, case_of
from relance.proof.walk import Bounds, Walk
from relance.proof.world import Happening

_LEAD = timedelta(days=30)
#: Days of histories that are looked at, and tests over which conditions are compared by all their values.
MOST, _TESTS = 1200, 14


#: What of a playbook says nothing to the interpreter, or is compared by what it comes to.
_SAID = frozenset({"id", "version", "title", "description", "profiles", "said", "waive", "steps", "stop_when", "hold_while"})
#: What of a step is only said, or is compared by the dates and answers it comes to.
_DATED = frozenset({"title", "at", "condition", "after", "grants", "repeat", "expires", "or_at", "not_before", "formerly"})


class Change(StrEnum):
    """What becomes of a step's message: it is one more, one fewer, on another day, by another way, asks another sum, or says it otherwise."""

    MORE = "more"
    FEWER = "fewer"
    EARLIER = "earlier"
    LATER = "later"
    CHANNEL = "other channel"
    SUM = "other sum"
    TEXT = "other text"
    APPROVAL = "other approval"


class Divergence(NamedTuple):
    """A kind of difference, and the smallest case that shows it: what happens, and the day under each playbook."""

    step: str
    change: Change
    happened: tuple[Happening, ...]
    before: date | None
    after: date | None
    contact: bool


class Compared(NamedTuple):
    """Two playbooks compared. `same`: they are the same in every history; `days` were looked at, of all histories of up to `happenings`."""

    old: Playbook
    new: Playbook
    divergences: tuple[Divergence, ...]
    same: bool
    days: int
    happenings: int
    due: date = DUE

    @property
    def lost(self) -> tuple[str, ...]:
        """The steps that the new one does not know, not even as former names: who has had one may get it again under another name."""
        return lost_steps(self.old, self.new)


def lock_step(old: Playbook, new: Playbook, most: int = MOST) -> Compared:
    """Compare two playbooks over the histories of a case of the old one."""
    if same_rules(compile_playbook(old), compile_playbook(new)):
        return Compared(old, new, (), same=True, days=0, happenings=0)
    facts = max((case_of(old), case_of(new)), key=lambda each: each.invoices[0].amount)
    walks = tuple(Walk(playbook, facts, (), Bounds(at_once=1), DUE - _LEAD) for playbook in (old, new))
    names = compile_playbook(new).by_id
    found: dict[tuple[str, Change], Divergence] = {}
    tried: set[object] = set()
    count = happenings = 0

    def parts(day: HistoryDay) -> bool:
        before, after = day.decisions
        return _left(before, new, names) != _left(after, new, names)

    for day in history_days(walks, most, parts):
        count, happenings = count + 1, max(happenings, len(day.happened))
        sign = _sign(day)
        if sign in tried or not parts(day):
            continue
        tried.add(sign)
        for each in _told(new, names, day.happened, *(played_out(walk, day.happened) for walk in walks)):
            found.setdefault((each.step, each.change), each)
    return Compared(old, new, tuple(found.values()), same=False, days=count, happenings=max(happenings - 1, 0))


def _left(decision: Decision, new: Playbook, names: dict[str, int]) -> object:
    step = decision.step
    if step is None:
        return None
    return _named(step.id, new, names), decision.ways, step.claim, step.offer, step.tone, step.template, step.approval, step.approvers


def _sign(day: HistoryDay) -> object:
    """Return what a difference is known by: what each lets leave, and what had happened of which kind."""
    return tuple(each.step.id if each.step else each.reason.name for each in day.decisions), tuple(sorted({each.kind for each in day.happened}))


def _named(step: str, new: Playbook, names: dict[str, int]) -> str:
    return new.steps[names[step]].id if step in names else step


def _told(new: Playbook, names: dict[str, int], happened: tuple[Happening, ...], before: Sequence[Parting], after: Sequence[Parting]) -> list[Divergence]:
    """List how two timelines of one history differ, step by step."""
    found: list[Divergence] = []
    old: dict[str, list[Parting]] = {}
    now: dict[str, list[Parting]] = {}
    for each in before:
        old.setdefault(_named(each.step.id, new, names), []).append(each)
    for each in after:
        now.setdefault(each.step.id, []).append(each)
    for step in dict.fromkeys((*old, *now)):
        was, is_ = old.get(step, []), now.get(step, [])
        for one, other in zip(was, is_, strict=False):
            found += (Divergence(step, change, happened, one.on, other.on, _contact(one) or _contact(other)) for change in _changes(one, other))
        found += (Divergence(step, Change.FEWER, happened, each.on, None, _contact(each)) for each in was[len(is_) :])
        found += (Divergence(step, Change.MORE, happened, None, each.on, _contact(each)) for each in is_[len(was) :])
    return found


def _changes(one: Parting, other: Parting) -> list[Change]:
    a, b = one.step, other.step
    differ = {
        Change.EARLIER: other.on < one.on,
        Change.LATER: other.on > one.on,
        Change.CHANNEL: one.channels != other.channels,
        Change.SUM: a.claim != b.claim,
        Change.TEXT: (a.tone, a.template or a.id, a.kind, a.offer, a.to_role, a.cc) != (b.tone, b.template or b.id, b.kind, b.offer, b.to_role, b.cc) and bool(CONTACT_CHANNELS.intersection(one.channels)),
        Change.APPROVAL: (a.approval, a.approvers) != (b.approval, b.approvers),
    }
    return [change for change, holds in differ.items() if holds]


def _contact(parting: Parting) -> bool:
    return bool(CONTACT_CHANNELS.intersection(parting.channels))


def same_rules(old: CompiledPlaybook, new: CompiledPlaybook) -> bool:
    """Say whether two playbooks ask the same of every claim on every day, whatever they are called and however it is written."""
    one, two = old.playbook, new.playbook
    if len(old.rungs) != len(new.rungs) or any(getattr(one, each.name) != getattr(two, each.name) for each in fields(Playbook) if each.name not in _SAID):
        return False
    tests = tuple(dict.fromkeys((*old.tests, *new.tests)))
    if len(tests) > _TESTS:
        return False
    if any(not _same_step(mine, theirs) for mine, theirs in zip(old.rungs, new.rungs, strict=True)):
        return False
    for values in product((True, False), repeat=len(tests)):
        known = dict(zip(tests, values, strict=True))
        if _silences(old, known) != _silences(new, known):
            return False
    return True


def _silences(plan: CompiledPlaybook, known: dict[Test, bool]) -> object:
    """Return what a playbook's conditions come to for values of its tests: stopped, held, or which steps may go."""
    truths = tuple(known[test] for test in plan.tests)
    if any(holds(truths) == HOLDS for _, holds in plan.stops):
        return "stopped"
    if any(holds(truths) == HOLDS for _, holds in plan.holds):
        return "held"
    return tuple(rung.condition is None or rung.condition(truths) == HOLDS for rung in plan.rungs)


def _same_step(one: CompiledStep, two: CompiledStep) -> bool:
    """Say whether two steps leave on the same days by the same ways with the same words and sums, but for their conditions."""
    a, b = one.step, two.step
    if any(getattr(a, each.name) != getattr(b, each.name) for each in fields(Step) if each.name not in _DATED):
        return False
    if (one.anchor_kind, one.anchor, one.after, one.notices, one.ways) != (two.anchor_kind, two.anchor, two.after, two.notices, two.ways):
        return False
    if (a.repeat is None) != (b.repeat is None) or (a.repeat and b.repeat and a.repeat.times != b.repeat.times) or (one.or_at, one.not_before).count(None) != 2 or (two.or_at, two.not_before).count(None) != 2:
        return False
    if any(one.own(day)[:2] != two.own(day)[:2] for day in ASKED):
        return False
    pairs = ((one.again, two.again), (one.grants, two.grants), (one.expiry, two.expiry))
    if any((mine is None) != (theirs is None) for mine, theirs in pairs):
        return False
    return all(mine(day) == theirs(day) for mine, theirs in pairs if mine is not None and theirs is not None for day in ASKED)
