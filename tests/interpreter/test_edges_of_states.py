"""Where a claim and an action stand, word by word: the day before, the day itself, the day after; this action and its neighbour."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.dates import Duration
from relance.interpreter.action_id import action_id, file_reference, reference_of
from relance.interpreter.action_state import ActionState, acts, apply_event, contact_days, in_order
from relance.interpreter.invoice_state import state_of_invoice, unmatched_money
from relance.interpreter.pledges import pledges
from relance.model import Calendar, Channel, ContactDay, Creditor, Debtor, Event, Facts, Invoice, Sender

D = Decimal


def day(text):
    """Read a day of 2026 (`03-10`), or a whole date."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


CLAIM = Invoice("F-1", day("2026-02-01"), D(100), "EUR", day("2026-01-02"), performed=day("2026-02-01"))


def numbered(*words):
    """Make events, one after the other, of (day, kind, data, invoice): of F-1 where none is said."""
    filled = [(*word, *({}, "F-1")[len(word) - 2 :]) for word in words]
    return tuple(Event(day(on), kind, name, None, seq, data) for seq, (on, kind, data, name) in enumerate(filled))


def standing(on, *words, claim=CLAIM):
    facts = Facts(Creditor("c", kind="business"), Debtor("d", kind="business"), (claim,), numbered(*words))
    return state_of_invoice(facts, claim, claim.amount, day(on), grace=Duration(0), calendar=Calendar())


SUSPENDED = ("2027-01-10", "limitation.suspended", {"by": "impossibility"})


@pytest.mark.parametrize(
    ("words", "barred"),
    [
        ([], "2031-02-02"),
        ([SUSPENDED, ("2027-03-11", "limitation.resumed", {})], "2031-04-03"),  # sixty days
        ([SUSPENDED, ("2027-02-01", "payment.received", {"amount": D(1)}), ("2027-03-11", "limitation.resumed", {})], "2031-04-03"),
        ([SUSPENDED, ("2027-02-10", *SUSPENDED[1:]), ("2027-03-11", "limitation.resumed", {})], "2031-04-03"),  # it was suspended already
        ([SUSPENDED, ("2027-03-11", "limitation.resumed", {}), ("2027-05-11", "limitation.resumed", {})], "2031-04-03"),
        ([("2027-01-10", "limitation.resumed", {})], "2031-02-02"),  # of nothing
        ([SUSPENDED, ("2027-03-11", "limitation.resumed", {}), ("2027-05-01", *SUSPENDED[1:]), ("2027-05-11", "limitation.resumed", {})], "2031-04-13"),
        ([("2027-01-10", "limitation.suspended", {"by": "suit"}), ("2027-03-11", "limitation.resumed", {})], "2032-03-12"),  # starts anew at its end
        ([("2027-12-02", *SUSPENDED[1:])], "2031-03-03"),  # up to today, 31 December 2027
        ([("2027-12-02", "limitation.suspended", {"by": "suit"})], "2033-01-01"),
    ],
)
def test_limitation_does_not_run_while_it_is_suspended(words, barred):
    assert standing("2027-12-31", *words).barred == day(barred)


def test_a_claim_is_barred_from_that_day_and_not_the_day_before():
    assert "time_barred" not in standing("2031-02-01").states
    assert "time_barred" in standing("2031-02-02").states


def waits(on, reference=None):
    return (on, "payment.unmatched", {"amount": D(10)} | ({} if reference is None else {"reference": reference}))


def matched(on, reference=None):
    return (on, "payment.matched", {} if reference is None else {"reference": reference})


@pytest.mark.parametrize(
    ("words", "held", "ended"),
    [
        ([waits("03-01", "a")], True, None),
        ([waits("03-01", "a"), matched("03-05", "a")], False, "03-05"),
        ([waits("03-01", "a"), waits("03-02", "b"), matched("03-05", "a")], True, None),  # the other waits still
        ([waits("03-01", "a"), waits("03-02", "b"), matched("03-05", "a"), matched("03-06", "b")], False, "03-06"),
        ([waits("03-01", "a"), waits("03-02"), matched("03-05")], False, "03-05"),  # a word without a reference is about all
        ([waits("03-01"), matched("03-05", "a")], True, None),
        ([matched("03-05")], False, None),  # nothing waited: no hold ended
        ([matched("03-05", "a")], False, None),
        ([waits("03-01", "a"), matched("03-05", "a"), matched("03-06")], False, "03-05"),
    ],
)
def test_money_that_nobody_has_matched_holds_a_claim_until_the_last_of_it_is(words, held, ended):
    found = standing("03-10", *words)
    assert ("unmatched_money" in found.states, found.ended) == (held, ended and day(ended))


def test_the_payments_that_wait_are_those_up_to_the_day_that_may_be_about_a_claim_each_once_and_in_order():
    second, foreign = Invoice("F-2", day("2026-02-01"), D(50)), Invoice("F-3", day("2026-02-01"), D(50))
    events = numbered((*waits("03-01", "b")[:3], "F-2"), (*waits("03-02", "c"), None), (*waits("03-03", "a"), "F-1"), (*waits("03-03", "d"), "F-3"), (*matched("03-05", "a"), "F-1"))
    facts = Facts(Creditor("c"), Debtor("d"), (CLAIM, second, foreign), events)
    assert [event.data["reference"] for event in unmatched_money(facts, [CLAIM, second], day("03-03"))] == ["b", "c", "a"]
    assert [event.data["reference"] for event in unmatched_money(facts, [CLAIM, second], day("03-02"))] == ["b", "c"]
    assert [event.data["reference"] for event in unmatched_money(facts, [CLAIM, second], day("03-05"))] == ["b", "c"]
    assert [event.data["reference"] for event in unmatched_money(facts, [foreign], day("03-05"))] == ["c", "d"]


PROMISE = ("03-01", "promise.made", {"by": day("03-10"), "amount": D(100)})
PLAN = ("03-01", "plan.agreed", {"instalments": ({"on": day("03-10"), "amount": D(60)}, {"on": day("04-10"), "amount": D(40)})})


def paid(on, amount, kind="payment.received"):
    return (on, kind, {"amount": D(amount)})


@pytest.mark.parametrize(
    ("on", "words", "state", "ended", "broken"),
    [
        ("03-10", [PROMISE], "promised", None, None),
        ("03-10", [PROMISE, paid("03-10", 40)], "promised", None, None),  # the day itself is in time
        ("03-11", [PROMISE, paid("03-10", 40)], "promise_broken", "03-10", "03-11"),
        ("03-11", [PROMISE, paid("03-10", 100)], None, "03-10", None),
        ("03-11", [PROMISE, paid("03-05", 60), paid("03-10", 40)], None, "03-10", None),  # kept once all of it is there
        ("03-10", [PROMISE, paid("03-05", 100), paid("03-08", 100, "payment.reversed")], "promised", None, None),
        ("03-10", [("03-01", "promise.made", {"by": day("03-10")}), paid("03-05", 40)], "promised", None, None),  # all that is owed
        ("03-11", [("03-01", "promise.made", {"by": day("03-10")}), paid("03-05", 40)], "promise_broken", "03-10", "03-11"),
        ("03-11", [PLAN, paid("03-10", 60)], "plan_running", None, None),
        ("03-11", [PLAN, paid("03-10", 59)], "plan_broken", "03-10", "03-11"),
        ("03-09", [PLAN, ("03-05", "plan.cancelled", {})], None, "03-05", None),
        ("03-20", [PLAN, ("03-15", "plan.cancelled", {})], "plan_broken", "03-10", "03-11"),  # it was broken before
    ],
)
def test_a_promise_or_a_plan_stands_until_the_day_after_its_day(on, words, state, ended, broken):
    found = standing(on, *words)
    assert found.states & {"promised", "promise_broken", "plan_running", "plan_broken"} == ({state} if state else set())
    assert found.ended == (ended and day(ended))
    assert found.anchors.get("promise.broken", found.anchors.get("plan.broken")) == (broken and day(broken))


def test_what_is_paid_under_a_plan_serves_the_principal_unless_the_plan_says_otherwise():
    (kept,) = standing("03-05", PLAN).plans
    assert (kept.start, kept.end, kept.on_principal, kept.suspends) == (day("03-01"), day("03-05"), True, True)
    (other,) = standing("03-05", ("03-01", "plan.agreed", PLAN[2] | {"serves": "interest", "interest": "runs"})).plans
    assert (other.on_principal, other.suspends) == (False, False)


def test_a_plan_that_is_mended_was_kept_up_to_the_day_before_it_broke_and_from_the_day_its_money_came():
    found = standing("03-31", PLAN, paid("03-20", 60)).plans
    assert [(each.start, each.end) for each in found] == [(day("03-01"), day("03-10")), (day("03-20"), day("03-31"))]


HELD = ("03-01", "hold.placed", {"until": day("03-10")})


@pytest.mark.parametrize(
    ("on", "words", "held", "ended", "lifted"),
    [
        ("03-10", [HELD], True, None, None),  # its last day is one of it
        ("03-11", [HELD], False, "03-10", "03-11"),
        ("03-11", [("03-01", "hold.placed", {})], True, None, None),
        ("03-11", [HELD, ("03-05", "hold.lifted", {})], False, "03-05", "03-05"),
        ("03-20", [("03-15", "hold.lifted", {}), ("03-16", "hold.placed", {"until": day("03-10")})], False, "03-15", "03-15"),  # for days that were over
    ],
)
def test_a_hold_lasts_through_its_last_day(on, words, held, ended, lifted):
    found = standing(on, *words)
    assert ("on_hold" in found.states, found.ended, found.anchors.get("hold.lifted")) == (held, ended and day(ended), lifted and day(lifted))


def test_money_counts_towards_a_promise_in_its_currency_from_its_word_on():
    words = numbered(paid("03-01", 5), PROMISE, paid("03-01", 7), paid("03-02", 9, "payment.reversed"), paid("03-02", 11, "credit_note.issued"))
    facts = Facts(Creditor("c"), Debtor("d"), (CLAIM,), words)
    (found,) = pledges(facts, CLAIM, day("03-05"), "promise.made")
    assert found.money == ((day("03-01"), D(7)), (day("03-02"), D(-9)))
    assert [found.received(day(on)) for on in ("2026-02-28", "03-01", "03-02")] == [0, 7, -2]


# ---------------------------------------------------------------------------------------------------------------- actions


def emitted(on="03-01", **data):
    return (on, "action.emitted", {"step": "a", "playbook": "p", "channel": "email"} | data)


def fold(*words, on="03-31"):
    return acts(numbered(*words), day(on))


@pytest.mark.parametrize(
    ("words", "executed", "moved", "is_open", "is_waiting"),
    [
        ([emitted()], "03-01", "03-01", False, False),
        ([emitted(draft=True)], None, "03-01", False, True),
        ([emitted(draft=True), ("03-04", "action.approved", {"step": "a"})], "03-04", "03-04", False, False),
        ([emitted(channel="call")], None, "03-01", True, False),
        ([emitted(channel="call"), ("03-04", "action.executed", {"step": "a"})], "03-04", "03-01", False, False),  # the ladder moved when it was asked
        ([emitted(channel="call", draft=True)], None, "03-01", False, True),
        ([emitted(channel="call", draft=True), ("03-04", "action.approved", {"step": "a"})], None, "03-01", True, False),
        ([emitted(channel="call"), ("03-04", "action.failed", {"step": "a"})], None, "03-01", False, False),
        ([emitted(channel="call"), ("03-04", "action.cancelled", {"step": "a"})], None, "03-01", False, False),
        ([emitted(channel="call"), ("03-04", "action.skipped", {"step": "a"})], None, "03-04", False, False),
        ([emitted(), ("03-04", "action.failed", {"step": "a"})], None, "03-01", False, False),
    ],
)
def test_what_became_of_an_action(words, executed, moved, is_open, is_waiting):
    (act,) = fold(*words)
    assert (act.executed, act.moved, act.open, act.waits) == (executed and day(executed), day(moved), is_open, is_waiting)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ({"step": "a"}, True),
        ({"step": "b"}, False),
        ({"step": "a", "playbook": "p"}, True),
        ({"step": "a", "playbook": ""}, True),  # it does not say which
        ({"step": "a", "playbook": "q"}, False),
        ({"step": "b", "playbook": "p"}, False),
        ({"step": "a", "channel": "call"}, True),
        ({"step": "a", "channel": "email"}, False),
        ({"step": "b", "channel": "call"}, False),
        ({"step": "a", "occurrence": 1}, True),
        ({"step": "a", "occurrence": 2}, False),
        ({"step": "b", "occurrence": 1}, False),
        ({"step": "a", "channel": "email", "occurrence": 1}, False),
    ],
)
def test_a_word_without_an_id_is_about_the_action_that_has_all_it_names(word, meant):
    (act,) = fold(emitted(channel="call"), ("03-04", "action.executed", word))
    assert act.executed == (day("03-04") if meant else None)


def test_an_action_of_no_playbook_is_meant_by_any_and_a_word_of_another_case_means_none():
    (act,) = fold(emitted(channel="call", playbook=""), ("03-04", "action.executed", {"step": "a", "playbook": ""}))
    assert act.executed == day("03-04")
    for name, meant in ((None, True), ("F-1", True), ("C-9", True), ("F-2", False)):
        (act,) = fold((*emitted(channel="call", case="C-9"), "F-1"), ("03-04", "action.executed", {"step": "a"}, name))
        assert (act.executed is not None) is meant


@pytest.mark.parametrize(("verb", "meant"), [("approved", False), ("executed", False), ("failed", True), ("cancelled", True)])
def test_of_a_message_that_left_only_that_it_failed_or_was_called_back_is_said_without_its_id(verb, meant):
    (sent, *_), (event,) = fold(emitted(id="x")), numbered(("03-04", f"action.{verb}", {"step": "a"}))
    found = {sent.id: sent}
    assert apply_event(found, event) == (("x",) if meant else ())
    assert found["x"].executed == (None if meant else day("03-01"))


def test_a_word_with_an_id_means_that_action_and_one_with_an_unknown_id_none():
    first, second = emitted(id="x"), emitted(id="y")
    told = {act.id: act for act in fold(first, second, ("03-04", "action.failed", {"id": "x"}), ("03-05", "action.failed", {"id": "z"}))}
    assert (told["x"].failed, told["y"].failed) == (True, False)
    (again,) = fold(first, ("03-04", "action.failed", {"id": "x"}), ("03-05", "action.executed", {"id": "x"}))
    assert (again.failed, again.executed) == (False, day("03-05"))
    (skipped,) = fold(first, ("03-04", "action.skipped", {"id": "x"}))
    assert (skipped.executed, skipped.skipped) == (None, day("03-04"))
    (same,) = fold(first, ("03-04", "action.answered", {"id": "x"}))
    assert same.executed == day("03-01")


def test_a_step_that_was_skipped_before_it_was_asked_is_an_action_that_never_left():
    (act,) = fold(("03-04", "action.skipped", {"step": "a", "channel": "email"}))
    assert (act.step, act.channel, act.draft, act.executed, act.skipped) == ("a", Channel.EMAIL, False, None, day("03-04"))
    assert not fold(("03-04", "action.skipped", {"id": "x"}))
    (drafted,) = fold(("03-04", "action.skipped", {"step": "a", "draft": True}))
    assert (drafted.draft, drafted.channel) == (False, Channel.TASK)  # by no channel that is named: the house's


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ([emitted()], {("03-01", "email")}),
        ([emitted(), emitted("03-05", id="y", channel="call")], {("03-01", "email")}),  # a call that nobody recorded
        ([emitted(channel="call"), ("03-04", "action.executed", {"step": "a"})], {("03-04", "call")}),
        ([emitted(channel="task"), ("03-04", "action.executed", {"step": "a"})], set()),
        ([emitted(sent_by="relance")], {("03-31", "email")}),  # it is to leave today at the earliest
        ([emitted(sent_by="relance"), ("03-04", "action.executed", {"step": "a"})], {("03-04", "email")}),
        ([emitted(sent_by="relance", draft=True)], set()),
        ([emitted(draft=True)], set()),
        ([emitted(sent_by="relance", channel="webhook")], set()),
    ],
)
def test_the_days_on_which_the_debtor_is_contacted(words, days):
    assert {(f"{each.on:%m-%d}", str(each.channel)) for each in contact_days(fold(*words), day("03-31"))} == days


def test_contacts_are_in_the_order_of_their_days_each_once():
    found = [ContactDay(day("03-02"), Channel.SMS), ContactDay(day("03-02")), ContactDay(day("03-01"), Channel.SMS), ContactDay(day("03-02"), Channel.CALL), ContactDay(day("03-02"), Channel.SMS)]
    assert [(each.on.day, each.channel) for each in in_order(found)] == [(1, "sms"), (2, None), (2, "call"), (2, "sms")]


def test_an_action_is_called_by_its_parts_and_a_file_by_its_debtor():
    assert action_id("a", 1) == "839e11a421d370be28db56fd"
    assert action_id("a", "1") != action_id("a1")
    assert file_reference("c", "d", "EUR") == reference_of(action_id("file", "c", "d", "EUR"))
    assert len({file_reference(*parts) for parts in (("c", "d", "EUR"), ("c", "e", "EUR"), ("b", "d", "EUR"), ("c", "d", "USD"))}) == 4
    assert reference_of("7f3a-0c21-99") == "R-7F3A-0C21"
    assert reference_of("xyz-1") == "R-1000-0000"


def test_an_action_is_all_that_the_journal_says_of_it_and_nothing_else():
    (bare,) = fold(("03-01", "action.emitted", {"step": "a"}))
    name = "/a/1/F-1/task/2026-03-01"
    assert bare == ActionState(name, "", "a", 1, Channel.TASK, "F-1", "F-1", day("03-01"), draft=False, executed=None, reference=reference_of(name))
    data = {
        "id": "x", "playbook": "p", "step": "a", "occurrence": 3, "channel": "letter", "case": "C", "carrier": "F-2", "kind": "formal_notice", "message": "m-1", "reference": "R-1",
        "invoices": ("F-2",), "claimed": {"total": "1"}, "capacity": "guardian", "sent_by": "other", "offer": {"amount": "9"}, "deadline": day("03-09"),
    }  # fmt: skip
    (full,) = fold(("03-01", "action.emitted", data))
    said = {name: value for name, value in data.items() if name not in ("channel", "sent_by")}
    assert full == ActionState(**said, channel=Channel.LETTER, sent_by=Sender.OTHER, on=day("03-01"), draft=False, executed=day("03-01"))
    (told,) = fold(("03-01", "action.emitted", data | {"reference": None}))
    assert told.reference == reference_of("m-1")
    (alone,) = fold(("03-01", "action.emitted", data | {"reference": None, "message": None}))
    assert alone.reference == reference_of("x")


@pytest.mark.parametrize(
    ("said", "barred"),
    [({"by": "acknowledgement"}, "2032-01-11"), ({"by": "court"}, "2032-01-11"), ({}, "2032-01-11"), ({"by": "letter"}, "2031-02-02"), ({"by": "reminder"}, "2031-02-02")],
)
def test_limitation_starts_anew_by_what_interrupts_it_and_by_no_letter(said, barred):
    assert standing("2027-12-31", ("2027-01-10", "limitation.interrupted", said)).barred == day(barred)
    assert standing("2027-12-31", ("2027-01-10", "note.added", said)).barred == day("2031-02-02")


UNDONE = [{"failed": True}, {"cancelled": True}, {"skipped": day("03-02")}]
ACT = ActionState("x", "p", "a", 1, Channel.EMAIL, "F-1", "F-1", day("03-01"), draft=False, executed=None, sent_by=Sender.RELANCE)


@pytest.mark.parametrize("undone", [{}, *UNDONE, UNDONE[0] | UNDONE[1], UNDONE[1] | UNDONE[2], UNDONE[0] | UNDONE[2]])
@pytest.mark.parametrize(
    ("act", "waits", "pending", "open_"),
    [
        (replace(ACT, draft=True), True, False, False),
        (replace(ACT, draft=True, approved=day("03-02")), False, True, False),
        (ACT, False, True, False),
        (replace(ACT, sent_by=Sender.OTHER), False, False, False),
        (replace(ACT, executed=day("03-02")), False, False, False),
        (replace(ACT, channel=Channel.CALL), False, False, True),
        (replace(ACT, channel=Channel.CALL, draft=True), True, False, False),
        (replace(ACT, channel=Channel.CALL, draft=True, approved=day("03-02")), False, False, True),
        (replace(ACT, channel=Channel.CALL, executed=day("03-02")), False, False, False),
    ],
)
def test_an_action_waits_is_to_leave_or_is_open_until_one_word_undoes_it(act, waits, pending, open_, undone):
    found = replace(act, **undone)
    assert (found.waits, found.pending, found.open) == ((False, False, False) if undone else (waits, pending, open_))
