"""Both sides of the edges of money: a cancellation counts from its day, a credit finds who came first, a reversal undoes the later."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter.balance import balances
from relance.model import Creditor, Debtor, Event, Facts, Invoice


def invoice(name, due, amount="100.00", *, issued=None, document=""):
    return Invoice(name, date.fromisoformat(due), Decimal(amount), "EUR", issued and date.fromisoformat(issued), document)


def told(on, kind, name=None, amount=None):
    return Event(date.fromisoformat(on), kind, name, data={} if amount is None else {"amount": Decimal(amount)})


def books(invoices, events, on="2026-12-31"):
    numbered = tuple(replace(event, seq=number) for number, event in enumerate(sorted(events, key=lambda event: event.on)))
    return balances(Facts(Creditor("c"), Debtor("d", kind="business"), tuple(invoices), numbered), date.fromisoformat(on))


def left(*args, **more):
    return {name: str(amount) for name, amount in books(*args, **more).outstanding.items()}


@pytest.mark.parametrize(("on", "owed"), [("2026-03-01", "100.00"), ("2026-03-02", "0"), ("2026-03-03", "0")])
def test_a_cancellation_counts_from_its_own_day(on, owed):
    assert left([invoice("A", "2026-02-01")], [told("2026-03-02", "invoice.cancelled", "A")], on) == {"A": owed}


@pytest.mark.parametrize(
    ("second", "third", "first_served"),
    [
        (("2026-03-01", "2026-05-01"), ("2026-03-10", "2026-04-01"), "B"),  # issued first, though due later
        (("2026-03-10", "2026-04-01"), ("2026-03-01", "2026-05-01"), "C"),
        (("2026-03-01", "2026-05-01"), ("2026-03-01", "2026-04-01"), "C"),  # of one day: due first
        (("2026-03-01", "2026-04-01"), ("2026-03-01", "2026-04-01"), "B"),  # alike in all: by number
    ],
)
def test_an_old_credit_goes_to_the_invoice_that_came_first(second, third, first_served):
    claims = [invoice("A", "2026-02-01"), *(invoice(name, due, issued=issued) for name, (issued, due) in zip("BC", (second, third), strict=True))]
    found = left(claims, [told("2026-02-10", "payment.received", amount="130.00")])
    assert {name for name in "BC" if found[name] == "70.00"} == {first_served}
    assert sorted(found.values()) == ["0.00", "100.00", "70.00"]


def test_a_reversal_undoes_the_later_of_two_equal_payments():
    claims = [invoice("A", "2026-02-01"), invoice("B", "2026-02-15")]
    twice = [told("2026-03-01", "payment.received", amount="100.00"), told("2026-03-05", "payment.received", amount="100.00")]
    assert left(claims, twice) == {"A": "0.00", "B": "0.00"}
    assert left(claims, [*twice, told("2026-03-20", "payment.reversed", amount="100.00")]) == {"A": "0.00", "B": "100.00"}


def test_money_for_two_documents_is_not_one_pool():
    claims = [invoice(f"{document}/{number}", f"2026-0{number}-01", document=document) for document in ("F", "G") for number in (2, 3)]
    paid = [told("2026-03-15", "payment.received", "F", "130.00"), told("2026-03-16", "payment.received", "G", "20.00")]
    assert left(claims, paid) == {"F/2": "0.00", "G/2": "80.00", "F/3": "70.00", "G/3": "100.00"}
    back = told("2026-03-20", "payment.reversed", "G", "20.00")
    assert left(claims, [*paid, back]) == {"F/2": "0.00", "G/2": "100.00", "F/3": "70.00", "G/3": "100.00"}


def test_what_a_reversal_takes_back_beyond_its_like_is_money_and_no_credit_note():
    events = [told("2026-03-01", "payment.received", "A", "50.00"), told("2026-03-10", "payment.reversed", amount="80.00")]
    found = books([invoice("A", "2026-02-01")], events)
    assert found.outstanding == {"A": Decimal("100.00")}
    assert found.paid["A"] == [(date(2026, 3, 1), Decimal("50.00"), False), (date(2026, 3, 10), Decimal("-50.00"), False)]
    noted = books([invoice("A", "2026-02-01")], [told("2026-03-01", "credit_note.issued", "A", "50.00")])
    assert noted.paid["A"] == [(date(2026, 3, 1), Decimal("50.00"), True)]


@pytest.mark.parametrize(("currency", "first", "second", "paid", "left"), [
    ("JPY", "1000.00", "2000.00", "1001.00", ("666", "1333")),
    ("EUR", "10.00", "20.00", "10.01", ("6.66", "13.33")),
    ("KWD", "1.000", "2.000", "1.001", ("0.666", "1.333")),
])  # fmt: skip
def test_money_is_shared_to_the_smallest_unit_of_its_currency_however_it_is_written(bench, currency, first, second, paid, left):
    ladder = bench("  - {id: a, at: J, channels: [email], tone: courteous}\n")
    ladder.facts = replace(ladder.facts, invoices=())
    ladder.invoice("F-1", "2026-02-01", first, currency=currency).invoice("F-2", "2026-02-01", second, currency=currency)
    ladder.told("2026-03-01", "payment.received", None, amount=paid, currency=currency)
    assert tuple(str(each.normalize()) for each in balances(ladder.facts, date(2026, 4, 1)).outstanding.values()) == tuple(str(Decimal(each).normalize()) for each in left)
