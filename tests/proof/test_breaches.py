"""Playbooks broken on purpose: each breach is found, with a history that makes the plain interpreter break the same promise."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import relance
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import CONTACT_CHANNELS, Playbook, StepKind, Test, Tone
from relance.proof.breach_test import breach_test
from relance.proof.built_in import built_in
from relance.proof.prove import Proof, Ruling, prove
from relance.proof.replay import replay
from relance.proof.walk import Bounds
from relance.simulation.playbook_tests import PlayTest, read_tests, run_test

NAMES = ("negligent", "systematique", "consommateur", "injonction-de-payer", "en-difficulte", "agence-amiable")
SMALL = Bounds(1500, 1)


def playbook(name: str) -> Playbook:
    found, _ = relance.load_playbook(name)
    assert found is not None
    return found


def without(one: Playbook, word: str) -> Playbook:
    """Leave a word out of what stops and what holds."""

    def kept(members):
        return tuple(each for each in members if not (isinstance(each, Test) and each.fact == word))

    return replace(one, stop_when=kept(one.stop_when), hold_while=kept(one.hold_while))


def broken(proof: Proof, code: str):
    return next(each for each in proof.held if each.promise.code == code and each.ruling is Ruling.BROKEN)


@cache
def proved_without(name: str, word: str, code: str) -> tuple[Playbook, Proof]:
    """Prove what a code asks of a playbook that lacks a word: once for all who look at it."""
    wrong = without(playbook(name), word)
    return wrong, prove(wrong, [each for each in built_in(wrong) if each.code == code], SMALL)


#: Each word under two playbooks, and each playbook with a word or two; the rest of the table is long.
SOME = {("insolvent", "negligent"), ("insolvent", "en-difficulte"), ("promised", "systematique"), ("promised", "consommateur"), ("on_hold", "negligent"),
        ("on_hold", "injonction-de-payer"), ("plan_running", "consommateur"), ("plan_running", "systematique"), ("unmatched_money", "negligent")}  # fmt: skip
LEFT_OUT = [
    pytest.param(word, code, name, marks=() if (word, name) in SOME else pytest.mark.long)
    for word, code in (("insolvent", "PB703"), ("promised", "PB704"), ("on_hold", "PB704"), ("plan_running", "PB704"), ("unmatched_money", "PB704"))
    for name in NAMES
]


@pytest.mark.parametrize(("word", "code", "name"), LEFT_OUT)
def test_a_word_left_out_is_found_and_the_interpreter_says_so_too(word: str, code: str, name: str):
    wrong, proof = proved_without(name, word, code)
    held = broken(proof, code)
    lines = list(replay(wrong, proof.facts, held.history))
    last, facts = lines[-1]
    claim = case_today(cases(wrong, facts)[0], Snapshot(wrong, facts, last.on)).claims[0]
    assert word in claim.states
    assert set(last.channels) & CONTACT_CHANNELS
    assert sum(move.outside for move in held.history) <= 3, "the shortest history"


def test_a_claim_that_is_paid_or_disputed_is_worth_nothing_whatever_the_playbook_says():
    """Its open sum is zero, which no floor lets through: a playbook must say more to write to who has paid."""
    wrong = without(without(playbook("declic"), "paid"), "disputed")
    assert prove(wrong, [each for each in built_in(wrong) if each.code in ("PB701", "PB702")], Bounds(20_000, 1)).ruling is Ruling.PROVED
    nothing = replace(wrong, min_balance=None)
    assert broken(prove(nothing, built_in(nothing), SMALL), "PB701").history[-1].step == "declic"


@pytest.mark.parametrize("name", ["negligent", "mauvaise-foi"])
def test_a_hand_over_before_the_notice_is_found(name: str):
    right = playbook(name)
    notice = next(step for step in right.steps if step.kind is StepKind.FORMAL_NOTICE)
    steps = tuple(replace(step, kind=StepKind.REMINDER) if step is notice else step for step in right.steps)
    promises = [each for each in built_in(right) if each.code == "PB705"]
    assert broken(prove(replace(right, steps=steps), promises, SMALL), "PB705").history[-1].step == "transmission"


def test_a_tone_that_softens_is_found():
    right = playbook("negligent")
    steps = tuple(replace(step, tone=Tone.FORMAL) if step.id == "relance-1" else step for step in right.steps)
    wrong = replace(right, steps=steps)
    assert broken(prove(wrong, built_in(wrong), SMALL), "PB707").history[-1].step == "relance-2"


def test_a_step_that_nothing_reaches_is_found():
    right = playbook("declic")
    dead = replace(right.steps[0], id="dead", condition=Test("paid", "is", value=True))
    wrong = replace(right, steps=(*right.steps, dead))
    held = broken(prove(wrong, built_in(wrong), SMALL), "PB709")
    assert held.promise.name == "the step dead can leave"
    assert held.history == ()


# --------------------------------------------------------------------------- a breach as a test to paste


def read(text: str, name: str, folder: Path) -> PlayTest:
    path = folder / f"{name}.test.yaml"
    path.write_text(f"schema: 1\nplaybook: {name}\ntests:\n{text}", encoding="utf-8")
    file, findings = read_tests(path)
    assert file is not None, findings
    return file.tests[0]


@pytest.mark.parametrize(("word", "code", "name"), [each for each in LEFT_OUT if each.values[2] in ("negligent", "consommateur", "agence-amiable")])
def test_it_fails_until_it_is_mended(word: str, code: str, name: str, tmp_path: Path):
    right = playbook(name)
    wrong, proof = proved_without(name, word, code)
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
