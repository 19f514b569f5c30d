"""How long the law takes: what one invoice may be asked, and one letter's words."""

from datetime import date
from decimal import Decimal

from relance.law.claims import Movement, Owed, claimed
from relance.law.texts import L111_8
from relance.law.wording import Circumstances, check
from relance.model import Charge


def test_what_is_asked_on_one_invoice(benchmark):
    owed = [Owed("F-1", date(2026, 2, 1), Decimal("1200.00"), (Movement(date(2026, 3, 3), Decimal("200.00")),))]
    found = benchmark(claimed, {Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY}, owed, date(2026, 9, 6), debtor_kind="business")
    assert len(found.segments) == 3


def test_the_words_of_one_letter(benchmark):
    text = "\n\n".join(
        ("Nous vous rappelons notre facture du 2 mars 2026, de 1 200,00 €, et vous remercions de votre règlement.",) * 10 + L111_8
    )
    assert benchmark(check, text, Circumstances(debtor="business")) == ()
