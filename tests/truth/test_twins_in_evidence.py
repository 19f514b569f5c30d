"""Twins of the cases in the file that a judge reads: what it calls due is due, each part that is not asked under its own name, and its figures are one."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal

import pytest

from relance.factcheck.pages import text_of

DAY = "2026-02-20"


def account(built, *events, rows=("F-1,2026-01-05,2026-02-02,1200.00", "F-2,2026-01-05,2026-05-02,300.00")):
    """Return the lines of the account by name, and the first document's text, of a dossier of the whole account."""
    built.found(*rows)
    built.at("2026-02-03")
    built.run("--playbook", "negligent")
    for event in events:
        built.at("2026-02-10")
        built.relance("record", *event)
    built.at(DAY)
    built.relance("evidence", "dupont/EUR", "--out", "e.zip")
    built.relance("evidence", "verify", "e.zip")
    with zipfile.ZipFile(built.folder / "e.zip") as made:
        rows = list(csv.DictReader(io.StringIO(made.read("0-decompte.csv").decode("utf-8-sig")), delimiter=";"))
        text = " ".join(text_of(made.read("0-dossier.pdf")).split())  # narrow spaces are spaces too
    return {row["libellé"]: Decimal(row["montant"].replace(",", ".")) for row in rows if not row["libellé"].startswith("dont")}, text


@pytest.mark.parametrize("event", [("F-1", "hold.placed", "reason=essai"), ("F-1", "handed_over", "to=étude"), ("F-1", "promise.made", "amount=100.00", "by=2026-03-10")])
def test_what_is_due_is_due_whatever_holds_its_reminders_and_what_is_to_come_is_not(built, event):
    lines, text = account(built, event)
    assert "Principal restant dû 1 200,00 €" in text
    assert lines["Part non échue, non demandée"] == -300


@pytest.mark.parametrize(("event", "name"), [
    (("F-1", "dispute.opened", "reason=prix"), "Part contestée, non demandée"), (("F-1", "written_off"), "Part abandonnée, non demandée"),
    (("F-1", "plan.agreed", "2026-03-01 600.00, 2026-04-01 600.00"), "Part sous échéancier, non demandée"),
])  # fmt: skip
def test_what_is_not_asked_stands_under_its_own_name(built, event, name):
    lines, text = account(built, event)
    assert lines[name] == -1200
    assert "Principal restant dû 0,00 € Total 0,00 €" in text


def test_what_was_given_up_in_part_is_not_called_disputed(built):
    events = [("F-1", "written_off", "amount=50.00"), ("F-1", "dispute.opened", "reason=prix", "amount=200.00"), ("F-1", "payment.received", "100.00"), ("F-1", "payment.reversed", "20.00")]
    lines, text = account(built, *events)
    assert (lines["Part abandonnée de F-1"], lines["Part contestée, non demandée"]) == (-50, -200)
    assert list(lines).index("Paiement sur F-1") < list(lines).index("Paiement rejeté sur F-1")
    assert "F-1 5 janvier 2026 2 février 2026 1 200,00 € 872,53 €" in text, "the column and the statement are one figure"
    assert "Principal restant dû 872,53 €" in text


@pytest.mark.parametrize(("paid", "said"), [("1800.00", True), ("1200.00", False)])
def test_what_was_paid_beyond_all_is_said_beside_the_total(built, paid, said):
    rows = ("F-1,2026-01-05,2026-02-02,1200.00",)
    lines, text = account(built, ("dupont", "payment.received", paid), rows=rows)
    assert ("600,00 € restent au crédit du débiteur (trop-perçu ou avoir non imputé) et ne sont pas déduits du total." in text) is said
    assert ("au crédit du débiteur" in text) is said
    assert lines["Paiement sur F-1"] == -1200
    assert lines["Indemnité forfaitaire de recouvrement (C. com. art. D. 441-5)"] == 40
