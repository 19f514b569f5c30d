"""What may be written at a place of a YAML file: keys, words, ids of steps, moments; from the schema of its kind, in flow style too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from relance.editor import meaning
from relance.editor.answers import Suggestion
from relance.editor.cursor import Cursor, cursor_at
from relance.editor.moments import next_pieces
from relance.editor.reading import StepHere, around, kind_here, parent_of, steps_here
from relance.language import library, schema_walk
from relance.language.checks.law import why_not_waived
from relance.language.codes import codes
from relance.language.place import Span
from relance.language.schema_walk import Part
from relance.language.source import lines
from relance.letters.wording import Templates
from relance.project import playbooks_around
from relance.report.reference import yaml_of
from relance.sentences import said, sentence

#: A key as far as it is written, and its colon.
_WRITTEN = re.compile(r"([\w.-]*)\s*(:(?= |$))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A file in an editor, and how its author reads. `templates` are the wordings that its steps may name."""

    text: str
    path: str
    language: str = "en"
    templates: Templates | None = None


def complete(asked: Asked, line: int, column: int) -> tuple[Suggestion, ...]:
    """Return what may stand at a place, what is needed first."""
    cursor = cursor_at(asked.text, line, column)
    if cursor is None:
        return ()
    kind = kind_here(asked.text, asked.path, line)
    parts = schema_walk.parts_at(kind, cursor.path)
    at_key = cursor.role == "key" or (cursor.alone and "object" in schema_walk.types(parts))
    found = [*_keys(asked, cursor, parts)] if at_key else []
    if cursor.role == "value":
        found += _values(asked, cursor, parts)
    return tuple(found)


def _span(cursor: Cursor, path: str, end: int | None = None) -> Span:
    return Span(path, cursor.line, cursor.start, cursor.line, cursor.end if end is None else end)


# --------------------------------------------------------------------------- keys


def _keys(asked: Asked, cursor: Cursor, parts: tuple[Part, ...]) -> Iterator[Suggestion]:
    needed = schema_walk.needed_keys(parts)
    written = _WRITTEN.match(lines(asked.text)[cursor.line - 1], cursor.start - 1)
    word, colon = (written[1], bool(written[2])) if written is not None else ("", False)
    span = _span(cursor, asked.path, max(cursor.start + len(word), cursor.start))
    rules = schema_walk.key_rules(parts)
    for key in sorted(rules, key=lambda key: key not in needed):
        if key in cursor.taken and key != word:
            continue
        part = rules[key]
        title = said(str(part.node.get("title", "")), asked.language)
        text, snippet = (key, None) if colon else (f"{key}: ", f"{key}: {snippet_of(part)}")
        yield Suggestion(key, "key", title, meaning.of_part(part, asked.language, name=key), text, span, snippet)


def snippet_of(part: Part) -> str:
    """Write a value as a snippet: what is required, with places to fill; of a closed list, its words to choose from."""
    words = schema_walk.allowed((part,))
    kinds = schema_walk.types((part,))
    if words:
        return f"${{1|{','.join(words)}|}}" if len(words) > 1 else words[0]
    if kinds == {"boolean"}:
        return "${1|true,false|}"
    if kinds == {"array"}:
        return "[$1]" if "object" not in schema_walk.types((schema_walk.resolved(part.root, part.node.get("items", {})),)) else "\n  - $1"
    if kinds == {"object"} and part.node.get("required"):
        rules = schema_walk.key_rules((part,))
        inner = (f"{key}: {_place(place, rules[key])}" for place, key in enumerate(part.node["required"], 1) if key in rules)
        return f"{{{', '.join(inner)}}}"
    return "{$1}" if kinds == {"object"} else "$1"


def _place(number: int, part: Part) -> str:
    examples = schema_walk.examples((part,))
    return f"${{{number}:{yaml_of(examples[0])}}}" if examples and not isinstance(examples[0], dict) else f"${number}"


# --------------------------------------------------------------------------- values


def _values(asked: Asked, cursor: Cursor, parts: tuple[Part, ...]) -> Iterator[Suggestion]:
    if "when" in schema_walk.forms(parts):
        yield from _moments(asked, cursor)
        return
    names = dict(_names(asked, cursor))
    for name, title in names.items():
        yield _word(asked, cursor, name, "step" if _is_step(cursor) else "name", title, "")
    if names:
        return
    listed = "array" in schema_walk.types(parts) and not isinstance(cursor.path[-1] if cursor.path else None, int)
    of = schema_walk.parts_at(kind_here(asked.text, asked.path, cursor.line), (*cursor.path, 0)) if listed else parts
    about = parts[0] if parts else None
    for word in schema_walk.allowed(of):
        told = meaning.of_word(word, about, asked.language) if about is not None else ""
        yield _word(asked, cursor, word, "word", "", told, wrap=listed and "string" not in schema_walk.types(parts))
    if "boolean" in schema_walk.types(parts):
        yield from (_word(asked, cursor, word, "word", "", "") for word in ("true", "false"))
    elif not schema_walk.allowed(of):
        for example in schema_walk.examples(parts)[:4]:
            yield _word(asked, cursor, yaml_of(example), "word", said(sentence("an example"), asked.language), "")


def _word(asked: Asked, cursor: Cursor, word: str, kind: str, title: str, told: str, *, wrap: bool = False) -> Suggestion:
    text = word
    if wrap:
        text = f"- {word}" if cursor.alone and not cursor.flow else f"[{word}]"
    elif cursor.quote:
        text = f"{cursor.quote}{word.strip(chr(34))}{cursor.quote}"
    return Suggestion(word, kind, title, told, text, _span(cursor, asked.path))


def _moments(asked: Asked, cursor: Cursor) -> Iterator[Suggestion]:
    before = _above(asked, cursor)
    left = cursor.start + (1 if cursor.quote else 0) + len(cursor.word)
    for text, title, replaces in next_pieces(cursor.word, before):
        span = Span(asked.path, cursor.line, left - replaces, cursor.line, left)
        yield Suggestion(text.strip(" ,") if text[0] in " ," else text, "step", said(title, asked.language), "", text, span)


def _above(asked: Asked, cursor: Cursor) -> tuple[StepHere, ...]:
    """Return the steps above the one the cursor is in: those a moment may count from."""
    place = next((part for part in cursor.path if isinstance(part, int)), None)
    return tuple(step for step in steps_here(asked.text, asked.path, cursor.line) if step.inherited or place is None or step.number < place)


def _is_step(cursor: Cursor) -> bool:
    return any(key in cursor.path for key in ("after", "drop", "step"))


def _names(asked: Asked, cursor: Cursor) -> Iterator[tuple[str, str]]:
    """Give names that stand elsewhere: ids of steps, of playbooks, of wordings, codes of findings."""
    key = next((part for part in reversed(cursor.path) if isinstance(part, str)), "")
    if key == "after":
        yield from ((step.id, str(step.value.get("title", ""))) for step in _above(asked, cursor))
    elif key == "drop":
        read = around(asked.text, asked.path, cursor.line)
        parent = parent_of(read) if read is not None else None
        yield from ((str(step["id"]), str(step.get("title", ""))) for step in _listed(parent.value if parent else {}, "steps") if "id" in step)
    elif key == "extends" or (key == "playbook" and kind_here(asked.text, asked.path, cursor.line) != "playbook"):
        yield from ((name, "") for name in _playbooks(File(asked.path), itself=key == "playbook"))
    elif key == "template" and asked.templates is not None:
        yield from ((name, "") for name in sorted({each for language in asked.templates.languages() for each in asked.templates.names(language)}))
    elif key == "code" and "waive" in cursor.path:
        yield from ((code, said(each.title, asked.language)) for code, each in codes().items() if why_not_waived(code) is None)
    elif key == "step":
        yield from ((step.id, str(step.value.get("title", ""))) for step in _of_named(asked, cursor))


def _playbooks(path: File, *, itself: bool) -> Iterator[str]:
    """Name the playbooks that a file may name: those beside it and of its project, then those that ship; a playbook builds on one beside it, and on any but `itself`."""
    beside = sorted(each.stem for each in path.parent.glob("*.y*ml") if not each.name.endswith(library.BESIDE)) if path.parent.is_dir() else []
    project = library.playbooks_in(playbooks_around(path)) if itself else ()
    own = path.name.split(".", 1)[0]
    return (name for name in dict.fromkeys([*beside, *project, *library.shipped_ids()]) if itself or name != own)


def _of_named(asked: Asked, cursor: Cursor) -> tuple[StepHere, ...]:
    """Return the steps of the playbook that a file of tests or promises is about."""
    read = around(asked.text, asked.path, cursor.line)
    name = read.value.get("playbook") if read is not None else None
    found = library.find(name, beside=File(asked.path).parent, folders=playbooks_around(File(asked.path))) if isinstance(name, str) else None
    return steps_here(found.read_text("utf-8"), str(found)) if found is not None else ()


def _listed(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = value.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
