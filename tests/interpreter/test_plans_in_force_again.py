"""docs/decisions/101: a plan breaks by an instalment that is missed, and is in force again once all that was missed has come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.reasons import say
from relance.interpreter.snapshot import Snapshot
from relance.model import Status

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\ngrace: 0 days\n"
ONE = "  - {id: r1, at: J+1, channels: [email], tone: neutral}\n"
ANSWERED = "  - {id: answer, at: plan.broken, channels: [letter], tone: neutral, grants: 8 days}\n" + ONE
#: Two instalments of 40.00 on 10 February and 10 March, the rest on 10 April; agreed on 3 February.
DAYS = (("2026-02-10", "40.00"), ("2026-03-10", "40.00"), ("2026-04-10", "20.00"))


def planned(bench, steps=ONE, **said):
    instalments = [{"on": date.fromisoformat(day), "amount": Decimal(amount)} for day, amount in DAYS]
    return bench(steps, top=OPEN).told("2026-02-03", "plan.agreed", instalments=instalments, **said)


def stand(ladder, day):
    """Return the claim's words of its plan, and the days on which the plan was kept."""
    found = Snapshot(ladder.playbook, ladder.facts, date.fromisoformat(day)).standings["F-1"]
    return found.states & {"plan_running", "plan_broken"}, [(each.start.isoformat(), each.end.isoformat()) for each in found.plans]


@pytest.mark.parametrize(("amount", "word"), [("40.00", "plan_running"), ("39.99", "plan_broken"), ("40.01", "plan_running")])
def test_the_whole_of_what_was_missed_puts_a_plan_in_force_again(bench, amount, word):
    ladder = planned(bench).told("2026-02-20", "payment.received", amount=amount)
    assert stand(ladder, "2026-02-19")[0] == {"plan_broken"}
    assert stand(ladder, "2026-02-20")[0] == {word}
    assert (ladder.at("2026-02-20").status is Status.HELD) == (word == "plan_running")


def test_what_came_of_two_missed_instalments_must_cover_both(bench):
    ladder = planned(bench).told("2026-03-20", "payment.received", amount="40.00")
    assert stand(ladder, "2026-03-21")[0] == {"plan_broken"}
    assert stand(ladder.told("2026-03-25", "payment.received", amount="40.00"), "2026-03-25")[0] == {"plan_running"}


def test_the_days_between_are_no_days_of_the_plan(bench):
    ladder = planned(bench).told("2026-02-20", "payment.received", amount="40.00")
    assert stand(ladder, "2026-03-01")[1] == [("2026-02-03", "2026-02-10"), ("2026-02-20", "2026-03-01")]
    assert stand(ladder, "2026-03-20")[1] == [("2026-02-03", "2026-02-10"), ("2026-02-20", "2026-03-10")]
    assert stand(ladder, "2026-03-20")[0] == {"plan_broken"}, "the next one is missed too"


def test_each_instalment_that_is_missed_is_answered(bench):
    ladder = planned(bench, ANSWERED).told("2026-02-20", "payment.received", amount="40.00")
    assert [day for day, step in ladder.dates(until="2026-03-31") if step == "answer"] == ["2026-02-11", "2026-03-11"]


def test_it_is_held_until_the_next_instalment(bench):
    ladder = planned(bench).told("2026-02-20", "payment.received", amount="40.00")
    assert say(ladder.at("2026-03-10").reason) == "plan_running until 2026-04-10"
    assert ladder.at("2026-03-11").status is Status.DUE


@pytest.mark.parametrize("ended", ["plan.cancelled", "late: ends", "case.closed"])
def test_what_was_ended_is_not_in_force_again(bench, ended):
    ladder = planned(bench, **({"late": "ends"} if ended == "late: ends" else {}))
    if ended != "late: ends":
        ladder.told("2026-02-15", ended, **({"reason": "x"} if ended == "case.closed" else {}))
    ladder.told("2026-02-20", "payment.received", amount="40.00")
    assert ladder.at("2026-02-21").status is (Status.STOPPED if ended == "case.closed" else Status.DUE)


def test_one_that_was_cancelled_after_its_arrears_came_is_not_broken_but_ended(bench):
    ladder = planned(bench).told("2026-02-20", "payment.received", amount="40.00").told("2026-02-25", "plan.cancelled")
    assert stand(ladder, "2026-02-26") == (frozenset(), [("2026-02-03", "2026-02-10"), ("2026-02-20", "2026-02-24")])


def test_a_payment_that_is_taken_back_breaks_it_again(bench):
    ladder = planned(bench).told("2026-02-20", "payment.received", amount="40.00").told("2026-02-24", "payment.reversed", amount="40.00")
    assert stand(ladder, "2026-02-23")[0] == {"plan_running"}
    assert stand(ladder, "2026-02-24")[0] == {"plan_broken"}


def test_a_promise_is_broken_for_good(bench):
    ladder = bench(ONE, top=OPEN).told("2026-02-03", "promise.made", amount="60.00", by="2026-02-10").told("2026-02-20", "payment.received", amount="60.00")
    assert "promise_broken" in Snapshot(ladder.playbook, ladder.facts, date(2026, 2, 21)).standings["F-1"].states
