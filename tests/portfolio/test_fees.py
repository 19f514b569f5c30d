"""What a collector earns: tiers, creditors, money that goes back, periods that add up."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.language import load_playbook_text
from relance.model import Facts, Price, Tier
from relance.portfolio.fees import fees, share_of
from relance.simulation.timeline import preview
from relance.simulation.what_if import invented, read_event, with_events

TEXT = """schema: 1
playbook: essai
version: 1
title: Essai
price: {amount: "1.00", success: [{percent: "12", up_to: "1000.00"}, {percent: "8"}], creditors: {dubois: {success: [{percent: "6.5"}]}}}
steps:
  - {id: rappel, title: Rappel, at: J+1, channels: [email], tone: courteous}
"""
DUE = date(2026, 3, 2)
TIERS = (Tier(Decimal(12), Decimal("1000.00")), Tier(Decimal(8)))


def price() -> Price:
    found, _ = load_playbook_text(TEXT, "essai.yaml")
    assert found is not None
    assert found.price is not None
    return found.price


def played(*events: str, amount: str = "1500.00") -> Facts:
    playbook, _ = load_playbook_text(TEXT, "essai.yaml")
    assert playbook is not None
    facts = with_events(invented(DUE, Decimal(amount)), [read_event(each) for each in events])
    return preview(playbook, facts, DUE - timedelta(10), DUE + timedelta(120)).facts


def billed(facts: Facts, start: date = DUE, end: date = DUE + timedelta(120), owner: str = ""):
    return fees([facts], lambda creditor, _: price().of(owner or creditor), start, end)


@pytest.mark.parametrize(
    ("money", "share"), [("0", "0.00"), ("999.99", "120.00"), ("1000.00", "120.00"), ("1000.01", "120.00"), ("1500.00", "160.00"), ("0.04", "0.00"), ("0.05", "0.01")]
)
def test_each_tier_is_for_its_part(money: str, share: str):
    assert share_of(Decimal(money), TIERS, "EUR") == Decimal(share)


def test_money_before_the_first_message_earns_nothing():
    assert [each.for_success for each in billed(played("2026-03-02 payment.received 500.00"))] == [Decimal("0.00")]
    assert [each.for_success for each in billed(played("2026-03-03 payment.received 500.00"))] == [Decimal("0.00")]
    (fee,) = billed(played("2026-03-04 payment.received 500.00"))
    assert (fee.cases, fee.for_cases, fee.received, fee.for_success, fee.total, fee.tax) == (1, Decimal("1.00"), Decimal("500.00"), Decimal("60.00"), Decimal("61.00"), Decimal("12.20"))


def test_money_that_goes_back_takes_its_share_back():
    facts = played("2026-03-10 payment.received 1500.00", "2026-04-10 payment.reversed 1500.00")
    (whole,) = billed(facts)
    assert (whole.received, whole.for_success) == (Decimal("0.00"), Decimal("0.00"))
    (march,) = billed(facts, DUE, date(2026, 3, 31))
    (april,) = billed(facts, date(2026, 4, 1), date(2026, 4, 30))
    assert (march.for_success, april.for_success) == (Decimal("160.00"), Decimal("-160.00"))


def test_a_credit_note_is_no_money():
    assert [each.for_success for each in billed(played("2026-03-10 credit_note.issued 500.00"))] == [Decimal("0.00")]


def test_a_creditor_pays_his_own_share_and_the_common_amount():
    (fee,) = billed(played("2026-03-10 payment.received 1500.00"), owner="dubois")
    assert (fee.for_cases, fee.for_success) == (Decimal("1.00"), Decimal("97.50"))


def test_nothing_that_left_is_nothing_billed():
    assert billed(played("2026-03-01 payment.received 1500.00")) == ()


@given(st.lists(st.tuples(st.integers(3, 100), st.integers(1, 40_000)), max_size=6))
def test_months_add_up_to_the_whole(money):
    left = 150_000
    told = []
    for day, wanted in sorted(money):
        cents = min(wanted, left)
        left -= cents
        if cents:
            told.append(f"{DUE + timedelta(day)} payment.received {Decimal(cents) / 100:.2f}")
    facts = played(*told)
    end = DUE + timedelta(120)
    cut = DUE + timedelta(random.randrange(2, 119))
    parts = [*billed(facts, DUE, cut), *billed(facts, cut + timedelta(1), end)]
    (whole,) = billed(facts, DUE, end)
    assert sum((each.total for each in parts), Decimal(0)) == whole.total
    assert sum(each.cases for each in parts) == whole.cases == 1
    assert whole.for_success == share_of(whole.received, TIERS, "EUR")


