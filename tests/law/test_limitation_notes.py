"""What is said of a limitation, word for word, and both sides of the days that decide it."""

from datetime import date, timedelta

import pytest

from relance.law.limitation import Interruption, Period, Suspension, barred_on, period, runs_from

DUE = date(2020, 6, 10)
TRADERS = "5 years between professionals (C. com. L110-4)"
FROM_DUE = "counted from the due date, 2020-06-10, for the day of performance, from which it runs, is not known: it may be barred earlier"
SHORTEST = "whether the debtor is a consumer is not known, so the shortest is taken: 2 years (C. conso. L218-2)"


def barred(*, interruptions=(), suspensions=(), due=DUE, kind="business", **more):
    found = barred_on(due, debtor_kind=kind, interruptions=interruptions, suspensions=suspensions, **more)
    return found.on, found.basis.split("; ")


@pytest.mark.parametrize(
    ("mark", "on", "said"),
    [
        (Interruption(date(2021, 3, 1)), date(2026, 3, 2), "interrupted on 2021-03-01 (acknowledgement by the debtor, C. civ. 2240)"),
        (Interruption(date(2021, 3, 1), "court"), date(2026, 3, 2), "interrupted on 2021-03-01 (a claim in court, C. civ. 2241)"),
        (Interruption(date(2021, 3, 1), "enforcement"), date(2026, 3, 2), "interrupted on 2021-03-01 (a measure of enforcement, C. civ. 2244)"),
        (Interruption(date(2021, 3, 1), ""), date(2026, 3, 2), "interrupted on 2021-03-01 (not said by what, C. civ. 2240 to 2244)"),
        (Interruption(DUE), date(2025, 6, 11), "interrupted on 2020-06-10 (acknowledgement by the debtor, C. civ. 2240)"),
        (Interruption(date(2021, 3, 1), "registered_letter"), date(2025, 6, 11), "'registered letter' of 2021-03-01 interrupts nothing"),
        (Interruption(date(2025, 6, 10)), date(2030, 6, 11), "interrupted on 2025-06-10 (acknowledgement by the debtor, C. civ. 2240)"),
        (Interruption(date(2025, 6, 11)), date(2025, 6, 11), "on 2025-06-11 it was already time-barred"),
        (Suspension(date(2021, 1, 1), date(2021, 1, 31), "small_claims"), date(2025, 7, 11), "stopped from 2021-01-01 to 2021-01-31 (procedure for small claims, CPCE (enforcement) L125-1)"),
        (Suspension(date(2021, 1, 1), date(2021, 1, 31), "the_state"), date(2025, 7, 11), "stopped from 2021-01-01 to 2021-01-31 (the state, C. civ. 2230)"),
        (Suspension(date(2021, 1, 1), date(2024, 1, 31), "suit"), date(2029, 2, 1), "stopped from 2021-01-01 to 2024-01-31 (a pending suit, C. civ. 2242)"),
        (Suspension(date(2021, 1, 31), date(2021, 1, 1), "impossibility"), date(2025, 6, 11), "stopped from 2021-01-31 to 2021-01-01 (impossibility to act, C. civ. 2234)"),
        (Suspension(date(2025, 1, 1), date(2025, 6, 1), "mediation"), date(2025, 12, 2), "stopped from 2025-01-01 to 2025-06-01 (mediation, C. civ. 2238)"),
    ],
)
def test_what_a_mark_does_and_how_it_is_told(mark, on, said):
    marks = {"suspensions" if isinstance(mark, Suspension) else "interruptions": [mark]}
    assert barred(**marks) == (on, [TRADERS, FROM_DUE, said])


def test_on_one_day_what_interrupts_comes_before_what_stops():
    day = date(2021, 1, 1)
    on, notes = barred(interruptions=[Interruption(day)], suspensions=[Suspension(day, date(2021, 1, 31), "conciliation")])
    assert on == date(2026, 1, 2) + timedelta(30)
    assert [note.partition(" ")[0] for note in notes[2:]] == ["interrupted", "stopped"]


def test_a_suspension_that_ends_on_its_first_day_or_within_another_adds_nothing():
    day, long = date(2021, 1, 1), Suspension(date(2021, 1, 1), date(2021, 1, 31), "impossibility")
    assert barred(suspensions=[Suspension(day, day, "impossibility")])[0] == date(2025, 6, 11)
    assert barred(suspensions=[long, Suspension(date(2021, 1, 5), date(2021, 1, 6), "impossibility")])[0] == date(2025, 6, 11) + timedelta(30)


def test_days_that_two_suspensions_cover_are_counted_once():
    two = [Suspension(date(2021, 1, 1), date(2021, 1, 31), "conciliation"), Suspension(date(2021, 1, 21), date(2021, 2, 10), "conciliation")]
    assert barred(suspensions=two)[0] == date(2025, 6, 11) + timedelta(40)


def test_twenty_years_bound_what_a_debtor_acknowledges_and_no_judgment():
    """From 10 June 2020, acknowledged every four years: barred from 11 June 2040, and on the day itself it is bounded by nothing."""
    every = [Interruption(date(year, 6, 10)) for year in (2024, 2028, 2032, 2036)]
    on, notes = barred(interruptions=[*every[:3], Interruption(date(2035, 6, 10))])
    assert (on, notes[-1]) == (date(2040, 6, 11), "interrupted on 2035-06-10 (acknowledgement by the debtor, C. civ. 2240)")
    on, notes = barred(interruptions=every)
    assert (on, notes[-1]) == (date(2040, 6, 11), "bounded by twenty years (C. civ. 2232)")
    assert barred(interruptions=[*every[:3], Interruption(date(2036, 6, 10), "court")])[0] == date(2041, 6, 11)


@pytest.mark.parametrize(
    ("kinds", "years", "basis"),
    [
        ({"debtor_kind": "business"}, 5, TRADERS),
        ({"debtor_kind": "consumer"}, 2, "2 years for a professional's claim on a consumer (C. conso. L218-2)"),
        ({"debtor_kind": "public"}, 4, "4 years from the 1 January that follows, for a claim on a public body (act 68-1250 of 31 December 1968, article 1)"),
        ({"debtor_kind": None}, 2, SHORTEST),
        ({"debtor_kind": "consumer", "creditor_kind": None}, 2, SHORTEST),
        ({"debtor_kind": "business", "creditor_kind": None}, 5, "5 years (C. civ. 2224)"),
        ({"debtor_kind": "consumer", "creditor_kind": "consumer"}, 5, "5 years (C. civ. 2224)"),
        ({"debtor_kind": "business", "nature": "transport"}, 1, "1 year for a contract of carriage (C. com. L133-6)"),
        ({"debtor_kind": "business", "nature": "rent"}, 1, "the nature 'rent' is not known here, so the shortest is taken: 1 year, as for carriage (C. com. L133-6)"),
    ],
)
def test_how_long_a_claim_lives_and_why(kinds, years, basis):
    assert period(**kinds) == Period(years, basis)


@pytest.mark.parametrize(
    ("known", "day", "why"),
    [
        ({}, DUE, FROM_DUE),
        ({"issued": date(2020, 5, 11)}, date(2020, 5, 11), FROM_DUE.replace("the due date, 2020-06-10", "the day of issue, 2020-05-11")),
        ({"issued": DUE}, DUE, FROM_DUE.replace("the due date", "the day of issue")),
        ({"issued": date(2020, 6, 11)}, DUE, FROM_DUE),
        ({"performed": date(2020, 5, 1)}, date(2020, 5, 1), "counted from performance on 2020-05-01 (Civ. 1re 19 May 2021, no. 20-12.520; Com. 26 Feb. 2020, no. 18-25.036)"),
        (
            {"performed": date(2020, 5, 2), "delivered": date(2020, 5, 1), "debtor_kind": "consumer"},
            date(2020, 5, 1),
            "counted from performance on 2020-05-01 (Civ. 1re 19 May 2021, no. 20-12.520; Civ. 3e 1 March 2023, no. 21-23.176)",
        ),
        ({"performed": DUE, "debtor_kind": "business"}, DUE, "counted from performance on 2020-06-10 (Com. 26 Feb. 2020, no. 18-25.036)"),
        ({"performed": date(2020, 6, 11)}, DUE, "counted from the due date, 2020-06-10, which comes before performance"),
        ({"delivered": date(2020, 7, 1), "nature": "transport"}, date(2020, 7, 1), "counted from the delivery on 2020-07-01"),
        ({"performed": date(2020, 5, 1), "nature": "transport"}, date(2020, 5, 1), "counted from performance on 2020-05-01 (Civ. 1re 19 May 2021, no. 20-12.520; Com. 26 Feb. 2020, no. 18-25.036)"),
    ],
)
def test_from_which_day_it_runs_and_why(known, day, why):
    assert runs_from(DUE, **known) == (day, why)


def test_performance_is_asked_wherever_a_day_is():
    assert barred(performed=date(2020, 5, 1))[0] == date(2025, 5, 2)
    assert barred(performed=date(2020, 5, 1), nature="transport")[0] == date(2021, 5, 2)
