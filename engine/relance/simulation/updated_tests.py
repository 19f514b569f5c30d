"""What happened, written into a file of tests in the place of what was expected: for a person to read the difference and to keep it, or not.

Only the lists of tests that fail change; everything else of the file, comments too, stays as it is. What is written is held against a reading of
the file before anybody gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.language import source
from relance.language.source import Path, Source, lines
from relance.language.written import flow
from relance.model import Status
from relance.simulation.playbook_tests import Expected, FileResult, Result
from relance.simulation.timeline import Sending
from relance.simulation.written_tests import expected


def updated(text: str, file: FileResult) -> str:
    """Return the text of a file of tests with what happened in the tests that fail. Raises ValueError where the file is no longer what was run."""
    read, _ = source.read(text, file.file.path)
    tests = read.value.get("tests") if read is not None and isinstance(read.value, dict) else None
    if read is None or not isinstance(tests, list) or any(result.test.place >= len(tests) for result in file.results):
        raise ValueError(file.file.path)
    changes: list[tuple[Path, list[str]]] = []
    for result in file.results:
        raw, path = tests[result.test.place], ("tests", result.test.place)
        if result.ends and "ends" in raw:
            changes.append(((*path, "ends"), _ends(result, raw["ends"])))
        if result.differences:
            changes.append(((*path, "expect"), _expect(result, raw)))
    rows = lines(text)
    for place, value in sorted(changes, key=lambda change: -read.key(change[0]).line):
        _replace(rows, read, place, value)
    return "\n".join(rows)


def _replace(rows: list[str], read: Source, path: Path, value: list[str]) -> None:
    """Put lines in the place of a key and its value."""
    key = read.key(path)
    first = key.line
    last = _last_line(rows, read, path)
    indent = " " * (key.column - 1)
    dash = rows[first - 1][: key.column - 1]  # "- " before a key that begins an item
    rows[first - 1 : last] = [f"{dash}{value[0]}", *(f"{indent}{line}" for line in value[1:])]


def _last_line(rows: list[str], read: Source, path: Path) -> int:
    """Return the last line that belongs to a value: the one above the next place that is not below it."""
    start = read.key(path).line
    others = [span.line for table in (read.keys, read.values) for place, span in table.items() if place[: len(path)] != path and span.line > start]
    last = min(others, default=len(rows) + 1) - 1
    while last > start and (not rows[last - 1].strip() or rows[last - 1].lstrip().startswith("#")):
        last -= 1
    return last


def _expect(result: Result, raw: Mapping[str, Any]) -> list[str]:
    several = len({entry.first.case for entry in result.left}) > 1
    wanted = {id(found): one for one, found in result.met}
    missing = [one.wanted for one in result.differences if one.wanted is not None]
    items = [_item(entry, wanted.get(id(entry)) or _like(entry, missing), raw, several=several) for entry in result.left]
    return ["expect:", *(f"  - {item}" for item in items)] if items else ["expect: []"]


def _like(entry: Sending, missing: list[Expected]) -> Expected | None:
    """Find what was expected of that step, whose other keys are kept."""
    return next((one for one in missing if one.step == entry.first.step and (one.occurrence or 1) == entry.first.occurrence), None)


def _item(entry: Sending, wanted: Expected | None, raw: Mapping[str, Any], *, several: bool) -> str:
    first = entry.first
    said = expected(entry, several=several if wanted is None else wanted.case is not None)
    if wanted is not None and wanted.channels is None:
        del said["channels"]
    if wanted is not None and wanted.carrier is not None:
        said["carrier"] = first.carrier
    if wanted is not None and wanted.occurrence is not None:
        said["occurrence"] = first.occurrence
    if wanted is not None and wanted.draft is not None:
        said["status"] = "draft" if first.draft else "emitted"
    if wanted is not None and wanted.deadline is not None and first.deadline is not None:
        said["deadline"] = first.deadline.isoformat()
    if wanted is not None and wanted.claimed:
        said["claimed"] = {name: f"{getattr(first.claimed, name):.2f}" for name, _ in wanted.claimed}
    if wanted is not None and wanted.text is not None:
        said["text"] = next(one["text"] for one in raw["expect"] if "text" in one and one["step"] == wanted.step)
    return flow(said)


def _ends(result: Result, raw: str | Mapping[str, Any]) -> list[str]:
    last = result.looks[result.test.until]
    found: dict[str, Status] = {seen.case.id: seen.decision.status for seen in last.seen}
    if isinstance(raw, str) and len(set(found.values())) == 1:
        return [f"ends: {next(iter(found.values()))}"]
    return [f"ends: {flow({case: str(status) for case, status in found.items()})}"]
