"""Checks of names and order: ids, anchors, `after`, delays that go backwards, repeats, one ladder with two clocks (PB201 to PB206, PB214, PB217, PB218, PB226)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.dates import written
from relance.language.code import Code, check
from relance.language.place import Span
from relance.language.source import Source
from relance.language.vocabulary import meant
from relance.model import INVOICE_ANCHORS, WORLD_ANCHORS, AllOf, AnyOf, Condition, Diagnostic, Not, Playbook, Severity, Step, Test
from relance.sentences import sentence

#: A due date on which delays are compared; 2 March 2026 is a Monday of a quiet month.
NOMINAL = {"due": date(2026, 3, 2), "issued": date(2026, 1, 31), "placed": date(2026, 5, 4), "mandate": date(2026, 1, 5)}


@check(
    Code(
        "PB201", "duplicate id", Severity.ERROR,
        what="Each step has an id of its own.",
        why="The journal knows a step by its id; two of one name cannot be told apart later.",
        source="LANGUAGE 1",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: relance, at: J+9, channels: [email], tone: courteous}
""",
        good="""\
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: J+9, channels: [email], tone: courteous}
""",
    ),
)
def duplicate_ids(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB201: two steps of one id."""
    first: dict[str, int] = {}
    for index, step in enumerate(playbook.steps):
        if step.id in first:
            line = source.at(("steps", first[step.id], "id")).line
            message = sentence('the id "{step}" is already the id of the step on line {line}', step=step.id, line=line)
            yield source.at(("steps", index, "id")).diagnostic("PB201", message, hint=sentence("give each step its own id"))
        first.setdefault(step.id, index)


@check(
    Code(
        "PB202", "names no step before it", Severity.ERROR,
        what="`at` and `after` name a step that stands earlier in the file.",
        why="A step that counts from itself, from a later one or from none would never come.",
        source="LANGUAGE 2",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: appel, at: relence + 5 days, channels: [call], tone: courteous}
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: appel, at: relance + 5 days, channels: [call], tone: courteous}
""",
    ),
    Code(
        "PB203", "deadline of a step that grants none", Severity.ERROR,
        what="`<id>.deadline` needs `grants` on that step.",
        why="There is no day to count from.",
        source="LANGUAGE 2",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: appel, at: relance.deadline + 1 day, channels: [call], tone: courteous}
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous, grants: 8 days}
  - {id: appel, at: relance.deadline + 1 day, channels: [call], tone: courteous}
""",
    ),
    Code(
        "PB204", "first step counted from the previous one", Severity.ERROR,
        what="The first step counts from the invoice or from an event.",
        why="Nothing comes before it, so that it would never be due.",
        source="LANGUAGE 2",
        bad="""\
steps: [{id: relance, at: previous + 3 days, channels: [email], tone: courteous}]
""",
        good="""\
steps: [{id: relance, at: J+3, channels: [email], tone: courteous}]
""",
    ),
)
def unknown_references(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB202 to PB204: an anchor or `after` that names no step before this one, a deadline nobody granted, a first step that has no previous."""
    order = {step.id: index for index, step in reversed(list(enumerate(playbook.steps)))}
    for index, step in enumerate(playbook.steps):
        for key, at in (("at", step.at), ("or_at", step.or_at), ("not_before", step.not_before)):
            if at is not None:
                yield from _counted(playbook, source.at(("steps", index, key)), index, key, at.anchor, order)
        for place, other in enumerate(step.after):
            wrong = _misnamed(other, index, playbook, order)
            if wrong is not None:
                yield source.at(("steps", index, "after", place)).diagnostic("PB202", sentence('"after" names "{other}", {wrong}', other=other, wrong=wrong[0]), hint=wrong[1])


def _counted(playbook: Playbook, where: Span, index: int, key: str, anchor: str, order: dict[str, int]) -> Iterator[Diagnostic]:
    if anchor == "previous":
        if index == 0:
            hint = sentence("count it from due or issued, as in `at: J+1`")
            yield where.diagnostic("PB204", sentence("the first step has no previous step to count from"), hint=hint)
        return
    if anchor in INVOICE_ANCHORS or anchor in WORLD_ANCHORS:
        return
    name = anchor.removesuffix(".deadline")
    wrong = _misnamed(name, index, playbook, order)
    if wrong is not None:
        yield where.diagnostic("PB202", sentence('"{key}" counts from "{name}", {wrong}', key=key, name=name, wrong=wrong[0]), hint=wrong[1])
    elif anchor != name and playbook.steps[order[name]].grants is None:
        message = sentence('"{name}" grants no time, so that it has no deadline', name=name)
        yield where.diagnostic("PB203", message, hint=sentence('add `grants: 8 days` to "{name}", or count from `{name}`', name=name))


def _misnamed(name: str, index: int, playbook: Playbook, order: dict[str, int]) -> tuple[str, str] | None:
    """Say what is wrong with a reference to a step, and the way out; None when it names a step before this one."""
    found = order.get(name)
    before = [step.id for step in playbook.steps[:index]]
    if found is None:
        near = meant(name, [*before, *INVOICE_ANCHORS, *WORLD_ANCHORS])
        ways = sentence('did you mean "{near}"?', near=near) if near else sentence("the steps before it are {before}", before=before) if before else sentence("no step comes before it")
        return sentence("which is no step and no anchor") if "." in name else sentence("which is no step"), ways
    if found == index:
        return sentence("which is the step itself"), sentence("count from a step before it, or from due")
    if found > index:
        return sentence("which comes later in the file"), sentence('move "{name}" up, or count from a step before this one', name=name)
    return None


@check(
    Code(
        "PB226", "a step of the ladder asked about where there is none", Severity.ERROR,
        what="`done` names steps of this playbook, and stands in the `if` of a step.",
        why="A step that does not exist is never done; and what stops or holds a case is asked before the ladder is read.",
        source="LANGUAGE 3",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: appel, at: J+9, channels: [call], tone: courteous, if: {done: relence}}
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous}
  - {id: appel, at: J+9, channels: [call], tone: courteous, if: {done: relance}}
""",
    ),
)
def steps_asked_about(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB226: a condition on a step that does not exist, or one that stops or holds."""
    known = [name for step in playbook.steps for name in (step.id, *step.formerly)]
    for index, step in enumerate(playbook.steps):
        for name in steps_named(step.condition) if step.condition is not None else ():
            if name not in known:
                near = meant(name, known)
                hint = sentence('did you mean "{near}"?', near=near) if near else sentence("the steps are {steps}", steps=[each.id for each in playbook.steps])
                yield source.at(("steps", index, "if")).diagnostic("PB226", sentence('"done" names "{name}", which is no step', name=name), hint=hint)
    for key, conditions in (("stop_when", playbook.stop_when), ("hold_while", playbook.hold_while)):
        for place, condition in enumerate(conditions):
            if steps_named(condition):
                message = sentence('"{key}" asks what the ladder did, and is asked before the ladder', key=key)
                yield source.at((key, place)).diagnostic("PB226", message, hint=sentence("put `done` into the `if` of a step"))


def steps_named(condition: Condition) -> tuple[str, ...]:
    """Return the steps that a condition asks about, wherever it does."""
    asked = (test.value for test in comparisons(condition) if test.fact == "done" and isinstance(test.value, tuple))
    return tuple(name for names in asked for name in names if isinstance(name, str))


def comparisons(condition: Condition) -> Iterator[Test]:
    """Yield every comparison of a condition, in the order written."""
    match condition:
        case Test():
            yield condition
        case Not(part):
            yield from comparisons(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons(part)


@check(
    Code(
        "PB205", "delays that go backwards", Severity.WARNING,
        what="Of steps counted from one anchor, a later one has a later date.",
        why="The ladder only climbs; a step whose date comes first but stands second passes the other over.",
        source="LANGUAGE 4",
        bad="""\
steps:
  - {id: relance-1, at: J+15, channels: [email], tone: courteous}
  - {id: relance-2, at: J+8, channels: [email], tone: courteous}
""",
        good="""\
steps:
  - {id: relance-1, at: J+8, channels: [email], tone: courteous}
  - {id: relance-2, at: J+15, channels: [email], tone: courteous}
""",
    ),
)
def backwards(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB205: steps counted from one anchor whose delays go backwards; the earlier one would be passed over."""
    highest: dict[str, tuple[date, Step]] = {}
    for index, step in enumerate(playbook.steps):
        anchor = step.at.anchor
        if anchor == "previous":
            continue
        on = written(step.at, NOMINAL.get(anchor, NOMINAL["due"]), playbook.calendar)
        if anchor in highest and on < highest[anchor][0]:
            other = highest[anchor][1]
            message = sentence('"{step}" ({at}) stands after "{other}" ({at_2}), and its date comes first', step=step.id, at=step.at.text, other=other.id, at_2=other.at.text)
            hint = sentence('move it above "{other}", or lengthen its delay; as it is, it is passed over once "{other}" has gone', other=other.id)
            yield source.at(("steps", index, "at")).diagnostic("PB205", message, severity=Severity.WARNING, hint=hint)
        else:
            highest[anchor] = (on, step)


@check(
    Code(
        "PB214", "endless before the end", Severity.WARNING,
        what="Only the last step repeats without end.",
        why="A step that never ends hides those that come after it from whoever reads the ladder.",
        source="LANGUAGE 4",
        bad="""\
steps:
  - {id: relance, at: J+3, channels: [call], tone: courteous, repeat: {every: 14 days, times: unlimited}}
  - {id: appel, at: J+30, channels: [call], tone: courteous}
""",
        good="""\
steps:
  - {id: relance, at: J+3, channels: [call], tone: courteous, repeat: {every: 14 days, times: 2}}
  - {id: appel, at: J+30, channels: [call], tone: courteous}
""",
    ),
)
def endless_before_the_end(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB214: a step that repeats without end before the last one."""
    for index, step in enumerate(playbook.steps[:-1]):
        if step.repeat is not None and step.repeat.times is None:
            message = sentence('"{step}" repeats without end, and steps come after it', step=step.id)
            hint = sentence("say how often with `times`, or make it the last step")
            yield source.at(("steps", index, "repeat", "times")).diagnostic("PB214", message, severity=Severity.WARNING, hint=hint)


@check(
    Code(
        "PB217", "one ladder, two clocks", Severity.WARNING,
        what="The steps count from the due date, or from the issue date, and not some from each.",
        why="Terms of payment differ from invoice to invoice, and with them the order of the steps would.",
        source="the field's practice",
        bad="""\
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: issued + 60 days, channels: [email], tone: courteous}
""",
        good="""\
steps:
  - {id: relance-1, at: J+3, channels: [email], tone: courteous}
  - {id: relance-2, at: J+30, channels: [email], tone: courteous}
""",
    ),
)
def two_clocks(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB217: one ladder that counts from both the due date and the issue date."""
    anchors = [(index, step.at.anchor) for index, step in enumerate(playbook.steps) if step.at.anchor in INVOICE_ANCHORS]
    if anchors:
        index = next((index for index, anchor in anchors if anchor != anchors[0][1]), None)
        if index is not None:
            first = anchors[0][1]
            message = sentence('this step counts from "{anchor}", and the ladder began to count from "{first}"', anchor=playbook.steps[index].at.anchor, first=first)
            hint = sentence("terms of payment differ from invoice to invoice, and so would the order of the steps; count them all from one date")
            yield source.at(("steps", index, "at")).diagnostic("PB217", message, severity=Severity.WARNING, hint=hint)


@check(
    Code(
        "PB218", "an id that is not the file's name", Severity.ERROR,
        what="The id of a playbook is its file's name.",
        why="People look for a playbook by its file, and the journal names it by its id.",
        source="LANGUAGE 1",
        bad="""\
playbook: autre
""",
        good="""\
playbook: essai
""",
    ),
)
def file_name(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB218: an id that is not the file's name. Standard input has no name."""
    name = source.path.replace("\\", "/").rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0]
    if name.endswith((".yaml", ".yml")) and stem != playbook.id:
        message = sentence('the playbook is called "{playbook}", and its file "{name}"', playbook=playbook.id, name=name)
        yield source.at(("playbook",)).diagnostic("PB218", message, hint=sentence("write `playbook: {stem}`, or call the file {playbook}.yaml", stem=stem, playbook=playbook.id))
