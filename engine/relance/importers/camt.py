"""Bank statements (ISO 20022 camt.053, every version of the message) to transactions, batches taken apart.

A statement whose balances and entries do not add up is refused whole. Knows no invoice: `matching` does that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.importers import values, xml
from relance.importers.rejects import Reject, Unreadable

_SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.05"
_NONE = frozenset({"", "NOTPROVIDED", "NONREF"})


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that came in (or went back: `reversal`). `reference` is the bank's own, `end_to_end` the payer's; `line` is the file's."""

    file: str
    line: int
    account: str
    on: date
    amount: Decimal
    currency: str
    payer: str
    payer_account: str
    references: tuple[str, ...]
    text: str
    reference: str
    end_to_end: str
    reversal: bool = False

    @property
    def mark(self) -> str:
        """How the journal refers to this transaction."""
        return f"camt {self.reference} {self.end_to_end}".rstrip()

    @property
    def shown(self) -> str:
        """The transaction as it is shown among the rejects."""
        return ";".join((self.on.isoformat(), f"{self.amount} {self.currency}", self.payer, *self.references, self.text))[:500]


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are a bank statement's."""
    return b"iso:20022:tech:xsd:camt.05" in data or b"BkToCstmr" in data


def read(path: Path) -> Iterator[Transaction | Reject]:
    """Yield the booked credits of a statement file, and the debits that undo one. Raises `Unreadable`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise Unreadable(msg) from error
    root = xml.parse(data)
    space = xml.namespace(root)
    if xml.name(root) != "Document" or not space.startswith(_SPACE):
        msg = f"no bank statement: the document is a {xml.name(root)!r} in the namespace {space!r}"
        raise Unreadable(msg)
    if not space.startswith(f"{_SPACE}3."):
        what = {"2": "an intraday report (camt.052), which the bank may still change", "4": "a notice of single movements (camt.054)"}
        msg = f"{what.get(space[len(_SPACE) : len(_SPACE) + 1], space)}; give the statement (camt.053)"
        raise Unreadable(msg)
    for statement in xml.all_at(root, "BkToCstmrStmt/Stmt"):
        yield from _statement(path.name, statement)


def _statement(file: str, statement: Any) -> Iterator[Transaction | Reject]:
    ident = xml.text(statement, "Id")
    entries = list(xml.all_at(statement, "Ntry"))
    try:
        _check_balances(statement, entries)
    except ValueError as error:
        yield Reject(file, statement.sourceline or 1, f"the statement {ident}: {error}", ident)
        return
    account = "".join(xml.text(statement, "Acct/Id/IBAN", "Acct/Id/Othr/Id").split())
    seen: dict[str, int] = {}
    for entry in entries:
        try:
            yield from _entry(file, account, entry, seen)
        except ValueError as error:
            shown = f"{xml.text(entry, 'Amt')} {xml.text(entry, 'BookgDt/Dt')} {xml.text(entry, 'AddtlNtryInf')}"
            yield Reject(file, entry.sourceline or 1, str(error), shown[:500])


def _check_balances(statement: Any, entries: list[Any]) -> None:
    """Raise ValueError where opening balance and booked entries do not make the closing balance."""
    balances: dict[str, Decimal] = {}
    for one in xml.all_at(statement, "Bal"):
        code = xml.text(one, "Tp/CdOrPrtry/Cd")
        if code in {"OPBD", "PRCD", "CLBD"}:
            balances.setdefault("OPBD" if code == "PRCD" else code, _signed(one))
    if len(balances) < 2:
        return
    moved = sum((_signed(entry) for entry in entries if _booked(entry)), Decimal(0))
    if balances["OPBD"] + moved != balances["CLBD"]:
        msg = f"the sums do not balance: {balances['OPBD']} and movements of {moved} are not {balances['CLBD']}"
        raise ValueError(msg)


def _signed(element: Any) -> Decimal:
    amount, _ = _amount(xml.at(element, "Amt"))
    return amount if _credit(element) else -amount


def _credit(element: Any) -> bool:
    found = xml.text(element, "CdtDbtInd")
    if found not in {"CRDT", "DBIT"}:
        msg = f"neither credit nor debit: {found!r}"
        raise ValueError(msg)
    return found == "CRDT"


def _amount(element: Any) -> tuple[Decimal, str]:
    if element is None:
        raise ValueError("no amount")
    currency = values.currency(element.get("Ccy", ""))
    try:
        return exact(values.amount_reader(".")((element.text or "").strip()), currency), currency
    except ValueError as error:
        msg = f"the amount: {error}"
        raise ValueError(msg) from None


def _booked(entry: Any) -> bool:
    return (xml.text(entry, "Sts/Cd") or xml.text(entry, "Sts")) in {"BOOK", ""}


def _entry(file: str, account: str, entry: Any, seen: dict[str, int]) -> Iterator[Transaction]:
    """Yield what an entry holds: one transaction, or those of a batch."""
    if not _booked(entry):
        return
    credit, turned = _credit(entry), xml.text(entry, "RvslInd").casefold() in {"true", "1"}
    total, currency = _amount(xml.at(entry, "Amt"))
    parts = list(xml.all_at(entry, "NtryDtls/TxDtls")) or [None]
    days = [day for day in (xml.day(xml.text(entry, f"{one}/Dt", f"{one}/DtTm")) for one in ("BookgDt", "ValDt")) if day]
    if not days:
        raise ValueError("neither a booking nor a value date")
    made: list[tuple[Decimal, Transaction | None]] = []
    for part in parts:
        amount, code = total, currency
        if part is not None and len(parts) > 1:
            amount, code = _amount(next((found for one in ("Amt", "AmtDtls/TxAmt/Amt") if (found := xml.at(part, one)) is not None), None))
        undone = not credit and (turned or (part is not None and xml.at(part, "RtrInf") is not None))
        if not (credit and not turned) and not undone:
            made.append((amount, None))
            continue
        made.append((amount, _transaction(file, account, entry, part, min(days), amount, code, seen, reversal=undone)))
    if len(parts) > 1 and sum(amount for amount, _ in made) != total:
        msg = f"the sums do not balance: the parts of a batch make {sum(amount for amount, _ in made)}, the entry is {total}"
        raise ValueError(msg)
    yield from (one for _, one in made if one is not None)


def _transaction(
    file: str, account: str, entry: Any, part: Any, on: date, amount: Decimal, currency: str, seen: dict[str, int], *, reversal: bool
) -> Transaction:
    """Make a transaction. Without a reference of the bank's, one is made of what stands there, and of how often it does."""
    text = xml.text
    party = "RltdPties/Cdtr" if reversal else "RltdPties/Dbtr"
    payer = text(part, f"{party}/Nm", f"{party}/Pty/Nm")
    free = " ".join(filter(None, ((one.text or "").strip() for one in xml.all_at(part, "RmtInf/Ustrd"))))
    structured = [
        "".join((one.text or "").split())
        for path in ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb")
        for one in xml.all_at(part, path)
    ]
    end_to_end = text(part, "Refs/EndToEndId")
    bank = text(part, "Refs/AcctSvcrRef") or text(entry, "AcctSvcrRef", "NtryRef")
    info = " ".join(filter(None, (free, text(part, "AddtlTxInf"), text(entry, "AddtlNtryInf"))))
    if bank in _NONE:
        bank = hashlib.sha256("|".join((account, on.isoformat(), str(amount), payer, info, *structured)).encode()).hexdigest()[:16]
    mark = f"{bank} {reversal}"
    count = seen[mark] = seen.get(mark, 0) + 1
    return Transaction(
        file=file,
        line=(part if part is not None else entry).sourceline or 1,
        account=account,
        on=on,
        amount=amount,
        currency=currency,
        payer=payer,
        payer_account="".join(text(part, f"{party}Acct/Id/IBAN").split()),
        references=tuple(filter(None, structured)),
        text=info,
        reference=bank if count == 1 else f"{bank}#{count}",
        end_to_end="" if end_to_end in _NONE else end_to_end,
        reversal=reversal,
    )
