"""A key of a mapping in a YAML text, set to another value or taken away: nothing else of the text changes, and no comment is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from relance.errors import RelanceError
from relance.language.source import Path
from relance.sentences import sentence

_Pair = tuple[yaml.Node, yaml.Node]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMENT = re.compile(r"(?:^|\s)#")


class KeyNotEditedError(RelanceError):
    """A key cannot be written by a form; the sentence says why."""


def with_key(text: str, path: Path, key: str, value: str | None, *, after: tuple[str, ...] = ()) -> str:
    """Return a text in which the mapping at a path has a key with a value, YAML on one line; None takes the key away.

    A new key stands below the last of those in `after` that the mapping has, or at its end. Raises KeyNotEditedError: there is no such
    mapping, what the key holds has comments of its own, or the value is no YAML.
    """
    where = _mapping(text, path)
    if value is not None:
        _hold_to_one_value(value, in_flow=bool(where.flow_style))
    pairs = where.value
    at = next((number for number, (name, _) in enumerate(pairs) if name.value == key), None)
    if at is None:
        return text if value is None else _added(text, where, key, value, after)
    name, held = pairs[at]
    if _COMMENT.search(_without_text(text[name.end_mark.index : _end(text, held)], held)):
        raise KeyNotEditedError(sentence("`{key}` has comments of its own: change it in the text", key=key))
    if value is not None:
        return _cut(text, name.end_mark.index, _end(text, held), f": {value}")
    if len(pairs) == 1:
        raise KeyNotEditedError(sentence("`{key}` is all that stands here: take the whole away in the text", key=key))
    return _removed_in_flow(text, pairs, at) if where.flow_style else _removed(text, pairs, at)


def value_text(text: str, path: Path, key: str) -> str | None:
    """Return what a key of the mapping at a path holds, as it is written; None where it has no such key. Raises KeyNotEditedError for no mapping."""
    held = next((held for name, held in _mapping(text, path).value if name.value == key), None)
    return None if held is None else text[held.start_mark.index : _end(text, held)]


def _mapping(text: str, path: Path) -> yaml.MappingNode:
    """Return the mapping at a path, which holds something. Raises KeyNotEditedError."""
    try:
        node: Any = yaml.compose(text, Loader=_Loader)
        for step in path:
            node = node.value[step] if isinstance(step, int) else next(held for name, held in node.value if name.value == step)
    except (yaml.YAMLError, AttributeError, IndexError, StopIteration, TypeError):
        node = None
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise KeyNotEditedError(sentence("this part of the text cannot be read: mend it there first"))
    return node


def _hold_to_one_value(value: str, *, in_flow: bool) -> None:
    """Raise KeyNotEditedError where a text is not one value on one line, as a mapping in braces (`in_flow`) or in a block has it."""
    line = f"{{key: {value}}}" if in_flow else f"key: {value}"
    try:
        read = yaml.compose(line, Loader=_Loader)
    except yaml.YAMLError:
        read = None
    if "\n" in value or not isinstance(read, yaml.MappingNode) or len(read.value) != 1 or _end(line, read) != len(line):
        raise KeyNotEditedError(sentence('"{value}" is no value: quotes, brackets and braces come in pairs', value=value))


def _end(text: str, node: yaml.Node) -> int:
    """Return where a node ends in its text: a block ends behind the last thing in it, not before the next."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end = int(node.end_mark.index)
    return len(text[:end].rstrip("\n")) if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"} else end


def _without_text(stretch: str, held: yaml.Node) -> str:
    """Leave quoted and block text out of a stretch: a hash in it begins no comment."""
    if isinstance(held, yaml.ScalarNode):
        return "" if held.style in {"'", '"', "|", ">"} or "#" not in held.value else stretch.replace(held.value, "")
    return re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'', "", stretch)


def _cut(text: str, start: int, end: int, new: str = "") -> str:
    """Return a text without a stretch, and with what comes in its stead."""
    return f"{text[:start]}{new}{text[end:]}"


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _added(text: str, where: yaml.MappingNode, key: str, value: str, after: tuple[str, ...]) -> str:
    last = len(where.value) - 1
    before = max((number for number, (name, _) in enumerate(where.value) if name.value in after), default=last)
    end = _end(text, where.value[before][1])
    if where.flow_style:
        return _cut(text, end, end, f", {key}: {value}")
    end = _line_end(text, end)
    indent = " " * where.value[0][0].start_mark.column
    return _cut(text, end, end, f"\n{indent}{key}: {value}")


def _removed_in_flow(text: str, pairs: Sequence[_Pair], at: int) -> str:
    """Take a pair out of a mapping in braces, with the comma that parts it from its neighbour."""
    end = _end(text, pairs[at][1])
    if at == 0:
        return _cut(text, pairs[0][0].start_mark.index, pairs[1][0].start_mark.index)
    return _cut(text, _end(text, pairs[at - 1][1]), end)


def _removed(text: str, pairs: Sequence[_Pair], at: int) -> str:
    """Take a pair out of a block: its lines; the first of a mapping stands behind a dash, which stays, and so does a comment behind the value."""
    start, end = pairs[at][0].start_mark.index, _end(text, pairs[at][1])
    line_end = _line_end(text, end)
    if rest := text[end:line_end].lstrip():
        return _cut(text, start, line_end - len(rest))
    if at == 0:
        following = pairs[1][0].start_mark.index
        return _cut(text, start, end if _COMMENT.search(text[end:following]) else following)
    return _cut(text, text.rfind("\n", 0, start), line_end)
