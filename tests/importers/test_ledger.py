"""A ledger of customers' accounts as a table: payments are payments, whatever its order, once and again, beside the bank and beside the FEC."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.importers.test_sources_agree import Books, Decimal
from tests.statements.bank_files import IBAN, Moved, camt

from relance.importers import fec
from relance.importers.import_settings import Settings
from relance.importers.intake import Form, fates, recognise, take
from relance.importers.mapping import read_mapping
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.parsing.rejects import Unreadable

TODAY = date(2026, 6, 1)
MAPPING = f"""schema: 1
mapping: grand-livre
terms: 30 jours
creditor: {{id: atelier, name: Atelier, iban: {IBAN}}}
ledger:
  columns: {{journal: Journal, on: Date, account: Compte, name: Intitulé, piece: N° pièce, due: Échéance, label: Libellé, debit: Débit, credit: Crédit, letter: Lettrage}}
  values: {{journal: {{X1: bank}}}}
"""
HEAD = "Compte;Intitulé;Journal;N° pièce;Date;Échéance;Libellé;Débit;Crédit;Lettrage"
ROWS = (
    "411DUP;Dupont SA;VE;FA1;15/02/2026;17/03/2026;Facture;1 200,00;;", "411DUP;Dupont SA;BQ;VIR1;15/03/2026;;Virement;;200,00;", "411DUP;Dupont SA;BQ;VIR1;15/03/2026;;Virement;;200,00;",
    "411MAR;Martin;VE;FA2;16/02/2026;18/03/2026;Facture;300,00;;A", "411MAR;Martin;X1;VIR2;20/03/2026;;Virement;;300,00;A", "411MAR;Martin;VE;AV2;18/02/2026;;Avoir;;50,00;B",
    "411MAR;Martin;VE;FA3;17/02/2026;19/03/2026;Facture;500,00;;B",
)  # fmt: skip
OPEN = {"FA1": "800.00", "FA2": "0.00", "FA3": "450.00"}


@pytest.fixture
def house(tmp_path):
    mapping, said = read_mapping(MAPPING)
    assert mapping is not None, said
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:

        def told(name: str, text: str):
            (tmp_path / name).write_text(text, "utf-8")
            source = recognise(tmp_path / name, mapping=mapping)
            outcome = take(journal, [source], Settings(mapping, TODAY))
            left = {number: str(amount) for facts in journal.facts() for number, amount in balances(facts, TODAY).outstanding.items()}
            return left, source, outcome

        yield told


def ledger(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


@pytest.mark.parametrize("order", [ROWS, tuple(reversed(ROWS)), tuple(sorted(ROWS, key=lambda row: row.split(";")[2]))], ids=["by account", "backwards", "by journal"])
def test_what_a_ledger_tells_is_read_whatever_its_order_and_again_changes_nothing(house, order):
    left, source, outcome = house("gl.csv", ledger(*order))
    assert source.form is Form.LEDGER
    assert left == OPEN
    assert not outcome.rejects
    assert fates(outcome, source).total() == len(ROWS)
    assert house("gl.csv", ledger(*order))[0] == OPEN
    later = (*order, "411DUP;Dupont SA;BQ;VIR9;25/03/2026;;Virement;;100,00;", "411MAR;Martin;BQ;FA2;26/03/2026;;Impayé FA2;300,00;;")
    assert house("gl.csv", ledger(*later))[0] == OPEN | {"FA1": "700.00", "FA2": "300.00"}


@pytest.mark.parametrize("first", ["ledger", "bank"])
def test_the_bank_tells_the_same_payments(house, first):
    files = {
        "ledger": ("gl.csv", ledger(*ROWS)),
        "bank": ("releve.xml", camt([Moved("200.00", "DUPONT SA", "FA1", on="2026-03-14"), Moved("200.00", "DUPONT SA", "FA1", on="2026-03-14"), Moved("300.00", "MARTIN", "FA2", on="2026-03-20")])),
    }  # fmt: skip
    if first == "bank":
        house("gl.csv", ledger(*(row for row in ROWS if ";VE;FA" in row)))
    for name in (first, *files):
        left, _, _ = house(*files[name])
    assert left == OPEN


@pytest.mark.parametrize("first", ["ledger", "FEC"])
def test_the_same_books_as_a_fec_count_nothing_twice(house, first):
    books = Books()
    books.entry("VE", date(2026, 2, 15), "FA1", "Facture", "", ("411000", "C1", Decimal(1200)), ("706000", "", Decimal(-1200)))
    books.entry("BQ", date(2026, 3, 15), "VIR1", "Virement", "", ("512000", "", Decimal(200)), ("411000", "C1", Decimal(-200)))
    fec = "\n".join(books.lines).replace("C1", "411DUP") + "\n"
    files = {"ledger": ("gl.csv", ledger(*ROWS[:2])), "FEC": ("fec.txt", fec)}
    for name in (first, *files):
        left, _, outcome = house(*files[name])
        assert not outcome.rejects
    assert left == {"FA1": "1000.00"}


def test_what_no_journal_explains_is_for_a_person_and_other_accounts_are_beside(house):
    left, source, outcome = house("gl.csv", ledger(ROWS[0], "411DUP;Dupont SA;OD;X;25/03/2026;;Divers;;30,00;", "512000;Banque;BQ;VIR1;15/03/2026;;Virement;200,00;;"))
    assert left == {"FA1": "1200.00"}
    assert [(one.line, one.row) for one in outcome.rejects] == [(3, "411DUP;Dupont SA;OD;X;25/03/2026;;Divers;;30,00;")]
    assert fates(outcome, source).total() == 3


def test_a_ledger_without_due_dates_asks_for_the_terms(tmp_path):
    (tmp_path / "gl.csv").write_text(ledger(*ROWS), "utf-8")
    mapping, _ = read_mapping(MAPPING.replace("terms: 30 jours\n", "").replace(" due: Échéance,", ""))
    with pytest.raises(Unreadable, match="no column of the ledger holds the due date"):
        next(fec.read(tmp_path / "gl.csv", mapping, ledger=True))


def test_lines_of_one_invoice_by_due_date_are_its_instalments(house):
    left, _, _ = house("gl.csv", ledger("411DUP;Dupont SA;VE;FA1;15/02/2026;17/03/2026;Facture;600,00;;", "411DUP;Dupont SA;VE;FA1;15/02/2026;17/04/2026;Facture;600,00;;"))
    assert left == {"FA1/1": "600.00", "FA1/2": "600.00"}
