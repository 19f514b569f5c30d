"""The header of an electronic invoice (EN 16931) out of either syntax, CII or UBL, or of ZUGFeRD 1.0: the same words for all.

Refuses other vocabularies and namespaces. Texts stay as they are written; what they mean is for `einvoice`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from relance.parsing import xml
from relance.parsing.rejects import Unreadable
from relance.sentences import sentence

_CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


class _Words(NamedTuple):
    """The names of the containers that changed between ZUGFeRD 1.0, of 2014, and the Cross Industry Invoice that Factur-X is written in."""

    context: str = "ExchangedDocumentContext"
    document: str = "ExchangedDocument"
    deal: str = "SupplyChainTradeTransaction"
    agreement: str = "ApplicableHeaderTradeAgreement"
    settlement: str = "ApplicableHeaderTradeSettlement"
    sums: str = "SpecifiedTradeSettlementHeaderMonetarySummation"


_NOW = _Words()
_OF_2014 = _Words(
    "SpecifiedExchangedDocumentContext", "HeaderExchangedDocument", "SpecifiedSupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement", "ApplicableSupplyChainTradeSettlement", "SpecifiedTradeSettlementMonetarySummation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TradeParty:
    """Who an invoice names."""

    name: str
    siren: str
    vat: str
    ident: str
    cells: dict[str, Any]


class PaymentTerm(NamedTuple):
    """A part of an invoice that is due on a day of its own; the texts as written, an empty amount where none is said."""

    due: str
    amount: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an invoice, as either syntax says it. Sums are texts, so that one reader says what is wrong with them."""

    number: str
    type: str
    profile: str
    issued: str
    delivered: str
    due: str
    instalments: tuple[PaymentTerm, ...]  # where there are several due dates
    terms: str
    currency: str
    without_tax: str
    tax: str
    with_tax: str
    prepaid: str
    rounding: str
    payable: str
    preceding: tuple[str, ...]
    notes: tuple[str, ...]
    seller: TradeParty
    buyer: TradeParty
    payee: TradeParty  # who is to be paid, where that is not the seller (BG-10)
    iban: str
    bic: str
    extra: dict[str, str]


def header(root: Any) -> Header:
    """Return the header of an invoice or credit note. Raises `Unreadable` for any other document."""
    kind, space = xml.name(root), xml.namespace(root)
    if kind == "CrossIndustryInvoice" and space == _CII:
        return _cii(root, _NOW)
    if kind == "CrossIndustryDocument" and space == _ZUGFERD_1:
        return _cii(root, _OF_2014)
    if kind in {"Invoice", "CreditNote"} and space == f"{_UBL}{kind}-2":
        return _ubl(root)
    if kind in {"CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote"}:
        msg = sentence("an element {kind} in the namespace {space}, which is not the standard's", kind=repr(kind), space=repr(space))
        raise Unreadable(msg)
    msg = sentence("no invoice: the document is a {kind}", kind=repr(kind))
    raise Unreadable(msg)


# --------------------------------------------------------------------------- the two syntaxes


def _cii(root: Any, words: _Words) -> Header:
    text = xml.text
    deal = xml.at(root, words.deal)
    agreed, settled = xml.at(deal, words.agreement), xml.at(deal, words.settlement)
    sums = xml.at(settled, words.sums)
    currency = text(settled, "InvoiceCurrencyCode")
    means = "SpecifiedTradeSettlementPaymentMeans"
    return Header(
        number=text(root, f"{words.document}/ID"),
        type=text(root, f"{words.document}/TypeCode"),
        profile=text(root, f"{words.context}/GuidelineSpecifiedDocumentContextParameter/ID"),
        issued=text(root, f"{words.document}/IssueDateTime/DateTimeString"),
        delivered=text(deal, "ApplicableHeaderTradeDelivery/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"),
        due=_last(settled, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"),
        instalments=_several(
            PaymentTerm(text(one, "DueDateDateTime/DateTimeString"), text(one, "PartialPaymentAmount"))
            for one in xml.all_at(settled, "SpecifiedTradePaymentTerms")
        ),
        terms=text(settled, "SpecifiedTradePaymentTerms/Description"),
        currency=currency,
        without_tax=text(sums, "TaxBasisTotalAmount"),
        tax=_in(sums, "TaxTotalAmount", currency),
        with_tax=text(sums, "GrandTotalAmount"),
        prepaid=text(sums, "TotalPrepaidAmount"),
        rounding=text(sums, "RoundingAmount"),
        payable=text(sums, "DuePayableAmount"),
        preceding=_each(settled, "InvoiceReferencedDocument/IssuerAssignedID"),
        notes=(*_each(root, f"{words.document}/IncludedNote/Content"), *_each(settled, "SpecifiedTradePaymentTerms/Description")),
        seller=_cii_party(xml.at(agreed, "SellerTradeParty")),
        buyer=_cii_party(xml.at(agreed, "BuyerTradeParty")),
        payee=_cii_party(xml.at(settled, "PayeeTradeParty")),
        iban=text(settled, f"{means}/PayeePartyCreditorFinancialAccount/IBANID"),
        bic=text(settled, f"{means}/PayeeSpecifiedCreditorFinancialInstitution/BICID"),
        extra=non_empty(
            payment_reference=text(settled, "PaymentReference"),
            order=text(agreed, "BuyerOrderReferencedDocument/IssuerAssignedID"),
            contract=text(agreed, "ContractReferencedDocument/IssuerAssignedID"),
            buyer_reference=text(agreed, "BuyerReference"),
            payment_means=text(settled, f"{means}/TypeCode"),
        ),
    )


def _cii_party(party: Any) -> TradeParty:
    text = xml.text
    place = "PostalTradeAddress"
    ids = [
        (one.get("schemeID", ""), one.text or "")
        for path in ("SpecifiedLegalOrganization/ID", "GlobalID")
        for one in xml.all_at(party, path)
    ]
    vat = next(((one.text or "") for one in xml.all_at(party, "SpecifiedTaxRegistration/ID") if one.get("schemeID") == "VA"), "")
    mail = next(((one.text or "") for one in xml.all_at(party, "URIUniversalCommunication/URIID") if one.get("schemeID") == "EM"), "")
    return _party(
        name=text(party, "Name"),
        ids=ids,
        vat=vat,
        ident=text(party, "ID", "GlobalID"),
        lines=[text(party, f"{place}/{one}") for one in ("LineOne", "LineTwo", "LineThree")],
        place=(text(party, f"{place}/PostcodeCode"), text(party, f"{place}/CityName"), text(party, f"{place}/CountryID")),
        email=text(party, "DefinedTradeContact/EmailURIUniversalCommunication/URIID") or mail.strip(),
        phone=text(party, "DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber"),
    )


def _ubl(root: Any) -> Header:
    text = xml.text
    sums = xml.at(root, "LegalMonetaryTotal")
    currency = text(root, "DocumentCurrencyCode")
    credit = xml.name(root) == "CreditNote"
    return Header(
        number=text(root, "ID"),
        type=text(root, "CreditNoteTypeCode" if credit else "InvoiceTypeCode") or ("381" if credit else ""),
        profile=text(root, "CustomizationID"),
        issued=text(root, "IssueDate"),
        delivered=text(root, "Delivery/ActualDeliveryDate"),
        due=text(root, "DueDate") or _last(root, "PaymentMeans/PaymentDueDate") or _last(root, "PaymentTerms/PaymentDueDate"),
        instalments=_several(
            PaymentTerm(text(one, "PaymentDueDate", "InstallmentDueDate"), text(one, "Amount")) for one in xml.all_at(root, "PaymentTerms")
        )
        or _several(PaymentTerm(text(one, "PaymentDueDate"), "") for one in xml.all_at(root, "PaymentMeans")),
        terms=text(root, "PaymentTerms/Note"),
        currency=currency,
        without_tax=text(sums, "TaxExclusiveAmount"),
        tax=_in(root, "TaxTotal/TaxAmount", currency),
        with_tax=text(sums, "TaxInclusiveAmount"),
        prepaid=text(sums, "PrepaidAmount"),
        rounding=text(sums, "PayableRoundingAmount"),
        payable=text(sums, "PayableAmount"),
        preceding=_each(root, "BillingReference/InvoiceDocumentReference/ID"),
        notes=(*_each(root, "Note"), *_each(root, "PaymentTerms/Note")),
        seller=_ubl_party(xml.at(root, "AccountingSupplierParty/Party")),
        buyer=_ubl_party(xml.at(root, "AccountingCustomerParty/Party")),
        payee=_ubl_party(xml.at(root, "PayeeParty")),
        iban=text(root, "PaymentMeans/PayeeFinancialAccount/ID"),
        bic=text(root, "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID"),
        extra=non_empty(
            payment_reference=text(root, "PaymentMeans/PaymentID"),
            order=text(root, "OrderReference/ID"),
            contract=text(root, "ContractDocumentReference/ID"),
            buyer_reference=text(root, "BuyerReference"),
            payment_means=text(root, "PaymentMeans/PaymentMeansCode"),
        ),
    )


def _ubl_party(party: Any) -> TradeParty:
    text = xml.text
    place = "PostalAddress"
    ids = [
        (one.get("schemeID", ""), one.text or "")
        for path in ("PartyLegalEntity/CompanyID", "PartyIdentification/ID")
        for one in xml.all_at(party, path)
    ]
    vat = next((text(one, "CompanyID") for one in xml.all_at(party, "PartyTaxScheme") if text(one, "TaxScheme/ID") == "VAT"), "")
    return _party(
        name=text(party, "PartyLegalEntity/RegistrationName", "PartyName/Name"),
        ids=ids,
        vat=vat,
        ident=text(party, "PartyIdentification/ID"),
        lines=[text(party, f"{place}/{one}") for one in ("StreetName", "AdditionalStreetName", "AddressLine/Line")],
        place=(text(party, f"{place}/PostalZone"), text(party, f"{place}/CityName"), text(party, f"{place}/Country/IdentificationCode")),
        email=text(party, "Contact/ElectronicMail"),
        phone=text(party, "Contact/Telephone"),
    )


def _party(
    *, name: str, ids: list[tuple[str, str]], vat: str, ident: str, lines: list[str], place: tuple[str, str, str], email: str, phone: str
) -> TradeParty:  # fmt: skip
    """Put a party together: a SIREN stands under scheme 0002 (there also as a SIRET) or, as a SIRET, under 0009."""
    siren = ""
    for scheme in ("0002", "0009"):
        digits = next(("".join(one.split()) for kind, one in ids if kind == scheme), "")
        if not siren and re.fullmatch(r"[0-9]{9}(?:[0-9]{5})?", digits):
            siren = digits[:9]
    number = "".join(vat.split()).upper()
    if not siren and re.fullmatch(r"FR[0-9A-Z]{2}[0-9]{9}", number):
        siren = number[4:]  # a French VAT number ends in the SIREN (CGI annexe II, 95)
    postcode, city, country = place
    cells = {
        "name": name, "siren": siren, "address": tuple(filter(None, lines)), "postcode": postcode, "city": city, "country": country,
        "email": email, "phone": phone, "kind": "business" if siren or vat or ids else "",
    }  # fmt: skip
    return TradeParty(name, siren, "".join(vat.split()), " ".join(ident.split()), {key: value for key, value in cells.items() if value})


def _each(element: Any, path: str) -> tuple[str, ...]:
    """Return the texts at a path, each once."""
    return tuple(dict.fromkeys(filter(None, ((one.text or "").strip() for one in xml.all_at(element, path)))))


def _last(element: Any, path: str) -> str:
    """Return the latest of the days at a path: the due date of an invoice that is paid in parts is the last part's."""
    return max(((one.text or "").strip() for one in xml.all_at(element, path)), default="")


def _several(parts: Iterable[PaymentTerm]) -> tuple[PaymentTerm, ...]:
    """Return the parts that have a due date, where these are two days or more."""
    dated = tuple(one for one in parts if one.due)
    return dated if len({one.due for one in dated}) > 1 else ()


def _in(element: Any, path: str, currency: str) -> str:
    """Return the amount at a path that is in the invoice's currency: the tax may stand in a second one beside it."""
    found = list(xml.all_at(element, path))
    return next(((one.text or "").strip() for one in found if one.get("currencyID", currency) == currency), "")


def non_empty(**texts: str) -> dict[str, str]:
    """Return those texts that hold something."""
    return {key: value for key, value in texts.items() if value}
