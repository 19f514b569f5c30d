"""Bounces and replies as mail servers write them, read once into the journal, and hostile messages that make nothing stumble."""

import json
import mailbox
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from relance.cli import main
from relance.delivery import outbox
from relance.delivery.inbound import InboundKind, read
from relance.journal.journal import Journal

DAY = date(2026, 3, 2)
REPORT = """From: Mail Delivery System <mailer-daemon@mx.example>
To: compta@atelier.example
Subject: Undelivered Mail Returned to Sender
Date: Tue, 3 Mar 2026 08:00:00 +0100
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I could not deliver your message.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; x@debtor.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--B
Content-Type: {inner}

From: compta@atelier.example
Message-ID: <relance.{id}@atelier.example>
Subject: Facture

--B--
"""
REPLY = """From: Mme Durand <durand@debtor.example>
To: compta@atelier.example
Subject: Re: Facture
Date: Tue, 3 Mar 2026 09:12:00 +0100
Message-ID: <1@debtor.example>
In-Reply-To: <relance.{id}@atelier.example>
{more}Content-Type: text/plain; charset=utf-8

Bonjour, je paie vendredi.
> Votre facture
"""


@pytest.mark.parametrize(
    ("action", "status", "said", "kind"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", InboundKind.BOUNCE),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", InboundKind.BOUNCE),
        ("failed", "4.4.7", "", InboundKind.BOUNCE),
        ("Failed", "5.7.26", "550 5.7.26 not authenticated: SPF", InboundKind.SENDER_REFUSED),
        ("failed", "5.7.1", "550-5.7.1 blocked using Spamhaus", InboundKind.SENDER_REFUSED),
        ("delayed", "4.2.2", "452 mailbox full", InboundKind.AUTOMATIC),
        ("delivered", "2.0.0", "", InboundKind.AUTOMATIC),
    ],
)
@pytest.mark.parametrize("inner", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_says_whose_fault_it_was(action, status, said, kind, inner):
    found = read(REPORT.format(action=action, status=status, said=said, id="abc123", inner=inner).encode())
    assert (found.kind, found.about) == (kind, "abc123")


@pytest.mark.parametrize(
    ("more", "kind"),
    [("", InboundKind.REPLY), ("Auto-Submitted: auto-replied\n", InboundKind.AUTOMATIC), ("Auto-Submitted: no\n", InboundKind.REPLY), ("Precedence: bulk\n", InboundKind.AUTOMATIC)],
)
def test_a_reply_is_a_persons_and_an_absence_is_not(more, kind):
    found = read(REPLY.format(id="abc123", more=more).encode())
    assert (found.kind, found.about) == (kind, "abc123")
    if kind is InboundKind.REPLY:
        assert found.words == "Bonjour, je paie vendredi."


@given(st.one_of(st.binary(max_size=300), st.integers(0, 900).map(lambda cut: REPORT[:cut].encode()), st.text(max_size=60).map(lambda text: f"References: {text}\n\nx".encode(errors="replace"))))
def test_no_message_makes_reading_stumble(content):
    assert read(content).kind in InboundKind


TWO = """Final-Recipient: rfc822; {first}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such {first}
"""
IN_WORDS = """From: mailer-daemon@mx.example
To: compta@atelier.example
Date: Tue, 3 Mar 2026 08:00:00 +0100

<{to}>:
192.0.2.1 does not like recipient. 550 5.1.1 user unknown

--- Below this line is a copy of the message.
Message-ID: <relance.{id}@atelier.example>
"""


def _returned(message: str, *to: str, original: str = "") -> str:
    """A report of a message that failed for some recipients, one of whom the sender knew by another address."""
    first, *more = to
    report = REPORT.format(action="failed", status="5.1.1", said=f"550 5.1.1 no such {first}", id=message, inner="message/rfc822")
    also = f"Original-Recipient: rfc822; {original}\n" if original else ""
    return report.replace("Final-Recipient: rfc822; x@debtor.example\n", f"{also}Final-Recipient: rfc822; {first}\n").replace(
        f"no such {first}\n", f"no such {first}\n" + "".join("\n" + TWO.format(first=each) for each in more), 1
    )


#: What came back, and what is written of it: a note where it was a copy alone.
RETURNED = [
    (lambda ours: _returned(ours, "vente@atelier.example"), "note"),
    (lambda ours: _returned(ours, "Vente@ATELIER.example", "chef@debtor.example"), "note"),
    (lambda ours: _returned(ours, "interne@boite.example", original="vente@atelier.example"), "note"),
    (lambda ours: _returned(ours, "durand@debtor.example"), "action.failed"),
    (lambda ours: _returned(ours, "vente@atelier.example", "durand@debtor.example"), "action.failed"),
    (lambda ours: _returned(ours, "durand@inside.example"), "action.failed"),  # his mailbox under another name
    (lambda ours: IN_WORDS.format(id=ours, to="vente@atelier.example"), "note"),
    (lambda ours: IN_WORDS.format(id=ours, to="durand@debtor.example"), "action.failed"),
    (lambda ours: _returned(ours, "vente@atelier.example").replace("Action: failed", "Action: delayed"), ""),
]


@pytest.fixture
def desk(tmp_path, monkeypatch, demo_morning):
    """The demonstration of 2 March 2026 with one e-mail that left; commands of the morning after."""
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: moment[0])
    demo_morning(tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(*words):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.output

    message = next(each for each in json.loads(run("outbox", "list", "--format", "json"))["messages"] if each["channel"] == "email" and each["state"] == "ready")
    run("outbox", "sent", message["id"])
    moment[0] = datetime(2026, 3, 3, 10, tzinfo=UTC)
    return run, message


def said(debtor):
    with Journal.open("relance.db", read_only=True) as journal:
        return [entry for entry in journal.entries(debtor=debtor) if entry.on.isoformat() == "2026-03-03"]


@pytest.mark.parametrize("box", ["mbox", "Maildir", "folder", "one.eml"])
def test_a_mailbox_of_any_kind_is_read_and_each_message_once(desk, tmp_path, box):
    run, message = desk
    content = REPLY.format(id=message["id"], more="").encode()
    place = tmp_path / box
    if box == "mbox":
        box = mailbox.mbox(place)
        box.add(content)
        box.close()
    elif box == "Maildir":
        mailbox.Maildir(place).add(content)
    elif box == "folder":
        place.mkdir()
        (place / "1.eml").write_bytes(content)
    else:
        place.write_bytes(content)
    assert "je paie vendredi" in run("inbox", place)
    assert "je paie" not in run("inbox", place)
    kinds = [entry.kind for entry in said(message["debtor"])]
    assert kinds == ["contact.inbound", "document.attached"]


def test_a_bounce_is_the_debtors_failure_and_one_for_the_senders_sake_is_made_anew(desk, tmp_path):
    run, message = desk
    (tmp_path / "a.eml").write_text(REPORT.format(action="failed", status="5.7.26", said="550 5.7.26 SPF", id=message["id"], inner="message/rfc822"))
    run("inbox", tmp_path / "a.eml")
    assert {entry.kind for entry in said(message["debtor"])} == {"action.cancelled"}
    (tmp_path / "b.eml").write_text(REPORT.format(action="failed", status="5.1.1", said="550 5.1.1 unknown", id=message["id"], inner="message/rfc822"))
    run("inbox", tmp_path / "b.eml")
    failed = [entry for entry in said(message["debtor"]) if entry.kind == "action.failed"]
    assert "user unknown" in failed[0].data["error"] or "unknown" in failed[0].data["error"]
    assert "about none of our messages" not in run("inbox", tmp_path / "b.eml")
    assert "1 strange" in run("inbox", _strange(tmp_path))


def _strange(folder):
    place = folder / "c.eml"
    place.write_text("From: a@b.example\nSubject: offre\n\nBonjour\n")
    return place


LADDER = """schema: 1
playbook: maison
version: 1
title: Deux courriels
debtor: business
contact: {{replies: {replies}}}
steps:
  - {{id: un, at: J+1, channels: [email], tone: courteous, template: relance-1}}
  - {{id: deux, at: un + 5 days, channels: [email], tone: firm, template: relance-2}}
"""


@pytest.mark.parametrize("replies", ["hold", "go_on"])
def test_a_reply_holds_reminders_until_it_was_read_where_the_playbook_says_so(replies, tmp_path, monkeypatch):
    """The reply of Tuesday holds the reminder of Friday week, in the list of the morning too, until a person says that it was read."""
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: moment[0])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "maison.yaml").write_text(LADDER.format(replies=replies), "utf-8")
    (tmp_path / "invoices.csv").write_text("id,debtor,debtor.name,debtor.email,amount,issued,due\nF-1,C1,Lindor,c@lindor.example,120.00,2026-02-01,2026-02-28\n", "utf-8")
    (tmp_path / "creditors.csv").write_text("id,name,email\natelier,Atelier,a@atelier.example\n", "utf-8")

    def run(*words):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.output

    def steps(day):
        run("run", "--playbook", "maison.yaml", "--invoices", "invoices.csv", "--creditors", "creditors.csv", "--as-of", day)
        every = json.loads(run("outbox", "list", "--state", "ready", "--state", "sent", "--format", "json"))["messages"]
        return sorted((each["step"] for each in every), reverse=True)

    assert steps("2026-03-02") == ["un"]
    (message,) = json.loads(run("outbox", "list", "--format", "json"))["messages"]
    run("outbox", "sent", message["id"])
    moment[0] = datetime(2026, 3, 3, 10, tzinfo=UTC)
    (tmp_path / "one.eml").write_text(REPLY.format(id=message["id"], more=""), "utf-8")
    for _ in range(2):
        run("inbox", tmp_path / "one.eml")
    listed = run("todo")
    assert ("relance record F-1 hold.lifted" in listed) == (listed.count("Bonjour, je paie") == 1) == (replies == "hold")
    moment[0] = datetime(2026, 3, 13, 9, tzinfo=UTC)
    assert steps("2026-03-13") == (["un"] if replies == "hold" else ["un", "deux"])
    if replies == "hold":
        run("record", "F-1", "hold.lifted")
        assert "reply" not in run("todo")
        moment[0] = datetime(2026, 3, 16, 9, tzinfo=UTC)
        assert steps("2026-03-16") == ["un", "deux"]


HEADERS = "From: {sender}\r\nTo: compta@atelier.example\r\nSubject: {subject}\r\nDate: Mon, 2 Feb 2026 10:00:00 +0100\r\nMessage-ID: <x@debtor.example>\r\n{more}\r\n{body}"
ANSWERS = "In-Reply-To: <relance.abc123@atelier.example>\r\n"
PARTS = "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={kind}; boundary=b\r\n"
POSTMASTER = "MAILER-DAEMON@mx.debtor.example"


def arrived(*, sender="Jean Durand <jean@debtor.example>", subject="Re: Facture", more=ANSWERS, body="Je paie demain."):
    return read(HEADERS.format(sender=sender, subject=subject, more=more, body=body).encode())


def status(*recipients, part="message/delivery-status"):
    return "--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: {}\r\n\r\nReporting-MTA: dns; mx\r\n\r\n{}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <relance.abc123@a.example>\r\n\r\n--b--\r\n".format(
        part, "\r\n\r\n".join(recipients)
    )


@pytest.mark.parametrize(
    "machine",
    [
        {"more": f"{ANSWERS}X-Autoreply: yes\r\n"},
        {"more": f"{ANSWERS}X-Auto-Response-Suppress: All\r\n"},
        {"more": f"{ANSWERS}Return-Path: <>\r\n"},
        {"subject": "Réponse automatique : Facture"},
        {"subject": "Out of Office: Re: Facture"},
        {"more": ANSWERS + PARTS.format(kind="disposition-notification"), "body": "--b\r\nContent-Type: text/plain\r\n\r\nlu\r\n--b--\r\n"},
        {"sender": POSTMASTER, "body": "The message is late; we go on trying."},
    ],
)
def test_an_absence_a_receipt_and_a_warning_are_no_contact(machine):
    found = arrived(**machine)
    assert (found.kind, found.about) == (InboundKind.AUTOMATIC, "abc123")


@pytest.mark.parametrize("person", [{}, {"more": f"{ANSWERS}Auto-Submitted: no (by hand)\r\n"}, {"subject": "Absence de facture ?"}, {"more": "References: <z@q> <relance.abc123@a.example>\r\n"}])
def test_a_persons_answer_is_one(person):
    assert arrived(**person).kind is InboundKind.REPLY


@pytest.mark.parametrize(
    ("bounce", "words"),
    [
        ({"sender": POSTMASTER, "more": "Return-Path: <>\r\n", "body": "<b@debtor.example>:\r\nNo mailbox here. (#5.1.1)\r\n--- Below this line is a copy of the message.\r\nMessage-ID: <relance.abc123@a.example>\r\n"}, "550 5.1.1)"),
        ({"sender": POSTMASTER, "body": "<b@debtor.example>:\r\n550 5.1.1 no such user\r\n"}, "550 5.1.1 no such user"),
        ({"more": PARTS.format(kind="delivery-status"), "body": status("Action: relayed\r\nStatus: 2.0.0", "Action: Failed (for good)\r\nStatus: 5.1.1 (bad)")}, "5.1.1 (failed)"),
        ({"more": PARTS.format(kind="delivery-status"), "body": status("Action: failed\r\nStatus: 5.1.1", part="message/global-delivery-status")}, "5.1.1 (failed)"),
        ({"sender": "postmaster@x.example", "more": "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", "body": status("Action: failed\r\nStatus: 5.1.1")}, "5.1.1 (failed)"),
    ],
)
def test_a_bounce_is_known_in_the_forms_that_servers_give_it(bounce, words):
    found = arrived(**bounce)
    assert (found.kind, found.about, found.words) == (InboundKind.BOUNCE, "abc123", words)


def test_what_a_bounce_holds_against_the_sender_in_words_is_his():
    assert arrived(sender=POSTMASTER, body="550 5.7.26 unauthenticated mail is not accepted: DMARC").kind is InboundKind.SENDER_REFUSED


def test_a_reply_that_is_a_page_or_in_unknown_letters_is_read():
    page = arrived(more=f"{ANSWERS}Content-Type: text/html; charset=utf-8\r\n", body="<style>p{color:red}</style><p>Bonjour,<br>je conteste</p>")
    assert page.words == "Bonjour,\nje conteste"
    assert arrived(more=f"{ANSWERS}Content-Type: text/plain; charset=klingon\r\n", body="Bonjour").words == "Bonjour"


def test_a_copy_that_comes_back_is_no_failure_of_the_debtor(desk, tmp_path):
    run, message = desk
    kept = f"From: compta@atelier.example\r\nTo: Durand <durand@debtor.example>\r\nCc: =?utf-8?q?V=C3=A9ra?= <vente@atelier.example>,\r\n chef@debtor.example\r\nMessage-ID: <relance.{message['id']}@atelier.example>\r\n\r\nx"
    with Journal.open("relance.db", now=lambda: datetime(2026, 3, 2, 10, tzinfo=UTC)) as journal:
        (there,) = [each for each in outbox.read(journal) if each.id == message["id"]]
        sha = journal.attach(there.creditor, there.debtor, kept.encode(), name="m.eml", kind="email", on=DAY, actor="t")
        outbox.record_outcome(journal, there, "action.executed", on=DAY, actor="t", document=sha)
    before = Path("relance.db").read_bytes()
    for content, kind in RETURNED:
        Path("relance.db").write_bytes(before)
        (tmp_path / "back.eml").write_text(content(message["id"]))
        shown = run("inbox", tmp_path / "back.eml")
        assert ({entry.kind for entry in said(message["debtor"])}, "1 copy that came back" in shown) == ({kind} - {""}, kind == "note"), content(message["id"])
