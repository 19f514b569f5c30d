"""A statement of account parts what is due, what is to come and what stands to the debtor's credit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.factcheck import check, known_of
from relance.letters import sample
from relance.letters.document import Studio
from relance.model import Channel, Event, Tone


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("over", ["0.00", "50.00"])
def test_a_credit_is_shown_apart_and_deducted_from_nothing(language, over):
    facts = sample.facts(invoices=2)
    paid = replace(facts.invoices[0], id="F-9")
    events = (*facts.events, Event(date(2026, 2, 22), "payment.received", "F-9", None, 9, {"amount": paid.amount + Decimal(over)}))
    facts = replace(facts, invoices=(*facts.invoices, paid), events=events)
    action = sample.action(facts, channel=Channel.EMAIL, tone=Tone.NEUTRAL, language=language, template="releve", about=facts.invoices[:2])
    with Studio(writing=sample.writing(agency=False)) as studio:
        text, context = studio.text([action], facts)
        assert check(studio.finished(text, context, [action]), known_of([action], facts)) == ()
    said = text.plain(10_000)
    assert (("enregistrée au-delà de ce qui était dû" if language == "fr" else "recorded beyond what was owed") in said) is (over != "0.00")
    assert context.sums.total.amount == action.claimed.total
