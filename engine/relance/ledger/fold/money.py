"""Money of the fold: what each claim was reduced by, from movements that name it; a column of sums."""

from __future__ import annotations

import narwhals as nw

from relance.ledger.fold.engines import Frame
from relance.ledger.fold.setting import CLAIM, Setting, among, anchor, masked


def moved(setting: Setting) -> Frame:
    """Return (creditor, id, moved, payment_on): the sum taken off each claim and the day of its last payment."""
    kind = nw.col("kind")
    events = setting.events.filter(among("kind", ["payment.received", "payment.reversed", "credit_note.issued"]) & ~nw.col("invoice").is_null())
    signed = events.select(
        "creditor",
        nw.col("invoice").alias("id"),
        nw.when(kind == "payment.reversed").then(-nw.col("amount")).otherwise(nw.col("amount")).alias("amount"),
        masked(kind == "payment.received", "on").alias("paid_on"),
    )
    sums = [nw.col("amount").sum().alias("moved")]
    if "payment.received" in setting.plan.anchors:
        sums.append(nw.col("paid_on").max().alias(anchor("payment.received")))
    return signed.group_by(*CLAIM).agg(*sums).with_columns(nw.col("moved").cast(nw.Int64))
