"""The kept list of changes that nobody can notice: each has a reason, and is of a line that the code still has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "engine"
KNOWN = Path(__file__).with_name("survivors.txt")


def listed() -> Iterator[tuple[str, str]]:
    """Yield each change that is listed, with the reason above it."""
    reason = ""
    for line in KNOWN.read_text("utf-8").splitlines():
        if line.startswith("## "):
            reason = line[3:].strip()
        elif line and not line.startswith("#"):
            yield line, reason


@cache
def functions(module: str) -> dict[str, str]:
    """Return the functions and methods of a module by their dotted names, their text in one line."""
    source = (ENGINE / module.replace(".", "/")).with_suffix(".py").read_text("utf-8")
    found = {}
    for node in ast.parse(source).body:
        inside = [(f"{node.name}.", each) for each in node.body] if isinstance(node, ast.ClassDef) else [("", node)]
        for home, each in inside:
            if isinstance(each, ast.FunctionDef):
                found[home + each.name] = " ".join(line.strip() for line in (ast.get_source_segment(source, each) or "").splitlines())
    return found


def gone(change: str) -> str:
    """Say what of a listed change the code has no more, or nothing."""
    place, _, words = change.partition(": ")
    old, arrow, _ = words.partition(" => ")
    parts = place.split(".")
    end = next((at for at in range(len(parts), 0, -1) if (ENGINE / "/".join(parts[:at])).with_suffix(".py").exists()), 0)
    if not (arrow and end):
        return "no such module"
    text = functions(".".join(parts[:end])).get(".".join(parts[end:]))
    return "no such function" if text is None else "" if old in text else "no such line"


def test_every_change_that_is_listed_is_of_a_line_that_the_code_has_and_has_a_reason_once():
    changes = list(listed())
    assert [(change, why) for change, reason in changes if (why := gone(change) or ("" if reason else "no reason"))] == []
    assert len({change for change, _ in changes}) == len(changes)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("relance.dates.end_of_month: x => y", "no such line"),
        ("relance.dates.no_more: x => y", "no such function"),
        ("relance.no_more.end_of_month: x => y", "no such module"),
        ("relance.dates.end_of_month: x", "no such module"),
    ],
)
def test_what_is_gone_is_told(change, why):
    assert gone(change) == why
