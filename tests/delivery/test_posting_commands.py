"""`relance outbox`, `render` and `send` as a person runs them, with a real journal and a real server."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import json
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.cli.send import paced
from relance.delivery import outbox
from relance.delivery.sending import Fate, SendingReport
from relance.interpreter import look
from relance.model import Address


@pytest.fixture
def relance(tmp_path, monkeypatch, clock, smtp_server):
    monkeypatch.setattr(common, "now", clock)
    for module in ("relance.cli.send", "relance.cli.outbox"):
        __import__(module)
    monkeypatch.setattr("relance.cli.send.now", clock)
    monkeypatch.setattr("relance.cli.outbox.today", clock.now.date)
    environment = {
        "RELANCE_JOURNAL": str(tmp_path / "books.db"), "RELANCE_ACTOR": "claire", "RELANCE_SMTP_HOST": "127.0.0.1",
        "RELANCE_SMTP_PORT": str(smtp_server.port), "RELANCE_SMTP_SECURITY": "none",
    }  # fmt: skip

    def run(*arguments, **more):
        return CliRunner().invoke(main, arguments, env={**environment, **more}, catch_exceptions=False)

    return run


def test_a_draft_is_listed_shown_approved_and_sent(relance, journal, emit, facts, playbook, post):
    strict = dataclasses.replace(playbook, steps=tuple(dataclasses.replace(step, approval=True) for step in playbook.steps))
    (action,) = emit(facts, playbook=strict)
    listed = relance("outbox", "list")
    assert listed.exit_code == 0
    assert "draft" in listed.output
    assert "1 message" in listed.output
    shown = relance("outbox", "show", action.id)
    assert "F-2026-001" in shown.output
    assert "1\u202f200,00" in shown.output
    assert relance("send").output.strip() == "nothing was ready"
    assert relance("outbox", "approve", action.id[:8]).exit_code == 0
    sent = relance("send")
    assert sent.exit_code == 0, sent.output
    assert "1 sent" in sent.output
    assert len(post.taken) == 1
    assert relance("outbox", "list").output.strip() == "0 messages"
    (entry,) = [each for each in journal.entries() if each.kind == "action.approved"]
    assert entry.actor == "claire"


def test_a_reason_is_asked_for(relance, emit, facts):
    (action,) = emit(facts)
    assert relance("outbox", "reject", action.id).exit_code == 2
    assert relance("outbox", "reject", action.id, "--reason", "  ").exit_code == 2
    assert relance("outbox", "skip", action.id, "--reason", "client fidèle").exit_code == 0
    listed = json.loads(relance("outbox", "list", "--state", "skipped", "--format", "json").output)
    assert listed["messages"][0]["reason"] == "client fidèle"
    assert relance("outbox", "approve", action.id).exit_code == 1


def test_an_unclear_message_asks_for_a_person(relance, emit, facts, post):
    emit(facts)
    post.drop = True
    sent = relance("send", "--format", "json")
    assert sent.exit_code == 1
    assert json.loads(sent.output)["counts"] == {"unclear": 1}
    assert relance("send").exit_code == 0, "it is left alone"
    unclear = json.loads(relance("outbox", "list", "--state", "unclear", "--format", "json").output)["messages"]
    assert len(unclear) == 1
    assert relance("outbox", "sent", unclear[0]["id"]).exit_code == 0


def test_a_password_is_nowhere_on_the_command_line_nor_in_the_clear(relance, emit, facts):
    emit(facts)
    options = relance("send", "--help").output
    assert "--password" not in options
    refused = relance("send", RELANCE_SMTP_HOST="mail.example.org", RELANCE_SMTP_USER="u", RELANCE_SMTP_PASSWORD="geheim")
    assert refused.exit_code == 2
    assert "in the clear" in refused.output
    assert "geheim" not in refused.output


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("RELANCE_SMTP_TIMEOUT", "soon", "seconds"), ("RELANCE_SMTP_TIMEOUT", "0", "seconds"), ("RELANCE_SMTP_PORT", "99999", "65535"),
        ("RELANCE_SMTP_PORT", "smtp", "65535"), ("RELANCE_SMTP_SECURITY", "ssl", "starttls"), ("RELANCE_SMTP_CA", "nowhere.pem", "no file"),
        ("RELANCE_WEBHOOK_URL", "http://open.example", "https"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_said_before_anything_leaves(relance, emit, facts, post, name, value, word):
    emit(facts)
    refused = relance("send", **{name: value})
    assert refused.exit_code == 2
    assert word in refused.output
    assert post.taken == []


def test_rendering_writes_every_document_and_says_what_is_missing(relance, journal, playbook, facts, tmp_path, clock):
    for number in range(4):
        name = f"d{number}"
        debtor = dataclasses.replace(
            facts.debtor, id=name, address=Address(("12 rue de la République",)) if number == 3 else facts.debtor.address
        )
        mine = dataclasses.replace(
            facts, debtor=debtor, invoices=tuple(dataclasses.replace(each, id=f"F-{number}") for each in facts.invoices)
        )
        journal.take_in([mine], actor="test")
    day = date(2026, 2, 2)
    paper = dataclasses.replace(playbook, steps=tuple(step for step in playbook.steps if step.id == "relance-2"))
    while day <= date(2026, 3, 5):
        for known in list(journal.facts()):
            actions = [dataclasses.replace(each, playbook="negligent") for each in look(paper, known, day).actions]
            journal.emit(actions, on=day, actor="test")
        day += timedelta(1)
    done = relance("render", "--out", str(tmp_path / "out"))
    assert done.exit_code == 1, done.output
    assert "7 of 8 messages written" in done.output
    assert "no postcode" in " ".join(done.output.split())
    assert len(list((tmp_path / "out" / "letters" / "single").glob("*.pdf"))) == 3
    assert (tmp_path / "out" / "letters" / "letters.pdf").is_file()
    assert len(list((tmp_path / "out").glob("*.eml"))) == 4
    assert all(each.state == "ready" for each in outbox.read(journal) if each.channel != "task"), "nothing was recorded"


def test_what_is_rendered_is_what_would_be_sent(relance, journal, both, facts, tmp_path, emit, clock, post):
    emit(facts, playbook=both[0])
    own = ("--playbook", str(both[1]))
    journal.attach("atelier", "dupont", b"%PDF-1.7 the invoice", name="facture.pdf", kind="invoice", on=date(2026, 2, 2), actor="t",
                   invoice="F-2026-001", media_type="application/pdf")  # fmt: skip
    journal.attach("atelier", "dupont", bytes(11 << 20), name="plan.pdf", kind="invoice", on=date(2026, 2, 2), actor="t", invoice="F-2026-001")
    mail = next(each for each in outbox.read(journal) if each.channel == "email")
    shown = relance("outbox", "show", mail.items[0].action.id, *own).output
    assert "enclosed: the letter of this step, facture.pdf; not attached, over 10.0 MB in all: plan.pdf (11.0 MB)" in " ".join(shown.split())
    done = relance("render", "--out", str(tmp_path / "out"), *own)
    assert done.exit_code == 0, done.output
    assert "not attached, over 10.0 MB in all: plan.pdf (11.0 MB)" in " ".join(done.output.split())
    (written,) = (tmp_path / "out").glob("*.eml")
    rendered = email.message_from_bytes(written.read_bytes(), policy=email.policy.default)
    assert [each.get_filename()[-12:] for each in rendered.iter_attachments()][1:] == ["facture.pdf"]
    assert "plan.pdf (11.0 MB)" in relance("send", "--print", str(tmp_path / "tray"), *own).output
    sent = email.message_from_bytes(post.taken[0].content, policy=email.policy.default)
    assert [each.get_content() for each in sent.iter_attachments()] == [each.get_content() for each in rendered.iter_attachments()]


def test_a_dry_run_sends_nothing_and_an_unknown_channel_is_a_mistake(relance, emit, facts, post):
    emit(facts)
    dry = relance("send", "--dry-run").output
    assert "1 would be sent" in dry
    assert " sent\n" not in dry.replace("would be sent\n", "")
    assert post.taken == []
    assert relance("send", "--channel", "pigeon").exit_code == 2
    assert "--print DIR" in relance("send", "--channel", "letter").output
    stuck = relance("send", "--print", "lettres", RELANCE_SMTP_HOST="").output
    assert "email: 1 message is ready and has no way out here: set RELANCE_SMTP_HOST" in stuck
    assert "nothing was ready" not in stuck
    assert relance("send", RELANCE_SMTP_HOST="").exit_code == 2


def test_the_limit_cuts_a_run_short(relance, emit, facts, post):
    for number in range(3):
        emit(dataclasses.replace(facts, debtor=dataclasses.replace(facts.debtor, id=f"d{number}"),
                                 invoices=tuple(dataclasses.replace(each, id=f"F-{number}") for each in facts.invoices)))  # fmt: skip
    done = relance("send", "--limit", "2", "--rate", "100000")
    assert "2 sent; 1 not reached" in done.output
    assert len(post.taken) == 2
    assert "1 sent" in relance("send", "--rate", "100000").output


def test_so_many_leave_a_minute_and_only_what_was_handed_over_counts(clock):
    """The clock and the sleep are given: sleeping moves the clock, and so does a server that takes its time."""
    slept, left = [], []

    def sleep(seconds):
        slept.append(seconds)
        clock.now += timedelta(seconds=seconds)

    def report(fate, channel="email"):
        return SendingReport(SimpleNamespace(channel=channel), Fate(fate))

    def run():
        for fate, channel, took in (
            ("sent", "email", 0), ("waits", "email", 0), ("failed", "email", 0.5), ("missing", "email", 0), ("sent", "letter", 0), ("unclear", "sms", 5),
            ("sent", "email", 0), ("withdrawn", "email", 0), ("sent", "email", 0),
        ):  # fmt: skip
            clock.now += timedelta(seconds=took)
            left.append((fate, channel, (clock.now - start).total_seconds()))
            yield report(fate, channel)

    start = clock.now
    assert len(list(paced(run(), rate=60, limit=None, total=9, clock=clock, sleep=sleep))) == 9
    assert [at for fate, channel, at in left if fate in ("sent", "failed", "unclear") and channel != "letter"] == [0, 1.5, 7, 7, 8]
    assert slept == [1, 0.5, 0, 1], "what a server took is part of the pace, no burst makes up for it, and nobody waits behind the last"


def test_no_rate_no_pause_and_the_limit_counts_what_left(clock):
    def never(_):
        raise AssertionError

    reports = [SendingReport(SimpleNamespace(channel="email"), Fate(fate)) for fate in ("sent", "failed", "sent", "sent")]
    assert [each.fate for each in paced(iter(reports), rate=0, limit=2, total=4, clock=clock, sleep=never)] == ["sent", "failed", "sent"]


def test_a_later_mail_names_the_one_before_as_mail_clients_want_it(relance, emit, facts, post, clock):
    emit(facts)
    relance("send")
    for _ in range(60):
        clock.now += timedelta(days=1)
        if clock.now.weekday() < 5 and any(each.channel == "email" for each in emit(facts, on=clock.now.date())):
            break
    relance("send", "--channel", "email")
    first, later = (email.message_from_bytes(each.content, policy=email.policy.default) for each in post.taken)
    assert [each["Auto-Submitted"] for each in (first, later)] == ["auto-generated"] * 2
    assert first["Message-ID"] != later["Message-ID"]
    assert re.fullmatch(r"<relance\.[A-Za-z0-9._-]+@[a-z0-9.-]+>", first["Message-ID"])
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    assert (later["In-Reply-To"], later["References"]) == (first["Message-ID"], first["Message-ID"])
