"""`relance run --tables`: a portfolio in Parquet tables or in a Spark catalogue, on the engine that is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.casefiles import print_rich
from relance.cli.common import Stop, end
from relance.cli.loading import playbook_near
from relance.extras import missing
from relance.report.words import condition_words, head, word
from relance.sentences import retold, sentence, system_words, tell, tell_number

if TYPE_CHECKING:
    from relance.columnar.engines import Engine, TableSource
    from relance.portfolio.routing import Routing
    from relance.run.table_run import LakeRun

ENGINES = ("polars", "duckdb", "spark")
CATALOG = "catalog:"


def run_and_show(
    tables: str, rules: Routing, on: date, out: str | None, form: str, engine: str, *, dry_run: bool, trust: bool, said: Callable[[str], None] = lambda _: None
) -> None:
    """Run, write and show; exit code 1 where there are rejects. `said` is told which stage begins."""
    from relance.columnar.writers import destination_of
    from relance.report.run_files import run_folder
    from relance.run.table_run import run_tables as run

    if rules.statement_within is not None:
        raise Stop(sentence("a run over tables does not know which bank statements were read: take `require` out of the routing, and see to it before the tables are written"))
    out = out or run_folder(on)
    if engine != "spark" and (out.startswith(CATALOG) or "://" in out):
        raise Stop(sentence("{what}: only --engine spark writes to a catalogue or an address; others write a folder", what=out))
    with working(engine) as chosen:
        sources = sources_of(tables, engine)
        place = None if dry_run else destination_of(out, getattr(chosen, "session", None))
        done = run(chosen, sources, rules, on, place, thorough=not trust, said=said, load=partial(playbook_near, checks=True))
    _show(done, form, dry_run=dry_run)
    if done.count:
        end(1)


@contextmanager
def working(engine: str) -> Iterator[Engine]:
    """Start an engine and, whatever goes wrong with it or with the tables, stop with one sentence."""
    from relance.columnar.data_quality import UnreadableTableError

    with engine_of(engine) as chosen:
        try:
            yield chosen
        except (Stop, click.exceptions.Exit):
            raise
        except UnreadableTableError as error:
            raise Stop(sentence("{error}\nNothing was written", error=error)) from error
        except OSError as error:
            raise Stop(sentence("{what}: {what_2}. No partition was left half written", what=error.filename or "writing", what_2=system_words(error))) from error
        except Exception as error:  # an engine's own failure: a worker that died, a disk that is full
            if engine == "polars":
                raise
            raise Stop(sentence("{engine} stopped: {what}\nNo partition was left half written: run again", engine=engine, what=_first_line(error))) from error


def sources_of(tables: str, engine: str) -> dict[str, TableSource]:
    """Find the tables of a folder, or for Spark those of an address (`hdfs://`, `s3a://`) or of a schema of its catalogue (`catalog:<schema>`)."""
    from relance.columnar.data_quality import UnreadableTableError, in_folder

    catalogue, address = tables.startswith(CATALOG), "://" in tables
    if engine != "spark" and (catalogue or address):
        raise Stop(sentence("{what}: only --engine spark reads a catalogue or an address; others read a folder", what=tables))
    if catalogue:
        return _of_schema(tables.removeprefix(CATALOG))
    if address:
        return _at_address(tables.rstrip("/"))
    try:
        found = in_folder(Path(tables))
    except UnreadableTableError as error:
        raise Stop(str(error)) from error
    # a cluster takes a bare path for one of its own file system
    return {name: f"file://{Path(str(source)).absolute()}" for name, source in found.items()} if engine == "spark" else found


def _of_schema(schema: str) -> dict[str, TableSource]:
    from pyspark.sql import SparkSession

    from relance.columnar.schema import COLUMNS

    session = SparkSession.builder.getOrCreate()
    there = [name for name in (*COLUMNS, "emissions") if session.catalog.tableExists(f"{schema}.{name}")]
    if "invoices" not in there:
        raise Stop(sentence("the schema {schema} has no table 'invoices'", schema=schema))
    found: dict[str, TableSource] = {name: f"{CATALOG}{schema}.{name}" for name in there if name != "emissions"}
    if "emissions" in there:  # what earlier runs wrote is history
        found["events"] = CATALOG + ",".join(f"{schema}.{name}" for name in ("events", "emissions") if name in there)
    return found


def _at_address(address: str) -> dict[str, TableSource]:
    from pyspark.sql import SparkSession

    from relance.columnar.schema import COLUMNS

    context: Any = SparkSession.builder.getOrCreate().sparkContext
    paths = context._jvm.org.apache.hadoop.fs  # noqa: SLF001 - the only way to a Hadoop file system
    files = paths.Path(address).getFileSystem(context._jsc.hadoopConfiguration())  # noqa: SLF001
    found: dict[str, TableSource] = {}
    for name in COLUMNS:
        if files.exists(paths.Path(f"{address}/{name}.parquet")):
            found[name] = f"{address}/{name}.parquet"
        elif files.exists(paths.Path(f"{address}/{name}")):
            found[name] = f"{address}/{name}/**/*.parquet"
    if "invoices" not in found:
        raise Stop(sentence("{address} has no invoices: neither invoices.parquet nor invoices/", address=address))
    return found


@contextmanager
def engine_of(name: str) -> Iterator[Engine]:
    """Start an engine. Spark is the session that `spark-submit` made, or a local one."""
    from relance.columnar.engines import DuckEngine, PolarsEngine, SparkEngine

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
        raise Stop(missing(error) or str(error)) from error
    except Exception as error:  # whatever an engine raises when it cannot start: no Java, no memory, a bad setting
        raise Stop(sentence("{name} does not start: {what}", name=name, what=_first_line(error))) from error
    try:
        yield found
    finally:
        found.close()


def _first_line(error: Exception) -> str:
    """Return what went wrong in a line: of an error from Java its own words, not those of the bridge to it."""
    said = str(getattr(error, "java_exception", None) or error)
    return (said.strip().splitlines() or [type(error).__name__])[0]


def _show(done: LakeRun, form: str, *, dry_run: bool) -> None:
    from rich.table import Table

    from relance.run.table_run import action_rows

    if form == "jsonl":
        for action in action_rows(done.new):
            click.echo(json.dumps(action, ensure_ascii=False, separators=(",", ":")))
    else:
        rows = Table(box=None, pad_edge=False)
        for name in ("playbook", "status", "step or reason", "cases"):
            rows.add_column(head(name), justify="right" if name == "cases" else "left")
        for count, cases in sorted(done.decided.counts.items(), key=lambda line: -line[1]):
            rows.add_row(count.playbook, word(count.status), condition_words(count.about), str(cases))
        rows.add_row(tell("all"), "", "", str(done.decided.counts.total()), style="bold")
        print_rich(rows)
    new = tell_number("{count} action is new", "{count} actions are new", done.new.height)
    told = [tell("{what} (dry run: nothing was written)", what=new) if dry_run else new]
    told.append(tell("sent by another system: an action that is emitted counts as sent on its day"))
    if done.own:
        told.append(tell_number("{count} message of relance's own sending counts on the day an event says it left", "{count} messages of relance's own sending count on the day an event says they left", done.own))
    if done.decided.unrouted:
        told.append(tell_number("{count} invoice no playbook takes", "{count} invoices no playbook takes", len(done.decided.unrouted)))
    if done.count:
        told.append(tell_number("{count} row rejected:", "{count} rows rejected:", done.count))
        told += [f"  {table}: {retold(reason)}: {key}" for table, reason, key in done.rejects[:10]]
        if done.kept is not None:
            written = tell("written: {file}", file=done.kept)
            told.append("  " + (tell("{written} (the first {count})", written=written, count=len(done.rejects)) if done.count > len(done.rejects) else written))
    for line in told:
        click.echo(line, err=form == "jsonl")
