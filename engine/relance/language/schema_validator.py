"""The shipped schemas as `shape` holds a source against them: laid out, with the numbers and the forms of the language; and what they hold, looked up.

What a place in a file may say is `schema_walk`'s; which sentences tell of a mistake is `shape`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jsonschema
from jsonschema import validators
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from relance.language import parse
from relance.language.schema_walk import names, schema
from relance.language.source import Number

_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@lru_cache(maxsize=32)
def validator(name: str) -> Any:
    """Return what holds a value against a shipped schema, reference by reference, with the numbers and forms of the language."""
    # Without `$schema`: jsonschema would go on with its own draft-07 class there, and forget `x-form`.
    bare = ((other, {key: value for key, value in laid_out(other).items() if key != "$schema"}) for other in names())
    registry: Registry[Any] = Registry().with_resources(
        (f"{other}.schema.json", Resource.from_contents(contents, default_specification=DRAFT7)) for other, contents in bare
    )
    types = jsonschema.Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "string": lambda _, value: isinstance(value, str) and not isinstance(value, Number),
            "number": lambda _, value: isinstance(value, Number) or (isinstance(value, int) and not isinstance(value, bool)),
        }
    )
    rules = {"x-form": _form, **{rule: _bounded(jsonschema.Draft7Validator.VALIDATORS[rule]) for rule in _BOUNDS}}
    kind: Any = validators.extend(jsonschema.Draft7Validator, rules, type_checker=types)  # type: ignore[no-untyped-call]
    return kind({"$ref": f"{name}.schema.json"}, registry=registry)


@lru_cache(maxsize=32)
def laid_out(name: str) -> Mapping[str, Any]:
    """Return a shipped schema with its definitions in their places, but for those that hold themselves: a reference is dear to follow each time."""
    definitions = schema(name).get("definitions", {})

    def walk(node: Any, above: frozenset[str]) -> Any:
        if isinstance(node, list):
            return [walk(each, above) for each in node]
        if not isinstance(node, dict):
            return node
        own = str(node.get("$ref", "")).removeprefix("#/definitions/")
        if own not in definitions:
            return {key: walk(value, above) for key, value in node.items()}
        return {"$ref": node["$ref"]} if own in above else walk(definitions[own], above | {own})

    whole: Mapping[str, Any] = walk(schema(name), frozenset())
    return whole


def _bounded(rule: Any) -> Any:
    """Let a rule on the size of a number see a decimal as one."""

    def held(validator: Any, limit: Any, value: Any, part: Any) -> Iterator[jsonschema.ValidationError]:
        yield from rule(validator, limit, Decimal(value) if isinstance(value, Number) else value, part) or ()

    return held


def _form(validator: Any, form: str, value: Any, _: Any) -> Iterator[jsonschema.ValidationError]:
    """Try the parser a schema names in `x-form`, so that an editor's pattern and the engine never disagree for long."""
    if not validator.is_type(value, "string"):
        return
    try:
        parse.FORMS[form](value)
    except ValueError as error:
        yield jsonschema.ValidationError(error.args[0])


@lru_cache(maxsize=32)
def mappings(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List every named mapping of a schema with its keys."""
    found: list[tuple[str, tuple[str, ...]]] = []
    left: list[Any] = [laid_out(name)]
    while left:
        node = left.pop(0)
        if isinstance(node, dict):
            if "properties" in node and (called := node.get("x-name") or node.get("title")):
                found.append((called, tuple(node["properties"])))
            left.extend(node.values())
        elif isinstance(node, list):
            left.extend(node)
    return tuple(found)


def named_around(part: Mapping[str, Any], name: str) -> str | None:
    """Name the mapping a part of a schema speaks of; a branch of `if` has no name of its own."""
    if "x-name" in part:
        return str(part["x-name"])
    left: list[tuple[Any, str | None]] = [(laid_out(name), None)]
    while left:
        node, named = left.pop(0)
        if node is part or (isinstance(node, dict) and node == part):
            return named
        if isinstance(node, dict):
            left.extend((inner, node.get("x-name", named)) for inner in node.values())
        elif isinstance(node, list):
            left.extend((inner, named) for inner in node)
    return None


def example_of_key(name: str, thing: str, key: str) -> str | None:
    """Take the schema's first example of a key of a thing, as YAML in one line."""
    node = next((n for n in nodes(name) if n.get("x-name") == thing and key in n.get("properties", {})), None)
    if node is None:
        return None
    examples = node["properties"][key].get("examples") or node["properties"][key].get("enum")
    return None if not examples or isinstance(examples[0], dict) else json.dumps(examples[0], ensure_ascii=False).replace('"', "") if not isinstance(examples[0], str) else examples[0]


@lru_cache(maxsize=32)
def nodes(name: str) -> tuple[Mapping[str, Any], ...]:
    """List every mapping that a schema is made of, itself first."""
    found: list[Mapping[str, Any]] = []
    left: list[Any] = [laid_out(name)]
    while left:
        node = left.pop(0)
        if isinstance(node, dict):
            found.append(node)
            left.extend(node.values())
        elif isinstance(node, list):
            left.extend(node)
    return tuple(found)
