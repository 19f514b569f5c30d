"""Portfolios whose history the engine itself has written: `python tests/benchmarks/written.py 1000000 FOLDER [BASE]`.

What happens in the world is the generator's; every working day from the first due date to the day before `ON` the engine decides, and
what it emits is history the next day. People approve drafts, make calls, and now and then an e-mail bounces. A base of so many invoices
(50,000 unless told) lives through this, and is copied under other names until there are enough, so there are no more distinct views than in
the base. The columns are the generator's.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

import generator
import polars as pl
from generator import _EVENT, ON, chance

from relance.columnar.engines import PolarsEngine
from relance.columnar.evaluation import evaluate_tables
from relance.language import load_playbook
from relance.model import Playbook
from relance.run.table_run import emissions

_BASE = 50_000
#: Words about actions come after the actions of their day.
_WORDS = 2**35 + 2**34


def playbook_of(name: str = "negligent") -> Playbook:
    """Load a shipped playbook."""
    found, _ = load_playbook(Path(__file__).resolve().parents[2] / "playbooks" / f"{name}.yaml")
    assert found is not None
    return found


def lived(total: int, playbook: Playbook, *, days: int = 480, weekdays: Collection[int] = range(5)) -> dict[str, pl.DataFrame]:
    """Let so many invoices live, day by day, under a playbook, which decides on these days of the week (0 is Monday); return their tables."""
    frame = generator.invoices(0, total, total)
    world = generator.world(frame).sort("on").with_columns(seq=pl.int_range(pl.len()))
    tables = {
        "invoices": frame.select("creditor", "debtor", "id", "issued", "due", "amount", "currency"), "debtors": generator.debtors(total),
        "creditors": pl.DataFrame({"id": sorted(set(frame["creditor"])), "kind": "business"}),
    }  # fmt: skip
    history = [world.select(pl.col(name).cast(kind) for name, kind in _EVENT.items())]
    engine, day = PolarsEngine(), ON - timedelta(days)
    while day < ON:
        if day.weekday() in weekdays:
            made = evaluate_tables(engine, tables | {"events": pl.concat(history)}, playbook, day).actions
            if made.height:
                history += said(made, day)
        day += timedelta(1)
    return tables | {"events": pl.concat(history).sort("on", "seq")}


def said(actions: pl.DataFrame, day: date) -> list[pl.DataFrame]:
    """Give the events of a day's actions, and what people say of them that day or the next."""
    emitted = emissions(actions.sort("creditor", "debtor", "case", "step", "channel"))
    words = emitted.with_columns(
        on=pl.when(chance(60, "id") < 0.9).then(pl.lit(day)).otherwise(pl.lit(day + timedelta(1))), seq=_WORDS + pl.int_range(pl.len()),
        kind=pl.when(pl.col("draft") & (chance(61, "id") < 0.97)).then(pl.lit("action.approved"))
        .when((pl.col("channel") == "call") & (chance(62, "id") < 0.8)).then(pl.lit("action.executed"))
        .when((pl.col("channel") == "email") & ~pl.col("draft") & (chance(63, "id") < 0.004)).then(pl.lit("action.failed")),
        **{name: pl.lit(None, _EVENT[name]) for name in ("playbook", "step", "occurrence", "channel", "case", "carrier", "draft", "step_kind")},
    ).drop_nulls("kind").filter(pl.col("on") < ON)  # fmt: skip
    return [each.select(pl.col(name).cast(kind) for name, kind in _EVENT.items()) for each in (emitted, words)]


def copies(tables: dict[str, pl.DataFrame], number: int) -> dict[str, pl.DataFrame]:
    """Give a portfolio under other names: debtors, invoices and actions are told apart by the number of the copy."""

    def renamed(column: str) -> pl.Expr:
        return pl.format("{}-{}", pl.col(column), pl.lit(number)).alias(column)

    invoices = tables["invoices"].with_columns(renamed("debtor"), renamed("id"))
    debtors = tables["debtors"].with_columns(renamed("id"))
    own = pl.format("{}{}", pl.lit(f"{number:06x}"), pl.col("id").str.slice(6)).alias("id")
    named = [pl.when(pl.col(name).is_not_null()).then(renamed(name)).alias(name) for name in ("invoice", "case", "carrier")]
    events = tables["events"].with_columns(renamed("debtor"), *named, pl.when(pl.col("id").is_not_null()).then(own).alias("id"))
    return {"invoices": invoices, "debtors": debtors, "events": events}


def generate(folder: Path, total: int, base: int = _BASE) -> dict[str, str]:
    """Write such a portfolio of so many invoices; return the tables as patterns of files."""
    base = min(base, total)
    tables = lived(base, playbook_of())
    for number in range(-(-total // base)):
        made = copies(tables, number) if number else {name: tables[name] for name in ("invoices", "debtors", "events")}
        for name, frame in made.items():
            (folder / name).mkdir(parents=True, exist_ok=True)
            frame.write_parquet(folder / name / f"{number:03}.parquet")
    tables["creditors"].write_parquet(folder / "creditors.parquet")
    return generator.sources(folder) | {"debtors": str(folder / "debtors" / "*.parquet")}


if __name__ == "__main__":
    generate(Path(sys.argv[2]), int(sys.argv[1]), *map(int, sys.argv[3:4]))
