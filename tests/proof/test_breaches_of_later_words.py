"""Playbooks broken by way of one word of the language each: the breach is found, and its history plays as a test, as `relance preview` plays it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.proof.test_breaches import read

from relance.language import load_playbook_text
from relance.proof.breach_test import breach_test
from relance.proof.built_in import built_in
from relance.proof.promise_file import read_promises
from relance.proof.prove import Ruling, prove
from relance.proof.replay import replay
from relance.proof.walk import Bounds
from relance.report.proofs import findings_of, proof_text
from relance.simulation.playbook_tests import run_test

FIRST = "{id: premiere, at: J+1, channels: [email], tone: neutral, template: relance-1}"
NOTICE = "{id: mise, kind: formal_notice, at: J+10, channels: [registered_letter], tone: formal, template: mise-en-demeure, grants: 8 days}"
HANDED = "{id: remise, kind: handover, at: mise.deadline + 1 day, channels: [handover], to: bailiff}"
STOPS = "stop_when: [paid, written_off, insolvent, handed_over]\n"
HOLDS = "hold_while: [disputed, on_hold, promised, plan_running, unmatched_money]\n"

#: The word, what is written beside the steps, the steps, what is promised (a code, or a promise of one's own), and the step that breaks it.
BROKEN = {
    "the refusal of an offer is answered during a hold": (
        STOPS + "hold_while: [disputed, promised, plan_running]\n", [FIRST, "{id: offre, at: J+10, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {settlement: '70'}}",
                "{id: refus, at: offer.refused + 1 day, channels: [letter], tone: neutral, template: relance-1}"],
        "PB704", None),
    "a plan that is offered again after one that was agreed": (
        STOPS + HOLDS, [FIRST, "{id: encore, at: plan.broken + 2 days, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {instalments: 3, every: 1 month}}"],
        "{never: {step: encore}, since: plan.agreed}", "encore"),
    "a closed season moves the first reminder": (
        STOPS + HOLDS + "calendar: {holidays: FR, when_closed: next, pauses: [{from: 03-01, to: 03-31}]}\n", [FIRST],
        "{after: due, comes: contact, within: 10 business days}", None),
    "a day of the week that comes too late": (
        STOPS + HOLDS, ["{id: premiere, at: J+4, channels: [email], tone: neutral, template: relance-1, weekdays: [thursday]}"],
        "{after: due, comes: contact, within: 5 days}", None),
    "a cap of another channel": (
        STOPS + HOLDS + "contact: {at_most: {contacts: 1, within: 30 days, channels: [sms]}}\n",
        [FIRST, "{id: seconde, at: J+8, channels: [email], tone: neutral, template: relance-2}"],
        "{at_most: 1, of: email, within: 30 days}", "seconde"),
    "a second anchor brings a step before another": (
        STOPS + HOLDS, [FIRST, "{id: ferme, at: J+20, or_at: promise.broken + 1 day, channels: [email], tone: firm, template: relance-2}",
                        "{id: milieu, at: J+15, channels: [email], tone: neutral, template: relance-1}"],
        "{before: {step: ferme}, first: {step: milieu}}", "ferme"),
    "a refusal on the telephone is answered by another call": (
        STOPS + HOLDS, ["{id: appel, at: J+1, channels: [call], tone: neutral, template: appel-agence}",
                        "{id: encore, at: call.refused + 5 days, channels: [call], tone: neutral, template: appel-agence}"],
        "{never: call, since: call.refused}", None),
    "what waits for a letter that the post never brought": (
        STOPS + HOLDS, [NOTICE, "{id: suite, at: J+20, not_before: letter.presented + 1 day, after: [mise], channels: [registered_letter], tone: formal, template: mise-en-demeure}"],
        "{before: {step: suite}, first: letter.presented}", "suite"),
    "an account writes while one of its invoices is disputed": (
        "unit: account\n" + STOPS + "hold_while: [on_hold, promised, plan_running, unmatched_money]\n", [FIRST],
        "PB702", None),
    "what is repeated goes on without end": (
        STOPS + HOLDS, ["{id: rappel, at: J+1, channels: [email], tone: neutral, template: relance-1, repeat: {every: 7 days, times: unlimited}}"],
        "{at_most: 3, of: contact, within: 30 days}", "rappel"),
    "what came in from the debtor does not hold the answer by text": (
        STOPS + HOLDS, [FIRST, "{id: texto, at: contact.inbound + 1 day, channels: [sms], tone: neutral, template: relance-1}"],
        "{never: sms, since: contact.inbound}", "texto"),
    "a letter before the claim is entrusted": (
        STOPS + HOLDS, ["{id: premiere, at: placed + 2 days, channels: [letter], tone: neutral, template: relance-1}",
                        "{id: avant, at: J+1, channels: [email], tone: neutral, template: relance-2}"],
        "{before: email, first: {step: premiere}}", None),
}  # fmt: skip


@pytest.mark.parametrize("way", BROKEN)
def test_a_word_that_breaks_a_promise_is_found(way: str, tmp_path: Path):
    beside, steps, promised, breaker = BROKEN[way]
    text = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\ndebtor: business\n" + beside + "steps:\n" + "".join(f"  - {step}\n" for step in steps)
    wrong, said = load_playbook_text(text, "essai.yaml")
    assert wrong is not None, said
    if promised.startswith("PB"):
        promises = [each for each in built_in(wrong) if each.code == promised]
    else:
        file, mistakes = read_promises(f"schema: 1\nplaybook: essai\npromises:\n  - {promised}\n".encode(), "essai.promises.yaml", wrong)
        assert file is not None, mistakes
        promises = list(file.promises)
    proof = prove(wrong, promises, Bounds(1500, 1))
    held = proof.held[0]
    assert held.ruling is Ruling.BROKEN
    lines = list(replay(wrong, proof.facts, held.history))
    assert breaker in (None, lines[-1][0].step)
    (tmp_path / "essai.yaml").write_text(text, encoding="utf-8")
    test = breach_test(proof, held, "a breach")
    seen = {line.what for line, _ in lines if line.step or line is lines[-1][0]}
    if seen & {"executed", "missed", "run"}:  # a call or a run that came late, or what has not come: no test can say so
        assert test is None
        return
    assert test is not None
    assert not run_test(wrong, read(test, "essai", tmp_path)).passed


def test_what_has_not_come_is_told_on_the_last_day_on_which_it_could():
    """The history went on to the next day on which anything was due, and the test beside it passed."""
    one, _ = load_playbook_text("schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\nsteps:\n  - {id: tard, at: J+28, channels: [email], tone: neutral, template: relance-1}\n", "essai.yaml")
    assert one is not None
    file, _ = read_promises(b"schema: 1\nplaybook: essai\npromises: [{after: due, comes: contact, within: 10 days}]\n", "essai.promises.yaml", one)
    assert file is not None
    proof = prove(one, file.promises, Bounds(500, 1))
    assert proof.held[0].history[-1].on == proof.facts.invoices[0].due + timedelta(10)
    assert breach_test(proof, proof.held[0], "late") is None
    text = proof_text(proof)
    assert "2026-03-12  the day ends, and nothing has come" in text
    assert "no test can say it" in text
    assert [str(each.message) for each in findings_of(proof, "essai.yaml")] == ["broken at the end of 2026-03-12, for nothing has come: after due comes contact within 10 days"]
