"""Finished documents on their way to a frame of a page: kept for a while under a name that nobody guesses, and shown in a frame that may do nothing."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from html import escape

from nicegui import app
from starlette.responses import Response

from relance.letters.document import File
from relance.studio.gate import SANDBOX

#: So many documents are kept; older ones are made again when they are asked for.
_KEPT = 400
_SHOWN_AS = {"application/pdf": "inline", "image/png": "inline"}


@dataclass
class Shelf:
    """Documents by name."""

    _files: OrderedDict[str, File] = field(default_factory=OrderedDict)

    def put(self, file: File) -> str:
        """Keep a file and return its address."""
        name = secrets.token_urlsafe(16)
        self._files[name] = file
        while len(self._files) > _KEPT:
            self._files.popitem(last=False)
        return f"/made/{name}"

    def get(self, name: str) -> File | None:
        """Return a file, if it is still kept."""
        return self._files.get(name)


def serve(shelf: Shelf) -> None:
    """Say what stands at a document's address."""

    @app.get("/made/{name}")
    def made(name: str) -> Response:
        file = shelf.get(name)
        if file is None:
            return Response("gone\n", status_code=404, media_type="text/plain")
        policy_ = {} if file.media_type == "application/pdf" else {"Content-Security-Policy": SANDBOX}
        headers = {"Content-Disposition": f'{_SHOWN_AS.get(file.media_type, "inline")}; filename="{_plain(file.name)}"', **policy_}
        kind = file.media_type if file.media_type in {"application/pdf", "image/png", "text/html; charset=utf-8"} else "text/plain; charset=utf-8"
        return Response(file.content, media_type=kind, headers=headers)


def email_page(data: bytes) -> tuple[dict[str, str], File]:
    """Return the head of an e-mail, and its body as a page of its own."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    head = {name: str(message[name]) for name in ("From", "To", "Cc", "Subject") if message[name]}
    body = message.get_body(("html", "plain"))
    if body is None:
        return head, File("mail.txt", b"", "text/plain")
    text = body.get_content()
    page = text if body.get_content_subtype() == "html" else f"<!DOCTYPE html><meta charset=utf-8><pre style='white-space:pre-wrap'>{escape(text)}</pre>"
    return head, File("mail.html", page.encode(), "text/html; charset=utf-8")


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_."))
