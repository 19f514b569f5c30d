"""`guess`, then `import`, for what nine products export: drafts and cancelled invoices claim nothing, and no mapping is written that an import refuses."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.importers.product_exports import EXPORTS

from relance.cli import main
from relance.importers import portfolio_files
from relance.importers.import_settings import Settings
from relance.importers.intake import fates, recognise, take
from relance.importers.mapping import read_mapping
from relance.importers.mapping_proposal import propose
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.sentences import read_in, retold

TODAY = date(2026, 6, 1)
#: Where a table cannot tell payments from credit notes, `guess` asks.
ASKED = {"sage debit credit"}


def opened(path, mapping) -> dict[str, str]:
    """Return what is open by invoice, where something is."""
    found = portfolio_files.read(path, mapping=mapping, not_after=TODAY)
    assert not found.rejects
    return {name: str(left) for facts in found.facts for name, left in balances(facts, TODAY).outstanding.items() if left}


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_guessed_is_imported(tmp_path, name):
    text, left = EXPORTS[name]
    path = tmp_path / "export.csv"
    path.write_text(text, "utf-8")
    proposal = propose(path)
    mapping, said = read_mapping(proposal.text)
    assert proposal.usable
    assert not said
    assert proposal.whole == (name not in ASKED), proposal.remarks
    assert opened(path, mapping) == left


def _as_workbook(rows, path):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


@given(name=st.sampled_from(sorted(EXPORTS)), data=st.data())
@settings(max_examples=settings.default.max_examples * 4 // 15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_mapping_is_written_that_an_import_refuses(tmp_path_factory, name, data):
    """Whatever columns an export has, in whatever order, as a text or a workbook: the mapping is taken, or said to be none; and each row is accounted for."""
    text, _ = EXPORTS[name]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    kept = data.draw(st.permutations(range(len(rows[0]))).flatmap(lambda order: st.integers(1, len(order)).map(lambda most: order[:most])))
    rows = [[row[place] for place in kept] for row in rows]
    folder = tmp_path_factory.mktemp("export")
    if data.draw(st.booleans()):
        path = folder / "export.xlsx"
        _as_workbook(rows, path)
    else:
        path, sign = folder / "export.csv", data.draw(st.sampled_from(";,\t|"))
        with path.open("w", encoding=data.draw(st.sampled_from(["utf-8", "cp1252"])), newline="") as stream:
            csv.writer(stream, delimiter=sign).writerows(rows)
    proposal = propose(path)
    mapping, _ = read_mapping(proposal.text)
    if not proposal.usable:
        assert proposal.remarks
        assert not proposal.whole
        return
    with Journal.open(folder / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        source = recognise(path, mapping=mapping)
        outcome = take(journal, [source], Settings(mapping, TODAY))
        assert not [one for one in outcome.rejects if one.line == 0]
        assert not proposal.whole or not outcome.rejects
        assert fates(outcome, source).total() == len(rows) - 1
        named = {header for header in rows[0] if header in proposal.text}
        assert named == set(rows[0])  # a column is used, or said not to be
        owed = {one.id: sum(balances(facts, TODAY).outstanding.values(), Decimal(0)) for facts in journal.facts() for one in facts.invoices}
        states = [place for place, header in enumerate(rows[0]) if header in ("Statut", "Status", "État", "Etat", "state", "State", "Etat du document", "f.fk_statut", "docstatus")]
        if states and "where:" in proposal.text:
            assert not {row[0] for row in rows[1:] for place in states if row[place] in ("Brouillon", "Draft", "draft", "cancel", "Annulé", "Annulée", "Cancelled", "Voided", "Void")} & owed.keys() or rows[0][0] not in proposal.text


def test_a_mapping_that_no_import_takes_is_shown_and_not_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Client,Montant HT,Date,Echéance\nDupont,100.00,2026-01-15,2026-02-14\n", "utf-8")
    done = CliRunner().invoke(main, ["import", "guess", str(path), "--out", str(tmp_path / "m.yaml")])
    assert done.exit_code == 1
    assert not (tmp_path / "m.yaml").exists()
    assert "# no import would take this" in done.stderr
    assert all(line.startswith("#") for line in done.stdout.splitlines())


DAYS = """invoice_id,cust_number,name_customer,clear_date,document_create_date,due_in_date,total_open_amount,invoice_currency
1930438491,0200769623,WAL-MAR corp,2020-02-11 00:00:00,2020-01-25,2020-02-10,54273.28,USD
1929646410,0200980828,BEN E,,2019-07-22,2019-08-11,79656.60,USD
"""


def test_a_day_of_clearing_is_no_day_of_issue(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(DAYS, "utf-8")
    proposal = propose(path)
    assert 'settled: "clear_date"' in proposal.text
    assert 'issued: "document_create_date"' in proposal.text
    assert opened(path, read_mapping(proposal.text)[0]) == {"1929646410": "79656.60"}
    path.write_text(DAYS.replace("clear_date", "reviewed_at").replace("document_create_date", "x1"), "utf-8")
    proposal = propose(path)
    assert "issued" not in proposal.text
    assert {"'reviewed_at' holds days and is left out: which are they?", "'x1' holds days and is left out: which are they?"} <= set(proposal.remarks)


PAIR = "Compte;N° pièce;Date;Echéance;Débit;Crédit\n411A;FA1;15/01/2026;14/02/2026;{debit};{credit}\n"


@pytest.mark.parametrize(
    ("debit", "credit", "open_sums", "reason"),
    [
        ("1200,00", "", {"FA1": "1200.00"}, ""),
        ("1200,00", "0,00", {"FA1": "1200.00"}, ""),
        ("-1200,00", "", {}, ""),  # a credit note, on an account without an invoice
        ("", "60,00", {}, ""),
        ("1200,00", "60,00", {}, "a debit and a credit on one row"),
        ("", "", {}, "neither a debit nor a credit"),
        ("0,00", "0,00", {}, "an invoice of 0.00 EUR: an amount is above zero"),
    ],
)
def test_a_debit_and_a_credit_are_one_amount(tmp_path, debit, credit, open_sums, reason):
    path = tmp_path / "a.csv"
    path.write_text(PAIR.format(debit=debit, credit=credit), "utf-8")
    mapping, said = read_mapping(
        "schema: 1\nmapping: m\ninvoices:\n  columns: {id: N° pièce, debtor: Compte, issued: Date, due: Echéance, debit: Débit, credit: Crédit}\n"
    )
    assert not said
    found = portfolio_files.read(path, mapping=mapping)
    assert [one.reason for one in found.rejects] == ([reason] if reason else [])
    assert {one.id: str(one.amount) for facts in found.facts for one in facts.invoices} == open_sums


@pytest.mark.parametrize(("word", "read"), [("Facture", True), ("Devis", False), ("Règlement", False), ("Bon de livraison", False), ("Facture de situation", True), ("Prestation", True)])
def test_what_is_no_invoice_by_its_type_is_left_out(tmp_path, word, read):
    path = tmp_path / "a.csv"
    path.write_text(f"N° facture;Client;Type;Date facture;Échéance;Montant TTC;Reste dû\nF-1;Dupont;{word};15/01/2026;14/02/2026;10,00;10,00\nF-2;Dupont;Facture;15/01/2026;14/02/2026;20,00;20,00\n", "utf-8")
    proposal = propose(path)
    assert proposal.whole, proposal.remarks
    assert opened(path, read_mapping(proposal.text)[0]) == ({"F-1": "10.00"} if read else {}) | {"F-2": "20.00"}
    assert any(word in one for one in proposal.remarks) == (word in ("Devis", "Règlement", "Bon de livraison", "Prestation"))


@pytest.mark.parametrize(("column", "left"), [("Reste à payer", {"F-1": "10.00", "F-3": "5.00"}), (None, {"F-1": "10.00", "F-3": "10.00"})])
def test_a_state_of_paid_counts_where_no_column_says_how_much_is_open(tmp_path, column, left):
    path = tmp_path / "a.csv"
    rows = [("F-1", "Impayée", "10,00"), ("F-2", "Payée", "0,00"), ("F-3", "Partiellement payée", "5,00")]
    lines = [f"{number};Dupont;15/01/2026;14/02/2026;10,00;{state}" + (f";{rest}" if column else "") for number, state, rest in rows]
    path.write_text("\n".join(["N° facture;Client;Date facture;Échéance;Montant TTC;Statut" + (f";{column}" if column else ""), *lines]) + "\n", "utf-8")
    proposal = propose(path)
    assert opened(path, read_mapping(proposal.text)[0]) == left
    assert proposal.whole == bool(column)
    assert any("no column tells how much is open" in one for one in proposal.remarks) == (not column)


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_a_french_reader_is_told_all_of_it_in_french(tmp_path, monkeypatch, name):
    monkeypatch.setenv("RELANCE_LANG", "fr")
    path = tmp_path / "export.csv"
    path.write_text(EXPORTS[name][0], "utf-8")
    proposal = propose(path)
    shown = CliRunner().invoke(main, ["import", "guess", str(path)], catch_exceptions=False)
    lines = [line.partition("# ") for line in proposal.text.splitlines() if "# " in line]
    comments = [comment for code, _, comment in lines if not code.rstrip().endswith(('"', "]"))]  # behind a header stands a cell
    assert all(f"{code}# {comment}" in shown.output for code, _, comment in lines if code.rstrip().endswith(('"', "]")))
    for english in (*proposal.remarks, *comments):
        assert english not in shown.output, english
        with read_in("fr"):
            assert retold(english) != english
    mapping, said = read_mapping(shown.stdout)
    assert (mapping, said) == read_mapping(proposal.text)
