"""Messages that did not leave and that a person has to see to: what they say does not hold, or they cannot be written or reach anybody.

Owns the fold from a debtor's action events to what is still open. A task is written as a word about its message (`task` of
`action.cancelled` and `action.failed`, with the reason); any later word about the message ends it, and so does the same step made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from relance.model import Event


class MessageTask(NamedTuple):
    """What a person has to see to: the action that did not leave, its case and step, since when, and why."""

    action: str
    case: str
    step: str
    since: date
    why: str


class OpenTasks:
    """The open tasks of one debtor with one creditor, event by event."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[str, ...]] = {}  # action → playbook, case, step, channel
        self.open: dict[str, MessageTask] = {}

    def take_in(self, event: Event) -> None:
        """Take in one more event of an action."""
        data: Mapping[str, object] = event.data
        name = str(data.get("id", ""))
        if event.kind == "action.emitted":
            made = tuple(str(data.get(part) or "") for part in ("playbook", "case", "step", "channel"))
            self.open = {each: task for each, task in self.open.items() if self._made[each] != made}
            self._made[name] = made
        elif data.get("task") and name in self._made:
            _, case, step, _ = self._made[name]
            self.open[name] = MessageTask(name, case or event.invoice or "", step, event.on, str(data.get("reason") or data.get("error") or ""))
        elif name:
            self.open.pop(name, None)
        else:
            self.open = {each: task for each, task in self.open.items() if task.step != data.get("step")}


def open_tasks(events: Iterable[Event], on: date) -> tuple[MessageTask, ...]:
    """Return what is open at the end of a day, in the order in which it arose."""
    found = OpenTasks()
    for event in events:
        if event.on <= on and event.kind.startswith("action."):
            found.take_in(event)
    return tuple(found.open.values())
