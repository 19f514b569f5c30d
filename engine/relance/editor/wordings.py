"""Wordings (`<language>/<name>/<channel>.md.j2`) under the cursor: findings, the names there are and what they mean, filters, blocks.

The names come from `letters.fields`, what checks them from `letters.check`; a text that is not saved yet stands in for its file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from relance.editor.answers import Suggestion
from relance.editor.hover import Hover
from relance.language.place import Span
from relance.language.source import lines
from relance.letters import sample
from relance.letters.check import check_file
from relance.letters.computing import FILTERS
from relance.letters.context import build
from relance.letters.fields import Context, declared, is_group, item_of, members
from relance.letters.figures import DayText, Money
from relance.letters.folders import STEMS
from relance.letters.wording import SUFFIX, Templates
from relance.model import TONES, Channel, Diagnostic, StepKind, Tone
from relance.sentences import said, sentence

#: Filters of Jinja that wordings use beside our own.
_FILTERS = ("first", "last", "join", "length", "upper", "lower", "capitalize")
_TAGS = ("if", "elif", "else", "endif", "for", "endfor", "set", "include")
_FRONT = {"subject": sentence("what the letter or e-mail is about"), "tone": sentence("the tones it is written for"), "title": sentence("what people read in lists"), "constants": sentence("figures that are true of every case")}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "tone": tuple(TONES), "channel": STEMS, "kind": tuple(StepKind),
}  # fmt: skip
_FOR = re.compile(r"\{%-?\s*for\s+(\w+)\s+in\s+([\w.]+)")
_SET = re.compile(r"\{%-?\s*set\s+(\w+)\s*=\s*([\w.]+)")
#: Codes that hold of a block by itself, whatever includes it.
_OF_BLOCKS = frozenset({"PB401", "PB406", "PB407", "PB409"})


class HeldTemplates(Templates):
    """Folders of wordings, with texts that are not saved yet in the place of their files."""

    def __init__(self, *folders: Path, held: Mapping[Path, str]) -> None:
        super().__init__(*folders)
        self.held = held

    def read(self, name: str) -> tuple[str, str] | None:
        """Read a text that is held, else the file."""
        for folder in self.folders:
            path = folder.joinpath(*name.split("/"))
            if isinstance(path, Path) and path in self.held:
                return str(path), self.held[path]
            if path.is_file():
                break
        return super().read(name)


def is_wording(path: str) -> bool:
    """Say whether a path is that of a wording or of a block of one."""
    return path.endswith(SUFFIX)


def wording_findings(text: str, path: Path) -> tuple[Diagnostic, ...]:
    """Check a wording, or a block that wordings include, as it stands in the editor."""
    folder, place = _home(path)
    stem = path.name.removesuffix(SUFFIX)
    templates = HeldTemplates(folder, held={path: text})
    if path.parent.name.startswith("_"):
        return tuple(each for each in check_file(templates, place, Channel.CALL) if each.code in _OF_BLOCKS)
    if stem not in STEMS:
        return ()
    return check_file(templates, place, Channel.LETTER if stem == "message" else Channel(stem))


def _home(path: Path) -> tuple[Path, str]:
    """Part a path into the folder of wordings and the place below it."""
    return path.parents[2], "/".join(path.parts[-3:])


# --------------------------------------------------------------------------- what may stand there


def complete_wording(text: str, path: str, language: str, line: int, column: int) -> tuple[Suggestion, ...]:
    """Return what may stand at a place of a wording."""
    row = lines(text)[line - 1] if line <= len(lines(text)) else ""
    left = row[: column - 1]
    opened = max(left.rfind("{{"), left.rfind("{%"))
    if opened < 0 and _in_front_matter(text, line):
        return tuple(_front(left, path, language, line, column))
    if opened < 0 or max(left.rfind("}}"), left.rfind("%}")) > opened:
        return ()
    inside = left[opened + 2 :]
    found = _inside(text, path, inside, line, tag=left[opened + 1] == "%")
    return tuple(
        Suggestion(label, kind, said(title, language), "", label, Span(path, line, column - replaces, line, column)) for label, kind, title, replaces in found
    )


def _in_front_matter(text: str, line: int) -> bool:
    rows = lines(text)
    end = next((number for number, row in enumerate(rows[1:], 2) if row.rstrip() == "---"), 0)
    return rows[:1] == ["---"] and 1 < line < (end or len(rows) + 1)


def _front(left: str, path: str, language: str, line: int, column: int) -> Iterator[Suggestion]:
    if (tone := re.match(r"\s*tone\s*:.*?([\w]*)$", left)) is not None:
        yield from (Suggestion(str(each), "word", "", "", str(each), Span(path, line, column - len(tone[1]), line, column)) for each in TONES)
    elif (key := re.fullmatch(r"(\w*)", left)) is not None:
        span = Span(path, line, column - len(key[1]), line, column)
        yield from (Suggestion(each, "key", said(title, language), "", f"{each}: ", span) for each, title in _FRONT.items())


def _inside(text: str, path: str, inside: str, line: int, *, tag: bool) -> Iterator[tuple[str, str, str, int]]:
    """Give label, kind, title and how many characters it replaces."""
    if (block := re.search(r"include\s+[\"']([\w./-]*)$", inside)) is not None:
        yield from ((name, "file", "", len(block[1])) for name in _blocks(path))
    elif (compared := re.search(r"\b(\w+)\s*(?:==|!=|in)\s*[\[(]?(?:[^\])]*,\s*)?[\"']([\w]*)$", inside)) is not None and compared[1] in _WORDS:
        yield from ((str(word), "word", "", len(compared[2])) for word in _WORDS[compared[1]])
    elif (filtered := re.search(r"\|\s*(\w*)$", inside)) is not None:
        yield from ((name, "filter", "", len(filtered[1])) for name in (*FILTERS, *_FILTERS))
    elif tag and (word := re.fullmatch(r"[-+]?\s*(\w*)", inside)) is not None:
        yield from ((each, "word", "", len(word[1])) for each in _TAGS)
    else:
        dotted = re.search(r"([\w.]*)$", inside)
        assert dotted is not None
        yield from _names(text, line, dotted[1])


def _names(text: str, line: int, dotted: str) -> Iterator[tuple[str, str, str, int]]:
    """Give the names below what stands before the last dot; without a dot, all names, and those that the wording makes itself."""
    above, _, begun = dotted.rpartition(".")
    scope = _scope(text, line)
    if not above:
        yield from ((name, "name", "", len(begun)) for name in scope)
        yield from ((name, "name", meaning, len(begun)) for name, meaning in _meanings(Context).items())
        return
    kind = _type_of(above, scope)
    if is_group(kind):
        yield from ((name, "name", meaning, len(begun)) for name, meaning in _meanings(kind).items())
    elif kind is Money:
        yield "amount", "name", sentence("the amount as a number, to compute with"), len(begun)
    elif kind is DayText:
        yield "date", "name", sentence("the day as a date, to compute with"), len(begun)


def _blocks(path: str) -> list[str]:
    folder, place = _home(Path(path))
    language = place.split("/", 1)[0]
    found = {f"_blocks/{each.name}" for each in (base.joinpath(language, "_blocks") for base in Templates(folder).folders) if each.is_dir() for each in each.iterdir()}
    return sorted(found)


def _scope(text: str, line: int) -> dict[str, Any]:
    """Return the types of the names that loops and `set` make above a line."""
    scope: dict[str, Any] = {}
    above = "\n".join(lines(text)[:line])
    for name, of in _SET.findall(above):
        scope[name] = _type_of(of, scope)
    for name, of in _FOR.findall(above):
        scope[name] = item_of(_type_of(of, scope))
    return scope


def _type_of(dotted: str, scope: Mapping[str, Any]) -> Any:
    first, *rest = dotted.split(".")
    kind: Any = scope[first] if first in scope else members(Context).get(first)
    for name in rest:
        kind = members(kind).get(name) if is_group(kind) else None
    return kind


def _meanings(kind: type) -> dict[str, str]:
    return {name: field.metadata["meaning"] for name, field in kind.__dataclass_fields__.items()}  # type: ignore[attr-defined]  # a group is a dataclass


# --------------------------------------------------------------------------- what is told of it


def hover_wording(text: str, path: str, language: str, line: int, column: int) -> Hover | None:
    """Say what the name at a place of a wording means, with a value of the sample case."""
    row = lines(text)[line - 1] if line <= len(lines(text)) else ""
    name = next((each for each in re.finditer(r"[A-Za-z_][\w.]*", row) if each.start() < column <= each.end() + 1), None)
    if name is None or not re.search(r"\{[{%]", row[: name.start()]):
        return None
    dotted = name[0][: column - 1 - name.start()] + re.match(r"\w*", name[0][column - 1 - name.start() :])[0]  # type: ignore[index]  # it matches the empty text
    above, _, last = dotted.rpartition(".")
    scope = _scope(text, line)
    kind = _type_of(above, scope) if above else Context
    if not is_group(kind) or last not in _meanings(kind) or (not above and last in scope):
        return None
    shown = _sample().get(dotted, "")
    told = f"**{dotted}**\n\n{said(_meanings(kind)[last], language)}"
    if shown:
        told += "\n\n" + said(sentence("In the sample case: {value}", value=shown), language)
    return Hover(told, Span(path, line, name.start() + 1, line, name.start() + 1 + len(dotted)))


@lru_cache(maxsize=1)
def _sample() -> Mapping[str, str]:
    """Return the value of every name in the sample case, as `relance template vars` shows it."""
    case = sample.facts(invoices=2)
    action = sample.action(case, channel=Channel.LETTER, tone=Tone.FORMAL)
    return {each.name: each.sample for each in declared(build([action], case, sample.writing(agency=True)))}
