"""Whether a message may leave now: contact hours, open days, its age, and whether the case still asks for it.

Owns the answer and its reason, nothing else. The ladder is asked again on the day: what was paid, disputed or held since a
message was made stops it, by the one definition of the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from relance.dates import add, is_open
from relance.delivery.outbox import Item, Message
from relance.interpreter import decide, observe
from relance.interpreter.amounts_asked import asked
from relance.interpreter.cases import cases
from relance.interpreter.reasons import say
from relance.interpreter.snapshot import Snapshot, case_today, reachable
from relance.model import CONTACT_CHANNELS, Action, Channel, Event, Facts, Playbook, Status, WhenClosed
from relance.zones import local_time

#: After so many days a message is not sent any more: its amounts and deadline are of another day.
MAX_AGE = 7


class Release(StrEnum):
    """What to do with a message that is ready."""

    GO = "go"
    WAIT = "wait"
    WITHDRAW = "withdraw"


class Answer(NamedTuple):
    """The verdict, why it is not GO, and the actions as they leave (GO)."""

    verdict: Release
    why: str = ""
    actions: tuple[Action, ...] = ()


def answer(message: Message, facts: Facts | None, playbook: Playbook | None, now: datetime, *, max_age: int = MAX_AGE) -> Answer:
    """Say whether a ready message may leave at a moment (with a zone)."""
    if facts is None:
        return Answer(Release.WITHDRAW, "the journal knows nothing of this debtor any more")
    if playbook is None:
        name = message.items[0].action.playbook
        return Answer(Release.WAIT, f"the playbook '{name}' is not found: say where by --playbook")
    local = local_time(now, facts.debtor)
    age = (local.date() - message.dated).days
    if age > max_age:
        return Answer(Release.WAIT, f"it is dated {message.dated}, {age} days ago: reject it, and it is made anew")
    if age < 0:
        return Answer(Release.WAIT, f"it is dated {message.dated}")
    if closed := closed_now(message.channel, playbook, local):
        return Answer(Release.WAIT, closed)
    return _still_asked(message, facts, playbook, local)


def closed_now(channel: Channel, playbook: Playbook, local: datetime) -> str | None:
    """Say why a channel is closed at a local time, or None: the playbook's hours, and its closed days for what reaches the debtor."""
    if channel not in CONTACT_CHANNELS:
        return None
    calendar = playbook.calendar
    if calendar.when_closed is not WhenClosed.KEEP and not is_open(calendar, local.date()):
        return f"{local.date()} is a closed day"
    hours = dict(playbook.contact.hours).get(channel)
    if hours is None:
        return None
    start, end = hours_of(hours)
    if not start <= local.time().replace(tzinfo=None) < end:
        return f"it is {local:%H:%M} there, and '{channel}' leaves {hours}"
    return None


def hours_of(text: str) -> tuple[time, time]:
    """Read `HH:MM-HH:MM`."""
    start, _, end = text.partition("-")
    return time.fromisoformat(start.strip()), time.max if end.strip() == "24:00" else time.fromisoformat(end.strip())


def _still_asked(message: Message, facts: Facts, playbook: Playbook, local: datetime) -> Answer:
    """Ask the ladder again whether the case is stopped or held today, and whether the sum is still the one the message asks."""
    today = Snapshot(playbook, facts, local.date())
    if message.channel in CONTACT_CHANNELS and not reachable(facts, message.channel, today.on):
        return Answer(Release.WITHDRAW, f"the debtor cannot be reached by '{message.channel}' any more, or refused it")
    units = {case.id: case for case in cases(playbook, facts)}
    steps = {step.id: step for step in playbook.steps}
    for action in message.actions:
        case = units.get(action.case)
        if case is None:
            return Answer(Release.WITHDRAW, f"the case '{action.case}' is not there any more")
        decision = decide(playbook, observe(playbook, case, today.on, today), today.on)
        if decision.status is Status.STOPPED and message.channel in CONTACT_CHANNELS:
            return Answer(Release.WITHDRAW, say(decision.reason))
        if decision.status is Status.HELD:
            return Answer(Release.WAIT, say(decision.reason))
        step = steps.get(action.step)
        now_asked = asked(case_today(case, today), step.claim if step else ())
        if now_asked.principal != action.claimed.principal:
            was, now_ = action.claimed.principal, now_asked.principal
            return Answer(Release.WITHDRAW, f"{was} {action.claimed.currency} was open when it was made, and {now_} is now")
    return Answer(Release.GO, "", refreshed(message, facts, playbook))


def refreshed(message: Message, facts: Facts, playbook: Playbook) -> tuple[Action, ...]:
    """Return a message's actions as of the day it is dated: one approved later asks the sums of that day, by a deadline from it."""
    return tuple(_of_its_day(item, message, facts, playbook) for item in message.items)


def _of_its_day(item: Item, message: Message, facts: Facts, playbook: Playbook) -> Action:
    action = replace(item.action, on=item.dated, draft=False)
    step = next((step for step in playbook.steps if step.id == action.step), None)
    case = next((case for case in cases(playbook, facts) if case.id == action.case), None)
    if item.dated == item.action.on or step is None or case is None:
        return action
    known = Snapshot(playbook, before(facts, message.actions), item.dated)
    deadline = action.deadline
    if deadline is not None and step.grants is not None:
        deadline = max(deadline, add(item.dated, step.grants, playbook.calendar))
    return replace(action, claimed=asked(case_today(case, known), step.claim), deadline=deadline)


def before(facts: Facts, actions: Sequence[Action]) -> Facts:
    """Return what was known, without the events about these actions: a message does not name itself as an earlier one."""
    own = {action.id for action in actions}

    def other(event: Event) -> bool:
        return not (event.kind.startswith("action.") and event.data.get("id") in own)

    return replace(facts, events=tuple(event for event in facts.events if other(event)))
