"""Rows that tell a thing twice, or two things at once: a second part payment, paid beside open, a second address, texts in ISO 8859-15."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.importers import contacts
from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import fates, recognise, take
from relance.importers.line_count import LineFate
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor
from relance.parsing.row_files import encoding_of

MARCH = date(2026, 3, 1)
MAPPING = ColumnMapping(creditor=Creditor("atelier", "Atelier"))


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as opened:
        yield opened


def brought(journal, tmp_path, text, day=MARCH):
    path = tmp_path / "list.csv"
    path.write_text(text, "utf-8")
    source = recognise(path, mapping=MAPPING)
    return source, take(journal, [source], Settings(MAPPING, day))


def left(journal) -> dict[str, Decimal]:
    return {name: some for facts in journal.facts() for name, some in balances(facts, date.max).outstanding.items()}


def row(head: str, cells: str) -> str:
    return f"id;debtor;issued;due;amount;{head}\nF-1;C1;2026-01-02;2026-02-01;300.00;{cells}\n"


@pytest.mark.parametrize("settled", ["", "2026-02-10"])
@pytest.mark.parametrize("columns", ["paid", "open"])
def test_a_second_part_payment_of_the_same_sum_is_a_second_payment(journal, tmp_path, columns, settled):
    """Told on one day, with one day of payment: the sum is the same, the whole is not."""
    for told, rest in (("100.00", "200.00"), ("200.00", "100.00"), ("200.00", "100.00"), ("300.00", "0.00")):
        brought(journal, tmp_path, row(f"{columns};settled", f"{told if columns == 'paid' else rest};{settled}"))
        assert left(journal) == {"F-1": Decimal(rest)}
    assert sum(one.kind == "payment.received" for one in journal.entries()) == 3


@pytest.mark.parametrize(
    ("paid", "open_", "taken"), [("100.00", "200.00", True), ("", "200.00", True), ("100.00", "", True), ("100.00", "250.00", False), ("100.00", "150.00", False), ("0", "300.00", True), ("300.00", "300.00", False)]
)
def test_paid_and_open_make_up_the_amount_or_are_a_reject(journal, tmp_path, paid, open_, taken):
    _, outcome = brought(journal, tmp_path, row("paid;open", f"{paid};{open_}"))
    assert [one.reason for one in outcome.rejects] == ([] if taken else [f"{paid} paid and {open_} open of 300.00: the columns contradict each other"])
    assert (set(left(journal)) == {"F-1"}) == taken


def test_paid_and_open_beside_a_credit_note_that_is_known(journal, tmp_path):
    brought(journal, tmp_path, row("type;document", "invoice;") + "AV-1;C1;2026-01-20;;50.00;credit_note;F-1\n")
    _, outcome = brought(journal, tmp_path, row("paid;open", "100.00;150.00"))
    assert not outcome.rejects
    assert left(journal) == {"F-1": Decimal("150.00")}


TWICE = (
    "id;debtor;debtor.email;debtor.address;debtor.phone;issued;due;amount\n"
    "F-1;C1;a@x.example;1 rue A;0465710011;2026-01-02;2026-02-01;300.00\n"
    "F-2;C1;b@x.example;1 RUE A;0465710012;2026-01-03;2026-02-01;300.00\n"
    "F-3;C1;b@x.example;2 rue B;;2026-01-04;2026-02-01;300.00\n"
)


def notes(journal) -> list[str]:
    return [one.data["note"] for one in journal.entries() if one.kind == "note"]


def test_a_second_address_is_kept_once_and_the_first_stands(journal, tmp_path):
    source, outcome = brought(journal, tmp_path, TWICE)
    assert notes(journal) == ["another e-mail: b@x.example", "another telephone number: 0465710012", "another address: 2 rue B"]
    (facts,) = journal.facts()
    assert (facts.debtor.email, facts.debtor.address.lines) == ("a@x.example", ("1 rue A",))
    assert fates(outcome, source) == {LineFate.NEW: 3}
    assert "C1: another address, '2 rue B'; '1 rue A' was read before, and stands; the other is kept as a note of the file" in [one.text for one in outcome.remarks]
    _, again = brought(journal, tmp_path, TWICE)
    _, later = brought(journal, tmp_path, TWICE.replace("F-", "G-").replace("0465710012", ""))
    assert len(notes(journal)) == 3
    assert not again.remarks
    assert not later.remarks
    _, other = brought(journal, tmp_path, TWICE.replace("F-", "H-").replace("a@x", "c@x"))
    assert notes(journal)[3:] == ["another e-mail: c@x.example"]
    assert len(other.remarks) == 1


@pytest.mark.parametrize("cell", ["a@x.example, b@x.example", "a@x.example;b@x.example", "a@x.example b@x.example", "a@x.example / b@x.example"])
def test_two_e_mails_of_one_cell_are_two(journal, tmp_path, cell):
    brought(journal, tmp_path, f'id;debtor;debtor.email;issued;due;amount\nF-1;C1;"{cell}";2026-01-02;2026-02-01;300.00\n')
    (facts,) = journal.facts()
    assert facts.debtor.email == "a@x.example"
    assert notes(journal) == ["another e-mail: b@x.example"]


@pytest.mark.parametrize(("cell", "found"), [("a@x.example", ["a@x.example"]), (None, []), ("inconnu", ["inconnu"]), ("Jean a@x.example", ["Jean a@x.example"])])
def test_one_e_mail_is_one(cell, found):
    assert contacts.mailboxes(cell) == found


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("Société Bœuf;300,00 €", "iso8859-15", "iso8859-15"),
        ("Le Cœur;300,00", "iso8859-15", "iso8859-15"),
        ("Œuvres d'été;300,00", "iso8859-15", "iso8859-15"),
        ("300,00 €;été", "iso8859-15", "iso8859-15"),
        ("Bœuf;300,00 €", "cp1252", "cp1252"),
        ("Bœuf", "cp1252", "cp1252"),
        ("Été à Nîmes;1½ jour;½ journée;¼;n¹²", "latin-1", "cp1252"),
        ("l´été;300", "latin-1", "cp1252"),
        ("Bœuf;300,00 €", "utf-8", "utf-8"),
    ],
)
def test_iso_8859_15_is_told_from_its_neighbours(tmp_path, text, encoding, found):
    path = tmp_path / "a.csv"
    path.write_bytes(f"Nom;Montant\n{text}\n".encode(encoding))
    assert encoding_of(path)[0] == found
    assert path.read_text(encoding_of(path)[0]).splitlines()[1] == text
