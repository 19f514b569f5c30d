"""Deciding some debtors again on a day, by the rules their creditors' last run wrote down: what a run would emit for them, and no others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from relance.journal.journal import Journal
from relance.model import Action, Facts, Playbook
from relance.portfolio.routing import Routing
from relance.run.journal_run import run


def decide_again(
    journal: Journal, debtors: Collection[tuple[str, str]], applied: Callable[[str], Routing | None], load: Callable[[str], Playbook | None], on: date, *,
    actor: str,
) -> tuple[Action, ...]:  # fmt: skip
    """Run what is known of these debtors (creditor, debtor), a creditor at a time; return what was emitted. Raises JournalError.

    A creditor without rules in the journal was never run, and has nothing to be decided again.
    """
    made: list[Action] = []
    for creditor in sorted({creditor for creditor, _ in debtors}):
        routing = applied(creditor)
        if routing is None:
            continue
        mine = {debtor for name, debtor in debtors if name == creditor}

        def among(facts: Facts, mine: Collection[str] = mine, creditor: str = creditor) -> bool:
            return facts.creditor.id == creditor and facts.debtor.id in mine

        made += run(journal, (), routing, on, actor=actor, load=load, only=among).new
    return tuple(made)
