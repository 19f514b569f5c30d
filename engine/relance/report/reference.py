"""The reference of the language from its schemas, and of the codes from their catalogues: for the screen and for `docs/`.

Owns the layout alone; every sentence stands in a schema, `codes.yaml`, the rules of law or the codes of templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from relance.language.code import Code
from relance.language.codes import codes
from relance.language.schema_walk import Part, resolved, schema
from relance.sentences import reader, sentence, tell, told

# --------------------------------------------------------------------------- keys


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key of a file: `path` is dotted (`steps.repeat.every`), `keys` name what stands below it."""

    path: str
    title: str
    kind: str
    description: str = ""
    required: bool = False
    default: Any = None
    examples: tuple[Any, ...] = ()
    allowed: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@lru_cache(maxsize=16)
def key_entries(name: str) -> tuple[KeyEntry, ...]:
    """List every key of a kind of file, each behind the one it belongs to. A condition is described once, as `condition`."""
    whole = schema(name)
    found = list(_below(whole, whole, ""))
    if "condition" in whole.get("definitions", {}):
        found += _below(whole, whole["definitions"]["condition"], "condition")
    return tuple(found)


def look_up(name: str, key: str) -> tuple[KeyEntry, ...]:
    """Find a key by its path, or by the end of it where nothing has that path: `repeat.every`, `tone`."""
    every = key_entries(name)
    exact = tuple(entry for entry in every if entry.path == key)
    return exact or tuple(entry for entry in every if entry.path.endswith(f".{key}"))


def _below(whole: Mapping[str, Any], node: Mapping[str, Any], path: str) -> Iterator[KeyEntry]:
    required = {*node.get("required", ()), *node.get("else", {}).get("required", ())}
    if path == "steps":
        required |= set(whole["definitions"].get("whole_step", {}).get("required", ()))
    for key, raw in node.get("properties", {}).items():
        full = f"{path}.{key}" if path else key
        root, value = resolved(whole, raw)
        inner_root, inner = _inner(root, value)
        deeper = inner.get("x-name") != "a condition" and "any_of" not in inner.get("properties", {})
        yield KeyEntry(
            path=full,
            title=value.get("title", key),
            kind=_kind(whole, raw),
            description=value.get("description", ""),
            required=key in required,
            default=value.get("default"),
            examples=tuple(value.get("examples", ())),
            allowed=tuple(str(word) for word in (value.get("enum") or inner.get("enum") or _either(root, value))),
            law=tuple(value.get("x-law", ())),
            keys=tuple(inner.get("properties", ())) if deeper else (),
        )
        if deeper and full.count(".") < 8:
            yield from _below(inner_root, inner, full)


def _inner(root: Mapping[str, Any], value: Mapping[str, Any]) -> Part:
    """Return what the keys below a key are of: the items of a list, the mapping that a mapping or a list of them may hold."""
    if "items" in value:
        return resolved(root, value["items"])
    return resolved(root, value["then"]) if "object" in value.get("type", ()) and "then" in value and "properties" not in value else Part(root, value)


def _either(whole: Mapping[str, Any], value: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the closed list of a key that takes a word or a list of words."""
    then = resolved(whole, value.get("then", {}))[1]
    return tuple(then.get("enum", ())) if "string" in value.get("type", ()) else ()


_KINDS = {"object": "mapping", "array": "list", "string": "text", "integer": "whole number", "boolean": "true or false", "number": "number"}
_NAMED = {
    "id": "id", "duration": "duration", "money": "amount in quotes", "currency": "currency", "country": "country", "condition": "condition",
    "condition_or_word": "condition or state", "amount_bounds": "bounds of an amount", "number_bounds": "bounds of a number",
}  # fmt: skip


_FORMS = {"grace": "duration", "days": "duration", "hours": "hours", "when": "day, counted from an anchor"}


def _kind(whole: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    named = _NAMED.get(str(raw.get("$ref", "")).rsplit("/", 1)[-1])
    if named:
        return named
    root, value = resolved(whole, raw)
    types = value.get("type", "object" if "properties" in value else ())
    words = [_KINDS.get(kind, kind) for kind in ([types] if isinstance(types, str) else types)]
    if words == ["list"] and "items" in value:
        items = value["items"]
        inner = "words" if "enum" in resolved(root, items)[1] else _plural(_kind(root, items))
        return f"list of {inner}"
    if words == ["text"]:
        return "word" if "enum" in value else _FORMS.get(str(value.get("x-form")), "text")
    return " or ".join(words) or "value"


def _plural(word: str) -> str:
    return {"text": "texts", "condition or state": "conditions and states"}.get(word, f"{word}s")


def yaml_of(value: Any) -> str:
    """Write a value as YAML in one line; amounts and days stay in quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {yaml_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(yaml_of(item) for item in value) + "]"
    if isinstance(value, str) and (not value or value.replace(".", "").isdigit() or any(mark in value for mark in ':#{}[]"')):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def entry_text(entry: KeyEntry) -> str:
    """Describe one key for a terminal."""
    said = [tell("{name}: {text}", name=entry.path, text=told(entry.title)), f"  {told(entry.kind)}{', ' + tell('required') if entry.required else ''}"]
    if entry.description:
        said += ["", f"  {told(entry.description)}"]
    rows = [
        (tell("values"), ", ".join(entry.allowed)),
        (tell("default"), "" if entry.default is None else yaml_of(entry.default)),
        (tell("for example"), f"  {tell('or')}  ".join(f"{entry.path.rsplit('.', 1)[-1]}: {yaml_of(one)}" for one in entry.examples)),
        (tell("keys"), ", ".join(entry.keys)),
        (tell("law"), ", ".join(entry.law)),
    ]
    shown = [f"  {tell('{name}: {text}', name=name, text=text)}" for name, text in rows if text]
    return "\n".join(said + ([""] if shown else []) + shown) + "\n"


# --------------------------------------------------------------------------- codes


@lru_cache(maxsize=1)
def explained() -> Mapping[str, Code]:
    """Return every code there is, those of templates (PB4xx) included, in order."""
    from relance.letters.text_codes import CODES

    texts = {
        code: Code(code, one.title, one.severity, "", _sentence(one.why), "the checks of wordings", reads="template")
        for code, one in CODES.items()
    }
    return dict(sorted({**codes(), **texts}.items()))


def _sentence(text: str) -> str:
    return f"{_capital(text)}{'' if text.endswith(('.', '!')) else '.'}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _colon() -> str:
    return " : " if reader() == "fr" else ": "


def _from(code: Code, page: str) -> str:
    """Name the source of a code; `LANGUAGE 4` is a section of the page on the language."""
    return re.sub("^LANGUAGE (?=[0-9]$)", f"{page}, section ", code.source)


def code_text(code: Code) -> str:
    """Explain one code for a terminal."""
    said = [f"{code.code} ({told(code.severity)}): {told(code.title)}"]
    if code.what:
        said += ["", tell("What it checks"), f"  {told(code.what)}"]
    if code.why:
        said += ["", tell("Why"), f"  {told(code.why)}"]
    for head, example in ((tell("Found"), code.bad), (tell("Right"), code.good)):
        if example:
            said += ["", head, *(f"  {line}".rstrip() for line in example.rstrip("\n").split("\n"))]
    if code.offence:
        said += ["", tell("It stands for an offence: no playbook may waive it.")]
    return "\n".join([*said, "", tell("Source: {source}", source=told(_from(code, "docs/language.md")))]) + "\n"


# --------------------------------------------------------------------------- pages

_MADE = "<!-- Made by `{}`: edit the schema or the catalogue instead. -->"
_GROUPS = {
    "PB0": sentence("Text and YAML"), "PB1": sentence("Shape"), "PB2": sentence("Coherence"), "PB3": sentence("Law"), "PB4": sentence("Wordings"),
    "PB5": sentence("Data: cases, tests, routing, mappings"), "PB6": sentence("A finished message against the facts"), "PB7": sentence("Promises of a playbook"),
}  # fmt: skip


def reference_page() -> str:
    """Write `docs/reference.md`: every key of a playbook, in the language of the reader."""
    said = [
        "# " + tell("Every key of a playbook"),
        "",
        _MADE.format("relance schema --format markdown"),
        "",
        tell("`relance schema KEY` says the same in a terminal, and an editor that reads `# yaml-language-server: $schema=…` shows it on the fly."),
        "",
    ]
    for entry in key_entries("playbook"):
        depth = entry.path.count(".")
        if entry.path.startswith("condition.") and depth > 1:
            continue  # the four bounds say the same of every amount and number
        said += [
            f"{'#' * min(2 + depth, 5)} `{entry.path}`",
            "",
            f"{_sentence(told(entry.title))} *{_capital(told(entry.kind))}{', ' + tell('required') if entry.required else ''}.*",
            "",
        ]
        if entry.description:
            said += [told(entry.description), ""]
        rows = []
        if entry.allowed:
            rows.append(_capital(tell("values")) + _colon() + ", ".join(f"`{word}`" for word in entry.allowed))
        if entry.default is not None:
            rows.append(f"{_capital(tell('default'))}{_colon()}`{yaml_of(entry.default)}`")
        if entry.examples:
            rows.append(_capital(tell("for example")) + " " + ", ".join(f"`{entry.path.rsplit('.', 1)[-1]}: {yaml_of(one)}`" for one in entry.examples))
        if entry.law:
            rows.append(_capital(tell("law")) + _colon() + ", ".join(entry.law))
        said += [*(f"- {row}" for row in rows), *([""] if rows else [])]
    return "\n".join(said).rstrip("\n") + "\n"


def codes_page() -> str:
    """Write `docs/codes.md`: every code, with its examples, in the language of the reader."""
    said = [
        "# " + tell("Every code"),
        "",
        _MADE.format("relance explain --format markdown"),
        "",
        tell("A code is never reused and never renumbered. `relance explain CODE` says the same in a terminal. Examples leave out the head of the file."),
        "",
    ]
    group, language = "", tell("the language")
    for code in explained().values():
        if code.code[:3] != group:
            group = code.code[:3]
            said += [f"## {told(_GROUPS[group])} ({group}xx)", ""]
        said += [
            f'<a id="{code.code.lower()}"></a>',
            "",
            f"### {code.code}{_colon()}{told(code.title)}",
            "",
            f"*{_sentence(told(code.severity))}* {told(code.what)}".rstrip(),
            "",
        ]
        if code.why:
            said += [told(code.why), ""]
        for head, example in ((tell("Found"), code.bad), (tell("Right"), code.good)):
            if example:
                mark = "yaml" if code.reads not in {"wording", "template"} else "text"
                said += [f"{head}{_colon()}".rstrip(), "", f"```{mark}", example.rstrip("\n"), "```", ""]
        if code.offence:
            said += [tell("It stands for an offence: no playbook may waive it."), ""]
        source = told(_from(code, "docs/language.md")).replace("docs/language.md", f"[{language}](language.md)")
        said += [tell("Source: {source}", source=source), ""]
    return "\n".join(said).rstrip("\n") + "\n"
