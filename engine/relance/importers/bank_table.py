"""A bank's table (CSV, Excel) by a column mapping, to transactions: signed amounts or a pair of columns, booking and value dates.

What banks export is laid out as each pleases: the mapping's `bank` says which column is what. A table tells no balance, so that nothing adds up to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance import iban
from relance.currencies import exact
from relance.importers.columns import Cells, ColumnMapping, canonical_rows, check_dates
from relance.parsing.rejects import Reject, Remark
from relance.sentences import sentence, sentence_of
from relance.statements.transaction import OUT, Numbered, PassedOver, StatementDays, Transaction, came_back, made_reference, own_money


def read(path: Path, mapping: ColumnMapping) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    """Yield the rows of a bank's table: credits and the debits that undo one as transactions. Raises `Unreadable`."""
    check_dates(path, "bank", mapping)
    numbered: dict[str, Numbered] = {}
    for row in canonical_rows(path, "bank", mapping):
        if not isinstance(row, Cells):
            yield row
            continue
        try:
            account = _account(row.values, mapping)
            yield from _movement(row, account, numbered.setdefault(account, Numbered()))
        except ValueError as error:
            yield Reject(row.file, row.line, sentence_of(error), row.row)


def reach(path: Path, mapping: ColumnMapping) -> tuple[StatementDays, ...]:
    """Return of each account in a table the first and the last day on which something was booked; of none where a row was refused."""
    found: dict[str, list[date]] = defaultdict(list)
    if any(isinstance(one, Reject) for one in read(path, mapping)):
        return ()
    for row in canonical_rows(path, "bank", mapping):
        if isinstance(row, Cells) and (days := _days(row.values)):
            booked = found[_account(row.values, mapping)]
            booked[:] = [min([*booked, days[0]]), max([*booked, days[0]])]
    return tuple(StatementDays(account, first, last) for account, (first, last) in found.items())


def _account(cells: dict[str, Any], mapping: ColumnMapping) -> str:
    told = cells.get("account") or (mapping.creditor.iban if mapping.creditor else None) or ""
    return iban.compact(str(told))


def _days(cells: dict[str, Any]) -> list[date]:
    """Return the day of booking, then that of value, as far as they are told."""
    return [cells[name] for name in ("booked", "value") if name in cells]


def _movement(row: Cells, account: str, numbered: Numbered) -> Iterator[Transaction | PassedOver | Remark]:
    cells = row.values
    currency = cells.get("currency", "EUR")
    amount, days = exact(_signed(cells), currency), _days(cells)
    if not days:
        raise ValueError(sentence("neither a booking nor a value date"))
    text = " ".join(str(cells.get("text", "")).split())
    returned = cells["returned"] if cells.get("returned") is not None else came_back(text)
    if not amount or (amount < 0 and not returned):
        yield PassedOver(row.file, row.line, OUT if amount else "nothing moved")
    elif amount > 0 and returned:
        yield from own_money(row.file, row.line, amount, currency, min(days), text)
    else:
        payer, told = str(cells.get("payer", "")), "".join(str(cells.get("reference", "")).split())
        made = made_reference(account, min(days), amount, payer, text, cells.get("end_to_end", ""))
        yield Transaction(
            file=row.file, line=row.line, account=account, on=min(days), amount=abs(amount), currency=currency, payer=payer, payer_account="",
            references=(), text=text, reference=numbered(told or made, reversal=amount < 0), end_to_end="".join(str(cells.get("end_to_end", "")).split()),
            reversal=amount < 0, source="bank",
        )  # fmt: skip


def _signed(cells: dict[str, Any]) -> Decimal:
    """Return what a row moved, above zero where money came in. Raises ValueError where its columns say nothing, or two things."""
    amount: Decimal | None = cells.get("amount")
    debit: Decimal | None = cells.get("debit")
    credit: Decimal | None = cells.get("credit")
    side = cells.get("side")
    if amount is not None and (debit or credit):
        raise ValueError(sentence("an amount, and a debit or credit beside it: the row says two things"))
    if amount is not None:
        if side is not None and amount < 0:
            raise ValueError(sentence("a negative amount, and a side beside it: the row says two things"))
        return -amount if side == "debit" else amount
    if debit and credit:
        raise ValueError(sentence("a debit and a credit on one row"))
    if credit is None and debit is None:
        raise ValueError(sentence("no amount"))
    if credit is not None and credit < 0:
        raise ValueError(sentence("a negative credit: say by the mapping which column is which"))
    return credit or -abs(debit or Decimal(0))
