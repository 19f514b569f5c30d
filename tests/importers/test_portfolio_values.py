"""Cells to values: every way accounting software writes a date, an amount, a flag; and what must be refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.parsing import values


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-03-02", "auto"),
        ("2026-03-02", "month/day/year"),
        ("20260302", "iso"),
        ("2026-03-02T00:00:00", "day/month/year"),
        ("2026-03-02 00:00:00.000", "auto"),
        ("02/03/2026", "auto"),
        ("2/3/2026", "auto"),
        ("02.03.2026", "day/month/year"),
        ("02-03-26", "day/month/year"),
        ("02/03/2026 00:00", "auto"),
        ("3/2/2026", "month/day/year"),
        ("03/02/26", "month/day/year"),
        ("2026/03/02", "auto"),
        ("26/03/02", "year/month/day"),
        (" 02/03/2026 ", "auto"),
        (date(2026, 3, 2), "auto"),
        (datetime(2026, 3, 2, 12, 30), "auto"),
    ],
)
def test_a_date_is_read(text, order):
    assert values.date_reader(order)(text) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("31/02/2026", "auto"),
        ("00/01/2026", "auto"),
        ("2026-13-01", "iso"),
        ("02/03/2026", "iso"),
        ("13/25/2026", "day/month/year"),
        ("45000", "auto"),
        ("2/3", "auto"),
        ("02/03-2026", "auto"),
        ("2/3/026", "auto"),
        ("0001-01-01", "iso"),
        ("demain", "auto"),
        ("٠٢/٠٣/٢٠٢٦", "auto"),
    ],
)
def test_what_is_no_date_is_refused(text, order):
    with pytest.raises(ValueError, match=r"."):
        values.date_reader(order)(text)


def test_a_month_day_year_file_read_as_french_is_found_out():
    with pytest.raises(values.WrongOrderError, match="month/day/year"):
        values.date_reader("auto")("01/15/2026")


def test_a_date_after_the_first_sure_one_is_but_a_mistake():
    read = values.date_reader("auto")
    assert read("15/01/2026") == date(2026, 1, 15)
    with pytest.raises(ValueError, match="not a day of the calendar"):
        read("01/15/2026")


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("1200.00", "auto", "1200.00"),
        ("1200,5", "auto", "1200.5"),
        ("1 234,56", "auto", "1234.56"),
        ("1\u202f234,56 €", "auto", "1234.56"),
        ("1\u00a0234,56\u00a0EUR", "auto", "1234.56"),
        ("1.234,56", "auto", "1234.56"),
        ("1,234.56", "auto", "1234.56"),
        ("1,234,567", "auto", "1234567"),
        ("1'234.50", ".", "1234.50"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
        ("-12,00", ",", "-12.00"),
        ("12,00-", ",", "-12.00"),
        ("(12,00)", ",", "-12.00"),
        ("−12,00", ",", "-12.00"),
        ("0,000", "auto", "0.000"),
        ("$55.94", ".", "55.94"),
        (12, "auto", "12"),
        (12.1, "auto", "12.1"),
        (Decimal("12.10"), "auto", "12.10"),
    ],
)
def test_an_amount_is_read(text, decimal, amount):
    assert values.amount_reader(decimal)(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["1.234", "1,234", "12a", "", "-", "1e3", "NaN", "Infinity", "1,2,3", "12.34.56", "1.23,4.5", "9" * 16, "٣", "--1", True]
)
def test_what_is_no_amount_or_two_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        values.amount_reader("auto")(text)


@pytest.mark.parametrize("code", ["EURO", "XXQ", "", "12"])
def test_an_unknown_currency_is_refused(code):
    with pytest.raises(ValueError, match="ISO 4217"):
        values.currency(code)


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_every_day_is_read_back_in_every_order(day):
    assert values.date_reader("iso")(day.isoformat()) == day
    assert values.date_reader("day/month/year")(f"{day:%d/%m/%Y}") == day
    assert values.date_reader("month/day/year")(f"{day:%m/%d/%Y}") == day
    assert values.date_reader("year/month/day")(f"{day:%y-%m-%d}") == day


@given(st.decimals(-(10**12), 10**12, places=2))
def test_every_amount_is_read_back_from_both_styles(amount):
    english = f"{amount:,.2f}"
    french = english.replace(",", "\u202f").replace(".", ",")
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert values.amount_reader(".")(english) == values.amount_reader(",")(french) == values.amount_reader(",")(german) == amount
    assert values.amount_reader("auto")(french) == values.amount_reader("auto")(german) == amount


@given(st.text(max_size=40))
def test_nothing_but_a_value_error_ever_comes_out(text):
    for reader in (
        *map(values.date_reader, values.DATE_ORDERS),
        *map(values.amount_reader, values.DECIMALS),
        values.flag,
        values.currency,
        values.whole_number,
        values.word,
        values.text,
        values.listed,
        values.address_lines,
    ):
        try:
            reader(text)
        except ValueError as error:
            assert str(error)  # noqa: PT017 - a sentence, whatever it is


@pytest.mark.parametrize(("text", "amount"), [("1 234,50", "1234.50"), ("12 345 678", "12345678"), ("- 1 234,50", "-1234.50"), ("1\u202f234", "1234"), ("1\u2007234", "1234"), ("\ufeff1\u200b 234,50\u200e", "1234.50"), ("\uff11\uff12\uff0c\uff15\uff10", "12.50"), ("1 23,45", None), ("12 34", None), ("1234 567", None)])
def test_a_group_of_figures_has_three(text, amount):
    read = values.amount_reader(",")
    if amount is None:
        with pytest.raises(ValueError, match="a group of figures has three"):
            read(text)
    else:
        assert read(text) == Decimal(amount)


@pytest.mark.parametrize("written", ["Étude-1", "E\u0301tude-1", "\u200bÉtude-1", "Étude\u00ad-1\ufeff", "\u200eÉtude-1\u202c", "É\uff54\uff55\uff44\uff45\uff0d\uff11"])
def test_one_number_in_two_forms_is_one_number(written):
    assert values.word(written) == "Étude-1"
