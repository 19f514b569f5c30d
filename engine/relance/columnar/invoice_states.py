"""Words about claims: disputes, holds, insolvency, closures. The latest word wins; a word about a debtor counts for every claim.

One row per claim that has any, with the flags, limits and days of `relance.interpreter.invoice_state`. Promises are next door.
"""

from __future__ import annotations

import narwhals as nw

from relance.columnar.engines import Frame, stacked
from relance.columnar.inputs import ANCHORS, CLAIM, STATES, WHO, Setting, among, anchor, masked
from relance.interpreter.scope import OF_WHAT_THERE_WAS

_LASTING = {"written_off": "written_off", "handed_over": "handed_over", "closed": "case.closed"}


def words(setting: Setting) -> Frame | None:
    """Return one row per claim and word that covers it (claim, kind, at, on, amount, day), or None where there is none."""
    wanted = [*STATES, "invoice.cancelled", *(kind for kind in ANCHORS if kind in setting.plan.anchors)]
    if not setting.has(*wanted):
        return None
    columns = [CLAIM, "kind", "at", "on", "amount", "day"]
    found = []
    if any((kind, True) in setting.kinds for kind in wanted):
        found.append(setting.seldom.filter(among("kind", wanted) & ~nw.col(CLAIM).is_null()).select(columns))
    if any((kind, False) in setting.kinds for kind in wanted):
        wide = setting.seldom.filter(among("kind", wanted) & nw.col(CLAIM).is_null())
        wide = wide.select(WHO, "kind", "at", "on", "amount", "day", nw.col("currency").alias("only"))
        joined = setting.invoices.select(WHO, CLAIM, "currency", "issued").join(wide, on=WHO, how="inner")
        later = among("kind", OF_WHAT_THERE_WAS) & (nw.col("issued") > nw.col("on")).fill_null(value=False)
        joined = joined.filter((nw.col("only").is_null() | (nw.col("only") == nw.col("currency"))) & ~later)
        found.append(joined.select(columns))
    return setting.engine.keep(stacked(found))


def states(setting: Setting, said: Frame) -> Frame:
    """Fold the words into one row per claim.

    Columns: dispute (open), part (of it, in minor units), hold (placed), until, insolvent, written_off, handed_over,
    closed, cancelled, ended (day of the last end of a hold), and `a_<anchor>` for the anchors the playbook counts from.
    """
    kind = nw.col("kind")
    last = {
        "opened_at": (kind == "dispute.opened", "at"),
        "disputed_at": (kind.is_in(["dispute.opened", "dispute.closed"]), "at"),
        "placed_at": (kind == "hold.placed", "at"),
        "held_at": (kind.is_in(["hold.placed", "hold.lifted"]), "at"),
        "insolvent_at": (kind == "insolvency.opened", "at"),
        "solvent_at": (kind == "insolvency.closed", "at"),
        "reopened_at": (kind == "case.reopened", "at"),
        "cancelled_at": (kind == "invoice.cancelled", "at"),
        "ended": (kind.is_in(["dispute.closed", "hold.lifted"]), "on"),
        "lifted_on": (kind == "hold.lifted", "on"),
        **{f"{name}_at": (kind == word, "at") for name, word in _LASTING.items()},
        **{anchor(name): (kind == name, "on") for name in setting.plan.anchors if name in ("dispute.closed", *ANCHORS)},
    }
    wide = said.select(CLAIM, *(masked(condition, value).alias(name) for name, (condition, value) in last.items()))
    found = wide.group_by(CLAIM).agg(*(nw.col(name).max() for name in last))
    parts = said.filter(kind == "dispute.opened").select(CLAIM, nw.col("at").alias("opened_at"), nw.col("amount").alias("part"))
    untils = said.filter(kind == "hold.placed").select(CLAIM, nw.col("at").alias("placed_at"), nw.col("day").alias("until"))
    found = found.join(parts, on=[CLAIM, "opened_at"], how="left").join(untils, on=[CLAIM, "placed_at"], how="left")
    placed = nw.col("placed_at") == nw.col("held_at")
    over = placed & (nw.col("until") < setting.today)
    found = found.with_columns(
        dispute=(nw.col("opened_at") == nw.col("disputed_at")).fill_null(value=False),
        hold=(placed & (nw.col("until").is_null() | (nw.col("until") >= setting.today))).fill_null(value=False),
        over_on=masked(over.fill_null(value=False), "until"),
        insolvent=_after("insolvent_at", "solvent_at"),
        cancelled=~nw.col("cancelled_at").is_null(),
        **{name: _after(f"{name}_at", "reopened_at") for name in _LASTING},
    )
    if "hold.lifted" in setting.plan.anchors:
        found = found.with_columns(nw.max_horizontal(nw.col("lifted_on"), nw.col("over_on") + 1).alias(anchor("hold.lifted")))
    found = found.with_columns(ended=nw.max_horizontal("ended", "over_on"), until=masked(nw.col("hold"), "until"))
    anchors = [anchor(name) for name in setting.plan.anchors if name in ("dispute.closed", "hold.lifted", *ANCHORS)]
    return found.select(CLAIM, "dispute", "part", "hold", "until", "insolvent", *_LASTING, "cancelled", "ended", *anchors)


def _after(column: str, other: str) -> nw.Expr:
    """Say whether the last word of one kind came after the last of another."""
    return (nw.col(column) > nw.coalesce(nw.col(other), nw.lit(-(2**62)))).fill_null(value=False)
