"""A few actions of a portfolio, read as `relance.interpreter.action_state` reads them: hand-overs, and what was offered."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw
import polars as pl

from relance.columnar.engines import Frame
from relance.columnar.inputs import ACT, CLAIM, WHO, Setting, among
from relance.columnar.schema import dated, event_of
from relance.interpreter.action_state import ActionState, apply_event

_WORDS = ("action.emitted", "action.approved", "action.executed", "action.failed", "action.cancelled")
#: An action, with the key of its debtor and the name of its creditor.
Told = tuple[int, str, ActionState]


def acts_of(setting: Setting, made: Frame) -> Iterator[Told]:
    """Yield what became of some actions (act) of the table of events."""
    chosen = setting.engine.keep(made.select(ACT).unique(ACT))
    words = setting.events.filter(among("kind", _WORDS)).join(chosen, on=ACT, how="semi")
    found = setting.engine.home(words).sort(WHO, "at")
    acts: dict[int, dict[str, ActionState]] = {}
    creditors: dict[int, str] = {}
    for who, row in zip(found[WHO], dated(found, "events").iter_rows(named=True), strict=True):
        creditors[who] = row["creditor"]
        apply_event(acts.setdefault(who, {}), event_of(row, row["currency"] or "EUR"))
    return ((who, creditors[who], act) for who, mine in acts.items() for act in mine.values())


def claims_named(setting: Setting, names: list[tuple[str, str]], column: str) -> Frame:
    """Return (claim, and true in a column) of invoices by their creditors and names."""
    rows = setting.engine.share(pl.DataFrame(names, schema={"creditor": pl.String, "invoice": pl.String}, orient="row").unique())
    keyed = setting.engine.keyed(rows, **{CLAIM: ("creditor", "invoice")})
    return setting.engine.keep(keyed.select(CLAIM, nw.lit(value=True).alias(column)))


def debtors_named(setting: Setting, keys: list[int]) -> Frame:
    """Return (who) of debtors by their keys."""
    return setting.engine.share(pl.DataFrame({WHO: keys}, schema={WHO: pl.Int64}).unique())
