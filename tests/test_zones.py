"""The day where the books are, and the hour where a debtor lives."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.model import Address, Debtor
from relance.zones import end_of_day, local_time, paris_day, zone

NOON = datetime(2026, 7, 1, 10, tzinfo=UTC)  # 12:00 in Paris


def lives(*lines: str, country: str = "FR", zone: str = "Europe/Paris") -> Debtor:
    return Debtor("D", address=Address(lines, country), zone=zone)


@pytest.mark.parametrize(
    ("debtor", "hour"),
    [
        (Debtor("D"), 12),
        (lives("3 rue des Lilas", "69001 Lyon"), 12),
        (lives("8 rue de Paris", "97400 Saint-Denis"), 14),
        (lives("97110 Pointe-à-Pitre"), 6),
        (lives("BP 12", "98800 Nouméa"), 21),
        (lives("98000 Monaco", country="MC"), 12),
        (lives("Cayenne", country="GF"), 7),
        (lives("97400 Saint-Denis", zone="America/Martinique"), 6),  # what is said of him goes before his address
        (lives("97100 Leipzig", country="DE"), 12),
        (Debtor("D", zone="Nowhere/At_all"), 12),
    ],
)
def test_a_debtor_is_called_by_the_clock_of_his_place(debtor, hour):
    assert local_time(NOON, debtor).hour == hour


@given(st.dates(date(1971, 1, 1), date(2100, 1, 1)))
def test_a_day_of_the_books_ends_where_the_next_begins(day):
    end = end_of_day(day).astimezone(UTC)
    assert paris_day(end) > day
    assert paris_day(end - timedelta(microseconds=1)) == day


def test_summer_time_is_that_of_the_day():
    assert datetime(2026, 3, 29, 12, tzinfo=zone("Europe/Paris")).astimezone(UTC).hour == 10
    assert datetime(2026, 3, 28, 12, tzinfo=zone("Europe/Paris")).astimezone(UTC).hour == 11
