"""`relance run --tables`: a portfolio in Parquet tables or in a Spark catalogue, on the engine that is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import print_rich
from relance.cli.common import Stop, end

if TYPE_CHECKING:
    from relance.ledger.fold.engines import Engine, Source
    from relance.ledger.lake import LakeRun
    from relance.ledger.routing import Routing

ENGINES = ("polars", "duckdb", "spark")
CATALOG = "catalog:"


def run_tables(tables: str, rules: Routing, on: date, out: Path | None, form: str, engine: str, *, dry_run: bool, trust: bool) -> None:
    """Run, write and show; exit code 1 where there are rejects."""
    from relance.ledger.audited import UnreadableTableError
    from relance.ledger.lake import run_tables as run

    with engine_of(engine) as chosen:
        try:
            done = run(chosen, sources_of(tables, engine), rules, on, None if dry_run else (out or Path(f"relance-{on}")), thorough=not trust)
        except UnreadableTableError as error:
            raise Stop(f"{error}\nNothing was written") from error
        except OSError as error:
            raise Stop(f"{error.filename or out}: {error.strerror or error}. No partition was left half written") from error
        except Exception as error:  # an engine's own failure: a worker that died, a disk that is full
            if engine == "polars":
                raise
            raise Stop(f"{engine} stopped: {_first_line(error)}\nNothing was written: run again") from error
    _show(done, form, dry_run=dry_run)
    if done.count:
        end(1)


def sources_of(tables: str, engine: str) -> dict[str, Source]:
    """Find the tables of a folder, or those of a schema of Spark's catalogue (`catalog:<schema>`)."""
    from relance.ledger.audited import UnreadableTableError, in_folder
    from relance.ledger.tables import COLUMNS

    if not tables.startswith(CATALOG):
        try:
            return in_folder(Path(tables))
        except UnreadableTableError as error:
            raise Stop(str(error)) from error
    if engine != "spark":
        raise Stop(f"{tables}: only --engine spark has a catalogue")
    from pyspark.sql import SparkSession

    schema = tables.removeprefix(CATALOG)
    session = SparkSession.builder.getOrCreate()
    there = [name for name in COLUMNS if session.catalog.tableExists(f"{schema}.{name}")]
    if "invoices" not in there:
        raise Stop(f"the schema {schema} has no table 'invoices'")
    return {name: f"{CATALOG}{schema}.{name}" for name in there}


@contextmanager
def engine_of(name: str) -> Iterator[Engine]:
    """Start an engine. Spark is the session that `spark-submit` made, or a local one."""
    from relance.ledger.fold.engines import DuckEngine, PolarsEngine, SparkEngine

    if name == "polars":
        yield PolarsEngine()
        return
    try:
        if name == "duckdb":
            found: DuckEngine | SparkEngine = DuckEngine()
        else:
            from pyspark.sql import SparkSession

            found = SparkEngine(SparkSession.builder.appName("relance").getOrCreate())
    except ImportError as error:
        raise Stop(f"{name} is not installed: pip install 'relance[{name}]'") from error
    except Exception as error:  # whatever an engine raises when it cannot start: no Java, no memory, a bad setting
        raise Stop(f"{name} does not start: {_first_line(error)}") from error
    try:
        yield found
    finally:
        found.close()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _show(done: LakeRun, form: str, *, dry_run: bool) -> None:
    from rich.table import Table

    from relance.ledger.lake import lines

    if form == "jsonl":
        for action in lines(done.new):
            click.echo(json.dumps(action, ensure_ascii=False, separators=(",", ":")))
    else:
        rows = Table(box=None, pad_edge=False)
        for name in ("playbook", "status", "step or reason", "cases"):
            rows.add_column(name, justify="right" if name == "cases" else "left")
        for count, cases in sorted(done.decided.counts.items(), key=lambda line: -line[1]):
            rows.add_row(count.playbook, count.status.value, count.about, str(cases))
        rows.add_row("all", "", "", str(done.decided.counts.total()), style="bold")
        print_rich(rows)
    told = [f"{done.new.height} actions are new" + (" (dry run: nothing was written)" if dry_run else "")]
    if done.decided.unrouted:
        told.append(f"{len(done.decided.unrouted)} invoices no playbook takes")
    if done.count:
        told.append(f"{done.count} rows rejected:")
        told += [f"  {table}: {reason}: {key}" for table, reason, key in done.rejects[:10]]
    for line in told:
        click.echo(line, err=form == "jsonl")
