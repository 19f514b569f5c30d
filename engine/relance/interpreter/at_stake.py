"""What is at stake today in what was made on an earlier day: the sums of its own invoices, worked out anew.

What a message asked when it was made is in the journal; a payment, a dispute or another month of interest has changed it since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from relance.interpreter.arrears import asked_as
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import Action, Asks, Case, Charge, Facts, Playbook, Unit

_PLAIN = Playbook("", 0, "", (), unit=Unit.ACCOUNT)
ZERO = Decimal(0)


def at_stake(actions: Sequence[Action], facts: Facts, on: date) -> Decimal:
    """Return what some actions of one debtor would ask today: what is open and undisputed of their invoices, and beside it the charges they asked.

    Nothing where nothing of their invoices is open; what they asked where none of their invoices is known.
    """
    today = Snapshot(_PLAIN, facts, on)
    return sum((_of(action, today) for action in actions), ZERO)


def _of(action: Action, today: Snapshot) -> Decimal:
    own = tuple(invoice for invoice in today.facts.invoices if invoice.id in action.invoices and invoice.id in today.balances.outstanding)
    if not own:
        return action.claimed.total
    charges = [charge for charge in Charge if getattr(action.claimed, charge) > 0]
    asks = Asks.WHOLE if action.claimed.arrears is None else Asks.ARREARS
    now = asked_as(case_today(Case(action.case, today.facts, own, own[0].currency), today), asks, charges, action.invoices)
    return now.total if now.principal > 0 else ZERO
