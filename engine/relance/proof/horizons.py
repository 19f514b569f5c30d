"""For how long a day still matters to a playbook: after that, nothing counts from it, and two days so long ago are the same.

What a situation is told apart by rests on these bounds (docs/prove.md); each lies above what the calendar can make of the delay it bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from relance.dates import add
from relance.interpreter.compiled import DUE, ISSUED, WORLD, CompiledPlaybook
from relance.model import Duration, OnResume

#: Days from which a duration is measured for its longest: before Christmas, before the holidays of May, and in July.
_STARTS = (date(2025, 12, 22), date(2026, 4, 30), date(2026, 7, 1))
#: A date that falls on closed days moves by no more.
_CLOSED = 5
_MONTH = 31
#: Anchors that come of themselves once something that lasts is over, and what lasts.
ENDS_AS = {"promise.made": "promise.broken", "plan.agreed": "plan.broken", "hold.placed": "hold.lifted"}
#: What the end of a hold is told by, for `on_resume: restart`.
ENDINGS = ("dispute.closed", "hold.lifted", "insolvency.closed", "payment.matched", "plan.cancelled", "promise.broken", "plan.broken")


@dataclass(frozen=True)
class Horizons:
    """Days, by what they count from. `ahead`: from its anchor to a step's date and expiry; `rungs` the same where it counts from the due date, else 0. `offsets`: its signed distance. `grants`, `every`: of a step."""

    rungs: Sequence[int]
    ahead: Sequence[int]
    offsets: Sequence[int]
    grants: Sequence[int]
    every: Sequence[int]
    anchors: Mapping[str, int]
    window: int
    tested: int
    grace: int

    def apart(self, one: int, other: int) -> int:
        """Return at most how many days lie between the dates of two steps of one anchor."""
        return max(self.offsets[other] - self.offsets[one], 0) + _MONTH + 2 * _CLOSED


def horizons(plan: CompiledPlaybook) -> Horizons:
    """Work out the horizons of a playbook."""
    playbook = plan.playbook
    resumes = playbook.on_resume is OnResume.RESTART

    def most(span: Duration | None) -> int:
        return 0 if span is None else max(abs((add(start, span, playbook.calendar) - start).days) for start in _STARTS) + 1

    rungs, offsets = [], []
    for rung in plan.rungs:
        at = rung.step.at
        ahead = most(at.offset)
        rungs.append(ahead + most(rung.step.expires) + _MONTH * at.end_of_month + _CLOSED)
        offsets.append(-ahead if at.offset is not None and at.offset.number < 0 else ahead)
    anchors = dict.fromkeys(ENDINGS, 2) if resumes else {}
    for rung in plan.rungs:
        if rung.anchor_kind == WORLD:
            anchors[rung.step.at.anchor] = max(anchors.get(rung.step.at.anchor, 0), rungs[rung.index])
    return Horizons(
        ahead=tuple(rungs),
        rungs=tuple(rungs[rung.index] if rung.anchor_kind in (DUE, ISSUED) else 0 for rung in plan.rungs),
        offsets=tuple(offsets),
        grants=tuple(most(rung.step.grants) for rung in plan.rungs),
        every=tuple(0 if rung.step.repeat is None else most(rung.step.repeat.every) + _CLOSED for rung in plan.rungs),
        anchors=anchors,
        window=max(most(playbook.contact.min_gap), most(playbook.contact.within)) + _CLOSED,
        tested=max((test.value + 2 for test in plan.tests if test.fact == "days_overdue" and isinstance(test.value, int)), default=0),
        grace=most(playbook.grace) + 2,
    )
