"""Every published worked example, by the engine's own functions; where a source is wrong, the right figure."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from relance.dates import holidays_of
from relance.law.claims import Allocation, Movement, Owed, claimed
from relance.law.deadlines import contractual, procedural
from relance.law.interest import Reduction, segments, simple, total
from relance.law.parameters import value_on
from relance.law.terms import Method, due_date
from relance.model import Claim, Duration, TimeUnit

HERE = Path(__file__).resolve()
SHARED = HERE.parents[2] / ".." / "shared" / "data" / "law_examples.json"


def examples(path):
    return {example["id"]: example for example in json.loads(path.read_text(encoding="utf-8"))["examples"]}


EXAMPLES = examples(HERE.with_name("published_examples.json"))
day = date.fromisoformat


def of_kind(*kinds):
    return [pytest.param(each["input"], each["expected"], id=name) for name, each in EXAMPLES.items() if each["kind"] in kinds]


def right(expected, key):
    return expected.get(f"correct_{key}", expected[key])


@pytest.mark.parametrize(("given", "expected"), of_kind("interest_simple"))
def test_simple_interest(given, expected):
    assert given["day_basis"] == value_on("interest-day-basis", date(2026, 1, 1)) == 365
    principal = Decimal(given["principal"])
    interest = sum(simple(principal, Decimal(part["rate_pct"]), part["days"]) for part in given["segments"])
    assert interest == Decimal(right(expected, "interest"))
    if "total" in expected:
        assert principal + interest == Decimal(expected["total"])


def test_late_interest_over_two_half_years():
    given, expected = EXAMPLES["int-09-semester-straddle-2026"]["input"], EXAMPLES["int-09-semester-straddle-2026"]["expected"]
    owed = Owed("F-1", day(given["due_date"]), Decimal(given["principal"]))
    found = claimed({Claim.LATE_INTEREST, Claim.FIXED_INDEMNITY}, [owed], day(given["paid_on"]), debtor_kind="business")
    assert [
        {"from": str(one.start), "to": str(one.end), "days": one.days, "rate_pct": str(one.rate), "interest": str(one.interest)}
        for one in found.segments
    ] == expected["segments"]
    assert sum(one.days for one in found.segments) == expected["days"]
    assert found.late_interest == Decimal(expected["interest"])
    assert found.fixed_indemnity == Decimal(expected["indemnity"])
    assert found.total - found.principal == Decimal(expected["total_penalties"])


def test_a_published_sum_with_a_part_payment_that_is_wrong():
    """The source counts the due date and not the last day, and pays principal first; its own sum is wrong by 80.18."""
    given, expected = EXAMPLES["int-11-demo-wrong-partial"]["input"], EXAMPLES["int-11-demo-wrong-partial"]["expected"]
    one = timedelta(1)
    paid = [Reduction(day(each["date"]) - one, Decimal(each["amount"])) for each in given["payments"]]
    found = segments(
        Decimal(given["principal"]), paid, day(given["due_date"]), day(given["as_of"]) - one, lambda on: value_on("late-interest", on)
    )
    assert total(found) == Decimal(expected["correct_interest_same_convention"]) != Decimal(expected["interest"])


def test_principal_first_with_a_rate_that_does_not_change():
    given, expected = EXAMPLES["int-12-partial-payment-10pct"]["input"], EXAMPLES["int-12-partial-payment-10pct"]["expected"]
    rate = Decimal(given["segments_rates"][0]["rate_pct"])
    start, end = day(given["due_date"]) + timedelta(1), day(given["as_of"])
    paid = [Reduction(day(each["date"]), Decimal(each["amount"])) for each in given["payments"]]
    found = segments(Decimal(given["principal"]), paid, start, end, lambda _: rate, cut=False)
    assert [{"days": one.days, "interest": str(one.interest)} for one in found] == expected["segments"]
    assert total(found) == Decimal(expected["interest"])
    left = Decimal(given["principal"]) - sum(each.amount for each in paid)
    assert left == Decimal(expected["principal_due"])
    assert left + total(found) + value_on("fixed-indemnity", end) == Decimal(expected["total_with_40"])


def test_a_credit_note_gives_the_same_figures_as_principal_first():
    day_one, end = date(2025, 1, 1), date(2026, 1, 1)
    asked = {Claim.LATE_INTEREST, Claim.FIXED_INDEMNITY}
    by_note = claimed(
        asked,
        [Owed("F-1", day_one, Decimal(10000), (Movement(date(2025, 7, 1), Decimal(4000), credit=True),), rate=Decimal(12))],
        end,
        debtor_kind="business",
    )
    by_payment = claimed(
        asked,
        [Owed("F-1", day_one, Decimal(10000), (Movement(date(2025, 7, 1), Decimal(4000)),), rate=Decimal(12))],
        end,
        debtor_kind="business",
        allocation=Allocation.PRINCIPAL_FIRST,
    )
    assert by_note == by_payment
    assert by_note.principal == 6000


@pytest.mark.parametrize(("given", "expected"), of_kind("due_date"))
def test_due_dates(given, expected):
    method = Method.BEFORE if given["method"].startswith("A") else Method.AFTER
    assert due_date(day(given["issue_date"]), given["term"], method) == day(right(expected, "due_date"))


ZONES = {"metropole": "FR", "guadeloupe": "FR-971"}


@pytest.mark.parametrize(("given", "expected"), of_kind("procedural_deadline", "calendar_deadline"))
def test_deadlines(given, expected):
    length = Duration(given["value"], TimeUnit.MONTH if given["unit"] == "months" else TimeUnit.DAY)
    if given["roll_to_working_day"]:
        found = procedural(day(given["start"]), length, holidays=ZONES[given["zone"]])
    else:
        found = contractual(day(given["start"]), length)
    assert found == day(expected["end"])


def test_easter_and_the_eleven_holidays():
    given, expected = EXAMPLES["dl-08-easter"]["input"], EXAMPLES["dl-08-easter"]["expected"]
    for year, easter in zip(given["years"], expected["easter_sunday"], strict=True):
        holidays = holidays_of("FR", year)
        assert holidays[day(easter) + timedelta(1)] == "Easter Monday"
        assert holidays[day(easter) + timedelta(39)] == "Ascension Day"
        assert holidays[day(easter) + timedelta(50)] == "Pentecost Monday"
    assert len(holidays_of("FR", 2026)) == expected["legal_holidays_count_2026"]


@pytest.mark.skipif(not SHARED.exists(), reason="the gathered examples are not beside this checkout")
def test_no_gathered_example_is_left_out():
    gathered = examples(SHARED)
    assert gathered.keys() == EXAMPLES.keys()
    assert all(
        gathered[name]["input"] == each["input"] and gathered[name]["expected"] == each["expected"] for name, each in EXAMPLES.items()
    )
