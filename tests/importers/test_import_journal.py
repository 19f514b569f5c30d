"""Files into a journal, on both databases: the same file twice changes nothing, and what contradicts is never overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relance.importers import portfolio_files
from relance.importers.columns import ColumnMapping
from relance.importers.fec import COLUMNS
from relance.importers.import_settings import Settings
from relance.importers.intake import Form, recognise, rehearsal, take
from relance.importers.rows import restated
from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import unmatched_money
from relance.journal.event_types import build
from relance.model import Creditor

TODAY = date(2026, 3, 2)
ATELIER = Creditor("atelier", "Atelier", siren="000987651", iban="FR7630006000011234567890189")
MAPPING = ColumnMapping(terms="30 jours", creditor=ATELIER)
HEAD = "id;debtor;debtor.name;debtor.siren;issued;due;amount;paid;settled;document;type\n"
F1 = "F-2026-001;C1;Imprimerie Lindor;000019182;02/01/2026;01/02/2026;1200,00;{paid};{settled};;\n"


@pytest.fixture
def bring(journal, tmp_path):
    """Return a function that writes files and takes them into the journal."""

    def run(into=None, **files: str):
        sources = []
        for name, text in files.items():
            path = tmp_path / f"{name}.txt"
            path.write_text(text, "utf-8")
            sources.append(recognise(path, name if name in {"debtors", "creditors", "events"} else None))
        return take(into or journal, sources, Settings(MAPPING, TODAY))

    return run


def owed(journal, on: date = TODAY) -> dict[str, Decimal]:
    return {name: left for facts in journal.facts() for name, left in balances(facts, on).outstanding.items()}


def entries(journal) -> int:
    return sum(1 for _ in journal.entries())


def statement(*entries: tuple[str, str, str], debit: bool = False) -> str:
    rows = "".join(
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{"DBIT" if debit else "CRDT"}</CdtDbtInd>{"<RvslInd>true</RvslInd>" if debit else ""}<Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2026-02-20</Dt></BookgDt><NtryDtls><TxDtls><Refs><AcctSvcrRef>{ref}</AcctSvcrRef></Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for amount, text, ref in entries
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct>'
        f"{rows}</Stmt></BkToCstmrStmt></Document>"
    )


def fec(*lines: tuple[str, ...]) -> str:
    return "\n".join("\t".join(one) for one in (COLUMNS, *lines)) + "\n"


def sale(number: str, piece: str, amount: str, letter: str = "") -> list[tuple[str, ...]]:
    day = "20260105"
    return [
        ("VE", "Ventes", number, day, "411000", "Clients", "C1", "Lindor", piece, day, "", amount, "0", letter, "", day, "", ""),
        ("VE", "Ventes", number, day, "706000", "Ventes", "", "", piece, day, "", "0", amount, "", "", day, "", ""),
    ]


def bank(number: str, amount: str, letter: str = "") -> list[tuple[str, ...]]:
    day = "20260210"
    return [
        ("BQ", "Banque", number, day, "512000", "Banque", "", "", "", "", "", amount, "0", "", "", day, "", ""),
        ("BQ", "Banque", number, day, "411000", "Clients", "C1", "Lindor", "", "", "", "0", amount, letter, "", day, "", ""),
    ]


INVOICE = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><b:ID>F-9</b:ID><b:IssueDate>2026-01-10</b:IssueDate><b:DueDate>2026-02-10</b:DueDate>
 <b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
 <a:AccountingSupplierParty><a:Party><a:PartyLegalEntity><b:RegistrationName>Atelier</b:RegistrationName><b:CompanyID schemeID="0002">000987651</b:CompanyID></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
 <a:AccountingCustomerParty><a:Party><a:PartyLegalEntity><b:RegistrationName>Lindor</b:RegistrationName><b:CompanyID schemeID="0002">000019182</b:CompanyID></a:PartyLegalEntity>
 <a:Contact><b:ElectronicMail>compta@lindor.example</b:ElectronicMail></a:Contact></a:Party></a:AccountingCustomerParty>
 <a:TaxTotal><b:TaxAmount currencyID="EUR">20.00</b:TaxAmount></a:TaxTotal>
 <a:LegalMonetaryTotal><b:TaxExclusiveAmount>100.00</b:TaxExclusiveAmount><b:TaxInclusiveAmount>120.00</b:TaxInclusiveAmount><b:PayableAmount>120.00</b:PayableAmount></a:LegalMonetaryTotal></Invoice>"""
NOTE = (
    INVOICE.replace("<b:ID>F-9</b:ID>", "<b:ID>A-9</b:ID>")
    .replace(">380<", ">381<")
    .replace(
        "<a:AccountingSupplierParty>",
        "<a:BillingReference><a:InvoiceDocumentReference><b:ID>F-9</b:ID></a:InvoiceDocumentReference></a:BillingReference><a:AccountingSupplierParty>",
    )
)


def test_every_kind_of_file_is_recognised_and_twice_changes_nothing(bring, journal):
    files = {
        "factures": HEAD + F1.format(paid="", settled=""),
        "events": "on;event;invoice;reason\n10/02/2026;dispute.opened;F-2026-001;livraison\n",
        "fec": fec(*sale("1", "F-5", "50,00", "A"), *bank("1", "50,00", "A"), *sale("2", "F-6", "70,00")),
        "facture": INVOICE,
        "releve": statement(("120.00", "facture F-9", "BK1"), ("33.00", "mystere", "BK2")),
    }
    first = bring(**files)
    assert not first.rejects
    assert [one.reason for one in first.doubts] == [
        "a short number in the text, and no more than that",
        "no reference, number or payer that is known",
    ]
    assert owed(journal)["F-2026-001"] == 1200
    assert (owed(journal)["F-5"], owed(journal)["F-6"]) == (0, 70)
    before = entries(journal)
    second = bring(**files)
    assert (second.recorded.written, entries(journal)) == (0, before)
    assert [one.reason for one in second.doubts] == [one.reason for one in first.doubts]


def test_forms_are_told_by_contents(tmp_path):
    cases = {
        Form.STATEMENT: statement(), Form.E_INVOICE: "\ufeff<?xml version='1.0'?>" + INVOICE, Form.FEC: fec(), Form.TABLE: HEAD,
    }  # fmt: skip
    for form, text in cases.items():
        (tmp_path / "x").write_text(text, "utf-8")
        assert recognise(tmp_path / "x").form is form


def test_an_invoice_known_with_another_amount_is_a_conflict_with_its_line(bring, journal):
    bring(factures=HEAD + F1.format(paid="", settled=""))
    found = bring(
        factures=HEAD + "F-2;C1;;;02/01/2026;01/02/2026;5,00;;;;\n" + F1.format(paid="", settled="").replace("1200,00", "1300,00")
    )
    (reject,) = found.rejects
    assert (reject.file, reject.line) == ("factures.txt", 3)
    assert "'F-2026-001' is known with another amount, 1200.00, not 1300.00: a conflict" in reject.reason
    assert owed(journal) == {"F-2026-001": 1200, "F-2": 5}


def test_a_list_that_states_what_is_paid_counts_nothing_twice(bring, journal):
    for paid, left in (("", 1200), ("200,00", 1000), ("200,00", 1000), ("500,00", 700)):
        assert not bring(factures=HEAD + F1.format(paid=paid, settled="")).rejects
        assert owed(journal)["F-2026-001"] == left
    (reject,) = bring(factures=HEAD + F1.format(paid="300,00", settled="")).rejects
    assert "900.00 is left to pay by this row, 700.00 by the journal: a conflict to resolve" in reject.reason
    bring(factures=HEAD + F1.format(paid="", settled="25/02/2026"))
    assert owed(journal)["F-2026-001"] == 0
    payments = [event.data["amount"] for event in journal.events(kinds=["payment.received"])]
    assert payments == [200, 300, 700]


def test_a_flag_that_goes_ends_the_dispute_and_one_that_comes_back_opens_it(bring, journal, clock):
    head, row = HEAD.replace("type\n", "type;disputed\n"), F1.format(paid="", settled="").replace("\n", "{}\n")
    for flag, count in (("x", 1), ("x", 1), ("", 2), ("", 2), ("x", 3), ("x", 3)):
        bring(factures=head + row.format(f";{flag}" if flag else ";"))
        kinds = [event.kind for event in journal.events(kinds=["dispute.opened", "dispute.closed"])]
        assert kinds == ["dispute.opened", "dispute.closed", "dispute.opened"][:count]
    bring(factures=HEAD + F1.format(paid="", settled=""))  # a list without the column says nothing of it
    assert len(list(journal.events(kinds=["dispute.opened", "dispute.closed"]))) == 3


def test_what_the_bank_said_first_is_not_said_again_by_the_list(bring, journal):
    bring(factures=HEAD + F1.format(paid="", settled=""))
    bring(releve=statement(("1200.00", "F-2026-001", "BK1")))
    bring(factures=HEAD + F1.format(paid="", settled="25/02/2026"))
    assert len(list(journal.events(kinds=["payment.received"]))) == 1


def test_a_payment_lettered_later_is_the_same_payment(bring, journal):
    bring(fec=fec(*sale("1", "F-5", "50,00"), *sale("2", "F-6", "50,00"), *bank("1", "50,00")))
    assert sum(owed(journal).values()) == 50
    bring(fec=fec(*sale("1", "F-5", "50,00"), *sale("2", "F-6", "50,00", "A"), *bank("1", "50,00", "A")))
    assert sum(owed(journal).values()) == 50


def test_an_e_invoice_finds_its_debtor_by_the_siren_and_a_later_credit_note_its_invoice(bring, journal):
    bring(factures=HEAD + F1.format(paid="", settled=""))
    bring(facture=INVOICE)
    bring(avoir=NOTE)
    (facts,) = journal.facts()
    assert (facts.creditor.id, facts.debtor.id, facts.debtor.email) == ("atelier", "C1", "compta@lindor.example")
    assert owed(journal) == {"F-2026-001": 1200, "F-9": 0}
    assert [event.invoice for event in facts.events] == ["F-9"]


def test_a_reversal_in_a_later_statement_opens_the_invoice_again(bring, journal):
    bring(factures=HEAD + F1.format(paid="", settled=""))
    bring(releve=statement(("1200.00", "F-2026-001", "BK1")))
    assert owed(journal)["F-2026-001"] == 0
    for _ in range(2):
        bring(retour=statement(("1200.00", "", "BK1"), debit=True))
        assert owed(journal)["F-2026-001"] == 1200


def test_a_payment_for_a_cancelled_invoice_is_for_a_person(bring, journal):
    bring(factures=HEAD + F1.format(paid="", settled=""), events="on;event;invoice\n15/01/2026;invoice.cancelled;F-2026-001\n")
    found = bring(releve=statement(("1200.00", "F-2026-001", "BK1")))
    assert "is cancelled" in found.doubts[0].reason
    assert not list(journal.events(kinds=["payment.received"]))


def test_an_events_file_may_speak_of_what_was_imported_before(bring, journal):
    bring(factures=HEAD + F1.format(paid="", settled=""))
    found = bring(events="on;event;invoice;amount\n10/02/2026;payment.received;F-2026-001;200,00\n10/02/2026;payment.received;F-8;1,00\n")
    assert [one.reason for one in found.rejects] == ["invoice 'F-8' is not known"]
    assert owed(journal)["F-2026-001"] == 1000


def test_a_debtor_without_an_invoice_is_kept(bring, journal):
    bring(debtors="id;name;email\nC7;Garage Peyrac;a@peyrac.example\n")
    (facts,) = journal.facts()
    assert (facts.debtor.id, facts.debtor.email, facts.invoices) == ("C7", "a@peyrac.example", ())


def test_a_file_that_cannot_be_read_does_not_stop_the_others(bring, journal):
    found = bring(
        facture="<broken",
        factures=HEAD + F1.format(paid="", settled=""),
        releve=statement()[:150],
        fec="JournalCode\tEcritureNum\tEcritureDate\tCompteNum\tDebit\tCredit\n",
    )
    assert sorted((one.file, one.line) for one in found.rejects) == [("facture.txt", 0), ("releve.txt", 0)]
    assert owed(journal) == {"F-2026-001": 1200}


def test_a_dry_run_goes_to_a_copy(bring, journal, tmp_path, clock):
    bring(factures=HEAD + F1.format(paid="", settled=""))
    before = entries(journal)
    with rehearsal(journal, tmp_path, clock) as copy:
        found = bring(copy, factures=HEAD + F1.format(paid="", settled="") + "F-2;C1;;;02/01/2026;01/02/2026;5,00;;;;\n")
        assert found.recorded.written == 1
        assert set(owed(copy)) == {"F-2026-001", "F-2"}
    assert entries(journal) == before


def test_a_run_over_a_list_that_grows_counts_nothing_twice(journal, tmp_path):
    for paid, left in (("200,00", 1000), ("200,00", 1000), ("500,00", 700), ("400,00", 700), ("1200,00", 0)):
        (tmp_path / "f.csv").write_text(HEAD + F1.format(paid=paid, settled=""), "utf-8")
        found = portfolio_files.read(tmp_path / "f.csv", mapping=MAPPING)
        known = {facts.debtor.id: facts for facts in journal.facts()}
        journal.take_in([restated(facts, known.get(facts.debtor.id)) for facts in found.facts], actor="run")
        assert owed(journal)["F-2026-001"] == left


def test_part_payments_of_the_same_sum_are_two(journal, tmp_path):
    """A list says 600 of 1,200 paid, then all of it: the second 600 is another payment, of the same day as far as the list tells."""
    for paid, left in (("", 1200), ("600,00", 600), ("600,00", 600), ("1200,00", 0), ("1200,00", 0)):
        (tmp_path / "f.csv").write_text(HEAD + F1.format(paid=paid, settled=""), "utf-8")
        found = portfolio_files.read(tmp_path / "f.csv", mapping=MAPPING)
        known = {facts.debtor.id: facts for facts in journal.facts()}
        journal.run([restated(facts, known.get(facts.debtor.id)) for facts in found.facts], lambda *_: (), on=TODAY, actor="run")
        assert owed(journal)["F-2026-001"] == left


# --------------------------------------------------------------------------- money that waits to be matched


OPEN = F1.format(paid="", settled="")


def paid_by(payer: str, amount: str, ref: str, *, currency: str = "EUR", text: str = "") -> str:
    """A statement with one credit of a payer that no invoice is named in."""
    return statement((amount, text, ref)).replace("<RmtInf>", f"<RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties><RmtInf>").replace('"EUR"', f'"{currency}"')


def waiting(journal, on: date = TODAY) -> list[tuple[str, str | None]]:
    return [
        (str(event.data["amount"]), event.currency)
        for facts in journal.facts()
        for event in unmatched_money(facts, facts.invoices, on)
    ]


def test_money_of_a_debtor_that_fits_no_invoice_is_written_down_once_and_pays_nothing(bring, journal):
    bring(invoices=HEAD + OPEN)
    for _ in (1, 2):
        done = bring(releve=paid_by("Imprimerie Lindor", "1175.50", "BK77"))
        assert waiting(journal) == [("1175.50", "EUR")]
    assert done.recorded.written == 0
    assert owed(journal) == {"F-2026-001": Decimal("1200.00")}
    (told,) = journal.entries(kinds=("payment.unmatched",))
    assert (told.debtor, told.invoice, told.data["payer"]) == ("C1", None, "Imprimerie Lindor")


def test_money_of_nobody_who_is_known_is_written_down_of_nobody(bring, journal):
    bring(invoices=HEAD + OPEN)
    done = bring(releve=paid_by("Librairie des Deux Rives", "1175.50", "BK77"))
    assert len(done.doubts) == 1
    assert waiting(journal) == []


def test_what_a_later_import_can_match_waits_no_more(bring, journal):
    bring(invoices=HEAD + OPEN)
    bring(releve=paid_by("Imprimerie Lindor", "310.00", "BK78"))
    assert waiting(journal) == [("310.00", "EUR")]
    bring(invoices=HEAD + "F-2026-044;C1;Imprimerie Lindor;000019182;02/01/2026;05/02/2026;310,00;;;;\n")
    bring(releve=paid_by("Imprimerie Lindor", "310.00", "BK78"))
    assert waiting(journal) == []
    assert owed(journal) == {"F-2026-001": Decimal("1200.00"), "F-2026-044": Decimal(0)}
    assert len(list(journal.entries(kinds=("payment.matched",)))) == 1


def test_what_a_person_has_matched_is_not_allocated_again(bring, journal):
    bring(invoices=HEAD + OPEN)
    bring(releve=paid_by("Imprimerie Lindor", "1175.50", "BK77"))
    (told,) = journal.entries(kinds=("payment.unmatched",))
    by_hand, mistakes = build({"on": "2026-03-01", "event": "payment.matched", "reference": told.data["reference"], "outcome": "another debt"})
    assert not mistakes
    journal.record("atelier", "C1", [by_hand], actor="marie")
    bring(releve=paid_by("Imprimerie Lindor", "1175.50", "BK77"))
    assert waiting(journal) == []
    assert owed(journal) == {"F-2026-001": Decimal("1200.00")}


def test_money_in_one_currency_holds_no_invoice_in_another(bring, journal):
    bring(invoices=HEAD + OPEN)
    bring(releve=paid_by("Imprimerie Lindor", "1175.50", "BK77", currency="CHF"))
    assert len(list(journal.entries(kinds=("payment.unmatched",)))) == 1
    assert waiting(journal) == []
