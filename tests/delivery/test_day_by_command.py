"""A day and the next at the command line, as the guide of operators has them: books, run, calls, approvals, mail to a real server, the bank's file, what a person matches, proof. French, 80 columns."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from tests.sentences.english import english_words

from relance.cli import main

DEMO = Path(__file__).parents[2] / "playbooks" / "demo"
TABLES = f"--debtors debtors.csv --creditors {DEMO}/creditors.csv"
#: Who is called, who gets mail, who is insolvent.
HOUSES = ("C001", "C002", "C003", "C005", "C006", "C007", "C008", "C009", "C010")
ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-13</Dt></BookgDt><NtryDtls><TxDtls>
<Refs><AcctSvcrRef>{bank}</AcctSvcrRef></Refs><RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
STATEMENT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture
def typed(tmp_path, monkeypatch, post, smtp_server):
    """Type a command at an hour of a day, and hold what it prints to what a French reader can read in a window of 80 columns."""
    post.answer = "250 OK"  # what a server says is in its own language
    clock = [datetime(2026, 3, 12, 8, 30, tzinfo=UTC)]
    monkeypatch.chdir(tmp_path)
    for name in ("common", "run", "send", "import_", "call"):
        monkeypatch.setattr(import_module(f"relance.cli.{name}"), "now", lambda: clock[0])
    for name, value in {"LANG": "fr", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp_server.port), "SMTP_SECURITY": "none"}.items():
        monkeypatch.setenv(f"RELANCE_{name}", value)
    monkeypatch.setenv("COLUMNS", "80")

    def type_(line, *, code=0, on=None):
        if on is not None:
            clock[0] = datetime(2026, 3, on, 8, 30, tzinfo=UTC)
        done = CliRunner().invoke(main, line.split(), catch_exceptions=False)
        assert done.exit_code == code, (line, done.output)
        bare = re.sub(r"\S*/\S*|`[^`]*`|«[^»]*»|^ +relance .*|\b(?=\w*\d)[0-9a-f]{8,}\b", "", done.output, flags=re.MULTILINE)
        assert [each for each in done.output.splitlines() if each != each.rstrip() or (cell_len(each) > 80 and "/" not in each and " " in each)] == [], line
        assert english_words(bare) == [], line
        return done.output

    return type_


def test_two_days_from_the_books_to_the_proof(typed, post, tmp_path):
    owing = {row.split(";")[0]: row.split(";")[1] for row in (DEMO / "invoices.csv").read_text(encoding="utf-8").splitlines()}
    for name in ("debtors", "invoices", "events"):
        head, *rows = (DEMO / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [row for row in rows if any(owing.get(cell, cell) in HOUSES for cell in row.split(";")[:4])]
        (tmp_path / f"{name}.csv").write_text("".join((head, *kept)), encoding="utf-8")
    books = "invoices.csv"
    typed(f"import {books} {TABLES} --events events.csv --commit")
    typed(f"run --routing {DEMO}/routing.yaml --invoices {books} {TABLES} --as-of 2026-03-12")
    todo = typed("todo")
    sheets = dict(re.findall(r"^appel .* EUR  (.+)\n.*\n +relance call (R-\S+) --outcome", todo, re.MULTILINE))
    assert len(sheets) == 5
    unreached = sheets["Restaurant La Tonnelle d'Azur"]
    typed(f"call {sheets['Hôtel Bel-Rive']} --outcome promise --amount 200.00 --by 2026-03-20 --person Durand")
    for name in ("Imprimerie Lindor SAS", "Garage Peyrac", "Cabinet Veyrier & Associés"):
        typed(f"call {sheets[name]} --outcome reached --note rappelle")
    assert "l’appel reste à faire" in typed(f"call {unreached} --outcome no_answer")
    assert re.findall(r"relance (?:call|done) (\S+)", typed("todo --channel call")) == [unreached]
    drafts = re.findall(r"relance outbox approve (\w+)", todo)
    assert len(drafts) == 2
    typed(f"outbox approve {' '.join(drafts)}")
    left = re.findall(r" parti +courriel ", typed("send --print tray"))
    mails = Counter(re.search(rb"^Message-ID: (\S+)", mail.content, re.MULTILINE | re.IGNORECASE)[1] for mail in post.taken)
    assert (len(mails), set(mails.values())) == (len(left), {1})
    assert len(left) == 4
    typed("send --print tray")
    assert len(post.taken) == len(left)

    paid = ENTRY.format(amount="1280.50", bank="B1", payer="GARAGE PEYRAC", text=f"VIR {sheets['Garage Peyrac']}")
    unknown = ENTRY.format(amount="360.00", bank="B2", payer="INCONNU SARL", text="reglement divers")
    (tmp_path / "releve.xml").write_text(STATEMENT.format(entries=paid + unknown), encoding="utf-8")
    said = typed("import releve.xml --commit", code=1, on=13)
    assert "1 règlement" in said
    (money,) = re.findall(r"\bM-\w+", typed("matching list"))
    assert f"relance matching show {money}" in typed("todo")
    typed(f"matching show {money}")
    typed(f"matching take {money} F-2025-013")
    assert "360,00" not in typed("matching list")
    assert "F-2025-020" not in typed("cases --debtor C002")
    typed(f"run --routing {DEMO}/routing.yaml --invoices {books} {TABLES} --as-of 2026-03-13")
    typed("report --from 2026-03-01 --until 2026-03-13")
    typed("history F-2025-013")
    typed("why F-2025-020 --on 2026-03-13")
    typed("evidence F-2025-013 --out dossier.zip")
    assert "intact : F-2025-013 de atelier-rhodanien" in typed("evidence verify dossier.zip")
    assert "intact" in typed("journal verify")


def test_a_dry_run_says_what_the_run_does(typed, post):
    """A letter and its e-mail, two steps of one day, drafts just approved: each message of the trial finds those before it."""
    typed(f"run --routing {DEMO}/routing.yaml --invoices {DEMO}/invoices.csv --debtors {DEMO}/debtors.csv --events {DEMO}/events.csv --creditors {DEMO}/creditors.csv --as-of 2026-03-12")
    typed("outbox approve --all --yes")
    trial = json.loads(typed("send --print tray --dry-run --format json"))
    assert post.taken == []
    done = json.loads(typed("send --print tray --rate 100000 --format json"))
    fates = [{each["message"]: each["fate"] for each in found["messages"]} for found in (trial, done)]
    assert fates[0] == fates[1]
    assert trial["counts"]["sent"] > 20
