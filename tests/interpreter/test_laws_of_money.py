"""Laws of money, for any history: every cent has one place, what is undone at once never was, and who pays more owes no more."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from test_amounts_properties import laws, lives
from test_properties import UNTIL, days

from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import still_open
from relance.model import Event, Facts

ZERO = Decimal(0)
SIGN = {"payment.received": 1, "credit_note.issued": 1, "payment.reversed": -1}
sums = st.integers(1, 15_000).map(lambda cents: Decimal(cents) / 100)
names = st.sampled_from([None, "F-1", "F-2"])


def beside(facts: Facts, *told: Event) -> Facts:
    return replace(facts, events=tuple(sorted((*facts.events, *told), key=lambda event: (event.on, event.seq))))


def money(on, kind: str, amount: Decimal, name: str | None, seq: int) -> Event:
    return Event(on, kind, name, "EUR", seq, {"amount": amount})


@laws
@given(lives(), days)
def test_every_cent_has_one_place(facts, on):
    found, over = balances(facts, on), ZERO
    for invoice in facts.invoices:
        if invoice.id in found.outstanding:
            owed = ZERO if invoice.id in found.cancelled else invoice.amount - found.written_off.get(invoice.id, ZERO)
            came = sum((amount for _, amount, _ in found.paid[invoice.id]), ZERO)
            assert came >= 0
            assert found.outstanding[invoice.id] == max(owed - came, ZERO)
            over += max(came - owed, ZERO)
    moved = [event for event in facts.events if event.on <= on and event.kind in SIGN]
    if not any(event.kind == "payment.reversed" for event in moved):  # of one that takes back more than came in the rest is nothing
        booked = sum((amount for rows in found.paid.values() for _, amount, _ in rows), ZERO)
        assert booked + sum(found.credit.values(), ZERO) - over == sum((event.data["amount"] for event in moved), ZERO)


@laws
@given(lives(), days, sums, names)
def test_a_payment_that_goes_back_at_once_leaves_everything_as_it_was(facts, on, amount, name):
    before = balances(facts, UNTIL)
    after = balances(beside(facts, money(on, "payment.received", amount, name, 60), money(on, "payment.reversed", amount, name, 61)), UNTIL)
    assert (after.outstanding, after.credit, after.written_off) == (before.outstanding, before.credit, before.written_off)


@laws
@given(lives(), days, sums, names)
def test_who_pays_more_owes_no_more(facts, on, amount, name):
    assume(name is None or any(invoice.id == name for invoice in facts.invoices))
    paid = beside(facts, money(on, "payment.received", amount, name, 60))
    before, after = (sum(still_open(each, balances(each, UNTIL), UNTIL).values(), ZERO) for each in (facts, paid))
    assert after <= before
