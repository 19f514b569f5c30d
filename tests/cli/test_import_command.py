"""`relance import` as it is typed: exit codes, files written or not, and what is shown."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped

INVOICES = "id;debtor;debtor.name;issued;due;amount;currency\nF-2026-001;C1;Imprimerie Lindor;02/01/2026;01/02/2026;1200,00;EUR\nF-2026-002;C1;Imprimerie Lindor;02/01/2026;31/02/2026;50,00;EUR\n"
STATEMENT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>FR76</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">200.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-20</Dt></BookgDt><NtryDtls><TxDtls><Refs><AcctSvcrRef>B1</AcctSvcrRef></Refs>
<RltdPties><Dbtr><Nm>IMPRIMERIE LINDOR SAS</Nm></Dbtr></RltdPties><RmtInf><Ustrd>acompte F-2026-001</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">77.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-21</Dt></BookgDt><NtryDtls><TxDtls><Refs><AcctSvcrRef>B2</AcctSvcrRef></Refs>
<RltdPties><Dbtr><Nm>=INCONNU</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture
def relance(tmp_path, monkeypatch):
    """Return a function that runs the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    Path("factures.csv").write_text(INVOICES, "utf-8")
    Path("releve.xml").write_text(STATEMENT, "utf-8")

    def run(*words: str, code: int):
        result = CliRunner().invoke(main, ["import", *words])
        assert result.exit_code == code, result.output + result.stderr
        return result

    return run


def test_a_dry_run_writes_nothing(relance):
    said = relance("factures.csv", code=1).stdout
    assert "1 invoice, 0 events, 0 known already; 2 entries to write" in said
    assert "factures.csv:3: 'due': '31/02/2026' is not a day of the calendar" in said
    assert said.endswith("A dry run: nothing was written. Add --commit to write.\n")
    assert sorted(one.name for one in Path().iterdir()) == ["factures.csv", "releve.xml"]


def test_a_commit_writes_the_journal_and_what_was_refused(relance):
    relance("factures.csv", "--commit", "--as-of", "2026-03-02", code=1)
    assert list(csv.reader(Path("rejects.csv").read_text("utf-8").splitlines()))[1][:3] == [
        "factures.csv",
        "3",
        "'due': '31/02/2026' is not a day of the calendar",
    ]
    said = relance("releve.xml", "--commit", "--as-of", "2026-03-02", "--to-match", "to-match.csv", code=1).stdout
    assert re.search(r"2026-02-20 +200\.00 EUR +IMPRIMERIE LINDOR SAS +→ F-2026-001 +90 %, number in the text, in part", " ".join(said.split()))
    assert "1 payment for a person, written to to-match.csv:" in said
    rows = list(csv.DictReader(Path("to-match.csv").read_text("utf-8").splitlines()))
    assert (rows[0]["amount"], rows[0]["payer"], rows[0]["reason"]) == ("77.00", "'=INCONNU", "no reference, number or payer that is known")
    again = json.loads(relance("factures.csv", "releve.xml", "--commit", "--as-of", "2026-03-02", "--format", "json", code=1).stdout)
    assert (again["written"], again["matched"], len(again["rejects"]), len(again["for_a_person"])) == (0, [], 1, 1)


def test_a_higher_threshold_leaves_more_to_a_person(relance):
    relance("factures.csv", "--commit", code=1)
    found = json.loads(relance("releve.xml", "--confidence", "95", "--format", "json", code=1).stdout)
    assert [one["reason"] for one in found["for_a_person"]] == [
        "number in the text, in part (90 %)",
        "no reference, number or payer that is known",
    ]
    assert found["for_a_person"][0]["invoices"] == "F-2026-001"


def test_a_clean_import_of_the_sample_portfolio(relance):
    folder = shipped("playbooks").joinpath("demo")
    tables = [str(folder.joinpath(f"{name}.csv")) for name in ("invoices", "debtors", "creditors", "events")]
    found = json.loads(relance(*tables, "--commit", "--as-of", "2026-03-02", "--format", "json", code=0).stdout)
    assert (found["invoices"], found["rejects"]) == (60, [])
    assert [one["table"] for one in found["files"]] == ["invoices", "debtors", "creditors", "events"]
    assert json.loads(relance(*tables, "--format", "json", code=0).stdout)["written"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name at least one file"),
        (("none.csv",), "none.csv: cannot be read: No such file"),
        (("factures.csv", "--columns", "none.yaml"), "'none.yaml' cannot be read"),
        (("factures.csv", "--columns", "releve.xml"), "has mistakes"),
        (("factures.csv", "--journal", "mysql://x/y"), "SQLite or PostgreSQL"),
        (("factures.csv", "--commit", "--rejects", "no/where.csv"), "cannot be written"),
        (("guess", "none.csv"), "none.csv: cannot be read"),
    ],
)
def test_a_mistake_in_the_call_is_one_sentence(relance, words, said):
    assert said in relance(*words, code=2).stderr


def test_a_file_that_is_nothing_one_knows_ends_in_a_sentence(relance):
    Path("x.bin").write_bytes(b"\x00\x01\x02")
    assert "x.bin: this is not a text: it holds zero bytes" in relance("x.bin", code=2).stderr
    Path("x.xml").write_text("<broken")
    assert "x.xml: broken XML" in relance("x.xml", "factures.csv", code=2).stdout


def test_guess_proposes_a_mapping_that_import_reads(relance):
    Path("sage.csv").write_text(
        "N° pièce;N° compte tiers;Date pièce;Date échéance;Montant TTC\nF-1;C1;15/01/2026;14/02/2026;1 200,00\n", "utf-8"
    )
    relance("guess", "sage.csv", "--out", "sage.yaml", code=0)
    assert "mapping: sage" in relance("guess", "sage.csv", code=0).stdout
    assert "1 invoice, 0 events" in relance("sage.csv", "--columns", "sage.yaml", code=0).stdout


def test_help_tells_of_both(relance):
    assert "relance import guess FILE" in relance("--help", code=0).stdout
    assert "Propose a column mapping" in relance("guess", "--help", code=0).stdout


def test_a_creditors_other_account_is_taken_alone_and_said(relance):
    head = "id;name;kind;siren;iban\n"
    Path("c.csv").write_text(f"{head}vermeil;Vermeil SAS;business;552100554;FR7630006000011234567890189\n", "utf-8")
    Path("f.csv").write_text("id;debtor;creditor;debtor.name;issued;due;amount;currency\nF-1;C1;vermeil;Lindor;02/01/2026;01/02/2026;1200,00;EUR\n", "utf-8")
    relance("f.csv", "c.csv", "--commit", "--journal", "a.db", code=0)
    Path("c.csv").write_text(f"{head}vermeil;Vermeil SAS;business;552100554;FR1420041010050500013M02606\n", "utf-8")
    said = relance("c.csv", "--commit", "--journal", "a.db", "--format", "json", code=0).stdout
    (remark,) = json.loads(said)["remarks"]
    assert "FR1420041010050500013M02606, not FR7630006000011234567890189" in remark["text"]
    assert json.loads(said)["written"] == 1
    assert json.loads(relance("c.csv", "--commit", "--journal", "a.db", "--format", "json", code=0).stdout)["written"] == 0


def test_a_creditor_without_debtors_is_refused_with_the_reason(relance):
    Path("c.csv").write_text("id;name;iban\nvermeil;Vermeil SAS;FR7630006000011234567890189\n", "utf-8")
    assert "no debtor yet" in relance("c.csv", "--commit", "--journal", "a.db", code=1).stdout


def test_sums_have_their_currencys_own_decimals_to_the_end(relance):
    """A dinar has thousandths and a yen nothing below it: what is open, taken from an import by hand and shown, is neither rounded nor padded."""
    rows = [("F-1", "100,000", "KWD"), ("F-2", "1200", "JPY"), ("F-3", "10,50", "EUR")]
    Path("d.csv").write_text("id;debtor;issued;due;amount;currency\n" + "".join(f"{name};{name};02/01/2026;01/02/2026;{amount};{code}\n" for name, amount, code in rows), "utf-8")
    Path("m.yaml").write_text('schema: 1\nmapping: m\nformat: {decimal: ","}\n', "utf-8")
    relance("d.csv", "--columns", "m.yaml", "--commit", code=0)
    paid = CliRunner().invoke(main, ["record", "F-1", "payment.received", "0.125", "--on", "2026-02-10"])
    assert "99.875 KWD open" in paid.output
    shown = json.loads(CliRunner().invoke(main, ["cases", "--format", "json", "--on", "2026-03-01"]).stdout)
    assert {one["case"]: one["open"] for one in shown["cases"]} == {"F-1": "99.875", "F-2": "1200", "F-3": "10.50"}
