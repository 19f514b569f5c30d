"""What a person says of a call or a task: how it went, when and with whom, and what follows from it.

Owns the outcomes there are and the events each becomes. A call that reached nobody stays open: it is tried again until somebody says
that it is done. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from relance.delivery.outbox import ACTION_EVENTS
from relance.delivery.worklist import open_manual
from relance.interpreter.action_id import reference_of
from relance.journal.event_types import KINDS
from relance.journal.journal import Journal
from relance.model import Action, Channel, Event
from relance.portfolio.explain import Target

#: Outcome of a call → what it says, and whether the call is done with it.
OUTCOMES: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "reached": ("reached", True),
        "promise": ("reached, promised to pay", True),
        "dispute": ("reached, disputes the claim", True),
        "refused": ("reached, refuses to pay", True),
        "message": ("left a message to call back", True),
        "no_answer": ("no answer", False),
        "wrong_number": ("wrong number", True),
    }
)
#: Outcome → the word of the language that says what came of the call, where the language has it.
_WORDS = {"reached": "reached", "promise": "reached", "dispute": "reached", "refused": "refused", "no_answer": "no_answer", "wrong_number": "wrong_number"}


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call went: the outcome, the hour, with whom, in words; what was promised, or what is disputed."""

    outcome: str
    on: date
    hour: str = ""
    person: str = ""
    note: str = ""
    amount: Decimal | None = None
    by: date | None = None

    def mistake(self) -> str | None:
        """Say what is missing or too much, or None."""
        if self.outcome == "promise" and (self.amount is None or self.by is None):
            return "a promise has an amount and a day: --amount 200.00 --by 2026-03-20"
        if self.outcome != "promise" and (self.amount or self.by):
            return "--amount and --by belong to --outcome promise"
        if self.outcome == "dispute" and not self.note:
            return "say what is disputed: --note TEXT"
        return None


def open_for(journal: Journal, target: Target) -> list[Action]:
    """Return the open calls of a case, the latest last."""
    found = open_manual(journal.entries(creditor=target.creditor, debtor=target.debtor, kinds=ACTION_EVENTS))
    names = {target.invoice, f"{target.debtor}/{target.currency}"} - {None}
    about = [each for each in found if (target.invoice is None and target.currency is None) or names & {each.carrier, each.case, *each.invoices}]
    return [each for each in about if each.channel is Channel.CALL]


def open_named(journal: Journal, name: str) -> list[Action]:
    """Return the open calls and tasks that a name means: an id, its first characters (four at least), or the sheet's reference."""
    found = open_manual(journal.entries(kinds=ACTION_EVENTS))
    exact = [each for each in found if name in (each.id, reference_of(each.message or each.id))]
    return exact or [each for each in found if len(name) >= 4 and each.id.startswith(name)]


def call_events(call: Action, said: CallOutcome) -> list[Event]:
    """Return what a call's outcome becomes in the journal: the word about the call, then what follows from it."""
    words, done = OUTCOMES[said.outcome]
    about = call.carrier or None
    data: dict[str, Any] = {"id": call.id, "hour": said.hour or None, "person": said.person or None, "note": said.note or None}
    if done:
        events = [Event(said.on, "action.executed", about, data={**data, "outcome": words})]
    else:
        details = {name: value for name, value in {"outcome": words, "hour": said.hour, "person": said.person}.items() if value}
        events = [Event(said.on, "action.attempted", about, data={"id": call.id, "details": details, "note": said.note or None})]
    word = f"call.{_WORDS.get(said.outcome)}"
    if word in KINDS:
        events.append(Event(said.on, word, about, data={"id": call.id}))
    if said.outcome == "promise":
        events.append(Event(said.on, "promise.made", about, data={"amount": said.amount, "by": said.by}))
    if said.outcome == "dispute":
        events.append(Event(said.on, "dispute.opened", about, data={"reason": said.note}))
    return events
