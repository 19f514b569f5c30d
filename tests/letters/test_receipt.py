"""The receipt for what was paid: only money that came, what it served, and no receipt for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.letters import sample
from relance.letters.document import Studio
from relance.letters.receipt import receipt_of
from relance.model import Event

ON = date(2026, 3, 21)


def with_events(case, *events):
    return replace(case, events=events)


def paid(day, amount, kind="payment.received"):
    return Event(day, kind, "F-2026-001", data={"amount": Decimal(amount)})


def test_a_receipt_says_what_came_and_what_it_served():
    case = sample.facts()
    action = receipt_of(case, "F-2026-001", {"F-2026-001"}, ON)
    assert action is not None
    (received,) = action.claimed.invoices[0].received
    assert received.amount == Decimal("200.00") == received.principal + received.interest
    with Studio(writing=sample.writing(agency=False)) as studio:
        made = studio.make([action], case)
    assert (made.missing or "", made.findings) == ("", ())
    assert made.files[0].content.startswith(b"%PDF")


def test_a_credit_note_and_money_that_went_back_are_no_payment():
    case = sample.facts()
    assert receipt_of(with_events(case, paid(date(2026, 2, 20), "30.00", "credit_note.issued")), "F", {"F-2026-001"}, ON) is None
    back = with_events(case, paid(date(2026, 2, 20), "200.00"), paid(date(2026, 2, 25), "200.00", "payment.reversed"))
    assert receipt_of(back, "F", {"F-2026-001"}, ON) is None
    assert receipt_of(back, "F", {"F-2026-001"}, date(2026, 2, 24)) is not None


def test_nothing_before_the_day_it_came():
    assert receipt_of(sample.facts(), "F", {"F-2026-001"}, date(2026, 2, 19)) is None


@pytest.mark.parametrize(("language", "said"), [("fr", "Au crédit du débiteur : 300,00 €"), ("en", "To the debtor’s credit: €300.00")])
@pytest.mark.parametrize("beyond", [True, False])
def test_what_was_paid_beyond_what_was_owed_is_acknowledged_too(language, said, beyond):
    case = sample.facts()
    amount = case.invoices[0].amount + (300 if beyond else -300)
    on_time = Event(case.invoices[0].due, "payment.received", "F-2026-001", data={"amount": amount})
    case = replace(with_events(case, on_time), debtor=replace(case.debtor, language=language), invoices=case.invoices[:1])
    action = receipt_of(case, "F-2026-001", {"F-2026-001"}, ON)
    with Studio(writing=sample.writing(agency=False)) as studio:
        text, _ = studio.text([action], case)
        made = studio.make([action], case)
    assert (made.missing or "", made.findings) == ("", ())
    assert (said in text.plain(10_000).replace("\u202f", " ").replace("\u00a0", " ")) is beyond
