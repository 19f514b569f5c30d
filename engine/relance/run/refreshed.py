"""Working some steps out again on a day, by the rules their creditor's last run wrote down: what was drafted on a day that is past."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from relance.journal.journal import Journal
from relance.model import Action, Playbook
from relance.portfolio.routing import Routing
from relance.run.journal_run import StepOfCase, run


def decide_again(
    journal: Journal, steps: Collection[StepOfCase], applied: Callable[[str], Routing | None], load: Callable[[str], Playbook | None], on: date, *,
    actor: str,
) -> tuple[Action, ...]:  # fmt: skip
    """Emit those of these steps that are still due, a creditor at a time; return the actions. Raises JournalError.

    A creditor without rules in the journal was never run, and has nothing to be decided again.
    """
    made: list[Action] = []
    for creditor in sorted({one.creditor for one in steps}):
        routing = applied(creditor)
        if routing is not None:
            made += run(journal, (), routing, on, actor=actor, load=load, only=[one for one in steps if one.creditor == creditor]).new
    return tuple(made)
