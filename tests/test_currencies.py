"""Decimals of a currency, amounts held to them, minor units and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.currencies import decimals, decimals_of, exact, major, minor, of_today

CODES = {"EUR": 2, "USD": 2, "JPY": 0, "TND": 3, "XPF": 0}


@pytest.mark.parametrize(("code", "places"), CODES.items())
def test_each_has_its_own(code, places):
    assert decimals_of(code) == decimals(code) == places


def test_a_code_nobody_knows_is_refused_but_counted_in_hundredths_in_a_table():
    with pytest.raises(ValueError, match="'QQQ' is not a currency code"):
        decimals_of("QQQ")
    assert decimals("QQQ") == 2


def test_an_amount_has_its_currencys_own_decimals_or_is_refused():
    assert str(exact(Decimal(12), "EUR")) == "12.00"
    assert str(exact(Decimal("12.000"), "JPY")) == "12"
    for amount, code in (("0.001", "EUR"), ("0.1", "JPY")):
        with pytest.raises(ValueError, match="more decimals"):
            exact(Decimal(amount), code)
        with pytest.raises(ValueError, match="finer"):
            minor(Decimal(amount), code)


@given(st.sampled_from(tuple(CODES)), st.integers(-(10**14), 10**14))
def test_minor_units_go_there_and_back(code, units):
    assert minor(major(units, code), code) == units


@pytest.mark.parametrize("code", ["FRF", "DEM", "XXX", "XTS"])
def test_what_is_no_currency_of_today_is_refused(code):
    with pytest.raises(ValueError, match="no currency of today"):
        of_today(code)


@pytest.mark.parametrize("code", ["EUR", "USD", "CHF", "GBP", "JPY", "XOF", "XPF", "TND", "PLN"])
def test_the_currencies_of_today_are_taken(code):
    assert of_today(code) == code
