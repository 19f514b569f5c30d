"""The tasks the law adds to the ladder's own: what an agency owes its creditor and the debtor, what an insolvency asks of all.

They follow from events, not from steps; nothing stops or holds them, and they are no step for the ladder's rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from relance.interpreter.action_id import action_id
from relance.interpreter.action_state import DUTY
from relance.interpreter.balance import ZERO, sole_currency
from relance.interpreter.snapshot import Snapshot
from relance.law.duties import Duty, duties, not_reversed
from relance.model import Action, Channel, Claimed, Event, Facts, StepKind

#: How far a look goes back, so that a day on which nobody looked loses no duty.
LOOK_BACK = timedelta(days=31)


def duties_of(today: Snapshot) -> tuple[Action, ...]:
    """Return the duties that the events of the last month give rise to and that nobody was given yet."""
    facts, playbook, on = today.facts, today.playbook, today.on
    mandate = facts.creditor.mandate
    known = {act.id for act in today.acts}
    recent = tuple(event for event in not_reversed(facts.events, on) if on - LOOK_BACK < event.on <= on)
    days = sorted({event.on for event in recent if playbook.collector != "agency" or (mandate is not None and mandate <= event.on)})
    found = [duty for day in days for duty in duties(replace(facts, events=recent), day, collector=playbook.collector)]
    return tuple(_action(today, duty, identity) for identity, duty in _named(facts, found) if identity not in known)


def undone(facts: Facts, on: date) -> frozenset[str]:
    """Return the ids of the duties of money that had gone back by a day: nobody has them to do any more."""
    if not any(event.kind == "payment.reversed" and event.on <= on for event in facts.events):
        return frozenset()
    ever, kept = ({identity for identity, _ in _named(facts, _agencys(facts, events))} for events in (tuple(event for event in facts.events if event.on <= on), not_reversed(facts.events, on)))
    return frozenset(ever - kept)


def _agencys(facts: Facts, events: tuple[Event, ...]) -> list[Duty]:
    """Return the duties that events give an agency, whichever playbook asked for them."""
    told = replace(facts, events=events)
    return [duty for day in sorted({event.on for event in events}) for duty in duties(told, day, collector="agency")]


def _named(facts: Facts, found: Iterable[Duty]) -> Iterator[tuple[str, Duty]]:
    """Give each duty the id of its action: those of one name, invoice and day are told apart by their order."""
    seen: Counter[tuple[object, ...]] = Counter()
    for duty in found:
        name = (facts.creditor.id, facts.debtor.id, DUTY + duty.name, duty.invoice, duty.on)
        seen[name] += 1
        yield action_id(*name, seen[name]), duty


def _action(today: Snapshot, duty: Duty, identity: str) -> Action:
    facts, playbook = today.facts, today.playbook
    about = duty.invoice or ""
    currency = sole_currency(facts.invoices)
    return Action(
        id=identity,
        on=today.on,
        creditor=facts.creditor.id,
        debtor=facts.debtor.id,
        case=about or facts.debtor.id,
        carrier=about,
        invoices=(about,) if about else (),
        playbook=playbook.id,
        playbook_version=playbook.version,
        step=DUTY + duty.name,
        occurrence=1,
        kind=StepKind.TASK,
        channel=Channel.TASK,
        tone=None,
        template="",
        language=playbook.language,
        draft=False,
        deadline=duty.by,
        claimed=Claimed(currency, ZERO),
        reason=f"{duty.title} ({duty.article})",
        message=identity,
    )
