"""What pendulum carries: months, durations of ISO 8601, spans in words; held to the calendar itself."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.dates import add_months, iso_duration, span
from relance.language.parse import duration
from relance.model import Duration, TimeUnit

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@given(DAYS, st.integers(-1200, 1200))
def test_months_keep_the_day_or_clamp_to_the_last(day, months):
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, calendar.monthrange(found.year, found.month)[1])
    assert type(found) is date


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 31), -1)])
def test_no_date_lies_outside_the_calendar(day, months):
    with pytest.raises(OverflowError):
        add_months(day, months)


@given(st.integers(1, 9999), st.sampled_from("DWMY"))
def test_iso_8601_says_what_the_language_says(number, letter):
    written = {"D": f"{number} days", "W": f"{number} weeks", "M": f"{number} months"}.get(letter)
    read = duration(f"P{number}{letter}")
    if written is not None:
        unit = duration(written)
        assert read in (unit, Duration(7 * unit.number)) or read.unit is TimeUnit.MONTH
    assert iso_duration(f"P{number}{letter}") == read


@pytest.mark.parametrize(
    ("text", "meant"),
    [("P8D", Duration(8)), ("P2W", Duration(2, TimeUnit.WEEK)), ("P1M", Duration(1, TimeUnit.MONTH)), ("P1Y", Duration(12, TimeUnit.MONTH))],
)
def test_a_duration_of_iso_8601(text, meant):
    assert iso_duration(text) == duration(text) == meant


@pytest.mark.parametrize("text", ["now", "P", "P8", "PT5H", "P1M10D", "P1D\n", "P-1D", "p8d", "today", "2026-03-02"])
def test_nothing_else_is_one(text):
    with pytest.raises(ValueError, match="no duration"):
        iso_duration(text)


def test_nothing_long_is_no_duration():
    with pytest.raises(ValueError, match="nothing"):
        duration("P0D")


def test_a_span_in_words():
    start, end = date(2026, 11, 26), date(2029, 3, 2)
    assert span(start, end) == span(end, start) == "2 years 3 months 4 days"
    assert span(start, end, "fr") == "2 ans 3 mois 4 jours"
    assert span(start, start + timedelta(1), "fr") == "1 jour"
    assert (span(start, start), span(start, start, "fr")) == ("0 days", "0 jour")
