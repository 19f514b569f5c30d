"""What matching answers for a transaction: allocated, told of by the books already, or for a person; and the events each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from relance.importers.columns import Cells
from relance.importers.movements import Found
from relance.model import Invoice
from relance.statements.transaction import Transaction


class Claim(NamedTuple):
    """An invoice a transaction may pay."""

    creditor: str
    debtor: str
    invoice: Invoice


class Matched(NamedTuple):
    """A transaction that was allocated: the rows of the table `events` it becomes, how sure that is, and why.

    `closing` is the event that says of money that waited, when it could not be matched yet, that it waits no more.
    """

    transaction: Transaction
    rows: tuple[Found, ...]
    confidence: int
    why: str
    closing: tuple[Found, ...] = ()


class Reconciled(NamedTuple):
    """A transaction that the books told of already: the row that says so, and by what. It moves no balance."""

    transaction: Transaction
    rows: tuple[Found, ...]
    told_by: str
    closing: tuple[Found, ...] = ()


class Doubt(NamedTuple):
    """A transaction for a person: why it was not allocated, the invoices it may be about, and whose money it may be.

    `owners` are (creditor, debtor): who bears the payer's name, and whose invoices it may be about; none where these are too many, or
    nobody known. `waits`: the journal knows that it waits, so that nothing is written of it again.
    """

    transaction: Transaction
    reason: str
    candidates: tuple[str, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    waits: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """What the journal keeps of money that waits to be matched: the fields of its `payment.unmatched`."""
        one = self.transaction
        said = {
            "payer": one.payer,
            "text": " ".join((*one.references, one.text)).strip(),
            "reason": self.reason,
            "candidates": self.candidates,
        }
        known = {name: value for name, value in said.items() if value} | ({"back": True} if one.reversal else {})
        return {"amount": one.amount, "currency": one.currency, "reference": one.mark} | one.came_to | known

    @property
    def rows(self) -> tuple[Found, ...]:
        """The events it becomes: money that waits, with each debtor whose it may be. None where it is nobody's who is known, or went back."""
        one = self.transaction
        if self.waits or one.reversal:
            return ()
        common = {"on": one.on, "event": "payment.unmatched", **self.told}
        return tuple(
            Found("events", Cells(one.file, one.line, {**common, "creditor": creditor, "debtor": debtor}, one.shown))
            for creditor, debtor in self.owners
        )


@dataclass(slots=True)
class RuleAnswer:
    """What a rule says."""

    parts: list[tuple[Claim, Decimal]]
    confidence: int
    why: str


def event_rows(one: Transaction, kind: str, parts: list[tuple[Claim, Decimal]]) -> tuple[Found, ...]:
    """Return the rows of the table `events` that a transaction becomes: one of this kind for each invoice and its share."""
    return tuple(
        Found(
            "events",
            Cells(
                one.file,
                one.line,
                {
                    "on": one.on, "event": kind, "creditor": claim.creditor, "debtor": claim.debtor, "invoice": claim.invoice.id,
                    "amount": amount, "reference": one.mark, **one.came_to,
                },
                one.shown,
            ),
        )
        for claim, amount in parts
    )  # fmt: skip
