"""Portfolios of any size for benchmarks, as Parquet tables: `python tests/benchmarks/generator.py 1000000 FOLDER`.

Due dates cluster at month ends; three in four invoices are paid, some in part, some late; there are disputes, promises, holds,
credit notes, three currencies, bounced e-mails, and a history of actions as the playbook `negligent` writes it. Same size and version of Polars, same tables.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl

ON = date(2026, 6, 15)
_DAYS = 420
_PART = 1_000_000
_STEPS = [  # step, channel, days after the due date, draft, kind, smallest amount, what must be known of the debtor
    ("rappel-avant-echeance", "email", -7, False, "reminder", 0, "email"),
    ("relance-1", "email", 1, False, "reminder", 0, "email"),
    ("appel", "call", 8, False, "reminder", 50_000, "phone"),
    ("relance-2", "letter", 30, False, "reminder", 0, "address"),
    ("relance-2", "email", 30, False, "reminder", 0, "email"),
    ("mise-en-demeure", "registered_letter", 45, True, "formal_notice", 0, "address"),
    ("mise-en-demeure", "email", 45, True, "formal_notice", 0, "email"),
    ("transmission", "handover", 55, True, "handover", 0, ""),
]
_KNOWN = {"email": (21, 0.96), "phone": (22, 0.9), "address": (23, 0.99)}
_EVENT = {
    "creditor": pl.String, "debtor": pl.String, "on": pl.Date, "seq": pl.Int64, "kind": pl.String, "invoice": pl.String, "amount": pl.Int64,
    "day": pl.Date, "id": pl.String, "playbook": pl.String, "step": pl.String, "occurrence": pl.Int64, "channel": pl.String,
    "case": pl.String, "carrier": pl.String, "draft": pl.Boolean, "step_kind": pl.String,
}  # fmt: skip


def chance(seed: int, of: str = "row") -> pl.Expr:
    """Give each row a number in [0, 1) that depends on its number (or another column) and a seed alone."""
    return pl.col(of).hash(seed) % 1_000_003 / 1_000_003


def days(expression: pl.Expr) -> pl.Expr:
    """Turn a number into that many days."""
    return pl.duration(days=expression.cast(pl.Int64))


def invoices(start: int, stop: int, total: int) -> pl.DataFrame:
    """Make the invoices numbered `start` to `stop`, with what becomes of each."""
    debtors, creditors = max(total // 5, 1), max(total // 400_000, 1)
    frame = pl.select(row=pl.int_range(start, stop, dtype=pl.Int64)).lazy()
    frame = frame.with_columns(
        debtor_number=(chance(1) ** 1.3 * debtors).cast(pl.Int64),
        issued=pl.lit(ON) - days(chance(2) * _DAYS),
        amount=(10 ** (chance(3) * 3 + 1.5) * 100).cast(pl.Int64),
        currency=pl.when(chance(4) < 0.94).then(pl.lit("EUR")).when(chance(4) < 0.98).then(pl.lit("USD")).otherwise(pl.lit("GBP")),
    )
    term = pl.col("issued") + days(pl.when(chance(5) < 0.7).then(30).otherwise(45))
    frame = frame.with_columns(
        creditor=pl.format("creditor-{}", pl.col("debtor_number") % creditors),
        debtor=pl.format("debtor-{}", pl.col("debtor_number")),
        id=pl.format("F{}", pl.col("row") + 10_000_000),
        due=pl.when(chance(6) < 0.55).then(term.dt.month_end()).otherwise(term),
    )
    late = pl.when(chance(7) < 0.45).then(chance(8) * 12 - 10).when(chance(7) < 0.85).then(chance(8) ** 2 * 60 + 1).otherwise(chance(8) * 300 + 40)
    frame = frame.with_columns(settled=pl.max_horizontal(pl.col("due") + days(late), pl.col("issued") + days(pl.lit(1))))
    frame = frame.with_columns(paid=(pl.col("settled") <= ON) & (chance(9) < 0.97), part=chance(10) < 0.06)
    return frame.with_columns(until=pl.when(pl.col("paid") & ~pl.col("part")).then("settled").otherwise(pl.lit(ON))).collect()


def events(frame: pl.DataFrame) -> pl.DataFrame:
    """Make the events of some invoices, and a history of actions in the manner of `negligent` (`written.py` has the engine write it)."""
    base = frame.lazy().with_columns(invoice=pl.col("id"))
    found = [_money(base), *_words(base)]
    for place, told in enumerate(_STEPS):
        found += _actions(base, place, *told)
    return _shaped(found)


def world(frame: pl.DataFrame) -> pl.DataFrame:
    """Make what others do: money, disputes, promises, holds."""
    base = frame.lazy().with_columns(invoice=pl.col("id"))
    return _shaped([_money(base), *_words(base)])


def _shaped(found: list[pl.LazyFrame]) -> pl.DataFrame:
    shaped = [each.select(pl.col(name).cast(kind) if name in each.collect_schema() else pl.lit(None, kind).alias(name) for name, kind in _EVENT.items()) for each in found]
    return pl.concat(shaped).collect()


def _money(base: pl.LazyFrame) -> pl.LazyFrame:
    whole = base.filter("paid").with_columns(
        on=pl.col("settled"), kind=pl.lit("payment.received"),
        amount=pl.when("part").then(pl.col("amount") * 2 // 5).otherwise(pl.col("amount")),
    )  # fmt: skip
    rest = base.filter(pl.col("paid") & pl.col("part") & (chance(11) < 0.5) & (pl.col("settled") + days(pl.lit(20)) <= ON))
    rest = rest.with_columns(on=pl.col("settled") + days(pl.lit(20)), kind=pl.lit("payment.received"), amount=pl.col("amount") - pl.col("amount") * 2 // 5)
    credit = base.filter((chance(12) < 0.01) & (pl.col("issued") + days(pl.lit(5)) <= ON))
    credit = credit.with_columns(on=pl.col("issued") + days(pl.lit(5)), kind=pl.lit("credit_note.issued"), amount=pl.col("amount") // 10)
    columns = ["creditor", "debtor", "invoice", "on", "kind", "amount"]
    return pl.concat([each.select(columns) for each in (whole, rest, credit)])


def _words(base: pl.LazyFrame) -> list[pl.LazyFrame]:
    columns = ["creditor", "debtor", "invoice", "on", "kind", "amount", "day"]
    late = base.filter((pl.col("until") > pl.col("due")) & (pl.col("due") < ON))
    open_ = late.filter(chance(13) < 0.04).with_columns(on=pl.col("due"), kind=pl.lit("dispute.opened"), day=None, amount=pl.when(chance(14) < 0.3).then(pl.col("amount") // 4))
    shut = open_.filter((chance(15) < 0.6) & (pl.col("due") + days(pl.lit(25)) <= ON))
    shut = shut.with_columns(on=pl.col("due") + days(pl.lit(25)), kind=pl.lit("dispute.closed"), amount=None)
    said = late.filter((chance(16) < 0.07) & (pl.col("due") + days(pl.lit(12)) <= ON)).with_columns(
        on=pl.col("due") + days(pl.lit(12)), kind=pl.lit("promise.made"), day=pl.col("due") + days(chance(17) * 30 + 14)
    )
    held = late.filter(chance(18) < 0.02).with_columns(
        on=pl.col("due"), kind=pl.lit("hold.placed"), amount=None, day=pl.when(chance(19) < 0.8).then(pl.col("due") + days(chance(19) * 60))
    )
    return [each.select(columns) for each in (open_, shut, said, held)]


def _actions(base: pl.LazyFrame, place: int, step: str, channel: str, after: int, draft: bool, kind: str, least: int, known: str) -> list[pl.LazyFrame]:
    on = pl.col("due") + days(pl.lit(after))
    on = on + days(pl.when(on.dt.weekday() == 6).then(2).when(on.dt.weekday() == 7).then(1).otherwise(0))
    made = base.with_columns(on=on).filter((pl.col("on") < ON) & (pl.col("on") >= pl.col("issued")) & (pl.col("on") < pl.col("until")) & (chance(31) < 0.995))
    made = made.filter(pl.col("amount") >= least)
    if known:
        made = made.filter(chance(_KNOWN[known][0], "debtor_number") < _KNOWN[known][1])
    made = made.with_columns(
        kind=pl.lit("action.emitted"), playbook=pl.lit("negligent"), step=pl.lit(step), occurrence=pl.lit(1), channel=pl.lit(channel),
        case=pl.col("invoice"), carrier=pl.col("invoice"), draft=pl.lit(draft), step_kind=pl.lit(kind), amount=None, day=None,
        id=pl.format("{}{}", (pl.col("row") + 10**15).cast(pl.String), (chance(50 + place) * 10**7).cast(pl.Int64) * 10 + place + 10**8).str.slice(0, 24),
    )  # fmt: skip
    said = made.with_columns(on=pl.min_horizontal(pl.col("on") + days(pl.when(chance(60) < 0.9).then(0).otherwise(1)), pl.lit(ON)))
    for name in ("playbook", "step", "channel", "case", "carrier", "step_kind"):
        said = said.with_columns(pl.lit(None, pl.String).alias(name))
    said = said.with_columns(occurrence=pl.lit(None, pl.Int64), draft=pl.lit(None, pl.Boolean))
    found = [made]
    if draft:
        found.append(said.filter(chance(61) < 0.97).with_columns(kind=pl.lit("action.approved")))
    if channel == "call":
        found.append(said.filter(chance(62) < 0.8).with_columns(kind=pl.lit("action.executed")))
    if channel == "email":
        found.append(said.filter(chance(63) < 0.004).with_columns(kind=pl.lit("action.failed")))
    return found


def _known(name: str, value: str) -> pl.Expr:
    seed, share = _KNOWN[name]
    return pl.when(chance(seed) < share).then(pl.lit(value))


def debtors(total: int) -> pl.DataFrame:
    """Make the debtors of a portfolio of so many invoices."""
    count, creditors = max(total // 5, 1), max(total // 400_000, 1)
    frame = pl.select(row=pl.int_range(0, count, dtype=pl.Int64))
    return frame.select(
        creditor=pl.format("creditor-{}", pl.col("row") % creditors), id=pl.format("debtor-{}", pl.col("row")), kind=pl.lit("business"),
        profile=pl.when(chance(20) < 0.5).then(pl.lit("negligent")), country=pl.lit("FR"),
        email=_known("email", "compta@debtor.example"), phone=_known("phone", "+33400000000"), address=_known("address", "1 rue de la Paix\n69001 Lyon"),
    )  # fmt: skip


def generate(folder: Path, total: int) -> dict[str, str]:
    """Write a portfolio of so many invoices; return the tables as patterns of files."""
    for name in ("invoices", "events"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    seq = 0
    for part, start in enumerate(range(0, total, _PART)):
        frame = invoices(start, min(start + _PART, total), total)
        frame.select("creditor", "debtor", "id", "issued", "due", "amount", "currency").write_parquet(folder / "invoices" / f"{part:03}.parquet")
        happened = events(frame).sort("on")
        happened = happened.with_columns(seq=pl.int_range(seq, seq + happened.height))
        seq += happened.height
        happened.write_parquet(folder / "events" / f"{part:03}.parquet")
    debtors(total).write_parquet(folder / "debtors.parquet")
    creditors = max(total // 400_000, 1)
    pl.DataFrame({"id": [f"creditor-{n}" for n in range(creditors)], "kind": "business"}).write_parquet(folder / "creditors.parquet")
    return sources(folder)


def sources(folder: Path) -> dict[str, str]:
    """Name the files of a portfolio."""
    return {
        "invoices": str(folder / "invoices" / "*.parquet"),
        "events": str(folder / "events" / "*.parquet"),
        "debtors": str(folder / "debtors.parquet"),
        "creditors": str(folder / "creditors.parquet"),
    }


def span() -> timedelta:
    """Say over how long the invoices of a portfolio were issued."""
    return timedelta(_DAYS)


if __name__ == "__main__":
    generate(Path(sys.argv[2]), int(sys.argv[1]))
