"""Checks of what an author wrote and nothing follows from, or nearly all (PB235): a second date that never comes first, a bound that never binds, a pause turned round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import INVOICE_ANCHORS, Diagnostic, Pause, Playbook, Severity, Step, TimeUnit, When
from relance.sentences import sentence

#: Days of one length, by the unit: what may be compared whatever the calendar.
_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}
#: A pause that lasts longer is one turned round.
_LONGEST = 183


@check(
    Code(
        "PB235", "a day that means something else", Severity.WARNING,
        what="`or_at` can come before `at`, `not_before` after it, a step counts forward from another one, and a pause of the calendar lasts no longer than half of the year.",
        why="A step comes at the first of `at` and `or_at`, and not before `not_before`: the wrong one of them changes nothing. A pause from August 31 to August 1 is eleven months long.",
        source="LANGUAGE 2",
        bad="""\
steps: [{id: relance-1, at: J+3, or_at: J+30, channels: [email], tone: courteous}]
""",
        good="""\
steps: [{id: relance-1, at: J+3, or_at: promise.broken + 1 day, channels: [email], tone: courteous}]
""",
    ),
)
def a_day_that_changes_nothing(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB235: a second date that is never the first, a bound that never binds, a pause longer than what it leaves."""
    for place, pause in enumerate(playbook.calendar.pauses):
        yield from _turned(pause, source, ("calendar", "pauses", place))
    for index, step in enumerate(playbook.steps):  # a step's own pauses may leave it a season alone
        yield from _never_binds(step, source, index)


def _never_binds(step: Step, source: Source, index: int) -> Iterator[Diagnostic]:
    if step.at.anchor not in INVOICE_ANCHORS and step.at.offset is not None and step.at.offset.number < 0 and not step.at.anchor.endswith(".deadline"):
        message = sentence('"{step}" cannot come before "{anchor}", from which it counts: it comes right behind it', step=step.id, anchor=step.at.anchor)
        hint = sentence('count it from the invoice, such as "J+14", or write "+" for "-"')
        yield source.at(("steps", index, "at")).diagnostic("PB235", message, severity=Severity.WARNING, hint=hint)
    later = _later(step.or_at, step.at)
    if later is not None and later >= 0:
        message = sentence('"or_at" never comes before "at": the step comes at the first of the two, and this one changes nothing')
        hint = sentence("for the later of the two write `at: {later}` alone", later=step.or_at.text if step.or_at is not None else "")
        yield source.at(("steps", index, "or_at")).diagnostic("PB235", message, severity=Severity.WARNING, hint=hint)
    later = _later(step.not_before, step.at) if step.or_at is None else None
    if later is not None and later <= 0:
        message = sentence('"not_before" never comes after "at", and changes nothing')
        yield source.at(("steps", index, "not_before")).diagnostic("PB235", message, severity=Severity.WARNING, hint=sentence("it may go"))


def _later(one: When | None, other: When) -> int | None:
    """Return by how many days a date comes after another; None where that depends on the case or the calendar."""
    if one is None or one.anchor != other.anchor or one.end_of_month or other.end_of_month:
        return None
    spans = [each.offset for each in (one, other)]
    units = {each.unit for each in spans if each is not None and each.number}
    if len(units) == 1 and not units & _DAYS.keys():
        return (spans[0].number if spans[0] else 0) - (spans[1].number if spans[1] else 0)
    if units - _DAYS.keys():
        return None
    first, second = (each.number * _DAYS[each.unit] if each is not None and each.number else 0 for each in spans)
    return first - second


def _turned(pause: Pause, source: Source, path: tuple[str | int, ...]) -> Iterator[Diagnostic]:
    days = (date(2027 + (pause.end < pause.start), *_plain(pause.end)) - date(2027, *_plain(pause.start))).days + 1
    if days <= _LONGEST:
        return
    first, last = (f"{month:02}-{day:02}" for month, day in (pause.start, pause.end))
    message = sentence("this pause lasts {days} days of every year, from {first} to {last}", days=days, first=first, last=last)
    hint = sentence("for the days between the two write `{written}`", written=f"{{from: {last}, to: {first}}}") if pause.end < pause.start else sentence("a pause is for a few weeks of every year")
    yield source.at(path).diagnostic("PB235", message, severity=Severity.WARNING, hint=hint)


def _plain(day: tuple[int, int]) -> tuple[int, int]:
    """Return a day of a year that is no leap year."""
    return (2, 28) if day == (2, 29) else day
