"""What an agency received for a creditor and has to remit to him within a month (R124-6): each payment, by when, and whether it was.

A payment was remitted when its task (`duty.remit`) was recorded as done. What was paid to the creditor himself (`method: direct`), or went
back, is none of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.interpreter.action_id import action_id
from relance.interpreter.action_state import DUTY, acts
from relance.law.duties import duties, not_reversed
from relance.model import Facts

_REMIT = "remit"


class Remittance(NamedTuple):
    """A payment that is the creditor's: its day, invoice and sum, the last day to remit it, and the day on which it was."""

    received: date
    invoice: str | None
    amount: Decimal
    by: date | None
    done: date | None


def remittances(facts: Facts, last: date) -> Iterator[Remittance]:
    """Yield what was received for the creditor up to a day and has stayed, in the order of days; nothing where he gave no mandate."""
    mandate = facts.creditor.mandate
    if mandate is None:
        return
    done = {act.id: act.executed for act in acts(facts.events, last)}
    kept = tuple(event for event in not_reversed(facts.events, last) if event.kind == "payment.received" and event.on >= mandate)
    seen: Counter[tuple[object, ...]] = Counter()
    for day in sorted({event.on for event in kept}):
        own = [event for event in kept if event.on == day and event.data.get("method") != "direct"]
        owed = [duty for duty in duties(replace(facts, events=tuple(own)), day, collector="agency") if duty.name == _REMIT]
        for event, duty in zip(own, owed, strict=True):
            name = (facts.creditor.id, facts.debtor.id, DUTY + duty.name, duty.invoice, duty.on)
            seen[name] += 1
            yield Remittance(event.on, event.invoice, event.data["amount"], duty.by, done.get(action_id(*name, seen[name])))
