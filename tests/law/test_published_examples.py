"""Worked examples by the engine's own functions: a table of ours, and every example gathered beside this checkout, where there is one.

Where a source is wrong, the right figure counts. `SOURCES` says where each was published.
"""

import json
from dataclasses import replace
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
from relance.model import Charge, Duration, TimeUnit

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "law_examples.json"
EXAMPLES = {each["id"]: each for each in json.loads(SHARED.read_text(encoding="utf-8"))["examples"]} if SHARED.exists() else {}
day = date.fromisoformat

#: Example → principal, percent a year, days, interest.
SIMPLE = {
    "int-01": ("2000", "3.11", 30, "5.11"),
    "int-04": ("1000", "13.15", 30, "10.81"),
    "int-05": ("15000", "15", 30, "184.93"),
    "int-06": ("612.15", "10", 13, "2.18"),
    "int-14": ("10000", "10", 366, "1002.74"),
}
#: Example → issued, terms, method, due.
DUE = {
    "due-01": ("2025-01-02", "45 jours fin de mois", "after", "2025-03-17"),
    "due-02": ("2025-01-02", "45 jours fin de mois", "before", "2025-02-28"),
    "due-05": ("2025-03-10", "45 jours fin de mois", "before", "2025-04-30"),
    "due-06": ("2025-03-10", "45 jours fin de mois", "after", "2025-05-15"),
    "due-09": ("2008-04-15", "45 jours fin de mois", "after", "2008-06-14"),
    "due-10": ("2023-01-05", "30 jours fin de mois", "before", "2023-02-28"),
    "due-13": ("2003-03-17", "60 jours fin de mois le 15", "before", "2003-06-15"),
    "due-14": ("2003-03-01", "60 jours fin de mois le 17", "before", "2003-05-17"),
    "due-16": ("2024-01-15", "30 jours fin de mois", "after", "2024-03-01"),
}
#: Example → from, how long, the zone whose working days it waits for, until.
DELAYS = {
    "dl-01": ("2026-03-02", Duration(15), None, "2026-03-17"),
    "dl-03": ("2026-01-31", Duration(1, TimeUnit.MONTH), "FR", "2026-03-02"),
    "dl-07": ("2026-05-12", Duration(15), "FR-971", "2026-05-28"),
}
#: Example → where it was published.
SOURCES = {
    "int-01": "https://www.mairie-pamplie.fr/ma-mairie/demarches-administratives/?xml=F20688",
    "int-04": "https://www.heropay.eu/blog/taux-penalite-facture (the source is wrong; the right figure counts)",
    "int-05": "https://agenceipro.com/zoom-sur-les-penalites-de-retard",
    "int-06": "https://docs.infor.com/ln/2024.x/fr-fr/lnolh/tfacrug/tfom000412.html",
    "int-09": "a public repository that the index does not name",
    "int-11": "a public repository that the index does not name (the source is wrong; the right figure counts)",
    "int-12": "https://github.com/julesdo/mycelium-os src/lib/verticales/recouvrement/__tests__/decompte.test.ts",
    "int-14": "https://github.com/julesdo/mycelium-os src/lib/verticales/recouvrement/__tests__/decompte.test.ts",
    "due-01": "https://legavox.fr/forum/entreprise/comptabilite/facturation/date-reglement-facture_103013_1.htm",
    "due-02": "https://legavox.fr/forum/entreprise/comptabilite/facturation/date-reglement-facture_103013_1.htm",
    "due-05": "https://www.fnaseph.org/paiement-45-jours-fin-mois-comment-gerer-votre-tresorerie",
    "due-06": "https://www.fnaseph.org/paiement-45-jours-fin-mois-comment-gerer-votre-tresorerie",
    "due-09": "http://mecadyn.over-blog.com/tag/creation%20d%27entreprise/4 (the source is wrong; the right figure counts)",
    "due-10": "https://www.edd-seriousgame.fr/30-jours-fin-mois-calcul-delai-paiement/",
    "due-13": "https://documentation.sage.fr/bupe/DOCS/SageN%C3%A9goce%20i7/_Popup/Fin_de_mois_le.htm",
    "due-14": "https://documentation.sage.fr/bupe/DOCS/SageN%C3%A9goce%20i7/_Popup/Fin_de_mois_le.htm",
    "due-16": "https://devenir-traducteur.fr/calcul-echeance-facture (the source is wrong; the right figure counts)",
    "dl-01": "https://github.com/julesdo/mycelium-os src/lib/verticales/recouvrement/__tests__/delais.test.ts",
    "dl-03": "https://github.com/julesdo/mycelium-os src/lib/verticales/recouvrement/__tests__/delais.test.ts",
    "dl-07": "https://github.com/originlabs-app/origin-skill-install skills/delais-jours-feries-fr/SKILL.md",
    "dl-08": "https://github.com/julesdo/mycelium-os src/lib/verticales/recouvrement/__tests__/delais.test.ts",
}
EASTER = ("2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28")
#: Examples worked out by a test of their own below.
TOLD = {"int-09", "int-11", "int-12", "dl-08"}


def rows(table):
    return [pytest.param(*row, id=name) for name, row in table.items()]


@pytest.mark.parametrize(("principal", "rate", "days", "interest"), rows(SIMPLE))
def test_simple_interest(principal, rate, days, interest):
    assert value_on("interest-day-basis", date(2026, 1, 1)) == 365
    assert simple(Decimal(principal), Decimal(rate), days) == Decimal(interest)


def test_late_interest_over_two_half_years():
    owed = Owed("F-1", date(2026, 6, 20), Decimal(10000))
    found = claimed({Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY}, [owed], date(2026, 7, 10), debtor_kind="business")
    assert [(str(one.start), str(one.end), one.days, str(one.rate), str(one.interest)) for one in found.segments] == [
        ("2026-06-21", "2026-06-30", 10, "12.15", "33.29"),
        ("2026-07-01", "2026-07-10", 10, "12.40", "33.97"),
    ]
    assert (found.late_interest, found.fixed_indemnity) == (Decimal("67.26"), Decimal(40))
    assert found.total - found.principal == Decimal("107.26")


def test_a_published_sum_with_a_part_payment_that_is_wrong():
    """The source counts the due date and not the last day, and pays principal first; its own sum, 413.68, is wrong by 80.18."""
    one = timedelta(1)
    paid = [Reduction(date(2026, 7, 1) - one, Decimal(4000))]
    found = segments(Decimal(10000), paid, date(2026, 5, 1), date(2026, 9, 3) - one, lambda on: value_on("late-interest", on))
    assert total(found) == Decimal("333.50")


def test_principal_first_with_a_rate_that_does_not_change():
    paid = [Reduction(date(2025, 7, 1), Decimal(4000))]
    found = segments(Decimal(10000), paid, date(2025, 1, 2), date(2026, 1, 1), lambda _: Decimal(10), cut=False)
    assert [(one.days, one.interest) for one in found] == [(181, Decimal("495.89")), (184, Decimal("302.47"))]
    assert total(found) == Decimal("798.36")
    assert 6000 + total(found) + value_on("fixed-indemnity", date(2026, 1, 1)) == Decimal("6838.36")


def test_a_credit_note_gives_the_same_figures_as_principal_first():
    day_one, end = date(2025, 1, 1), date(2026, 1, 1)
    asked = {Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY}
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
    assert by_note.invoices[0].received[0].credit_note
    plain = replace(by_payment, notes=(), invoices=by_note.invoices)  # that the principal came first, and what came in, is said of the payment alone
    assert by_note == plain
    assert by_note.principal == 6000


@pytest.mark.parametrize(("issued", "terms", "method", "due"), rows(DUE))
def test_due_dates(issued, terms, method, due):
    assert due_date(day(issued), terms, Method(method)) == day(due)


@pytest.mark.parametrize(("start", "length", "zone", "end"), rows(DELAYS))
def test_delays(start, length, zone, end):
    assert (procedural(day(start), length, holidays=zone) if zone else contractual(day(start), length)) == day(end)


def test_easter_and_the_eleven_holidays():
    for easter in map(day, EASTER):
        holidays = holidays_of("FR", easter.year)
        assert holidays[easter + timedelta(1)] == "Easter Monday"
        assert holidays[easter + timedelta(39)] == "Ascension Day"
        assert holidays[easter + timedelta(50)] == "Pentecost Monday"
    assert len(holidays_of("FR", 2026)) == 11


def test_every_example_names_where_it_was_published():
    assert set(SOURCES) == {*SIMPLE, *DUE, *DELAYS, *TOLD}
    assert all(SOURCES.values())


# --------------------------------------------------------------------------- every gathered example

GATHERED = pytest.mark.skipif(not EXAMPLES, reason="the gathered examples are not beside this checkout")


def of_kind(*kinds):
    return [pytest.param(each["input"], each["expected"], id=name) for name, each in EXAMPLES.items() if each["kind"] in kinds]


def right(expected, key):
    return expected.get(f"correct_{key}", expected[key])


@GATHERED
def test_no_gathered_example_is_left_out():
    ours = {*SIMPLE, *DUE, *DELAYS, *TOLD}
    assert {"-".join(name.split("-")[:2]) for name in EXAMPLES} == ours


@GATHERED
@pytest.mark.parametrize(("given", "expected"), of_kind("interest_simple"))
def test_gathered_interest(given, expected):
    interest = sum(simple(Decimal(given["principal"]), Decimal(part["rate_pct"]), part["days"]) for part in given["segments"])
    assert interest == Decimal(right(expected, "interest"))


@GATHERED
@pytest.mark.parametrize(("given", "expected"), of_kind("due_date"))
def test_gathered_due_dates(given, expected):
    method = Method.BEFORE if given["method"].startswith("A") else Method.AFTER
    assert due_date(day(given["issue_date"]), given["term"], method) == day(right(expected, "due_date"))


@GATHERED
def test_gathered_figures_of_the_others():
    """The figures that stand in the tests above are those that were gathered."""
    straddle, wrong, partial = (
        EXAMPLES[name]["expected"]
        for name in ("int-09-semester-straddle-2026", "int-11-demo-wrong-partial", "int-12-partial-payment-10pct")
    )
    assert ([one["interest"] for one in straddle["segments"]], straddle["total_penalties"]) == (["33.29", "33.97"], "107.26")
    assert (wrong["interest"], wrong["correct_interest_same_convention"]) == ("413.68", "333.50")
    assert ([one["interest"] for one in partial["segments"]], partial["total_with_40"]) == (["495.89", "302.47"], "6838.36")
    assert tuple(EXAMPLES["dl-08-easter"]["expected"]["easter_sunday"]) == EASTER
    for name, (*_, end) in DELAYS.items():
        assert next(each for key, each in EXAMPLES.items() if key.startswith(name))["expected"]["end"] == end
