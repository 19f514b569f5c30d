"""`send --wait`: what waits for its hours leaves when they come on that day; nothing is lost where it is stopped, and nothing waits for another day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.delivery import outbox
from relance.delivery.outbox import State
from relance.language import load_playbook

#: Monday 2 February 2026, 07:30 in Paris: before the hours below.
EARLY = datetime(2026, 2, 2, 6, 30, tzinfo=UTC)


@pytest.fixture
def hours(tmp_path):
    """A playbook whose e-mails leave in the morning and in the afternoon only."""
    path = tmp_path / "negligent.yaml"
    path.write_text(
        "schema: 1\nplaybook: negligent\nversion: 1\ntitle: Heures\ndebtor: business\ncontact:\n  hours: {email: ['09:00-12:00', '14:00-18:00']}\n"
        "steps:\n  - {id: relance-2, at: J+1, channels: [email], tone: firm, claim: [late_interest, fixed_indemnity]}\n",
        encoding="utf-8",
    )
    found, findings = load_playbook(path, checks=False)
    assert found is not None, findings
    return found, path


@pytest.fixture
def send(tmp_path, monkeypatch, clock, smtp_server, emit, facts, hours):
    """Send with a clock that goes on by what is slept, and a word said as it sleeps."""
    playbook, path = hours
    slept: list[float] = []

    def sleep(seconds):
        slept.append(seconds)
        clock.now += timedelta(seconds=seconds)
        for said in heard:
            said()

    heard: list = []
    clock.now = EARLY
    monkeypatch.setattr(common, "now", clock)
    __import__("relance.cli.send")
    monkeypatch.setattr("relance.cli.send.now", clock)
    monkeypatch.setattr("relance.cli.waiting.sleep", sleep)
    (action,) = emit(facts, on=date(2026, 2, 2), playbook=playbook)
    environment = {
        "RELANCE_JOURNAL": str(tmp_path / "books.db"), "RELANCE_ACTOR": "claire", "RELANCE_SMTP_HOST": "127.0.0.1",
        "RELANCE_SMTP_PORT": str(smtp_server.port), "RELANCE_SMTP_SECURITY": "none",
    }  # fmt: skip

    def run(*arguments):
        return CliRunner().invoke(main, ["send", "--playbook", str(path), *arguments], env=environment, catch_exceptions=False)

    run.slept, run.heard, run.message = slept, heard, action.id
    return run


def state(journal):
    return outbox.read(journal)[0].state


def test_it_leaves_when_its_hours_come_and_the_wait_is_said(send, journal, clock, post):
    done = send("--wait")
    assert done.exit_code == 0, done.output
    assert "1 message waits for its hours, until 09:00 (Paris)" in done.output
    assert done.output.rstrip().endswith("1 sent")
    assert clock.now == datetime(2026, 2, 2, 8, 0, tzinfo=UTC), "nine in Paris, to the minute"
    assert max(send.slept) <= 60, "a machine that slept is not late by more than a minute"
    assert len(post.taken) == 1
    assert state(journal) is State.SENT


def test_without_it_the_message_stays_ready_and_says_why(send, journal, post):
    done = send()
    assert done.exit_code == 0
    assert "it is 07:30 there" in done.output
    assert "1 waits" in done.output
    assert (send.slept, post.taken, state(journal)) == ([], [], State.READY)


@pytest.mark.parametrize(("hour", "left_at"), [(10, 10), (11, 13), (16, None)], ids=["within", "between two windows", "after the last"])
def test_it_waits_for_hours_of_the_same_day_only(send, journal, clock, hour, left_at):
    """11:00 UTC is noon in Paris, where the first window has just ended; 17:00 is after the second."""
    clock.now = datetime(2026, 2, 2, hour if left_at else 17, 0, tzinfo=UTC)
    done = send("--wait")
    assert done.exit_code == 0
    assert state(journal) is (State.SENT if left_at else State.READY)
    assert clock.now.hour == (left_at or 17)


def test_a_closed_day_is_not_waited_for(send, journal, clock):
    clock.now = datetime(2026, 2, 8, 6, 30, tzinfo=UTC)  # a Sunday
    assert "waits" in send("--wait").output
    assert (send.slept, state(journal)) == ([], State.READY)


def test_stopped_while_it_waits_nothing_is_lost_nor_written(send, journal, post):
    def stop():
        raise KeyboardInterrupt

    before = journal.last_seq(*_whose(journal))
    send.heard.append(stop)
    done = send("--wait")
    assert done.exit_code == 2
    assert "what waits for its hours stays ready" in done.output
    assert "1 waits" in done.output
    assert (post.taken, state(journal), journal.last_seq(*_whose(journal))) == ([], State.READY, before)


def _whose(journal):
    message = outbox.read(journal)[0]
    return message.creditor, message.debtor


def test_what_a_colleague_withdraws_meanwhile_does_not_leave(send, journal, post):
    def reject():
        if state(journal) is State.READY:
            outbox.withdraw(journal, outbox.read(journal)[0], on=date(2026, 2, 2), actor="paul", reason="vu", skip=False)

    send.heard.append(reject)
    done = send("--wait", "--format", "json")
    assert post.taken == []
    assert json.loads(done.stdout)["counts"] == {"gone": 1}, "its last word, not that it waits"


def test_a_rehearsal_waits_for_nothing(send, journal):
    assert "1 waits" in send("--wait", "--dry-run").output
    assert (send.slept, state(journal)) == ([], State.READY)


def test_json_is_one_document_with_the_last_word_of_each_message(send):
    found = json.loads(send("--wait", "--format", "json").stdout)
    assert [(each["message"], each["fate"]) for each in found["messages"]] == [(send.message, "sent")]
