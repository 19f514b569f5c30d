"""What a playbook's tests exercise: its steps and repeats, each comparison both true and false, its passings-over, its fallbacks.

Reads what the tests saw, day by day. Judges no playbook: a gap is a line for the author, not an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from relance.interpreter import Look, compile_playbook
from relance.interpreter.compiled import CompiledPlaybook
from relance.interpreter.conditions import describe
from relance.interpreter.steps_done import with_steps_done
from relance.model import WORLD_ANCHORS, Decision, Playbook, Status, Step, StepStatus
from relance.sentences import sentence
from relance.simulation.playbook_tests import Result

#: What makes a step be passed over, and the reasons that say it was.
_CONDITION = frozenset({"condition", "fact_missing"})
_EXPIRY = frozenset({"expired", "crowded_out", "dropped"})
_ANCHOR = frozenset({"no_anchor"})
_GIVEN = frozenset({"not_given"})


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many things of a kind there are to exercise, and those no test does, as lines for the author."""

    playbook: str
    total: int
    gaps: tuple[str, ...]
    tested: bool = True  # whether there is a test at all
    never_due: frozenset[str] = frozenset()  # the steps that no test makes due

    @property
    def covered(self) -> int:
        """How many are exercised."""
        return self.total - len(self.gaps)


@dataclass(slots=True)
class _Seen:
    """What the tests have exercised so far."""

    steps: set[str] = field(default_factory=set)
    repeated: set[str] = field(default_factory=set)
    truths: set[tuple[int, bool]] = field(default_factory=set)
    passed: set[tuple[str, str]] = field(default_factory=set)  # step, reason
    ways: set[tuple[str, str]] = field(default_factory=set)  # step, channel replaced
    dates: set[tuple[str, str]] = field(default_factory=set)  # step, the one of its dates by which it came


def coverage(playbook: Playbook, results: Iterable[Result]) -> Coverage:
    """Say what of a playbook the tests exercise."""
    seen, tested = _Seen(), False
    for result in results:
        tested = True
        for look in result.looks.values():
            _watch(look, seen, compile_playbook(playbook))
    wanted = [*_of_steps(playbook, seen), *_of_conditions(playbook, seen), *_of_passings(playbook, seen)]
    never = frozenset(step.id for step in playbook.steps) - seen.steps
    return Coverage(playbook.id, len(wanted), tuple(line for line, done in wanted if not done), tested, never)


def _watch(look: Look, seen: _Seen, plan: CompiledPlaybook) -> None:
    for _, view, decision in look.seen:
        seen.truths.update((index, bool(value)) for index, value in enumerate(with_steps_done(plan, view).truths))
        for verdict in decision.steps:
            if verdict.status in (StepStatus.DUE, StepStatus.SKIPPED):
                seen.steps.add(verdict.step)
            if verdict.status in (StepStatus.PASSED_OVER, StepStatus.EXPIRED):
                seen.passed.add((verdict.step, verdict.reason.name))
        if decision.status is Status.DUE:
            _sent(decision, seen)


def _sent(decision: Decision, seen: _Seen) -> None:
    step = decision.step
    assert step is not None
    if decision.reason.name == "at":
        seen.dates.add((step.id, str(decision.reason.args[0])))
    if decision.occurrence > 1:
        seen.repeated.add(step.id)
    left = {way.channel for way in decision.ways}
    seen.ways.update((step.id, channel) for channel, fallback in step.fallback if channel not in left and fallback in left)


def _of_steps(playbook: Playbook, seen: _Seen) -> Iterable[tuple[str, bool]]:
    for step in playbook.steps:
        yield sentence("step {step} is never due", step=step.id), step.id in seen.steps
        if step.repeat is not None:
            yield sentence("step {step} is never repeated", step=step.id), step.id in seen.repeated
        for at in step.dates if len(step.dates) > 1 else ():
            yield sentence("step {step} never comes by {at}", step=step.id, at=at.text), (step.id, at.text) in seen.dates
        for channel, fallback in step.fallback:
            if channel in step.channels:
                yield sentence("step {step} never leaves by {fallback} for want of {channel}", step=step.id, fallback=fallback, channel=channel), (step.id, channel) in seen.ways


def _of_conditions(playbook: Playbook, seen: _Seen) -> Iterable[tuple[str, bool]]:
    for index, test in enumerate(compile_playbook(playbook).tests):
        for value in (True, False):
            line = sentence("condition {condition} is never true", condition=describe(test)) if value else sentence("condition {condition} is never false", condition=describe(test))
            yield line, (index, value) in seen.truths


def _of_passings(playbook: Playbook, seen: _Seen) -> Iterable[tuple[str, bool]]:
    for step in playbook.steps:
        for why, reasons in _ways_past(step):
            yield sentence("step {step} is never passed over because {why}", step=step.id, why=why), any((step.id, reason) in seen.passed for reason in reasons)


def _ways_past(step: Step) -> Iterable[tuple[str, frozenset[str]]]:
    """List why a step may be passed over: its condition fails, it has expired, what it counts from has not happened."""
    if step.condition is not None:
        yield sentence("{condition} does not hold", condition=describe(step.condition)), _CONDITION
    offset = step.at.offset
    if step.expires is not None or (step.at.anchor == "due" and offset is not None and offset.number < 0):
        yield sentence("it has expired"), _EXPIRY
    if step.at.anchor in WORLD_ANCHORS:
        yield sentence("{anchor} has not happened", anchor=step.at.anchor), _ANCHOR
    if step.at.anchor == "placed":  # that of the mandate an agency must know, or nothing leaves
        yield sentence("the day of {anchor} is not known", anchor=step.at.anchor), _GIVEN
