"""Nothing is left out of a file silently: of every sample, in every format, what became of its lines adds up to its lines, once and read again."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.importers import test_ledger as ledger
from tests.importers.product_exports import EXPORTS
from tests.importers.test_fec_xml import flat, in_xml
from tests.importers.test_import_einvoice import CII, SAMPLES
from tests.importers.test_import_journal import INVOICE, NOTE
from tests.importers.test_lifecycle import collected, message
from tests.statements.bank_files import COLUMNS, WRITERS, Moved

from relance.data import shipped
from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import Form, fates, recognise, take
from relance.importers.mapping import read_mapping
from relance.importers.mapping_proposal import propose
from relance.journal.journal import Journal

TODAY = date(2026, 6, 1)
MOVED = [
    Moved("1200.00", "DUPONT SA", "FAC/2026/00001"), Moved("100.00", "DUPONT SA", "FAC/2026/00001", "E1"), Moved("77.00", "INCONNU", "LOYER"), Moved("-12.00", "", "FRAIS"),
    Moved("-1200.00", "DUPONT SA", "FAC/2026/00001", on="2026-02-25", back=True), Moved("5.00", "ATELIER", "RETOUR", back=True),
]  # fmt: skip
#: What is wrong with a file is counted like all else.
SPOILT = "id;debtor;amount;due;issued\nF-1;C1;100,00;2026-03-01;2026-02-01\nF-1;C1;100,00;2026-03-01;2026-02-01\nF-2;C1;1 23,00;2026-03-01;2026-02-01\nF-3;C1\n;C1;1,00;2026-03-01;2026-02-01\nF-4;C1;1,00;2026-02-31;2026-02-01\n"
#: name → the file's name, what stands in it, how many lines that is.
FILES: dict[str, tuple[str, bytes, int]] = {
    **{f"table of {name}": ("export.csv", text.encode(), sum(1 for _ in csv.reader(io.StringIO(text))) - 1) for name, (text, _) in EXPORTS.items()},
    **{f"table {path.stem}": (path.name, path.read_bytes(), path.read_text("utf-8").count("\n") - 1) for path in sorted(Path(str(shipped("playbooks"))).glob("demo/*.csv"))},
    **{f"bank's {form}": (name, write(MOVED).encode(encoding), len(MOVED)) for form, (name, write, encoding) in WRITERS.items()},
    "table spoilt": ("spoilt.csv", SPOILT.encode(), 6),
    "FEC": ("fec.txt", flat().encode(), flat().count("\n") - 1),
    "FEC cut short": ("fec.txt", flat().encode()[:-40], flat().count("\n") - 1),
    "FEC in XML": ("fec.xml", in_xml().encode(), in_xml().count("<ligne>")),
    "ledger": ("gl.csv", ledger.ledger(*ledger.ROWS, "411MAR;Martin;OD;X;25/03/2026;;Divers;;30,00;", "512000;Banque;BQ;VIR1;15/03/2026;;Virement;200,00;;").encode(), len(ledger.ROWS) + 2),
    "CII": ("f.xml", CII.encode(), 1),
    "UBL": ("f.xml", INVOICE.encode(), 1),
    "UBL credit note": ("a.xml", NOTE.encode(), 1),
    "pro forma": ("p.xml", CII.replace(">380<", ">325<").encode(), 1),
    "status": ("s.xml", message("212", number="FAC/2026/00001", sums=collected("10.00")).encode(), 1),
    "status unknown": ("s.xml", message("299").encode(), 1),
    **{f"published {path.name}": (path.name, path.read_bytes(), 1) for path in sorted(SAMPLES.glob("*.*")) if path.suffix in (".xml", ".pdf")},
}


@pytest.mark.parametrize("name", FILES)
def test_what_became_of_a_files_lines_adds_up_to_them(tmp_path, name):
    called, content, count = FILES[name]
    (path := tmp_path / called).write_bytes(content)
    proposed = propose(path).text if name.startswith("table of") else ledger.MAPPING if name == "ledger" else COLUMNS if name == "bank's table" else ""
    mapping = read_mapping(proposed)[0] if proposed else ColumnMapping(terms="30 jours")
    assert mapping is not None
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        (tmp_path / "known.csv").write_text("id,debtor,amount,due,issued,debtor.name\nFAC/2026/00001,C9,5000.00,2026-02-14,2026-01-15,Dupont SA\n", "utf-8")
        if not name.startswith("table"):
            take(journal, [recognise(tmp_path / "known.csv")], Settings(ColumnMapping(creditor=mapping.creditor), TODAY))
        for _ in range(2):
            source = recognise(path, mapping=mapping)
            outcome = take(journal, [source], Settings(mapping, TODAY))
            if source.form is Form.STATEMENT:
                (tally,) = outcome.statements
                told = tally.matched + tally.reconciled + tally.known + tally.announced + tally.for_a_person + tally.rejected + tally.passed_over.total()
                assert tally.movements == told == count
            else:
                assert fates(outcome, source).total() == count
                assert min(fates(outcome, source).values()) >= 0
