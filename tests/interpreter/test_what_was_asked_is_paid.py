"""Money against what was asked: who pays what a message asked has paid it, a plan's money serves the principal, a part written off is no more."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.amounts_asked import asked
from relance.interpreter.balance import balances
from relance.interpreter.cases import cases
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Charge, Event, Invoice, Status

D = Decimal
OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
IN_FULL = (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY)
LADDER = """\
  - {id: doux, at: J+5, channels: [email], tone: courteous}
  - {id: ferme, at: J+30, channels: [email], tone: firm, claim: [late_interest, fixed_indemnity]}
"""
#: 1000.00 at 12.15 % for 30 days, and 40 €.
ASKED = D("1049.99")


def ladder_of(bench, *, second: str = "2026-05-01"):
    return bench(LADDER, top=OPEN, amount="1000.00").invoice("F-2", second, "500.00").done("ferme", "2026-03-03")


def state_on(ladder, on: str):
    return Snapshot(ladder.playbook, ladder.facts, date.fromisoformat(on)).balances


def sums_on(ladder, on: str, kinds=IN_FULL, case: int = 0):
    return asked(case_today(cases(ladder.playbook, ladder.facts)[case], Snapshot(ladder.playbook, ladder.facts, date.fromisoformat(on))), kinds)


@pytest.mark.parametrize("second", ["2026-05-01", "2026-03-05"])  # the other invoice is not due yet, or is due, too
def test_paying_exactly_what_a_message_asked_leaves_the_next_invoice_whole(bench, second):
    ladder = ladder_of(bench, second=second)
    assert sums_on(ladder, "2026-03-03").total == ASKED
    found = state_on(ladder.told("2026-03-10", "payment.received", None, amount=str(ASKED)), "2026-03-10")
    assert (found.outstanding, found.credit) == ({"F-1": 0, "F-2": D("500.00")}, {})


def test_a_cent_more_or_less_is_shared_by_the_order_of_the_law(bench):
    less = state_on(ladder_of(bench, second="2026-03-05").told("2026-03-10", "payment.received", None, amount=str(ASKED - D("0.01"))), "2026-03-10")
    assert less.outstanding == {"F-1": 0, "F-2": D("500.00") - D("49.98")}  # both are due, and principal comes first
    more = state_on(ladder_of(bench).told("2026-03-10", "payment.received", None, amount=str(ASKED + D("0.01"))), "2026-03-10")
    assert more.outstanding == {"F-1": 0, "F-2": D("500.00")}  # a week of interest more is owed than was asked, so that the cent is owed, too


def test_what_is_paid_beyond_everything_owed_is_a_credit(bench):
    ladder = ladder_of(bench).told("2026-03-10", "payment.received", "F-1", amount="1100.00")
    owed = D("1052.32")  # 37 days of interest
    assert state_on(ladder, "2026-03-10").credit == {"EUR": D("1100.00") - owed}
    assert state_on(ladder_of(bench).told("2026-03-10", "payment.received", "F-1", amount=str(owed)), "2026-03-10").credit == {}
    nameless = state_on(ladder_of(bench).told("2026-03-10", "payment.received", None, amount="1600.00"), "2026-03-10")
    assert (nameless.outstanding, nameless.credit) == ({"F-1": 0, "F-2": 0}, {"EUR": D("1600.00") - owed - 500})


def test_what_nobody_asked_is_not_taken(bench):
    ladder = bench(LADDER, top=OPEN, amount="1000.00").invoice("F-2", "2026-05-01", "500.00").done("doux", "2026-02-06")
    found = state_on(ladder.told("2026-03-10", "payment.received", None, amount=str(ASKED)), "2026-03-10")
    assert found.outstanding == {"F-1": 0, "F-2": D("500.00") - D("49.99")}


def test_a_message_that_did_not_leave_asked_nothing(bench):
    ladder = ladder_of(bench)
    ladder.told("2026-03-03", "action.cancelled", "F-1", step="ferme", playbook="essai", reason="x")
    found = state_on(ladder.told("2026-03-10", "payment.received", None, amount=str(ASKED)), "2026-03-10")
    assert found.outstanding["F-2"] == D("500.00") - D("49.99")


def test_what_was_asked_may_come_in_two_payments(bench):
    ladder = ladder_of(bench, second="2026-03-05").told("2026-03-06", "payment.received", "F-1", amount="600.00")
    found = state_on(ladder.told("2026-03-10", "payment.received", None, amount=str(ASKED - 600)), "2026-03-10")
    assert (found.outstanding, found.credit) == ({"F-1": 0, "F-2": D("500.00")}, {})


def test_a_payment_that_went_back_opens_what_it_had_paid(bench):
    ladder = ladder_of(bench).told("2026-03-10", "payment.received", None, amount=str(ASKED)).told("2026-03-20", "payment.reversed", None, amount=str(ASKED))
    found = state_on(ladder, "2026-03-20")
    assert (found.outstanding, found.credit) == ({"F-1": D("1000.00"), "F-2": D("500.00")}, {})


def test_what_was_asked_of_a_partly_disputed_invoice_is_paid_and_the_rest_stays_disputed(bench):
    ladder = bench(LADDER, top=OPEN, amount="1000.00").invoice("F-2", "2026-03-03", "500.00").told("2026-02-03", "dispute.opened", amount="400.00", reason="x")
    entry = next(each for each in ladder.play("2026-02-06", "2026-03-03").entries if each.first.step == "ferme")
    assert entry.first.claimed.principal == D("600.00")
    ladder.facts = ladder.play("2026-02-06", "2026-03-04").facts
    found = state_on(ladder.told("2026-03-05", "payment.received", None, amount=str(entry.first.claimed.total)), "2026-03-05")
    assert found.outstanding == {"F-1": 1000 - entry.first.claimed.total, "F-2": D("500.00")}


def test_the_sum_the_journal_has_counts(bench):
    claimed = {"currency": "EUR", "principal": "1000.00", "late_interest": "10.00", "fixed_indemnity": "40.00", "total": "1050.00"}
    ladder = bench(LADDER, top=OPEN, amount="1000.00").invoice("F-2", "2026-03-05", "500.00")
    ladder.done("ferme", "2026-03-03", invoices=("F-1",), claimed=claimed).told("2026-03-10", "payment.received", None, amount="1050.00")
    assert balances(ladder.facts, date(2026, 3, 10)).outstanding == {"F-1": 0, "F-2": D("500.00")}  # without the playbook


def test_a_part_payment_says_what_it_served(bench):
    found = sums_on(bench(LADDER, top=OPEN, amount="1000.00").told("2026-02-11", "payment.received", amount="200.00"), "2026-03-03")
    (line,) = found.invoices
    (served,) = line.received
    assert (served.on, served.amount, served.interest, served.principal) == (date(2026, 2, 11), D("200.00"), D("3.33"), D("196.67"))
    assert line.principal == found.principal == 1000 - served.principal


PLAN = {"instalments": ({"on": date(2026, 3, 15), "amount": D(400)}, {"on": date(2026, 4, 15), "amount": D(400)}, {"on": date(2026, 5, 15), "amount": D(400)})}


def broken_plan(bench, **said):
    ladder = bench(LADDER, top=OPEN, amount="1200.00").told("2026-02-20", "plan.agreed", **PLAN, **said)
    return ladder.told("2026-03-14", "payment.received", amount="400.00")


def test_a_plan_s_money_serves_the_principal_and_its_days_bear_no_interest(bench):
    found = sums_on(broken_plan(bench), "2026-04-29")
    assert found.principal == D("800.00")
    assert [(each.start, each.end, each.base) for each in found.segments] == [
        (date(2026, 2, 2), date(2026, 2, 19), D("1200.00")),
        (date(2026, 4, 18), date(2026, 4, 29), D("800.00")),  # broken on the 18th: two days of grace after the 15th
    ]
    assert found.invoices[0].received[0].interest == 0


def test_a_plan_may_say_otherwise(bench):
    found = sums_on(broken_plan(bench, serves="interest", interest="runs"), "2026-04-29")
    assert found.principal == 800 + found.invoices[0].received[0].interest
    assert [(each.start, each.end) for each in found.segments] == [(date(2026, 2, 2), date(2026, 3, 14)), (date(2026, 3, 15), date(2026, 4, 29))]
    half = sums_on(broken_plan(bench, interest="runs"), "2026-04-29")
    assert (half.principal, half.segments[0].end) == (D("800.00"), date(2026, 3, 14))


def test_what_comes_after_a_broken_plan_serves_interest_first_again(bench):
    found = sums_on(broken_plan(bench).told("2026-04-25", "payment.received", amount="100.00"), "2026-04-29")
    assert [each.interest > 0 for each in found.invoices[0].received] == [False, True]


@pytest.mark.parametrize(("amount", "left"), [("400.00", "600.00"), ("999.99", "0.01")])
def test_a_part_written_off_ends_that_part_and_no_more(bench, amount, left):
    ladder = bench(LADDER, top=OPEN, amount="1000.00").told("2026-02-04", "written_off", amount=amount, reason="x")
    assert ladder.at("2026-02-06").status is Status.DUE
    found = sums_on(ladder, "2026-03-03")
    assert (found.principal, {each.base for each in found.segments} <= {D(left)}) == (D(left), True)
    assert found.invoices[0].received == ()  # no money came


@pytest.mark.parametrize("amount", ["1000.00", "1000.01", None])
def test_a_loss_of_all_that_is_open_ends_the_claim(bench, amount):
    said = {} if amount is None else {"amount": amount}
    decision = bench(LADDER, top=OPEN, amount="1000.00").told("2026-02-04", "written_off", reason="x", **said).at("2026-02-06")
    assert (decision.status, decision.reason.args) == (Status.STOPPED, ("written_off",))


def test_what_is_left_after_a_part_was_paid_is_all_there_is_to_write_off(bench):
    ladder = bench(LADDER, top=OPEN, amount="1000.00").told("2026-02-03", "payment.received", amount="600.00")
    assert ladder.told("2026-02-04", "written_off", amount="399.00", reason="x").at("2026-02-06").status is Status.DUE
    assert ladder.told("2026-02-05", "written_off", amount="1.00", reason="x").at("2026-02-06").status is Status.STOPPED


def test_a_loss_that_names_no_invoice_is_taken_from_the_oldest(bench):
    ladder = bench(LADDER, top=OPEN).invoice("F-2", "2026-02-05", "50.00").told("2026-02-08", "written_off", None, amount="120.00", reason="x")
    assert state_on(ladder, "2026-02-08").outstanding == {"F-1": 0, "F-2": D("30.00")}


def test_the_forty_euros_of_an_invoice_whose_first_instalment_came_late_are_asked(bench):
    ladder = bench(LADDER, top=OPEN)
    first = replace(ladder.facts.invoices[0], id="F-1/1", document="F-1")
    ladder.facts = replace(ladder.facts, invoices=(first, Invoice("F-1/2", date(2026, 3, 1), D("100.00"), document="F-1")))
    ladder.told("2026-02-20", "payment.received", "F-1/1", amount="100.00")
    assert sums_on(ladder, "2026-03-02", case=1).fixed_indemnity == 40
    assert sums_on(ladder, "2026-03-01", case=1).fixed_indemnity == 0  # the second is not late yet
    in_time = replace(ladder.facts.events[0], on=date(2026, 2, 1))
    ladder.facts = replace(ladder.facts, events=(in_time,))
    assert sums_on(ladder, "2026-03-02", case=1).fixed_indemnity == 40  # its own


@pytest.mark.parametrize("end", [("written_off", None, {"amount": "1000.00", "reason": "x"}), ("written_off", "F-1", {"amount": "999.99", "reason": "x"}), ("invoice.cancelled", "F-1", {})])
def test_what_was_asked_of_an_invoice_that_is_owed_no_more_is_not_what_a_payment_of_that_sum_pays(bench, end):
    ladder = bench(LADDER, top=OPEN, amount="1000.00").invoice("F-2", "2026-01-02", "1000.00").done("doux", "2026-02-06").done("doux", "2026-02-07", invoice="F-2")
    kind, name, data = end
    ladder.told("2026-02-10", kind, name, **data)
    found = state_on(ladder.told("2026-02-20", "payment.received", None, amount="1000.00"), "2026-02-20")
    left = D("0.01") if data.get("amount") == "999.99" else 0
    assert (found.outstanding, found.credit) == ({"F-1": left, "F-2": 0}, {})


def test_interest_that_a_part_payment_served_was_asked_too(bench):
    """A reminder of the day of a part payment asks principal alone, for what came served the interest: who pays that sum has no credit."""
    ladder = bench("  - {id: ferme, at: J+30, channels: [email], tone: firm, claim: [late_interest]}\n", top=OPEN, amount="1000.00")
    ladder.told("2026-03-03", "payment.received", "F-1", amount="300.00")
    timeline = ladder.play("2026-03-03", "2026-03-03")
    claimed = timeline.entries[0].first.claimed
    assert (claimed.late_interest, claimed.principal) == (0, D("709.99"))
    for more, credit in (("0", {}), ("1.00", {"EUR": D("0.76")})):
        paid = Event(date(2026, 3, 4), "payment.received", None, "EUR", 0, {"amount": claimed.total + D(more)})
        found = balances(replace(timeline.facts, events=(*timeline.facts.events, paid)), date(2026, 3, 4), ladder.playbook)
        assert (found.outstanding, found.credit) == ({"F-1": 0}, credit)  # 24 cents of interest are of the day between
