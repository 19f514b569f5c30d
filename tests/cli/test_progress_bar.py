"""How far a reading is: said in the reader's language, with an end where the files tell one."""

from __future__ import annotations

from io import StringIO

import pytest
import rich.console

from relance.cli.import_ import rows_to_read
from relance.cli.progress_bar import reading_progress
from relance.importers.intake import Form, SourceFile
from relance.sentences import read_in


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of a hundred columns, which keeps what is drawn."""
    drawn, made = Terminal(), rich.console.Console
    monkeypatch.setattr(rich.console, "Console", lambda **_: made(file=drawn, width=100, force_terminal=True))
    return drawn


@pytest.mark.parametrize(("language", "words"), [("en", "3 rows"), ("fr", "3 lignes")])
def test_it_is_said_how_far_of_how_much(terminal, language, words):
    with read_in(language), reading_progress("row", 4) as counted:
        counted(1)
        counted(2)
    assert words in terminal.getvalue()
    assert "75%" in terminal.getvalue().replace(" ", "")


def test_where_the_end_is_not_known_there_is_a_count_alone(terminal):
    with reading_progress("debtor") as counted:
        counted(2)
    assert "2 debtors" in terminal.getvalue()
    assert "%" not in terminal.getvalue()


def test_where_nobody_sees_it_nothing_is_drawn(capsys):
    with reading_progress("row", 4) as counted:
        counted(4)
    assert capsys.readouterr() == ("", "")


def test_lines_tell_the_rows_and_a_workbook_does_not(tmp_path):
    table, workbook = tmp_path / "a.csv", tmp_path / "a.xlsx"
    table.write_text("id;due\nF-1;2026-01-01\nF-2;2026-01-02\n", "utf-8")
    workbook.write_bytes(b"PK")
    lines, invoice = SourceFile(table, Form.TABLE), SourceFile(tmp_path / "f.pdf", Form.E_INVOICE)
    assert rows_to_read([lines, invoice]) == 3
    assert rows_to_read([lines, SourceFile(workbook, Form.TABLE)]) is None
    assert rows_to_read([lines, SourceFile(tmp_path / "s.xml", Form.STATEMENT)]) is None
    assert rows_to_read([SourceFile(tmp_path / "gone.csv", Form.TABLE)]) is None
