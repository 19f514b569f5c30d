"""What the command line makes is for its owner alone, is never begun in silence, and prints no mark that turns writing round."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor

HEAD = "id;debtor;issued;due;amount;currency;debtor.name;debtor.email\n"


def relance(*args):
    return CliRunner().invoke(main, [str(each) for each in args])


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


def invoices(here, name="Vermeil SAS", id_="V-1"):
    path = here / "factures.csv"
    path.write_text(f"{HEAD}{id_};d1;05/01/2026;04/02/2026;80,00;EUR;{name};d1@debtor.example\n", encoding="utf-8")
    return path


def test_a_journal_is_begun_with_its_whole_path_said_and_for_its_owner_alone(here):
    done = relance("import", invoices(here), "--commit", "--journal", "a.db")
    assert f"a new journal is begun: {here / 'a.db'}" in done.stderr
    assert (here / "a.db").stat().st_mode & 0o077 == 0
    assert "new journal" not in relance("import", here / "factures.csv", "--commit", "--journal", "a.db").stderr


def test_a_second_journal_beside_one_is_begun_on_purpose_only(here):
    relance("import", invoices(here), "--commit", "--journal", "a.db")
    refused = relance("import", here / "factures.csv", "--commit", "--journal", "b.db")
    assert (refused.exit_code, "a.db" in refused.stderr, (here / "b.db").exists()) == (2, True, False)
    relance("import", here / "factures.csv", "--commit", "--journal", "b.db", "--new")
    assert (here / "b.db").exists()


@pytest.mark.parametrize("mark", ["\u202e", "\u2067", "\u200f"])
def test_a_mark_that_turns_writing_round_is_shown_as_its_escape(here, mark):
    relance("import", invoices(here, id_=f"V{mark}1"), "--commit", "--journal", "a.db")
    for form in ("text", "json"):
        listed = relance("cases", "--journal", "a.db", "--on", "2026-03-01", "--format", form).output
        assert mark not in listed
        assert f"\\u{ord(mark):04x}" in listed


@pytest.mark.parametrize(("name", "inside", "said"), [("x.ods", "content.xml", "OpenDocument"), ("x.docx", "word/document.xml", "Word"), ("x.zip", "a.txt", "zip")])
def test_a_zip_that_is_no_workbook_is_said_in_words(here, name, inside, said):
    with zipfile.ZipFile(here / name, "w") as packed:
        packed.writestr(inside, "<a/>")
    done = relance("import", here / name, invoices(here), "--journal", "a.db")
    assert done.exit_code == 2
    assert name in done.stderr
    assert said in done.stderr


def test_a_workbook_under_a_password_is_said_in_words(here):
    (here / "x.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"))
    done = relance("import", here / "x.xlsx", invoices(here), "--journal", "a.db")
    assert done.exit_code == 2
    assert "x.xlsx" in done.stderr
    assert "encrypted" in done.stderr or "password" in done.stderr
    for words in (("import",), ("import", "guess")):
        done = relance("--lang", "fr", *words, here / "x.xlsx")
        assert done.exit_code == 2
        assert "c’est un ancien fichier Excel (.xls), ou protégé par un mot de passe" in done.stderr
        assert "password" not in done.stderr


@pytest.mark.parametrize("line", ["todo", "cases", "report", "send --dry-run --print tray", "render --out tray", "outbox list", "outbox approve --all", "outbox reject --step x --reason y", "outbox skip --all --reason y", "outbox refresh --all", "matching list", "forget --expired"])
def test_a_creditor_nobody_told_of_is_refused_and_no_empty_list_is_shown(line, tmp_path, monkeypatch):
    """A name mistyped would read as a morning without work."""
    monkeypatch.chdir(tmp_path)
    with Journal.open("relance.db", now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)) as journal:
        journal.record(Creditor("atelier", name="Atelier"), Debtor("D-1", name="Client"), actor="marie")
    refused = CliRunner().invoke(main, [*line.split(), "--creditor", "atelie"])
    assert (refused.exit_code, refused.output) == (2, "Error: the journal knows no creditor 'atelie'\n")
    assert "knows no creditor" not in CliRunner().invoke(main, [*line.split(), "--creditor", "atelier"]).output
