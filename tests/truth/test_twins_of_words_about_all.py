"""Twins in which a word about all that a debtor owes, or about an account, meets an invoice that came after it, or that it is not about (docs/decisions/187)."""

from __future__ import annotations

import pytest
from lived_days import about, lived

OLD, NEW = "F-1,2026-01-05,2026-02-02,1000.00", "F-7,2026-02-{issued},2026-03-02,400.00"
FIRM = ("--playbook", "negligent")
ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: rappel, at: J+2, channels: [email], tone: courteous, template: relance-1}
  - {id: offre, at: J+10, channels: [letter], tone: neutral, template: proposition-echeancier, grants: 20 days, offer: {instalments: 2, every: 1 month, first: 8 days}}
  - {id: plan-rompu, at: plan.broken, channels: [letter], tone: neutral, template: plan-rompu}
"""


@pytest.mark.parametrize(("issued", "missing"), [("11", "il manque 100,00 €"), ("12", "Le versement de 500,00 € prévu le 10 mars 2026 n’est pas arrivé")])
def test_what_is_paid_of_an_invoice_issued_after_a_plan_is_no_instalment_of_it(built, post, issued, missing):
    """Said of the debtor on 11 February: what is issued by that day is planned, what is issued later is reminded, and paid for itself."""
    built.found(OLD)
    lived(built, post, ["2026-02-03"], *FIRM)
    built.invoices(OLD, NEW.format(issued=issued))
    events = {"2026-02-12": [("dupont", "plan.agreed", "2026-03-10 500.00, 2026-04-10 500.00", "--on", "2026-02-11")], "2026-03-09": [("F-7", "payment.received", "400.00")]}
    left = lived(built, post, ["2026-02-12", "2026-03-03", "2026-03-09", "2026-03-13", "2026-03-16"], *FIRM, events=events)
    reminded = about(left, "F-7", "un rappel")
    assert bool(reminded) is (issued == "12")
    broken = about(left, "Nous étions convenus d’un échéancier le 11 février 2026")
    assert [missing in text for _, text in broken] == [True, True], left
    assert not about(left, "F-7", "échéancier le")


def test_a_plan_that_was_offered_of_an_account_is_about_what_the_offer_named(built, post):
    """What falls due while it runs is reminded; what is paid of that is no instalment."""
    built.found(OLD, "F-2,2026-01-05,2026-02-03,500.00", "F-3,2026-01-10,2026-03-10,600.00")
    built.put("compte.yaml", ACCOUNT)
    events = {"2026-02-20": [("dupont/EUR", "offer.accepted")], "2026-03-11": [("F-3", "payment.received", "300.00")], "2026-03-12": [("dupont", "payment.received", "300.00", "currency=EUR")]}
    left = lived(built, post, ["2026-02-04", "2026-02-12", "2026-02-20", "2026-03-11", "2026-03-12", "2026-03-16"], "--playbook", "compte.yaml", events=events)
    assert about(left, "F-3", "un rappel")
    (broken,) = about(left, "Nous étions convenus d’un échéancier le 20 février 2026")
    assert "Sur le versement de 750,00 € prévu le 12 mars 2026, il manque 450,00 €" in broken[1]


@pytest.mark.parametrize(("part", "asked"), [("200.00", "Total 1 300,00 €"), ("1200.00", "300,00 €")])
def test_what_is_contested_of_an_account_in_part_is_left_out_once(built, post, part, asked):
    built.found(OLD, "F-2,2026-01-05,2026-02-02,500.00", agency=True)
    words = ("--playbook", "agence-amiable")
    lived(built, post, ["2026-02-03"], *words)
    left = lived(built, post, ["2026-02-16"], *words, events={"2026-02-16": [("dupont/EUR", "dispute.opened", "reason=casse", f"amount={part}")]})
    (text,) = left["2026-02-16"]
    assert "Les 200,00 € contestés n’y sont pas comptés, et ne sont pas demandés ici" in text
    assert asked in text


ANSWERED = """schema: 1
playbook: repond
version: 1
title: Répond
debtor: business
steps:
  - {id: rejet, at: payment.reversed + 1 day, channels: [email], tone: neutral, template: relance-1}
  - {id: relance, at: J+10, channels: [letter], tone: neutral, template: relance-2}
"""


@pytest.mark.parametrize("back", ["2026-02-11", "2026-02-20"], ids=["while it waits", "once it has left"])
def test_a_message_that_waits_does_not_wait_for_the_answer_that_waits_for_it(built, post, back):
    """The letter was printed a day late, and a payment came back meanwhile: each of the two goes, and once."""
    built.found(OLD)
    built.put("repond.yaml", ANSWERED)
    words = ("--playbook", "repond.yaml")
    built.at("2026-02-12")
    built.run(*words, "--letterhead", "letterhead.yaml")
    built.relance("record", "F-1", "payment.received", "100.00", "--on", "2026-02-03")
    left = lived(built, post, ["2026-02-13", "2026-02-16", "2026-02-20", "2026-02-23", "2026-02-24"], *words, events={"2026-02-13" if back < "2026-02-12" else "2026-02-20": [("F-1", "payment.reversed", "100.00", "--on", back)]})
    assert len([text for texts in left.values() for text in texts]) == 2
