"""SWIFT statements (MT940) to transactions: read by the kept library `mt-940`, its details (`:86:`) as SEPA banks write them.

Details are German sub-fields (`?20EREF+…`), words between strokes (`/EREF/…/REMI/…`), or free text. A statement whose balances do not add up is
refused whole. Why this library: docs/decisions/126.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import sentence, sentence_of
from relance.statements.transaction import OUT, Numbered, PassedOver, StatementDays, Transaction, came_back, made_reference, own_money

_MOST = 64 << 20
_LINE = re.compile(r"^:61:", re.MULTILINE)
_STROKES = re.compile(r"(?:^|/)(EREF|KREF|MREF|CSID|REMI|NAME|ORDP|BENM|ULTD|ULTB|CHRG|OCMT|RTRN|PURP|IBAN|ISDT|SVCL|CDTR|DBTR|BBK|TRCD|MARF)/")
_BACK = frozenset({"NRTI", "FRTI", "SRTI"})
#: German business codes of what came back: direct debits unpaid (108, 109, 009), transfers of one's own (159, 160), debits given back (181, 184).
_RETURNED = frozenset({"009", "108", "109", "159", "160", "181", "184"})
_NONE = frozenset({"", "NONREF", "NOTPROVIDED", "EREF", "KREF", "KREF+", "N"})


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are an MT940's: its reference and its account, perhaps behind SWIFT's own header."""
    return re.search(rb"(?m)^:20:", data) is not None and re.search(rb"(?m)^:25P?:", data) is not None


def read(path: Path) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    """Yield the movements of a file: credits and the debits that undo one as transactions. Raises `Unreadable`."""
    numbered, lines = Numbered(), iter(_lines(path))
    for statement in _statements(path):
        yield from _statement(path.name, statement, lines, numbered)


def reach(path: Path) -> tuple[StatementDays, ...]:
    """Return of each statement that `read` takes whole its account and the days of its balances."""
    found = []
    for statement in _statements(path):
        closing = statement.data.get("final_closing_balance") or statement.data.get("intermediate_closing_balance")
        if any(isinstance(one, Reject) for one in _statement(path.name, statement, iter(()), Numbered())):
            continue
        if closing is not None and closing.date:
            opening = statement.data.get("final_opening_balance") or statement.data.get("intermediate_opening_balance")
            since = date(opening.date.year, opening.date.month, opening.date.day) if opening is not None and opening.date else None
            found.append(StatementDays(account_of(statement.data), since, date(closing.date.year, closing.date.month, closing.date.day)))
    return tuple(found)


def _statement(file: str, statement: Any, lines: Iterator[int], numbered: Numbered) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    """Yield the movements of one statement; `lines` gives the line of each."""
    entries = [(next(lines, 1), one.data) for one in statement]
    try:
        _check_balances(statement.data, [data for _, data in entries])
    except ValueError as error:
        first = entries[0][0] if entries else 1
        yield Reject(file, first, sentence("the statement is refused whole: {why}", why=sentence_of(error)), str(statement.data.get("transaction_reference", "")))
        return
    account = account_of(statement.data)
    for line, data in entries:
        try:
            yield from _entry(file, line, account, data, numbered)
        except ValueError as error:
            yield Reject(file, line, sentence_of(error), f"{data['date']} {data['amount']}")


def _statements(path: Path) -> list[Any]:
    import mt940
    from mt940.options import Options

    if path.stat().st_size > _MOST:
        msg = sentence("the statement is over {what} MB long; that is the most that is read", what=_MOST >> 20)
        raise Unreadable(msg)
    logging.getLogger("mt940").setLevel(logging.CRITICAL)  # it logs its patterns where a line fits none
    try:
        return list(mt940.parse_statements(path.read_bytes(), options=Options.all()))
    except Exception as error:  # the library raises what its tags raise: RuntimeError, ValueError, KeyError, ArithmeticError
        msg = sentence("no readable MT940: {reason}", reason=(str(error).splitlines()[0] if str(error) else type(error).__name__)[:280])
        raise Unreadable(msg) from error


def _lines(path: Path) -> list[int]:
    """Return the line of each movement (`:61:`), in order."""
    text = path.read_bytes().decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    starts = [match.start() for match in _LINE.finditer(text)]
    found, line, at = [], 1, 0
    for start in starts:
        line += text.count("\n", at, start)
        at = start
        found.append(line)
    return found


def account_of(data: dict[str, Any]) -> str:
    """Return the account of a statement: the IBAN, where it is one, without the currency that some banks write behind it."""
    account = "".join(str(data.get("account_identification") or "").split())
    match = re.match(r"(?:[^/]*/)?([A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}?)(?:[A-Z]{3})?$", account)
    return match[1] if match else account


def _check_balances(data: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """Raise ValueError where opening balance and movements do not make the closing one; balances of a page are balances too."""
    before = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    after = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    if before is None or after is None:
        raise ValueError(sentence("a balance is missing: the file is cut short"))
    moved = sum((one["amount"].amount for one in entries), Decimal(0))
    if before.amount.amount + moved != after.amount.amount:
        msg = sentence("the sums do not balance: {amount} and movements of {moved} are not {amount_2}", amount=before.amount.amount, moved=moved, amount_2=after.amount.amount)
        raise ValueError(msg)


def _entry(file: str, line: int, account: str, data: dict[str, Any], numbered: Numbered) -> Iterator[Transaction | PassedOver | Remark]:
    amount, currency = data["amount"].amount, data["amount"].currency or ""
    amount = exact(amount, currency)
    days = [day for day in (data.get("date"), data.get("entry_date")) if day is not None]
    on = min(date(day.year, day.month, day.day) for day in days)
    details = _details(data)
    mark = str(data.get("status", ""))
    returned = (
        mark.upper().startswith("R") or data.get("id") in _BACK or data.get("transaction_code") in _RETURNED
        or bool(details.get("RTRN")) or came_back(str(data.get("posting_text") or ""))
    )  # fmt: skip
    if not amount or (amount < 0 and not returned):
        yield PassedOver(file, line, OUT if amount else "nothing moved")
    elif amount > 0 and returned:
        yield from own_money(file, line, amount, currency, on, details["text"])
    else:
        yield _transaction(file, line, account, on, amount, currency, data, details, numbered)


def _transaction(
    file: str, line: int, account: str, on: date, amount: Decimal, currency: str, data: dict[str, Any], details: dict[str, str], numbered: Numbered
) -> Transaction:
    """Make a transaction. What was paid is the original amount (`OCMT`, `OAMT`) where the bank's charges explain the difference."""
    reversal = amount < 0
    told = str(data.get("bank_reference") or "").strip()
    payer = details.get("ULTD") or details.get("NAME", "")
    made = made_reference(account, on, amount, payer, details["text"], details.get("EREF", ""))
    end_to_end = "".join(details.get("EREF", "").split())
    return Transaction(
        file=file, line=line, account=account, on=on, amount=_whole(amount, currency, details), currency=currency, payer=payer,
        payer_account=details.get("IBAN", ""), references=(), text=details["text"],
        reference=numbered(made if told in _NONE else "".join(told.split()), reversal=reversal), end_to_end="" if end_to_end in _NONE else end_to_end,
        reversal=reversal, source="mt940",
    )  # fmt: skip


def _whole(amount: Decimal, currency: str, details: dict[str, str]) -> Decimal:
    paid, kept = (_money(details.get(name, ""), currency) for name in ("OCMT", "CHRG"))
    return paid if paid is not None and kept is not None and paid == abs(amount + kept) else abs(amount)


def _money(text: str, currency: str) -> Decimal | None:
    match = re.fullmatch(rf"{currency}\s*([0-9]+)[,.]([0-9]{{0,3}})/?", text.strip())
    return Decimal(f"{match[1]}.{match[2] or 0}") if match else None


def _details(data: dict[str, Any]) -> dict[str, str]:
    """Return the fields of `:86:` by their SEPA words (EREF, NAME, ULTD, IBAN, RTRN …), and the remittance as `text`."""
    free = " ".join(str(data.get("transaction_details") or "").split("\n"))
    found: dict[str, str] = {}
    if data.get("transaction_code") is not None:  # sub-fields ?nn, which the library took apart
        names = {
            "EREF": "end_to_end_reference", "NAME": "applicant_name", "ULTD": "deviate_applicant", "IBAN": "applicant_iban",
            "OCMT": "original_amount", "CHRG": "compensation_amount",
        }  # fmt: skip
        found = {name: str(data[key]).strip() for name, key in names.items() if data.get(key)}
        free = " ".join(filter(None, (str(data.get(key) or "") for key in ("purpose", "additional_purpose", "customer_reference"))))
    elif _STROKES.search(free):
        parts = _STROKES.split("".join(str(data.get("transaction_details") or "").split("\n")))
        for name, value in zip(parts[1::2], parts[2::2], strict=True):
            if value.strip("/ "):
                found.setdefault(name, value.strip("/ "))
        found = {("NAME" if name in {"ORDP", "DBTR"} else name): value for name, value in found.items()}
        free = found.get("REMI", free)
    customer = str(data.get("customer_reference") or "").strip()
    text = " ".join(filter(None, (free, "" if customer in _NONE else customer, str(data.get("extra_details") or "").strip())))
    return found | {"text": " ".join(text.split())}
