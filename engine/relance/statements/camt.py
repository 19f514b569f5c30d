"""Bank messages (ISO 20022 camt.052, .053 and .054, every version) to transactions, batches taken apart.

A statement whose balances and entries do not add up is refused whole. An intraday report (camt.052) announces, a statement (camt.053) and a
notice of single movements (camt.054) book. Knows no invoice: `matching` does that. Why so: docs/decisions/126.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.parsing import values, xml
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import sentence, sentence_of, system_words
from relance.statements.transaction import OUT, PENDING, Numbered, PassedOver, StatementDays, Transaction, made_reference, own_money

_SPACE = "urn:iso:std:iso:20022:tech:xsd:camt."
#: The message's number, what each of its statements is called, and how the journal names what it told.
_MESSAGES = {
    "052": ("Rpt", "camt.052"),
    "053": ("Stmt", "camt"),
    "054": ("Ntfctn", "camt.054"),
}
_NONE = frozenset({"", "NOTPROVIDED", "NONREF"})
#: Bank transaction codes (ISO 20022, sub-families) of money that goes back: returned, unpaid or reversed.
_RETURNED = frozenset({"RRTN", "UPDD", "PRDD", "UPCQ", "UPCT", "RPCR"})


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are a bank statement's."""
    return b"iso:20022:tech:xsd:camt.05" in data or b"BkToCstmr" in data


def read(path: Path) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    """Yield the booked credits of a statement file, and the debits that undo one. Raises `Unreadable`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        msg = sentence("cannot be read: {what}", what=system_words(error))
        raise Unreadable(msg) from error
    root = xml.parse(data)
    name, source = _message(root)
    statements = list(_named(root, name))
    if not statements:
        msg = sentence("a {message} message without a statement ({name}) in it", message=source if source != "camt" else "camt.053", name=name)
        raise Unreadable(msg)
    for statement in statements:
        yield from _statement(path.name, statement, source)


def _message(root: Any) -> tuple[str, str]:
    """Return what each of a message's statements is called, and how the journal names what it told. Raises `Unreadable`."""
    space = xml.namespace(root)
    number = space.removeprefix(_SPACE)[:3]
    if xml.name(root) != "Document" or not space.startswith(_SPACE) or number not in _MESSAGES:
        msg = sentence("no bank statement: the document is a {what} in the namespace {space}", what=repr(xml.name(root)), space=repr(space))
        raise Unreadable(msg)
    return _MESSAGES[number]


def reach(path: Path) -> tuple[StatementDays, ...]:
    """Return of each statement in a file that `read` takes whole its account and the days it speaks of; only a camt.053 tells of whole days."""
    found = []
    root = xml.parse(path.read_bytes())
    name, source = _message(root)
    for statement in _named(root, name) if source == "camt" else ():
        if any(isinstance(one, Reject) for one in _statement(path.name, statement, source)):
            continue
        booked = [xml.text(entry, "BookgDt/Dt", "BookgDt/DtTm") for entry in xml.all_at(statement, "Ntry") if _booked(entry)]
        begins = _said(statement, "FrToDt/FrDtTm", ("OPBD", "PRCD")) or booked
        ends = _said(statement, "FrToDt/ToDtTm", ("CLBD",)) or [max(booked, default="")]
        try:
            since = min((date.fromisoformat(one[:10]) for one in begins if one), default=None)
            found.append(StatementDays(_account(statement), since, max(date.fromisoformat(one[:10]) for one in ends)))
        except ValueError:
            continue  # it says of no day that it is the last
    return tuple(found)


def _said(statement: Any, period: str, balances: tuple[str, ...]) -> list[str]:
    """Return the days that a statement's period and its balances of these kinds tell."""
    told = [one for one in xml.all_at(statement, "Bal") if xml.text(one, "Tp/CdOrPrtry/Cd", "Tp/Cd") in balances]
    return [day for day in (xml.text(statement, period), *(xml.text(one, "Dt/Dt", "Dt/DtTm") for one in told)) if day]


def _named(root: Any, name: str) -> Iterator[Any]:
    """Yield the statements of a message: the first version calls the message otherwise (`BkToCstmrStmtV01`) than the later ones."""
    for message in root:
        yield from xml.all_at(message, name)


def _account(statement: Any) -> str:
    return "".join(xml.text(statement, "Acct/Id/IBAN", "Acct/Id/Othr/Id").split())


def _statement(file: str, statement: Any, source: str) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    ident = xml.text(statement, "Id")
    entries = list(xml.all_at(statement, "Ntry"))
    try:
        if source == "camt":  # what was booked by the hour, and single movements, make no balance
            _check_balances(statement, entries)
    except ValueError as error:
        yield Reject(file, statement.sourceline or 1, f"the statement {ident}: {error}", ident)
        return
    account = _account(statement)
    numbered = Numbered()
    for entry in entries:
        try:
            yield from _entry(file, account, entry, numbered, source)
        except ValueError as error:
            shown = f"{xml.text(entry, 'Amt')} {xml.text(entry, 'BookgDt/Dt')} {xml.text(entry, 'AddtlNtryInf')}"
            yield Reject(file, entry.sourceline or 1, sentence_of(error), shown[:500])


def _check_balances(statement: Any, entries: list[Any]) -> None:
    """Raise ValueError where opening balance and booked entries do not make the closing balance."""
    balances: dict[str, Decimal] = {}
    for one in xml.all_at(statement, "Bal"):
        code = xml.text(one, "Tp/CdOrPrtry/Cd", "Tp/Cd")
        if code in {"OPBD", "PRCD", "CLBD"}:
            balances.setdefault("OPBD" if code == "PRCD" else code, _signed(one))
    if len(balances) < 2:
        return
    moved = sum((_signed(entry) for entry in entries if _booked(entry)), Decimal(0))
    if balances["OPBD"] + moved != balances["CLBD"]:
        msg = sentence("the sums do not balance: {OPBD} and movements of {moved} are not {CLBD}", OPBD=balances["OPBD"], moved=moved, CLBD=balances["CLBD"])
        raise ValueError(msg)


def _signed(element: Any) -> Decimal:
    amount, _ = _amount(xml.at(element, "Amt"))
    return amount if _credit(element) else -amount


def _credit(element: Any) -> bool:
    found = xml.text(element, "CdtDbtInd")
    if found not in {"CRDT", "DBIT"}:
        msg = sentence("neither credit nor debit: {found}", found=repr(found))
        raise ValueError(msg)
    return found == "CRDT"


def _amount(element: Any) -> tuple[Decimal, str]:
    if element is None:
        raise ValueError(sentence("no amount"))
    currency = values.currency(element.get("Ccy", ""))
    try:
        return exact(values.amount_reader(".")((element.text or "").strip()), currency), currency
    except ValueError as error:
        msg = sentence("the amount: {error}", error=error)
        raise ValueError(msg) from None


def _booked(entry: Any) -> bool:
    return (xml.text(entry, "Sts/Cd") or xml.text(entry, "Sts")) in {"BOOK", ""}


def _entry(file: str, account: str, entry: Any, numbered: Numbered, source: str) -> Iterator[Transaction | PassedOver | Remark]:
    """Yield what an entry holds: one transaction, or those of a batch. A fee inside a batch is the bank's, and no payment."""
    if not _booked(entry):
        yield PassedOver(file, entry.sourceline or 1, PENDING)
        return
    credit, turned = _credit(entry), xml.text(entry, "RvslInd").casefold() in {"true", "1"}
    total, currency = _amount(xml.at(entry, "Amt"))
    parts = [*xml.all_at(entry, "NtryDtls/TxDtls"), *xml.all_at(entry, "TxDtls")] or [None]
    days = [day for day in (xml.day(xml.text(entry, f"{one}/Dt", f"{one}/DtTm")) for one in ("BookgDt", "ValDt")) if day]
    if not days:
        raise ValueError(sentence("neither a booking nor a value date"))
    sums = _sums(entry, parts, total, currency)
    for part, (amount, code, same) in zip(parts, sums, strict=True):
        returned = turned or (part is not None and xml.at(part, "RtrInf") is not None) or _subfamily(entry, part) in _RETURNED
        if credit and returned and same and amount:
            said = xml.text(part, "RmtInf/Ustrd") or xml.text(entry, "AddtlNtryInf")
            yield from own_money(file, entry.sourceline or 1, amount, code, min(days), said)
        elif same and amount and (credit or returned):
            yield _transaction(file, account, entry, part, min(days), amount, code, numbered, source, reversal=not credit)
        else:
            yield PassedOver(file, entry.sourceline or 1, OUT if amount else "nothing moved")


def _subfamily(entry: Any, part: Any) -> str:
    path = "BkTxCd/Domn/Fmly/SubFmlyCd"
    return xml.text(part, path) or xml.text(entry, path)


def _sums(entry: Any, parts: list[Any], total: Decimal, currency: str) -> list[tuple[Decimal, str, bool]]:
    """Return what each part moved, in which currency, and whether it goes the entry's way; what the bank kept for itself is part of what was paid, and none of what went back.

    Raises ValueError where the parts, less the charges, do not make the entry.
    """
    if parts == [None]:
        return [(total, currency, True)]
    way = 1 if _credit(entry) else -1  # the bank takes its charges off what comes, and adds them to what goes back
    of_entry = _charges(entry) * way
    found = [_part_amount(part, total, currency, _charges(part) * way + (of_entry if len(parts) == 1 else 0), alone=len(parts) == 1) for part in parts]
    same = [xml.text(part, "CdtDbtInd") in {"", xml.text(entry, "CdtDbtInd")} for part in parts]
    moved = sum((amount if as_entry else -amount for (amount, _), as_entry in zip(found, same, strict=True)), Decimal(0))
    kept = of_entry + sum((_charges(part) for part in parts), Decimal(0)) * way
    if moved in (total, total + kept) or any(code != currency for _, code in found):
        pass
    elif len(parts) == 1:  # the amount is of another thing than what was booked, and nothing says of what
        found = [(total, currency)]
    else:
        msg = sentence("the sums do not balance: the parts of a batch make {moved}, the entry is {total}", moved=moved, total=total)
        raise ValueError(msg)
    if any(code != currency for _, code in found):
        if len(parts) > 1:
            raise ValueError(sentence("the parts of a batch are in another currency than the entry"))
        found = [(total, currency)]
    return [(amount, code, as_entry) for (amount, code), as_entry in zip(found, same, strict=True)]


def _part_amount(part: Any, total: Decimal, currency: str, kept: Decimal, *, alone: bool) -> tuple[Decimal, str]:
    """Return the amount of a part: the first that is told, or the one that is that with the charges `kept` of it."""
    told = [_amount(found) for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt") if (found := xml.at(part, path)) is not None]
    amount, code = told[0] if told else (total, currency) if alone else _amount(None)
    return (amount + kept, code) if kept and (amount + kept, code) in told else (amount, code)


def _charges(element: Any) -> Decimal:
    """Return what the bank kept of the money on its way (debits; what it gave back is taken off)."""
    records = [*xml.all_at(element, "Chrgs/Rcrd")] or [one for one in xml.all_at(element, "Chrgs") if xml.at(one, "Amt") is not None]
    return sum((_amount(xml.at(one, "Amt"))[0] * (-1 if xml.text(one, "CdtDbtInd") == "CRDT" else 1) for one in records), Decimal(0))


def _transaction(
    file: str, account: str, entry: Any, part: Any, on: date, amount: Decimal, currency: str, numbered: Numbered, source: str, *, reversal: bool
) -> Transaction:
    """Make a transaction. Without a reference of the bank's, one is made of what stands there, and of how often it does."""
    text = xml.text
    party = "Cdtr" if reversal else "Dbtr"
    names = [f"RltdPties/{kind}/{place}" for kind in (f"Ultmt{party}", party) for place in ("Nm", "Pty/Nm")]
    payer = text(part, *names)
    free = " ".join(filter(None, ((one.text or "").strip() for one in xml.all_at(part, "RmtInf/Ustrd"))))
    more = " ".join(filter(None, ((one.text or "").strip() for one in xml.all_at(part, "RmtInf/Strd/AddtlRmtInf"))))
    structured = [
        "".join((one.text or "").split())
        for path in ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb")
        for one in xml.all_at(part, path)
    ]
    end_to_end = text(part, "Refs/EndToEndId")
    service = text(part, "Refs/AcctSvcrRef") or text(entry, "AcctSvcrRef")
    info = " ".join(filter(None, (free, more, text(part, "AddtlTxInf"), text(entry, "AddtlNtryInf"))))
    made = made_reference(account, on, amount, payer, info, *structured)
    bank = made if service in _NONE else service  # an entry's NtryRef is its number in the statement, and begins anew in the next
    end_to_end = "" if end_to_end in _NONE else end_to_end
    number = text(entry, "NtryRef")  # what versions before took for the bank's reference
    before = "" if service or number in _NONE else numbered(f"number {number}", reversal=reversal).removeprefix("number ")
    return Transaction(
        file=file,
        line=(part if part is not None else entry).sourceline or 1,
        account=account,
        on=on,
        amount=amount,
        currency=currency,
        payer=payer,
        payer_account="".join(text(part, f"RltdPties/{party}Acct/Id/IBAN").split()),
        references=tuple(filter(None, structured)),
        text=info,
        reference=numbered(bank, reversal=reversal),
        end_to_end=end_to_end,
        reversal=reversal,
        remitted=_remitted(part, amount),
        former=f"camt {before} {end_to_end}".rstrip() if before else "",
        source=source,
        announced=source == "camt.052",
        batch=_count(entry) if part is None else 1,
    )


def _count(entry: Any) -> int:
    """Return of how many payments an entry without details is the sum."""
    said = xml.text(entry, "NtryDtls/Btch/NbOfTxs")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 1


def _remitted(part: Any, total: Decimal) -> tuple[tuple[str, Decimal], ...]:
    """Return how the payer shares the money out among documents, where he does for the whole of it."""
    shares = []
    for one in xml.all_at(part, "RmtInf/Strd"):
        number, amount = xml.text(one, "RfrdDocInf/Nb", "CdtrRefInf/Ref"), xml.at(one, "RfrdDocAmt/RmtdAmt")
        if number and amount is not None:
            shares.append(("".join(number.split()), _amount(amount)[0]))
    return tuple(shares) if sum(amount for _, amount in shares) == total else ()
