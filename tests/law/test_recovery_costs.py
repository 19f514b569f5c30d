"""The complementary indemnity (C. com. L441-10 II): beyond the 40 €, on proof, between professionals, and told in the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.debtor import look
from relance.language import load_playbook
from relance.law.claims import Movement, Owed, claimed
from relance.letters.context import Writing
from relance.letters.document import Studio
from relance.model import Address, Charge, Creditor, Debtor, Facts, Invoice

ON = date(2026, 3, 18)
DUE = date(2026, 2, 1)
BOTH = (Charge.FIXED_INDEMNITY, Charge.COMPLEMENTARY_INDEMNITY)
PROOF = "facture d'avocat n° 118 du 3 mars 2026"


def owed(costs="215.00", proof=PROOF, **more):
    return Owed("F-1", DUE, Decimal(1200), costs=None if costs is None else Decimal(costs), proof=proof, **more)


def asked(one, kinds=BOTH, debtor="business", on=ON, **more):
    return claimed(kinds, [one], on, debtor_kind=debtor, **more)


@pytest.mark.parametrize(
    ("costs", "complement"), [("215.00", "175.00"), ("40.01", "0.01"), ("40.00", "0"), ("39.99", "0"), (None, "0")]
)
def test_what_goes_beyond_the_forty_euros_is_asked(costs, complement):
    found = asked(owed(costs))
    assert found.complementary_indemnity == Decimal(complement)
    assert found.total == Decimal(1240) + Decimal(complement)


def test_without_a_proof_nothing_is_asked_and_the_note_says_so():
    found = asked(owed(proof=" "))
    assert found.complementary_indemnity == 0
    assert "nothing proves" in found.notes[0]


def test_it_is_beyond_the_forty_euros_even_where_those_are_not_asked():
    assert asked(owed(), (Charge.COMPLEMENTARY_INDEMNITY,)).total == Decimal(1375)


@pytest.mark.parametrize(
    "more",
    [{"debtor": "consumer"}, {"debtor": None}, {"on": DUE}, {"currency": "USD"}, {"abroad": "DE"}, {"insolvency_on": DUE}, {"creditor_kind": "consumer"}],
    ids=str,
)
def test_who_owes_no_forty_euros_owes_no_more(more):
    assert asked(owed(), **more).complementary_indemnity == 0


def test_paid_in_time_or_by_another_instalment_bears_none():
    assert asked(owed(movements=(Movement(DUE, Decimal(1200)),))).complementary_indemnity == 0
    assert asked(owed(indemnity=False)).complementary_indemnity == 0


@pytest.mark.parametrize(("paid", "left"), [("1200", "175"), ("1300", "115"), ("1415", "0"), ("1500", "0")])
def test_money_beyond_the_principal_serves_it_last(paid, left):
    one = owed(movements=(Movement(date(2026, 3, 10), Decimal(paid)),))
    found = asked(one)
    assert found.complementary_indemnity == Decimal(left)
    (served,) = found.invoices[0].received
    parts = (served.principal, served.interest, served.fixed_indemnity, served.contractual_penalty, served.complementary_indemnity)
    assert sum(parts) == min(Decimal(paid), Decimal(1415))


PLAYBOOK = """schema: 1
playbook: costs
version: 1
title: Frais justifiés
debtor: business
steps:
  - {id: relance-2, at: J+30, channels: [letter], tone: firm, claim: [late_interest, fixed_indemnity, complementary_indemnity]}
"""


def test_a_letter_tells_the_complement_apart_and_names_its_proof(tmp_path):
    path = tmp_path / "costs.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    playbook, findings = load_playbook(path)
    assert not [each for each in findings if each.code.startswith("PB0")]
    home = Address(("12 quai des Brotteaux", "69006 Lyon"))
    invoice = Invoice("F-1", issued=date(2026, 1, 2), due=DUE, amount=Decimal(1200), currency="EUR", terms={"recovery_costs": "215.00", "recovery_proof": PROOF})
    facts = Facts(
        Creditor("a", name="Atelier SARL", kind="business", siren="000987651", address=home, email="a@a.example", iban="FR7630006000011234567890189"),
        Debtor("d", name="Dupont SA", kind="business", country="FR", address=home), (invoice,), (),
    )  # fmt: skip
    (action,) = look(playbook, facts, date(2026, 3, 3)).actions
    assert action.claimed.complementary_indemnity == Decimal(175)
    with Studio(writing=Writing()) as studio:
        document = studio.make([action], facts)
        text, _ = studio.text([action], facts)
        other = replace(action, claimed=replace(action.claimed, complementary_indemnity=Decimal(165), total=action.claimed.total - 10))
        assert studio.findings(text, studio.text([action], facts)[1], [other], facts)
    assert not document.missing
    said = " ".join(text.plain().split())
    assert "Frais de recouvrement au-delà de cette indemnité, sur justificatifs" in said
    assert PROOF in said
    assert "175,00" in said.replace("\u202f", "").replace("\u00a0", " ")
