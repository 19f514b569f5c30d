"""What an agency owes, and what an insolvency asks: tasks that follow from events, once each, whatever stops the ladder."""

from dataclasses import replace
from datetime import date

from relance.interpreter import look

AGENCY = "collector: agency\n"
ONE = "  - {id: a, at: J, channels: [letter], tone: courteous}\n"


def agency(bench, **given):
    ladder = bench(ONE, top=AGENCY, **given)
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, mandate=date(2026, 1, 1)))
    return ladder


def found(ladder, on):
    return [(duty.step, duty.deadline) for duty in look(ladder.playbook, ladder.facts, date.fromisoformat(on)).duties]


def test_a_payment_gives_the_agency_three_tasks_and_a_month_to_remit(bench):
    ladder = agency(bench).told("2026-02-05", "payment.received", amount="100.00")
    assert found(ladder, "2026-02-05") == [("duty.inform_creditor", None), ("duty.receipt", None), ("duty.remit", date(2026, 3, 5))]


def test_a_day_without_a_look_loses_no_duty_and_none_comes_twice(bench):
    ladder = agency(bench).told("2026-02-05", "payment.received", amount="10.00").told("2026-02-05", "payment.received", amount="10.00")
    assert len(found(ladder, "2026-02-09")) == 6
    timeline = ladder.play("2026-02-01", "2026-04-30")
    assert len(timeline.duties) == 6
    assert [entry.first.step for entry in timeline.entries] == ["a"]


def test_a_creditor_who_chases_for_himself_owes_nobody_a_receipt(bench):
    assert found(bench(ONE).told("2026-02-05", "payment.received", amount="10.00"), "2026-02-05") == []


def test_an_insolvency_stops_the_ladder_and_asks_for_the_declaration_within_two_months(bench):
    ladder = bench(ONE).told("2026-01-20", "insolvency.opened", published_on=date(2026, 1, 18))
    assert found(ladder, "2026-01-20") == [("duty.declare_claim", date(2026, 3, 18))]
    assert ladder.dates() == []


def test_a_debtor_unknown_at_the_address_starts_a_search(bench):
    assert found(bench(ONE).told("2026-02-05", "letter.returned"), "2026-02-05") == [("duty.search_address", None)]


def test_what_was_paid_before_the_mandate_is_no_affair_of_the_agency(bench):
    ladder = agency(bench).told("2025-12-31", "payment.received", amount="10.00")
    assert found(ladder, "2026-01-10") == []


def test_a_payment_that_was_taken_back_before_the_look_owes_nobody_anything(bench):
    ladder = agency(bench).told("2026-02-05", "payment.received", amount="50.00").told("2026-02-05", "payment.reversed", amount="50.00")
    assert found(ladder, "2026-02-05") == []
    assert len(found(ladder.told("2026-02-06", "payment.received", amount="50.00"), "2026-02-06")) == 3


def test_a_reversal_takes_back_one_payment_of_its_sum_and_none_of_another(bench):
    ladder = agency(bench).told("2026-02-05", "payment.received", amount="50.00").told("2026-02-05", "payment.received", amount="20.00")
    ladder = ladder.told("2026-02-06", "payment.reversed", amount="50.00")
    assert len(found(ladder, "2026-02-05")) == 6
    assert len(found(ladder, "2026-02-06")) == 3
