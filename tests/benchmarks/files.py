"""A portfolio in CSV files, as an operator has it: `python tests/benchmarks/files.py 20000 FOLDER`; and the least that reading, keeping and writing it can cost.

Ten invoices a debtor, one of them a day late, the others to come: one e-mail for each debtor.
"""

from __future__ import annotations

import csv
import os
import sqlite3
import sys
from datetime import date, timedelta
from pathlib import Path

ON = date(2026, 11, 26)
LETTERHEAD = """\
schema: 1
sender: {name: Atelier du Rhône, address: [3 quai du Rhône, 69002 Lyon], email: compta@atelier.example}
payment: {iban: FR7630006000011234567890189}
"""


def invoice(number: int) -> tuple[str, ...]:
    """Make the invoice of a number: id, creditor, debtor, issued, due, amount, currency."""
    due = ON + timedelta(-1 if number % 10 == 0 else 10 + number % 10 * 2)
    return (f"F{number:07}", "atelier", f"D{number // 10:06}", str(due - timedelta(30)), str(due), f"{100 + number % 900}.{number % 100:02}", "EUR")


def generate(folder: Path, total: int) -> None:
    """Write `invoices.csv`, `debtors.csv`, `creditors.csv` and a letterhead; and `changed.csv`, one new invoice for each hundred."""
    folder.mkdir(parents=True, exist_ok=True)
    debtors = (
        (f"D{n:06}", "atelier", f"Société {n} SARL", "business", "FR", f"compta@client{n}.example", f"+3363{n:07}", f"{n % 200 + 1} rue de la Paix, 69001 Lyon")
        for n in range(total // 10)
    )
    head = ("id", "creditor", "debtor", "issued", "due", "amount", "currency")
    changed = ((f"N{number:07}", *invoice(number * 100)[1:]) for number in range(total // 100))
    for name, rows in (
        ("invoices", [head, *map(invoice, range(total))]), ("changed", [head, *changed]),
        ("debtors", [("id", "creditor", "name", "kind", "country", "email", "phone", "address"), *debtors]),
        ("creditors", [("id", "name", "siren", "kind"), ("atelier", "Atelier du Rhône SARL", "552100554", "business")]),
    ):  # fmt: skip
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    (folder / "letterhead.yaml").write_text(LETTERHEAD, encoding="utf-8")


def bare(folder: Path, *, write: bool) -> None:
    """Read the files, keep every line in a database and read it again; with `write`, a file of 15 kB for each debtor, each on the disk before the next."""
    store = sqlite3.connect(folder / "bare.db" if write else ":memory:")
    store.execute("CREATE TABLE IF NOT EXISTS lines (number INTEGER PRIMARY KEY, line TEXT)")
    store.execute("DELETE FROM lines")
    for name in ("invoices", "debtors"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            store.executemany("INSERT INTO lines (line) VALUES (?)", ((";".join(row),) for row in csv.reader(stream)))
    store.commit()
    count = len(store.execute("SELECT line FROM lines ORDER BY number").fetchall())
    (folder / "bare").mkdir(exist_ok=True)
    for number in range(count // 11 if write else 0):
        with (folder / "bare" / f"{number}.eml").open("wb") as stream:
            stream.write(b"x" * 15_000)
            stream.flush()
            os.fsync(stream.fileno())


def read_journal(path: Path) -> None:
    """Read every line of a journal, and the JSON in it: what whoever reads all of it pays at the least."""
    import json

    for (payload,) in sqlite3.connect(path).execute("SELECT payload FROM journal ORDER BY creditor, seq"):
        json.loads(payload)


if __name__ == "__main__":
    generate(Path(sys.argv[2]), int(sys.argv[1]))
