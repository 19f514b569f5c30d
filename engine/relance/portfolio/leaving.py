"""A creditor who leaves: his cases are closed, what waits is taken back, and what there is to hand back to him is listed.

Owns what leaving writes into the journal: for each debtor the words the language has for it (`case.closed`, `action.cancelled`,
`action.skipped`), and the day on the creditor. What was sent or paid stays as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.balance import balances
from relance.journal.journal import Journal
from relance.model import Creditor, Event, Facts


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A claim to be handed back: what it was, what is open on it, and what was last done about it."""

    debtor: str
    name: str
    invoice: str
    due: date
    amount: Decimal
    received: Decimal
    open: Decimal
    currency: str
    last_step: str = ""
    last_on: date | None = None


def to_hand_back(known: Sequence[Facts], on: date) -> tuple[HandedBack, ...]:
    """List what is open on a day, debtor by debtor."""
    found = []
    for facts in known:
        open_ = balances(facts, on).outstanding
        made = [act for act in acts(facts.events, on) if act.contact is not None]
        for invoice in facts.invoices:
            left = open_.get(invoice.id, Decimal(0))
            if left > 0:
                about = [act for act in made if invoice.id in act.invoices or act.carrier == invoice.id]
                last = max(about, key=lambda act: act.contact or date.min, default=None)
                found.append(
                    HandedBack(
                        facts.debtor.id, facts.debtor.name or facts.debtor.id, invoice.id, invoice.due, invoice.amount, invoice.amount - left, left,
                        invoice.currency, last.step if last else "", last.contact if last else None,
                    )
                )  # fmt: skip
    return tuple(found)


def leave(journal: Journal, creditor: str, *, on: date, reason: str, actor: str) -> tuple[HandedBack, ...]:
    """Close every case of a creditor and take back what waits; return what is to be handed back. Run again, it closes what came since."""
    known = list(journal.facts(creditor))
    listed = to_hand_back(known, on)
    open_ = {each.debtor for each in listed}
    for facts in known:
        events = [_taken_back(act, on, reason) for act in acts(facts.events, on) if act.waits or act.pending or act.open]
        if facts.debtor.id in open_:
            events.append(Event(on, "case.closed", data={"reason": reason}))
        if events:
            journal.record(creditor, facts.debtor.id, events, actor=actor, keys=[f"left:{on}:{event.data.get('id', facts.debtor.id)}" for event in events])
    owner = next((facts.creditor for facts in known), Creditor(creditor))
    journal.declare(creditor, [], actor=actor, record=Creditor(creditor, terms={**owner.terms, "closed": on.isoformat()}))
    return listed


def _taken_back(act: ActionState, on: date, reason: str) -> Event:
    kind = "action.skipped" if act.open else "action.cancelled"
    return Event(on, kind, act.carrier or None, data={"id": act.id, "reason": reason})


def closed_since(creditor: Creditor) -> date | None:
    """Return since when a creditor has left, where he has."""
    text = str(creditor.terms.get("closed") or "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
