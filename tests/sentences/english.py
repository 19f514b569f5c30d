"""The English words that a French reader must not meet: those of the English sentences that no French one has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from babel.messages.pofile import read_po
from tests.sentences.collect import CATALOGUE

from relance.language import schema_walk

_WORD = re.compile(r"[^\W\d_]{2,}(?:'[a-z]+)?")
#: What is no sentence: names in quotes or backticks, options, paths and addresses, words with a point, a hyphen or an underscore in them, codes in letters of sixteen (`3add41…`).
_NAMES = re.compile(r"`[^`]*`|'[^' ]*'|«[^»]*»|“[^”]*”|\"[^\"]*\"|\{[^}]*\}|--?\w[\w-]*(?:=\S+)?|\S*[/@\\=]\S*|\b\w+(?:[-._:]\w+)+\b|\[\w+\](?:\.\.\.)?|\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b")
#: Names in the tests' own files, and codes in letters of sixteen: `question` is a French word and a step, `root` who runs the tests.
NAMED = frozenset({"question", "root", "contract", "be", "identity"})


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(_NAMES.sub(" ", re.sub(r"\{\w*\}", " ", text)))}


def _texts(said: str | tuple[str, ...]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else said


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Return the words of our English sentences that are English alone."""
    with CATALOGUE.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    said = {word for entry in entries for each in _texts(entry.id) for word in _words(each)}
    french = {word for entry in entries for each in _texts(entry.string) for word in _words(each)}
    return frozenset(said - french - {"administrative"})  # a French word as well


@lru_cache(maxsize=1)
def of_the_language() -> frozenset[str]:
    """Return the keys and words that authors write, and the parts of those that have several."""

    def written(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (*node.get("properties", ()), *map(str, node.get("enum", ())))
            for inner in node.values():
                yield from written(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from written(inner)

    return frozenset(part for name in schema_walk.names() for word in written(schema_walk.schema(name)) for part in re.split(r"[._ -]", word))


def english_words(output: str, but: Collection[str] = ()) -> list[tuple[str, list[str]]]:
    """Return the lines of an output that hold a word of English, with these words; a line that shows how a command is called holds its name."""
    told = ((line.strip()[:120], sorted(_words(line) & english() - NAMED - set(but))) for line in output.splitlines() if not line.startswith("Usage"))
    return [(line, words) for line, words in told if words]
