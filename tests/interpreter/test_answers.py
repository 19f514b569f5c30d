"""docs/language.md 4: a step that counts from an event answers each such event, wherever the ladder stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.model import Event, Status, StepStatus

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
ANSWER = "  - {{id: answer, at: {at}, channels: [letter], tone: neutral, grants: 8 days{more}}}\n"
NOTICE = "  - {id: notice, kind: formal_notice, at: J+10, channels: [letter], tone: formal, grants: 8 days}\n"
OUT = "  - {id: out, kind: handover, at: notice.deadline + 2 days, channels: [handover], to: bailiff}\n"


def ladder(bench, at="contact.inbound", more=""):
    return bench(ANSWER.format(at=at, more=more) + NOTICE + OUT, top=OPEN, due="2026-02-02")


def plan(on, *days):
    return {"instalments": tuple({"on": date.fromisoformat(day), "amount": Decimal(50)} for day in days)}


def spoke(case, on):
    return case.told(on, "contact.inbound", channel="call", note="x")


def test_an_event_after_the_notice_is_answered_and_gives_its_time_before_the_hand_over(bench):
    case = ladder(bench, "plan.broken").told("2026-02-15", "plan.agreed", **plan("2026-02-15", "2026-03-02", "2026-04-02"))
    assert case.dates() == [("2026-02-12", "notice"), ("2026-03-05", "answer"), ("2026-03-14", "out")]


def test_each_event_is_answered_once(bench):
    case = spoke(spoke(ladder(bench), "2026-02-14"), "2026-02-25")
    assert [(each.on.isoformat(), each.first.step, each.first.occurrence) for each in case.play().entries] == [
        ("2026-02-12", "notice", 1),
        ("2026-02-21", "answer", 1),  # nothing before the day after the notice's deadline
        ("2026-03-03", "answer", 2),  # the first answer gave until 1 March, a Sunday, and so until Monday
        ("2026-03-12", "out", 1),
    ]


def test_once_answers_the_first_event_and_no_other(bench):
    case = spoke(spoke(ladder(bench, more=", once: true"), "2026-02-14"), "2026-02-25")
    assert case.dates() == [("2026-02-12", "notice"), ("2026-02-21", "answer"), ("2026-03-03", "out")]  # the answer gave until Monday 2 March


def test_an_event_of_the_day_of_the_answer_is_answered_by_it(bench):
    case = spoke(ladder(bench), "2026-02-03").done("answer", "2026-02-03", "letter")
    assert case.at("2026-02-04").steps[0].status is StepStatus.DONE
    assert spoke(case, "2026-02-04").at("2026-02-20").steps[0].status is StepStatus.DUE


def test_an_answer_skipped_by_hand_stays_skipped_until_the_next_event(bench):
    case = spoke(ladder(bench), "2026-02-14").done("notice", "2026-02-12", "letter").told("2026-02-15", "action.skipped", step="answer")
    assert case.at("2026-02-22").steps[0].status is StepStatus.SKIPPED
    assert spoke(case, "2026-02-16").at("2026-02-22").steps[0].status is StepStatus.DUE


def test_the_hand_over_waits_for_an_answer_whose_date_has_not_come(bench):
    case = spoke(ladder(bench, '"contact.inbound + 20 days"'), "2026-02-14").done("notice", "2026-02-12", "letter")
    seen = case.at("2026-02-25")
    assert seen.status is Status.WAITING
    assert seen.next.on == date(2026, 3, 6)
    assert seen.steps[2].reason == ("after", ("answer",))


REMINDER = "  - {id: reminder, at: J+5, channels: [email], tone: neutral}\n"
ORDINARY = "  - {id: call, at: J+1, channels: [call], tone: courteous}\n" + REMINDER


def broken(case):
    """A plan from before the first step on, whose one instalment of 2 March is not there on the 5th, after two days of grace."""
    return case.told("2026-02-02", "plan.agreed", **plan("2026-02-02", "2026-03-02"))


@pytest.mark.parametrize("late", ["{entry: first, pace: keep}", "{entry: first, pace: jump}", "{entry: current, pace: keep}", "{entry: first, pace: catch_up}"])
@pytest.mark.parametrize("after", [False, True], ids=["what is overdue stands before", "what is overdue stands after"])
def test_on_the_day_of_an_event_its_answer_goes_before_what_is_overdue(bench, late, after):
    answer = ANSWER.format(at="plan.broken", more="")
    case = broken(bench(answer + ORDINARY if after else ORDINARY + answer, top=f"{OPEN}late: {late}\ncontact: {{min_gap: 5 days}}\n", due="2026-02-02"))
    assert case.dates()[0] == ("2026-03-05", "answer")
    seen = case.at("2026-03-05").steps
    told = [each.reason for each in seen if each.step in ("call", "reminder")]
    assert after or told == [("answered_first", ("answer",))] * 2
    assert after is (len(case.dates()) > 1), "it leaves behind what is written above it, and nothing that is written below"


def test_an_answer_leaves_no_formal_notice_behind_that_may_go_today(bench):
    overdue = broken(bench(NOTICE + ANSWER.format(at="plan.broken", more=""), top=OPEN, due="2026-02-02"))
    assert overdue.dates() == [("2026-03-05", "notice"), ("2026-03-14", "answer")]
    first = broken(bench(REMINDER + NOTICE + ANSWER.format(at="plan.broken", more=""), top=f"{OPEN}late: {{entry: first, pace: catch_up}}\n", due="2026-02-02"))
    assert [step for _, step in first.dates()] == ["reminder", "notice", "answer"]


def test_what_answers_nothing_new_or_says_nothing_to_the_debtor_goes_in_its_place(bench):
    task = "  - {id: file, kind: task, at: plan.broken, channels: [task]}\n"
    assert [step for _, step in broken(bench(REMINDER + task, top=OPEN, due="2026-02-02")).dates()] == ["reminder", "file"]
    out = "  - {id: out, kind: handover, at: plan.broken, channels: [handover], to: agency}\n"
    assert [step for _, step in broken(bench(REMINDER + out, top=OPEN, due="2026-02-02")).dates()] == ["reminder", "out"]
    again = spoke(ladder(bench, more=", repeat: {every: 3 days, times: 3}"), "2026-02-03")
    assert ("2026-02-12", "notice") in again.dates(), "the answer once more gives way to what is due, as any repeat does"


SPOKEN = "  - {id: reply, at: contact.inbound, channels: [letter], tone: neutral}\n"


@pytest.mark.parametrize("above", [False, True], ids=["the file has the older event first", "the file has the later event first"])
def test_of_two_answers_that_to_the_latest_event_goes_first(bench, above):
    named = ANSWER.format(at="plan.broken", more="")
    steps = named + SPOKEN if above else SPOKEN + named
    late = spoke(broken(bench(steps, top=f"{OPEN}contact: {{min_gap: 5 days}}\n", due="2026-02-02")), "2026-02-20")
    assert [step for _, step in late.dates()] == ["answer", "reply"], "what was said while the plan held is answered after the letter that says it is broken"
    since = spoke(broken(bench(steps, top=f"{OPEN}contact: {{min_gap: 5 days}}\n", due="2026-02-02")).done("answer", "2026-03-05", "letter"), "2026-03-07")
    assert [step for _, step in since.dates()] == ["reply"]
    of_one_day = spoke(broken(bench(steps, top=f"{OPEN}contact: {{min_gap: 5 days}}\n", due="2026-02-02")), "2026-03-05")
    assert next(step for _, step in of_one_day.dates()) == ("answer" if above else "reply"), "of one day, the file's order"


def test_a_step_that_goes_by_another_day_answers_nothing(bench):
    either = "  - {id: either, at: promise.broken, or_at: J+5, channels: [letter], tone: neutral}\n"
    case = bench("  - {id: call, at: J+1, channels: [call], tone: courteous}\n" + either, top=OPEN, due="2026-02-02")
    assert [step for _, step in case.dates("2026-03-05")] == ["call", "either"], "no promise was broken: the call that is overdue goes first"


def test_a_case_that_was_moved_does_not_answer_what_came_before(bench):
    case = spoke(ladder(bench), "2026-02-03").told("2026-02-05", "playbook.changed", playbook="essai", position="notice")
    assert case.at("2026-03-20").steps[0].status is StepStatus.SKIPPED
    assert spoke(case, "2026-03-01").at("2026-03-20").steps[0].status is StepStatus.DUE


# --------------------------------------------------------------------------- a notice that was not sent


@pytest.mark.parametrize("anchor", ["notice.deadline + 2 days", "notice + 12 days", "J+30"])
@pytest.mark.parametrize("kind", ["handover", "legal"])
def test_a_skipped_notice_gives_no_time_and_nothing_that_needs_one_follows(bench, anchor, kind):
    channel = "handover" if kind == "handover" else "task"
    out = f"  - {{id: out, kind: {kind}, at: {anchor}, channels: [{channel}], to: court}}\n"
    case = bench(NOTICE + out, top=OPEN, due="2026-02-02")
    assert [step for _, step in case.dates()] == ["notice", "out"]
    case.told("2026-02-11", "action.skipped", step="notice")
    assert case.dates() == []
    assert case.at("2026-06-01").steps[1].reason.name in ("not_served", "no_notice")


def test_a_notice_that_failed_gives_no_time_either(bench):
    case = ladder(bench).done("notice", "2026-02-12", "letter", id="a-1").told("2026-02-14", "action.failed", id="a-1", error="adresse inconnue")
    assert case.at("2026-03-30").steps[2].status is not StepStatus.DUE


def test_a_skipped_reminder_still_counts_for_what_counts_from_it(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: a + 5 days, channels: [email], tone: courteous}\n"
    case = bench(steps, top=OPEN, due="2026-02-02").told("2026-02-01", "action.skipped", step="a")
    assert case.dates() == [("2026-02-06", "b")]


def test_without_a_notice_in_the_playbook_none_is_waited_for(bench):
    case = bench("  - {id: out, kind: handover, at: J+5, channels: [handover], to: agency}\n", top=OPEN, due="2026-02-02")
    assert case.dates() == [("2026-02-07", "out")]


def test_a_case_moved_to_the_notice_goes_on_where_one_was_sent_under_another_playbook(bench):
    moved = {"playbook": "essai", "position": "notice"}
    without = ladder(bench).told("2026-02-20", "playbook.changed", **moved)
    assert without.dates("2026-02-20") == []
    served = ladder(bench)
    data = {"playbook": "autre", "step": "med", "channel": "letter", "case": "F-1", "kind": "formal_notice"}
    served.facts = replace(served.facts, events=(Event(date(2026, 2, 12), "action.emitted", "F-1", None, 1, data),))
    assert served.told("2026-02-20", "playbook.changed", **moved).dates("2026-02-20") == [("2026-03-04", "out")]  # the notice gave until Monday 2 March


# --------------------------------------------------------------------------- money that waits to be matched


def test_money_that_waits_holds_every_invoice_until_the_last_is_matched(bench):
    case = ladder(bench).invoice("F-2", "2026-02-02")
    case.told("2026-02-03", "payment.unmatched", None, amount="60.00", reference="R1")
    case.told("2026-02-04", "payment.unmatched", None, amount="10.00", reference="R2")
    for place in (0, 1):
        assert case.at("2026-02-12", place).reason == ("held", ("unmatched_money", None))
    case.told("2026-02-13", "payment.matched", None, reference="R1")
    assert case.at("2026-02-13").status is Status.HELD
    case.told("2026-02-14", "payment.matched", None, reference="R2")
    assert case.at("2026-02-14").status is Status.DUE


def test_money_in_one_currency_holds_no_account_in_another(bench):
    case = ladder(bench).invoice("F-2", "2026-02-02", currency="CHF")
    case.told("2026-02-03", "payment.unmatched", None, currency="CHF", amount="60.00", reference="R1")
    assert case.at("2026-02-12", 0).status is Status.DUE
    assert case.at("2026-02-12", 1).status is Status.HELD


def test_a_playbook_may_leave_it_out(bench):
    case = bench(NOTICE, top=OPEN + "hold_while: [disputed]\n", due="2026-02-02")
    assert case.told("2026-02-03", "payment.unmatched", None, amount="60.00").at("2026-02-12").status is Status.DUE
