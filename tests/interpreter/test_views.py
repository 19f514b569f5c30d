"""What a playbook sees of a case on a day: each fact on both sides of its bound, what was done of each step, what holds and what stops."""

from dataclasses import replace
from datetime import date

import pytest
from test_edges_of_states import day

from relance.interpreter import observe
from relance.interpreter.cases import cases
from relance.interpreter.compiled import compile_playbook
from relance.model import Address, Channel, Done, View

TOP = "calendar: {holidays: FR, weekend: [], when_closed: keep}\n"
TWO = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+9, channels: [call], tone: neutral}\n"


def view_of(ladder, on, case=0) -> View:
    return observe(ladder.playbook, cases(ladder.playbook, ladder.facts)[case], day(on))


def truth_of(bench, asked, on="02-20", top=TOP, words=(), **debtor):
    """Say whether one comparison holds of the case of F-1 (100.00, due on 1 February, issued on 2 January)."""
    ladder = bench(f"  - {{id: a, at: J, channels: [task], if: {asked}}}\n", top=top, **debtor)
    for when, kind, name, data in words:
        ladder.told(when, kind, name, **data)
    return asked_of(ladder, on)


def asked_of(ladder, on):
    """Return what the view says of the one comparison of its first step."""
    return view_of(ladder, on).truths[compile_playbook(ladder.playbook).tests.index(ladder.playbook.steps[0].condition)]


PAID = ("2026-02-10", "payment.received", "F-1", {"amount": "40.00"})
DISPUTED = ("2026-02-10", "dispute.opened", "F-1", {"amount": "30.00"})
PROMISED = ("2026-02-03", "promise.made", "F-1", {"by": "2026-02-05"})


@pytest.mark.parametrize(
    ("asked", "more", "so"),
    [
        ('{balance: {at_least: "100.00"}}', {}, True),
        ('{balance: {at_least: "100.01"}}', {}, False),
        ('{balance: {at_least: "60.00"}}', {"words": [PAID]}, True),
        ('{balance: {at_least: "60.01"}}', {"words": [PAID]}, False),
        ('{balance: {at_least: "70.00"}}', {"words": [DISPUTED]}, True),
        ('{balance: {at_least: "70.01"}}', {"words": [DISPUTED]}, False),
        ('{overdue_balance: {at_least: "100.00"}}', {"on": "02-02"}, True),
        ('{overdue_balance: {at_least: "0.01"}}', {"on": "02-01"}, False),  # on the day it falls due
        ("{days_overdue: {at_least: 19}}", {}, True),
        ("{days_overdue: {at_least: 20}}", {}, False),
        ("{days_overdue: {at_most: 400}}", {"on": "2026-01-01"}, None),  # there is no invoice yet
        ("{due_on: {from: 2026-01-01}}", {"on": "2026-01-01"}, None),
        ("{issued_on: {from: 2026-01-01}}", {"on": "2026-01-01"}, None),
        ("{unpaid_invoices: {at_least: 1}}", {}, True),
        ("{unpaid_invoices: {at_least: 2}}", {}, False),
        ("{broken_promises: {at_least: 1}}", {"words": [PROMISED]}, True),
        ("{broken_promises: {at_least: 2}}", {"words": [PROMISED]}, False),
        ("{broken_promises: {at_least: 1}}", {}, False),
        ("{limitation_within: 12 months}", {"on": "2030-01-01"}, False),
        ("{limitation_within: 24 months}", {"on": "2030-01-01"}, True),
        ("{score: {at_least: 3}}", {"score": 3}, True),
        ("{score: {at_least: 4}}", {"score": 3}, False),
        ("{score: {at_least: 4}}", {}, None),
        ("{debtor: business}", {}, True),
        ("{debtor: business}", {"kind": "consumer"}, False),
        ("{country: FR}", {"country": "FR"}, True),
        ("{country: FR}", {"country": "BE"}, False),
        ("{language: en}", {"language": "en"}, True),
        ("{language: en}", {"language": "fr"}, False),
        ("{creditor: atelier}", {}, True),
        ("{creditor: other}", {}, False),
        ("{tag: vip}", {"tags": ("vip",)}, True),
        ("{tag: vip}", {"tags": ("old",)}, False),
        ("{profile: struggling}", {"profile": "struggling"}, True),
        ("{profile: struggling}", {"profile": "standard"}, False),
        ("{postcode: ['75', '69']}", {}, True),
        ("{postcode: ['69']}", {}, False),
        ("{reachable_by: [email]}", {}, True),
        ("{reachable_by: [email]}", {"email": None}, False),
        ("{reachable_by: [email, sms]}", {"email": None}, True),
    ],
)
def test_a_fact_on_both_sides_of_its_bound(bench, asked, more, so):
    assert truth_of(bench, asked, **more) is so


ACCOUNT = TOP + "unit: account\n"


def test_the_facts_of_an_account_are_of_all_that_is_left_in_it(bench):
    def holds(asked, on="02-20", *words):
        ladder = bench(f"  - {{id: a, at: J, channels: [task], if: {asked}}}\n", top=ACCOUNT).invoice("F-2", "2026-02-05", "50.00", issued="2026-01-02").invoice("F-3", "2026-06-30", "7.00")
        ladder.invoice("F-4", "2026-02-01", "9.00", currency="USD")
        for when, kind, name, data in words:
            ladder.told(when, kind, name, **data)
        return asked_of(ladder, on)

    whole = ("2026-02-10", "dispute.opened", "F-2", {})
    assert (holds('{balance: {at_least: "157.00"}}'), holds('{balance: {at_least: "157.01"}}')) == (True, False)
    assert (holds('{balance: {at_least: "107.00"}}', "02-20", whole), holds('{balance: {at_least: "107.01"}}', "02-20", whole)) == (True, False)
    assert (holds('{overdue_balance: {at_least: "150.00"}}'), holds('{overdue_balance: {at_least: "150.01"}}')) == (True, False)
    assert (holds('{overdue_balance: {at_least: "100.00"}}', "02-05"), holds('{overdue_balance: {at_least: "100.01"}}', "02-05")) == (True, False)
    assert (holds("{unpaid_invoices: {at_least: 3}}"), holds("{unpaid_invoices: {at_least: 4}}")) == (True, False)  # of its currency
    assert holds("{unpaid_invoices: {at_least: 3}}", "02-20", ("2026-02-10", "payment.received", "F-3", {"amount": "7.00"})) is False
    both = ("2026-02-03", "promise.made", "F-1", {"by": "2026-02-05"}), ("2026-02-04", "promise.made", "F-2", {"by": "2026-02-05"})
    assert (holds("{broken_promises: {at_least: 2}}", "02-20", *both), holds("{broken_promises: {at_least: 3}}", "02-20", *both)) == (True, False)
    one = ("2026-02-03", "promise.made", None, {"by": "2026-02-05"})
    assert (holds("{broken_promises: {at_least: 1}}", "02-20", one), holds("{broken_promises: {at_least: 2}}", "02-20", one)) == (True, False)  # said once of all


@pytest.mark.parametrize(("on", "so"), [("02-04", False), ("02-05", True)])
def test_a_profile_counts_from_the_day_it_is_said_and_the_last_word_counts(bench, on, so):
    words = [("2026-02-03", "profile.changed", None, {"profile": "standard"}), ("2026-02-05", "profile.changed", None, {"profile": "struggling"})]
    assert truth_of(bench, "{profile: struggling}", on, words=words, profile="struggling") is so


# ------------------------------------------------------------------------------------------------- steps, holds, barriers


@pytest.mark.parametrize(
    ("words", "done", "open_", "failed"),
    [
        ([], None, None, ()),
        ([("done", "a", "2026-02-01")], Done(day("02-01"), 1), None, ()),
        ([("done", "a", "2026-02-01"), ("failed", "x0", "2026-02-02")], None, None, ("email",)),
        ([("done", "a", "2026-02-01"), ("cancelled", "x0", "2026-02-02")], None, None, ()),
        ([("done", "a", "2026-02-01"), ("skipped", "x0", "2026-02-02")], Done(day("02-02"), 1, skipped=True), None, ()),
        ([("done", "a", "2026-02-01"), ("done", "a", "2026-02-03")], Done(day("02-03"), 1), None, ()),
    ],
)
def test_what_was_done_of_a_step(bench, words, done, open_, failed):
    ladder = bench(TWO, top=TOP)
    for at, (what, name, on) in enumerate(words):
        if what == "done":
            ladder.done(name, on, id=f"x{at}")
        else:
            ladder.told(on, f"action.{what}", id=name, error="e", reason="r")
    view = view_of(ladder, "02-20")
    assert (view.done, view.open, view.failed) == ((done, None), (open_, None), (frozenset(map(Channel, failed)), frozenset()))


def test_a_call_is_open_until_somebody_records_it_and_the_latest_counts(bench):
    ladder = bench(TWO, top=TOP).done("b", "2026-02-10", "call", id="x").done("b", "2026-02-12", "call", id="y", occurrence=2)
    assert view_of(ladder, "02-20").open == (None, day("02-12"))
    ladder.told("2026-02-15", "action.executed", id="y")
    view = view_of(ladder, "02-20")
    assert (view.open, view.done[1]) == ((None, day("02-10")), Done(day("02-15"), 1))


def test_the_last_move_of_a_case_is_of_its_own_actions_whatever_playbook_but_no_duty(bench):
    ladder = bench(TWO, top=TOP).done("a", "2026-02-01")
    ladder.told("2026-02-03", "action.emitted", playbook="q", step="z", channel="email", case="F-1")
    assert view_of(ladder, "02-20").last_move == day("02-03")
    ladder.told("2026-02-05", "action.emitted", step="duty.receipt", channel="task", case="F-1").told("2026-02-06", "action.emitted", step="a", channel="email", case="F-9")
    assert view_of(ladder, "02-20").last_move == day("02-03")
    ladder.told("2026-02-07", "action.emitted", None, step="a", channel="email", playbook="")
    assert view_of(ladder, "02-20").last_move == day("02-07")  # of no case: of the debtor's
    assert view_of(bench(TWO, top=TOP), "02-20").last_move is None


def test_a_draft_and_a_message_that_has_not_left_are_told_with_their_days(bench):
    draft = view_of(bench(TWO, top=TOP).done("a", "2026-02-01", id="x", draft=True), "02-20")
    assert (draft.draft, draft.draft_on, draft.pending, draft.pending_on) == (0, day("02-01"), None, None)
    waiting = bench(TWO, top=TOP).done("a", "2026-02-01", id="x", draft=True, sent_by="relance").told("2026-02-03", "action.approved", id="x")
    view = view_of(waiting, "02-20")
    assert (view.draft, view.draft_on, view.pending, view.pending_on) == (None, None, 0, day("02-03"))


def moved(ladder, on="2026-02-05", **data):
    return ladder.told(on, "playbook.changed", **({"playbook": "essai", "position": "b"} | data))


@pytest.mark.parametrize(
    ("data", "done"),
    [
        ({}, (None, Done(day("02-05"), 0, skipped=True))),
        ({"position": "a"}, (Done(day("02-05"), 0, skipped=True), None)),
        ({"playbook": "q"}, (None, None)),
        ({"position": "gone"}, (None, None)),
        ({"position": None}, (None, None)),
        ({"invoice": "F-9"}, (None, None)),
        ({"on": "2026-02-21"}, (None, None)),  # not yet
    ],
)
def test_where_a_person_moved_a_case_its_step_counts_as_skipped(bench, data, done):
    assert view_of(moved(bench(TWO, top=TOP), **data), "02-20").done == done


def test_the_latest_move_counts_and_what_was_executed_stays_so(bench):
    ladder = moved(moved(bench(TWO, top=TOP)), "2026-02-06", position="a")
    assert view_of(ladder, "02-20").done == (Done(day("02-06"), 0, skipped=True), None)
    assert view_of(moved(moved(bench(TWO, top=TOP)), "2026-02-06", playbook="q"), "02-20").done == (None, None)
    kept = moved(bench(TWO, top=TOP).done("b", "2026-02-04", "email"))
    assert view_of(kept, "02-20").done == (None, Done(day("02-04"), 1))


def test_moved_to_a_formal_notice_it_counts_as_sent_where_one_was(bench):
    steps = (
        "  - {id: z, at: promise.broken + 1 day, channels: [email], tone: firm}\n"
        "  - {id: a, at: J, channels: [email], tone: courteous}\n"
        "  - {id: b, kind: formal_notice, at: J+9, channels: [email], tone: formal, grants: 8 days}\n"
        "  - {id: c, at: J+30, channels: [email], tone: firm}\n"
    )
    skipped, there = Done(day("02-05"), 0, skipped=True), Done(day("02-05"))
    assert view_of(moved(bench(steps, top=TOP)), "02-20").done == (skipped, None, skipped, None)  # and the answers to events above it
    served = bench(steps, top=TOP).told("2026-02-02", "action.emitted", playbook="q", step="n", channel="email", case="F-1")
    served.facts = replace(served.facts, events=tuple(replace(event, data=event.data | {"kind": "formal_notice"}) for event in served.facts.events))
    assert view_of(moved(served), "02-20").done == (skipped, None, there, None)
    assert view_of(moved(served, position="c"), "02-20").done == (skipped, None, None, skipped)


HOLDS = TOP + "hold_while: [disputed, on_hold, promised]\n"


def test_until_when_a_case_is_held_is_of_the_first_of_the_holds_that_is_true(bench):
    ladder = bench(TWO, top=HOLDS).told("2026-02-10", "promise.made", by="2026-02-25")
    assert view_of(ladder, "02-20").held_until == day("02-27")  # with the two days of grace
    ladder.told("2026-02-11", "hold.placed", until="2026-03-10")
    assert view_of(ladder, "02-20").held_until == day("03-10")
    ladder.told("2026-02-12", "dispute.opened")
    assert view_of(ladder, "02-20").held_until is None  # of it no day is known
    assert view_of(bench(TWO, top=HOLDS), "02-20").held_until is None


def test_when_the_last_hold_ended(bench):
    ladder = bench(TWO, top=HOLDS).told("2026-02-03", "hold.placed").told("2026-02-05", "hold.lifted").told("2026-02-06", "dispute.opened").told("2026-02-08", "dispute.closed")
    assert view_of(ladder, "02-20").hold_ended == day("02-08")
    assert view_of(bench(TWO, top=HOLDS), "02-20").hold_ended is None


def test_what_stops_a_case_whatever_its_playbook_says(bench):
    assert view_of(bench(TWO, top=TOP), "02-20").barrier is None
    assert view_of(bench(TWO, top=TOP).told("2026-02-10", "case.closed"), "02-20").barrier == "closed"
    assert view_of(bench(TWO, top=TOP + "collector: agency\n"), "02-20").barrier == "no_mandate"
    signed = bench(TWO, top=TOP + "collector: agency\n")
    signed.facts = replace(signed.facts, creditor=replace(signed.facts.creditor, mandate=date(2026, 2, 20)))
    assert (view_of(signed, "02-19").barrier, view_of(signed, "02-20").barrier) == ("no_mandate", None)
    assert view_of(bench(TWO, top=TOP).told("2026-02-10", "person.known", None, state="deceased"), "02-20").barrier == "deceased"


def test_what_came_before_the_debt_was_due_counts_from_the_due_date(bench):
    steps = "  - {id: a, at: placed + 1 day, or_at: mandate + 2 days, channels: [email], tone: courteous}\n"
    for placed, mandate, anchors in (("01-10", "01-11", ("02-01", "02-01")), ("02-10", "02-11", ("02-10", "02-11")), (None, None, (None, None))):
        ladder = bench(steps, top=TOP)
        claim = replace(ladder.facts.invoices[0], placed=placed and day(placed))
        ladder.facts = replace(ladder.facts, invoices=(claim,), creditor=replace(ladder.facts.creditor, mandate=mandate and day(mandate)))
        assert view_of(ladder, "02-20").anchors == tuple(each and day(each) for each in anchors)


def test_a_case_whose_invoices_are_not_issued_yet_says_when_the_first_will_be(bench):
    ladder = bench(TWO, top=ACCOUNT, issued="2026-01-10").invoice("F-2", "2026-02-05", "50.00", issued="2026-01-08")
    assert [view_of(ladder, on).issued for on in ("01-05", "01-08", "01-10")] == [day("01-08"), day("01-08"), day("01-10")]


def test_where_a_debtor_is_and_what_reaches_him_is_seen(bench):
    view = view_of(bench(TWO, top=TOP, address=Address(("1 rue Haute", "67000 Strasbourg")), phone=None), "02-20")
    assert (view.place, view.reachable) == ("FR-67", (True, False))
    assert view_of(bench(TWO, top=TOP), "02-20").place is None
