"""Deadlines: those of procedure roll to the next working day, those of contract and letter never do.

Owns CPC 640 to 642 and the acceptance period of an electronic registered letter (CPCE, posts, R53-3). Refuses to roll
anything else.
"""

from __future__ import annotations

from datetime import date, timedelta

from relance.dates import add, roll
from relance.law.parameters import Law, french
from relance.model import Calendar, Duration, WhenClosed


def contractual(start: date, length: Duration, calendar: Calendar | None = None) -> date:
    """Return the last day of a period that a contract or a letter grants: the first day does not count, and nothing rolls."""
    return add(start, length, calendar or Calendar())


def procedural(start: date, length: Duration, *, holidays: str = "FR") -> date:
    """Return the last day of a period of procedure.

    The day of the act does not count; months run to the same day of the month, or its last (CPC 641). A period that would end
    on a Saturday, a Sunday or a public holiday runs to the next working day (CPC 642). `holidays` is the place: FR-971 for Guadeloupe.
    """
    calendar = Calendar(holidays=holidays)
    return roll(add(start, length, calendar), WhenClosed.NEXT, calendar)


def electronic_registered(sent: date, grants: int, *, law: Law | None = None) -> date:
    """Return the last day to pay that an electronic registered letter can name: it may be accepted for 15 days, then the days granted run."""
    law = law or french()
    return sent + timedelta(int(law.value_on("electronic-letter-acceptance", sent)) + grants)
