"""Both sides of each edge in the small rooms of the law: delays, states of persons, mandates, capitalisation, sharing of money, duties."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.law.allocation import Debt, Share, allocate
from relance.law.capitalised import bearing, years
from relance.law.deadlines import contractual, procedural, suggested
from relance.law.duties import Duty, duties, mandate_end, mandate_missing, not_reversed
from relance.law.mandate import beyond_mandate, no_power_for_plans, powers
from relance.law.persons import standing_of
from relance.law.procedure import delay_of, last_day
from relance.letters import sample
from relance.model import Address, Calendar, Channel, Claimed, Creditor, Debtor, Duration, Event, Facts, Segment, StepKind, TimeUnit, Tone

DAY = date(2026, 3, 2)
MONTH = Duration(1, TimeUnit.MONTH)
BUSINESS = Duration(2, TimeUnit.BUSINESS_DAY)


# --------------------------------------------------------------------------- delays


@pytest.mark.parametrize(
    ("start", "length", "court", "person", "last"),
    [
        (date(2026, 4, 27), MONTH, "FR-971", "FR-971", date(2026, 5, 28)),  # 27 May is a holiday there
        (date(2026, 4, 27), MONTH, "FR", "FR", date(2026, 5, 27)),
        (date(2026, 4, 27), MONTH, "DE", "DE", date(2026, 5, 27)),  # a court is French: the holidays of metropolitan France
        (date(2026, 4, 27), MONTH, "FR", "DE", date(2026, 7, 27)),
        (date(2026, 1, 30), Duration(15), "FR", "FR-971", date(2026, 3, 16)),  # 14 February and a month is a Saturday
        (date(2026, 3, 2), Duration(15), "FR", "FR", date(2026, 3, 17)),
        (date(2026, 5, 25), BUSINESS, "FR-971", "FR-971", date(2026, 5, 28)),  # 25 and 27 May are closed there
        (date(2026, 5, 25), BUSINESS, "FR", "FR", date(2026, 5, 27)),
        (date(2026, 5, 25), BUSINESS, "FR-971", "FR", date(2026, 6, 29)),  # a month on from 28 May is a Sunday
        (date(2026, 5, 25), Duration(2, TimeUnit.WEEK), "FR", "FR", date(2026, 6, 8)),
    ],
)
def test_the_last_day_of_a_delay(start, length, court, person, last):
    assert last_day(start, length, court=court, person=person) == last


def test_a_delay_that_distance_lengthens_counts_it_from_the_courts_own_place():
    start = date(2026, 9, 2)
    by = {(court, person): delay_of("payment-order-opposition", start, court=court, person=person) for court in ("FR", "FR-971") for person in ("FR", "FR-971", "DE")}
    assert by["FR", "FR"] == by["FR-971", "FR-971"] == date(2026, 10, 2)
    assert by["FR", "FR-971"] == by["FR-971", "FR"] == date(2026, 11, 2)
    assert by["FR", "DE"] == date(2026, 12, 2)


def test_a_contract_counts_the_open_days_of_its_calendar():
    assert contractual(date(2026, 5, 26), BUSINESS) == date(2026, 5, 28)
    assert contractual(date(2026, 5, 26), BUSINESS, Calendar(holidays="FR-971")) == date(2026, 5, 29)
    assert procedural(date(2026, 5, 26), BUSINESS, holidays="FR-971") == date(2026, 5, 29)


@pytest.mark.parametrize(
    ("consumer", "place", "by"),
    [(False, "", date(2026, 5, 27)), (False, "FR-971", date(2026, 5, 28)), (True, "", date(2026, 6, 3)), (True, "FR-971", date(2026, 6, 3))],
)
def test_a_day_is_suggested_where_a_step_grants_no_time(consumer, place, by):
    assert suggested(date(2026, 5, 19), consumer=consumer, place=place) == by


# --------------------------------------------------------------------------- persons and mandates


def facts(*events, tags=(), kind="business", creditor=None, debtor=None):
    return Facts(creditor or Creditor("c", name="Atelier"), replace(debtor or Debtor("d"), kind=kind, tags=tags), (), events)


def known(state, on=DAY, **data):
    return Event(on, "person.known", data={"state": state, **data})


def test_a_state_told_by_an_event_is_that_event_and_one_by_a_tag_is_none():
    told = known("curatorship")
    assert dict(standing_of(facts(told, tags=("Tutelle",)), DAY)) == {"guardianship": None, "curatorship": told}
    assert standing_of(facts(told), DAY - timedelta(1)) == {}
    ended = Event(DAY, "person.ended", data={"state": "minor"})
    assert dict(standing_of(facts(told, ended), DAY)) == {"curatorship": told}  # what never began may end
    assert standing_of(facts(Event(DAY, "person.ended", data={"state": "guardianship"}), tags=("tutelle",)), DAY) == {}


def test_what_a_mandate_lacks_is_said_with_the_creditors_name():
    step = replace(sample.action(sample.facts(), channel=Channel.LETTER, tone=Tone.FIRM), kind=StepKind.FORMAL_NOTICE, claimed=Claimed("EUR", Decimal("100.01")))
    for name, said in (("Atelier", "Atelier"), ("", "c")):
        creditor = Creditor("c", name=name, terms={"mandate_powers": "none", "mandate_ceiling": "100.00"})
        assert no_power_for_plans(creditor) == f"the mandate of {said} gives no power of 'plans'"
        assert beyond_mandate(step, creditor) == f"the mandate of {said} gives no power of 'notice'"
        above = f"the claim of 100.01 EUR is above the ceiling of the mandate of {said}, 100.00 EUR"
        assert beyond_mandate(step, replace(creditor, terms={"mandate_ceiling": "100.00"})) == above
    assert powers(Creditor("c", terms={"mandate_powers": None})) == powers(Creditor("c")) == ("notice", "plans", "discounts", "proceedings")


@pytest.mark.parametrize(
    ("name", "mandate", "until", "said"),
    [
        ("Atelier", DAY, None, None),
        ("Atelier", DAY + timedelta(1), None, "no mandate signed by Atelier is in force on 2026-03-02: its date is of 2026-03-03 (CPCE (enforcement) R124-3)"),
        ("", None, None, "no mandate signed by c is in force on 2026-03-02: its date is not known (CPCE (enforcement) R124-3)"),
        ("Atelier", date(2026, 1, 1), "2026-03-01", "the mandate of Atelier ended on 2026-03-01 (CPCE (enforcement) R124-3)"),
        ("", date(2026, 1, 1), "2026-03-01", "the mandate of c ended on 2026-03-01 (CPCE (enforcement) R124-3)"),
        ("Atelier", date(2026, 1, 1), "2026-03-02", None),
    ],
)
def test_an_agency_acts_on_a_mandate_that_is_signed_and_has_not_ended(name, mandate, until, said):
    creditor = Creditor("c", name=name, mandate=mandate, terms={"mandate_until": until})
    assert mandate_missing(creditor, DAY, collector="agency") == said
    assert mandate_missing(creditor, DAY, collector="creditor") is None


@pytest.mark.parametrize(("until", "day"), [(None, None), ("", None), ("sans fin", None), ("2026-12-31", date(2026, 12, 31))])
def test_a_mandate_ends_on_a_day_or_not_at_all(until, day):
    assert mandate_end(Creditor("c", terms={"mandate_until": until})) == day


# --------------------------------------------------------------------------- interest that joins the base


@pytest.mark.parametrize(
    ("granted", "start", "end", "parts"),
    [
        (None, DAY, DAY, [(DAY, DAY, None)]),
        (DAY, DAY, DAY, [(DAY, DAY, None)]),
        (DAY + timedelta(1), DAY, DAY, [(DAY, DAY, None)]),
        (DAY, DAY - timedelta(1), DAY + timedelta(1), [(DAY - timedelta(1), DAY, None), (DAY + timedelta(1), DAY + timedelta(1), None)]),
        (DAY, DAY + timedelta(1), date(2027, 3, 2), [(DAY + timedelta(1), date(2027, 3, 2), DAY + timedelta(1))]),
        (DAY, date(2027, 3, 2), date(2027, 3, 3), [(date(2027, 3, 2), date(2027, 3, 2), date(2026, 3, 3)), (date(2027, 3, 3), date(2027, 3, 3), None)]),
        (DAY, date(2027, 3, 3), date(2027, 3, 4), [(date(2027, 3, 3), date(2027, 3, 4), None)]),
        (DAY, DAY, DAY - timedelta(1), []),
    ],
)
def test_days_are_cut_at_the_courts_day_and_its_anniversaries(granted, start, end, parts):
    assert list(years(granted, start, end)) == parts


def test_what_bears_interest_is_what_of_the_year_is_unpaid():
    def segment(start, interest):
        return Segment(start, start, 1, Decimal(1), Decimal(1), Decimal(interest))

    found = [segment(DAY - timedelta(1), "40.00"), segment(DAY, "60.00")]
    assert bearing(found, DAY, Decimal(10), Decimal(0)) == Decimal("70.00")  # 10 that did before and the year's 60, not what ran before
    assert bearing(found, DAY, Decimal(10), Decimal(35)) == Decimal("65.00")
    assert bearing(found, DAY, Decimal(10), Decimal(100)) == bearing(found, DAY, Decimal(0), Decimal(101)) == 0


# --------------------------------------------------------------------------- money shared


def debt(name, open_="100.00", due=DAY, rate="0"):
    return Debt(name, due, Decimal(open_), Decimal(rate))


@pytest.mark.parametrize(
    ("amount", "debts", "shares", "left"),
    [
        ("100.00", [debt("b", due=DAY + timedelta(1)), debt("a", due=DAY)], [("a", "100.00")], "0.00"),  # due today is due
        ("150.00", [debt("b", due=DAY + timedelta(1)), debt("a", due=DAY)], [("a", "100.00"), ("b", "50.00")], "0.00"),
        ("100.00", [debt("a"), debt("b"), debt("c")], [("a", "33.34"), ("b", "33.33"), ("c", "33.33")], "0.00"),
        ("300.00", [debt("a"), debt("b"), debt("c")], [("a", "100.00"), ("b", "100.00"), ("c", "100.00")], "0.00"),
        ("300.01", [debt("a"), debt("b"), debt("c")], [("a", "100.00"), ("b", "100.00"), ("c", "100.00")], "0.01"),
        ("299.99", [debt("a"), debt("b"), debt("c")], [("a", "100.00"), ("b", "100.00"), ("c", "99.99")], "0.00"),
        ("0.01", [debt("a"), debt("b")], [("a", "0.01")], "0.00"),
        ("50.00", [debt("a", "-10.00"), debt("b")], [("b", "50.00")], "0.00"),
        ("0.00", [debt("a")], [], "0.00"),
        ("-5.00", [debt("a")], [], "-5.00"),
        ("5.00", [debt("a", "0.00")], [], "5.00"),
        ("0.07", [debt("a", "0.03"), debt("b", "0.03"), debt("c", "0.03")], [("a", "0.03"), ("b", "0.02"), ("c", "0.02")], "0.00"),
    ],
)
def test_money_is_shared_to_the_cent_and_nothing_is_lost(amount, debts, shares, left):
    found, rest = allocate(Decimal(amount), debts, DAY)
    assert (list(found), rest) == ([Share(name, Decimal(part)) for name, part in shares], Decimal(left))


def test_what_the_payer_names_is_served_first_to_the_smallest_unit_of_the_currency():
    yen = [debt("a", "100"), debt("b", "100"), debt("c", "100")]
    assert allocate(Decimal(150), yen, DAY, named=("b", "x", "b"), quantum=Decimal(1)) == ((Share("b", Decimal(100)), Share("a", Decimal(25)), Share("c", Decimal(25))), Decimal(0))
    assert allocate(Decimal(101), yen[:2], DAY, quantum=Decimal(1))[0] == (Share("a", Decimal(51)), Share("b", Decimal(50)))


# --------------------------------------------------------------------------- duties


def test_a_duty_says_what_by_which_article_about_which_invoice_and_by_when():
    paid = Event(DAY, "payment.received", invoice="F-1", data={"amount": Decimal(1)})
    assert duties(facts(paid), DAY, collector="agency") == (
        Duty("inform_creditor", "Inform the creditor of the payment", "CPCE (enforcement) R124-5", DAY, None, "F-1"),
        Duty("receipt", "Give the debtor a receipt for the payment", "CPCE (enforcement) R124-6", DAY, None, "F-1"),
        Duty("remit", "Remit what was collected to the creditor", "CPCE (enforcement) R124-6", DAY, date(2026, 4, 2), "F-1"),
    )
    assert duties(facts(paid), DAY + timedelta(1), collector="agency") == duties(facts(paid), DAY, collector="creditor") == ()
    direct = replace(paid, data={"method": "direct"})
    assert [duty.name for duty in duties(facts(direct), DAY, collector="agency")] == ["inform_creditor"]


@pytest.mark.parametrize(
    ("data", "whom"),
    [
        ({}, ""),
        ({"name": "Me Petit"}, ": Me Petit"),
        ({"name": "Me Petit", "address": "1 rue X", "email": "petit@notaire.example"}, ": Me Petit, 1 rue X, petit@notaire.example"),
    ],
)
def test_a_state_of_a_person_says_to_whom_to_write(data, whom):
    (duty,) = duties(facts(known("minor", **data)), DAY, collector="creditor")
    assert duty.title == f"Write to the legal representative of the minor{whom}"
    (lost,) = duties(facts(Event(DAY, "letter.returned", data={"name": "X"})), DAY, collector="creditor")
    assert (lost.name, lost.title) == ("search_address", "Search for the debtor's address")


@pytest.mark.parametrize(
    ("kind", "data", "name", "by"),
    [
        ("business", {}, "declare_claim", date(2026, 5, 2)),
        ("business", {"published_on": date(2026, 3, 10)}, "declare_claim", date(2026, 5, 10)),
        ("consumer", {}, "state_claim", date(2026, 4, 1)),
        ("consumer", {"procedure": "liquidation"}, "declare_claim", date(2026, 5, 2)),
        ("business", {"procedure": "Surendettement"}, "state_claim", date(2026, 4, 1)),
        ("consumer", {"since": date(2026, 2, 20)}, "state_claim", date(2026, 3, 22)),
        ("consumer", {"since": date(2026, 2, 20), "published_on": date(2026, 2, 25)}, "state_claim", date(2026, 3, 27)),
    ],
)
def test_an_insolvency_is_answered_where_and_when_its_procedure_asks(kind, data, name, by):
    (duty,) = duties(facts(Event(DAY, "insolvency.opened", data=data), kind=kind), DAY, collector="creditor")
    assert (duty.name, duty.by) == (name, by)


@pytest.mark.parametrize(("ours", "theirs", "by"), [("75001 Paris", "69001 Lyon", date(2026, 5, 2)), ("97110 Pointe-à-Pitre", "75001 Paris", date(2026, 7, 2)), ("75001 Paris", "97110 Pointe-à-Pitre", date(2026, 7, 2))])
def test_a_creditor_from_elsewhere_has_four_months(ours, theirs, by):
    creditor, debtor = Creditor("c", address=Address((ours,))), Debtor("d", address=Address((theirs,)))
    (duty,) = duties(facts(Event(DAY, "insolvency.opened"), creditor=creditor, debtor=debtor), DAY, collector="creditor")
    assert duty.by == by


def test_a_reversal_takes_back_the_last_payment_of_its_own_invoice_sum_and_currency():
    def paid(day, invoice="F-1", amount="10.00", kind="payment.received", currency=None):
        return Event(DAY + timedelta(day), kind, invoice=invoice, data={"amount": Decimal(amount), **({"currency": currency} if currency else {})})

    back = paid(4, kind="payment.reversed")
    others = [paid(0, amount="11.00"), paid(1, "F-2"), paid(2, currency="USD"), Event(DAY + timedelta(2), "note", invoice="F-1", data={"amount": Decimal("10.00")})]
    first, second = paid(0), paid(3)
    assert not_reversed([*others, first, second, back], DAY + timedelta(4)) == (others[0], first, others[1], *others[2:], back)
    assert not_reversed([*others, back], DAY + timedelta(4)) == (*others, back)
    assert not_reversed([first, back], DAY + timedelta(3)) == (first,)
