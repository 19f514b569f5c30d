"""A key of a mapping in a YAML text, set to another value or taken away: nothing else of the text changes, and no comment is lost."""

from __future__ import annotations

import re
from typing import Any

import yaml

from relance.errors import RelanceError
from relance.language.source import Path
from relance.sentences import sentence

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
        _asked(value, flow=bool(where.flow_style))
    pairs = [(name, held) for name, held in where.value if isinstance(name, yaml.ScalarNode)]
    found = next(((name, held) for name, held in pairs if name.value == key), None)
    if found is None:
        return text if value is None else _added(text, where, key, value, after)
    name, held = found
    if _COMMENT.search(_without_text(text[name.end_mark.index : _end(text, held)], held)):
        raise KeyNotEditedError(sentence("`{key}` has comments of its own: change it in the text", key=key))
    if value is not None:
        return _replaced(text, name.end_mark.index, _end(text, held), f": {value}")
    return _removed(text, where, pairs, key)


def value_text(text: str, path: Path, key: str) -> str | None:
    """Return what a key of the mapping at a path holds, as it is written; None where it has no such key. Raises KeyNotEditedError for no mapping."""
    held = next((held for name, held in _mapping(text, path).value if name.value == key), None)
    return None if held is None else text[held.start_mark.index : _end(text, held)]


def _mapping(text: str, path: Path) -> yaml.MappingNode:
    try:
        node: Any = yaml.compose(text, Loader=_Loader)
        for step in path:
            node = node.value[step] if isinstance(step, int) else next(held for name, held in node.value if name.value == step)
    except (yaml.YAMLError, AttributeError, IndexError, StopIteration, TypeError):
        node = None
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise KeyNotEditedError(sentence("this part of the text cannot be read: mend it there first"))
    return node


def _asked(value: str, *, flow: bool) -> None:
    line = f"{{key: {value}}}" if flow else f"key: {value}"
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


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return f"{text[:start]}{new}{text[end:]}"


def _added(text: str, where: yaml.MappingNode, key: str, value: str, after: tuple[str, ...]) -> str:
    place = max((place for place, (name, _) in enumerate(where.value) if name.value in after), default=len(where.value) - 1)
    end = _end(text, where.value[place][1])
    if where.flow_style:
        return _replaced(text, end, end, f", {key}: {value}")
    line_end = text.find("\n", end)
    at = len(text) if line_end < 0 else line_end
    return _replaced(text, at, at, f"\n{' ' * where.value[0][0].start_mark.column}{key}: {value}")


def _removed(text: str, where: yaml.MappingNode, pairs: list[tuple[yaml.ScalarNode, yaml.Node]], key: str) -> str:
    place = next(place for place, (name, _) in enumerate(pairs) if name.value == key)
    name, held = pairs[place]
    start, end = int(name.start_mark.index), _end(text, held)
    if len(pairs) == 1:
        raise KeyNotEditedError(sentence("`{key}` is all that stands here: take the whole away in the text", key=key))
    if where.flow_style:
        return _replaced(text, start, int(pairs[1][0].start_mark.index), "") if place == 0 else _replaced(text, _end(text, pairs[place - 1][1]), end, "")
    line_end = text.find("\n", end)
    rest = text[end : len(text) if line_end < 0 else line_end]
    if rest.strip():  # a comment behind it stays, on the line that was the key's
        return _replaced(text, start, end + len(rest) - len(rest.lstrip()), "")
    if place == 0:
        return _replaced(text, start, int(pairs[1][0].start_mark.index), "") if not _COMMENT.search(text[end : pairs[1][0].start_mark.index]) else _replaced(text, start, end, "")
    line_start = text.rfind("\n", 0, start)
    return _replaced(text, line_start, len(text) if line_end < 0 else line_end, "")
