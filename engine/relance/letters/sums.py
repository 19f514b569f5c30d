"""The money of a message: its invoices with what is open on each, what is asked part by part, what came in and what it served.

Takes the figures that the actions carry (`Claimed`) and writes them; computes no interest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from relance.interpreter.balance import Balances
from relance.interpreter.invoice_state import undisputed_of
from relance.law.claims import Movement, kept
from relance.law.interest import a_day
from relance.letters.fields import InvoiceLine, OwnLine, Receipt, SegmentLine, Sums
from relance.letters.figures import NOTHING, long_date, money, percent, short_date
from relance.model import Action, Claimed, Facts, Invoice, InvoiceClaimed, Served
from relance.sentences import said_again

ZERO = Decimal(0)


def named_in(actions: Sequence[Action], facts: Facts) -> list[Invoice]:
    """Return the invoices of a message, oldest due date first."""
    named = {invoice for action in actions for invoice in action.invoices}
    return sorted((invoice for invoice in facts.invoices if invoice.id in named), key=lambda invoice: (invoice.due, invoice.id))


def said_of(actions: Sequence[Action], facts: Facts, invoices: Sequence[Invoice], state: Balances) -> dict[str, InvoiceClaimed]:
    """Return what is asked of each invoice and what came in on it, as the actions have it; where they do not say (an action out of a journal), what is open."""
    said = {each.invoice: each for action in actions for each in action.claimed.invoices}
    alone = {action.invoices[0]: action.claimed.principal for action in actions if len(action.invoices) == 1}
    for invoice in invoices:
        if invoice.id not in said:
            on = actions[0].on
            open_ = state.outstanding.get(invoice.id, invoice.amount)
            undisputed = undisputed_of(facts, invoice, open_, on, state.outstanding)
            came = kept((Movement(*each) for each in state.paid.get(invoice.id, ())), on)
            received = tuple(Served(each.on, each.amount, each.credit, principal=each.amount) for each in came)
            said[invoice.id] = InvoiceClaimed(invoice.id, alone.get(invoice.id, undisputed), received=received)
    return said


def not_due_yet(facts: Facts, named: Sequence[Invoice], currency: str, left: Mapping[str, Decimal], on: date) -> list[Invoice]:
    """Return the debtor's other invoices that are open and not due yet, oldest due date first."""
    later = [each for each in facts.invoices if each.due >= on and each.currency == currency and left.get(each.id) and each not in named]
    return sorted(later, key=lambda invoice: (invoice.due, invoice.id))


def disputed_of(facts: Facts, invoice: Invoice, state: Balances, on: date) -> Decimal:
    """Return what is open of an invoice and disputed on a day."""
    open_ = state.outstanding.get(invoice.id, invoice.amount)
    return open_ - undisputed_of(facts, invoice, open_, on, state.outstanding)


def line_of(invoice: Invoice, said: InvoiceClaimed, on: date, language: str, disputed: Decimal = ZERO) -> InvoiceLine:
    """Write one line of the table of invoices."""
    came = sum((each.amount for each in said.received), ZERO)
    return InvoiceLine(
        id=invoice.id,
        document=invoice.document or invoice.id,
        issued=long_date(invoice.issued, language) if invoice.issued else "",
        issued_short=short_date(invoice.issued, language) if invoice.issued else "",
        due=long_date(invoice.due, language),
        due_short=short_date(invoice.due, language),
        amount=money(invoice.amount, invoice.currency, language),
        paid=money(came, invoice.currency, language) if came else NOTHING,
        open=money(said.principal, invoice.currency, language),
        left=money(said.principal + disputed, invoice.currency, language),
        disputed=money(disputed, invoice.currency, language) if disputed else NOTHING,
        days_overdue=max((on - invoice.due).days, 0),
        overdue=on > invoice.due,
        own=tuple(OwnLine(name=name, text=text) for name, text in sorted(invoice.fields.items())),
    )


def total_of(actions: Iterable[Action]) -> Claimed:
    """Add up what the actions of one message claim, part by part; all are in one currency."""
    return added([action.claimed for action in actions])


def added(parts: Sequence[Claimed]) -> Claimed:
    """Add up what is claimed, part by part; at least one, all in one currency."""
    return Claimed(
        currency=parts[0].currency,
        principal=sum((part.principal for part in parts), ZERO),
        late_interest=sum((part.late_interest for part in parts), ZERO),
        legal_interest=sum((part.legal_interest for part in parts), ZERO),
        fixed_indemnity=sum((part.fixed_indemnity for part in parts), ZERO),
        contractual_penalty=sum((part.contractual_penalty for part in parts), ZERO),
        complementary_indemnity=sum((part.complementary_indemnity for part in parts), ZERO),
        total=sum((part.total for part in parts), ZERO),
        arrears=sum((part.arrears for part in parts if part.arrears is not None), ZERO) if all(part.arrears is not None for part in parts) else None,
        segments=tuple(segment for part in parts for segment in part.segments),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        invoices=tuple(each for part in parts for each in part.invoices),
    )


def sums_of(actions: Sequence[Action], on: date, language: str) -> Sums:
    """Write what the actions of one message ask, part by part."""
    asked = total_of(actions)

    def part(amount: Decimal) -> str:
        return money(amount, asked.currency, language) if amount else NOTHING

    return Sums(
        principal=money(asked.principal, asked.currency, language),
        late_interest=part(asked.late_interest),
        legal_interest=part(asked.legal_interest),
        fixed_indemnity=part(asked.fixed_indemnity),
        contractual_penalty=part(asked.contractual_penalty),
        complementary_indemnity=part(asked.complementary_indemnity),
        total=money(asked.total, asked.currency, language),
        daily=part(a_day(asked.segments, on)),
        extras=asked.total > asked.principal,
        on=long_date(on, language),
        segments=tuple(
            SegmentLine(
                invoice=each.invoice,
                start=short_date(each.start, language),
                end=short_date(each.end, language),
                days=each.days,
                rate=percent(each.rate, language),
                base=money(each.base, asked.currency, language),
                interest=money(each.interest, asked.currency, language),
            )
            for each in asked.segments
        ),
        notes=tuple(said_again(note, language) for note in asked.notes),
    )


def receipts_of(said: Sequence[InvoiceClaimed], currency: str, language: str, came_in: Mapping[date, Decimal]) -> Iterable[Receipt]:
    """List what came in on these invoices, day by day, with what it served; what went back is taken off what came last. `came_in`: what was paid each day in all."""
    days: dict[tuple[date, bool], list[Decimal]] = {}
    for each in (served for invoice in said for served in invoice.received):
        parts = (each.principal, each.interest, each.fixed_indemnity, each.contractual_penalty, each.complementary_indemnity)
        row = days.setdefault((each.on, each.credit_note), [ZERO] * (len(parts) + 1))
        for at, part in enumerate((*parts, each.amount - sum(parts))):  # the last is what served nothing yet: a credit
            row[at] += part
    rows = [(key, days[key]) for key in sorted(days)]
    for at in range(6):
        back = ZERO
        for row in (row for (_, credit), row in reversed(rows) if not credit):
            back, row[at] = min(back + row[at], ZERO), max(back + row[at], ZERO)

    def written(amount: Decimal) -> str:
        return money(amount, currency, language) if amount else NOTHING

    for (day, credit), (principal, interest, indemnity, penalty, complement, over) in rows:
        beside = interest + indemnity + penalty + complement
        if principal + beside + over:
            yield Receipt(
                on=long_date(day, language),
                on_short=short_date(day, language),
                amount=money(principal + beside + over, currency, language),
                credit_note=credit,
                part_of=written(came_in[day] if not credit and came_in.get(day, ZERO) > principal + beside + over else ZERO),
                principal=money(principal, currency, language),
                interest=written(interest),
                fixed_indemnity=written(indemnity),
                contractual_penalty=written(penalty),
                complementary_indemnity=written(complement),
                beside=bool(beside),
            )
