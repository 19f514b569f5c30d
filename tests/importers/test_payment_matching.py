"""Payments drawn with their truth (tests/benchmarks/payments.py): none is booked wrongly, nothing foreign is booked, and most are booked."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import payments

SEEDS = st.integers(0, 10**9)


@pytest.mark.parametrize("scheme", payments.SCHEMES, ids=[f"scheme-{place}" for place in range(len(payments.SCHEMES))])
@given(seed=SEEDS)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_payment_is_booked_wrongly(scheme, seed):
    verdicts = list(payments.judged(payments.draw(scheme, seed, 80)))
    assert [(one.sort, one.transaction.shown, one.truth, why) for one, verdict, why in verdicts if verdict == "wrong"] == []
    assert len(verdicts) == 80  # each is answered for


def test_most_payments_of_the_usual_ways_are_booked():
    counts = Counter(verdict for scheme in payments.SCHEMES for one, verdict, _ in payments.judged(payments.draw(scheme, 7, 60)) if one.sort in {"whole", "structured reference", "grouped"})
    assert counts["right"] > 0.95 * counts.total()


@pytest.mark.long
def test_the_table_of_the_page_on_imports():
    """Of 25,000 none is wrong; nine usual schemes reach 90 %, plain numbers 60 %; nothing foreign is booked."""
    schemes, sorts, wrong = payments.measured(25_000, 91)
    assert wrong == []
    shares = {scheme: counts["right"] / counts.total() for scheme, counts in schemes.items()}
    assert min(share for scheme, share in shares.items() if scheme != payments.PLAIN) >= 0.90
    assert shares[payments.PLAIN] >= 0.60
    assert set(sorts["foreign"]) == {"person"}
    page = (Path(__file__).parents[2] / "docs" / "import.md").read_text("utf-8")
    assert payments.table(schemes) in page
    assert payments.table(sorts) in page
