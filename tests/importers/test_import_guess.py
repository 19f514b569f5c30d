"""A mapping proposed from headers and values, for the exports people really have; each proposal is read back and tried."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.importers import portfolio_files
from relance.importers.mapping import read_mapping
from relance.importers.mapping_proposal import propose
from relance.importers.mapping_text import header_words
from relance.importers.row_states import meant_by_state
from relance.parsing.rejects import Unreadable

EXPORTS = {
    "sage": """Échéancier clients au 02/03/2026

N° compte tiers;Intitulé du tiers;N° pièce;Date pièce;Date échéance;Type de pièce;Montant TTC;Solde dû;Devise;E-mail;N° SIRET;Commentaire
411DUP;Dupont SA;FA0001;15/01/2026;14/02/2026;Facture;1 200,00;1 000,00;EUR;compta@dupont.example;00001918200011;rien
411DUP;Dupont SA;AV0001;20/01/2026;20/01/2026;Avoir;-100,00;-100,00;EUR;compta@dupont.example;00001918200011;
""",
    "cegid": """Auxiliaire;Raison sociale;Référence pièce;Date de pièce;Echéance;Debit;Reste dû;Adresse 1;Adresse 2;Code postal;Ville;Téléphone
C1;Dupont;F-1;15/01/2026;14/02/2026;1200,00;1200,00;1 rue X;Bât. B;69001;Lyon;04 65 71 00 11
""".replace("Auxiliaire", "Compte auxiliaire"),
    "ebp": """Numéro de document\tCode client\tNom du client\tDate\tDate d'échéance\tTotal TTC\tMontant dû
FA00001\tDUP\tDupont SA\t15/01/2026\t14/02/2026\t1 200,00\t1 200,00
""",
    "pennylane": """Numéro de facture,Client,Date d'émission,Date d'échéance,Montant TTC,Restant dû,Devise,SIREN
F-2026-001,Dupont SA,2026-01-15,2026-02-14,1200.00,1200.00,EUR,000019182
""",
    "quickbooks": """Date,Transaction type,Num,Customer,Due date,Amount,Open balance
01/15/2026,Invoice,1001,Dupont SA,02/14/2026,"1,200.00","1,000.00"
01/20/2026,Credit Note,1002,Dupont SA,02/19/2026,-100.00,-100.00
""",
    "odoo": """Numéro,Nom d'affichage du partenaire de la facture,Date de facturation,Date d'échéance,Total signé,Montant dû signé,Devise
FAC/2026/00001,Dupont SA,2026-01-15,2026-02-14,1200.00,1200.00,EUR
""",
    "clients": """Code client;Raison sociale;SIRET;Adresse;Code postal;Ville;Pays;E-mail;Téléphone
C1;Dupont SA;00001918200011;1 rue X;69001;Lyon;FR;compta@dupont.example;04 65 71 00 11
""",
}


@pytest.mark.parametrize("name", EXPORTS)
def test_the_exports_of_known_software_are_understood(tmp_path, snapshot, name):
    path = tmp_path / f"{name}.csv"
    path.write_text(EXPORTS[name], "cp1252" if name in {"sage", "cegid"} else "utf-8")
    proposal = propose(path)
    assert proposal.whole, proposal.remarks
    snapshot.snapshot_dir = __file__.rpartition("/")[0] + "/snapshots/import_guess"
    snapshot.assert_match(proposal.text, f"{name}.yaml")
    mapping, said = read_mapping(proposal.text)
    assert not said
    if name != "clients":
        found = portfolio_files.read(path, mapping=mapping)
        assert not found.rejects
        invoices = [one for facts in found.facts for one in facts.invoices]
        assert [str(one.amount) for one in invoices] == ["1200.00"]
        assert (invoices[0].issued.isoformat(), invoices[0].due.isoformat()) == ("2026-01-15", "2026-02-14")


def test_excel_is_understood_as_well(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["N° facture", "Code client", "Date facture", "Date échéance", "Montant TTC"])
    book.active.append(["F-1", "C1", datetime(2026, 1, 15), datetime(2026, 2, 14), 1200.0])
    book.save(tmp_path / "a.xlsx")
    proposal = propose(tmp_path / "a.xlsx")
    assert proposal.whole
    assert 'amount: "Montant TTC"' in proposal.text


def test_what_is_not_sure_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("Facture;Client;Date;Montant\nF-1;Dupont;01/02/2026;10,00\n")
    proposal = propose(tmp_path / "a.csv")
    assert "no date has a day beyond the 12th: check whether the day or the month comes first" in proposal.remarks
    assert "no column holds the due date: put in your payment terms" in proposal.remarks
    (tmp_path / "b.csv").write_text(
        "N° facture;Code client;Date facture;Échéance;Montant\n1;C1;15/01/2026;14/02/2026;10,00\n2;C1;15/01/2026;14/02/2026;dix\n3;C1;15/01/2026;14/02/2026;8\n4;C1;15/01/2026;14/02/2026;8\n5;C1;15/01/2026;14/02/2026;8\n6;C1;15/01/2026;14/02/2026;8\n"
    )
    proposal = propose(tmp_path / "b.csv")
    assert not proposal.whole
    assert "5 of 6 rows can be read with this" in proposal.remarks
    assert any(one.startswith("line 3: 'Montant': 'dix' is not an amount") for one in proposal.remarks)


def test_a_fec_needs_its_terms_alone(tmp_path):
    from relance.importers.fec import COLUMNS

    (tmp_path / "a.txt").write_text("|".join(COLUMNS) + "\n")
    mapping, _ = read_mapping(propose(tmp_path / "a.txt").text)
    assert (mapping.terms, mapping.accounts) == ("30 jours", ("411",))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=200)
    | st.sampled_from(list(EXPORTS.values())).flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[at:]))
)
def test_whatever_it_is_given_a_mapping_or_a_sentence_comes_out(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, "utf-8", "surrogatepass")
    try:
        proposal = propose(tmp_path / "a.csv")
    except Unreadable as error:
        assert str(error)  # noqa: PT017 - a sentence, whatever it is
        return
    assert proposal.text.startswith("schema: 1\n")
    assert proposal.whole or proposal.remarks


def test_a_ledger_of_sage_is_proposed_as_the_books_that_it_is(tmp_path):
    path = tmp_path / "grand-livre.csv"
    path.write_text(
        "N° de compte;Intitulé du compte;Date;Journal;N° pièce;Libellé;Echéance;Débit;Crédit\n"
        "411DUPONT;DUPONT SA;22/01/2026;VE;FA0001;Facture FA0001;21/02/2026;1 200,00;\n"
        "411DUPONT;DUPONT SA;15/02/2026;BQ;VIR12;Virement;;;200,00\n",
        "utf-8",
    )
    proposal = propose(path)
    assert proposal.text.partition("ledger:")[2].split("  # ")[0].strip() == 'columns:\n    journal: "Journal"'
    assert 'account: "N° de compte"' in proposal.text
    assert 'name: "Intitulé du compte"' in proposal.text
    assert proposal.remarks == ("2 invoices, payments and credit notes are read with this, 0 lines are not",)
    assert proposal.whole
    path.write_text(path.read_text("utf-8").replace(";BQ;", ";CE;"), "utf-8")  # a bank's journal by a code that does not say so
    proposal = propose(path)
    assert any("journals CE: neither sales nor bank" in remark for remark in proposal.remarks)
    assert '"ce": other  # check this' in proposal.text
    assert not proposal.whole


ODOO = """"Numéro","Partenaire","Date de facturation","Date d'échéance","Total signé","Montant dû signé","État"
"FAC/1","Vasseur SA","2026-02-01","2026-03-01","1200.0","1200.0","Comptabilisé"
"FAC/2","Vasseur SA","2026-02-01","2026-03-01","80.0","80.0","Annulé"
"/","Vasseur SA","2026-02-02","2026-03-02","60.0","60.0","Brouillon"
"""


def test_drafts_and_cancelled_invoices_are_left_out_and_counted(tmp_path):
    path = tmp_path / "odoo.csv"
    path.write_text(ODOO, "utf-8")
    proposal = propose(path)
    assert '"État": {not: ["Annulé", "Brouillon", "Draft", "Cancelled"]}' in proposal.text
    assert any("tells the state: Annulé, Brouillon left out, Comptabilisé read" in one for one in proposal.remarks)
    mapping, findings = read_mapping(proposal.text)
    assert mapping is not None, findings
    found = portfolio_files.read(path, mapping=mapping)
    assert [invoice.id for facts in found.facts for invoice in facts.invoices] == ["FAC/1"]
    assert [one.text for one in found.remarks] == ["2 rows left out by `where`: État: annulé (1), État: brouillon (1)"]
    kept = read_mapping(proposal.text.replace('{not: ["Annulé", "Brouillon", "Draft", "Cancelled"]}', '["COMPTABILISÉ"]'))[0]
    assert [invoice.id for facts in portfolio_files.read(path, mapping=kept).facts for invoice in facts.invoices] == ["FAC/1"]


def test_a_column_that_where_names_and_the_file_has_not_is_said(tmp_path):
    path = tmp_path / "odoo.csv"
    path.write_text(ODOO.replace("État", "Etape"), "utf-8")
    mapping = read_mapping('schema: 1\nmapping: m\ninvoices:\n  columns: {id: Numéro, debtor: Partenaire, amount: Total signé, due: "Date d\'échéance"}\n  where: {État: {not: [Annulé]}}\n')[0]
    assert "no column 'État'" in portfolio_files.read(path, mapping=mapping).rejects[0].reason


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Annulé(e)", "none"), ("Annulé(e)s", "none"), ("Annulé·e", "none"), ("Payé·e·s", "paid"), ("Supprimé(e)", "none"), ("En attente d'approbation", "none"), ("Validé(e)", None), ("Envoyé(e)", None)],
)
def test_a_state_written_for_both_genders_is_that_state(written, meant):
    assert meant_by_state("statut", header_words(written)) == meant
