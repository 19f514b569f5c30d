"""`forecast` and `diff` over a file of invoices know the debtors, the creditors and what has happened."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from relance.cli import main

DAYS = ("--from", "2026-03-02", "--until", "2026-03-31", "--format", "json")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fact.csv").write_text("id;debtor;issued;due;amount;currency\nF-1;D1;2026-01-31;2026-03-02;1200.00;EUR\nF-2;D2;2026-01-31;2026-03-02;900.00;EUR\n", "utf-8")
    (tmp_path / "qui.csv").write_text("id;name;kind;country;email\nD1;Dupont;business;FR;a@b.example\nD2;Durand;business;FR;\n", "utf-8")
    (tmp_path / "vu.csv").write_text("event;on;invoice;amount\npayment.received;2026-02-20;F-1;1200.00\n", "utf-8")
    return tmp_path


def call(*words, code=0):
    done = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def by(said):
    return {(row["step"], row["channel"]): row["messages"] for row in json.loads(said.stdout)["lines"]}


def test_the_debtors_are_those_named_or_those_beside(folder):
    alone = by(call("forecast", "negligent", "--portfolio", "fact.csv", *DAYS))
    assert alone[("relance-1", "task")] == 2  # nobody can be written to
    assert ("relance-1", "email") not in alone
    named = call("forecast", "negligent", "--portfolio", "fact.csv", "--debtors", "qui.csv", *DAYS)
    assert by(named)[("relance-1", "email")] == 1
    (folder / "qui.csv").rename(folder / "debtors.csv")
    beside = call("forecast", "negligent", "--portfolio", "fact.csv", *DAYS)
    assert (by(beside), "read beside fact.csv: debtors.csv" in beside.stderr) == (by(named), True)


def test_a_difference_is_counted_over_them_too(folder):
    (folder / "qui.csv").rename(folder / "debtors.csv")
    (folder / "vite.yaml").write_text("schema: 1\nplaybook: vite\nversion: 1\ntitle: Vite\nextends: negligent\nsteps:\n  - {id: relance-1, at: J+2}\n", "utf-8")
    said = json.loads(call("diff", "negligent", "vite.yaml", "--portfolio", "fact.csv", *DAYS).stdout)
    assert (said["cases"], said["changed"]) == (2, 2)
    (folder / "vu.csv").rename(folder / "events.csv")
    paid = json.loads(call("diff", "negligent", "vite.yaml", "--portfolio", "fact.csv", *DAYS).stdout)
    assert (paid["cases"], paid["changed"]) == (2, 1)


def test_files_beside_a_folder_of_tables_are_a_mistake(folder):
    (folder / "tables").mkdir()
    done = call("forecast", "negligent", "--portfolio", "tables", "--debtors", "qui.csv", *DAYS, code=2)
    assert "--debtors" in done.stderr
