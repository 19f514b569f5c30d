"""Conditions on steps of the ladder itself: what was executed is read off the view, so that no fold and no forecast works it out twice."""

from __future__ import annotations

from dataclasses import replace

from relance.interpreter.compiled import CompiledPlaybook
from relance.model import View


def with_steps_done(plan: CompiledPlaybook, view: View) -> View:
    """Return a view whose tests of `done` are answered: true where one of the steps named was executed; to skip it is not to have done it."""
    if not plan.ladder:
        return view
    truths = list(view.truths)
    for place, steps in plan.ladder:
        truths[place] = any((done := view.done[step]) is not None and not done.skipped for step in steps)
    return replace(view, truths=tuple(truths))
