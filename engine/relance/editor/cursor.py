"""Where a cursor stands in a YAML text that is being written: the path, key or value, and the word under it.

A mark is set at the cursor and the text up to it is read by events, so that what is broken further down does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import yaml

from relance.language.source import Path, lines

_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: A character that no text of ours holds; YAML reads it as a letter.
_MARK = "\ue0ff"
#: What may close what is being written: nothing, the colon of a key, quotes.
_ENDS = ("", ":", '"', "'")
_KEY = re.compile(r"( *)((?:- +)*)([\w.-]+) *:(?= |$)")
_FLOW_KEY = re.compile(r"([\w.-]+)\s*:")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a text. `word` is what stands left of it in its token, which lies between two columns of a line."""

    path: Path  # of the mapping whose key is written, or of the value
    role: Literal["key", "value"]
    word: str
    line: int
    start: int
    end: int
    flow: bool
    quote: str  # the quote it stands in, or ""
    taken: frozenset[str]  # keys that the mapping has elsewhere
    alone: bool  # nothing but a dash stands before it on its line


class _Found(NamedTuple):
    path: Path
    role: Literal["key", "value"]
    word: str
    column: int  # from 0, of the first character of the token
    style: str
    flow: bool
    keys: frozenset[str]


def cursor_at(text: str, line: int, column: int) -> Cursor | None:
    """Return what stands at a place; None inside a comment, a block of text, or where nothing can be made of it."""
    rows = lines(text)
    if not 1 <= line <= len(rows):
        return None
    row = rows[line - 1]
    left, right = row[: column - 1], row[column - 1 :]
    before = "\n".join([*rows[: line - 1], left])
    found = next((each for end in _ENDS if (each := _marked(before + _MARK + end, line)) is not None), None)
    if found is None:
        return None
    width = len(re.match(_rest(found), right)[0])  # type: ignore[index]  # it matches the empty text
    closed = found.style in {'"', "'"} and right[width : width + 1] == found.style
    behind = frozenset(_FLOW_KEY.findall(right[width:].split("}", 1)[0])) if found.flow else _keys_below(rows, line, found.column)
    alone = left[: found.column].strip(" -") == ""
    return Cursor(
        found.path, found.role, found.word, line, found.column + 1, column + width + closed, found.flow, found.style,
        found.keys | behind if alone or found.role == "key" else frozenset(), alone,
    )  # fmt: skip


def _rest(found: _Found) -> str:
    """Say what belongs to the token right of the cursor."""
    if found.style in {'"', "'"}:
        return f"[^{found.style}]*"
    if found.role == "key":
        return r"[\w.-]*"
    return r"[^,\[\]{}#]*?(?=\s*(?:[,\]}#]|$))" if found.flow else r".*?(?=\s+#|\s*$)"


def _keys_below(rows: list[str], line: int, column: int) -> frozenset[str]:
    """Name the keys that follow in the same block mapping."""
    found = set()
    for row in rows[line:]:
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        indent = len(row) - len(row.lstrip())
        if indent < column:
            break
        if indent == column and (key := _KEY.match(row)) is not None and not key[2]:
            found.add(key[3])
        elif indent == column:
            break
    return frozenset(found)


@dataclass(slots=True)
class _Open:
    """A collection that is still open: a list counts, a mapping has keys and the one whose value is due."""

    path: Path
    flow: bool
    count: int = -1  # of a mapping
    keys: tuple[str, ...] = ()
    key: str | None = None

    def place(self) -> Path:
        """Return the path of the value that comes now."""
        if self.count < 0:
            return (*self.path, self.key or "")
        return (*self.path, self.count)

    def passed(self) -> None:
        """Go on behind a value."""
        if self.count >= 0:
            self.count += 1
        self.key = None


def _marked(text: str, line: int) -> _Found | None:
    try:
        return _search(yaml.parse(text, Loader=_FAST), line)
    except yaml.YAMLError:
        return None


def _search(events: Iterator[Any], line: int) -> _Found | None:
    stack: list[_Open] = []
    for event in events:
        kind = type(event)
        top = stack[-1] if stack else None
        if kind is yaml.ScalarEvent:
            awaited = top is not None and top.count < 0 and top.key is None
            if _MARK in event.value:
                return _here(event, line, top, awaited=awaited)
            if top is not None and awaited:
                top.key, top.keys = event.value, (*top.keys, event.value)
            elif top is not None:
                top.passed()
        elif kind in {yaml.MappingStartEvent, yaml.SequenceStartEvent}:
            path = top.place() if top is not None else ()
            stack.append(_Open(path, bool(event.flow_style), -1 if kind is yaml.MappingStartEvent else 0))
        elif kind in {yaml.MappingEndEvent, yaml.SequenceEndEvent}:
            stack.pop()
            if stack:
                stack[-1].passed()
    return None


def _here(event: Any, line: int, top: _Open | None, *, awaited: bool) -> _Found | None:
    if event.start_mark.line != line - 1 or event.style in {"|", ">"}:
        return None
    word = event.value.split(_MARK, 1)[0]
    style, column = event.style or "", event.start_mark.column
    if top is None:
        return _Found((), "value", word, column, style, flow=False, keys=frozenset())
    if awaited:
        return _Found(top.path, "key", word, column, style, top.flow, frozenset(top.keys))
    return _Found(top.place(), "value", word, column, style, top.flow, frozenset())
