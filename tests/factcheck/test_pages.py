"""A letter read out of its PDF says what went to the layout, and a page that says something else is caught."""

from __future__ import annotations

from random import Random

import pytest
from alterations import a_cent, a_day
from factcases import leaving

from relance.factcheck import known_of, pages
from relance.letters import checked
from relance.letters.context import payment_payload
from relance.letters.document import PAPER


@pytest.fixture(scope="module")
def printed(studios):
    """Return letters as they are laid, with their texts and what is known of each."""
    made = []
    for number in range(40):
        for each in leaving(Random(f"pages-{number}"), number):
            if each.actions[0].channel in PAPER and len(made) < 12:
                studio = studios(each.writing)
                text, context = studio.text(each.actions, each.facts)
                known = known_of(each.actions, each.facts, checked.paper_of(each.writing, each.facts.debtor))
                pdf = studio.press.pdf(
                    text, studio.press.data(text, context, qr=payment_payload(context), action=each.actions[0]), each.actions[0]
                )
                made.append((pdf, studio.finished(text, context, each.actions), known))
    return made


def test_both_readings_of_a_letter_say_the_same(printed):
    assert len(printed) == 12
    assert [pages.findings(*each) for each in printed] == [()] * 12


@pytest.mark.parametrize("way", [a_cent, a_day])
def test_a_page_that_says_something_else_is_caught(printed, way):
    """The page of the true text, held against a text altered in one sum or one day, unless the altered one stands elsewhere too."""
    for number, (pdf, text, known) in enumerate(printed):
        altered = way(text, known, Random(number))
        assert altered is not None
        found = {each.code for each in pages.findings(pdf, altered, known)}
        assert found == {"PB612"} or _same_values(text, altered)


def _same_values(text, altered):
    return all(set(find(text)) == set(find(altered)) for find in (_amounts, _days))


def _amounts(text):
    return [value for said in pages.pieces(text) for value in pages.amounts_in(pages.flat(said))]


def _days(text):
    return [value for said in pages.pieces(text) for value in pages.days_in(pages.flat(said))]
