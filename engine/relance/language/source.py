"""Text → plain data with positions: the one strict YAML reader that every command uses.

Owns the bytes, the YAML syntax and where each value stands (PB0xx). It knows no key and no meaning. Anchors, aliases,
tags, merge keys, duplicate keys, several documents, deep nesting and big files are refused; `NO`, `10:30` and `01000`
stay text. Nothing a file holds makes it raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from relance.language.place import Span
from relance.model import Diagnostic
from relance.sentences import sentence

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40

Path = tuple[str | int, ...]


class Number(str):
    """A plain decimal such as `12.50`: text for whoever computes with it, but a number for whoever asks for its type."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What a file says, as dict, list, str, int, bool and None, and where it says it. `broken` are values that were refused."""

    path: str
    value: Any
    values: Mapping[Path, Span] = field(default_factory=dict)
    keys: Mapping[Path, Span] = field(default_factory=dict)
    broken: frozenset[Path] = frozenset()

    def at(self, path: Path) -> Span:
        """Return the place of a value; of a mapping or list, its key's; of what is not there, the nearest parent's."""
        for length in range(len(path), -1, -1):
            found = self.values.get(path[:length])
            if found is not None:
                return found
        return Span(self.path)

    def key(self, path: Path) -> Span:
        """Return the place of a value's key; an item of a list has none, so that its own place is given."""
        found = self.keys.get(path)
        return found if found is not None else self.at(path)

    def is_broken(self, path: Path) -> bool:
        """Say whether a value, or one that holds it, was refused while reading."""
        return bool(self.broken) and any(path[:length] in self.broken for length in range(len(path) + 1))


_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufeff\uff00-\ufffd\U00010000-\U0010ffff]|(?<!^)\ufeff")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def lines(text: str) -> list[str]:
    """Split a text into lines as YAML counts them."""
    return _BREAK.split(text)


def decode(data: bytes, path: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Turn bytes into text. Only UTF-8 is read, with or without a byte order mark."""
    if len(data) > MAX_BYTES:
        return None, (_too_big(path, len(data)),)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return None, (Span(path).diagnostic("PB001", sentence("the file is in UTF-16, not UTF-8"), hint=sentence("save it as UTF-8")),)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        # With a byte order mark the codec counts from behind it; the mark is never part of a bad sequence.
        body = data.removeprefix(b"\xef\xbb\xbf")
        before = lines(body[: error.start].decode("utf-8", "replace"))
        line, column = len(before), len(before[-1]) + 1
        where = Span(path, line, column, line, column + 1)
        byte = f"{body[error.start]:02X}"
        hint = sentence("save the file as UTF-8; it looks like Latin-1 or Windows-1252") if b"\0" not in data else None
        return None, (where.diagnostic("PB001", sentence("byte 0x{byte} is not UTF-8 text", byte=byte), hint=hint),)


def _too_big(path: str, size: int) -> Diagnostic:
    message = sentence("the file is {size} kB; {most} kB is the most that is read", size=-(-size // 1024), most=MAX_BYTES // 1024)
    return Span(path).diagnostic("PB007", message, hint=sentence("split it into several files"))


def read(text: str | bytes, path: str) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Read one YAML document. The source is None when nothing could be made of it; findings are sorted by place."""
    if isinstance(text, bytes):
        decoded, refused = decode(text, path)
        if decoded is None:
            return None, refused
        text = decoded
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        return None, (_too_big(path, len(text)),)
    if (odd := _UNPRINTABLE.search(text)) is not None:
        return None, (_odd_character(text, odd.start(), path),)
    reader = _Reader(path, lines(text))
    try:
        try:
            reader.build(yaml.parse(text, Loader=_FAST))
        except yaml.YAMLError:
            reader = _Reader(path, lines(text))  # libyaml is fast; the Python parser says more exactly what is wrong and where
            reader.build(yaml.parse(text, Loader=yaml.SafeLoader))
    except _Stop:
        return None, tuple(sorted(reader.findings))
    except yaml.YAMLError as error:
        from relance.language.syntax import explain

        return None, (*sorted(reader.findings), explain(error, lines(text), path))
    if reader.root is None and not reader.findings:
        return None, (Span(path).diagnostic("PB009", sentence("the file is empty"), hint=sentence("`relance schema` shows what belongs in it")),)
    source = Source(path, reader.root, reader.values, reader.keys, frozenset(reader.broken))
    return source, tuple(sorted(reader.findings))


def _odd_character(text: str, offset: int, path: str) -> Diagnostic:
    before = lines(text[:offset])
    line, column = len(before), len(before[-1]) + 1
    where = Span(path, line, column, line, column + 1)
    if text[offset] == "\0":
        return where.diagnostic("PB001", sentence("the file holds a NUL character: it is no text file"), hint=sentence("playbooks are text files in UTF-8"))
    number = f"{ord(text[offset]):04X}"
    return where.diagnostic("PB001", sentence("the character U+{number} cannot stand in a text file", number=number), hint=sentence("delete it"))


def resolve(text: str) -> Any:
    """Give a plain scalar its value: null, true, false, a whole number, a decimal (still text), else text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and text != "-0":
        return int(text)
    return Number(text) if _DECIMAL.fullmatch(text) else text


class _Stop(Exception):  # noqa: N818  (a way out of the loop, not an error)
    """Reading on makes no sense."""


class _Skip:
    """Stands for a key that was refused: what belongs to it is read and dropped."""


_SKIP = _Skip()
_NO_KEY = object()


@dataclass(slots=True)
class _Frame:
    """A collection that is still open."""

    value: Any
    path: Path
    key: Any = _NO_KEY
    kept: bool = True
    undashed: str | None = None  # the first key of a list item that came again without its dash


class _Reader:
    """Builds values from parser events without recursion, and notes where each stands."""

    def __init__(self, path: str, rows: Sequence[str] = ()) -> None:
        self.path = path
        self.rows = rows
        self.findings: list[Diagnostic] = []
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.broken: set[Path] = set()
        self.aliases: set[str] = set()
        self.root: Any = None
        self.stack: list[_Frame] = []

    def build(self, events: Iterator[Any]) -> None:
        documents = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind in {yaml.MappingStartEvent, yaml.SequenceStartEvent}:
                self._open(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind in {yaml.MappingEndEvent, yaml.SequenceEndEvent}:
                self._close()
            elif kind is yaml.AliasEvent:
                if event.anchor not in self.aliases:  # one bomb, one message for each of its names
                    self._refuse(event, f"*{event.anchor}", sentence("an alias"), sentence("write the value out again"))
                    self.aliases.add(event.anchor)
                self._put(None, event, broken=True)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._say(event, "PB005", sentence("a second document starts here; a file holds one"), sentence("delete the line `---`, or make two files"))
                    raise _Stop

    # -- places

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        if (end.line, end.column) <= (start.line, start.column) or end.line != start.line:
            return Span(self.path, start.line + 1, start.column + 1, start.line + 1, start.column + 2)
        return Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _say(self, event: Any, code: str, message: str, hint: str | None = None) -> None:
        self.findings.append(self._span(event).diagnostic(code, message, hint=hint))

    def _refuse(self, event: Any, what: str, name: str, hint: str) -> None:
        self._say(event, "PB004", sentence('"{what}" is {name}, which is not read', what=what, name=name), hint)

    # -- values

    def _scalar(self, event: Any) -> None:
        refused = self._decorated(event)
        plain = event.style in {None, ""}
        value = resolve(event.value) if plain else event.value
        top = self.stack[-1] if self.stack else None
        if top is not None and type(top.value) is dict and top.key is _NO_KEY:
            self._key(top, event, value, plain=plain)
            return
        self._put(value, event, broken=refused)

    def _decorated(self, event: Any) -> bool:
        if event.anchor is not None:
            self._refuse(event, f"&{event.anchor}", sentence("an anchor"), sentence("delete it"))
        if event.tag is not None:
            self._refuse(event, event.tag.replace("tag:yaml.org,2002:", "!!"), sentence("a tag"), sentence('delete it; write text in quotes, as "text"'))
        return event.anchor is not None or event.tag is not None

    def _key(self, top: _Frame, event: Any, value: Any, *, plain: bool) -> None:
        if plain and value == "<<":
            self._refuse(event, "<<", sentence("a merge key"), sentence("write the keys out, or use `extends`"))
            top.key = _SKIP
        elif plain and (amount := self._comma(top, event)) is not None:
            self._say(event, "PB008", sentence('the comma in "{amount}" ends the amount, and starts another key', amount=amount[0]), sentence('write "{amount}", in quotes', amount=amount[1]))
            self.broken.add((*top.path, next(reversed(top.value))))
            top.key = _SKIP
        elif type(value) is not str:
            self._say(event, "PB008", sentence('a key is a word, not "{value}"', value=event.value), sentence('write it in quotes: "{value}"', value=event.value) if event.value else None)
            top.key = _SKIP
        elif value in top.value:
            first = self.keys.get((*top.path, value))
            place = sentence("; the first one is on line {line}", line=first.line) if first else ""
            if top.undashed is None and top.path and type(top.path[-1]) is int and value == next(iter(top.value)):
                top.undashed = value
                message = sentence('the key "{value}" is written twice{place}: a new item of the list begins with "- "', value=value, place=place)
                self._say(event, "PB003", message, sentence('write `- {value}: …`, the "-" two columns before, where a new item starts', value=value))
            elif top.undashed is None and (muted := self._commented(first, event)) is not None:
                top.undashed = value
                line, item = muted
                message = sentence('"{item}" begins an item and is a comment, so that what stands below it is read as more of the item above', item=item)
                self.findings.append(Span(self.path, line, 1, line, len(self.rows[line - 1]) + 1).diagnostic("PB003", message, hint=sentence('take the "#" away, or put one before each line of the item')))
            elif top.undashed is None:  # behind a missing dash every key comes again: one mistake, one message
                self._say(event, "PB003", sentence('the key "{value}" is written twice{place}', value=value, place=place), sentence("put what stands under it under the first, and delete this line") if value == "steps" else sentence("keep one of them"))
            top.key = _SKIP
        else:
            top.key = value
            if top.kept:
                span = self._span(event)
                path = (*top.path, value)
                self.keys[path] = span
                if not top.value:
                    self.values.setdefault(top.path, span)

    def _commented(self, first: Span | None, event: Any) -> tuple[int, str] | None:
        """Find the comment between a key and its second coming that begins an item of the list, `# - id: appel`: its line, and the item."""
        for line in range(event.start_mark.line, first.line if first is not None else event.start_mark.line, -1):
            if (found := re.fullmatch(r" *# *(- +[\w-]+:.*?) *", self.rows[line - 1] if line <= len(self.rows) else "")) is not None:
                return line, found[1]
        return None

    def _comma(self, top: _Frame, event: Any) -> tuple[str, str] | None:
        """Recognise the cents of `{at_least: 500,00}`: digits right behind the comma of an amount. Return it as written, and as it should be."""
        last = next(reversed(top.value), None)
        place = self.values.get((*top.path, last)) if last is not None and top.kept else None
        mark = event.start_mark
        if place is None or not event.value.isdigit() or (place.end_line, place.end_column + 1) != (mark.line + 1, mark.column + 1):
            return None
        units = str(top.value[last])
        digits = "".join(units.split())
        if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", digits):
            digits = digits.replace(".", "")
        return (f"{units},{event.value}", f"{digits}.{event.value}") if digits.isdigit() else None

    def _put(self, value: Any, event: Any, *, broken: bool = False) -> tuple[Path, bool]:
        path: Path = ()
        if not self.stack:
            self.root, kept = value, True
        else:
            top = self.stack[-1]
            kept = top.kept
            if type(top.value) is list:
                path = (*top.path, len(top.value))
                top.value.append(value)
            elif top.key is _NO_KEY:  # a collection as a key
                self._say(event, "PB008", sentence("a key is a word, not a list or mapping"), sentence("write text that contains braces in quotes"))
                path, kept, top.key = top.path, False, _SKIP
                return path, kept
            else:
                key, top.key = top.key, _NO_KEY
                path, kept = (*top.path, key) if type(key) is str else top.path, kept and type(key) is str
                if type(key) is str:
                    top.value[key] = value
        if kept:
            if type(value) in {dict, list} and path in self.keys:
                self.values[path] = self.keys[path]
            elif type(value) is not dict:
                self.values[path] = self._span(event)
            if broken:
                self.broken.add(path)
        return path, kept

    def _open(self, event: Any, value: Any) -> None:
        broken = self._decorated(event)
        if len(self.stack) >= MAX_DEPTH:
            self._say(event, "PB006", sentence("nested deeper than {most} levels", most=MAX_DEPTH), sentence("a playbook needs five"))
            raise _Stop
        as_key = bool(self.stack) and type(self.stack[-1].value) is dict and self.stack[-1].key is _NO_KEY
        path, kept = self._put(value, event, broken=broken)
        if kept and not value and type(value) is dict and path not in self.values:
            span = self._span(event)
            # A block mapping starts where its first key does, which says more; a flow mapping keeps its brace until then.
            if event.flow_style:
                self.values[path] = span._replace(end_line=span.line, end_column=span.column + 1)
        elif kept and path not in self.keys:
            span = self._span(event)
            self.values[path] = span._replace(end_line=span.line, end_column=span.column + 1)
        self.stack.append(_Frame(value, path, kept=kept and not as_key))

    def _close(self) -> None:
        self.stack.pop()
