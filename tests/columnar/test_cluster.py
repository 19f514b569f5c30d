"""The job file on a real Spark cluster of two workers: the same rows as Polars, written once, also where a worker dies on the way."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import generator
import polars as pl
import pytest
from click.testing import CliRunner
from cluster import Cluster, add_a_worker, started, wait_for
from conftest_scale import ON

from relance.cli import main
from relance.columnar.evaluation import ACTIONS

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None or (shutil.which("java") is None and "JAVA_HOME" not in os.environ),
        reason="Spark or Java is not installed (pip install 'relance[spark]')",
    ),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    generator.generate(folder, 5000)
    return folder


@pytest.fixture(scope="module")
def wanted(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """What Polars writes."""
    out = tmp_path_factory.mktemp("polars")
    said = CliRunner().invoke(main, ["run", "--tables", str(lake), "--playbook", "negligent", "--as-of", str(ON), "--out", str(out)])
    assert said.exit_code == 0, said.output
    return {table: read(out, table) for table in ("actions", "events")}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with started(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def read(out: Path, table: str) -> pl.DataFrame:
    files = [path for path in (out / table).glob("**/*.parquet") if not any(part.startswith("_") for part in path.parts)]
    columns = list(ACTIONS) if table == "actions" else None
    frames = [pl.read_parquet(path, hive_partitioning=False) for path in files]
    return pl.concat([frame if columns is None else frame.select(columns) for frame in frames]).sort("id") if frames else pl.DataFrame()


def job(lake: Path, out: object, *more: object) -> list[object]:
    return ["--tables", f"file://{lake}", "--playbook", "negligent", "--as-of", ON, "--out", out, *more]


def test_spark_cluster_writes_the_same_rows_once(cluster: Cluster, lake: Path, wanted: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = cluster.run(*job(lake, f"file://{out}"))
    assert code == 0, said
    for table, rows in wanted.items():
        assert read(out, table).equals(rows), table
    assert not list(out.glob("_staging/*"))
    shutil.rmtree(out / "events")  # as if the run had been cut off between the two tables
    code, said = cluster.run(*job(lake, f"file://{out}"))
    assert code == 0, said
    assert "0 actions are new" in said
    for table, rows in wanted.items():
        assert read(out, table).equals(rows), table


@pytest.mark.parametrize("durable", [True, False], ids=["checkpoint", "no-checkpoint"])
def test_spark_worker_that_dies_leaves_all_or_nothing(
    cluster: Cluster, lake: Path, wanted: dict[str, pl.DataFrame], tmp_path: Path, *, durable: bool
) -> None:
    out = tmp_path / "out"
    running = cluster.submit(*job(lake, f"file://{out}", *(["--checkpoint", f"file://{tmp_path}/kept"] if durable else [])))
    read_ = wait_for(running, "fold")
    cluster.kill_a_worker()
    said = read_ + running.communicate(timeout=500)[0]
    if durable:
        assert running.returncode == 0, said
    if running.returncode == 0:
        assert read(out, "actions").equals(wanted["actions"])
    else:
        assert running.returncode == 2, said
        assert "spark stopped" in said
        assert read(out, "actions").height == read(out, "events").height == 0
    add_a_worker(cluster, 2 + durable)
