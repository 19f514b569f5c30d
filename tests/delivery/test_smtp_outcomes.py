"""What comes of handing a message to a real SMTP server: taken, refused, dropped after DATA, slow, TLS, login."""

from __future__ import annotations

import dataclasses
import socket
import threading
from contextlib import contextmanager

import pytest

from relance.delivery.smtp import Postman, Server, TransmissionResult, refused
from relance.letters.email import Mail
from relance.sentences import said

MAIL = Mail("a@sender.example", "b@debtor.example", "<1@sender.example>", b"From: a@sender.example\r\nSubject: x\r\n\r\n.dot\r\nbody\r\n")


def plain(controller, **more):
    return Server("127.0.0.1", controller.port, "none", timeout=5, **more)


def test_a_message_that_is_taken_is_sent_and_arrives_whole(smtp_server, post):
    with Postman(plain(smtp_server)) as postman:
        assert postman.hand_over(MAIL).result is TransmissionResult.SENT
        assert postman.hand_over(MAIL).result is TransmissionResult.SENT
    assert [each.rcpt_tos for each in post.taken] == [["b@debtor.example"]] * 2
    assert post.taken[0].content == MAIL.content


@pytest.mark.parametrize(
    ("rcpt", "result"), [("550 no such user", TransmissionResult.FAILED), ("451 greylisted, later", TransmissionResult.NOT_SENT), ("452 4.2.2 mailbox over quota", TransmissionResult.NOT_SENT)]
)
def test_a_refused_recipient_fails_for_good_or_for_now(smtp_server, post, rcpt, result):
    post.rcpt = rcpt
    with Postman(plain(smtp_server)) as postman:
        outcome = postman.hand_over(MAIL)
        assert outcome.result is result
        assert rcpt[4:] in outcome.words
        post.rcpt = "250 OK"
        assert postman.hand_over(MAIL).result is TransmissionResult.SENT, "the connection is as good as before"


@pytest.mark.parametrize(("answer", "result"), [("554 message too large", TransmissionResult.FAILED), ("452 disk full", TransmissionResult.NOT_SENT)])
def test_a_message_refused_after_its_data_was_not_taken(smtp_server, post, answer, result):
    post.answer = answer
    with Postman(plain(smtp_server)) as postman:
        assert postman.hand_over(MAIL).result is result
    assert post.taken == []


def test_a_connection_that_dies_after_data_leaves_it_unclear(smtp_server, post):
    post.drop = True
    with Postman(plain(smtp_server)) as postman:
        outcome = postman.hand_over(MAIL)
        assert outcome.result is TransmissionResult.UNCLEAR
        assert "after DATA" in outcome.words
        post.drop = False
        assert postman.hand_over(MAIL).result is TransmissionResult.SENT, "a new connection is opened for the next message"


def test_a_server_too_slow_to_answer_after_data_leaves_it_unclear():
    with _silent_after(b"354 go on\r\n") as port, Postman(Server("127.0.0.1", port, "none", timeout=2)) as postman:  # the answers before it may be late
        assert postman.hand_over(MAIL).result is TransmissionResult.UNCLEAR


def test_a_server_that_says_nothing_at_all_gets_nothing():
    with _silent_after(None) as port, Postman(Server("127.0.0.1", port, "none", timeout=0.5)) as postman:
        outcome = postman.hand_over(MAIL)
    assert outcome.result is TransmissionResult.NOT_SENT
    assert outcome.stop


def test_no_server_stops_the_run():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outcome = Postman(Server("127.0.0.1", port, "none", timeout=2)).hand_over(MAIL)
    assert outcome.result is TransmissionResult.NOT_SENT
    assert outcome.stop
    assert "connexion refusée" in said(outcome.words, "fr")


def test_tls_and_login(tls_server, post, certificate):
    right = Server("localhost", tls_server.port, "starttls", "relance", "s3cret", ca=str(certificate[1]), timeout=5)
    with Postman(right) as postman:
        assert postman.hand_over(MAIL).result is TransmissionResult.SENT
    assert len(post.taken) == 1


def test_a_wrong_password_stops_the_run_and_is_not_repeated_to_anybody(tls_server, post, certificate):
    wrong = Server("localhost", tls_server.port, "starttls", "relance", "hunter2", ca=str(certificate[1]), timeout=2)
    with Postman(wrong) as postman:
        outcome = postman.hand_over(MAIL)
    assert outcome.result is TransmissionResult.NOT_SENT
    assert outcome.stop
    assert "hunter2" not in outcome.words
    assert "hunter2" not in repr(wrong)
    assert post.taken == []


def test_a_certificate_nobody_vouches_for_is_refused(tls_server, post):
    outcome = Postman(Server("localhost", tls_server.port, "starttls", "relance", "s3cret", timeout=5)).hand_over(MAIL)
    assert outcome.result is TransmissionResult.NOT_SENT
    assert outcome.stop
    assert post.taken == []


class _silent_after:  # noqa: N801
    """A server that answers each command well until it has said `last`, and then nothing more; None: nothing at all."""

    def __init__(self, last):
        self.last = last

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.open = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self.listener.getsockname()[1]

    def __exit__(self, *_):
        for each in (*self.open, self.listener):
            each.close()
        self.thread.join(2)

    def _serve(self):
        try:
            connection, _ = self.listener.accept()
            self.open.append(connection)
            if self.last is None:
                return
            connection.sendall(b"220 hello\r\n")
            with connection.makefile("rb") as lines:
                for line in lines:
                    answer = self.last if line.upper().startswith(b"DATA") else b"250 fine\r\n"
                    connection.sendall(answer)
                    if answer == self.last:
                        return
        except OSError:
            return


@pytest.mark.parametrize(
    "rcpt", ["530 5.7.0 Authentication required", "550 5.4.5 Daily sending limit exceeded", "554 5.7.1 <b@debtor.example>: Relay access denied", "550 5.1.8 bad sender",
        "452 4.5.3 Daily sending quota exceeded", "451 4.7.1 hourly limit reached, try later", "450 4.7.0 Too many messages", "550 5.7.232 tenant exceeded its daily limit",
        "554 5.2.252 SendAsDenied; a@x may not send as b@y", "550 5.1.90 you have reached your daily limit for message recipients", "503 5.5.4 Error: send AUTH command first",
        "553 5.7.1 <a@x>: Sender address rejected: not owned by user a", "523 5.7.10 Encryption needed"]
)  # fmt: skip
def test_what_the_server_refuses_of_the_sender_is_no_failure_of_the_recipient(smtp_server, post, rcpt):
    post.rcpt = rcpt
    with Postman(plain(smtp_server)) as postman:
        outcome = postman.hand_over(MAIL)
    assert (outcome.result, outcome.stop) == (TransmissionResult.NOT_SENT, True)
    assert rcpt[4:] in outcome.words


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.7.26 This mail is unauthenticated", "550 5.7.1 Service unavailable, client host [192.0.2.1] blocked using Spamhaus", "554 Message rejected: SPF check failed",
        "550 5.7.1 Unauthenticated email is not accepted due to domain's DMARC policy", "554 5.7.1 spam", "550 Sender verify failed", "550 your IP has a poor reputation",
    ],
)  # fmt: skip
def test_what_one_recipients_server_holds_against_the_sender_leaves_the_message_and_lets_others_go(smtp_server, post, answer):
    with Postman(plain(smtp_server)) as postman:
        for part in ("rcpt", "answer"):
            setattr(post, part, answer)
            outcome = postman.hand_over(MAIL)
            assert (outcome.result, outcome.stop) == (TransmissionResult.NOT_SENT, False), part
            setattr(post, part, "250 OK")


@pytest.mark.parametrize(
    "rcpt", ["550 5.1.1 <spam@debtor.example>: unknown, see spamhaus", "550 5.2.1 disabled", "550 5.1.10 null MX", "550 <nospam@debtor.example> no such user", "554 5.7.1 not for you", "552 5.2.2 over quota", "550 mailbox quota exceeded"]
)
def test_what_is_the_recipients_own_is_his_failure_whatever_words_stand_beside_it(smtp_server, post, rcpt):
    post.rcpt = rcpt
    with Postman(plain(smtp_server)) as postman:
        assert postman.hand_over(MAIL).result is TransmissionResult.FAILED


def test_a_sender_refused_before_the_recipient_is_named_stops_the_sending():
    with _talking(b"550 5.7.1 sender blocked\r\n") as port, Postman(Server("127.0.0.1", port, "none", timeout=5)) as postman:
        outcome = postman.hand_over(MAIL)
    assert (outcome.result, outcome.stop) == (TransmissionResult.NOT_SENT, True)


@contextmanager
def _talking(to_mail):
    """Serve one connection, and answer MAIL FROM so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            line, _ = listener.accept()
            with line, line.makefile("rwb", buffering=0) as talk:
                talk.write(b"220 here\r\n")
                for said in talk:
                    talk.write(to_mail if said.upper().startswith(b"MAIL") else b"250 OK\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def test_copies_arrive_with_the_message_and_one_that_is_refused_keeps_nothing_back(smtp_server, post):
    refused_mailbox = "weg@durand.example"

    async def handle(server, session, envelope, address, options):
        if address == refused_mailbox:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    post.handle_RCPT = handle
    with Postman(plain(smtp_server)) as postman:
        outcome = postman.hand_over(dataclasses.replace(MAIL, copies=("chef@durand.example", refused_mailbox)))
    assert outcome.result is TransmissionResult.SENT
    assert f"no copy to {refused_mailbox}: 550 5.1.1 no such mailbox" in outcome.words
    (taken,) = post.taken
    assert taken.rcpt_tos == [MAIL.to, "chef@durand.example"]


@pytest.mark.parametrize("answer", ["5.3.4 message size limit exceeded", "Message size exceeds fixed limit", "5.2.3 message length exceeds administrative limit"])
def test_one_message_that_is_too_large_stops_no_other(answer):
    outcome = refused(552, answer)
    assert (outcome.result, outcome.stop) == (TransmissionResult.FAILED, False)
