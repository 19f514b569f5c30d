"""Both sides of the edges of docs/language.md 4: where a late case enters, what a skip grants, what holds a repeat, which day counts."""

from datetime import date

import pytest

from relance.interpreter import observe
from relance.interpreter.cases import cases
from relance.model import Address, Done, Status, StepStatus

OPEN = "calendar: {holidays: FR, weekend: [], when_closed: keep}\n"
THREE = (
    "  - {id: a, at: J, channels: [email], tone: courteous}\n"
    "  - {id: b, at: J+10, channels: [email], tone: neutral}\n"
    "  - {id: c, at: J+30, channels: [email], tone: firm}\n"
)
LATE = "late: {{entry: {entry}, pace: {pace}}}\n"


def late(entry="first", pace="keep"):
    return OPEN + LATE.format(entry=entry, pace=pace)


def view_of(ladder, on):
    (case,) = cases(ladder.playbook, ladder.facts)
    return observe(ladder.playbook, case, date.fromisoformat(on))


@pytest.mark.parametrize("pace", ["keep", "catch_up"])
def test_a_case_whose_first_step_is_done_does_not_jump_over_the_second(bench, pace):
    begun = bench(THREE, top=late("current", pace)).done("a", "2026-02-01").at("2026-05-01")
    assert begun.step is not None
    assert begun.step.id == "b"
    new = bench(THREE, top=late("current", pace)).at("2026-05-01")
    assert new.step is not None
    assert new.step.id == "c"


def test_a_step_skipped_by_hand_grants_no_time(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: formal, grants: 8 days}\n  - {id: b, at: J+2, channels: [email], tone: formal}\n"
    sent = bench(steps, top=late()).done("a", "2026-02-01")
    assert sent.at("2026-02-09").status is Status.WAITING
    assert sent.at("2026-02-10").status is Status.DUE
    skipped = bench(steps, top=late()).told("2026-02-01", "action.skipped", playbook="essai", step="a", reason="x")
    assert skipped.at("2026-02-02").status is Status.WAITING
    assert skipped.at("2026-02-03").status is Status.DUE


def test_what_is_stopped_is_passed_over_and_what_is_held_is_blocked(bench):
    ladder = bench(THREE, top=late()).done("a", "2026-02-01")
    held = ladder.told("2026-02-02", "hold.placed", reason="x").at("2026-02-03")
    assert (held.status, [each.status for each in held.steps]) == (Status.HELD, [StepStatus.DONE, StepStatus.BLOCKED, StepStatus.BLOCKED])
    stopped = ladder.told("2026-02-04", "payment.received", amount="100.00").at("2026-02-04")
    assert stopped.status is Status.STOPPED
    assert [each.status for each in stopped.steps] == [StepStatus.DONE, StepStatus.PASSED_OVER, StepStatus.PASSED_OVER]


def test_a_repeat_keeps_its_own_rhythm_not_the_distance_to_the_step_before(bench):
    steps = (
        "  - {id: a, at: J-10, channels: [email], tone: courteous}\n"
        "  - {id: b, at: J, channels: [email], tone: neutral, repeat: {every: 3 days, times: 3}}\n"
    )
    ladder = bench(steps, top=late()).done("a", "2026-02-05").done("b", "2026-02-10")
    assert ladder.at("2026-02-12").status is Status.WAITING
    again = ladder.at("2026-02-13")
    assert (again.status, again.occurrence, again.reason.name) == (Status.DUE, 2, "repeat")


def test_a_repeat_that_contact_rules_delay_is_sent_late_and_not_dropped(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 7 days, times: 2}, expires: 2 days}\n"
    for pace in ("keep", "drop"):
        ladder = bench(steps, top=late(pace=pace) + "contact: {min_gap: 20 days}\n").done("a", "2026-02-01")
        assert ladder.at("2026-02-20").status is Status.WAITING
        assert (ladder.at("2026-02-21").status, ladder.at("2026-02-21").occurrence) == (Status.DUE, 2)


def test_under_drop_what_contact_rules_hold_back_is_crowded_out(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+3, channels: [email], tone: neutral}\n"
    top = late(pace="drop") + "contact: {min_gap: %d days}\n"
    held = bench(steps, top=top % 5).done("a", "2026-02-01").at("2026-02-02").steps[1]
    assert (held.status, held.reason.name) == (StepStatus.EXPIRED, "crowded_out")
    assert held.reason.args == (date(2026, 2, 6), date(2026, 2, 4))
    free = bench(steps, top=top % 3).done("a", "2026-02-01")
    assert free.at("2026-02-02").steps[1].status is StepStatus.WAITING
    assert free.at("2026-02-04").status is Status.DUE


def test_a_date_on_the_first_free_day_is_its_own_reason(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+%d, channels: [email], tone: neutral}\n"
    told = [bench(steps % days, top=late(pace="catch_up")).done("a", "2026-02-04").at("2026-02-05").reason for days in (3, 4)]
    assert [each.name for each in told] == ["one_a_day", "at"]
    assert told[1].args[0] == "J+4"


def test_which_day_counts_of_a_step_that_left_several_times_and_ways(bench):
    steps = "  - {id: a, at: J, channels: [letter, email, call], tone: courteous, repeat: {every: 7 days, times: 3}}\n"
    ladder = bench(steps, top=late()).done("a", "2026-02-01", "email", id="e1").done("a", "2026-02-01", "letter", id="l1", draft=True)
    ladder.told("2026-02-03", "action.approved", id="l1").done("a", "2026-02-01", "call", id="c1").told("2026-02-06", "action.executed", id="c1")
    assert view_of(ladder, "2026-02-07").done == (Done(date(2026, 2, 3), 1),)  # the later of the two that left, and no call
    ladder.done("a", "2026-02-10", "email", id="e2", occurrence=2)
    assert view_of(ladder, "2026-02-11").done == (Done(date(2026, 2, 10), 2, first=date(2026, 2, 1)),)
    ladder.done("a", "2026-02-01", "letter", id="l2", draft=True).told("2026-02-12", "action.approved", id="l2")
    assert view_of(ladder, "2026-02-13").done == (Done(date(2026, 2, 10), 2, first=date(2026, 2, 1)),)  # a late letter of the first is no second
    alone = bench(steps, top=late()).done("a", "2026-02-01", "call", id="c1").told("2026-02-06", "action.executed", id="c1")
    assert view_of(alone, "2026-02-07").done == (Done(date(2026, 2, 6), 1),)


def test_an_account_counts_from_the_latest_event_of_its_invoices(bench):
    steps = "  - {id: a, at: payment.received + 1 day, channels: [email], tone: courteous}\n"
    for days in (("2026-02-03", "2026-02-10"), ("2026-02-10", "2026-02-03")):
        ladder = bench(steps, top=late() + "unit: account\n").invoice("F-2", "2026-02-01", issued="2026-01-02")
        for name, day in sorted(zip(("F-1", "F-2"), days, strict=True), key=lambda each: each[1]):
            ladder.told(day, "payment.received", name, amount="10.00")
        assert view_of(ladder, "2026-02-20").anchors == (date(2026, 2, 10),)


def test_a_profile_is_that_of_the_invoice_from_the_day_it_was_said(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, if: {profile: struggling}}\n"
    ladder = bench(steps, top=late(), profile="standard").invoice("F-2", "2026-02-01", issued="2026-01-02")
    ladder.told("2026-02-05", "profile.changed", "F-2", profile="struggling")
    assert ladder.at("2026-02-06", case=0).status is not Status.DUE  # F-1 is not what was spoken of
    assert ladder.at("2026-02-04", case=1).status is not Status.DUE
    assert ladder.at("2026-02-05", case=1).status is Status.DUE
    ladder.told("2026-02-07", "profile.changed", None, profile="struggling")
    assert ladder.at("2026-02-06", case=0).status is not Status.DUE
    assert ladder.at("2026-02-07", case=0).status is Status.DUE


def verdicts(decision):
    return [(each.step, str(each.status), each.on and f"{each.on:%m-%d}", each.reason.name) for each in decision.steps]


@pytest.mark.parametrize(
    ("pace", "on", "expected"),
    [
        ("jump", "2026-03-10", [("a", "passed_over", None, "overtaken"), ("b", "passed_over", None, "overtaken"), ("c", "due", "03-10", "at")]),
        ("jump", "2026-02-12", [("a", "passed_over", None, "overtaken"), ("b", "due", "02-12", "at"), ("c", "waiting", "03-03", "at")]),
        ("jump", "2026-01-20", [("a", "waiting", "02-01", "at"), ("b", "waiting", "02-11", "at"), ("c", "waiting", "03-03", "at")]),
        ("keep", "2026-03-10", [("a", "due", "03-10", "at"), ("b", "waiting", "02-11", "at"), ("c", "waiting", "03-03", "at")]),
    ],
)
def test_what_a_jump_passes_over_and_what_the_day_asks(bench, pace, on, expected):
    decision = bench(THREE, top=late(pace=pace)).at(on)
    assert verdicts(decision) == expected
    if decision.step is not None:
        assert (decision.step.id, decision.reason) == next((each.step, each.reason) for each in decision.steps if each.status is StepStatus.DUE)


@pytest.mark.parametrize(("on", "first"), [("2026-01-20", "a"), ("2026-02-05", "a"), ("2026-02-10", "a"), ("2026-02-11", "b"), ("2026-03-02", "b"), ("2026-03-03", "c")])
def test_a_late_case_enters_at_the_last_step_whose_day_has_come_and_one_that_is_not_late_at_the_first(bench, on, first):
    decision = bench(THREE, top=late("current", "catch_up")).at(on)
    assert (decision.next.step if decision.next else decision.step.id) == first


@pytest.mark.parametrize(
    ("steps", "pace", "on", "expected"),
    [
        ("  - {id: a, at: J, channels: [email], tone: courteous, expires: 5 days}\n", "keep", "2026-02-05", ("a", "due", "02-05", "at")),
        ("  - {id: a, at: J, channels: [email], tone: courteous, expires: 5 days}\n", "keep", "2026-02-06", ("a", "expired", "02-06", "expired")),
        ("  - {id: a, at: J-3, channels: [email], tone: courteous}\n", "keep", "2026-01-31", ("a", "due", "01-31", "at")),
        ("  - {id: a, at: J-3, channels: [email], tone: courteous}\n", "keep", "2026-02-01", ("a", "expired", "02-01", "expired")),
        ("  - {id: a, at: J, channels: [email], tone: courteous}\n", "drop", "2026-02-01", ("a", "due", "02-01", "at")),
        ("  - {id: a, at: J, channels: [email], tone: courteous}\n", "drop", "2026-02-02", ("a", "expired", "02-01", "dropped")),
    ],
)
def test_the_day_from_which_a_step_is_not_sent_any_more(bench, steps, pace, on, expected):
    assert verdicts(bench(steps, top=late(pace=pace)).at(on)) == [expected]


@pytest.mark.parametrize(("expires", "status"), [(4, "waiting"), (3, "expired"), (2, "expired")])
def test_a_step_that_has_expired_before_there_is_room_for_it_is_crowded_out(bench, expires, status):
    steps = f"  - {{id: a, at: J, channels: [email], tone: courteous}}\n  - {{id: b, at: J+2, channels: [email], tone: neutral, expires: {expires} days}}\n"
    told = bench(steps, top=late(pace="catch_up") + "contact: {min_gap: 5 days}\n").done("a", "2026-02-01").at("2026-02-03").steps[1]
    assert told.status == status  # b's own day is 3 February, there is room on the 6th
    if status == "expired":
        assert (told.reason.name, told.reason.args) == ("crowded_out", (date(2026, 2, 6), date(2026, 2, 3 + expires)))


@pytest.mark.parametrize(("grants", "reason", "opens"), [("2 days", "deadline", 4), ("1 day", "deadline", 3), (None, "one_a_day", 2)])
def test_the_latest_of_what_holds_a_step_back_is_named_and_of_two_alike_the_first_told(bench, grants, reason, opens):
    """The deadline granted before the end of a hold of that very day; the one message a day before both."""
    first = f"  - {{id: a, at: J, channels: [email], tone: formal{'' if grants is None else f', grants: {grants}'}}}\n"
    ladder = bench(first + "  - {id: b, at: J, channels: [email], tone: formal}\n", top=OPEN + "late: {entry: first, pace: catch_up}\non_resume: restart\n")
    ladder.done("a", "2026-02-01")
    if grants is not None:
        ladder.told("2026-02-01", "hold.placed", reason="x").told(f"2026-02-0{opens - 1}", "hold.lifted")
    waiting = ladder.at("2026-02-03" if opens == 4 else f"2026-02-0{opens}")
    assert (waiting.reason.name, waiting.next.on.day if waiting.next else opens) == (reason, opens)


def test_what_is_due_grants_its_deadline_from_the_day_it_is_sent(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: formal, grants: 8 days}\n  - {id: b, at: J+20, channels: [email], tone: formal}\n"
    ladder = bench(steps, top=late(pace="catch_up"))
    assert ladder.at("2026-02-03").deadline == date(2026, 2, 11)
    assert ladder.done("a", "2026-02-03").at("2026-02-21").deadline is None


def test_a_debtor_s_place_closes_its_own_holidays(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n"
    top = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: next}\n"
    for lines, status in ((("1 rue Haute", "75002 Paris"), Status.DUE), (("1 rue Haute", "67000 Strasbourg"), Status.WAITING)):
        assert bench(steps, top=top, due="2026-04-03", address=Address(lines)).at("2026-04-03").status is status  # Good Friday


def test_a_fallback_needs_its_own_address(bench):
    steps = "  - {id: z, at: J+50, channels: [email], tone: firm}\n  - {id: a, at: J, channels: [sms], fallback: {sms: email}, tone: courteous}\n"
    for known, way in (({}, "sms"), ({"phone": None}, "email"), ({"phone": None, "email": None}, "task")):
        assert [each.channel for each in bench(steps, top=late(), **known).at("2026-02-01").ways] == [way]
