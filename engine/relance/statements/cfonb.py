"""French bank statements of 120 characters (CFONB, "relevé de compte sur support informatique", July 2004; SEPA qualifiers of March 2010).

A statement is one record 01 (the balance before), records 04 (a movement) each followed by records 05 (what more is told of it, by qualifier),
and one record 07 (the balance after). One that is cut short, unreadable in a line or does not add up is refused whole. The layout was read in two
public readers, not in the brochures themselves: docs/decisions/126.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from relance import iban
from relance.currencies import exact
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.parsing.row_files import encoding_of
from relance.sentences import sentence, sentence_of
from relance.statements.transaction import OUT, Numbered, PassedOver, StatementDays, Transaction, came_back, made_reference, own_money

_WIDTH = 120
_HEAD = re.compile(rb"0[1][0-9]{5}.{4}[0-9]{5}[A-Z]{3}[0-9]", re.DOTALL)
#: The last sign of an amount: its last digit, and credit or debit. Where the file was translated as French text, braces became é and è.
_CREDIT, _DEBIT = "{ABCDEFGHI", "}JKLMNOPQR"
_FRENCH = str.maketrans("éè", "{}")
_NONE = frozenset({"", "NOTPROVIDED", "NONREF"})


class _Broken(ValueError):  # noqa: N818 - said of the statement
    """A line that makes its statement unreadable."""


@dataclass(slots=True)
class _Movement:
    """A record 04 and what its records 05 tell, by qualifier."""

    line: int
    text: str
    more: dict[str, list[str]] = field(default_factory=dict)

    def said(self, *qualifiers: str) -> str:
        """Return the texts of these qualifiers, in order."""
        return " ".join(one for name in qualifiers for one in self.more.get(name, ())).strip()


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are such a statement's: a record 01."""
    return _HEAD.match(data.lstrip(b"\xef\xbb\xbf\r\n ")) is not None


def read(path: Path) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    """Yield the movements of a file: credits and the debits that undo one as transactions. Raises `Unreadable`."""
    for first, statement in _statements(path):
        try:
            yield from _transactions(path.name, statement)
        except _Broken as error:
            yield Reject(path.name, first, sentence("the statement is refused whole: {why}", why=sentence_of(error)), statement[0][1] if statement else "")


def reach(path: Path) -> tuple[StatementDays, ...]:
    """Return of each statement that `read` takes whole its account and the days of its balances."""
    found = []
    for _, statement in _statements(path):
        try:
            if any(isinstance(one, Reject) for one in _transactions(path.name, statement)):
                continue
            found.append(StatementDays(_account(statement[-1][1]), _day(statement[0][1][34:40]), _day(statement[-1][1][34:40])))
        except _Broken:
            continue
    return tuple(found)


def _statements(path: Path) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Cut a file into statements, each with the number of its first line: from a record 01 to the next one."""
    encoding, _ = encoding_of(path)
    text = path.read_text(encoding, errors="replace").removeprefix("\ufeff")
    lines = text.splitlines()
    if len(lines) == 1 and len(text) > _WIDTH:  # records without ends of line
        lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    here: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line[:2] == "01" and here:
            yield here[0][0], here
            here = []
        here.append((number, line.ljust(_WIDTH)))
    if not here:
        raise Unreadable(sentence("the file holds no statement"))
    yield here[0][0], here


def _checked(statement: list[tuple[int, str]]) -> list[_Movement]:
    """Return the movements of a statement. Raises `_Broken` where a line cannot be read, a balance is missing or the sums do not add up."""
    number, first = statement[0]
    if first[:2] != "01":
        msg = sentence("line {number} comes before any balance (record 01)", number=number)
        raise _Broken(msg)
    if statement[-1][1][:2] != "07":
        raise _Broken(sentence("its closing balance (record 07) is missing: the file is cut short"))
    movements: list[_Movement] = []
    for number, line in statement[1:-1]:
        code = line[:2]
        if len(line) > _WIDTH or code not in {"04", "05"} or (code == "05" and not movements):
            msg = sentence("line {number} is no record of it: {what}", number=number, what=repr(line[:20].rstrip()))
            raise _Broken(msg)
        if _account(line) != _account(first) or line[16:20] != first[16:20]:
            msg = sentence("line {number} is of another account or currency", number=number)
            raise _Broken(msg)
        if code == "04":
            movements.append(_Movement(number, line))
        else:
            movements[-1].more.setdefault(line[45:48].strip(), []).append(line[48:118].strip())
    if _account(statement[-1][1]) != _account(first):
        raise _Broken(sentence("its balances are of two accounts"))
    before, after = _amount(first), _amount(statement[-1][1])
    moved = sum((_amount(one.text) for one in movements), Decimal(0))
    if before + moved != after:
        msg = sentence("the sums do not balance: {before} and movements of {moved} are not {after}", before=before, moved=moved, after=after)
        raise _Broken(msg)
    return movements


def _transactions(file: str, statement: list[tuple[int, str]]) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    account, numbered = _account(statement[0][1]), Numbered()
    for one in _checked(statement):
        booked = _amount(one.text)
        on = min(_day(one.text[34:40]), _day(one.text[42:48] if one.text[42:48].strip("0 ") else one.text[34:40]))
        label = one.text[48:79].strip()
        returned = one.text[40:42].strip(" 0") != "" or came_back(label)
        if not booked or (booked < 0 and not returned):
            yield PassedOver(file, one.line, OUT if booked else "nothing moved")
        elif booked > 0 and returned:
            yield from own_money(file, one.line, booked, one.text[16:19], on, label)
        else:
            yield _transaction(file, account, one, on, abs(_whole(one, booked)), label, numbered, reversal=booked < 0)


def _transaction(file: str, account: str, one: _Movement, on: date, amount: Decimal, label: str, numbered: Numbered, *, reversal: bool) -> Transaction:
    """Make a transaction. The payer is the ultimate one, where he is told; of a debit that undoes a payment, likewise the other side."""
    client = next(iter(one.more.get("RCN", [""])), "")
    end_to_end = client[:35].strip()
    text = " ".join(filter(None, (one.said("LCC", "LC2"), one.said("LIB"), client[35:].strip(), label)))
    told = "".join(one.said("REF").split()) or "".join(one.text[104:120].split())
    structured = "".join(one.said("LCS").split())
    payer = one.said("NBU", "NBE") if reversal and not one.said("NPY", "NPO") else one.said("NPO") or one.said("NPY")
    made = made_reference(account, on, amount, payer, text, structured, end_to_end)
    return Transaction(
        file=file, line=one.line, account=account, on=on, amount=amount, currency=one.text[16:19], payer=payer, payer_account="",
        references=(structured,) if structured else (), text=text, reference=numbered(made if told in _NONE else told, reversal=reversal),
        end_to_end="" if end_to_end in _NONE else "".join(end_to_end.split()), reversal=reversal, source="cfonb",
    )  # fmt: skip


def _whole(one: _Movement, booked: Decimal) -> Decimal:
    """Return what was paid, or went back, without the bank's charges: it takes them off what comes and adds them to what goes, and the payer's own amount says so."""
    for paid, kept in zip(one.more.get("MMO", ()), one.more.get("FEE", ()), strict=False):
        currency = one.text[16:19]
        if paid[:3] == kept[:3] == currency:
            whole, charges = _unsigned(paid[3:18]), _unsigned(kept[3:18])
            if whole == abs(booked + charges):
                return whole
    return booked


def _unsigned(text: str) -> Decimal:
    """Read the number of decimals and an amount of fourteen digits; zero where it is none."""
    return Decimal(text[1:]).scaleb(-int(text[0])) if len(text) == 15 and text.isascii() and text.isdigit() else Decimal(0)


def _account(line: str) -> str:
    """Return the account of a record as an IBAN, or as it stands where it is none of France."""
    bank, branch, account = line[2:7], line[11:16], line[21:32]
    return iban.of_rib(bank, branch, account) or f"{bank}{branch}{account}".replace(" ", "")


def _amount(line: str) -> Decimal:
    """Return the amount of a record, negative where it is a debit, with as many decimals as the record says."""
    digits, last, decimals = line[90:103].replace(" ", "0"), line[103:104].translate(_FRENCH), line[19:20]
    sign = 1 if last in _CREDIT else -1
    place = (_CREDIT if sign > 0 else _DEBIT).find(last)
    if not (digits.isascii() and digits.isdigit() and decimals.isascii() and decimals.isdigit()) or place < 0 or not last.strip():
        msg = sentence("{what} is no amount: thirteen digits, and one that bears the sign", what=repr(line[90:104]))
        raise _Broken(msg)
    try:
        return exact(sign * Decimal(f"{digits}{place}").scaleb(-int(decimals)), line[16:19])
    except ValueError as error:
        raise _Broken(sentence_of(error)) from None


def _day(text: str) -> date:
    """Read a day of six digits, day first; years from 70 on are of the last century."""
    try:
        day, month, year = int(text[:2]), int(text[2:4]), int(text[4:6])
        return date(year + (1900 if year >= 70 else 2000), month, day)
    except ValueError:
        msg = sentence("{text} is no day", text=repr(text))
        raise _Broken(msg) from None
