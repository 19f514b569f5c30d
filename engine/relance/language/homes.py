"""Where a key belongs that stands in a mapping which has no such key: up, in a mapping around it, or down, under a key beside those.

Read off the schema of the file, for every key of every mapping alike; the mapping nearest to where the key stands goes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from relance.language import instead, schema_walk
from relance.language.source import Path
from relance.sentences import joined, sentence, shipped_text


def home_of(name: str, key: str, value: Any, path: Path) -> str | None:
    """Say where a key of another mapping has to stand, in a file of the kind `name`; `path` is the mapping where it stands. None where no mapping around has it."""
    if (below := _under(name, key, value, path, but=("if",))) is not None:
        return below
    for length in range(len(path) - 1, -1, -1):
        here = schema_walk.parts_at(name, path[:length])
        if key in schema_walk.key_rules(here):
            return _up(key, _called(here), path, length)
    if (asked := _under(name, key, value, path)) is not None:
        return asked
    others = (_under(name, key, value, path[:length], but=(path[length],), outside=True) for length in range(len(path) - 1, -1, -1))
    found = next((each for each in others if each is not None), None)
    if found is None and name == "playbook" and key in schema_walk.key_rules(schema_walk.parts_at(name, ("steps", 0, "if"))):
        return sentence('"{key}" is a key of a condition: write it under the `if` of the step that it is for', key=key)
    return found


#: Kinds of file in which an author looks for what he wrote in another; each has a name that he knows it by.
_OTHERS = ("letterhead", "project", "promises")


def in_another_file(key: str, name: str) -> str | None:
    """Say in which mapping of another kind of file than `name` a key stands, below its left margin: `signatory`, under "sender" of a letterhead. None where none has it, or several."""
    found = [
        (place, schema)
        for each in _OTHERS
        if each != name
        for schema in (schema_walk.schema(each),)
        for place in schema.get("properties", {})
        if key in schema_walk.key_rules(schema_walk.parts_at(each, (place,)))
    ]
    if len(found) != 1:
        return None
    place, schema = found[0]
    return sentence('"{key}" is written under "{place}" in another file: {other}', key=key, place=place, other=shipped_text(str(schema.get("x-name") or schema.get("title"))))


def file_of_key(key: str, name: str) -> str | None:
    """Name the kind of file, other than `name`, that has a key at its left margin; None where none has, or several."""
    if name != "project" and key in schema_walk.schema("project")["properties"] and key not in {"schema", "language"}:
        return "relance.yaml"
    found = [schema for each in ("playbook", "project", "routing", "letterhead", "promises", "test") if each != name and key in (schema := schema_walk.schema(each)).get("properties", {})]
    return str(found[0].get("x-name") or found[0].get("title")) if len(found) == 1 else None


def _up(key: str, thing: str, path: Path, length: int) -> str:
    if length == 0:
        return sentence('"{key}" is a key of {other}: move it to the left margin', key=key, other=thing)
    return sentence('"{key}" is a key of {other}: move it out of "{inner}"', key=key, other=thing, inner=next(part for part in path[length:] if isinstance(part, str)))


def _under(name: str, key: str, value: Any, around: Path, *, but: Sequence[str | int] = (), outside: bool = False) -> str | None:
    """Look for a key under one of the keys of a mapping, some left out; `outside` is a mapping around the one where it stands."""
    rules = schema_walk.key_rules(schema_walk.parts_at(name, around))
    plain = [place for place, part in rules.items() if place not in but and "object" in schema_walk.types((part,)) and key in schema_walk.key_rules(schema_walk.parts_at(name, (*around, place)))]
    if len(plain) > 1:
        return sentence('"{key}" is a key of what stands under {places}: write it there', key=key, places=joined([sentence('"{word}"', word=place) for place in plain], "or"))
    for place, part in rules.items():
        if place in but:
            continue
        for items in (False, True):
            there = schema_walk.parts_at(name, (*around, place, 0)) if items else (part, *schema_walk.parts_at(name, (*around, place)))
            owner = next((each.node for each in there if key in _own_keys(each)), None)
            if owner is not None and "any_of" in owner["properties"] and place != "if":
                continue  # a condition of another kind: what is asked of a step stands under its `if`
            if owner is None or (not items and "array" in schema_walk.types(there) and "object" not in schema_walk.types(there)):
                continue
            if isinstance(value, int) and not isinstance(value, bool) and "integer" not in schema_walk.types((schema_walk.key_rules(there)[key],)):
                value = str(value)
            thing = shipped_text(str(owner.get("x-name") or owner.get("title") or place))
            if items and {"id", "at"} <= set(owner["properties"]):
                return sentence('"{key}" is a key of {other}: write it below the "at" of the step that it is for', key=key, other=thing)
            if items:
                return sentence('"{key}" is a key of {other}: write it in an item of "{place}", as `{written}`', key=key, other=thing, place=place, written=instead.in_flow({key: value})[1:-1])
            written = f"{place}: {instead.in_flow({key: value})}"
            if around or not outside:
                return sentence('"{key}" is a key of {other}: it stands under "{place}", as `{written}`', key=key, other=thing, place=place, written=written)
            return sentence('"{key}" is a key of {other}: it stands under "{place}" at the left margin, as `{written}`', key=key, other=thing, place=place, written=written)
    return None


def _own_keys(part: schema_walk.Part) -> Iterator[str]:
    yield from part.node.get("properties", ())
    yield from part.node.get("then", {}).get("properties", ())


def _called(parts: tuple[schema_walk.Part, ...]) -> str:
    named = next((each.node for each in parts if "x-name" in each.node or "title" in each.node), {})
    return shipped_text(str(named.get("x-name") or named.get("title") or "this mapping"))
