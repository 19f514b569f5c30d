"""A payment of an accounting file that is known already: by the bank, from a list's column, from the year before, under another number.

One payment is the same as one other and no more: two of one amount on one day stay two. What the bank told is paired once and for
ever (`payment.reconciled`); what the books told before is not said again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from relance.importers.columns import Cells
from relance.importers.movements import Found
from relance.importers.rows import STATED, is_stated
from relance.journal.journal import Journal
from relance.parsing.rejects import Reject
from relance.statements.transaction import source_of

#: How many days the same payment may stand apart in the books and on the statement.
SAME_WITHIN = timedelta(days=7)
_PAYMENT = "payment.received"


@dataclass(slots=True)
class Before:
    """A payment that the journal knows: when, how much in all, of which invoices, and by which reference."""

    on: date
    amount: Decimal
    invoices: set[str]
    reference: str

    def holds(self, part: Decimal, on: date, names: set[str]) -> bool:
        """Say whether a payment of a named invoice is a part of what a list's column says was paid on it by a day: the column tells the sum alone."""
        return is_stated(self.reference) and part < self.amount and on <= self.on and bool(self.invoices & names)


@dataclass(slots=True)
class Told:
    """What the journal knew of payments before a file, and what of the file waits for its end to be told apart."""

    journal: Journal
    creditor: str
    known: dict[str, list[Before]] = field(default_factory=lambda: defaultdict(list))  # by debtor
    references: set[str] = field(default_factory=set)  # of the books, in the journal as payments
    paired: set[str] = field(default_factory=set)
    here: set[str] = field(default_factory=set)  # of this file
    waiting: dict[tuple[str, str], list[Found]] = field(default_factory=lambda: defaultdict(list))  # by debtor and reference
    repeated: int = 0

    def __post_init__(self) -> None:
        for one in self.journal.entries(creditor=self.creditor, kinds=(_PAYMENT, "payment.reconciled")):
            reference, debtor = str(one.data.get("reference", "")), one.debtor or ""
            if one.kind == "payment.reconciled" and source_of(reference) and source_of(str(one.data["with"])):
                continue  # two of a bank's files told it, and the books have not
            if one.kind == "payment.reconciled":
                self.paired |= {reference, str(one.data["with"])} - {STATED}
                paired_before(self.known[debtor], {reference, str(one.data["with"])} & {STATED}, one.data["amount"])
                continue
            if reference.startswith("FEC "):
                self.references.add(reference)
            add_up(self.known[debtor], one.on, one.data["amount"], one.invoice, reference)
        for some in self.known.values():
            some[:] = [one for one in some if one.reference not in self.paired]

    def sift(self, one: Found | Reject) -> Iterator[Found | Reject]:
        """Yield a row that is new; keep what the end of the file must tell."""
        if isinstance(one, Reject):
            yield one
            return
        cells = one.row.values
        if one.table != "events" or cells["event"] != _PAYMENT:
            yield one
            return
        reference = str(cells["reference"])
        self.here.add(reference)
        if reference in self.paired:
            self.repeated += 1
        elif reference not in self.references and any(_near(before, cells) for before in self.known.get(cells["debtor"], ())):
            self.waiting[cells["debtor"], reference].append(one)
        else:  # new; or what the books told before, however it is lettered now, which the journal knows by its reference
            yield one

    def rest(self) -> Iterator[Found | Reject]:
        """Yield what waited: a payment that is known is said to be so, once each; the others are new."""
        for (debtor, _), rows in self.waiting.items():
            before = self._same(debtor, rows)
            if before is None:
                yield from rows
                continue
            total = sum((one.row.values["amount"] for one in rows), Decimal(0))
            take_off(self.known[debtor], before, total)
            if before.reference.startswith("FEC "):
                self.repeated += len(rows)
            else:
                yield _reconciled(rows, before, total)
        self.waiting.clear()

    def _same(self, debtor: str, rows: Sequence[Found]) -> Before | None:
        total = sum((one.row.values["amount"] for one in rows), Decimal(0))
        names = {name for one in rows if (name := one.row.values.get("invoice"))}
        for before in self.known[debtor]:
            renumbered = before.reference.startswith("FEC ") and not rows[0].row.values.get("opening")
            if (
                (before.amount == total or before.holds(total, rows[0].row.values["on"], names))
                and _near(before, rows[0].row.values)
                and not (names and before.invoices and not names & before.invoices)
                and not (renumbered and before.reference in self.here)  # the file has it under its own number, beside this one
            ):
                return before
        return None


def take_off(some: list[Before], one: Before, amount: Decimal) -> None:
    """Say of a known payment that another source told of it, or of so much of it: each cent is paired once."""
    one.amount -= amount
    if not one.amount:
        some.remove(one)


def paired_before(some: list[Before], references: set[str], amount: Decimal) -> None:
    """Take off what an earlier import paired: the payment of that sum, else a column's sum that it is a part of."""
    there = [one for one in some if one.reference in references]
    one = next((each for each in there if each.amount == amount), next((each for each in there if is_stated(each.reference) and each.amount > amount), None))
    if one is not None:
        take_off(some, one, amount)


def add_up(some: list[Before], on: date, amount: Decimal, invoice: str | None, reference: str) -> None:
    """Add what one movement paid to those that are known: the parts of one payment bear one reference; a list's column names none."""
    there = next((one for one in some if one.reference == reference != STATED and one.on == on), None)
    if there is None:
        some.append(Before(on, amount, {invoice} if invoice else set(), reference))
    else:
        there.amount += amount
        there.invoices |= {invoice} if invoice else set()


def _near(before: Before, cells: Mapping[str, Any]) -> bool:
    """Say whether a payment of the file may be one that is known, by its day and by who told of that one."""
    on: date = cells["on"]
    if cells.get("opening"):
        return before.on < on
    if before.reference.startswith("FEC "):
        return before.on == on
    if source_of(before.reference) is not None:
        return abs(before.on - on) <= SAME_WITHIN
    return is_stated(before.reference) or before.reference.startswith("lettrage ")


def _reconciled(rows: Sequence[Found], before: Before, total: Decimal) -> Found:
    row = rows[0].row
    values = {
        "on": row.values["on"], "event": "payment.reconciled", "debtor": row.values["debtor"], "amount": total,
        "reference": str(row.values["reference"]), "with": before.reference,
        **({"currency": row.values["currency"]} if "currency" in row.values else {}),
    }  # fmt: skip
    return Found("events", Cells(row.file, row.line, values, row.row))
