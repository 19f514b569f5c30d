"""What the interpreter sees of a case and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from relance.model.playbook import Step
from relance.model.words import Channel


class Done(NamedTuple):
    """A step that was executed, or skipped by hand: the last day, how many times executed, whether by hand.

    `first` is the day of the first execution where it was repeated, else None.
    """

    on: date
    times: int = 1
    skipped: bool = False
    first: date | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What a playbook can see of a case on a day; two cases with the same view get the same decision.

    The tuples are aligned with the playbook's `Footprint`: `anchors` with its world anchors, `truths` with its tests
    (None: a fact is missing), `reachable` with its contact channels, `done`, `open` and `failed` with its steps,
    `full` with its contact limits.
    """

    due: date
    issued: date | None = None
    anchors: tuple[date | None, ...] = ()
    truths: tuple[bool | None, ...] = ()
    reachable: tuple[bool, ...] = ()
    done: tuple[Done | None, ...] = ()
    open: tuple[date | None, ...] = ()
    failed: tuple[frozenset[Channel], ...] = ()
    draft: int | None = None
    draft_on: date | None = None
    last_move: date | None = None
    full: tuple[date | None, ...] = ()  # of each of its contact limits, the contact that must be so long ago before one more fits
    hold_ended: date | None = None
    held_until: date | None = None
    barrier: str | None = None  # what stops the case whatever the playbook says: closed, no_mandate, a state of `law.persons`
    pending: int | None = None  # the step of a message that is to leave and has not
    pending_on: date | None = None
    place: str | None = None  # where the debtor is, if that place has holidays of its own (FR-57)
    granted: date | None = None  # the last day that a formal notice sent under another playbook gives


class Status(StrEnum):
    """What a decision says of the case."""

    STOPPED = "stopped"
    HELD = "held"
    WAITING = "waiting"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_SENDING = "awaiting_sending"
    DUE = "due"
    FINISHED = "finished"


class StepStatus(StrEnum):
    """What a decision says of one step."""

    DONE = "done"
    DUE = "due"
    WAITING = "waiting"
    OPEN = "open"
    PASSED_OVER = "passed_over"
    EXPIRED = "expired"
    SKIPPED = "skipped_by_hand"
    BLOCKED = "blocked"


class Reason(NamedTuple):
    """Why: a name from a closed list and what fills its sentence. `interpreter.reasons.say` writes it out."""

    name: str
    args: tuple[Any, ...] = ()


class Verdict(NamedTuple):
    """What is said of one step, on which day it comes or came, and why."""

    step: str
    status: StepStatus
    on: date | None
    reason: Reason


class Next(NamedTuple):
    """The step and day that come first."""

    step: str
    on: date


class Way(NamedTuple):
    """A channel a due step leaves by; `missing` says what was missing where a `task` stands in for another channel."""

    channel: Channel
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What `decide` answers. `step`, `occurrence`, `ways` and `deadline` are set when `status` is due."""

    status: Status
    reason: Reason
    steps: tuple[Verdict, ...]
    next: Next | None = None
    step: Step | None = None
    occurrence: int = 0
    ways: tuple[Way, ...] = ()
    deadline: date | None = None
