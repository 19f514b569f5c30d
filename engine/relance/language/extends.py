"""A playbook that builds on another: the two sources merged, each value keeping its own file's position.

One level. Keys replace; steps merge by id, key by key; `drop` leaves steps out. Refuses to look for files: the caller
brings the other source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from relance.data import shipped
from relance.language.place import Span
from relance.language.source import Path, Source
from relance.model import Diagnostic
from relance.sentences import marked, sentence

#: What is said of a finding that stands in a file that ships: it is nothing to be replaced where it is shown.
INHERITED = marked('it comes from "{base}", line {line}: write the step or the key here to change it')
SHIPPED = marked('it stands in the wording "{name}" that ships, line {line}: put one of your own in its place to change it')
#: Keys that are the file's own business and never come from the playbook it builds on.
OWN = ("schema", "playbook", "version", "extends", "drop")


def merge(child: Source, parent: Source) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Merge two sources of the right shape. The result has no `extends` or `drop` any more."""
    dropped = list(child.value.get("drop", ()))
    findings = []
    ids = {step["id"] for step in parent.value["steps"]}
    for index, name in enumerate(dropped):
        if name not in ids:
            message = sentence('"drop" names "{name}", which is no step of "{parent}"', name=name, parent=parent.value["playbook"])
            findings.append(child.at(("drop", index)).diagnostic("PB111", message, hint=sentence("its steps are {ids}", ids=sorted(ids))))
    made = _Merged(child.path)
    for key, value in parent.value.items():
        if key not in OWN and key not in child.value and key != "steps":
            made.take(parent, (key,), (key,), value)
    for key, value in child.value.items():
        if key not in {"extends", "drop", "steps"}:
            made.take(child, (key,), (key,), value)
    made.steps(child, parent, set(dropped))
    made.values[()] = child.at(())
    return Source(child.path, made.value, made.values, made.keys), tuple(findings)


def at_home(findings: Iterable[Diagnostic], child: Source) -> tuple[Diagnostic, ...]:
    """Move what is said of a file that ships to where the author's own brought it in: nobody can mend what is installed, nor see an annotation there."""
    wordings = str(shipped("templates"))
    homes = (str(shipped("playbooks")), wordings)
    if child.path.startswith(homes):
        return tuple(findings)
    where = child.at(("extends",)) if "extends" in child.value else child.at(())
    return tuple(_moved(each, where, child, wordings) if each.path.startswith(homes) else each for each in findings)


def _moved(finding: Diagnostic, where: Span, child: Source, wordings: str) -> Diagnostic:
    if finding.path.startswith(wordings):
        stands = sentence(SHIPPED, name=finding.path.removeprefix(wordings).strip("/\\").replace("\\", "/"), line=finding.line)
    else:
        stands = sentence(INHERITED, base=child.value.get("extends", ""), line=finding.line)
    hint = stands if finding.hint is None else sentence("{hint} ({stands})", hint=finding.hint, stands=stands)
    return replace(finding, path=where.path, line=where.line, column=where.column, end_line=where.end_line, end_column=where.end_column, hint=hint)


class _Merged:
    """What is being put together."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.value: dict[str, Any] = {}
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}

    def take(self, source: Source, old: Path, new: Path, value: Any, into: dict[str, Any] | None = None) -> None:
        """Copy one value with every place below it."""
        (self.value if into is None else into)[str(new[-1])] = value
        self.places(source, old, new)

    def places(self, source: Source, old: Path, new: Path) -> None:
        for table, mine in ((source.values, self.values), (source.keys, self.keys)):
            for path, span in table.items():
                if path[: len(old)] == old:
                    mine[(*new, *path[len(old) :])] = span

    def steps(self, child: Source, parent: Source, dropped: set[str]) -> None:
        """Line the steps up: the parent's order, with each new step behind the one written before it."""
        theirs = {step["id"]: index for index, step in enumerate(parent.value["steps"]) if step["id"] not in dropped}
        order = list(theirs)
        ours: dict[str, int] = {}
        for index, step in enumerate(child.value.get("steps", ())):
            ours.setdefault(step["id"], index)
        written = list(ours)
        for position, name in enumerate(written):
            if name in order:
                continue
            before = [other for other in written[:position] if other in order]
            behind = [other for other in written[position + 1 :] if other in order]
            where = order.index(before[-1]) + 1 if before else order.index(behind[0]) if behind else len(order)
            order.insert(where, name)
        # The key of the list is the child's where the child has one.
        first = child if "steps" in child.value else parent
        self.places(first, ("steps",), ("steps",))
        for table in (self.values, self.keys):
            for path in [path for path in table if path[:1] == ("steps",) and len(path) > 1]:
                del table[path]
        merged: list[dict[str, Any]] = []
        for number, name in enumerate(order):
            whole: dict[str, Any] = {}
            for source, place in ((parent, theirs.get(name)), (child, ours.get(name))):
                if place is None:
                    continue
                for key, value in source.value["steps"][place].items():
                    for table in (self.values, self.keys):  # a replaced value leaves no place behind
                        for path in [path for path in table if path[:3] == ("steps", number, key)]:
                            del table[path]
                    self.take(source, ("steps", place, key), ("steps", number, key), value, whole)
                self.values[("steps", number)] = source.at(("steps", place))
            merged.append(whole)
        self.value["steps"] = merged
