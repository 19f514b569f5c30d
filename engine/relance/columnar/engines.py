"""The dataframe engines a fold runs on: Polars (embedded), DuckDB, Spark. All that differs between them is here.

An engine opens tables as Narwhals lazy frames (days as whole numbers since 1970), keeps a frame that is used several
times, and brings a small one home as Polars. Refuses to know what the columns mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import polars as pl

Frame = nw.LazyFrame[Any]
#: A table comes as a Polars frame, or as the Parquet files of a path or pattern.
TableSource = pl.DataFrame | Path | str
#: How a pattern of all Parquet files below a folder ends.
_BELOW = "/**/*.parquet"
#: Rows of a table up to which Polars does not stream: to begin a stream takes two milliseconds, and a fold has sixty (decision 192).
_SMALL = 50_000


class Engine(Protocol):
    """What the fold asks of an engine."""

    name: str
    salt: int  # goes into every key; another one where two texts happened to have the same

    def table(self, source: TableSource) -> Frame:
        """Open a table; its date columns become days since 1970-01-01."""
        ...

    def keyed(self, frame: Frame, **keys: Sequence[str]) -> Frame:
        """Add whole numbers that stand for texts: each a hash of some columns, null where one of them is null."""
        ...

    def keep(self, frame: Frame) -> Frame:
        """Work a frame out once, for it is read several times."""
        ...

    def home(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame to the driver."""
        ...

    def share(self, frame: pl.DataFrame) -> Frame:
        """Give the engine a small frame of the driver's."""
        ...

    def close(self) -> None:
        """Give back what was kept."""
        ...


class PolarsEngine:
    """The embedded default: lazy frames, streamed; tables of memory, none above `_SMALL` rows, are worked out at once."""

    name = "polars"
    salt = 0

    def __init__(self) -> None:
        self._streams = False

    def table(self, source: TableSource) -> Frame:
        """Open a table."""
        self._streams |= not isinstance(source, pl.DataFrame) or source.height > _SMALL
        lazy = source.lazy() if isinstance(source, pl.DataFrame) else pl.scan_parquet(source)
        schema = lazy.collect_schema()
        days = [pl.col(name).to_physical() for name, kind in schema.items() if kind == pl.Date]
        return nw.from_native(lazy.with_columns(days))

    def keyed(self, frame: Frame, **keys: Sequence[str]) -> Frame:
        """Add keys."""
        lazy: pl.LazyFrame = frame.to_native()
        made: Frame = nw.from_native(lazy.with_columns(**{name: _hashed(columns, self.salt) for name, columns in keys.items()}))
        return made

    def keep(self, frame: Frame) -> Frame:
        """Work a frame out."""
        return nw.from_native(self.home(frame).lazy())

    def home(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame to the driver."""
        lazy: pl.LazyFrame = frame.to_native()
        return lazy.collect(engine="streaming" if self._streams else "in-memory")

    def share(self, frame: pl.DataFrame) -> Frame:
        """Give the engine a frame."""
        return nw.from_native(frame.lazy())

    def close(self) -> None:
        """Nothing outlives the frames."""


class DuckEngine:
    """DuckDB in this process; `memory` (such as "4GB") bounds it, and it spills to disk beyond."""

    name = "duckdb"
    salt = 0

    def __init__(self, memory: str | None = None) -> None:
        import duckdb

        self._connection = duckdb.connect()
        self._names = (f"kept_{number}" for number in count())
        self._connection.execute("SET preserve_insertion_order = false")
        if memory is not None:
            self._connection.execute("SET memory_limit = ?", [memory])

    def table(self, source: TableSource) -> Frame:
        """Open a table."""
        con = self._connection
        relation = con.from_arrow(source.to_arrow()) if isinstance(source, pl.DataFrame) else con.read_parquet(str(source))
        chosen = [
            f"date_diff('day', DATE '1970-01-01', \"{name}\")::INTEGER AS \"{name}\"" if str(kind) == "DATE" else f'"{name}"'
            for name, kind in zip(relation.columns, relation.types, strict=True)
        ]
        return nw.from_native(relation.project(", ".join(chosen)))

    def keyed(self, frame: Frame, **keys: Sequence[str]) -> Frame:
        """Add keys; the top bit of the hash is left out, for a BIGINT has a sign."""
        relation: Any = frame.to_native()
        chosen = ["*"]
        for name, columns in keys.items():
            texts = [f'"{column}"' for column in columns]
            there = " AND ".join(f"{text} IS NOT NULL" for text in texts)
            chosen.append(f"CASE WHEN {there} THEN (hash({', '.join(texts)}, {self.salt}) >> 1)::BIGINT END AS \"{name}\"")
        made: Frame = nw.from_native(relation.project(", ".join(chosen)))
        return made

    def keep(self, frame: Frame) -> Frame:
        """Work a frame out, as a temporary table."""
        name = next(self._names)
        relation: Any = frame.to_native()
        relation.create_view(f"{name}_view")
        self._connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_view")  # noqa: S608 - both names are ours
        return nw.from_native(self._connection.table(name))

    def home(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame to the driver."""
        relation: Any = frame.to_native()
        found = pl.DataFrame(relation.to_arrow_table())
        wide = [pl.col(name).cast(pl.Int64) for name, kind in found.schema.items() if isinstance(kind, pl.Decimal) or kind == pl.Int128]
        return found.with_columns(wide)

    def share(self, frame: pl.DataFrame) -> Frame:
        """Give the engine a frame."""
        return nw.from_native(self._connection.from_arrow(frame.to_arrow()))

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


class SparkEngine:
    """A Spark session of the user's: frames stay on the cluster, small ones come to the driver."""

    name = "spark"
    salt = 0

    def __init__(self, session: Any) -> None:
        self.session = session

    def table(self, source: TableSource) -> Frame:
        """Open a table: Parquet files, or tables of the session's catalogue named `catalog:<name>,<name>`, one below the other."""
        from pyspark.sql import functions as sql

        if isinstance(source, pl.DataFrame):
            found = self.session.createDataFrame(source.to_arrow())
        elif str(source).startswith("catalog:"):
            first, *more = map(self.session.table, str(source).removeprefix("catalog:").split(","))
            found = reduce(lambda above, below: above.unionByName(below, allowMissingColumns=True), more, first)
        elif str(source).endswith(_BELOW):
            found = self.session.read.option("recursiveFileLookup", "true").parquet(str(source).removesuffix(_BELOW))
        else:
            found = self.session.read.parquet(str(source))
        chosen = [sql.unix_date(sql.col(f"`{name}`")).alias(name) if kind == "date" else sql.col(f"`{name}`") for name, kind in found.dtypes]
        opened: Frame = nw.from_native(found.select(*chosen))
        return opened

    def keyed(self, frame: Frame, **keys: Sequence[str]) -> Frame:
        """Add keys."""
        from pyspark.sql import functions as sql

        native = frame.to_native()
        for name, columns in keys.items():
            texts = [sql.col(f"`{column}`") for column in columns]
            there = texts[0].isNotNull()
            for text in texts[1:]:
                there = there & text.isNotNull()
            native = native.withColumn(name, sql.when(there, sql.xxhash64(*texts, sql.lit(self.salt))))
        made: Frame = nw.from_native(native)
        return made

    def keep(self, frame: Frame) -> Frame:
        """Work a frame out and cut its history, which would grow beyond what the planner can hold.

        With a checkpoint directory in the session it survives the loss of a worker; without, the job then stops.
        """
        native = frame.to_native()
        durable = self.session.sparkContext.getCheckpointDir() is not None
        kept: Frame = nw.from_native(native.checkpoint() if durable else native.localCheckpoint())
        return kept

    def home(self, frame: Frame) -> pl.DataFrame:
        """Bring a frame to the driver."""
        return pl.DataFrame(frame.to_native().toArrow())

    def share(self, frame: pl.DataFrame) -> Frame:
        """Send the driver's frame out."""
        shared: Frame = nw.from_native(self.session.createDataFrame(frame.to_arrow()))
        return shared

    def close(self) -> None:
        """Leave the session, which is the user's; what was kept goes with the frames."""


def _hashed(columns: Sequence[str], salt: int) -> pl.Expr:
    """Hash text columns together; `^` of hashes with different seeds keeps their order apart."""
    parts = [pl.col(column).hash(seed) for seed, column in enumerate(columns, 8 * salt)]
    there = pl.all_horizontal(pl.col(column).is_not_null() for column in columns)
    mixed = parts[0]
    for part in parts[1:]:
        mixed = mixed ^ part
    return pl.when(there).then(mixed.reinterpret(signed=True))


def stacked(frames: Sequence[Frame]) -> Frame:
    """Put frames of the same columns one below the other."""
    return frames[0] if len(frames) == 1 else nw.concat(list(frames), how="vertical")
