"""Deciding distinct views: first without the debtor's contacts, then with them only where they can matter.

Contacts differ from debtor to debtor, and most cases wait for a day that no contact rule can put off: those share a decision.
Every answer is `relance.ladder.decide`'s own, of the whole view or of one that gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import polars as pl

from relance.ladder.decide import decide
from relance.ladder.footprint import DUE, ISSUED, STEP
from relance.ledger.fold.acts import OFFSET
from relance.ledger.fold.setting import Setting, day_of, number
from relance.ledger.fold.views import contact_pack, layout, packs, unpacked
from relance.model import Decision, StepStatus, View

#: No contact can matter; any contact can.
_NEVER, _ALWAYS = 2**40, -(2**40)


class Made(NamedTuple):
    """The decisions, each made once, and the place among them of each row of the distinct views; `views` are what was decided on."""

    decisions: list[Decision]
    places: pl.Series
    views: list[View]


def decide_all(setting: Setting, distinct: pl.DataFrame) -> Made:
    """Decide every row of `distinct` (the packed numbers)."""
    pack, names = contact_pack(setting.plan), packs(setting.plan)
    if pack is None:
        views = list(unpacked(setting, distinct))
        made = [decide(setting.playbook, view, setting.on) for view in views]
        return Made(made, pl.int_range(len(made), dtype=pl.Int64, eager=True), views)
    rest = [name for name in names if name != pack]
    bare = distinct.select(rest).unique(maintain_order=True)
    views = list(unpacked(setting, bare.with_columns(pl.lit(0, pl.Int64).alias(pack))))
    decisions = [decide(setting.playbook, view, setting.on) for view in views]
    matters = [_matters(setting, view, one) for view, one in zip(views, decisions, strict=True)]
    bare = bare.with_columns(place=pl.int_range(bare.height, dtype=pl.Int64), matters=pl.Series(matters, dtype=pl.Int64))
    rows = distinct.select(names).join(bare, on=rest, how="left", maintain_order="left")
    rows = rows.with_columns(free=_free(setting, rows[pack]))
    rows = rows.with_columns(apart=pl.col("free") > pl.col("matters"))
    odd = rows.filter("apart")
    first = len(decisions)
    more = list(unpacked(setting, odd))
    decisions += [decide(setting.playbook, view, setting.on) for view in more]
    own = first - 1 + pl.col("apart").cast(pl.Int64).cum_sum()
    return Made(decisions, rows.select(place=pl.when("apart").then(own).otherwise("place"))["place"], [*views, *more])


def _matters(setting: Setting, view: View, decision: Decision) -> int:
    """Return the last day up to which a contact rule may let the debtor go and change nothing, from a decision without contacts."""
    if any(verdict.reason.name == "crowded_out" for verdict in decision.steps):
        return _ALWAYS
    days = [number(verdict.on) for verdict in decision.steps if verdict.status is StepStatus.WAITING and verdict.on is not None]
    if decision.step is not None:
        days.append(_own(setting, view, decision.step.id))
    return min(days, default=_NEVER)


def _own(setting: Setting, view: View, step: str) -> int:
    """Return the own date of a due step, before which it could not go; without an anchor in the view, any contact may matter."""
    rung = setting.plan.rungs[setting.plan.by_id[step]]
    if view.done[rung.index] is not None:
        return _ALWAYS
    anchor = view.due if rung.anchor_kind == DUE else view.issued if rung.anchor_kind == ISSUED else None
    if rung.anchor_kind == STEP and (done := view.done[rung.anchor]) is not None:
        anchor = done.on
    return _ALWAYS if anchor is None else number(rung.own(anchor)[1])


def _free(setting: Setting, contacts: pl.Series) -> pl.Series:
    """Return the first day on which the contact rules let each row's debtor be contacted, at the latest of any step."""
    plan = setting.plan
    found = pl.repeat(_ALWAYS, len(contacts), dtype=pl.Int64, eager=True)
    for slot in layout(plan):
        rule = plan.gap if slot.name == "last_contact" else plan.room if slot.name == "full_since" else None
        if rule is None:
            continue
        days = contacts // 2**slot.shift % 2**slot.bits
        table = {count: _first(setting, rule, count) for count in days.unique().to_list()}
        free = days.replace_strict(table, return_dtype=pl.Int64)
        found = pl.select(pl.max_horizontal(found, free)).to_series()
    return found


def _first(setting: Setting, rule: Callable[[date], date], count: int) -> int:
    if count == 0:
        return _ALWAYS
    free = rule(day_of(count - OFFSET))
    return max((number(rung.rolled(free)) for rung in setting.plan.rungs if rung.contact), default=_ALWAYS)
