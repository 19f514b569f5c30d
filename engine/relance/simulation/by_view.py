"""Views played forward: the steps the cases of one debtor will come to, and when, if nothing happens but what the ladder does.

The cases share their debtor's room for messages. Approvals, calls and tasks are taken as given on their day, what waits to leave as sent
on the first, a hold ends on its
known last day, a promise is then broken. Pure; it asks `decide`, on the days on which its answer may change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from relance.contact_room import since_full
from relance.interpreter.compiled import PREVIOUS, CompiledPlaybook, compile_playbook
from relance.interpreter.conditions import compare
from relance.interpreter.contact_slot import Rival, asks_again, is_contact, is_limited, message_of, rank_of, waiting
from relance.interpreter.decision import decide
from relance.model import CONTACT_CHANNELS, Channel, ContactDay, Decision, Done, Playbook, Status, Step, View
from relance.simulation.forward import forward

_DAY = timedelta(days=1)
_NEVER = date.max
_ENDING = ("on_hold", "promised", "plan_running")


class Coming(NamedTuple):
    """A step that will leave on a day, by its channels."""

    on: date
    step: Step
    occurrence: int
    channels: tuple[Channel, ...]

    @property
    def contact(self) -> bool:
        """Whether the debtor is written to or called."""
        return any(channel in CONTACT_CHANNELS for channel in self.channels)


class Member(NamedTuple):
    """A case that is played beside others of its debtor: where it stands, and which creditor's it is."""

    course: Course
    creditor: int = 0


def begin(playbook: Playbook, view: View, on: date, until: date) -> Course:
    """Set out from a view. What is asked on the way is remembered, so that other debtors with such a case need not ask again."""
    return Course(replace(view, full=()), calendar(compile_playbook(playbook), view, on, until))


def together(playbook: Playbook, members: Sequence[Member], contacts: Sequence[ContactDay], on: date, until: date) -> tuple[tuple[Coming, ...], ...]:
    """Return what leaves of each member from `on` to `until`, both included. `contacts` are the days of contact so far, in order.

    Members stand in the order in which they go first where step and due date are the same.
    """
    way = ByView(playbook, members, contacts, on, until)
    for _ in forward(way, on, until):
        pass
    return tuple(tuple(one.found) for one in way.climbers)


class ByView:
    """A way of seeing (`forward.Sight`): the views of a debtor's cases, aged and moved on without their facts."""

    def __init__(self, playbook: Playbook, members: Sequence[Member], contacts: Sequence[ContactDay], on: date, until: date) -> None:
        """Set out from the members' courses."""
        self.plan, self.until = compile_playbook(playbook), until
        self.contacts = list(contacts)
        self.climbers = [_Climber(place, one.creditor, one.course, on) for place, one in enumerate(members)]
        self._by_previous = any(kind == PREVIOUS for rung in self.plan.rungs for kind, _ in rung.counted)

    def look(self, day: date) -> None:
        """Look at the cases whose day it is, and let each take what was decided as done."""
        plan, contacts = self.plan, self.contacts
        looking = [one for one in self.climbers if one.day <= day]
        if _approvals(plan, looking, contacts, day):
            contacts.append(ContactDay(day))
        since = since_full(plan.limits, contacts)
        rivals = []
        for one in looking:
            one.decision = decision = one.course.answer(plan, since, day)
            if is_contact(decision):
                rivals.append(_rival(plan, one, decision))
        wait = waiting(rivals)
        gone = (one.decision for one in looking if one.place not in wait and one.decision is not None and is_contact(one.decision))
        sent = {way.channel for decision in gone for way in decision.ways if way.channel in CONTACT_CHANNELS}
        for one in looking:
            one.move(plan, day, self.until, wait=one.place in wait)
        if sent:
            contacts += (ContactDay(day, channel) for channel in sorted(sent))
            if len(self.climbers) > 1 and self._by_previous:
                for one in self.climbers:  # a step that is crowded out lets the one that counts from it go earlier
                    one.day = min(one.day, day + _DAY) if one.day != _NEVER else _NEVER

    def changes(self, day: date) -> date:  # each case knows its own
        """Return the first day on which one of the cases is to be looked at again."""
        return min(one.day for one in self.climbers)


def _rival(plan: CompiledPlaybook, one: _Climber, decision: Decision) -> Rival:
    """Return a case as one of those that have a message for their debtor: whoever is owed, one collector is at work."""
    message = (one.creditor, *message_of(plan.playbook, decision.step, one.place))
    return Rival(one.place, "", message, rank_of(plan, decision.step, one.course.view.due, one.place), is_limited(plan, (way.channel for way in decision.ways)))


# --------------------------------------------------------------------------- one case


class TruthChange(NamedTuple):
    """A test that turns out differently from a day on."""

    on: date
    place: int
    truth: bool


def calendar(plan: CompiledPlaybook, view: View, on: date, until: date) -> tuple[TruthChange, ...]:
    """List the tests of a view that change with the calendar alone, in order: those that count the days overdue."""
    found = []
    for place, test in enumerate(plan.tests):
        if test.fact != "days_overdue" or view.truths[place] is None:
            continue
        assert isinstance(test.value, int)
        days = (view.due + timedelta(test.value), view.due + timedelta(test.value + 1))
        found += [TruthChange(day, place, compare(test.op, (day - view.due).days, test.value)) for day in days if on < day <= until]
    return tuple(sorted(found))


@dataclass(slots=True, eq=False)
class Course:
    """A case at a point of its future: its view, and what will change of it with the calendar.

    Cases that came the same way stand at the same point, and share what was asked and what came next.
    """

    view: View
    changes: tuple[TruthChange, ...] = ()
    answers: dict[tuple[tuple[date | None, ...], date], Decision] = field(default_factory=dict)
    turns: dict[tuple[object, ...], tuple[Course, Coming | None]] = field(default_factory=dict)

    def answer(self, plan: CompiledPlaybook, since: tuple[date | None, ...], day: date) -> Decision:
        """Ask the interpreter, with the debtor's contacts as they are."""
        key = since, day
        if (found := self.answers.get(key)) is None:
            found = self.answers[key] = decide(plan.playbook, replace(self.view, full=since), day)
        return found

    def turn(self, key: tuple[object, ...], made: Callable[[], tuple[Course, Coming | None]]) -> tuple[Course, Coming | None]:
        """Go on to where something leads."""
        if (found := self.turns.get(key)) is None:
            found = self.turns[key] = made()
        return found

    def aged(self, day: date) -> Course:
        """Let pass what time alone changes."""
        if not self.changes or self.changes[0].on > day:
            return self
        return self.turn(("aged", day), lambda: (_changed(self, day), None))[0]

    def released(self, plan: CompiledPlaybook, last: date) -> Course:
        """End what held the case."""
        return self.turn(("released", last), lambda: (Course(_released(plan, self.view, last), self.changes), None))[0]

    def carried_out(self, plan: CompiledPlaybook, step: int, day: date) -> Course:
        """Approve the draft on which the case waits, or send its message."""
        return self.turn(("carried out", step, day), lambda: (Course(_carried_out(plan, self.view, step, day), self.changes), None))[0]

    def left(self, plan: CompiledPlaybook, decision: Decision, day: date) -> tuple[Course, Coming]:
        """Carry out a due step on its day."""
        assert decision.step is not None

        def made() -> tuple[Course, Coming]:
            coming, view = _leave(plan, self.view, decision, day)
            return Course(view, self.changes), coming

        course, coming = self.turn((decision.step.id, decision.ways, day), made)
        assert coming is not None
        return course, coming


@dataclass(slots=True)
class _Climber:
    """A case on its way: where it stands, and the day of the next look at it."""

    place: int
    creditor: int
    course: Course
    day: date
    decision: Decision | None = None
    found: list[Coming] = field(default_factory=list)

    def age(self, plan: CompiledPlaybook, day: date) -> None:
        """Let pass what time alone changes."""
        held = self.course.view.held_until
        if held is not None and day > held:
            self.course = self.course.released(plan, held)
        self.course = self.course.aged(day)

    def move(self, plan: CompiledPlaybook, day: date, until: date, *, wait: bool) -> None:
        """Take what was decided as done, and say when to look again."""
        decision, view, changes = self.decision, self.course.view, self.course.changes
        change = changes[0].on if changes else _NEVER
        assert decision is not None
        if wait:
            self.day = min(asks_again(plan, day), change)
        elif decision.status is Status.DUE:
            self.course, coming = self.course.left(plan, decision, day)
            self.found.append(coming)
            self.day = day + _DAY
        elif decision.status is Status.HELD and view.held_until is not None and view.held_until >= day:
            self.day = min(view.held_until + _DAY, change)
        elif decision.status is Status.WAITING and decision.reason.name == "not_issued" and view.issued is not None:
            self.day = min(view.issued, change)
        elif decision.status is Status.WAITING and decision.next is not None:
            self.day = min(max(decision.next.on, day + _DAY), change)
        else:
            self.day = change
        if self.day > until:
            self.day = _NEVER


def _approvals(plan: CompiledPlaybook, looking: Sequence[_Climber], contacts: Sequence[ContactDay], day: date) -> bool:
    """Give the approvals that are asked for, and send what waits; say whether one of them is a contact of a new day."""
    contact = False
    for one in looking:
        one.age(plan, day)
        view = one.course.view
        if view.draft is None and view.pending is None:
            continue
        status = one.course.answer(plan, (None,) * len(plan.limits), day).status
        step = view.draft if status is Status.AWAITING_APPROVAL else view.pending if status is Status.AWAITING_SENDING else None
        if step is not None:
            one.course = one.course.carried_out(plan, step, day)
            contact |= plan.rungs[step].contact
    return contact and (not contacts or contacts[-1].on != day)


def _changed(course: Course, day: date) -> Course:
    truths = list(course.view.truths)
    for change in course.changes:
        if change.on <= day:
            truths[change.place] = change.truth
    return Course(replace(course.view, truths=tuple(truths)), tuple(change for change in course.changes if change.on > day))


def _carried_out(plan: CompiledPlaybook, view: View, step: int, day: date) -> View:
    """Take a draft as approved, or a message as sent: whatever waited of the case has then left."""
    truths = _told(plan, view.truths, {"handed_over": True}) if Channel.HANDOVER in plan.rungs[step].step.channels else view.truths
    done = (*view.done[:step], _again(view.done[step], day), *view.done[step + 1 :])
    return replace(view, done=done, draft=None, draft_on=None, pending=None, pending_on=None, last_move=day, truths=truths)


def _again(before: Done | None, day: date) -> Done:
    return Done(day) if before is None else Done(day, before.times + 1, first=before.first or before.on)


def _leave(plan: CompiledPlaybook, view: View, decision: Decision, day: date) -> tuple[Coming, View]:
    """Take a due step as carried out on its day."""
    step = decision.step
    assert step is not None
    index = plan.by_id[step.id]
    channels = tuple(way.channel for way in decision.ways)
    truths = view.truths
    if Channel.HANDOVER in channels:
        truths = _told(plan, truths, {"handed_over": True})
    return Coming(day, step, decision.occurrence, channels), replace(
        view,
        done=(*view.done[:index], _again(view.done[index], day), *view.done[index + 1 :]),
        open=(*view.open[:index], None, *view.open[index + 1 :]),
        truths=truths,
        last_move=day,
    )


def _released(plan: CompiledPlaybook, view: View, last: date) -> View:
    """End what held a case: the hold is over, and a promise that ran until then is broken."""
    promised = any(test.fact == "promised" and truth is (test.value is True) for test, truth in zip(plan.tests, view.truths, strict=True))
    truths = _told(plan, view.truths, dict.fromkeys(_ENDING, False) | ({"promise_broken": True} if promised else {}))
    names = {"promise.broken"} if promised else {"hold.lifted"}
    anchors = tuple(last + _DAY if name in names else day for name, day in zip(plan.anchors, view.anchors, strict=True))
    return replace(view, truths=truths, anchors=anchors, held_until=None, hold_ended=last)


def _told(plan: CompiledPlaybook, truths: tuple[bool | None, ...], facts: dict[str, bool]) -> tuple[bool | None, ...]:
    return tuple(
        facts[test.fact] is test.value if test.fact in facts and test.op == "is" else truth for test, truth in zip(plan.tests, truths, strict=True)
    )
