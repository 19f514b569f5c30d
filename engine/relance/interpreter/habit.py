"""A payer's habit: how many days after the due date his payments usually come. Worked out from the journal; never a guess."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from relance.dates import add_months
from relance.model import Event, Facts

#: Payments are looked back on for so long; with fewer of them there is no habit.
MONTHS, FEWEST = 12, 5


def usual_delay(facts: Facts, on: date) -> int | None:
    """Return the middle one of the delays, in days after the due date (negative: before), of the payments of the twelve months up to a day.

    A payment counts where it names its invoice, and nothing of that invoice was taken back. Of an even number the lower of the two
    in the middle is the answer; with fewer than five payments it is None: not known.
    """
    delays = sorted((event.on - due).days for event, due in _paid(facts, on))
    return delays[(len(delays) - 1) // 2] if len(delays) >= FEWEST else None


def no_longer_seen(facts: Facts) -> Iterable[date]:
    """Yield the days on which a payment is no longer looked back on."""
    return (add_months(event.on, MONTHS) for event in facts.events if event.kind == "payment.received")


def _paid(facts: Facts, on: date) -> Iterable[tuple[Event, date]]:
    due = {invoice.id: invoice.due for invoice in facts.invoices}
    taken_back = {event.invoice for event in facts.events if event.kind == "payment.reversed" and event.on <= on}
    for event in facts.events:
        if event.kind == "payment.received" and event.invoice in due and event.invoice not in taken_back and event.on <= on < add_months(event.on, MONTHS):
            yield event, due[event.invoice]
