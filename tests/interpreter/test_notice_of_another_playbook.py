"""Who is handed over or sued had the time that a formal notice gave him, wherever a person puts the case, and under whatever playbook the notice was sent."""

from datetime import date

import pytest

from relance.interpreter.reasons import say
from relance.model import StepStatus

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
STEPS = """  - {id: notice, kind: formal_notice, at: J+1, channels: [registered_letter], tone: formal, grants: 10 days}
  - {id: more, at: J+2, channels: [email], tone: formal}
  - {id: out, kind: handover, to: bailiff, at: J+3, channels: [handover], after: [notice]}
"""


@pytest.fixture
def ladder(bench):
    return bench(STEPS, top=OPEN)


def test_a_case_moved_past_its_notice_is_handed_over_no_sooner_than_its_deadline(ladder):
    """Due on 2026-02-01. The notice of the second gives until the twelfth; the case is moved to the step after it on the third."""
    ladder.told("2026-02-02", "action.emitted", step="notice", kind="formal_notice", channel="registered_letter", case="F-1")
    ladder.told("2026-02-03", "playbook.changed", playbook="essai", position="more")
    assert ladder.at("2026-02-12").step is None
    waits = ladder.at("2026-02-04").steps[2]
    assert (waits.status, str(waits.on), say(waits.reason)) == (StepStatus.WAITING, "2026-02-13", "notice gave the debtor until 2026-02-12")
    assert ladder.at("2026-02-13").step.id == "out"


@pytest.mark.parametrize(("position", "opens"), [("notice", "2026-03-03"), ("more", None)])
def test_a_notice_of_another_playbook_keeps_its_time(ladder, position, opens):
    """It stands for that of this playbook where the case is moved to it, and its own last day holds; it stands for none where it is not."""
    ladder.told("2026-02-02", "action.emitted", playbook="other", step="n", kind="formal_notice", channel="registered_letter", case="F-1", deadline=date(2026, 3, 2))
    ladder.told("2026-02-03", "playbook.changed", playbook="essai", position=position)
    waits = ladder.told("2026-02-15", "action.emitted", step="more", channel="email", case="F-1").at("2026-02-20").steps[2]
    if opens is None:
        assert (waits.status, waits.on) == (StepStatus.BLOCKED, None)
        return
    assert (waits.status, str(waits.on)) == (StepStatus.WAITING, opens)
    assert say(waits.reason) == "the formal notice sent under another playbook gave the debtor until 2026-03-02"
    assert ladder.at("2026-03-02").step is None
    assert ladder.at(opens).step.id == "out"
