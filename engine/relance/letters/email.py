"""A text and its context → an e-mail: RFC 5322, multipart/alternative, text and HTML of the same wording.

Owns the headers and parts, written line by line: the standard library's message classes take 3 ms to parse what they were
just given. Nothing a value holds can add a header or an address (`clean` takes line breaks out). Sends nothing.
"""

from __future__ import annotations

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from relance.letters import html
from relance.letters.context import message_id
from relance.letters.fields import Context
from relance.letters.letterhead import PLAIN, Letterhead
from relance.letters.markdown import clean
from relance.letters.wording import Text
from relance.model import Action, Channel
from relance.sentences import sentence

#: An address as SMTP servers take it without the SMTPUTF8 extension: a dot-atom and a domain with a dot.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64})*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
#: So many earlier messages are named, the latest ones.
_THREAD = 20
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_QUOTED = re.compile(r'["\\]')


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a message."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to hand over: the envelope, the id and the bytes (CRLF, seven bits)."""

    sender: str
    to: str
    message_id: str
    content: bytes
    copies: tuple[str, ...] = ()


def address_mistake(address: str | None) -> str | None:
    """Say why nobody can be written to at an address, or None. Addresses outside ASCII are refused: few servers take them."""
    if not address:
        return sentence("there is no e-mail address")
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        return sentence("'{address}' is no e-mail address", address=clean(address)[:80])
    return None


def identifier(action: Action, sender: str) -> str:
    """Return the Message-ID of an action's message: the same whenever it is built, so that a copy can be told."""
    return _named(message_id(action), sender)


def _named(message: str, sender: str) -> str:
    return f"<relance.{_UNSAFE.sub('-', message)}@{sender.rpartition('@')[2] or 'localhost'}>"


def build(
    text: Text,
    context: Context,
    action: Action,
    *,
    letterhead: Letterhead = PLAIN,
    attachments: Sequence[Attachment] = (),
    at: datetime | None = None,
) -> Mail:
    """Return the message, dated `at` (by default noon UTC of the action's day). Raises ValueError, in words, for a wrong address.

    The same action, text and attachments give the same bytes.
    """
    sender, to = context.sender, context.recipient
    for who, address in (("sender", sender.email), ("debtor", to.email), *((("reply", sender.reply_to),) if sender.reply_to else ()), *(("debtor", each.email) for each in context.copies)):
        if mistake := address_mistake(address):
            raise ValueError(sentence("{who}: {mistake}", who=who, mistake=mistake))
    name = identifier(action, sender.email)
    mark = _UNSAFE.sub("-", message_id(action))[:40]
    body = _multipart(
        "alternative", f"=_alternative_{mark}", [_part("plain", text.plain()), _part("html", html.page(text, context, letterhead))]
    )
    if attachments:
        body = _multipart("mixed", f"=_mixed_{mark}", [body, *map(_attached, attachments)])
    headers = (
        f"From: {_mailbox(sender.name, sender.email)}",
        f"To: {_mailbox(to.name, to.email)}",
        *_copies(context),
        f"Reply-To: {sender.reply_to or sender.email}",
        f"Subject: {encoded(clean(text.subject)[:250])}",
        f"Date: {format_datetime(at or _noon(action.on))}",
        f"Message-ID: {name}",
        *_thread(context, sender.email),
        "Auto-Submitted: auto-generated",
        f"Content-Language: {context.language if context.language.isalpha() else 'fr'}",
        "MIME-Version: 1.0",
    )
    return Mail(sender.email, to.email, name, "\r\n".join((*headers, body, "")).encode("ascii"), tuple(each.email for each in context.copies))


def _copies(context: Context) -> tuple[str, ...]:
    """Name who gets a copy: each by his name, or by the debtor's where none is known; nothing for nobody."""
    found = [_mailbox(each.name or context.debtor.name, each.email) for each in context.copies]
    return ("Cc: " + ",\r\n ".join(found),) if found else ()


def _thread(context: Context, sender: str) -> tuple[str, ...]:
    """Name the earlier e-mails about these invoices, so that a mail client shows them together (RFC 5322, 3.6.4); nothing for the first."""
    earlier = [_named(each.message, sender) for each in context.history if each.message and each.channel == Channel.EMAIL][-_THREAD:]
    return (f"In-Reply-To: {earlier[-1]}", "References: " + "\r\n ".join(earlier)) if earlier else ()


def encoded(text: str) -> str:
    """Write header text as RFC 2047 has it: as it is where it is short ASCII, else in encoded words of 75 characters at most."""
    if text.isascii() and len(text) < 60 and "=?" not in text:
        return text
    words, chunk = [], b""
    for each in text:
        part = each.encode()
        if len(chunk) + len(part) > 42:
            words.append(chunk)
            chunk = b""
        chunk += part
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in words)


def _mailbox(name: str, address: str) -> str:
    name = clean(name)[:120]
    shown = encoded(name)
    if shown == name:
        shown = '"' + _QUOTED.sub(lambda found: "\\" + found[0], name) + '"'
    return f"{shown}\r\n <{address}>"


def _multipart(kind: str, boundary: str, parts: Sequence[str]) -> str:
    """Join parts, headers first; `=_` stands in no quoted-printable and no base64 text, so the boundary stands in none."""
    joined = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{joined}--{boundary}--'


def _part(kind: str, content: str) -> str:
    lines = b2a_qp(content.encode(), istext=True).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{lines}"


def _attached(each: Attachment) -> str:
    lines = encodebytes(each.content).decode("ascii").replace("\n", "\r\n")
    return (
        f"Content-Type: {each.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{file_name(each.name)}"\r\n\r\n{lines}'
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def file_name(name: str) -> str:
    """Return a name no file system and no mail reader objects to."""
    return _UNSAFE.sub("-", clean(name)).strip("-.")[:120] or "document"
