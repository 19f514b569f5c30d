"""Every command of docs/run.md, run in a folder that holds the files the page speaks of: what it prints is what the page shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "run.md"


def blocks(kind: str) -> list[str]:
    return [part.split("```")[0] for part in PAGE.read_text(encoding="utf-8").split(f"```{kind}\n")[1:]]


def commands() -> list[tuple[str, str]]:
    parts = [part for block in blocks("console") for part in block.split("$ ")[1:]]
    return [(call, shown) for call, _, shown in (part.partition("\n") for part in parts)]


@pytest.fixture
def files(tmp_path, demo):
    case, tests, routing = blocks("yaml")
    (tmp_path / "dupont.yaml").write_text(case, encoding="utf-8")
    (tmp_path / "negligent.test.yaml").write_text(tests, encoding="utf-8")
    return routing


@pytest.mark.parametrize(("call", "shown"), [pytest.param(*each, id=each[0][:60]) for each in commands()])
def test_a_command_of_the_page_prints_what_it_shows(relance, files, call, shown):
    name, *words = shlex.split(call)
    assert name == "relance"
    code = 2 if shown.startswith("Error") else 1 if "FAIL" in shown else 0
    assert relance(*words, code=code).output == shown


def test_the_routing_of_the_page_is_one(relance, files, tmp_path, demo):
    (tmp_path / "routing.yaml").write_text(files, encoding="utf-8")
    assert "60 invoices of 23 debtors" in relance("run", *demo, "--dry-run").stdout
