"""Up to which day bank statements were read, and whether that is recent enough for what the rules require (`statement_within`).

Owns the reading of it from a journal: what imports wrote down (`statement.read`) of statements taken whole. Beyond it a run drafts instead of sending, and what was ready waits: who has paid is not known.
"""

from __future__ import annotations

from datetime import date

from relance.dates import add
from relance.journal.journal import Journal
from relance.model import Calendar, Duration
from relance.sentences import lasting, sentence


def statements(journal: Journal) -> dict[str, date]:
    """Return up to which day bank statements were read, by creditor, as their import wrote down (`statement.read`)."""
    found: dict[str, date] = {}
    for entry in journal.entries(kinds=("statement.read",)):
        found[entry.creditor] = max(entry.on, found.get(entry.creditor, entry.on))
    return found


def too_old(last: date | None, within: Duration, on: date) -> str | None:
    """Say why the last statement read is too old on a day, or None; `last` is the day it reaches to."""
    if last is not None and on <= add(last, within, Calendar()):
        return None
    time = lasting(within.number, within.unit)
    if last is None:
        return sentence("no bank statement was read, one of the last {time} is required", time=time)
    return sentence("the last bank statement read is of {day}, one of the last {time} is required", day=last, time=time)
