"""OFX statements (Open Financial Exchange 1.x, which is SGML without closing tags, and 2.x, which is XML) to transactions.

A small reader of its own: the kept library bears a licence that this project cannot take in (docs/decisions/126). A file tells its balance after the
last movement and none before, so that nothing adds up to it. Reads elements by their names, whatever the version.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from relance import iban
from relance.currencies import exact
from relance.parsing import values
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import sentence, sentence_of
from relance.statements.transaction import (
    OUT,
    PENDING,
    Numbered,
    PassedOver,
    StatementDays,
    Transaction,
    came_back,
    made_reference,
    own_money,
)

_MOST = 64 << 20
_DEEPEST = 40
_TAG = re.compile(r"<(/?)([A-Za-z0-9_.]+)[^<>]*?(/?)>([^<]*)")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
#: Elements that hold others inside a movement; all else in them and in a movement are cells, which may stand empty and unclosed.
_HOLDERS = frozenset({"PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "BANKACCTFROM", "CCACCTFROM", "STATUS", "LEDGERBAL", "AVAILBAL"})
_OF_CELLS = _HOLDERS | {"STMTTRN"}


@dataclass(slots=True)
class _Element:
    """An element of a file: its name in capitals, the line it began on, its text and what it holds."""

    name: str
    line: int
    text: str = ""
    inside: list[_Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[_Element]:
        """Yield the elements of a name at any depth, in order."""
        for one in self.inside:
            if one.name == name:
                yield one
            yield from one.all(name)

    def said(self, *names: str) -> str:
        """Return the text of the first element of these names that has any, at any depth."""
        return next((one.text for name in names for one in self.all(name) if one.text), "")


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are an OFX file's."""
    start = data[:4096].upper()
    return b"OFXHEADER" in start or b"<OFX>" in start


def read(path: Path) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    """Yield the movements of a file: credits and the debits that undo one as transactions. Raises `Unreadable`."""
    for statement in _statements(path):
        yield from _statement(path.name, statement)


def reach(path: Path) -> tuple[StatementDays, ...]:
    """Return of each statement that `read` takes whole its account and the days it tells of (`DTSTART`; `DTEND`, else the day of its balance)."""
    found = []
    for one in _statements(path):
        if any(isinstance(each, Reject) for each in _statement(path.name, one)):
            continue
        balance = next(one.all("LEDGERBAL"), None)
        try:
            begins = one.said("DTSTART")
            since = _day(begins) if begins else None
            found.append(StatementDays(_account(one), since, _day(one.said("DTEND") or (balance.said("DTASOF") if balance else ""))))
        except ValueError:
            continue  # it says of no day that it is the last
    return tuple(found)


def _statement(file: str, statement: _Element) -> Iterator[Transaction | PassedOver | Reject | Remark]:
    account, currency, numbered = _account(statement), statement.said("CURDEF").upper(), Numbered()
    for one in statement.all("STMTTRN"):
        try:
            yield from _movement(file, account, currency, one, numbered)
        except ValueError as error:
            yield Reject(file, one.line, sentence_of(error), f"{one.said('DTPOSTED')} {one.said('TRNAMT')} {one.said('NAME')}"[:500])


def _statements(path: Path) -> list[_Element]:
    text = _text(path.read_bytes())
    if "</OFX>" not in text.upper():
        raise Unreadable(sentence("the file is cut short: its last element (OFX) is not closed"))
    root = _tree(text)
    found = [*root.all("STMTRS"), *root.all("CCSTMTRS")]
    if not found:
        raise Unreadable(sentence("the file holds no bank statement (STMTRS)"))
    return found


def _text(data: bytes) -> str:
    """Decode a file as its header says; banks that say USASCII mean Windows-1252. Raises `Unreadable`."""
    if len(data) > _MOST:
        msg = sentence("the statement is over {what} MB long; that is the most that is read", what=_MOST >> 20)
        raise Unreadable(msg)
    head = data[:1024].decode("latin-1").upper()
    if "<!DOCTYPE" in data[:65536].decode("latin-1").upper() or "<!ENTITY" in head:
        raise Unreadable(sentence("the file declares a document type (DOCTYPE): no statement needs one, and it is not read"))
    said = re.search(r"ENCODING[:=]\s*[\"']?([A-Z0-9-]+)", head)
    named = said[1] if said else ""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        if named in {"UTF-8", "UTF8", "UNICODE", ""}:
            return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    return data.decode("cp1252", errors="replace")


def _tree(text: str) -> _Element:
    """Return the elements of a file. An element with text closes itself, closed or not; a holder closes with its tag, or with that of what holds it."""
    root = _Element("", 1)
    path = [root]
    line, at = 1, 0
    for match in _TAG.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        closes, name, empty, inside = match[1], match[2].upper(), match[3], html.unescape(match[4]).strip()
        if closes:
            if any(one.name == name for one in path):
                while path.pop().name != name:
                    pass
            continue
        one = _Element(name, line, " ".join(inside.split()))
        path[-1].inside.append(one)
        cell = name not in _HOLDERS and path[-1].name in _OF_CELLS
        if not (inside or empty or cell):
            path.append(one)
        if len(path) > _DEEPEST:
            raise Unreadable(sentence("elements stand too deep in each other: no OFX file"))
    return root


def _account(statement: _Element) -> str:
    """Return the account of a statement as an IBAN, where it is one or a French one told by its parts."""
    source = next((one for name in ("BANKACCTFROM", "CCACCTFROM") for one in statement.all(name)), _Element("", 1))
    number = "".join(source.said("ACCTID").split()).upper()
    if iban.mistake(number) is None:
        return number
    return iban.of_rib(source.said("BANKID"), source.said("BRANCHID"), number[:11] if len(number) == 13 else number) or number


def _movement(file: str, account: str, default: str, one: _Element, numbered: Numbered) -> Iterator[Transaction | PassedOver | Remark]:
    currency = values.currency(next((each.said("CURSYM") for each in one.all("CURRENCY")), "") or default)
    amount = exact(_amount(one.said("TRNAMT")), currency)
    posted = _day(one.said("DTPOSTED"))
    on = min(posted, _day(one.said("DTAVAIL"))) if one.said("DTAVAIL") else posted
    name, memo = one.said("NAME"), one.said("MEMO")
    returned = came_back(f"{name} {memo}") and one.said("TRNTYPE").upper() not in {"FEE", "SRVCHG", "INT"}
    if one.said("TRNTYPE").upper() == "HOLD":
        yield PassedOver(file, one.line, PENDING)
    elif not amount or (amount < 0 and not returned):
        yield PassedOver(file, one.line, OUT if amount else "nothing moved")
    elif amount > 0 and returned:
        yield from own_money(file, one.line, amount, currency, on, f"{name} {memo}".strip())
    else:
        told, text = "".join(one.said("FITID").split()), " ".join(filter(None, (memo, one.said("REFNUM"), name)))
        made = made_reference(account, on, amount, name, text)
        reference = numbered(told or made, reversal=amount < 0)
        yield Transaction(
            file=file, line=one.line, account=account, on=on, amount=abs(amount), currency=currency, payer=_payer(one, name), payer_account="",
            references=(), text=text, reference=reference, end_to_end="", reversal=amount < 0, source="ofx",
        )  # fmt: skip


def _payer(one: _Element, name: str) -> str:
    """Return who paid: the payee of the file where it has one, else the name without the bank's words for the kind of movement in front."""
    payee = next((each.said("NAME") for each in one.all("PAYEE")), "")
    return payee or re.sub(r"^(?:VIR(?:EMENT)?\b\.?(?: (?:SEPA|INST(?:ANTANE)?|RECU|RE[ÇC]U|DE|FAVEUR))*|REMISE (?:DE )?CH(?:EQUE|Q)S?)\s*:?\s*", "", name, flags=re.IGNORECASE)


def _amount(text: str) -> Decimal:
    """Read an amount: `.` or `,` before the decimals, a sign in front, no thousands (OFX 3.2.9.1). Raises ValueError."""
    match = re.fullmatch(r"([+-]?)\s*([0-9]+)(?:[.,]([0-9]*))?", text)
    if match is None or len(match[2]) > 18:
        msg = sentence("the amount: {text} is none", text=repr(text))
        raise ValueError(msg)
    return Decimal(f"{match[1]}{match[2]}.{match[3] or '0'}")


def _day(text: str) -> date:
    match = _DAY.match(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    msg = sentence("{text} is no day", text=repr(text))
    raise ValueError(msg)
