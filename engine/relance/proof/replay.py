"""A history of a walk played again on the plain interpreter, day by day, from nothing but the journal's events: what a reader, a test and `relance preview` get.

What the walk says and what the interpreter says must be the same; where they are not, `DivergedError` says where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.errors import RelanceError
from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.amounts_asked import asked_in_full
from relance.interpreter.cases import cases
from relance.interpreter.debtor import look
from relance.interpreter.emission import emission
from relance.interpreter.reasons import say
from relance.interpreter.snapshot import Snapshot, case_today
from relance.model import POSTED_CHANNELS, Action, Event, Facts, Playbook, Sender
from relance.proof.walk import Move


class DivergedError(RelanceError):
    """The plain interpreter does not say what a history of the walk says: a fault of the proof, never of the playbook."""


class HistoryLine(NamedTuple):
    """A line of a history: the day, what happened (an event's kind, or what a person or the ladder did), the step, its channels, and why."""

    on: date
    what: str
    step: str
    channels: tuple[str, ...]
    reason: str
    events: tuple[Event, ...]


def replay(playbook: Playbook, facts: Facts, history: Iterable[Move]) -> Iterator[tuple[HistoryLine, Facts]]:
    """Yield each line of a history, with the facts as they are after it. Raises DivergedError."""
    paid: list[tuple[Decimal, Decimal]] = []
    for move in history:
        reason = ""
        events: tuple[Event, ...] = ()
        if move.happening is not None:
            events = _happened(playbook, facts, move, paid)
        elif move.name in ("run", "sent"):
            facts, reason, events = _ran(playbook, facts, move)
        elif move.name != "missed":
            events = tuple(_word(move, act) for act in _meant(facts, move))
            if not events:
                raise DivergedError(f"{move.on}: there is no action of {move.step} of which it could be said that it was {move.name}")
            facts = _with(facts, events)
        if move.happening is not None:
            facts = _with(facts, events)
        yield HistoryLine(move.on, move.name, move.step, tuple(move.channels), reason, events), facts


def _ran(playbook: Playbook, facts: Facts, move: Move) -> tuple[Facts, str, tuple[Event, ...]]:
    """Run a day, unless a message of the step waits already; and send what waits of it, where the move says so."""
    events: list[Event] = []
    reason = ""
    if move.name == "run" or not _meant(facts, move):
        seen = look(playbook, facts, move.on)
        steps = {action.step for action in seen.actions}
        if steps != ({move.step} if move.step else set()):
            raise DivergedError(f"{move.on}: the interpreter asks for {', '.join(sorted(steps)) or 'nothing'}, the walk for {move.step or 'nothing'}")
        reason = say(seen.seen[0].decision.reason)
        events = [_emitted(action) for action in seen.actions]
        facts = _with(facts, events)
    if move.name == "sent":
        told = [_word(move, act) for act in _meant(facts, move)]
        events, facts = [*events, *told], _with(facts, told)
    return facts, reason, tuple(events)


def _emitted(action: Action) -> Event:
    event = emission(action)
    return replace(event, data={**event.data, "sent_by": Sender.RELANCE}) if action.channel in POSTED_CHANNELS else event


#: What is said of which actions: those that wait for a person, for the post, or that are out.
_WORDS = {"approved": "approved", "cancelled": "cancelled", "withdrawn": "cancelled", "skipped": "skipped", "failed": "failed", "executed": "executed", "sent": "executed"}


def _meant(facts: Facts, move: Move) -> list[ActionState]:
    mine = [act for act in acts(facts.events, move.on) if act.step == move.step]
    match move.name:
        case "sent" | "failed":
            return [act for act in mine if act.pending]
        case "executed":
            return [act for act in mine if act.open]
        case "approved" | "cancelled":
            return [act for act in mine if act.waits]
        case "withdrawn":
            return [act for act in mine if act.pending]
        case _:
            return [act for act in mine if act.waits or act.pending or act.open]


def _word(move: Move, act: ActionState) -> Event:
    said = {"error": "refused"} if move.name == "failed" else {"reason": "as a person decided"} if move.name in ("cancelled", "withdrawn", "skipped") else {}
    return Event(move.on, f"action.{_WORDS[move.name]}", act.carrier, None, 0, {"id": act.id, **said})


def _happened(playbook: Playbook, facts: Facts, move: Move, paid: list[tuple[Decimal, Decimal]]) -> tuple[Event, ...]:
    """Return the events of a happening. Who pays all pays what is asked, with interest and indemnity; `paid` pairs the principal served with the money."""
    assert move.happening is not None
    event, amount = move.happening.event(0), move.happening.amount or Decimal(0)
    if move.name == "payment.received":
        left = facts.invoices[0].amount - sum(served for served, _ in paid)
        today = Snapshot(playbook, facts, move.on)
        money = max(asked_in_full(case_today(cases(playbook, facts)[0], today)).total, amount) if amount >= left else amount
        paid.append((amount, money))
        return (replace(event, data={**event.data, "amount": money}),)
    if move.name == "payment.reversed":
        back: list[Decimal] = []
        while paid and amount > 0:
            served, money = paid.pop()
            amount -= served
            back.append(money)
        return tuple(replace(event, data={**event.data, "amount": money}) for money in back)
    return (event,)


def _with(facts: Facts, events: Sequence[Event]) -> Facts:
    return replace(facts, events=(*facts.events, *(replace(event, seq=len(facts.events) + place) for place, event in enumerate(events))))


