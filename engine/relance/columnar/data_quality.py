"""Whether tables from a lake can be relied on: their types, keys, days and currencies, before anything is decided.

A row that cannot stand is a reject with its reason and leaves the table; a table that cannot be read stops the run. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import polars as pl

from relance.columnar.engines import Engine, Frame, TableSource
from relance.columnar.schema import COLUMNS, REQUIRED
from relance.errors import RelanceError
from relance.journal.event_types import PUBLIC
from relance.sentences import sentence

#: What may be converted into a column's type without a doubt.
_FITS: Mapping[pl.DataType, tuple[type[nw.dtypes.DType], ...]] = {
    pl.String(): (nw.String, nw.Categorical, nw.Enum),
    pl.Int64(): (nw.Int64, nw.Int32, nw.Int16, nw.Int8, nw.UInt32, nw.UInt16, nw.UInt8),
    pl.Date(): (nw.Int32, nw.Date),
    pl.Boolean(): (nw.Boolean,),
}
#: Kinds that may be older than their invoice: one may pay, or be granted a discount, in advance.
_EARLY = ("payment.received", "payment.reversed", "credit_note.issued", "note")
_SHOWN = 10_000


class UnreadableTableError(RelanceError):
    """A table that cannot be read as a whole: its message is for the person who named it."""


@dataclass(frozen=True)
class Audited:
    """Tables that can be relied on, and what was left out: (table, reason, key) by row, the first 10,000; `count` of all."""

    frames: dict[str, Frame]
    rejects: tuple[tuple[str, str, str], ...]
    count: int


def in_folder(folder: Path) -> dict[str, TableSource]:
    """Find the tables of a folder: `<table>.parquet`, or the Parquet files in `<table>/`. Raises UnreadableTableError without invoices."""
    found: dict[str, TableSource] = {}
    for name in COLUMNS:
        if (folder / f"{name}.parquet").is_file():
            found[name] = folder / f"{name}.parquet"
        elif any((folder / name).glob("**/*.parquet")):
            found[name] = str(folder / name / "**" / "*.parquet")
    if "invoices" not in found:
        raise UnreadableTableError(sentence("{folder} has no invoices: neither invoices.parquet nor invoices/*.parquet", folder=folder))
    return found


def audited(engine: Engine, sources: Mapping[str, TableSource], *, thorough: bool = True) -> Audited:
    """Open tables and leave out what cannot stand. Raises UnreadableTableError.

    `thorough` looks at every row; without it only at the columns, for tables that were looked at before.
    """
    frames = {name: _opened(engine, name, source) for name, source in sources.items()}
    if not thorough or _sound(engine, frames):
        return Audited(frames, (), 0)
    rejects: list[Frame] = []
    for name, frame in frames.items():
        frames[name] = _keys(name, frame, rejects)
    frames["invoices"] = _once(frames["invoices"], rejects)
    if "events" in frames:
        frames["events"] = _events(frames["events"], frames["invoices"], rejects)
    try:
        found = engine.home(nw.concat(rejects, how="vertical").head(_SHOWN)) if rejects else pl.DataFrame()
        count = engine.home(nw.concat(rejects, how="vertical").select(nw.len().alias("n"))).item() if found.height == _SHOWN else found.height
    except Exception as error:
        raise UnreadableTableError(sentence("the tables cannot be read to the end: {why}", why=_sentence(error))) from error
    return Audited(frames, tuple(found.rows()), count)


def _sound(engine: Engine, frames: Mapping[str, Frame]) -> bool:
    """Say whether every row of every table can stand: one look at each, by keys, before any row is looked for.

    Keys can make two rows look alike that are not; then the longer way finds nothing either.
    """
    try:
        for name, frame in frames.items():
            wrong = [nw.col(column).is_null() for column in REQUIRED[name]]
            wrong += [nw.col("amount") <= 0] if name == "invoices" else [~nw.col("kind").is_in(list(PUBLIC))] if name == "events" else []
            if engine.home(frame.filter(_any(wrong)).select(nw.len().alias("n"))).item():
                return False
        invoices = engine.keyed(frames["invoices"], claim=("creditor", "id"), owner=("creditor", "debtor"))
        counts = engine.home(invoices.select(rows=nw.len(), keys=nw.col("claim").n_unique()))
        if counts["rows"].item() != counts["keys"].item():
            return False
        return "events" not in frames or _fitting(engine, frames["events"], invoices)
    except UnreadableTableError:
        raise
    except Exception as error:
        raise UnreadableTableError(sentence("the tables cannot be read to the end: {why}", why=_sentence(error))) from error


def _fitting(engine: Engine, events: Frame, invoices: Frame) -> bool:
    """Say whether every event fits the invoice it names."""
    names, known = events.collect_schema().names(), invoices.collect_schema().names()
    if "invoice" not in names:
        return True
    about = invoices.select("claim", "owner", nw.col("currency").alias("held"), *([nw.col("issued").alias("since")] if "issued" in known else []))
    told = engine.keyed(events.filter(~nw.col("invoice").is_null()), claim=("creditor", "invoice"), who=("creditor", "debtor"))
    wrong = [nw.col("owner") != nw.col("who")]
    if "currency" in names:
        wrong.append(nw.col("currency") != nw.col("held"))
    if "issued" in known:
        wrong.append((nw.col("on") < nw.col("since")) & ~nw.col("kind").is_in(list(_EARLY)))
    found = told.join(about, on="claim", how="inner").filter(_any(wrong))
    return not engine.home(found.select(nw.len().alias("n"))).item()


def _any(conditions: list[nw.Expr]) -> nw.Expr:
    return nw.any_horizontal(*(condition.fill_null(value=False) for condition in conditions), ignore_nulls=True)


def _opened(engine: Engine, name: str, source: TableSource) -> Frame:
    try:
        frame = engine.table(source)
        schema = frame.collect_schema()
    except Exception as error:
        raise UnreadableTableError(sentence("{what}: {why}", what=name, why=_sentence(error))) from error
    for column in REQUIRED[name]:
        if column not in schema:
            raise UnreadableTableError(sentence("{table} has no column '{column}'; it has {names}", table=name, column=column, names=schema.names()))
    for column, kind in COLUMNS[name].items():
        if column in schema and not isinstance(schema[column], _FITS[kind]) and schema[column] != nw.Unknown:
            raise UnreadableTableError(sentence("{column} is of type {found}, not {wanted}", column=f"{name}.{column}", found=str(schema[column]), wanted=_word(kind)))
    return frame


def _word(kind: pl.DataType) -> str:
    words = {
        pl.String(): sentence("text"), pl.Int64(): sentence("whole number (amounts are in minor units: cents)"), pl.Date(): sentence("date"),
        pl.Boolean(): sentence("true or false"),
    }  # fmt: skip
    return words[kind]


def _sentence(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _reject(table: str, frame: Frame, reason: nw.Expr | str, key: str) -> Frame:
    said = nw.lit(reason) if isinstance(reason, str) else reason
    return frame.select(nw.lit(table).alias("table"), said.alias("reason"), nw.coalesce(nw.col(key).cast(nw.String), nw.lit("")).alias("key"))


def _keys(name: str, frame: Frame, rejects: list[Frame]) -> Frame:
    """Leave out rows without a key, a day or an amount; an event of an unknown kind; an invoice of nothing."""
    key = {"events": "invoice", "elsewhere": "debtor"}.get(name, "id")
    if key not in frame.collect_schema().names():
        key = "debtor"
    for column in REQUIRED[name]:
        empty = nw.col(column).is_null()
        rejects.append(_reject(name, frame.filter(empty), f"no {column}", key))
        frame = frame.filter(~empty)
    if name == "invoices":
        rejects.append(_reject(name, frame.filter(nw.col("amount") <= 0), "an amount is above zero", key))
        frame = frame.filter(nw.col("amount") > 0)
    if name == "events":
        known = nw.col("kind").is_in(list(PUBLIC))
        rejects.append(_reject(name, frame.filter(~known), nw.concat_str(nw.lit("there is no event "), nw.col("kind")), key))
        frame = frame.filter(known)
    return frame


def _once(invoices: Frame, rejects: list[Frame]) -> Frame:
    """Leave out every invoice whose id its creditor gave twice."""
    key = ["creditor", "id"]
    twice = invoices.group_by(*key).agg(nw.len().alias("times")).filter(nw.col("times") > 1).select(key)
    rejects.append(_reject("invoices", invoices.join(twice, on=key, how="semi"), "another row has the same id", "id"))
    return invoices.join(twice, on=key, how="anti")


def _events(events: Frame, invoices: Frame, rejects: list[Frame]) -> Frame:
    """Leave out events about another debtor's invoice, in another currency, or older than the invoice they speak of."""
    names = events.collect_schema().names()
    if "invoice" not in names:
        return events
    about = invoices.select(
        "creditor", nw.col("id").alias("invoice"), nw.col("debtor").alias("of"),
        nw.col("currency").alias("held"), *([nw.col("issued").alias("since")] if "issued" in invoices.collect_schema().names() else []),
    )  # fmt: skip
    joined = events.join(about, on=["creditor", "invoice"], how="left")
    wrong = (nw.col("of") != nw.col("debtor")).fill_null(value=False)
    reasons: list[tuple[nw.Expr, str]] = [(wrong, "the invoice is another debtor's")]
    if "currency" in names:
        reasons.append(((nw.col("currency") != nw.col("held")).fill_null(value=False), "in another currency than its invoice"))
    if "since" in joined.collect_schema().names():
        early = (nw.col("on") < nw.col("since")).fill_null(value=False) & ~nw.col("kind").is_in(list(_EARLY))
        reasons.append((early, "older than the invoice it speaks of"))
    for condition, reason in reasons:
        rejects.append(_reject("events", joined.filter(condition), reason, "invoice"))
        joined = joined.filter(~condition)
    return joined.select(names)
