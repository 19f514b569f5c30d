"""Which claims of accounts a hand-over of the ladder was about, by their keys.

Hand-overs are few: what became of each is read by `relance.interpreter.action_state` itself. A debtor of one that does not name its
invoices (a journal of before) is left to the plain fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import polars as pl

from relance.columnar.engines import Frame
from relance.columnar.inputs import ACT, CLAIM, WHO, Setting, among
from relance.columnar.schema import dated, event_of
from relance.interpreter.action_state import ActionState, apply_event
from relance.model import Channel

_WORDS = ("action.emitted", "action.approved", "action.executed", "action.failed", "action.cancelled")


@dataclass(frozen=True)
class HandedOver:
    """The claims (claim, gone) that a hand-over named, and the debtors (who) of whom the plain fold must say; None where there are none."""

    claims: Frame | None = None
    odd: Frame | None = None


def handed_over(setting: Setting) -> HandedOver:
    """Read the hand-overs of a playbook's accounts; an invoice that climbs by itself is handed over as its case is."""
    tested = any(test.fact == "handed_over" for test in setting.plan.tests)
    if not setting.account or not tested or not setting.plan.rungs:
        return HandedOver()
    ours = among("playbook", ["", setting.playbook.id]) | nw.col("playbook").is_null()
    over = (nw.col("kind") == "action.emitted") & among("channel", [str(Channel.HANDOVER)]) & among("step", setting.plan.by_id) & ours
    made = setting.engine.keep(setting.events.filter(over).select(ACT).unique(ACT))
    words = setting.events.filter(among("kind", _WORDS)).join(made, on=ACT, how="semi")
    found = setting.engine.home(words).sort(WHO, "at")
    acts: dict[int, dict[str, ActionState]] = {}
    creditors: dict[int, str] = {}
    for who, row in zip(found[WHO], dated(found, "events").iter_rows(named=True), strict=True):
        creditors[who] = row["creditor"]
        apply_event(acts.setdefault(who, {}), event_of(row, row["currency"] or "EUR"))
    gone = [(who, act) for who, mine in acts.items() for act in mine.values() if act.executed is not None]
    names = [(creditors[who], name) for who, act in gone for name in act.invoices]
    lost = [who for who, act in gone if not act.invoices]
    return HandedOver(_keyed(setting, names) if names else None, _debtors(setting, lost) if lost else None)


def _keyed(setting: Setting, names: list[tuple[str, str]]) -> Frame:
    rows = setting.engine.share(pl.DataFrame(names, schema={"creditor": pl.String, "invoice": pl.String}, orient="row").unique())
    return setting.engine.keep(setting.engine.keyed(rows, **{CLAIM: ("creditor", "invoice")}).select(CLAIM, gone=nw.lit(value=True)))


def _debtors(setting: Setting, lost: list[int]) -> Frame:
    return setting.engine.share(pl.DataFrame({WHO: lost}, schema={WHO: pl.Int64}).unique())
