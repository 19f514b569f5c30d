"""Money of a debtor that names no invoice, against lists' columns that say what was paid on each: one is the same as the other, cent by cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.importers.rows import STATES_OPEN, UNNAMED, StatedSum, until
from relance.interpreter.balance import MOVEMENTS, sole_currency
from relance.model import Facts


@dataclass(slots=True)
class _Unnamed:
    """A payment or credit note that names no invoice, less what was told again of it."""

    on: date
    amount: Decimal
    credit: bool


class UnnamedMoney:
    """What the journal knows of one debtor's money, in one currency, that names no invoice of his, and no column has told of yet."""

    def __init__(self, facts: Facts, currency: str) -> None:
        named = {name for one in facts.invoices for name in (one.id, one.document) if name}
        self.left: list[_Unnamed] = []
        self.told: dict[str, Decimal] = {}  # by invoice, of rows read now
        for event in facts.events:
            if event.kind in MOVEMENTS and event.invoice not in named and (event.currency or sole_currency(facts.invoices)) == currency:
                if event.kind == "payment.reversed":
                    self._take(event.data["amount"], event.on, notes=False)
                else:
                    self.left.append(_Unnamed(event.on, event.data["amount"], event.kind == "credit_note.issued"))
        for invoice in facts.invoices:
            moved = [event for event in facts.events if event.invoice in {invoice.id, invoice.document} - {""}]
            back = sum((-MOVEMENTS[event.kind] * event.data["amount"] for event in moved if event.kind in ("payment.received", "payment.reversed")), Decimal(0))
            if back > 0 and invoice.currency == currency:  # more came back by its name than was paid by it
                self._take(back, date.max, notes=False)
        for event in facts.events:
            if event.kind == "payment.reconciled" and event.data["with"] == UNNAMED and event.invoice in named:
                by = until(str(event.data["reference"]), event.on)
                self._take(event.data["amount"], by, notes=STATES_OPEN in event.data["reference"])

    def _take(self, amount: Decimal, by: date, *, notes: bool) -> Decimal:
        """Take so much of what there was by a day: the one movement of that sum on that day, else whole ones, the latest first; return how much was there."""
        there = sorted((one for one in self.left if one.amount and one.on <= by and (notes or not one.credit)), key=lambda one: (one.amount == amount and by in (one.on, date.max), one.on), reverse=True)
        taken = Decimal(0)
        for whole in (True, False):
            for one in there:
                part = min(one.amount, amount - taken)
                if part == one.amount or not whole:
                    one.amount -= part
                    taken += part
        return taken

    def take(self, amount: Decimal, by: date) -> Decimal:
        """Take a payment's sum by a day out of the money that names no invoice, all of it or nothing; return how much was there."""
        if sum((one.amount for one in self.left if one.on <= by and not one.credit), Decimal(0)) < amount:
            return Decimal(0)
        return self._take(amount, by, notes=False)

    def explains(self, invoice: str, stated: StatedSum) -> Decimal:
        """Return how much of what a row states is money that is known already; the same row again says the same."""
        if invoice not in self.told:
            self.told[invoice] = self._take(stated.amount, stated.until, notes=stated.is_open)
        return self.told[invoice]
