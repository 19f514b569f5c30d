"""Every command that writes files, one after another in one house: each file is for its owner alone, and none goes over another or through a link."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main

NOW = datetime(2026, 3, 25, 9, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "playbooks" / "demo"
BOOKS = [f"--{name} {DEMO / name}.csv" for name in ("invoices", "debtors", "creditors")]
#: What writes, in the order of a house's days; `{out}` is where.
COMMANDS = [
    f"import {DEMO}/invoices.csv --debtors {DEMO}/debtors.csv --creditors {DEMO}/creditors.csv --events {DEMO}/events.csv --commit",
    "import odd.csv --rejects rejects.csv",
    "journal key new agence.key",
    f"run --routing {DEMO}/routing.yaml {' '.join(BOOKS)} --as-of 2026-03-25 --out run",
    "render --out letters",
    "send --print tray",
    "record F-2025-001 payment.received amount=1000.00 --on 2026-03-15",
    "evidence F-2025-001 --out e.zip",
    "receipt F-2025-001 --out receipt.pdf",
    "access C003 --out run",
    "creditor report atelier-rhodanien --from 2026-03-01 --until 2026-03-25 --out report.pdf",
    "creditor report atelier-rhodanien --from 2026-03-01 --until 2026-03-25 --out report.xlsx",
    "creditor end atelier-rhodanien --out back.csv",
    "report --until 2026-03-25 --html figures.html",
    "journal backup backup.gz",
    "journal export --out journal.jsonl",
    "journal restore backup.gz --journal restored.db",
    "preview negligent --due 2026-03-02 --amount 1200.00 --letters shown",
    "demo --out demo",
    "import guess odd.csv --out columns.yaml",
    "new project",
]
#: What names people and is handed on: it is refused where a file or a link already is.
HANDED_ON = {"e.zip": 7, "receipt.pdf": 8, "report.pdf": 10, "report.xlsx": 11, "back.csv": 12, "backup.gz": 14, "journal.jsonl": 15, "agence.key": 2}


def relance(line):
    done = CliRunner().invoke(main, line.split(), catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for module in ("common", "run", "send"):
        monkeypatch.setattr(f"relance.cli.{module}.now", lambda: NOW)
    (tmp_path / "odd.csv").write_text("id;debtor;issued;due;amount\nX-1;d;jeudi;04/02/2026;80,00\n", encoding="utf-8")
    before = os.umask(0o022)  # as most machines have it
    yield tmp_path
    os.umask(before)


@pytest.mark.long
def test_every_file_and_folder_that_a_command_makes_is_for_its_owner_alone(house, monkeypatch):
    given = {house / "odd.csv"}
    for number, line in enumerate(COMMANDS):
        os.umask(0o022)
        code, said = relance(line)
        assert code in (0, 1), (line, said)
        if number == 2:
            monkeypatch.setenv("RELANCE_KEY", "agence.key")
        open_ = [path for path in house.rglob("*") if path not in given and path.stat().st_mode & 0o077 and not (path.name.endswith(".pub"))]
        assert open_ == [], line
    made = {path.name for path in house.iterdir()}
    assert {"relance.db", "relance.db.checkpoints", "rejects.csv", "run", "letters", "tray", "figures.html", "columns.yaml"} | set(HANDED_ON) <= made
    for name, number in HANDED_ON.items():
        before = (house / name).read_bytes()
        assert relance(COMMANDS[number])[0] == 2, name
        assert (house / name).read_bytes() == before
        (house / name).unlink()
        (house / name).symlink_to(house / "elsewhere")
        assert relance(COMMANDS[number])[0] == 2, name
        assert not (house / "elsewhere").exists()
