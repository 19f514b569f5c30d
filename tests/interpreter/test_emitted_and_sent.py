"""Emitted is not sent: a step counts from the day its message left, and nothing of its case overtakes it before."""

from __future__ import annotations

from datetime import date

import pytest

from relance.interpreter.action_state import acts
from relance.interpreter.reasons import say
from relance.interpreter.snapshot import Snapshot
from relance.model import Channel, Sender, Status

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
STEPS = """\
  - {id: a, at: J, channels: [email], tone: courteous}
  - {id: b, at: a + 5 days, channels: [email], tone: neutral}
  - {id: c, kind: formal_notice, at: b + 5 days, channels: [registered_letter], tone: formal, grants: 8 days, approval: required}
  - {id: d, kind: handover, at: c.deadline + 1 day, channels: [handover], to: bailiff}
"""
OURS = {"sent_by": Sender.RELANCE}


@pytest.mark.parametrize("sent_by", [None, Sender.OTHER])
def test_where_another_system_sends_emission_stands_for_sending(bench, sent_by):
    ladder = bench(STEPS, top=OPEN).done("a", "2026-02-01", id="x", sent_by=sent_by)
    assert ladder.at("2026-02-05").next.on == date(2026, 2, 6)
    assert ladder.at("2026-02-06").step.id == "b"


def test_what_relance_sends_counts_from_the_day_it_left(bench):
    ladder = bench(STEPS, top=OPEN).done("a", "2026-02-01", id="x", **OURS)
    for on in ("2026-02-01", "2026-02-06", "2026-04-01"):
        decision = ladder.at(on)
        assert (decision.status, decision.next, decision.step) == (Status.AWAITING_SENDING, None, None)
    assert say(ladder.at("2026-02-06").reason) == "a message of a has waited since 2026-02-01 to leave (5 days)"
    ladder.told("2026-02-10", "action.executed", id="x")
    assert ladder.at("2026-02-09").status is Status.AWAITING_SENDING  # a day is decided by what was known on it
    assert (ladder.at("2026-02-10").status, ladder.at("2026-02-10").next.on) == (Status.WAITING, date(2026, 2, 15))
    assert ladder.at("2026-02-15").step.id == "b"


def test_approval_sends_nothing(bench):
    """A notice that was approved and lies in the outbox grants no deadline: no hand-over follows."""
    ladder = bench(STEPS, top=OPEN).done("a", "2026-02-01").done("b", "2026-02-06").done("c", "2026-02-11", "registered_letter", id="n", draft=True, **OURS)
    assert ladder.at("2026-02-12").status is Status.AWAITING_APPROVAL
    ladder.told("2026-02-12", "action.approved", id="n")
    assert ladder.at("2026-03-30").status is Status.AWAITING_SENDING
    assert say(ladder.at("2026-02-13").reason) == "a message of c of 2026-02-12 has not left yet"
    ladder.told("2026-03-30", "action.executed", id="n")
    assert ladder.at("2026-04-07").status is Status.WAITING
    assert ladder.at("2026-04-08").step.id == "d"


@pytest.mark.parametrize(("word", "status"), [("action.failed", Status.DUE), ("action.cancelled", Status.DUE), ("action.skipped", Status.WAITING)])
def test_a_message_that_will_not_leave_holds_nothing_up(bench, word, status):
    ladder = bench(STEPS, top=OPEN).done("a", "2026-02-01", id="x", **OURS).told("2026-02-03", word, id="x", error="no such box", reason="no")
    assert ladder.at("2026-02-04").status is status


def test_a_word_by_step_reaches_the_message_that_waits(bench):
    ladder = bench(STEPS, top=OPEN).done("a", "2026-02-01", id="x", **OURS).told("2026-02-04", "action.executed", step="a")
    assert ladder.at("2026-02-09").step.id == "b"


def test_calls_and_hand_overs_are_not_sent_by_a_server(bench):
    steps = STEPS + "  - {id: e, at: J, channels: [call], tone: courteous}\n"
    ladder = bench(steps, top=OPEN).done("e", "2026-02-01", "call", id="x", **OURS).done("d", "2026-02-02", "handover", id="y", **OURS)
    states = {act.id: act for act in acts(ladder.facts.events, date(2026, 2, 2))}
    assert (states["x"].pending, states["x"].open) == (False, True)
    assert (states["y"].pending, states["y"].executed) == (False, date(2026, 2, 2))


def test_nobody_was_contacted_by_what_has_not_left_and_yet_it_takes_its_room(bench):
    """The message of one invoice may leave today, so that another of the debtor's has no room beside it."""
    top = OPEN + "contact: {min_gap: 3 days}\n"
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n", top=top).invoice("F-2", "2026-02-02")
    ladder.done("a", "2026-02-01", id="x", **OURS)
    today = Snapshot(ladder.playbook, ladder.facts, date(2026, 2, 4))
    assert [act.contact for act in today.acts] == [None]
    assert [each.on for each in today.contacts] == [date(2026, 2, 4)]
    assert ladder.at("2026-02-04", case=1).next.on == date(2026, 2, 7)
    ladder.told("2026-02-04", "action.executed", id="x")
    assert ladder.at("2026-02-06", case=1).status is Status.WAITING
    assert ladder.at("2026-02-07", case=1).step.id == "a"


def test_one_step_of_a_case_a_day_by_the_day_the_last_one_left(bench):
    steps = "  - {id: a, at: J, channels: [email], tone: courteous}\n  - {id: b, at: J+1, channels: [email], tone: neutral}\n"
    ladder = bench(steps, top=OPEN + "late: {pace: catch_up}\n").done("a", "2026-02-01", id="x", **OURS).told("2026-02-09", "action.executed", id="x")
    assert ladder.at("2026-02-09").status is Status.WAITING
    assert ladder.at("2026-02-10").step.id == "b"


def test_a_preview_takes_what_it_emits_as_sent_and_what_waits_as_waiting(bench):
    assert [step for _, step in bench(STEPS, top=OPEN).dates()] == ["a", "b", "c", "d"]
    told = bench(STEPS, top=OPEN).done("a", "2026-02-01", id="x", **OURS)
    assert told.dates() == []
    assert [step for _, step in told.told("2026-02-20", "action.executed", id="x").dates()] == ["b", "c", "d"]


def test_only_a_message_has_a_server_to_send_it():
    from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, POSTED_CHANNELS

    assert (CONTACT_CHANNELS - MANUAL_CHANNELS) | {Channel.WEBHOOK} == POSTED_CHANNELS
