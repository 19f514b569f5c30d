"""Both sides of each bound of the arithmetic on dates: months' ends, weeks back, closed days before and after, weekdays and pauses."""

from datetime import date

import holidays
import pytest

from relance.dates import add, end_of_month, first_day, holidays_of, may_leave, roll, written
from relance.model import Calendar, Duration, Pause, TimeUnit, When, WhenClosed

BARE = Calendar(holidays="FR")
SUMMER = Pause((8, 1), (8, 15))


def day(text):
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(("given", "last"), [("2026-01-01", "2026-01-31"), ("2026-02-28", "2026-02-28"), ("2028-02-03", "2028-02-29"), ("2026-04-30", "2026-04-30"), ("2026-12-02", "2026-12-31")])
def test_a_month_ends_on_its_last_day(given, last):
    assert end_of_month(date.fromisoformat(given)) == date.fromisoformat(last)


@pytest.mark.parametrize(("weeks", "to"), [(0, "03-10"), (1, "03-17"), (2, "03-24"), (-1, "03-03")])
def test_a_week_has_seven_days_in_either_direction(weeks, to):
    assert add(day("03-10"), Duration(weeks, TimeUnit.WEEK), BARE) == day(to)


@pytest.mark.parametrize(
    ("offset", "end", "to"),
    [(None, False, "04-02"), (None, True, "04-30"), (Duration(2, TimeUnit.BUSINESS_DAY), False, "04-07"), (Duration(2, TimeUnit.BUSINESS_DAY), True, "04-30"), (Duration(30), False, "05-02"), (Duration(30), True, "05-31")],
)
def test_a_date_is_counted_in_its_calendar_and_goes_to_the_end_of_the_month_where_it_says_so(offset, end, to):
    at = When(anchor="due", offset=offset, end_of_month=end)
    assert written(at, day("04-02"), BARE) == day(to)  # Easter Monday of 2026 is 6 April


@pytest.mark.parametrize(("closed", "to"), [(WhenClosed.NEXT, "04-07"), (WhenClosed.PREVIOUS, "04-03"), (WhenClosed.KEEP, "04-05")])
def test_a_closed_day_moves_the_way_it_is_told(closed, to):
    assert roll(day("04-05"), closed, BARE) == day(to)
    assert roll(day("04-03"), closed, BARE) == day("04-03")


@pytest.mark.parametrize(
    ("given", "weekdays", "own", "pauses", "to"),
    [
        ("07-31", (), (), (), "07-31"),
        ("07-31", (1,), (), (), "08-04"),  # weekdays alone
        ("07-31", (4,), (), (), "07-31"),
        ("08-03", (), (SUMMER,), (), "08-17"),  # a pause of the calendar alone: the 16th is a Sunday
        ("07-31", (), (SUMMER,), (), "07-31"),
        ("08-17", (), (SUMMER,), (), "08-17"),
        ("08-03", (), (), (SUMMER,), "08-17"),  # a step's own pause alone
        ("08-03", (1,), (), (SUMMER,), "08-18"),
        ("08-03", (), (SUMMER,), (Pause((8, 16), (8, 20)),), "08-21"),
        ("08-14", (), (Pause((8, 1), (8, 13)),), (), "08-14"),
    ],
)
def test_a_step_leaves_on_the_first_of_its_weekdays_outside_every_pause(given, weekdays, own, pauses, to):
    assert first_day(day(given), WhenClosed.NEXT, Calendar(holidays="FR", pauses=own), weekdays, pauses) == day(to)


@pytest.mark.parametrize(("on", "leaves"), [("07-31", True), ("08-01", False), ("08-15", False), ("08-16", True)])
def test_a_pause_begins_and_ends_on_its_days(on, leaves):
    assert may_leave(day(on), Calendar(pauses=(SUMMER,))) is leaves
    assert may_leave(day(on), Calendar(), pauses=(SUMMER,)) is leaves


@pytest.mark.parametrize(("on", "held"), [("12-23", False), ("12-24", True), ("12-31", True), ("01-01", True), ("01-02", True), ("01-03", False)])
def test_a_pause_may_run_over_the_new_year(on, held):
    pause = Pause((12, 24), (1, 2))
    assert pause.holds(day(on)) is held
    assert may_leave(day(on), Calendar(), pauses=(pause,)) is not held


@pytest.mark.parametrize(("letters", "number"), [("GP", "971"), ("MQ", "972"), ("GF", "973"), ("RE", "974"), ("PM", "975"), ("YT", "976"), ("BL", "977"), ("MF", "978")])
def test_an_overseas_place_has_the_same_days_by_its_letters_and_by_its_number(letters, number):
    found = holidays_of(f"FR-{letters}", 2026)
    assert found == holidays_of(f"FR-{number}", 2026)
    assert ("Abolition of Slavery" in found.values()) == (number != "975")


def test_the_days_of_france_are_those_of_the_library_in_every_year():
    for year in (2007, *range(2008, 2101), 2101):
        assert holidays_of("FR", year) == dict(holidays.country_holidays("FR", years=year, language="en_US")), year
