"""The outbox: what the journal's action events say of each message: draft, ready, sent, failed, unclear, cancelled, skipped.

Owns the fold from events to messages and the words a person says about one. Keeps nothing of its own: an attempt is written
before a message is handed over, so that one whose outcome was never written is unclear, across crashes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from relance.journal.chain import Entry
from relance.journal.reading import SERVED_FIELDS
from relance.model import (
    CLAIMED_PARTS,
    POSTED_CHANNELS,
    Action,
    Channel,
    Claimed,
    Creditor,
    Debtor,
    Event,
    Facts,
    InvoiceClaimed,
    Segment,
    Served,
    StepKind,
    Tone,
)

ACTION_EVENTS = (
    "action.emitted", "action.approved", "action.attempted", "action.unclear", "action.executed", "action.failed", "action.cancelled",
    "action.skipped", "action.superseded",
)  # fmt: skip
#: Channels that leave through `relance send`; the others are done by a person.
POSTED = POSTED_CHANNELS


class State(StrEnum):
    """What became of a message."""

    DRAFT = "draft"
    READY = "ready"
    UNCLEAR = "unclear"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class Books(Protocol):
    """What the outbox asks of a journal (`journal.journal.Journal`)."""

    def entries(self, *, creditor: str | None = None, debtor: str | None = None, kinds: Sequence[str] = ()) -> Iterable[Entry]:
        """Read entries in the order of their chains."""

    def facts(self, creditor: str | None = None, debtor: str | None = None) -> Iterable[Facts]:
        """Fold all that is known."""

    def record(
        self, creditor: Creditor | str, debtor: Debtor | str, events: Sequence[Event] = (), *, actor: str, keys: Sequence[str | None] = ()
    ) -> Any:
        """Record events in one transaction; one whose key is known is left out."""


@dataclass(frozen=True, slots=True)
class Item:
    """One action and what was said of it. `dated` is the day it counts as executed on: emission, or approval."""

    action: Action
    state: State
    dated: date
    why: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """The actions that travel together, still alive or not. `id` is what a person names it by."""

    id: str
    creditor: str
    debtor: str
    channel: Channel
    state: State
    items: tuple[Item, ...] = field(default=(), repr=False)
    why: str = ""

    @property
    def actions(self) -> tuple[Action, ...]:
        """Return its actions, dated as they count, all drafts approved."""
        return tuple(replace(item.action, on=item.dated, draft=False) for item in self.items)

    @property
    def attempts(self) -> int:
        """Return how often it was handed over, or begun to be."""
        return max((item.attempts for item in self.items), default=0)

    @property
    def dated(self) -> date:
        """Return the day it is dated."""
        return max(item.dated for item in self.items)


def messages(entries: Iterable[Entry]) -> tuple[Message, ...]:
    """Fold entries into messages, in the order they were emitted. Calls, tasks and handovers are none."""
    items: dict[tuple[str, str], Item] = {}
    for entry in entries:
        name = str(entry.data.get("id", ""))
        if entry.kind == "action.emitted":
            if entry.debtor is not None and name and Channel(entry.data["channel"]) in POSTED:  # without an id it left before the journal
                action = action_of(entry)
                items[entry.creditor, name] = Item(action, State.DRAFT if action.draft else State.READY, entry.on)
        elif (known := items.get((entry.creditor, name))) is not None:
            items[entry.creditor, name] = _after(known, entry)
        elif not name and entry.kind in ("action.skipped", "action.cancelled"):
            _by_step(items, entry)
    return _grouped(items.values())


def _after(item: Item, entry: Entry) -> Item:
    """Return an action as it stands after one more event about it."""
    data = entry.data
    match entry.kind.removeprefix("action."):
        case "approved":
            deadline = data.get("deadline") or item.action.deadline
            dated = entry.on if item.state is State.DRAFT else item.dated
            alive = item.state in (State.DRAFT, State.UNCLEAR, State.READY, State.FAILED)
            return replace(item, state=State.READY, dated=dated, action=replace(item.action, deadline=deadline), why="") if alive else item
        case "attempted":
            details: Mapping[str, Any] = data.get("details") or {}
            if details.get("outcome") == "not_sent":
                return replace(item, state=State.READY, why=str(details.get("error", "")))
            return replace(item, state=State.UNCLEAR, attempts=item.attempts + 1, why="an attempt was begun and its outcome never written")
        case "unclear":
            return replace(item, state=State.UNCLEAR, why=str(data.get("error", "")))
        case "executed":
            return replace(item, state=State.SENT, why=str(data.get("outcome", "")))
        case "failed":
            return replace(item, state=State.FAILED, why=str(data.get("error", "")))
        case "cancelled" | "superseded":
            return replace(item, state=State.CANCELLED, why=str(data.get("reason", "superseded")))
        case _:
            return replace(item, state=State.SKIPPED, why=str(data.get("reason", "")))


def _by_step(items: dict[tuple[str, str], Item], entry: Entry) -> None:
    """Apply a word about a step that names no id to its drafts, of the case or invoice named."""
    for key, item in items.items():
        action = item.action
        about = entry.invoice in (None, action.carrier, action.case) and entry.debtor == action.debtor
        if key[0] == entry.creditor and about and action.step == entry.data.get("step") and item.state is State.DRAFT:
            items[key] = _after(item, entry)


def _grouped(items: Iterable[Item]) -> tuple[Message, ...]:
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        action = item.action
        alive = "" if item.state not in (State.CANCELLED, State.SKIPPED, State.FAILED) else action.id
        key = (action.creditor, action.debtor, action.message or action.id, action.channel, action.claimed.currency, alive)
        groups.setdefault(key, []).append(item)
    found = []
    for group in groups.values():
        first = group[0].action
        worst = next(state for state in (State.UNCLEAR, State.DRAFT, *State) if any(item.state is state for item in group))
        why = next((item.why for item in group if item.why), "")
        found.append(Message(first.message or first.id, first.creditor, first.debtor, first.channel, worst, tuple(group), why))
    return tuple(found)


def action_of(entry: Entry) -> Action:
    """Rebuild an action from the `action.emitted` that the journal holds."""
    data = entry.data
    return Action(
        id=str(data["id"]), on=entry.on, creditor=entry.creditor, debtor=entry.debtor or "", case=str(data.get("case") or entry.case or ""),
        carrier=str(data.get("carrier") or entry.invoice or ""), invoices=tuple(data.get("invoices", ())), playbook=str(data["playbook"]),
        playbook_version=int(data.get("playbook_version", 0)), step=str(data["step"]), occurrence=int(data.get("occurrence", 1)),
        kind=StepKind(data.get("kind", StepKind.REMINDER)), channel=Channel(data["channel"]), tone=Tone(data["tone"]) if data.get("tone") else None,
        template=str(data.get("template") or data["step"]), language=str(data.get("language", "fr")), draft=bool(data.get("draft")),
        deadline=data.get("deadline"), claimed=_claimed(data.get("claimed") or {}), reason=str(data.get("reason", "")), message=str(data.get("message", "")),
        missing=data.get("missing"), to=data.get("to"),
    )  # fmt: skip


def _claimed(data: Mapping[str, Any]) -> Claimed:
    parts = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "total")
    amounts: dict[str, Any] = {part: Decimal(data.get(part, 0)) for part in parts}
    segments = tuple(
        Segment(
            start=date.fromisoformat(str(each["start"])), end=date.fromisoformat(str(each["end"])), days=int(each["days"]), rate=Decimal(each["rate"]),
            base=Decimal(each["base"]), interest=Decimal(each["interest"]), invoice=str(each["invoice"]),
        )
        for each in data.get("segments", ())
    )  # fmt: skip
    invoices = tuple(
        InvoiceClaimed(str(each["invoice"]), received=tuple(_served(one) for one in each.get("received", ())), **_parts(each, CLAIMED_PARTS))
        for each in data.get("invoices", ())
    )
    return Claimed(currency=str(data.get("currency", "EUR")), segments=segments, invoices=invoices, **amounts)


def _served(data: Mapping[str, Any]) -> Served:
    parts = _parts(data, [name for name in SERVED_FIELDS if name not in ("on", "amount", "credit_note")])
    return Served(date.fromisoformat(str(data["on"])), Decimal(data["amount"]), bool(data.get("credit_note")), **parts)


def _parts(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: Decimal(data.get(name, 0)) for name in names}


# --------------------------------------------------------------------------- what is said of a message


def read(books: Books, *, creditor: str | None = None) -> tuple[Message, ...]:
    """Return every message of a journal."""
    return messages(books.entries(creditor=creditor, kinds=ACTION_EVENTS))


def named(found: Iterable[Message], name: str) -> list[Message]:
    """Return the messages a person means: by id, by the id of an action, by reference, or by the first characters (at least four)."""
    from relance.letters.context import reference_of

    every = list(found)
    exact = [each for each in every if name in (each.id, reference_of(each.id), *(item.action.id for item in each.items))]
    return exact or [each for each in every if len(name) >= 4 and each.id.startswith(name)]


def say(books: Books, message: Message, kind: str, *, on: date, actor: str, keys: bool = False, **data: Any) -> bool:
    """Write one event for each action of a message, all or none; with `keys`, once in the life of the journal. False: it was there."""
    events = [Event(on, kind, item.action.carrier or None, data={"id": item.action.id, **data}) for item in message.items]
    attempt = data.get("attempt", "")
    names: Sequence[str | None] = [f"{kind}:{item.action.id}:{attempt}" for item in message.items] if keys else ()
    recorded = books.record(message.creditor, message.debtor, events, actor=actor, keys=names)
    return bool(recorded.written)


def approve(books: Books, message: Message, *, on: date, actor: str) -> str | None:
    """Let a draft leave; a person's word, too, that an unclear message may be sent again. Return why not, or None."""
    if message.state not in (State.DRAFT, State.UNCLEAR):
        return f"it is {message.state}: only a draft or an unclear message is approved"
    say(books, message, "action.approved", on=on, actor=actor)
    return None


def withdraw(books: Books, message: Message, *, on: date, actor: str, reason: str, skip: bool) -> str | None:
    """Reject a message (the ladder may ask for it again), or skip its step for good. Return why not, or None."""
    if message.state in (State.SENT, State.CANCELLED, State.SKIPPED):
        return f"it is {message.state} already"
    say(books, message, "action.skipped" if skip else "action.cancelled", on=on, actor=actor, reason=reason)
    return None


def settle(books: Books, message: Message, *, on: date, actor: str, outcome: str) -> str | None:
    """Record a person's word that a message did leave. Return why not, or None."""
    if message.state not in (State.UNCLEAR, State.READY):
        return f"it is {message.state}"
    say(books, message, "action.executed", on=on, actor=actor, outcome=outcome)
    return None
