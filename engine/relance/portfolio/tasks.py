"""Messages that did not leave and that a person has to see to: what they say does not hold, or they cannot be written or reach anybody.

Owns the fold from a debtor's action events to what is still open. A task is written as a word about its message (`task` of
`action.cancelled` and `action.failed`, with the reason), or emitted as one where no channel reaches the debtor (`missing`). Any later
word about the message ends it, and so does the same step made anew, by whatever channel. A run withdraws those whose case does not
ask for them any more (`run.unsent`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from relance.model import Channel, Event
from relance.sentences import sentence, shipped_text


class MessageTask(NamedTuple):
    """What a person has to see to: the action that did not leave, its case and step, since when, and why."""

    action: str
    playbook: str
    case: str
    step: str
    since: date
    why: str


class OpenTasks:
    """The open tasks of one debtor with one creditor, event by event."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, str, str]] = {}  # action → playbook, case, step
        self._new: dict[str, date] = {}  # tasks that were emitted as such, and the day: what was made with them does not end them
        self.open: dict[str, MessageTask] = {}

    def take_in(self, event: Event) -> None:
        """Take in one more event of an action."""
        data: Mapping[str, object] = event.data
        name = str(data.get("id", ""))
        if event.kind == "action.emitted":
            made = (str(data.get("playbook") or ""), str(data.get("case") or event.invoice or ""), str(data.get("step") or ""))
            self.open = {each: task for each, task in self.open.items() if self._made[each] != made or self._new.get(each) == event.on}
            self._made[name] = made
            if stands_for_a_message(data):
                self._new[name] = event.on
                self.open[name] = MessageTask(name, *made, event.on, not_reached(data))
        elif data.get("task") and name in self._made:
            self._new.pop(name, None)
            self.open[name] = MessageTask(name, *self._made[name], event.on, str(data.get("reason") or data.get("error") or ""))
        elif event.kind == "action.approved" and name in self._new:
            return  # a task that was let go is a task still
        elif name:
            self.open.pop(name, None)
        else:
            self.open = {each: task for each, task in self.open.items() if task.step != data.get("step")}


def stands_for_a_message(data: Mapping[str, object]) -> bool:
    """Say whether an emitted action is a task in the place of a message that no channel can bring to its debtor."""
    return data.get("channel") == Channel.TASK and bool(data.get("missing"))


def open_tasks(events: Iterable[Event], on: date) -> tuple[MessageTask, ...]:
    """Return what is open at the end of a day, in the order in which it arose."""
    found = OpenTasks()
    for event in events:
        if event.on <= on and event.kind.startswith("action."):
            found.take_in(event)
    return tuple(found.open.values())


def not_reached(data: Mapping[str, object]) -> str:
    """Say by which channels the debtor cannot be reached."""
    return sentence("the debtor cannot be reached by {channels}", channels=shipped_text(str(data["missing"]).replace("_", " ")))
