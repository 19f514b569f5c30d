"""The playbooks that ship: no finding, every test of theirs passes, nothing of them is untested."""

from __future__ import annotations

from pathlib import Path

import pytest

from relance.language import load_playbook
from relance.language.library import shipped_ids
from relance.letters.wording import FILES, Templates
from relance.model import Channel, StepKind, Unit
from relance.simulation.coverage import coverage
from relance.simulation.playbook_tests import read_tests, run_file

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def load(name: str):
    found, findings = load_playbook(PLAYBOOKS / f"{name}.yaml")
    assert found is not None, findings
    return found


def test_these_ship():
    assert shipped_ids() == (
        "agence-amiable",
        "consommateur",
        "courtois",
        "declic",
        "en-difficulte",
        "injonction-de-payer",
        "litige",
        "mauvaise-foi",
        "negligent",
        "systematique",
    )


def test_no_finding(shipped_id):
    found, findings = load_playbook(PLAYBOOKS / f"{shipped_id}.yaml")
    assert found is not None
    assert [f"{each.line}: {each.code} {each.message}" for each in findings] == []


def test_its_tests_pass_and_exercise_all_of_it(shipped_id):
    file, findings = read_tests(PLAYBOOKS / f"{shipped_id}.test.yaml")
    assert file is not None
    assert findings == ()
    done = run_file(file)
    assert [result.test.name for result in done.results if not result.passed] == []
    assert coverage(file.playbook, done.results).gaps == ()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_text_is_written(shipped_id, language):
    templates = Templates()
    for step in load(shipped_id).steps:
        for channel in (*step.channels, *(into for _, into in step.fallback)):
            if channel in FILES:
                assert templates.locate(step.template or step.id, channel, language), f"{step.id} by {channel} in {language}"


def test_both_languages_have_the_same_wordings():
    templates = Templates()
    names = templates.names("fr")
    assert names == templates.names("en")
    assert {name: templates.channels(name, "fr") for name in names} == {name: templates.channels(name, "en") for name in names}


def test_declic_is_one_letter_and_one_e_mail_for_a_euro():
    declic = load("declic")
    assert [step.channels for step in declic.steps] == [(Channel.LETTER, Channel.EMAIL)]
    assert declic.price is not None
    assert (str(declic.price.amount), declic.price.currency, str(declic.price.vat)) == ("1.00", "EUR", "20")
    assert all(not step.claim for step in declic.steps)


def test_every_notice_and_every_hand_over_is_approved_by_a_person(shipped_id):
    for step in load(shipped_id).steps:
        if step.kind in (StepKind.FORMAL_NOTICE, StepKind.HANDOVER):
            assert step.approval, step.id


def test_an_agency_writes_its_first_letter_before_anything_else():
    agency = load("agence-amiable")
    assert agency.collector == "agency"
    assert agency.unit is Unit.ACCOUNT
    first = agency.steps[0]
    assert first.channels == (Channel.LETTER,)
    assert first.condition is None
    assert first.fallback == ()


def test_a_consumer_is_asked_for_no_indemnity_and_for_interest_only_after_the_notice():
    consumer = load("consommateur")
    claims = {step.id: tuple(map(str, step.claim)) for step in consumer.steps}
    notice = next(number for number, step in enumerate(consumer.steps) if step.kind is StepKind.FORMAL_NOTICE)
    assert all(not claims[step.id] for step in consumer.steps[: notice + 1])
    assert {claim for step in consumer.steps[notice + 1 :] for claim in claims[step.id]} == {"legal_interest"}
