"""Play a ladder forward: what would leave, when, and why, if nothing happened but the events given.

On every day on which something may change the interpreter is asked, and its actions are taken as executed that day; approvals and calls are taken as given
unless the case says otherwise. Pure: the future is a fold like the past.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from relance.interpreter.debtor import Look, look
from relance.interpreter.emission import OWN_SEQ, emitted_in_vain, happened
from relance.interpreter.reasons import say
from relance.interpreter.scope import covers
from relance.model import Action, Channel, Event, Facts, Playbook, Reason, Status, StepStatus
from relance.simulation.by_facts import ByFacts
from relance.simulation.forward import forward

#: Verdicts of a step that is not to come, and reasons that say no more than that the ladder is elsewhere.
_OUT = frozenset({StepStatus.PASSED_OVER, StepStatus.EXPIRED, StepStatus.BLOCKED, StepStatus.SKIPPED})
_PASSED = frozenset({"behind", "stopped", "finished", "done"})
#: Where a message stands: its case, its step, its channel.
Place = tuple[str, str, Channel]
_ALL_LEAVE: Mapping[Place, str] = MappingProxyType({})
_WORDS = ("action.approved", "action.executed", "action.failed", "action.cancelled", "action.skipped")


@dataclass(frozen=True, slots=True)
class Sending:
    """One step that left on one day for one case: its actions, one a channel. `unsent` says, where a message of it could not be written, why it did not leave."""

    on: date
    actions: tuple[Action, ...]
    unsent: str = ""

    @property
    def first(self) -> Action:
        """The action that speaks for the entry."""
        return self.actions[0]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels it left by, in the order of the file."""
        return tuple(action.channel for action in self.actions)


@dataclass(frozen=True, slots=True)
class End:
    """Where a case stands on the last day."""

    case: str
    on: date
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A step of a case that never left, and the last reason why; that the ladder went past it is none."""

    case: str
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a preview answers. `facts` holds the events given and those the ladder caused."""

    playbook: Playbook
    facts: Facts
    start: date
    until: date
    entries: tuple[Sending, ...]
    ends: tuple[End, ...]
    duties: tuple[Action, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def preview(playbook: Playbook, facts: Facts, start: date, until: date, unsent: Mapping[Place, str] = _ALL_LEAVE) -> Timeline:
    """Play from `start` to `until`, both included. `unsent` are the messages, by their place, that cannot be written, with the reason: the ladder waits there, as it does in a run."""
    return gathered(playbook, facts, (start, until), play(playbook, facts, start, until, unsent), unsent)


def gathered(playbook: Playbook, facts: Facts, span: tuple[date, date], days: Iterable[PlayedDay], unsent: Mapping[Place, str] = _ALL_LEAVE) -> Timeline:
    """Bring together what was seen from the first to the last day of a `span`: of days that nothing set apart from the one before, some may be left out."""
    start, until = span
    entries: list[Sending] = []
    duties: list[Action] = []
    shown: set[Place] = set()
    seen: Look | None = None
    known = facts
    reasons: dict[tuple[str, str], Reason] = {}
    for _, seen, known in days:  # noqa: B007 # the last of both is the end
        _note(seen, reasons)
        day = seen.actions
        duties += seen.duties
        for case in dict.fromkeys(action.case for action in day):
            mine = tuple(action for action in day if action.case == case)
            places = {place(action) for action in mine}
            why = next((unsent[each] for each in places if each in unsent), "")
            if not (why and places <= shown):  # made anew each day, and shown once
                entries.append(Sending(mine[0].on, mine, why))
            shown |= places if why else set()
    ends = () if seen is None else tuple(End(s.case.id, until, s.decision.status, say(s.decision.reason)) for s in seen.seen)
    left = {(entry.first.case, action.step) for entry in entries for action in entry.actions}
    order = {step.id: place for place, step in enumerate(playbook.steps)}
    out = (LeftOut(case, step, say(reason)) for (case, step), reason in reasons.items() if (case, step) not in left)
    left_out = tuple(sorted(out, key=lambda each: (each.case, order[each.step])))
    return Timeline(playbook, known, start, until, tuple(entries), ends, tuple(duties), left_out)


def _note(seen: Look, reasons: dict[tuple[str, str], Reason]) -> None:
    """Note of every step why it does not come, and forget it of one that waits for its day."""
    for each in seen.seen:
        for verdict in each.decision.steps:
            place = each.case.id, verdict.step
            if verdict.status not in _OUT:
                reasons.pop(place, None)
            elif verdict.reason.name not in _PASSED:
                reasons[place] = verdict.reason


class PlayedDay(NamedTuple):
    """A day that was looked at: what was seen, and the facts as they are after it."""

    on: date
    look: Look
    facts: Facts


def play(playbook: Playbook, facts: Facts, start: date, until: date, unsent: Collection[Place] = ()) -> Iterator[PlayedDay]:
    """Yield the first day, the last, and between them each on which something may change. What is `unsent`, by its place, is withdrawn on the day it was made."""
    mine = [event for event in facts.events if any(covers(event, invoice) for invoice in facts.invoices)]
    said = {event.data["step"] for event in mine if event.kind in _WORDS and "step" in event.data}

    def leaves(action: Action) -> tuple[Event, ...]:
        return emitted_in_vain(action) if place(action) in unsent else happened(action, said)

    for day, seen in forward(ByFacts(playbook, (facts,), until, leaves=leaves), start, until):
        yield PlayedDay(day, seen.looks[0], seen.facts[0])


def seen_on(playbook: Playbook, played: Facts, day: date) -> Look:
    """Return the look of any day of a play, from the facts as they are after it: what the ladder caused from that day on was not yet there."""
    return look(playbook, replace(played, events=tuple(event for event in played.events if event.on < day or event.seq < OWN_SEQ)), day)


def place(action: Action) -> Place:
    """Return where an action stands, however often it is made anew."""
    return action.case, action.step, action.channel

