"""How long a promise about a claim is waited for beyond its own day: the grace of the playbook that last acted on it, by its calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from relance.dates import add
from relance.model import Calendar, Duration, Facts, Invoice, Playbook
from relance.portfolio.explain import last_playbook


class Grace(NamedTuple):
    """A stretch of days, and the calendar it is counted by."""

    length: Duration = Playbook.grace
    calendar: Calendar = Calendar()

    def after(self, day: date) -> date:
        """Return the last day on which what was promised for a day still comes in time."""
        return add(day, self.length, self.calendar)


#: Says of a debtor's claim what grace its promises have.
GraceOf = Callable[[Facts, Invoice], Grace]


def grace_by(named: Callable[[str, str], Playbook | None]) -> GraceOf:
    """Return what asks the playbook of a claim; `named` finds a creditor's playbook by id. Where none has acted, or it is lost, it is the language's own two days."""

    def of(facts: Facts, invoice: Invoice) -> Grace:
        last = last_playbook(facts, invoice)
        playbook = named(facts.creditor.id, last[0]) if last is not None else None
        return Grace() if playbook is None else Grace(playbook.grace, playbook.calendar)

    return of


def usual_grace(_facts: Facts, _invoice: Invoice) -> Grace:
    """Give every claim the grace of a playbook that says none."""
    return Grace()
