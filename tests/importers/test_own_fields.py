"""A creditor's own fields come in with a file of invoices: in columns of their name, and under any header that the mapping names; and they stay in the journal."""

from datetime import date

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.journal.journal import Journal

OWN = "id,debtor,creditor,issued,due,amount,currency,placed,field.formule,field.mois\nF-1,d,c,2026-01-05,2026-02-04,100.00,EUR,2026-03-01,premium,14\nF-2,d,c,2026-01-05,2026-02-04,50.00,EUR,,,\n"
OTHER = "id;debtor;creditor;issued;due;amount;currency;Date de remise;Offre;Âge\nF-1;d;c;2026-01-05;2026-02-04;100.00;EUR;2026-03-01;P;14\nF-2;d;c;2026-01-05;2026-02-04;50.00;EUR;;;\n"
MAPPING = """schema: 1
mapping: essai
invoices:
  columns: {id: id, debtor: debtor, creditor: creditor, issued: issued, due: due, amount: amount, currency: currency, placed: Date de remise, field.formule: Offre, field.mois: Âge}
  values: {field.formule: {P: premium}}
"""


@pytest.mark.parametrize("mapped", [False, True], ids=["by their names", "by a mapping"])
def test_columns_of_the_creditor_s_own(tmp_path, monkeypatch, mapped):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "invoices.csv").write_text(OTHER if mapped else OWN, encoding="utf-8")
    (tmp_path / "essai.yaml").write_text(MAPPING, encoding="utf-8")
    line = ["import", "invoices.csv", *(["--columns", "essai.yaml"] if mapped else []), "--commit", "--new", "--journal", "j.db", "--actor", "claire"]
    done = CliRunner().invoke(main, line, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with Journal.open(tmp_path / "j.db") as journal:
        (facts,) = journal.facts("c", "d")
    known = {each.id: each for each in facts.invoices}
    assert dict(known["F-1"].fields) == {"formule": "premium", "mois": "14"}
    assert known["F-1"].placed == date(2026, 3, 1)
    assert dict(known["F-2"].fields) == {}
    assert known["F-2"].placed is None
