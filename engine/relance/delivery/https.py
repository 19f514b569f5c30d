"""One exchange over HTTP with somebody else's server: no redirection, an end in time, and a fate for whatever comes of it.

Owns what an answer, a refusal and a dead line mean for a message that was being handed over. Knows no message.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from relance.delivery.smtp import LIMIT, Transmission, TransmissionResult

#: Answers after which the receiver certainly did not take the message, and may be asked again.
_LATER = frozenset({408, 425, 502, 503})
#: Answers about who asks, where, in what form or how often (login, payment, right, an address that moved, quota): a fault of the sender's side, for every message.
_OF_THE_SENDER = frozenset({301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 406, 407, 410, 415, 426, 429, 511})
#: What happens before a byte of the message is sent: no such name, nobody there, a certificate that is not trusted.
_NOT_REACHED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
#: An answer is never longer.
_MOST = 32 << 20


class HttpAnswer(NamedTuple):
    """What came of it for a message that was handed over, the status (0 where none came), and the body of a success."""

    fate: Transmission
    status: int = 0
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Patience:
    """`timeout` is the seconds of silence that are borne, `limit` those after which an attempt is cut short, silent or not."""

    timeout: float = 30.0
    limit: float = LIMIT


def of_https(url: str) -> bool:
    """Say whether an address is https, or this machine's own."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")))


def exchange(url: str, *, method: str, headers: Mapping[str, str], content: bytes | None = None, patience: Patience | None = None) -> HttpAnswer:
    """Ask, and say what came of it. Never raises for what a server or a network does; what dies on the way is unclear."""
    patience = patience or Patience()
    request = urllib.request.Request(url, content, {"User-Agent": "relance", **headers}, method=method)  # noqa: S310  (callers allow https alone)
    lines = _Lines()
    opener = urllib.request.build_opener(_NoRedirect, lines)
    try:
        with lines.watched(patience.limit), opener.open(request, timeout=patience.timeout) as answer:
            return HttpAnswer(Transmission(TransmissionResult.SENT, f"{answer.status}"), answer.status, answer.read(_MOST))
    except urllib.error.HTTPError as error:
        error.close()
        return HttpAnswer(_refused(error.code, f"{error.code} {error.reason}"[:300]), error.code)
    except urllib.error.URLError as error:
        refused = isinstance(error.reason, _NOT_REACHED)
        return HttpAnswer(Transmission(TransmissionResult.NOT_SENT if refused else TransmissionResult.UNCLEAR, str(error.reason)[:300], stop=refused))
    except (OSError, http.client.HTTPException) as error:
        return HttpAnswer(Transmission(TransmissionResult.UNCLEAR, str(error)[:300] or type(error).__name__))


def _refused(code: int, words: str) -> Transmission:
    """Read an answer that is no success."""
    if code in _OF_THE_SENDER:
        return Transmission(TransmissionResult.NOT_SENT, words, stop=True)
    if code in _LATER:
        return Transmission(TransmissionResult.NOT_SENT, words)
    return Transmission(TransmissionResult.UNCLEAR if code >= 500 else TransmissionResult.FAILED, words)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse: what is signed or carries a token goes where it was addressed."""


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
