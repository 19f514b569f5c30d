"""Due dates, caps, deadlines, limitation, holidays and the duties of an agency."""

from datetime import date

import pytest

from relance.dates import holidays_of
from relance.law.deadlines import contractual, electronic_registered, procedural
from relance.law.duties import declare_by, duties, mandate_missing
from relance.law.limitation import Interruption, barred_on
from relance.law.terms import Sector, TermsError, due_date, over_cap, parse
from relance.model import Address, Creditor, Debtor, Duration, Event, Facts, TimeUnit

JAN2 = date(2025, 1, 2)


@pytest.mark.parametrize(
    ("terms", "method", "due"),
    [
        ("30 days", None, "2025-02-01"),
        ("30 jours nets", None, "2025-02-01"),
        ("net 30 days", None, "2025-02-01"),
        ("60 jours à compter de la date de facture", None, "2025-03-03"),
        ("45 days end of month", "before", "2025-02-28"),
        ("45 days end of month", "after", "2025-03-17"),
        ("45 Jours  Fin de Mois", "after", "2025-03-17"),
        ("30 j fdm", "before", "2025-02-28"),
        ("fin de mois", None, "2025-01-31"),
        ("à réception", None, "2025-01-02"),
        ("on receipt", None, "2025-01-02"),
        ("30 jours fin de mois le 10", "before", "2025-03-10"),
        ("end of month on the 31", None, "2025-02-28"),
    ],
)
def test_terms_in_both_languages(terms, method, due):
    assert due_date(JAN2, terms, method) == date.fromisoformat(due)


def test_without_a_method_both_readings_are_explained():
    with pytest.raises(TermsError, match=r"before.*2025-02-28.*after.*2025-03-17"):
        due_date(JAN2, "45 days end of month")


@pytest.mark.parametrize("text", ["", "soon", "trente jours", "-5 days", "30", "30 jours le 15", "30 jours fin de mois le 32", "9999 days"])
def test_what_is_no_terms(text):
    with pytest.raises(TermsError):
        parse(text)


def test_a_contractual_due_date_stays_on_a_sunday():
    assert due_date(date(2026, 1, 2), "30 days") == date(2026, 2, 1)  # a Sunday


@pytest.mark.parametrize(
    ("terms", "sector", "over"),
    [
        ("60 days", "general", False),
        ("61 days", "general", True),
        ("45 days end of month", "general", False),
        ("60 jours fin de mois", "general", True),
        ("45 days", "periodic", False),
        ("60 days", "periodic", True),
        ("30 days", "transport", False),
        ("31 days", "transport", True),
        ("30 days end of month", "transport", True),
        ("30 days", "perishable", False),
        ("21 days", "livestock", True),
        ("30 days end of month", "alcohol", False),
        ("45 days end of month", "wine", False),
        ("60 days", "wine", False),
        ("60 days end of month", "wine", True),
    ],
)
def test_caps(terms, sector, over):
    found = over_cap(terms, date(2026, 1, 1), Sector(sector))
    assert (found is not None) is over
    assert found is None or found.law.startswith("C. com. L441-1")


def test_procedure_rolls_and_contract_does_not():
    month = Duration(1, TimeUnit.MONTH)
    assert procedural(date(2026, 1, 31), month) == date(2026, 3, 2)
    assert contractual(date(2026, 1, 31), month) == date(2026, 2, 28)
    assert procedural(date(2026, 5, 12), Duration(15), holidays="FR") == date(2026, 5, 27)
    assert procedural(date(2026, 5, 12), Duration(15), holidays="FR-971") == date(2026, 5, 28)
    assert electronic_registered(date(2026, 3, 1), 8) == date(2026, 3, 24)


@pytest.mark.parametrize(
    ("known", "barred", "says"),
    [
        ({"debtor_kind": "business"}, "2026-03-02", "L110-4"),
        ({"debtor_kind": "consumer"}, "2023-03-02", "L218-2"),
        ({"debtor_kind": None}, "2023-03-02", "not known"),
        ({"debtor_kind": "business", "nature": "transport"}, "2022-03-02", "L133-6"),
        ({"debtor_kind": "business", "nature": "charter"}, "2022-03-02", "not known"),
        ({"debtor_kind": "consumer", "creditor_kind": "individual"}, "2026-03-02", "2224"),
    ],
)
def test_limitation(known, barred, says):
    found = barred_on(date(2021, 3, 1), **known)
    assert found.on == date.fromisoformat(barred)
    assert says in found.basis


def test_an_interruption_starts_it_anew_unless_it_comes_too_late_or_is_a_letter():
    due = date(2021, 3, 1)

    def barred(*interruptions):
        return barred_on(due, debtor_kind="business", interruptions=[Interruption(*one) for one in interruptions])

    assert barred((date(2025, 1, 1), "acknowledgement")).on == date(2030, 1, 2)
    assert barred((date(2026, 3, 1), "court")).on == date(2031, 3, 2)
    assert barred((date(2026, 3, 2), "court")).on == date(2026, 3, 2)
    letter = barred((date(2025, 1, 1), "formal_notice"))
    assert letter.on == date(2026, 3, 2)
    assert "interrupts nothing" in letter.basis
    chain = barred((date(2025, 1, 1), "enforcement"), (date(2029, 6, 1), "acknowledgement"))
    assert chain.on == date(2034, 6, 2)


def test_twenty_years_bound_acknowledgements_and_not_judgments():
    due = date(2010, 1, 1)
    years = [date(year, 1, 1) for year in (2014, 2018, 2022, 2026)]
    assert barred_on(due, debtor_kind="business", interruptions=[Interruption(day) for day in years]).on == date(2030, 1, 2)
    assert barred_on(due, debtor_kind="business", interruptions=[Interruption(day, "court") for day in years]).on == date(2031, 1, 2)


def test_a_29_february_ends_on_the_28th_and_an_old_claim_counts_from_the_act_of_2008():
    assert barred_on(date(2024, 2, 29), debtor_kind="consumer").on == date(2026, 3, 1)
    assert barred_on(date(1999, 1, 1), debtor_kind="business").on == date(2013, 6, 20)


@pytest.mark.parametrize(
    ("code", "added"),
    [
        ("FR", []),
        ("FR-69", []),
        ("FR-2A", []),
        ("FR-57", ["2026-04-03", "2026-12-26"]),
        ("FR-67", ["2026-04-03", "2026-12-26"]),
        ("FR-68", ["2026-04-03", "2026-12-26"]),
        ("FR-6AE", ["2026-04-03", "2026-12-26"]),
        ("FR-971", ["2026-05-27"]),
        ("FR-GP", ["2026-05-27"]),
        ("FR-972", ["2026-05-22"]),
        ("FR-973", ["2026-06-10"]),
        ("FR-974", ["2026-12-20"]),
        ("FR-976", ["2026-04-27"]),
        ("FR-977", ["2026-10-09"]),
        ("FR-978", ["2026-05-28"]),
        ("FR-975", []),
    ],
)
def test_statutory_holidays_alone(code, added):
    metropolitan = {
        date(2026, month, day)
        for month, day in ((1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    }
    assert set(holidays_of(code, 2026)) == metropolitan | {date.fromisoformat(day) for day in added}


def test_other_countries_and_codes_nobody_knows():
    assert len(holidays_of("DE", 2026)) == 9
    assert date(2017, 5, 27) in holidays_of("FR-978", 2017)
    for code in ("FR-99", "FR-20", "XX", "DE-ZZ"):
        with pytest.raises(LookupError):
            holidays_of(code, 2026)


CREDITOR = Creditor("atelier", "Atelier", mandate=date(2026, 1, 5), address=Address(("3 rue du Port", "69002 Lyon")))
PAID = Event(date(2026, 1, 31), "payment.received", invoice="F-1", data={"amount": 10})


def arising(*events, collector="agency", creditor=CREDITOR, on=date(2026, 1, 31)):
    return [(duty.name, duty.by) for duty in duties(Facts(creditor, Debtor("d"), (), events), on, collector=collector)]


def test_a_payment_is_told_receipted_and_remitted_by_an_agency_alone():
    assert arising(PAID) == [("inform_creditor", None), ("receipt", None), ("remit", date(2026, 2, 28))]
    assert arising(PAID, collector="creditor") == []
    assert arising(PAID, on=date(2026, 2, 1)) == []
    direct = Event(PAID.on, PAID.kind, data={"amount": 10, "method": "direct"})
    assert arising(direct) == [("inform_creditor", None)]


def test_proposals_are_told_insolvency_is_declared_and_a_lost_debtor_is_searched_for():
    day = date(2026, 1, 31)
    assert arising(Event(day, "promise.made")) == [("inform_creditor", None)]
    assert arising(Event(day, "plan.agreed")) == [("inform_creditor", None)]
    opened = Event(day, "insolvency.opened", data={"published_on": date(2025, 12, 31)})
    assert arising(opened) == [("declare_claim", date(2026, 2, 28))]
    assert arising(opened, collector="creditor") == [("declare_claim", date(2026, 2, 28))]
    assert arising(Event(day, "letter.returned")) == [("search_address", None)]


@pytest.mark.parametrize(
    ("address", "by"),
    [
        (None, date(2026, 5, 1)),
        (Address(("98 rue du Port", "69002 Lyon")), date(2026, 5, 1)),
        (Address(("1 rue Schoelcher", "97110 Pointe-à-Pitre")), date(2026, 7, 1)),
        (Address(("Rue Neuve 1", "1000 Bruxelles"), "BE"), date(2026, 7, 1)),
    ],
)
def test_four_months_outside_metropolitan_france(address, by):
    assert declare_by(date(2026, 3, 1), address, Address(("1 rue X", "75001 Paris"))) == by


@pytest.mark.parametrize(
    ("creditor", "debtor", "by"),
    [
        ("97110 Pointe-à-Pitre", "97139 Les Abymes", date(2026, 5, 1)),
        ("97110 Pointe-à-Pitre", "97200 Fort-de-France", date(2026, 7, 1)),
        ("69002 Lyon", "97200 Fort-de-France", date(2026, 7, 1)),
        ("97110 Pointe-à-Pitre", None, date(2026, 5, 1)),
    ],
)
def test_the_court_s_own_territory_has_two_months(creditor, debtor, by):
    assert declare_by(date(2026, 3, 1), Address((creditor,)), None if debtor is None else Address((debtor,))) == by


def test_carriage_runs_from_the_delivery_where_it_is_known():
    known = {"debtor_kind": "business", "nature": "transport"}
    assert barred_on(date(2021, 3, 1), **known, delivered=date(2021, 2, 1)).on == date(2022, 2, 2)
    assert "may be barred earlier" in barred_on(date(2021, 3, 1), **known).basis
    assert barred_on(date(2021, 3, 1), **known, delivered=date(2021, 4, 1)).on == date(2022, 4, 2)


def test_an_agency_does_nothing_without_a_signed_mandate():
    on = date(2026, 3, 1)
    assert "R124-3" in mandate_missing(Creditor("c", "C"), on, collector="agency")
    assert "2026-04-01" in mandate_missing(Creditor("c", "C", mandate=date(2026, 4, 1)), on, collector="agency")
    assert mandate_missing(CREDITOR, on, collector="agency") is None
    assert mandate_missing(Creditor("c"), on, collector="creditor") is None
