"""Which one message goes where contact rules leave room for one: the highest step, then the oldest due date, then the smaller case.

The one definition, asked by whoever decides the cases of a debtor together or plays them forward; `columnar.evaluation` gives the same
answer over columns, and tests/columnar hold it to this one. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from relance.interpreter.compiled import CompiledPlaybook
from relance.model import CONTACT_CHANNELS, Channel, Combine, Decision, Next, Playbook, Reason, Status, Step

_DAY = timedelta(days=1)


class Rival(NamedTuple):
    """A case that has a message for its debtor today.

    `collector` is whose room it takes, `message` names what leaves together, `rank` is who goes first, `limited` says whether its
    playbook limits contacts by its channels, and `case` is whatever the one who asks knows the case by.
    """

    case: Hashable
    collector: str
    message: tuple[Hashable, ...]
    rank: tuple[int, date, str | int]
    limited: bool


def waiting(rivals: Sequence[Rival]) -> set[Hashable]:
    """Return the cases that wait. Of the messages of one collector the first goes, and beside it those that no rule keeps apart."""
    messages: defaultdict[tuple[Hashable, ...], list[Rival]] = defaultdict(list)
    for rival in rivals:
        messages[rival.collector, rival.message].append(rival)
    wait: set[Hashable] = set()
    going: dict[str, bool] = {}
    for group in sorted(messages.values(), key=lambda group: min(rival.rank for rival in group)):
        collector, limited = group[0].collector, any(rival.limited for rival in group)
        if collector in going and (limited or going[collector]):
            wait.update(rival.case for rival in group)
        else:
            going[collector] = limited  # beside what goes already only what is not limited gets here
    return wait


def is_contact(decision: Decision) -> bool:
    """Say whether a decision writes to the debtor or calls him."""
    return decision.status is Status.DUE and any(way.channel in CONTACT_CHANNELS for way in decision.ways)


def message_of(playbook: Playbook, step: Step | None, case: str | int) -> tuple[Hashable, ...]:
    """Name the message a due case travels in, among those of its creditor and playbook: cases of one name leave together."""
    match playbook.combine:
        case Combine.DEBTOR:
            return ()
        case Combine.STEP:
            return (step.id if step is not None else "",)
        case _:
            return ("", case)


def rank_of(plan: CompiledPlaybook, step: Step | None, due: date, case: str | int) -> tuple[int, date, str | int]:
    """Return what a case's place among its rivals goes by: the smallest goes first."""
    return (-plan.by_id[step.id] if step is not None else 0), due, case


def has_rules(plan: CompiledPlaybook) -> bool:
    """Say whether a playbook limits how often a debtor is contacted."""
    return bool(plan.limits)


def is_limited(plan: CompiledPlaybook, channels: Iterable[Channel]) -> bool:
    """Say whether a playbook limits how often a debtor is contacted by one of these channels."""
    channels = frozenset(channels)
    return any(limit.binds(channels) for limit in plan.limits)


def put_off(plan: CompiledPlaybook, decision: Decision, on: date) -> Decision:
    """Return what becomes of a due decision that finds no room: it waits, and asks again."""
    assert decision.step is not None
    reason, later = Reason("combined_later", (on,)), asks_again(plan, on)
    told = tuple(verdict._replace(reason=reason, on=later) if verdict.step == decision.step.id else verdict for verdict in decision.steps)
    return Decision(Status.WAITING, reason, told, Next(decision.step.id, later))


def asks_again(plan: CompiledPlaybook, day: date) -> date:
    """Return the day on which a message that found no room asks again."""
    return plan.gap(day) if plan.gap is not None else day + _DAY
