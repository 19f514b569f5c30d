"""What a judge reads of an action: French words for what the engine wrote, a person's own words as they are."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from relance.delivery.spoken import OUTCOMES
from relance.journal.chain import Entry
from relance.model import Channel, Sender
from relance.report.french import entry_in_words


def entry(kind: str, **data: object) -> Entry:
    return Entry("forge", 1, datetime(2026, 9, 22, 8, tzinfo=UTC), date(2026, 9, 22), "morel", None, "V-1", kind, data, "claire", "0")


def told(kind: str, channel: Channel, **data: object) -> str:
    about = entry("action.emitted", id="a1", step="un", channel=channel, **({} if channel is Channel.CALL else {"sent_by": Sender.RELANCE}))
    return entry_in_words(entry(kind, id="a1", **data), about=about)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("sent", "Envoyé — un, courriel"),
        ("sent; left out: plan.pdf", "Envoyé : left out: plan.pdf — un, courriel"),
        ("sent, a person says", "Envoyé : au dire d’une personne — un, courriel"),
        ("remis en main propre", "Envoyé : remis en main propre — un, courriel"),
    ],
)
def test_what_left_is_said_in_french(outcome, said):
    assert told("action.executed", Channel.EMAIL, outcome=outcome) == said


@pytest.mark.parametrize("words", sorted({words for words, _ in OUTCOMES.values()}))
def test_each_outcome_of_a_call_has_its_french(words):
    assert words not in told("action.executed", Channel.CALL, outcome=words)


def test_a_call_that_was_tried_is_no_sending():
    assert told("action.attempted", Channel.CALL).startswith("Appel tenté")
    assert told("action.attempted", Channel.EMAIL).startswith("Envoi tenté")
