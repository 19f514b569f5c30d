"""docs/language.md 4: stop, hold, minimum balance, draft, ladder, in that order; execution; one step a day; late cases."""

import pytest

from relance.interpreter import say
from relance.model import Status, StepStatus

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
THREE = (
    "  - {id: a, at: J, channels: [email], tone: courteous}\n"
    "  - {id: b, at: J+10, channels: [email], tone: neutral}\n"
    "  - {id: c, at: J+30, channels: [letter], tone: firm}\n"
)


def test_paid_stops_and_a_reversal_opens_again(bench):
    ladder = bench(THREE, top=OPEN).told("2026-02-05", "payment.received", amount="100.00").told("2026-02-08", "payment.reversed", amount="40.00")
    assert ladder.at("2026-02-04").status is Status.DUE
    stopped = ladder.at("2026-02-05")
    assert (stopped.status, say(stopped.reason)) == (Status.STOPPED, "paid")
    assert ladder.at("2026-02-08").status is Status.DUE


def test_one_cent_less_than_all_is_not_paid(bench):
    assert bench(THREE, top=OPEN).told("2026-02-05", "payment.received", amount="99.99").at("2026-02-05").status is Status.DUE


def test_stop_comes_before_hold_and_hold_before_the_minimum(bench):
    ladder = bench(THREE, top=OPEN + 'min_balance: "500.00"\n').told("2026-02-01", "hold.placed", reason="x")
    assert ladder.at("2026-02-02").status is Status.HELD
    ladder.told("2026-02-03", "insolvency.opened")
    assert say(ladder.at("2026-02-03").reason) == "insolvent"
    ladder.told("2026-02-04", "insolvency.closed").told("2026-02-04", "hold.lifted")
    assert say(ladder.at("2026-02-04").reason) == "what is asked is below min_balance (500.00)"


def test_min_balance_is_inclusive(bench):
    assert bench(THREE, top=OPEN + 'min_balance: "100.00"\n').at("2026-02-01").status is Status.DUE
    assert bench(THREE, top=OPEN + 'min_balance: "100.01"\n').at("2026-02-01").status is Status.WAITING


def test_the_first_true_member_of_the_list_is_the_stated_reason(bench):
    ladder = bench(THREE, top=OPEN + "hold_while: [promised, disputed]\n")
    ladder.told("2026-02-01", "dispute.opened", reason="x").told("2026-02-01", "promise.made", amount="100.00", by="2026-02-20")
    assert say(ladder.at("2026-02-02").reason) == "promised until 2026-02-22"


@pytest.mark.parametrize("word", ["written_off", "handed_over", "case.closed"])
def test_what_was_ended_by_hand_stops_until_it_is_reopened(bench, word):
    ladder = bench(THREE, top=OPEN).told("2026-02-01", word, to="agency").told("2026-02-20", "case.reopened")
    assert ladder.at("2026-02-02").status is Status.STOPPED
    assert ladder.at("2026-02-20").status is Status.DUE


def test_a_cancelled_invoice_owes_nothing(bench):
    assert bench(THREE, top=OPEN).told("2026-02-01", "invoice.cancelled").at("2026-02-01").status is Status.STOPPED


def test_nothing_before_the_invoice_exists(bench):
    decision = bench("  - {id: a, at: J-60, channels: [email], tone: courteous}\n", top=OPEN).at("2026-01-01")
    assert say(decision.reason) == "the invoice does not exist before 2026-01-02"
    assert bench("  - {id: a, at: J-60, channels: [email], tone: courteous}\n", top=OPEN).at("2026-01-02").status is Status.DUE


def test_a_draft_blocks_until_it_is_approved_and_counts_from_then(bench):
    steps = (
        "  - {id: a, at: J, channels: [email], tone: courteous, approval: required}\n"
        "  - {id: b, at: a + 5 days, channels: [email], tone: neutral}\n"
    )
    ladder = bench(steps, top=OPEN).done("a", "2026-02-01", id="x", draft=True)
    assert ladder.at("2026-03-01").status is Status.AWAITING_APPROVAL
    ladder.told("2026-03-02", "action.approved", id="x")
    assert ladder.at("2026-03-02").next.on.isoformat() == "2026-03-07"


def test_a_draft_that_was_rejected_comes_again_under_another_id(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, approval: required}\n"
    from datetime import date

    from relance.interpreter import look

    ladder = bench(steps, top=OPEN)
    first = look(ladder.playbook, ladder.facts, date(2026, 2, 1)).actions[0]
    ladder.done("a", "2026-02-01", id=first.id, draft=True, carrier="F-1").told("2026-02-02", "action.cancelled", id=first.id, reason="x")
    again = look(ladder.playbook, ladder.facts, date(2026, 2, 2)).actions[0]
    assert again.step == "a"
    assert again.id != first.id


def test_one_step_of_a_case_a_day(bench):
    ladder = bench(THREE, top=OPEN + "late: {entry: first, pace: catch_up}\n")
    assert ladder.dates(start="2026-06-01") == [("2026-06-01", "a"), ("2026-06-02", "b"), ("2026-06-03", "c")]


def test_a_late_ladder_keeps_its_spacing(bench):
    ladder = bench(THREE, top=OPEN + "late: {entry: first, pace: keep}\n")
    assert ladder.dates(start="2026-06-01") == [("2026-06-01", "a"), ("2026-06-11", "b"), ("2026-07-01", "c")]


def test_rolled_dates_are_no_lateness(bench):
    steps = "  - {id: a, at: J-7, channels: [email], tone: courteous}\n  - {id: b, at: J+1, channels: [email], tone: courteous}\n"
    assert bench(steps).dates() == [("2026-01-26", "a"), ("2026-02-02", "b")]


def test_entry_current_starts_at_the_highest_step_that_has_come(bench):
    ladder = bench(THREE, top=OPEN + "late: {entry: current, pace: keep}\n")
    assert ladder.dates(start="2026-02-15") == [("2026-02-15", "b"), ("2026-03-07", "c")]
    assert ladder.at("2026-02-15").steps[0].status is StepStatus.PASSED_OVER
    assert ladder.dates(start="2026-06-01") == [("2026-06-01", "c")]


def test_jump_always_takes_the_highest_and_drop_never_a_past_one(bench):
    jump = bench(THREE, top=OPEN + "late: {entry: first, pace: jump}\n")
    assert jump.dates(start="2026-02-20") == [("2026-02-20", "b"), ("2026-03-03", "c")]
    assert jump.at("2026-02-20").steps[0].status is StepStatus.PASSED_OVER
    drop = bench(THREE, top=OPEN + "late: {entry: first, pace: drop}\n")
    assert drop.dates(start="2026-02-11") == [("2026-02-11", "b"), ("2026-03-03", "c")]
    assert drop.dates(start="2026-02-12") == [("2026-03-03", "c")]


def test_a_step_before_the_due_date_expires_on_it(bench):
    steps = "  - {id: early, at: J-7, channels: [email], tone: courteous}\n  - {id: late, at: J+1, channels: [email], tone: courteous}\n"
    assert bench(steps, top=OPEN).at("2026-01-31").step.id == "early"
    verdict = bench(steps, top=OPEN).at("2026-02-01").steps[0]
    assert (verdict.status, say(verdict.reason)) == (StepStatus.EXPIRED, "not sent from 2026-02-01 on")


def test_expires_counts_from_the_steps_own_date(bench):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous, expires: 5 days}\n", top=OPEN)
    assert ladder.at("2026-02-05").status is Status.DUE
    assert ladder.at("2026-02-06").steps[0].status is StepStatus.EXPIRED


def test_a_call_counts_on_the_day_it_is_recorded_and_blocks_nothing(bench):
    steps = (
        "  - {id: call, at: J, channels: [call], tone: courteous}\n"
        "  - {id: after-call, at: call + 2 days, channels: [email], tone: courteous}\n"
        "  - {id: letter, at: J+20, channels: [letter], tone: firm}\n"
    )
    ladder = bench(steps, top=OPEN + "late: {entry: first, pace: catch_up}\n").done("call", "2026-02-01", channel="call", id="x")
    waiting = ladder.at("2026-02-10")
    assert [v.status for v in waiting.steps] == [StepStatus.OPEN, StepStatus.BLOCKED, StepStatus.WAITING]
    assert ladder.at("2026-02-21").step.id == "letter"
    ladder.done("letter", "2026-02-21", channel="letter")
    assert say(ladder.at("2026-02-22").steps[0].reason) == "nobody recorded the task of 2026-02-01, and a later step has gone"
    recorded = bench(steps, top=OPEN).done("call", "2026-02-01", channel="call", id="x").told("2026-02-05", "action.executed", id="x")
    assert recorded.at("2026-02-07").step.id == "after-call"


def test_only_a_task_left_open_is_waiting_not_finished(bench):
    steps = "  - {id: call, at: J, channels: [call], tone: courteous}\n  - {id: then, at: call + 2 days, channels: [email], tone: courteous}\n"
    ladder = bench(steps, top=OPEN).done("call", "2026-02-01", channel="call", id="x")
    assert ladder.at("2026-05-01").status is Status.WAITING


def test_a_failed_channel_falls_back_and_then_becomes_a_task(bench):
    steps = "  - {id: a, at: J, channels: [email], fallback: {email: letter}, tone: courteous}\n"
    ladder = bench(steps, top=OPEN).done("a", "2026-02-01", id="x").told("2026-02-02", "action.failed", id="x", error="no such mailbox")
    assert [way.channel for way in ladder.at("2026-02-02").ways] == ["letter"]
    ladder.done("a", "2026-02-02", channel="letter", id="y").told("2026-02-03", "action.failed", id="y", error="returned")
    (way,) = ladder.at("2026-02-03").ways
    assert (way.channel, way.missing) == ("task", "email")


@pytest.mark.parametrize(
    ("channels", "known", "ways"),
    [
        ("[email]", {"email": None}, [("task", "email")]),
        ("[email, letter]", {"email": None}, [("letter", None), ("task", "email")]),
        ("[email, letter], fallback: {email: letter}", {"email": None}, [("letter", None)]),
        ("[email], fallback: {email: letter}", {"email": None, "address": None}, [("task", "email")]),
        ("[sms, call]", {"phone": None}, [("task", "sms, call")]),
    ],
)
def test_who_cannot_be_reached_gets_the_fallback_or_a_task(bench, channels, known, ways):
    ladder = bench(f"  - {{id: a, at: J, channels: {channels}, tone: courteous}}\n", top=OPEN, **known)
    assert [(way.channel, way.missing) for way in ladder.at("2026-02-01").ways] == ways


def test_an_objection_to_a_channel_counts_as_not_reachable(bench):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=OPEN).told("2026-02-01", "channel.refused", None, channel="email")
    assert ladder.at("2026-02-01").ways[0].missing == "email"


def test_skipped_by_hand_counts_for_position_after_and_spacing(bench):
    steps = THREE.replace("tone: firm}", "tone: firm, after: [b]}")
    ladder = bench(steps, top=OPEN).told("2026-02-15", "action.skipped", playbook="essai", step="b", reason="x")
    decision = ladder.at("2026-02-20")
    assert [v.status for v in decision.steps] == [StepStatus.PASSED_OVER, StepStatus.SKIPPED, StepStatus.WAITING]
    assert decision.next.on.isoformat() == "2026-03-07"


def test_after_blocks_until_executed(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, if: {profile: nobody}}\n  - {id: b, at: J+1, after: [a], channels: [email], tone: courteous}\n"
    decision = bench(steps, top=OPEN).at("2026-03-01")
    assert decision.status is Status.FINISHED
    assert say(decision.steps[1].reason) == "waits for a"


def test_a_repeat_is_counted_from_the_last_and_gives_way_to_a_later_step(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 7 days, times: 3}}\n  - {id: b, at: J+10, channels: [email], tone: firm}\n"
    assert bench(steps, top=OPEN).dates() == [("2026-02-01", "a"), ("2026-02-08", "a"), ("2026-02-11", "b")]
    alone = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 7 days, times: 3}}\n"
    entries = bench(alone, top=OPEN).play().entries
    assert [(e.on.isoformat(), e.first.occurrence) for e in entries] == [("2026-02-01", 1), ("2026-02-08", 2), ("2026-02-15", 3)]


def test_a_former_id_is_still_known(bench):
    steps = "  - {id: new, at: J, channels: [email], tone: courteous, formerly: [old]}\n  - {id: b, at: J+10, channels: [email], tone: firm}\n"
    ladder = bench(steps, top=OPEN).done("old", "2026-02-03")
    assert ladder.at("2026-02-04").steps[0].status is StepStatus.DONE


def test_steps_of_another_playbook_count_for_the_contact_rules_alone(bench):
    top = OPEN + "contact: {min_gap: 5 days}\n"
    ladder = bench(THREE, top=top).told("2026-02-01", "action.emitted", playbook="other", step="a", channel="email", case="F-1")
    decision = ladder.at("2026-02-02")
    assert decision.steps[0].status is StepStatus.WAITING
    assert decision.next.on.isoformat() == "2026-02-06"


def test_a_case_moved_to_a_step_goes_on_after_it(bench):
    ladder = bench(THREE, top=OPEN).told("2026-02-03", "playbook.changed", playbook="essai", position="b")
    decision = ladder.at("2026-02-04")
    assert decision.next.step == "c"
    assert decision.next.on.isoformat() == "2026-03-03"


def test_restart_waits_for_the_day_after_the_hold(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n"
    for mode, expected in (("continue", "2026-02-10"), ("restart", "2026-02-11")):
        ladder = bench(steps, top=OPEN + f"on_resume: {mode}\n")
        ladder.told("2026-01-20", "hold.placed", reason="x").told("2026-02-10", "hold.lifted")
        assert ladder.dates()[0][0] == expected


def test_handover_ends_the_case(bench):
    steps = "  - {id: out, kind: handover, to: bailiff, at: J, channels: [handover]}\n  - {id: b, at: J+10, channels: [email], tone: firm}\n"
    timeline = bench(steps, top=OPEN).play()
    assert [e.first.step for e in timeline.entries] == ["out"]
    assert timeline.ends[0].reason == "handed_over"


def test_an_agency_without_mandate_sends_nothing(bench):
    decision = bench(THREE, top=OPEN + "collector: agency\n").at("2026-02-01")
    assert say(decision.reason) == "no mandate of the creditor is in force (CPCE R124-3)"
