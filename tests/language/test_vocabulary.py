"""The table of what people write: each word once, and a French word for every key and value that an author writes."""

from __future__ import annotations

from importlib.resources import files

import pytest

from relance.language import schema_walk, source
from relance.language.vocabulary import words_meant

#: Kinds of files that authors write by hand.
WRITTEN = ("playbook", "test", "promises", "routing", "project", "letterhead", "case")
#: What French people write as the language does, or that is a code.
SAME = {"schema", "version", "logo", "nature", "run", "general", "transport"}


def test_no_word_stands_in_the_table_twice():
    """A YAML reader would take the last of two without a word."""
    read, found = source.read(files("relance.language").joinpath("vocabulary.yaml").read_bytes(), "vocabulary.yaml")
    assert read is not None
    assert found == ()


def test_a_second_entry_of_a_word_would_be_told():
    _, found = source.read("words:\n  solde: balance\n  solde: paid\n", "vocabulary.yaml")
    assert [(each.code, each.line) for each in found] == [("PB003", 3)]


def words(node, found):
    if isinstance(node, dict):
        found.update(node.get("properties", ()))
        found.update(str(each) for each in node.get("enum", ()) if not str(each).startswith("PB"))
        for key, inner in node.items():
            if key not in {"examples", "default"}:
                words(inner, found)
    elif isinstance(node, list):
        for inner in node:
            words(inner, found)
    return found


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_word_of_the_language_has_a_french_one(kind):
    known = {word for written in words_meant().values() for word in written}
    assert words(schema_walk.schema(kind), set()) - known - SAME == set()
