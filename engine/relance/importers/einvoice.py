"""Electronic invoices (EN 16931): Factur-X and ZUGFeRD PDF, CII and UBL XML, to rows of the canonical tables.

Takes the header alone: numbers, dates, parties, sums, payment means. Refuses what a person must look at: sums that do
not balance, one that another creditor issued. A corrective invoice names the one it `corrects`, for `intake` to look up. The PDF's picture is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.importers import en16931, values, xml
from relance.importers.columns import Cells, ColumnMapping
from relance.importers.en16931 import Header, known
from relance.importers.movements import Found
from relance.importers.rejects import Reject, Unreadable
from relance.law.terms import due_date

_ATTACHED = re.compile(r"(?:factur-x|zugferd-invoice|xrechnung)\.xml", re.IGNORECASE)
_CREDIT = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})
_CORRECTIVE = frozenset({"384"})
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_MAX_PDF = 64 * 1024 * 1024


def read(path: Path, mapping: ColumnMapping | None = None) -> Iterator[Found | Reject]:
    """Yield the creditor (where the mapping names none) and the invoice or credit note of one file. Raises `Unreadable`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_PDF + 1)
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise Unreadable(msg) from error
    root = xml.parse(_inside(data) if data.startswith(b"%PDF") else data)
    header = en16931.header(root)
    line = 1
    try:
        yield from _rows(path.name, line, header, mapping or ColumnMapping())
    except ValueError as error:
        yield Reject(path.name, line, str(error), header.number)


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are a PDF's or an invoice's in XML."""
    return data.startswith(b"%PDF") or b"CrossIndustryInvoice" in data or b"ubl:schema:xsd" in data


def _inside(data: bytes) -> bytes:
    """Return the invoice that is attached to a PDF."""
    import io

    import pypdf

    if len(data) > _MAX_PDF:
        msg = f"the PDF is longer than the {_MAX_PDF >> 20} MB that are read"
        raise Unreadable(msg)
    try:
        found = [(one.name, one.content) for one in pypdf.PdfReader(io.BytesIO(data)).attachment_list if one.name.lower().endswith(".xml")]
    except Exception as error:  # a broken PDF makes the library raise nearly anything
        msg = f"a PDF that cannot be read: {error}"
        raise Unreadable(msg) from error
    found.sort(key=lambda one: _ATTACHED.fullmatch(one[0]) is None)
    if not found:
        msg = "a PDF without an invoice attached to it: it is no Factur-X"
        raise Unreadable(msg)
    return found[0][1]


# --------------------------------------------------------------------------- header to rows


def _rows(file: str, line: int, header: Header, mapping: ColumnMapping) -> Iterator[Found]:
    """Yield the rows of a header. Raises ValueError for what must not be taken as it is."""
    if not header.number:
        raise ValueError("the invoice has no number")
    if header.type in _CORRECTIVE and not header.preceding:
        raise ValueError(f"a corrective invoice (type {header.type}) that does not name the one it corrects: for a person")
    currency = values.currency(header.currency)
    total, payable = _sums(header, currency)
    credit = header.type in _CREDIT or total < 0
    issued = xml.day(header.issued)
    if issued is None:
        raise ValueError("the invoice has no date")
    creditor = _creditor(header, mapping)
    debtor = header.buyer.siren or header.buyer.vat or header.buyer.ident or header.buyer.name
    if not debtor:
        raise ValueError("the invoice does not say who bought")
    if creditor is not None:
        yield Found("creditors", Cells(file, line, creditor, header.number))
    cells: dict[str, Any] = {
        "id": header.number, "creditor": creditor["id"] if creditor else mapping.creditor.id if mapping.creditor else "", "debtor": debtor,
        "type": "credit_note" if credit else "invoice", "issued": issued, "amount": abs(total), "currency": currency,
        "document": header.preceding if credit else "", "corrects": header.preceding if header.type in _CORRECTIVE else "", "terms": header.extra,
        **{f"debtor.{name}": value for name, value in header.buyer.cells.items()},
    }  # fmt: skip
    if not credit:
        cells |= {"due": _due(header, mapping), "delivered": xml.day(header.delivered)}
        if payable != total:
            cells["open"] = payable
    yield Found("invoices", Cells(file, line, {key: value for key, value in cells.items() if value not in ("", None, {})}, header.number))


def _sums(header: Header, currency: str) -> tuple[Decimal, Decimal]:
    """Return the total with tax and what is left to pay, having held them against the other sums (BR-CO-15, BR-CO-16)."""
    payable = _number(header.payable, "amount due", currency)
    total = _number(header.with_tax, "total with tax", currency)
    if payable is None and total is not None and "1p0" in header.profile:  # ZUGFeRD 1.0 may leave it out
        payable = total - (_number(header.prepaid, "amount paid", currency) or 0)
    if payable is None:
        raise ValueError("the invoice has no amount due")
    without, tax = _number(header.without_tax, "total without tax", currency), _number(header.tax, "tax", currency) or Decimal(0)
    if total is None:
        return payable, payable
    if without is not None and without + tax != total:
        raise ValueError(f"the sums do not balance: {without} without tax and {tax} of tax are not {total}")
    prepaid, rounding = _number(header.prepaid, "amount paid", currency), _number(header.rounding, "rounding", currency) or Decimal(0)
    if prepaid is None and "minimum" in header.profile:
        return total, payable  # the smallest profile has no word for what was paid before
    if total - (prepaid or 0) + rounding != payable:
        raise ValueError(
            f"the sums do not balance: {total} less {prepaid or 0} paid{f', {rounding} rounded,' if rounding else ''} is not {payable}"
        )
    return total + rounding, payable


def _number(text: str, what: str, currency: str) -> Decimal | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        msg = f"the {what} {text!r} is not an amount"
        raise ValueError(msg)
    return exact(Decimal(text), currency)


def _due(header: Header, mapping: ColumnMapping) -> Any:
    """Return the due date: as written, else by the invoice's own terms if they can be read, else by the mapping's."""
    if header.due:
        return xml.day(header.due)
    issued = xml.day(header.issued)
    assert issued is not None
    if header.terms:
        try:
            return due_date(issued, header.terms, mapping.end_of_month)
        except ValueError:
            pass
    if mapping.terms:
        return due_date(issued, mapping.terms, mapping.end_of_month)
    said = f", and terms that cannot be read: {header.terms!r}" if header.terms else ""
    raise ValueError(f"no due date{said}; `terms` in a column mapping would give one")


def _creditor(header: Header, mapping: ColumnMapping) -> dict[str, Any] | None:
    """Return the creditor's row; None where the mapping names the creditor. Raises ValueError where another one issued the invoice."""
    seller = header.seller
    given = mapping.creditor
    if given is not None:
        if given.siren and seller.siren and "".join(given.siren.split()) != seller.siren:
            raise ValueError(f"issued by {seller.name!r} (SIREN {seller.siren}), not by {given.name or given.id!r} (SIREN {given.siren})")
        return None
    ident = seller.siren or seller.vat or seller.ident or seller.name
    if not ident:
        raise ValueError("the invoice does not say who sold")
    account = known(iban="".join(header.iban.split()), bic="".join(header.bic.split()))
    terms = known(vat=seller.vat)
    return {"id": ident, **seller.cells, **account, **({"terms": terms} if terms else {})}
