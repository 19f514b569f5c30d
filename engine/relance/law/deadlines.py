"""Deadlines: those of procedure and those that a letter grants roll to the next open day, those of a contract never do.

Owns CPC 640 to 642, the acceptance period of an electronic registered letter (CPCE, posts, R53-3) and how long the post keeps a
registered one. That a letter's last day to pay is an open one is a choice of this program, in the debtor's favour. Refuses to roll a due date.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from relance.dates import add, roll
from relance.law.parameters import Law, french
from relance.model import Calendar, Duration, GrantsFrom, WhenClosed

#: Saturday and Sunday, by `date.weekday()`.
_WEEKEND = (5, 6)


def contractual(start: date, length: Duration, calendar: Calendar | None = None) -> date:
    """Return the last day of a period that a contract grants: the first day does not count, and nothing rolls."""
    return add(start, length, calendar or Calendar())


def granted(left: date, length: Duration, calendar: Calendar, counted: GrantsFrom = GrantsFrom.POSTING) -> date:
    """Return the last day to pay that a letter which left on a day can name: never a Saturday, a Sunday or a holiday of the calendar.

    Counted from presentation, the post's fifteen days come first: on whichever of them the letter is presented, the whole time is left.
    """
    start = left if counted is GrantsFrom.POSTING else left + timedelta(kept_by_the_post(left))
    return roll(add(start, length, calendar), WhenClosed.NEXT, _without_weekend(calendar))


@lru_cache(maxsize=1024)
def suggested(on: date, *, consumer: bool, place: str = "") -> date:
    """Return the day by which a text asks to be paid where its step grants no time: eight days on, fifteen for a consumer, open where the debtor is.

    A choice of this program: a reader is given a day, never "at once". Nothing counts from it.
    """
    return granted(on, suggested_time(consumer=consumer), Calendar(place=place))


def suggested_time(*, consumer: bool) -> Duration:
    """Return the time that `suggested` gives."""
    return Duration(15 if consumer else 8)


def kept_by_the_post(on: date, *, law: Law | None = None) -> int:
    """Return for how many days the post keeps a registered letter that nobody took."""
    return int((law or french()).value_on("registered-letter-kept", on))


@lru_cache(maxsize=512)
def _without_weekend(calendar: Calendar) -> Calendar:
    return replace(calendar, weekend=tuple(sorted({*calendar.weekend, *_WEEKEND})))


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
