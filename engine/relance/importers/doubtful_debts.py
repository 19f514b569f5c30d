"""Doubtful debts (account 416) of the books: whose they are, and that moving a debt there changes nothing of what is owed.

A debt is moved from 411 to 416 when its payment is in doubt; it stays owed until it is paid, or lost (654). Products keep the customer's own
number there, or a number of its own, or one account for all: who it was says the entry that moved it. Refuses to know the columns of a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from relance.importers.movements import BookedLine

ACCOUNT = "416"
_OWED = "411"


def customers_accounts(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the accounts of customers that a mapping gives, with those of their doubtful debts."""
    return (*given, ACCOUNT) if any(one.startswith(_OWED) or _OWED.startswith(one) for one in given) else given


def is_doubtful(one: BookedLine) -> bool:
    """Say whether a line is on an account of doubtful debts."""
    return one.number.startswith(ACCOUNT)


def moved_there(entry: Sequence[BookedLine]) -> Iterator[str]:
    """Yield the customers of whom an entry says only that so much of their debt is doubtful, or is not doubtful any more."""
    for customer in dict.fromkeys(one.account for one in entry):
        theirs = [one for one in entry if one.account == customer]
        if not sum(one.cents for one in theirs) and len({is_doubtful(one) for one in theirs}) == 2:
            yield customer


@dataclass(slots=True)
class DoubtfulDebts:
    """Whose doubtful debts are, as the entries told that moved them: by the account, and by account and piece."""

    by_account: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_piece: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    customers: set[str] = field(default_factory=set)

    def named(self, entry: Sequence[BookedLine]) -> list[BookedLine]:
        """Return the lines of an entry with the customer of each; "" for the doubtful debt of somebody who was not told."""
        owed = [one for one in entry if not is_doubtful(one)]
        self.customers.update(one.account for one in owed)
        if len(owed) == len(entry):
            return list(entry)
        found = []
        for one in entry:
            if not is_doubtful(one):
                found.append(one)
                continue
            customer = self._customer(one, owed, entry)
            if customer:
                self.by_account[one.account].add(customer)
                self.by_piece[one.account, one.piece].add(customer)
            found.append(one if customer == one.account else one._replace(account=customer, name=""))
        return found

    def _customer(self, one: BookedLine, owed: Sequence[BookedLine], entry: Sequence[BookedLine]) -> str:
        """Return whose a doubtful debt is: by the entry that moves it, by those before, or by a number that is a customer's own."""
        across = [each for each in owed if each.cents == -one.cents]
        moved = {each.account for each in across if each.piece == one.piece} or {each.account for each in across}
        if not moved and not sum(each.cents for each in entry):
            moved = {each.account for each in owed}
        if one.account in moved or one.account in self.customers:
            return one.account
        for told in (moved, self.by_piece.get((one.account, one.piece), set()), self.by_account.get(one.account, set())):
            if len(told) == 1:
                return next(iter(told))
        if (own := _OWED + one.account.removeprefix(ACCOUNT)) in self.customers:
            return own
        for_all = one.account == one.number and not one.account.removeprefix(ACCOUNT).strip("0")
        return "" if for_all or self.by_account.get(one.account) else one.account
