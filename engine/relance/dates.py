"""Arithmetic on dates: durations, open and closed days, local holidays.

Days are counted with `datetime.date`; months clamp to the month's end. Public holidays come from the `holidays`
library by ISO code (FR, FR-57 and FR-67/68 for Alsace-Moselle, FR-971 … overseas). Knows no playbook and no case.
"""

from __future__ import annotations

import calendar as _calendar
from datetime import date, timedelta
from functools import lru_cache

from relance.model import Calendar, Duration, TimeUnit, WhenClosed

_DAY = timedelta(days=1)
#: Departments whose local law (C. trav. L3134-13) adds Good Friday and 26 December, by the name the library knows.
_ALIASES = {"67": "6AE", "68": "6AE", "977": "BL", "978": "MF", "975": "PM", "986": "WF", "987": "PF", "988": "NC"}


@lru_cache(maxsize=4096)
def holidays_of(region: str, year: int) -> dict[date, str]:
    """Return the public holidays of an ISO country or subdivision code in a year, with their names.

    Raises LookupError for a code nobody knows. Source for France: C. trav. L3133-1, L3134-13, L3422-2.
    """
    import holidays

    country, _, subdivision = region.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=_ALIASES.get(subdivision, subdivision) or None, years=year, language=None)
    except (NotImplementedError, KeyError) as error:
        raise LookupError(region) from error
    return dict(found)


@lru_cache(maxsize=65536)
def is_open(calendar: Calendar, day: date) -> bool:
    """Say whether a day is neither weekend nor public holiday in a calendar."""
    return day.weekday() not in calendar.weekend and day not in holidays_of(calendar.holidays, day.year)


def add_months(day: date, months: int) -> date:
    """Add months; the day clamps to the end of a shorter month (31 January + 1 month = 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


def end_of_month(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=_calendar.monthrange(day.year, day.month)[1])


def add(day: date, duration: Duration, calendar: Calendar) -> date:
    """Add a duration, which may be negative; business days skip the calendar's closed days.

    Raises OverflowError when the result would lie outside the years 1 to 9999.
    """
    number, unit = duration
    if unit is TimeUnit.DAY:
        return day + timedelta(number)
    if unit is TimeUnit.WEEK:
        return day + timedelta(7 * number)
    if unit is TimeUnit.MONTH:
        try:
            return add_months(day, number)
        except ValueError as error:
            raise OverflowError(str(error)) from error
    return _add_business_days(day, number, calendar)


@lru_cache(maxsize=65536)
def _add_business_days(day: date, number: int, calendar: Calendar) -> date:
    step = _DAY if number >= 0 else -_DAY
    left = abs(number)
    while left:
        day += step
        if is_open(calendar, day):
            left -= 1
    return day


def roll(day: date, when_closed: WhenClosed, calendar: Calendar) -> date:
    """Move a closed day to the next or previous open one, or keep it."""
    if when_closed is WhenClosed.KEEP:
        return day
    step = _DAY if when_closed is WhenClosed.NEXT else -_DAY
    while not is_open(calendar, day):
        day += step
    return day
