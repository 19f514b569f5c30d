"""A word about all that a debtor owes is about what there was on its day: nothing issued later is planned, promised, contested, lost, handed over or judged by it (187)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import still_open, undisputed_of
from relance.interpreter.pledges import pledges
from relance.interpreter.scope import OF_WHAT_THERE_WAS, covers
from relance.interpreter.snapshot import Snapshot
from relance.journal.event_types import KINDS
from relance.language import load_playbook
from relance.model import Creditor, Debtor, Event, Facts, Invoice

SAID = date(2026, 2, 11)
OLD = Invoice("F-1", date(2026, 2, 2), Decimal("1000.00"), "EUR", date(2026, 1, 5))
PLAN = {"instalments": ({"on": date(2026, 3, 10), "amount": Decimal("500.00")}, {"on": date(2026, 4, 10), "amount": Decimal("500.00")}), "late": "resumes"}
WORDS = {
    "dispute.opened": ({"reason": "tout"}, "disputed"),
    "promise.made": ({"amount": Decimal("1000.00"), "by": date(2026, 3, 31)}, "promised"),
    "plan.agreed": (PLAN, "plan_running"),
    "written_off": ({}, "written_off"),
    "handed_over": ({"to": "bailiff"}, "handed_over"),
    "case.closed": ({}, "closed"),
}


def known(*events, issued):
    """Return a debtor with an old invoice and one issued on a day, and what was told."""
    new = Invoice("F-7", date(2026, 3, 2), Decimal("400.00"), "EUR", issued)
    return Facts(Creditor("atelier", kind="business"), Debtor("dupont", kind="business"), (OLD, new), tuple(replace(each, seq=place) for place, each in enumerate(events)))


def states(facts, on):
    return {name: each.states for name, each in Snapshot(load_playbook("negligent")[0], facts, on).standings.items()}


def paid(on, amount, name=None):
    return Event(on, "payment.received", name, "EUR", data={"amount": Decimal(amount)})


@pytest.mark.parametrize("later", [0, 1])
@pytest.mark.parametrize("kind", WORDS)
def test_a_word_about_the_debtor_is_about_what_was_issued_by_its_day(kind, later):
    data, state = WORDS[kind]
    found = states(known(Event(SAID, kind, data=data), issued=SAID + timedelta(later)), date(2026, 3, 5))
    assert state in found["F-1"]
    assert (state in found["F-7"]) is not bool(later)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_said_of_a_person_counts_for_what_comes_later_too(kind):
    word, issued = Event(SAID, kind), SAID + timedelta(1)
    assert covers(word, replace(OLD, issued=issued)) is (kind not in OF_WHAT_THERE_WAS)
    assert covers(word, replace(OLD, issued=None))
    assert covers(replace(word, invoice="F-1"), replace(OLD, issued=issued))


@pytest.mark.parametrize(("later", "missing"), [(0, "100.00"), (1, "500.00")])
def test_what_is_paid_of_a_later_invoice_keeps_no_plan_of_before(later, missing):
    facts = known(Event(SAID, "plan.agreed", data=PLAN), paid(date(2026, 3, 9), "400.00", "F-7"), issued=SAID + timedelta(later))
    on = date(2026, 3, 20)
    (plan,) = pledges(facts, OLD, on, "plan.agreed", balances(facts, on))
    assert Decimal("500.00") - plan.received(on) == Decimal(missing)
    assert len(pledges(facts, facts.invoices[1], on, "plan.agreed")) == 1 - later


@pytest.mark.parametrize(("later", "left"), [(0, {"F-1": "0.00", "F-7": "350.00"}), (1, {"F-7": "400.00"})])
def test_a_loss_of_the_account_takes_nothing_of_what_is_issued_later(later, left):
    """All that was open on its day ends there, and is none of a part of what there is now."""
    facts = known(Event(SAID, "written_off", None, "EUR", data={"amount": Decimal("1050.00")}), issued=SAID + timedelta(later))
    on = date(2026, 3, 5)
    found = balances(facts, on)
    assert bool(found.partly) is not bool(later)
    assert still_open(facts, found, on) == {name: Decimal(amount) for name, amount in left.items() if Decimal(amount)}


@pytest.mark.parametrize(
    ("part", "left"),
    [("200.00", ("800.00", "400.00")), ("1000.00", ("0.00", "400.00")), ("1000.01", ("0.00", "399.99")), ("1399.99", ("0.00", "0.01")), ("1400.00", ("0.00", "0.00")), ("9999.00", ("0.00", "0.00"))],
)
def test_a_part_that_is_contested_of_an_account_is_contested_once(part, left):
    facts = known(Event(SAID, "dispute.opened", None, "EUR", data={"reason": "casse", "amount": Decimal(part)}), issued=SAID)
    found = Snapshot(load_playbook("negligent")[0], facts, date(2026, 3, 5)).standings
    assert [f"{each.undisputed:.2f}" for each in found.values()] == [*left]
    assert ["disputed" in each.states for each in found.values()] == [amount == "0.00" for amount in left]
    held = balances(facts, date(2026, 3, 5)).outstanding
    assert [f"{undisputed_of(facts, each, held[each.id], date(2026, 3, 5), held):.2f}" for each in facts.invoices] == [*left]


def test_a_part_that_is_contested_of_a_later_account_or_invoice_is_its_own():
    """What was issued after the word is none of it; a word about one invoice takes the place of that about all, for that one."""
    told = Event(SAID, "dispute.opened", None, "EUR", data={"reason": "casse", "amount": Decimal("1200.00")})
    own = replace(told, invoice="F-7", currency=None, data={"reason": "prix", "amount": Decimal("50.00")})
    for facts, left in ((known(told, issued=SAID + timedelta(1)), ["0.00", "400.00"]), (known(told, own, issued=SAID), ["0.00", "350.00"])):
        assert [f"{each.undisputed:.2f}" for each in Snapshot(load_playbook("negligent")[0], facts, date(2026, 3, 5)).standings.values()] == left


def test_money_that_names_nothing_pays_what_is_not_contested_of_an_account_first():
    """Of 1400.00, 1200.00 are contested: the first is so as a whole, and waits for the rest of the second."""
    told = Event(SAID, "dispute.opened", None, "EUR", data={"reason": "casse", "amount": Decimal("1200.00")})
    facts = known(told, paid(date(2026, 3, 9), "300.00"), issued=SAID)
    assert {name: str(amount) for name, amount in balances(facts, date(2026, 3, 10)).outstanding.items()} == {"F-1": "1000.00", "F-7": "100.00"}


def test_a_judgment_over_the_account_raises_no_interest_of_what_is_issued_later():
    told = Event(SAID, "judgment.given", data={"enforceable_on": SAID})
    assert [covers(told, each) for each in known(issued=SAID + timedelta(1)).invoices] == [True, False]
