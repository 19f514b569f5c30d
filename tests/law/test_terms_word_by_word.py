"""Payment terms, read word by word: what each way of writing them means, both sides of each cap, and what is said of the rest."""

from datetime import date

import pytest

from relance.law.terms import OverCap, Sector, Terms, TermsError, due_date, over_cap, parse, stated

ISSUED = date(2026, 1, 20)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("30 days", Terms(30)),
        ("30 jours.", Terms(30)),
        ("à 45 jours à compter de la date d’émission de la facture", Terms(45)),
        ("60 jours date d'émission de la facture", Terms(60)),
        ("À réception", Terms(0)),
        ("on receipt", Terms(0)),
        ("comptant", Terms(0)),
        ("fin de mois", Terms(0, end_of_month=True)),
        ("45 jours fin de mois", Terms(45, end_of_month=True)),
        ("30 days end of month on the 1st", Terms(30, end_of_month=True, on_day=1)),
        ("30 jours fin de mois le 31", Terms(30, end_of_month=True, on_day=31)),
        ("X days", None),
        ("...30 days", None),
        ("30 daysX", None),
        ("30 jours fin de mois le 0", None),
        ("30 jours fin de mois le 32", None),
        ("30 jours le 10", None),
        ("le 10", None),
        ("", None),
    ],
)
def test_terms_say_days_an_end_of_month_and_a_day_of_it(text, terms):
    if terms is None:
        with pytest.raises(TermsError):
            parse(text)
    else:
        assert parse(text) == Terms(terms.days, terms.end_of_month, terms.on_day, text)


def test_what_cannot_be_read_is_repeated_with_what_could_be():
    with pytest.raises(TermsError) as unread:
        parse("l'an prochain")
    assert str(unread.value) == '"l\'an prochain" is no payment terms: write "30 days", "45 days end of month", "30 jours fin de mois le 10" or "on receipt"'
    with pytest.raises(TermsError) as no_day:
        parse("30 jours le 10")
    assert str(no_day.value) == "'30 jours le 10': a day of the month, 1 to 31, follows an end of month, as in \"30 days end of month on the 10\""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Règlement à 60 jours date de facture", Terms(60)),
        ("Payable le 15/03/2026", date(2026, 3, 15)),
        ("Payable le 15.03.2026", date(2026, 3, 15)),
        ("à régler au plus tard le 5-4-2026", date(2026, 4, 5)),
        ("due by 2026-03-15", date(2026, 3, 15)),
        ("échéance : 1er avril 2026", date(2026, 4, 1)),
        ("due 3 March 2026", date(2026, 3, 3)),
        ("Net 30", Terms(30)),
        ("2 % 10, net 30", Terms(30)),
        ("zahlbar innerhalb von 30 Tagen", Terms(30)),
        ("Zahlung sofort fällig", Terms(0)),
        ("30 Tage nach Rechnungserhalt", Terms(30)),
        ("14 Tage ab Rechnungsdatum rein netto", Terms(14)),
        ("paiement sous huitaine", Terms(8)),
        ("sous quinzaine", Terms(15)),
        ("règlement à trente jours", Terms(30)),
        ("paiement dès réception", Terms(0)),
        ("Paiement par virement à 45 jours fin de mois le 10", Terms(45, end_of_month=True, on_day=10)),
        ("Merci de bien vouloir régler cette facture sous 30 jours", Terms(30)),
        ("Merci de votre confiance. Payable à 30 jours. Escompte de 2 % sous 8 jours", Terms(30)),
        ("Payable à 30 jours; payable à 30 jours", Terms(30)),
        ("Payable le 15/03/2026; échéance 15/03/2026", date(2026, 3, 15)),
        ("Payable le 15/03/2026; payable le 16/03/2026", "two days"),
        ("payable à 30 jours - le 15/03/2026", "terms and a day"),
        ("Règlement à 60 jours date d’émission de la facture", Terms(60)),
        ("30 jours net - sans escompte", Terms(30)),
        ("Pénalités de retard : 3 fois le taux légal sous 8 jours", None),
        ("Merci de votre confiance", None),
        ("Payable le 31/02/2026 au plus tard", "le 31/02/2026"),
        ("Payable à 30 jours. Payable à 45 jours", "30 jours. Payable à 45 jours"),
        ("à payer dans quelques jours", "quelques jours"),
        ("sous deux mois", "deux mois"),
        ("le 30 du mois suivant", Terms(0, end_of_month=True, on_day=30)),
        ("Prélèvement le 5 du mois suivant", Terms(0, end_of_month=True, on_day=5)),
        ("Paiement au 10 du mois suivant la date de facture", Terms(0, end_of_month=True, on_day=10)),
        ("by the 15th of next month", Terms(0, end_of_month=True, on_day=15)),
        ("zahlbar bis zum 15. des Folgemonats", Terms(0, end_of_month=True, on_day=15)),
        ("payable fin du mois suivant", Terms(0, end_of_month=True, on_day=31)),
        ("end of following month", Terms(0, end_of_month=True, on_day=31)),
        ("le 32 du mois suivant", "no such day"),
        ("à 30 jours, le 15 du mois suivant", "terms, and a day of the next month"),
        ("30 jours le 10 du mois suivant", "counted how?"),
        ("Zahlung bis Monatsende", Terms(0, end_of_month=True)),
        ("30 Tage zum Monatsende", Terms(30, end_of_month=True)),
        ("net 30 EOM", Terms(30, end_of_month=True)),
        ("Conditions : net 45 fin de mois", Terms(45, end_of_month=True)),
        ("EOM+30", "counted how?"),
        ("Net30", Terms(30)),
        ("N/30", Terms(30)),
        ("2/10, n/30", Terms(30)),
        ("30net", "days of what?"),
        ("à trente (30) jours", Terms(30)),
        ("sous 30 (trente) jours", Terms(30)),
        ("à 60 jours de la date d'émission", Terms(60)),
        ("Due upon receipt of invoice", Terms(0)),
        ("Immediate payment", Terms(0)),
        ("net comptant", Terms(0)),
        ("À réception de la présente", Terms(0)),
        ("échéance à la réception", Terms(0)),
        ("payable à réception des marchandises", "a day that is not told"),
        ("Cash on delivery", "a day that is not told"),
        ("50 % à la commande, 50 % à la livraison", "days that are not told"),
        ("avant le 31/03/26", date(2026, 3, 31)),
        ("due date: March 15, 2026", date(2026, 3, 15)),
        ("15 févr. 2026", date(2026, 2, 15)),
        ("20260315", date(2026, 3, 15)),
        ("03/15/26", "no such day"),
        ("avant le 15/03", "of which year?"),
        ("fin mars 2026", "which day?"),
        ("30 jours date de facture, soit le 15/03/2026", date(2026, 3, 15)),
        ("Paiement : 30 jours / Escompte : néant", Terms(30)),
        ("Ohne Skonto zahlbar innerhalb 30 Tagen", Terms(30)),
        ("Paiement à 30 jours avec escompte de 2 % sous 8 jours", Terms(30)),
        ("8 jours avec escompte de 2 %, 30 jours net", Terms(30)),
        ("Pas d'escompte en cas de paiement anticipé à 8 jours", None),
        ("Prestation conforme au devis", None),
        ("Total net 120,00 EUR", None),
        ("A payment receipt is sent by e-mail", None),
        ("Payment on receipt of goods", "a day that is not told"),
    ],
)
def test_an_invoices_own_words_say_when_it_is_to_be_paid(text, said):
    if isinstance(said, str):
        with pytest.raises(TermsError) as unread:
            stated(text)
        assert str(unread.value) == f"its terms cannot be read: {text!r}; give the due date in a table, or correct the invoice"
        return
    found = stated(text)
    if isinstance(found, Terms):
        assert isinstance(said, Terms)
        assert (found.days, found.end_of_month, found.on_day) == (said.days, said.end_of_month, said.on_day)
    else:
        assert found == said


@pytest.mark.parametrize(
    ("terms", "method", "due"),
    [
        ("30 days", None, date(2026, 2, 19)),
        ("end of month", None, date(2026, 1, 31)),
        ("end of month", "after", date(2026, 1, 31)),
        ("30 days end of month", "before", date(2026, 2, 28)),
        ("30 days end of month", "after", date(2026, 3, 2)),
        ("30 days end of month on the 10", "before", date(2026, 3, 10)),
        ("30 days end of month on the 1", "after", date(2026, 4, 1)),
        ("30 days end of month on the 2", "after", date(2026, 4, 2)),
        ("30 days end of month on the 3", "after", date(2026, 3, 3)),
        ("end of month on the 31", None, date(2026, 2, 28)),
        ("end of month on the 1", None, date(2026, 2, 1)),
    ],
)
def test_the_day_they_give(terms, method, due):
    assert due_date(ISSUED, terms, method) == due


def test_the_last_day_of_a_month_is_not_the_one_after_it():
    """31 January, "end of month on the 30": the next 30th is in March, for February has none and its last day stands for it."""
    assert due_date(date(2026, 1, 31), "end of month on the 30") == date(2026, 2, 28)
    assert due_date(date(2026, 12, 31), "end of month on the 1") == date(2027, 1, 1)
    assert due_date(ISSUED, "58 days end of month on the 31", "after") == date(2026, 3, 31)  # from the 30th, the day after


def test_days_and_an_end_of_month_are_counted_in_two_ways_and_both_are_said():
    with pytest.raises(TermsError) as asked:
        due_date(ISSUED, Terms(45, end_of_month=True))
    assert str(asked.value) == (
        "'end of month' is counted in two lawful ways, and the terms of sale say which: `before` counts the 45 days first, then goes to the end of that month "
        "(2026-03-31); `after` goes to the end of the invoice's month first, then counts 45 days (2026-03-17)"
    )
    with pytest.raises(TermsError, match=r"^'45 jours fin de mois' is counted in two lawful ways"):
        due_date(ISSUED, "45 jours fin de mois")


@pytest.mark.parametrize(
    ("terms", "sector", "said"),
    [
        ("60 days", Sector.GENERAL, None),
        ("61 days", Sector.GENERAL, "'61 days' is longer than the law allows: at most 60 days from the date of the invoice"),
        ("45 days end of month", Sector.GENERAL, None),
        ("46 days end of month", Sector.GENERAL, "'46 days end of month' is longer than the law allows: at most 45 days end of month"),
        ("30 days end of month on the 15", Sector.GENERAL, None),
        ("30 days end of month on the 16", Sector.GENERAL, "'30 days end of month on the 16' is longer than the law allows: at most 45 days end of month"),
        ("45 days", Sector.PERIODIC, None),
        ("46 days", Sector.PERIODIC, "'46 days' is longer than the law allows: at most 45 days from the date of the invoice"),
        ("30 days", Sector.TRANSPORT, None),
        ("31 days", Sector.TRANSPORT, "'31 days' is longer than the law allows: at most 30 days from the date of the invoice"),
        ("30 days end of month", Sector.TRANSPORT, "'30 days end of month': an end of month is not allowed here; at most 30 days from the date of the invoice"),
        ("31 days", Sector.PERISHABLE, "'31 days' is longer than the law allows: at most 30 days from delivery"),
        ("20 days end of month", Sector.PERISHABLE, "'20 days end of month': an end of month is not allowed here; at most 30 days from delivery"),
        ("21 days", Sector.LIVESTOCK, "'21 days' is longer than the law allows: at most 20 days from delivery"),
        ("31 days", Sector.PUBLIC, "'31 days' is longer than the law allows: at most 30 days from the day the public purchaser received the invoice"),
        (Terms(61), Sector.GENERAL, "'these terms' is longer than the law allows: at most 60 days from the date of the invoice"),
    ],
)
def test_the_longest_the_law_allows_by_trade(terms, sector, said):
    found = over_cap(terms, date(2026, 1, 1), sector)
    assert (found and found.message) == said
    if found is not None:
        assert isinstance(found, OverCap)
        assert found.law.startswith("public procurement code R2192-10" if sector is Sector.PUBLIC else "C. com. L441-1")
