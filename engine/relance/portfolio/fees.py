"""What a collector earns in a period: so much a case once a message has left, and a share of the money that comes after it (`price`).

Money of a payment that goes back takes its share back. Each case is billed by the playbook that last wrote about it. Without tax; never charged to the debtor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.currencies import rounded
from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.balance import balances
from relance.model import CONTACT_CHANNELS, Facts, Invoice, Price, Tier
from relance.portfolio.metrics import is_about

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Fee:
    """What is billed to a creditor under a playbook in a currency: cases begun and their price, money received and the share of it. `vat` is in percent."""

    creditor: str
    playbook: str
    currency: str
    vat: Decimal
    cases: int = 0
    for_cases: Decimal = ZERO
    received: Decimal = ZERO
    for_success: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """The sum without tax."""
        return self.for_cases + self.for_success

    @property
    def tax(self) -> Decimal:
        """The tax on it."""
        return rounded(self.total * self.vat / 100, self.currency)


class _Key(NamedTuple):
    creditor: str
    playbook: str
    currency: str
    vat: Decimal


def share_of(money: Decimal, tiers: Sequence[Tier], currency: str) -> Decimal:
    """Return the share of all the money received of an invoice: each tier of the part up to its sum, rounded once."""
    share, under = ZERO, ZERO
    for tier in tiers:
        top = money if tier.up_to is None else min(money, tier.up_to)
        share += max(top - under, ZERO) * tier.percent / 100
        under = max(under, top)
    return rounded(share, currency)


def fees(portfolio: Iterable[Facts], price_of: Callable[[str, str], Price | None], start: date, end: date) -> tuple[Fee, ...]:
    """Sum what is billed from `start` to `end`, both included. `price_of` gives the price for a creditor under a playbook."""
    cases: defaultdict[_Key, int] = defaultdict(int)
    sums: defaultdict[_Key, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for facts in portfolio:
        done = [act for act in acts(facts.events, end) if act.executed is not None and not act.skipped and act.channel in CONTACT_CHANNELS]
        paid = balances(facts, end).paid
        begun: set[str] = set()  # cases: an account is one, whatever the number of its invoices
        for invoice in facts.invoices:
            mine = sorted((act for act in done if is_about(act, invoice)), key=_left_on)
            price = price_of(facts.creditor.id, mine[-1].playbook) if mine else None
            if price is None:
                continue
            key = _Key(facts.creditor.id, mine[-1].playbook, invoice.currency, price.vat)
            first = _left_on(mine[0])
            if price.amount is not None and price.currency == invoice.currency and start <= first <= end and mine[0].case not in begun:
                begun.add(mine[0].case)
                cases[key] += 1
                sums[key][0] += price.amount
            _share(invoice, paid[invoice.id], price, first, start, sums[key])
    return tuple(Fee(*key, cases[key], *sums[key]) for key in sorted(sums) if cases[key] or any(sums[key]))


def _left_on(act: ActionState) -> date:
    assert act.executed is not None
    return act.executed


def _share(invoice: Invoice, paid: Iterable[tuple[date, Decimal, bool]], price: Price, first: date, start: date, into: list[Decimal]) -> None:
    """Add the share of what came in the period: of all there is by its end, less that of all there was before it."""
    before = sum((amount for on, amount, credit in paid if not credit and first < on < start), ZERO)
    whole = sum((amount for on, amount, credit in paid if not credit and on > first), ZERO)
    into[1] += whole - before
    into[2] += share_of(whole, price.success, invoice.currency) - share_of(before, price.success, invoice.currency)
