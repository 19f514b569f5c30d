"""A run over tables in files or in a catalogue: what is due is written back as a partition, each action once, whole or not at all.

`<out>/actions/on=<day>/` holds the actions and `<out>/events/on=<day>/` the same as events, for the next day's run to read.
Writes no letters and no journal; `relance run` on a journal does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from relance.ledger.audited import audited
from relance.ledger.fold.decided import ACTIONS, Decided, evaluate_tables, from_actions
from relance.ledger.fold.engines import Engine, Source
from relance.ledger.routing import Routing
from relance.ledger.tables import COLUMNS, major
from relance.model import Playbook

#: Events that a run writes come after those of the day it was told.
_OWN_SEQ = 2**35


@dataclass(frozen=True)
class LakeRun:
    """What a run did: what was decided, which actions were never written before, and the rejects (their `count` may be more)."""

    decided: Decided
    new: pl.DataFrame
    rejects: tuple[tuple[str, str, str], ...] = ()
    count: int = 0


def run_tables(
    engine: Engine,
    sources: Mapping[str, Source],
    routing: Routing | Playbook,
    on: date,
    out: Path | None,
    *,
    thorough: bool = True,
    said: Callable[[str], None] = lambda _: None,
) -> LakeRun:
    """Decide a portfolio in tables and write what is new; with `out` None nothing is written. Raises UnreadableTableError."""
    said("check")
    checked = audited(engine, sources, thorough=thorough)
    decided = evaluate_tables(engine, checked.frames, routing, on, said=said)
    actions = decided.actions
    if decided.duties:
        actions = pl.concat([actions, from_actions(decided.duties)])
    said("write")
    new = actions.sort("creditor", "debtor", "case", "step", "channel")
    if out is not None:
        new = new.join(_known(out), on="id", how="anti", maintain_order="left")
        if new.height:
            part = f"part-{_parts(out, on):04}.parquet"
            put(emissions(new), out / "events" / f"on={on}" / part)
            put(new, out / "actions" / f"on={on}" / part)
    return LakeRun(decided, new, checked.rejects, checked.count)


def _known(out: Path) -> pl.DataFrame:
    """Return the ids of the actions that earlier runs wrote."""
    files = sorted((out / "actions").glob("on=*/*.parquet"))
    return pl.scan_parquet(files).select("id").unique().collect() if files else pl.DataFrame(schema={"id": pl.String})


def _parts(out: Path, on: date) -> int:
    return len(list((out / "actions" / f"on={on}").glob("part-*.parquet")))


def put(frame: pl.DataFrame, path: Path) -> None:
    """Write a Parquet file whole or not at all: under a name no reader looks at, on the disk, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    frame.write_parquet(draft)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(path)


def emissions(actions: pl.DataFrame) -> pl.DataFrame:
    """Give actions as the events that say they were emitted, in the columns of the events table."""
    account = pl.col("case") != pl.col("carrier")
    found = actions.with_row_index("row").select(
        "creditor", "debtor", "on", seq=_OWN_SEQ + pl.col("row").cast(pl.Int64), kind=pl.lit("action.emitted"),
        invoice=pl.when(~account & (pl.col("carrier") != "")).then("carrier"), currency=pl.when(account).then("currency"), amount=pl.lit(None, pl.Int64),
        day=pl.lit(None, pl.Date), id="id", playbook="playbook", step="step", occurrence="occurrence", channel="channel", case="case",
        carrier="carrier", draft=pl.col("status") == "draft", step_kind="kind", data=pl.lit(None, pl.String),
    )  # fmt: skip
    return found.select(pl.col(name).cast(kind) for name, kind in COLUMNS["events"].items())


def lines(actions: pl.DataFrame) -> Iterator[dict[str, object]]:
    """Give actions as the objects of `relance run --format jsonl`."""
    parts = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total")
    for row in actions.iter_rows(named=True):
        code = row["currency"]
        claimed = {"currency": code} | {part: format(major(row[part], code), "f") for part in parts}
        plain = {name: row[name] for name in ACTIONS if name not in (*parts, "currency")}
        plain |= {name: None if row[name] is None else row[name].isoformat() for name in ("on", "deadline")}
        yield plain | {"claimed": claimed}
