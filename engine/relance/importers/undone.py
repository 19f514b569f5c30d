"""Which payment came back: an unpaid direct debit or cheque, a reversal. By the bank's or the payer's reference; else by who and what it names.

The amount is always the whole of the payment. What could be two payments of different invoices is nobody's to guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from relance.importers.match_answers import Claim, RuleAnswer
from relance.sentences import sentence
from relance.statements.transaction import Transaction

Parts = list[tuple[Claim, Decimal]]


def _tokens(mark: str) -> set[str]:
    """Return the references in a mark: the bank's, without the number that tells it from others of the same, and the payer's."""
    return {part.partition("#")[0].partition("@")[0] for part in mark.split()[1:]}


@dataclass(slots=True)
class PaidByBank:
    """The payments that a bank told, by mark: on which day, and what each paid. One that came back is let go of."""

    parts: dict[str, Parts] = field(default_factory=lambda: defaultdict(list))
    on: dict[str, date] = field(default_factory=dict)

    def remember(self, mark: str, on: date, claim: Claim, amount: Decimal) -> None:
        """Keep what a payment paid."""
        self.parts[mark].append((claim, amount))
        self.on[mark] = on

    def forget(self, mark: str, invoice: str | None, amount: Decimal) -> None:
        """Let go of what was undone (by the mark of what undid it): what comes back later undoes another payment."""
        paid = [one for one, parts in self.parts.items() if any((claim.invoice.id, part) == (invoice, amount) for claim, part in parts)]
        if paid:
            first = max(paid, key=lambda one: (bool(_tokens(one) & _tokens(mark)), self.on[one]))
            gone = next(each for each in self.parts[first] if (each[0].invoice.id, each[1]) == (invoice, amount))
            self.parts[first].remove(gone)

    def undone(self, one: Transaction, payers: set[tuple[str, str]], named: set[tuple[str, str]]) -> RuleAnswer | tuple[str, ...]:
        """Return the payment that a transaction undoes, which is let go of; else the invoices of those that it may be, and none where it is none known."""
        whole = [mark for mark, parts in self.parts.items() if self.on[mark] <= one.on and _is_whole(parts, one)]
        asked = {one.end_to_end, one.reference.partition("#")[0]} - {""}
        told = [mark for mark in whole if _tokens(mark) & asked]
        if told:
            return self._last(told, 100, sentence("undoes the payment of the same reference")) or self._names(told)
        near = [mark for mark in whole if _is_of(self.parts[mark], payers, named)]
        return (self._last(near, 90, sentence("undoes the payment of that sum by the same debtor")) if near else None) or self._names(near)

    def _last(self, marks: Iterable[str], confidence: int, why: str) -> RuleAnswer | None:
        """Return the latest of payments that paid the same; None where they paid different things."""
        marks = sorted(marks, key=lambda mark: self.on[mark])
        if len({frozenset((claim.creditor, claim.invoice.id, amount) for claim, amount in self.parts[mark]) for mark in marks}) > 1:
            return None
        return RuleAnswer(self.parts.pop(marks[-1]), confidence, why)

    def _names(self, marks: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(claim.invoice.id for mark in marks for claim, _ in self.parts[mark]))


def _is_whole(parts: Parts, one: Transaction) -> bool:
    """Say whether a payment is what came back, by its sum and currency."""
    return bool(parts) and sum(amount for _, amount in parts) == one.amount and {claim.invoice.currency for claim, _ in parts} == {one.currency}


def _is_of(parts: Parts, payers: set[tuple[str, str]], named: set[tuple[str, str]]) -> bool:
    """Say whether a payment is of one of the payers, or of an invoice named, and nothing speaks against it."""
    owners = {(claim.creditor, claim.debtor) for claim, _ in parts}
    invoices = {(claim.creditor, claim.invoice.id) for claim, _ in parts}
    if (payers and not owners & payers) or (named and not invoices & named):
        return False
    return bool(payers or named)
