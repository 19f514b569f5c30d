"""Mailboxes of roles over tables: whose house has one by which the debtor is reached, as `interpreter.addressees.house_mailbox` says of one debtor."""

from __future__ import annotations

import json
from collections import defaultdict

import narwhals as nw
import polars as pl

from relance.columnar.engines import Frame
from relance.columnar.inputs import NAMING, WHO, Setting, day_of
from relance.interpreter.addressees import house_mailbox
from relance.model import Event


def house_mailboxes(setting: Setting) -> Frame | None:
    """Return (who) of the debtors who have a mailbox of a role; None where nobody is named. The words are few, and JSON is Python's."""
    if not setting.has(*NAMING):
        return None
    told: dict[int, list[Event]] = defaultdict(list)
    rows = setting.engine.home(setting.seldom.filter(nw.col("kind").is_in(list(NAMING))).select(WHO, "at", "on", "kind", "data"))
    for who, _, on, kind, data in sorted(rows.iter_rows(), key=lambda row: row[1]):
        told[who].append(Event(day_of(on), kind, data=json.loads(data or "{}")))
    reached = [who for who, events in told.items() if house_mailbox(events, setting.on)]
    return setting.engine.share(pl.DataFrame({WHO: reached}, schema={WHO: pl.Int64}))
