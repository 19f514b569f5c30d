"""A movement of the bank that the books, a list's column or a person told before: the same debtor and sum, about the same days, each once.

Answers for one transaction at a time, and takes what it pairs off what is left to be paired. Moves no balance.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from relance.importers.columns import Cells
from relance.importers.known_movements import (
    PAYMENT,
    REVERSAL,
    SAME_WITHIN,
    LedgerMovement,
    Pool,
    Teller,
    known_movements,
    reference_of,
    take_off,
)
from relance.importers.match_answers import Matched, Reconciled
from relance.importers.movements import Found
from relance.model import Facts
from relance.sentences import sentence
from relance.statements.transaction import Transaction, source_of

Owner = tuple[str, str]  # creditor and debtor
Keys = set[tuple[str, str]]  # creditor and invoice


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A payment of the bank that is money of the books which names no invoice."""

    mark: str
    on: date
    owner: Owner
    amount: Decimal
    currency: str


@dataclass(slots=True)
class ToldByOthers:
    """What others than a bank told of each debtor's money, and no bank did so far."""

    known: dict[Owner, list[LedgerMovement]] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)  # debtor by creditor and invoice
    names: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # number and document of an invoice
    unnamed: list[_Unnamed] = field(default_factory=list)

    def learn(self, facts: Facts) -> None:
        """Take note of what the journal knows of a debtor; names of his `parts` that a bank told, too, are `Matcher`'s."""
        owner = (facts.creditor.id, facts.debtor.id)
        self.known[owner] = [one for one in known_movements(facts.events, Teller.BANK) if one.teller is not Teller.BANK]
        for invoice in facts.invoices:
            self.owners[owner[0], invoice.id] = owner[1]
            self.names[owner[0], invoice.id] = {invoice.id, invoice.document} - {""}

    def paid_again(self, facts: Facts) -> list[tuple[str, date, str, Decimal]]:
        """Return what payments of a bank, which others told before, paid: mark, day, invoice, sum; what names no invoice is kept here."""
        owner, found = (facts.creditor.id, facts.debtor.id), []
        parts: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
        for event in facts.events:
            if event.kind == PAYMENT and event.invoice:
                parts[reference_of(event)].append((event.invoice, event.data["amount"]))
        for event in facts.events:
            if event.kind != "payment.reconciled" or event.data.get("of") or source_of(mark := str(event.data["reference"])) is None:
                continue
            there = [(event.invoice, event.data["amount"])] if event.invoice else parts[str(event.data["with"])]
            found += [(mark, event.on, invoice, amount) for invoice, amount in there]
            if not there:
                self.unnamed.append(_Unnamed(mark, event.on, owner, event.data["amount"], event.currency or "EUR"))
        return found

    def payment(self, one: Transaction, payers: set[Owner], named: Keys, *, alone: bool) -> Reconciled | None:
        """Return what told of a payment already: the movement of that sum in the books, else what a list's column states of the invoices it names.

        `alone`: no invoice of that sum is open, so that where nothing is named the column alone can mean it.
        """
        owner = self._owner(payers, named)
        if owner is None:
            return None
        names = set().union(*(self.names.get(key, set()) for key in named))
        if (same := self._same(one, owner, PAYMENT, names)) is not None:
            take_off(self.known[owner], same, one.amount)
            self._keep(one, owner, same, names)
            return _answer(one, owner, [(same, one.amount)], sorted(key[1] for key in named))
        pool = Pool([each for each in self.known.get(owner, ()) if each.teller is Teller.LIST])
        if not names and not (alone and len([each for each in pool.stated if each.amount == one.amount]) == 1):
            return None
        taken = pool.take(one.amount, one.on, names=names or None) if names else pool.take_whole(one.amount, one.on)
        return _answer(one, owner, taken, []) if taken else None

    def reversal(self, one: Transaction, payers: set[Owner], named: Keys) -> Reconciled | None:
        """Return what told already that this payment came back."""
        owner = self._owner(payers, named)
        names = set().union(*(self.names.get(key, set()) for key in named))
        same = self._same(one, owner, REVERSAL, names) if owner is not None else None
        if owner is None or same is None:
            return None
        take_off(self.known[owner], same, one.amount)
        return _answer(one, owner, [(same, one.amount)], sorted(key[1] for key in named))

    def undone(self, one: Transaction, payers: set[Owner], named: Keys) -> Matched | None:
        """Take back a payment that names no invoice, which the books had told and the bank, too."""
        owner = self._owner(payers, named)
        asked = {one.end_to_end, one.reference.partition("#")[0]} - {""}
        there = [
            each for each in self.unnamed
            if (each.amount, each.currency) == (one.amount, one.currency) and each.on <= one.on and (owner == each.owner or asked & set(each.mark.split()[1:]))
        ]  # fmt: skip
        if not there or len({each.owner for each in there}) > 1:
            return None
        last = max(there, key=lambda each: each.on)
        self.unnamed.remove(last)
        cells = {
            "on": one.on, "event": REVERSAL, "creditor": last.owner[0], "debtor": last.owner[1], "amount": one.amount, "currency": one.currency, "reference": one.mark, **one.came_to,
        }  # fmt: skip
        return Matched(one, (Found("events", Cells(one.file, one.line, cells, one.shown)),), 90, sentence("undoes the payment of that sum by the same debtor"))

    def like(self, one: Transaction, owner: Owner) -> str | None:
        """Say who told of a payment of that sum and these days by that debtor, where nothing says that it is this one."""
        there = [each for each in self.known.get(owner, ()) if each.teller is Teller.LIST and each.amount == one.amount and one.on <= each.until]
        return sentence("a list's column") if there else None

    def _owner(self, payers: set[Owner], named: Keys) -> Owner | None:
        mine = {(key[0], self.owners[key]) for key in named if key in self.owners}
        whose = (mine & payers or mine if mine and payers else mine | payers) if not (mine and payers and not mine & payers) else set()
        return next(iter(whose)) if len(whose) == 1 else None

    def _same(self, one: Transaction, owner: Owner, kind: str, names: set[str]) -> LedgerMovement | None:
        there = [
            each for each in self.known.get(owner, ())
            if each.kind == kind and each.teller in (Teller.BOOKS, Teller.PERSON) and not each.silent and each.amount == one.amount
            and abs(each.on - one.on) <= SAME_WITHIN and (not each.invoices or not names or each.invoices & names)
        ]  # fmt: skip
        return max(there, key=lambda each: (bool(each.invoices & names), -abs((each.on - one.on).days)), default=None)

    def _keep(self, one: Transaction, owner: Owner, same: LedgerMovement, names: set[str]) -> None:
        if not same.invoices and not names:
            self.unnamed.append(_Unnamed(one.mark, one.on, owner, one.amount, one.currency))


def _answer(one: Transaction, owner: Owner, taken: list[tuple[LedgerMovement, Decimal]], named: list[str]) -> Reconciled:
    """Return the rows that say by which movements a transaction was told; each names its invoice where there is one alone."""
    rows = []
    for same, amount in taken:
        about = sorted(same.invoices) or named
        cells = {
            "on": one.on, "event": "payment.reconciled", "creditor": owner[0], "debtor": owner[1], "amount": amount, "currency": one.currency, "reference": one.mark,
            "with": same.reference, **one.came_to, **({"of": same.kind} if same.kind != PAYMENT else {}), **({"invoice": about[0]} if len(about) == 1 else {}),
        }  # fmt: skip
        rows.append(Found("events", Cells(one.file, one.line, cells, one.shown)))
    return Reconciled(one, tuple(rows), ", ".join(dict.fromkeys(same.reference for same, _ in taken)))
