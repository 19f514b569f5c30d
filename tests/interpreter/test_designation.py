"""What money that names nothing is for, by its debtor's word: a promise or a plan about one of his invoices (C. civ. 1342-10, al. 1)."""

from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.snapshot import Snapshot

D = Decimal
STEPS = "  - {id: doux, at: J+5, channels: [email], tone: courteous}\n"
OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\ngrace: 2 days\n"
TERMS = [{"on": date(2026, month, 10), "amount": D(100)} for month in (3, 4, 5)]


@pytest.fixture
def owing(bench):
    """Make a debtor who owes F-1 of 500.00 since January, and F-2 of 300.00 since February."""
    return lambda: bench(STEPS, top=OPEN, due="2026-01-10", amount="500.00").invoice("F-2", "2026-02-01", "300.00")


def stands(ladder, on):
    today = Snapshot(ladder.playbook, ladder.facts, date.fromisoformat(on))
    return {name: int(amount) if amount == int(amount) else amount for name, amount in today.balances.outstanding.items()}, today.standings["F-2"].states


def paid(ladder, *payments):
    for on, amount in payments:
        ladder.told(on, "payment.received", None, amount=amount)
    return ladder


@pytest.mark.parametrize(
    ("payments", "left", "on", "state"),
    [
        ([("2026-03-10", "100.00")], {"F-1": 500, "F-2": 200}, "2026-03-20", "plan_running"),
        ([("2026-03-02", "100.00")], {"F-1": 500, "F-2": 200}, "2026-03-20", "plan_running"),  # before its day
        ([("2026-03-12", "100.00")], {"F-1": 500, "F-2": 200}, "2026-03-20", "plan_running"),  # within the grace
        ([("2026-03-02", "200.00")], {"F-1": 500, "F-2": 100}, "2026-04-20", "plan_running"),  # two at once
        ([("2026-03-02", "300.00")], {"F-1": 500, "F-2": 0}, "2026-04-20", None),
        ([("2026-03-10", "130.00")], {"F-1": 470, "F-2": 200}, "2026-03-20", "plan_running"),  # what is more goes to the oldest
        ([("2026-03-10", "60.00")], {"F-1": 500, "F-2": 240}, "2026-03-20", "plan_broken"),
        ([("2026-03-10", "60.00"), ("2026-03-12", "40.00")], {"F-1": 500, "F-2": 200}, "2026-03-20", "plan_running"),
        ([("2026-04-08", "200.00")], {"F-1": 500, "F-2": 100}, "2026-04-20", "plan_running"),  # what was missed and the next one
        ([("2026-03-10", "100.00"), ("2026-04-10", "100.00"), ("2026-05-10", "100.00"), ("2026-05-20", "50.00")], {"F-1": 450, "F-2": 0}, "2026-06-01", None),
    ],
)
def test_money_that_comes_under_the_plan_of_one_invoice_is_for_it(owing, payments, left, on, state):
    ladder = paid(owing().told("2026-02-20", "plan.agreed", "F-2", instalments=TERMS), *payments)
    found, states = stands(ladder, on)
    assert found == left
    assert states & {"plan_running", "plan_broken"} == ({state} if state else set())


def test_money_for_a_message_about_another_invoice_keeps_no_plan(owing):
    ladder = owing().done("doux", "2026-01-15").told("2026-02-20", "plan.agreed", "F-2", instalments=TERMS)
    found, states = stands(paid(ladder, ("2026-03-05", "500.00")), "2026-03-20")
    assert (found, states) == ({"F-1": 0, "F-2": 300}, {"plan_broken"})
    found, states = stands(paid(owing().told("2026-02-20", "plan.agreed", "F-2", instalments=TERMS), ("2026-03-05", "500.00")), "2026-03-20")
    assert (found, states) == ({"F-1": 100, "F-2": 200}, {"plan_running"})  # nobody asked just that sum: first what the plan asks next


@pytest.mark.parametrize(("end", "about", "left"), [("plan.cancelled", "F-2", 400), ("plan.agreed", None, 400), ("plan.cancelled", "F-1", 500)])
def test_a_plan_that_gave_way_is_what_no_money_is_for(owing, end, about, left):
    ladder = owing().told("2026-02-20", "plan.agreed", "F-2", instalments=TERMS)
    ladder.told("2026-02-25", end, about, **({"instalments": TERMS} if end == "plan.agreed" else {}))
    assert stands(paid(ladder, ("2026-03-10", "100.00")), "2026-03-20")[0] == {"F-1": left, "F-2": 700 - left}


def test_a_plan_that_ends_with_a_missed_instalment_means_no_part_of_it_any_more(owing):
    ladder = owing().told("2026-02-20", "plan.agreed", "F-2", instalments=TERMS, late="ends")
    assert stands(paid(ladder, ("2026-03-20", "90.00")), "2026-03-20")[0] == {"F-1": 410, "F-2": 300}


@pytest.mark.parametrize(
    ("payments", "left", "on", "state"),
    [
        ([("2026-03-02", "250.00")], {"F-1": 500, "F-2": 50}, "2026-03-20", None),
        ([("2026-03-14", "250.00")], {"F-1": 500, "F-2": 50}, "2026-03-20", "promise_broken"),  # too late, and still that very sum
        ([("2026-03-02", "100.00")], {"F-1": 500, "F-2": 200}, "2026-03-09", "promised"),
        ([("2026-03-02", "100.00"), ("2026-03-10", "150.00")], {"F-1": 500, "F-2": 50}, "2026-03-20", None),
        ([("2026-03-02", "400.00")], {"F-1": 350, "F-2": 50}, "2026-03-20", None),
        ([("2026-03-14", "100.00")], {"F-1": 400, "F-2": 300}, "2026-03-20", "promise_broken"),
        ([("2026-02-19", "250.00")], {"F-1": 250, "F-2": 300}, "2026-03-20", "promise_broken"),  # before it was made
    ],
)
def test_money_that_comes_upon_a_promise_is_for_what_was_promised(owing, payments, left, on, state):
    ladder = paid(owing().told("2026-02-20", "promise.made", "F-2", amount="250.00", by="2026-03-10"), *payments)
    found, states = stands(ladder, on)
    assert found == left
    assert states & {"promised", "promise_broken"} == ({state} if state else set())


def test_what_was_promised_beyond_what_is_owed_goes_by_the_order_of_the_law(owing):
    ladder = paid(owing().told("2026-02-20", "promise.made", "F-2", amount="350.00", by="2026-03-10"), ("2026-03-02", "350.00"))
    assert stands(ladder, "2026-03-20")[0] == {"F-1": 450, "F-2": 0}


def test_a_payment_that_goes_back_takes_from_what_it_was_for(owing):
    ladder = paid(owing().told("2026-02-20", "plan.agreed", "F-2", instalments=TERMS), ("2026-03-10", "100.00"))
    ladder.told("2026-03-15", "payment.reversed", None, amount="100.00")
    assert stands(ladder, "2026-03-20") == ({"F-1": 500, "F-2": 300}, {"plan_broken"})
