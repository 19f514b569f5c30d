"""What a portfolio comes to, from its plays: how many messages on which day, what they cost, who is given notice or handed over, what may come in.

The behaviour of payers is the author's figure, not ours. No randomness. Plays nothing itself; `foreseen` does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import prod
from typing import NamedTuple

import polars as pl

from relance.columnar.pipeline import CASE
from relance.model import StepKind
from relance.simulation.by_view import Coming
from relance.simulation.payment_behaviour import Behaviour
from relance.simulation.portfolio import Foreseen, PlayedMessage, played_messages


class Line(NamedTuple):
    """A line of the forecast: so many, expected, of a step by a channel on a day."""

    on: date
    step: str
    channel: str


Expected = defaultdict[Line, float]
Daily = defaultdict[date, float]


@dataclass(slots=True)
class Forecast:
    """What a portfolio comes to. Amounts are minor units by currency; `cost` is in the playbook's own money, one price a message.

    A message carries the actions of one or more cases of a debtor and counts under its highest step. `cash` and `spread` (a
    variance) are by week (its Monday) and currency; empty without a behaviour. `spread_in_all` is less than the sum of the weeks', for
    who pays in one week does not pay in another. `owed` is what the cases that hear from the firm owe.
    """

    on: date
    until: date
    playbook: str
    steps: tuple[str, ...] = ()
    cases: int = 0
    actions: Expected = field(default_factory=lambda: defaultdict(float))
    messages: Expected = field(default_factory=lambda: defaultdict(float))
    cost: Expected = field(default_factory=lambda: defaultdict(float))
    notices: Daily = field(default_factory=lambda: defaultdict(float))
    handovers: Daily = field(default_factory=lambda: defaultdict(float))
    cash: defaultdict[tuple[date, str], float] = field(default_factory=lambda: defaultdict(float))
    spread: defaultdict[tuple[date, str], float] = field(default_factory=lambda: defaultdict(float))
    spread_in_all: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    owed: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


class Group(NamedTuple):
    """The cases in one slot of a play, in one currency: how many, what they owe in all, and the sum of the squares."""

    play: int
    slot: int
    currency: str
    cases: int
    owed: float
    squares: float


def slot_groups(found: Foreseen) -> Iterator[Group]:
    """Weigh the slots of the plays."""
    owed = pl.col("balance").cast(pl.Float64)
    moving = found.rows.drop_nulls("play").group_by("play", "slot", "currency")
    weighed = moving.agg(pl.len(), owed.sum().alias("owed"), (owed**2).sum().alias("squares"))
    for row in weighed.sort("play", "slot", "currency").rows():
        yield Group(*row)


def forecast(found: Foreseen, behaviour: Behaviour | None = None) -> Forecast:
    """Add up what leaves of every case, and with a behaviour what it may bring in."""
    made = Forecast(found.on, found.until, found.playbook.id, tuple(step.id for step in found.playbook.steps), found.rows.height + found.settled)
    shares: dict[tuple[int, int], Sequence[float]] = {}
    debtors: dict[int, int] = {}
    for group in slot_groups(found):
        play = found.plays[group.play].comings[group.slot]
        left = _shares(play, behaviour, found.until)
        shares[group.play, group.slot] = left
        if group.slot == 0:
            debtors[group.play] = group.cases
        _add(made, group, play, left)
        if behaviour is not None:
            _pay(made, group, play, left, behaviour)
    for place, number in debtors.items():
        for message in played_messages(found.playbook, found.plays[place]):
            _send(made, message, number, found.plays[place].comings, [shares[place, slot] for slot in range(len(found.plays[place].comings))])
    return made


def _add(made: Forecast, group: Group, play: tuple[Coming, ...], left: Sequence[float]) -> None:
    for coming, share in zip(play, left, strict=True):
        number = group.cases * share
        for channel in coming.channels:
            made.actions[Line(coming.on, coming.step.id, str(channel))] += number
        if coming.step.kind is StepKind.FORMAL_NOTICE and coming.occurrence == 1:
            made.notices[coming.on] += number
        if coming.step.kind is StepKind.HANDOVER and coming.occurrence == 1:
            made.handovers[coming.on] += number


def _send(made: Forecast, message: PlayedMessage, number: int, comings: Sequence[tuple[Coming, ...]], shares: Sequence[Sequence[float]]) -> None:
    """Count a message: it goes out unless every case in it has paid."""
    paid = prod(1 - shares[slot][comings[slot].index(coming)] for slot, coming in message.carries)
    expected = number * (1 - paid)
    line = Line(message.on, message.step.id, str(message.channel))
    made.messages[line] += expected
    if (price := dict(message.step.cost).get(message.channel)) is not None:
        made.cost[line] += expected * float(price)


def _shares(play: tuple[Coming, ...], behaviour: Behaviour | None, until: date) -> list[float]:
    """Return the share of cases that has not paid by each step."""
    left, found = 1.0, []
    for place, coming in enumerate(play):
        found.append(left)
        if behaviour is not None:
            left *= 1 - max((share for _, share in _curve(behaviour, coming, _end(play, place, until))), default=0.0)
    return found


def _end(play: tuple[Coming, ...], place: int, until: date) -> date:
    return play[place + 1].on if place + 1 < len(play) else until + timedelta(days=1)


def _curve(behaviour: Behaviour, coming: Coming, end: date) -> Iterator[tuple[date, float]]:
    """Give the days before the next step on which some pay, with the share that has paid by then."""
    for days, share in behaviour.of(coming.step.id):
        if (on := coming.on + timedelta(days=days)) >= end:
            return
        yield on, share


def _pay(made: Forecast, group: Group, play: tuple[Coming, ...], left: Sequence[float], behaviour: Behaviour) -> None:
    """Let a share pay between each step and the next."""
    in_all = 0.0
    for place, coming in enumerate(play):
        before = 0.0
        for on, share in _curve(behaviour, coming, _end(play, place, made.until)):
            chance = left[place] * (share - before)
            key = (week(on), group.currency)
            made.cash[key] += group.owed * chance
            made.spread[key] += group.squares * chance * (1 - chance)
            in_all += chance
            before = share
    made.spread_in_all[group.currency] += group.squares * in_all * (1 - in_all)
    made.owed[group.currency] += group.owed


def week(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def reaching(found: Foreseen) -> pl.DataFrame:
    """List the cases that come to a formal notice or a hand-over, and when, if nobody pays: one row each, soonest first."""
    reached: Mapping[str, list[object]] = {name: [] for name in ("play", "slot", "formal_notice", "handover")}
    for number, play in enumerate(found.plays):
        for slot, comings in enumerate(play.comings):
            days = [next((one.on for one in comings if one.step.kind is kind), None) for kind in (StepKind.FORMAL_NOTICE, StepKind.HANDOVER)]
            if any(days):
                for name, value in zip(reached, (number, slot, *days), strict=True):
                    reached[name].append(value)
    schema = {"play": pl.Int64, "slot": pl.Int64, "formal_notice": pl.Date, "handover": pl.Date}
    rows = found.rows.join(pl.DataFrame(reached, schema=schema), on=["play", "slot"], how="inner").drop("play", "slot")
    return rows.sort(pl.coalesce("formal_notice", "handover"), *CASE)
