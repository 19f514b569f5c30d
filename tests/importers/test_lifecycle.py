"""Statuses of the French e-invoicing reform: refused stops, disputed holds, collected is paid once, whoever else tells it.

The messages are made by hand after the annotated example of XP Z12-012, annex B, 1.4.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.importers import intake, lifecycle
from relance.importers.import_settings import Settings
from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import state_of_invoice
from relance.journal.journal import Journal
from relance.model import Calendar, Creditor, Debtor, Duration, Event, Facts, Invoice
from relance.parsing.rejects import Unreadable

TODAY = date(2026, 10, 2)
SELLER, NUMBER = "552100554", "F202600003"


def message(code: str, *, number: str = NUMBER, on: str = "20260920100000", sums: str = "", reason: str = "", ident: str = "", seller: str = SELLER, issued: str = "20260701", kind: str = "380") -> str:
    detail = f"<ram:SpecifiedDocumentStatus>{f'<ram:ReasonCode>{reason}</ram:ReasonCode>' if reason else ''}{sums}</ram:SpecifiedDocumentStatus>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossDomainAcknowledgementAndResponse xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn.cpro.gouv.fr:1p0:CDV:invoice</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument><ram:ID>{ident or f'{number}_{code}_{on}'}</ram:ID><ram:IssueDateTime><udt:DateTimeString format="204">{on}</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
  <rsm:AcknowledgementDocument><ram:TypeCode>23</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="204">{on}</udt:DateTimeString></ram:IssueDateTime>
    <ram:ReferenceReferencedDocument><ram:IssuerAssignedID>{number}</ram:IssuerAssignedID><ram:TypeCode>{kind}</ram:TypeCode>
      <ram:FormattedIssueDateTime><qdt:DateTimeString format="102">{issued}</qdt:DateTimeString></ram:FormattedIssueDateTime>
      <ram:ProcessConditionCode>{code}</ram:ProcessConditionCode><ram:IssuerTradeParty><ram:GlobalID schemeID="0002">{seller}</ram:GlobalID></ram:IssuerTradeParty>{detail}
    </ram:ReferenceReferencedDocument></rsm:AcknowledgementDocument></rsm:CrossDomainAcknowledgementAndResponse>"""


def collected(amount: str, kind: str = "MEN") -> str:
    return f'<ram:SpecifiedDocumentCharacteristic><ram:TypeCode>{kind} </ram:TypeCode><ram:ValueAmount currencyID="EUR">{amount}</ram:ValueAmount><ram:ValuePercent>20.00</ram:ValuePercent></ram:SpecifiedDocumentCharacteristic>'


@pytest.fixture
def house(tmp_path):
    journal = Journal.open(tmp_path / "j.db", now=lambda: datetime(2026, 10, 2, tzinfo=UTC))
    invoice = Invoice(NUMBER, date(2026, 8, 1), Decimal("12000.00"), "EUR", issued=date(2026, 7, 1))
    journal.take_in([Facts(Creditor("vendeur", "Vendeur", siren=SELLER), Debtor("acheteur", "Acheteur SAS"), (invoice,))], actor="test")

    def take(*texts: str) -> intake.Outcome:
        sources = []
        for at, text in enumerate(texts):
            path = tmp_path / f"{at}.xml"
            path.write_text(text, "utf-8")
            sources.append(intake.recognise(path))
        return intake.take(journal, sources, Settings(not_after=TODAY))

    take.journal = journal
    return take


def facts_of(house) -> Facts:
    return next(house.journal.facts())


def states(house, on: date = TODAY) -> set[str]:
    facts = facts_of(house)
    return set(state_of_invoice(facts, facts.invoices[0], Decimal(1), on, grace=Duration(0), calendar=Calendar()).states)


def left(house) -> str:
    return str(balances(facts_of(house), TODAY).outstanding[NUMBER])


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("200", set()), ("201", set()), ("202", set()), ("203", set()), ("204", set()), ("205", set()), ("209", set()), ("206", {"disputed"}), ("207", {"disputed"}), ("208", {"on_hold"}), ("210", {"disputed", "on_hold"}),
        ("211", set()), ("213", {"on_hold"}),
    ],
)  # fmt: skip
def test_what_each_status_does(house, code, found):
    text = message(code, reason="QTE_ERR")
    house(text)
    assert states(house) & {"disputed", "on_hold"} == found
    before = facts_of(house).events
    house(text)
    assert facts_of(house).events == before
    assert left(house) == "12000.00"


def test_a_payment_that_the_buyer_sent_holds_for_a_week_and_pays_nothing(house):
    house(message("211", on="20260928090000", sums=collected("12000.00", "MPA")))
    assert "on_hold" in states(house, date(2026, 9, 30))
    assert "on_hold" not in states(house, date(2026, 10, 6))
    assert left(house) == "12000.00"


def test_an_approval_ends_a_dispute_and_a_completion_a_suspension_and_nothing_ends_a_refusal(house):
    house(message("207", on="20260901100000"), message("205", on="20260910100000"))
    assert not states(house) & {"disputed", "on_hold"}
    house(message("208", on="20260911100000"), message("209", on="20260912100000"))
    assert not states(house) & {"disputed", "on_hold"}
    house(message("210", on="20260913100000"), message("205", on="20260914100000"), message("209", on="20260915100000"))
    assert states(house) >= {"disputed", "on_hold"}


def test_what_was_not_approved_is_disputed_and_no_more(house):
    house(message("206", sums=collected("2000.00", "MNATTC")))
    (opened,) = [one for one in facts_of(house).events if one.kind == "dispute.opened"]
    assert opened.data["amount"] == Decimal("2000.00")


def test_what_was_collected_is_paid_once(house):
    first, second = message("212", sums=collected("5000.00") + collected("1000.00")), message("212", on="20260925100000", sums=collected("6000.00"))
    house(first)
    assert left(house) == "6000.00"
    house(first)
    assert left(house) == "6000.00"
    house(second)
    house(second, first)
    assert left(house) == "0.00"


def test_what_was_collected_and_taken_back_is_open(house):
    house(message("212", sums=collected("12000.00")), message("212", on="20260926100000", sums=collected("-12000.00")))
    assert left(house) == "12000.00"


def bank(amount: str) -> str:
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>FR76</IBAN></Id></Acct><Ntry><Amt Ccy="EUR">{amount}</Amt>
    <CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-09-19</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>ACHETEUR SAS</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{NUMBER}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""


@pytest.mark.parametrize("bank_first", [True, False])
def test_what_the_bank_tells_too_is_counted_once(house, bank_first):
    texts = [bank("5000.00"), message("212", sums=collected("5000.00"))]
    for text in texts if bank_first else reversed(texts):
        house(text)
    assert left(house) == "7000.00"
    for text in texts:
        house(text)
    assert left(house) == "7000.00"


def test_more_than_is_open_is_told(house):
    outcome = house(message("212", sums=collected("13000.00")))
    assert left(house) == "0.00"
    assert "1000.00 EUR more than is open" in outcome.remarks[0].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (message("210", number="F-0"), "invoice 'F-0' is not known"),
        (message("210", seller="100000009"), "is of the seller 100000009"),
        (message("210", issued="20250701"), "of 2025-07-01, and the one known is of 2026-07-01"),
        (message("225"), "status 225 is none of 200 to 213"),
        (message("212"), "of no sum (MEN)"),
        (message("210", on="20270101000000"), "in the future"),
        (message(""), "a status without its code"),
        (message("210").replace("20260920100000", "20261399100000"), "is not a date"),
    ],
)
def test_what_is_for_a_person(house, text, said):
    outcome = house(text)
    assert said in outcome.rejects[0].reason
    assert not [one for one in facts_of(house).events if one.kind != "invoice.recorded"]


def test_a_status_of_a_credit_note_takes_nothing(house):
    assert "nothing is taken" in house(message("210", kind="381")).remarks[0].text


def test_what_is_no_such_message_is_refused(tmp_path):
    path = tmp_path / "x.xml"
    for text, said in ((message("210")[:400], "broken XML"), ("<a/>", "no life-cycle message"), ("<!DOCTYPE a>" + message("210").partition("?>")[2], "document type")):
        path.write_text(text, "utf-8")
        with pytest.raises(Unreadable, match=said):
            list(lifecycle.read(path))


@pytest.mark.parametrize("first", ["bank", "status"])
def test_what_was_collected_and_came_back_is_taken_back_once(house, first):
    back = message("212", on="20260925100000", sums=collected("-5000.00"))
    house(message("212", on="20260920100000", sums=collected("5000.00")))
    if first == "bank":
        house.journal.record("vendeur", "acheteur", [Event(date(2026, 9, 24), "payment.reversed", NUMBER, data={"amount": Decimal("5000.00"), "reference": "R1"})], actor="anna", keys=["r1"])
    for _ in range(2):
        house(back)
    assert balances(facts_of(house), TODAY).outstanding == {NUMBER: Decimal("12000.00")}


def test_what_the_books_told_without_a_name_is_not_collected_again(house):
    paid = Event(date(2026, 9, 19), "payment.received", currency="EUR", data={"amount": Decimal("5000.00"), "reference": "FEC BQ 3 2026-09-19"})
    house.journal.record("vendeur", "acheteur", [paid], actor="import", keys=["b1"])
    for _ in range(2):
        house(message("212", on="20260920100000", sums=collected("5000.00")))
    assert balances(facts_of(house), TODAY).outstanding == {NUMBER: Decimal("7000.00")}
    house(message("212", on="20260922100000", sums=collected("1000.00")))
    assert balances(facts_of(house), TODAY).outstanding == {NUMBER: Decimal("6000.00")}


def test_an_approval_read_again_ends_no_dispute_that_came_after_it(house):
    approved, disputed = message("205", ident="one"), message("206", ident="two")
    house(approved)
    house(disputed)
    assert "disputed" in states(house)
    house(approved, disputed)
    assert "disputed" in states(house)


def test_an_approval_ends_a_dispute_of_a_day_before_whenever_it_is_read(house):
    approved = message("205", on="20260922100000", ident="one")
    house(approved)
    house(message("206", ident="two"))
    assert "disputed" in states(house)
    house(approved)
    assert "disputed" not in states(house)
