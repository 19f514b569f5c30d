"""Twins of the cases whose facts are told late, or cross: money of an earlier day, a dispute of what is planned, an agency's two currencies."""

from __future__ import annotations

import re

import pytest
from lived_days import about, lived, weekdays

FIRM = ("--playbook", "negligent")


def noticed(built, post):
    """Live until a formal notice of 1,200.00 is a draft, on 19 March 2026."""
    built.found("F-1,2026-01-05,2026-02-02,1200.00")
    left = lived(built, post, weekdays("2026-02-03", "2026-03-18", 3), *FIRM)
    built.at("2026-03-19")
    built.run(*FIRM, "--letterhead", "letterhead.yaml")
    return left


@pytest.mark.parametrize("kind", ["payment.received", "credit_note.issued"])
def test_what_came_in_before_a_notice_was_drafted_and_is_told_after_is_not_asked_by_it(built, post, kind):
    noticed(built, post)
    built.at("2026-03-20")
    built.relance("record", "F-1", kind, "500.00", "--on", "2026-03-02")
    left = lived(built, post, ["2026-03-20", "2026-03-23"], *FIRM)
    notices = about(left, "vaut mise en demeure")
    assert len(notices) == 2, left  # the letter, and the e-mail beside it
    for _, text in notices:
        (asked,) = re.findall(r"nous vous mettons en demeure de payer la somme de ([\d ]+),\d\d € au plus tard", text)
        assert 700 <= int(asked.replace(" ", "")) < 790, text  # with penalties, which money serves first, and 40.00
        assert "500,00 €" in text
        assert "2 mars 2026" in text


def test_a_dispute_of_a_part_of_what_is_planned_leaves_the_rest_of_the_missed_instalment(built, post):
    built.found("F-1,2026-01-05,2026-02-02,1200.00")
    lived(built, post, ["2026-02-03", "2026-02-10"], *FIRM)
    built.relance("record", "F-1", "plan.agreed", "2026-02-24 400.00, 2026-03-24 800.00")
    built.at("2026-02-20")
    built.relance("record", "F-1", "dispute.opened", "reason=casse", "amount=900.00")
    left = lived(built, post, weekdays("2026-02-25", "2026-03-20"), *FIRM)
    named = about(left, "échéancier le 10 février 2026", "900,00 € contestés")
    assert len(named) == 2  # the letter, and the e-mail beside it
    assert all("nous régler 300,00 €" in text for _, text in named)
    assert not [text for texts in left.values() for text in texts if re.search(r"(?:régler|payer la somme de) (?:400|1 200),00", text)]


def test_an_agency_asks_each_currency_by_a_notice_only_after_its_own_first_letter(built, post):
    built.found("F-1,2026-01-05,2026-02-02,1200.00,EUR", "F-2,2026-01-05,2026-03-02,300.00,USD", agency=True)
    words = ("--playbook", "agence-amiable")
    told = {"2026-03-12": (("F-1", "payment.received", "200.00"),)}
    left = lived(built, post, weekdays("2026-02-03", "2026-05-29", 2), *words, events=told)
    for name, other in (("F-1", "F-2"), ("F-2", "F-1")):
        first = min(day for day, _ in about(left, name, "nous a confié le recouvrement amiable"))
        for day, text in about(left, name, "vaut mise en demeure"):
            assert day > first, text
            assert other not in text
    assert not about(left, "1 500,00")
    assert not [text for day, text in about(left, "F-1", "1 200,00 € au plus tard") if day > "2026-03-12"]
