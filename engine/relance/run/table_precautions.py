"""What a run over tables drafts for a person, as a run over a journal does (`relance.run.precautions`): beyond a mandate, or of a claim whose debtor was not told that it was assigned.

Few creditors bound their mandate and few claims were bought: their rows are read one by one, all others stay columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl

from relance.columnar.engines import Engine, Frame
from relance.columnar.inputs import number, typed
from relance.columnar.schema import Tables, creditor_of, dated, empty, to_facts
from relance.currencies import major
from relance.interpreter.offers import from_data
from relance.law.mandate import beyond_mandate, is_bounded
from relance.model import Action, Channel, Claimed, Facts, StepKind
from relance.run.precautions import assignment_is_untold, drafted

#: How the terms of a claim that was bought begin to say so.
_ASSIGNED = '"assignor":'


def careful(engine: Engine, frames: Mapping[str, Frame], actions: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return the actions of a day with what may not leave unseen as drafts, each with its reason."""
    creditors = {one.id: one for one in map(creditor_of, dated(engine.home(typed(engine, "creditors", frames.get("creditors"))), "creditors").iter_rows(named=True)) if is_bounded(one)}
    known = list(_bought(engine, frames, actions, on))
    bought = pl.DataFrame([(each.creditor.id, each.debtor.id) for each in known], schema={"creditor": pl.String, "debtor": pl.String}, orient="row")
    about = pl.concat([actions.filter(pl.col("creditor").is_in(list(creditors))), actions.join(bought, on=["creditor", "debtor"], how="semi")]).unique("id", maintain_order=True)
    made = [_action(row) for row in about.iter_rows(named=True)]
    found = drafted(made, lambda action: beyond_mandate(action, creditors[action.creditor]) if action.creditor in creditors else None, by_hand=True)
    found = drafted(found, assignment_is_untold(known), by_hand=True)
    changed = [(one.id, str(one.reason)) for one, was in zip(found, made, strict=True) if one is not was]
    if not changed:
        return actions
    held = pl.DataFrame(changed, schema={"id": pl.String, "why": pl.String}, orient="row")
    rows = actions.join(held, on="id", how="left", maintain_order="left")
    return rows.with_columns(status=pl.when(pl.col("why").is_not_null()).then(pl.lit("draft")).otherwise("status"), reason=pl.coalesce("why", "reason")).drop("why")


def _bought(engine: Engine, frames: Mapping[str, Frame], actions: pl.DataFrame, on: date) -> Iterator[Facts]:
    """Give the facts of the debtors something is due of and whose claims the creditor bought."""
    if "terms" not in frames["invoices"].collect_schema().names() or not actions.height:
        return iter(())
    invoices = typed(engine, "invoices", frames["invoices"])
    due = engine.share(actions.select("creditor", "debtor").unique())
    whose = invoices.filter(nw.col("terms").str.contains(_ASSIGNED, literal=True).fill_null(value=False)).select("creditor", "debtor")
    whose = engine.keep(whose.join(due, on=["creditor", "debtor"], how="semi").unique(["creditor", "debtor"]))
    if not engine.home(whose.head(1)).height:
        return iter(())
    events = typed(engine, "events", frames.get("events")).filter(nw.col("on") <= number(on))
    debtors = typed(engine, "debtors", frames.get("debtors")).join(whose, left_on=["creditor", "id"], right_on=["creditor", "debtor"], how="semi")
    home = {"invoices": invoices.join(whose, on=["creditor", "debtor"], how="semi"), "events": events.join(whose, on=["creditor", "debtor"], how="semi"), "debtors": debtors}
    tables = {name: dated(engine.home(frame), name) for name, frame in home.items()}
    return to_facts(Tables(creditors=dated(engine.home(typed(engine, "creditors", frames.get("creditors"))), "creditors"), elsewhere=empty("elsewhere"), **tables))


def _action(row: Mapping[str, Any]) -> Action:
    """Give a row as the action, as far as a precaution looks at it."""
    code = row["currency"]
    return Action(
        id=row["id"], on=row["on"], creditor=row["creditor"], debtor=row["debtor"], case=row["case"], carrier=row["carrier"], invoices=tuple(row["invoices"]),
        playbook=row["playbook"], playbook_version=row["playbook_version"], step=row["step"], occurrence=row["occurrence"], kind=StepKind(row["kind"]),
        channel=Channel(row["channel"]), tone=None, template=row["template"], language=row["language"], draft=row["status"] == "draft", deadline=row["deadline"],
        claimed=Claimed(code, major(row["principal"], code), total=major(row["total"], code)), reason=row["reason"], message=row["message"],
        offer=from_data(json.loads(row["offer"])["offer"]) if row["offer"] else None,
    )  # fmt: skip
