"""What may be asked of whom beside the principal, and what is said, word for word, where it may not."""

import pytest

from relance.law.regimes import NONE, PUBLIC, TRADERS, Citation, chargeable, foreign, regime_of
from relance.model import Address, Charge, Creditor, Debtor

LATE, LEGAL, FIXED, PENALTY = Charge.LATE_INTEREST, Charge.LEGAL_INTEREST, Charge.FIXED_INDEMNITY, Charge.CONTRACTUAL_PENALTY
NOT_BETWEEN = "no late interest and no fixed indemnity are asked: C. com. L441-10 holds between professionals, and "
ABROAD = "the principal alone is asked: the debtor is in {}, and no terms say that French law governs (governing_law: FR)"


def asked(*kinds, currency="EUR", debtor_kind="business", creditor_kind="business", abroad=None):
    notes: list[str] = []
    return chargeable(kinds, currency=currency, debtor_kind=debtor_kind, creditor_kind=creditor_kind, abroad=abroad, notes=notes), notes


@pytest.mark.parametrize(
    ("debtor", "creditor", "abroad", "regime"),
    [("business", "business", None, TRADERS), ("public", "business", None, PUBLIC), ("consumer", "business", None, NONE), (None, "business", None, NONE), ("business", "consumer", None, NONE), ("business", "business", "DE", NONE)],
)
def test_the_texts_that_answer_late_payment(debtor, creditor, abroad, regime):
    assert regime_of(debtor, creditor, abroad) is regime


def test_a_language_not_known_reads_as_english_and_nothing_cites_nothing():
    assert TRADERS.citation("de") == TRADERS.citation("en") != TRADERS.citation("fr")
    assert NONE.citation("fr") == Citation()


@pytest.mark.parametrize(
    ("country", "address", "law", "abroad"),
    [
        (None, None, None, None),
        ("FR", None, None, None),
        ("PM", None, None, None),
        ("GP", None, None, None),
        ("DE", None, None, "DE"),
        (None, "DE", None, "DE"),
        ("FR", "DE", None, None),
        ("DE", None, "fr", None),
        ("DE", None, "DE", "DE"),
    ],
)
def test_who_is_abroad_where_french_law_is_not_said_to_govern(country, address, law, abroad):
    debtor = Debtor("d", country=country, address=Address(("1 Allee",), address) if address else None)
    assert foreign(Creditor("c", terms={} if law is None else {"governing_law": law}), debtor) == abroad


@pytest.mark.parametrize(
    ("kinds", "how", "left", "notes"),
    [
        ((LATE, FIXED), {}, {LATE, FIXED}, []),
        ((LATE, LEGAL), {}, {LATE}, ["legal interest (C. civ. 1344-1) is not asked on top of late interest (C. com. L441-10)"]),
        ((LATE, LEGAL, FIXED), {}, {LATE, FIXED}, ["legal interest (C. civ. 1344-1) is not asked on top of late interest (C. com. L441-10)"]),
        ((LEGAL, PENALTY), {"debtor_kind": "consumer"}, {LEGAL, PENALTY}, []),
        ((LATE, LEGAL), {"debtor_kind": "consumer"}, {LEGAL}, [NOT_BETWEEN + "the debtor is a consumer"]),
        ((FIXED,), {"debtor_kind": None}, set(), [NOT_BETWEEN + "whether the debtor is a professional is not known, so he is treated as a consumer"]),
        ((FIXED,), {"creditor_kind": "association", "debtor_kind": "consumer"}, set(), [NOT_BETWEEN + "the creditor is no professional"]),
        ((LATE, FIXED), {"debtor_kind": "public"}, {LATE, FIXED}, []),
        ((LATE, PENALTY), {"abroad": "DE"}, set(), [ABROAD.format("DE") + "; the directive 2011/7/EU gives traders there the ECB rate and 8 points, and 40 euro, at least"]),
        ((LATE, PENALTY), {"abroad": "US"}, set(), [ABROAD.format("US")]),
        ((), {"abroad": "US"}, set(), []),
        ((LATE, LEGAL, FIXED, PENALTY), {"currency": "USD"}, {PENALTY}, ["no interest and no indemnity of French law are asked on a claim in USD: only claims in euro carry them here"]),
        ((PENALTY,), {"currency": "USD"}, {PENALTY}, []),
    ],
)  # fmt: skip
def test_what_may_be_asked_and_why_the_rest_is_not(kinds, how, left, notes):
    assert asked(*kinds, **how) == (left, notes)
