"""docs/language.md 3 and 5: balances, disputes, promises, plans and holds, on both sides of each boundary."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter import say
from relance.interpreter.balance import balances
from relance.model import Status

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
ONE = "  - {id: a, at: J, channels: [email], tone: courteous}\n"
IF = "  - {{id: a, at: J-20, expires: 400 days, channels: [email], tone: courteous, if: {condition}}}\n"


def holds(bench, condition: str, on: str = "2026-02-11", **given) -> bool:
    return bench(IF.format(condition=condition), top=OPEN, **given).at(on).status is Status.DUE


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('{balance: {at_least: "100.00"}}', True),
        ('{balance: {at_least: "100.01"}}', False),
        ('{balance: {more_than: "99.99"}}', True),
        ('{balance: {more_than: "100.00"}}', False),
        ('{balance: {at_most: "100.00"}}', True),
        ('{balance: {less_than: "100.00"}}', False),
        ('{balance: {at_least: {EUR: "100.00", USD: "1.00"}}}', True),
        ('{balance: {at_least: {USD: "1.00"}}}', False),
        ("{days_overdue: {at_least: 10}}", True),
        ("{days_overdue: {at_least: 11}}", False),
        ("{unpaid_invoices: {at_least: 1, at_most: 1}}", True),
        ("{broken_promises: {at_least: 1}}", False),
        ("{debtor: business}", True),
        ("{debtor: [consumer, business]}", True),
        ("{profile: negligent}", False),
        ("{not: {profile: negligent}}", True),
        ("{any_of: [{profile: negligent}, {debtor: business}]}", True),
        ("{any_of: [{profile: negligent}, {debtor: consumer}]}", False),
        ('{debtor: business, balance: {less_than: "1.00"}}', False),
        ("{reachable_by: sms}", True),
        ("{disputed: false}", True),
        ("{country: FR}", False),
        ("{score: {at_least: 0}}", False),
        ("{creditor: atelier}", True),
        ("{limitation_within: 60 months}", True),
        ("{limitation_within: 58 months}", False),
        ('{total_claimed: {at_least: "140.00"}}', True),
        ('{total_claimed: {at_least: "141.00"}}', False),
    ],
)
def test_conditions_on_both_sides(bench, condition, expected):
    assert holds(bench, condition) is expected


def test_a_missing_fact_is_named(bench):
    decision = bench(IF.format(condition="{score: {at_least: 3}}"), top=OPEN).at("2026-02-11")
    assert say(decision.steps[0].reason) == "the condition score ≥ 3 cannot be tried: the fact is missing"


def test_overdue_balance_counts_what_is_past_due(bench):
    condition = '{overdue_balance: {at_least: "100.00"}}'
    assert not holds(bench, condition, on="2026-02-01")
    assert holds(bench, condition, on="2026-02-02")


def test_a_promise_holds_to_its_date_and_grace_and_is_then_broken(bench):
    ladder = bench(ONE, top=OPEN).told("2026-02-03", "promise.made", amount="60.00", by="2026-02-10")
    assert say(ladder.at("2026-02-12").reason) == "promised until 2026-02-12"
    assert ladder.at("2026-02-13").status is Status.DUE


def test_a_promise_is_kept_by_the_money_even_in_parts(bench):
    ladder = bench(ONE + "  - {id: broken, at: promise.broken, channels: [email], tone: firm}\n", top=OPEN)
    ladder.told("2026-02-03", "promise.made", amount="60.00", by="2026-02-10")
    ladder.told("2026-02-05", "payment.received", amount="30.00").told("2026-02-13", "payment.received", amount="30.00")
    assert ladder.at("2026-02-12").status is Status.HELD
    assert [step for _, step in ladder.dates("2026-02-13")] == ["a"]


def test_money_a_day_too_late_breaks_it(bench):
    ladder = bench(ONE + "  - {id: broken, at: promise.broken, channels: [email], tone: firm}\n", top=OPEN)
    ladder.told("2026-02-03", "promise.made", amount="60.00", by="2026-02-10").told("2026-02-14", "payment.received", amount="60.00")
    assert ladder.dates("2026-02-12") == [("2026-02-13", "broken")], "what answers it goes before the reminder that is overdue (docs/decisions/193)"


def test_grace_is_the_playbooks(bench):
    ladder = bench(ONE, top=OPEN + "grace: 0 days\n").told("2026-02-03", "promise.made", amount="60.00", by="2026-02-10")
    assert ladder.at("2026-02-10").status is Status.HELD
    assert ladder.at("2026-02-11").status is Status.DUE


def test_a_new_promise_takes_the_place_of_the_old_one(bench):
    ladder = bench(IF.format(condition="{broken_promises: {at_least: 1}}"), top=OPEN + "hold_while: []\n")
    ladder.told("2026-02-03", "promise.made", amount="60.00", by="2026-02-10").told("2026-02-08", "promise.made", amount="60.00", by="2026-02-20")
    assert ladder.at("2026-02-15").status is Status.FINISHED
    assert ladder.at("2026-02-23").status is Status.DUE


def test_a_plan_holds_while_it_runs_and_breaks_at_the_first_missing_instalment(bench):
    plan = [{"on": date(2026, 2, 10), "amount": Decimal("50.00")}, {"on": date(2026, 3, 10), "amount": Decimal("50.00")}]
    ladder = bench(ONE, top=OPEN).told("2026-02-03", "plan.agreed", instalments=plan).told("2026-02-09", "payment.received", amount="50.00")
    assert say(ladder.at("2026-03-12").reason) == "plan_running until 2026-03-12"
    assert ladder.at("2026-03-13").status is Status.DUE


def test_a_cancelled_plan_holds_no_more(bench):
    plan = [{"on": date(2026, 2, 10), "amount": Decimal("50.00")}]
    ladder = bench(ONE, top=OPEN).told("2026-02-03", "plan.agreed", instalments=plan).told("2026-02-05", "plan.cancelled")
    assert ladder.at("2026-02-05").status is Status.DUE


def test_the_last_day_of_a_hold_is_held(bench):
    ladder = bench(ONE, top=OPEN).told("2026-01-15", "hold.placed", until="2026-02-20", reason="x")
    assert say(ladder.at("2026-02-20").reason) == "on_hold until 2026-02-20"
    assert ladder.at("2026-02-21").status is Status.DUE


def test_a_partly_disputed_invoice_keeps_its_undisputed_part(bench):
    ladder = bench(ONE, top=OPEN).told("2026-02-01", "dispute.opened", amount="40.00", reason="x")
    timeline = ladder.play("2026-02-01", "2026-02-01")
    assert timeline.entries[0].first.claimed.principal == Decimal("60.00")
    ladder.told("2026-02-02", "dispute.opened", amount="100.00", reason="x")
    assert ladder.at("2026-02-02").status is Status.HELD


def test_a_word_about_the_debtor_counts_for_every_invoice(bench):
    ladder = bench(ONE, top=OPEN).invoice("F-2", "2026-02-01").told("2026-02-01", "dispute.opened", None, reason="x")
    assert [ladder.at("2026-02-01", case).status for case in (0, 1)] == [Status.HELD, Status.HELD]
    ladder.told("2026-02-02", "dispute.closed", "F-2", outcome="x")
    assert [ladder.at("2026-02-02", case).status for case in (0, 1)] == [Status.HELD, Status.DUE]


def test_unnamed_money_goes_to_the_oldest_due_and_the_rest_is_a_credit(bench):
    ladder = bench(ONE, top=OPEN).invoice("F-0", "2026-01-15", "30.00").invoice("F-2", "2026-03-01", "20.00")
    ladder.told("2026-02-02", "payment.received", None, amount="50.00")
    found = balances(ladder.facts, date(2026, 2, 3))
    assert found.outstanding == {"F-0": Decimal("0.00"), "F-1": Decimal("80.00"), "F-2": Decimal("20.00")}
    ladder.told("2026-02-04", "payment.received", None, amount="150.00")
    assert balances(ladder.facts, date(2026, 2, 4)).credit == {"EUR": Decimal("50.00")}
    ladder.told("2026-02-05", "payment.reversed", None, amount="60.00")
    assert balances(ladder.facts, date(2026, 2, 5)).outstanding["F-2"] == Decimal("10.00")


def test_an_account_climbs_as_one_and_its_oldest_invoice_carries_it(bench):
    steps = ONE + "  - {id: b, at: J+10, channels: [email], tone: firm}\n"
    ladder = bench(steps, top=OPEN + "unit: account\n").invoice("F-2", "2026-02-20", "50.00", issued="2026-02-05")
    ladder.invoice("F-3", "2026-02-10", "20.00").invoice("F-4", "2026-02-11", "7.00")
    timeline = ladder.play("2026-02-01", "2026-02-11")
    assert [(e.first.step, e.first.carrier, e.first.invoices) for e in timeline.entries] == [
        ("a", "F-1", ("F-1",)),
        ("b", "F-1", ("F-1", "F-3")),
    ]
    assert timeline.entries[1].first.claimed.principal == Decimal("120.00")


def test_a_new_carrier_starts_the_ladder_anew(bench):
    steps = ONE + "  - {id: b, at: J+10, channels: [email], tone: firm}\n"
    ladder = bench(steps, top=OPEN + "unit: account\n").invoice("F-2", "2026-02-05").told("2026-02-12", "payment.received", amount="100.00")
    assert ladder.dates("2026-02-01", "2026-03-01") == [("2026-02-01", "a"), ("2026-02-11", "b"), ("2026-02-12", "a"), ("2026-02-22", "b")]


def test_a_disputed_invoice_leaves_its_account_and_the_rest_is_chased(bench):
    ladder = bench(ONE, top=OPEN + "unit: account\n").invoice("F-2", "2026-02-05").told("2026-02-01", "dispute.opened", "F-1", reason="x")
    decision = ladder.at("2026-02-04")
    assert (decision.status, decision.next.on.isoformat()) == (Status.WAITING, "2026-02-05")
    ladder.told("2026-02-06", "dispute.opened", "F-2", reason="x")
    assert ladder.at("2026-02-06").status is Status.HELD


def test_accounts_are_kept_apart_by_currency(bench):
    ladder = bench(ONE, top=OPEN + "unit: account\n").invoice("F-2", "2026-02-05", currency="USD")
    ladder.told("2026-02-02", "payment.received", None, amount="100.00", currency="USD")
    assert [ladder.at("2026-02-06", case).status for case in (0, 1)] == [Status.DUE, Status.STOPPED]


def test_a_time_barred_claim_stops(bench):
    ladder = bench(ONE, top=OPEN, due="2021-02-01", issued="2021-01-02")
    assert ladder.at("2026-01-02").status is Status.DUE
    assert say(ladder.at("2026-01-03").reason) == "time_barred"
    ladder.told("2024-01-01", "limitation.interrupted", by="acknowledgement")
    assert ladder.at("2026-02-02").status is Status.DUE


def test_carriage_is_time_barred_a_year_after_the_delivery(bench):
    ladder = bench("  - {id: a, at: J+1, channels: [email], tone: neutral}\n", due="2026-02-01")
    carried = replace(ladder.facts.invoices[0], nature="transport")
    ladder.facts = replace(ladder.facts, invoices=(carried,))
    assert ladder.at("2027-01-02").status != Status.STOPPED
    ladder.facts = replace(ladder.facts, invoices=(replace(carried, delivered=date(2026, 1, 10)),))
    assert ladder.at("2027-01-10").status != Status.STOPPED
    assert ladder.at("2027-01-11").status == Status.STOPPED
