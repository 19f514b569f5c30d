"""What a step leaves in the journal when it is carried out: the line of each action, and what stands for "it left" on its day.

Timelines and whoever embeds the interpreter append these to what is known; a journal writes the first with all that a document needs
(`journal.reading.emitted`). Pure.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from relance.model import CLAIMED_PARTS, MANUAL_CHANNELS, Action, Charge, Claimed, Event

#: Events of a day that the ladder itself causes come after those it was told.
OWN_SEQ = 1_000_000


def happened(action: Action, said: AbstractSet[str] = frozenset()) -> tuple[Event, ...]:
    """Return what follows from an action that is taken as carried out on its day: emitted, approved, executed.

    `said` names the steps of which somebody else tells what came of them: those are emitted alone.
    """
    emitted = emission(action)
    events = [emitted]
    if action.step not in said:
        if action.draft:
            events.append(replace(emitted, kind="action.approved", seq=OWN_SEQ + 1, data={"id": action.id}))
        if action.channel in MANUAL_CHANNELS:
            events.append(replace(emitted, kind="action.executed", seq=OWN_SEQ + 2, data={"id": action.id}))
    return tuple(events)


def emission(action: Action) -> Event:
    """Return the journal's line for an action."""
    data = {
        "id": action.id,
        "playbook": action.playbook,
        "step": action.step,
        "occurrence": action.occurrence,
        "channel": action.channel,
        "case": action.case,
        "carrier": action.carrier,
        "invoices": action.invoices,
        "claimed": _sums(action.claimed),
        "draft": action.draft,
        "message": action.message,
        "deadline": action.deadline,
        "kind": action.kind,
    }
    return Event(action.on, "action.emitted", action.carrier, None, OWN_SEQ, data)


def _sums(claimed: Claimed) -> dict[str, Any]:
    """Write the sums of an action, in all and invoice by invoice, as a journal has them."""
    parts: dict[str, Any] = {part: format(getattr(claimed, part), "f") for part in (*Charge, "principal", "total")}
    parts["invoices"] = [{"invoice": each.invoice} | {part: format(getattr(each, part), "f") for part in CLAIMED_PARTS} for each in claimed.invoices]
    return parts
