"""What operators read stays within 80 columns, with names as long as real ones, in both languages."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from relance.cli import main
from relance.cli import screen as screen_of_commands

DEMO = Path(__file__).parents[2] / "playbooks" / "demo"
#: As registers write them.
LONG = ("Établissements Vandenbroucke-Delacroix et Fils, Successeurs de l’Entreprise Générale de Bâtiment du Nord", "Syndicat des copropriétaires de la résidence Les Jardins de l’Observatoire, représenté par son syndic en exercice", "日本電気硝子株式会社フランス支店")  # fmt: skip


def lengthened(name, column, by):
    """Return a table of the demonstration with longer names, ids left alone."""
    rows = list(csv.DictReader(io.StringIO((DEMO / name).read_text(encoding="utf-8")), delimiter=";"))
    for place, row in enumerate(rows):
        row[column] = by(place, row[column])
    out = io.StringIO()
    table = csv.DictWriter(out, rows[0], delimiter=";")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


COMMANDS = [
    "import invoices.csv --debtors debtors.csv --creditors creditors.csv --events events.csv --commit",
    f"run --routing {DEMO}/routing.yaml --invoices invoices.csv --debtors debtors.csv --creditors creditors.csv --as-of 2026-03-25",
    "import releve.xml --commit", "todo", "todo --on 2026-04-25", "cases", "outbox list", "outbox list --state sent", "outbox show {message}", "send --print tray", "send --print tray",
    "why F-2025-001", "why F-2025-004 --on 2026-03-25", "why F-2025-010", "history F-2025-001", "history C003", "report --until 2026-03-25", "matching list", "matching show {money}", "creditor list",
    "record F-2025-001 payment.received", "outbox reject --step relance-1 --reason vu --yes", "outbox list --state cancelled", "journal verify", "journal settings",
    f"forecast systematique --portfolio {DEMO}/invoices.csv --from 2026-03-26 --until 2026-09-26", "preview negligent --due 2026-03-02 --amount 1200.00",
    "preview agence-amiable --due 2026-03-02 --amount 1200.00 --debtor consumer", "law", "limitation --due 2020-01-01", "interest --amount 1000 --due 2026-01-01 --until 2026-08-01 --format text",
]  # fmt: skip
#: A statement of which nothing is certain.
STATEMENT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>'
    '<Ntry><Amt Ccy="EUR">4980.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-20</Dt></BookgDt><NtryDtls><TxDtls><Refs><AcctSvcrRef>B1</AcctSvcrRef></Refs>'
    f"<RltdPties><Dbtr><Nm>{LONG[0][:70]}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>VIREMENT SEPA EN DATE DU 20/03/2026 DE {LONG[0][:90]} MOTIF REGLEMENT DIVERS</Ustrd></RmtInf>"
    "</TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
)


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fr"])
def test_no_line_is_wider_than_a_terminal(language, terminal, monkeypatch):
    monkeypatch.setenv("RELANCE_LANG", language)
    (terminal / "debtors.csv").write_text(lengthened("debtors.csv", "name", lambda place, name: LONG[place % 3] + f" {place}"), encoding="utf-8")
    (terminal / "creditors.csv").write_text(lengthened("creditors.csv", "name", lambda place, name: "Coopérative régionale des artisans menuisiers et charpentiers de l’agglomération"), encoding="utf-8")
    for name in ("invoices", "events"):
        (terminal / f"{name}.csv").write_text((DEMO / f"{name}.csv").read_text(encoding="utf-8"), encoding="utf-8")
    (terminal / "releve.xml").write_text(STATEMENT, encoding="utf-8")
    wide, blank, told = [], [], {}
    for line in COMMANDS:
        done = CliRunner().invoke(main, line.format(**told).split(), catch_exceptions=False)
        assert done.exit_code in (0, 1) or "needs" in done.output or "il faut" in done.output, (line, done.output)
        if line == "outbox list":
            told["message"] = re.search(r"\b[0-9a-f]{8,12}\b", done.output)[0]
        if line == "matching list":
            told["money"] = re.search(r"\bM-\w+", done.output)[0]
        wide += [(line, cell_len(each), each) for each in done.output.splitlines() if cell_len(each) > 80 and " " in each.strip() and not any(path in each for path in ("://", str(DEMO), str(terminal)))]
        blank += [(line, each) for each in done.output.splitlines() if each != each.rstrip()]
    assert wide == [], "\n".join(map(str, wide))
    assert blank == [], "\n".join(map(str, blank))


def test_a_command_has_one_console_and_it_ends_no_line_in_blanks(monkeypatch):
    cli = Path(screen_of_commands.__file__).parent
    made = [f"{path.name}:{number}" for path in cli.glob("*.py") for number, text in enumerate(path.read_text("utf-8").splitlines(), 1) if re.search(r"\bConsole\((?!stderr=True|\))", text)]
    assert [each.partition(":")[0] for each in made] == []
    monkeypatch.setenv("COLUMNS", "30")
    kept = "jours\u00a0:\u00a01\u202f200,00\u00a0€"  # one word to whoever breaks lines
    for terminal in ("", "1"):  # colours are no words: blanks under them go too
        monkeypatch.setenv("FORCE_COLOR", terminal)
        out = io.StringIO()
        monkeypatch.setattr("sys.stdout", out)
        table = Table("a", "b", box=None)
        table.add_row("one two three four five six seven", "")
        shown = screen_of_commands.screen()
        for shape in (kept, Text(kept), Group(Text(f"quarante-cinq et {kept}"), f"quarante-cinq et {kept}")):
            shown.print(shape)
        folded = Table("a", box=None, width=28)
        folded.add_row(f"quarante-cinq et {kept}")
        shown.print(folded)
        assert re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).count(kept) == 5
        shown.print(table, "ends  ", Text("in blanks   ", style="bold"))
        shown.print()
        assert [line for line in re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).split("\n") if line != line.rstrip()] == []
        assert out.getvalue().endswith("\n\n")
        assert ("\x1b" in out.getvalue()) is bool(terminal)
