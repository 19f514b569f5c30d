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
from generator import ON, chance, days, generate

from relance.columnar.engines import PolarsEngine
from relance.columnar.evaluation import evaluate_tables
from relance.language import load_playbook
from relance.model import Playbook
from relance.simulation.forecast import forecast
from relance.simulation.portfolio import foresee

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
    read = [pl.col(name).count() for name in ("kind", "id", "playbook", "step", "occurrence", "channel", "case", "carrier", "debtor", "draft", "day")]
    events = pl.scan_parquet(tables["events"]).group_by("creditor", "invoice")
    found = events.agg(pl.len(), pl.col("amount").sum(), pl.col("on").max(), pl.col("seq").max(), *read).collect(engine="streaming")
    invoices = pl.scan_parquet(tables["invoices"]).group_by("creditor", "debtor")
    owed = invoices.agg(pl.len(), pl.col("amount").sum(), pl.col("due").min(), *(pl.col(name).count() for name in ("id", "issued", "currency")))
    known = pl.scan_parquet(tables["debtors"]).select(pl.col(name).count() for name in ("creditor", "id", "kind", "profile", "country", "email", "phone", "address"))
    return found.height + owed.collect(engine="streaming").height + known.collect(engine="streaming").height


def narrow(tables: dict[str, str]) -> int:
    """Count the events of each invoice and sum their amounts: the least that a fold of them could be."""
    return pl.scan_parquet(tables["events"]).group_by("invoice").agg(pl.len(), pl.col("amount").sum()).collect(engine="streaming").height


def test_reading_and_grouping_alone(benchmark: Any, tables: dict[str, str]) -> None:
    assert benchmark.pedantic(bare, args=(tables,), rounds=3) > 0


def test_from_parquet_to_actions(benchmark: Any, tables: dict[str, str], playbook: Playbook) -> None:
    found = benchmark.pedantic(lambda: evaluate_tables(PolarsEngine(), tables, playbook, ON), rounds=3)
    assert found.counts.total() == SIZE
    benchmark.extra_info.update(distinct=found.distinct, views=found.views, actions=found.actions.height)


def test_a_forecast_of_a_year(benchmark: Any, tables: dict[str, str], playbook: Playbook) -> None:
    found = benchmark.pedantic(lambda: forecast(foresee(PolarsEngine(), tables, playbook, ON, ON + timedelta(365))), rounds=1)
    assert found.actions


ADVERSE = """
schema: 1
playbook: adverse
version: 1
title: Trois ancres que rien ne lie
steps:
  - {id: apres-le-pli, at: letter.presented + 20 days, channels: [task]}
  - {id: apres-l-appel, at: contact.inbound + 300 days, channels: [task]}
  - {id: relance, at: J+600, channels: [email], tone: courteous}
"""


def test_a_portfolio_in_which_every_view_is_distinct(benchmark: Any, tmp_path: Path) -> None:
    """The fold saves nothing here: what is left is `decide` for every case, on all cores."""
    (tmp_path / "adverse.yaml").write_text(ADVERSE, encoding="utf-8")
    playbook, _ = load_playbook(tmp_path / "adverse.yaml", checks=False)
    assert playbook is not None
    rows = pl.select(row=pl.int_range(SIZE, dtype=pl.Int64)).with_columns(
        creditor=pl.lit("c"), debtor=pl.format("d{}", "row"), id=pl.format("F{}", "row"), amount=pl.lit(10_000), currency=pl.lit("EUR"),
        due=ON - days(chance(1) * 500),
    )  # fmt: skip
    told = [rows.with_columns(on=ON - days(chance(seed) * 500), kind=pl.lit(kind), invoice="id") for seed, kind in ((2, "letter.presented"), (3, "contact.inbound"))]
    events = pl.concat(told).with_row_index("seq").select("creditor", "debtor", "on", pl.col("seq").cast(pl.Int64), "kind", "invoice")
    tables = {"invoices": rows.drop("row"), "events": events}
    found = benchmark.pedantic(lambda: evaluate_tables(PolarsEngine(), tables, playbook, ON), rounds=1)
    assert found.counts.total() == SIZE
    assert found.views > SIZE * 0.95
