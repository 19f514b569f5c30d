"""Distinct views are decided the same way by one process and by several, and each row gets its own view's outcome."""

from __future__ import annotations

import pytest
from conftest_scale import ON, portfolio, shipped

from relance.ladder import decide
from relance.ledger.fold import deciding
from relance.ledger.fold.engines import PolarsEngine
from relance.ledger.fold.setting import opened
from relance.ledger.fold.table import fold
from relance.ledger.fold.views import packs, unpacked
from relance.ledger.tables import from_facts


@pytest.mark.parametrize("name", ["negligent", "systematique"])
def test_several_workers_give_the_outcomes_of_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    playbook, engine = shipped(name), PolarsEngine()
    folded = fold(opened(engine, from_facts(portfolio(31, playbook, debtors=150)).frames(), playbook, ON))
    distinct = engine.home(folded.cases.select(packs(folded.setting.plan)).unique())
    monkeypatch.setattr(deciding, "_CHUNK", 40)
    alone, several = (deciding.decide_all(folded.setting, distinct, workers=workers) for workers in (1, 2))
    told = [[made.outcomes[place] for place in made.places] for made in (alone, several)]
    views = unpacked(folded.setting.plan, ON, distinct)
    assert told[0] == told[1] == [deciding.outcome_of(decide(playbook, view, ON)) for view in views]
    assert 0 < alone.decided == several.decided
