"""A calendar may be a territory's own: the holidays that only it keeps close its days, and no other's."""

import subprocess
import sys
from datetime import date, timedelta

import holidays
import pytest

from relance.dates import add, first_day, holidays_of, is_open
from relance.model import Calendar, Duration, TimeUnit, WhenClosed


@pytest.mark.parametrize(
    ("region", "day"),
    [
        ("FR-NC", date(2026, 9, 24)),  # Fête de la citoyenneté
        ("FR-988", date(2026, 9, 24)),
        ("FR-PF", date(2026, 3, 5)),  # Arrivée de l'Évangile
        ("FR-987", date(2026, 3, 5)),
        ("FR-WF", date(2026, 4, 28)),  # Saint-Pierre-Chanel
        ("FR-986", date(2026, 4, 28)),
        ("FR-57", date(2026, 4, 3)),  # Good Friday, L3134-13
        ("FR-971", date(2026, 5, 27)),  # L3422-2
        ("DE-BY", date(2026, 1, 6)),
    ],
)
def test_a_day_that_one_territory_keeps_is_closed_there_alone(region, day):
    country = region.partition("-")[0]
    assert day in holidays_of(region, day.year)
    assert not is_open(Calendar(holidays=region), day)
    assert is_open(Calendar(holidays=country), day)


def test_a_territory_that_nobody_knows_is_refused():
    for region in ("FR-20", "FR-999", "DE-XX", "ZZ"):
        with pytest.raises(LookupError, match=region):
            holidays_of(region, 2026)


def test_a_holiday_has_its_name_in_english_and_its_own_year():
    assert holidays_of("DE-BY", 2026)[date(2026, 1, 6)] == "Epiphany"
    assert holidays_of("FR-971", 2026)[date(2026, 5, 27)] == "Abolition of Slavery"
    assert {day.year for day in holidays_of("FR", 2027)} == {2027}
    assert len(holidays_of("FR", 2027)) == 11  # C. trav. L3133-1


@pytest.mark.parametrize("months", [12 * 8000, -12 * 2100])
def test_months_beyond_the_years_there_are_say_so(months):
    with pytest.raises(OverflowError, match=r"year|month"):
        add(date(2026, 1, 31), Duration(months, TimeUnit.MONTH), Calendar())


@pytest.mark.parametrize(("year", "day"), [(2018, 27), (2019, 28)])
def test_saint_martin_keeps_the_abolition_on_the_28th_since_2019(year, day):
    """Saint-Barthélemy's neighbour kept it on the 27th, as the code said, until then."""
    assert [each for each, name in holidays_of("FR-978", year).items() if name == "Abolition of Slavery"] == [date(year, 5, day)]


def test_a_holiday_has_its_english_name_whatever_the_reader_speaks(monkeypatch):
    """The library asks the environment where nobody names a language."""
    monkeypatch.setenv("LANGUAGE", "fr")
    holidays_of.cache_clear()
    assert holidays_of("FR", 2031)[date(2031, 5, 1)] == "Labor Day"
    assert holidays_of("DE-BY", 2031)[date(2031, 1, 6)] == "Epiphany"


def test_one_business_day_forward_one_back_and_none():
    friday, business = date(2026, 3, 6), Calendar()
    moved = [add(friday, Duration(number, TimeUnit.BUSINESS_DAY), business) for number in (-1, 0, 1)]
    assert moved == [date(2026, 3, 5), friday, date(2026, 3, 9)]


def test_a_step_that_keeps_closed_days_keeps_them_when_it_waits_for_its_weekday():
    """Sunday 8 March: with `keep` a step that leaves on Sundays leaves then; with `next` no Sunday is ever open, and it is given up after two years."""
    wednesday = date(2026, 3, 4)
    assert first_day(wednesday, WhenClosed.KEEP, Calendar(), weekdays=(6,)) == date(2026, 3, 8)
    monday = date(2026, 3, 2)
    assert first_day(monday, WhenClosed.NEXT, Calendar(), weekdays=(6,)) == monday + timedelta(731)
    assert first_day(wednesday, WhenClosed.NEXT, Calendar(), weekdays=(4,)) == date(2026, 3, 6)


def test_the_days_of_france_are_the_librarys():
    """The eleven days are worked out without it, for it takes long to load: the same days, with the same names, in the same order."""
    for year in range(2008, 2101):
        asked = holidays.country_holidays("FR", years=year, language="en_US")
        assert list(holidays_of("FR", year).items()) == sorted(asked.items())
    for year in (1970, 2006, 2007):  # when they were others
        assert holidays_of("FR", year) == dict(holidays.country_holidays("FR", years=year, language="en_US"))


def test_a_day_of_france_is_found_without_the_library():
    ask = "import sys; from datetime import date; from relance.dates import holidays_of; assert date(2026, 4, 6) in holidays_of('FR-69', 2026); assert 'holidays' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", ask], check=False).returncode == 0
