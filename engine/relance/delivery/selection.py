"""Which messages a person means who names none of them: all that wait, or those of a step, channel, creditor or age.

Owns the choice, and what may be done with a message that somebody did not look at: a draft is approved, a draft or a ready one taken
back; what is unclear is named one by one. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relance.delivery.outbox import Message, State
from relance.journal.journal import Journal
from relance.sentences import AmountPart, plural, sentence


@dataclass(frozen=True, slots=True)
class Selection:
    """What narrows the choice; nothing given and not `every`: nothing is chosen. `older_than` is in days."""

    every: bool = False
    step: str | None = None
    channel: str | None = None
    creditor: str | None = None
    older_than: int | None = None

    @property
    def given(self) -> bool:
        """Say whether anything was said."""
        return self.every or any(each is not None for each in (self.step, self.channel, self.creditor, self.older_than))

    def takes(self, message: Message, on: date) -> bool:
        """Say whether a message is meant on a day."""
        steps = {item.action.step for item in message.items}
        return (
            (self.step is None or self.step in steps)
            and (self.channel is None or message.channel == self.channel)
            and (self.creditor is None or message.creditor == self.creditor)
            and (self.older_than is None or (on - message.dated).days > self.older_than)
        )


def chosen(messages: Iterable[Message], selection: Selection, states: Sequence[State], on: date) -> list[Message]:
    """Return the messages meant, of those that are in one of these states."""
    return [each for each in messages if each.state in states and selection.takes(each, on)] if selection.given else []


def sum_asked(message: Message) -> Decimal:
    """Return what a message asks, over all its actions."""
    return sum((item.action.claimed.total for item in message.items), Decimal(0))


def count_said(messages: Sequence[Message]) -> str:
    """Say how many messages these are, to how many debtors, and what they ask, currency by currency: what a letter and its e-mail ask is asked once."""
    if not messages:
        return plural("{count} message", "{count} messages", 0)
    asked: dict[tuple[str, str, str, str], Decimal] = {}
    for each in messages:
        for action in (item.action for item in each.items):
            claim = (action.claimed.currency, action.creditor, action.debtor, action.case)
            asked[claim] = max(asked.get(claim, action.claimed.total), action.claimed.total)
    sums: dict[str, Decimal] = {}
    for (currency, *_), total in asked.items():
        sums[currency] = sums.get(currency, Decimal(0)) + total
    debtors = len({(each.creditor, each.debtor) for each in messages})
    return sentence(
        "{messages} to {debtors}, asking {total}",
        messages=plural("{count} message", "{count} messages", len(messages)),
        debtors=plural("{count} debtor", "{count} debtors", debtors),
        total=[AmountPart(amount, currency) for currency, amount in sorted(sums.items())],
    )


def by_debtor(messages: Iterable[Message]) -> Mapping[tuple[str, str], list[Message]]:
    """Put together the messages of each debtor, in the order in which debtors come first."""
    found: dict[tuple[str, str], list[Message]] = {}
    for each in messages:
        found.setdefault((each.creditor, each.debtor), []).append(each)
    return found


def debtor_names(journal: Journal, messages: Iterable[Message]) -> Mapping[tuple[str, str], str]:
    """Return the names of the debtors that messages go to, by creditor and debtor; an id where no name is known."""
    debtors = list(dict.fromkeys(each.debtor for each in messages))
    return {(facts.creditor.id, facts.debtor.id): facts.debtor.name or facts.debtor.id for facts in journal.facts_about(debtors)} if debtors else {}
