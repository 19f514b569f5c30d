"""Segments of interest: every field of each, on a base that falls, cut and not cut, on both sides of the days that decide."""

from datetime import date
from decimal import Decimal

import pytest

from relance.law.interest import Reduction, a_day, cents, segments, simple, total
from relance.model import Segment

START, END = date(2026, 6, 1), date(2026, 7, 31)


def rate(on):
    return Decimal(10) if on < date(2026, 7, 1) else Decimal(12)


def tens(_):
    return Decimal(10)


@pytest.mark.parametrize(("amount", "rounded"), [("0.004", "0.00"), ("0.005", "0.01"), ("0.015", "0.02"), ("0.025", "0.03"), ("-0.005", "-0.01")])
def test_half_a_cent_goes_up(amount, rounded):
    """Not to the even cent, as decimals round where nothing is said."""
    assert cents(Decimal(amount)) == Decimal(rounded)


def test_a_base_that_falls_is_cut_where_it_falls_and_at_the_half_year():
    found = segments(Decimal(1000), [Reduction(date(2026, 6, 15), Decimal(400))], START, END, rate, basis=360, invoice="F-1")
    assert found == (
        Segment(START, date(2026, 6, 15), 15, Decimal(10), Decimal(1000), Decimal("4.17"), "F-1"),
        Segment(date(2026, 6, 16), date(2026, 6, 30), 15, Decimal(10), Decimal(600), Decimal("2.50"), "F-1"),
        Segment(date(2026, 7, 1), END, 31, Decimal(12), Decimal(600), Decimal("6.20"), "F-1"),
    )
    assert total(found) == Decimal("12.87")


def test_a_rate_of_a_contract_is_not_cut_before_a_payment_nor_after():
    found = segments(Decimal(1000), [Reduction(date(2026, 7, 15), Decimal(400))], START, date(2027, 2, 1), tens, cut=False)
    assert [(each.start, each.end, each.base, each.invoice) for each in found] == [
        (START, date(2026, 7, 15), Decimal(1000), ""),
        (date(2026, 7, 16), date(2027, 2, 1), Decimal(600), ""),
    ]


def test_several_reductions_each_leave_their_stretch():
    falls = [Reduction(date(2026, 6, day), Decimal(100)) for day in (20, 10)]
    found = segments(Decimal(1000), falls, START, date(2026, 6, 30), tens)
    assert [(each.days, each.base) for each in found] == [(10, Decimal(1000)), (10, Decimal(900)), (10, Decimal(800))]


@pytest.mark.parametrize(("on", "parts"), [(date(2026, 7, 30), 3), (END, 2), (date(2026, 8, 1), 2)])
def test_a_payment_of_the_last_day_lowers_nothing(on, parts):
    found = segments(Decimal(1000), [Reduction(on, Decimal(1000))], START, END, rate)
    assert len(found) == 2  # nothing is owed behind it, or it comes too late
    assert len(segments(Decimal(1000), [Reduction(on, Decimal(1))], START, END, rate)) == parts


def test_what_a_day_costs_is_asked_of_the_stretches_that_end_on_it():
    found = segments(Decimal(36500), [Reduction(date(2026, 6, 15), Decimal(18250))], START, END, rate)
    assert a_day(found, END) == Decimal("6.00")  # 18,250 at 12 %
    assert a_day(found, date(2026, 6, 15)) == Decimal("10.00")
    assert a_day(found, date(2026, 6, 14)) == Decimal("0.00")
    assert a_day((*found, *found), END) == Decimal("12.00")


def test_nothing_together_is_nothing_and_a_decimal():
    assert total(()) == Decimal(0)
    assert isinstance(total(()), Decimal)


def test_the_year_of_a_house_may_have_360_days():
    assert simple(Decimal(3600), Decimal(10), 1) == Decimal("0.99")
    assert simple(Decimal(3600), Decimal(10), 1, basis=360) == Decimal("1.00")
