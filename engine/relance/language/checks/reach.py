"""Checks of what can ever happen: conditions that contradict themselves, the playbook, or what stops and holds it (PB206 to PB208, PB215, PB219)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from relance.dates import is_open, may_leave
from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import AllOf, Condition, Diagnostic, Not, Playbook, Severity, Step, Test, WhenClosed
from relance.sentences import sentence

#: Days enough to find one on which a step may leave: every day of the year on different days of the week.
_YEARS = tuple(date(2027, 1, 1) + timedelta(number) for number in range(731))
_LOW, _HIGH = ("at_least", "more_than", "from"), ("at_most", "less_than", "before")
_BOUNDS = {
    "at_least": sentence("at least"), "more_than": sentence("more than"), "at_most": sentence("at most"), "less_than": sentence("less than"),
    "from": sentence("from"), "before": sentence("before"),
}  # fmt: skip
#: Facts of which several words may hold at once.
_SEVERAL = {"tag", "postcode", "done"}
#: Facts that do not change while a ladder is climbed, so that two steps can never both be met by one debtor.
_LASTING = {"debtor", "creditor", "country", "language"}


def demands(condition: Condition | None) -> tuple[Test, ...]:
    """Return the comparisons that must all hold for a condition to hold; what stands under `any_of` is left out."""
    match condition:
        case Test():
            return (condition,)
        case AllOf(parts):
            return tuple(test for part in parts for test in demands(part))
        case Not(Test(fact, "is", value)):
            return (Test(fact, "is", not value),)
        case _:
            return ()


def contradiction(tests: Iterable[Test]) -> str | None:
    """Say which two demands exclude each other, or None."""
    states: dict[str, object] = {}
    words: dict[str, frozenset[str]] = {}
    low: dict[str, Test] = {}
    high: dict[str, Test] = {}
    for test in tests:
        if test.op == "is":
            if states.setdefault(test.fact, test.value) is not test.value:
                return sentence('"{fact}" cannot be both true and false', fact=test.fact)
        elif test.op == "in" and isinstance(test.value, tuple) and test.fact not in _SEVERAL:
            wanted = frozenset(str(word) for word in test.value)
            words[test.fact] = words.get(test.fact, wanted) & wanted
            if not words[test.fact]:
                return sentence('"{fact}" has one value at a time', fact=test.fact)
        elif test.op in _LOW:
            low[test.fact] = test
        elif test.op in _HIGH:
            high[test.fact] = test
    for fact in low.keys() & high.keys():
        if _empty(low[fact], high[fact]):
            return sentence('"{fact}" cannot be {least} {low} and {most} {high}', fact=fact, least=_BOUNDS[low[fact].op], low=low[fact].value, most=_BOUNDS[high[fact].op], high=high[fact].value)
    return None


def _empty(low: Test, high: Test) -> bool:
    lowest, highest = low.value, high.value
    strict = low.op == "more_than" or high.op in ("less_than", "before")
    if isinstance(lowest, date) and isinstance(highest, date):
        return lowest > highest or (strict and lowest == highest)
    if not isinstance(lowest, Decimal | int) or not isinstance(highest, Decimal | int):
        return False
    return lowest > highest or (strict and lowest == highest)


def given(playbook: Playbook) -> tuple[Test, ...]:
    """Return what holds of every debtor this playbook is for."""
    return () if playbook.debtor == "any" else (Test("debtor", "in", (playbook.debtor,)),)


def unreachable(playbook: Playbook) -> dict[str, str]:
    """Return the steps no debtor can reach, with why; a step that counts from such a one, or waits for it, is one too."""
    found: dict[str, str] = {}
    for step in playbook.steps:
        why = contradiction((*given(playbook), *demands(step.condition)))
        anchor = step.at.anchor.removesuffix(".deadline")
        if why is None and anchor in found and step.or_at is None:
            why = sentence('it counts from "{anchor}", which nobody can reach', anchor=anchor)
        if why is not None:
            found[step.id] = why
    return found


@check(
    Code(
        "PB207", "a step no debtor can reach", Severity.ERROR,
        what="A condition must be possible for the debtors this playbook is for.",
        why="The author believes the step is sent, and it never is.",
        source="LANGUAGE 3",
        bad="""\
debtor: business
steps: [{id: relance, at: J+3, channels: [email], tone: courteous, if: {debtor: consumer}}]
""",
        good="""\
debtor: any
steps: [{id: relance, at: J+3, channels: [email], tone: courteous, if: {debtor: consumer}}]
""",
    ),
)
def reach(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB207: a step no debtor can reach."""
    lost = unreachable(playbook)
    for index, step in enumerate(playbook.steps):
        if step.id in lost:
            key = "if" if step.condition is not None else "at"
            message = sentence('no debtor can reach "{step}": {lost}', step=step.id, lost=lost[step.id])
            yield source.key(("steps", index, key)).diagnostic("PB207", message, hint=sentence("mend the condition, or delete the step"))


@check(
    Code(
        "PB206", "after that can never be met", Severity.ERROR,
        what="A step and those it comes `after` can be met by one debtor.",
        why="The step would wait for ever.",
        source="LANGUAGE 4",
        bad="""\
steps:
  - {id: appel, at: J+3, channels: [call], tone: courteous, if: {country: FR}}
  - {id: relance, at: J+9, after: [appel], channels: [email], tone: courteous, if: {country: BE}}
""",
        good="""\
steps:
  - {id: appel, at: J+3, channels: [call], tone: courteous, if: {country: FR}}
  - {id: relance, at: J+9, after: [appel], channels: [email], tone: courteous}
""",
    ),
)
def after_never_met(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB206: an `after` that can never be met, because no one debtor meets both steps."""
    lost = unreachable(playbook)
    by_id = {step.id: step for step in playbook.steps}
    for index, step in enumerate(playbook.steps):
        for place, name in enumerate(step.after):
            other = by_id.get(name)
            if other is None or step.id in lost:
                continue
            why = lost.get(name) or _apart(playbook, step, other)
            if why is not None:
                message = sentence('"after: {name}" can never be met: {why}', name=name, why=why)
                where = source.at(("steps", index, "after", place))
                yield where.diagnostic("PB206", message, hint=sentence('take "{name}" out of `after`, or mend one of the conditions', name=name))


def _apart(playbook: Playbook, step: Step, other: Step) -> str | None:
    lasting = [test for each in (step, other) for test in demands(each.condition) if test.fact in _LASTING]
    return contradiction((*given(playbook), *lasting))


@check(
    Code(
        "PB208", "a condition that stop or hold has acted on", Severity.ERROR,
        what="A condition may not ask for what stops or holds the case before the ladder is read.",
        why="While it is true nothing is sent, so that the step never is.",
        source="LANGUAGE 4",
        bad="""\
steps: [{id: relance, at: J+3, channels: [email], tone: courteous, if: {disputed: true}}]
""",
        good="""\
hold_while: [on_hold, promised, plan_running]
steps: [{id: relance, at: J+3, channels: [email], tone: courteous, if: {disputed: true}}]
""",
    ),
)
def beside_stop_and_hold(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB208: a condition that can never hold when the ladder is read, since it would have stopped, held or waited before."""
    ends = {test.fact: "stop_when" for test in playbook.stop_when if isinstance(test, Test) and test.op == "is" and test.value is True}
    ends |= {test.fact: "hold_while" for test in playbook.hold_while if isinstance(test, Test) and test.op == "is" and test.value is True}
    for index, step in enumerate(playbook.steps):
        where = source.key(("steps", index, "if"))
        for test in demands(step.condition):
            if test.op == "is" and test.value is True and test.fact in ends:
                message = sentence('"{step}" asks for "{fact}", and "{list}" has acted on it before', step=step.id, fact=test.fact, list=ends[test.fact])
                hint = sentence('take "{fact}" out of `{list}`, or count the step from an event such as promise.broken', fact=test.fact, list=ends[test.fact])
                yield where.diagnostic("PB208", message, hint=hint)
            elif test.fact == "balance" and _below_floor(playbook, test):
                message = sentence('"{step}" asks for a balance under {bound}, and below min_balance ({min_balance}) nothing is sent', step=step.id, bound=test.value, min_balance=playbook.min_balance)
                yield where.diagnostic("PB208", message, hint=sentence("lower min_balance, or raise the bound"))


def _below_floor(playbook: Playbook, test: Test) -> bool:
    floor = playbook.min_balance
    bounded = test.op in _HIGH and isinstance(test.value, Decimal)
    return floor is not None and bounded and _empty(Test("balance", "at_least", floor), test)


@check(
    Code(
        "PB215", "goes on when paid", Severity.ERROR,
        what="`stop_when` has `paid` in it.",
        why="A debtor who has paid would go on being asked. For `insolvent` see PB316.",
        source="LANGUAGE 3",
        bad="""\
stop_when: [insolvent]
""",
        good="""\
stop_when: [paid, insolvent, time_barred]
""",
    ),
)
def stops_when_paid(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB215: `stop_when` without `paid`."""
    words = {test.fact for test in playbook.stop_when if isinstance(test, Test) and test.op == "is" and test.value is True}
    if "paid" not in words:
        message = sentence('"stop_when" leaves out "paid", so that a debtor who has paid would go on being asked')
        yield source.key(("stop_when",)).diagnostic("PB215", message, severity=Severity.ERROR, hint=sentence("add paid to the list"))


@check(
    Code(
        "PB219", "a step without a day", Severity.ERROR,
        what="There is a day of the year on which a step may leave.",
        why="A step whose only weekdays are closed, or whose pauses fill the year, would never leave.",
        source="LANGUAGE 2",
        bad="""\
steps: [{id: releve, at: J+3, weekdays: [sunday], channels: [email], tone: courteous}]
""",
        good="""\
steps: [{id: releve, at: J+3, weekdays: [thursday], channels: [email], tone: courteous}]
""",
    ),
)
def never_leaves(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB219: a step whose weekdays are all closed, or whose pauses leave it no day of the year."""
    calendar = playbook.calendar
    for index, step in enumerate(playbook.steps):
        keeps = (step.when_closed or calendar.when_closed) is WhenClosed.KEEP
        free = (day for day in _YEARS if may_leave(day, calendar, step.weekdays, step.pauses))
        if (step.weekdays or step.pauses or calendar.pauses) and not any(keeps or is_open(calendar, day) for day in free):
            key = "weekdays" if step.weekdays else "pauses" if step.pauses else "at"
            message = sentence('"{step}" may leave on no day: its weekdays are closed, or its pauses fill the year', step=step.id)
            yield source.at(("steps", index, key)).diagnostic("PB219", message, hint=sentence("give it an open day of the week outside the pauses"))
