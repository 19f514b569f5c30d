"""What the journal knows of a debtor's money: each movement that moved a balance, and by whom it was told again.

A movement may be told once more by each of the others: a list's column, the books, a bank. So what a source told is taken off for that
source alone (`Teller`); the ledger's own movement stands. Refuses to say what is the same: who compares does (`told_twice`, `matching`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any, NamedTuple, Protocol

from relance.importers.rows import STATES_OPEN, is_stated, until
from relance.statements.transaction import source_of

#: How many days the same movement may stand apart in the books and on the statement.
SAME_WITHIN = timedelta(days=7)
PAYMENT, REVERSAL, CREDIT, LOSS = "payment.received", "payment.reversed", "credit_note.issued", "written_off"
MOVED = (PAYMENT, REVERSAL, CREDIT, LOSS)
#: What stands in the reference of a line of an opening entry of the books.
OPENING = " opening "


class Teller(Enum):
    """Who tells of a movement."""

    LIST = auto()
    BOOKS = auto()
    BANK = auto()
    PERSON = auto()


def teller_of(reference: str) -> Teller:
    """Say by a movement's reference who told it."""
    if is_stated(reference):
        return Teller.LIST
    if reference.startswith(("FEC ", "lettrage ")):
        return Teller.BOOKS
    return Teller.BANK if source_of(reference) is not None else Teller.PERSON


class EventLike(Protocol):
    """An event of the model, or an entry of the journal."""

    @property
    def kind(self) -> str:
        """What happened."""

    @property
    def on(self) -> date:
        """When."""

    @property
    def invoice(self) -> str | None:
        """To which invoice, if one is named."""

    @property
    def data(self) -> Any:
        """The fields of its kind."""


@dataclass(slots=True)
class LedgerMovement:
    """A movement of the journal: when, how much is not told again yet, of which invoices, by which reference.

    `until`: the last day that a list's column speaks of. `silent`: it moved nothing, for another source had told it.
    """

    kind: str
    on: date
    amount: Decimal
    invoices: set[str]
    reference: str
    until: date = date.max
    silent: bool = False

    @property
    def teller(self) -> Teller:
        """Who told it."""
        return teller_of(self.reference)

    @property
    def is_open(self) -> bool:
        """Say whether it is a list's statement of what is open, so that credit notes and losses are in it."""
        return STATES_OPEN in self.reference

    @property
    def opening(self) -> bool:
        """Say whether the books brought it forward from the year before."""
        return OPENING in self.reference


def reference_of(one: EventLike) -> str:
    """Return by what a movement is called: its reference, a loss's reason, else its day and sum."""
    said = one.data.get("reference") or (one.data.get("reason") if one.kind == LOSS and str(one.data.get("reason", "")).startswith("FEC ") else None)
    return str(said) if said else f"recorded {one.on} {one.data.get('amount', '')}".strip()


def known_movements(events: Iterable[EventLike], by: Teller) -> list[LedgerMovement]:
    """Return what is known of one debtor's movements, less what `by` told again; what that source told and moved nothing is there, too.

    What a list states is there though all of it was told again: up to its day nothing more is in it.
    """
    found: list[LedgerMovement] = []
    again: list[EventLike] = []
    for one in events:
        if one.kind in MOVED and one.data.get("amount"):
            _add(found, one)
        elif one.kind == "payment.reconciled":
            again.append(one)
    for one in again:
        reference, other = str(one.data["reference"]), str(one.data["with"])
        if teller_of(reference) is not by or (by is Teller.BANK and source_of(other) is not None):
            continue
        kind = str(one.data.get("of") or PAYMENT)
        if teller_of(other) is Teller.LIST:
            _less(found, one, other, -1 if kind == REVERSAL else 1)
            _add_silent(found, one, kind, reference)
            continue
        there = [each for each in found if each.reference == other and each.kind == kind and one.invoice in (None, *each.invoices)] or [
            each for each in found if each.reference == other and (each.kind == kind or OPENING in reference)
        ]
        exact = next((each for each in there if each.amount == one.data["amount"]), None) or next((each for each in there if each.amount > one.data["amount"]), None)
        if exact is not None:
            take_off(found, exact, one.data["amount"])
        _add_silent(found, one, kind, reference)
    return [one for one in found if one.amount > 0 or (not one.amount and one.teller is Teller.LIST)]


class Moved(NamedTuple):
    """What moved a balance: what it was, when, how much."""

    kind: str
    on: date
    amount: Decimal


def moved_beside(events: Iterable[EventLike]) -> list[Moved]:
    """Return what moved one debtor's account and no list's column states; nothing where none states anything."""
    found = [one for one in events if one.kind in MOVED and one.data.get("amount")]
    others = [one for one in found if teller_of(reference_of(one)) is not Teller.LIST]
    return [Moved(one.kind, one.on, one.data["amount"]) for one in others] if len(others) < len(found) else []


def _add_silent(found: list[LedgerMovement], one: EventLike, kind: str, reference: str) -> None:
    """Add a movement that moved nothing; its parts, told of several invoices or in part new, are one."""
    amount, invoices = one.data["amount"], {one.invoice} if one.invoice else set()
    there = next((each for each in found if (each.kind, each.reference, each.on) == (kind, reference, one.on)), None)
    if there is None:
        found.append(LedgerMovement(kind, one.on, amount, invoices, reference, silent=True))
    else:
        there.amount += amount
        there.invoices |= invoices


def _less(found: list[LedgerMovement], one: EventLike, other: str, sign: int) -> None:
    """Take off what a list states of an invoice what was told of it, or put back what came back."""
    there = [each for each in found if each.reference == other and one.invoice in (None, *each.invoices)]
    same = next((each for each in there if each.amount >= one.data["amount"]), there[0] if there else None)
    if same is not None:
        same.amount -= sign * one.data["amount"]


def _add(found: list[LedgerMovement], one: EventLike) -> None:
    """Add a movement; the parts of one payment bear one reference, and a list's column names each invoice by itself."""
    reference, amount = reference_of(one), one.data["amount"]
    lasting = teller_of(reference) in (Teller.BOOKS, Teller.BANK) and not reference.startswith("lettrage ")
    there = next((each for each in found if each.kind == one.kind and each.reference == reference and each.on == one.on), None) if lasting else None
    if there is not None:
        there.amount += amount
        there.invoices |= {one.invoice} if one.invoice else set()
        return
    last = until(reference, one.on) if is_stated(reference) else date.max
    found.append(LedgerMovement(one.kind, one.on, amount, {one.invoice} if one.invoice else set(), reference, last))


def take_off(some: list[LedgerMovement], one: LedgerMovement, amount: Decimal) -> None:
    """Say of a known movement that another source told of it, or of so much of it: each cent is paired once."""
    one.amount -= amount
    if one.amount <= 0:
        some[:] = [each for each in some if each is not one]


@dataclass(slots=True)
class Pool:
    """What a list's columns say was paid or settled on a debtor's invoices, and is not told by another source yet."""

    stated: list[LedgerMovement] = field(default_factory=list)

    def take_whole(self, amount: Decimal, on: date) -> list[tuple[LedgerMovement, Decimal]]:
        """Take the one statement of exactly that sum, where its day may be that of a payment."""
        one = next((each for each in self.stated if each.amount == amount and on <= each.until + SAME_WITHIN), None)
        return self._taken([one], amount) if one else []

    def take(self, amount: Decimal, on: date, *, names: set[str] | None = None, settled: bool = False, in_part: bool = False) -> list[tuple[LedgerMovement, Decimal]]:
        """Take a movement's sum out of what is stated by its day: all of it, or nothing; `in_part` so much as is there.

        `names`: of these invoices alone. `settled`: no payment, so that only a statement of what is open holds it.
        """
        held = [
            one for one in self.stated
            if one.amount > 0 and on <= (one.until if one.amount != amount or one.until == date.max else one.until + SAME_WITHIN) and (not names or names & one.invoices) and (one.is_open or not settled)
        ]  # fmt: skip
        held.sort(key=lambda one: (one.amount != amount, one.on))
        held = held[:1] if held and held[0].amount == amount else held
        if sum((one.amount for one in held), Decimal(0)) < amount and not in_part:
            return []
        return self._taken(held, amount)

    @staticmethod
    def _taken(held: Iterable[LedgerMovement], amount: Decimal) -> list[tuple[LedgerMovement, Decimal]]:
        taken = []
        for one in held:
            part = min(one.amount, amount)
            if part:
                one.amount -= part
                amount -= part
                taken.append((one, part))
        return taken
