"""Promises that name an invoice: kept, running or broken. Nobody writes that down; it follows from the promise and the payments.

Each promise holds until the next one; it is broken on the day after its date and the grace, unless the money is there.
"""

from __future__ import annotations

import narwhals as nw
import polars as pl

from relance.columnar.engines import Frame
from relance.columnar.inputs import CLAIM, Setting, anchor, day_of, masked, number
from relance.dates import add


def promises(setting: Setting) -> Frame | None:
    """Return one row per promised claim: promised, promise_until, promise_broken, broken (count), promise_ended, a_promise.broken."""
    if ("promise.made", True) not in setting.kinds:
        return None
    made = setting.seldom.filter(nw.col("kind") == "promise.made").select(
        CLAIM, nw.col("at").alias("made_at"), nw.col("amount").alias("need"), "day",
        next_on=nw.col("on").shift(-1).over(CLAIM, order_by="at"),
    )  # fmt: skip
    made = setting.engine.keep(made.join(_limits(setting, made), on="day", how="left"))
    paid = setting.money.filter((nw.col("kind") == "payment.received") & ~nw.col(CLAIM).is_null())
    paid = paid.select(CLAIM, "at", nw.col("on").alias("paid_on"), "amount")
    money = made.join(paid, on=CLAIM, how="inner").filter(nw.col("at") > nw.col("made_at"))
    key = [CLAIM, "made_at"]
    money = money.with_columns(
        in_time=masked(nw.col("paid_on") <= nw.col("limit") + 1, "amount"),
        so_far=nw.col("amount").cum_sum().over(*key, order_by="at"),
    ).with_columns(kept_on=masked(nw.col("so_far") >= nw.col("need"), "paid_on"))
    sums = money.group_by(*key).agg(nw.col("in_time").sum(), nw.col("kept_on").min())
    found = made.join(sums, on=key, how="left")
    end = nw.min_horizontal(nw.lit(setting.today), nw.col("next_on"))
    short = nw.col("need").is_null() | (nw.coalesce(nw.col("in_time"), nw.lit(0)) < nw.col("need"))
    found = found.with_columns(broken_on=masked((nw.col("limit") + 1 <= end) & short, nw.col("limit") + 1))
    last = nw.col("next_on").is_null()
    broken = ~nw.col("broken_on").is_null()
    kept = ~broken & ~nw.col("kept_on").is_null()
    ended = nw.when(broken).then(nw.col("broken_on") - 1).otherwise(nw.col("kept_on"))
    flags = found.select(
        CLAIM, "broken_on",
        running_until=masked(last & ~broken & ~kept, "limit"),
        broke=masked(last & broken, "broken_on"),
        promise_ended=masked(last & (broken | kept), ended),
    )  # fmt: skip
    folded = flags.group_by(CLAIM).agg(
        nw.col("running_until").max().alias("promise_until"), nw.col("broke").max(), nw.col("promise_ended").max(),
        nw.col("broken_on").count().cast(nw.Int64).alias("broken"), nw.col("broken_on").max().alias(anchor("promise.broken")),
    )  # fmt: skip
    return folded.with_columns(promised=~nw.col("promise_until").is_null(), promise_broken=~nw.col("broke").is_null()).drop("broke")


def _limits(setting: Setting, made: Frame) -> Frame:
    """Add the grace to each distinct day promised; the calendar is Python's, and the days are few."""
    days = setting.engine.home(made.select("day").unique("day")).drop_nulls()["day"].to_list()
    playbook = setting.playbook
    limits = [number(add(day_of(day), playbook.grace, playbook.calendar)) for day in days]
    schema = {"day": pl.Int32, "limit": pl.Int32}
    return setting.engine.share(pl.DataFrame({"day": days, "limit": limits}, schema=schema))


