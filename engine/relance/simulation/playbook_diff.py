"""What a change of a playbook changes: the same portfolio played under both, case by case and message by message."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from relance.columnar.pipeline import CASE
from relance.interpreter.compiled import lost_steps
from relance.model import CONTACT_CHANNELS
from relance.simulation.by_view import Coming
from relance.simulation.forecast import week
from relance.simulation.portfolio import Foreseen, played_messages

#: A step more or less weighs as much as so many days earlier or later.
_WEIGHT = 30
_MOST = 10
Weekly = defaultdict[date, int]


@dataclass(slots=True)
class PlaybookChange:
    """What a new playbook does to the steps of a portfolio. `worst` are the ten cases that change most: (case row, old, new).

    `before` and `after` count messages and calls by week; `cost_*` is the price of all that leaves, one a message.
    """

    old: str
    new: str
    lost: tuple[str, ...] = ()  # steps of the old that the new does not know, not even as former names
    cases: int = 0
    changed: int = 0
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    before: Weekly = field(default_factory=lambda: defaultdict(int))
    after: Weekly = field(default_factory=lambda: defaultdict(int))
    cost_before: Decimal = Decimal(0)
    cost_after: Decimal = Decimal(0)
    worst: list[tuple[dict[str, Any], tuple[Coming, ...], tuple[Coming, ...]]] = field(default_factory=list)


def change(old: Foreseen, new: Foreseen) -> PlaybookChange:
    """Compare what two playbooks do to the same portfolio, pair of plays by pair of plays."""
    made = PlaybookChange(f"{old.playbook.id} {old.playbook.version}", f"{new.playbook.id} {new.playbook.version}", lost_steps(old.playbook, new.playbook), old.settled)
    places = ["play", "slot"]
    mine = old.rows.rename({name: f"old_{name}" for name in places})
    pairs = mine.join(new.rows.select(*CASE, *(pl.col(name).alias(f"new_{name}") for name in places)), on=CASE, how="full", coalesce=True)
    keys = ["old_play", "old_slot", "new_play", "new_slot"]
    weighed = pairs.group_by(keys).agg(pl.len().alias("cases")).sort(keys, nulls_last=True)
    scores: list[tuple[int, tuple[int | None, ...]]] = []
    for row in weighed.rows():
        *key, number = row
        made.cases += number
        score = _compare(made, old.of(*key[:2]), new.of(*key[2:]), number)
        if score:
            made.changed += number
            scores.append((score, tuple(key)))
    scores.sort(key=lambda each: (-each[0], [-1 if place is None else place for place in each[1]]))
    for _, places_ in scores:
        here = pairs.filter(*(pl.col(name).eq_missing(place) for name, place in zip(keys, places_, strict=True))).sort(CASE)
        for case in here.head(_MOST - len(made.worst)).select(*CASE, "currency", "balance").iter_rows(named=True):
            made.worst.append((case, old.of(*places_[:2]), new.of(*places_[2:])))
        if len(made.worst) >= _MOST:
            break
    made.cost_before = _sent(old, made.before)
    made.cost_after = _sent(new, made.after)
    return made


def _compare(made: PlaybookChange, before: tuple[Coming, ...], after: tuple[Coming, ...], cases: int) -> int:
    """Add what differs between two futures; return how much: a step more or less weighs a month."""
    told = {(one.step.id, one.occurrence): one for one in before}
    tells = {(one.step.id, one.occurrence): one for one in after}
    score = 0
    for key in told.keys() - tells.keys():
        made.removed[key[0]] += cases
        score += _WEIGHT
    for key in tells.keys() - told.keys():
        made.added[key[0]] += cases
        score += _WEIGHT
    for key in told.keys() & tells.keys():
        days = (tells[key].on - told[key].on).days
        if days:
            (made.later if days > 0 else made.earlier)[key[0]] += cases
            score += abs(days)
        if tells[key].channels != told[key].channels:
            score += 1
    return score


def _sent(found: Foreseen, weeks: Weekly) -> Decimal:
    """Count the messages and calls of a portfolio by week; return what everything that leaves costs."""
    cost = Decimal(0)
    for play, debtors in _debtors(found):
        for message in played_messages(found.playbook, found.plays[play]):
            if message.channel in CONTACT_CHANNELS:
                weeks[week(message.on)] += debtors
            cost += debtors * dict(message.step.cost).get(message.channel, Decimal(0))
    return cost


def _debtors(found: Foreseen) -> Iterator[tuple[int, int]]:
    """Give each play with the number of debtors that have it."""
    first = found.rows.filter(pl.col("slot") == 0)
    yield from first.group_by("play").agg(pl.len()).sort("play").rows()
