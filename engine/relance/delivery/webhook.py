"""A message to another system: JSON over HTTPS, signed with HMAC-SHA256, once for each action id.

The signature is over `<timestamp>.<body>` and stands in `Relance-Signature: t=<unix seconds>,v1=<hex>`; `Idempotency-Key` is
the message's id, so that a receiver can refuse a second copy. Writes nothing down.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relance.delivery.https import Patience, exchange, of_https
from relance.delivery.smtp import LIMIT, Transmission
from relance.letters.document import Document
from relance.model import SELDOM, Action
from relance.sentences import sentence

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
        if not of_https(self.url):
            return sentence("a webhook is an https:// address")
        return None if len(self.secret) >= 16 else sentence("the secret of a webhook has at least 16 characters")


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
        "claimed": {
            part: jsonable(getattr(action.claimed, part))
            for part in (*parts, *(name for name in SELDOM if getattr(action.claimed, name)), *([] if action.claimed.arrears is None else ["arrears"]))
        },
    }


def _file(name: str, media_type: str, content: bytes) -> Mapping[str, str]:
    if media_type.startswith("text/"):
        return {"name": name, "media_type": media_type, "text": content.decode()}
    return {"name": name, "media_type": media_type, "base64": base64.b64encode(content).decode("ascii")}


def signature(secret: str, timestamp: int, content: bytes) -> str:
    """Return the value of `Relance-Signature`."""
    digest = hmac.new(secret.encode(), b"%d." % timestamp + content, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def verify(secret: str, header: str | None, content: bytes, *, now: int, tolerance: int = 300) -> bool:
    """Say whether a signature is right and not older than `tolerance` seconds; for receivers and tests. Raises on nothing that a header may hold, or where there is none."""
    if not isinstance(header, str):
        return False
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not _STAMP.fullmatch(stamp) or abs(now - int(stamp)) > tolerance:
        return False
    return hmac.compare_digest(signature(secret, int(stamp), content).encode(), header.encode(errors="surrogatepass"))


def post(hook: Hook, content: bytes, *, key: str, timestamp: int) -> Transmission:
    """Post a message. Never raises for what a server or a network does, and is done within `hook.limit` seconds; what dies on the way is unclear."""
    headers = {"Content-Type": "application/json; charset=utf-8", "Relance-Signature": signature(hook.secret, timestamp, content), "Idempotency-Key": key}
    return exchange(hook.url, method="POST", headers=headers, content=content, patience=Patience(hook.timeout, hook.limit)).fate
