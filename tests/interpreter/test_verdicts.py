"""What `decide` says beside its answer: every step's verdict with its day and its reason, whole. Found wanting by changing decision.py one place at a time."""

from datetime import date

from relance.interpreter import say
from relance.model import Status, StepStatus

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
NEXT = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: next}\n"
TWO = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+10, channels: [email], tone: neutral}\n"


def told(decision):
    """Say a decision in plain values: status, reason, and each step's verdict."""
    return (decision.status, say(decision.reason), [(each.step, each.status, each.on and each.on.isoformat(), say(each.reason)) for each in decision.steps])


def test_before_it_is_issued_it_waits(bench):
    ladder = bench(TWO, top=OPEN).invoice("F-2", "2026-05-01", issued="2026-04-01")
    decision = ladder.at("2026-03-01", 1)
    assert decision.status is Status.WAITING
    assert decision.reason.name == "not_issued"
    assert [(each.status, each.reason) for each in decision.steps] == [(StepStatus.BLOCKED, decision.reason)] * 2


def test_a_draft_is_named_with_its_step_and_day(bench):
    decision = bench(TWO, top=OPEN).done("a", "2026-02-02", draft=True).at("2026-02-03")
    assert (decision.status, decision.reason.name, decision.reason.args) == (Status.AWAITING_APPROVAL, "draft", ("a", date(2026, 2, 2)))


def test_what_was_done_and_what_was_skipped_keep_their_day_and_reason(bench):
    ladder = bench(TWO, top=OPEN).done("a", "2026-02-02").told("2026-02-12", "action.skipped", step="b")
    _, _, steps = told(ladder.at("2026-02-13"))
    assert [(step, status, on) for step, status, on, _ in steps] == [("a", StepStatus.DONE, "2026-02-02"), ("b", StepStatus.SKIPPED, "2026-02-12")]
    decision = ladder.at("2026-02-13")
    assert [(each.reason.name, each.reason.args) for each in decision.steps] == [("done", (1,)), ("skipped", ())]
    ladder.told("2026-02-14", "hold.placed", reason="x")
    assert [(each.reason.name, each.on) for each in ladder.at("2026-02-15").steps] == [("done", date(2026, 2, 2)), ("skipped", date(2026, 2, 12))]


def test_what_is_to_come_has_its_day_and_reason_in_its_verdict(bench):
    decision = bench(TWO, top=OPEN).done("a", "2026-02-01").at("2026-02-03")
    coming = decision.steps[1]
    assert (coming.status, coming.on, coming.reason) == (StepStatus.WAITING, decision.next.on, decision.reason)
    assert (decision.reason.name, decision.next.on) == ("at", date(2026, 2, 11))


def test_a_task_without_an_answer_is_waited_for(bench):
    calls = "  - {id: appel, at: J, channels: [call], tone: courteous}\n  - {id: suite, at: appel + 3 days, channels: [email], tone: neutral}\n"
    decision = bench(calls, top=OPEN).done("appel", "2026-02-02", channel="call").at("2026-02-03")
    assert (decision.status, decision.reason.name, len(decision.steps)) == (Status.WAITING, "task_open", 2)


def test_an_event_that_comes_again_is_counted_from_anew(bench):
    answer = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: suite, at: dispute.closed + 5 days, channels: [email], tone: firm}\n"
    ladder = bench(answer, top=OPEN).done("a", "2026-02-01")
    ladder.told("2026-02-09", "dispute.opened", reason="x").told("2026-02-10", "dispute.closed").done("suite", "2026-02-15")
    ladder.told("2026-03-09", "dispute.opened", reason="x").told("2026-03-10", "dispute.closed")
    assert ladder.at("2026-03-14").status is Status.WAITING
    assert ladder.at("2026-03-15").status is Status.DUE


def test_a_repeat_says_so_with_the_day_it_counts_from(bench):
    again = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 10 days, times: 3}}\n"
    decision = bench(again, top=OPEN).done("a", "2026-02-02").at("2026-02-03")
    assert (decision.reason.name, decision.reason.args, decision.next.on) == ("repeat", (date(2026, 2, 2),), date(2026, 2, 12))


def test_a_late_step_that_meets_a_closed_day_says_so(bench):
    decision = bench(TWO, top=NEXT).at("2026-02-08")
    assert (decision.reason.name, decision.reason.args, decision.next.on) == ("closed_today", (date(2026, 2, 8),), date(2026, 2, 9))


def test_the_day_after_the_last_move_opens_on_a_working_day(bench):
    both = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+1, channels: [email], tone: neutral}\n"
    assert bench(both, top=NEXT + "late: {pace: catch_up}\n").done("a", "2026-02-06").at("2026-02-06").next.on == date(2026, 2, 9)


def test_a_delay_says_the_day_it_was_moved_to_and_only_then(bench):
    open_day = bench("  - {id: a, at: J+5, channels: [email], tone: courteous}\n", top=NEXT).at("2026-01-31")
    assert (open_day.reason.args, open_day.next.on) == (("J+5", None), date(2026, 2, 6))
    saturday = bench("  - {id: a, at: J+6, channels: [email], tone: courteous}\n", top=NEXT).at("2026-01-31")
    assert (saturday.reason.args, saturday.next.on) == (("J+6", date(2026, 2, 9)), date(2026, 2, 9))


def verdict(decision, step):
    """Give one step's verdict whole: its status, day and reason."""
    (found,) = [each for each in decision.steps if each.step == step]
    return (found.status, found.on, found.reason.name, found.reason.args)


CALL = "  - {id: appel, at: J, channels: [call], tone: courteous}\n  - {id: b, at: J+10, channels: [email], tone: neutral}\n"


def test_a_task_that_is_out_is_open_until_a_later_step_has_gone(bench):
    ladder = bench(CALL, top=OPEN).done("appel", "2026-02-01", channel="call")
    assert verdict(ladder.at("2026-02-05"), "appel") == (StepStatus.OPEN, date(2026, 2, 1), "open", ())
    ladder.done("b", "2026-02-11")
    assert verdict(ladder.at("2026-02-12"), "appel") == (StepStatus.PASSED_OVER, None, "superseded", (date(2026, 2, 1),))


def test_a_call_that_answers_an_event_once_more_is_open_though_the_ladder_stands_on_it(bench):
    answer = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: appel, at: dispute.closed, channels: [call], tone: neutral}\n"
    ladder = bench(answer, top=OPEN).done("a", "2026-02-01")
    ladder.told("2026-02-09", "dispute.opened", reason="x").told("2026-02-10", "dispute.closed").done("appel", "2026-02-10", channel="call", id="un")
    ladder.told("2026-02-11", "action.executed", id="un")
    ladder.told("2026-03-09", "dispute.opened", reason="x").told("2026-03-10", "dispute.closed").done("appel", "2026-03-10", channel="call", id="deux", occurrence=2)
    assert verdict(ladder.at("2026-03-11"), "appel") == (StepStatus.OPEN, date(2026, 3, 10), "open", ())


def test_what_the_ladder_went_past_is_behind_it(bench):
    assert verdict(bench(TWO, top=OPEN).done("b", "2026-02-11").at("2026-02-12"), "a") == (StepStatus.PASSED_OVER, None, "behind", ("b",))


def test_what_counts_from_the_previous_step_waits_for_what_is_written_before_it(bench):
    three = TWO + "  - {id: c, at: previous + 3 days, channels: [email], tone: firm}\n"
    assert verdict(bench(three, top=OPEN).done("a", "2026-02-01").at("2026-02-02"), "c") == (StepStatus.BLOCKED, None, "after", ("b",))


def test_a_hand_over_says_whether_the_notice_was_never_sent_or_is_still_out(bench):
    over = (
        "  - {id: mise, kind: formal_notice, at: J, channels: [task], tone: formal, grants: 8 days}\n"
        "  - {id: remise, kind: handover, to: bailiff, at: J+10, channels: [handover]}\n"
    )
    assert verdict(bench(over, top=OPEN).at("2026-01-20"), "remise") == (StepStatus.BLOCKED, None, "no_notice", ())
    waits = bench(over, top=OPEN).done("mise", "2026-02-01", channel="task")
    assert verdict(waits.at("2026-02-02"), "remise") == (StepStatus.BLOCKED, None, "anchor_open", ("mise",))


def test_what_comes_after_another_names_it(bench):
    both = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+10, after: [a], channels: [email], tone: neutral}\n"
    assert verdict(bench(both, top=OPEN).at("2026-01-20"), "b") == (StepStatus.BLOCKED, None, "after", ("a",))


def test_a_repeat_gives_way_to_a_later_step_of_the_same_day(bench):
    again = "  - {id: a, at: J, channels: [email], tone: courteous, repeat: {every: 10 days, times: 3}}\n  - {id: b, at: J+10, channels: [email], tone: neutral}\n"
    decision = bench(again, top=OPEN).done("a", "2026-02-01").at("2026-02-11")
    assert (decision.status, decision.step.id) == (Status.DUE, "b")


def test_a_condition_that_does_not_hold_is_told_from_one_that_cannot_be_tried(bench):
    for condition, name in (("{country: BE}", "condition"), ("{score: {at_least: 3}}", "fact_missing")):
        steps = "  - {id: a, at: J, channels: [email], tone: courteous, if: " + condition + "}\n  - {id: b, at: J+10, channels: [email], tone: neutral}\n"
        status, on, reason, _ = verdict(bench(steps, top=OPEN, country="FR").at("2026-02-02"), "a")
        assert (status, on, reason) == (StepStatus.PASSED_OVER, None, name)
