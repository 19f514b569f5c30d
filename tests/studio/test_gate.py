"""The door of the studio: who comes in, who does not, and what every answer forbids."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("starlette")

from relance.studio.gate import COOKIE, IDLE, POLICY, SESSION, Door, Gate, Proxy, Role, User, host_names, is_loopback, user_of

ME = User("claire", frozenset({Role.AUTHOR}))


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


def gate(**more) -> Gate:
    return Gate("the-token", ME, host_names("127.0.0.1"), Clock(), **more)


def asked(one: Gate, path: str = "/", query: str = "", method: str = "GET", client: str = "127.0.0.1", kind: str = "http", **headers: str):
    """Ask the door; return the status, the headers of the answer, and who came in (None: nobody)."""
    came: list[User] = []
    sent: list[dict] = []

    async def inside(scope, receive, send):
        came.append(user_of(scope))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})

    async def receive():
        return {"type": "websocket.connect" if kind == "websocket" else "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    given = {"host": "127.0.0.1:8765", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind, "method": method, "path": path, "query_string": query.encode(), "client": (client, 5000),
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
    }  # fmt: skip
    asyncio.run(Door(inside, one)(scope, receive, send))
    first = sent[0]
    answer = {name.decode().lower(): value.decode() for name, value in first.get("headers", [])}
    return first.get("status", first.get("code")), answer, came[0] if came else None


def session(one: Gate) -> str:
    status, headers, _ = asked(one, query="token=the-token")
    assert status == 303
    return headers["set-cookie"].split(";")[0]


def test_without_the_token_no_page_is_served():
    for path in ("/", "/desk", "/write", "/_nicegui/3.18.0/static/nicegui.js", "/made/x"):
        assert asked(gate(), path)[::2] == (403, None)
    assert asked(gate(), query="token=another")[::2] == (403, None)
    assert asked(gate(), kind="websocket")[::2] == (1008, None)


def test_the_token_becomes_a_session_and_leaves_the_address():
    status, headers, came = asked(gate(), "/write", "token=the-token")
    assert (status, headers["location"], came) == (303, "/write", None)
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in headers["set-cookie"].split(";")}
    one = gate()
    assert asked(one, cookie=session(one))[::2] == (200, ME)


def test_a_session_ends_when_nobody_uses_it_and_in_the_evening():
    one = gate()
    cookie = session(one)
    one.now.time += IDLE
    assert asked(one, cookie=cookie)[0] == 200
    one.now.time += IDLE + timedelta(seconds=1)
    assert asked(one, cookie=cookie)[0] == 403
    again = gate()
    cookie = session(again)
    while again.now.time - datetime(2026, 3, 2, 8, tzinfo=UTC) < SESSION:
        assert asked(again, cookie=cookie)[0] == 200
        again.now.time += timedelta(hours=1)
    again.now.time += timedelta(seconds=1)
    assert asked(again, cookie=cookie)[0] == 403


def test_another_name_of_the_server_is_not_served():
    """A page of another site may give its own name this machine's address: the browser then sends that name."""
    one = gate()
    cookie = session(one)
    assert asked(one, cookie=cookie, host="evil.example:8765")[::2] == (421, None)
    assert asked(one, cookie=cookie, host="localhost:8765")[0] == 200
    assert asked(one, cookie=cookie, host="")[0] == 421


@pytest.mark.parametrize(("kind", "method"), [("http", "POST"), ("websocket", "GET")])
def test_what_another_site_sends_is_refused(kind, method):
    one = gate()
    cookie = session(one)
    assert asked(one, cookie=cookie, kind=kind, method=method, origin="http://evil.example")[2] is None
    assert asked(one, cookie=cookie, kind=kind, method=method, origin="http://127.0.0.1:8765")[2] == ME
    assert asked(one, cookie=cookie, kind=kind, method=method, origin="http://127.0.0.1:9999")[2] is None


def test_every_answer_says_what_a_browser_may_do():
    one = gate()
    for headers in (asked(one)[1], asked(one, cookie=session(one))[1]):
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    assert "default-src 'self'" in POLICY
    assert "http" not in POLICY


def test_a_proxy_is_believed_from_its_own_address_and_of_known_users_alone():
    one = gate(proxy=Proxy(frozenset({"10.0.0.2"}), "X-Remote-User"), users={"karim": frozenset({Role.READER})})
    status, headers, _ = asked(one, client="10.0.0.2", x_remote_user="karim")
    assert status == 303
    status, _, came = asked(one, client="10.0.0.2", cookie=headers["set-cookie"].split(";")[0])
    assert (status, came) == (200, User("karim", frozenset({Role.READER})))
    assert asked(one, client="10.0.0.3", x_remote_user="karim")[0] == 403
    assert asked(one, client="10.0.0.2", x_remote_user="mallory")[0] == 403
    assert asked(one, client="10.0.0.2", query="token=the-token")[0] == 403  # the token is for this machine's user


def test_roles_are_what_they_say():
    assert ME.may(Role.AUTHOR, Role.READER)
    assert not ME.may(Role.APPROVER, Role.OPERATOR)


@pytest.mark.parametrize(("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.9.9.9", True), ("0.0.0.0", False), ("192.168.1.2", False), ("studio.example", False)])
def test_what_this_machine_alone_reaches(host, here):
    assert is_loopback(host) is here


def test_a_cookie_that_is_none_lets_nobody_in():
    for cookie in (f"{COOKIE}=", f"{COOKIE}=x", "=;;=", "\x00"):
        assert asked(gate(), cookie=cookie)[0] == 403
