"""Matching by letter (lettrage): which payment, credit note or loss of a customer settles which of the invoices.

A letter is held until what it joins adds up to nothing, then given out and forgotten; what has no letter goes to the
customer's account, where it pays the oldest invoice first. Knows no file format.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from relance.importers.movements import Found, Kind, Movement, event_row, invoice_row


class Groups:
    """The letters that are still open, by customer."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.open: dict[tuple[str, str], list[Movement]] = {}
        self.sums: dict[tuple[str, str], int] = {}
        self.latest = date.min

    def add(self, one: Movement) -> Iterator[Found]:
        """Take a movement, and yield what can be said for good."""
        self.latest = max(self.latest, one.booked)
        if not one.letter:
            yield from self._give([one])
            return
        key = (one.debtor, one.letter)
        group = self.open.setdefault(key, [])
        group.append(one)
        self.sums[key] = self.sums.get(key, 0) + one.cents
        if not self.sums[key]:
            del self.open[key], self.sums[key]
            yield from self._give(group, settled=True)

    def close(self) -> Iterator[Found]:
        """Yield what is left at the end of the file: letters whose other half stands in another year's file, or in none."""
        for group in self.open.values():
            after = max((each.lettered for each in group if each.lettered), default=date.min)
            yield from self._give(group, rest_on=after if after > self.latest else None)
        self.open.clear()
        self.sums.clear()

    def _give(self, group: list[Movement], *, settled: bool = False, rest_on: date | None = None) -> Iterator[Found]:
        """Yield the invoices of a group, then what happened to each.

        `settled`: the group adds up to nothing, so that an invoice in another currency than what paid it is paid as well.
        `rest_on`: what is left was matched on that day, by entries that are not in this file.
        """
        invoices = sorted((one for one in group if one.kind is Kind.INVOICE), key=lambda one: (one.on, one.piece))
        for one in invoices:
            yield invoice_row(self.file, one)
        left = [one.amount for one in invoices]
        movements = sorted((one for one in group if one.kind is not Kind.INVOICE), key=lambda one: (one.on, one.line))
        for one in movements:
            yield from self._spread(one, invoices, left)
        last = movements[-1] if movements else None
        for place, one in enumerate(invoices):
            if not left[place]:
                continue
            if settled and last is not None and last.currency != one.currency:
                yield event_row(self.file, last._replace(kind=Kind.PAYMENT), left[place], one.currency, one.piece)
            elif rest_on is not None:
                paid = one._replace(kind=Kind.PAYMENT, on=rest_on, reference=f"lettrage {one.letter}")
                yield event_row(self.file, paid, left[place], one.currency, one.piece)

    def _spread(self, one: Movement, invoices: list[Movement], left: list[Decimal]) -> Iterator[Found]:
        """Give a movement to the invoices of its group, oldest first; a reversal takes back from the youngest paid one."""
        rest = one.amount
        places = range(len(invoices))
        for place in reversed(places) if one.kind is Kind.REVERSAL else places:
            if invoices[place].currency != one.currency:
                continue
            room = invoices[place].amount - left[place] if one.kind is Kind.REVERSAL else left[place]
            part = min(rest, room)
            if part <= 0:
                continue
            left[place] += part if one.kind is Kind.REVERSAL else -part
            rest -= part
            yield event_row(self.file, one, part, one.currency, invoices[place].piece)
        others = any(invoice.currency != one.currency for invoice in invoices)
        if rest and not (others and not any(invoice.currency == one.currency for invoice in invoices)):
            yield event_row(self.file, one, rest, one.currency, None)
