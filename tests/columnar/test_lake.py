"""Runs over tables in files: written once and whole, bad rows said, bad tables a clean stop, on Polars and DuckDB alike."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import generator
import polars as pl
import pytest
from click.testing import CliRunner, Result
from conftest_scale import ON, spark_session

from relance.cli import main
from relance.cli.spark_job import command as spark_job

NEEDS_SPARK = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or (shutil.which("java") is None and "JAVA_HOME" not in os.environ),
    reason="Spark or Java is not installed (pip install 'relance[spark]')",
)
WITH_SPARK = (pytest.mark.long, NEEDS_SPARK)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake")
    generator.generate(folder, 2000)
    return folder


def run(*arguments: object) -> Result:
    if "spark" in arguments:
        spark_session()  # of two cores, which the command then finds
    return CliRunner().invoke(main, [str(each) for each in arguments])


def run_tables(folder: Path, out: Path, *more: str) -> Result:
    return run("run", "--tables", folder, "--playbook", "negligent", "--as-of", ON, "--out", out, *more)


def read(out: Path, table: str) -> pl.DataFrame:
    return pl.concat([pl.read_parquet(path) for path in sorted((out / table).glob("**/*.parquet"))])


def test_the_same_actions_on_every_engine_and_once(lake: Path, tmp_path: Path) -> None:
    assert run_tables(lake, tmp_path / "a").exit_code == 0
    assert run_tables(lake, tmp_path / "b", "--engine", "duckdb").exit_code == 0
    first, second = read(tmp_path / "a", "actions"), read(tmp_path / "b", "actions")
    assert first.height
    assert first.sort("id").equals(second.sort("id"))
    assert "0 actions are new" in run_tables(lake, tmp_path / "a", "--engine", "duckdb").output
    assert read(tmp_path / "a", "actions").height == first.height


@pytest.mark.long
@NEEDS_SPARK
def test_spark_writes_the_same_partition(lake: Path, tmp_path: Path) -> None:
    spark_session()
    assert run_tables(lake, tmp_path / "a").exit_code == 0
    said = run_tables(lake, tmp_path / "b", "--engine", "spark")
    assert said.exit_code == 0, said.output
    for table in ("actions", "events"):
        assert read(tmp_path / "a", table).sort("id").equals(read(tmp_path / "b", table).sort("id"))
    seen = spark_session().read.parquet(f"file://{tmp_path}/b/actions")  # as one partitioned table
    assert seen.where(f"`on` = DATE'{ON}'").count() == read(tmp_path / "a", "actions").height


@pytest.mark.long
@NEEDS_SPARK
def test_spark_catalogue_holds_what_was_written_and_is_read_the_next_day(lake: Path, tmp_path: Path) -> None:
    session, schema = spark_session(), f"recovery_{tmp_path.name[-1]}"
    session.sql(f"CREATE DATABASE {schema} LOCATION 'file://{tmp_path}/schema'")
    for name, pattern in (("invoices", "invoices"), ("events", "events"), ("debtors", "debtors.parquet"), ("creditors", "creditors.parquet")):
        session.read.parquet(f"file://{lake}/{pattern}").write.saveAsTable(f"{schema}.{name}")
    asked = ["--tables", f"catalog:{schema}", "--playbook", "negligent", "--out", f"catalog:{schema}"]

    def job(on: date) -> str:
        said = CliRunner().invoke(spark_job, [*asked, "--as-of", str(on)])
        assert said.exit_code == 0, said.output
        return said.output

    job(ON)
    assert run_tables(lake, tmp_path / "a").exit_code == 0
    wanted = read(tmp_path / "a", "actions")
    kept = pl.DataFrame(session.table(f"{schema}.actions").toArrow())
    assert kept.select(wanted.columns).sort("id").equals(wanted.sort("id"))
    job(ON + timedelta(1))
    ids = [row.id for row in session.table(f"{schema}.actions").select("id").collect()]
    assert len(ids) == len(set(ids))
    assert session.table(f"{schema}.emissions").count() == len(ids)
    days = {row["on"] for row in session.sql(f"SHOW PARTITIONS {schema}.actions").selectExpr("substring(partition, 4) AS `on`").collect()}
    assert str(ON) in days


def test_a_catalogue_or_an_address_is_sparks(lake: Path) -> None:
    assert "only --engine spark" in run("run", "--tables", "catalog:x", "--playbook", "negligent", "--as-of", ON).output
    assert "only --engine spark" in run("run", "--tables", "s3a://bucket/x", "--playbook", "negligent", "--as-of", ON).output
    for out in ("s3a://bucket/x", "catalog:x"):
        said = run("run", "--tables", lake, "--playbook", "negligent", "--as-of", ON, "--out", out)
        assert said.exit_code == 2
        assert f"{out}: only --engine spark" in said.output


def test_a_run_cut_off_between_the_tables_is_made_whole(lake: Path, tmp_path: Path) -> None:
    run_tables(lake, tmp_path / "a")
    for lost in ("events", "actions"):
        run_tables(lake, tmp_path / lost)
        shutil.rmtree(tmp_path / lost / lost)
        assert run_tables(lake, tmp_path / lost).exit_code == 0
        for table in ("events", "actions"):
            assert read(tmp_path / lost, table).sort("id").equals(read(tmp_path / "a", table).sort("id"))


def test_what_was_emitted_is_history_the_next_day(lake: Path, tmp_path: Path) -> None:
    run_tables(lake, tmp_path / "out")
    for name in ("debtors", "creditors", "invoices"):
        (tmp_path / "next" / name).mkdir(parents=True)
    emitted = read(tmp_path / "out", "events")
    known = pl.concat([pl.read_parquet(lake / "events" / "*.parquet"), emitted], how="diagonal_relaxed")
    known.write_parquet(tmp_path / "next" / "events.parquet")
    for name in ("debtors", "creditors"):
        pl.read_parquet(lake / f"{name}.parquet").write_parquet(tmp_path / "next" / f"{name}.parquet")
    pl.read_parquet(lake / "invoices" / "*.parquet").write_parquet(tmp_path / "next" / "invoices.parquet")
    again = run_tables(tmp_path / "next", tmp_path / "later", "--format", "jsonl")
    repeated = {json.loads(line)["id"] for line in again.stdout.splitlines()} & set(emitted["id"])
    assert not repeated


def copy_with(lake: Path, folder: Path, **frames: pl.DataFrame) -> Path:
    folder.mkdir()
    for name in ("invoices", "events"):
        (pl.read_parquet(lake / name / "*.parquet") if name not in frames else frames[name]).write_parquet(folder / f"{name}.parquet")
    for name in ("debtors", "creditors"):
        frames.get(name, pl.read_parquet(lake / f"{name}.parquet")).write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("engine", ["polars", "duckdb", pytest.param("spark", marks=WITH_SPARK)])
def test_rows_that_cannot_stand_are_rejected_with_their_reason(lake: Path, tmp_path: Path, engine: str) -> None:
    invoices = pl.read_parquet(lake / "invoices" / "*.parquet").with_row_index()
    bad = invoices.with_columns(
        id=pl.when(pl.col("index") == 1).then(pl.col("id").first()).otherwise("id"),
        due=pl.when(pl.col("index") == 2).then(None).otherwise("due"),
        debtor=pl.when(pl.col("index") == 3).then(None).otherwise("debtor"),
        amount=pl.when(pl.col("index") == 4).then(-5).otherwise("amount"),
    ).drop("index")
    fifth = invoices.row(5, named=True)
    event = {"creditor": fifth["creditor"], "debtor": fifth["debtor"], "invoice": fifth["id"], "on": fifth["issued"], "kind": "hold.lifted"}
    more = pl.DataFrame([
        event | {"kind": "something.odd"}, event | {"debtor": "somebody"}, event | {"currency": "JPY"},
        event | {"on": fifth["issued"].replace(year=2020)}, event | {"on": None},
    ])  # fmt: skip
    events = pl.concat([pl.read_parquet(lake / "events" / "*.parquet"), more], how="diagonal_relaxed")
    folder = copy_with(lake, tmp_path / "bad", invoices=bad, events=events)
    said = run_tables(folder, tmp_path / "out", "--engine", engine)
    assert said.exit_code == 1, said.output
    reasons = ("another row has the same id", "no due", "no debtor", "an amount is above zero", "there is no event something.odd",
               "the invoice is another debtor's", "in another currency than its invoice", "older than the invoice it speaks of", "no on")  # fmt: skip
    kept = sorted((tmp_path / "out").glob("rejects*/**/*.csv")) or sorted((tmp_path / "out").glob("rejects*.csv"))
    rows = pl.read_csv(kept[0])
    assert set(reasons) == set(rows["reason"])
    assert f"{rows.height} rows rejected" in said.output
    for table, reason, key in rows.rows()[:10]:
        assert f"{table}: {reason}: {key or ''}" in said.output


@pytest.mark.parametrize("engine", ["polars", "duckdb", pytest.param("spark", marks=WITH_SPARK)])
def test_tables_that_cannot_be_read_stop_the_run_and_nothing_is_written(lake: Path, tmp_path: Path, engine: str) -> None:
    whole = (lake / "events" / "000.parquet").read_bytes()
    short = copy_with(lake, tmp_path / "short")
    (short / "events.parquet").write_bytes(whole[: len(whole) // 2])
    typed = copy_with(lake, tmp_path / "typed", invoices=pl.read_parquet(lake / "invoices" / "*.parquet").with_columns(pl.col("amount") / 100.0))
    lacks = copy_with(lake, tmp_path / "lacks", invoices=pl.read_parquet(lake / "invoices" / "*.parquet").drop("due"))
    for folder, word in ((short, "events"), (typed, "minor units"), (lacks, "'due'"), (tmp_path, "no invoices")):
        said = run_tables(folder, tmp_path / "out", "--engine", engine)
        assert said.exit_code == 2, said.output
        assert word in said.output
    assert not (tmp_path / "out").exists()


def test_a_partition_that_cannot_be_finished_is_not_there(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_frame: pl.DataFrame, out: BinaryIO) -> None:
        out.write(b"PAR1")
        raise OSError(28, "No space left on device", out.name)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    said = run_tables(lake, tmp_path / "out")
    assert said.exit_code == 2
    assert not list((tmp_path / "out").glob("**/*.parquet"))
