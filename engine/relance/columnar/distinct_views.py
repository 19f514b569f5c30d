"""Deciding distinct views: first without the debtor's contacts, then with them only where they can matter.

Contacts differ from debtor to debtor, and most cases wait for a day that no contact rule can put off: those share a decision.
Every answer is `relance.interpreter.decision`'s own, of the whole view or of one that gives the same answer. Many views are decided on all cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import lru_cache
from multiprocessing import get_context
from typing import NamedTuple

import polars as pl

from relance.columnar.action_state import OFFSET
from relance.columnar.inputs import Setting, day_of, number
from relance.columnar.packed_view import CONTACT_DAYS, contact_packs, layout, packs, unpacked
from relance.interpreter.compiled import FROM_THE_START, STEP, CompiledPlaybook, at_place, compile_playbook
from relance.interpreter.decision import decide_by
from relance.interpreter.reasons import say
from relance.interpreter.step_dates import anchor_day
from relance.law.places import PLACES
from relance.model import Decision, Playbook, Status, StepStatus, View, Way
from relance.portfolio.evaluation import about

#: No contact can matter; any contact can.
_NEVER, _ALWAYS = 2**40, -(2**40)
#: So many views go to a worker at a time; fewer than so many are decided sooner than workers start.
_CHUNK, _MANY = 20_000, 120_000


class DecidedView(NamedTuple):
    """What a run needs of a decision: `about` names its line of the count; the rest is of one that is due."""

    status: Status
    about: str
    step: str = ""
    occurrence: int = 0
    ways: tuple[Way, ...] = ()
    deadline: date | None = None
    reason: str = ""


def outcome_of(decision: Decision) -> DecidedView:
    """Return what a run needs of a decision."""
    if decision.step is None:
        return DecidedView(decision.status, about(decision))
    return DecidedView(
        decision.status, about(decision), decision.step.id, decision.occurrence, decision.ways, decision.deadline, say(decision.reason)
    )  # fmt: skip


class Made(NamedTuple):
    """The distinct outcomes, and the place among them for each row of the distinct views; `decided` views were decided."""

    outcomes: list[DecidedView]
    places: pl.Series
    decided: int


def decide_all(setting: Setting, distinct: pl.DataFrame, *, workers: int | None = None) -> Made:
    """Decide every row of `distinct` (the packed numbers); `workers` is by default 1, or the number of cores where there are many rows."""
    plan = setting.plan
    own, names = contact_packs(plan), packs(plan)
    outcomes: dict[DecidedView, int] = {}

    def answer(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Return the place of the outcome of each row, and until when no contact matters to it."""
        places: list[int] = []
        matters: list[int] = []
        for told, own, days in _answers(setting.playbook, setting.on, frame, workers):
            known = [outcomes.setdefault(one, len(outcomes)) for one in told]
            places += [known[place] for place in own]
            matters += days
        return pl.Series("place", places, dtype=pl.Int64), pl.Series("matters", matters, dtype=pl.Int64)

    if not own:
        places, _ = answer(distinct.select(names))
        return Made(list(outcomes), places, distinct.height)
    rest = [name for name in names if name not in own]
    bare = distinct.select(rest).unique(maintain_order=True)
    bare = bare.with_columns(*answer(bare.with_columns(pl.lit(0, pl.Int64).alias(name) for name in own)))
    rows = distinct.select(names).join(bare, on=rest, how="left", maintain_order="left")
    rows = rows.with_columns(apart=_free(plan, rows) > pl.col("matters")).with_columns(number=pl.col("apart").cast(pl.Int64).cum_sum() - 1)
    odd = rows.filter("apart")
    more, _ = answer(odd.select(names))
    apart = pl.DataFrame({"own": more}).with_columns(number=pl.int_range(pl.len(), dtype=pl.Int64))
    rows = rows.join(apart, on="number", how="left", maintain_order="left")
    return Made(list(outcomes), rows.select(place=pl.when("apart").then("own").otherwise("place"))["place"], bare.height + odd.height)


#: The distinct outcomes of some views, the place of each view's among them, and until when no contact matters to it.
_Answer = tuple[list[DecidedView], list[int], list[int]]


def _answer(plan: CompiledPlaybook, on: date, views: Iterable[View]) -> _Answer:
    told: dict[DecidedView, int] = {}
    places, matters = [], []
    plans: dict[str | None, CompiledPlaybook] = {}  # by place: few, and asked of every view
    for view in views:
        there = plans.get(view.place) or plans.setdefault(view.place, compile_playbook(at_place(plan.playbook, view.place)))
        decision = decide_by(there, view, on)
        places.append(told.setdefault(outcome_of(decision), len(told)))
        matters.append(_matters(there, view, decision))
    return list(told), places, matters


def _answers(playbook: Playbook, on: date, frame: pl.DataFrame, workers: int | None) -> Iterable[_Answer]:
    """Decide the views of a frame, chunk by chunk: on all cores where they are many."""
    chunks = list(frame.iter_slices(_CHUNK))
    workers = min(workers or (os.cpu_count() or 1 if frame.height > _MANY else 1), max(len(chunks), 1))
    if workers == 1:
        plan = compile_playbook(playbook)
        return [_answer(plan, on, unpacked(plan, on, chunk)) for chunk in chunks]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_ready, initargs=(playbook, on)) as pool:
        return list(pool.map(_work, chunks))


_asked: list[tuple[CompiledPlaybook, date]] = []


def _ready(playbook: Playbook, on: date) -> None:
    """Prepare a worker: the playbook is compiled once for the life of the process."""
    _asked[:] = [(compile_playbook(playbook), on)]


def _work(chunk: pl.DataFrame) -> _Answer:
    plan, on = _asked[0]
    return _answer(plan, on, unpacked(plan, on, chunk))


def _matters(plan: CompiledPlaybook, view: View, decision: Decision) -> int:
    """Return the last day up to which a contact rule may let the debtor go and change nothing, from a decision without contacts."""
    if any(verdict.reason.name == "crowded_out" for verdict in decision.steps):
        return _ALWAYS
    days = [number(verdict.on) for verdict in decision.steps if verdict.status is StepStatus.WAITING and verdict.on is not None]
    if decision.step is not None:
        days.append(_own(plan, view, decision.step.id))
    return min(days, default=_NEVER)


def _own(plan: CompiledPlaybook, view: View, step: str) -> int:
    """Return the own date of a due step, before which it could not go; without an anchor in the view, any contact may matter."""
    rung = plan.rungs[plan.by_id[step]]
    if view.done[rung.index] is not None or len(rung.counted) > 1:
        return _ALWAYS
    anchor = anchor_day(plan, view, rung.anchor_kind, rung.anchor, -1) if rung.anchor_kind in FROM_THE_START else None
    if rung.anchor_kind == STEP and (done := view.done[rung.anchor]) is not None:
        anchor = done.on
    return _ALWAYS if anchor is None else number(rung.own(anchor)[1])


def _free(plan: CompiledPlaybook, rows: pl.DataFrame) -> pl.Series:
    """Return the first day on which the contact rules let each row's debtor be contacted, at the latest of any step."""
    found = pl.repeat(_ALWAYS, rows.height, dtype=pl.Int64, eager=True)
    place = next(slot for slot in layout(plan) if slot.name == "place")
    rolls = _rolls(plan.playbook, frozenset((rows[f"p_{place.pack}"] // 2**place.shift % 2**place.bits).unique().to_list()))
    for slot in layout(plan):
        if not slot.name.startswith(CONTACT_DAYS):
            continue
        rule = plan.limits[int(slot.name.removeprefix(CONTACT_DAYS))].opens
        days = rows[f"p_{slot.pack}"] // 2**slot.shift % 2**slot.bits
        table = {count: _first(rolls, rule, count) for count in days.unique().to_list()}
        free = days.replace_strict(table, return_dtype=pl.Int64)
        found = pl.select(pl.max_horizontal(found, free)).to_series()
    return found


def _first(rolls: Iterable[Callable[[date], date]], rule: Callable[[date], date], count: int) -> int:
    if count == 0:
        return _ALWAYS
    free = rule(day_of(count - OFFSET))
    return max((number(rolled(free)) for rolled in rolls), default=_ALWAYS)


@lru_cache(maxsize=64)
def _rolls(playbook: Playbook, places: frozenset[int]) -> tuple[Callable[[date], date], ...]:
    """Return how the steps that contact the debtor are moved off closed days, where debtors are (as packed); steps that are moved alike have one function."""
    found: dict[Hashable, Callable[[date], date]] = {}
    for place in (None if packed == 0 else PLACES[packed - 1] for packed in sorted(places)):
        for rung in compile_playbook(at_place(playbook, place)).rungs:
            if rung.contact:
                found.setdefault((place, rung.step.when_closed, rung.step.weekdays, rung.step.pauses), rung.rolled)
    return tuple(found.values())
