"""Arithmetic on dates: durations, open and closed days, local holidays.

Days are counted with `datetime.date`; months, ISO 8601 and spans in words are pendulum's, which is loaded when first needed. Public holidays come from the `holidays`
library by ISO code, held to the statutory days in France (FR, FR-57, FR-971 …), whose own eleven are worked out here (docs/decisions/217). Knows no playbook and no case.
"""

from __future__ import annotations

import calendar as _calendar
import re
from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

from relance.model import Calendar, Duration, Pause, TimeUnit, When, WhenClosed

_DAY = timedelta(days=1)
_ISO_DURATION = re.compile(r"P[0-9]{1,4}[DWMY]")
#: Departments and communities whose local law (C. trav. L3134-13) adds Good Friday and 26 December.
_ALSACE_MOSELLE = frozenset({"57", "67", "68", "6AE", "Alsace", "Moselle", "Alsace-Moselle"})
#: Where the abolition of slavery is commemorated (C. trav. L3422-2): month and day. Other overseas days are custom, not law.
_ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}
_OVERSEAS = {"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "BL": "977", "MF": "978"}
#: Communities with a labour law of their own: their list is the library's.
_OWN_LAW = {"986": "WF", "987": "PF", "988": "NC", "WF": "WF", "PF": "PF", "NC": "NC"}
_METROPOLITAN = frozenset({*(f"{number:02}" for number in range(1, 96) if number != 20), "2A", "2B", "20R", "69M", "75C", "975"})

#: The days of L3133-1 that fall on one date, and those so many days after Easter; and the years in which the library has just these.
_FIXED = {
    (1, 1): "New Year's Day", (5, 1): "Labor Day", (5, 8): "Victory Day", (7, 14): "National Day", (8, 15): "Assumption Day",
    (11, 1): "All Saints' Day", (11, 11): "Armistice Day", (12, 25): "Christmas Day",
}  # fmt: skip
_AFTER_EASTER = {1: "Easter Monday", 39: "Ascension Day", 50: "Pentecost Monday"}
_AS_NOW = range(2008, 2101)


@lru_cache(maxsize=4096)
def holidays_of(region: str, year: int) -> dict[date, str]:
    """Return the public holidays of an ISO country or subdivision code in a year, with their names.

    For France the statutory days alone: the eleven of C. trav. L3133-1 (FR, and any department: FR-69), Good Friday and
    26 December in Alsace-Moselle (FR-57, FR-67, FR-68, FR-6AE; L3134-13), the abolition of slavery overseas (FR-971 or
    FR-GP …; L3422-2). Raises LookupError for a code nobody knows.
    """
    country, _, subdivision = region.partition("-")
    if country != "FR" or subdivision in _OWN_LAW:
        return _library(region, country, _OWN_LAW.get(subdivision, subdivision), year)
    code = _OVERSEAS.get(subdivision, subdivision)
    if code in _ALSACE_MOSELLE:
        return _library(region, country, "6AE", year)
    if code and code not in _ABOLITION and code not in _METROPOLITAN:
        raise LookupError(region)
    found = _library(region, country, "", year)
    if code in _ABOLITION:
        month, day = _ABOLITION[code]
        if code == "978" and year < 2019:
            day = 27  # the code still said so when it was read; the prefecture has kept the 28th since 2019
        found[date(year, month, day)] = "Abolition of Slavery"
    return dict(sorted(found.items()))


def _statutory(year: int) -> dict[date, str]:
    """Return the eleven days of C. trav. L3133-1, named as the library names them (two of one day: both)."""
    from dateutil.easter import easter

    sunday, found = easter(year), dict[date, str]()
    days = [(date(year, month, day), name) for (month, day), name in _FIXED.items()]
    for day, name in sorted((*days, *((sunday + timedelta(after), name) for after, name in _AFTER_EASTER.items()))):
        found[day] = f"{found[day]}; {name}" if day in found else name
    return found


def _library(region: str, country: str, subdivision: str, year: int) -> dict[date, str]:
    if country == "FR" and not subdivision and year in _AS_NOW:  # of every command: to load the library costs it 0.15 s
        return _statutory(year)
    import holidays

    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language="en_US")
    except (NotImplementedError, KeyError) as error:
        raise LookupError(region) from error
    return dict(found)


@lru_cache(maxsize=65536)
def is_open(calendar: Calendar, day: date) -> bool:
    """Say whether a day is neither weekend nor public holiday in a calendar, nor a holiday where the debtor is."""
    if day.weekday() in calendar.weekend or day in holidays_of(calendar.holidays, day.year):
        return False
    return not calendar.place or day not in holidays_of(calendar.place, day.year)


@lru_cache(maxsize=65536)
def add_months(day: date, months: int) -> date:
    """Add months, by pendulum; the day clamps to the end of a shorter month (31 January + 1 month = 28 or 29 February).

    Raises OverflowError when the result would lie outside the years 1 to 9999.
    """
    from pendulum.helpers import add_duration

    try:
        return add_duration(day, months=months)
    except ValueError as error:
        raise OverflowError(str(error)) from error


def iso_duration(text: str) -> Duration:
    """Read a duration of ISO 8601 of one unit: `P8D`, `P2W`, `P1M`, `P1Y`. Raises ValueError for another text, and for a time of day."""
    import pendulum

    found = pendulum.parse(text) if _ISO_DURATION.fullmatch(text) else None
    if not isinstance(found, pendulum.Duration):
        raise ValueError(f'"{text}" is no duration of days, weeks, months or years by ISO 8601, such as P8D or P1M')  # noqa: TRY004 - of a text
    if found.years or found.months:
        return Duration(12 * found.years + found.months, TimeUnit.MONTH)
    return Duration(found.weeks, TimeUnit.WEEK) if text.endswith("W") else Duration(found.days)


def span(start: date, end: date, language: str = "en") -> str:
    """Say in words how long it is from one day to another, in English or French: "2 years 3 months 4 days", « 2 ans 3 mois 4 jours »."""
    import pendulum

    if start == end:
        return {"fr": "0 jour"}.get(language, "0 days")
    first, last = (pendulum.date(day.year, day.month, day.day) for day in (min(start, end), max(start, end)))
    return last.diff(first).in_words(locale=language)


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
        return add_months(day, number)
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


def written(at: When, anchor: date, calendar: Calendar) -> date:
    """Return the date that an `at` names, counted from its anchor's day, before it moves off a closed day. Raises OverflowError as `add` does."""
    day = anchor if at.offset is None else add(anchor, at.offset, calendar)
    return end_of_month(day) if at.end_of_month else day


def roll(day: date, when_closed: WhenClosed, calendar: Calendar) -> date:
    """Move a closed day to the next or previous open one, or keep it."""
    if when_closed is WhenClosed.KEEP:
        return day
    step = _DAY if when_closed is WhenClosed.NEXT else -_DAY
    while not is_open(calendar, day):
        day += step
    return day


def first_day(day: date, when_closed: WhenClosed, calendar: Calendar, weekdays: Collection[int] = (), pauses: Collection[Pause] = ()) -> date:
    """Move a day to one on which a step may leave: off a closed day as `when_closed` says, then on to the first of its `weekdays` outside the pauses.

    `pauses` are beside the calendar's own. Where no day of two years will do (PB219) it is the last of them.
    """
    day = roll(day, when_closed, calendar)
    if not (weekdays or pauses or calendar.pauses):
        return day
    onward, last = WhenClosed.KEEP if when_closed is WhenClosed.KEEP else WhenClosed.NEXT, day + timedelta(731)
    while day < last and not may_leave(day, calendar, weekdays, pauses):
        day = roll(day + _DAY, onward, calendar)
    return day


def may_leave(day: date, calendar: Calendar, weekdays: Collection[int] = (), pauses: Collection[Pause] = ()) -> bool:
    """Say whether a day is one of the `weekdays` (of none: any) and within no pause; closed days are `is_open`'s to tell."""
    return not (weekdays and day.weekday() not in weekdays) and not any(pause.holds(day) for pause in (*calendar.pauses, *pauses))
