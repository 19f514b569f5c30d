"""What a file covers: which accounts, which days, by whose word; and which files told first what a file tells again.

Owns the statement of both: kept in the journal (`source.read`) once for a file's contents, and said of each file that is imported. Reconciles nothing
itself: `told_twice`, `told_by_others`, `told_by_banks` and `rows` do.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from relance.importers.columns import Cells, ColumnMapping
from relance.importers.known_movements import MOVED, Teller, reference_of, teller_of
from relance.importers.rows import STATED, UNNAMED
from relance.journal.journal import Journal
from relance.model import Event
from relance.sentences import sentence
from relance.statements.accounts import same_account
from relance.statements.transaction import source_of

#: What tells of money and moves none.
_SILENT = ("payment.unmatched", "payment.reconciled")
_FEW = 4  # accounts that are said by name


class Authority(StrEnum):
    """By whose word a source tells of money."""

    BANK = "bank"
    BOOKS = "books"
    LIST = "list"
    PLATFORM = "platform"
    PERSON = "person"


_BY_TELLER = {Teller.BANK: Authority.BANK, Teller.BOOKS: Authority.BOOKS, Teller.LIST: Authority.LIST, Teller.PERSON: Authority.PERSON}
_SAID_OF = {
    Authority.BANK: sentence("as the bank tells it"), Authority.BOOKS: sentence("as the books tell it"), Authority.LIST: sentence("as the creditor's list tells it"),
}  # fmt: skip
_FORMS = {"camt": "camt.053", "cfonb": "CFONB 120", "mt940": "MT940", "ofx": "OFX", "bank": sentence("a bank's table"), "ledger": sentence("ledger"), "invoices": sentence("list of invoices"), "events": sentence("list of events")}


@dataclass(slots=True)
class SourceCoverage:
    """What one file covers. `accounts`: a statement's own; of books the customers' and the bank's; a list has none, its creditor is whose chain says it."""

    file: str
    form: str = ""
    authority: Authority = Authority.LIST
    accounts: set[str] = field(default_factory=set)
    since: date | None = None
    until: date | None = None
    creditors: set[str] = field(default_factory=set)
    kept_for: set[str] = field(default_factory=set)  # the creditors of whom it told what the journal keeps, by it or by an import of it that was cut short

    def speaks_of(self, *days: date | None) -> None:
        """Take note of days that it tells of."""
        told = [day for day in days if day is not None]
        self.since = min([*told, self.since] if self.since else told, default=None)
        self.until = max([*told, self.until] if self.until else told, default=None)

    @property
    def data(self) -> dict[str, Any]:
        """What is kept of it."""
        said = {"file": self.file, "form": self.form, "authority": str(self.authority), "accounts": tuple(sorted(self.accounts)), "since": self.since, "until": self.until}
        return {name: value for name, value in said.items() if value}

    def covers(self, authority: Authority, form: str, account: str, on: date) -> bool:
        """Say whether it may have told of money on a day, by that word, on that account."""
        if authority is not self.authority or (authority is Authority.BANK and form != self.form):
            return False
        if authority is Authority.BANK and account and all(same_account(account, one) is False for one in self.accounts):
            return False
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def said(self) -> str:
        """Say in a line what it covers; an empty text where it tells of no money."""
        parts = [one for one in (self._whose(), self._days()) if one]
        return sentence("{parts}, {how}", parts=parts, how=_SAID_OF[self.authority]) if parts else ""

    @property
    def named(self) -> str:
        """Say which file it is, and what it covers."""
        parts = [_FORMS.get(self.form, self.form), self._whose() if self.accounts else "", self._days()]
        return sentence("{file} ({what})", file=self.file or sentence("a file whose name was erased"), what=[part for part in parts if part])

    def _whose(self) -> str:
        """Say on which accounts, or of whose invoices."""
        if self.authority is Authority.BANK and not self.accounts:
            return sentence("an account that it does not state")
        several = sorted(self.accounts) if self.accounts else sorted(self.creditors)
        if not several:
            return ""
        names = [*several[:_FEW], sentence("{count} more", count=len(several) - _FEW)] if len(several) > _FEW else several
        if self.accounts:
            return sentence("accounts {names}", names=names) if len(several) > 1 else sentence("account {name}", name=several[0])
        return sentence("invoices of {names}", names=names)

    def _days(self) -> str:
        """Say of which days."""
        if self.since is None or self.until is None:
            return ""
        return sentence("{since} to {until}", since=self.since, until=self.until) if self.since != self.until else sentence("of {day}", day=self.since)


class ToldAgain(NamedTuple):
    """A movement that a file tells and another source told before: `other` is what the journal calls that one, or where it goes by the invoice, empty."""

    file: str
    line: int
    creditor: str
    debtor: str
    invoice: str | None
    on: date
    amount: Decimal
    currency: str
    other: str = ""


@dataclass(slots=True)
class ReconciledWith:
    """A movement told again, with the source that told it first: its file and what that covers, where the journal knows it; else by whose word alone."""

    told: ToldAgain
    authority: Authority
    other: str
    source: SourceCoverage | None

    @property
    def named(self) -> str:
        """Say which source told it first."""
        if self.source is not None:
            return self.source.named
        match self.authority:
            case Authority.PERSON:
                return sentence("what was recorded by hand")
            case Authority.PLATFORM:
                return sentence("statuses of the reform")
            case Authority.BANK:
                return sentence("the bank's files read before")
            case Authority.BOOKS:
                return sentence("the books read before")
            case Authority.LIST:
                return sentence("lists read before")


@dataclass(slots=True)
class _Moved:
    """A movement as the journal has it."""

    kind: str
    seq: int
    on: date
    invoice: str | None
    amount: Decimal
    reference: str
    account: str


def take_note(rows: Mapping[str, Iterable[object]], mapping: ColumnMapping, coverage: Mapping[str, SourceCoverage]) -> None:
    """Take note of the days and the creditors that rows of tables tell of."""
    alone = mapping.creditor.id if mapping.creditor else ""
    for name in ("invoices", "events"):
        for row in rows.get(name, ()):
            if isinstance(row, Cells) and (covered := coverage.get(row.file)) is not None:
                covered.speaks_of(*(row.values.get(day) for day in ("issued", "settled", "on")))
                covered.creditors |= {str(row.values.get("creditor") or alone)} - {""}


def keep(journal: Journal, path: Path, found: SourceCoverage, *, on: date | None, actor: str) -> None:
    """Write down what a file covers, for each creditor of whom it tells: once for its contents, new or known, since an import may be cut short before this."""
    days = [day for day in (found.until, on) if day is not None]
    if not found.kept_for or not days:
        return
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    event = Event(min(days), "source.read", data={**found.data, "sha256": digest})
    for creditor in sorted(found.kept_for):
        journal.write_together(creditor, [(None, event)], actor=actor, key=f"source:{digest}:{found.form}")


def reconciled_with(journal: Journal, again: Iterable[ToldAgain]) -> Iterator[ReconciledWith]:
    """Yield, for what files told again, which source told it first."""
    by_creditor: dict[str, list[ToldAgain]] = defaultdict(list)
    for one in again:
        by_creditor[one.creditor].append(one)
    for creditor, some in by_creditor.items():
        debtors = {one.debtor for one in some}
        moved: dict[str, list[_Moved]] = defaultdict(list)
        sources: list[tuple[int, SourceCoverage]] = []
        for entry in journal.entries(creditor=creditor, kinds=(*MOVED, *_SILENT, "source.read")):
            if entry.kind == "source.read":
                sources.append((entry.seq, _coverage(entry.data)))
            elif entry.debtor in debtors:
                amount = entry.data.get("amount", Decimal(0))
                moved[entry.debtor].append(_Moved(entry.kind, entry.seq, entry.on, entry.invoice, amount, reference_of(entry), str(entry.data.get("account", ""))))
        for one in some:
            yield _with(one, moved[one.debtor], sources)


def _with(one: ToldAgain, moved: list[_Moved], sources: list[tuple[int, SourceCoverage]]) -> ReconciledWith:
    """Say which source told a movement first: of those that cover it, the one that was read when the journal learned of it."""
    first = _first(one, moved)
    other = first.reference if first is not None else one.other
    authority = Authority.PLATFORM if other.startswith(f"{STATED}, CDAR ") else _BY_TELLER[teller_of(other)]
    if first is None:
        return ReconciledWith(one, authority, other, None)
    there = [(seq, each) for seq, each in sources if each.covers(authority, str(source_of(other) or ""), first.account, first.on)]
    after = [each for seq, each in there if seq > first.seq]
    return ReconciledWith(one, authority, other, after[0] if after else there[-1][1] if there else None)


def _first(one: ToldAgain, moved: list[_Moved]) -> _Moved | None:
    """Return the movement of the journal that was told again: by its reference, else what paid the invoice, else money that names none."""
    if one.other and one.other != UNNAMED:
        named = [each for each in moved if each.reference == one.other]
        return next((each for each in named if one.invoice in (None, each.invoice)), named[0] if named else None)
    others = [each for each in moved if each.kind in MOVED and teller_of(each.reference) is not Teller.LIST and each.invoice == (one.invoice if not one.other else None)]
    return next((each for each in others if each.amount == one.amount), others[-1] if others else None)


def _coverage(data: Any) -> SourceCoverage:
    return SourceCoverage(
        str(data.get("file", "")), str(data["form"]), Authority(data["authority"]), set(data.get("accounts") or ()), data.get("since"), data.get("until"),
    )  # fmt: skip
