"""Answers to what a ladder offered, as happenings of a walk. Pure.

An acceptance is not one of its own: what follows from it is a promise or a plan, and what was settled is written off (`interpreter.offers`), which a
walk has in any number and on any day. A refusal is walked where a step counts from it: once for each offer, while it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from relance.interpreter.compiled import CompiledPlaybook
from relance.proof.ladder_state import LadderState
from relance.proof.world import Happening, World

REFUSED = "offer.refused"


def answers(plan: CompiledPlaybook, world: World, ladder: LadderState, on: date) -> Iterator[Happening]:
    """List what a debtor may answer on a day to the offers that stand."""
    if REFUSED not in plan.anchors:
        return
    for rung, done in zip(plan.rungs, ladder.done, strict=True):
        if rung.step.offer is None or rung.grants is None or done is None or done.skipped or not done.on <= on <= rung.grants(done.on):
            continue
        if not any(each.kind == REFUSED and each.on >= done.on for each in world.happened):
            yield Happening(REFUSED, on)
            return
