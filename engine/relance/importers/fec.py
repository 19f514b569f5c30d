"""The FEC (LPF art. A47 A-1): 18 columns of accounting entries, of which the customers' become invoices and payments.

Streams: only entries that do not balance yet and letters that are still open are held. What an entry is (sale, payment,
credit note, loss) follows from its other accounts and its journal; what settles what follows from `EcritureLet`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from relance.currencies import exact
from relance.importers import fec_xml, ledger_table
from relance.importers.booked_due_dates import due_column, in_instalments, told_due, wholes
from relance.importers.columns import ColumnMapping
from relance.importers.compared_texts import plain_letters
from relance.importers.doubtful_debts import DoubtfulDebts, customers_accounts, is_doubtful, moved_there
from relance.importers.known_movements import OPENING
from relance.importers.line_count import FileLines, LineFate
from relance.importers.movements import AccountMovement, BookedLine, Found, Kind
from relance.importers.reconciliation import Groups
from relance.importers.sources import SourceCoverage
from relance.parsing import row_files, values
from relance.parsing.rejects import Reject, Remark, Row, Unreadable
from relance.parsing.row_files import Table, full, plain, shown
from relance.sentences import plural, sentence, sentence_of

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib", "PieceRef",
    "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
_NEEDED = ("journalcode", "ecriturenum", "ecrituredate", "comptenum")

_SALE = re.compile(r"vente|factur|sales|client|^(?:ve|vt|vte|fac|fc|vel?)\d*$", re.IGNORECASE)
_BANK_ACCOUNT = "51"  # banks, in the French chart of accounts
_BANK = re.compile(
    r"banqu|bank|caisse|tr[ée]sorerie|r[èe]glement|encaiss|ch[èe]que|effet|stripe|^(?:bq|bnq|bnp|bp|ca|cai|cm|ccp|sg|lcl|rg)\d*$",
    re.IGNORECASE,
)
#: A piece that stands for an opening entry as a whole: it names no invoice.
_ALL_OF_IT = re.compile(r"(?:r?an|a[ -]?nouveaux?|report(?: a nouveau)?|ouverture|bilan|soldes?|opening(?: balance)?)(?:[ -]d'ouverture)?[ ./_-]*[0-9]{0,8}", re.IGNORECASE)
_OPENING = re.compile(r"nouveau|ouverture|opening|^(?:an|ran|anv)$", re.IGNORECASE)


class Nature(StrEnum):
    """What a journal is for."""

    SALE = "sale"
    BANK = "bank"
    OPENING = "opening"
    OTHER = "other"


@dataclass(slots=True)
class _Entry:
    """An accounting entry: what its lines add up to so far, its other accounts, its customers' lines."""

    code: str
    number: str
    day: str
    nature: Nature
    first: int
    cents: int = 0
    accounts: set[str] = field(default_factory=set)
    lines: list[BookedLine] = field(default_factory=list)


def looks_like(headers: tuple[str, ...]) -> bool:
    """Say whether a file's headers are those of a FEC."""
    have = {plain(one) for one in headers}
    return have.issuperset(_NEEDED) and (have.issuperset({"debit", "credit"}) or have.issuperset({"montant", "sens"}))


def read(
    path: Path, mapping: ColumnMapping | None = None, lines: FileLines | None = None, knows: Callable[[str, str], bool] = lambda _debtor, _piece: False, *, ledger: bool = False,
    covers: SourceCoverage | None = None,
) -> Iterator[Found | Reject | Remark]:
    """Yield the invoices, payments, credit notes and losses of a FEC's customers, each invoice before what happened to it.

    Customers are the accounts that begin with one of the mapping's `accounts`, told apart by `CompAuxNum` (else by the
    account's own number), due as the mapping's `terms` say. A foreign amount (`Montantdevise`, `Idevise`) is the claim where there is one. `lines` is told
    of every line that is read; `knows` says whether a customer has an invoice of that number, which another file told. `ledger`: it is a table of the
    customers' side of entries, by the mapping. `covers` is told which accounts and days the file tells of. Raises `Unreadable`.
    """
    mapping = mapping or ColumnMapping()
    if ledger:
        headers, rows = tuple(ledger_table.HEADS.values()), ledger_table.entry_rows(path, mapping)
        tells_due = "due" in mapping.tables["ledger"].columns
    else:
        table = _entries(path, mapping)
        headers, rows, tells_due = table.headers, table.rows, due_column(table.headers) is not None
    if not mapping.terms and not tells_due:
        msg = (
            sentence("no column of the ledger holds the due date: give the payment terms in the column mapping, such as `terms: 30 days`")
            if ledger
            else sentence("a FEC has no due dates: give the payment terms in a column mapping, such as `terms: 30 days`")
        )
        raise Unreadable(msg)
    reader = _Reader(path.name, headers, customers_accounts(mapping.accounts), lines or FileLines(), knows, one_sided=ledger)
    yield from reader.run(rows)
    if covers is not None:
        covers.accounts |= reader.told_accounts
        covers.speaks_of(*reader.told_days())


def _entries(path: Path, mapping: ColumnMapping) -> Table:
    """Return the lines of a FEC, flat or in XML."""
    form = mapping.format
    with path.open("rb") as stream:
        in_xml = fec_xml.looks_like(stream.read(4096))
    if in_xml:
        table = fec_xml.entry_table(path, COLUMNS)
    else:
        table = row_files.table(path, encoding=form.encoding, delimiter=form.delimiter, wanted=COLUMNS, quoted=False)
    if not looks_like(table.headers):
        have = {plain(one) for one in table.headers}
        missing = [one for one in COLUMNS if plain(one) not in have]
        msg = sentence("not a FEC: it has no column {names}{what}", names=", ".join(missing[:4]), what=" …" * (len(missing) > 4))
        raise Unreadable(msg)
    return table


class _Reader:
    """Reads line by line, and closes an entry when the next one begins."""

    def __init__(self, file: str, headers: tuple[str, ...], accounts: tuple[str, ...], told: FileLines, knows: Callable[[str, str], bool], *, one_sided: bool = False) -> None:
        self.file = file
        self.one_sided = one_sided  # of an entry there may be the customer's lines alone
        self.told = told
        self.accounts = accounts
        places = {plain(one): place for place, one in enumerate(headers)}
        self.places = {name: places.get(plain(name), -1) for name in (*COLUMNS, "Montant", "Sens")}
        self.width = (
            max(
                self.places[name]
                for name in ("JournalCode", "EcritureNum", "EcritureDate", "CompteNum", "Debit", "Credit", "Montant", "Sens")
            )
            + 1
        )
        self.signed = self.places["Debit"] < 0
        due = due_column(headers)
        self.due_at = headers.index(due) if due is not None else -1
        self.doubtful = DoubtfulDebts()
        self.pending: dict[tuple[str, str], _Entry] = {}
        self.groups = Groups(file, knows)
        self.knows = knows
        self.natures: dict[str, Nature] = {}
        self.told_accounts: set[str] = set()  # the customers', by their first three figures, and the bank's in whole
        self.days: set[str] = set()  # of entries, as they are written

    def run(self, rows: Iterator[Row | Reject | Remark]) -> Iterator[Found | Reject | Remark]:
        get, signed, width, accounts = self.places, self.signed, self.width, self.accounts
        code_at, number_at, account_at = get["JournalCode"], get["EcritureNum"], get["CompteNum"]
        plus_at, minus_at = (get["Montant"], get["Sens"]) if signed else (get["Debit"], get["Credit"])
        entry: _Entry | None = None
        key: tuple[str, str] | None = None
        for row in rows:
            if isinstance(row, Reject | Remark):
                yield row
                continue
            line, cells = row
            self.told.say(line, LineFate.BESIDE)
            if len(cells) < width:
                yield Reject(self.file, line, plural("{count} cell where a FEC has 18: the line may be cut short", "{count} cells where a FEC has 18: the line may be cut short", len(cells)), shown(cells))
                continue
            try:
                cents = _signed(cells[plus_at], cells[minus_at]) if signed else _cents(cells[plus_at]) - _cents(cells[minus_at])
            except ValueError as error:
                yield Reject(self.file, line, sentence_of(error), shown(cells))
                continue
            here = (cells[code_at], cells[number_at])
            if here != key:
                if entry is not None and key is not None:
                    yield from self._leave(key, entry)
                key, entry = here, self.pending.pop(here, None) or self._begin(line, cells)
            assert entry is not None
            entry.cents += cents
            account = cells[account_at]
            if account.startswith(accounts):
                entry.lines.append(self._line(line, cells, cents))
                self.told_accounts.add(account[:3])
            else:
                entry.accounts.add(account[:3])
                if account.startswith(_BANK_ACCOUNT):
                    self.told_accounts.add(account)
        if entry is not None and key is not None:
            yield from self._leave(key, entry)
        yield from self._unbalanced()
        yield from self.groups.close()

    def _begin(self, line: int, cells: list[Any]) -> _Entry:
        code, label = cells[self.places["JournalCode"]], self._cell(cells, "JournalLib")
        self.days.add(cells[self.places["EcritureDate"]])
        if code not in self.natures:
            self.natures[code] = nature_of(code, label)
        return _Entry(code.strip(), cells[self.places["EcritureNum"]].strip(), cells[self.places["EcritureDate"]], self.natures[code], line)

    def told_days(self) -> Iterator[date]:
        """Yield the days on which something was booked."""
        for text in self.days:
            with suppress(ValueError):
                yield _day(text)

    def _cell(self, cells: list[Any], name: str) -> str:
        place = self.places[name]
        return cells[place].strip() if 0 <= place < len(cells) else ""

    def _line(self, line: int, cells: list[Any], cents: int) -> BookedLine:
        get = self._cell
        aux = get(cells, "CompAuxNum")
        name = get(cells, "CompAuxLib") if aux else get(cells, "CompteLib")
        number = get(cells, "CompteNum")
        due = str(cells[self.due_at]).strip() if 0 <= self.due_at < len(cells) else ""
        return BookedLine(
            line, aux or number, number, name, get(cells, "PieceRef"), get(cells, "PieceDate"), get(cells, "EcritureLib"), cents,
            get(cells, "EcritureLet"), get(cells, "DateLet"), get(cells, "Montantdevise"), get(cells, "Idevise"), (cells[-1] if self.one_sided else ";".join(cells))[:500], due,
        )  # fmt: skip

    def _leave(self, key: tuple[str, str], entry: _Entry) -> Iterator[Found | Reject | Remark]:
        if entry.cents and not (self.one_sided and entry.lines and not entry.accounts):
            self.pending[key] = entry
        else:
            yield from self._resolve(entry)

    def _unbalanced(self) -> Iterator[Reject]:
        for entry in self.pending.values():
            parts = {"entry": f"{entry.code} {entry.number}", "amount": Decimal(abs(entry.cents)) / 100}
            reason = (
                sentence("the entry {entry} does not balance: {amount} too much debit", **parts)
                if entry.cents > 0
                else sentence("the entry {entry} does not balance: {amount} too much credit", **parts)
            )
            for one in entry.lines:
                yield Reject(self.file, one.line, reason, one.row)
            if not entry.lines and not entry.accounts:
                yield Reject(self.file, entry.first, reason)

    def _resolve(self, entry: _Entry) -> Iterator[Found | Reject | Remark]:
        """Say what each customer's line of a balanced entry is; several debits of one piece are one invoice, or its instalments."""
        lines = self.doubtful.named([one for one in entry.lines if one.cents])
        for customer in moved_there(lines):
            yield from self._doubted([one for one in lines if one.account == customer and is_doubtful(one)])
            lines = [one for one in lines if one.account != customer]
        merged: dict[tuple[Any, ...], BookedLine] = {}
        for one in lines:
            mark = (one.account, one.piece, one.letter, one.foreign, one.currency, one.cents > 0, one.due or told_due("", one.label))
            before = merged.get(mark)
            if before is not None:
                self.told.same[one.line] = before.line
            merged[mark] = one if before is None else before._replace(cents=before.cents + one.cents)
        transfer = not entry.accounts and not sum(one.cents for one in merged.values())
        if transfer and len({one.account for one in merged.values()}) == 1:
            return  # from one of the customer's accounts to another
        made: list[AccountMovement] = []
        shared = {piece for piece, lines_of in _by_piece(merged.values()).items() if len({one.account for one in lines_of}) > 1}
        for one in merged.values():
            try:
                names_it = bool(one.piece) and (self.knows(one.account, one.piece) or not (one.piece in shared or _ALL_OF_IT.fullmatch(plain_letters(one.piece))))
                made.append(self._movement(entry, one, names_it=names_it))
            except ValueError as error:
                yield Reject(self.file, one.line, sentence_of(error), one.row)
        for movement in wholes(list(in_instalments(made))):
            yield from self.groups.add(movement)

    def _doubted(self, lines: list[BookedLine]) -> Iterator[Remark]:
        """Tell of a debt that became doubtful, or is so no more: it is owed as before."""
        for one in lines:
            amount = sentence("{amount} of {debtor}", amount=Decimal(abs(one.cents)).scaleb(-2), debtor=repr(one.account))
            moved = sentence("moved to doubtful debts (416): it is still owed") if one.cents > 0 else sentence("moved back from doubtful debts (416)")
            yield Remark(self.file, one.line, f"{one.piece or one.label}: {amount} {moved}")

    def _movement(self, entry: _Entry, one: BookedLine, *, names_it: bool) -> AccountMovement:
        kind = _kind(entry, one, names_it=names_it)
        day = _day(entry.day)
        on = day
        if kind in {Kind.INVOICE, Kind.CREDIT_NOTE} and one.piece_date:
            on = _day(one.piece_date)
        amount, currency = Decimal(abs(one.cents)).scaleb(-2), "EUR"
        if one.currency and one.currency.upper() != "EUR" and full(one.foreign):
            currency = values.currency(one.currency)
            amount = exact(abs(values.amount_reader(",")(one.foreign.replace(".", ","))), currency)
        if not one.account:
            raise ValueError(sentence("a doubtful debt (416) of which nothing says whose it is: for a person") if is_doubtful(one) else sentence("neither CompAuxNum nor CompteNum says which customer"))
        return AccountMovement(
            kind=kind,
            on=on,
            booked=day,
            debtor=one.account,
            name=one.name,
            piece=one.piece or f"{entry.code}-{entry.number}",
            amount=amount,
            currency=currency,
            cents=one.cents,
            letter=one.letter,
            lettered=_day(one.letter_date) if one.letter_date else None,
            reference=f"FEC {entry.code} {entry.number} {day.isoformat()}" + (f"{OPENING}{one.piece}".rstrip() if entry.nature is Nature.OPENING else ""),
            line=one.line,
            row=one.row,
            label=one.label,
            due=told_due(one.due, one.label) if kind is Kind.INVOICE else None,
            doubtful=is_doubtful(one),
        )


def _by_piece(lines: Iterable[BookedLine]) -> dict[str, list[BookedLine]]:
    found: dict[str, list[BookedLine]] = defaultdict(list)
    for one in lines:
        found[one.piece].append(one)
    return found


def _kind(entry: _Entry, one: BookedLine, *, names_it: bool) -> Kind:
    """Say what a customer's line is, by the other accounts of its entry, then by its journal. Raises ValueError where it cannot be said.

    `names_it`: its piece names an invoice of that customer's, and not the entry as a whole.
    """
    classes = {account[:1] for account in entry.accounts}
    if one.cents > 0:
        if "7" in classes or entry.nature is Nature.SALE:
            return Kind.INVOICE
        if entry.nature is Nature.OPENING:
            if names_it:
                return Kind.INVOICE
            raise ValueError(sentence("an opening balance that names no invoice: import the year before, or the list of open invoices"))
        if "5" in classes or entry.nature is Nature.BANK:
            return Kind.REVERSAL
        raise ValueError(
            sentence("a debit that is neither sale nor bank (journal {code}, accounts {what}): for a person", code=entry.code, what=", ".join(sorted(entry.accounts)) or "none")
        )
    if "5" in classes or (entry.nature is Nature.BANK and "7" not in classes):
        return Kind.PAYMENT
    if "654" in entry.accounts or "671" in entry.accounts:
        return Kind.LOSS
    if "7" in classes or entry.nature is Nature.SALE:
        return Kind.CREDIT_NOTE
    if entry.nature is Nature.OPENING:
        return Kind.PAYMENT
    if "416" in entry.accounts:
        raise ValueError(sentence("moved to doubtful debts (416): name that account among the mapping's `accounts`, or record it by hand"))
    if entry.accounts or one.letter:
        return Kind.PAYMENT  # set off against another account
    raise ValueError(sentence("a credit without any other account (journal {code}): for a person", code=entry.code))


def nature_of(code: str, label: str) -> Nature:
    """Return what a journal is for, by its code and its name."""
    if code in set(Nature):
        return Nature(code)  # as a mapping says it
    for pattern, nature in ((_OPENING, Nature.OPENING), (_BANK, Nature.BANK), (_SALE, Nature.SALE)):
        if pattern.search(code.strip()) or pattern.search(label):
            return nature
    return Nature.OTHER


@lru_cache(maxsize=131072)
def _cents(text: str) -> int:
    """Read an amount of a FEC (comma or point, perhaps spaces) as cents; an empty cell is nothing."""
    body = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    if not body:
        return 0
    found = re.fullmatch(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{0,2})0*)?", body)
    if found is None:
        msg = sentence("{text} is not an amount", text=repr(text))
        raise ValueError(msg)
    sign, whole, part = found.groups()
    cents = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return -cents if sign == "-" else cents


def _signed(amount: str, side: str) -> int:
    """Read `Montant` and `Sens`: D or +1 for a debit, C or -1 for a credit."""
    mark = side.strip().upper()
    if mark in {"D", "+1", "1", "+"}:
        return _cents(amount)
    if mark in {"C", "-1", "-"}:
        return -_cents(amount)
    msg = sentence("{side} is no side: D or C, +1 or -1", side=repr(side))
    raise ValueError(msg)


@lru_cache(maxsize=8192)
def _day(text: str) -> date:
    try:
        return values.date_reader("day/month/year")(text)
    except ValueError:
        msg = sentence("{text} is not a date", text=repr(text))
        raise ValueError(msg) from None
