"""A run over tables says nothing of a message that its case asks for no more: no word about it, and no action (decision 103)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.columnar.schema import from_facts
from relance.model import Creditor, Debtor, Event, Facts, Invoice

DUE, FIRST, ON = date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 2)


def facts(*, sent_by: str | None, paid: str | None) -> Facts:
    emitted = {"id": "a1", "playbook": "negligent", "playbook_version": 1, "step": "relance-1", "carrier": "F-1", "channel": "email", "kind": "reminder", "case": "F-1", "invoices": ("F-1",)}
    events = [Event(FIRST, "action.emitted", "F-1", None, 1, emitted | ({"sent_by": sent_by} if sent_by else {}))]
    if paid:
        events.append(Event(date(2026, 3, 12), "payment.received", "F-1", "EUR", 2, {"amount": Decimal(paid)}))
    debtor = Debtor("klein", name="Klein SA", kind="business", country="FR", email="bureau@klein.example")
    return Facts(Creditor("scierie", name="Scierie", kind="business"), debtor, (Invoice("F-1", DUE, Decimal("1200.00"), issued=date(2026, 2, 1)),), tuple(events))


def emitted(folder: Path, known: Facts) -> list[tuple[str, str]]:
    """Run over the tables of what is known; return kind and step of every event that the run wrote."""
    folder.mkdir(exist_ok=True)
    for name, frame in from_facts([known]).frames().items():
        frame.write_parquet(folder / f"{name}.parquet")
    done = CliRunner().invoke(main, ["run", "--tables", str(folder), "--playbook", "negligent", "--as-of", ON.isoformat(), "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    written = [pl.read_parquet(path) for path in sorted((folder / "out" / "events").glob("**/*.parquet"))]
    return [(row["kind"], row["step"]) for frame in written for row in frame.iter_rows(named=True)]


@pytest.mark.parametrize("sent_by", [None, "relance"])
def test_of_what_was_paid_since_nothing_is_written_and_nothing_withdrawn(tmp_path: Path, sent_by: str | None) -> None:
    assert emitted(tmp_path / "paid", facts(sent_by=sent_by, paid="1200.00")) == []


def test_a_message_of_a_journal_waits_and_nothing_overtakes_it_where_a_part_came(tmp_path: Path) -> None:
    assert emitted(tmp_path / "part", facts(sent_by="relance", paid="1000.00")) == []


def test_what_is_open_goes_on_by_emissions_alone(tmp_path: Path) -> None:
    found = emitted(tmp_path / "open", facts(sent_by=None, paid="1000.00"))
    assert {kind for kind, _ in found} == {"action.emitted"}
    assert "relance-1" not in {step for _, step in found}
