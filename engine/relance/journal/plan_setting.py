"""The setting `plans.late` of a journal: how plans of before are read, declared in its chains (docs/decisions/102)."""

from __future__ import annotations

from datetime import date

from relance.journal.event_types import PLAN_WORDS
from relance.journal.journal import Journal
from relance.journal.late_plans import BEFORE
from relance.model import Event

#: The name of the setting, as `relance journal settings` takes it.
SETTING = "plans.late"


def declare_late(journal: Journal, word: str, *, on: date, actor: str) -> bool:
    """Declare in every chain how plans of before are read; False: there is no chain yet. Raises ValueError for a word that a plan does not know."""
    if word not in PLAN_WORDS["late"]:
        raise ValueError(word)
    creditors = journal.creditors()
    for creditor in creditors:
        journal.declare(creditor, [Event(on, "plans.declared", data={"late": word})], actor=actor)
    return bool(creditors)


def late_of(journal: Journal) -> str:
    """Return how plans of before are read in every chain of a journal, or, by creditor, where they differ."""
    said = {entry.creditor: str(entry.data["late"]) for entry in journal.entries(kinds=("plans.declared",))}
    words = {creditor: said.get(creditor, BEFORE) for creditor in journal.creditors()}
    if len(set(words.values())) <= 1:
        return next(iter(words.values()), BEFORE)
    return ", ".join(f"{creditor}:{word}" for creditor, word in words.items())
