"""Money of the fold: what each claim was reduced by, from movements that name it; a column of sums."""

from __future__ import annotations

import narwhals as nw

from relance.columnar.engines import Frame
from relance.columnar.inputs import CLAIM, Setting, anchor, masked


def moved(setting: Setting) -> Frame:
    """Return (claim, moved, and the days of its last payment and reversal if the playbook counts from them): the sum taken off each claim.

    What was reversed beyond what had been paid by name takes nothing back: money that names no claim is not read here.
    """
    kind, zero = nw.col("kind"), nw.lit(0).cast(nw.Int64)
    signed = setting.money.filter(~nw.col(CLAIM).is_null()).select(
        CLAIM,
        nw.when(kind == "payment.received").then(nw.col("amount")).when(kind == "payment.reversed").then(-nw.col("amount")).otherwise(zero).alias("paid"),
        nw.when(kind == "credit_note.issued").then(nw.col("amount")).otherwise(zero).alias("credited"),
        *(masked(kind == name, "on").alias(f"{name}_on") for name in ("payment.received", "payment.reversed")),
    )
    sums = [nw.col("paid").sum(), nw.col("credited").sum()]
    sums += [nw.col(f"{name}_on").max().alias(anchor(name)) for name in ("payment.received", "payment.reversed") if name in setting.plan.anchors]
    summed = signed.group_by(CLAIM).agg(*sums)
    kept = nw.when(nw.col("paid") > 0).then(nw.col("paid")).otherwise(zero)
    return summed.with_columns(moved=(kept + nw.col("credited")).cast(nw.Int64)).drop("paid", "credited")
