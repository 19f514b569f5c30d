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


def test_a_claim_is_there_from_the_day_it_is_issued():
    claims = [invoice("A", "2026-04-01", issued="2026-03-01")]
    assert left(claims, [], "2026-02-28") == {}
    assert left(claims, [], "2026-03-01") == {"A": "100.00"}
    assert left(claims, [told("2026-03-01", "payment.received", amount="40.00")]) == {"A": "60.00"}


def test_to_cancel_one_invoice_takes_no_other_away():
    found = books([invoice("A", "2026-02-01"), invoice("B", "2026-02-01", document="D")], [told("2026-03-02", "invoice.cancelled", "A")])
    assert (found.cancelled, found.outstanding) == ({"A"}, {"A": 0, "B": 100})


def test_parts_written_off_add_up_and_what_is_paid_beyond_the_rest_is_a_credit():
    lost = [told("2026-03-01", "written_off", "A", "10.00"), told("2026-03-02", "written_off", "A", "20.00")]
    found = books([invoice("A", "2026-02-01")], [*lost, told("2026-03-05", "payment.received", "A", "80.00")])
    assert (found.outstanding, found.written_off, found.credit) == ({"A": 0}, {"A": 30}, {"EUR": 10})


DAY_OF_LOSS = "2026-03-10"


@pytest.mark.parametrize(
    ("before", "back", "after", "rows", "open_"),
    [
        ((), ("30.00",), (), [], "100.00"),  # nothing had been paid: nothing is given back
        (("50.00",), ("50.50",), (), ["50.00", "-50.00"], "100.00"),
        (("50.00",), ("80.00",), ("10.00",), ["50.00", "-60.00", "10.00"], "100.00"),  # the row of the reversal, not the last one
        (("50.00",), ("30.00", "40.00"), (), ["50.00", "-30.00", "-20.00"], "100.00"),  # of the later reversal, and of it alone
        (("50.00",), ("60.00", "30.00"), (), ["50.00", "-50.00"], "100.00"),  # all of the later one, a part of the one before
    ],
)
def test_no_one_owes_more_than_the_invoice_whatever_is_taken_back(before, back, after, rows, open_):
    events = [told("2026-03-01", "payment.received", "A", each) for each in before]
    events += [told(f"2026-03-1{at}", "payment.reversed", "A", each) for at, each in enumerate(back)]
    events += [told("2026-03-20", "payment.received", "A", each) for each in after]
    found = books([invoice("A", "2026-02-01")], events)
    assert (found.outstanding, found.credit) == ({"A": Decimal(open_)}, {})
    assert [(str(amount), credit) for _, amount, credit in found.paid["A"]] == [(each, False) for each in rows]


def test_what_a_reversal_by_name_takes_beyond_is_taken_from_what_named_nothing_and_from_no_other_name():
    claims = [invoice("A", "2026-02-01"), invoice("B", "2026-02-15")]
    events = [told("2026-03-01", "payment.received", "A", "50.00"), told("2026-03-10", "payment.reversed", "A", "30.00"), told("2026-03-11", "payment.reversed", "A", "40.00")]
    loose = told("2026-03-02", "payment.received", amount="60.00")
    found = books(claims, [*events, loose])
    assert found.outstanding == {"A": 60, "B": 100}
    assert found.paid["A"][-1] == (date(2026, 3, 11), Decimal(-20), False)
    named = books(claims, [*events, told("2026-03-03", "payment.received", "B", "100.00")])
    assert named.outstanding == {"A": 100, "B": 0}


def test_money_back_by_name_is_in_the_currency_of_the_claim():
    claims = [replace(invoice("A", "2026-02-01"), currency="USD"), invoice("B", "2026-02-01")]
    loose = replace(told("2026-03-02", "payment.received", amount="30.00"), currency="USD")
    events = [told("2026-03-01", "payment.received", "A", "50.00"), loose, told("2026-03-10", "payment.reversed", "A", "70.00")]
    assert left(claims, events) == {"A": "90.00", "B": "100.00"}


@pytest.mark.parametrize(("currencies", "credit"), [(["USD"], "USD"), (["USD", "USD"], "USD"), (["USD", "CHF"], "EUR"), ([], "EUR")])
def test_money_that_names_no_currency_is_in_the_only_one_of_the_debtor(currencies, credit):
    claims = [replace(invoice(f"F-{number}", "2026-02-01"), currency=each) for number, each in enumerate(currencies)]
    assert books(claims, [told("2026-03-02", "payment.received", "unknown", "50.00")]).credit == {credit: 50}


def test_a_credit_note_that_names_nothing_is_one_in_the_books():
    found = books([invoice("A", "2026-02-01")], [told("2026-03-01", "credit_note.issued", amount="30.00")])
    assert found.paid["A"] == [(date(2026, 3, 1), Decimal(30), True)]


def professionals(invoices, events, on="2026-12-31"):
    facts = Facts(Creditor("c", kind="business"), Debtor("d", kind="business"), tuple(invoices), tuple(replace(each, seq=at) for at, each in enumerate(events)))
    return {name: str(amount) for name, amount in balances(facts, date.fromisoformat(on)).outstanding.items()}


@pytest.mark.parametrize(
    ("rates", "currency", "first"),
    [
        ((None, None), "EUR", "A"),  # alike: the older one
        ((None, "20"), "EUR", "B"),  # dearer than the rate of the law
        ((None, "5"), "EUR", "A"),  # cheaper than it
        (("10", "20"), "EUR", "B"),
        ((None, "5"), "CHF", "B"),  # no rate of French law is read into another currency
    ],
)
def test_between_professionals_the_dearer_debt_is_paid_first(rates, currency, first):
    claims = [replace(invoice(name, due), rate=rate and Decimal(rate), currency=currency) for (name, due), rate in zip((("A", "2026-02-01"), ("B", "2026-02-15")), rates, strict=True)]
    paid = replace(told("2026-03-10", "payment.received", amount="100.00"), currency=currency)
    assert [name for name, amount in professionals(claims, [paid]).items() if amount == "0.00"] == [first]


TAKEN_BACK = [
    # payments, taken back, what A and B owe then: A is due first, 100.00 each
    ([(None, "60.00"), (None, "90.00")], "60.00", ("60.00", "50.00")),  # the very payment: what it had served
    ([(None, "150.00")], "30.00", ("0.00", "80.00")),  # the share given last
    ([(None, "150.00")], "50.50", ("0.50", "100.00")),  # and the one before it
    ([(None, "230.00")], "20.00", ("0.00", "0.00")),  # what was left over
    ([(None, "230.00")], "40.00", ("0.00", "10.00")),  # what was left over, then a share
    ([(None, "230.00"), (None, "20.00")], "45.00", ("0.00", "0.00")),
    ([("A", "130.00"), ("B", "70.00")], "40.00", ("0.00", "40.00")),  # by name: what was too much first, then the latest due
    ([("A", "130.00"), ("B", "70.00")], "100.50", ("0.50", "100.00")),
    ([("A", "40.00"), ("B", "30.00")], "100.00", ("100.00", "100.00")),  # beyond what came there is nothing to take
    ([("B", "30.00"), (None, "20.00")], "25.00", ("100.00", "75.00")),  # what named nothing before what did
]


@pytest.mark.parametrize(("paid", "back", "owed"), TAKEN_BACK)
def test_a_reversal_that_names_nothing_takes_from_what_was_left_over_then_from_the_last_shares_then_by_name(paid, back, owed):
    claims = [invoice("A", "2026-02-01"), invoice("B", "2026-02-15")]
    events = [told(f"2026-03-0{at + 1}", "payment.received", name, amount) for at, (name, amount) in enumerate(paid)]
    found = books(claims, [*events, told("2026-03-20", "payment.reversed", amount=back)])
    assert (str(found.outstanding["A"]), str(found.outstanding["B"])) == owed
    assert {day for rows in found.paid.values() for day, amount, _ in rows if amount < 0} <= {date(2026, 3, 20)}


def test_what_was_left_over_is_less_by_what_was_taken_of_it_and_the_rest_is_a_credit():
    claims = [invoice("A", "2026-02-01"), invoice("B", "2026-02-15")]
    paid, back = told("2026-03-01", "payment.received", amount="230.00"), told("2026-03-10", "payment.reversed", amount="20.00")
    once = books(claims, [paid, back])
    assert (once.outstanding, once.credit) == ({"A": 0, "B": 0}, {"EUR": 10})
    again = books(claims, [paid, back, told("2026-03-11", "payment.reversed", amount="25.00")])
    assert (again.outstanding, again.credit) == ({"A": 0, "B": 15}, {})


def test_no_row_of_nothing_is_booked():
    found = books([invoice("A", "2026-02-01")], [told("2026-03-01", "payment.received", amount="130.00")])
    assert found.paid["A"] == [(date(2026, 3, 1), Decimal(100), False)]


def test_a_loss_that_names_nothing_is_of_what_was_open_on_its_day():
    claims = [invoice("A", "2026-02-01"), invoice("B", "2026-02-15", "60.00")]
    events = [told("2026-02-20", "payment.received", amount="100.00"), told("2026-03-01", "written_off", amount="30.00")]
    found = books(claims, events)
    assert (found.outstanding, found.written_off) == ({"A": 0, "B": 30}, {"B": 30})
    assert found.paid == {"A": [(date(2026, 2, 20), 100, False)], "B": []}
    assert books(claims, [*events[:1], told("2026-03-01", "written_off", amount="60.00")]).partly == frozenset()  # all that was open: the end of it


def test_a_loss_is_of_what_was_open_on_its_day_whatever_comes_later_by_name():
    claims = [invoice("A", "2026-02-01", "60.00"), invoice("B", "2026-02-15", "100.00")]
    loss = told("2026-03-01", "written_off", amount="140.00")
    before = books(claims, [loss, told("2026-02-25", "payment.received", "A", "40.00")])  # 120.00 were open: all of it ended
    assert (before.written_off, before.partly) == ({}, frozenset())
    after = books(claims, [loss, told("2026-03-05", "payment.received", "A", "40.00")])
    assert (after.written_off, after.outstanding, after.credit) == ({"A": 60, "B": 80}, {"A": 0, "B": 20}, {"EUR": 40})
