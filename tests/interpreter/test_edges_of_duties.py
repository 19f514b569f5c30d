"""Both sides of each bound of what the events of a month ask for, of what goes back with its money, and of small questions beside the ladder."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.addressees import mailbox_missing
from relance.interpreter.at_stake import at_stake
from relance.interpreter.duties import duties_of, undone
from relance.interpreter.scope import stopped_on
from relance.interpreter.snapshot import Snapshot
from relance.model import Action, Channel, Claimed, Creditor, Debtor, Event, Facts, Invoice, StepKind

AGENCY = "collector: agency\n"
ONE = "  - {id: a, at: J, channels: [letter], tone: courteous}\n"
CLAIM = Invoice("F-1", date(2026, 2, 1), Decimal(100))
TASKS = ("duty.inform_creditor", "duty.receipt", "duty.remit")


def day(text):
    return date.fromisoformat(f"2026-{text}")


def told(*words):
    """Each word is a day and a kind, and perhaps an invoice and a sum."""
    return tuple(
        Event(day(on), kind, more[0] if more else None, None, place, {"amount": Decimal(more[1])} if len(more) > 1 else {}) for place, (on, kind, *more) in enumerate(words, start=1)
    )


def facts_of(*words, mandate=date(2026, 1, 1)):
    return Facts(Creditor("atelier", mandate=mandate), Debtor("dupont", kind="business"), (CLAIM,), told(*words))


def asked(bench, facts, on, top=AGENCY):
    return [(each.step, each.id) for each in duties_of(Snapshot(bench(ONE, top=top).playbook, facts, day(on)))]


PAID = ("03-02", "payment.received", "F-1", "40.00")


@pytest.mark.parametrize(("on", "asks"), [("03-01", False), ("03-02", True), ("04-01", True), ("04-02", False)])
def test_what_an_event_asks_is_given_for_a_month(bench, on, asks):
    """A look back of 31 days: the day itself and the thirty after it."""
    assert [step for step, _ in asked(bench, facts_of(PAID), on)] == list(TASKS if asks else ())


@pytest.mark.parametrize(("mandate", "asks"), [(day("03-01"), True), (day("03-02"), True), (day("03-03"), False), (None, False)])
def test_an_agency_has_duties_from_the_day_of_its_mandate_on(bench, mandate, asks):
    assert bool(asked(bench, facts_of(PAID, mandate=mandate), "03-10")) is asks


@pytest.mark.parametrize("mandate", [None, day("03-03")])
def test_a_creditor_needs_no_mandate_for_what_he_owes_himself(bench, mandate):
    found = asked(bench, facts_of(("03-02", "letter.returned", "F-1"), mandate=mandate), "03-10", top="")
    assert [step for step, _ in found] == ["duty.search_address"]


BACK = ("03-05", "payment.reversed", "F-1", "40.00")


@pytest.mark.parametrize(("on", "gone"), [("03-02", False), ("03-04", False), ("03-05", True), ("05-05", True)])
def test_what_money_asked_is_undone_from_the_day_it_goes_back(bench, on, gone):
    given = asked(bench, facts_of(PAID), "03-02")
    assert undone(facts_of(PAID, BACK), day(on)) == (frozenset(name for _, name in given) if gone else frozenset())


def test_of_two_equal_payments_of_a_day_one_that_goes_back_takes_the_tasks_of_one(bench):
    given = asked(bench, facts_of(PAID, PAID), "03-02")
    assert len({name for _, name in given}) == 6
    assert undone(facts_of(PAID, PAID, BACK), day("03-05")) == frozenset(name for _, name in given[3:])
    assert undone(facts_of(PAID, PAID, BACK, BACK), day("03-05")) == frozenset(name for _, name in given)


def test_only_the_money_that_goes_back_is_undone(bench):
    other, later = ("03-03", "payment.received", "F-1", "30.00"), ("03-09", "payment.received", "F-1", "40.00")
    given = {name for step, name in asked(bench, facts_of(PAID), "03-02")}
    for words in ((PAID, other, BACK), (PAID, BACK, later), (PAID, ("03-03", "letter.returned", "F-1"), BACK), (PAID, ("03-03", "promise.made", "F-1"), BACK)):
        assert undone(facts_of(*words), day("03-10")) == given, words
    assert undone(facts_of(PAID, ("03-05", "payment.reversed", "F-1", "39.99")), day("03-10")) == frozenset()
    assert undone(facts_of(PAID), day("03-10")) == frozenset()
    assert len(undone(facts_of(("03-05", *PAID[1:]), BACK), day("03-05"))) == 3  # booked and taken back on one day


def test_what_goes_back_is_undone_whoever_has_the_mandate():
    """The one who asks may be under another playbook by now: what was asked is told by the events alone."""
    assert undone(facts_of(PAID, BACK, mandate=None), day("03-10")) == undone(facts_of(PAID, BACK), day("03-10")) != frozenset()


# --------------------------------------------------------------------------- what an insolvency stops

OPENED = ("01-10", "insolvency.opened", "F-1")


@pytest.mark.parametrize(
    ("due", "words", "stopped"),
    [
        ("02-01", (OPENED,), "01-10"),
        ("02-01", (OPENED, ("07-01", "note", "F-1")), "01-10"),  # what comes after the day is not known, and nothing before it is forgotten
        ("02-01", (OPENED, ("02-10", "insolvency.closed", "F-1")), "01-10"),
        ("02-09", (OPENED, ("02-10", "insolvency.closed", "F-1")), "01-10"),
        ("02-10", (OPENED, ("02-10", "insolvency.closed", "F-1")), None),
        ("03-01", (OPENED, ("02-10", "insolvency.opened", "F-1")), "01-10"),  # opened twice is opened once, and nothing is closed by it
        ("02-01", (("02-10", "insolvency.closed", "F-1"),), None),
        ("02-01", (("06-30", "insolvency.opened", "F-1"),), "06-30"),
        ("02-01", (("07-01", "insolvency.opened", "F-1"),), None),
        ("02-01", (("01-10", "insolvency.opened", "F-2"),), None),
    ],
)
def test_interest_stops_with_the_judgment_that_came_after_the_claim(due, words, stopped):
    assert stopped_on(told(*words), (replace(CLAIM, due=day(due)),), day("06-30")) == (stopped and day(stopped))
    assert stopped_on(told(*words), (), day("06-30")) is None


# --------------------------------------------------------------------------- what waits for a person


def action(**given):
    usual = {
        "id": "a1", "on": day("03-02"), "creditor": "atelier", "debtor": "dupont", "case": "F-1", "carrier": "F-1", "invoices": ("F-1",), "playbook": "essai", "playbook_version": 1,
        "step": "a", "occurrence": 1, "kind": StepKind.REMINDER, "channel": Channel.EMAIL, "tone": None, "template": "a", "language": "fr", "draft": False, "deadline": None,
        "claimed": Claimed("EUR", Decimal(100), total=Decimal(100)), "reason": "",
    }  # fmt: skip
    return Action(**usual | given)


@pytest.mark.parametrize(("role", "channel", "missing"), [("accounting", Channel.EMAIL, True), ("", Channel.EMAIL, False), ("accounting", Channel.LETTER, False), ("", Channel.LETTER, False)])
def test_a_mailbox_is_missing_only_to_an_e_mail_that_goes_to_a_role(role, channel, missing):
    assert bool(mailbox_missing(action(to_role=role, channel=channel), facts_of())) is missing


@pytest.mark.parametrize("interest", ["0.01", "1.00", "1.01"])
def test_a_charge_that_was_asked_is_at_stake_however_small(interest):
    asked_then = Claimed("EUR", Decimal(100), late_interest=Decimal(interest), total=Decimal(100) + Decimal(interest))
    told_now = at_stake([action(claimed=asked_then)], facts_of(), day("03-02"))
    assert told_now > 100
    assert at_stake([action()], facts_of(), day("03-02")) == 100
