"""The words that four real policies lacked: one table, `words.yaml`, says of each where everything of it is, and every hole is a failure here."""

from __future__ import annotations

import ast
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from relance.book.how_to import instructions
from relance.importers.case_file import read_case
from relance.language import load_playbook_text
from relance.model import Playbook
from relance.project import load as load_project
from relance.proof.built_in import built_in
from relance.proof.prove import Ruling, prove
from relance.proof.walk import Bounds
from relance.report.reference import explained, key_entries
from relance.sentences import said
from relance.simulation.coverage import coverage
from relance.simulation.timeline import preview

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
WORDS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).with_name("words.yaml")).read_text(encoding="utf-8"))
#: Words of a ladder; the others are of a project or of an invoice.
OF_A_LADDER = [name for name, word in WORDS.items() if "steps" in word]
WALKED = [name for name, word in WORDS.items() if word["proof"] == "walked"]
HEAD = {"schema": 1, "playbook": "mot", "version": 1, "title": "Un mot", "debtor": "business"}
CASE = """
creditor: {id: fonds, name: Fonds SAS, kind: business}
debtor: {id: d, name: Dupont SA, kind: business, phone: "+33478000000", email: a@b.example, address: [1 rue de la Paix, 69001 Lyon]}
invoices: [{id: F-1, issued: 2026-01-31, due: 2026-03-02, amount: "300.00", currency: EUR}]
"""
SCHEMAS = {"project": "project", "case": "case"}
#: Keys of which a ladder's tests are to show more than that the step leaves.
COUNTED = ("condition.", "steps.or_at", "steps.not_before", "steps.repeat")
#: Titles that are one word in both languages.
SAME = {"Condition", "Copies", "Distance", "Pauses"}


def text_of(word: dict[str, Any], changed: dict[str, Any] | None = None) -> str:
    """Write a word's ladder, with what a change says in place of its own head and steps."""
    changed = changed or {}
    raw = HEAD | (changed.get("head", word.get("head", {}))) | {"steps": changed.get("steps", word["steps"])}
    return yaml.safe_dump(json.loads(json.dumps(raw, default=str)), allow_unicode=True, sort_keys=False)


def read(word: dict[str, Any], changed: dict[str, Any] | None = None) -> tuple[Playbook | None, list[str]]:
    playbook, findings = load_playbook_text(text_of(word, changed), "mot.yaml")
    return playbook, [finding.code for finding in findings]


def places(word: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the kind of file and the path of each key of a word."""
    return [(SCHEMAS[kind], path) if kind else ("playbook", path) for kind, _, path in (key.rpartition(":") for key in word.get("keys", ()))]


@cache
def functions_of(path: str) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(ast.parse((TESTS / path).read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef))


def is_a_test(named: str) -> bool:
    path, _, name = named.partition("::")
    return (TESTS / path).is_file() and name in functions_of(path)


@pytest.mark.parametrize("name", WORDS)
def test_a_word_stands_in_the_schema_and_says_what_it_is_in_both_languages(name):
    for kind, path in places(WORDS[name]):
        (entry,) = [each for each in key_entries(kind) if each.path == path]
        assert entry.title
        for text in filter(None, (entry.title, entry.description)):
            assert said(text, "fr") != text or text in SAME, path
    described = next(each.description for each in key_entries("playbook") if each.path == "steps.at")
    for anchor in WORDS[name].get("anchors", ()):
        assert f"`{anchor}`" in described
        assert f"`{anchor}`" in said(described, "fr")
    for path, value in WORDS[name].get("values", {}).items():
        (entry,) = [each for each in key_entries("playbook") if each.path == path]
        assert value in entry.allowed
        assert all(f"`{value}`" in said(entry.description, language) for language in ("en", "fr"))


@pytest.mark.parametrize("name", WORDS)
def test_a_word_stands_in_the_reference_and_on_a_page_of_decisions(name):
    reference = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    for kind, path in places(WORDS[name]):
        assert kind != "playbook" or f" `{path}`\n" in reference
    (page,) = (ROOT / "docs" / "decisions").glob(f"{WORDS[name]['decision']}-*.md")
    text, keys = page.read_text(encoding="utf-8"), {path.rsplit(".", 1)[-1] for _, path in places(WORDS[name])}
    assert any(f"`{key}" in text or f".{key}`" in text for key in {*keys, *WORDS[name].get("anchors", ()), *WORDS[name].get("values", {}).values()}), page.name
    assert page.name in (page.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OF_A_LADDER)
def test_a_ladder_may_say_it_and_the_instructions_tell_it(name):
    """Its ladder has no finding, and reads otherwise where it does not say the word."""
    playbook, found = read(WORDS[name])
    assert playbook is not None
    assert found == []
    other, found = read(WORDS[name], WORDS[name]["without"])
    assert other is not None
    assert found == []
    assert instructions(playbook).sentences != instructions(other).sentences


@pytest.mark.parametrize("name", WORDS)
def test_a_check_of_coherence_finds_a_mistake_with_it_and_explain_explains_it(name, tmp_path):
    word, mistake = WORDS[name], WORDS[name]["mistake"]
    if "project" in mistake:
        (tmp_path / "relance.yaml").write_text(yaml.safe_dump({"schema": 1} | mistake["project"]), encoding="utf-8")
        found = [finding.code for finding in load_project(tmp_path / "relance.yaml")[1]]
    elif "terms" in mistake:
        raw = yaml.safe_load(CASE)
        raw["invoices"][0]["terms"] = mistake["terms"]
        found = [finding.code for finding in read_case(yaml.safe_dump(raw))[1]]
    else:
        found = read(word, mistake)[1]
    assert mistake["code"] in found
    assert said(explained()[mistake["code"]].title, "fr") != explained()[mistake["code"]].title


@pytest.mark.parametrize("name", [name for name in OF_A_LADDER if isinstance(WORDS[name]["law"], dict)])
def test_a_check_of_law_reads_it(name):
    law = WORDS[name]["law"]
    assert law["code"] in read(WORDS[name], law)[1]


@pytest.mark.parametrize("name", WORDS)
def test_each_side_of_where_it_begins_and_both_folds_have_a_test(name):
    word = WORDS[name]
    assert is_a_test(word["boundary"])
    if "::" in word["fold"]:
        assert is_a_test(word["fold"])
    elif word["fold"].endswith(".yaml"):
        text = (TESTS / word["fold"]).read_text(encoding="utf-8")
        assert not word.get("anchors") or any(anchor in text for anchor in word["anchors"])
        wanted = [*word.get("values", {}).values(), *(path.rsplit(".", 1)[-1] + ":" for _, path in places(word))]
        assert [each for each in wanted if each not in text] == []
    else:
        assert " " in word["fold"]


@pytest.mark.parametrize("name", [name for name in OF_A_LADDER if any(path.startswith(COUNTED) for _, path in places(WORDS[name]))])
def test_coverage_counts_what_it_adds(name):
    """A condition is to be seen true and false, each date of several to have been the one, and a repeat to have come."""
    playbook, other = read(WORDS[name])[0], read(WORDS[name], WORDS[name]["without"])[0]
    assert playbook is not None
    assert other is not None
    assert coverage(playbook, ()).total > coverage(other, ()).total


@pytest.mark.parametrize("name", WALKED)
def test_a_proof_sees_every_step_of_it_leave(name):
    """No history breaks what is asked of every playbook, and each step can leave."""
    playbook, _ = read(WORDS[name])
    assert playbook is not None
    found = prove(playbook, built_in(playbook), Bounds(20_000, 1))
    assert [(held.promise.code, held.promise.name) for held in found.held if held.ruling is Ruling.BROKEN] == []
    assert [held.promise.name for held in found.held if held.promise.code == "PB709" and held.ruling is not Ruling.PROVED] == []


@pytest.mark.parametrize(("events", "left"), [("", {"a": "2026-03-16"}), ("events: [{on: 2026-03-05, event: call.refused}]\n", {"refus": "2026-03-05"})])
def test_what_came_of_a_call_is_a_condition(events, left):
    """A task that answers the outcome is done or not: so a condition asks for it, and no fact of its own is needed (205)."""
    playbook, _ = read(WORDS["the outcome of a call as a condition"])
    facts, found = read_case(CASE + events)
    assert found == ()
    assert playbook is not None
    assert facts is not None
    played = preview(playbook, facts, date(2026, 3, 1), date(2026, 6, 30))
    assert {entry.first.step: entry.on.isoformat() for entry in played.entries} == left
