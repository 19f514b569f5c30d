"""What a creditor is told: his claims alone, sums that add up, and the period's own money and letters, on both sides of its ends."""

import io
from datetime import date
from decimal import Decimal

import pypdf
from openpyxl import load_workbook

from relance.journal.event_types import build
from relance.model import Creditor, Debtor, Invoice
from relance.report.creditor_report import creditor_pdf, creditor_workbook, report_of

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def event(on, kind, **raw):
    made, mistakes = build({"on": on, "event": kind, **raw})
    assert made is not None, mistakes
    return made


def fill(journal, clock):
    clock.set("2026-04-10")
    events = [
        event("2026-02-28", "payment.received", invoice="F-1", amount="10.00"), event("2026-03-01", "payment.received", invoice="F-1", amount="200.00"),
        event("2026-03-31", "payment.reversed", invoice="F-1", amount="50.00"), event("2026-04-01", "payment.received", invoice="F-1", amount="5.00"),
        event("2026-03-10", "action.emitted", invoice="F-1", step="relance-1", channel="email"), event("2026-04-02", "action.emitted", invoice="F-1", step="relance-2", channel="letter"),
        event("2026-03-20", "promise.made", invoice="F-1", amount="100.00", by="2026-04-15"),
    ]  # fmt: skip
    owing = Debtor("D-1", name="=Dupont")
    journal.record(Creditor("atelier", name="Atelier Nord"), owing, events, invoices=[Invoice("F-1", date(2026, 2, 1), Decimal("1200.00"), issued=date(2026, 1, 2)), Invoice("F-2", date(2026, 5, 1), Decimal("7.00"), issued=date(2026, 4, 1))], actor="marie")
    journal.record(Creditor("bureau", name="Bureau Sud"), Debtor("D-9", name="Delorme"), invoices=[Invoice("F-9", date(2026, 2, 1), Decimal("9.00"))], actor="marie")


def test_a_period_has_its_own_money_and_letters_and_the_state_of_its_last_day(journal, clock):
    fill(journal, clock)
    found = report_of(journal, "atelier", FIRST, LAST)
    assert found.name == "Atelier Nord"
    assert [(each.on, each.amount) for each in found.received] == [(date(2026, 3, 1), Decimal("200.00")), (date(2026, 3, 31), Decimal("-50.00"))]
    assert [(each.step, each.channel) for each in found.written] == [("relance-1", "courriel")]
    (claim,) = found.claims  # the invoice of April is not told of in March
    assert (claim.received, claim.open) == (Decimal("160.00"), Decimal("1040.00"))
    assert claim.last.startswith("31/03/2026 : Paiement rejeté")


def test_both_forms_say_the_same_and_no_cell_is_run(journal, clock):
    fill(journal, clock)
    found = report_of(journal, "atelier", FIRST, LAST)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(creditor_pdf(found))).pages).replace("\u202f", " ").replace("\u00a0", " ")
    assert "Compte rendu pour Atelier Nord" in text
    assert "Encaissements de la période : 150,00 €. Reste dû au 31 mars 2026 : 1 040,00 €" in text
    assert "Delorme" not in text
    book = load_workbook(io.BytesIO(creditor_workbook(found)))
    assert book.sheetnames == ["Créances", "Encaissements", "Courriers"]
    row = [cell.value for cell in book["Créances"][2]]
    assert row[0] == "'=Dupont"
    assert row[5] == 1040
    assert book["Encaissements"].max_row == 3
