"""Handing an e-mail to an SMTP server, and what came of it: sent, refused, not sent, or unclear.

Owns the conversation. A connection that dies after DATA leaves it unclear whether the server took the message; everything
that fails before is certain not to have left. Writes nothing down and never tries twice on its own.
Why so, and what was refused: docs/decisions/041.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Self

from relance.letters.email import Mail
from relance.sentences import in_turn, sentence, system_words


class TransmissionResult(StrEnum):
    """What came of handing over a message."""

    SENT = "sent"
    FAILED = "failed"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"


class Transmission(NamedTuple):
    """The result, and the server's or the network's words. `stop`: nothing more can be handed over in this run.

    `reference` is what the carrier knows the message by, where that is not what it says itself; `lacking` says who had no copy of what was sent, and why.
    """

    result: TransmissionResult
    words: str
    stop: bool = False
    reference: str = ""
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """Where to and how: `security` is `tls` (from the first byte), `starttls` or `none`; `ca` a file of certificates to trust."""

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    timeout: float = 30.0


#: Answers about the sender's login (RFC 4954), at whatever step they come; 503: a command out of turn, mostly before a login.
_LOGIN = frozenset({503, 530, 534, 535, 538})
#: Enhanced codes of the sender's side (RFC 3463, RFC 4954; 5.4.5: quota; 5.1.90, 5.2.252, 5.7.57, 5.7.60: Exchange), a server that relays for nobody
#: unknown, and words of a sender who may not write under that name.
_OF_THE_SENDER = re.compile(
    r"^\d{3}[ ]5\.(?:1\.(?:[78]|90)|2\.252|4\.5|7\.(?:3|8|9|10|11|57|60))\b | \brelay(?:ing)?\b | SendAsDenied | \bnot[ ]owned[ ]by\b"
    r" | \bmust[ ](?:first[ ]|be[ ])?(?:authenticat\w+|log[ ]?in)\b",
    re.IGNORECASE | re.VERBOSE,
)
#: What one recipient's server thinks of the sender: RFC 7372 (5.7.20 to 5.7.26: DKIM, SPF, reverse DNS), Exchange's codes of banned senders and addresses,
#: and words of servers that give no code of it.
_THOUGHT_OF_THE_SENDER = re.compile(
    r"""^\d{3}[ ]5\.7\.(?:2[0-6]|5(?:0[1-9]|1[0-3])|6(?:0[6-9]|[1-4]\d)|70[3-8]|750)\b | \b(?:spf|dkim|dmarc|rbl|dnsbl|spamhaus|spamcop|barracuda)\b | \b(?:block|black|deny)[ -]?list(?:ed)?\b
    | \breputation\b | \bunsolicited\b | \bspam\b | \bsender\b.{0,40}\b(?:reject\w*|denied|verif\w*|not[ ]allowed|blocked)
    | \bclient[ ]host\b.{0,60}\b(?:reject|block|denied) | \b(?:your|sending)[ ](?:ip|host|server|domain|network)\b | \brate[ ]limit
    | \btoo[ ]many[ ](?:messages|connections)\b | \breverse[ ]dns\b | \bptr[ ]record\b | \b(?:not[ ]authenticated|authentication[ ]required)\b""",
    re.IGNORECASE | re.VERBOSE,
)
#: Words of a limit on what the sender may send, which his own server keeps; a mailbox that is full is its owner's.
_LIMIT = re.compile(r"\b(?:quota|(?:daily|hourly|sending|send|message|rate|relay)[ ]limit|limit[ ](?:is[ ])?(?:exceeded|reached)|exceeded[ ].{0,40}\blimit|throttl\w+|too[ ]many[ ]\w+)", re.IGNORECASE)
_OF_A_MAILBOX = re.compile(r"^\d{3} [45]\.[12]\.\d|\b(?:mailbox|inbox|user|recipient|account)\b", re.IGNORECASE)
#: Words of one message that is too large: no limit on how many.
_OF_A_SIZE = re.compile(r"^\d{3} 5\.(?:3\.4|2\.3)\b|\b(?:size|length|too (?:big|large))\b", re.IGNORECASE)
#: Codes of the recipient's mailbox or address (RFC 3463): whatever words stand beside them, it is his.
_OF_THE_RECIPIENT = re.compile(r"^\d{3} 5\.(?:1\.(?:[1-6]|10)|2\.\d)\b")
#: Seconds after which an attempt is cut short, whatever the server does: within `outbox.ATTEMPT`.
LIMIT = 540.0


class Postman:
    """One connection to a server, opened when first needed and again when it was lost; a context manager."""

    def __init__(self, server: Server, *, limit: float = LIMIT) -> None:
        self.server = server
        self.limit = limit
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def open(self) -> Transmission | None:
        """Connect and log in if there is no live connection; return what went wrong, or None."""
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == 250:
                    return None
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        try:
            self._smtp = _connect(self.server)
        except smtplib.SMTPAuthenticationError as error:
            return Transmission(TransmissionResult.NOT_SENT, sentence("the server refused the login: {value}", value=_words(error.smtp_code, error.smtp_error)), stop=True)
        except (smtplib.SMTPException, OSError) as error:
            return Transmission(TransmissionResult.NOT_SENT, sentence("no connection to {host}:{port}: {value}", host=self.server.host, port=self.server.port, value=_said(error)), stop=True)
        return None

    def hand_over(self, mail: Mail) -> Transmission:
        """Hand one message over. Never raises for what a server or a network does, and is done within `limit` seconds."""
        with self._watched() as over:
            return self._hand_over(mail, over)

    def _hand_over(self, mail: Mail, over: threading.Event) -> Transmission:
        if (trouble := self.open()) is not None:
            return trouble
        assert self._smtp is not None
        smtp = self._smtp
        try:
            code, answer = smtp.mail(mail.sender)
            if code != 250:  # it does not know the recipient yet: what it refuses is the sender
                self._reset()
                return refused(code, answer, sender=True)
            code, answer = smtp.rcpt(mail.to)
            if code not in (250, 251):
                self._reset()
                return refused(code, answer)
            copies = [sentence("no copy to {who}: {why}", who=each, why=_words(*said)) for each in mail.copies if (said := smtp.rcpt(each))[0] not in (250, 251)]
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Transmission(TransmissionResult.NOT_SENT, sentence("the connection was lost before the message: {value}", value=_said(error)))
        if over.is_set():
            self._drop()
            return Transmission(TransmissionResult.NOT_SENT, sentence("the server took {limit} seconds before the message", limit=f"{self.limit:.0f}"))
        try:
            code, answer = smtp.data(mail.content)
        except smtplib.SMTPDataError as error:
            self._reset()
            return refused(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Transmission(TransmissionResult.UNCLEAR, sentence("the connection was lost after DATA: {value}", value=_said(error)))
        except BaseException:
            self._drop()  # stopped by hand: a server in the middle of an answer is not said goodbye to
            raise
        if code == 250:
            return Transmission(TransmissionResult.SENT, in_turn((_words(code, answer), *copies)), lacking=in_turn(copies))
        self._reset()
        return refused(code, answer)

    @contextmanager
    def _watched(self) -> Iterator[threading.Event]:
        """Cut the connection when the time of an attempt is over: a server that answers byte by byte holds nothing up."""
        over = threading.Event()

        def cut() -> None:
            over.set()
            line = getattr(self._smtp, "sock", None)
            if line is not None:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(self.limit, cut)
        watch.daemon = True
        watch.start()
        try:
            yield over
        finally:
            watch.cancel()

    def _reset(self) -> None:
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _connect(server: Server) -> smtplib.SMTP:
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=_trust(server))
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.security == "starttls":
            smtp.starttls(context=_trust(server))
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _trust(server: Server) -> ssl.SSLContext:
    """Read which authorities are trusted: some 40 ms, which a connection without TLS does not take."""
    return ssl.create_default_context(cafile=server.ca or None)


def refused(code: int, answer: bytes | str, *, sender: bool = False) -> Transmission:
    """Read a refusal: 5xx is for good, 4xx (and 421: goodbye) for now.

    What is refused of the sender (his login, address, quota, or right to relay) says nothing of the recipient: the message stays
    as it was, and no other is tried. What one recipient's server holds against the sender (a block list, SPF) leaves it too,
    and the others go on.
    """
    words = _words(code, answer)
    lasting = 500 <= code < 600
    limited = _LIMIT.search(words) is not None and not _OF_A_MAILBOX.search(words) and not _OF_A_SIZE.search(words)
    if sender or limited or (lasting and (code in _LOGIN or _OF_THE_SENDER.search(words))):
        return Transmission(TransmissionResult.NOT_SENT, sentence("the server refuses the sender: {words}", words=words), stop=True)
    if lasting and _THOUGHT_OF_THE_SENDER.search(words) and not _OF_THE_RECIPIENT.match(words):
        return Transmission(TransmissionResult.NOT_SENT, sentence("the recipient's server refuses the sender: {words}", words=words))
    return Transmission(TransmissionResult.FAILED if lasting else TransmissionResult.NOT_SENT, words, stop=code == 421)


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:300]


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return system_words(error)
    return " ".join(str(error).split())[:200] or type(error).__name__
