"""What an editor is answered: suggestions, changes of a text, names in an outline. Lines and columns count from 1; an end column is one past the last character."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from relance.language.place import Span
from relance.language.source import lines
from relance.model import Diagnostic


class Suggestion(NamedTuple):
    """A word that may stand at the cursor. It replaces what stands in `span`; `snippet` is what an editor with places to fill writes."""

    label: str
    kind: str  # key, word, step, name, filter, file
    title: str
    meaning: str  # Markdown
    text: str
    span: Span
    snippet: str | None = None


class Edit(NamedTuple):
    """A stretch of a text, and what comes in its stead."""

    span: Span
    text: str


class QuickFix(NamedTuple):
    """One way out of one finding: what it says, and what it changes."""

    finding: Diagnostic
    title: str
    edits: tuple[Edit, ...]


class Symbol(NamedTuple):
    """A name in an outline: a step, or a key of the top, from its own line to the last one that belongs to it."""

    name: str
    detail: str
    kind: str  # key, step
    span: Span  # of the name
    last_line: int
    children: tuple[Symbol, ...] = ()


class Lens(NamedTuple):
    """A line of small print above a line."""

    line: int
    title: str


def changed(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made, none of which overlap."""
    rows = text.split("\n")
    for span, new in sorted(edits, key=lambda edit: edit.span[1:], reverse=True):
        head, tail = rows[span.line - 1][: span.column - 1], rows[span.end_line - 1][span.end_column - 1 :]
        rows[span.line - 1 : span.end_line] = f"{head}{new}{tail}".split("\n")
    return "\n".join(rows)


def text_in(text: str, span: Span) -> str:
    """Return what stands in a span of one line."""
    rows = lines(text)
    return rows[span.line - 1][span.column - 1 : span.end_column - 1] if span.line <= len(rows) else ""
