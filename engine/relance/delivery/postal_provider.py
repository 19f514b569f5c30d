"""Letters by a provider that prints and posts them: handed over by HTTP, and asked about later.

The interface is two requests on `<url>/letters/<id of the message>`. `PUT` hands a letter over (JSON); the same letter put again is the
same letter, so that nothing is posted twice. `GET` tells what became of it. Owns what is said on the wire; `following` makes events of it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from urllib.parse import quote

from relance.delivery.https import HttpAnswer, Patience, exchange, of_https
from relance.delivery.smtp import Transmission, TransmissionResult
from relance.errors import RelanceError
from relance.letters.document import Document
from relance.model import Action
from relance.sentences import sentence

#: What `reference` of `action.executed` begins with where a provider posts it.
POSTED_BY = "post:"
_TEXT = 200


class PostalStatus(StrEnum):
    """What became of a letter."""

    ACCEPTED = "accepted"
    POSTED = "posted"
    PRESENTED = "presented"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNCLAIMED = "unclaimed"
    RETURNED = "returned"
    REJECTED = "rejected"  # the provider could not print or post it


class ProviderError(RelanceError):
    """The provider cannot be asked, or answers something else than the interface says."""


class PostalNews(NamedTuple):
    """What a provider tells of a letter: the status, its day, the number it travels under, why, and the proof with its name."""

    status: PostalStatus
    on: date | None
    tracking: str = ""
    reason: str = ""
    proof: bytes = b""
    proof_name: str = ""


@dataclass(frozen=True, slots=True)
class PostalProvider:
    """Where to, and the token that is sent as `Authorization: Bearer`."""

    url: str
    token: str = field(repr=False)
    patience: Patience = field(default_factory=Patience)

    def mistake(self) -> str | None:
        """Say what is wrong with it, or None."""
        if not of_https(self.url):
            return sentence("a postal provider is an https:// address")
        return None if self.token and self.token.isascii() and self.token.isprintable() else sentence("a postal provider has a token")

    def carry(self, actions: Sequence[Action], document: Document) -> Transmission:
        """Hand a letter over. Put again after its fate was unclear, it is the same letter."""
        answer = self._ask(document.message, "PUT", letter_body(actions, document))
        if answer.status == 409:
            return Transmission(TransmissionResult.UNCLEAR, sentence("409: the provider has another letter under this name"))
        if answer.fate.result is not TransmissionResult.SENT:
            return answer.fate
        try:
            news = _news(answer.content)
        except ProviderError as error:
            return Transmission(TransmissionResult.UNCLEAR, str(error))
        if news is not None and news.status is PostalStatus.REJECTED:
            return Transmission(TransmissionResult.FAILED, news.reason or sentence("rejected by the postal provider"))
        return Transmission(TransmissionResult.SENT, f"{answer.status}", reference=POSTED_BY + document.message)

    def news(self, message: str) -> PostalNews | None:
        """Return what is known of a letter; None where the provider has none of that name. Raises ProviderError."""
        answer = self._ask(message, "GET", None)
        if answer.status == 404:
            return None
        if answer.fate.result is not TransmissionResult.SENT:
            raise ProviderError(sentence("the postal provider does not answer: {words}", words=answer.fate.words))
        found = _news(answer.content)
        if found is None:
            raise ProviderError(sentence("the postal provider answered nothing"))
        return found

    def _ask(self, message: str, method: str, content: bytes | None) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if content is not None:
            headers |= {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message}
        return exchange(f"{self.url.rstrip('/')}/letters/{quote(message, safe='')}", method=method, headers=headers, content=content, patience=self.patience)


def letter_body(actions: Sequence[Action], document: Document) -> bytes:
    """Return the JSON of a letter: to whom, how it is posted, and the PDF."""
    file = document.files[0]
    value = {
        "version": 1, "message": document.message, "reference": document.reference, "registered": document.channel.startswith("registered"),
        "creditor": document.creditor, "to": list(document.to), "country": str(document.details.get("country") or ""), "pages": document.details.get("pages"),
        "on": max(action.on for action in actions).isoformat(),
        "file": {"name": file.name, "media_type": file.media_type, "base64": base64.b64encode(file.content).decode("ascii")},
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _news(content: bytes) -> PostalNews | None:
    """Read what a provider answers; None for an answer without a body."""
    if not content.strip():
        return None
    try:
        said: Any = json.loads(content)
        proof: Any = said.get("proof") or {}
        return PostalNews(
            PostalStatus(said["status"]), date.fromisoformat(said["on"]) if said.get("on") else None, _short(said.get("tracking")), _short(said.get("reason")),
            base64.b64decode(proof.get("base64", ""), validate=True), _short(proof.get("name")) or "preuve.pdf",
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise ProviderError(sentence("the postal provider answers what is no status of a letter: {name}", name=type(error).__name__)) from error


def _short(text: object) -> str:
    """Return a text of somebody else's as one short line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text or "")).split())[:_TEXT]
