"""From which day limitation runs, and what stops it: both sides of each boundary, one row a rule."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.law.limitation import SUSPENSIONS, Interruption, Suspension, barred_on, runs_from

DUE = date(2026, 1, 1)
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("known", "start", "says"),
    [
        ({"performed": date(2024, 1, 15), "issued": date(2025, 12, 1)}, date(2024, 1, 15), "performance"),  # Civ. 1re 19 May 2021
        ({"delivered": date(2024, 1, 15), "issued": date(2025, 12, 1)}, date(2024, 1, 15), "performance"),
        ({"delivered": date(2024, 1, 20), "performed": date(2024, 1, 15)}, date(2024, 1, 15), "performance"),
        ({"performed": DUE}, DUE, "performance"),
        ({"performed": date(2026, 1, 2), "issued": date(2025, 12, 1)}, DUE, "before performance"),  # paid in advance: due before the work
        ({"issued": date(2025, 12, 1)}, date(2025, 12, 1), "day of issue"),
        ({"issued": date(2026, 1, 2)}, DUE, "due date"),
        ({}, DUE, "due date"),
        ({"nature": "transport", "delivered": date(2026, 2, 1)}, date(2026, 2, 1), "delivery"),
        ({"nature": "transport", "issued": date(2025, 12, 1)}, date(2025, 12, 1), "may be barred earlier"),
    ],
)
def test_from_when_it_runs(known, start, says):
    found, why = runs_from(DUE, **known)
    assert found == start
    assert says in why


def barred(*suspensions, interruptions=(), kind="consumer"):
    return barred_on(DUE, debtor_kind=kind, suspensions=[Suspension(*one) for one in suspensions], interruptions=interruptions)


@pytest.mark.parametrize(
    ("suspensions", "on"),
    [
        ([(date(2026, 6, 1), date(2026, 6, 11), "impossibility")], date(2028, 1, 12)),  # ten days
        ([(date(2025, 6, 1), date(2026, 1, 11), "impossibility")], date(2028, 1, 12)),  # begun before: ten of its days count
        ([(date(2026, 6, 1), date(2026, 6, 11), "over_indebtedness_plan"), (date(2026, 6, 5), date(2026, 6, 15), "impossibility")], date(2028, 1, 16)),  # fourteen, once
        ([(date(2027, 12, 1), date(2027, 12, 11), "mediation")], date(2028, 6, 12)),  # six months at least (C. civ. 2238)
        ([(date(2026, 2, 1), date(2026, 2, 11), "conciliation")], date(2028, 1, 12)),
        ([(date(2026, 6, 1), date(2027, 6, 1), "suit")], date(2029, 6, 2)),  # anew from its end (C. civ. 2242)
        ([(date(2028, 1, 2), date(2029, 1, 1), "mediation")], date(2028, 1, 2)),  # barred by then
        ([(date(2028, 1, 1), date(2029, 1, 1), "impossibility")], date(2029, 1, 2)),  # the last day
    ],
)
def test_what_stops_it(suspensions, on):
    assert barred(*suspensions).on == on


def test_a_suspension_beside_an_interruption_counts_from_the_new_start():
    found = barred((date(2027, 3, 1), date(2027, 3, 31), "impossibility"), interruptions=[Interruption(date(2027, 1, 1))])
    assert found.on == date(2029, 2, 1)
    assert "stopped from 2027-03-01" in found.basis


@given(due=DAYS, issued=st.none() | DAYS, delivered=st.none() | DAYS, performed=st.none() | DAYS, nature=st.sampled_from(["general", "transport"]))
def test_knowing_less_never_lets_a_claim_live_longer(due, issued, delivered, performed, nature):
    """Without the day of performance the claim is barred no later than with it, as long as work is invoiced once it is done."""
    known, _ = runs_from(due, nature=nature, issued=issued, delivered=delivered, performed=performed)
    less, _ = runs_from(due, nature=nature, issued=issued)
    assert less <= due
    assert nature == "transport" or known <= due
    if performed is None and delivered is None:
        assert known == less


@given(start=DAYS, length=st.integers(0, 900), by=st.sampled_from(sorted(SUSPENSIONS)))
def test_a_suspension_never_shortens_it(start, length, by):
    end = date.fromordinal(start.toordinal() + length)
    assert barred((start, end, by)).on >= barred().on
