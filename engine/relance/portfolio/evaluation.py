"""A portfolio on a day: every case decided by its playbook, the messages of each debtor given room, everything counted.

The seam between a run and the interpreter: `evaluate` is all a run knows of it, and a fold of whole tables may stand behind
the same function. Nothing is dropped: the counts add up to the cases, and the invoices of the cases to the invoices read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from relance.interpreter import Snapshot, compile_playbook, say
from relance.interpreter.action_state import acts, contact_days, in_order
from relance.interpreter.contact_slot import Rival, is_contact, is_limited, message_of, put_off, rank_of, waiting
from relance.interpreter.debtor import Seen, actions_of, combine, see
from relance.interpreter.duties import duties_of
from relance.model import Action, Decision, Facts, Playbook, Status
from relance.portfolio.routing import Assigned, Routing, Unrouted, assign
from relance.sentences import sentence

#: Shares a debtor's invoices out among playbooks on a day.
Share = Callable[[Routing, Facts, date], tuple[tuple[Assigned, ...], tuple[Unrouted, ...]]]


class Count(NamedTuple):
    """A line of the count: a playbook, what it says of its cases, and which step or reason."""

    playbook: str
    status: Status
    about: str


@dataclass(slots=True)
class Evaluation:
    """What is due on a day, and how many cases stand where. `invoices` were read, `routed` of them are in a case."""

    on: date
    counts: Counter[Count] = field(default_factory=Counter)
    actions: list[Action] = field(default_factory=list)
    duties: list[Action] = field(default_factory=list)
    unrouted: list[Unrouted] = field(default_factory=list)
    cases: int = 0
    invoices: int = 0
    routed: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every case is counted once and every invoice is in a case or reported."""
        return self.counts.total() == self.cases and self.routed + len(self.unrouted) == self.invoices


    def __add__(self, other: Evaluation) -> Evaluation:
        """Sum the evaluations of two parts of a portfolio on one day."""
        return Evaluation(
            self.on, self.counts + other.counts, self.actions + other.actions, self.duties + other.duties, self.unrouted + other.unrouted,
            self.cases + other.cases, self.invoices + other.invoices, self.routed + other.routed,
        )  # fmt: skip


@dataclass(slots=True)
class Climb:
    """The cases of one debtor with one creditor under one playbook, as seen on the day."""

    playbook: Playbook
    today: Snapshot
    seen: list[Seen]


def evaluate(portfolio: Iterable[Facts], routing: Routing, on: date, *, progress: Callable[[int], None] | None = None) -> Evaluation:
    """Decide every case of a portfolio on a day. `progress` is told how many debtors are done."""
    done = Evaluation(on)
    for number, household in enumerate(_households(portfolio), 1):
        _evaluate(household, routing, on, done)
        if progress is not None:
            progress(number)
    return done


def _households(portfolio: Iterable[Facts]) -> Iterable[list[Facts]]:
    """Bring together what several creditors know of one debtor, in the order in which debtors first come."""
    by_debtor: dict[str, list[Facts]] = {}
    for facts in portfolio:
        by_debtor.setdefault(facts.debtor.id, []).append(facts)
    return by_debtor.values()


def _evaluate(household: Sequence[Facts], routing: Routing, on: date, done: Evaluation) -> None:
    climbs, unrouted = decided(household, routing, on)
    done.invoices += sum(len(facts.invoices) for facts in household)
    done.unrouted += unrouted
    for climb in climbs:
        done.cases += len(climb.seen)
        done.routed += sum(len(seen.case.invoices) for seen in climb.seen)
    duties: dict[str, Action] = {}
    for climb in climbs:
        done.counts.update(Count(climb.playbook.id, seen.decision.status, about(seen.decision)) for seen in climb.seen)
        due = [each for each in climb.seen if each.decision.step is not None]
        done.actions += combine(climb.playbook, [action for each in due for action in actions_of(climb.playbook, each, climb.today)])
        duties |= {duty.id: duty for duty in duties_of(climb.today)}
    done.duties += duties.values()


def decided(household: Sequence[Facts], routing: Routing, on: date, share: Share = assign) -> tuple[list[Climb], list[Unrouted]]:
    """Decide every case of one debtor, whoever is owed, and give the messages their room; what no playbook takes comes apart.

    `share` shares a debtor's invoices out among the playbooks: by the rules, unless something else is asked.
    """
    climbs, left = climbs_of(household, routing, on, share)
    share_room(climbs, on)
    return climbs, left


def climbs_of(household: Sequence[Facts], routing: Routing, on: date, share: Share = assign) -> tuple[list[Climb], list[Unrouted]]:
    """Decide every case of one debtor as if each were alone: which of several messages goes first is not said yet."""
    climbs: list[Climb] = []
    left: list[Unrouted] = []
    for facts in household:
        assigned, unrouted = share(routing, facts, on)
        left += unrouted
        for playbook, cases in assigned:
            known = _with_elsewhere(facts, household, routing, on) if playbook.collector == "agency" else facts
            today = Snapshot(playbook, known, on)
            climbs.append(Climb(playbook, today, [see(case, today) for case in cases]))
    return climbs, left


def no_longer_asked(playbook: str, case: str, invoices: Iterable[str], climbs: Sequence[Climb]) -> str | None:
    """Say why a message of a playbook about a case of one creditor is not to leave any more: another playbook has it, none has, or it is stopped; else None."""
    seen = next((seen for climb in climbs if climb.playbook.id == playbook for seen in climb.seen if seen.case.id == case), None)
    if seen is not None:
        return say(seen.decision.reason) if seen.decision.status is Status.STOPPED else None
    own = set(invoices)
    names = {climb.playbook.id for climb in climbs for seen in climb.seen if own & {invoice.id for invoice in seen.case.invoices}} - {playbook}
    return sentence("the case '{case}' is under the playbook '{playbook}' now", case=case, playbook=min(names)) if names else sentence("no playbook has the case '{case}' any more", case=case)


def held_by(playbook: str, case: str, climbs: Sequence[Climb]) -> str | None:
    """Say what holds a case under a playbook, or None: it is not held, or not there."""
    found = (seen.decision for climb in climbs if climb.playbook.id == playbook for seen in climb.seen if seen.case.id == case)
    return next((say(decision.reason) for decision in found if decision.status is Status.HELD), None)


def _with_elsewhere(facts: Facts, household: Sequence[Facts], routing: Routing, on: date) -> Facts:
    """Add the days on which the agency contacted this debtor for other creditors; a creditor's own letters are not the agency's."""
    if len(household) == 1:
        return facts
    playbooks = routing.playbooks
    made = (act for other in household if other is not facts for act in acts(other.events, on))
    days = contact_days((act for act in made if (own := playbooks.get(act.playbook)) is None or own.collector == "agency"), on)
    return replace(facts, contacts_elsewhere=in_order(days.union(facts.contacts_elsewhere)))


# --------------------------------------------------------------------------- room for messages


def share_room(climbs: Sequence[Climb], on: date) -> None:
    """Where the contact rules leave room for one message, let the highest step, then the oldest due date, go first; the rest wait.

    The rules of every playbook a debtor is under apply; an agency's messages for several creditors share their room.
    """
    rivals = [
        _rival(climb, seen, (number, place))
        for number, climb in enumerate(climbs)
        for place, seen in enumerate(climb.seen)
        if is_contact(seen.decision)
    ]
    wait = waiting(rivals)
    for number, climb in enumerate(climbs):
        plan = compile_playbook(climb.playbook)
        climb.seen = [
            seen._replace(decision=put_off(plan, seen.decision, on)) if (number, place) in wait else seen for place, seen in enumerate(climb.seen)
        ]


def _rival(climb: Climb, seen: Seen, place: tuple[int, int]) -> Rival:
    playbook, step, creditor = climb.playbook, seen.decision.step, climb.today.facts.creditor.id
    plan = compile_playbook(playbook)
    return Rival(
        case=place,
        collector="" if playbook.collector == "agency" else creditor,
        message=(creditor, playbook.id, *message_of(playbook, step, seen.case.id)),
        rank=rank_of(plan, step, seen.view.due, seen.case.id),
        limited=is_limited(plan, (way.channel for way in seen.decision.ways)),
    )


# --------------------------------------------------------------------------- counting


def about(decision: Decision) -> str:
    """Name the line of the count a decision belongs to: its step, or its reason without days and names."""
    name, args = decision.reason
    match decision.status:
        case Status.DUE:
            return decision.step.id if decision.step is not None else ""
        case Status.HELD:
            return str(args[0])
        case Status.STOPPED:
            return str(args[0]) if name == "stopped" else say(decision.reason)
        case Status.AWAITING_APPROVAL | Status.AWAITING_SENDING:
            return str(args[0])
        case Status.WAITING if name == "below_min_balance":
            return sentence("balance below min_balance")
        case Status.WAITING if name == "not_issued":
            return sentence("not issued yet")
        case Status.WAITING:
            return decision.next.step if decision.next is not None else sentence("a task nobody has recorded")
        case _:
            return say(decision.reason)
