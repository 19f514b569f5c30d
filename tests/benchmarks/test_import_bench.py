"""How long reading takes, and that a FEC of a million lines needs no more memory than a short one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from relance.importers import intake, portfolio_files
from relance.importers.fec import COLUMNS
from relance.importers.mapping import read_mapping
from relance.importers.matching import Matcher
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Facts, Invoice
from relance.statements.transaction import Transaction

HERE = Path(__file__).resolve().parent
RECEIVABLES = HERE.parents[1] / ".." / "shared" / "data" / "receivables" / "accounts-receivable.csv"


def write_fec(path: Path, lines: int) -> Path:
    """Write a FEC of about so many lines: sales of three lines, four in five of them paid and lettered."""
    with path.open("w", encoding="latin-1") as out:
        out.write("\t".join(COLUMNS) + "\n")
        written = number = 0
        while written < lines:
            number += 1
            day = f"{date(2025, 1, 1) + timedelta(number * 360 // (lines // 4 + 1)):%Y%m%d}"
            cents = 1000 + number * 7919 % 500000
            net = cents * 5 // 6
            letter = f"L{number}" if number % 5 else ""
            who = f"C{number * 31 % 5000:05d}"
            amounts = [f"{each // 100},{each % 100:02d}" for each in (cents, net, cents - net)]
            sale = (
                ("411000", who, amounts[0], "0,00", letter),
                ("707000", "", "0,00", amounts[1], ""),
                ("445710", "", "0,00", amounts[2], ""),
            )
            paid = (("512000", "", amounts[0], "0,00", ""), ("411000", who, "0,00", amounts[0], letter)) if letter else ()
            for code, label, piece, entry in (("VE", "Ventes", f"F{number:07d}", sale), ("BQ", "Banque", f"V{number}", paid)):
                for account, aux, debit, credit, matched in entry:
                    cells = (code, label, str(number), day, account, "", aux, f"Société {aux}" if aux else "", piece, day, "Écriture",
                             debit, credit, matched, day if matched else "", day, "", "")  # fmt: skip
                    out.write("\t".join(cells) + "\n")
                    written += 1
    return path


def test_a_fec_of_a_million_lines_in_flat_memory(benchmark, tmp_path):
    short, long = (20_000, 1_000_000) if benchmark.enabled else (2_000, 10_000)

    def read(path: Path) -> tuple[int, int]:
        done = subprocess.run([sys.executable, str(HERE / "fec_reading.py"), str(path)], check=True, capture_output=True, text=True)
        count, peak = map(int, done.stdout.split())
        return count, peak

    _, before = read(write_fec(tmp_path / "short.txt", short))
    path = write_fec(tmp_path / "long.txt", long)
    count, after = benchmark.pedantic(read, args=(path,), rounds=1)
    assert count > long / 3
    assert after - before < 40, f"{before} MB for {short} lines, {after} MB for {long}"


@pytest.mark.skipif(not RECEIVABLES.exists(), reason="the shared table of receivables is not beside the checkout")
def test_the_published_receivables(benchmark):
    mapping, _ = read_mapping(HERE.parent / "importers" / "receivables.mapping.yaml")
    found = benchmark(portfolio_files.read, RECEIVABLES, mapping=mapping)
    assert found.rows == 2466


def test_a_statement_of_a_thousand_credits_against_twenty_thousand_invoices(benchmark):
    creditor, number = Creditor("atelier", iban="FR76"), 1000 if benchmark.enabled else 50
    books = [
        Facts(creditor, Debtor(f"C{who}", f"Maison Numéro{who}"), tuple(
            Invoice(f"F-2026-{who * 20 + n:05d}", date(2026, 2, 1), Decimal(100 + n), issued=date(2026, 1, 2)) for n in range(20)
        ))
        for who in range(number)
    ]  # fmt: skip
    matcher = Matcher(books, date(2026, 3, 2))
    money = [
        Transaction(
            "s.xml",
            n,
            "FR76",
            date(2026, 2, 20),
            Decimal(100 + n % 20),
            "EUR",
            f"MAISON NUMERO{n}",
            "",
            (),
            f"VIR FACT F2026{n * 20 + n % 20:05d} MERCI",
            f"B{n}",
            "",
        )
        for n in range(number)
    ]
    found = benchmark.pedantic(lambda: list(matcher.match(money)), rounds=1)
    assert sum(type(one).__name__ == "Matched" for one in found) == number


def test_a_table_read_again_changes_nothing(benchmark, tmp_path):
    """Once this compared every debtor at every row: four minutes for what takes twenty seconds."""
    count = 100_000 if benchmark.enabled else 800
    path = tmp_path / "invoices.csv"
    rows = (f"F-{n};C{n // 3};2026-01-02;2026-02-01;{100 + n}.00" for n in range(count))
    path.write_text("\n".join(["id;debtor;issued;due;amount", *rows]) + "\n", "utf-8")
    settings = intake.Settings(not_after=date(2026, 3, 2))
    with Journal.open(tmp_path / "j.db", now=lambda: datetime(2026, 3, 2, 8, tzinfo=UTC)) as journal:
        assert intake.take(journal, [intake.recognise(path)], settings).recorded.written == count
        again = benchmark.pedantic(intake.take, args=(journal, [intake.recognise(path)], settings), rounds=1)
    assert (again.recorded.written, again.recorded.known, again.rejects) == (0, count, [])
