"""What an agency owes, and what an insolvency asks: tasks that follow from events, once each, whatever stops the ladder."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter import look
from relance.interpreter.action_id import action_id
from relance.model import Action, Channel, Claimed, StepKind

AGENCY = "collector: agency\n"
ONE = "  - {id: a, at: J, channels: [letter], tone: courteous}\n"


def agency(bench, **given):
    return agency_of(bench(ONE, top=AGENCY, **given))


def agency_of(ladder):
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


def test_a_duty_is_a_task_of_the_house_about_its_invoice(bench):
    ladder = bench(ONE, top=AGENCY + "language: fr\n").told("2026-02-05", "insolvency.opened", None, published_on=date(2026, 2, 4))
    ladder = agency_of(ladder).told("2026-02-05", "payment.received", amount="10.00")
    made = {duty.step: duty for duty in look(ladder.playbook, ladder.facts, date(2026, 2, 6)).duties}
    name = action_id("atelier", "dupont", "duty.receipt", "F-1", date(2026, 2, 5), 1)
    receipt = made["duty.receipt"]
    assert receipt == Action(
        id=name, on=date(2026, 2, 6), creditor="atelier", debtor="dupont", case="F-1", carrier="F-1", invoices=("F-1",), playbook="essai", playbook_version=1,
        step="duty.receipt", occurrence=1, kind=StepKind.TASK, channel=Channel.TASK, tone=None, template="", language=ladder.playbook.language, draft=False,
        deadline=None, claimed=Claimed("EUR", Decimal(0)), reason=receipt.reason, message=name,
    )  # fmt: skip
    assert receipt.reason.endswith(")")
    declare = next(duty for duty in made.values() if not duty.invoices)
    assert (declare.case, declare.carrier, declare.invoices, declare.claimed.currency) == ("dupont", "", (), "EUR")


def test_two_duties_of_one_kind_and_day_have_names_of_their_own_and_one_that_was_given_is_not_given_again(bench):
    ladder = agency(bench).told("2026-02-05", "payment.received", amount="10.00").told("2026-02-05", "payment.received", amount="10.00")
    receipts = [duty.id for duty in look(ladder.playbook, ladder.facts, date(2026, 2, 6)).duties if duty.step == "duty.receipt"]
    assert receipts == [action_id("atelier", "dupont", "duty.receipt", "F-1", date(2026, 2, 5), number) for number in (1, 2)]
    ladder.told("2026-02-06", "action.emitted", id=receipts[0], step="duty.receipt", channel="task", case="F-1")
    assert [duty.id for duty in look(ladder.playbook, ladder.facts, date(2026, 2, 6)).duties if duty.step == "duty.receipt"] == receipts[1:]


@pytest.mark.parametrize(("on", "count"), [("2026-02-04", 0), ("2026-02-05", 3), ("2026-03-07", 3), ("2026-03-08", 0)])
def test_a_look_goes_back_a_month_and_no_further(bench, on, count):
    assert len(found(agency(bench).told("2026-02-05", "payment.received", amount="10.00"), on)) == count


@pytest.mark.parametrize(("mandate", "count"), [("2026-02-05", 3), ("2026-02-06", 0), (None, 0)])
def test_an_agency_owes_what_came_from_the_day_of_its_mandate_on(bench, mandate, count):
    ladder = bench(ONE, top=AGENCY).told("2026-02-05", "payment.received", amount="10.00")
    ladder.facts = replace(ladder.facts, creditor=replace(ladder.facts.creditor, mandate=mandate and date.fromisoformat(mandate)))
    assert len(found(ladder, "2026-02-06")) == count
