"""A case that a person moves: to a step of its playbook, or to the playbook and to no step of it; from this playbook, or from another.

What another playbook did to the case counts here by its events and its contacts, by a formal notice that may stand for one of this playbook, and by
the deadline which that notice gave. Where the case goes to another playbook, nothing more is asked of it here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from relance.interpreter.compiled import CompiledPlaybook
from relance.model import Playbook, Step, StepKind
from relance.proof.ladder_state import LadderState
from relance.proof.world import Happening


class MoveByHand(NamedTuple):
    """A move by hand: the step, or none; and the step for which a formal notice sent before stands, where it does."""

    place: int | None
    served: Step | None = None


def ways_to_move(plan: CompiledPlaybook, served: tuple[bool, ...] = (False, True)) -> Iterator[MoveByHand]:
    """List all: to no step and to each; to a formal notice as one that was `served` before or was not."""
    yield MoveByHand(None)
    for rung in plan.rungs:
        notice = rung.step.kind is StepKind.FORMAL_NOTICE
        yield from (MoveByHand(rung.index, rung.step if stands else None) for stands in (served if notice else (False,)))


def notice_left(plan: CompiledPlaybook, ladder: LadderState) -> bool:
    """Say whether a formal notice of the playbook has left."""
    return any(record.executed for rung, record in zip(plan.rungs, ladder.records, strict=True) if rung.step.kind is StepKind.FORMAL_NOTICE)


def happening_of(playbook: Playbook, move: MoveByHand, on: date) -> Happening:
    """Return what happens: the event names the playbook, and the step where there is one."""
    return Happening("playbook.changed", on, moved_to=(playbook.id, "" if move.place is None else playbook.steps[move.place].id))
