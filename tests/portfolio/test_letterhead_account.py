"""The account that a letterhead names: taken at first sight, held when it becomes another, let through by a person's word."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from relance.journal.journal import Journal
from relance.model import Creditor
from relance.portfolio.letterhead_account import confirm_account, first_sight, other_accounts, payee_doubts
from relance.portfolio.payee import recorded_ibans

OLD, NEW, THIRD = "FR7630006000011234567890189", "FR1420041010050500013M02606", "FR7630001007941234567890185"
DAY = date(2026, 2, 2)


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 2, 2, 9, tzinfo=UTC)) as there:
        yield there


def house(journal, name="atelier", iban=None, mandate=None):
    journal.declare(name, [], actor="t", record=Creditor(name, name.title(), iban=iban, mandate=mandate))


def on_paper(iban):
    return lambda _: iban


def held(journal, iban, creditor="atelier"):
    return payee_doubts(journal, on_paper(iban))(creditor)


def seen(journal, iban, *creditors):
    return first_sight(journal, creditors or ("atelier",), on_paper(iban), on=DAY, actor="t")


def confirmed(journal, typed, paper, creditor="atelier"):
    return confirm_account(journal, creditor, typed, on_paper(paper), on=DAY, actor="claire")


def test_the_first_account_of_a_letterhead_is_taken_with_a_word_and_asks_nothing(journal):
    house(journal)
    assert held(journal, OLD) is None
    (said,) = seen(journal, "FR76 3000 6000 0112 3456 7890 189")
    assert OLD in said
    assert recorded_ibans(journal) == ({"atelier": OLD}, {})
    assert seen(journal, OLD) == []
    assert held(journal, OLD) is None


@pytest.mark.parametrize("recorded", [True, False])
def test_another_account_on_a_letterhead_holds_its_papers_until_a_person_confirms_it(journal, recorded):
    house(journal, iban=OLD if recorded else None)
    seen(journal, OLD)
    assert all(each in held(journal, NEW) for each in (OLD, NEW, "relance creditor confirm"))
    assert seen(journal, NEW) == []  # a second sight confirms nothing
    assert held(journal, "") is None  # plain paper names the account that is recorded
    assert "nothing was confirmed" in confirmed(journal, THIRD, NEW)
    assert held(journal, NEW)
    assert confirmed(journal, "fr14 2004 1010 0505 0001 3m02 606", NEW) is None
    assert held(journal, NEW) is None
    assert NEW in held(journal, OLD)  # given up
    assert recorded_ibans(journal) == ({"atelier": NEW}, {})


def test_a_table_that_names_another_account_than_the_letterhead_seen_first_is_a_change(journal):
    house(journal)
    seen(journal, OLD)
    house(journal, iban=NEW)
    assert recorded_ibans(journal)[1]["atelier"].iban == NEW
    assert held(journal, OLD)
    assert "nothing was confirmed" in confirmed(journal, THIRD, OLD)
    assert confirmed(journal, NEW, NEW) is None
    assert held(journal, NEW) is None


def test_an_account_that_none_can_be_is_neither_taken_nor_confirmed(journal):
    wrong = f"{NEW[:-1]}7"
    house(journal)
    assert seen(journal, wrong) == []
    house(journal, iban=OLD)
    assert "nothing was confirmed" in confirmed(journal, wrong, wrong)


def test_an_agency_names_its_own_account_on_the_papers_of_all_who_gave_it_a_mandate(journal):
    """What the creditor himself is paid to is another matter, and stays as it is."""
    house(journal, "atelier", iban=OLD, mandate=date(2026, 1, 1))
    house(journal, "beurre", mandate=date(2026, 1, 1))
    assert held(journal, NEW) is None
    assert len(seen(journal, NEW, "atelier", "beurre")) == 2
    assert recorded_ibans(journal) == ({"atelier": OLD}, {})
    assert held(journal, NEW, "beurre") is None
    house(journal, "cave", mandate=date(2026, 1, 1))
    assert held(journal, NEW, "cave") is None
    assert held(journal, THIRD, "cave")  # no first sight: the agency's account is known by the others
    assert seen(journal, THIRD, "cave") == []


def test_an_agency_confirms_its_new_account_once_for_all(journal):
    names = ("atelier", "beurre", "cave")
    for name in names:
        house(journal, name, mandate=date(2026, 1, 1))
    seen(journal, OLD, *names)
    assert all(held(journal, NEW, name) for name in names)
    assert [each.creditor for each in other_accounts(journal, names, on_paper(NEW))] == ["atelier"]
    assert confirmed(journal, NEW, NEW, "beurre") is None
    assert not any(held(journal, NEW, name) for name in names)
    assert other_accounts(journal, names, on_paper(NEW)) == []
    assert held(journal, OLD, "beurre")


def test_a_changed_record_and_a_changed_letterhead_are_confirmed_each_by_its_own_account(journal):
    house(journal, iban=OLD, mandate=date(2026, 1, 1))
    seen(journal, NEW)
    house(journal, iban=THIRD)
    assert THIRD in held(journal, NEW)
    assert confirmed(journal, THIRD, NEW) is None
    assert held(journal, NEW) is None
