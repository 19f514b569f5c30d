"""Bank statements: what is certain is allocated with its confidence, what is not goes to a person, what comes back is undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relance.importers import portfolio_files
from relance.importers.matching import Doubt, Matched, Matcher, Reconciled
from relance.importers.rows import STATED
from relance.interpreter.balance import balances
from relance.model import Creditor, Debtor, Event, Facts, Invoice
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.statements import camt
from relance.statements.transaction import PassedOver

TODAY = date(2026, 3, 2)
IBAN = "FR7630006000011234567890189"
ATELIER = Creditor("atelier", "Atelier", iban=IBAN)


def invoice(name: str, amount: str, due: str = "2026-02-01", currency: str = "EUR", **more) -> Invoice:
    return Invoice(name, date.fromisoformat(due), Decimal(amount), currency, issued=date(2026, 1, 2), **more)


BOOKS = (
    Facts(ATELIER, Debtor("C1", "Imprimerie Lindor SAS"), (invoice("F-2026-001", "1200.00"), invoice("F-2026-002", "300.00", "2026-02-05"))),
    Facts(ATELIER, Debtor("C2", "Société Bélair & Cie"), (invoice("F-2026-003", "450.00"), invoice("F-2026-0031", "80.00", terms={"payment_reference": "REFCLI77"}))),
    Facts(
        ATELIER,
        Debtor("C3", "Hôtel Bel-Rive"),
        (invoice("7", "99.00"), invoice("F-2026-009", "60.00"), invoice("F-2026-010", "40.00", currency="USD")),
        (Event(date(2026, 1, 9), "invoice.cancelled", "F-2026-009"),),
    ),
)  # fmt: skip

_numbers = count(1)


def entry(amount: str, *, text: str = "", payer: str = "", ref: str = "", e2e: str = "", on: str = "2026-02-20", side: str = "CRDT",
          status: str = "<Sts>BOOK</Sts>", currency: str = "EUR", bank: str | None = None, reversal: bool = False, back: bool = False,
          family: str = "", number: str = "") -> str:  # fmt: skip
    bank = f"BK{next(_numbers):06d}" if bank is None else bank
    role = "Cdtr" if back or reversal else "Dbtr"
    code = f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>" if family else ""
    return f"""<Ntry>{f"<NtryRef>{number}</NtryRef>" if number else ""}<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{"<RvslInd>true</RvslInd>" if reversal else ""}{status}
      <BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>{code}<NtryDtls><TxDtls>
      <Refs>{f"<AcctSvcrRef>{bank}</AcctSvcrRef>" if bank else ""}<EndToEndId>{e2e or "NOTPROVIDED"}</EndToEndId></Refs>
      <RltdPties><{role}><Nm>{payer}</Nm></{role}></RltdPties>
      <RmtInf>{f"<Ustrd>{text}</Ustrd>" if text else ""}{f"<Strd><CdtrRefInf><Ref>{ref}</Ref></CdtrRefInf></Strd>" if ref else ""}</RmtInf>
      {"<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if back else ""}</TxDtls></NtryDtls></Ntry>"""


def balance(code: str, amount: str) -> str:
    return f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'


def statement(*entries: str, version: str = "053.001.02", balances: str = "", iban: str = IBAN) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
    <Stmt><Id>S1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{balances}{"".join(entries)}</Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture
def ask(tmp_path):
    """Return a function that reads a statement and matches it with the books."""

    def answer(*entries: str, books=BOOKS, text: str = "", **more):
        (tmp_path / "s.xml").write_text(text or statement(*entries, **more), "utf-8")
        answers = Matcher(books, TODAY, not_after=TODAY).match(camt.read(tmp_path / "s.xml"))
        return [one for one in answers if not isinstance(one, PassedOver)]

    return answer


def paid(answer: Matched):
    return [(row.row.values["invoice"], str(row.row.values["amount"])) for row in answer.rows]


@pytest.mark.parametrize(
    ("given", "invoices", "confidence"),
    [
        ({"amount": "1200.00", "ref": "F-2026-001"}, [("F-2026-001", "1200.00")], 100),
        ({"amount": "1200.00", "ref": "f2026 001"}, [("F-2026-001", "1200.00")], 100),
        ({"amount": "200.00", "ref": "F-2026-001"}, [("F-2026-001", "200.00")], 100),
        ({"amount": "80.00", "ref": "RF84REFCLI77"}, [("F-2026-0031", "80.00")], 100),
        ({"amount": "80.00", "ref": "REFCLI77"}, [("F-2026-0031", "80.00")], 100),
        ({"amount": "1200.00", "text": "VIR FACTURE F2026001 MERCI", "payer": "IMPRIMERIE LINDOR"}, [("F-2026-001", "1200.00")], 98),
        ({"amount": "1200.00", "text": "fact. F 2026/001"}, [("F-2026-001", "1200.00")], 95),
        ({"amount": "1200.00", "e2e": "F-2026-001"}, [("F-2026-001", "1200.00")], 95),
        ({"amount": "500.00", "text": "acompte F-2026-001", "payer": "LINDOR IMPRIMERIE SAS"}, [("F-2026-001", "500.00")], 90),
        ({"amount": "1500.00", "text": "F-2026-001 et F-2026-002"}, [("F-2026-001", "1200.00"), ("F-2026-002", "300.00")], 95),
        ({"amount": "80.00", "text": "F-2026-0031"}, [("F-2026-0031", "80.00")], 95),
        ({"amount": "450.00", "payer": "BELAIR"}, [("F-2026-003", "450.00")], 85),
        ({"amount": "1500.00", "payer": "SAS IMPRIMERIE LINDOR"}, [("F-2026-001", "1200.00"), ("F-2026-002", "300.00")], 85),
        ({"amount": "99.00", "text": "facture 7", "payer": "Hotel Bel Rive"}, [("7", "99.00")], 98),
    ],
)
def test_what_is_certain_is_allocated_with_its_confidence(ask, given, invoices, confidence):
    (answer,) = ask(entry(**given))
    assert isinstance(answer, Matched), answer
    assert (paid(answer), answer.confidence) == (invoices, confidence)
    assert answer.why


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"amount": "1200.00", "payer": "INCONNU"}, "no reference, number or payer that is known"),
        ({"amount": "1300.00", "ref": "F-2026-001"}, "1300.00 is more than the 1200.00 that is open"),
        ({"amount": "60.00", "ref": "F-2026-009"}, "invoice F-2026-009 is cancelled"),
        ({"amount": "40.00", "ref": "F-2026-010"}, "another currency"),
        ({"amount": "450.00", "text": "F-2026-003", "payer": "Imprimerie Lindor"}, "another debtor than who paid"),
        ({"amount": "1650.00", "text": "F-2026-001 F-2026-003"}, "several debtors"),
        ({"amount": "1300.00", "text": "F-2026-001 F-2026-002"}, "pays only a part of"),
        ({"amount": "99.00", "text": "facture 7"}, "a short number"),
        ({"amount": "98.00", "text": "facture 7", "payer": "Hotel Bel Rive"}, "a short number"),
        ({"amount": "75.00", "text": "F-2026-001", "payer": "Librairie des Deux Rives"}, "number in the text, in part (70 %)"),
        ({"amount": "12.00", "payer": "BELAIR"}, "no open invoice has this amount"),
    ],
)
def test_what_is_not_certain_goes_to_a_person_and_is_never_allocated(ask, given, reason):
    (answer,) = ask(entry(**given))
    assert isinstance(answer, Doubt), answer
    assert reason in answer.reason


def test_one_invoice_is_not_paid_twice(ask):
    first, second = ask(entry("450.00", ref="F-2026-003"), entry("450.00", ref="F-2026-003"))
    assert isinstance(first, Matched)
    assert "nothing is open on F-2026-003" in second.reason


def test_two_invoices_of_one_amount_are_two_things(ask):
    books = [Facts(ATELIER, Debtor("C1", "Imprimerie Lindor"), (invoice("A-100", "50.00"), invoice("A-101", "50.00")))]
    (answer,) = ask(entry("50.00", payer="Imprimerie Lindor"), books=books)
    assert answer.candidates == ("A-100", "A-101")


def test_namesakes_are_told_apart_by_a_person(ask):
    books = [Facts(ATELIER, Debtor(name, "Garage Martin"), (invoice(f"F-{name}", "50.00"),)) for name in ("C1", "C2")]
    (answer,) = ask(entry("50.00", payer="GARAGE MARTIN"), books=books)
    assert "several debtors bear the payer's name" in answer.reason


@pytest.mark.parametrize(("amount", "booked"), [("80.00", False), ("50.00", True), ("30.00", True)])
def test_of_namesakes_one_names_the_others_number(ask, amount, booked):
    """The number is of one, and the amount of what the other has open: the number may be written wrong. Paid in whole, or in part of no such amount, it counts."""
    books = [Facts(ATELIER, Debtor(name, "Garage Martin"), (invoice(f"F-2026-10{name}", open_),)) for name, open_ in (("1", "80.00"), ("2", "300.00"))]
    (answer,) = ask(entry(amount, text="F-2026-102", payer="GARAGE MARTIN"), books=books)
    assert isinstance(answer, Matched) == booked
    assert booked or ("the amount is that of another" in answer.reason and answer.candidates == ("F-2026-102", "F-2026-101"))


def test_money_on_another_creditors_account_pays_none_of_this_one(ask):
    other = Facts(Creditor("b", "B", iban="FR1420041010050500013M02606"), Debtor("D"), (invoice("F-2026-001", "1200.00"),))
    (answer,) = ask(entry("1200.00", ref="F-2026-001"), books=(*BOOKS, other))
    assert answer.rows[0].row.values["creditor"] == "atelier"
    (answer,) = ask(entry("1200.00", ref="F-2026-001"), books=(*BOOKS, other), iban="FR7600000000000000000000000")
    assert "several creditors have that number" in answer.reason


@pytest.mark.parametrize("back", [{"reversal": True}, {"back": True}])
@pytest.mark.parametrize("by", [{"e2e": "E2E-9", "bank": "OTHER"}, {"bank": "BK-1"}])
def test_a_reversal_undoes_what_the_payment_had_paid(ask, back, by):
    first, second = ask(
        entry("1500.00", text="F-2026-001 F-2026-002", e2e="E2E-9", bank="BK-1"),
        entry("1500.00", side="DBIT", on="2026-02-25", **by, **back),
    )
    assert [(row.row.values["event"], row.row.values["invoice"]) for row in second.rows] == [
        ("payment.reversed", "F-2026-001"), ("payment.reversed", "F-2026-002"),
    ]  # fmt: skip
    (facts, *_) = kept(first, second)
    assert balances(facts, date(2026, 2, 24)).outstanding == {"F-2026-001": 0, "F-2026-002": 0}
    assert balances(facts, date(2026, 2, 25)).outstanding == {"F-2026-001": 1200, "F-2026-002": 300}


def kept(*answers: Matched, books=BOOKS) -> tuple[Facts, ...]:
    """Return the books with what was matched, as the import records it."""
    rows = [row.row for answer in answers if isinstance(answer, (Matched, Reconciled)) for row in answer.rows]
    found = portfolio_files.build({"events": rows}, known=books)
    assert not found.rejects
    more = {facts.debtor.id: facts.events for facts in found.facts}
    return tuple(Facts(one.creditor, one.debtor, one.invoices, (*one.events, *more.get(one.debtor.id, ()))) for one in books)


def test_a_reversal_finds_a_payment_of_an_earlier_statement_and_a_statement_read_twice_says_nothing(ask):
    credit, debit = (
        entry("450.00", ref="F-2026-003", bank="BK-1"),
        entry("450.00", side="DBIT", bank="BK-1", reversal=True, on="2026-02-26"),
    )
    books = kept(*ask(credit))
    assert ask(credit, books=books) == []
    (answer,) = ask(debit, books=books)
    assert answer.rows[0].row.values["event"] == "payment.reversed"
    assert ask(credit, debit, books=kept(answer, books=books)) == []


def test_a_reversal_of_what_is_not_known_is_for_a_person_and_other_debits_are_not_ours(ask):
    answer, own = ask(entry("9.00", side="DBIT", reversal=True), entry("5.00", side="DBIT"), entry("5.00", side="CRDT", reversal=True))
    assert "is not known" in answer.reason
    assert isinstance(own, Remark)


@pytest.mark.parametrize("how", [{"reversal": True}, {"back": True}, {"family": "RRTN"}])
def test_money_of_ones_own_that_came_back_pays_nothing(ask, how):
    """A credit that returns is a transfer of the creditor's that failed, whatever invoice it names."""
    (answer,) = ask(entry("450.00", text="REMBOURSEMENT F-2026-003", payer="SOCIETE BELAIR", **how))
    assert isinstance(answer, Remark)
    assert "money of your own that came back" in answer.text


@pytest.mark.parametrize("family", ["UPDD", "UPCQ", "PRDD"])
def test_an_unpaid_debit_or_cheque_opens_again_what_it_had_paid(ask, family):
    paid_, back = ask(
        entry("450.00", text="F-2026-003", e2e="PRLV-3", bank="A"), entry("450.00", side="DBIT", e2e="PRLV-3", family=family, on="2026-02-24")
    )
    assert back.rows[0].row.values["event"] == "payment.reversed"
    assert balances(kept(paid_, back)[1], date(2026, 2, 24)).outstanding["F-2026-003"] == 450


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"amount": "1200.00", "ref": "F-2026-001", "payer": "HOTEL BEL RIVE"}, "another debtor than who paid"),
        ({"amount": "450.00", "ref": "F-2026-003", "text": "reglement F-2026-001"}, "another invoice than the structured reference"),
        ({"amount": "300.00", "text": "F-2026-001", "payer": "IMPRIMERIE LINDOR"}, "the amount is that of another"),
    ],
)
def test_what_contradicts_itself_goes_to_a_person(ask, given, reason):
    (answer,) = ask(entry(**given))
    assert isinstance(answer, Doubt)
    assert reason in answer.reason


PLAIN = (
    Facts(ATELIER, Debtor("C4", "Garage Vasseur"), (invoice("11/2026", "900.00"), invoice("14/2026", "450.00"))),
    Facts(ATELIER, Debtor("C5", "Durand Négoce"), (invoice("10234", "990.00"), invoice("FA-2026-0001", "1200.00"), invoice("FA-2026-0012", "300.00"), invoice("FA-2026-0013", "55.00"))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "invoices"),
    [
        ({"amount": "450.00", "text": "REGLT FACT 14 DU 20/11/2026", "payer": "GARAGE VASSEUR"}, [("14/2026", "450.00")]),  # no 11/2026
        ({"amount": "450.00", "text": "FACT 11/2026", "payer": "GARAGE VASSEUR"}, None),
        ({"amount": "1350.00", "text": "11/2026", "payer": "GARAGE VASSEUR"}, [("11/2026", "900.00"), ("14/2026", "450.00")]),
        ({"amount": "990.00", "text": "VIREMENT 10234"}, [("10234", "990.00")]),
        ({"amount": "990.00", "text": "REMISE CHEQUES 10234 NB 003"}, None),
        ({"amount": "300.00", "text": "VIREMENT 10234"}, None),
        ({"amount": "300.00", "text": "VIREMENT 10234", "payer": "DURAND NEGOCE"}, None),  # the sum of FA-2026-0012
        ({"amount": "1500.00", "text": "FA-2026-0001 ET 0012", "payer": "DURAND NEGOCE"}, [("FA-2026-0001", "1200.00"), ("FA-2026-0012", "300.00")]),
        ({"amount": "1400.00", "text": "FA-2026-0001 ET 0012", "payer": "DURAND NEGOCE"}, None),
        ({"amount": "55.00", "text": "FA-2026-0013 DE 55,00 EUR LE 12/02/26", "payer": "DURAND NEGOCE"}, [("FA-2026-0013", "55.00")]),
    ],
)
def test_a_day_an_amount_or_a_slips_number_is_no_invoice_number(ask, given, invoices):
    (answer,) = ask(entry(**given), books=PLAIN)
    assert (paid(answer) if isinstance(answer, Matched) else None) == invoices


def test_references_of_the_bank_that_begin_anew_or_are_always_the_same_hide_no_payment(ask):
    first, other = {"amount": "1200.00", "text": "F-2026-001"}, {"amount": "450.00", "text": "F-2026-003"}
    for bank, number in (("", "1"), ("CONSTANT", "")):
        books = kept(*ask(entry(**first, bank=bank, number=number, on="2026-02-19")))
        again = ask(entry(**first, bank=bank, number=number, on="2026-02-19"), books=books)
        (second,) = ask(entry(**other, bank=bank, number=number), books=books)
        assert again == []
        assert paid(second) == [("F-2026-003", "450.00")]
        books = kept(second, books=books)
        assert ask(entry(**other, bank=bank, number=number), books=books) == []


def test_a_statement_read_by_a_version_before_is_known_still(ask):
    told = Event(date(2026, 2, 20), "payment.received", "F-2026-003", data={"amount": Decimal("450.00"), "reference": "camt 1"})
    books = tuple(replace(one, events=(*one.events, told)) if one.debtor.id == "C2" else one for one in BOOKS)
    assert ask(entry("450.00", text="F-2026-003", bank="", number="1"), books=books) == []
    (answer,) = ask(entry("80.00", text="F-2026-0031", bank="", number="1"), books=books)
    assert isinstance(answer, Matched)


def part(amount: str, text: str, more: str = "") -> str:
    return f"<TxDtls>{amount}<RltdPties><Dbtr><Nm>X</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>{more}</TxDtls>"


def money(amount: str) -> str:
    return f'<Amt Ccy="EUR">{amount}</Amt>'


def of_parts(total: str, *parts: str, more: str = "") -> str:
    return f"""<Ntry>{money(total)}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-20</Dt></BookgDt>
      <AcctSvcrRef>B{next(_numbers)}</AcctSvcrRef>{more}<NtryDtls>{"".join(parts)}</NtryDtls></Ntry>"""


CHARGE = "<Chrgs><Rcrd>" + money("10.00") + "</Rcrd></Chrgs>"


@pytest.mark.parametrize(
    ("made", "amounts"),
    [
        (of_parts("1190.00", part(money("1200.00"), "F-2026-001", CHARGE)), ["1200.00"]),  # the bank kept its charges
        (of_parts("1190.00", part(money("1200.00"), "F-2026-001"), more=CHARGE), ["1200.00"]),
        (of_parts("1190.00", part(money("1190.00") + f"<AmtDtls><InstdAmt>{money('1200.00')}</InstdAmt></AmtDtls>", "F-2026-001", CHARGE)), ["1200.00"]),  # net, and what was sent beside it
        (of_parts("1190.00", part(money("1190.00") + f"<AmtDtls><InstdAmt>{money('1250.00')}</InstdAmt></AmtDtls>", "F-2026-001", CHARGE)), []),  # not what the charges make: to a person
        (of_parts("1190.00", part(money("1200.00"), "F-2026-001")), []),  # nothing says why: what was booked, a part, to a person
        (of_parts("1650.00", part(f"<AmtDtls><InstdAmt>{money('1200.00')}</InstdAmt></AmtDtls>", "F-2026-001"), part(f"<AmtDtls><InstdAmt>{money('450.00')}</InstdAmt></AmtDtls>", "F-2026-003")), ["1200.00", "450.00"]),
        (of_parts("1648.00", part(money("1200.00"), "F-2026-001"), part(money("450.00"), "F-2026-003"), part(money("2.00") + "<CdtDbtInd>DBIT</CdtDbtInd>", "FRAIS")), ["1200.00", "450.00"]),
    ],
)  # fmt: skip
def test_what_the_bank_kept_is_part_of_what_was_paid(ask, made, amounts):
    answers = ask(made)
    assert [str(row.row.values["amount"]) for answer in answers if isinstance(answer, Matched) for row in answer.rows] == amounts


@pytest.mark.parametrize(("told", "undone"), [(money("450.00") + CHARGE, True), (money("460.00") + f"<AmtDtls><InstdAmt>{money('450.00')}</InstdAmt></AmtDtls>" + CHARGE, True), (money("455.00") + CHARGE, False)])
def test_a_payment_that_comes_back_with_the_banks_fee_is_undone_without_it(ask, told, undone):
    came = entry("450.00", text="F-2026-003", payer="SOCIETE BELAIR", e2e="MANDAT-77")
    back = (
        f"<Ntry>{money('460.00')}<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-25</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>MANDAT-77</EndToEndId></Refs>{told}"
        "<RmtInf><Ustrd>IMPAYE F-2026-003</Ustrd></RmtInf><RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>"
    )
    _, answer = ask(came, back)
    if undone:
        assert [(row.row.values["event"], str(row.row.values["amount"])) for row in answer.rows] == [("payment.reversed", "450.00")]
    else:
        assert isinstance(answer, Doubt)


def test_the_ultimate_debtor_is_who_pays_and_further_remittance_words_are_read(ask):
    parties = "<RltdPties><Dbtr><Nm>CENTRALE</Nm></Dbtr><UltmtDbtr><Pty><Nm>SOCIETE BELAIR</Nm></Pty></UltmtDbtr></RltdPties>"
    (answer,) = ask(of_parts("450.00", f"<TxDtls>{parties}</TxDtls>"))
    assert paid(answer) == [("F-2026-003", "450.00")]
    (answer,) = ask(of_parts("450.00", "<TxDtls><RmtInf><Strd><AddtlRmtInf>facture F-2026-003</AddtlRmtInf></Strd></RmtInf></TxDtls>"))
    assert paid(answer) == [("F-2026-003", "450.00")]


def test_what_the_payer_gave_each_document_is_given_to_each(ask):
    shares = "".join(
        f"<Strd><RfrdDocInf><Nb>{number}</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy='EUR'>{amount}</RmtdAmt></RfrdDocAmt></Strd>"
        for number, amount in (("F-2026-001", "700.00"), ("F-2026-002", "100.00"))
    )
    (answer,) = ask(of_parts("800.00", f"<TxDtls><RmtInf>{shares}</RmtInf></TxDtls>"))
    assert paid(answer) == [("F-2026-001", "700.00"), ("F-2026-002", "100.00")]


@pytest.mark.parametrize("told", [STATED, f"{STATED}, by 2026-06-01", "FEC BQ 12 411000"])
def test_a_payment_that_the_books_told_of_is_counted_once_and_two_of_one_sum_stay_two(ask, told):
    event = Event(date(2026, 2, 18), "payment.received", "F-2026-001", data={"amount": Decimal("500.00"), "reference": told})
    books = tuple(replace(one, events=(event,)) if one.debtor.id == "C1" else one for one in BOOKS)
    first, second = ask(
        entry("500.00", text="acompte F-2026-001", payer="IMPRIMERIE LINDOR", bank="A"),
        entry("500.00", text="acompte F-2026-001", payer="IMPRIMERIE LINDOR", bank="B"),
        books=books,
    )
    assert isinstance(first, Reconciled)
    assert isinstance(second, Matched)
    after = kept(first, books=books)
    assert balances(after[0], TODAY).outstanding["F-2026-001"] == 700
    assert ask(entry("500.00", text="acompte F-2026-001", payer="IMPRIMERIE LINDOR", bank="A"), books=after) == []
    (again,) = ask(entry("500.00", text="acompte F-2026-001", payer="IMPRIMERIE LINDOR", bank="B"), books=after)
    assert isinstance(again, Matched)
    late = ask(entry("500.00", text="acompte F-2026-001", payer="IMPRIMERIE LINDOR", on="2026-02-27"), books=books)
    assert isinstance(late[0], Reconciled if ", by" in told else Matched)  # a list without a day speaks of all until it was written


def test_what_is_not_booked_yet_is_left_alone_in_old_and_new_versions(ask):
    assert ask(entry("1200.00", ref="F-2026-001", status="<Sts>PDNG</Sts>")) == []
    assert ask(entry("1200.00", ref="F-2026-001", status="<Sts><Cd>PDNG</Cd></Sts>"), version="053.001.08") == []
    (answer,) = ask(entry("1200.00", ref="F-2026-001", status="<Sts><Cd>BOOK</Cd></Sts>"), version="053.001.08")
    assert isinstance(answer, Matched)


def test_a_batch_is_taken_apart(ask):
    one = '<TxDtls><Refs><EndToEndId>{0}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">{1}</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>{0}</Ustrd></RmtInf></TxDtls>'
    batch = '<Ntry><Amt Ccy="EUR">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-02-20</Dt></BookgDt><AcctSvcrRef>B</AcctSvcrRef><NtryDtls>{}</NtryDtls></Ntry>'
    parts = one.format("F-2026-001", "1200.00") + one.format("F-2026-003", "450.00")
    first, second = ask(batch.format("1650.00", parts))
    assert (paid(first), paid(second)) == ([("F-2026-001", "1200.00")], [("F-2026-003", "450.00")])
    assert first.transaction.mark != second.transaction.mark
    (answer,) = ask(batch.format("1651.00", parts))
    assert "the parts of a batch make 1650.00, the entry is 1651.00" in answer.reason


def test_balances_must_add_up(ask):
    credit = entry("450.00", ref="F-2026-003")
    (answer,) = ask(credit, balances=balance("OPBD", "100.00") + balance("CLBD", "550.00"))
    assert isinstance(answer, Matched)
    (answer,) = ask(credit, balances=balance("OPBD", "100.00") + balance("CLBD", "551.00"))
    assert "100.00 and movements of 450.00 are not 551.00" in answer.reason


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (("450.00", "4x0.00"), "is not an amount"),
        (("450.00", "450.001"), "more decimals than EUR has"),
        (('Ccy="EUR"', 'Ccy="EU"'), "is not a currency code"),
        (("2026-02-20", "2026-02-31"), "is not a date"),
        (("<Dt>2026-02-20</Dt>", ""), "neither a booking nor a value date"),
        (("CRDT", "CREDIT"), "neither credit nor debit"),
        (("2026-02-20", "2027-02-20"), "in the future"),
    ],
)
def test_an_entry_that_cannot_be_read_is_a_reject_and_the_rest_goes_on(ask, harm, reason):
    first, second = ask(entry("450.00", ref="F-2026-003").replace(*harm), entry("1200.00", ref="F-2026-001"))
    assert isinstance(first, Reject)
    assert reason in first.reason
    assert isinstance(second, Matched)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (statement(version="052.001.02"), "camt.052"),
        (statement(version="054.001.02"), "camt.054"),
        (statement().replace("urn:iso:std", "urn:other"), "no bank statement"),
        (statement()[:200], "broken XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + statement().partition("?>")[2], "document type"),
    ],
)
def test_what_is_no_statement_is_refused(ask, text, said):
    with pytest.raises(Unreadable, match=said):
        ask(text=text)


amounts = st.integers(1, 200000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
texts = st.text(alphabet="F-20126 03/LINDORBELA", max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["450.00", "1200.00", "300.00", "80.00"]) | amounts, texts, texts, texts), max_size=6))
def test_never_more_is_allocated_than_is_open_or_than_came_in(ask, draws):
    answers = ask(*(entry(amount, text=text, payer=payer, ref=ref.strip()) for amount, text, payer, ref in draws))
    assert len(answers) == len(draws)
    spent: dict[str, Decimal] = {}
    for answer in answers:
        if isinstance(answer, Matched):
            assert sum(row.row.values["amount"] for row in answer.rows) == answer.transaction.amount
            for row in answer.rows:
                spent[row.row.values["invoice"]] = spent.get(row.row.values["invoice"], Decimal(0)) + row.row.values["amount"]
    owed = {one.id: one.amount for facts in BOOKS for one in facts.invoices}
    assert all(amount <= owed[name] for name, amount in spent.items())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_statement_is_never_a_crash(tmp_path, data):
    text = bytearray(statement(entry("450.00", ref="F-2026-003", bank="B")).encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 20))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"9", b"-", b"<", b"0", b"\xc3"])
        )
    (tmp_path / "s.xml").write_bytes(bytes(text))
    try:
        list(Matcher(BOOKS, TODAY).match(camt.read(tmp_path / "s.xml")))
    except Unreadable as error:
        assert str(error)  # noqa: PT017 - a sentence, whatever it is


def asked_for(*sums: tuple[str, str, str]) -> tuple[Facts, ...]:
    claimed = {"invoices": [{"invoice": name, "principal": principal, "fixed_indemnity": indemnity} for name, principal, indemnity in sums]}
    sent = Event(date(2026, 2, 10), "action.emitted", data={"id": "x1", "message": "7f3a0c21b4", "claimed": claimed})
    return (replace(BOOKS[0], events=(sent,)), *BOOKS[1:])


@pytest.mark.parametrize("text", ["VIR R-7F3A-0C21", "r 7f3a 0c21 merci", "R7F3A0C21"])
@pytest.mark.parametrize(("amount", "each"), [("1580.00", ("1240.00", "340.00")), ("1500.00", ("1200.00", "300.00"))])
def test_the_reference_that_a_message_tells_to_quote_is_known_with_all_that_it_asked_or_the_principal(ask, text, amount, each):
    (found,) = ask(entry(amount, text=text), books=asked_for(("F-2026-001", "1200.00", "40.00"), ("F-2026-002", "300.00", "40.00")))
    assert paid(found) == list(zip(("F-2026-001", "F-2026-002"), each, strict=True))


def test_a_sum_that_nothing_asked_with_the_reference_of_two_invoices_is_for_a_person(ask):
    for amount in ("1579.99", "1580.01", "1500.01"):
        (found,) = ask(entry(amount, text="R-7F3A-0C21"), books=asked_for(("F-2026-001", "1200.00", "40.00"), ("F-2026-002", "300.00", "40.00")))
        assert isinstance(found, Doubt)
        assert set(found.candidates) == {"F-2026-001", "F-2026-002"}
