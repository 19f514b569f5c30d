"""What is told of a word under the cursor: its meaning, the law, and of a step the days it would have for the example invoice."""

from __future__ import annotations

from typing import NamedTuple

from relance.editor import meaning
from relance.editor.completion import Asked
from relance.editor.cursor import Cursor, cursor_at
from relance.editor.example import ExampleInvoice, days_in_words, days_of, example_in_words, played_for, why_not
from relance.editor.reading import kind_here, steps_here
from relance.editor.steps import name_at
from relance.language import schema_walk
from relance.language.place import Span
from relance.language.source import lines
from relance.report.reference import explained
from relance.sentences import said, sentence


class Hover(NamedTuple):
    """What is told, in Markdown, of what stands in a span."""

    text: str
    span: Span


def hover(asked: Asked, example: ExampleInvoice, line: int, column: int) -> Hover | None:
    """Say what stands at a place means; None where nothing is known of it."""
    named = name_at(asked.text, asked.path, line, column)
    if named is not None and kind_here(asked.text, asked.path) == "playbook" and (told := _of_step(asked, example, named.id)):
        return Hover(told, named.span)
    cursor = cursor_at(asked.text, line, _inside(asked.text, line, column))
    if cursor is None:
        return None
    kind = kind_here(asked.text, asked.path, line)
    return _of_key(asked, cursor, kind) or _of_value(asked, cursor, kind)


def _inside(text: str, line: int, column: int) -> int:
    """Move on to the end of the word: its beginning says too little."""
    row = lines(text)[line - 1] if line <= len(lines(text)) else ""
    while column <= len(row) and (row[column - 1].isalnum() or row[column - 1] in "_-."):
        column += 1
    return column


def _of_key(asked: Asked, cursor: Cursor, kind: str) -> Hover | None:
    row = lines(asked.text)[cursor.line - 1]
    key = cursor.word
    behind = row[cursor.start - 1 + len(key) :].lstrip()
    if not (behind.startswith(":") and (cursor.role == "key" or cursor.alone)):
        return None
    part = schema_walk.key_rules(schema_walk.parts_at(kind, cursor.path)).get(key)
    if part is None:
        return None
    words = schema_walk.allowed((part,))
    told = meaning.of_part(part, asked.language, name=key)
    if words:
        told += "\n\n" + said(sentence("Values: {words}", words=[f"`{word}`" for word in words]), asked.language)
    return Hover(told, Span(asked.path, cursor.line, cursor.start, cursor.line, cursor.start + len(key)))


def _of_value(asked: Asked, cursor: Cursor, kind: str) -> Hover | None:
    row = lines(asked.text)[cursor.line - 1]
    word = row[cursor.start - 1 : cursor.end - 1].strip("\"'")
    span = Span(asked.path, cursor.line, cursor.start, cursor.line, cursor.end)
    if (code := explained().get(word)) is not None:
        return Hover(meaning.of_code(code, asked.language), span)
    parts = schema_walk.parts_at(kind, cursor.path)
    inside = isinstance(cursor.path[-1] if cursor.path else None, int)
    listed = schema_walk.parts_at(kind, cursor.path[:-1])[0] if inside else parts[0] if parts else None
    if word in schema_walk.allowed(parts) and listed is not None:
        return Hover(f"**{word}**\n\n{meaning.of_word(word, listed, asked.language)}", span)
    return Hover(meaning.of_part(parts[0], asked.language), span) if "when" in schema_walk.forms(parts) else None


def _of_step(asked: Asked, example: ExampleInvoice, name: str) -> str:
    """Tell a step's title, kind and ways, and the days it would have."""
    step = next((each for each in steps_here(asked.text, asked.path) if each.id == name), None)
    if step is None:
        return ""
    language = asked.language
    told = [f"**{step.value.get('title') or name}**", " · ".join(f"`{key}: {step.value[key]}`" for key in ("kind", "at", "grants") if key in step.value)]
    timeline = played_for(asked.text, asked.path, example)
    if timeline is None:
        return "\n\n".join([*told, said(sentence("The days are shown once the file has no mistake."), language)])
    days = days_of(timeline).get(name, ())
    reason = why_not(timeline, name)
    when = days_in_words(days, language) if days else said(sentence("would not leave: {reason}", reason=reason) if reason else sentence("would not be reached"), language)
    return "\n\n".join([*told, said(sentence("{what}: {why}", what=example_in_words(example, language), why=f"**{when}**"), language)])
