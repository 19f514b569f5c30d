"""The days that a playbook's steps would have for an example invoice that nobody pays: what a hover and a lens show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from relance.language import load_playbook_text
from relance.letters.figures import long_date, money
from relance.model import Playbook
from relance.sentences import Phrase, said, sentence
from relance.simulation.playbook_tests import days_played
from relance.simulation.timeline import Timeline, preview
from relance.simulation.what_if import invented


@dataclass(frozen=True, slots=True)
class ExampleInvoice:
    """An invoice that nobody pays; `due` is chosen by whoever opens the editor."""

    due: date
    amount: Decimal = Decimal("1200.00")
    currency: str = "EUR"
    terms: timedelta = timedelta(days=30)

    @property
    def issued(self) -> date:
        """Return the day it was issued."""
        return self.due - self.terms


@lru_cache(maxsize=16)
def played_for(text: str, path: str, example: ExampleInvoice) -> Timeline | None:
    """Play a playbook for the example; None where it has mistakes. The last few texts are kept: a lens and ten hovers ask for the same."""
    playbook, _ = load_playbook_text(text, path, checks=False)
    if playbook is None:
        return None
    facts = invented(example.due, example.amount, issued=example.issued, profile=next(iter(playbook.profiles), None), debtor=_kind(playbook), currency=example.currency)
    start, until = days_played(facts)
    return preview(playbook, facts, start, until)


def _kind(playbook: Playbook) -> str:
    return "consumer" if playbook.debtor == "consumer" else "business"


def days_of(timeline: Timeline) -> Mapping[str, tuple[date, ...]]:
    """Return the days on which each step would leave; of one that does not, none."""
    found: dict[str, tuple[date, ...]] = {step.id: () for step in timeline.playbook.steps}
    for entry in timeline.entries:
        for step in dict.fromkeys(action.step for action in entry.actions):
            found[step] = (*found[step], entry.on)
    return found


def why_not(timeline: Timeline, step: str) -> str | None:
    """Say why a step would not leave."""
    return next((each.reason for each in timeline.left_out if each.step == step), None)


def example_in_words(example: ExampleInvoice, language: str) -> Phrase:
    """Name the example invoice."""
    amount, due = money(example.amount, example.currency, language), long_date(example.due, language)
    return sentence("For an invoice of {amount} due on {due} that nobody pays", amount=str(amount), due=str(due))


def days_in_words(days: tuple[date, ...], language: str) -> str:
    """List days as an author reads them; of many, the first three and how many more."""
    shown = [f"{_weekday(day, language)} {long_date(day, language)}" for day in days[:3]]
    more = [said(sentence("{count} more", count=len(days) - 3), language)] if len(days) > 3 else []
    return ", ".join([*shown, *more])


def _weekday(day: date, language: str) -> str:
    from babel.dates import format_date

    return format_date(day, "EEEE", locale=language)
