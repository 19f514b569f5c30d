"""A FEC in XML means what its flat form means, entry by entry."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

import pytest

from relance.importers import fec, intake
from relance.importers.columns import ColumnMapping
from relance.parsing.rejects import Reject, Unreadable

MAPPING = ColumnMapping(terms="30 days")
ENTRIES = [
    ("VE", "Ventes", "1", "20260105", "FA-1", "Facture FA-1", "A", [("411000", "C1", "Lindor", "1200,00", "0,00"), ("706000", "", "", "0,00", "1200,00")]),
    ("BQ", "Banque", "2", "20260210", "VIR1", "Virement Lindor", "A", [("411000", "C1", "Lindor", "0,00", "1200,00"), ("512000", "", "", "1200,00", "0,00")]),
    ("VE", "Ventes", "3", "20260301", "FA-2", "Facture FA-2", "", [("411000", "C2", "Bélair", "450,00", "0,00"), ("706000", "", "", "0,00", "450,00")]),
]


def flat() -> str:
    rows = ["\t".join(fec.COLUMNS)]
    for code, name, number, on, piece, label, letter, lines in ENTRIES:
        rows += ["\t".join([code, name, number, on, account, "", aux, who, piece, on, label, debit, credit, letter if aux else "", on if letter and aux else "", on, "", ""]) for account, aux, who, debit, credit in lines]
    return "\n".join(rows) + "\n"


def in_xml(*, sides: bool = False) -> str:
    def day(text: str) -> str:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"

    found = ""
    for code, name, number, on, piece, label, letter, lines in ENTRIES:
        inside = ""
        for account, aux, who, debit, credit in lines:
            money = f"<Debit>{debit.replace(',', '.')}</Debit><Credit>{credit.replace(',', '.')}</Credit>"
            if sides:
                money = f"<Montant>{debit if debit != '0,00' else credit}</Montant><Sens>{'D' if debit != '0,00' else 'C'}</Sens>"
            let = f"<EcritureLet>{letter}</EcritureLet><DateLet>{day(on)}</DateLet>" if letter and aux else ""
            inside += f"<ligne><CompteNum>{account}</CompteNum><CompAuxNum>{aux}</CompAuxNum><CompAuxLib>{who}</CompAuxLib>{let}{money}</ligne>\n"
        found += f"<journal><JournalCode>{code}</JournalCode><JournalLib>{name}</JournalLib><ecriture><EcritureNum>{number}</EcritureNum><EcritureDate>{day(on)}</EcritureDate><EcritureLib>{escape(label)}</EcritureLib><PieceRef>{piece}</PieceRef><PieceDate>{day(on)}</PieceDate><ValidDate>{day(on)}</ValidDate>\n{inside}</ecriture></journal>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<comptabilite><exercice><DateCloture>2026-12-31</DateCloture>{found}</exercice></comptabilite>'


def told(path, text: str):
    path.write_text(text, "utf-8")
    assert intake.recognise(path).form is intake.Form.FEC
    return [(one.table, dict(one.row.values)) for one in fec.read(path, MAPPING) if not isinstance(one, Reject)]


@pytest.mark.parametrize("sides", [False, True])
def test_a_fec_in_xml_means_what_its_flat_form_means(tmp_path, sides):
    flatly = told(tmp_path / "f.txt", flat())
    assert told(tmp_path / "f.xml", in_xml(sides=sides)) == flatly
    assert [cells["id"] for table, cells in flatly if table == "invoices"] == ["FA-1", "FA-2"]
    assert ("payment.received", date(2026, 2, 10)) in [(cells["event"], cells["on"]) for table, cells in flatly if table == "events"]


def test_a_broken_or_hostile_one_is_refused(tmp_path):
    path = tmp_path / "f.xml"
    for text, said in ((in_xml()[:900], "broken XML"), ("<!DOCTYPE a>" + in_xml().partition("?>")[2], "document type"), ("<b><comptabilite/></b>", "the document is a 'b'")):
        path.write_text(text, "utf-8")
        with pytest.raises(Unreadable, match=said):
            list(fec.read(path, MAPPING))


def test_an_entry_that_does_not_balance_is_a_reject_with_its_line(tmp_path):
    path = tmp_path / "f.xml"
    path.write_text(in_xml().replace("<Debit>450.00</Debit>", "<Debit>451.00</Debit>"), "utf-8")
    (bad,) = [one for one in fec.read(path, MAPPING) if isinstance(one, Reject)]
    assert bad.line > 10
