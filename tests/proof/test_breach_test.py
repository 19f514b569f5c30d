"""A breach as a test: it fails on the playbook that is broken, and passes on the one that is mended."""

from dataclasses import replace
from pathlib import Path

import pytest

import relance
from relance.model import Playbook, Test
from relance.proof.breach_test import breach_test
from relance.proof.built_in import built_in
from relance.proof.prove import Ruling, prove
from relance.proof.walk import Bounds
from relance.simulation.playbook_tests import PlayTest, read_tests, run_test


def playbook(name: str) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found


def without(one: Playbook, word: str) -> Playbook:
    def kept(members):
        return tuple(each for each in members if not (isinstance(each, Test) and each.fact == word))

    return replace(one, stop_when=kept(one.stop_when), hold_while=kept(one.hold_while))


def read(text: str, name: str, folder: Path) -> PlayTest:
    path = folder / f"{name}.test.yaml"
    path.write_text(f"schema: 1\nplaybook: {name}\ntests:\n{text}", encoding="utf-8")
    file, findings = read_tests(path)
    assert file is not None, findings
    return file.tests[0]


@pytest.mark.parametrize("name", ["negligent", "consommateur", "agence-amiable"])
@pytest.mark.parametrize(("word", "code"), [("insolvent", "PB703"), ("promised", "PB704"), ("on_hold", "PB704"), ("plan_running", "PB704"), ("unmatched_money", "PB704")])
def test_it_fails_until_it_is_mended(name: str, word: str, code: str, tmp_path: Path):
    right = playbook(name)
    wrong = without(right, word)
    proof = prove(wrong, [each for each in built_in(wrong) if each.code == code], Bounds(1500, 1))
    held = next(each for each in proof.held if each.ruling is Ruling.BROKEN)
    text = breach_test(proof, held, "a breach")
    assert text is not None
    test = read(text, name, tmp_path)
    assert not run_test(wrong, test).passed
    assert run_test(right, test).passed


def test_a_late_call_cannot_be_told_as_a_test():
    wrong = without(playbook("en-difficulte"), "insolvent")
    proof = prove(wrong, [each for each in built_in(wrong) if each.code == "PB703"], Bounds(1500, 1))
    held = next(each for each in proof.held if each.ruling is Ruling.BROKEN)
    assert held.history[-1].name == "executed"
    assert breach_test(proof, held, "a breach") is None


def test_what_is_proved_has_none():
    one = playbook("declic")
    proof = prove(one, built_in(one), Bounds(1500, 1))
    assert {breach_test(proof, held, "a breach") for held in proof.held} == {None}
