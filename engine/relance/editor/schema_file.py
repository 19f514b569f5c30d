"""The schemas as files for an editor without a server: each whole in itself, with what people read in one language, and one file that carries all kinds.

What a schema allows stays what it is; what is added are the texts and snippets that YAML and JSON extensions of editors know: `markdownDescription`,
`markdownEnumDescriptions`, `patternErrorMessage`, `defaultSnippets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.editor import meaning
from relance.language import schema_walk
from relance.language.schema_walk import Part
from relance.sentences import said, sentence, shipped_text

#: Keys of a schema that people read, and that are said in their language.
READ = ("title", "description", "x-name", "x-why", "x-expected")
#: Kind → the key by which a file of that kind is known; the first that a file has decides.
_KNOWN_BY = {"test": "tests", "promises": "promises", "signature": "signature", "routing": "routes", "column-mapping": "mapping", "law-parameter": "parameter", "playbook": "playbook", "case": "invoices", "letterhead": "sender"}
#: What a small language of values (`x-form`) is called where a text is not written in it.
_FORMS = {
    "when": sentence('an anchor and a distance, such as "J+14", "due - 7 days" or "relance-1 + 5 business days"'),
    "duration": sentence('a number and a unit, such as "5 days" or "3 business days"'),
    "grace": sentence('a number and a unit, such as "2 days"'),
    "days": sentence('days or weeks, such as "30 days"'),
    "money": sentence('digits and a point, in quotes, such as "1200.50"'),
    "share": sentence('a share in percent, in quotes, such as "70"'),
    "date": sentence("year-month-day, such as 2026-02-20"),
    "day_of_year": sentence('month-day in quotes, such as "08-31"'),
    "hours": sentence('hours in quotes, such as "09:00-18:00"'),
    "holidays": sentence("a country or a department, such as FR or FR-57"),
    "currency": sentence("three letters, such as EUR"),
}


def editor_schema(name: str, language: str) -> dict[str, Any]:
    """Return the schema of a kind of file, whole in itself: what it takes from another kind's stands among its definitions."""
    made = _Schemas(language)
    found = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": f"urn:relance:schema:{name}:1", **made.told(name, schema_walk.schema(name))}
    return {**found, "definitions": {**found.get("definitions", {}), **made.others(name)}}


def bundle(language: str) -> dict[str, Any]:
    """Return one schema for every kind of file, which it knows by a key that only that kind has."""
    made = _Schemas(language)
    definitions = {kind: made.inside(kind) for kind in _KNOWN_BY}
    chain: dict[str, Any] = {"$ref": "#/definitions/project"}
    definitions["project"] = made.inside("project")
    for kind, key in reversed(_KNOWN_BY.items()):
        chain = {"if": {"required": [key]}, "then": {"$ref": f"#/definitions/{kind}"}, "else": chain}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#", "$id": "urn:relance:schema:1", "title": "relance",
        "description": said(sentence("Playbooks of relance, and the files beside them."), language), **chain, "definitions": definitions,
    }  # fmt: skip


class _Schemas:
    """Schemas said in a language, with every reference pointing into the file at hand."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.home = ""  # where the definitions of the schema at hand stand
        self.named: set[str] = set()

    def told(self, name: str, node: Any) -> Any:
        """Return a schema, or a part of it, with its texts."""
        if isinstance(node, list):
            return [self.told(name, each) for each in node]
        if not isinstance(node, dict):
            return node
        made = {key: self._value(name, key, value) for key, value in node.items() if key not in {"$schema", "x-form"}}
        return made | self._texts(name, node)

    def _value(self, name: str, key: str, value: Any) -> Any:
        if key == "$ref":
            return self._reference(value)
        if key in {"properties", "definitions"}:
            return {each: self.told(name, part) for each, part in value.items()}
        if key in READ and isinstance(value, str):
            return said(value, self.language)
        return value if key in {"examples", "default", "enum", "const", "required"} else self.told(name, value)

    def _reference(self, value: str) -> str:
        file, _, part = value.partition("#")
        if not file:
            return f"#{self.home}{part}"
        other = file.removesuffix(".schema.json")
        self.named.add(other)
        return f"#/definitions/{other}{part}"

    def _texts(self, name: str, node: Mapping[str, Any]) -> dict[str, Any]:
        part = schema_walk.resolved(schema_walk.schema(name), node)
        found: dict[str, Any] = {}
        if node.keys() & {"title", "description", "x-law"}:
            found["markdownDescription"] = meaning.of_part(part, self.language)
        if "enum" in node and len(node["enum"]) > 1:
            found["markdownEnumDescriptions"] = [meaning.of_word(str(word), part, self.language) for word in node["enum"]]
        if isinstance(node.get("pattern"), str) and (written := _written(node)) is not None:
            found["patternErrorMessage"] = said(written, self.language)
        if (needed := _needed(name, node)) and "properties" in node:
            found["defaultSnippets"] = [{"label": said(str(node.get("title") or node.get("x-name") or ""), self.language), "body": _body(part, needed)}]
        return found

    def others(self, name: str) -> dict[str, Any]:
        """Return the schemas that a kind's takes something from, and those that these do."""
        found: dict[str, Any] = {}
        while left := self.named - found.keys() - {name}:
            for other in sorted(left):
                found[other] = self.inside(other)
        return found

    def inside(self, name: str) -> Any:
        """Return a schema as it stands among the definitions of another."""
        self.home = f"/definitions/{name}"
        made = self.told(name, schema_walk.schema(name))
        self.home = ""
        return made


def _written(node: Mapping[str, Any]) -> str | None:
    """Say how a text is written that a pattern holds: in words where there are any, else by an example."""
    if (expected := node.get("x-expected") or _FORMS.get(str(node.get("x-form")))) is not None:
        return sentence("write {expected}", expected=shipped_text(expected))
    return sentence("for example {example}", example=node["examples"][0]) if "examples" in node else None


def _needed(name: str, node: Mapping[str, Any]) -> list[str]:
    """Name the keys that a mapping needs where nothing else is said: of a step and a playbook, those of one that stands alone."""
    keys = [*node.get("required", ()), *node.get("else", {}).get("required", ())]
    if node.get("x-name") == "a step" and "properties" in node:
        keys += [key for key in schema_walk.schema(name)["definitions"].get("whole_step", {}).get("required", ()) if key not in keys] + ["tone"]
    return list(dict.fromkeys(keys))


def _body(part: Part, needed: list[str]) -> dict[str, Any]:
    """Write what is needed as the body of a snippet, each value a place to fill."""
    rules = schema_walk.key_rules((part,))
    return {key: _filled(number, rules[key]) for number, key in enumerate(needed, 1) if key in rules}


def _filled(number: int, part: Part) -> Any:
    words, kinds = schema_walk.allowed((part,)), schema_walk.types((part,))
    if "const" in part.node:
        return part.node["const"]
    if words:
        return f"${{{number}|{','.join(words)}|}}"
    if kinds == {"array"}:
        return [f"${number}"]
    examples = schema_walk.examples((part,))
    return f"${{{number}:{examples[0]}}}" if examples and isinstance(examples[0], str | int) else f"${number}"
