"""Plain values → YAML in flow style, as our reader and others' read it back: text in quotes where it would be taken for something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from relance.language import source

#: Text that needs no quotes: it begins and ends with a letter or a digit, and holds no sign that YAML gives a meaning to.
_PLAIN = re.compile(r"[^\W_](?:[\w ./+-]*[^\W_])?")
#: Words that our reader leaves as text, and that others take for truth values.
_TRUTHS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def flow(value: Any) -> str:
    """Write mappings, lists, numbers, truth values and text in one line. The key `on` is a word of our files and stands bare, as authors write it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key if key == 'on' else flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    return value if _is_plain(value) else quoted(value)


def quoted(text: str) -> str:
    """Return a text between quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def _is_plain(text: str) -> bool:
    read = source.resolve(text)
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _TRUTHS and isinstance(read, str) and not isinstance(read, source.Number)
