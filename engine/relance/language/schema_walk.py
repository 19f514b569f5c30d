"""What a schema says of one place in a file: every part of it that speaks there, with `$ref` followed, into another file too.

The one walk for whoever explains a schema: the reference, hovers and completion. What holds is `shape`'s to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from relance.data import shipped
from relance.language.source import Path

#: Where a part keeps what may hold beside it.
_BESIDE = ("then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")


@lru_cache(maxsize=32)
def schema(name: str) -> Mapping[str, Any]:
    """Return a shipped schema, such as `playbook`. It is shared: do not change it."""
    found: Mapping[str, Any] = json.loads(shipped("schemas").joinpath(f"{name}.schema.json").read_text("utf-8"))
    return found


def names() -> tuple[str, ...]:
    """Name every shipped schema."""
    return tuple(sorted(f.name.removesuffix(".schema.json") for f in shipped("schemas").iterdir() if f.name.endswith(".schema.json")))


class Part(NamedTuple):
    """A part of a schema, with the schema of the file that it stands in, where its references lead."""

    root: Mapping[str, Any]
    node: Mapping[str, Any]


def resolved(whole: Mapping[str, Any], node: Mapping[str, Any]) -> Part:
    """Follow `$ref`, into another file too; what stands beside it goes before what it names. Returns the file's schema with it."""
    if "$ref" not in node:
        return Part(whole, node)
    file, _, part = str(node["$ref"]).partition("#")
    root = schema(file.removesuffix(".schema.json")) if file else whole
    target: Any = root
    for name in part.strip("/").split("/") if part.strip("/") else ():
        target = target[name]
    root, found = resolved(root, target)
    return Part(root, {**found, **{key: value for key, value in node.items() if key != "$ref"}})


def parts_at(name: str, path: Path) -> tuple[Part, ...]:
    """Return the parts of a kind of file's schema that speak of a place, the one with a title first."""
    whole = schema(name)
    here = list(_with_branches(resolved(whole, whole)))
    for step in path:
        here = [each for part in here for below in _below(part, step) for each in _with_branches(below)]
    return tuple(sorted(here, key=lambda part: "title" not in part.node))


def _with_branches(part: Part) -> Iterator[Part]:
    """Give a part, and what may hold beside it: the branches of an `if`, the members of `allOf`."""
    yield part
    beside = [part.node[key] for key in _BESIDE if key in part.node] + [each for key in _LISTS for each in part.node.get(key, ())]
    for each in beside:
        yield from _with_branches(resolved(part.root, each))


def _below(part: Part, step: str | int) -> Iterator[Part]:
    root, node = part
    if isinstance(step, int):
        if isinstance(node.get("items"), Mapping):
            yield resolved(root, node["items"])
    elif step in node.get("properties", {}):
        yield resolved(root, node["properties"][step])
    elif isinstance(node.get("additionalProperties"), Mapping):
        yield resolved(root, node["additionalProperties"])


def key_rules(parts: tuple[Part, ...]) -> Mapping[str, Part]:
    """Return the keys that a mapping may have, each with what is said of it; words that `propertyNames` allows are keys too."""
    found: dict[str, Part] = {}
    for root, node in parts:
        for key, value in node.get("properties", {}).items():
            found.setdefault(key, resolved(root, value))
        if "propertyNames" in node and isinstance(node.get("additionalProperties"), Mapping):
            for key in resolved(root, node["propertyNames"]).node.get("enum", ()):
                found.setdefault(key, resolved(root, node["additionalProperties"]))
    return found


def needed_keys(parts: tuple[Part, ...]) -> frozenset[str]:
    """Return the keys that a mapping needs, in one case or another."""
    return frozenset(key for part in parts for key in part.node.get("required", ()))


def allowed(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the words of a closed list, or of the list that its items come from."""
    words = [word for part in parts for word in (*part.node.get("enum", ()), *((part.node["const"],) if "const" in part.node else ()))]
    return tuple(dict.fromkeys(str(word) for word in words))


def types(parts: tuple[Part, ...]) -> frozenset[str]:
    """Return the kinds of value that may stand there, in the words of JSON Schema."""
    found: set[str] = set()
    for part in parts:
        kind = part.node.get("type", "object" if "properties" in part.node else ())
        found.update([kind] if isinstance(kind, str) else kind)
    return frozenset(found)


def forms(parts: tuple[Part, ...]) -> frozenset[str]:
    """Return the small languages (`x-form`) that a text may be written in there."""
    return frozenset(str(part.node["x-form"]) for part in parts if "x-form" in part.node)


def examples(parts: tuple[Part, ...]) -> tuple[Any, ...]:
    """Return the examples that are given of what stands there, the nearest first."""
    return tuple(each for part in parts for each in part.node.get("examples", ()))
