"""Distinct views are decided the same way by one process and by several, and each row gets its own view's outcome."""

from __future__ import annotations

import pytest
from conftest_scale import ON, portfolio, shipped

from relance.columnar import distinct_views
from relance.columnar.engines import PolarsEngine
from relance.columnar.inputs import opened
from relance.columnar.packed_view import packs, unpacked
from relance.columnar.pipeline import fold
from relance.columnar.schema import from_facts
from relance.interpreter import decide


@pytest.mark.long
@pytest.mark.parametrize("name", ["negligent", "systematique"])
def test_several_workers_give_the_outcomes_of_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    playbook, engine = shipped(name), PolarsEngine()
    folded = fold(opened(engine, from_facts(portfolio(31, playbook, debtors=150)).frames(), playbook, ON))
    distinct = engine.home(folded.cases.select(packs(folded.setting.plan)).unique())
    monkeypatch.setattr(distinct_views, "_CHUNK", 40)
    alone, several = (distinct_views.decide_all(folded.setting, distinct, workers=workers) for workers in (1, 2))
    told = [[made.outcomes[place] for place in made.places] for made in (alone, several)]
    views = unpacked(folded.setting.plan, ON, distinct)
    assert told[0] == told[1] == [distinct_views.outcome_of(decide(playbook, view, ON)) for view in views]
    assert 0 < alone.decided == several.decided
