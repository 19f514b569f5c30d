"""One view played forward: the steps it will come to, and when, if nothing happens but what the ladder does.

Approvals, calls and tasks are taken as given on their day, a hold ends on its known last day, a promise is then broken. Pure; it asks `decide`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from relance.ladder.conditions import compare
from relance.ladder.decide import decide
from relance.ladder.footprint import Footprint, footprint
from relance.model import CONTACT_CHANNELS, Channel, Decision, Done, Playbook, Status, Step, Test, View

_DAY = timedelta(days=1)
#: No ladder is longer; a repeat without end stops here.
_MOST = 400
_ENDING = ("on_hold", "promised", "plan_running")


class Coming(NamedTuple):
    """A step that will leave on a day, by its channels."""

    on: date
    step: Step
    occurrence: int
    channels: tuple[Channel, ...]


def future(playbook: Playbook, view: View, on: date, until: date) -> tuple[Coming, ...]:
    """Return what leaves from `on` to `until`, both included, in order."""
    plan = footprint(playbook)
    found: list[Coming] = []
    contacts = _known(plan, view)
    day = on
    for _ in range(_MOST):
        if day > until:
            break
        view = _aged(plan, view, day)
        decision = decide(playbook, view, day)
        if decision.status is Status.DUE:
            coming, view = _leave(plan, view, decision, day)
            found.append(coming)
            if any(channel in CONTACT_CHANNELS for channel in coming.channels):
                view = _contacted(plan, view, contacts, day)
            day += _DAY
            continue
        approved = view.draft if decision.status is Status.AWAITING_APPROVAL else None
        moved = _on(view, decision, day, plan)
        if moved is None:
            break
        day, view = moved
        if approved is not None and plan.rungs[approved].contact:
            view = _contacted(plan, view, contacts, day)
    return tuple(found)


def _known(plan: Footprint, view: View) -> list[date]:
    """List the contacts a view tells of: those between the oldest that counts and the last are taken to be on the day of the last."""
    if view.last_contact is None:
        return []
    most = plan.playbook.contact.max_contacts or 1
    return [view.last_contact] if view.full_since is None else [view.full_since, *[view.last_contact] * (most - 1)]


def _contacted(plan: Footprint, view: View, contacts: list[date], day: date) -> View:
    """Add a day of contact."""
    if not contacts or contacts[-1] != day:
        contacts.append(day)
    most = plan.playbook.contact.max_contacts
    return replace(view, last_contact=day, full_since=contacts[-most] if most and len(contacts) >= most else None)


def _on(view: View, decision: Decision, day: date, plan: Footprint) -> tuple[date, View] | None:
    """Return the next day on which the answer may change, and the view then; None where it does not."""
    if decision.status is Status.HELD:
        if view.held_until is None or view.held_until < day:
            return None
        return view.held_until + _DAY, _released(plan, view, view.held_until)
    if decision.status is Status.AWAITING_APPROVAL and view.draft is not None:
        done = (*view.done[: view.draft], Done(day), *view.done[view.draft + 1 :])
        return day, replace(view, done=done, draft=None, draft_on=None)
    if decision.status is Status.WAITING and decision.reason.name == "not_issued" and view.issued is not None:
        return view.issued, view
    if decision.status is Status.WAITING and decision.next is not None:
        return max(decision.next.on, day + _DAY), view
    return None


def _leave(plan: Footprint, view: View, decision: Decision, day: date) -> tuple[Coming, View]:
    """Take a due step as carried out on its day."""
    step = decision.step
    assert step is not None
    index = plan.by_id[step.id]
    before = view.done[index]
    done = Done(day) if before is None else Done(day, before.times + 1, first=before.first or before.on)
    channels = tuple(way.channel for way in decision.ways)
    truths = view.truths
    if Channel.HANDOVER in channels:
        truths = _told(plan, truths, {"handed_over": True})
    return Coming(day, step, decision.occurrence, channels), replace(
        view,
        done=(*view.done[:index], done, *view.done[index + 1 :]),
        open=(*view.open[:index], None, *view.open[index + 1 :]),
        truths=truths,
        last_move=day,
    )


def _released(plan: Footprint, view: View, last: date) -> View:
    """End what held a case: the hold is over, and a promise that ran until then is broken."""
    promised = any(test.fact == "promised" and truth is (test.value is True) for test, truth in zip(plan.tests, view.truths, strict=True))
    truths = _told(plan, view.truths, dict.fromkeys(_ENDING, False) | ({"promise_broken": True} if promised else {}))
    names = {"promise.broken"} if promised else {"hold.lifted"}
    anchors = tuple(last + _DAY if name in names else day for name, day in zip(plan.anchors, view.anchors, strict=True))
    return replace(view, truths=truths, anchors=anchors, held_until=None, hold_ended=last)


def _told(plan: Footprint, truths: tuple[bool | None, ...], facts: dict[str, bool]) -> tuple[bool | None, ...]:
    return tuple(
        facts[test.fact] is test.value if test.fact in facts and test.op == "is" else truth for test, truth in zip(plan.tests, truths, strict=True)
    )


def _aged(plan: Footprint, view: View, day: date) -> View:
    """Try again the tests that change with the calendar alone."""
    late = [place for place, test in enumerate(plan.tests) if test.fact == "days_overdue"]
    if not late:
        return view
    truths = list(view.truths)
    for place in late:
        truths[place] = _overdue(plan.tests[place], (day - view.due).days)
    return replace(view, truths=tuple(truths))


def _overdue(test: Test, days: int) -> bool:
    assert isinstance(test.value, int)
    return compare(test.op, days, test.value)
