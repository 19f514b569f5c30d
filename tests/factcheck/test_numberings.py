"""However a house numbers its invoices, its messages hold, and the number of another invoice in them is caught."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from factcases import START, shipped

from relance.factcheck import Finished, TextTable, check, known_of
from relance.interpreter.case_history import known_before
from relance.letters import sample
from relance.letters.context import Writing
from relance.letters.document import group_messages
from relance.model import Event, Facts, Invoice
from relance.simulation.timeline import preview

LONG = pytest.mark.long
#: Letters and a blank read as the end of any sentence (`au 04`, `mars 2026`); others as a day, a reference, an article, or a part of a day.
FORMS = ("FA {}", "2026-03-{}", "R-12{}-ABCD", *(pytest.param(form, marks=LONG) for form in ("L{}-10", "{}", "F {} bis", "N° {}", "MARS {}", "2026/00{}", "F.2026.{}", "00{}-2026")))


def messages(studios, form):
    """Play two invoices of a numbering, and one that is not due, through a shipped playbook: what leaves, and what is known of it."""
    base, studio = sample.facts(), studios(Writing())
    numbers = [form.format(place) for place in (11, 12, 19)]
    invoices = tuple(
        Invoice(number, START + timedelta(20 + 60 * (place == 2) + 7 * place), Decimal(1200 - 100 * place), "EUR", START - timedelta(10))
        for place, number in enumerate(numbers)
    )
    paid = Event(START + timedelta(45), "payment.received", numbers[0], data={"amount": Decimal("200.00")}, seq=1)
    timeline = preview(shipped("negligent"), Facts(base.creditor, base.debtor, invoices, (paid,)), START, START + timedelta(75))
    for group in group_messages(action for entry in timeline.entries for action in entry.actions if action.missing is None):
        if studio.writes(group[0]):
            facts = known_before(timeline.facts, group)
            yield studio.finished(*studio.text(group, facts), group), known_of(group, facts), numbers


def renamed(text: Finished, old: str, new: str) -> Finished:
    """Return a text with one number in the place of another, wherever it stands."""
    cells = tuple(
        replace(each, rows=tuple(tuple(cell.replace(old, new) for cell in row) for row in each.rows)) if isinstance(each, TextTable) else each.replace(old, new)
        for each in text.passages
    )
    return replace(text, subject=text.subject.replace(old, new), passages=cells)


@pytest.mark.parametrize("form", FORMS)
def test_a_numbering_of_whatever_form_keeps_no_message_from_leaving(studios, form):
    found = [(numbers, each) for text, known, numbers in messages(studios, form) for each in check(text, known)]
    assert found == []


@pytest.mark.parametrize("form", FORMS)
def test_the_number_of_another_invoice_is_caught_whatever_its_form(studios, form):
    seen = 0
    for text, known, numbers in messages(studios, form):
        named = [number for number in numbers if number in known.rows]
        other = form.format(38)
        if len(form) < 3 or named != numbers[:1]:  # a bare small number is told from no other by its form
            continue
        assert {"PB604", "PB602", "PB605", "PB606"} & {each.code for each in check(renamed(text, named[0], other), known)}, (form, text)
        assert "PB604" in {each.code for each in check(renamed(text, named[0], numbers[2]), known)}, (form, text)
        seen += 1
    assert seen or len(form) < 3
