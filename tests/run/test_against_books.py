"""A message about an invoice that the books hold otherwise is a draft; one about an invoice that no file names is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.delivery import outbox
from relance.delivery.outbox import State
from relance.journal.journal import Journal
from relance.language import load_playbook_text
from relance.model import Creditor, Debtor, Facts, Invoice, Sender
from relance.portfolio.routing import only
from relance.run import journal_run as rounds

LADDER = """schema: 1
playbook: essai
version: 1
title: Essai
steps:
  - {id: a, at: J+1, channels: [email], tone: courteous, template: relance-1}
  - {id: b, at: J+8, channels: [email], tone: neutral, template: relance-2}
"""


def owed(debtor: str, *invoices: Invoice) -> Facts:
    return Facts(Creditor("nord", "Nord"), Debtor(debtor, debtor.title(), kind="business", email=f"{debtor}@exemple.example"), invoices)


FIRST = Invoice("A-1", date(2026, 3, 2), Decimal(310), issued=date(2026, 2, 2))
OTHER = Invoice("B-1", date(2026, 3, 2), Decimal(95), issued=date(2026, 2, 2))
BOOKS = (owed("alix", FIRST), owed("bruno", OTHER))


@pytest.fixture
def go(place, clock):
    where = place()
    playbook, _ = load_playbook_text(LADDER, "essai.yaml", checks=False)

    def run(portfolio, on):
        with Journal.open(where, now=clock) as journal:
            return rounds.run(journal, portfolio, only(playbook), on, actor="test", load=lambda _: None, sent_by=Sender.OTHER)

    run(BOOKS, date(2026, 3, 3))
    return run


@pytest.mark.parametrize(
    ("given", "field"),
    [(replace(FIRST, due=date(2026, 3, 31)), "due"), (replace(FIRST, amount=Decimal(210)), "amount")],
)
def test_a_message_about_an_invoice_in_conflict_is_a_draft_and_says_why(go, given, field):
    done = go((owed("alix", given), BOOKS[1]), date(2026, 3, 10))
    assert {action.case: action.draft for action in done.new} == {"A-1": True, "B-1": False}
    assert [action.case for action in done.doubted] == ["A-1"]
    assert f"another {field}" in done.doubted[0].reason


def test_a_message_that_waits_to_leave_ends_where_the_files_come_to_hold_its_invoice_otherwise(place, clock):
    """The next day's run makes it anew as a draft; once a person has approved that, the same files do not take it back."""
    where, changed = place(), (owed("alix", replace(FIRST, amount=Decimal(210))), BOOKS[1])
    playbook, _ = load_playbook_text(LADDER, "essai.yaml", checks=False)

    def run(portfolio, on):
        with Journal.open(where, now=clock) as journal:
            done = rounds.run(journal, portfolio, only(playbook), on, actor="test", load=lambda _: None, sent_by=Sender.RELANCE)
            return done, {each.actions[0].case: each.state for each in outbox.read(journal) if each.state in (State.DRAFT, State.READY)}

    assert run(BOOKS, date(2026, 3, 3))[1] == {"A-1": State.READY, "B-1": State.READY}
    same_day, waiting = run(changed, date(2026, 3, 3))
    assert (same_day.untrue, waiting) == (1, {"B-1": State.READY})
    done, waiting = run(changed, date(2026, 3, 4))
    assert waiting == {"A-1": State.DRAFT, "B-1": State.READY}
    assert "another amount" in done.doubted[0].reason
    with Journal.open(where, now=clock) as journal:
        (draft,) = (each for each in outbox.read(journal) if each.state is State.DRAFT)
        assert outbox.approve(journal, draft, on=date(2026, 3, 4), actor="claire") is None
    done, waiting = run(changed, date(2026, 3, 5))
    assert (done.untrue, waiting) == (0, {"A-1": State.READY, "B-1": State.READY})


def test_what_the_files_say_as_before_is_sent(go):
    done = go(BOOKS, date(2026, 3, 10))
    assert [action.draft for action in done.new] == [False, False]
    assert done.doubted == done.unnamed == ()


def test_an_invoice_that_the_files_name_no_more_is_said(go):
    assert go(BOOKS[1:], date(2026, 3, 10)).unnamed == ("A-1",)


def test_files_of_another_creditor_say_nothing_of_this_one(go):
    elsewhere = replace(owed("carla", replace(OTHER, id="C-1")), creditor=Creditor("sud", "Sud"))
    assert go((elsewhere,), date(2026, 3, 10)).unnamed == ()
