"""What an operator reads under a French locale, command by command: no English word, at most 80 columns, days and sums as French has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.sentences.english import english_words

from relance.cli import main

DEMO = Path(__file__).parents[2] / "playbooks" / "demo"
BOOKS = " ".join(f"--{name} {DEMO / name}.csv" for name in ("invoices", "debtors", "creditors"))
#: Words that English cannot do without, and French has not.
ENGLISH = re.compile(
    r"\b(?:the|of|is|are|was|were|and|to|with|not|by|from|for|has|have|had|waits?|that|this|it|its|their|who|which|there|will|be|been|can|may|until|since|already|before|after"
    r"|every|only|without|none|month|months|year|years|day|days|case|cases|written|recorded|nothing|said|sum|left|paid|asked|open|step|letter|sent|owed|amount|name|names)\b"
)
ADDRESS = "rue,69001\N{NO-BREAK SPACE}Lyon"
CLAIM = (
    f"claim --yes --debtor X --debtor-address {ADDRESS} --debtor-email x@y.example --creditor A --creditor-address {ADDRESS} --creditor-email a@b.example"
    " --iban FR7630006000011234567890189 --number F1 --issued 2026-01-01 --due 2026-02-01 --amount"
)
#: Files that hold what no command can read, or only in part.
ODD = {
    "a.ods": b"PK\x03\x04junk", "a.zip": b"PK\x05\x06" + bytes(18), "broken.pdf": b"%PDF-1.4 junk", "broken.xml": b"<a><b></a>", "a.key": b"nothing",
    "invoices.csv": b"id,debtor,creditor,due,amount,currency\nF-1,C003,atelier-rhodanien,2026-02-03,-1,EUR\nF-3,C999,atelier-rhodanien,2026-02-03,1,EUR\nF-4,C003,atelier-rhodanien,"
    b"2026-02-03,1,EURO\n,C003,atelier-rhodanien,2026-02-03,1,EUR\nF-2025-001,C003,atelier-rhodanien,2026-02-03,1,EUR\nF-6,C003,atelier-rhodanien\n",
    "events.csv": b"on,event,invoice,amount\n2026-03-01,payment.received,NOPE,10\n2026-03-01,payment.received,F-2025-001,-10\n2026-03-01,payment.received,F-2025-001,\n"
    b"2099-03-01,payment.received,F-2025-001,3\n2026-03-01,paid,F-2025-001,3\n",
}  # fmt: skip
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
    "report --until 2026-03-25 --html report.html",
    f"diff negligent systematique --portfolio {DEMO}/invoices.csv --from 2026-03-26 --until 2026-09-26 --html diff.html",
    f"forecast systematique --portfolio {DEMO}/invoices.csv --from 2026-03-26 --until 2026-09-26 --html forecast.html",
    "history F-2025-001",
    "outbox show F-2025-001",
    "outbox list --state cancelled",
    "matching show nothing",
    "law",
    "law --on 2026-03-01",
    "law show late-interest --on 2026-03-01",
    "law show limitation-public",
    "law show nothing",
    "law check --on 2027-06-01",
    "law diff 2025-01-01 2027-01-02",
    "law coming",
    "interest --amount 1000 --due 2026-01-01 --until 2026-08-01 --payment 2026-02-01:200 --notice 2026-02-01 --format text",
    "interest --amount 1000 --due 2026-01-01 --until 2026-08-01 --debtor consumer --notice 2026-02-01 --insolvency 2026-05-01 --format text",
    "interest --amount 1000 --due 2026-01-01 --until 2026-08-01 --rate 3",
    "interest --amount -4 --due 2026-01-01 --until 2026-08-01",
    "interest --amount 1000.001 --due 2026-01-01 --until 2026-08-01",
    "interest --amount x --due 2026-01-01 --until 2026-08-01",
    "interest --amount 1000 --due 2026-01-01 --until 2026-08-01 --payment 200",
    "interest --amount 1000 --due 1990-01-01 --until 1991-08-01",
    "interest --amount 1000 --due 2026-01-01 --until 2026-08-01 --rate 3 --below-floor --format text",
    "limitation --due 2026-01-01 --debtor consumer --on 2026-03-25",
    "limitation --due 2016-01-01 --issued 2015-12-01 --interrupted 2017-03-01:acknowledgement --on 2026-03-25",
    "limitation --due 2020-01-01 --debtor business --suspended 2021-03-01..2022-01-01:mediation --interrupted 2023-01-01:court --on 2026-03-25",
    "limitation --due 2026-01-01 --nature transport --delivered 2025-12-20 --suspended 2026-02-01..:small_claims --on 2026-03-25",
    "limitation --due 2026-01-01 --interrupted 2026-03-01:letter",
    "limitation --due 2026-01-01 --interrupted 2026-03-01:hope",
    "limitation --due 2026-01-01 --suspended 2026-03-01:hope",
    "deadline --from 2026-03-01 --after 30d",
    "due-date --issued 2026-03-01",
    "follow",
    "inbox nowhere",
    "expired",
    "import odd/a.ods",
    "import odd/a.zip",
    "import odd/broken.pdf",
    "import odd/broken.xml",
    "import odd/invoices.csv",
    "import odd/events.csv",
    "record F-2025-001 payment.received amount=10.001",
    "record F-2025-001 hold.placed",
    "record F-2025-001 promise.made amount=10 by=tomorrow",
    "record F-2025-001 plan.agreed",
    "record NOPE payment.received amount=10",
    "evidence verify odd/a.zip",
    "evidence F-2025-001 --out odd/a.zip",
    "evidence F-2025-001 --out nowhere/x.zip",
    "journal key show odd/a.key",
    "journal key show odd/a.ods",
    "journal key new two.words odd/a.key",
    "journal verify --journal nowhere.db",
    "journal restore odd/a.zip",
    "journal settings retention.nothing=3",
    "outbox approve nothing",
    "outbox approve --all --step nothing",
    "outbox sent nothing",
    "claim odd/broken.pdf",
    "claim odd/broken.xml",
    "claim --yes",
    f"{CLAIM} zero",
    f"{CLAIM} 12",
    "send --dry-run --print tray",
]  # fmt: skip


@pytest.mark.long
def test_no_operator_meets_english(french_terminal):
    (french_terminal / "odd").mkdir()
    for name, content in ODD.items():
        (french_terminal / "odd" / name).write_bytes(content)
    wrong = []
    for line in COMMANDS:
        done = CliRunner().invoke(main, line.split(), catch_exceptions=False)
        said = re.sub(r"\S*/\S*[a-z]\S*", "", done.output)  # paths and addresses are the machine's
        bare = re.sub(r"`[^`]*`|'[a-z]+'|«[^»]*»|--\w[\w-]*|relance \w+( \w+)?|\b[a-z]+(?:[-.][a-z_]+)+\b", "", said)
        wrong += [(line.split()[:2], found[0], found.string.strip()[:90]) for each in bare.splitlines() if (found := ENGLISH.search(each))]
        wrong += [(line.split()[:2], *each) for each in english_words(bare)]
        wrong += [(line.split()[:2], "a day as English writes it", each) for each in bare.splitlines() if re.search(r"(?<![\w-])20\d\d-\d\d-\d\d\b", each) and ".json" not in each and ".pdf" not in each]
        wrong += [(line.split()[:2], "a point in a sum", each) for each in bare.splitlines() if re.search(r"\d\.\d\d (?:EUR|USD)", each)]
    wrong += [(page, found[0], found.string[max(found.start() - 40, 0) : found.end() + 40]) for page in ("report.html", "diff.html", "forecast.html") for found in ENGLISH.finditer(words_of(french_terminal / page))]
    assert wrong == [], "\n".join(map(str, wrong))


def words_of(page):
    """Return what a person reads on a page, that of pictures for those who do not see them too."""
    text = re.sub(r"<style>.*?</style>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert '<html lang="fr">' in text
    return " ".join((*re.findall(r'aria-label="([^"]*)"', text), re.sub(r"<[^>]*>", " ", text)))


def test_what_a_journal_refuses_is_french(tmp_path):
    found = CliRunner().invoke(main, ["cases", "--journal", str(tmp_path / "none.db")], env={"RELANCE_LANG": "fr"})
    assert found.exit_code == 2
    assert "il n’y a pas de journal" in found.output
