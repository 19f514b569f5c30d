"""Two debtors who are one, and one who is two: what every reading makes of it, what is written meanwhile, and that a split gives each his own again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import recognise, take
from relance.interpreter.balance import balances
from relance.journal.verification import verify
from relance.model import Creditor
from relance.portfolio.doubles import doubles

TODAY = date(2026, 6, 1)
LIST = (
    "id;debtor;debtor.name;debtor.siren;issued;due;amount;paid;disputed\n"
    "F-1;A;Lindor;552100554;2026-01-01;2026-01-31;100.00;40.00;oui\nF-2;B;Lindor SA;552100554;2026-01-01;2026-01-31;200.00;;\n"
)
EVENTS = "on;event;debtor;amount;currency;invoice\n2026-02-02;payment.received;A;10.00;EUR;\n2026-02-03;payment.received;;5.00;;F-1\n"


@pytest.fixture
def bring(journal, tmp_path):
    def bring(text, name="t.csv"):
        (tmp_path / name).write_text(text, "utf-8")
        outcome = take(journal, [recognise(tmp_path / name)], Settings(ColumnMapping(creditor=Creditor("atelier", "Atelier")), TODAY))
        assert outcome.rejects == []
        return outcome.recorded.written

    bring(LIST)
    bring(EVENTS)
    return bring


def owed(journal):
    return {facts.debtor.id: sum(balances(facts, TODAY).outstanding.values()) for facts in journal.facts()}


def test_what_counts_for_one_counts_for_both_and_a_split_gives_each_his_own(journal, bring):
    before = {facts.debtor.id: facts for facts in journal.facts()}
    assert journal.merge("A", "B", on=TODAY, actor="anna", reason="same SIREN") == 1
    assert journal.merge("A", "B", on=TODAY, actor="anna") == 0
    (one,) = journal.facts()
    assert (one.debtor.id, one.debtor.name, {invoice.id for invoice in one.invoices}) == ("B", "Lindor SA", {"F-1", "F-2"})
    assert sum(balances(one, TODAY).outstanding.values()) == Decimal("245.00")
    assert {place.debtor for place in journal.places("F-1")} == {place.debtor for place in journal.places("A")} == {"B"}
    assert [entry.seq for entry in journal.entries(debtor="A")] == [entry.seq for entry in journal.entries(debtor="B")]
    assert next(iter(journal.facts_about(["A"]))) == next(iter(journal.facts_about([], ["F-2"]))) == one
    assert journal.split("B", "A", on=TODAY, actor="anna") == 1
    assert {facts.debtor.id: facts for facts in journal.facts()} == before
    assert verify(journal.engine).breaks == ()


def test_files_that_name_either_change_nothing_while_they_are_one(journal, bring):
    journal.merge("A", "B", on=TODAY, actor="anna")
    before = owed(journal)
    assert bring(LIST) == bring(EVENTS) == 0
    assert owed(journal) == before


def test_what_names_an_invoice_meanwhile_goes_with_it_when_they_are_split(journal, bring):
    journal.merge("A", "B", on=TODAY, actor="anna")
    bring("on;event;invoice;amount\n2026-03-03;payment.received;F-1;7.00\n")
    journal.split("A", "B", on=TODAY, actor="anna")
    assert owed(journal) == {"A": Decimal("38.00"), "B": Decimal("200.00")}


def test_what_was_known_before_the_merge_is_seen_as_it_was(journal, bring):
    seen = max(entry.seq for entry in journal.entries())
    journal.merge("A", "B", on=TODAY, actor="anna")
    assert {facts.debtor.id for facts in journal.before(seen + 1).facts()} == {"A", "B"}


def test_who_is_forgotten_is_forgotten_under_every_number(journal, bring):
    journal.merge("A", "B", on=TODAY, actor="anna")
    journal.forget("B", reason="asked", on=TODAY, actor="anna")
    assert list(journal.facts()) == []
    assert {entry.debtor for entry in journal.entries()} == {None}
    assert verify(journal.engine).breaks == ()


def test_one_number_of_two_names_is_asked_about_until_a_person_says(journal, bring):
    ((creditor, siren, one, other, names),) = doubles(journal)
    assert (creditor, siren, one, other, names) == ("atelier", "552100554", "A", "B", ("Lindor", "Lindor SA"))
    journal.split("B", "A", on=TODAY, actor="anna")
    assert list(doubles(journal)) == []
    assert len(owed(journal)) == 2
    journal.merge("B", "A", on=TODAY, actor="anna")
    assert set(owed(journal)) == {"A"}
    assert list(doubles(journal)) == []


def test_a_merge_joins_whole_groups_and_makes_no_circle(journal, bring):
    bring("id;debtor;issued;due;amount\nF-3;C;2026-01-01;2026-01-31;300.00\n")
    journal.merge("A", "B", on=TODAY, actor="anna")
    journal.merge("A", "C", on=TODAY, actor="anna")  # A is B, and so is C
    assert set(owed(journal)) == {"C"}
    assert journal.merge("C", "A", on=TODAY, actor="anna") == 0
    journal.split("B", "C", on=TODAY, actor="anna")
    assert set(owed(journal)) == {"B", "C"}
