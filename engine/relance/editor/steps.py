"""Where a step is named, and how it is named anew: its id, what counts from it, and the files beside its playbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from relance.editor.answers import Edit, text_in
from relance.editor.reading import StepHere, around, kind_here, own_steps, steps_here
from relance.errors import RelanceError
from relance.language.place import Span
from relance.language.source import Source
from relance.model import CONTACT_CHANNELS
from relance.sentences import sentence

#: Keys of a step that hold a moment, and keys whose list holds ids.
_MOMENTS = ("at", "or_at", "not_before")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class StepName(NamedTuple):
    """A place where a step is named; `defines` where it is the step's own id."""

    id: str
    span: Span
    defines: bool = False


def names_in(text: str, path: str) -> tuple[StepName, ...]:
    """Return every place where a text names a step, in order."""
    read = around(text, path)
    if read is None:
        return ()
    found = _of_playbook(text, read) if kind_here(text, path) == "playbook" else _of_others(text, read)
    return tuple(sorted(found, key=lambda name: name.span))


def name_at(text: str, path: str, line: int, column: int) -> StepName | None:
    """Return the step named at a place."""
    return next((each for each in names_in(text, path) if each.span.line == line and each.span.column <= column <= each.span.end_column), None)


def definition(text: str, path: str, step: str) -> Span | None:
    """Return where a step of a playbook is defined: in its own text, or in that of the playbook it builds on."""
    return next((each.place for each in steps_here(text, path) if each.id == step), None)


class RenameRefusedError(RelanceError):
    """A step cannot have that name; the sentence says why."""


def rename(files: Mapping[str, str], home: str | None, old: str, new: str) -> tuple[Edit, ...]:
    """Name a step anew wherever it is named in the `files` (path → text) of its playbook's family; `home` is the playbook that defines it.

    The step keeps its old id in `formerly`, so that the journal still knows it, and its wording. Raises RenameRefusedError.
    """
    step = next((each for each in own_steps(files[home], home) if each.id == old), None) if home is not None else None
    if step is None or home is None:
        raise RenameRefusedError(sentence("no step of this file is named here"))
    if _ID.fullmatch(new) is None:
        raise RenameRefusedError(sentence('"{name}" is no id: lower-case letters and digits, words joined by hyphens', name=new))
    playbooks = (path for path, text in files.items() if kind_here(text, path) == "playbook")
    if any(new in (each.id, *_strings(each.value.get("formerly"))) for path in playbooks for each in steps_here(files[path], path)):
        raise RenameRefusedError(sentence('"{name}" is a step of this playbook already, or was one', name=new))
    named = [Edit(each.span, new) for path, text in files.items() for each in names_in(text, path) if each.id == old]
    return (*named, *_kept(files[home], step))


def _kept(text: str, step: StepHere) -> Iterator[Edit]:
    """Write down what a step was called: `formerly`, and the name of its wording where its id was that."""
    row = text.split("\n")[step.place.line - 1]
    flow = "{" in row[: step.place.column - 1].split("#", 1)[0]
    keys = []
    if not _strings(step.value.get("formerly")):
        keys.append(f"formerly: [{step.id}]")
    if "template" not in step.value and "tone" in step.value and set(_strings(step.value.get("channels"))) & set(CONTACT_CHANNELS):
        keys.append(f"template: {step.id}")
    end = step.place.end_column
    here = Span(step.place.path, step.place.line, end, step.place.line, end)
    if keys:
        indent = len(row) - len(row.lstrip(" -"))
        yield Edit(here, "".join(f", {key}" if flow else f"\n{' ' * indent}{key}" for key in keys))
    if (former := _strings(step.value.get("formerly"))) and (place := _first_former(text, step)) is not None:
        yield Edit(place, f"{step.id}, {former[0]}")


def _first_former(text: str, step: StepHere) -> Span | None:
    read = around(text, step.place.path)
    return read.at(("steps", step.number, "formerly", 0)) if read is not None else None


# --------------------------------------------------------------------------- where steps are named


def _of_playbook(text: str, read: Source) -> Iterator[StepName]:
    steps = read.value.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if not isinstance(step, dict):
            continue
        if isinstance(step.get("id"), str):
            yield StepName(step["id"], _bare(text, read.at(("steps", index, "id"))), defines=True)
        for key in _MOMENTS:
            yield from _anchored(text, read.at(("steps", index, key)), step.get(key))
        for place, other in enumerate(_strings(step.get("after"))):
            yield StepName(other, _bare(text, read.at(("steps", index, "after", place))))
    for place, other in enumerate(_strings(read.value.get("drop"))):
        yield StepName(other, _bare(text, read.at(("drop", place))))


def _anchored(text: str, span: Span, moment: Any) -> Iterator[StepName]:
    """Find the id that a moment counts from, at its head."""
    found = _ID.match(moment) if isinstance(moment, str) else None
    if found is not None:
        start = _bare(text, span).column
        yield StepName(found[0], span._replace(column=start, end_column=start + len(found[0])))


def _of_others(text: str, read: Source) -> Iterator[StepName]:
    """Find the steps that tests, promises and routings name: what stands behind a key `step`."""
    for path, span in read.values.items():
        if path and path[-1] == "step":
            value: Any = read.value
            for part in path:
                value = value[part]
            if isinstance(value, str):
                yield StepName(value, _bare(text, span))


def _bare(text: str, span: Span) -> Span:
    """Leave quotes out of a place."""
    shown = text_in(text, span)
    if len(shown) >= 2 and shown[0] == shown[-1] and shown[0] in "\"'":
        return span._replace(column=span.column + 1, end_column=span.end_column - 1)
    return span


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
