"""A letter that the post did not hand over is sent again within the time that it grants (201), and nothing else leaves within it."""

from datetime import date
from decimal import Decimal

import pytest

from relance.language import load_playbook_text
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice
from relance.simulation.timeline import play

PLAYBOOK = """\
schema: 1
playbook: retour
version: 1
title: Retour
debtor: business
{more}
steps:
  - {{id: notice, kind: formal_notice, at: J+8, channels: [registered_letter], tone: formal, template: mise-en-demeure, grants: 20 days}}
  - {{id: again, at: {anchor} + 1 business day, channels: [letter], tone: formal, template: relance-2, grants: 20 days}}
  - {{id: bailiff, kind: handover, at: notice.deadline + 1 business day, channels: [handover], to: bailiff}}
"""
NOTICE = date(2026, 3, 10)  # it grants until the thirtieth, a Monday


def left(anchor: str, *events: Event, more: str = "", text: str = PLAYBOOK) -> dict[str, date]:
    playbook, said = load_playbook_text(text.format(anchor=anchor, more=more), "retour.yaml", checks=False)
    assert playbook is not None, said
    facts = Facts(Creditor("c"), Debtor("d", kind="business", address=Address(("1 rue A", "69001 Lyon"))), (Invoice("F-1", date(2026, 3, 2), Decimal(1000)),), events)
    return {action.step: action.on for day in play(playbook, facts, date(2026, 3, 1), date(2026, 6, 30)) for action in day.look.actions}


@pytest.mark.parametrize(
    ("anchor", "back", "again"),
    [
        ("letter.refused", date(2026, 3, 13), date(2026, 3, 16)),
        ("letter.unclaimed", date(2026, 3, 30), date(2026, 3, 31)),
        ("letter.returned", date(2026, 3, 10), date(2026, 3, 11)),  # one step a day
        ("letter.presented", date(2026, 3, 13), date(2026, 3, 31)),  # it was handed over: the time granted is kept
        ("contact.inbound", date(2026, 3, 13), date(2026, 3, 31)),
    ],
)
def test_what_was_not_handed_over_goes_again_at_once_and_all_else_after_the_time_granted(anchor: str, back: date, again: date) -> None:
    found = left(anchor, Event(back, anchor, "F-1"))
    assert (found["notice"], found["again"]) == (NOTICE, again)


def test_the_hand_over_waits_for_the_days_of_both_letters() -> None:
    assert left("letter.refused")["bailiff"] == date(2026, 3, 31)
    assert left("letter.refused", Event(date(2026, 3, 13), "letter.refused", "F-1"))["bailiff"] == date(2026, 4, 8)  # sent on the sixteenth, until a day after Easter Monday


@pytest.mark.parametrize("end", ["kind: handover, channels: [handover], to: bailiff", "kind: legal, channels: [task]"])
def test_a_letter_that_came_back_takes_nobody_to_court_within_a_time_granted(end: str) -> None:
    above, _, _ = PLAYBOOK.partition("  - {{id: again")
    text = above.replace("kind: formal_notice, ", "") + f"  - {{{{id: end, at: letter.returned + 1 business day, {end}}}}}\n"
    assert left("", Event(date(2026, 3, 13), "letter.returned", "F-1"), text=text)["end"] == date(2026, 3, 31)


@pytest.mark.parametrize(("gap", "again"), [("3 days", date(2026, 3, 16)), ("6 days", date(2026, 3, 16)), ("7 days", date(2026, 3, 17))])
def test_the_contact_rules_hold_it_back_as_any_other(gap: str, again: date) -> None:
    assert left("letter.refused", Event(date(2026, 3, 13), "letter.refused", "F-1"), more=f"contact: {{min_gap: {gap}}}")["again"] == again
