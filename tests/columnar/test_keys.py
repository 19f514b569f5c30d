"""Keys that stand for names: where two names happen to have the same one, others are taken."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
from conftest_scale import ON, portfolio, shipped

from relance.columnar.engines import Frame, PolarsEngine
from relance.columnar.evaluation import evaluate_tables
from relance.columnar.schema import from_facts


class Clumsy(PolarsEngine):
    """Polars, but its first keys take one of five values."""

    def keyed(self, frame: Frame, **keys: Sequence[str]) -> Frame:
        found = super().keyed(frame, **keys)
        return found if self.salt or not keys else found.with_columns(**{name: nw.col(name) % 5 for name in keys})


def test_names_with_the_same_key_are_told_apart() -> None:
    playbook = shipped("negligent")
    tables = from_facts(portfolio(41, playbook, debtors=60)).frames()
    clumsy, plain = Clumsy(), PolarsEngine()
    found, wanted = (evaluate_tables(engine, tables, playbook, ON) for engine in (clumsy, plain))
    assert clumsy.salt == 1
    assert plain.salt == 0
    assert found.counts == wanted.counts
    assert found.actions.sort("id").equals(wanted.actions.sort("id"))
