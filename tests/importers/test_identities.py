"""Who is who: a creditor by SIREN, VAT number, account, name, or as the only one there is; a debtor by identifiers before names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.intake import recognise, take
from relance.journal.journal import Journal
from relance.model import Address, Creditor, Debtor, Facts, Invoice

ATELIER, OTHER = "552100554", "000987651"
IBAN, OTHERS_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"


def party(role: str, name: str, siren: str = "", vat: str = "", city: str = "") -> str:
    number = f'<cbc:CompanyID schemeID="0002">{siren}</cbc:CompanyID>' if siren else ""
    tax = f"<cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>" if vat else ""
    place = f"<cac:PostalAddress><cbc:StreetName>1 rue X</cbc:StreetName><cbc:CityName>{city}</cbc:CityName><cbc:PostalZone>69001</cbc:PostalZone></cac:PostalAddress>" if city else ""
    return f"<cac:Accounting{role}Party><cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>{place}{tax}<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>{number}</cac:PartyLegalEntity></cac:Party></cac:Accounting{role}Party>"


def ubl(seller: str, buyer: str, iban: str = "", number: str = "F-9") -> str:
    sums = "".join(f'<cbc:{one}Amount currencyID="EUR">100.00</cbc:{one}Amount>' for one in ("TaxExclusive", "TaxInclusive", "Payable"))
    means = f"<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>" if iban else ""
    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
        f' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-01-02</cbc:IssueDate><cbc:DueDate>2026-02-01</cbc:DueDate>'
        f"<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{seller}{buyer}{means}<cac:LegalMonetaryTotal>{sums}</cac:LegalMonetaryTotal></Invoice>"
    )


@pytest.fixture
def told(tmp_path):
    """Return a function that gives a journal what is known, then an e-invoice, and says under which creditor and debtor it stands; None: it was refused."""

    def told(known: list[Facts], text: str) -> tuple[str, str] | None:
        with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
            journal.take_in(known, actor="test")
            (tmp_path / "f.xml").write_text(text, "utf-8")
            outcome = take(journal, [recognise(tmp_path / "f.xml")], Settings(ColumnMapping(), date(2026, 6, 1)))
            found = [(facts.creditor.id, facts.debtor.id) for facts in journal.facts() if any(one.id == "F-9" for one in facts.invoices)]
            assert bool(found) != bool(outcome.rejects)
            return found[0] if found else None

    return told


def facts(creditor: Creditor, debtor: Debtor | None = None) -> Facts:
    return Facts(creditor, debtor or Debtor("D", "Dupont"), (Invoice(f"F-{creditor.id}", date(2026, 2, 1), Decimal(1), "EUR", issued=date(2026, 1, 2)),))


BUYER = party("Customer", "Lindor", "000019182")
TWO = [facts(Creditor("b", "Béta", siren=OTHER, iban=OTHERS_IBAN))]


@pytest.mark.parametrize(
    ("known", "seller", "iban", "creditor"),
    [
        (Creditor("a", "Atelier", siren=ATELIER), party("Supplier", "ATELIER DU RHONE", ATELIER), "", "a"),
        (Creditor("a", "Atelier", siren=ATELIER), party("Supplier", "Autre nom", "", f"FR61{ATELIER}"), "", "a"),  # a French VAT number is a SIREN
        (Creditor("a", "Atelier", terms={"vat": "DE123456789"}), party("Supplier", "Werkstatt", "", "DE 123456789"), "", "a"),
        (Creditor("a", "Atelier", iban=IBAN), party("Supplier", "Autre nom"), IBAN, "a"),
        (Creditor("a", "Atelier SARL"), party("Supplier", "ATELIER sarl", ATELIER), "", "a"),
        (Creditor("a", "Atelier", siren=ATELIER), party("Supplier", "Atelier"), "", "a"),
        (Creditor("a", "Atelier", siren=ATELIER), party("Supplier", "Atelier", "732829320"), "", "732829320"),  # one name, two numbers: two
        (Creditor("a", "Atelier", siren=ATELIER, iban=IBAN), party("Supplier", "Factor", "732829320"), IBAN, "732829320"),
        (Creditor("a", "Atelier"), party("Supplier", "Zénith", "732829320"), "", "732829320"),
    ],
)
@pytest.mark.parametrize("others", [[], TWO], ids=["alone", "beside another"])
def test_a_creditor_is_one(told, known, seller, iban, creditor, others):
    assert told([facts(known), *others], ubl(seller, BUYER, iban))[0] == creditor


def test_the_only_one_there_is_whom_nobody_named_is_the_one_and_of_two_none_is(told):
    seller = party("Supplier", "Zénith", "732829320")
    assert told([facts(Creditor("creditor"))], ubl(seller, BUYER))[0] == "creditor"


def test_of_several_whom_nobody_named_none_is_the_one(told):
    assert told([facts(Creditor("creditor")), *TWO], ubl(party("Supplier", "Zénith", "732829320"), BUYER))[0] == "732829320"


HERE, THERE = Address(("1 rue X", "69001 Lyon")), Address(("9 rue Y", "13001 Marseille"))
SELLER = party("Supplier", "Atelier", ATELIER)


@pytest.mark.parametrize(
    ("known", "buyer", "debtor"),
    [
        (Debtor("C1", "Lindor", siren="000019182"), party("Customer", "Tout autre nom", "000019182"), "C1"),
        (Debtor("C1", "Lindor", siren="000019182"), party("Customer", "Lindor", "", "FR00000019182"), "C1"),
        (Debtor("C1", "Lindor", siren="000019182"), party("Customer", "Lindor", "732829320"), "732829320"),  # the number outranks the name
        (Debtor("C1", "Lindor", address=HERE), party("Customer", "LINDOR", "732829320", city="Lyon"), "C1"),
        (Debtor("C1", "Lindor", address=THERE), party("Customer", "Lindor", "732829320", city="Lyon"), "732829320"),  # namesakes
        (Debtor("C1", "Lindor", address=HERE), party("Customer", "Lindor", city="Lyon"), "C1"),
        (Debtor("C1", "Morel"), party("Customer", "Lindor", "732829320"), "732829320"),
    ],
)
def test_a_debtor_is_known_by_identifiers_before_names(told, known, buyer, debtor):
    assert told([facts(Creditor("a", "Atelier", siren=ATELIER), known)], ubl(SELLER, buyer)) == ("a", debtor)


def test_one_identifier_with_two_names_is_asked_about(tmp_path):
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC)) as journal:
        journal.take_in([facts(Creditor("a", "Atelier", siren=ATELIER), Debtor("C1", "Lindor SAS", siren="000019182"))], actor="test")
        said = []
        for number, name in (("F-9", "LINDOR S.A.S."), ("F-10", "Holding Morel"), ("F-11", "Lindor Lyon")):
            (tmp_path / "f.xml").write_text(ubl(SELLER, party("Customer", name, "000019182"), number=number), "utf-8")
            said.append([one.text for one in take(journal, [recognise(tmp_path / "f.xml")], Settings(ColumnMapping(), date(2026, 6, 1))).remarks])
        assert said == [[], ["C1: one SIREN, 000019182, and two names, 'Lindor SAS' and 'Holding Morel': the first stands; if they are two, one of the numbers is wrong"], []]
        assert next(journal.facts()).debtor.name == "Lindor SAS"


def test_two_known_debtors_of_one_name_and_place_are_not_guessed_between(told):
    known = [facts(Creditor("a", "Atelier", siren=ATELIER), Debtor("C1", "Lindor", address=HERE)), facts(Creditor("a", "Atelier", siren=ATELIER), Debtor("C2", "Lindor", address=HERE))]
    known[1] = Facts(known[1].creditor, known[1].debtor, (Invoice("F-b", date(2026, 2, 1), Decimal(1), "EUR", issued=date(2026, 1, 2)),))
    assert told(known, ubl(SELLER, party("Customer", "Lindor", "732829320", city="Lyon"))) == ("a", "732829320")
