"""What an event is about: which invoices it covers, and of these which judgment stops their interest. Reads events, decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from relance.model import Event, Invoice


def covers(event: Event, invoice: Invoice) -> bool:
    """Say whether an event counts for a claim: it names it, its document, its account, or its debtor."""
    if event.invoice is None:
        return event.currency is None or event.currency == invoice.currency
    return event.invoice in (invoice.id, invoice.document)


def stopped_on(events: Iterable[Event], invoices: Sequence[Invoice], on: date) -> date | None:
    """Return the day of the judgment that stops interest on these invoices, if there was one; that of its publication where the journal knows no more.

    The end of a procedure starts nothing anew for what was due before it (C. com. L622-28, L643-11); what falls due later is not touched.
    """
    oldest = min((invoice.due for invoice in invoices), default=on)
    opened: date | None = None
    found: list[date] = []
    for event in events:
        if event.on > on:
            break
        if not event.kind.startswith("insolvency.") or not any(covers(event, invoice) for invoice in invoices):
            continue
        if event.kind == "insolvency.opened" and opened is None:
            opened = event.data.get("judged_on") or event.data.get("published_on", event.on)
        elif event.kind == "insolvency.closed" and opened is not None:
            found += [opened] if oldest < event.on else []
            opened = None
    return min([*found, *([opened] if opened is not None else [])], default=None)
