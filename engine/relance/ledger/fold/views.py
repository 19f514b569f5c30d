"""The view columns a playbook looks at, packed into a few whole numbers, and the way back to `View`.

Two rows with the same numbers are one view. What `decide` does not read of a case (the contacts of one that is stopped,
the end of a hold where nothing restarts) is left out, here and in `narrow`, so that there are fewer views.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import narwhals as nw
import polars as pl

from relance.ladder.conditions import HOLDS
from relance.ladder.footprint import ISSUED, Footprint, footprint
from relance.ledger.fold.acts import OFFSET, channels_of
from relance.ledger.fold.claims import held_until
from relance.ledger.fold.engines import Frame
from relance.ledger.fold.setting import Setting, anchor, day_of
from relance.ledger.fold.truths import MISSING, holds
from relance.model import Done, OnResume, Playbook, View

_DAY_BITS, _ROOM = 20, 60
BARRIERS = (None, "closed", "no_mandate")


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of the view: so many bits of one of the packed numbers, from `shift` on."""

    name: str
    bits: int
    pack: int
    shift: int
    day: bool


def layout(plan: Footprint) -> tuple[Slot, ...]:
    """Give every column of a footprint its place."""
    return _layout(plan.playbook)


@lru_cache(maxsize=64)
def _layout(playbook: Playbook) -> tuple[Slot, ...]:
    plan = footprint(playbook)
    wanted: list[tuple[str, int, bool]] = [(name, _DAY_BITS, True) for name in _days(plan)]
    wanted += [("barrier", 2, False), ("draft", 7, False)]
    wanted += [(f"t_{place}", 2, False) for place in range(len(plan.tests))]
    wanted += [(f"r_{channel}", 1, False) for channel in plan.channels]
    for rung in plan.rungs:
        wanted += [(f"failed_{rung.index}_{channel}", 1, False) for channel in channels_of(rung.ways)]
        if rung.again is not None:
            wanted.append((f"times_{rung.index}", 12, False))
    slots, pack, used = [], 0, 0
    for name, bits, day in wanted:
        if used + bits > _ROOM:
            pack, used = pack + 1, 0
        slots.append(Slot(name, bits, pack, used, day))
        used += bits
    return tuple(slots)


def _days(plan: Footprint) -> list[str]:
    names = ["due", "issued", "last_move", "held_until", "draft_on"]
    names += ["hold_ended"] if plan.playbook.on_resume is OnResume.RESTART else []
    names += ["last_contact"] if plan.gap is not None else []
    names += ["full_since"] if plan.room is not None else []
    names += [anchor(name) for name in plan.anchors]
    names += [f"{what}_{rung.index}" for rung in plan.rungs for what in ("done", "open")]
    return names + [f"first_{rung.index}" for rung in plan.rungs if rung.again is not None]


def packs(plan: Footprint) -> list[str]:
    """Name the packed numbers."""
    return [f"p_{number}" for number in range(layout(plan)[-1].pack + 1)]


def packed(setting: Setting, cases: Frame) -> Frame:
    """Add the packed numbers to cases that have every column of the view; what has none is null."""
    plan = setting.plan
    have = set(cases.collect_schema().names())
    silent = _silent(setting, have)
    issued = nw.col("issued") > setting.today
    if any(rung.anchor_kind == ISSUED for rung in plan.rungs):
        issued = issued | ~nw.col("silent")
    cases = cases.with_columns(silent=silent).with_columns(hold_ended=nw.col("ended"), issued=nw.when(issued).then(nw.col("issued")))
    cases = cases.with_columns(held_until=held_until(setting))
    have |= {"hold_ended", "held_until"}
    kept = {"issued", "barrier", "draft", "draft_on", "held_until"} | {f"done_{r.index}" for r in plan.rungs} | {f"{what}_{r.index}" for r in plan.rungs for what in ("times", "first")}
    numbers: dict[int, nw.Expr] = {}
    for slot in layout(plan):
        if slot.name not in have:
            value: nw.Expr = nw.lit(0).cast(nw.Int64)
        elif slot.day:
            value = nw.coalesce(nw.col(slot.name).cast(nw.Int64) + OFFSET, nw.lit(0).cast(nw.Int64))
        elif slot.name.startswith("r_"):
            value = nw.when(nw.col(slot.name)).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
        elif slot.name == "draft":
            value = nw.coalesce(nw.col("draft").cast(nw.Int64) + 1, nw.lit(0).cast(nw.Int64))
        else:
            value = nw.coalesce(nw.col(slot.name).cast(nw.Int64), nw.lit(0).cast(nw.Int64))
        if slot.name not in kept and not slot.name.startswith("t_"):
            value = nw.when(nw.col("silent")).then(nw.lit(0).cast(nw.Int64)).otherwise(value)
        shifted = value * 2**slot.shift if slot.shift else value
        numbers[slot.pack] = numbers[slot.pack] + shifted if slot.pack in numbers else shifted
    return cases.with_columns(**{f"p_{number}": value for number, value in numbers.items()})


def _silent(setting: Setting, have: set[str]) -> nw.Expr:
    """Say whether a case is decided without reading the ladder."""
    plan = setting.plan
    column = {test: place for place, test in enumerate(plan.tests)}
    answer = nw.col("barrier") > 0
    for condition in (*plan.playbook.stop_when, *plan.playbook.hold_while):
        answer = answer | holds(condition, column)
    answer = answer | (nw.col("issued") > setting.today).fill_null(value=False)
    if plan.worth is not None:
        answer = answer | (nw.col(f"t_{plan.worth}") != 1)
    return answer | ~nw.col("draft").is_null() if "draft" in have else answer


# --------------------------------------------------------------------------- back to views


def unpacked(setting: Setting, distinct: pl.DataFrame) -> Iterator[View]:
    """Give the view of each row of packed numbers."""
    plan = setting.plan
    slots = layout(plan)
    columns = {slot.name: (distinct[f"p_{slot.pack}"] // 2**slot.shift % 2**slot.bits).to_list() for slot in slots}
    days: dict[int, date | None] = {0: None}
    for slot in slots:
        if slot.day:
            for count in set(columns[slot.name]) - days.keys():
                days[count] = day_of(count - OFFSET)
            columns[slot.name] = [days[count] for count in columns[slot.name]]
    none: list[None] = [None] * distinct.height
    rungs = [rung.index for rung in plan.rungs]
    truth = {0: False, 1: True, MISSING: None}
    truths_ = _rows([[truth[value] for value in columns[f"t_{place}"]] for place in range(len(plan.tests))], distinct.height)
    reach_ = _rows([[value == 1 for value in columns[f"r_{channel}"]] for channel in plan.channels], distinct.height)
    anchors = _rows([columns[anchor(name)] for name in plan.anchors], distinct.height)
    done = _rows([_done(columns[f"done_{i}"], columns.get(f"times_{i}"), columns.get(f"first_{i}")) for i in rungs], distinct.height)
    open_ = _rows([columns[f"open_{i}"] for i in rungs], distinct.height)
    failed = _rows([_failed(columns, i, channels_of(plan.rungs[i].ways), distinct.height) for i in rungs], distinct.height)
    for row in zip(
        columns["due"], columns["issued"], anchors, truths_, reach_, done, open_, failed, columns["draft"], columns["draft_on"], columns["last_move"],
        columns.get("last_contact", none), columns.get("full_since", none), columns.get("hold_ended", none), columns["held_until"],
        columns["barrier"], strict=True,
    ):  # fmt: skip
        due, issued, world, truth_, reached, did, opened, undone, draft, *rest, barrier = row
        yield View(due or setting.on, issued, world, truth_, reached, did, opened, undone, draft - 1 if draft else None, *rest, BARRIERS[barrier])


def _rows(columns: Sequence[Sequence[object]], height: int) -> list[tuple]:  # type: ignore[type-arg]
    return list(zip(*columns, strict=True)) if columns else [()] * height


@lru_cache(maxsize=65536)
def _did(on: date, times: int, first: date | None) -> Done:
    return Done(on, times, first=first if times > 1 else None)


def _done(days: Sequence[date | None], times: Sequence[int] | None, first: Sequence[date | None] | None) -> list[Done | None]:
    if times is None or first is None:
        return [None if day is None else _did(day, 1, None) for day in days]
    return [None if day is None else _did(day, *rest) for day, *rest in zip(days, times, first, strict=True)]


_NOTHING: frozenset = frozenset()  # type: ignore[type-arg]


def _failed(columns: dict[str, list], index: int, channels: list, height: int) -> list[frozenset]:  # type: ignore[type-arg]
    flags = [columns[f"failed_{index}_{channel}"] for channel in channels]
    if not any(any(each) for each in flags):
        return [_NOTHING] * height
    return [frozenset(channel for channel, flag in zip(channels, row, strict=True) if flag) for row in zip(*flags, strict=True)]


# --------------------------------------------------------------------------- the same of a plain view


def narrow(plan: Footprint, view: View, on: date) -> View:
    """Leave out of a view what `decide` does not read, as the packed columns do; the decision is the same."""
    playbook = plan.playbook
    quiet = view.barrier is not None or any(check(view.truths) == HOLDS for _, check in (*plan.stops, *plan.holds))
    quiet = quiet or (view.issued is not None and view.issued > on)
    quiet = quiet or (plan.worth is not None and not view.truths[plan.worth]) or view.draft is not None
    counts = any(rung.anchor_kind == ISSUED for rung in plan.rungs) and not quiet
    ways = [frozenset(channels_of(rung.ways)) for rung in plan.rungs]
    issued = view.issued if counts or (view.issued is not None and view.issued > on) else None
    if quiet:
        empty = tuple(None for _ in plan.rungs)
        return replace(
            view, due=on, issued=issued, anchors=tuple(None for _ in plan.anchors), reachable=tuple(False for _ in plan.channels),
            open=empty, failed=tuple(_NOTHING for _ in plan.rungs), last_move=None, last_contact=None, full_since=None, hold_ended=None,
        )  # fmt: skip
    return replace(
        view, issued=issued,
        failed=tuple(channels & own for channels, own in zip(view.failed, ways, strict=True)) if view.failed else view.failed,
        last_contact=view.last_contact if plan.gap is not None else None,
        full_since=view.full_since if plan.room is not None else None,
        hold_ended=view.hold_ended if playbook.on_resume is OnResume.RESTART else None,
    )  # fmt: skip
