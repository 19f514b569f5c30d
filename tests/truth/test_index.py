"""The index of what must be true names tests that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/[\w/.-]+?\.\w+)(?:::(\w+))?`", (Path(__file__).parent / "README.md").read_text("utf-8"))


@cache
def source(path: str) -> str:
    """Return the text of a file of tests."""
    return (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_test_that_the_index_names_is_there(path):
    assert [name for file, name in NAMED if file == path and name and f"def {name}(" not in source(path)] == []


def test_every_line_names_what_would_fail():
    lines = [line for line in source("tests/truth/README.md").splitlines() if line.startswith("| ") and not line.startswith("| What")]
    assert len(lines) > 40
    assert [line for line in lines if "`tests/" not in line] == []
