"""The benchmark's portfolio whose history the engine has written: it is what the engine writes, and it goes on from there."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
import written
from generator import _EVENT, ON

from relance.columnar.engines import PolarsEngine
from relance.columnar.evaluation import evaluate_tables


@pytest.fixture(scope="module", params=[(0, 3), pytest.param(range(5), marks=pytest.mark.long)], ids=["two days a week", "every working day"])
def tables(request: pytest.FixtureRequest) -> dict[str, pl.DataFrame]:
    """A portfolio that has lived before `ON`: each day that the engine decides is a whole evaluation."""
    return written.lived(120, written.playbook_of(), days=52, weekdays=request.param)


def test_every_day_of_the_history_is_what_the_engine_says_of_it(tables: dict[str, pl.DataFrame]) -> None:
    events = tables["events"]
    emitted = events.filter(kind="action.emitted")
    busy = emitted.group_by("on").len().sort("len", "on", descending=True).head(3)["on"]
    for day in busy:
        before = events.filter((pl.col("on") < day) | ((pl.col("on") == day) & ~pl.col("kind").str.starts_with("action.")) | ((pl.col("on") == day) & (pl.col("seq") >= 2**35 + 2**34) & ~pl.col("id").is_in(emitted.filter(on=day)["id"].implode())))
        again = evaluate_tables(PolarsEngine(), tables | {"events": before}, written.playbook_of(), day)
        assert sorted(again.actions["id"]) == sorted(emitted.filter(on=day)["id"])


def test_the_history_has_what_people_said_and_ids_that_are_unique(tables: dict[str, pl.DataFrame]) -> None:
    events = tables["events"]
    assert {"action.emitted", "action.approved", "action.executed", "payment.received", "promise.made", "dispute.opened"} <= set(events["kind"])
    emitted = events.filter(kind="action.emitted")
    assert emitted["id"].n_unique() == emitted.height
    assert list(events.columns) == list(_EVENT)
    assert events.group_by("debtor", "on", "seq").len()["len"].max() == 1


def test_copies_are_decided_as_the_base(tables: dict[str, pl.DataFrame]) -> None:
    playbook, more = written.playbook_of(), written.copies(tables, 1)
    both = {name: pl.concat([tables[name], more[name]]) for name in more} | {"creditors": tables["creditors"]}
    for day in (ON, ON + timedelta(7)):
        once, twice = (evaluate_tables(PolarsEngine(), each, playbook, day) for each in (tables, both))
        assert once.actions.height
        assert twice.actions.height == 2 * once.actions.height
        assert twice.counts == once.counts + once.counts
        assert twice.distinct == once.distinct
