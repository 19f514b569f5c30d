"""Which texts answer late payment of whom: a public purchaser, a debtor abroad, an unknown one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relance.law.claims import Owed, claimed
from relance.law.limitation import barred_on
from relance.law.regimes import PUBLIC, TRADERS, foreign, regime_of
from relance.law.terms import Sector, over_cap
from relance.model import Address, Charge, Creditor, Debtor

BOTH = (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY)
OWED = Owed("F-2", date(2026, 1, 31), Decimal("8000.00"))


def asked(on, kind="public", **more):
    return claimed(BOTH, [more.pop("owed", OWED)], on, debtor_kind=kind, **more)


def test_a_public_purchaser_owes_the_rate_of_the_half_year_in_which_interest_began():
    found = asked(date(2026, 4, 1))
    assert (found.late_interest, found.fixed_indemnity) == (Decimal("133.48"), Decimal("40.00"))  # 8,000 at 10.15 % for 60 days
    assert [part.rate for part in asked(date(2026, 8, 31)).segments] == [Decimal("10.15")]  # not 10.40 from 1 July
    assert [part.rate for part in asked(date(2026, 8, 31), "business").segments] == [Decimal("12.15"), Decimal("12.40")]


def test_an_agreed_rate_does_not_bind_a_public_purchaser():
    agreed = Owed("F-2", date(2026, 1, 31), Decimal("8000.00"), rate=Decimal(20))
    assert asked(date(2026, 4, 1), owed=agreed).late_interest == Decimal("133.48")
    assert asked(date(2026, 4, 1), "business", owed=agreed).late_interest == Decimal("263.01")


def test_a_letter_cites_the_code_of_public_procurement_and_never_that_of_commerce():
    cited = PUBLIC.citation("fr")
    assert "commande publique" in cited.both
    assert "441" not in " ".join((*PUBLIC.citation("fr"), *PUBLIC.citation("en")))
    assert TRADERS.citation("de") == TRADERS.citation("en")


@pytest.mark.parametrize(
    ("debtor", "terms", "country"),
    [
        (Debtor("d", country="BE"), {}, "BE"),
        (Debtor("d", country="BE"), {"governing_law": "FR"}, None),
        (Debtor("d", country="BE"), {"governing_law": "BE"}, "BE"),
        (Debtor("d", country="FR", address=Address(("x",), "BE")), {}, None),
        (Debtor("d", address=Address(("x",), "DE")), {}, "DE"),
        (Debtor("d", country="GP"), {}, None),
        (Debtor("d"), {}, None),
    ],
)
def test_who_is_abroad(debtor, terms, country):
    assert foreign(Creditor("c", terms=terms), debtor) == country


def test_a_debtor_abroad_is_asked_the_principal_alone():
    found = asked(date(2026, 4, 1), "business", abroad="BE")
    assert found.total == found.principal == Decimal("8000.00")
    assert "2011/7/EU" in found.notes[0]
    assert "2011/7/EU" not in asked(date(2026, 4, 1), "business", abroad="US").notes[0]
    assert asked(date(2026, 4, 1), "business").notes == ()


@pytest.mark.parametrize(("kind", "creditor", "name"), [("business", "business", "late-interest"), ("public", "business", "late-interest-public"), ("consumer", "business", ""), (None, "business", ""), ("public", "individual", "")])
def test_which_regime(kind, creditor, name):
    assert regime_of(kind, creditor).late_interest == name


@pytest.mark.parametrize(("performed", "barred"), [(date(2021, 1, 1), date(2026, 1, 1)), (date(2021, 12, 31), date(2026, 1, 1)), (date(2022, 1, 1), date(2027, 1, 1))])
def test_a_claim_on_a_public_body_is_lost_four_years_after_its_year(performed, barred):
    assert barred_on(performed, debtor_kind="public").on == barred


@pytest.mark.parametrize(("terms", "fits"), [("30 days", True), ("31 days", False), ("30 days end of month", False)])
def test_a_public_purchaser_pays_within_thirty_days(terms, fits):
    found = over_cap(terms, date(2026, 1, 2), Sector.PUBLIC)
    assert (found is None) == fits
    assert found is None or "R2192-10" in found.law
