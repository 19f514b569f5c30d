"""The view columns a playbook looks at, packed into a few whole numbers, and the way back to `View`.

Two rows with the same numbers are one view. What no rule reads of a case (the contacts of one that is stopped, the day of a
step long past, the end of a hold where nothing restarts) is left out, here and in `narrow`, so that there are fewer views.
Why so, and what was refused: docs/decisions/050 and 051.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import narwhals as nw
import polars as pl

from relance.columnar.action_state import OFFSET, channels_of
from relance.columnar.conditions import MISSING, holds
from relance.columnar.engines import Frame
from relance.columnar.inputs import WHO, Setting, anchor, day_of
from relance.columnar.invoices_and_cases import held_until
from relance.interpreter.compiled import DEADLINE, FROM_THE_START, ISSUED, STEP, WORLD, CompiledPlaybook, CompiledStep, compile_playbook
from relance.interpreter.conditions import HOLDS
from relance.law.persons import STOPPING
from relance.law.places import PLACES
from relance.model import Done, OnResume, Pace, Playbook, StepKind, View

_DAY_BITS, _ROOM = 20, 60
CONTACT_DAYS = "full_"
BARRIERS = (None, "closed", "no_mandate", *STOPPING)


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of the view: so many bits of one of the packed numbers, from `shift` on."""

    name: str
    bits: int
    pack: int
    shift: int
    day: bool


def layout(plan: CompiledPlaybook) -> tuple[Slot, ...]:
    """Give every column of a compiled playbook its place."""
    return _layout(plan.playbook)


@lru_cache(maxsize=64)
def _layout(playbook: Playbook) -> tuple[Slot, ...]:
    plan = compile_playbook(playbook)
    wanted: list[tuple[str, int, bool]] = [(name, _DAY_BITS, True) for name in _days(plan)]
    wanted += [("barrier", 4, False), ("draft", 7, False), ("pending", 7, False), ("place", 4, False)]
    wanted += [(f"t_{place}", 2, False) for place in range(len(plan.tests))]
    wanted += [(f"r_{channel}", 1, False) for channel in plan.channels]
    for rung in plan.rungs:
        wanted += [(f"failed_{rung.index}_{channel}", 1, False) for channel in channels_of(rung.ways)]
        if rung.recurs:
            wanted.append((f"times_{rung.index}", 12, False))
    wanted += [(name, _DAY_BITS, True) for name in _contact_days(plan)]
    slots: list[Slot] = []
    pack = used = 0
    for name, bits, day in wanted:
        if used + bits > _ROOM or (name.startswith(CONTACT_DAYS) and not slots[-1].name.startswith(CONTACT_DAYS)):
            pack, used = pack + 1, 0
        slots.append(Slot(name, bits, pack, used, day))
        used += bits
    return tuple(slots)


def _days(plan: CompiledPlaybook) -> list[str]:
    names = ["due", "issued", "last_move", "held_until", "draft_on", "pending_on"]
    names += ["hold_ended"] if plan.playbook.on_resume is OnResume.RESTART else []
    names += [anchor(name) for name in plan.anchors]
    names += [f"{what}_{rung.index}" for rung in plan.rungs for what in ("done", "open")]
    return names + [f"first_{rung.index}" for rung in plan.rungs if rung.recurs]


def _contact_days(plan: CompiledPlaybook) -> list[str]:
    return [f"{CONTACT_DAYS}{place}" for place in range(len(plan.limits))]


def contact_packs(plan: CompiledPlaybook) -> list[str]:
    """Name the packed numbers that hold the contacts of the debtor, and nothing else; none where no rule looks at them."""
    return list(dict.fromkeys(f"p_{slot.pack}" for slot in layout(plan) if slot.name.startswith(CONTACT_DAYS)))


def packs(plan: CompiledPlaybook) -> list[str]:
    """Name the packed numbers."""
    return [f"p_{number}" for number in range(layout(plan)[-1].pack + 1)]


def packed(setting: Setting, cases: Frame) -> Frame:
    """Add `silent` and the packed numbers, but that of the contacts, to cases that have every column of the view; what has none is null."""
    plan = setting.plan
    have = set(cases.collect_schema().names())
    silent = _silent(setting, have)
    issued = nw.col("issued") > setting.today
    if any(kind == ISSUED for rung in plan.rungs for kind, _ in rung.counted):
        issued = issued | ~nw.col("silent")
    cases = cases.with_columns(silent=silent).with_columns(hold_ended=nw.col("ended"), issued=nw.when(issued).then(nw.col("issued")))
    cases = cases.with_columns(held_until=held_until(setting))
    have |= {"hold_ended", "held_until"}
    stale = {rung.index: _stale(plan, rung, have) for rung in plan.rungs}
    kept = {"issued", "barrier", "draft", "draft_on", "pending", "pending_on", "held_until"}
    numbers: dict[int, nw.Expr] = {}
    for slot in layout(plan):
        if slot.name.startswith(CONTACT_DAYS):
            continue
        if slot.name not in have:
            value: nw.Expr = nw.lit(0).cast(nw.Int64)
        elif slot.name.startswith(("done_", "open_")):
            value = _marked(slot.name, None if slot.name.startswith("open_") else stale[int(slot.name[5:])])
        elif slot.name.startswith(("times_", "first_")) and (old := stale[int(slot.name[6:])]) is not None:
            value = nw.coalesce(nw.when(~old).then(nw.col(slot.name).cast(nw.Int64) + (OFFSET if slot.day else 0)), nw.lit(0).cast(nw.Int64))
        elif slot.day:
            value = nw.coalesce(nw.col(slot.name).cast(nw.Int64) + OFFSET, nw.lit(0).cast(nw.Int64))
        elif slot.name.startswith("r_"):
            value = nw.when(nw.col(slot.name)).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
        elif slot.name in ("draft", "pending"):
            value = nw.coalesce(nw.col(slot.name).cast(nw.Int64) + 1, nw.lit(0).cast(nw.Int64))
        else:
            value = nw.coalesce(nw.col(slot.name).cast(nw.Int64), nw.lit(0).cast(nw.Int64))
        if slot.name not in kept and not slot.name.startswith("t_"):
            value = nw.when(nw.col("silent")).then(nw.lit(0).cast(nw.Int64)).otherwise(value)
        shifted = value * 2**slot.shift if slot.shift else value
        numbers[slot.pack] = numbers[slot.pack] + shifted if slot.pack in numbers else shifted
    return cases.with_columns(**{f"p_{number}": value for number, value in numbers.items()})


def with_contacts(setting: Setting, cases: Frame, contacts: Frame) -> Frame:
    """Add the packed numbers of the contacts to cases that have all the others."""
    cases = cases.join(contacts, on=WHO, how="left")
    zero = nw.lit(0).cast(nw.Int64)
    values: dict[str, nw.Expr] = {}
    for slot in layout(setting.plan):
        if slot.name.startswith(CONTACT_DAYS):
            name = f"p_{slot.pack}"
            values[name] = values.get(name, zero) + nw.coalesce(nw.col(slot.name).cast(nw.Int64) + OFFSET, zero) * 2**slot.shift
    return cases.with_columns(**{name: nw.when(nw.col("silent")).then(zero).otherwise(value) for name, value in values.items()})


def _marked(name: str, stale: nw.Expr | None) -> nw.Expr:
    """Pack the day of a step; where only that there is one matters, the due date stands for it."""
    day = nw.col(name).cast(nw.Int64) + OFFSET
    mark = nw.col("due").cast(nw.Int64) + OFFSET
    zero = nw.lit(0).cast(nw.Int64)
    if name.startswith("open_"):
        return nw.when(nw.col(name).is_null()).then(zero).otherwise(mark)
    if stale is None:
        return nw.coalesce(day, zero)
    return nw.when(nw.col(name).is_null()).then(zero).when(stale).then(mark).otherwise(day)


def _later(plan: CompiledPlaybook, rung: CompiledStep) -> list[list[int]]:
    """List sets of later steps: once one of each set is done, no rule reads any more on which day this one was.

    An answer to an event is always read: another such event may have come since, and it gave time wherever the ladder stands.
    """
    if rung.anchor_kind == WORLD:
        return [[]]
    later = [each.index for each in plan.rungs if each.index > rung.index]
    sets = [later]
    if plan.playbook.pace is Pace.KEEP and rung.anchor_kind in FROM_THE_START:
        same = rung.anchor_kind, rung.anchor
        sets.append([index for index in later if (plan.rungs[index].anchor_kind, plan.rungs[index].anchor) == same])
    ends = [each for each in plan.rungs if each.ends]
    if ends and rung.grants is not None and rung.step.kind is StepKind.FORMAL_NOTICE:  # nobody is handed over or sued before what it granted is over
        sets.append([] if any(each.anchor_kind == WORLD for each in ends) else [each.index for each in plan.rungs if each.index >= ends[-1].index])
    counting = [each.index for each in plan.rungs if any(kind in (STEP, DEADLINE) and place == rung.index for kind, place in each.counted)]
    if counting:
        sets.append([each.index for each in plan.rungs if each.index >= max(*counting, rung.index + 1)])
    return sets


def _stale(plan: CompiledPlaybook, rung: CompiledStep, have: set[str]) -> nw.Expr | None:
    conditions = []
    for some in _later(plan, rung):
        done = [~nw.col(f"done_{index}").is_null() for index in some if f"done_{index}" in have]
        if not done:
            return None
        conditions.append(nw.any_horizontal(*done, ignore_nulls=True))
    return nw.all_horizontal(*conditions, ignore_nulls=True)


def _silent(setting: Setting, have: set[str]) -> nw.Expr:
    """Say whether a case is decided without reading the ladder."""
    plan = setting.plan
    column = {test: place for place, test in enumerate(plan.tests)}
    answer = nw.col("barrier") > 0
    for condition in (*plan.playbook.stop_when, *(() if setting.whole else plan.playbook.hold_while)):
        answer = answer | holds(condition, column)
    if setting.whole:
        return answer
    answer = answer | (nw.col("issued") > setting.today).fill_null(value=False)
    if plan.worth is not None:
        answer = answer | (nw.col(f"t_{plan.worth}") != 1)
    for name in ("draft", "pending"):
        if name in have:
            answer = answer | ~nw.col(name).is_null()
    return answer


# --------------------------------------------------------------------------- back to views


def unpacked(plan: CompiledPlaybook, on: date, distinct: pl.DataFrame) -> Iterator[View]:
    """Give the view of each row of packed numbers."""
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
    contacts = _rows([columns[name] for name in _contact_days(plan)], distinct.height)
    failed = _rows([_failed(columns, i, channels_of(plan.rungs[i].ways), distinct.height) for i in rungs], distinct.height)
    for row in zip(
        columns["due"], columns["issued"], anchors, truths_, reach_, done, open_, failed, columns["draft"], columns["draft_on"], columns["last_move"],
        contacts, columns.get("hold_ended", none), columns["held_until"],
        columns["barrier"], columns["pending"], columns["pending_on"], columns["place"], strict=True,
    ):  # fmt: skip
        due, issued, world, truth_, reached, did, opened, undone, draft, asked, moved, full, ended, held, barrier, late, late_on, where = row
        yield View(due or on, issued, world, truth_, reached, did, opened, undone, draft - 1 if draft else None, asked, moved, full, ended, held, BARRIERS[barrier], late - 1 if late else None, late_on, PLACES[where - 1] if where else None)


def _rows(columns: Sequence[Sequence[object]], height: int) -> list[tuple]:  # type: ignore[type-arg]
    return list(zip(*columns, strict=True)) if columns else [()] * height


@lru_cache(maxsize=65536)
def _did(on: date, times: int, first: date | None) -> Done:
    return Done(on, max(times, 1), first=first if times > 1 else None)


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


def narrow(plan: CompiledPlaybook, view: View, on: date) -> View:
    """Leave out of a view what `decide` does not read, as the packed columns do; the decision is the same."""
    playbook = plan.playbook
    quiet = view.barrier is not None or any(check(view.truths) == HOLDS for _, check in (*plan.stops, *plan.holds))
    quiet = quiet or (view.issued is not None and view.issued > on)
    quiet = quiet or (plan.worth is not None and not view.truths[plan.worth]) or view.draft is not None
    quiet = quiet or view.pending is not None
    counts = any(kind == ISSUED for rung in plan.rungs for kind, _ in rung.counted) and not quiet
    ways = [frozenset(channels_of(rung.ways)) for rung in plan.rungs]
    issued = view.issued if counts or (view.issued is not None and view.issued > on) else None
    if quiet:
        empty = tuple(None for _ in plan.rungs)
        return replace(
            view, due=on, issued=issued, done=empty, anchors=tuple(None for _ in plan.anchors), reachable=tuple(False for _ in plan.channels),
            open=empty, failed=tuple(_NOTHING for _ in plan.rungs), last_move=None, full=(None,) * len(plan.limits), hold_ended=None, place=None,
        )  # fmt: skip
    return replace(
        view, issued=issued,
        done=tuple(_narrowed(plan, view, rung) for rung in plan.rungs),
        open=tuple(None if day is None else view.due for day in view.open),
        failed=tuple(channels & own for channels, own in zip(view.failed, ways, strict=True)) if view.failed else view.failed,
        hold_ended=view.hold_ended if playbook.on_resume is OnResume.RESTART else None,
    )  # fmt: skip


def _narrowed(plan: CompiledPlaybook, view: View, rung: CompiledStep) -> Done | None:
    done = view.done[rung.index]
    if done is None or not all(any(view.done[index] is not None for index in some) for some in _later(plan, rung)):
        return done
    return Done(view.due)
