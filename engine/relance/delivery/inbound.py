"""What comes back by e-mail: bounces (RFC 3464) and replies, read into events of the message they answer.

A message is ours where it names one by its Message-ID. A bounce for good is the recipient's failure, or, where his server holds something
against the sender, a message to be made anew; a reply is a contact, and the message is kept. Answers by machines are no contact.
Owns reading; hands back what it could not place, and writes each message once, however often a mailbox is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser, HeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from enum import StrEnum
from typing import Any, NamedTuple

from relance.delivery import outbox, replies
from relance.delivery.smtp import TransmissionResult, refused
from relance.journal.journal import Journal
from relance.model import Channel, Event
from relance.sentences import sentence
from relance.zones import paris_day

_OURS = re.compile(r"<relance\.([A-Za-z0-9._-]+)@[^>]*>")
_MOST = 5_000
#: Who writes where no person does, by the name before the @.
_POSTMASTERS = frozenset({"mailer-daemon", "maildaemon", "mail-daemon", "mdaemon", "postmaster"})
#: What only a machine's answer bears (RFC 3834 and what came before it); what `Precedence` says there; how the subject of an absence begins.
_OF_MACHINES = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_PRECEDENCE = frozenset({"bulk", "junk", "auto_reply"})
_ABSENT = re.compile(r"\W*(?:r[ée]ponse automatique|automatic reply|auto(?:matic)?[ -]?repl(?:y|ied)|absen(?:ce|t)\b.{0,20}(?:bureau|office)|out of (?:the )?office)", re.IGNORECASE)
#: The first refusal for good in a bounce that is told in words alone: `550 5.1.1 …`, `#5.1.1`.
_REFUSED = re.compile(r"(?:^|\s)(5[0-7]\d[ -](?:\d\.\d{1,3}\.\d{1,3}\b)?[^\r\n]*)|(5\.\d{1,3}\.\d{1,3})\b[^\r\n]*", re.MULTILINE)


_MAILBOX = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\w")


class InboundKind(StrEnum):
    """What a message is."""

    BOUNCE = "bounce"
    SENDER_REFUSED = "sender_refused"
    COPY = "copy"
    REPLY = "reply"
    AUTOMATIC = "automatic"
    STRANGE = "strange"


class Failure(NamedTuple):
    """What did not reach some of a message's mailboxes, in small letters where the report names them, and whose fault that is."""

    kind: InboundKind
    words: str
    to: frozenset[str]


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as read: what it is, the id of ours it answers, and its words; of a bounce each failure, the first of which says what it is."""

    kind: InboundKind
    about: str = ""
    words: str = ""
    sender: str = ""
    on: date | None = None
    key: str = ""
    failures: tuple[Failure, ...] = ()


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
        return Inbound(InboundKind.STRANGE, words=sentence("it cannot be read: {why}", why=type(error).__name__), key=key)


def _read(message: EmailMessage, key: str) -> Inbound:
    sender, on = str(message.get("From", ""))[:200], _day(message)
    postmaster = parseaddr(sender)[1].partition("@")[0].lower() in _POSTMASTERS
    report = message.get_content_type() == "multipart/report"
    said = _status(message) if report or postmaster else None
    about = _OURS.search(_original(message)) if said is not None or postmaster else None
    about = about or _OURS.search(_headers(message)) or (_OURS.search(message.as_string()) if postmaster else None)
    if said is None and postmaster and about is not None:
        said = _told_in_words(message)
    if said is not None:
        return Inbound(said[0].kind, about[1] if about else "", said[0].words, sender, on, key, said)
    if about is None:
        return Inbound(InboundKind.STRANGE, "", sentence("it answers no message of ours"), sender, on, key)
    if report or postmaster or _by_a_machine(message):
        return Inbound(InboundKind.AUTOMATIC, about[1], str(message.get("Subject", ""))[:200], sender, on, key)
    return Inbound(InboundKind.REPLY, about[1], _text(message), sender, on, key)


def _by_a_machine(message: Message) -> bool:
    """Say whether a machine answered: by its headers, by an empty way back, or by how the subject of an absence begins."""
    submitted = str(message.get("Auto-Submitted", "no")).lower().split()
    return (
        submitted[:1] not in ([], ["no"])
        or any(message.get(name) for name in _OF_MACHINES)
        or str(message.get("Precedence", "")).strip().lower() in _PRECEDENCE
        or str(message.get("Return-Path", "")).strip() == "<>"
        or _ABSENT.match(str(message.get("Subject", ""))) is not None
    )


def _status(message: Message) -> tuple[Failure, ...] | None:
    """Read a `message/delivery-status` part, or its `global` kin (RFC 6533); None where there is none. What failed for any recipient comes first; what is only late, or arrived, is an answer of a machine."""
    found = [each for part in message.walk() for each in _recipients(part)]
    return tuple(_failure(each) for each in found if _first_word(each, "Action") == "failed") or tuple(map(_failure, found[:1])) or None


def _failure(fields: Message) -> Failure:
    """Read what a report says of one recipient."""
    action, status = _first_word(fields, "Action"), _first_word(fields, "Status")
    said = str(fields.get("Diagnostic-Code", "")).partition(";")[2].strip()
    words = " ".join(f"{said or status} ({action})".split())[:300]
    to = (str(fields.get(name, "")).rpartition(";")[2].strip().strip("<>").lower() for name in ("Original-Recipient", "Final-Recipient"))
    kind = InboundKind.AUTOMATIC if action != "failed" else _refusal(said if re.match(r"\d{3}[ -]", said) else f"550 {status} {said}")
    return Failure(kind, words, frozenset(filter(None, to)))


def _recipients(part: Message) -> Iterator[Message]:
    """Yield the fields of each recipient of a report's part."""
    if part.get_content_type() == "message/delivery-status":
        blocks = [each for each in part.get_payload() if isinstance(each, Message)] if part.is_multipart() else []
    elif part.get_content_type() == "message/global-delivery-status":
        held = part.get_payload()
        text = "".join(each.as_string() for each in held if isinstance(each, Message)) if isinstance(held, list) else str(held)
        blocks = [HeaderParser().parsestr(each) for each in re.split(r"\r?\n\s*\r?\n", text)]
    else:
        return
    yield from (each for each in blocks if _first_word(each, "Action"))


def _first_word(fields: Message, name: str) -> str:
    return next(iter(str(fields.get(name, "")).lower().split()), "")


def _refusal(answer: str) -> InboundKind:
    fate = refused(int(answer[:3]), answer[4:])
    return InboundKind.SENDER_REFUSED if fate.result is TransmissionResult.NOT_SENT and answer[0] == "5" else InboundKind.BOUNCE


def _told_in_words(message: EmailMessage) -> tuple[Failure, ...] | None:
    """Read the bounce of a postmaster who sends no report (qmail, old gateways): the first refusal for good before what he sends back; None where there is none."""
    told = re.split(r"(?im)^.{0,20}(?:below this line|original message|message d.origine)|^Message-ID:", _text(message))[0]
    if (found := _REFUSED.search(told)) is None:
        return None
    answer = " ".join((found[1] or f"550 {found[0]}").split())
    return (Failure(_refusal(answer), answer[:300], frozenset(each.lower() for each in _MAILBOX.findall(told))),)


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
    text = "" if body is None else _decoded(body)
    if body is not None and body.get_content_type() == "text/html":
        text = _of_html(text)
    lines = [line for line in text.splitlines() if not line.startswith(">")]
    plain = "".join(sign for sign in "\n".join(lines).strip() if ord(sign) >= 32 or sign in "\n\t")
    return plain[:_MOST] or sentence("(no text)")


def _decoded(body: Message) -> str:
    """Return the text of a part; of one in letters that nobody knows, what can be read."""
    content = body.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(body.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _of_html(text: str) -> str:
    """Return what a reader sees of a page, a line for each paragraph."""
    from lxml import etree, html

    try:
        root: Any = html.fromstring(text.encode())  # its stubs know no `drop_tree`
    except (etree.LxmlError, ValueError):
        return text
    for hidden in root.xpath("//style|//script|//head|//comment()"):
        hidden.drop_tree()
    for each in root.iter("br", "p", "div", "tr", "li"):
        each.tail = f"\n{each.tail or ''}"
    return "\n".join(line.strip() for line in str(root.text_content()).splitlines() if line.strip())


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
        if found.kind in (InboundKind.BOUNCE, InboundKind.SENDER_REFUSED):
            found = _of_whom(found, _mailboxes(journal, message))
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


def _mailboxes(journal: Journal, message: outbox.Message) -> tuple[str, frozenset[str]]:
    """Return to whom a message went, and to whom its copies, in small letters, by what was kept of it; nothing where nothing was."""
    ours = {each.id for each in message.actions}
    sent = journal.entries(creditor=message.creditor, debtor=message.debtor, kinds=("action.executed",))
    kept = next((content for each in sent if each.data.get("id") in ours and (content := journal.document(str(each.data.get("document")))) is not None), b"")
    headers = HeaderParser(policy=policy.default).parsestr(kept.decode("ascii", "replace"))
    to, copies = (frozenset(each.addr_spec.lower() for each in getattr(headers.get(name), "addresses", ())) for name in ("To", "Cc"))
    return next(iter(to), ""), copies


def _of_whom(found: Inbound, mailboxes: tuple[str, frozenset[str]]) -> Inbound:
    """Say of a bounce whose it is: the debtor's where his own mailbox refused, or where none of the copies' is named; else a copy's."""
    to, copies = mailboxes
    his = [each for each in found.failures if to in each.to or not each.to & copies]
    return replace(found, kind=his[0].kind, words=his[0].words) if his else replace(found, kind=InboundKind.COPY)


def _came_back_to_a_copy(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    who = ", ".join(sorted({each for failure in found.failures for each in failure.to}))
    return [Event(on, "note", message.actions[0].carrier or None, data={"note": sentence("the copy for {who} came back: {words}", who=who, words=found.words)})]


def _bounced(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    return [Event(on, "action.failed", each.carrier or None, data={"id": each.id, "error": sentence("it came back: {words}", words=found.words)}) for each in message.actions]


def _anew(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    reason = sentence("it came back, for what is held against the sender: {words}", words=found.words)
    return [Event(on, "action.cancelled", each.carrier or None, data={"id": each.id, "reason": reason}) for each in message.actions]


def _replied(message: outbox.Message, found: Inbound, on: date) -> list[Event]:
    first = message.actions[0]
    about = first.carrier if len(message.actions) == 1 and first.carrier else None
    return [Event(on, "contact.inbound", about, data={"channel": Channel.EMAIL, "note": f"{found.sender}: {found.words}"})]


def _nothing(_message: outbox.Message, _found: Inbound, _on: date) -> list[Event]:
    return []


_WRITES: Mapping[InboundKind, Callable[[outbox.Message, Inbound, date], list[Event]]] = {
    InboundKind.BOUNCE: _bounced, InboundKind.COPY: _came_back_to_a_copy, InboundKind.SENDER_REFUSED: _anew, InboundKind.REPLY: _replied,
}  # fmt: skip
