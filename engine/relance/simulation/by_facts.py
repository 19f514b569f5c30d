"""What is known of one debtor played forward: slower than views (`by_view`), and right where a view cannot tell how it will age.

A claim that is issued or barred later, a plan, a promise among the invoices of an account: the facts are observed anew on every
day on which something may change. Takes for granted what `by_view` does. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from relance.dates import add
from relance.interpreter.action_state import acts, contact_days
from relance.interpreter.cases import cases
from relance.interpreter.compiled import ASKED, CompiledPlaybook, compile_playbook
from relance.interpreter.contact_slot import Rival, asks_again, is_contact, waiting
from relance.interpreter.debtor import Seen, actions_of, see
from relance.interpreter.emission import happened, released
from relance.interpreter.habit import no_longer_seen
from relance.interpreter.newcomers import first_letter
from relance.interpreter.snapshot import Snapshot
from relance.interpreter.view import observe
from relance.model import Channel, Duration, Event, Facts, Playbook, Status, Unit
from relance.simulation.by_view import Coming, rival

_DAY = timedelta(days=1)


class _Seen(NamedTuple):
    """A case of one of the household's facts, as it was seen on a day."""

    number: int
    seen: Seen
    today: Snapshot


def foretell(playbook: Playbook, household: Sequence[Facts], on: date, until: date) -> Mapping[tuple[int, str], tuple[Coming, ...]]:
    """Return what leaves of each case from `on` to `until`, both included, by the place of its facts in the household and its id."""
    plan = compile_playbook(playbook)
    stirring = sorted({day for facts in household for day in (*stirs(playbook, facts, on, until), *overdue_days(plan, facts))})
    known = list(household)
    found: dict[tuple[int, str], list[Coming]] = {}
    day = on
    while day <= until:
        seen = _look(playbook, known, day)
        if _approve(seen, known, day):
            seen = _look(playbook, known, day)
        nexts = [next((stir for stir in stirring if stir > day), date.max)]
        wait = waiting(_rivals(plan, seen))
        for place, (number, (case, view, decision), _) in enumerate(seen):
            mine = found.setdefault((number, case.id), [])
            if place in wait:
                nexts.append(asks_again(plan, day))
            elif decision.status is Status.DUE:
                assert decision.step is not None
                mine.append(Coming(day, decision.step, decision.occurrence, tuple(way.channel for way in decision.ways)))
                known[number] = _with(known[number], _carried_out(playbook, *seen[place][1:]))
                nexts.append(day + _DAY)
            elif decision.status is Status.HELD and view.held_until is not None:
                nexts.append(view.held_until + _DAY)
            elif decision.next is not None:
                nexts.append(decision.next.on)
        day = max(min(nexts), day + _DAY)
    return {key: tuple(comings) for key, comings in found.items()}


def _look(playbook: Playbook, known: Sequence[Facts], day: date) -> list[_Seen]:
    looks: list[_Seen] = []
    for number, facts in enumerate(known):
        today = Snapshot(playbook, _beside(playbook, facts, known, day), day)
        looks += [_Seen(number, see(case, today), today) for case in cases(playbook, today.facts)]
    return looks


def _beside(playbook: Playbook, facts: Facts, known: Sequence[Facts], day: date) -> Facts:
    """Add the days on which an agency contacted this debtor for its other creditors."""
    if playbook.collector != "agency" or len(known) == 1:
        return facts
    days = {contact for other in known if other is not facts for contact in contact_days(acts(other.events, day), day)}
    return replace(facts, contacts_elsewhere=tuple(sorted(days.union(facts.contacts_elsewhere))))


def _rivals(plan: CompiledPlaybook, seen: Sequence[_Seen]) -> list[Rival]:
    return [rival(plan, place, number, decision, view.due) for place, (number, (_, view, decision), _) in enumerate(seen) if is_contact(decision)]


def _approve(seen: Sequence[_Seen], known: list[Facts], day: date) -> bool:
    """Give the approvals that are asked for, and send what waits to leave; say whether there was any."""
    asked = False
    for number, (case, _, decision), _ in seen:
        if decision.status not in (Status.AWAITING_APPROVAL, Status.AWAITING_SENDING):
            continue
        named = {"", case.id, *(invoice.id for invoice in case.invoices)}
        waiting = [act for act in acts(known[number].events, day) if (act.waits or act.pending) and act.case in named]
        for act in waiting:
            known[number] = _with(known[number], released(act, day))
        asked = asked or bool(waiting)
    return asked


def _carried_out(playbook: Playbook, seen: Seen, today: Snapshot) -> Iterator[Event]:
    """Give the journal's lines of a due step that is carried out on its day."""
    for action in actions_of(playbook, seen, today):
        yield from happened(action)


def _with(facts: Facts, events: Iterable[Event]) -> Facts:
    return replace(facts, events=(*facts.events, *events))


# --------------------------------------------------------------------------- the days on which something changes by itself


def stirs(playbook: Playbook, facts: Facts, on: date, until: date) -> set[date]:
    """Return the days after `on` on which something about a debtor changes by itself in a way that a view does not tell."""
    plan = compile_playbook(playbook)
    tested = {test.fact for test in plan.tests}
    today = Snapshot(playbook, facts, on)
    found = {invoice.issued for invoice in facts.invoices if invoice.issued is not None}
    joining = "total_claimed" in tested and playbook.unit is Unit.ACCOUNT
    hands_over = playbook.unit is Unit.ACCOUNT and "handed_over" in tested and any(Channel.HANDOVER in step.channels for step in playbook.steps)
    if tested & {"overdue_balance", ASKED} or joining or hands_over or first_letter(playbook) is not None:
        found |= {invoice.due + _DAY for invoice in facts.invoices}
    if "usual_delay" in tested:
        found |= set(no_longer_seen(facts))
    if facts.creditor.mandate is not None:
        found.add(facts.creditor.mandate)
    for event in facts.events:
        found |= set(_ends(playbook, event))
    if tested & {"time_barred", "limitation_within"}:
        barred = {each.barred for each in today.standings.values() if each.outstanding and each.barred is not None}
        found |= barred | {day for each in barred for test in plan.tests if test.fact == "limitation_within" for day in _near(playbook, each, test.value)}
    found = {day for day in found if on < day <= until}
    if "total_claimed" in tested:
        found |= _grown(playbook, facts, [on, *sorted(found), until + _DAY])
    return found


def _grown(playbook: Playbook, facts: Facts, days: Sequence[date]) -> set[date]:
    """Return the days on which what is claimed has grown past what a test compares it with: between two days it only grows, so halving finds them."""
    plan = compile_playbook(playbook)
    places = [place for place, test in enumerate(plan.tests) if test.fact == "total_claimed"]

    def told(day: date) -> list[bool | None]:
        today = Snapshot(playbook, facts, day)
        return [observe(playbook, case, day, today).truths[place] for case in cases(playbook, facts) for place in places]

    def turns(low: date, first: list[bool | None], high: date, last: list[bool | None]) -> Iterator[date]:
        if first == last:
            return
        if (high - low).days == 1:
            yield high
            return
        middle = low + (high - low) // 2
        half = told(middle)
        yield from turns(low, first, middle, half)
        yield from turns(middle, half, high, last)

    ends = [(start, end - _DAY) for start, end in pairwise(days) if start < end - _DAY]
    return {day for start, end in ends for day in turns(start, told(start), end, told(end))}


def overdue_days(plan: CompiledPlaybook, facts: Facts) -> set[date]:
    """Return the days on which a test of the days overdue turns; views know them."""
    values = [test.value for test in plan.tests if test.fact == "days_overdue" and isinstance(test.value, int)]
    return {invoice.due + timedelta(value + more) for invoice in facts.invoices for value in values for more in (0, 1)}


def _ends(playbook: Playbook, event: Event) -> Iterator[date]:
    """Give the days after those on which a hold, a promise or an instalment ends."""
    if event.kind == "hold.placed" and event.data.get("until") is not None:
        yield event.data["until"] + _DAY
    elif event.kind == "promise.made":
        yield add(event.data["by"], playbook.grace, playbook.calendar) + _DAY
    elif event.kind == "plan.agreed":
        for term in event.data["instalments"]:
            yield add(term["on"], playbook.grace, playbook.calendar) + _DAY


def _near(playbook: Playbook, barred: date, within: object) -> Iterator[date]:
    """Give the first day from which a claim is barred within a duration."""
    assert isinstance(within, Duration)
    day = add(barred, within._replace(number=-within.number), playbook.calendar) - timedelta(10)
    while add(day, within, playbook.calendar) < barred:
        day += _DAY
    yield day
