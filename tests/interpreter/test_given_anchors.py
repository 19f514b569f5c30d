"""docs/language.md 2: a ladder that counts from the day the claim was placed, or from that of the creditor's mandate."""

from dataclasses import replace
from datetime import date

import pytest

from relance.interpreter import say
from relance.language import load_playbook_text
from relance.model import Status

OPEN = "calendar: {holidays: FR, weekend: [saturday, sunday], when_closed: keep}\n"
TWO = "  - {id: a, at: placed + 3 days, channels: [email], tone: courteous}\n  - {id: b, at: placed + 10 days, channels: [email], tone: firm}\n"
MANDATE = "  - {id: a, at: mandate + 1 day, channels: [email], tone: courteous}\n"


def given(ladder, *, mandate=None, **placed):
    """Say on which day each invoice was placed, and from when the creditor's mandate is."""
    invoices = tuple(replace(each, placed=placed.get(each.id.replace("-", "_"), each.placed)) for each in ladder.facts.invoices)
    ladder.facts = replace(ladder.facts, invoices=invoices, creditor=replace(ladder.facts.creditor, mandate=mandate))
    return ladder


def test_a_ladder_counts_from_the_day_the_claim_was_placed(bench):
    ladder = given(bench(TWO, top=OPEN), F_1=date(2026, 4, 1))
    assert ladder.at("2026-04-03").status is Status.WAITING
    assert ladder.dates() == [("2026-04-04", "a"), ("2026-04-11", "b")]


def test_what_was_placed_before_it_was_due_counts_from_the_due_date(bench):
    assert given(bench(TWO, top=OPEN), F_1=date(2026, 1, 15)).dates()[0] == ("2026-02-04", "a")
    assert given(bench(TWO, top=OPEN), F_1=date(2026, 2, 2)).dates()[0] == ("2026-02-05", "a")


def test_a_day_that_nobody_told_is_nothing_to_count_from(bench):
    ladder = bench(TWO, top=OPEN)
    assert ladder.dates() == []
    assert say(ladder.at("2026-06-01").steps[0].reason) == "the day of placed is not known"


def test_late_steps_keep_their_distance(bench):
    ladder = given(bench(TWO, top=OPEN + "late: {entry: first, pace: keep}\n"), F_1=date(2026, 3, 1))
    timeline = ladder.play("2026-05-04", "2026-06-01")
    assert [(entry.on.isoformat(), entry.first.step) for entry in timeline.entries] == [("2026-05-04", "a"), ("2026-05-11", "b")]


def test_an_account_counts_from_the_day_its_carrier_was_placed(bench):
    ladder = given(bench(TWO, top=OPEN + "unit: account\n").invoice("F-2", "2026-02-10"), F_1=date(2026, 3, 1), F_2=date(2026, 2, 20))
    assert ladder.dates()[0] == ("2026-03-04", "a")


@pytest.mark.parametrize(("signed", "leaves"), [(date(2026, 3, 10), "2026-03-11"), (date(2025, 1, 1), "2026-02-02")])
def test_a_ladder_counts_from_the_mandate(bench, signed, leaves):
    assert given(bench(MANDATE, top=OPEN), mandate=signed).dates() == [(leaves, "a")]


def test_a_ladder_has_one_clock():
    text = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\nsteps:\n  - {id: a, title: A, at: placed + 1 day, channels: [email], tone: courteous}\n  - {id: b, title: B, at: %s + 9 days, channels: [email], tone: firm}\n"
    assert [each.code for each in load_playbook_text(text % "due", "essai.yaml")[1]] == ["PB217"]
    assert load_playbook_text(text % "placed", "essai.yaml")[1] == ()
