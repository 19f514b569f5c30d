"""The English words that a French reader must not meet: those of the English sentences, but for what French sentences and the language of playbooks have too."""

from __future__ import annotations

import re
from functools import lru_cache

from babel.messages.pofile import read_po
from tests.sentences.collect import CATALOGUE

from relance.cli import COMMANDS
from relance.journal.event_types import PUBLIC
from relance.language import schema_walk

_WORD = re.compile(r"[^\W\d_]{2,}(?:'[a-z]+)?")
#: What is no sentence: names in quotes or backticks, options, paths and addresses, words with a point, a hyphen or an underscore in them.
_NAMES = re.compile(r"`[^`]*`|«[^»]*»|“[^”]*”|\"[^\"]*\"|\{[^}]*\}|--?\w[\w-]*(?:=\S+)?|\S*[/@\\=]\S*|\b\w+(?:[-._:]\w+)+\b|\[\w+\]")


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(_NAMES.sub(" ", re.sub(r"\{\w*\}", " ", text)))}


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Return the words of our English sentences that are English alone."""
    with CATALOGUE.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    said = {word for entry in entries for each in ([entry.id] if isinstance(entry.id, str) else entry.id) for word in _words(each)}
    french = {word for entry in entries for each in ([entry.string] if isinstance(entry.string, str) else entry.string) for word in _words(each)}
    written = {word for name in schema_walk.names() for word in _written(schema_walk.schema(name))}
    return frozenset(said - french)


def _written(node: object) -> set[str]:
    """Return the keys and words of a schema, as they are written, and the parts of those that have several."""
    if isinstance(node, dict):
        words = {str(each) for each in (*node.get("properties", ()), *node.get("enum", ()))}
        return {part for word in words for part in re.split(r"[._ -]", word)} | {each for inner in node.values() for each in _written(inner)}
    return {each for inner in node for each in _written(inner)} if isinstance(node, list) else set()


def english_in(output: str) -> list[tuple[str, list[str]]]:
    """Return the lines of an output that hold a word of English, with these words."""
    told = ((line.strip()[:120], sorted(_words(line) & english())) for line in output.splitlines())
    return [(line, words) for line, words in told if words]
