"""What a step leaves in the journal when it is carried out: the line of each action, and what stands for "it left" on its day.

Timelines, forecasts and whoever embeds the interpreter append these to what is known; a journal writes the same line. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from relance.interpreter.action_id import file_reference
from relance.interpreter.action_state import ActionState
from relance.interpreter.offers import as_data
from relance.model import (
    CLAIMED_PARTS,
    MANUAL_CHANNELS,
    POSTED_CHANNELS,
    SELDOM,
    Action,
    Approvers,
    Charge,
    Claimed,
    Event,
    InvoiceClaimed,
    Segment,
    Sender,
    Served,
)

#: Events of a day that the ladder itself causes come after those it was told; a journal has fewer than that.
OWN_SEQ = 2**35
#: What is kept of a movement on an invoice a message asked; nothing stands for what is nought.
SERVED_FIELDS = ("on", "amount", "credit_note", "principal", "interest", "fixed_indemnity", "contractual_penalty", "complementary_indemnity")
_SEGMENT_FIELDS = ("invoice", "start", "end", "days", "rate", "base", "interest")


def happened(action: Action, said: AbstractSet[str] = frozenset()) -> tuple[Event, ...]:
    """Return what follows from an action that is taken as carried out on its day: emitted, approved, executed.

    `said` names the steps of which somebody else tells what came of them: those are emitted alone.
    """
    emitted = emission(action)
    if action.step in said:
        return (emitted,)
    return (emitted, *_words(emitted, action.id, draft=action.draft, by_hand=action.channel in MANUAL_CHANNELS))


def emitted_in_vain(action: Action) -> tuple[Event, ...]:
    """Return what follows from an action whose message cannot be written: emitted, and withdrawn on the same day."""
    emitted = emission(action)
    return emitted, replace(emitted, kind="action.cancelled", seq=OWN_SEQ + 1, data={"id": action.id})


def released(act: ActionState, on: date) -> tuple[Event, ...]:
    """Return what lets an action that waits go on a day: approved, if it is a draft; sent or done, if somebody has to say so."""
    about = Event(on, "action.approved", act.carrier, None, OWN_SEQ)
    return tuple(_words(about, act.id, draft=act.waits, by_hand=act.posted or act.channel in MANUAL_CHANNELS))


def _words(about: Event, name: str, *, draft: bool, by_hand: bool) -> Iterator[Event]:
    if draft:
        yield replace(about, kind="action.approved", seq=OWN_SEQ + 1, data={"id": name})
    if by_hand:
        yield replace(about, kind="action.executed", seq=OWN_SEQ + 2, data={"id": name})


def emission(action: Action, on: date | None = None, sent_by: Sender | None = None, seq: int = OWN_SEQ) -> Event:
    """Return the `action.emitted` of an action, with all that it takes to make its document later; of a message, who sends it where that is known."""
    data = {
        "id": action.id, "playbook": action.playbook, "playbook_version": action.playbook_version, "step": action.step,
        "occurrence": action.occurrence, "kind": action.kind, "channel": action.channel, "carrier": action.carrier, "case": action.case,
        "invoices": action.invoices, "tone": action.tone, "template": action.template or None, "language": action.language or None,
        "draft": action.draft, "message": action.message or None, "deadline": action.deadline, "claimed": _sums(action.claimed),
        "reason": action.reason, "missing": action.missing, "to": action.to, "capacity": action.capacity or None,
        "offer": None if action.offer is None else as_data(action.offer), "to_role": action.to_role or None, "cc": action.cc or None,
        "reference": file_reference(action.creditor, action.debtor, action.claimed.currency), "sent_by": sent_by if action.channel in POSTED_CHANNELS else None,
        "approvers": approvers_as_data(action.approvers),
    }  # fmt: skip
    return Event(on or action.on, "action.emitted", action.carrier, None, seq, {name: value for name, value in data.items() if value is not None})


def approvers_as_data(approvers: Approvers) -> dict[str, Any] | None:
    """Write how many persons approve an action, and above what; None where one is enough."""
    return {"by": approvers.by, "above": _plain(approvers.above)} if approvers.by > 1 else None


def _sums(claimed: Claimed) -> dict[str, Any]:
    """Write the sums of an action, in all and invoice by invoice, as a journal has them: amounts and days as text."""
    found: dict[str, Any] = {"currency": claimed.currency}
    found |= {part: _plain(getattr(claimed, part)) for part in ("principal", *Charge, "total") if part not in SELDOM or getattr(claimed, part)}
    if claimed.arrears is not None:
        found["arrears"] = _plain(claimed.arrears)
    if claimed.segments:
        found["segments"] = [{name: _plain(getattr(each, name)) for name in _SEGMENT_FIELDS} for each in claimed.segments]
    if claimed.invoices:
        found["invoices"] = [_invoice(each) for each in claimed.invoices]
    return found


def _invoice(part: InvoiceClaimed) -> dict[str, Any]:
    found = {"invoice": part.invoice} | _said(part, CLAIMED_PARTS) | ({} if part.arrears is None else {"arrears": _plain(part.arrears)})
    return found | {"received": [_said(one, SERVED_FIELDS) for one in part.received]} if part.received else found


def _said(part: InvoiceClaimed | Served | Segment, names: Sequence[str]) -> dict[str, Any]:
    """Write the fields that are not nought."""
    return {name: _plain(value) for name in names if (value := getattr(part, name))}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
