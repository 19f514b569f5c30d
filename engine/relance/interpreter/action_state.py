"""What the ladder already did: action events folded into one `ActionState` each, and acts into steps done, open, failed, in draft.

A message that relance sends is executed on the day it left; one that another system of the house sends, and a hand-over, on the
day it was emitted or approved; a call or task on the day somebody recorded it. A failure or a withdrawal undoes that
(docs/language.md 4, Execution).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from relance.interpreter.action_id import reference_of
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, POSTED_CHANNELS, Channel, ContactDay, Event, Sender

#: What the step of a duty's action begins with; a duty is no step of the ladder.
DUTY = "duty."


@dataclass(frozen=True, slots=True)
class ActionState:
    """One action and what became of it. `executed` is the day it counts as done; `skipped` the day a person passed over it."""

    id: str
    playbook: str
    step: str
    occurrence: int
    channel: Channel
    case: str
    carrier: str
    on: date
    draft: bool
    executed: date | None
    failed: bool = False
    cancelled: bool = False
    skipped: date | None = None
    approved: date | None = None
    kind: str = ""  # the kind of step it came from, where the journal says
    message: str = ""  # the message that carried it, where it is not its own
    reference: str = ""  # what its debtor was told to quote
    invoices: tuple[str, ...] = ()  # what it was about, where the journal says
    claimed: Mapping[str, Any] = field(default_factory=dict)  # what it asked on the day it was made, as the journal has it
    capacity: str = ""  # of whom it was addressed to, where that was not the debtor alone (`law.recipients`)
    offer: Mapping[str, Any] = field(default_factory=dict)  # what it offered, as the journal has it
    deadline: date | None = None  # the last day that its text names
    sent_by: Sender | None = None  # None: the journal does not say, and emission stands for sending

    @property
    def waits(self) -> bool:
        """A draft on which nobody has said a word."""
        return self.draft and self.approved is None and not (self.failed or self.cancelled or self.skipped)

    @property
    def posted(self) -> bool:
        """Whether relance itself sends it, so that it has left only when that is written down."""
        return self.sent_by is Sender.RELANCE and self.channel in POSTED_CHANNELS

    @property
    def pending(self) -> bool:
        """A message that is to leave and has not: emitted or approved, and no word yet that it was sent."""
        free = not self.draft or self.approved is not None
        return self.posted and free and self.executed is None and not (self.failed or self.cancelled or self.skipped)

    @property
    def since(self) -> date:
        """The day from which it could leave: of its approval, or of its emission."""
        return self.approved or self.on

    @property
    def moved(self) -> date:
        """The day on which it moved its case: skipped, sent or approved; a call or task, and what has not left, when it was emitted."""
        counts = self.draft or self.channel not in MANUAL_CHANNELS
        return self.skipped or (self.executed if counts else None) or self.on

    @property
    def open(self) -> bool:
        """A call or task that is out and that nobody has recorded."""
        asked = self.channel in MANUAL_CHANNELS and (not self.draft or self.approved is not None)
        return asked and self.executed is None and not (self.failed or self.cancelled or self.skipped)

    @property
    def contact(self) -> date | None:
        """The day the debtor was written to or called by this action."""
        return self.executed if self.channel in CONTACT_CHANNELS else None


def contact_days(made: Iterable[ActionState], on: date) -> set[ContactDay]:
    """Return the days on which the debtor was contacted; a message that is to leave does so today at the earliest, and takes that room."""
    days = ((act.contact or (on if act.pending and act.channel in CONTACT_CHANNELS else None), act.channel) for act in made)
    return {ContactDay(day, channel) for day, channel in days if day is not None}


def in_order(contacts: Iterable[ContactDay]) -> tuple[ContactDay, ...]:
    """Put contacts in the order of their days, each once."""
    return tuple(sorted(set(contacts), key=lambda each: (each.on, each.channel or "")))


def acts(events: Iterable[Event], on: date) -> tuple[ActionState, ...]:
    """Fold the action events up to a day. A word about an action names its id, or its step and perhaps channel and invoice."""
    found: dict[str, ActionState] = {}
    for event in events:
        if event.on <= on and event.kind.startswith("action."):
            apply_event(found, event)
    return tuple(found.values())


def apply_event(found: dict[str, ActionState], event: Event) -> tuple[str, ...]:
    """Take one more action event into what is known of a debtor's actions, by id; return the ids of those it is a word about.

    The one reading of such a word: the ladder and the outbox both ask it.
    """
    verb = event.kind.removeprefix("action.")
    if verb == "emitted":
        act = _emitted(event)
        found[act.id] = act
        return (act.id,)
    name = event.data.get("id")
    meant = [act for act in found.values() if _named(event, act)] if name is None else [found[name]] if name in found else []
    for act in meant:
        found[act.id] = _after(act, verb, event)
    if verb == "skipped" and not meant and "step" in event.data:
        act = replace(_emitted(event), draft=False, executed=None, skipped=event.on)
        found[act.id] = act
    return tuple(act.id for act in meant)


def _named(event: Event, act: ActionState) -> bool:
    """Say whether a word that names no id is about an action: the still undecided one of that step, channel and case."""
    data = event.data
    named = act.step == data.get("step") and data.get("playbook", act.playbook) in (act.playbook, "")
    named = named and data.get("channel", act.channel) == act.channel and data.get("occurrence", act.occurrence) == act.occurrence
    about = event.invoice is None or event.invoice in (act.carrier, act.case)
    undecided = act.waits or act.open or act.pending or event.kind in ("action.failed", "action.cancelled")
    return bool(named and about and undecided)


def _emitted(event: Event) -> ActionState:
    data = event.data
    channel, draft = Channel(data.get("channel", Channel.TASK)), bool(data.get("draft"))
    sent_by = Sender(data["sent_by"]) if data.get("sent_by") else None
    posted = sent_by is Sender.RELANCE and channel in POSTED_CHANNELS
    automatic = not draft and not posted and channel not in MANUAL_CHANNELS
    case = data.get("case") or event.invoice or ""
    playbook, occurrence = data.get("playbook", ""), data.get("occurrence", 1)
    name = data.get("id") or f"{playbook}/{data['step']}/{occurrence}/{case}/{channel}/{event.on}"
    return ActionState(
        id=name,
        playbook=playbook,
        step=data["step"],
        occurrence=occurrence,
        channel=channel,
        case=case,
        carrier=data.get("carrier") or event.invoice or case,
        on=event.on,
        draft=draft,
        executed=event.on if automatic else None,
        kind=data.get("kind", ""),
        message=data.get("message") or "",
        reference=data.get("reference") or reference_of(data.get("message") or name),
        invoices=tuple(data.get("invoices") or ()),
        claimed=data.get("claimed") or {},
        capacity=data.get("capacity") or "",
        offer=data.get("offer") or {},
        deadline=data.get("deadline"),
        sent_by=sent_by,
    )


def _after(act: ActionState, verb: str, event: Event) -> ActionState:
    """Return an action as it stands after one more word about it."""
    on = event.on
    match verb:
        case "approved":
            stands = act.channel not in MANUAL_CHANNELS and not act.posted  # approval stands for sending
            return replace(act, approved=on, executed=on if stands else act.executed, deadline=event.data.get("deadline") or act.deadline)
        case "executed":
            return replace(act, executed=act.executed or on, failed=False)
        case "failed":
            return replace(act, executed=None, failed=True)
        case "cancelled":
            return replace(act, executed=None, cancelled=True)
        case "skipped":
            return replace(act, executed=None, skipped=on)
        case _:
            return act
