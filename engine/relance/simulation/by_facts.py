"""What is known of one debtor played forward: slower than views (`by_view`), and right where a view cannot tell how it will age.

The facts are observed anew on every day on which something may change: an event, the end of a hold, of a promise, of a term, a day on which a
verdict of the ladder turns. Several creditors of an agency may be played together, who share the debtor's room. Pure.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from relance.interpreter.action_state import acts, contact_days, in_order
from relance.interpreter.cases import cases
from relance.interpreter.compiled import CompiledPlaybook, at_place, compile_playbook
from relance.interpreter.contact_slot import Rival, has_rules, is_contact, is_limited, message_of, put_off, rank_of, waiting
from relance.interpreter.debtor import Look, Seen, actions_of, combine, considered, what_counts
from relance.interpreter.duties import duties_of
from relance.interpreter.emission import happened, released
from relance.interpreter.offer_outcomes import with_offers
from relance.interpreter.snapshot import Snapshot
from relance.interpreter.step_dates import turning_days
from relance.model import Action, Event, Facts, Playbook, Status
from relance.simulation.by_view import Coming
from relance.simulation.change_days import barred_days, ends, event_days, grown, overdue_days, tested
from relance.simulation.forward import forward

_DAY = timedelta(days=1)
_WAITS = (Status.AWAITING_APPROVAL, Status.AWAITING_SENDING)


class Household(NamedTuple):
    """What is known of a debtor after a day, creditor by creditor, and what was seen of each on it."""

    looks: tuple[Look, ...]
    facts: tuple[Facts, ...]


@dataclass(slots=True)
class _Case:
    """A case as it is seen on a day: whose it is, what was considered of it, and what counts."""

    number: int
    today: Snapshot
    considered: tuple[Seen, ...]
    seen: Seen


class ByFacts:
    """A way of seeing (`forward.Sight`): the facts of a household, with the events that the ladder causes put among them.

    `leaves` gives what an action leaves in the journal. `released`: drafts and messages that wait are let go on the day they hold a case up.
    """

    def __init__(
        self, playbook: Playbook, household: Sequence[Facts], until: date, *, leaves: Callable[[Action], Iterable[Event]] = happened, release: bool = False
    ) -> None:
        """Set out from what is known."""
        self.playbook, self.until, self.leaves, self.release = playbook, until, leaves, release
        self.plan = compile_playbook(playbook)
        self.known = [with_offers(replace(facts, events=tuple(sorted(facts.events, key=_order)))) for facts in household]
        self._days = self._known_days()
        self._cases: list[_Case] = []
        self._moved = False  # whether anything was written on the day

    def _known_days(self) -> list[date]:
        return sorted({day for facts in self.known for day in (*ends(self.playbook, facts), *overdue_days(self.plan, facts), *event_days(facts))})

    def look(self, day: date) -> Household:
        """Look at the household on a day, and take what leaves as carried out."""
        self._moved = False
        self._cases = self._look(day)
        if self.release and self._let_go(day):
            self._cases = self._look(day)
        self._make_room(day)
        looks = tuple(self._at(number, day) for number in range(len(self.known)))
        for number, look in enumerate(looks):
            self._write(number, [event for action in (*look.actions, *look.duties) for event in self.leaves(action)])
        return Household(looks, tuple(self.known))

    def changes(self, day: date) -> date:
        """Return the next day on which something may be seen otherwise; tomorrow, where something was written."""
        if self._moved or self._is_crowded():
            return day + _DAY
        coming = self._days[bisect_right(self._days, day) :][:1]
        for today in {case.number: case.today for case in self._cases}.values():
            coming += [turn for turn in barred_days(today, self.until) if turn > day]
        for case in self._cases:
            coming += [turn for seen in case.considered for turn in turning_days(_plan_of(seen, self.playbook), seen.view, seen.decision, day)]
        after = min([*coming, self.until + _DAY])
        if "total_claimed" in tested(self.playbook):
            after = min([after, *(turn for facts in self.known for turn in grown(self.playbook, facts, day, after - _DAY))])
        if any(case.seen.decision.status is Status.AWAITING_SENDING for case in self._cases):
            return max(after - _DAY, day + _DAY)  # the last day on which it waits says for how many
        return after

    def _is_crowded(self) -> bool:
        """Say whether a message that has not left takes the room of what is to come, of each day anew."""
        coming = has_rules(self.plan) and any(seen.decision.next is not None for case in self._cases for seen in case.considered)
        return coming and any(act.pending for case in self._cases for act in case.today.acts)

    def _look(self, day: date) -> list[_Case]:
        found: list[_Case] = []
        for number, facts in enumerate(self.known):
            today = Snapshot(self.playbook, self._beside(facts, day), day)
            for case in cases(self.playbook, today.facts):
                ways = considered(case, today)
                found.append(_Case(number, today, ways, what_counts(ways, self.playbook)))
        return found

    def _beside(self, facts: Facts, day: date) -> Facts:
        """Add the days on which an agency contacted this debtor for its other creditors."""
        if self.playbook.collector != "agency" or len(self.known) == 1:
            return facts
        days = {contact for other in self.known if other is not facts for contact in contact_days(acts(other.events, day), day)}
        return replace(facts, contacts_elsewhere=in_order(days.union(facts.contacts_elsewhere)))

    def _let_go(self, day: date) -> bool:
        """Give the approvals that are asked for, and send what waits to leave; say whether there was any."""
        for case in self._cases:
            if case.seen.decision.status not in _WAITS:
                continue
            named = {"", case.seen.case.id, *(invoice.id for invoice in case.seen.case.invoices)}
            held = [act for act in acts(self.known[case.number].events, day) if (act.waits or act.pending) and act.case in named]
            self._write(case.number, [event for act in held for event in released(act, day)])
        return self._moved

    def _make_room(self, day: date) -> None:
        """Where the contact rules leave room for one message only, put off the others."""
        if not has_rules(self.plan):
            return
        rivals = [self._rival(place, case) for place, case in enumerate(self._cases) if is_contact(case.seen.decision)]
        for place in waiting(rivals):
            case = self._cases[place]  # type: ignore[call-overload]  # the rivals' names are their places
            case.seen = case.seen._replace(decision=put_off(self.plan, case.seen.decision, day))

    def _rival(self, place: int, case: _Case) -> Rival:
        named, view, decision = case.seen
        message = (case.number, *message_of(self.playbook, decision.step, named.id))
        return Rival(place, "", message, rank_of(self.plan, decision.step, view.due, named.id), limited=is_limited(self.plan, (way.channel for way in decision.ways)))

    def _at(self, number: int, day: date) -> Look:
        mine = [case for case in self._cases if case.number == number]
        today = mine[0].today if mine else Snapshot(self.playbook, self.known[number], day)
        actions = [action for case in mine if case.seen.decision.step is not None for action in actions_of(self.playbook, case.seen, today)]
        return Look(tuple(case.seen for case in mine), combine(self.playbook, actions), duties_of(today))

    def _write(self, number: int, told: Sequence[Event]) -> None:
        if told:
            events = list(self.known[number].events)
            for event in told:
                insort(events, event, key=_order)
            kept = len(events)
            self.known[number], self._moved = with_offers(replace(self.known[number], events=tuple(events))), True
            if len(self.known[number].events) != kept:  # what follows from an offer has days of its own
                self._days = self._known_days()


def _plan_of(seen: Seen, playbook: Playbook) -> CompiledPlaybook:
    return compile_playbook(at_place(playbook, seen.view.place))


def _order(event: Event) -> tuple[date, int]:
    return event.on, event.seq


def foretell(playbook: Playbook, household: Sequence[Facts], on: date, until: date) -> Mapping[tuple[int, str], tuple[Coming, ...]]:
    """Return what leaves of each case from `on` to `until`, both included, by the place of its facts in the household and its id."""
    found: dict[tuple[int, str], list[Coming]] = {}
    for day, seen in forward(ByFacts(playbook, household, until, release=True), on, until):
        for number, look in enumerate(seen.looks):
            for each in look.seen:
                found.setdefault((number, each.case.id), []).extend(_coming(each, day))
    return {key: tuple(comings) for key, comings in found.items()}


def _coming(each: Seen, day: date) -> Iterator[Coming]:
    step = each.decision.step
    if step is not None:
        yield Coming(day, step, each.decision.occurrence, tuple(way.channel for way in each.decision.ways))
