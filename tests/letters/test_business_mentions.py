"""What a firm's own paper must name, and the mediator whom a consumer is sent to."""

from __future__ import annotations

import pytest

from relance.language.source import read
from relance.letters.business_mentions import mediator_missing, register_entry, undeclared_agency, unfinished


def hints(sender):
    source, _ = read(f"schema: 1\nsender: {{{sender}, address: [x], email: a@b.example}}\n".encode(), "paper.yaml")
    assert source is not None
    return [found.hint for found in unfinished(source)]


@pytest.mark.parametrize(
    ("sender", "missing"),
    [
        ("name: Atelier du Rhône SARL", ["add rcs, legal_form, capital"]),
        ("name: Atelier du Rhône, legal_form: SAS", ["add rcs, capital"]),
        ("name: Atelier du Rhône, legal_form: SAS, rcs: RCS Lyon 1, capital: 1 €", []),
        ("name: Société civile des Lilas, rcs: RCS Lyon 1", ["add legal_form"]),
        ("name: Camille Martin, legal_form: entrepreneur individuel", []),
        ("name: Sarlat Tourisme", []),
    ],
)
def test_what_a_company_s_letterhead_lacks(sender, missing):
    assert hints(sender) == missing


@pytest.mark.parametrize(
    ("text", "mediator", "missing"),
    [
        ("Vous pouvez recourir au médiateur de la consommation dont nous relevons.", "", True),
        ("Vous pouvez recourir au médiateur de la consommation dont nous relevons.", "CM2C, 14 rue Exemple, Paris", False),
        ("You may turn to the consumer mediator.", " ", True),
        ("Vous pouvez nous écrire.", "", False),
    ],
)
def test_nobody_is_sent_to_a_mediator_without_a_name(text, mediator, missing):
    assert bool(mediator_missing(text, mediator)) == missing


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("sender: {name: X, address: [x], email: a@b.example, activity: recouvrement amiable}", ["agency.declared_on", "agency.insurance", "agency.trust_account"]),
        ("agency: {declared_on: 2026-01-05, insurance: Y}", ["agency.trust_account"]),
        ("agency: {declared_on: 2026-01-05, insurance: Y, trust_account: Z}", []),
        ("sender: {name: X, address: [x], email: a@b.example}", []),
    ],
)
def test_an_agency_is_asked_once_for_what_comes_before_it_collects(text, missing):
    source, _ = read(f"schema: 1\n{text}\n".encode(), "paper.yaml")
    assert source is not None
    found = list(undeclared_agency(source))
    assert [key for each in found for key in missing if key not in str(each.hint)] == []
    assert bool(found) == bool(missing)


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("Nanterre 123 456 789", "RCS Nanterre 123 456 789"),
        ("Saint-Étienne 123456789", "RCS Saint-Étienne 123456789"),
        ("Le Puy-en-Velay B 123 456 789", "RCS Le Puy-en-Velay B 123 456 789"),
        ("RCS Lyon 552 100 554", "RCS Lyon 552 100 554"),
        ("R.C.S. Paris 552 100 554", "R.C.S. Paris 552 100 554"),
        ("552 100 554 RCS Paris", "552 100 554 RCS Paris"),
        ("RNE 552 100 554", "RNE 552 100 554"),
        ("SIREN 552 100 554", "SIREN 552 100 554"),
        ("Registre du commerce de Lyon 552 100 554", "Registre du commerce de Lyon 552 100 554"),
        ("Amtsgericht Köln HRB 12345", "Amtsgericht Köln HRB 12345"),
        ("", ""),
    ],
)
def test_a_letter_names_the_register_of_a_town_and_a_number(said, printed):
    assert register_entry(said) == printed
