"""What may be asked beside the principal: of whom, from when, until when, and what is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.law.allocation import Debt, Share, allocate
from relance.law.claims import Allocation, BelowFloor, Movement, Owed, check_floor, claimed, owed_of
from relance.law.parameters import UnknownParameter
from relance.law.recovery_costs import bearers
from relance.model import Charge, Invoice

D = Decimal
DUE, ON = date(2026, 6, 20), date(2026, 7, 10)
ALL = tuple(Charge)
FACTS = {"debtor_kind": "business"}


def ask(kinds=ALL, owed=None, on=ON, **known):
    return claimed(kinds, [owed or Owed("F-1", DUE, D("10000.00"))], on, **{**FACTS, **known})


def test_between_professionals():
    found = ask()
    assert (found.principal, found.late_interest, found.legal_interest, found.fixed_indemnity) == (10000, D("67.26"), 0, 40)
    assert found.total == D("10107.26")
    assert found.notes == ("legal interest (C. civ. 1344-1) is not asked on top of late interest (C. com. L441-10)",)


@pytest.mark.parametrize("kind", ["consumer", None])
def test_of_a_consumer_only_legal_interest_after_the_notice(kind):
    before = ask(debtor_kind=kind)
    assert before.total == before.principal
    assert "C. civ. 1231-6" in before.notes[-1]
    after = ask(debtor_kind=kind, notice_on=date(2026, 7, 1))
    assert (after.late_interest, after.fixed_indemnity) == (0, 0)
    assert [(one.start, one.rate) for one in after.segments] == [(date(2026, 7, 2), D("2.75"))]
    assert after.legal_interest == D("6.78")
    assert ask(debtor_kind=kind, notice_on=ON).legal_interest == 0


def test_the_category_of_the_legal_rate_is_the_creditor_s():
    found = ask(
        (Charge.LEGAL_INTEREST,), creditor_kind="individual", debtor_kind="consumer", notice_on=date(2026, 6, 25), on=date(2026, 6, 30)
    )
    assert [one.rate for one in found.segments] == [D("6.67")]


def test_a_creditor_who_is_no_professional_has_no_late_interest():
    found = ask((Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY), creditor_kind="individual")
    assert found.total == 10000
    assert "the creditor is no professional" in found.notes[0]


def test_other_currencies_carry_no_french_interest():
    found = ask(currency="USD")
    assert (found.total, found.segments, found.currency) == (10000, (), "USD")
    assert "USD" in found.notes[0]


def test_before_the_due_date_and_on_it_nothing_is_owed_beside():
    for on in (date(2026, 6, 10), DUE):
        assert ask(on=on).total == 10000
    assert ask(on=date(2026, 6, 21)).total == D("10043.33")


def test_forty_euros_an_invoice_once_and_none_for_one_paid_in_time():
    kinds = (Charge.FIXED_INDEMNITY,)
    two = claimed(kinds, [Owed("F-1", DUE, D(100)), Owed("F-2", DUE, D(10))], ON, **FACTS)
    assert two.fixed_indemnity == 80
    in_time = Owed("F-1", DUE, D(100), (Movement(DUE, D(100)),))
    in_part = Owed("F-1", DUE, D(100), (Movement(DUE, D(99)),))
    late = Owed("F-1", DUE, D(100), (Movement(date(2026, 6, 21), D(100)),))
    assert [ask(kinds, owed).fixed_indemnity for owed in (in_time, in_part, late)] == [0, 40, 40]


def test_of_several_instalments_the_first_alone_bears_the_indemnity():
    invoices = [
        Invoice("F-1/2", date(2026, 5, 1), D(50), document="F-1"),
        Invoice("F-1/1", date(2026, 4, 1), D(50), document="F-1"),
        Invoice("F-2", DUE, D(9)),
    ]
    bearing = bearers(invoices)
    assert bearing == {"F-1/1", "F-2"}
    assert bearers(invoices, {"F-1/1": [(date(2026, 4, 1), D(50), False)]}) == {"F-1/2", "F-2"}
    assert bearers(invoices, {"F-1/1": [(date(2026, 4, 2), D(49), False)]}) == {"F-1/1", "F-2"}
    assert bearers(invoices, {"F-1/1": [(date(2026, 4, 2), D(50), False)]}) == {"F-1/2", "F-2"}  # paid late, and without the 40 €: the next bears them
    assert bearers(invoices, {"F-1/1": [(date(2026, 4, 2), D(90), False)]}) == {"F-1/1", "F-2"}  # paid with it
    late = [(date(2026, 5, 2), D(50), False)]
    assert bearers(invoices, {"F-1/1": late, "F-1/2": late}) == {"F-1/1", "F-2"}
    found = claimed((Charge.FIXED_INDEMNITY,), [owed_of(one, indemnity=one.id in bearing) for one in invoices], ON, **FACTS)
    assert found.fixed_indemnity == 80


def test_insolvency_stops_interest_the_day_before_and_bars_the_indemnity_of_what_falls_due_later():
    found = ask(insolvency_on=date(2026, 7, 1))
    assert [(one.start, one.end) for one in found.segments] == [(date(2026, 6, 21), date(2026, 6, 30))]
    assert found.fixed_indemnity == 40
    assert ask(insolvency_on=DUE).total == 10000


def test_a_contractual_rate_is_one_segment_and_its_floor_is_a_refusal():
    agreed = Owed("F-1", DUE, D("10000.00"), rate=D(10))
    (one,) = ask(owed=agreed).segments
    assert (one.days, one.rate, one.interest) == (20, 10, D("54.79"))
    low = ask((Charge.LATE_INTEREST,), Owed("F-1", DUE, D("10000.00"), rate=D("7.85")))
    assert low.total == 10000
    assert "7.85 % is below 7.86 %" in low.notes[0]
    assert "L441-10" in low.notes[0]
    with pytest.raises(BelowFloor, match="L441-10"):
        ask((Charge.LATE_INTEREST,), Owed("F-1", DUE, D(1), rate=D("7.85")), strict=True)
    check_floor(D("7.86"), date(2026, 6, 21))


def test_the_default_rate_may_lie_below_the_floor():
    """2024: three times the legal rate was 15.21, the default 14.50; the floor bounds agreed rates alone."""
    found = ask((Charge.LATE_INTEREST,), Owed("F-1", date(2024, 1, 31), D(1000)), on=date(2024, 3, 1))
    assert [one.rate for one in found.segments] == [D("14.50")]


def test_a_rate_not_known_is_not_asked_and_named():
    owed = Owed("F-1", date(2026, 12, 1), D("10000.00"))
    found = ask((Charge.LATE_INTEREST,), owed, on=date(2027, 2, 10))
    assert [(one.start, one.end) for one in found.segments] == [(date(2026, 12, 2), date(2026, 12, 31))]
    assert "from 2027-01-01 to 2027-02-10: not known for then: Rate of the ECB" in found.notes[0]
    with pytest.raises(UnknownParameter):
        ask((Charge.LATE_INTEREST,), owed, on=date(2027, 2, 10), strict=True)


def test_a_rate_older_than_the_figures_is_not_asked_and_named():
    found = ask((Charge.LATE_INTEREST,), Owed("F-1", date(2014, 11, 30), D(1000)), on=date(2015, 1, 31))
    assert [(one.start, one.end) for one in found.segments] == [(date(2015, 1, 1), date(2015, 1, 31))]
    assert "from 2014-12-01 to 2014-12-31: not known for then: Rate of the ECB" in found.notes[0]


def test_interest_is_served_first_then_principal_then_the_indemnity():
    part = Owed("F-1", DUE, D("10000.00"), (Movement(date(2026, 6, 30), D("4000.00")),))
    found = ask(owed=part)
    assert found.principal == D("6033.29")
    assert [(one.base, one.interest) for one in found.segments] == [(10000, D("33.29")), (D("6033.29"), D("20.50"))]
    assert found.late_interest == D("20.50")
    assert "33.29 EUR of what was paid" in found.notes[-1]
    other = ask(owed=part, allocation=Allocation.PRINCIPAL_FIRST)
    assert (other.principal, other.late_interest) == (6000, D("33.29") + D("20.38"))
    whole = ask(owed=Owed("F-1", DUE, D("10000.00"), (Movement(date(2026, 6, 30), D("10073.29")),)))
    assert whole.total == 0


def test_a_penalty_waits_for_the_notice():
    owed = Owed("F-1", DUE, D(1000), penalty=D(100))
    kinds = (Charge.CONTRACTUAL_PENALTY,)
    assert ask(kinds, owed).total == 1000
    assert ask(kinds, owed, notice_on=date(2026, 7, 1)).contractual_penalty == 100
    assert owed_of(Invoice("F-1", DUE, D(1), terms={"penalty": "12.50"})).penalty == D("12.50")


def test_a_debt_the_payer_named_then_due_then_dearer_then_older_then_in_proportion():
    on = date(2026, 6, 1)
    debts = [
        Debt("later", date(2026, 7, 1), D(100)),
        Debt("new", date(2026, 5, 20), D(100), D(10)),
        Debt("old", date(2026, 3, 1), D(100), D(10)),
        Debt("dear", date(2026, 5, 25), D(50), D(15)),
    ]
    assert allocate(D(300), debts, on)[0] == (Share("dear", D(50)), Share("old", D(100)), Share("new", D(100)), Share("later", D(50)))
    assert allocate(D(120), debts, on, named=["later"])[0] == (Share("later", D(100)), Share("dear", D(20)))
    equal = [Debt(name, on, amount) for name, amount in (("a", D("10.00")), ("b", D("20.00")))]
    assert allocate(D("10.00"), equal, on) == ((Share("a", D("3.34")), Share("b", D("6.66"))), 0)
    assert allocate(D(50), equal, on)[1] == 20


def test_a_rate_below_the_floor_is_worked_out_where_it_is_asked_for_with_the_finding():
    low = Owed("F", date(2026, 1, 31), Decimal(1000), rate=Decimal(5))
    kept = claimed([Charge.LATE_INTEREST], [low], date(2026, 3, 31), debtor_kind="business")
    assert kept.late_interest == 0
    found = claimed([Charge.LATE_INTEREST], [replace(low, below_floor=True)], date(2026, 3, 31), debtor_kind="business", strict=True)
    assert found.late_interest == Decimal("8.08")
    assert "below 7.86 %" in found.notes[0]


def test_a_judgment_raises_the_legal_rate_two_months_later_and_no_other():
    owed = Owed("F", date(2025, 1, 31), Decimal(1000), enforceable_on=date(2025, 6, 15))
    found = claimed([Charge.LEGAL_INTEREST], [owed], date(2025, 8, 20), debtor_kind="consumer", notice_on=date(2025, 3, 1))
    assert [(part.start, part.rate) for part in found.segments] == [
        (date(2025, 3, 2), Decimal("3.71")), (date(2025, 7, 1), Decimal("2.76")), (date(2025, 8, 16), Decimal("7.76")),
    ]  # fmt: skip
    late = claimed([Charge.LATE_INTEREST], [owed], date(2025, 8, 20), debtor_kind="business")
    assert late.segments[-1].rate == Decimal("12.15")


def test_a_whole_years_interest_bears_interest_from_the_day_a_court_granted_it():
    owed = Owed("F", date(2024, 12, 31), Decimal(10000), rate=Decimal(15), capitalised_from=date(2025, 3, 31))
    found = claimed([Charge.LATE_INTEREST], [owed], date(2026, 6, 30), debtor_kind="business")
    before, year, after = found.segments
    assert (before.end, before.base) == (date(2025, 3, 31), Decimal(10000))
    assert (year.start, year.end, year.interest) == (date(2025, 4, 1), date(2026, 3, 31), Decimal("1500.00"))
    assert (after.start, after.base, after.interest) == (date(2026, 4, 1), Decimal("11500.00"), Decimal("430.07"))
    assert any("C. civ. 1343-2" in note for note in found.notes)


def test_less_than_a_whole_year_bears_no_interest_and_no_court_no_interest_on_interest():
    owed = Owed("F", date(2024, 12, 31), Decimal(10000), rate=Decimal(15), capitalised_from=date(2025, 3, 31))
    day_before, plain = (
        claimed([Charge.LATE_INTEREST], [one], day, debtor_kind="business")
        for one, day in ((owed, date(2026, 3, 31)), (replace(owed, capitalised_from=None), date(2026, 6, 30)))
    )
    assert {segment.base for segment in (*day_before.segments, *plain.segments)} == {Decimal(10000)}


def test_what_is_paid_on_interest_lowers_first_what_bears_interest():
    paid = (Movement(date(2026, 4, 30), Decimal(1500)),)
    owed = Owed("F", date(2024, 12, 31), Decimal(10000), paid, rate=Decimal(15), capitalised_from=date(2025, 3, 31))
    found = claimed([Charge.LATE_INTEREST], [owed], date(2026, 6, 30), debtor_kind="business")
    assert [segment.base for segment in found.segments[-2:]] == [Decimal("11500.00"), Decimal(10000)]
    assert found.principal == Decimal(10000)
