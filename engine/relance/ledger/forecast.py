"""A whole portfolio played forward, view by view: what will leave on which day, what it costs, what may come in.

Each distinct view is played once and weighs as many cases as have it. Cases of one debtor are not held back by each other here,
so the messages of a crowded debtor come out early. The behaviour of payers is the author's figure, not ours. No randomness.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl

from relance.ladder import cases, observe
from relance.ladder.future import Coming, future
from relance.ladder.today import Today, case_today
from relance.language import source
from relance.ledger.fold.decided import facts_of
from relance.ledger.fold.deciding import decide_all
from relance.ledger.fold.engines import Engine, Frame, Source
from relance.ledger.fold.setting import opened
from relance.ledger.fold.table import CASE, fold
from relance.ledger.fold.truths import NotInTables
from relance.ledger.fold.views import packs
from relance.ledger.tables import minor
from relance.model import Case, Playbook, Severity, StepKind, View


class Line(NamedTuple):
    """A line of the forecast: so many actions, expected, of a step by a channel on a day."""

    on: date
    step: str
    channel: str


@dataclass(slots=True)
class Forecast:
    """What a portfolio comes to. Amounts are minor units by currency; `cost` is in the playbook's own money.

    `cash` and `spread` (a variance) are by week (its Monday) and currency; empty without a behaviour.
    """

    on: date
    until: date
    playbook: str
    cases: int = 0
    views: int = 0
    actions: defaultdict[Line, float] = field(default_factory=lambda: defaultdict(float))
    cost: defaultdict[date, float] = field(default_factory=lambda: defaultdict(float))
    notices: defaultdict[date, float] = field(default_factory=lambda: defaultdict(float))
    handovers: defaultdict[date, float] = field(default_factory=lambda: defaultdict(float))
    cash: defaultdict[tuple[date, str], float] = field(default_factory=lambda: defaultdict(float))
    spread: defaultdict[tuple[date, str], float] = field(default_factory=lambda: defaultdict(float))


class Group(NamedTuple):
    """The cases that share a view: how many, in which currency, what they owe in all, and the sum of the squares."""

    view: int
    currency: str
    cases: int
    owed: float
    squares: float


@dataclass(frozen=True)
class Views:
    """The distinct views of a portfolio under a playbook, and which cases have which (creditor, debtor, case, currency, balance, view)."""

    playbook: Playbook
    on: date
    views: list[View]
    rows: pl.DataFrame
    settled: int

    def groups(self) -> Iterator[Group]:
        """Weigh the views."""
        owed = pl.col("balance").cast(pl.Float64)
        found = self.rows.group_by("view", "currency").agg(pl.len(), pl.col("balance").sum().cast(pl.Float64).alias("owed"), (owed**2).sum().alias("squares"))
        for row in found.sort("view", "currency").rows():
            yield Group(*row)


def views_of(engine: Engine, sources: Mapping[str, Source | Frame], playbook: Playbook, on: date) -> Views:
    """Fold a portfolio into its distinct views. What the table fold does not know is observed case by case."""
    setting = opened(engine, sources, playbook, on, whole=True)
    schema = {**dict.fromkeys(CASE, pl.String), "currency": pl.String, "balance": pl.Int64, "view": pl.Int64}
    views: list[View] = []
    rows, settled, rest = pl.DataFrame(schema=schema), 0, setting.rare
    plain = True
    try:
        folded = fold(setting)
    except NotInTables:
        rest = None
    else:
        names = packs(setting.plan)
        home = engine.home(folded.named(folded.cases).select(*CASE, "currency", nw.col("balance").cast(nw.Int64), *names))
        distinct = home.select(names).unique().sort(names)
        made = decide_all(setting, distinct, keep=True)
        setting = folded.setting
        views, settled, rest = made.views, folded.settled, setting.rare
        plain = rest is not None
        rows = home.join(distinct.with_columns(view=made.view), on=names, how="left").select(list(schema))
    if plain:
        more = [
            (facts.creditor.id, facts.debtor.id, case.id, case.currency, minor(_owed(case, today), case.currency), observe(playbook, case, on, today))
            for facts in facts_of(setting, rest)
            if playbook.debtor in ("any", facts.debtor.kind or playbook.debtor)
            for today in (Today(playbook, facts, on),)
            for case in cases(playbook, facts)
        ]
        first = len(views)
        views = [*views, *(row[-1] for row in more)]
        plainly = pl.DataFrame([(*row[:-1], first + place) for place, row in enumerate(more)], schema=schema, orient="row")
        rows = pl.concat([rows, plainly])
    return Views(playbook, on, views, rows.sort(CASE), settled)


def _owed(case: Case, today: Today) -> Decimal:
    unit = case_today(case, today)
    return sum((each.undisputed for each in (unit.left or unit.claims)), Decimal(0))


# --------------------------------------------------------------------------- behaviour


@dataclass(frozen=True)
class Behaviour:
    """What share of those who still owe pays within so many days of a step (`any`: of every step), cumulated, by growing days."""

    after: Mapping[str, tuple[tuple[int, float], ...]]

    def of(self, step: str) -> tuple[tuple[int, float], ...]:
        """Return the curve after a step."""
        return self.after.get(step) or self.after.get("any", ())


class BehaviourError(ValueError):
    """A payment-behaviour file that says what it cannot mean."""


def read_behaviour(path: Path) -> Behaviour:
    """Read a file of the form `after: {any: {"7": "0.10", "30": "0.25"}}`. Raises BehaviourError, OSError."""
    found, said = source.read(path.read_bytes(), str(path))
    wrong = [one for one in said if one.severity is Severity.ERROR]
    if found is None or wrong:
        raise BehaviourError("; ".join(f"{path}:{one.line}: {one.message}" for one in wrong))
    after = found.value.get("after") if isinstance(found.value, dict) else None
    if not isinstance(after, dict) or not after:
        raise BehaviourError(f"{path}: expected `after:`, with shares paid by day for steps or `any`")
    return Behaviour({str(step): _curve(path, str(step), curve) for step, curve in after.items()})


def _curve(path: Path, step: str, raw: Any) -> tuple[tuple[int, float], ...]:
    if not isinstance(raw, dict):
        raise BehaviourError(f'{path}: after {step}: expected days and shares, as {{7: "0.10"}}')
    try:
        curve = sorted((int(str(days).split()[0]), float(Decimal(str(share)))) for days, share in raw.items())
    except (ValueError, ArithmeticError) as error:
        raise BehaviourError(f"{path}: after {step}: {error}") from error
    shares = [0.0, *(share for _, share in curve)]
    if any(days < 0 for days, _ in curve) or sorted(shares) != shares or shares[-1] > 1:
        raise BehaviourError(f"{path}: after {step}: shares grow with the days, from 0 to 1")
    return tuple(curve)


# --------------------------------------------------------------------------- forecast


def forecast(found: Views, until: date, behaviour: Behaviour | None = None) -> Forecast:
    """Play every view forward and add up."""
    made = Forecast(found.on, until, found.playbook.id, found.rows.height + found.settled, len(found.views))
    plays: dict[int, tuple[Coming, ...]] = {}
    costs = {step.id: dict(step.cost) for step in found.playbook.steps}
    for group in found.groups():
        if group.view not in plays:
            plays[group.view] = future(found.playbook, found.views[group.view], found.on, until)
        _add(made, group, plays[group.view], behaviour, costs)
    return made


def _add(made: Forecast, group: Group, play: tuple[Coming, ...], behaviour: Behaviour | None, costs: Mapping[str, Mapping[Any, Decimal]]) -> None:
    left = 1.0  # the share of these cases that has not paid yet
    for place, coming in enumerate(play):
        number = group.cases * left
        for channel in coming.channels:
            made.actions[Line(coming.on, coming.step.id, str(channel))] += number
            if (price := costs[coming.step.id].get(channel)) is not None:
                made.cost[_week(coming.on)] += number * float(price)
        if coming.step.kind is StepKind.FORMAL_NOTICE and coming.occurrence == 1:
            made.notices[_week(coming.on)] += number
        if coming.step.kind is StepKind.HANDOVER:
            made.handovers[_week(coming.on)] += number
        if behaviour is not None:
            end = play[place + 1].on if place + 1 < len(play) else made.until + timedelta(days=1)
            left = _pay(made, group, coming, end, left, behaviour)


def _pay(made: Forecast, group: Group, coming: Coming, end: date, left: float, behaviour: Behaviour) -> float:
    """Let a share pay between a step and the next; return the share that still owes."""
    before = 0.0
    for days, share in behaviour.of(coming.step.id):
        on = coming.on + timedelta(days=days)
        if on >= end or on > made.until:
            break
        chance = left * (share - before)
        key = (_week(on), group.currency)
        made.cash[key] += group.owed * chance
        made.spread[key] += group.squares * chance * (1 - chance)
        before = share
    return left * (1 - before)


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --------------------------------------------------------------------------- diff


@dataclass(slots=True)
class Change:
    """What a new playbook does to the contacts of a portfolio. `worst` are the ten cases that change most: (case row, old, new)."""

    old: str
    new: str
    cases: int = 0
    changed: int = 0
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    before: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    after: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    cost_before: Decimal = Decimal(0)
    cost_after: Decimal = Decimal(0)
    worst: list[tuple[dict[str, Any], tuple[Coming, ...], tuple[Coming, ...]]] = field(default_factory=list)


def change(old: Views, new: Views, until: date) -> Change:
    """Compare what two playbooks do to the same portfolio, pair of views by pair of views."""
    made = Change(f"{old.playbook.id} {old.playbook.version}", f"{new.playbook.id} {new.playbook.version}", old.settled)
    left = old.rows.rename({"view": "old"})
    pairs = left.join(new.rows.select(*CASE, pl.col("view").alias("new")), on=CASE, how="full", coalesce=True)
    plays: dict[tuple[int, int], tuple[Coming, ...]] = {}

    def play(which: int, views: Views, place: int | None) -> tuple[Coming, ...]:
        if place is None:
            return ()
        if (which, place) not in plays:
            plays[which, place] = future(views.playbook, views.views[place], views.on, until)
        return plays[which, place]

    weighed = pairs.group_by("old", "new").agg(pl.len().alias("cases")).sort("old", "new", nulls_last=True)
    scores: list[tuple[int, int | None, int | None]] = []
    for before, after, number in weighed.rows():
        score = _compare(made, play(0, old, before), play(1, new, after), number)
        made.cases += number
        if score:
            made.changed += number
            scores.append((score, before, after))
    for _, before, after in sorted(scores, key=lambda each: (-each[0], each[1] or -1, each[2] or -1)):
        here = pairs.filter(pl.col("old").eq_missing(before) & pl.col("new").eq_missing(after)).sort(CASE)
        for row in here.head(10 - len(made.worst)).iter_rows(named=True):
            made.worst.append((row, play(0, old, before), play(1, new, after)))
        if len(made.worst) >= 10:
            break
    return made


def _compare(made: Change, before: tuple[Coming, ...], after: tuple[Coming, ...], cases_: int) -> int:
    """Add what differs between two futures; return how much: a contact more or less weighs 30 days."""
    told = {(one.step.id, one.occurrence): one for one in before}
    tells = {(one.step.id, one.occurrence): one for one in after}
    score = 0
    for one in before:
        made.before[_week(one.on)] += cases_
        made.cost_before += cases_ * _cost(one)
    for one in after:
        made.after[_week(one.on)] += cases_
        made.cost_after += cases_ * _cost(one)
    for key in told.keys() - tells.keys():
        made.removed[key[0]] += cases_
        score += 30
    for key in tells.keys() - told.keys():
        made.added[key[0]] += cases_
        score += 30
    for key in told.keys() & tells.keys():
        days = (tells[key].on - told[key].on).days
        if days:
            (made.later if days > 0 else made.earlier)[key[0]] += cases_
            score += abs(days)
        if tells[key].channels != told[key].channels:
            score += 1
    return score


def _cost(coming: Coming) -> Decimal:
    prices = dict(coming.step.cost)
    return sum((prices.get(channel, Decimal(0)) for channel in coming.channels), Decimal(0))


