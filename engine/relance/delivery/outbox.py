"""The outbox: what the journal's action events say of each message: draft, ready, under way, sent, failed, unclear, cancelled, skipped, a task.

Owns the fold from events to messages and the words a person says about one. Keeps nothing of its own: an attempt is written
before a message is handed over; until it is certainly over the message is under way, and then, where no outcome was written,
unclear, across crashes too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from relance.interpreter.action_id import file_reference, reference_of
from relance.interpreter.action_state import ActionState, apply_event
from relance.interpreter.emission import SERVED_FIELDS
from relance.interpreter.offers import from_data
from relance.journal.chain import Entry
from relance.journal.reading import event_of
from relance.model import (
    CLAIMED_PARTS,
    POSTED_CHANNELS,
    Action,
    Approvers,
    Channel,
    Claimed,
    Creditor,
    Debtor,
    Event,
    Facts,
    InvoiceClaimed,
    Segment,
    Sender,
    Served,
    StepKind,
    Tone,
)
from relance.portfolio.tasks import OpenTasks, stands_for_a_message
from relance.sentences import sentence, shipped_text

ACTION_EVENTS = (
    "action.emitted", "action.approved", "action.attempted", "action.unclear", "action.executed", "action.failed", "action.cancelled",
    "action.skipped", "action.superseded", "action.endorsed",
)  # fmt: skip
#: Channels that leave through `relance send`; the others are done by a person.
POSTED = POSTED_CHANNELS
#: So long after it was begun an attempt is over, whatever became of it: every carrier gives up before.
ATTEMPT = timedelta(minutes=10)
#: How often a word is said again where more was recorded of the debtor in the meantime.
TRIES = 10


class State(StrEnum):
    """What became of a message."""

    DRAFT = "draft"
    READY = "ready"
    UNDER_WAY = "under_way"
    UNCLEAR = "unclear"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    TASK = "task"  # it did not leave, and a person has to see to it


_OPEN = (State.DRAFT, State.READY, State.UNDER_WAY, State.UNCLEAR, State.TASK)


class Books(Protocol):
    """What the outbox asks of a journal (`journal.journal.Journal`). `now` is its clock, where it is written to."""

    @property
    def now(self) -> Callable[[], datetime] | None:
        """Give the time."""

    def last_seq(self, creditor: str, debtor: str) -> int:
        """Return the place of the latest entry of a debtor."""

    def entries(self, *, creditor: str | None = None, debtor: str | None = None, kinds: Sequence[str] = ()) -> Iterable[Entry]:
        """Read entries in the order of their chains."""

    def facts(self, creditor: str | None = None, debtor: str | None = None) -> Iterable[Facts]:
        """Fold all that is known."""

    def record(
        self, creditor: Creditor | str, debtor: Debtor | str, events: Sequence[Event] = (), *, actor: str, keys: Sequence[str | None] = (),
        since: int | None = None,
    ) -> Any:  # fmt: skip
        """Record events in one transaction; one whose key is known is left out, and all where more was recorded after `since`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One action and what was said of it.

    `dated` is the day it was ready on: emission, or approval; `left` the day it left, or may have; `since` and `by` say when
    an attempt that is under way was begun, and by whom; `other` that the house's own system sends it; `endorsed` who approved a draft
    that takes several people.
    """

    action: Action
    state: State
    dated: date
    why: str = ""
    attempts: int = 0
    left: date | None = None
    since: datetime | None = None
    by: str = ""
    other: bool = False
    endorsed: frozenset[str] = frozenset()


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
    def attempts(self) -> int:
        """Return how often it was handed over, or begun to be."""
        return max((item.attempts for item in self.items), default=0)

    @property
    def endorsed(self) -> frozenset[str]:
        """Return who has approved all of it, where it takes several people."""
        return frozenset.intersection(*(item.endorsed for item in self.items)) if self.items else frozenset()

    @property
    def dated(self) -> date:
        """Return the day it was ready on."""
        return max(item.dated for item in self.items)

    @property
    def left(self) -> date | None:
        """Return the day it left, or may have left."""
        return max((item.left for item in self.items if item.left is not None), default=None)

    @property
    def said_why(self) -> str:
        """Say why it is where it is; of a draft, why it was made."""
        return self.why or (self.items[0].action.reason if self.state is State.DRAFT else "")

    @property
    def actions(self) -> tuple[Action, ...]:
        """Return its actions."""
        return tuple(item.action for item in self.items)


def messages(entries: Iterable[Entry], now: datetime | None = None) -> tuple[Message, ...]:
    """Fold entries into messages, in the order they were emitted. Calls, tasks and handovers are none, but for a task in a message's place.

    A word that names a step and no id is about the actions that the ladder says it is about. At `now` an attempt whose outcome
    is not written is under way, or unclear when it is certainly over; without it, over.
    """
    items: dict[tuple[str, str], Item] = {}
    known: dict[tuple[str, str], dict[str, ActionState]] = {}
    tasks: dict[tuple[str, str], OpenTasks] = {}
    for entry in entries:
        event = event_of(entry)
        meant = apply_event(known.setdefault((entry.creditor, entry.who), {}), event)
        tasks.setdefault((entry.creditor, entry.who), OpenTasks()).take_in(event)
        if entry.kind == "action.emitted":
            if entry.debtor is None or "id" not in entry.data:  # without an id it left before the journal
                continue
            if stands_for_a_message(entry.data):
                action = action_of(entry)
                items[entry.creditor, action.id] = Item(action, State.FAILED, entry.on)
            elif Channel(entry.data["channel"]) in POSTED:
                action = action_of(entry)
                made = Item(action, State.DRAFT, entry.on, other=entry.data.get("sent_by") == Sender.OTHER)
                items[entry.creditor, action.id] = made if action.draft else _ready(made, entry.on)
            continue
        for name in meant:
            if (item := items.get((entry.creditor, name))) is not None:
                items[entry.creditor, name] = _after(item, entry)
    for (creditor, _), found in tasks.items():
        for name, task in found.open.items():
            if (item := items.get((creditor, name))) is not None:
                items[creditor, name] = replace(item, state=State.TASK, dated=task.since, why=task.why)
    return _grouped(_at(item, now) for item in items.values())


def _ready(item: Item, on: date) -> Item:
    """Return an action that may leave from a day on; one that another system of the house sends has left then."""
    if item.other:
        return replace(item, state=State.SENT, dated=on, left=on, why=sentence("given to the house's own system"))
    return replace(item, state=State.READY, dated=on, left=None, why="")


def _at(item: Item, now: datetime | None) -> Item:
    """Return an action as it stands at a moment: an attempt that is over and of which nothing was written is unclear."""
    if item.state is not State.UNDER_WAY or item.since is None or (now is not None and now < item.since + ATTEMPT):
        return item
    return replace(item, state=State.UNCLEAR, why=sentence("an attempt was begun and its outcome never written"))


def _after(item: Item, entry: Entry) -> Item:
    """Return an action as it stands after one more event about it."""
    data = entry.data
    match entry.kind.removeprefix("action."):
        case "approved" if item.action.channel in POSTED:
            now = _at(item, entry.recorded_at)
            if now.state not in (State.DRAFT, State.UNCLEAR, State.READY, State.FAILED):
                return item
            deadline = data.get("deadline") or item.action.deadline
            ready = _ready(item, entry.on if item.state is State.DRAFT else item.dated)
            return replace(ready, action=replace(item.action, deadline=deadline))
        case "endorsed":
            who = item.endorsed | {entry.actor}
            return replace(item, endorsed=who, why=sentence("approved by {names}; it takes another person", names=", ".join(sorted(who))))
        case "attempted":
            details: Mapping[str, Any] = data.get("details") or {}
            if details.get("outcome") == "not_sent":
                return replace(item, state=State.READY, why=str(details.get("error", "")), left=None)
            why = sentence("since {when} UTC, by {actor}", when=f"{entry.recorded_at:%Y-%m-%d %H:%M}", actor=entry.actor)
            begun = replace(item, state=State.UNDER_WAY, attempts=item.attempts + 1, why=why)
            return replace(begun, left=entry.on, since=entry.recorded_at, by=entry.actor)
        case "unclear":
            return replace(item, state=State.UNCLEAR, why=str(data.get("error", "")))
        case "executed":
            return replace(item, state=State.SENT, why=str(data.get("outcome", "")), left=entry.on)
        case "failed":
            return replace(item, state=State.FAILED, why=str(data.get("error", "")), left=None)
        case "cancelled" | "superseded":
            return replace(item, state=State.CANCELLED, why=str(data.get("reason", "superseded")), left=None)
        case "skipped":
            return replace(item, state=State.SKIPPED, why=str(data.get("reason", "")), left=None)
        case _:
            return item


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
        worst = next(state for state in (State.UNDER_WAY, State.UNCLEAR, State.DRAFT, *State) if any(item.state is state for item in group))
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
        missing=data.get("missing"), to=data.get("to"), approvers=Approvers.of(data),
        offer=from_data(data["offer"]) if data.get("offer") else None, to_role=str(data.get("to_role") or ""), cc=tuple(data.get("cc") or ()), capacity=str(data.get("capacity") or ""),
    )  # fmt: skip


def _claimed(data: Mapping[str, Any]) -> Claimed:
    parts = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "complementary_indemnity", "total")
    amounts: dict[str, Any] = {part: Decimal(data.get(part, 0)) for part in parts}
    segments = tuple(
        Segment(
            start=date.fromisoformat(str(each["start"])), end=date.fromisoformat(str(each["end"])), days=int(each["days"]), rate=Decimal(each["rate"]),
            base=Decimal(each["base"]), interest=Decimal(each["interest"]), invoice=str(each["invoice"]),
        )
        for each in data.get("segments", ())
    )  # fmt: skip
    invoices = tuple(
        InvoiceClaimed(
            str(each["invoice"]), received=tuple(_served(one) for one in each.get("received", ())), arrears=_arrears(each), **_parts(each, CLAIMED_PARTS)
        )
        for each in data.get("invoices", ())
    )
    return Claimed(currency=str(data.get("currency", "EUR")), segments=segments, invoices=invoices, arrears=_arrears(data), **amounts)


def _arrears(data: Mapping[str, Any]) -> Decimal | None:
    return Decimal(data["arrears"]) if "arrears" in data else None


def _served(data: Mapping[str, Any]) -> Served:
    parts = _parts(data, [name for name in SERVED_FIELDS if name not in ("on", "amount", "credit_note")])
    return Served(date.fromisoformat(str(data["on"])), Decimal(data["amount"]), bool(data.get("credit_note")), **parts)


def _parts(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: Decimal(data.get(name, 0)) for name in names}


# --------------------------------------------------------------------------- what is said of a message


def read(books: Books, *, creditor: str | None = None, debtor: str | None = None) -> tuple[Message, ...]:
    """Return every message of a journal, or a creditor's, or a debtor's, as it stands now."""
    return messages(books.entries(creditor=creditor, debtor=debtor, kinds=ACTION_EVENTS), books.now() if books.now is not None else None)


def again(books: Books, message: Message) -> Message | None:
    """Return a message as it stands now, if it is there still: the one with its id that is alive, or else what became of it."""
    found = [each for each in read(books, creditor=message.creditor, debtor=message.debtor) if each.id == message.id]
    alive = [each for each in found if each.state not in (State.CANCELLED, State.SKIPPED, State.FAILED)]
    same = [each for each in found if {item.action.id for item in each.items} & {item.action.id for item in message.items}]
    return next(iter([*alive, *same, *found]), None)


def messages_named(found: Iterable[Message], name: str) -> list[Message]:
    """Return the messages a person means: by id, by an action's, by the file's reference (those that wait, if some do), by four characters of the id."""
    every = list(found)
    exact = [each for each in every if name in (each.id, *(item.action.id for item in each.items))]
    if not exact:
        exact = [each for each in every if name in references_of(each.items[0].action)]
        exact = [each for each in exact if each.state in _OPEN] or exact
    return exact or [each for each in every if len(name) >= 4 and each.id.startswith(name)]


def references_of(action: Action) -> tuple[str, str]:
    """Return what a message of an action is called on paper: the reference of its file, or the one of its own that older messages bear."""
    return file_reference(action.creditor, action.debtor, action.claimed.currency), reference_of(action.message or action.id)


def record_outcome(
    books: Books, message: Message, kind: str, *, on: date, actor: str, keys: bool = False, since: int | None = None, **data: Any
) -> bool:
    """Write one event for each action of a message, all or none. False: nothing was written.

    With `keys` it is written once in the life of the journal; with `since`, only where no more was recorded of the debtor.
    """
    events = [Event(on, kind, item.action.carrier or None, data={"id": item.action.id, **data}) for item in message.items]
    attempt = data.get("attempt", "")
    names: Sequence[str | None] = [f"{kind}:{item.action.id}:{attempt}" for item in message.items] if keys else ()
    recorded = books.record(message.creditor, message.debtor, events, actor=actor, keys=names, since=since)
    return bool(recorded.written)


def approve(books: Books, message: Message, *, on: date, actor: str, **said: Any) -> str | None:
    """Let a draft leave; a person's word, too, that an unclear message may be sent again. Return why not, or None."""

    def may(now: Message) -> str | None:
        alive = now.state in (State.DRAFT, State.UNCLEAR)
        return None if alive else sentence("{stands}: only a draft or an unclear message is approved", stands=stands(now))

    return _said(books, message, may, "action.approved", actor, lambda _: {"on": on, **said})


def endorse(books: Books, message: Message, *, on: date, actor: str) -> str | None:
    """Write down that one of several people approves a draft, which lets nothing leave. Return why not, or None."""

    def may(now: Message) -> str | None:
        return None if now.state is State.DRAFT else sentence("{value}: only a draft is approved by several people", value=stands(now))

    return _said(books, message, may, "action.endorsed", actor, lambda _: {"on": on})


def withdraw(books: Books, message: Message, *, on: date, actor: str, reason: str, skip: bool) -> str | None:
    """Reject a message (the ladder may ask for it again), or skip its step for good. Return why not, or None."""

    def may(now: Message) -> str | None:
        if now.state is State.UNDER_WAY:
            return stands(now)
        return sentence("it is {state} already", state=now.state) if now.state in (State.SENT, State.CANCELLED, State.SKIPPED) else None

    return _said(books, message, may, "action.skipped" if skip else "action.cancelled", actor, lambda _: {"on": on, "reason": reason})


def settle(books: Books, message: Message, *, on: date, actor: str, outcome: str) -> str | None:
    """Record a person's word that a message did leave; one that is unclear left on the day of its attempt. Return why not, or None."""

    def may(now: Message) -> str | None:
        return None if now.state in (State.UNCLEAR, State.READY, State.TASK) else stands(now)

    return _said(books, message, may, "action.executed", actor, lambda now: {"on": now.left or on, "outcome": outcome})


def _said(
    books: Books, message: Message, may: Callable[[Message], str | None], kind: str, actor: str, data: Callable[[Message], dict[str, Any]]
) -> str | None:
    """Write a person's word about a message as it stands at that moment, or return why not: nobody speaks of what was before."""
    for _ in range(TRIES):
        since = books.last_seq(message.creditor, message.debtor)
        now = again(books, message)
        if now is None:
            return sentence("it is not there any more")
        if (why := may(now)) is not None:
            return why
        if record_outcome(books, now, kind, actor=actor, since=since, **data(now)):
            return None
    return sentence("too much is being recorded of this debtor: try again")


def stands(message: Message) -> str:
    """Say where a message stands."""
    name = shipped_text(message.state.replace("_", " "))
    if message.state is State.TASK:
        return sentence("it is a task: mend what it says, and the next run makes it anew; or reject it, skip its step, or say that it was sent")
    return sentence("it is {state} {why}", state=name, why=message.why) if message.state is State.UNDER_WAY else sentence("it is {state}", state=name)
