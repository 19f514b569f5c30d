"""Let the tests of this folder share their portfolios."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relance.columnar.engines import DuckEngine, Engine, PolarsEngine

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))


@pytest.fixture(scope="module", params=["polars", pytest.param("duckdb", marks=pytest.mark.long)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = PolarsEngine() if request.param == "polars" else DuckEngine()
    yield made
    made.close()
