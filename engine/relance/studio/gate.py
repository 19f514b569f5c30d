"""Who may come in: a token that becomes a session, the roles of a project, and what every answer forbids a browser to do.

Owns the door, for pages and for sockets alike: without a session nothing is served. A request that names another host, or that
another site sends, is refused. A session ends after some hours, and when the server does: it is kept in memory alone.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "relance-session"
#: So long a session lasts: a working day.
SESSION = timedelta(hours=12)
#: So long after its last request it ends before that.
IDLE = timedelta(hours=2)
#: What a page may do. The frame's own code is compiled in the browser, for which it needs `unsafe-eval`; no other host is ever asked for anything.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; frame-src 'self'; frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)
#: What a document of a debtor's may do in its frame: be looked at.
SANDBOX = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store"}


class Role(StrEnum):
    """What a person may do in the studio."""

    READER = "reader"
    AUTHOR = "author"
    OPERATOR = "operator"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class User:
    """Who is at work, as the system or the proxy names him, and what he may do."""

    name: str
    roles: frozenset[Role] = frozenset(Role)

    def may(self, *roles: Role) -> bool:
        """Say whether he has one of these roles."""
        return bool(self.roles & set(roles))


@dataclass(slots=True)
class _Session:
    user: User
    begun: datetime
    used: datetime
    kept: dict[str, Any] = field(default_factory=dict)  # what pages keep as long as it lasts, by their own names


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is believed: from these addresses, the user's name stands in this header."""

    addresses: frozenset[str]
    header: str


@dataclass
class Gate:
    """The door. `token` lets the system's user in; behind a `proxy` it is the proxy that says who comes, and `users` what each may do.

    `hosts` are the names the server answers to; `now` gives the time.
    """

    token: str
    user: User
    hosts: frozenset[str]
    now: Callable[[], datetime]
    proxy: Proxy | None = None
    users: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    secure: bool = False  # whether browsers come by https
    sessions: dict[str, _Session] = field(default_factory=dict)

    def enter(self, user: User) -> str:
        """Begin a session and return its secret."""
        for key in [key for key, each in self.sessions.items() if self._over(each)]:
            del self.sessions[key]
        secret = secrets.token_urlsafe(32)
        self.sessions[secret] = _Session(user, self.now(), self.now())
        return secret

    def leave(self, secret: str) -> None:
        """End a session."""
        self.sessions.pop(secret, None)

    def known(self, secret: str) -> User | None:
        """Return who holds a session that has not ended."""
        found = self.sessions.get(secret)
        if found is None or self._over(found):
            self.sessions.pop(secret, None)
            return None
        found.used = self.now()
        return found.user

    def kept(self, secret: str) -> dict[str, Any]:
        """Return what pages keep as long as a session lasts."""
        return self.sessions[secret].kept if secret in self.sessions else {}

    def _over(self, session: _Session) -> bool:
        now = self.now()
        return now - session.begun > SESSION or now - session.used > IDLE

    def by_token(self, given: str) -> User | None:
        """Return who comes with the token."""
        return self.user if self.proxy is None and hmac.compare_digest(given.encode(), self.token.encode()) else None

    def by_proxy(self, client: str, headers: Mapping[str, str]) -> User | None:
        """Return whom a proxy that is believed names, if `users` knows him."""
        if self.proxy is None or client not in self.proxy.addresses:
            return None
        name = headers.get(self.proxy.header.lower(), "").strip()
        return User(name, self.users[name]) if name in self.users else None


class Door:
    """The gate as every request and every socket passes it."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        """Stand before an application."""
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who may come in; refuse everybody else without a word of what is inside."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if self._foreign(scope, headers):
            await _refuse(scope, receive, send, "this address is not served here", 421)
            return
        secret = _cookie(headers.get("cookie", ""))
        user = self.gate.known(secret) if secret else None
        if user is None and scope["type"] == "http" and (came := self._comes(scope, headers)) is not None:
            await self._welcome(came, scope, receive, send)
            return
        if user is None:
            await _refuse(scope, receive, send, "open the address that `relance studio` printed: it holds the token", 403)
            return
        scope.setdefault("state", {}).update(user=user, kept=self.gate.kept(secret))
        await self.app(scope, receive, _guarded(send, scope))

    def _foreign(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Say whether a request is meant for another host, or sent by another site's page."""
        host = _name(headers.get("host", ""))
        origin = headers.get("origin")
        same = origin is None or urlsplit(origin).netloc == headers.get("host", "")
        safe = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        return host not in self.gate.hosts or (not same and not safe) or (not same and scope["type"] == "websocket")

    def _comes(self, scope: Scope, headers: Mapping[str, str]) -> User | None:
        client = (scope.get("client") or ("", 0))[0]
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return (self.gate.by_token(given) if given else None) or self.gate.by_proxy(client, headers)

    async def _welcome(self, user: User, scope: Scope, receive: Receive, send: Send) -> None:
        """Give a session, and the page again at an address without the token."""
        answer = RedirectResponse(scope["path"] or "/", status_code=303)
        answer.set_cookie(COOKIE, self.gate.enter(user), httponly=True, samesite="strict", secure=self.gate.secure, path="/")
        await answer(scope, receive, _guarded(send, scope))


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches a server that listens there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_names(host: str, more: Iterable[str] = ()) -> frozenset[str]:
    """Return the names by which browsers may ask a server that listens there."""
    loopback = {"localhost", "127.0.0.1", "::1"} if is_loopback(host) else set()
    return frozenset({_name(host), *loopback, *map(_name, more)})


def user_of(scope: MutableMapping[str, Any]) -> User:
    """Return who asks. Raises KeyError where the door was not passed."""
    found = scope["state"]["user"]
    assert isinstance(found, User)
    return found


def kept_of(scope: MutableMapping[str, Any]) -> dict[str, Any]:
    """Return what pages keep as long as the session of who asks lasts. Raises KeyError where the door was not passed."""
    found = scope["state"]["kept"]
    assert isinstance(found, dict)
    return found


def _name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "") if host else ""


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _guarded(send: Send, scope: Scope) -> Send:
    """Add to every answer what it forbids; a document of a debtor's brings its own, stricter policy."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                if not (name == "Cache-Control" and "/_nicegui/" in scope.get("path", "")):
                    headers[name] = value
            headers.setdefault("Content-Security-Policy", POLICY)
        await send(message)

    return sent


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(why + "\n", status_code=status)(scope, receive, _guarded(send, scope))
