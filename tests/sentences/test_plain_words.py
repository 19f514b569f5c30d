"""Words that a person reads are sentences of the catalogue: in the rooms that say what happened, none is left as plain English text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from tests.sentences.collect import CALLS, CATALOGUE, ENGINE, nodes

#: The rooms whose texts are all read by operators: what leaves, what was decided, what the journal and the bank said.
ROOMS = ("delivery", "run", "portfolio", "journal")
_WORDS = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
#: What is no sentence: what databases say, commands to type, and what stands in the law or in SQL.
_NOT_SAID = re.compile(r"^relance \w|RAISE|^\(\?|certificate verify|server closed|the database system is|connection is lost|terminating connection|disk|database|write a readonly|no such table|retention period over")


def plain(path: Path) -> Iterator[str]:
    """Name the English texts of a file that stand in no sentence: constants with two words, documentation and assertions aside."""
    above = {child: node for node in nodes(path) for child in ast.iter_child_nodes(node)}
    for node in nodes(path):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORDS.search(node.value)) or _NOT_SAID.search(node.value):
            continue
        holders = []
        up: ast.AST | None = node
        while up is not None:
            up = above.get(up)
            holders.append(up)
        called = {each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "") for each in holders if isinstance(each, ast.Call)}
        if not called & {*CALLS, "AssertionError", "text", "exec_driver_sql", "execute", "compile"} and not any(isinstance(each, ast.Expr | ast.Assert) for each in holders):
            yield node.value


@pytest.fixture(scope="module")
def known() -> str:
    """Give all English sentences of the catalogue as one text: a constant of a table may be a sentence, or a part of one."""
    with CATALOGUE.open("rb") as stream:
        return "\n".join(str(each) for message in read_po(stream) for each in (message.id if isinstance(message.id, tuple) else (message.id,)))


@pytest.mark.parametrize("room", ROOMS)
def test_no_english_is_left_that_no_other_language_has(room, known):
    left = [f"{path.name}: {text}" for path in sorted((ENGINE / room).rglob("*.py")) for text in plain(path) if text.strip(" :;,.") not in known]
    assert not left
