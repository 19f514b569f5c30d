"""Checks of names and order: ids, anchors, `after`, delays that go backwards, repeats, one ladder with two clocks (PB201 to PB206, PB214, PB217, PB218)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.dates import written
from relance.language.source import Source
from relance.language.vocabulary import meant
from relance.model import INVOICE_ANCHORS, WORLD_ANCHORS, Diagnostic, Playbook, Severity, Step
from relance.sentences import sentence

#: A due date on which delays are compared; 2 March 2026 is a Monday of a quiet month.
NOMINAL = {"due": date(2026, 3, 2), "issued": date(2026, 1, 31)}


def duplicate_ids(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB201: two steps of one id."""
    first: dict[str, int] = {}
    for index, step in enumerate(playbook.steps):
        if step.id in first:
            line = source.at(("steps", first[step.id], "id")).line
            message = sentence('the id "{step}" is already the id of the step on line {line}', step=step.id, line=line)
            yield source.at(("steps", index, "id")).diagnostic("PB201", message, hint=sentence("give each step its own id"))
        first.setdefault(step.id, index)


def unknown_references(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB202 to PB204: an anchor or `after` that names no step before this one, a deadline nobody granted, a first step that has no previous."""
    order = {step.id: index for index, step in reversed(list(enumerate(playbook.steps)))}
    for index, step in enumerate(playbook.steps):
        anchor = step.at.anchor
        where = ("steps", index, "at")
        if anchor == "previous":
            if index == 0:
                hint = sentence("count it from due or issued, as in `at: J+1`")
                yield source.at(where).diagnostic("PB204", sentence("the first step has no previous step to count from"), hint=hint)
        elif anchor not in INVOICE_ANCHORS and anchor not in WORLD_ANCHORS:
            name = anchor.removesuffix(".deadline")
            wrong = _misnamed(name, index, playbook, order)
            if wrong is not None:
                yield source.at(where).diagnostic("PB202", sentence('"at" counts from "{name}", {wrong}', name=name, wrong=wrong[0]), hint=wrong[1])
            elif anchor != name and playbook.steps[order[name]].grants is None:
                message = sentence('"{name}" grants no time, so that it has no deadline', name=name)
                yield source.at(where).diagnostic("PB203", message, hint=sentence('add `grants: 8 days` to "{name}", or count from `{name}`', name=name))
        for place, other in enumerate(step.after):
            wrong = _misnamed(other, index, playbook, order)
            if wrong is not None:
                yield source.at(("steps", index, "after", place)).diagnostic("PB202", sentence('"after" names "{other}", {wrong}', other=other, wrong=wrong[0]), hint=wrong[1])


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


def endless_before_the_end(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB214: a step that repeats without end before the last one."""
    for index, step in enumerate(playbook.steps[:-1]):
        if step.repeat is not None and step.repeat.times is None:
            message = sentence('"{step}" repeats without end, and steps come after it', step=step.id)
            hint = sentence("say how often with `times`, or make it the last step")
            yield source.at(("steps", index, "repeat", "times")).diagnostic("PB214", message, severity=Severity.WARNING, hint=hint)


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


def file_name(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB218: an id that is not the file's name. Standard input has no name."""
    name = source.path.replace("\\", "/").rsplit("/", 1)[-1]
    stem = name.rsplit(".", 1)[0]
    if name.endswith((".yaml", ".yml")) and stem != playbook.id:
        message = sentence('the playbook is called "{playbook}", and its file "{name}"', playbook=playbook.id, name=name)
        yield source.at(("playbook",)).diagnostic("PB218", message, hint=sentence("write `playbook: {stem}`, or call the file {playbook}.yaml", stem=stem, playbook=playbook.id))


CHECKS = (duplicate_ids, unknown_references, backwards, endless_before_the_end, two_clocks, file_name)
