"""A run over tables in files or in a catalogue: what is due is written back as a partition, each action once, whole or not at all.

The actions, and the same as events for the next day's run to read, go where `partitions` puts them.
Writes no letters and no journal; `relance run` on a journal does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import polars as pl

from relance.columnar.data_quality import audited
from relance.columnar.engines import Engine, Frame, TableSource
from relance.columnar.evaluation import ACTIONS, Decided, evaluate_tables, from_actions
from relance.columnar.schema import COLUMNS
from relance.columnar.writers import Destination
from relance.currencies import major
from relance.interpreter.emission import OWN_SEQ
from relance.model import SELDOM, Channel, Playbook, Sender
from relance.portfolio.routing import Routing, only, with_known
from relance.run.table_precautions import careful


@dataclass(frozen=True)
class LakeRun:
    """What a run did: what was decided, which actions were never written before, and the rejects (their `count` may be more), with where they are `kept`."""

    decided: Decided
    new: pl.DataFrame
    rejects: tuple[tuple[str, str, str], ...] = ()
    count: int = 0
    kept: str | None = None
    own: int = 0  # emissions that relance is said to send: each has left only when an event says so


def run_tables(
    engine: Engine,
    sources: Mapping[str, TableSource],
    routing: Routing | Playbook,
    on: date,
    place: Destination | None,
    *,
    thorough: bool = True,
    said: Callable[[str], None] = lambda _: None,
    load: Callable[[str], Playbook | None] | None = None,
) -> LakeRun:
    """Decide a portfolio in tables and write what is new; without a place nothing is written. `load` finds playbooks that cases were moved to. Raises UnreadableTableError."""
    said("check")
    checked = audited(engine, sources, thorough=thorough)
    if load is not None:
        routing = with_known(only(routing) if isinstance(routing, Playbook) else routing, _moved_to(engine, checked.frames.get("events")), load)
    decided = evaluate_tables(engine, checked.frames, routing, on, said=said)
    actions = decided.actions
    if decided.duties:
        actions = pl.concat([actions, from_actions(decided.duties)])
    actions = careful(engine, checked.frames, actions, on)
    new = actions = actions.sort("creditor", "debtor", "case", "step", "channel")
    if place is not None and actions.height:
        said("write")
        ids = actions.select("id")
        new = actions.join(place.known("actions", ids), on="id", how="anti", maintain_order="left")
        events = emissions(actions).join(place.known("events", ids), on="id", how="anti", maintain_order="left")
        if events.height:
            place.put("events", events, on)
        if new.height:
            place.put("actions", new, on)
    kept = None
    if place is not None and checked.rejects:
        kept = place.reject(pl.DataFrame(checked.rejects, schema=["table", "reason", "key"], orient="row"), on)
    said("done")
    return LakeRun(decided, new, checked.rejects, checked.count, kept, _own(engine, checked.frames.get("events")))


def _moved_to(engine: Engine, events: Frame | None) -> list[str]:
    """Name the playbooks that people moved cases to."""
    if events is None or "data" not in events.collect_schema().names():
        return []
    moves = engine.home(events.filter((nw.col("kind") == "playbook.changed") & ~nw.col("data").is_null()).select("data").unique())
    return sorted({str(name) for (data,) in moves.iter_rows() if (name := json.loads(data).get("playbook"))})


def _own(engine: Engine, events: Frame | None) -> int:
    """Count the emissions that are relance's own to send."""
    if events is None or "sent_by" not in events.collect_schema().names():
        return 0
    mine = events.filter((nw.col("kind") == "action.emitted") & (nw.col("sent_by") == str(Sender.RELANCE)))
    return int(engine.home(mine.select(nw.len().alias("count"))).item())


def emissions(actions: pl.DataFrame) -> pl.DataFrame:
    """Give actions as the events that say they were emitted, in the columns of the events table.

    Without `sent_by`: what a run over tables emits is sent by another system, and emission stands for sending.
    """
    account = pl.col("case") != pl.col("carrier")
    over = account & (pl.col("channel") == Channel.HANDOVER)  # what it names is handed over, and nothing else of the account
    more = pl.any_horizontal(over, *(pl.col(name).is_not_null() for name in ("approvers", "offer", "to_role")), pl.col("cc").list.len() > 0)
    actions = actions.with_columns(data=_data(actions.with_columns(over=over), more))
    found = actions.with_row_index("row").select(
        "creditor", "debtor", "on", seq=OWN_SEQ + pl.col("row").cast(pl.Int64), kind=pl.lit("action.emitted"),
        invoice=pl.when(~account & (pl.col("carrier") != "")).then("carrier"), currency=pl.when(account).then("currency"), amount=pl.lit(None, pl.Int64),
        day=pl.lit(None, pl.Date), id="id", playbook="playbook", step="step", occurrence="occurrence", channel="channel", case="case",
        carrier="carrier", draft=pl.col("status") == "draft", step_kind="kind", data="data",
    )  # fmt: skip
    return found.select(pl.col(name).cast(kind) for name, kind in COLUMNS["events"].items() if name in found.columns)


def _data(actions: pl.DataFrame, more: pl.Expr) -> pl.Series:
    """Write what an emission says beside its columns, where it says more: what it is about, to whom it goes, who approves it, what it offers until when."""
    texts: list[str | None] = [None] * actions.height
    names = ("over", "invoices", "to_role", "cc", "approvers", "offer", "deadline")
    for place, over, invoices, to_role, cc, approvers, offer, deadline in actions.with_row_index().filter(more).select("index", *names).iter_rows():
        told = {"to_role": to_role, "cc": cc or None, "approvers": json.loads(approvers) if approvers else None}
        if over or offer:
            told["invoices"] = invoices
        if offer:
            told |= {**json.loads(offer), "deadline": deadline.isoformat()}
        texts[place] = json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False, sort_keys=True)
    return pl.Series("data", texts, dtype=pl.String)


#: Columns that most actions have nothing in.
_SAID_WHERE_THERE = ("to_role", "cc", "approvers", "offer")


def action_rows(actions: pl.DataFrame) -> Iterator[dict[str, object]]:
    """Give actions as the objects of `relance run --format jsonl`."""
    parts = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total")
    for row in actions.iter_rows(named=True):
        code = row["currency"]
        claimed = {"currency": code} | {part: format(major(row[part], code), "f") for part in (*parts, *SELDOM) if part not in SELDOM or row[part]}
        if row["total"] != sum(row[part] for part in (*parts, *SELDOM) if part != "total"):  # what is missing of a plan alone is asked
            claimed["arrears"] = claimed["total"]
        plain = {name: row[name] for name in ACTIONS if name not in (*parts, *SELDOM, "currency", *_SAID_WHERE_THERE)}
        plain |= {name: row[name] for name in ("to_role", "cc") if row[name]} | ({"offer": json.loads(row["offer"])["offer"]} if row["offer"] else {})
        plain |= {name: None if row[name] is None else row[name].isoformat() for name in ("on", "deadline")}
        yield plain | {"claimed": claimed}
