"""Matching by letter (lettrage): which payment, credit note or loss of a customer settles which of the invoices.

A letter is held until what it joins adds up to nothing, then given out and forgotten. What has no letter and names a piece is
about that piece; other money goes to the customer's account, where it pays the oldest invoice first. Knows no file format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from relance.importers.movements import AccountMovement, Found, Kind, event_row, invoice_row
from relance.parsing.rejects import Reject
from relance.sentences import sentence


class Groups:
    """The letters that are still open, by customer."""

    def __init__(self, file: str, knows: Callable[[str, str], bool]) -> None:
        self.file = file
        self.knows = knows  # whether a customer has an invoice of a number that no line of this file is about
        self.open: dict[tuple[str, str], list[AccountMovement]] = {}
        self.sums: dict[tuple[str, str], int] = {}
        self.latest = date.min
        self.pieces: set[int] = set()  # the invoices of the file, by customer: a number each, as there are many

    def add(self, one: AccountMovement) -> Iterator[Found | Reject]:
        """Take a movement, and yield what can be said for good."""
        self.latest = max(self.latest, one.booked)
        if one.kind is Kind.INVOICE:
            self.pieces.update(hash((one.debtor, name)) for name in (one.piece, one.document) if name)
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

    def close(self) -> Iterator[Found | Reject]:
        """Yield what is left at the end of the file: letters whose other half stands in another year's file, or in none.

        Invoices alone that were lettered after the file ends were paid by what is in the next one. A letter that joins a payment and does not
        balance is a partial one: what it leaves stays open.
        """
        for group in self.open.values():
            after = max((each.lettered for each in group if each.lettered), default=date.min)
            paid_later = after > self.latest and all(each.kind is Kind.INVOICE for each in group) and not group[0].letter.islower()
            yield from self._give(group, rest_on=after if paid_later else None)
        self.open.clear()
        self.sums.clear()

    def _give(self, group: list[AccountMovement], *, settled: bool = False, rest_on: date | None = None) -> Iterator[Found | Reject]:
        """Yield the invoices of a group, then what happened to each.

        `settled`: the group adds up to nothing, so that an invoice in another currency than what paid it is paid as well.
        `rest_on`: what is left was matched on that day, by entries that are not in this file.
        """
        invoices = sorted((one for one in group if one.kind is Kind.INVOICE), key=lambda one: (one.on, one.due or date.max, one.piece))
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

    def _named(self, one: AccountMovement) -> str | None:
        """Return the invoice that a movement without a letter names: what bounced, was lost, or came for a doubtful debt, is about one piece."""
        words = (one.piece, *one.piece.split(), *one.label.split())
        here = next((word for word in words if hash((one.debtor, word)) in self.pieces), None)
        return here or next((word for word in filter(None, words) if self.knows(one.debtor, word)), None)

    def _spread(self, one: AccountMovement, invoices: list[AccountMovement], left: list[Decimal]) -> Iterator[Found | Reject]:
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
        if rest and not invoices and (one.kind in (Kind.REVERSAL, Kind.LOSS) or one.doubtful):
            named = self._named(one)
            if named is None and one.kind is Kind.LOSS:
                reason = sentence("a loss of {amount} that names no invoice, by a letter or by its piece: record `written_off` of the one it is about", amount=rest)
                yield Reject(self.file, one.line, reason, one.row)
            else:
                yield event_row(self.file, one, rest, one.currency, named)
            return
        others = any(invoice.currency != one.currency for invoice in invoices)
        if rest and not (others and not any(invoice.currency == one.currency for invoice in invoices)):
            yield event_row(self.file, one, rest, one.currency, None)
