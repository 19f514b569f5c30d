"""What is asked, part by part and day by day: the parts of one invoice, what each payment served, the days that bear interest, the notes that say why not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.law.claims import Allocation, BelowFloor, Movement, Owed, allocation_of, check_floor, claimed, kept, owed_of
from relance.law.parameters import UnknownParameter
from relance.model import Charge, Creditor, Invoice, InvoiceClaimed, Served

D = Decimal
DUE, ON = date(2026, 6, 20), date(2026, 7, 10)
PLAIN = Owed("F-1", DUE, D("10000.00"))
LATE, LEGAL, FORTY, PENALTY, COMPLEMENT = Charge.LATE_INTEREST, Charge.LEGAL_INTEREST, Charge.FIXED_INDEMNITY, Charge.CONTRACTUAL_PENALTY, Charge.COMPLEMENTARY_INDEMNITY
ALL = (LATE, FORTY, PENALTY, COMPLEMENT)
JULY, JUNE = date(2026, 7, 1), date(2026, 6, 30)


def ask(kinds=ALL, owed=PLAIN, on=ON, **known):
    return claimed(kinds, [owed], on, **{"debtor_kind": "business", **known})


def paid(*rows, **more):
    """The invoice with movements of (day of June or July 2026, amount, credit note, on the principal)."""
    return replace(PLAIN, movements=tuple(Movement(date(2026, *map(int, on.split("-"))), D(amount), *rest) for on, amount, *rest in rows), **more)


def test_an_invoice_of_the_model_as_the_law_sees_it():
    terms = {"penalty": "12.50", "recovery_costs": "95.00", "recovery_proof": "facture 7"}
    invoice = Invoice("F-1", DUE, D(100), rate=D(12), terms=terms)
    moved = (Movement(ON, D(1)),)
    assert owed_of(invoice, moved, indemnity=False) == Owed("F-1", DUE, D(100), moved, D(12), D("12.50"), D("95.00"), "facture 7", indemnity=False)
    assert owed_of(Invoice("F-1", DUE, D(100))) == Owed("F-1", DUE, D(100))


@pytest.mark.parametrize(("said", "amount"), [("0.50", D("0.50")), ("1", D(1)), ("0", None), ("-1", None), ("NaN", None), ("Infinity", None), ("-Infinity", None), ("ten", None), (None, None)])
def test_a_penalty_is_an_amount_above_nothing(said, amount):
    assert owed_of(Invoice("F-1", DUE, D(1), terms={"penalty": said})).penalty == amount


@pytest.mark.parametrize(
    ("said", "found"),
    [("principal_first", Allocation.PRINCIPAL_FIRST), ("interest_first", Allocation.INTEREST_FIRST), ("other", Allocation.INTEREST_FIRST), (None, Allocation.INTEREST_FIRST)],
)
def test_what_a_payment_settles_first_is_what_the_terms_say_or_interest(said, found):
    assert allocation_of(Creditor("c", terms={"allocation": said})) is found
    assert allocation_of(Creditor("c")) is Allocation.INTEREST_FIRST


# ------------------------------------------------------------------------------------------------------------- the parts


def test_all_parts_of_one_invoice_and_their_sum():
    owed = replace(PLAIN, penalty=D(100), costs=D(65), proof="facture 7")
    found = ask(owed=owed, notice_on=JULY)
    assert (found.principal, found.late_interest, found.legal_interest, found.fixed_indemnity, found.contractual_penalty, found.complementary_indemnity) == (10000, D("67.26"), 0, 40, 100, 25)
    assert found.total == D("10232.26")
    assert found.invoices == (InvoiceClaimed("F-1", D(10000), D("67.26"), D(40), D(100), D(25)),)
    assert found.notes == ()
    assert found.currency == "EUR"


@pytest.mark.parametrize(
    ("kinds", "parts"),
    [
        ((), (0, 0, 0)),
        ((FORTY,), (40, 0, 0)),
        ((COMPLEMENT,), (0, 0, 25)),  # beyond the 40 €, asked or not
        ((PENALTY,), (0, 100, 0)),
        ((FORTY, PENALTY, COMPLEMENT), (40, 100, 25)),
    ],
)
def test_nothing_is_asked_that_was_not_wanted(kinds, parts):
    found = ask(kinds, replace(PLAIN, penalty=D(100), costs=D(65), proof="facture 7"), notice_on=JULY)
    assert (found.fixed_indemnity, found.contractual_penalty, found.complementary_indemnity) == parts
    assert (found.late_interest, found.segments) == (0, ())


@pytest.mark.parametrize(
    ("change", "complement", "note"),
    [
        ({"costs": D("40.00")}, 0, False),
        ({"costs": D("40.01")}, D("0.01"), False),
        ({"costs": None}, 0, False),
        ({"proof": ""}, 0, True),
        ({"proof": "  "}, 0, True),
        ({"indemnity": False}, 0, False),  # another instalment bears it
        ({"due": ON}, 0, False),  # not late
    ],
)
def test_the_complement_is_what_its_recovery_cost_beyond_the_forty_euros_where_that_is_proved(change, complement, note):
    found = ask((FORTY, COMPLEMENT), replace(PLAIN, **({"costs": D(65), "proof": "facture 7"} | change)))
    assert found.complementary_indemnity == complement
    assert [each for each in found.notes if "F-1" in each and "recovery_proof" in each] == (list(found.notes) if note else [])
    assert bool(found.notes) is note


@pytest.mark.parametrize(("notice", "penalty"), [(None, 0), (ON, 0), (date(2026, 7, 9), 100)])
def test_a_penalty_is_asked_from_the_day_after_the_notice(notice, penalty):
    owed = replace(PLAIN, penalty=D(100))
    found = ask((PENALTY,), owed, notice_on=notice)
    assert (found.contractual_penalty, len(found.notes)) == (penalty, 0 if penalty else 1)
    assert ask((PENALTY,), replace(owed, notice_on=notice)).contractual_penalty == penalty  # of the invoice's own notice
    assert ask((PENALTY,)).notes == ()  # of none that was agreed nothing is said


@pytest.mark.parametrize(
    ("movements", "forty"),
    [
        ([("6-20", "10000")], 0),
        ([("6-20", "9999.99")], 40),
        ([("6-19", "4000"), ("6-20", "6000")], 0),
        ([("6-21", "10000")], 40),
        ([("6-20", "10000"), ("6-25", "-10000")], 40),  # it went back
        ([("7-11", "10000")], 40),
    ],
)
def test_the_forty_euros_are_owed_by_whoever_paid_late(movements, forty):
    assert ask((FORTY,), paid(*movements)).fixed_indemnity == forty


@pytest.mark.parametrize(("opened", "forty"), [(date(2026, 6, 20), 0), (date(2026, 6, 21), 40), (date(2026, 6, 19), 0)])
def test_no_forty_euros_of_what_fell_due_on_the_day_of_a_judgment_or_after_it(opened, forty):
    assert ask((FORTY,), insolvency_on=opened).fixed_indemnity == forty


def test_the_forty_euros_exist_since_2013():
    old, new = (replace(PLAIN, due=day) for day in (date(2012, 12, 30), date(2012, 12, 31)))
    assert [ask((FORTY,), owed).fixed_indemnity for owed in (old, new)] == [0, 40]


# ------------------------------------------------------------------------------------------------- from when, until when


def days(found):
    return [(segment.start, segment.end, segment.base, segment.interest) for segment in found.segments]


@pytest.mark.parametrize(
    ("on", "stop", "end"),
    [(ON, None, ON), (ON, date(2026, 7, 11), ON), (ON, ON, date(2026, 7, 9)), (ON, JULY, JUNE), (ON, date(2026, 6, 22), date(2026, 6, 21)), (ON, date(2026, 6, 21), None)],
)
def test_interest_runs_from_the_day_after_the_due_date_to_the_day_before_a_judgment(on, stop, end):
    found = ask((LATE,), on=on, insolvency_on=stop)
    assert ([found.segments[0].start, found.segments[-1].end] if end else found.segments) == ([date(2026, 6, 21), end] if end else ())
    said = f"interest stops at the insolvency judgment of {stop} (C. com. L622-28)"
    assert list(found.notes) == ([said] if stop and stop <= on else [])


def test_a_judgment_whose_day_is_not_known_stops_interest_at_its_publication_and_the_note_says_so():
    assert ask((LATE,), insolvency_on=JULY, judgment_known=False).notes == (
        "interest stops at the publication of the insolvency on 2026-07-01, for the day of the judgment (C. com. L622-28) is not known",
    )


@pytest.mark.parametrize(
    ("notice", "start"), [(date(2026, 6, 1), date(2026, 6, 21)), (DUE, date(2026, 6, 21)), (date(2026, 6, 21), date(2026, 6, 22)), (date(2026, 7, 9), ON), (ON, None), (None, None)]
)
def test_legal_interest_runs_from_the_day_after_the_notice_and_the_due_date(notice, start):
    found = ask((LEGAL,), debtor_kind="consumer", notice_on=notice)
    assert [segment.start for segment in found.segments[:1]] == ([] if start is None else [start])
    assert bool(found.notes) is (start is None)
    assert (found.legal_interest > 0, found.late_interest) == (start is not None, 0)


def test_legal_interest_stops_at_a_judgment_too():
    found = ask((LEGAL,), debtor_kind="consumer", notice_on=date(2026, 6, 25), insolvency_on=date(2026, 6, 27))
    assert [(segment.start, segment.end) for segment in found.segments] == [(date(2026, 6, 26), date(2026, 6, 26))]
    assert ask((LEGAL,), debtor_kind="consumer", notice_on=date(2026, 6, 26), insolvency_on=date(2026, 6, 27)).segments == ()


@pytest.mark.parametrize(
    ("pauses", "stretches"),
    [
        ((), [(21, 30)]),
        (((20, 20),), [(21, 30)]),
        (((21, 21),), [(22, 30)]),
        (((23, 25),), [(21, 22), (26, 30)]),
        (((28, 30),), [(21, 27)]),
        (((29, 29), (23, 24)), [(21, 22), (25, 28), (30, 30)]),
        (((22, 26), (24, 25)), [(21, 21), (27, 30)]),  # one within the other
        (((21, 30),), []),
        (((30, 30),), [(21, 29)]),
    ],
)
def test_the_days_of_a_plan_that_suspends_interest_bear_none(pauses, stretches):
    owed = replace(PLAIN, rate=D(10), pauses=tuple((date(2026, 6, first), date(2026, 6, last)) for first, last in pauses))
    assert [(segment.start.day, segment.end.day) for segment in ask((LATE,), owed, on=JUNE).segments] == stretches


# ------------------------------------------------------------------------------------------------- what came, and what it served

RATE = {"rate": D("36.5")}  # ten a day on 10 000


@pytest.mark.parametrize(
    ("movements", "principal", "interest", "received"),
    [
        ([], 10000, 100, []),
        ([("6-20", "4000")], 6000, 60, [(4000, 0)]),  # on the due date: no interest yet
        ([("6-25", "4000")], 6050, D("30.25"), [(3950, 50)]),  # five days, and what is left of them five more
        ([("6-25", "4000", True)], 6000, 80, [(4000, 0)]),  # a credit note lowers the principal
        ([("6-25", "4000", False, True)], 6000, 80, [(4000, 0)]),  # as the parties agreed
        ([("6-25", "50")], 10000, 50, [(0, 50)]),
        ([("6-25", "30"), ("6-26", "30")], 10000, 40, [(0, 30), (0, 30)]),
        ([("6-25", "4000"), ("6-27", "-1000")], 7050, D("33.25"), [(3950, 50), (-1000, 0)]),
        ([("6-25", "4000"), ("6-27", "-4000")], 10000, 100, [None]),  # it went back: it never came
        ([("7-1", "4000")], 10000, 100, []),
    ],
)
def test_interest_first_then_principal_and_what_is_left_goes_on_bearing_it(movements, principal, interest, received):
    found = ask((LATE,), paid(*movements, **RATE), on=JUNE)
    assert (found.principal, found.late_interest) == (principal, interest)
    if received != [None]:
        assert [(each.principal, each.interest) for each in found.invoices[0].received] == received
    else:
        assert found.invoices[0].received == ()
    assert found.total == principal + interest


SETTLED = [
    # what came (day of June, amount): what is left of interest, 40 €, penalty, complement; and what each served, in that order
    ([("6-25", "10000")], (50, 40, 100, 25), [(10000, 0, 0, 0, 0)]),
    ([("6-25", "10030")], (20, 40, 100, 25), [(10000, 30, 0, 0, 0)]),
    ([("6-25", "10060")], (0, 30, 100, 25), [(10000, 50, 10, 0, 0)]),
    ([("6-25", "10150")], (0, 0, 40, 25), [(10000, 50, 40, 60, 0)]),
    ([("6-25", "10200")], (0, 0, 0, 15), [(10000, 50, 40, 100, 10)]),
    ([("6-25", "10215")], (0, 0, 0, 0), [(10000, 50, 40, 100, 25)]),
    ([("6-25", "10300")], (0, 0, 0, 0), [(10000, 50, 40, 100, 25)]),  # beyond it serves nothing here: a credit
    ([("6-25", "9000"), ("6-26", "1100")], (), None),
    ([("6-20", "10000")], (0, 0, 100, 25), [(10000, 0, 0, 0, 0)]),
]


@pytest.mark.parametrize(("movements", "left", "served"), SETTLED)
def test_of_a_settled_invoice_each_part_is_served_in_its_turn(movements, left, served):
    owed = paid(*movements, **RATE, penalty=D(100), costs=D(65), proof="facture 7")
    found = ask(ALL, owed, on=JUNE, notice_on=date(2026, 6, 22))
    part = found.invoices[0]
    assert part.principal == 0
    if served is None:
        interest = sum(segment.interest for segment in found.segments)
        assert sum(each.interest for each in part.received) == interest == D("51.05")
        assert (part.interest, part.fixed_indemnity, part.contractual_penalty) == (0, 0, D("91.05"))
        return
    interest, forty, penalty, complement = left
    if movements[0][0] == "6-20":
        forty, complement = 0, 0  # paid in time
    assert (part.interest, part.fixed_indemnity, part.contractual_penalty, part.complementary_indemnity) == (interest, forty, penalty, complement)
    shares = [(each.principal, each.interest, each.fixed_indemnity, each.contractual_penalty, each.complementary_indemnity) for each in part.received]
    assert shares == served
    assert found.total == interest + forty + penalty + complement


def test_money_that_went_back_of_a_settled_invoice_is_principal_again():
    found = ask((LATE,), paid(("6-20", "6000"), ("6-22", "-500"), ("6-25", "5000"), **RATE), on=JUNE).invoices[0]
    assert [(each.amount, each.principal, each.interest) for each in found.received][:2] == [(6000, 6000, 0), (-500, -500, 0)]
    assert sum(each.principal for each in found.received) == 10000


def test_the_notes_say_what_was_counted_on_interest_and_what_on_the_principal():
    assert ask((LATE,), paid(("6-25", "4000"), **RATE), on=JUNE).notes == ("50.00 EUR of what was paid was counted on interest (C. civ. 1343-1)",)
    first = "what was paid was counted on the principal first, as the parties agreed (C. civ. 1343-1)"
    assert ask((LATE,), paid(("6-25", "4000", False, True), **RATE), on=JUNE).notes == (first,)
    assert ask((LATE,), paid(("6-25", "4000"), **RATE), on=JUNE, allocation=Allocation.PRINCIPAL_FIRST).notes == (first,)
    assert ask((LATE,), paid(**RATE), on=JUNE, allocation=Allocation.PRINCIPAL_FIRST).notes == ()  # nothing came
    assert ask((FORTY,), paid(("6-25", "4000", False, True)), on=JUNE).notes == ()  # no interest is asked
    assert ask((LATE,), paid(("7-1", "4000", False, True), **RATE), on=JUNE).notes == ()  # it came later


@pytest.mark.parametrize(("on", "said"), [(date(2027, 3, 31), False), (date(2027, 4, 1), True)])
def test_that_interest_bears_interest_is_said_once_a_whole_year_has_passed(on, said):
    owed = replace(PLAIN, due=date(2026, 3, 1), rate=D(15), capitalised_from=date(2026, 3, 31))
    assert ("a whole year's interest bears interest, as the court granted (C. civ. 1343-2)" in ask((LATE,), owed, on=on).notes) is said
    assert not ask((LATE,), replace(owed, capitalised_from=None), on=on).notes


def test_movements_are_those_up_to_a_day_in_order_without_what_went_back():
    def row(day, amount, credit=False):
        return Movement(date(2026, 6, day), D(amount), credit)

    assert kept([row(5, 3), row(4, 2)], date(2026, 6, 4)) == [row(4, 2)]
    assert kept([row(5, 3), row(4, 2)], date(2026, 6, 5)) == [row(4, 2), row(5, 3)]
    assert kept([row(4, 2), row(5, 2), row(6, -2)], ON) == [row(4, 2)]  # the later one
    assert kept([row(4, 2, credit=True), row(6, -2)], ON) == [row(4, 2, credit=True), row(6, -2)]  # money is no credit note
    assert kept([row(4, 2), row(6, -3)], ON) == [row(4, 2), row(6, -3)]
    assert kept([row(6, -2), row(7, 2)], ON) == [row(6, -2), row(7, 2)]


def test_what_a_movement_served_says_its_day_and_whether_it_was_a_credit_note():
    (served,) = ask((LATE,), paid(("6-25", "4000", True), **RATE), on=JUNE).invoices[0].received
    assert served == Served(date(2026, 6, 25), D(4000), credit_note=True, principal=D(4000), interest=D(0))
    (whole,) = ask((LATE,), paid(("6-25", "10000", True), **RATE), on=JUNE).invoices[0].received
    assert (whole.on, whole.amount, whole.credit_note) == (date(2026, 6, 25), 10000, True)


def test_a_judgment_raises_the_legal_rate_from_the_day_after_two_months():
    def rates(enforceable, on=date(2026, 6, 30), kinds=(LEGAL,), **known):
        owed = replace(PLAIN, due=date(2026, 1, 31), enforceable_on=enforceable)
        return [(segment.start, segment.rate) for segment in ask(kinds, owed, on=on, debtor_kind="consumer", notice_on=date(2026, 2, 1), **known).segments]

    (start, plain), *_ = rates(None)
    assert rates(date(2026, 4, 30)) == [(start, plain)]  # raised from 1 July
    assert rates(date(2026, 4, 29)) == [(start, plain), (date(2026, 6, 30), plain + 5)]
    assert rates(date(2025, 11, 30)) == [(start, plain + 5)]
    assert rates(date(2025, 12, 1)) == [(start, plain + 5)]
    assert rates(date(2025, 12, 2)) == [(start, plain), (date(2026, 2, 3), plain + 5)]


def test_a_day_of_interest_is_asked_for_one_day():
    found = ask((LATE,), replace(PLAIN, **RATE), on=date(2026, 6, 21))
    assert days(found) == [(date(2026, 6, 21), date(2026, 6, 21), 10000, 10)]
    assert ask((LATE,), replace(PLAIN, **RATE), on=DUE).segments == ()


def test_a_rate_whose_floor_is_not_known_is_asked_and_the_note_says_that_it_was_not_checked():
    owed = replace(PLAIN, due=date(2014, 6, 1), rate=D(12))
    found = ask((LATE,), owed, on=date(2014, 6, 30))
    assert found.notes == ("whether 12 % on F-1 reaches the floor of C. com. L441-10 II could not be checked: the legal rate of then is not known",)
    assert [(segment.start, segment.end, segment.rate) for segment in found.segments] == [(date(2014, 6, 2), date(2014, 6, 30), 12)]
    with pytest.raises(UnknownParameter):
        ask((LATE,), owed, on=date(2014, 6, 30), strict=True)


def test_a_rate_below_the_floor_is_refused_with_its_invoice_and_its_day():
    low = "the agreed rate of 5 % is below 7.86 %, three times the legal rate on 2026-06-21 (C. com. L441-10 II)"
    owed = replace(PLAIN, rate=D(5))
    assert ask((LATE,), owed).notes == (f"no late interest is asked on F-1: {low}",)
    assert ask((LATE,), replace(owed, below_floor=True)).notes == (f"{low}: worked out as asked, and not to be asked of the debtor",)
    with pytest.raises(BelowFloor, match=r"on 2026-06-21"):
        ask((LATE,), owed, strict=True)
    with pytest.raises(BelowFloor):
        check_floor(D("7.85"), date(2026, 6, 21))


@pytest.mark.parametrize(
    ("due", "on", "asked", "not_known"),
    [
        (date(2026, 12, 30), date(2027, 1, 1), (date(2026, 12, 31), date(2026, 12, 31)), ("2027-01-01", "2027-01-01")),
        (date(2026, 12, 31), date(2027, 1, 1), None, ("2027-01-01", "2027-01-01")),
        (date(2014, 12, 30), date(2015, 1, 1), (date(2015, 1, 1), date(2015, 1, 1)), ("2014-12-31", "2014-12-31")),
        (date(2014, 12, 29), date(2014, 12, 31), None, ("2014-12-30", "2014-12-31")),
        (date(2014, 5, 31), date(2014, 8, 31), None, ("2014-06-01", "2014-06-30")),
    ],
)
def test_nothing_is_asked_for_the_days_whose_rate_is_not_known_and_the_note_says_which(due, on, asked, not_known):
    found = ask((LATE,), replace(PLAIN, due=due), on=on)
    assert [(segment.start, segment.end) for segment in found.segments] == ([asked] if asked else [])
    assert f"no interest is asked on F-1 from {not_known[0]} to {not_known[1]}: not known for then: " in found.notes[0]
    with pytest.raises(UnknownParameter):
        ask((LATE,), replace(PLAIN, due=due), on=on, strict=True)


def test_a_debtor_abroad_owes_nothing_of_french_law_beside_the_principal():
    assert ask(abroad="US").total == 10000
    assert ask(abroad=None).total > 10000


def test_legal_interest_of_an_unknown_half_year_is_said_too():
    owed = replace(PLAIN, due=date(2026, 12, 1))
    found = ask((LEGAL,), owed, on=date(2027, 1, 10), debtor_kind="consumer", notice_on=date(2026, 12, 20))
    assert [(segment.start, segment.end) for segment in found.segments] == [(date(2026, 12, 21), date(2026, 12, 31))]
    assert "no interest is asked on F-1 from 2027-01-01 to 2027-01-10" in found.notes[-1]
    with pytest.raises(UnknownParameter):
        ask((LEGAL,), owed, on=date(2027, 1, 10), debtor_kind="consumer", notice_on=date(2026, 12, 20), strict=True)
