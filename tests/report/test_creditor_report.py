"""What a creditor is told: his claims alone, sums that add up, and the period's own money and letters, on both sides of its ends."""

import io
from datetime import date
from decimal import Decimal

import pypdf
from openpyxl import load_workbook

from relance.interpreter.action_id import action_id
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
    assert claim.state == "promesse en cours"


def test_a_letter_about_three_invoices_is_one_letter(journal, clock):
    clock.set("2026-04-10")
    names = ("F-1", "F-2", "F-3")
    told = [event("2026-03-02", "action.emitted", invoice=name, step="relance-1", channel="letter", id=name[-1] * 24, message="m" * 24) for name in names]
    invoices = [Invoice(name, date(2026, 2, 1), Decimal("100.00"), issued=date(2026, 1, 2)) for name in names]
    journal.record(Creditor("atelier"), Debtor("D-1", name="Dupont"), told, invoices=invoices, actor="marie")
    assert [(each.step, each.channel) for each in report_of(journal, "atelier", FIRST, LAST).written] == [("relance-1", "lettre simple")]


def test_each_claim_has_its_state_and_what_did_not_leave_is_not_told_as_sent(journal, clock):
    fill(journal, clock)
    names = ("F-3", "F-4", "F-5", "F-6", "F-7")
    invoices = [Invoice(name, date(2026, 4, 20) if name == "F-7" else date(2026, 3, 1), Decimal("100.00"), issued=date(2026, 1, 2)) for name in names]
    events = [
        event("2026-03-02", "payment.received", invoice="F-3", amount="100.00"), event("2026-03-02", "dispute.opened", invoice="F-4", reason="abîmé"),
        event("2026-03-30", "action.emitted", invoice="F-5", step="relance-1", channel="email", id="a" * 24, sent_by="relance"),
        event("2026-03-02", "invoice.cancelled", invoice="F-6"),
    ]  # fmt: skip
    journal.record(Creditor("atelier"), Debtor("D-3", name="Durand"), events, invoices=invoices, actor="marie")
    claims = {each.invoice: each for each in report_of(journal, "atelier", FIRST, LAST).claims}
    assert {name: claims[name].state for name in names} == {
        "F-3": "soldée", "F-4": "contestée", "F-5": "échue, 30 jours", "F-6": "annulée", "F-7": "non échue",
    }  # fmt: skip
    assert claims["F-5"].last.endswith("préparation, sans envoi")


def test_both_forms_say_the_same_and_no_cell_is_run(journal, clock):
    fill(journal, clock)
    found = report_of(journal, "atelier", FIRST, LAST)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(creditor_pdf(found))).pages).replace("\u202f", " ").replace("\u00a0", " ")
    assert "Compte rendu pour Atelier Nord" in text
    assert "Encaissements de la période : 150,00 €. Reste dû au 31 mars 2026 : 1 040,00 €" in text
    assert "Delorme" not in text
    book = load_workbook(io.BytesIO(creditor_workbook(found)))
    assert book.sheetnames == ["Résumé", "Créances", "Encaissements", "Courriers"]
    row = [cell.value for cell in book["Créances"][2]]
    assert row[0] == "'=Dupont"
    assert row[5:7] == [1040, "promesse en cours"]
    assert row[8] == "EUR"
    assert [cell.value for cell in book["Résumé"][1]] == ["Compte rendu pour", "Atelier Nord"]
    assert any("1\u202f040,00" in str(row[0].value) for row in book["Résumé"])
    assert book["Encaissements"].max_row == 3


def test_money_received_is_told_with_what_is_to_be_remitted_and_what_was(journal, clock):
    clock.set("2026-04-10")
    owing = Debtor("D-1", name="Dupont")
    events = [
        event("2026-03-02", "payment.received", invoice="F-1", amount="200.00"), event("2026-03-03", "payment.received", invoice="F-1", amount="30.00", method="direct"),
        event("2026-03-04", "payment.received", invoice="F-1", amount="50.00"), event("2026-03-05", "payment.reversed", invoice="F-1", amount="50.00"),
        event("2026-03-06", "payment.received", invoice="F-1", amount="70.00"), event("2026-04-01", "payment.received", invoice="F-1", amount="5.00"),
    ]  # fmt: skip
    mandated = Creditor("atelier", name="Atelier Nord", mandate=date(2026, 1, 2))
    journal.record(mandated, owing, events, invoices=[Invoice("F-1", date(2026, 2, 1), Decimal("1200.00"), issued=date(2026, 1, 2))], actor="marie")
    named = action_id("atelier", "D-1", "duty.remit", "F-1", date(2026, 3, 6), 1)
    duty = {"id": named, "step": "duty.remit", "channel": "task"}
    journal.record(mandated, owing, [event("2026-03-06", "action.emitted", invoice="F-1", **duty), event("2026-03-20", "action.executed", invoice="F-1", id=named)], actor="marie")
    found = report_of(journal, "atelier", FIRST, LAST)
    assert [(str(each.amount), each.remitted) for each in found.received] == [
        ("200.00", "à reverser avant le 02/04/2026 inclus"), ("30.00", "réglé au créancier"), ("50.00", ""), ("-50.00", ""), ("70.00", "reversé le 20/03/2026"),
    ]  # fmt: skip
    assert found.to_remit == (("EUR", Decimal("200.00")),)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(creditor_pdf(found))).pages).replace("\u202f", " ").replace("\u00a0", " ")
    assert "À reverser au 31 mars 2026 : 200,00 €." in text
    assert report_of(journal, "atelier", FIRST, date(2026, 4, 1)).to_remit == (("EUR", Decimal("205.00")),)
