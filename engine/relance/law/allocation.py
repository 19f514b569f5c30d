"""Which debts a payment settles: those the payer named, or else by the order of C. civ. 1342-10.

Refuses to know how interest and principal of one debt share it: that is `claims`' (C. civ. 1343-1).
Why so, and what was refused: docs/decisions/020.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from relance.law.interest import CENT, ZERO


class Debt(NamedTuple):
    """A debt as a payment finds it: what is open of it, and the yearly rate it bears in percent (what makes it the dearer one)."""

    id: str
    due: date
    open: Decimal
    rate: Decimal = ZERO


class Share(NamedTuple):
    """What of a payment goes to a debt."""

    id: str
    amount: Decimal


def allocate(
    amount: Decimal, debts: Sequence[Debt], on: date, *, named: Sequence[str] = (), quantum: Decimal = CENT
) -> tuple[tuple[Share, ...], Decimal]:
    """Share a payment of `on` among debts; return the shares, in the order they were served, and what is left over.

    First the debts the payer named, in his order. Then those that are due before those that are not; among them the one the
    debtor has most interest in paying (the highest rate), then the oldest; all equal, in proportion, to the `quantum`.
    """
    shares: list[Share] = []
    left = amount
    first = {name: debt for name in dict.fromkeys(named) for debt in debts if debt.id == name}
    for debt in first.values():
        left = _serve((debt,), left, quantum, shares)
    ranked = sorted((((debt.due > on, -debt.rate, debt.due), place) for place, debt in enumerate(debts) if debt.id not in first))
    for _, group in groupby(ranked, key=itemgetter(0)):
        if left <= 0:
            break
        left = _serve([debts[place] for _, place in group], left, quantum, shares)
    return tuple(shares), left


def _serve(debts: Sequence[Debt], left: Decimal, quantum: Decimal, shares: list[Share]) -> Decimal:
    """Serve debts of one rank alike: in full where it suffices, else in proportion, the odd cents to the first ones."""
    whole = sum((max(debt.open, ZERO) for debt in debts), ZERO)
    given = min(left, whole)
    if given <= 0:
        return left
    opens = [max(debt.open, ZERO) for debt in debts]
    parts = [(each * given / whole).quantize(quantum, ROUND_DOWN) for each in opens] if given < whole and len(opens) > 1 else list(opens)
    for number, open_ in enumerate(opens):
        parts[number] += min(given - sum(parts, ZERO), open_ - parts[number])
    shares.extend(Share(debt.id, part) for debt, part in zip(debts, parts, strict=True) if part)
    return left - given
