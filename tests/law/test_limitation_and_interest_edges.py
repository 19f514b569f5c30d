"""Both sides of the edges of limitation and interest: what comes too early counts for nothing, and a first day is a day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.law.interest import Reduction, segments, stretch
from relance.law.limitation import Interruption, barred_on, period
from relance.law.parameters import Law, french

DUE = date(2020, 6, 10)


def rate(_):
    return Decimal(10)


@pytest.mark.parametrize(("on", "barred"), [(date(2020, 5, 4), date(2025, 6, 11)), (date(2020, 6, 9), date(2025, 6, 11)), (date(2020, 6, 12), date(2025, 6, 13))])
def test_an_acknowledgement_before_the_due_date_interrupts_nothing(on, barred):
    found = barred_on(DUE, debtor_kind="business", interruptions=[Interruption(on)])
    assert found.on == barred
    assert ("interrupted" in found.basis) == (on >= DUE)


def test_a_delivery_starts_the_time_of_carriage_and_of_every_claim():
    delivered = date(2020, 4, 2)
    assert barred_on(DUE, debtor_kind="business").on == date(2025, 6, 11)
    assert barred_on(DUE, debtor_kind="business", delivered=delivered).on == date(2025, 4, 3)
    assert barred_on(DUE, debtor_kind="business", nature="transport", delivered=delivered).on == date(2021, 4, 3)
    assert barred_on(DUE, debtor_kind="business", nature="transport").on == date(2021, 6, 11)


def test_a_law_of_ones_own_is_the_law_asked():
    shipped = french()["limitation-consumer"]
    three = replace(shipped, values=tuple(replace(value, value=Decimal(3)) for value in shipped.values))
    other = french().overlaid(Law({three.name: three}))
    assert period(debtor_kind="consumer", law=other).years == 3
    assert period(debtor_kind="consumer").years == 2
    assert barred_on(DUE, debtor_kind="consumer", law=other).on == date(2023, 6, 11)


def test_what_bounds_acknowledgements_is_said():
    years = [Interruption(date(year, 6, 10)) for year in (2014, 2018, 2022, 2026)]
    bounded = barred_on(date(2010, 6, 10), debtor_kind="business", interruptions=years)
    assert bounded.on == date(2030, 6, 11)
    assert "bounded by twenty years (C. civ. 2232)" in bounded.basis
    free = barred_on(date(2010, 6, 10), debtor_kind="business", interruptions=years[:-1])
    assert free.on == date(2027, 6, 11)
    assert "twenty years" not in free.basis


@pytest.mark.parametrize(("paid_on", "stretches"), [
    (date(2026, 3, 1), [(10, "600")]),
    (date(2026, 3, 2), [(1, "1000"), (9, "600")]),
    (date(2026, 3, 10), [(9, "1000"), (1, "600")]),
    (date(2026, 3, 11), [(10, "1000")]),
])  # fmt: skip
def test_the_day_of_a_payment_bears_interest_on_what_was_owed_before_it(paid_on, stretches):
    start = date(2026, 3, 2)
    found = segments(Decimal(1000), [Reduction(paid_on, Decimal(400))], start, start + timedelta(9), rate, cut=False)
    assert [(each.days, str(each.base)) for each in found] == stretches


@pytest.mark.parametrize("cut", [True, False])
def test_no_day_bears_no_interest(cut):
    day = date(2026, 3, 2)
    assert stretch(Decimal(1000), day, day - timedelta(1), rate, cut=cut) == ()
    assert [each.days for each in stretch(Decimal(1000), day, day, rate, cut=cut)] == [1]
