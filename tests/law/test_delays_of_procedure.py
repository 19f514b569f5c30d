"""Delays of procedure with the months of distance, and those of a payment order by name."""

from __future__ import annotations

from datetime import date

import pytest

from relance.law.parameters import UnknownParameter
from relance.law.procedure import DELAYS, delay_of, distance, last_day
from relance.model import Duration, TimeUnit

MONTH = Duration(1, TimeUnit.MONTH)


@pytest.mark.parametrize(
    ("court", "person", "months"),
    [
        ("FR", "FR", 0), ("FR-57", "FR-69", 0), ("FR", "FR-971", 1), ("FR", "RE", 1), ("FR", "BE", 2), ("FR-971", "FR-971", 0), ("FR-971", "FR", 1),
        ("FR-971", "FR-972", 1), ("FR-971", "US", 2), ("GP", "FR-971", 0), ("FR", "FR-975", 1),
    ],
)  # fmt: skip
def test_how_much_distance_adds(court, person, months):
    assert distance(court, person) == months


@pytest.mark.parametrize(
    ("start", "length", "court", "person", "last"),
    [
        (date(2026, 1, 31), MONTH, "FR", "FR", date(2026, 3, 2)),  # 28 February is a Saturday (CPC 641, 642)
        (date(2026, 9, 10), MONTH, "FR", "FR", date(2026, 10, 12)),  # a Saturday
        (date(2026, 9, 10), MONTH, "FR", "FR-974", date(2026, 11, 10)),
        (date(2026, 9, 10), MONTH, "FR", "BE", date(2026, 12, 10)),
        (date(2026, 9, 10), Duration(15), "FR", "BE", date(2026, 11, 25)),  # fifteen days, then two months
        (date(2026, 4, 27), MONTH, "FR-971", "FR-971", date(2026, 5, 28)),  # 27 May is a holiday there
    ],
)
def test_the_last_day(start, length, court, person, last):
    assert last_day(start, length, court=court, person=person) == last


@pytest.mark.parametrize(
    ("name", "start", "last"),
    [
        ("payment-order-service", date(2026, 8, 31), date(2027, 3, 1)),  # six months; 28 February 2027 is a Sunday
        ("payment-order-service", date(2026, 9, 1), date(2026, 12, 1)),  # three, by decree 2026-96
        ("payment-order-opposition", date(2026, 10, 1), date(2026, 11, 2)),  # the 1st is a Sunday, and All Saints
        ("payment-order-registry", date(2026, 10, 15), date(2026, 11, 16)),
        ("payment-order-enforcement", date(2026, 10, 15), date(2026, 12, 15)),
    ],
)
def test_the_delays_of_a_payment_order(name, start, last):
    assert delay_of(name, start) == last


def test_only_who_opposes_is_given_time_for_distance():
    assert {name for name in DELAYS if delay_of(name, date(2026, 10, 15), person="BE") != delay_of(name, date(2026, 10, 15))} == {"payment-order-opposition"}
    with pytest.raises(UnknownParameter):
        delay_of("payment-order-enforcement", date(2026, 8, 31))
