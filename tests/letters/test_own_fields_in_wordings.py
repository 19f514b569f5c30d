"""A creditor's own fields in a wording: typed, escaped, counted as said on purpose, and declared by the playbook that sends it."""

from dataclasses import replace
from pathlib import Path

import pytest

from relance.factcheck import check, known_of
from relance.language import load_playbook_text
from relance.letters import sample
from relance.letters.check import check_playbook
from relance.letters.document import Studio
from relance.letters.wording import Templates
from relance.model import Channel, Tone

FIELDS = {"formule": "Premium & Duo <b>", "signe": "2025-01-03", "mois": "12,5", "depot": "45,50 €", "garantie": "oui", "vide": ""}
BODY = "---\ntitle: Essai\nsubject: Essai\n---\nBonjour,\n\nLa facture {{{{ invoice.id }}}} : {said}.\n"


def written(tmp_path: Path, said: str, language: str = "fr") -> Templates:
    folder = tmp_path / language / "essai"
    folder.mkdir(parents=True)
    (folder / "message.md.j2").write_text(BODY.format(said=said), encoding="utf-8")
    return Templates(tmp_path)


def read(templates, language="fr"):
    facts = sample.facts()
    facts = replace(facts, invoices=(replace(facts.invoices[0], fields=FIELDS),))
    action = sample.action(facts, channel=Channel.EMAIL, tone=Tone.NEUTRAL, template="essai", language=language)
    with Studio(templates=templates, writing=sample.writing(agency=False)) as studio:
        text, context = studio.text([action], facts)
        return text.plain(10_000).replace("\u202f", " ").replace("\xa0", " "), check(studio.finished(text, context, [action]), known_of([action], facts))


@pytest.mark.parametrize(("said", "language", "shown"), [
    ('{{ invoice | field("formule") }}', "fr", "Premium & Duo <b>"), ('{{ invoice | field("signe", "date") }}', "fr", "3 janvier 2025"),
    ('{{ invoice | field("signe", "date") }}', "en", "3 January 2025"), ('{{ invoice | field("mois", "number") }}', "fr", "12,5"),
    ('{{ invoice | field("mois", "number") }}', "en", "12.5"), ('{{ invoice | field("depot") }}', "fr", "45,50 €"),
    ('{% if invoice | field("garantie", "flag") %}garantie{% else %}sans{% endif %}', "fr", "garantie"), ('{% if invoice | field("vide", "flag") %}oui{% else %}non{% endif %}', "fr", "non"),
    ('[{{ invoice | field("vide") }}{{ invoice | field("jamais") }}{{ invoice | field("formule", "date") }}]', "fr", "[]"),
])  # fmt: skip
def test_a_field_is_said_as_what_it_is_and_holds_against_the_facts(tmp_path, said, language, shown):
    text, found = read(written(tmp_path, said, language), language)
    assert shown in text
    assert found == ()


PLAYBOOK = """\
schema: 1
playbook: essai
version: 1
title: Essai
{fields}
steps:
  - {{id: essai, at: J+5, channels: [email], tone: neutral}}
"""


@pytest.mark.parametrize(("fields", "message"), [
    ("fields: {signe: date}", None), ("fields: {signe: text}", "as date, and `fields` declares it as text"), ("fields: {autre: date}", "which `fields` does not declare"), ("", "which `fields` does not declare"),
])  # fmt: skip
def test_a_wording_names_what_its_playbook_declares(tmp_path, fields, message):
    templates = written(tmp_path, '{{ invoice | field("signe", "date") }}')
    playbook, findings = load_playbook_text(PLAYBOOK.format(fields=fields), "essai.yaml")
    assert playbook is not None, findings
    said = [str(each.message) for each in check_playbook(playbook, None, templates) if each.code == "PB402"]
    assert (said == []) if message is None else any(message in each for each in said)
    assert [str(each.message) for each in check_playbook(playbook, None, templates) if each.code == "PB402"] == said  # asked again, it says the same


def test_a_wording_that_cannot_be_read_is_a_finding_whatever_fields_it_names(tmp_path):
    playbook, findings = load_playbook_text(PLAYBOOK.format(fields=""), "essai.yaml")
    assert playbook is not None, findings
    found = check_playbook(playbook, None, written(tmp_path, '{% if %}{{ invoice | field("signe", "date") }}'))
    assert "PB401" in {each.code for each in found}
