"""What a portfolio costs: reading and grouping its files alone, deciding it, playing it forward. RELANCE_BENCH_INVOICES says how many."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from generator import ON, generate

from relance.language import load_playbook
from relance.ledger.fold.decided import evaluate_tables
from relance.ledger.fold.engines import PolarsEngine
from relance.ledger.forecast import forecast
from relance.ledger.foreseen import foresee
from relance.model import Playbook

SIZE = int(os.environ.get("RELANCE_BENCH_INVOICES", "10000"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return generate(tmp_path_factory.mktemp("lake"), SIZE)


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    found, _ = load_playbook(Path(__file__).resolve().parents[2] / "playbooks" / "negligent.yaml")
    assert found is not None
    return found


def bare(tables: dict[str, str]) -> int:
    """Read the columns the fold reads, and group them by invoice."""
    read = [pl.col(name).count() for name in ("kind", "id", "step", "channel", "case", "debtor", "draft", "day")]
    events = pl.scan_parquet(tables["events"]).group_by("creditor", "invoice")
    found = events.agg(pl.len(), pl.col("amount").sum(), pl.col("on").max(), pl.col("seq").max(), *read).collect(engine="streaming")
    debtors = pl.scan_parquet(tables["invoices"]).group_by("creditor", "debtor").agg(pl.len(), pl.col("amount").sum(), pl.col("due").min())
    return found.height + debtors.collect(engine="streaming").height


def test_reading_and_grouping_alone(benchmark: Any, tables: dict[str, str]) -> None:
    assert benchmark.pedantic(bare, args=(tables,), rounds=3) > 0


def test_from_parquet_to_actions(benchmark: Any, tables: dict[str, str], playbook: Playbook) -> None:
    found = benchmark.pedantic(lambda: evaluate_tables(PolarsEngine(), tables, playbook, ON), rounds=3)
    assert found.counts.total() == SIZE
    benchmark.extra_info.update(distinct=found.distinct, views=found.views, actions=found.actions.height)


def test_a_forecast_of_a_year(benchmark: Any, tables: dict[str, str], playbook: Playbook) -> None:
    found = benchmark.pedantic(lambda: forecast(foresee(PolarsEngine(), tables, playbook, ON, ON + timedelta(365))), rounds=1)
    assert found.actions
