"""What a letter says was received and deducted: these invoices' share, and nothing that went back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from relance.letters import sample
from relance.letters.context import build
from relance.model import Channel, Event, Tone


def receipts(*events, invoices=2, about=("F-2026-001",)):
    facts = sample.facts(invoices=invoices)
    told = (facts.events[0], *events)
    facts = replace(facts, events=tuple(replace(event, seq=n) for n, event in enumerate(sorted(told, key=lambda event: event.on))))
    action = replace(sample.action(facts, channel=Channel.LETTER, tone=Tone.FIRM), invoices=about)
    return [(each.on_short, each.amount.replace("\u202f", " ").replace("\u00a0", " "), each.credit_note) for each in build([action], facts).receipts]


def came(day, amount, invoice=None, kind="payment.received"):
    return Event(date(2026, 2, day), kind, invoice, data={"amount": Decimal(amount)})


def test_of_money_that_named_nothing_their_share():
    paid = came(20, "1500.00")  # 1200.00 to the first, which fell due first, 300.00 to the second
    assert receipts(paid) == [("20/02/2026", "1 200,00 €", False)]
    assert receipts(paid, about=("F-2026-002",)) == [("20/02/2026", "300,00 €", False)]
    assert receipts(paid, about=("F-2026-001", "F-2026-002")) == [("20/02/2026", "1 500,00 €", False)]


def test_a_payment_on_another_invoice_is_not_told():
    assert receipts(came(20, "100.00", "F-2026-002")) == []


def test_what_went_back_is_not_told_as_received():
    first, second = came(10, "200.00", "F-2026-001"), came(12, "50.00", "F-2026-001", "credit_note.issued")
    assert receipts(first, second) == [("10/02/2026", "200,00 €", False), ("12/02/2026", "50,00 €", True)]
    assert receipts(first, second, came(15, "200.00", "F-2026-001", "payment.reversed")) == [("12/02/2026", "50,00 €", True)]
    part = came(15, "30.00", "F-2026-001", "payment.reversed")
    assert receipts(first, second, part) == [("10/02/2026", "170,00 €", False), ("12/02/2026", "50,00 €", True)]
