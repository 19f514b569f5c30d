"""The outbox as a fold of the journal: drafts, approvals, rejections, attempts, and crashes between two writes."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from relance.delivery import outbox
from relance.delivery.outbox import State
from relance.interpreter import look
from relance.journal.journal import Journal
from relance.model import Channel, Event
from relance.simulation.timeline import preview

BY = {"on": date(2026, 2, 2), "actor": "claire"}


def only(journal):
    (message,) = outbox.read(journal)
    return message


def test_an_automatic_action_is_ready_and_says_all_that_was_emitted(journal, emit, facts):
    (action,) = emit(facts)
    message = only(journal)
    assert message.state is State.READY
    assert message.channel is Channel.EMAIL
    assert message.actions == (action,)


def test_interest_comes_back_segment_by_segment(journal, emit, facts, playbook):
    day = next(
        entry.on
        for entry in preview(playbook, facts, date(2026, 1, 1), date(2026, 12, 31)).entries
        if entry.first.step == "mise-en-demeure"
    )
    journal.take_in([facts], actor="test")
    for on in (facts.invoices[0].due + timedelta(days) for days in range(1, 90)):
        known = next(journal.facts())
        new = journal.emit(look(playbook, known, on).actions, on=on, actor="test")
        if on == day:
            break
        journal.record("atelier", "dupont", [Event(on, "action.executed", each.carrier, data={"id": each.id}) for each in new], actor="test")
    notice = next(each for each in outbox.read(journal) if each.items[0].action.step == "mise-en-demeure")
    assert notice.state is State.DRAFT
    claimed = notice.items[0].action.claimed
    assert claimed.segments
    assert sum(each.interest for each in claimed.segments) == claimed.late_interest


def test_a_draft_waits_for_a_word_and_is_dated_on_it(journal, emit, facts, playbook):
    strict = dataclasses.replace(playbook, steps=tuple(dataclasses.replace(step, approval=True) for step in playbook.steps))
    emit(facts, playbook=strict)
    draft = only(journal)
    assert draft.state is State.DRAFT
    assert outbox.approve(journal, draft, on=date(2026, 2, 4), actor="claire") is None
    approved = only(journal)
    assert approved.state is State.READY
    assert approved.dated == date(2026, 2, 4)
    assert "only a draft" in outbox.approve(journal, approved, **BY)


def test_a_rejected_message_is_cancelled_with_its_reason_and_the_ladder_may_ask_again(journal, emit, facts):
    emit(facts)
    assert outbox.withdraw(journal, only(journal), reason="adresse à vérifier", skip=False, **BY) is None
    message = only(journal)
    assert message.state is State.CANCELLED
    assert message.why == "adresse à vérifier"
    assert not emit(facts), "at most one step of a case a day"
    assert emit(facts, on=date(2026, 2, 3)), "it is asked for anew"
    states = [each.state for each in outbox.read(journal)]
    assert sorted(states) == [State.CANCELLED, State.READY]


def test_a_skipped_message_does_not_come_back(journal, emit, facts):
    emit(facts)
    assert outbox.withdraw(journal, only(journal), reason="inutile", skip=True, **BY) is None
    assert only(journal).state is State.SKIPPED
    assert not emit(facts)
    assert "already" in outbox.withdraw(journal, only(journal), reason="encore", skip=True, **BY)


def test_an_attempt_without_an_outcome_is_unclear_also_after_a_crash(journal, emit, facts, tmp_path, clock):
    emit(facts)
    assert outbox.record_outcome(journal, only(journal), "action.attempted", keys=True, attempt=1, **BY)
    journal.close()
    with Journal.open(tmp_path / "books.db", now=clock) as again:
        assert only(again).state is State.UNDER_WAY, "it may be another process that is just sending it"
        clock.now += outbox.ATTEMPT
        message = only(again)
        assert message.state is State.UNCLEAR
        assert "never written" in message.why
        assert not outbox.record_outcome(again, message, "action.attempted", keys=True, attempt=1, **BY), "no second process takes the same attempt"
        assert outbox.approve(again, message, **BY) is None
        assert only(again).state is State.READY, "a person's word makes it ready again"


def test_a_person_may_say_that_an_unclear_message_did_leave(journal, emit, facts):
    emit(facts)
    outbox.record_outcome(journal, only(journal), "action.attempted", keys=True, attempt=1, **BY)
    outbox.record_outcome(journal, only(journal), "action.unclear", error="lost after DATA", **BY)
    assert only(journal).why == "lost after DATA"
    assert outbox.settle(journal, only(journal), outcome="found in the sent folder", **BY) is None
    assert only(journal).state is State.SENT
    assert outbox.settle(journal, only(journal), outcome="again", **BY)


def test_an_attempt_that_certainly_did_not_leave_is_ready_again(journal, emit, facts):
    emit(facts)
    outbox.record_outcome(journal, only(journal), "action.attempted", keys=True, attempt=1, **BY)
    outbox.record_outcome(journal, only(journal), "action.attempted", attempt=1, details={"outcome": "not_sent", "error": "451 later"}, **BY)
    message = only(journal)
    assert message.state is State.READY
    assert message.attempts == 1
    assert message.why == "451 later"


def test_messages_are_found_by_id_action_reference_and_prefix(journal, emit, facts):
    from relance.interpreter.action_id import reference_of

    (action,) = emit(facts)
    every = outbox.read(journal)
    message = every[0]
    for name in (message.id, action.id, reference_of(message.id), message.id[:6]):
        assert outbox.messages_named(every, name) == [message]
    assert outbox.messages_named(every, message.id[:3]) == []


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.TASK, Channel.HANDOVER])
def test_what_a_person_does_is_no_message(journal, emit, facts, channel, playbook):
    step = dataclasses.replace(playbook.steps[1], channels=(channel,), fallback=())
    emit(facts, playbook=dataclasses.replace(playbook, steps=(step,)))
    assert outbox.read(journal) == ()
