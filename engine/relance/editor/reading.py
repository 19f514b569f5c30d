"""What can be read of a text that is being written: the whole where it is YAML, else what stands around the line that is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from relance.checking import kind_of
from relance.language import library, read_file, source
from relance.language.place import Span
from relance.language.source import Source

_FIRST = re.compile(r"^(\w+):", re.MULTILINE)
_ID = re.compile(r"^\s*-\s+(?:\{\s*)?id:\s*([a-z0-9-]+)", re.MULTILINE)


class StepHere(NamedTuple):
    """A step that a text has, or takes over from the playbook it builds on. `place` is that of its id; `number` its place in its own file."""

    id: str
    place: Span
    number: int
    value: dict[str, Any]
    inherited: bool = False


def around(text: str, path: str, line: int | None = None) -> Source | None:
    """Read a text; where that fails, without one line; where that fails too, as far as the line above it."""
    rows = source.lines(text)
    tries = [text]
    if line is not None:
        tries += ["\n".join([*rows[: line - 1], "", *rows[line:]]), "\n".join(rows[: line - 1])]
    for each in tries:
        read, _ = source.read(each, path)
        if read is not None and isinstance(read.value, dict):
            return read
    return None


def kind_here(text: str, path: str, line: int | None = None) -> str:
    """Say which kind of file a text is, as soon as its first keys say it: a playbook, as long as nothing does."""
    read = around(text, path, line)
    value: Any = read.value if read is not None else dict.fromkeys(_FIRST.findall(text))
    return kind_of(value, path) or "playbook"


def steps_here(text: str, path: str, line: int | None = None) -> tuple[StepHere, ...]:
    """Name the steps of a playbook in their order, those it takes over from the one in `extends` first."""
    read = around(text, path, line)
    if read is None:
        return tuple(StepHere(name, Span(path), place, {"id": name}) for place, name in enumerate(_ID.findall(text)))
    own = tuple(_own(read))
    known = {step.id for step in own}
    dropped = set(_words(read.value.get("drop")))
    above = parent_of(read)
    taken = tuple(step._replace(inherited=True) for step in _own(above) if step.id not in known | dropped) if above is not None else ()
    return (*taken, *own)


def own_steps(text: str, path: str) -> tuple[StepHere, ...]:
    """Name the steps that stand in a playbook's own text, in their order."""
    return tuple(step for step in steps_here(text, path) if not step.inherited)


def parent_of(read: Source) -> Source | None:
    """Read the playbook that a playbook builds on, beside it or among those that ship."""
    name = read.value.get("extends")
    found = library.find(name, beside=Path(read.path).parent) if isinstance(name, str) and name != read.value.get("playbook") else None
    data = read_file(found)[0] if found is not None else None
    parent = source.read(data, str(found))[0] if data is not None else None
    return parent if parent is not None and isinstance(parent.value, dict) else None


def _own(read: Source) -> Iterator[StepHere]:
    steps = read.value.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict) and isinstance(step.get("id"), str):
            yield StepHere(step["id"], read.at(("steps", index, "id")), index, step)


def _words(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
