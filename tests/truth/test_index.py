"""The indexes of what must be true, and of what an operator may rely on, name tests that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = ROOT / ".." / "shared" / "cases" / "truth"
#: What must be true of what leaves, and what an operator may rely on.
INDEXES = ("tests/truth/README.md", "tests/delivery/README.md")
NAMED = [found for index in INDEXES for found in re.findall(r"`(tests/[\w/.-]+?\.\w+)(?:::(\w+))?`", (ROOT / index).read_text("utf-8"))]


@cache
def source(path: str) -> str:
    """Return the text of a file of tests."""
    return (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_every_test_that_the_index_names_is_there(path):
    assert [name for file, name in NAMED if file == path and name and f"def {name}(" not in source(path)] == []


@pytest.mark.parametrize(("index", "least"), [(INDEXES[0], 40), (INDEXES[1], 25)])
def test_every_line_names_what_would_fail(index, least):
    lines = [line for line in source(index).splitlines() if line.startswith("| ") and not line.startswith("| What")]
    assert len(lines) > least
    assert [line for line in lines if "`tests/" not in line] == []


def test_every_case_beside_the_checkout_is_run_by_a_test():
    if not CASES.is_dir():
        pytest.skip("the cases are not beside the checkout")
    run = {name for path in Path(__file__).parent.glob("test_*.py") for name in re.findall(r'mark\.case\("([\w-]+)"\)', path.read_text("utf-8"))}
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} == run
