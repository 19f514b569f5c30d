"""`relance matching`, as a person types it: what waits is listed with why, and a word for it moves money to the cent, once, and is undone."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import unmatched_money
from relance.journal.journal import Journal
from relance.portfolio.matching_queue import outcome_of, payment_named, settle_payment, shares_of

TODAY = date(2026, 3, 2)
INVOICES = """id,debtor,debtor.name,amount,issued,due
F-2026-001,C1,Imprimerie Lindor SAS,1200.00,2026-01-02,2026-02-01
F-2026-002,C1,Imprimerie Lindor SAS,300.00,2026-01-02,2026-02-05
F-2026-003,C2,Société Bélair,450.00,2026-01-02,2026-02-05
F-2026-031,C2,Société Bélair,80.00,2026-01-02,2026-02-05
"""
IBAN = "FR7630006000011234567890189"


def entry(amount: str, payer: str, text: str, bank: str, *, side: str = "CRDT") -> str:
    role, turned = ("Dbtr", "") if side == "CRDT" else ("Cdtr", "<RvslInd>true</RvslInd>")
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{turned}<Sts>BOOK</Sts><BookgDt><Dt>2026-02-20</Dt></BookgDt><NtryDtls><TxDtls>'
        f"<Refs><AcctSvcrRef>{bank}</AcctSvcrRef></Refs><RltdPties><{role}><Nm>{payer}</Nm></{role}></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


@pytest.fixture
def relance(tmp_path, monkeypatch):
    """Type commands in a folder whose journal knows four invoices and a statement of which nothing is certain."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "now", lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    monkeypatch.setattr("relance.cli.import_.now", lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    Path("invoices.csv").write_text(INVOICES, "utf-8")
    Path("creditors.csv").write_text(f"id,name,iban\natelier,Atelier,{IBAN}\n", "utf-8")
    entries = (
        entry("350.00", "Société Bélair", "merci", "B1"), entry("55.00", "Inconnu SARL", "virement", "B2"),
        entry("80.00", "Imprimerie Lindor SAS", "F-2026-031", "B3"), entry("99.00", "Personne", "", "B4", side="DBIT"),
    )  # fmt: skip
    Path("releve.xml").write_text(
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id>'
        f"<IBAN>{IBAN}</IBAN></Id></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>",
        "utf-8",
    )

    def typed(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, [*words])
        assert done.exit_code == code, done.output
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    typed("import", "invoices.csv", "creditors.csv", "--commit")
    typed("import", "releve.xml", "--commit", code=1)
    return typed


def waiting(relance) -> dict[str, dict]:
    """Return what waits, by the bank's reference."""
    return {one["reference"]: one for one in json.loads(relance("matching", "list", "--format", "json"))["payments"]}


def owed() -> dict[str, Decimal]:
    with Journal.open("relance.db") as journal:
        return {name: left for facts in journal.facts() for name, left in balances(facts, TODAY).outstanding.items()}


def held() -> set[str]:
    with Journal.open("relance.db") as journal:
        return {facts.debtor.id for facts in journal.facts() if unmatched_money(facts, facts.invoices, TODAY)}


def test_what_waits_is_listed_with_why_and_holds_whose_it_may_be(relance):
    found = waiting(relance)
    assert {name: (one["holds"], one["candidates"], one["back"]) for name, one in found.items()} == {
        "camt B1": (["C2"], ["F-2026-003", "F-2026-031"], False),
        "camt B2": ([], [], False),
        "camt B3": (["C1", "C2"], ["F-2026-031"], False),
        "camt B4": ([], [], True),
    }
    assert held() == {"C1", "C2"}
    said = relance("matching", "list")
    assert re.search(r"M-\w{6} +2026-02-20 +10 days +350\.00 EUR +Société Bélair\n +the payer is known, and no open invoice has this amount\n +may be about F-2026-003, F-2026-031\n", said)
    assert said.endswith("4 payments for a person: 386.00 EUR\n")
    assert max(map(len, said.splitlines())) <= 80


def test_the_statement_read_again_writes_nothing(relance):
    before = len(waiting(relance))
    assert json.loads(relance("import", "releve.xml", "--commit", "--format", "json", code=1))["written"] == 0
    assert len(waiting(relance)) == before


def test_a_payment_is_shown_with_the_invoices_it_may_be_about(relance):
    said = relance("matching", "show", waiting(relance)["camt B3"]["id"])
    assert "the text names an invoice of another debtor than who paid" in said
    assert "holds      the messages of C1, C2" in said
    assert "  named     F-2026-031  80.00 EUR open, due 2026-02-05  Société Bélair (C2)" in said
    assert "  open      F-2026-001  1200.00 EUR open" in said


def test_all_of_it_is_taken_by_one_invoice_and_holds_nobody_any_more(relance):
    name = waiting(relance)["camt B3"]["id"]
    assert relance("matching", "take", name, "F-2026-031") == f"{name}: 80.00 EUR, paid F-2026-031 80.00\n"
    assert owed()["F-2026-031"] == 0
    assert held() == {"C2"}  # the other payment that may be his
    assert "camt B3" not in waiting(relance)
    assert json.loads(relance("import", "releve.xml", "--commit", "--format", "json", code=1))["written"] == 0
    assert relance("matching", "take", name, "F-2026-031", code=2).startswith(f"Error: {name} waits no more: paid F-2026-031 80.00")


def test_money_of_nobody_is_taken_by_a_debtor_and_taken_back(relance):
    name, before = waiting(relance)["camt B2"]["id"], owed()
    relance("matching", "take", name, "C1")
    assert owed() == {**before, "F-2026-001": Decimal("1145.00")}  # the oldest due first
    relance("matching", "undo", name)
    assert owed() == before
    again = waiting(relance)["camt B2"]
    assert (again["id"], again["on"], [one["outcome"] for one in again["said"]]) == (name, "2026-02-20", ["paid C1 55.00"])
    assert relance("matching", "undo", name, code=2).startswith(f"Error: {name} waits: there is nothing to undo")
    assert json.loads(relance("import", "releve.xml", "--commit", "--format", "json", code=1))["written"] == 0
    relance("matching", "take", name, "F-2026-002")
    assert owed() == {**before, "F-2026-002": Decimal("245.00")}
    assert json.loads(relance("import", "releve.xml", "--commit", "--format", "json", code=1))["written"] == 0


def test_parts_go_to_several_invoices_to_the_cent(relance):
    name, before = waiting(relance)["camt B1"]["id"], owed()
    for parts, why in (
        (["F-2026-003=300.00", "F-2026-031=49.99"], "the parts make 349.99 EUR, and the payment is 350.00 EUR: 0.01 EUR is missing"),
        (["F-2026-003=270.00", "F-2026-031=80.01"], "80.01 is more than the 80.00 EUR that is open on F-2026-031"),
        (["F-2026-003=175.00", "F-2026-003=175.00"], "one invoice is named twice"),
        (["F-2026-003=-10.00", "F-2026-031=360.00"], "an amount is above zero, not -10.00"),
        (["F-9=350.00"], "'atelier' has no invoice and no debtor 'F-9'"),
        (["F-2026-003"], "'F-2026-003' is no INVOICE=AMOUNT"),
    ):
        assert why in relance("matching", "split", name, *parts, code=2)
    assert owed() == before
    relance("matching", "split", name, "F-2026-003=300.00", "F-2026-031=50.00")
    assert owed() == {**before, "F-2026-003": Decimal("150.00"), "F-2026-031": Decimal("30.00")}
    relance("matching", "undo", name)
    assert owed() == before
    assert held() == {"C1", "C2"}


def test_what_pays_nothing_is_refused_with_its_reason_and_comes_back_when_that_is_undone(relance):
    name, before = waiting(relance)["camt B1"]["id"], owed()
    relance("matching", "refuse", name, "--reason", "loyer")
    assert owed() == before
    assert "refused: loyer" in relance("matching", "list", "--settled")
    assert json.loads(relance("import", "releve.xml", "--commit", "--format", "json", code=1))["written"] == 0
    assert "camt B1" not in waiting(relance)
    relance("matching", "undo", name)
    assert waiting(relance)["camt B1"]["holds"] == ["C2"]


def test_money_that_went_back_reopens_the_invoice_it_is_given_to(relance):
    relance("record", "F-2026-003", "payment.received", "450.00", "--on", "2026-02-10")
    name = waiting(relance)["camt B4"]["id"]
    relance("matching", "take", name, "F-2026-003")
    assert owed()["F-2026-003"] == Decimal("99.00")
    relance("matching", "undo", name)
    assert owed()["F-2026-003"] == 0


def test_two_who_settle_one_payment_at_once_settle_it_once(relance):
    name = waiting(relance)["camt B3"]["id"]
    with Journal.open("relance.db", now=common.now) as journal:
        one = payment_named(journal, name)
        shares = shares_of(journal, one, [("F-2026-031", None)], TODAY)
        said = [settle_payment(journal, one, shares, outcome_of(shares), on=TODAY, actor=who) for who in ("marie", "paul")]
    assert said == [True, False]
    assert owed()["F-2026-031"] == 0


def test_a_later_import_that_can_match_ends_the_waiting(relance):
    Path("more.csv").write_text("id,debtor,debtor.name,amount,issued,due\nF-2026-050,C9,Inconnu SARL,55.00,2026-01-02,2026-02-05\n", "utf-8")
    relance("import", "more.csv", "--commit")
    relance("import", "releve.xml", "--commit", code=1)
    assert "camt B2" not in waiting(relance)
    assert owed()["F-2026-050"] == 0


def test_a_name_that_nothing_bears_is_said(relance):
    assert "no payment 'M-000000' waits or waited" in relance("matching", "show", "M-000000", code=2)
