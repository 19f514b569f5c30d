"""Electronic invoices (EN 16931): Factur-X and ZUGFeRD PDF, CII and UBL XML, to rows of the canonical tables.

Takes the header alone: numbers, dates, parties, sums, payment means. Refuses what a person must look at: sums that do
not balance, one that another creditor issued. A corrective invoice names the one it `corrects`, for `intake` to look up. The PDF's picture is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance import iban
from relance.currencies import exact
from relance.importers import en16931
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.en16931 import Header, non_empty
from relance.importers.movements import Found
from relance.law.terms import UNAGREED, due_date, stated
from relance.parsing import values, xml
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import sentence, sentence_of, system_words

_ATTACHED = re.compile(r"(?:factur-x|zugferd-invoice|xrechnung)\.xml", re.IGNORECASE)
#: Kinds of document (UNTDID 1001, as EN 16931 allows them in BT-3).
_CREDIT = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
_CORRECTIVE = frozenset({"384", "471", "472", "473"})
#: What was assigned to a factor: he is owed it, not the seller.
_FACTORED = frozenset({"393", "396", "472", "473", "501", "502"})
#: Profiles of Factur-X that may leave the due date and the terms out, by the end of their name, and how they are called.
_WITHOUT_DUE = {"minimum": "MINIMUM", "basicwl": "BASIC WL"}
_CLAIM = r"(?:créance|facture|invoice|debt|receivable|forderung|rechnung)(?:s|en)?"
_FACTOR = r"\w*factor(?:ing|ance|bank)?\b|affacturage|affactureur"
_PAYING = r"(?:règlement|paiement|payer|régler|payable|payment|pay|zahl\w*)"
#: Words of a note by which a claim was assigned, or the factor subrogated to it: in French, English, German.
_ASSIGNED = re.compile(
    rf"(?<!pas de )(?<!sans )(?<!aucune )\bsubrog|\b{_CLAIM}\b(?![^.]{{0,40}}\b(?:ne|non|pas|not|nicht)\b)[^.]{{0,60}}\b(?:cédée?s?|assigned (?:and transferred )?to|(?:is|was|been|und|and) assigned|abgetreten)\b|"
    rf"(?<!pas de )(?<!sans )(?<!aucune )\bcession (?:dailly|(?:de )?(?:la |cette |notre |nos )?(?:créance|facture)s?\b)(?![^.]{{0,60}}\b(?:interdite?|accord|consentement|autorisation|ne|pas)\b)|"
    rf"\brèglement libératoire\b|\bpour être libératoire|\babgetreten an\b|\bwhom (?:this|the) (?:debt|invoice|receivable) (?:is|was|has been) (?:sold|assigned)\b|"
    rf"\b{_PAYING}\b[^.]{{0,80}}\b(?:{_FACTOR})",
    re.IGNORECASE,
)
_PRO_FORMA = frozenset({"325"})
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,10})?|\.[0-9]{1,10})")  # xs:decimal
_MAX_PDF = 64 * 1024 * 1024


def read(path: Path, mapping: ColumnMapping | None = None) -> Iterator[Found | Reject | Remark]:
    """Yield the creditor (where the mapping names none) and the invoice or credit note of one file. Raises `Unreadable`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_PDF + 1)
    except OSError as error:
        msg = sentence("cannot be read: {what}", what=system_words(error))
        raise Unreadable(msg) from error
    root = xml.parse(_inside(data) if data.startswith(b"%PDF") else data)
    header = en16931.header(root)
    line = 1
    try:
        yield from _rows(path.name, line, header, mapping or ColumnMapping())
    except ValueError as error:
        yield Reject(path.name, line, sentence_of(error), header.number)


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are a PDF's or an invoice's in XML."""
    return data.startswith(b"%PDF") or b"CrossIndustryInvoice" in data or b"ubl:schema:xsd" in data


def _inside(data: bytes) -> bytes:
    """Return the invoice that is attached to a PDF."""
    import io
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it finds is said once, by us

    if len(data) > _MAX_PDF:
        msg = sentence("the PDF is longer than the {what} MB that are read", what=_MAX_PDF >> 20)
        raise Unreadable(msg)
    try:
        found = [(one.name, one.content) for one in pypdf.PdfReader(io.BytesIO(data)).attachment_list if one.name.lower().endswith(".xml")]
    except Exception as error:  # a broken PDF makes the library raise nearly anything
        msg = sentence("a PDF that cannot be read")
        raise Unreadable(msg) from error
    found.sort(key=lambda one: _ATTACHED.fullmatch(one[0]) is None)
    if not found:
        msg = sentence("a PDF without an invoice attached to it: it is no Factur-X")
        raise Unreadable(msg)
    return found[0][1]


# --------------------------------------------------------------------------- header to rows


def _rows(file: str, line: int, header: Header, mapping: ColumnMapping) -> Iterator[Found | Remark]:
    """Yield the rows of a header. Raises ValueError for what must not be taken as it is."""
    if not header.number:
        raise ValueError(sentence("the invoice has no number"))
    if header.type in _PRO_FORMA:
        raise ValueError(sentence("a pro forma invoice (type 325) claims nothing: import the invoice that follows it"))
    _not_assigned(header)
    if header.type in _CORRECTIVE and len(header.preceding) > 1:
        raise ValueError(sentence("a corrective invoice (type {type}) that names several, {names}: for a person", type=header.type, names=", ".join(header.preceding)))
    if header.type in _CORRECTIVE and not header.preceding:
        raise ValueError(sentence("a corrective invoice (type {type}) that does not name the one it corrects: for a person", type=header.type))
    currency = values.currency(header.currency)
    total, payable = _sums(header, currency)
    credit = header.type in _CREDIT or total < 0
    about = header.preceding[0] if len(header.preceding) == 1 else ""
    issued = xml.day(header.issued)
    if issued is None:
        raise ValueError(sentence("the invoice has no date"))
    creditor = _creditor(header, mapping)
    debtor = header.buyer.siren or header.buyer.vat or header.buyer.ident or header.buyer.name
    if not debtor:
        raise ValueError(sentence("the invoice does not say who bought"))
    if creditor is not None:
        if (account := creditor.get("iban")) and iban.mistake(account):
            yield Remark(file, line, sentence("{number}: the seller's account {account} is no IBAN, its key or its length is wrong: it is not taken", number=header.number, account=account))
            creditor = {key: value for key, value in creditor.items() if key not in ("iban", "bic")}
        yield Found("creditors", Cells(file, line, creditor, header.number))
    cells: dict[str, Any] = {
        "id": header.number, "creditor": creditor["id"] if creditor else mapping.creditor.id if mapping.creditor else "", "debtor": debtor,
        "type": "credit_note" if credit else "invoice", "issued": issued, "amount": abs(total), "currency": currency,
        "document": about if credit else "", "corrects": about if header.type in _CORRECTIVE else "", "terms": header.extra,
        "seller": {"name": header.seller.name, "vat": header.seller.vat, "iban": "".join(header.iban.split())} if creditor else {}, "by_name": not (header.buyer.siren or header.buyer.vat or header.buyer.ident), "account": iban.compact(header.iban),
        **{f"debtor.{name}": value for name, value in header.buyer.cells.items()},
    }  # fmt: skip
    if credit and len(header.preceding) > 1:
        yield Remark(file, line, sentence("{number}: a credit note about several invoices, {names}, that does not say how much of each: it goes to the debtor's account", number=header.number, names=", ".join(header.preceding)))
    if credit and abs(payable) != abs(total):
        yield Remark(file, line, sentence("{number}: {back} of this credit note was paid back already; what is left of it, {left}, is counted", number=header.number, back=abs(total) - abs(payable), left=abs(payable)))
        cells["amount"] = abs(payable)
        if not payable:
            return
    if not credit:
        cells |= {"due": _due(header, mapping), "delivered": xml.day(header.delivered)}
        if cells["due"] is None:
            cells["due"], cells["due_supposed"] = _supposed(header, mapping)
        if cells["due"] < issued:
            yield Remark(file, line, sentence("{number}: due on {due}, before it was issued on {issued}: look at it before it is asked for", number=header.number, due=cells["due"], issued=issued))
        if payable != total:  # paid by the day of the invoice: no credit note on it is in that
            cells |= {"paid": total - payable, "settled": issued} if payable < total else {"open": payable}
    for part in _parts(header, cells, currency, payable):
        if isinstance(part, Remark):
            yield replace(part, file=file, line=line)
        else:
            yield Found("invoices", Cells(file, line, _told(part), header.number))


def _told(cells: dict[str, Any]) -> dict[str, Any]:
    """Return the cells that hold something; nothing left to pay is something."""
    return {key: value for key, value in cells.items() if isinstance(value, Decimal) or value not in ("", None, {}, False)}


def _not_assigned(header: Header) -> None:
    """Raise ValueError where another than the seller is to be paid: a claim that was assigned is not the seller's to ask for (C. civ. 1324, 1346-5)."""
    payee, seller = header.payee, header.seller
    other = bool(payee.name or payee.siren) and (
        payee.siren != seller.siren if payee.siren and seller.siren else payee.name.casefold() != seller.name.casefold()
    )
    if header.type in _FACTORED or other or any(map(_ASSIGNED.search, header.notes)):
        who = sentence("it is owed to {payee}", payee=repr(payee.name)) if other and payee.name else sentence("it was assigned to a factor")
        raise ValueError(sentence("{who}, not to the seller {name} (type {what}): not the seller's to claim; neither it nor the account it names is taken", who=who, name=repr(seller.name), what=header.type or "unknown"))


def _parts(header: Header, cells: dict[str, Any], currency: str, payable: Decimal) -> Iterator[dict[str, Any] | Remark]:
    """Yield the invoice; by instalments, `F-1/1` and so on, where it is due on several days and the parts add up."""
    if not header.instalments or "due" not in cells:
        yield cells
        return
    days = [xml.day(one.due) for one in header.instalments]
    amounts = [_number(one.amount, "part", currency) for one in header.instalments]
    if payable != cells["amount"] or None in days or None in amounts or sum(amount or 0 for amount in amounts) != cells["amount"]:
        said = ", ".join(f"{day}{f' ({amount})' if amount is not None else ''}" for day, amount in zip(days, amounts, strict=True))
        yield Remark("", 0, sentence("{number}: several due dates, {days}, whose parts are not known; the whole is taken as due on the last, {due}", number=header.number, days=said, due=cells["due"]))
        yield cells
        return
    for place, (day, amount) in enumerate(sorted(zip(days, amounts, strict=True), key=lambda part: str(part[0])), 1):
        yield cells | {"id": f"{header.number}/{place}", "document": header.number, "due": day, "amount": amount}


def _sums(header: Header, currency: str) -> tuple[Decimal, Decimal]:
    """Return the total with tax and what is left to pay, having held them against the other sums (BR-CO-15, BR-CO-16)."""
    payable = _number(header.payable, "amount due", currency)
    total = _number(header.with_tax, "total with tax", currency)
    if payable is None and total is not None and "1p0" in header.profile:  # ZUGFeRD 1.0 may leave it out
        payable = total - (_number(header.prepaid, "amount paid", currency) or 0)
    if payable is None:
        raise ValueError(sentence("the invoice has no amount due"))
    without, tax = _number(header.without_tax, "total without tax", currency), _number(header.tax, "tax", currency) or Decimal(0)
    if total is None:
        return payable, payable
    if without is not None and without + tax != total:
        raise ValueError(sentence("the sums do not balance: {without} without tax and {tax} of tax are not {total}", without=without, tax=tax, total=total))
    prepaid, rounding = _number(header.prepaid, "amount paid", currency), _number(header.rounding, "rounding", currency) or Decimal(0)
    if prepaid is None and "minimum" in header.profile:
        return total, payable  # the smallest profile has no word for what was paid before
    if total - (prepaid or 0) + rounding != payable:
        parts = {"total": total, "paid": prepaid or 0, "payable": payable}
        raise ValueError(
            sentence("the sums do not balance: {total} less {paid} paid, {rounding} rounded, is not {payable}", rounding=rounding, **parts)
            if rounding
            else sentence("the sums do not balance: {total} less {paid} paid is not {payable}", **parts)
        )
    return total + rounding, payable


def _number(text: str, what: str, currency: str) -> Decimal | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        msg = sentence("the {what} {text} is not an amount", what=what, text=repr(text))
        raise ValueError(msg)
    return exact(Decimal(text), currency)


def _due(header: Header, mapping: ColumnMapping) -> Any:
    """Return the due date: as written, else by the invoice's own terms, else by the mapping's. Own terms that cannot be read are not overridden.

    None where the invoice's profile leaves it out by design.
    """
    if header.due:
        return xml.day(header.due)
    issued = xml.day(header.issued)
    assert issued is not None
    if header.terms:
        said = stated(header.terms)
        if said is not None:
            return said if isinstance(said, date) else due_date(issued, said, mapping.end_of_month)
    if _profile(header):
        return None
    if mapping.terms:
        return due_date(issued, mapping.terms, mapping.end_of_month)
    raise ValueError(sentence("no due date; `terms` in a column mapping would give one"))


def _profile(header: Header) -> str:
    """Return the profile of Factur-X that leaves the due date out by design, or nothing."""
    return next((name for ending, name in _WITHOUT_DUE.items() if header.profile.endswith(ending)), "")


def _supposed(header: Header, mapping: ColumnMapping) -> tuple[date, str]:
    """Return the due date of an invoice that may not tell it, and by what it was supposed: the creditor's usual terms, else what the law gives who agreed nothing."""
    days = [day for day in (xml.day(header.issued), xml.day(header.delivered)) if day is not None]
    if mapping.terms:
        due, by = due_date(days[0], mapping.terms, mapping.end_of_month), sentence("the usual terms of the column mapping, {terms}", terms=repr(mapping.terms))
    else:
        due, by = due_date(max(days), UNAGREED), sentence("the 30 days that the law gives who agreed nothing (C. com. L441-10 I)")
    return due, sentence("no due date, which the profile {profile} leaves out: taken as due on {due}, by {by}; record `invoice.corrected due=…` where another was agreed", profile=_profile(header), due=due, by=by)


def _creditor(header: Header, mapping: ColumnMapping) -> dict[str, Any] | None:
    """Return the creditor's row; None where the mapping names the creditor. Raises ValueError where another one issued the invoice."""
    seller = header.seller
    given = mapping.creditor
    if given is not None:
        if given.siren and seller.siren and "".join(given.siren.split()) != seller.siren:
            raise ValueError(sentence("issued by {name} (SIREN {siren}), not by {what} (SIREN {siren_2})", name=repr(seller.name), siren=seller.siren, what=repr(given.name or given.id), siren_2=given.siren))
        return None
    ident = seller.siren or seller.vat or seller.ident or seller.name
    if not ident:
        raise ValueError(sentence("the invoice does not say who sold"))
    account = non_empty(iban="".join(header.iban.split()), bic="".join(header.bic.split()))
    terms = non_empty(vat=seller.vat)
    return {"id": ident, **seller.cells, **account, **({"terms": terms} if terms else {})}
