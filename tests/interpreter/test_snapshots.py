"""A debtor on a day: which channel reaches him, what counts for which claim, where a case stands, what a judgment or a procedure says of its interest."""

from dataclasses import replace
from decimal import Decimal

import pytest
from test_edges_of_states import CLAIM, day, emitted, fold, numbered

from relance.interpreter.cases import cases
from relance.interpreter.scope import covers, is_notice, judged, speaks_of, stopped_on
from relance.interpreter.snapshot import Snapshot, case_today, reachable, refused_channels
from relance.law.claims import owed_of
from relance.model import Address, Channel, ContactDay, Creditor, Debtor, Event, Facts, Invoice

D = Decimal
SECOND = Invoice("F-2", day("03-01"), D(50), "EUR", document="D-2")
DEBTOR = Debtor("d", email="a@b.example", phone="0612345678", address=Address(("1 rue A", "75002 Paris")))
GUARDED = ("02-10", "person.known", {"state": "guardianship", "name": "Mme Roux", "email": "r@t.example"}, None)


def facts_of(*words, debtor=DEBTOR, invoices=(CLAIM, SECOND)):
    return Facts(Creditor("c"), debtor, invoices, numbered(*words))


REFUSED = ("02-10", "channel.refused", {"channel": "email"}, None)


@pytest.mark.parametrize(
    ("words", "on", "channel", "reached"),
    [
        ([], "03-01", "email", True),
        ([], "03-01", "task", True),
        ([REFUSED], "02-09", "email", True),
        ([REFUSED], "02-10", "email", False),
        ([REFUSED], "03-01", "sms", True),
        ([(*REFUSED[:3], "F-2")], "03-01", "email", False),  # said of one of his invoices
        ([(*REFUSED[:3], "F-9")], "03-01", "email", True),  # of none of them
        ([("02-10", "contact.made", {"channel": "email"}, None)], "03-01", "email", True),
        ([GUARDED], "03-01", "email", True),  # the guardian's mailbox
        ([GUARDED], "03-01", "letter", False),  # of whom no address is known
        ([GUARDED], "02-09", "letter", True),
        ([("02-10", "person.known", {"state": "deceased"}, None)], "03-01", "letter", True),  # the ladder is silent; his own address counts
    ],
)
def test_which_channel_reaches_a_debtor(bench, words, on, channel, reached):
    facts = facts_of(*words)
    assert reachable(facts, Channel(channel), day(on)) is reached
    playbook = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n").playbook
    assert Snapshot(playbook, facts, day(on)).reaches(Channel(channel)) is reached


BOX = {"role": "accounting", "email": "compta@d.example"}
WITHOUT = replace(DEBTOR, email=None)


@pytest.mark.parametrize(
    ("words", "debtor", "on", "reached"),
    [
        ([("02-10", "addressee.named", BOX, None)], WITHOUT, "02-10", True),
        ([("02-10", "addressee.named", BOX, None)], WITHOUT, "02-09", False),
        ([("02-10", "addressee.named", BOX, None), ("02-20", "addressee.ended", {"role": "accounting"}, None)], WITHOUT, "02-20", False),
        ([("02-10", "addressee.named", BOX, None), ("02-20", "addressee.ended", {"role": "director"}, None)], WITHOUT, "02-20", True),
        ([("02-10", "addressee.named", {"role": "accounting", "name": "Mme Mirail"}, None)], WITHOUT, "02-10", False),
        ([("02-10", "addressee.named", BOX | {"role": "salesman"}, None)], WITHOUT, "02-10", False),  # the creditor's own man
        ([("02-10", "addressee.named", BOX, None)], replace(WITHOUT, kind="consumer"), "02-10", False),  # who has no such people
        ([("02-10", "addressee.named", BOX, None), REFUSED], WITHOUT, "02-10", False),
        ([("02-10", "addressee.named", BOX, None), (*GUARDED[:2], {"state": "guardianship", "name": "Mme Roux", "address": "1 rue B, 69001 Lyon"}, None)], WITHOUT, "03-01", False),
    ],
)
def test_the_mailbox_of_a_role_of_his_house_reaches_a_debtor_who_has_none_of_his_own(bench, words, debtor, on, reached):
    facts = facts_of(*words, debtor=debtor)
    assert reachable(facts, Channel.EMAIL, day(on)) is reached
    playbook = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n").playbook
    assert Snapshot(playbook, facts, day(on)).reaches(Channel.EMAIL) is reached


def test_every_channel_that_was_refused_is_named():
    facts = facts_of(REFUSED, ("02-11", "channel.refused", {"channel": "sms"}, "D-2"))
    assert refused_channels(facts, day("02-11")) == {"email", "sms"}
    assert refused_channels(facts, day("02-10")) == {"email"}


@pytest.mark.parametrize(
    ("name", "currency", "counts"),
    [(None, None, (True, True)), (None, "USD", (False, False)), (None, "EUR", (True, True)), ("F-1", None, (True, False)), ("D-2", None, (False, True)), ("F-9", None, (False, False))],
)
def test_which_claims_an_event_counts_for(name, currency, counts):
    event = Event(day("02-01"), "x", name, currency)
    assert (covers(event, CLAIM), covers(event, SECOND)) == counts


JUDGED = ("03-01", "judgment.given", {"enforceable_on": day("03-01"), "capitalised_from": day("04-01")}, "F-1")


@pytest.mark.parametrize(
    ("words", "on", "enforceable", "capitalised"),
    [
        ([], "12-31", None, None),
        ([JUDGED], "03-01", "03-01", "04-01"),
        ([JUDGED], "02-28", None, None),
        ([(*JUDGED[:3], "F-2")], "12-31", None, None),  # over another
        ([("03-01", "judgment.noted", JUDGED[2], "F-1")], "12-31", None, None),
        ([("03-01", "judgment.given", {"enforceable_on": day("03-01")}, "F-1")], "12-31", "03-01", None),
        ([JUDGED, ("05-01", "judgment.given", {"enforceable_on": day("02-01"), "capitalised_from": day("05-01")}, None)], "12-31", "02-01", "04-01"),  # the first day of each
    ],
)
def test_what_judgments_say_of_the_interest_of_a_claim(words, on, enforceable, capitalised):
    found = judged(owed_of(CLAIM), facts_of(*words), CLAIM, day(on))
    assert (found.enforceable_on, found.capitalised_from) == (enforceable and day(enforceable), capitalised and day(capitalised))
    assert found.id == "F-1"


OPENED = ("03-10", "insolvency.opened", {"published_on": day("03-08")}, None)
CLOSED = ("05-10", "insolvency.closed", {}, None)


@pytest.mark.parametrize(
    ("words", "on", "invoices", "stopped"),
    [
        ([], "12-31", [CLAIM], None),
        ([OPENED], "03-09", [CLAIM], None),
        ([OPENED], "03-10", [CLAIM], "03-08"),
        ([("03-10", "insolvency.opened", {"published_on": day("03-08"), "judged_on": day("03-05")}, None)], "12-31", [CLAIM], "03-05"),
        ([("03-10", "insolvency.opened", {}, None)], "12-31", [CLAIM], "03-10"),
        ([OPENED, ("03-20", "insolvency.opened", {"judged_on": day("03-01")}, None)], "12-31", [CLAIM], "03-08"),  # it was open already
        ([(*OPENED[:3], "F-2")], "12-31", [CLAIM], None),
        ([(*OPENED[:3], "F-2"), OPENED], "12-31", [CLAIM], "03-08"),
        ([OPENED, CLOSED], "12-31", [CLAIM], "03-08"),  # nothing starts anew for what was due before
        ([OPENED, CLOSED], "12-31", [replace(CLAIM, due=day("05-09"))], "03-08"),
        ([OPENED, CLOSED], "12-31", [replace(CLAIM, due=day("05-10"))], None),  # due when it was over
        ([OPENED, CLOSED], "12-31", [replace(CLAIM, due=day("06-01")), CLAIM], "03-08"),
        ([CLOSED], "12-31", [CLAIM], None),
        ([OPENED, CLOSED, ("06-01", "insolvency.opened", {"judged_on": day("06-01")}, None)], "12-31", [CLAIM], "03-08"),
        ([OPENED, CLOSED, ("06-01", "insolvency.opened", {"judged_on": day("06-01")}, None), ("07-01", "insolvency.closed", {}, None)], "12-31", [CLAIM], "03-08"),
        ([OPENED, ("04-01", "payment.received", {"amount": D(1)}, None), CLOSED], "12-31", [CLAIM], "03-08"),
        ([OPENED], "12-31", [], None),
    ],
)
def test_the_judgment_that_stops_interest(words, on, invoices, stopped):
    assert stopped_on(numbered(*words), invoices, day(on)) == (stopped and day(stopped))


@pytest.mark.parametrize(
    ("said", "steps", "notice"),
    [({"kind": "formal_notice"}, (), True), ({"kind": "reminder"}, ("a",), False), ({}, ("a",), True), ({}, ("b",), False), ({}, (), False)],
)
def test_what_is_a_formal_notice(said, steps, notice):
    (act,) = fold(emitted(**said))
    assert is_notice(act, steps) is notice


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ({"invoices": ("F-1",)}, (True, False)),
        ({"invoices": ("F-2",), "case": "F-1"}, (False, True)),
        ({"case": "F-1"}, (True, False)),
        ({"case": "D-2"}, (False, True)),
        ({"case": "d"}, (True, True)),
        ({"case": "d/EUR"}, (True, True)),
        ({"case": "d/USD"}, (False, False)),
        ({"case": "e/EUR"}, (False, False)),
    ],
)
def test_which_invoices_an_act_is_about(said, about):
    (act,) = fold(emitted(on="03-01", **said))
    assert (speaks_of(act, CLAIM, "d"), speaks_of(act, SECOND, "d")) == about


def test_an_act_of_an_account_is_about_what_was_issued_by_its_day():
    (act,) = fold(emitted(on="01-02", case="d/EUR"))
    assert speaks_of(act, CLAIM, "d")  # issued on that day
    assert not speaks_of(replace(act, on=day("01-01")), CLAIM, "d")
    (whole,) = acts = fold((*emitted(on="03-01"), None))
    assert len(acts) == 1
    assert (whole.case, speaks_of(whole, CLAIM, "d"), speaks_of(whole, SECOND, "d")) == ("", True, True)


TOP = "calendar: {holidays: FR, weekend: [], when_closed: keep}\nunit: account\n"
STEP = "  - {id: a, at: J, channels: [email], tone: courteous}\n"


def unit_of(ladder, on):
    (case,) = cases(ladder.playbook, ladder.facts)
    return case_today(case, Snapshot(ladder.playbook, ladder.facts, day(on)))


def test_the_oldest_of_what_is_left_carries_a_case_then_of_what_is_open_then_of_all(bench):
    ladder = bench(STEP, top=TOP).invoice("F-2", "2026-02-01", "50.00").invoice("F-0", "2026-02-10", "30.00")
    assert unit_of(ladder, "03-01").carrier.id == "F-1"  # of one day, the smaller name
    ladder.told("2026-03-01", "dispute.opened", "F-1")
    assert (unit_of(ladder, "03-01").carrier.id, [each.invoice.id for each in unit_of(ladder, "03-01").left]) == ("F-2", ["F-2", "F-0"])
    ladder.told("2026-03-02", "payment.received", "F-2", amount="50.00").told("2026-03-02", "payment.received", "F-0", amount="30.00")
    assert (unit_of(ladder, "03-02").carrier.id, unit_of(ladder, "03-02").left) == ("F-1", ())  # nothing is left, this is open
    ladder.told("2026-03-03", "payment.received", "F-1", amount="100.00")
    assert unit_of(ladder, "03-03").carrier.id == "F-1"
    assert unit_of(ladder, "2026-01-01").carrier.id in {"F-1", "F-2"}


def test_a_state_is_of_an_account_when_none_of_its_invoices_is_left(bench):
    ladder = bench(STEP, top=TOP).invoice("F-2", "2026-02-01", "50.00").told("2026-02-20", "dispute.opened", "F-1")
    assert "disputed" not in unit_of(ladder, "02-20").states
    ladder.told("2026-02-21", "dispute.opened", "F-2")
    assert "disputed" in unit_of(ladder, "02-21").states
    ladder.told("2026-02-22", "insolvency.opened", "F-1")
    assert "insolvent" in unit_of(ladder, "02-22").states
    assert "paid" not in unit_of(ladder, "02-22").states
    paid = bench(STEP, top=TOP).told("2026-02-20", "payment.received", amount="100.00")
    assert ("paid" in unit_of(paid, "02-19").states, "paid" in unit_of(paid, "02-20").states) == (False, True)
    assert "paid" not in unit_of(bench(STEP, top=TOP, issued="2026-02-01"), "01-31").states  # there is no claim yet
    gone = bench(STEP, top=TOP).invoice("F-2", "2026-02-01", "50.00").told("2026-02-20", "insolvency.opened", "F-2").told("2026-02-20", "payment.received", "F-2", amount="50.00")
    assert "insolvent" not in unit_of(gone, "02-21").states  # of what is open alone
    assert "insolvent" in unit_of(gone.told("2026-02-22", "payment.received", "F-1", amount="100.00"), "02-22").states


def test_the_contacts_of_other_creditors_count_up_to_today(bench):
    ladder = bench(STEP, top=TOP + "contact: {min_gap: 3 days}\n")
    ladder.facts = replace(ladder.facts, contacts_elsewhere=(ContactDay(day("02-03")), ContactDay(day("02-05"))))
    assert [len(Snapshot(ladder.playbook, ladder.facts, day(on)).contacts) for on in ("02-02", "02-03", "02-05")] == [0, 1, 2]
    assert Snapshot(ladder.playbook, ladder.facts, day("02-05")).full == (day("02-05"),)


def test_a_part_that_was_written_off_does_not_end_its_claim_on_a_day(bench):
    ladder = bench(STEP, top=TOP).told("2026-02-20", "written_off", amount="40.00")
    assert "written_off" not in Snapshot(ladder.playbook, ladder.facts, day("02-20")).standings["F-1"].states
    assert "written_off" in Snapshot(ladder.playbook, ladder.told("2026-02-21", "written_off", amount="60.00").facts, day("02-21")).standings["F-1"].states


def test_the_grace_of_a_promise_is_counted_by_the_calendar_of_the_playbook(bench):
    ladder = bench(STEP, top="calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\ngrace: 1 business day\n")
    ladder.told("2026-03-02", "promise.made", by="2026-03-06")  # a Friday
    assert ["promised" in Snapshot(ladder.playbook, ladder.facts, day(on)).standings["F-1"].states for on in ("03-09", "03-10")] == [True, False]
