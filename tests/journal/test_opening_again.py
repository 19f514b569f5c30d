"""A journal that is closed and opened again in the same process: quicker, and never another place or an old state."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from relance.journal.journal import Journal
from relance.model import Event


def now() -> datetime:
    return datetime(2026, 9, 1, 8, tzinfo=UTC)


def told(where: str | Path, debtor: str) -> None:
    with Journal.open(where, now=now) as journal:
        journal.record("acme", debtor, [Event(date(2026, 9, 1), "contact.inbound", data={"channel": "email"})], actor="test")


def known(where: str | Path) -> list[str]:
    with Journal.open(where, create=False) as journal:
        return sorted(facts.debtor.id for facts in journal.facts())


def test_a_closed_engine_serves_whoever_opens_the_place_next(tmp_path):
    with Journal.open(tmp_path / "a.db", now=now) as first:
        engine = first.engine
    with Journal.open(tmp_path / "a.db", now=now) as second, Journal.open(tmp_path / "a.db", now=now) as beside:
        assert second.engine is engine
        assert beside.engine is not engine, "an engine in use is nobody else's"


def test_one_name_in_two_folders_is_two_journals(tmp_path, monkeypatch):
    for folder, debtor in (("one", "dupont"), ("two", "martin")):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        told("relance.db", debtor)
    assert known("sqlite:///relance.db") == ["martin"]
    monkeypatch.chdir(tmp_path / "one")
    assert known("sqlite:///relance.db") == known("relance.db") == ["dupont"]


def test_a_file_laid_in_anothers_place_is_what_is_read(tmp_path):
    told(tmp_path / "a.db", "dupont")
    told(tmp_path / "b.db", "martin")
    (tmp_path / "b.db").replace(tmp_path / "a.db")
    assert known(tmp_path / "a.db") == ["martin"]


@pytest.mark.parametrize("many", [20])
def test_few_are_kept(tmp_path, many):
    from relance.journal.store import _CLOSED, _KEPT

    for number in range(many):
        told(tmp_path / f"{number}.db", "dupont")
        assert len(_CLOSED) <= _KEPT
