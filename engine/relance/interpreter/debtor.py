"""One look at one debtor on one day: every case decided, then the actions of the day, combined into messages.

The same look serves preview, tests and the journal's "why"; a run over a portfolio ends in the same `combine`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from relance.interpreter.action_id import action_id
from relance.interpreter.amounts_asked import demanded
from relance.interpreter.arrears import asked_by
from relance.interpreter.cases import cases
from relance.interpreter.compiled import at_place, compile_playbook
from relance.interpreter.contact_slot import Rival, has_rules, is_contact, is_limited, message_of, put_off, rank_of, waiting
from relance.interpreter.decision import decide
from relance.interpreter.duties import duties_of
from relance.interpreter.newcomers import first_letter, unheard
from relance.interpreter.offers import offered
from relance.interpreter.reasons import addressed_to, say
from relance.interpreter.snapshot import Snapshot, case_today
from relance.interpreter.view import observe
from relance.law.places import holiday_place
from relance.law.recipients import Recipient, himself
from relance.model import (
    CONTACT_CHANNELS,
    REGISTERED,
    TEXT_CHANNELS,
    Action,
    Case,
    Channel,
    Combine,
    Decision,
    Facts,
    Playbook,
    Status,
    Step,
    View,
)

_K = TypeVar("_K", bound=Hashable)


class Seen(NamedTuple):
    """A case, what was seen of it, and what was decided."""

    case: Case
    view: View
    decision: Decision


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a debtor answers: a decision for each case, the actions of the day, and the tasks the law adds."""

    seen: tuple[Seen, ...]
    actions: tuple[Action, ...]
    duties: tuple[Action, ...] = ()


def look(playbook: Playbook, facts: Facts, on: date) -> Look:
    """Decide every case of a debtor on a day and say what leaves, message by message."""
    today = Snapshot(playbook, facts, on)
    kept = make_room(playbook, [see(case, today) for case in cases(playbook, facts)], on)
    actions = [action for each in kept if each.decision.step is not None for action in actions_of(playbook, each, today)]
    return Look(tuple(kept), combine(playbook, actions), duties_of(today))


def see(case: Case, today: Snapshot) -> Seen:
    """Decide a case on a day. Invoices that joined an agency's account get its first letter, where nothing else of the account moves sooner."""
    return what_counts(considered(case, today), today.playbook)


def considered(case: Case, today: Snapshot) -> tuple[Seen, ...]:
    """Decide a case on a day, and beside it, where it waits, the invoices that joined an agency's account and were not heard of."""
    seen = _decided(case, case, today)
    fresh = unheard(case_today(case, today)) if first_letter(today.playbook) is not None and seen.decision.status in (Status.WAITING, Status.FINISHED) else None
    return (seen,) if fresh is None else (seen, _decided(case, fresh, today))


def what_counts(considered: Sequence[Seen], playbook: Playbook) -> Seen:
    """Pick what counts of a case and the invoices that joined it."""
    seen = considered[0]
    return next((theirs for theirs in considered[1:] if _sooner(theirs.decision, seen.decision, first_letter(playbook))), seen)


def _decided(case: Case, part: Case, today: Snapshot) -> Seen:
    view = observe(today.playbook, part, today.on, today)
    return Seen(case, view, _decision(today.playbook, view, today.on))


#: Many cases of a portfolio have the same view, and so the same decision.
_decision = lru_cache(maxsize=8192)(decide)


def _sooner(letter: Decision, decision: Decision, step: Step | None) -> bool:
    """Say whether the first letter of invoices that joined an account leaves now, or before what the account waits for."""
    if letter.step is not None:
        return letter.step is step
    coming = letter.next is not None and step is not None and letter.next.step == step.id
    return coming and letter.next is not None and (decision.next is None or letter.next.on < decision.next.on)


def make_room(playbook: Playbook, seen: Sequence[Seen], on: date) -> list[Seen]:
    """Where the contact rules leave room for one message only, let the highest step, then the oldest due date, go first."""
    plan = compile_playbook(playbook)
    if not has_rules(plan):
        return list(seen)
    rivals = [
        Rival(case.id, "", message_of(playbook, decision.step, case.id), rank_of(plan, decision.step, view.due, case.id), limited=is_limited(plan, (way.channel for way in decision.ways)))
        for case, view, decision in seen
        if is_contact(decision)
    ]
    wait = waiting(rivals)
    return [each._replace(decision=put_off(plan, each.decision, on)) if each.case.id in wait else each for each in seen]


def actions_of(playbook: Playbook, each: Seen, today: Snapshot) -> list[Action]:
    """Turn a due decision into its actions, one a channel, with what is claimed worked out for the day."""
    decision, facts, step = each.decision, today.facts, each.decision.step
    assert step is not None
    unit = case_today(each.case, today)
    about = tuple(each.invoice.id for each in demanded(unit, step)) or (unit.carrier.id,)
    carrier = unit.carrier.id if unit.carrier.id in about else about[0]
    claimed, calendar = asked_by(unit, step, about), at_place(playbook, each.view.place).calendar
    registered = any(way.channel in REGISTERED and way.missing is None for way in decision.ways)
    made = []
    for way, to in ((each, reader) for each in decision.ways for reader in _addressed(today, each.channel)):
        again = _attempts(today, carrier, step.id, decision.occurrence, way.channel)
        identity = action_id(
            facts.creditor.id, playbook.id, each.case.id, carrier, step.id, decision.occurrence, way.channel, again or "", *filter(None, (to.capacity,))
        )
        action = Action(
            id=identity,
            on=today.on,
            creditor=facts.creditor.id,
            debtor=facts.debtor.id,
            case=each.case.id,
            carrier=carrier,
            invoices=about,
            playbook=playbook.id,
            playbook_version=playbook.version,
            step=step.id,
            occurrence=decision.occurrence,
            kind=step.kind,
            channel=way.channel,
            tone=step.tone,
            template=step.template or step.id,
            language=facts.debtor.language or playbook.language,
            approvers=step.approvers,
            offer=offered(step.offer, claimed, decision.deadline, calendar),
            to_role=step.to_role,
            cc=step.cc,
            draft=step.approval or bool(to.capacity),
            deadline=decision.deadline,
            claimed=claimed,
            reason=addressed_to(say(decision.reason), to),
            message=identity,
            missing=way.missing,
            to=step.to,
            registered=registered,
            capacity=to.capacity,
        )
        made.append(action)
    return made


def _addressed(today: Snapshot, channel: Channel) -> tuple[Recipient, ...]:
    """Return who gets what leaves by a channel, one message each; a task or a hand-over is of the house."""
    return today.recipients if channel in TEXT_CHANNELS else (himself(today.facts),)


def renewed(action: Action, facts: Facts, playbook: Playbook, on: date) -> Action:
    """Return an action as it would be made on a later day: the sums and the deadline of that day, for its own invoices.

    `facts` are those before the action itself. One of whose invoices or step nothing is known stays as it was made; so do an offer and its last
    day, for the journal holds what was offered until when.
    """
    order = compile_playbook(playbook).by_id
    own = tuple(invoice for invoice in facts.invoices if invoice.id in action.invoices)
    made = replace(action, on=on, draft=False)
    if action.step not in order or not own:
        return made
    index = order[action.step]
    step, grants = playbook.steps[index], compile_playbook(at_place(playbook, holiday_place(facts.debtor.address))).rungs[index].grants
    unit = case_today(Case(action.case, facts, own, own[0].currency), Snapshot(playbook, facts, on))
    deadline = action.deadline
    if deadline is not None and grants is not None and action.offer is None:
        deadline = max(deadline, grants(on))
    return replace(made, claimed=asked_by(unit, step, action.invoices), deadline=deadline)


def _attempts(today: Snapshot, carrier: str, step: str, occurrence: int, channel: Channel) -> int:
    """Count how often this very action was already withdrawn or failed, so that the next one has a name of its own."""
    playbook, order = today.playbook, compile_playbook(today.playbook).by_id
    wanted = (order[step], occurrence, channel, carrier)
    undone = [act for act in today.acts if (act.cancelled or act.failed) and act.playbook in ("", playbook.id)]
    return sum(1 for act in undone if (order.get(act.step), act.occurrence, act.channel, act.carrier) == wanted)


def combine(playbook: Playbook, actions: Sequence[Action]) -> tuple[Action, ...]:
    """Name the message that carries each action: the one at the highest step, then of the smaller case, of those that go together."""
    if playbook.combine is Combine.NONE:
        return tuple(actions)
    order = compile_playbook(playbook).by_id
    together: defaultdict[tuple[object, ...], list[Action]] = defaultdict(list)
    for action in actions:
        together[_envelope(playbook, action)].append(action)
    lead: dict[str, str] = {}
    for group in together.values():
        ways: defaultdict[tuple[str, str], set[Channel]] = defaultdict(set)
        for action in group:
            ways[action.case, action.step].add(action.channel)
        for voice in voices({(case, step): (order[step], channels) for (case, step), channels in ways.items()}):
            spoken = [action for action in group if (action.case, action.step) in voice]
            for channel in {action.channel for action in spoken}:
                mine = [action for action in spoken if action.channel is channel]
                lead |= dict.fromkeys((action.id for action in mine), min(mine, key=lambda action: (-order[action.step], action.case)).id)
    return tuple(replace(action, message=lead[action.id]) for action in actions)


def voices(steps: Mapping[_K, tuple[int, Collection[Channel]]]) -> Iterator[Collection[_K]]:
    """Part what could go together, each its step's place and its ways: what also goes by a way that the highest step does not take keeps to its own step by every way."""
    left = dict(steps)
    while left:
        highest = max(place for place, _ in left.values())
        taken = {channel for place, channels in left.values() if place == highest for channel in channels}
        own = {key for key, (_, channels) in left.items() if any(channel in CONTACT_CHANNELS and channel not in taken for channel in channels)}
        yield left.keys() - own
        left = {key: each for key, each in left.items() if key in own}


def is_early(step: Step) -> bool:
    """Say whether a step speaks before the due date. Such a message travels apart: one text cannot be true of both."""
    return step.at.anchor == "due" and step.at.offset is not None and step.at.offset.number < 0


def _envelope(playbook: Playbook, action: Action) -> tuple[object, ...]:
    early = is_early(playbook.steps[compile_playbook(playbook).by_id[action.step]])
    step = action.step if playbook.combine is Combine.STEP else ""
    return action.creditor, action.debtor, action.capacity, action.to_role, action.cc, action.draft, early, action.claimed.arrears is None, action.claimed.currency, step, action.case if action.offer else ""
