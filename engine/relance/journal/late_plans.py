"""What a late instalment does to a plan of the journal: each plan is written with its rule, and one of before reads as it did.

Since docs/decisions/101 a plan whose arrears came is in force again, unless it says that it ends. A plan of before says nothing and
ended; it does so still, unless its chain declares otherwise (`plans.declared`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from operator import itemgetter

import sqlalchemy as sa

from relance.journal.store import JOURNAL, OF_CREDITORS
from relance.model import Event

#: How a plan of now is read that says nothing, and how one of before.
NOW, BEFORE = "resumes", "ends"


def as_written(event: Event) -> Event:
    """Return an event as the chain takes it: a plan says what a late instalment does to it."""
    return _saying(event, NOW)


def as_read(event: Event, late: str = BEFORE) -> Event:
    """Return an event of the chain as rules read it: a plan that does not say what a late instalment does was written before, and `late` says it."""
    return _saying(event, late)


def _saying(event: Event, late: str) -> Event:
    if event.kind != "plan.agreed" or "late" in event.data:
        return event
    return replace(event, data={**event.data, "late": late})


def late_declared(connection: sa.Connection, known_before: str | None = None, seq_before: int | None = None) -> Mapping[str, str]:
    """Return, by creditor, how plans of before are read, where the chain declares it: as last said."""
    query = sa.select(JOURNAL.c.seq, JOURNAL.c.creditor, JOURNAL.c.payload).where(*OF_CREDITORS, JOURNAL.c.kind == "plans.declared")
    if known_before is not None:
        query = query.where(JOURNAL.c.recorded_at < known_before)
    if seq_before is not None:
        query = query.where(JOURNAL.c.seq < seq_before)
    return {creditor: str(json.loads(payload)["late"]) for _, creditor, payload in sorted(connection.execute(query), key=itemgetter(0))}
