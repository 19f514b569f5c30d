"""A payer's habit over tables: the same answer as `relance.interpreter.habit.usual_delay` gives of one debtor."""

from __future__ import annotations

from datetime import date, timedelta

import narwhals as nw

from relance.columnar.engines import Frame
from relance.columnar.inputs import CLAIM, WHO, Setting, number
from relance.dates import add_months
from relance.interpreter.habit import FEWEST, MONTHS


def usual_delays(setting: Setting) -> Frame:
    """Return (who, usual_delay), in days, of the debtors of whom enough payments are looked back on; debtors with money that names no invoice go one by one."""
    kind = nw.col("kind")
    due = setting.all_invoices.select(CLAIM, "due")
    back = setting.money.filter(kind == "payment.reversed").select(CLAIM).unique(CLAIM)
    paid = lately_paid(setting).join(due, on=CLAIM, how="inner").join(back, on=CLAIM, how="anti")
    paid = setting.engine.keep(paid.select(WHO, delay=nw.col("on").cast(nw.Int64) - nw.col("due").cast(nw.Int64)))
    many = paid.group_by(WHO).agg(nw.len().cast(nw.Int64).alias("payments")).filter(nw.col("payments") >= FEWEST)
    ranked = paid.with_columns(rank=nw.col("delay").rank("ordinal").over(WHO).cast(nw.Int64)).join(many, on=WHO, how="inner")
    middle = nw.col("rank") * 2 - nw.col("payments")  # of an even number the lower of the two
    return ranked.filter((middle >= 0) & (middle <= 1)).select(WHO, nw.col("delay").alias("usual_delay"))


def lately_paid(setting: Setting) -> Frame:
    """Return the payments that are still looked back on."""
    return setting.money.filter((nw.col("kind") == "payment.received") & (nw.col("on") >= number(looked_back_to(setting.on))))


def looked_back_to(on: date) -> date:
    """Return the first day of which a payment is looked back on: the length of a month varies, so that it is tried."""
    first = add_months(on, -MONTHS) - timedelta(days=3)
    while add_months(first, MONTHS) <= on:
        first += timedelta(days=1)
    return first
