"""What an event or an action is about: which invoices it covers or speaks of, and which judgment stops their interest. Decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from relance.interpreter.action_state import ActionState
from relance.law.claims import Owed
from relance.model import Event, Facts, Invoice, StepKind

#: Words about what is owed on their day: said of an account or a debtor, they are about the claims there were (docs/decisions/187).
OF_WHAT_THERE_WAS = frozenset({
    "dispute.opened", "dispute.closed", "promise.made", "plan.agreed", "plan.cancelled", "written_off", "handed_over", "case.closed", "case.reopened",
    "judgment.given", "order.filed", "order.made", "order.served", "order.opposed", "limitation.interrupted", "limitation.suspended", "limitation.resumed",
})  # fmt: skip
#: What names the claims of an account that a word is about, where it is not about all: what follows from an offer.
OF_CLAIMS = "of_claims"


def covers(event: Event, invoice: Invoice) -> bool:
    """Say whether an event counts for a claim: it names it, its document, its account, or its debtor; a word about what was owed, for none issued after its day."""
    if event.invoice is None and OF_CLAIMS in event.data:
        return invoice.id in event.data[OF_CLAIMS]
    if event.invoice is None:
        later = event.kind in OF_WHAT_THERE_WAS and invoice.issued is not None and invoice.issued > event.on
        return event.currency in (None, invoice.currency) and not later
    return event.invoice in (invoice.id, invoice.document)


def left_undisputed(last: Event | None, invoice: Invoice, outstanding: Decimal, claims: Iterable[Invoice], open_: Mapping[str, Decimal]) -> Decimal:
    """Return what is undisputed of what is open of a claim, by the last word about it that opened or closed a dispute: nothing of one contested as a whole.

    A part that is contested of several claims falls on them once, the oldest due date first, each up to what is open of it (`open_`, by id).
    """
    if last is None or last.kind != "dispute.opened":
        return outstanding
    part: Decimal | None = last.data.get("amount")
    if part is not None and last.invoice != invoice.id:
        older = (each for each in claims if (each.due, each.id) < (invoice.due, invoice.id) and each.currency == invoice.currency and covers(last, each))
        part = max(part - sum(max(open_.get(each.id, Decimal(0)), Decimal(0)) for each in older), Decimal(0))
    return Decimal(0) if part is None else max(outstanding - part, Decimal(0))


def judged(owed: Owed, facts: Facts, invoice: Invoice, on: date) -> Owed:
    """Return a claim with what judgments over its invoice say of its interest: the first day that one was enforceable, and the first from which interest bears interest."""
    told = [event.data for event in facts.events if event.kind == "judgment.given" and event.on <= on and covers(event, invoice)]
    granted = (data["capitalised_from"] for data in told if data.get("capitalised_from"))
    return replace(owed, enforceable_on=min((data["enforceable_on"] for data in told), default=None), capitalised_from=min(granted, default=None))


def stopped_on(events: Iterable[Event], invoices: Sequence[Invoice], on: date) -> date | None:
    """Return the day of the judgment that stops interest on these invoices, if there was one; that of its publication where the journal knows no more.

    The end of a procedure starts nothing anew for what was due before it (C. com. L622-28, L643-11); what falls due later is not touched.
    """
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
            found += [opened] if any(invoice.due < event.on for invoice in invoices) else []
            opened = None
    return min([*found, *([opened] if opened is not None else [])], default=None)


def is_notice(act: ActionState, steps: Collection[str] = ()) -> bool:
    """Say whether an act is a formal notice: by its kind, or where the journal does not say, by its step."""
    return act.kind == StepKind.FORMAL_NOTICE or (not act.kind and act.step in steps)


def speaks_of(act: ActionState, invoice: Invoice, debtor: str) -> bool:
    """Say whether an act is about an invoice: it names it; where it names none, its case is that invoice or an account that held it by then."""
    if act.invoices:
        return invoice.id in act.invoices
    if act.case in (invoice.id, invoice.document):
        return True
    return act.case in ("", debtor, f"{debtor}/{invoice.currency}") and (invoice.issued is None or invoice.issued <= act.on)
