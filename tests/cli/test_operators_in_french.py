"""What an operator reads under a French locale, command by command: no English word, at most 80 columns, days and sums as French has them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from relance.cli import main

NOW = datetime(2026, 3, 25, 9, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "playbooks" / "demo"
BOOKS = " ".join(f"--{name} {DEMO / name}.csv" for name in ("invoices", "debtors", "creditors"))
#: Words that English cannot do without, and French has not.
ENGLISH = re.compile(r"\b(?:the|of|is|are|was|and|to|with|not|by|from|has|have|waits|that|this|it|will|none|day|days|case|written|recorded|nothing)\b")
COMMANDS = [
    f"import {DEMO}/invoices.csv --debtors {DEMO}/debtors.csv --creditors {DEMO}/creditors.csv --events {DEMO}/events.csv --commit",
    f"run --routing {DEMO}/routing.yaml {BOOKS} --as-of 2026-03-25",
    "send --print tray",
    "record F-2025-001 payment.received amount=1000.00 --on 2026-03-15",
    "record F-2025-001 payment.received",
    "todo",
    "outbox list",
    "outbox list --state sent",
    "outbox reject --step declic --reason vu --yes",
    "outbox refresh --all --yes",
    "call C003 --outcome no_answer",
    "cases",
    "why F-2025-001",
    "report --until 2026-03-25",
    "matching list",
    "creditor list",
    "creditor mandate atelier-rhodanien --from 2026-01-01 --powers notice --ceiling 5000.00",
    "creditor report atelier-rhodanien --from 2026-03-01 --until 2026-03-25 --out report.xlsx",
    "evidence F-2025-001 --out e.zip",
    "evidence verify e.zip",
    "receipt F-2025-001 --out receipt.pdf",
    "forget C003 --reason demande",
    "forget --expired",
    "journal settings",
    "journal verify",
    "journal backup b.gz",
    "access C003",
    "merge C001 C002",
    "split C001 C002",
    "attach F-2025-001 report.xlsx --kind contract",
    "call nobody --outcome reached",
    "done nothing-here",
    "evidence nobody --out f.zip",
    "creditor confirm nobody --iban FR7630006000011234567890189",
]  # fmt: skip


def test_no_operator_meets_english(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for module in ("common", "run", "send"):
        monkeypatch.setattr(f"relance.cli.{module}.now", lambda: NOW)
    monkeypatch.delenv("RELANCE_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    wrong = []
    for line in COMMANDS:
        done = CliRunner().invoke(main, line.split(), catch_exceptions=False)
        said = "\n".join(each for each in done.output.splitlines() if "/" not in each)  # paths are the machine's
        bare = re.sub(r"`[^`]*`|«[^»]*»|--\w[\w-]*|relance \w+( \w+)?", "", said)
        wrong += [(line.split()[:2], found[0], found.string.strip()[:90]) for each in bare.splitlines() if (found := ENGLISH.search(each))]
        wrong += [(line.split()[:2], "a day as English writes it", each) for each in bare.splitlines() if re.search(r"(?<![\w-])20\d\d-\d\d-\d\d\b", each) and ".json" not in each and ".pdf" not in each]
        wrong += [(line.split()[:2], "a point in a sum", each) for each in bare.splitlines() if re.search(r"\d\.\d\d (?:EUR|USD)", each)]
    assert wrong == [], "\n".join(map(str, wrong))


def test_what_a_journal_refuses_is_french(tmp_path):
    found = CliRunner().invoke(main, ["cases", "--journal", str(tmp_path / "none.db")], env={"RELANCE_LANG": "fr"})
    assert found.exit_code == 2
    assert "il n’y a pas de journal" in found.output
