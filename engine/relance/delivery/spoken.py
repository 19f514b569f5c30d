"""What a person says of a call or a task: how it went, when and with whom, and what follows from it.

Owns the outcomes there are and the events each becomes. A call that reached nobody stays open: it is tried again until somebody says
that it is done. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from relance.delivery.outbox import ACTION_EVENTS, references_of
from relance.delivery.worklist import open_manual, sheets
from relance.journal.event_types import KINDS
from relance.journal.journal import Journal
from relance.model import Action, Channel, Event
from relance.portfolio.explain import Target
from relance.sentences import sentence

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
            return sentence("a promise has an amount and a day: --amount 200.00 --by 2026-03-20")
        if self.outcome != "promise" and (self.amount or self.by):
            return sentence("--amount and --by belong to --outcome promise")
        if self.outcome == "dispute" and not self.note:
            return sentence("say what is disputed: --note TEXT")
        return None


def open_for(journal: Journal, target: Target) -> tuple[tuple[Action, ...], ...]:
    """Return the open calls of a case, sheet by sheet."""
    found = open_manual(journal.entries(creditor=target.creditor, debtor=target.debtor, kinds=ACTION_EVENTS))
    names = {target.invoice, f"{target.debtor}/{target.currency}"} - {None}
    whole = target.invoice is None and target.currency is None
    return tuple(
        sheet for sheet in sheets(each for each in found if each.channel is Channel.CALL)
        if whole or any(names & {each.carrier, each.case, *each.invoices} for each in sheet)
    )  # fmt: skip


def open_named(journal: Journal, name: str, debtors: Collection[str] = ()) -> tuple[tuple[Action, ...], ...]:
    """Return the open calls and tasks that a name means, sheet by sheet: an id, its first characters (four at least), or the file's reference.

    They are looked for among those of some `debtors`, where they are known; else among all.
    """
    found = sheets(open_manual(journal.entries_about(debtors, ACTION_EVENTS) if debtors else journal.entries(kinds=ACTION_EVENTS)))
    names = [({each.id for each in sheet} | {sheet[0].message}, sheet) for sheet in found]
    exact = tuple(sheet for ids, sheet in names if name in ids or name in references_of(sheet[0]))
    return exact or tuple(sheet for ids, sheet in names if len(name) >= 4 and any(each.startswith(name) for each in ids))


def task_events(sheet: Sequence[Action], on: date, *, outcome: str = "", skipped: str = "") -> list[Event]:
    """Return what it becomes in the journal that a task is done, a hand-over approved, or either passed over for a reason. Who does a draft approves it."""

    def word(each: Action) -> tuple[str, dict[str, str]]:
        if skipped:
            return "action.skipped", {"reason": skipped}
        if each.channel is Channel.HANDOVER:
            return "action.approved", {"note": outcome} if outcome else {}
        return "action.executed", {"outcome": outcome or "done"}

    said = [(each, *word(each)) for each in sheet]
    done = [Event(on, kind, each.carrier or None, data={"id": each.id, **data}) for each, kind, data in said]
    return [*(word_of_approval(each, on) for each, kind, _ in said if each.draft and kind == "action.executed"), *done]


def takes_approval(sheet: Sequence[Action]) -> bool:
    """Say whether doing what a sheet asks is approving it: a hand-over, and a call or task that its playbook keeps as a draft."""
    return sheet[0].channel is Channel.HANDOVER or any(each.draft for each in sheet)


def approves(events: Sequence[Event]) -> bool:
    """Say whether what came of a call approves it, too."""
    return any(event.kind == "action.approved" for event in events)


def word_of_approval(draft: Action, on: date) -> Event:
    """Return the word that a draft is approved."""
    return Event(on, "action.approved", draft.carrier or None, data={"id": draft.id})


def call_events(sheet: Sequence[Action], said: CallOutcome) -> list[Event]:
    """Return what a call's outcome becomes in the journal: the word about each call of the sheet, then what follows for all it was about."""
    words, done = OUTCOMES[said.outcome]
    events = []
    for call in sheet:
        about, details = call.carrier or None, {name: value for name, value in (("hour", said.hour), ("person", said.person)) if value}
        note = {"note": said.note or None}
        if done:
            if call.draft:
                events.append(word_of_approval(call, said.on))
            events.append(Event(said.on, "action.executed", about, data={"id": call.id, "outcome": words, **details, **note}))
        else:
            events.append(Event(said.on, "action.attempted", about, data={"id": call.id, "details": {"outcome": words, **details}, **note}))
        word = f"call.{_WORDS.get(said.outcome)}"
        if word in KINDS:
            events.append(Event(said.on, word, about, data={"id": call.id}))
    about = (sheet[0].carrier or None) if len(sheet) == 1 else None
    currency = sheet[0].claimed.currency if about is None else None
    if said.outcome == "promise":
        events.append(Event(said.on, "promise.made", about, currency, data={"amount": said.amount, "by": said.by}))
    if said.outcome == "dispute":
        events.append(Event(said.on, "dispute.opened", about, currency, data={"reason": said.note}))
    return events
