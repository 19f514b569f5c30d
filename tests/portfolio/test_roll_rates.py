"""Roll rates and DSO by hand: what of a band a month ago is open still, and how many days of sales are unpaid."""

from datetime import date
from decimal import Decimal

from relance.model import Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.roll_rates import DaysSales, RollRate, debt_ages

END = date(2026, 6, 30)
START = date(2025, 7, 1)


def facts(*invoices: Invoice, events: tuple[Event, ...] = ()) -> Facts:
    return Facts(Creditor("c"), Debtor("d"), invoices, events)


def claim(name: str, due: date, amount: str, issued: date | None, currency: str = "EUR") -> Invoice:
    return Invoice(name, due, Decimal(amount), currency, issued)


def paid(name: str, on: date, amount: str) -> Event:
    return Event(on, "payment.received", name, data={"amount": Decimal(amount)})


def test_what_is_paid_within_the_month_does_not_roll_on():
    one = claim("A", date(2026, 5, 15), "100.00", date(2026, 4, 15))  # 15 days late on 30 May, 46 on 30 June
    two = claim("B", date(2026, 5, 15), "300.00", date(2026, 4, 15))
    found = debt_ages([facts(one, two, events=(paid("B", date(2026, 6, 10), "240.00"),))], START, END)
    by_band = {each.band: each for each in found.rates}
    assert by_band["1-30"] == RollRate("EUR", "1-30", Decimal("400.00"), Decimal("160.00"))
    assert by_band["1-30"].percent == Decimal("40.0")
    assert by_band["not due"] == RollRate("EUR", "not due", Decimal("400.00"), Decimal("400.00"))  # on 30 April
    assert set(by_band) == {"not due", "1-30"}


def test_an_invoice_that_did_not_exist_rolls_from_nowhere_and_currencies_are_apart():
    one = claim("A", date(2026, 7, 15), "100.00", date(2026, 6, 15))
    other = claim("B", date(2026, 1, 15), "50.00", date(2025, 12, 15), "CHF")
    found = debt_ages([facts(one, other)], START, END)
    assert {(each.currency, each.band) for each in found.rates} == {("CHF", "61-90"), ("CHF", "over 90")}


def test_a_return_after_the_month_does_not_make_more_than_all_roll_on():
    one = claim("A", date(2026, 5, 15), "100.00", date(2026, 4, 15))
    back = Event(date(2026, 6, 20), "payment.reversed", "A", data={"amount": Decimal("60.00")})
    found = debt_ages([facts(one, events=(paid("A", date(2026, 5, 20), "60.00"), back))], START, END)
    assert next(each for each in found.rates if each.band == "1-30") == RollRate("EUR", "1-30", Decimal("40.00"), Decimal("40.00"))


def test_days_of_sales_that_are_unpaid():
    sold = claim("A", date(2026, 2, 1), "730.00", date(2026, 1, 2))
    old = claim("B", date(2024, 2, 1), "270.00", date(2024, 1, 2))
    late = claim("C", date(2026, 8, 1), "999.00", date(2026, 7, 2))  # not yet sold
    found = debt_ages([facts(sold, old, late, events=(paid("A", date(2026, 3, 1), "80.00"),))], START, END)
    assert found.sales == (DaysSales("EUR", Decimal("920.00"), Decimal("730.00"), 365),)
    assert found.sales[0].outstanding == 460
    assert debt_ages([facts(old)], START, END).sales[0].outstanding is None
