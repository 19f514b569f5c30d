"""People at once on a studio, as their browsers speak with it: `python -m tests.benchmarks.studio_people ADDRESS --people 20 --seconds 60`.

Each person comes in with the token, asks for pages and does what an operator does there over a socket of his own: the list of the morning, a message read, one
approved, a file, an event recorded. Between two of these he waits some seconds, as one who reads. What is measured is the time until the server's answer is there
whole; drawing it is the browser's.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import html
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from statistics import quantiles
from typing import Any
from urllib.parse import quote

import aiohttp
import socketio

#: What people do, by how often.
MIX = {"list": 30, "read": 25, "case": 25, "record": 12, "approve": 8}
_ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
_QUERY = re.compile(r"query: (\{.*?\}),\s*\n", re.DOTALL)


class Page:
    """A page that a person has open: its elements as the server says they are, kept up by the socket."""

    def __init__(self, base: str, web: aiohttp.ClientSession) -> None:
        self.base, self.web, self.elements, self.news = base, web, dict[str, dict[str, Any]](), asyncio.Event()
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("update", self._update)

    def _update(self, message: dict[str, Any]) -> None:
        for name, element in message.items():
            if element is None:
                self.elements.pop(name, None)
            elif isinstance(element, dict):
                self.elements[name] = element
        self.news.set()

    async def open(self, path: str) -> None:
        """Ask for a page, and let its socket be known."""
        async with self.web.get(f"{self.base}{path}") as answer:
            text = await answer.text()
            assert answer.status == 200, text[:200]
        found = _ELEMENTS.search(text)
        query = _QUERY.search(text)
        assert found, text[-3000:]
        assert query, text[-3000:]
        self.elements = json.loads(html.unescape(found[1]))
        self.query = ast.literal_eval(query[1]) | {"document_id": str(random.random()), "tab_id": str(random.random())}

    async def meet(self) -> None:
        """Open the socket, as the page's script does."""
        cookies = "; ".join(f"{one.key}={one.value}" for one in self.web.cookie_jar)
        words = "&".join(f"{name}={quote(str(value).lower() if isinstance(value, bool) else str(value))}" for name, value in self.query.items() if not isinstance(value, dict))
        await self.socket.connect(f"{self.base}?{words}", headers={"Cookie": cookies, "Origin": self.base}, transports=["websocket"], socketio_path="/_nicegui_ws/socket.io")
        if not self.query.get("implicit_handshake"):
            assert await self.socket.call("handshake", self.query)

    def named(self, holds: Callable[[dict[str, Any]], object], event: str) -> list[tuple[str, dict[str, Any]]]:
        """Find elements that hear an event, with what hears it."""
        return [
            (name, listener) for name, element in list(self.elements.items()) if holds(element)
            for listener in element.get("events", []) if listener["type"] == event
        ]  # fmt: skip

    async def do(self, name: str, listener: dict[str, Any], args: Any = None) -> None:
        """Do what a person does to an element."""
        await self.socket.emit("event", {"id": int(name), "client_id": self.query["client_id"], "listener_id": listener["listener_id"], "args": [json.dumps(args if args is not None else {})]})

    async def until(self, holds: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until the server has said what makes something hold."""
        end = time.monotonic() + seconds
        while not holds():
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), max(end - time.monotonic(), 0.01))

    def says(self, word: str) -> bool:
        """Say whether some element says a word."""
        return any(word in json.dumps([element.get("text"), element.get("props")], ensure_ascii=False) for element in list(self.elements.values()))

    async def close(self) -> None:
        if self.socket.connected:
            await self.socket.disconnect()


class Person:
    """One who works: what he does, and how long each answer took, in seconds."""

    def __init__(self, base: str, seed: int, debtors: list[tuple[str, str]], pause: float) -> None:
        self.base, self.luck, self.debtors, self.pause = base, random.Random(seed), debtors, pause
        self.took: dict[str, list[float]] = defaultdict(list)
        self.failed: list[str] = []

    async def work(self, token: str, until: float) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as web:
            async with web.get(f"{self.base}/?token={token}") as answer:
                await answer.read()
            while time.monotonic() < until:
                await asyncio.sleep(self.luck.expovariate(1 / self.pause))
                (what,) = self.luck.choices(list(MIX), list(MIX.values()))
                page = Page(self.base, web)
                try:
                    await getattr(self, f"_{what}")(page)
                except Exception as error:  # noqa: BLE001 - what fails is counted and said
                    self.failed.append(f"{what}: {type(error).__name__} {error}"[:200])
                finally:
                    await page.close()

    async def _timed(self, what: str, work: Any) -> None:
        begun = time.monotonic()
        await work
        self.took[what].append(time.monotonic() - begun)

    async def _list(self, page: Page) -> None:
        await self._timed("list", page.open("/desk"))
        await page.meet()

    async def _case(self, page: Page) -> None:
        creditor, debtor = self.luck.choice(self.debtors)
        await self._timed("case", page.open(f"/case/{quote(creditor, safe='')}/{quote(debtor, safe='')}"))
        await page.meet()

    async def _read(self, page: Page) -> bool:
        await page.open("/desk?kind=draft")
        await page.meet()
        rows = page.named(lambda element: "rl-step" in element.get("class", []), "click")
        if not rows:
            return False
        name, listener = self.luck.choice(rows)

        async def reading() -> None:
            await page.do(name, listener)
            await page.until(lambda: page.says("iframe") or page.says("/made/") or page.says("alert"))

        await self._timed("read", reading())
        return True

    async def _approve(self, page: Page) -> None:
        if not await self._read(page):
            return
        found = page.named(lambda element: element.get("props", {}).get("icon") == "check", "click")
        if found:

            async def approving() -> None:
                await page.do(*found[0])
                await page.until(lambda: not page.says("/made/"))

            await self._timed("approve", approving())

    async def _record(self, page: Page) -> None:
        creditor, debtor = self.luck.choice(self.debtors)
        await page.open(f"/case/{quote(creditor, safe='')}/{quote(debtor, safe='')}")
        await page.meet()
        def fields(name: str) -> list[tuple[str, dict[str, Any]]]:
            return page.named(lambda element: str(element.get("props", {}).get("label", "")).startswith(name), "update:value")

        kind = page.named(lambda element: "promise.made" in json.dumps(element.get("props", {}).get("options", "")), "update:modelValue")[0]
        place = next(number for number, option in enumerate(page.elements[kind[0]]["props"]["options"]) if option["label"] == "promise.made")
        await page.do(*kind, {"value": place, "label": "promise.made"})
        await page.until(lambda: fields("by"))
        await page.do(*fields("amount")[-1], "10.00")
        await page.do(*fields("by")[-1], (date.today() + timedelta(20)).isoformat())
        button = page.named(lambda element: element.get("props", {}).get("icon") == "check", "click")[0]
        reload = asyncio.Event()
        page.socket.on("run_javascript", lambda message: reload.set() if "history.go" in message["code"] else None)

        async def recording() -> None:
            await page.do(*button)
            await asyncio.wait_for(reload.wait(), 30)

        await self._timed("record", recording())


def spread(values: list[float]) -> str:
    """Write the median, the 95th of a hundred, and the longest, in milliseconds."""
    cuts = quantiles(values, n=20) if len(values) > 1 else values * 20
    return f"{len(values):6} {cuts[9] * 1000:8.0f} {cuts[18] * 1000:8.0f} {max(values) * 1000:8.0f}"


async def measure(address: str, people: int, seconds: float, pause: float, debtors: list[tuple[str, str]]) -> dict[str, list[float]]:
    """Let people work, and return how long each kind of answer took."""
    base, _, token = address.partition("/?token=")
    every = [Person(base, seed, debtors, pause) for seed in range(people)]
    until = time.monotonic() + seconds
    await asyncio.gather(*(person.work(token, until) for person in every))
    took: dict[str, list[float]] = defaultdict(list)
    for person in every:
        for what, values in person.took.items():
            took[what] += values
        for failed in person.failed:
            print("failed:", failed)
    return took


def told(took: dict[str, list[float]]) -> None:
    """Print what was measured."""
    print(f"{'':10} {'times':>6} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    every = [one for values in took.values() for one in values]
    for what, values in [*sorted(took.items()), *([("all", every)] if every else [])]:
        print(f"{what:10} {spread(values)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=4.0, help="how long one reads before the next thing, in the mean")
    parser.add_argument("--debtor", action="append", default=[], help="CREDITOR/DEBTOR whose file is opened; may be repeated")
    given = parser.parse_args()
    told(asyncio.run(measure(given.address, given.people, given.seconds, given.pause, [tuple(each.split("/", 1)) for each in given.debtor])))


if __name__ == "__main__":
    main()
