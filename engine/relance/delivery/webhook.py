"""A message to another system: JSON over HTTPS, signed with HMAC-SHA256, once for each action id.

The signature is over `<timestamp>.<body>` and stands in `Relance-Signature: t=<unix seconds>,v1=<hex>`; `Idempotency-Key` is
the message's id, so that a receiver can refuse a second copy. Writes nothing down.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import re
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from relance.delivery.smtp import LIMIT, Transmission, TransmissionResult
from relance.letters.document import Document
from relance.model import Action

#: Answers after which the receiver certainly did not take the message, and may be asked again.
_LATER = frozenset({408, 425, 429, 502, 503})
#: Answers about who asks or where he asked (login, payment, right, address): a fault of the sender's side, for every message.
_OF_THE_SENDER = frozenset({401, 402, 403, 404, 405, 407, 410})


#: What happens before a byte of the message is sent: no such name, nobody there, a certificate that is not trusted.
_NOT_REACHED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
#: Seconds since 1970, as a signature writes them.
_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to, and the shared secret. Plain HTTP is for the machine itself only.

    `timeout` is the seconds of silence that are borne, `limit` those after which an attempt is cut short, silent or not.
    """

    url: str
    secret: str = field(repr=False)
    timeout: float = 30.0
    limit: float = LIMIT

    def mistake(self) -> str | None:
        """Say what is wrong with it, or None."""
        parts = urlsplit(self.url)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")):
            return None if len(self.secret) >= 16 else "the secret of a webhook has at least 16 characters"
        return "a webhook is an https:// address"


def body(actions: Sequence[Action], document: Document | None, *, mode: str = "message") -> bytes:
    """Return the JSON: what each action is and asks, and the document's text or files, base64 where they are no text."""
    from relance.journal.event_types import jsonable

    first = actions[0]
    value: dict[str, Any] = {
        "version": 1,
        "type": mode,
        "message": first.message or first.id,
        "creditor": first.creditor,
        "debtor": first.debtor,
        "channel": first.channel,
        "actions": [_plain(action, jsonable) for action in actions],
    }
    if document is not None:
        value["document"] = {
            "reference": document.reference, "subject": document.subject, "to": list(document.to), "details": dict(document.details),
            "files": [_file(file.name, file.media_type, file.content) for file in document.files],
        }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(action: Action, jsonable: Any) -> dict[str, Any]:
    names = (
        "id",
        "on",
        "case",
        "carrier",
        "invoices",
        "playbook",
        "playbook_version",
        "step",
        "occurrence",
        "kind",
        "tone",
        "template",
        "language",
        "deadline",
        "reason",
        "to",
    )
    parts = ("currency", "principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total")
    return {
        **{name: jsonable(getattr(action, name)) for name in names},
        "claimed": {part: jsonable(getattr(action.claimed, part)) for part in parts},
    }


def _file(name: str, media_type: str, content: bytes) -> Mapping[str, str]:
    if media_type.startswith("text/"):
        return {"name": name, "media_type": media_type, "text": content.decode()}
    return {"name": name, "media_type": media_type, "base64": base64.b64encode(content).decode("ascii")}


def signature(secret: str, timestamp: int, content: bytes) -> str:
    """Return the value of `Relance-Signature`."""
    digest = hmac.new(secret.encode(), b"%d." % timestamp + content, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def verify(secret: str, header: str, content: bytes, *, now: int, tolerance: int = 300) -> bool:
    """Say whether a signature is right and not older than `tolerance` seconds; for receivers and tests. Raises on nothing that a header may hold."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not _STAMP.fullmatch(stamp) or abs(now - int(stamp)) > tolerance:
        return False
    return hmac.compare_digest(signature(secret, int(stamp), content).encode(), header.encode(errors="surrogateescape"))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse: a signed message goes where it was addressed."""


def _answered(code: int, words: str) -> Transmission:
    """Read an answer that is no success."""
    if code in _OF_THE_SENDER:
        return Transmission(TransmissionResult.NOT_SENT, words, stop=True)
    if code in _LATER:
        return Transmission(TransmissionResult.NOT_SENT, words)
    return Transmission(TransmissionResult.UNCLEAR if code >= 500 else TransmissionResult.FAILED, words)


class _Lines(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens connections and remembers them, so that one can be cut from beside."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[http.client.HTTPConnection] = []

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._remembering(http.client.HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._remembering(http.client.HTTPSConnection), req)

    def _remembering(self, kind: type[http.client.HTTPConnection]) -> Any:
        def make(host: str, **given: Any) -> http.client.HTTPConnection:
            self.opened.append(made := kind(host, **given))
            return made

        return make

    @contextmanager
    def watched(self, limit: float) -> Iterator[None]:
        """Cut every connection when the time of an attempt is over: a receiver that answers byte by byte holds nothing up."""

        def cut() -> None:
            for one in self.opened:
                if one.sock is not None:
                    with suppress(OSError):
                        one.sock.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(limit, cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()


def post(hook: Hook, content: bytes, *, key: str, timestamp: int) -> Transmission:
    """Post a message. Never raises for what a server or a network does, and is done within `hook.limit` seconds; what dies on the way is unclear."""
    headers = {
        "Content-Type": "application/json; charset=utf-8", "Relance-Signature": signature(hook.secret, timestamp, content), "Idempotency-Key": key,
        "User-Agent": "relance",
    }  # fmt: skip
    request = urllib.request.Request(hook.url, content, headers, method="POST")  # noqa: S310  (`mistake` allows https alone)
    lines = _Lines()
    opener = urllib.request.build_opener(_NoRedirect, lines)
    try:
        with lines.watched(hook.limit), opener.open(request, timeout=hook.timeout) as answer:
            return Transmission(TransmissionResult.SENT, f"{answer.status}")
    except urllib.error.HTTPError as error:
        error.close()
        return _answered(error.code, f"{error.code} {error.reason}"[:300])
    except urllib.error.URLError as error:
        refused = isinstance(error.reason, _NOT_REACHED)
        return Transmission(TransmissionResult.NOT_SENT if refused else TransmissionResult.UNCLEAR, str(error.reason)[:300], stop=refused)
    except (OSError, http.client.HTTPException) as error:
        return Transmission(TransmissionResult.UNCLEAR, str(error)[:300] or type(error).__name__)
