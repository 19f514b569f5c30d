"""What comes back by e-mail: bounces (RFC 3464) and replies, read into events of the message they answer.

A message is ours where it names one by its Message-ID. A bounce for good is the recipient's failure, or, where his server holds something
against the sender, a message to be made anew; a reply is a contact, and the message is kept. Answers by machines are no contact.
Owns reading; hands back what it could not place, and writes each message once, however often a mailbox is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from enum import StrEnum

from relance.delivery import outbox, replies
from relance.delivery.smtp import TransmissionResult, refused
from relance.journal.journal import Journal
from relance.model import Channel, Event
from relance.zones import paris_day

_OURS = re.compile(r"<relance\.([A-Za-z0-9._-]+)@[^>]*>")
_MOST = 5_000


class InboundKind(StrEnum):
    """What a message is."""

    BOUNCE = "bounce"
    SENDER_REFUSED = "sender_refused"
    REPLY = "reply"
    AUTOMATIC = "automatic"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as read: what it is, the id of ours it answers, and its words."""

    kind: InboundKind
    about: str = ""
    words: str = ""
    sender: str = ""
    on: date | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class InboundReport:
    """What a message became: the debtor, where one of ours was found, and whether anything was written."""

    inbound: Inbound
    creditor: str = ""
    debtor: str = ""
    written: bool = False


def read(content: bytes) -> Inbound:
    """Read a message. Never raises: what cannot be read is strange."""
    key = hashlib.sha256(content).hexdigest()
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        return _read(message, key)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return Inbound(InboundKind.STRANGE, words=f"it cannot be read: {type(error).__name__}", key=key)


def _read(message: EmailMessage, key: str) -> Inbound:
    sender, on = str(message.get("From", ""))[:200], _day(message)
    if message.get_content_type() == "multipart/report" and (said := _status(message)) is not None:
        about = _OURS.search(_original(message)) or _OURS.search(_headers(message))
        kind, words = said
        return Inbound(kind, about[1] if about else "", words, sender, on, key)
    about = _OURS.search(_headers(message))
    if about is None:
        return Inbound(InboundKind.STRANGE, "", "it answers no message of ours", sender, on, key)
    automatic = str(message.get("Auto-Submitted", "no")).lower() != "no" or "Auto" in str(message.get("X-Autoreply", "")) or message.get("X-Autorespond")
    if automatic or str(message.get("Precedence", "")).lower() in ("bulk", "junk", "auto_reply"):
        return Inbound(InboundKind.AUTOMATIC, about[1], str(message.get("Subject", ""))[:200], sender, on, key)
    return Inbound(InboundKind.REPLY, about[1], _text(message), sender, on, key)


def _status(message: Message) -> tuple[InboundKind, str] | None:
    """Read a `message/delivery-status` part; None where there is none. What is only late, or arrived, is an answer of a machine."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            fields = [each for each in part.get_payload() if isinstance(each, Message)] if part.is_multipart() else []
            for each in fields:
                action = str(each.get("Action", "")).strip().lower()
                if not action:
                    continue
                status, said = str(each.get("Status", "")).strip(), str(each.get("Diagnostic-Code", "")).partition(";")[2].strip()
                words = " ".join(f"{said or status} ({action})".split())[:300]
                if action != "failed":
                    return InboundKind.AUTOMATIC, words
                answer = said if re.match(r"\d{3}[ -]", said) else f"550 {status} {said}"
                fate = refused(int(answer[:3]), answer[4:])
                return (InboundKind.SENDER_REFUSED if fate.result is TransmissionResult.NOT_SENT and answer[0] == "5" else InboundKind.BOUNCE), words
    return None


def _original(message: Message) -> str:
    """Return the Message-ID of the message that a report is about."""
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                return str(inner[0].get("Message-ID", ""))
            found = re.search(r"^Message-ID:\s*(<[^>]*>)", str(inner), re.IGNORECASE | re.MULTILINE)
            if found:
                return found[1]
    return ""


def _headers(message: Message) -> str:
    return " ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References"))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    lines = [line for line in str(text).splitlines() if not line.startswith(">")]
    plain = "".join(sign for sign in "\n".join(lines).strip() if ord(sign) >= 32 or sign in "\n\t")
    return plain[:_MOST] or "(no text)"


def _day(message: Message) -> date | None:
    try:
        return paris_day(parsedate_to_datetime(str(message["Date"])))
    except (TypeError, ValueError, KeyError):
        return None


def take_in_mail(
    journal: Journal, contents: Iterable[bytes], *, today: date, actor: str, holds: Callable[[outbox.Message], bool] = lambda _: False
) -> Iterator[InboundReport]:  # fmt: skip
    """Write what messages say, each once, and keep replies; tell what each became. `holds`: whether a reply to a message holds what it is about.

    Raises JournalError.
    """
    every = {each.id: each for each in outbox.read(journal)}
    for content in contents:
        found = read(content)
        message = every.get(found.about)
        if message is None:
            yield InboundReport(found)
            continue
        on = min(found.on or today, today)
        events = _WRITES.get(found.kind, _nothing)(message, found, on)
        if found.kind is InboundKind.REPLY and holds(message):
            events.append(replies.hold(events[0]))
        recorded = journal.record(
            message.creditor, message.debtor, events, actor=actor, keys=[f"inbound:{found.key}:{place}" for place in range(len(events))]
        )  # fmt: skip
        if found.kind is InboundKind.REPLY:
            journal.attach(
                message.creditor, message.debtor, content, name="reponse.eml", kind="letter", on=on, actor=actor, case=message.actions[0].case,
                action=message.actions[0].id, media_type="message/rfc822",
            )  # fmt: skip
        yield InboundReport(found, message.creditor, message.debtor, written=bool(recorded.written))


def _bounced(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    return [Event(on, "action.failed", each.carrier or None, data={"id": each.id, "error": f"it came back: {found.words}"}) for each in message.actions]


def _anew(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    reason = f"it came back, for what is held against the sender: {found.words}"
    return [Event(on, "action.cancelled", each.carrier or None, data={"id": each.id, "reason": reason}) for each in message.actions]


def _replied(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    first = message.actions[0]
    about = first.carrier if len(message.actions) == 1 and first.carrier else None
    return [Event(on, "contact.inbound", about, data={"channel": Channel.EMAIL, "note": f"{found.sender}: {found.words}"})]


def _nothing(_message: outbox.Message, _found: Inbound, _on: date) -> list[Event]:
    return []


_WRITES: Mapping[InboundKind, Callable[[outbox.Message, Inbound, date], list[Event]]] = {
    InboundKind.BOUNCE: _bounced, InboundKind.SENDER_REFUSED: _anew, InboundKind.REPLY: _replied,
}  # fmt: skip
