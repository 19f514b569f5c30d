"""A calendar may be a territory's own: the holidays that only it keeps close its days, and no other's."""

from datetime import date

import pytest

from relance.dates import add, holidays_of, is_open
from relance.model import Calendar, Duration, TimeUnit


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
