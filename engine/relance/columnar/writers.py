"""Where a run over tables writes what is new: a folder of this machine, or through Spark a folder of any file system or a catalogue.

Each of both tables (`actions`, and the same as events) is written whole or not at all, and only what is not there by its id: a run that
was cut off between them is made whole by running the day again. Decides nothing.
Why so, and what was refused: docs/decisions/060 and 061.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import polars as pl

from relance.escaping import csv_text
from relance.files import replace_whole, whole

#: How a catalogue is named among addresses.
CATALOG = "catalog:"
#: What the tables are called in a catalogue, where `events` is what others write.
TABLES: Mapping[str, str] = {"actions": "actions", "events": "emissions"}


class Destination(Protocol):
    """Where actions and events are kept. `table` is "actions" or "events"; every row has an id."""

    def known(self, table: str, ids: pl.DataFrame) -> pl.DataFrame:
        """Return which of some ids are there: a frame of `id`."""
        ...

    def put(self, table: str, rows: pl.DataFrame, on: date) -> None:
        """Add the rows of a day, whole or not at all."""
        ...

    def reject(self, rows: pl.DataFrame, on: date) -> str | None:
        """Keep the rejects of a day in place of those of an earlier run of it; return where, or None where there is no place for them."""
        ...


class Folder:
    """A folder of this machine: `<table>/on=<day>/part-0000.parquet`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def known(self, table: str, ids: pl.DataFrame) -> pl.DataFrame:
        """Look through what earlier runs wrote."""
        files = sorted((self.folder / table).glob("on=*/**/*.parquet"))
        if not files:
            return ids.clear()
        return pl.scan_parquet(files).select("id").join(ids.lazy(), on="id", how="semi").unique().collect()

    def put(self, table: str, rows: pl.DataFrame, on: date) -> None:
        """Write under a name no reader looks at, flush to the disk, and rename."""
        folder = self.folder / table / f"on={on}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"part-{len(list(folder.glob('part-*.parquet'))):04}.parquet"
        with whole(path) as out:
            rows.write_parquet(out)

    def reject(self, rows: pl.DataFrame, on: date) -> str:
        """Write a CSV file."""
        path = self.folder / f"rejects-{on}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_whole(path, csv_text([rows.columns, *rows.rows()]))
        return str(path)


class SparkFolder:
    """A folder of any file system Spark knows (`hdfs://`, `s3a://`, `file:`): `<table>/on=<day>/run-<id>/`, written by the executors.

    A run is written beside, in `_staging`, which readers pass over, and moved into place as one folder: at once on HDFS and on disks.
    Object stores copy file by file; a run cut off there is made whole by the next.
    """

    def __init__(self, session: Any, address: str) -> None:
        self._session, self._address = session, address.rstrip("/")
        self._paths = session.sparkContext._jvm.org.apache.hadoop.fs  # noqa: SLF001 - the only way to a Hadoop file system
        conf = session.sparkContext._jsc.hadoopConfiguration()  # noqa: SLF001
        self._files = self._path().getFileSystem(conf)

    def _path(self, *parts: str) -> Any:
        return self._paths.Path("/".join((self._address, *parts)))

    def known(self, table: str, ids: pl.DataFrame) -> pl.DataFrame:
        """Let the executors look through what earlier runs wrote."""
        there = self._files.globStatus(self._path(table, "on=*"))
        if there is None or not len(there):
            return ids.clear()
        written = self._session.read.option("recursiveFileLookup", "true").parquet(f"{self._address}/{table}")
        return _semi(self._session, written, ids)

    def put(self, table: str, rows: pl.DataFrame, on: date) -> None:
        """Let the executors write, then move the folder into place."""
        name = f"run-{uuid4().hex[:12]}"
        staged, day = self._path("_staging", name, table), self._path(table, f"on={on}")
        try:
            self._session.createDataFrame(rows.to_arrow()).write.parquet(staged.toString())
            self._files.mkdirs(day)
            if not self._files.rename(staged, self._path(table, f"on={on}", name)):
                raise OSError(f"{staged.toString()} cannot be moved to {day.toString()}")
        finally:
            self._files.delete(self._path("_staging", name), True)

    def reject(self, rows: pl.DataFrame, on: date) -> str:
        """Write a folder with one CSV file."""
        address = f"{self._address}/rejects/on={on}"
        self._session.createDataFrame(rows.to_arrow()).coalesce(1).write.mode("overwrite").option("header", "true").csv(address)
        return address


class SparkTables:
    """Two tables of a schema of the session's catalogue, `actions` and `emissions`, partitioned by day; made where they are not there.

    A table of Iceberg or Delta takes a run at once. One of plain Parquet files takes it file by file as the job is committed.
    """

    def __init__(self, session: Any, schema: str) -> None:
        self._session, self._schema = session, schema

    def _name(self, table: str) -> str:
        return f"{self._schema}.{TABLES[table]}"

    def known(self, table: str, ids: pl.DataFrame) -> pl.DataFrame:
        """Let the executors look through the table."""
        if not self._session.catalog.tableExists(self._name(table)):
            return ids.clear()
        return _semi(self._session, self._session.table(self._name(table)), ids)

    def put(self, table: str, rows: pl.DataFrame, on: date) -> None:
        """Add rows to the table."""
        name, shared = self._name(table), self._session.createDataFrame(rows.to_arrow())
        if self._session.catalog.tableExists(name):
            shared.select(*self._session.table(name).columns).write.insertInto(name)
        else:
            shared.write.partitionBy("on").saveAsTable(name)

    def reject(self, rows: pl.DataFrame, on: date) -> None:
        """Keep none: a catalogue holds tables that are right."""


def _semi(session: Any, written: Any, ids: pl.DataFrame) -> pl.DataFrame:
    wanted = session.createDataFrame(ids.to_arrow())
    return pl.DataFrame(wanted.join(written.select("id"), on="id", how="left_semi").toArrow()).unique()


def destination_of(out: Path | str, session: Any | None) -> Destination:
    """Find the place an address names; `session` is Spark's, where it does the work."""
    if session is None:
        return Folder(Path(out))
    if str(out).startswith(CATALOG):
        return SparkTables(session, str(out).removeprefix(CATALOG))
    return SparkFolder(session, _address(out))


def _address(out: Path | str) -> str:
    """Give a path of this machine its whole name; leave an address as it is."""
    return out if isinstance(out, str) and ":" in out.split("/", 1)[0] else f"file://{Path(out).absolute()}"
