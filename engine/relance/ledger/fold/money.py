"""Money of the fold: what each claim was reduced by, from movements that name it; a column of sums."""

from __future__ import annotations

import narwhals as nw

from relance.ledger.fold.engines import Frame
from relance.ledger.fold.setting import CLAIM, Setting, anchor, masked


def moved(setting: Setting) -> Frame:
    """Return (claim, moved, and the day of its last payment if the playbook counts from it): the sum taken off each claim."""
    kind = nw.col("kind")
    signed = setting.money.filter(~nw.col(CLAIM).is_null()).select(
        CLAIM,
        nw.when(kind == "payment.reversed").then(-nw.col("amount")).otherwise(nw.col("amount")).alias("amount"),
        masked(kind == "payment.received", "on").alias("paid_on"),
    )
    sums = [nw.col("amount").sum().alias("moved")]
    if "payment.received" in setting.plan.anchors:
        sums.append(nw.col("paid_on").max().alias(anchor("payment.received")))
    return signed.group_by(CLAIM).agg(*sums).with_columns(nw.col("moved").cast(nw.Int64))
