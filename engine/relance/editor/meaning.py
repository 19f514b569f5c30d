"""What a key or a word means, in Markdown, in a language: the texts of the schemas, with the law they name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.language.code import Code
from relance.language.schema_walk import Part
from relance.report.reference import yaml_of
from relance.sentences import said, sentence


def of_part(part: Part, language: str, *, name: str = "") -> str:
    """Say what a part of a schema means: its title, its description, its default, an example, the articles of law."""
    node = part.node
    title = said(str(node.get("title", name)), language)
    told = [f"**{title}**"] if title else []
    if "description" in node:
        told.append(said(str(node["description"]), language))
    told += [said(line, language) for line in _facts(node)]
    return "\n\n".join(told)


def _facts(node: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    if node.get("default") not in (None, "", []):
        found.append(sentence("By default: `{value}`", value=yaml_of(node["default"])))
    if node.get("examples"):
        found.append(sentence("For example: `{value}`", value=yaml_of(node["examples"][0])))
    if node.get("x-law"):
        found.append(sentence("Law: {articles}", articles=list(node["x-law"])))
    return found


def of_code(code: Code, language: str) -> str:
    """Say what a code of a finding means."""
    told = [f"**{code.code}**: {said(code.title, language)}", *(said(text, language) for text in (code.what, code.why) if text)]
    return "\n\n".join([*told, said(code.source, language)])


def of_word(word: str, part: Part, language: str) -> str:
    """Say what a word of a closed list means: the sentence of the description that has it, else the whole description."""
    text = said(str(part.node.get("description", "")), language)
    own = [each for each in _sentences(text) if f"`{word}`" in each]
    return " ".join(own) or text


def _sentences(text: str) -> list[str]:
    """Part a description where a sentence ends."""
    ends = [place + 1 for place, letter in enumerate(text[:-1]) if letter in ".;" and text[place + 1] == " "]
    starts = [0, *ends]
    return [text[start:end].strip(" ") for start, end in zip(starts, [*ends, len(text)], strict=True)]
