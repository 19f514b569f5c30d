"""Laws of interest that hold whatever the figures: days, growth, sums, and what a payment ends."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from relance.law.allocation import Debt, allocate
from relance.law.claims import Allocation, Movement, Owed, claimed
from relance.law.interest import CENT, Reduction, segments, stretch, total
from relance.law.parameters import half_year, value_on
from relance.model import Charge

DAYS = st.dates(date(2015, 1, 1), date(2026, 6, 30))
MONEY = st.decimals("0.01", "100000", places=2)
MOVES = st.lists(st.tuples(st.integers(-40, 500), st.decimals("0.01", "40000", places=2), st.booleans()), max_size=5)
ASKED = {Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY}


def rate(day):
    return value_on("late-interest", day)


def late(amount, due, length, moves=(), **known):
    movements = tuple(Movement(due + timedelta(after), paid, credit=credit) for after, paid, credit in moves)
    until = min(due + timedelta(length), date(2026, 12, 31))
    return claimed(ASKED, [Owed("F-1", due, amount, movements)], until, debtor_kind="business", **known), until


@given(st.dates(date(2015, 1, 1), date(2025, 12, 31)), st.integers(0, 180), st.integers(0, 180), MONEY)
def test_splitting_a_period_changes_no_day(start, first, second, amount):
    middle, end = start + timedelta(first), start + timedelta(first + second)
    whole = stretch(amount, start, end, rate)
    parts = (*stretch(amount, start, middle, rate), *stretch(amount, middle + timedelta(1), end, rate))
    assert sum(one.days for one in whole) == sum(one.days for one in parts) == first + second + 1
    assert abs(total(whole) - total(parts)) <= CENT  # one more rounding


@given(DAYS, st.integers(0, 900), MONEY, MOVES)
def test_segments_cover_each_day_once_within_one_half_year(due, length, amount, moves):
    found, until = late(amount, due, length, moves)
    for before, after in zip(found.segments, found.segments[1:], strict=False):
        assert before.end < after.start
    for one in found.segments:
        assert due < one.start <= one.end <= until
        assert one.days == (one.end - one.start).days + 1
        assert half_year(one.start) == half_year(one.end)
        assert one.rate == rate(one.start)
        assert one.base > 0


@given(DAYS, st.integers(0, 900), MONEY, st.decimals("0", "5000", places=2), MOVES)
def test_interest_never_falls_when_the_principal_grows(due, length, amount, more, moves):
    less, _ = late(amount, due, length, moves)
    greater, _ = late(amount + more, due, length, moves)
    assert total(greater.segments) >= total(less.segments)
    assert greater.total >= less.total


@given(DAYS, st.integers(0, 600), st.integers(0, 300), MONEY, MOVES)
def test_interest_never_falls_when_the_delay_grows(due, length, more, amount, moves):
    kept = [move for move in moves if move[0] <= length]
    shorter, _ = late(amount, due, length, kept)
    longer, _ = late(amount, due, length + more, kept)
    assert total(longer.segments) >= total(shorter.segments)


@given(DAYS, st.integers(0, 900), MONEY, MOVES, st.sampled_from(Allocation))
def test_the_parts_make_the_total_and_nothing_is_negative(due, length, amount, moves, allocation):
    found, until = late(amount, due, length, moves, allocation=allocation)
    parts = (found.principal, found.late_interest, found.legal_interest, found.fixed_indemnity, found.contractual_penalty)
    assert found.total == sum(parts)
    assert all(part >= 0 for part in parts)
    counted = sum((paid for after, paid, _ in moves if due + timedelta(after) <= until), Decimal(0))
    gross = total(found.segments) + (40 if until > due and found.fixed_indemnity else 0)
    assert found.total >= amount + gross - counted - 40


@given(DAYS, st.integers(1, 900), MONEY, MOVES, st.sampled_from(Allocation))
def test_the_sum_of_the_segments_is_the_interest_less_what_was_paid_of_it(due, length, amount, moves, allocation):
    found, _ = late(amount, due, length, moves, allocation=allocation)
    assert 0 <= found.late_interest <= total(found.segments)
    if not moves:
        assert found.late_interest == total(found.segments)


@given(st.dates(date(2015, 1, 1), date(2025, 4, 30)), st.integers(1, 300), st.integers(1, 300), MONEY, st.sampled_from(Allocation))
def test_a_paid_invoice_bears_no_interest_after_its_payment(due, paid_after, more, amount, allocation):
    move = [(paid_after, amount, False)]
    found, _ = late(amount, due, paid_after + more, move, allocation=allocation)
    at_payment, _ = late(amount, due, paid_after, allocation=allocation)
    assert found.principal == 0
    assert total(found.segments) == total(at_payment.segments)
    assert all(one.end <= due + timedelta(paid_after) for one in found.segments)


@given(DAYS, st.integers(0, 900), MONEY, MOVES)
def test_interest_first_never_leaves_less_interest_to_bear(due, length, amount, moves):
    """C. civ. 1343-1 favours the creditor: less of each payment lowers what bears interest."""
    interest_first, _ = late(amount, due, length, moves)
    principal_first, _ = late(amount, due, length, moves, allocation=Allocation.PRINCIPAL_FIRST)
    assert total(interest_first.segments) >= total(principal_first.segments)


@given(st.dates(date(2015, 1, 1), date(2026, 2, 20)), MONEY, st.integers(1, 300), st.decimals("0.01", "40000", places=2))
def test_a_payment_that_went_back_never_was(due, amount, after, paid):
    moves = [(after, paid, False), (after + 3, -paid, False)]
    assert late(amount, due, 310, moves)[0] == late(amount, due, 310)[0]


@given(DAYS, st.integers(0, 500), MONEY, st.lists(st.tuples(st.integers(0, 500), MONEY), max_size=4))
def test_reductions_in_any_order_give_the_same_segments(start, length, amount, cuts):
    reductions = [Reduction(start + timedelta(after), cut) for after, cut in cuts]
    end = min(start + timedelta(length), date(2026, 12, 31))
    found = segments(amount, reductions, start, end, rate)
    assert found == segments(amount, reductions[::-1], start, end, rate)


DEBTS = st.lists(st.tuples(st.integers(-60, 60), MONEY, st.sampled_from(["0", "10", "12.40"])), max_size=6)


@given(MONEY, DEBTS)
def test_a_payment_is_shared_to_the_cent_and_serves_due_debts_first(amount, raw):
    on = date(2026, 6, 1)
    debts = [Debt(f"F-{n}", on + timedelta(due), open_, Decimal(percent)) for n, (due, open_, percent) in enumerate(raw)]
    shares, left = allocate(amount, debts, on)
    by_id = {debt.id: debt for debt in debts}
    assert sum((share.amount for share in shares), Decimal(0)) + left == amount
    assert all(0 < share.amount <= by_id[share.id].open for share in shares)
    assert len({share.id for share in shares}) == len(shares)
    given_to = {share.id: share.amount for share in shares}
    if any(by_id[share.id].due > on for share in shares):
        assert all(given_to.get(debt.id) == debt.open for debt in debts if debt.due <= on)
    if left:
        assert all(given_to.get(debt.id) == debt.open for debt in debts)
