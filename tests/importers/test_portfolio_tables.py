"""Files of rows: encodings, delimiters, quotes that never close, headers below a title, Excel and Parquet."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.importers import intake, portfolio_files
from relance.journal.journal import Journal
from relance.parsing import row_files
from relance.parsing.rejects import Reject, Row, Unreadable

TEXT = "id;client;montant\nF-1;Société Générale d'Étanchéité;12,00\nF-2;Dupont;13,00\n"


def opened(path: Path, content: bytes | str, **options):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table = row_files.table(path, **options)
    return table.headers, list(table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_are_found(tmp_path, encoding, newline):
    headers, rows = opened(tmp_path / "a.csv", TEXT.replace("\n", newline).encode(encoding))
    assert headers == ("id", "client", "montant")
    assert rows == [Row(2, ["F-1", "Société Générale d'Étanchéité", "12,00"]), Row(3, ["F-2", "Dupont", "13,00"])]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_past_a_title_line(tmp_path, sign):
    text = "Balance âgée\n\n" + TEXT.replace(",", ".").replace(";", sign)
    headers, rows = opened(tmp_path / "a.csv", text, wanted=["id", "montant"])
    assert headers == ("id", "client", "montant")
    assert [row.line for row in rows] == [4, 5]


def test_windows_1252_keeps_its_euro_sign(tmp_path):
    _, rows = opened(tmp_path / "a.csv", "id;montant\nF-1;12 €\n".encode("cp1252"))
    assert rows[0].cells[1] == "12 €"


def test_a_stray_byte_in_utf_8_costs_its_row_alone(tmp_path):
    _, rows = opened(tmp_path / "a.csv", (TEXT * 3).encode() + b"F-9;Caf\xe9;1\nF-10;ok;2\n")
    assert [row.line for row in rows if isinstance(row, Reject)] == [10]
    assert rows[-1] == Row(11, ["F-10", "ok", "2"])


def test_a_text_cut_within_a_letter_stays_utf_8(tmp_path):
    _, rows = opened(tmp_path / "a.csv", TEXT.encode() + "F-3;Égalité;é".encode()[:-1])
    assert rows[0].cells[1].startswith("Société")
    assert isinstance(rows[-1], Reject)


def test_quoted_newlines_keep_the_line_numbers(tmp_path):
    _, rows = opened(tmp_path / "a.csv", 'id;adresse\nF-1;"1 rue\n69001 Lyon"\nF-2;x\n')
    assert rows == [Row(2, ["F-1", "1 rue\n69001 Lyon"]), Row(4, ["F-2", "x"])]


@pytest.mark.parametrize("tail", ["", 'F-4;"bon"\n'])
def test_a_quote_that_never_closes_costs_its_line_alone(tmp_path, tail):
    _, rows = opened(tmp_path / "a.csv", 'id;nom\nF-1;"ouvert\nF-2;b\nF-3;c\n' + tail)
    assert isinstance(rows[0], Reject)
    assert (rows[0].line, rows[0].row) == (2, 'F-1;"ouvert')
    assert [row.cells[0] for row in rows[1:]] == ["F-2", "F-3", *(["F-4"] if tail else [])]


def test_rows_too_long_are_refused_and_trailing_empty_cells_are_not(tmp_path):
    _, rows = opened(tmp_path / "a.csv", "id;nom\nF-1;a;;\nF-2;b;c\n;\n\n")
    assert [type(row) for row in rows] == [Row, Reject]
    assert "3 cells where the header has 2" in rows[1].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no table"),
        (b"\n\n\n", "holds no table"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls"),
        (b"a;b\n\0\0\0", "zero bytes"),
        (b"PK\x03\x04 not a zip", "not an Excel workbook"),
        (b"PAR1 nor this", "not a Parquet file"),
        (b"id;id\n1;2\n", "two columns are headed 'id'"),
    ],
)
def test_what_is_no_table_is_said_at_once(tmp_path, content, said):
    with pytest.raises(Unreadable, match=said):
        opened(tmp_path / "a.csv", content, wanted=["id"])


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Unreadable, match="cannot be read"):
        row_files.table(tmp_path / "none.csv")


def test_excel_rows_come_typed_from_the_named_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["rien"])
    sheet = book.create_sheet("Factures")
    sheet.append(["Export du 2 mars"])
    sheet.append(["N°", "Échéance", "Montant"])
    sheet.append([1001, datetime(2026, 3, 2), 12.5])
    book.save(tmp_path / "a.xlsx")
    table = row_files.table(tmp_path / "a.xlsx", sheet="Factures", wanted=["n°", "échéance"])
    assert table.headers == ("N°", "Échéance", "Montant")
    assert list(table.rows) == [Row(3, [1001, datetime(2026, 3, 2), 12.5])]
    with pytest.raises(Unreadable, match=r"'Facture'.*'Sheet', 'Factures'"):
        row_files.table(tmp_path / "a.xlsx", sheet="Facture")


def test_a_workbook_that_is_a_bomb_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    with pytest.raises(Unreadable, match="unpacks to"):
        row_files.table(tmp_path / "a.xlsx")


def test_parquet_rows_come_typed(tmp_path):
    polars = pytest.importorskip("polars", reason="Parquet needs Polars")
    polars.DataFrame({"id": ["F-1"], "due": [date(2026, 3, 2)]}).write_parquet(tmp_path / "a.parquet")
    table = row_files.table(tmp_path / "a.parquet")
    assert list(table.rows) == [Row(2, ["F-1", date(2026, 3, 2)])]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | st.text(alphabet='ab1;,"\n\r\té€', max_size=200).map(str.encode))
def test_any_bytes_are_rows_rejects_or_unreadable(tmp_path, content):
    try:
        headers, rows = opened(tmp_path / "a.csv", content)
    except Unreadable as error:
        assert str(error)  # noqa: PT017 - a sentence, whatever it is
        return
    assert headers
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(line > 0 for line in lines)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(alphabet='aé ;,"\n\t|', max_size=8).map(lambda cell: f"x{cell}"), min_size=3, max_size=3), max_size=6))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path, rows):
    import csv

    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([["un", "deux", "trois"], *rows])
    table = row_files.table(tmp_path / "a.csv", delimiter=";")
    assert [row.cells for row in table.rows] == rows


TWO = "id,debtor,amount,due,debtor.name,debtor.address,debtor.siren\nF-1,C1,10.00,2026-02-01,Alpha,1 rue A,{}\nF-2,C1,10.00,2026-02-01,Alpha,9 rue B,\n"


@pytest.mark.parametrize(
    ("number", "kept", "said"),
    [
        ("552100554", "552100554", ""),
        ("55210055400013", "552100554", ""),
        ("356 000 000 09075", "356000000", ""),  # La Poste has a key of its own
        ("FR61552100554", "552100554", ""),
        ("552100555", None, "its key is wrong"),
        ("987 651", None, "is no SIREN (nine figures)"),
    ],
)
def test_a_company_number_is_a_siren_or_is_said(tmp_path, number, kept, said):
    (tmp_path / "i.csv").write_text(TWO.format(number), "utf-8")
    found = portfolio_files.read(tmp_path / "i.csv")
    assert found.facts[0].debtor.siren == kept
    remarks = [one.text for one in found.remarks]
    assert any(said in one for one in remarks)
    assert any("another address, '9 rue B'; '1 rue A' was read before, and stands" in one for one in remarks)


def test_american_dates_found_out_late_take_nothing(tmp_path, clock):
    rows = "".join(f"F-{n},C1,10.00,{n:02}/02/2026\n" for n in range(1, 6)) + "F-9,C1,10.00,02/28/2026\n"
    (tmp_path / "i.csv").write_text("id,debtor,amount,due\n" + rows, "utf-8")
    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        outcome = intake.take(journal, [intake.recognise(tmp_path / "i.csv")], intake.Settings())
        assert list(journal.facts()) == []
    assert "can only be month/day/year" in outcome.rejects[0].reason


def test_a_percentage_of_a_workbook_is_what_the_sheet_shows(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id", "debtor", "amount", "due", "rate"])
    book.active.append(["F-1", "C1", 10, date(2026, 2, 1), 0.12])
    book.active["E2"].number_format = "0.00%"
    book.save(tmp_path / "i.xlsx")
    assert portfolio_files.read(tmp_path / "i.xlsx").facts[0].invoices[0].rate == Decimal(12)
