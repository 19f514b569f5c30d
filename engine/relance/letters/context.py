"""Actions and facts → the context a wording is filled from (`fields.Context`).

Owns what a message says of the case: the invoices and what is open on them, the sums, the earlier contacts, how to pay.
Computes no interest (the actions carry what is claimed) and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from relance.iban import mistake as iban_mistake
from relance.interpreter.action_state import ActionState, acts
from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import standing
from relance.law.claims import Movement, kept
from relance.letters import qr
from relance.letters.fields import Contact, Context, InvoiceLine, Party, Payment, Receipt, SegmentLine, Sums, Undertaking
from relance.letters.figures import long_date, money, percent, short_date
from relance.letters.letterhead import PLAIN, Letterhead
from relance.letters.markdown import QR_MARK
from relance.model import CONTACT_CHANNELS, Action, Address, Calendar, Channel, Claimed, Creditor, Debtor, Duration, Event, Facts, Invoice

ZERO = Decimal(0)
LETTERS = frozenset({Channel.LETTER, Channel.REGISTERED_LETTER, Channel.ELECTRONIC_REGISTERED_LETTER})
CHANNEL_NAMES: Mapping[str, Mapping[Channel, str]] = {
    "fr": {
        Channel.EMAIL: "courriel",
        Channel.LETTER: "lettre",
        Channel.REGISTERED_LETTER: "lettre recommandée avec avis de réception",
        Channel.ELECTRONIC_REGISTERED_LETTER: "lettre recommandée électronique",
        Channel.SMS: "SMS",
        Channel.CALL: "appel téléphonique",
    },
    "en": {
        Channel.EMAIL: "e-mail",
        Channel.LETTER: "letter",
        Channel.REGISTERED_LETTER: "registered letter",
        Channel.ELECTRONIC_REGISTERED_LETTER: "electronic registered letter",
        Channel.SMS: "text message",
        Channel.CALL: "telephone call",
    },
}


@dataclass(frozen=True, slots=True)
class Writing:
    """How messages are written: whose paper, whether an agency writes, and what replaces the action's own tone or language."""

    letterhead: Letterhead = PLAIN
    agency: bool = False
    tone: str | None = None
    language: str | None = None


def reference_of(message: str) -> str:
    """Return the reference a debtor is asked to quote, from the id of a message: `R-7F3A-0C21`."""
    tail = "".join(letter for letter in message.upper() if letter in "0123456789ABCDEF")[:8].ljust(8, "0")
    return f"R-{tail[:4]}-{tail[4:]}"


def message_id(action: Action) -> str:
    """Return the id of the message an action travels in: its own where nothing was combined."""
    return action.message or action.id


def build(actions: Sequence[Action], facts: Facts, writing: Writing | None = None) -> Context:
    """Make the context of one message out of the actions it carries: same day, channel, debtor, creditor and currency, at least one."""
    writing = writing or Writing()
    first = actions[0]
    on, language = first.on, writing.language or first.language
    state = balances(facts, on)
    left = state.outstanding
    claims = _claims(actions, facts, left)
    rows = tuple(_line(invoice, undisputed, left.get(invoice.id, invoice.amount), on, language) for invoice, undisputed in claims)
    earlier = tuple(_earlier(facts.events, on, language))
    due = min((invoice.due for invoice, _ in claims), default=on)
    deadline = min((action.deadline for action in actions if action.deadline), default=None)
    sender = _sender(facts.creditor, writing, language)
    reference = reference_of(message_id(first))
    return Context(
        tone=writing.tone or first.tone or "neutral",
        language=language,
        channel=str(first.channel),
        kind=str(first.kind),
        step=first.step,
        occurrence=max(action.occurrence for action in actions),
        today=long_date(on, language),
        reference=reference,
        agency=writing.agency,
        consumer=facts.debtor.kind == "consumer",
        sender=sender,
        creditor=_creditor(facts.creditor, language),
        debtor=_debtor(facts.debtor),
        invoice=rows[0] if rows else InvoiceLine(),
        invoices=rows,
        invoice_count=len(rows),
        several=len(rows) > 1,
        issue_dates=any(row.issued for row in rows),
        overdue=any(row.overdue for row in rows),
        days_overdue=max((on - due).days, 0),
        days_to_due=max((due - on).days, 0),
        sums=_sums(actions, on, language),
        deadline=long_date(deadline, language) if deadline else "",
        days_granted=max((deadline - on).days, 0) if deadline else 0,
        payment=_payment(facts.creditor, writing, reference, claims, actions),
        previous=_latest(earlier),
        first_letter=next((each for each in earlier if each.channel in LETTERS), None),
        notice=_notice(facts.events, earlier),
        history=earlier,
        receipts=tuple(_receipts(state.paid, [invoice for invoice, _ in claims], on, language)),
        promise=_promise(facts.events, on, first.claimed.currency, language),
        plan=_plan(facts.events, on, first.claimed.currency, language),
        dispute=_dispute(facts.events, on),
        partner=Party(name=str(writing.letterhead.partner.get("name", "")), place=str(writing.letterhead.partner.get("place", ""))),
        to=first.to or "",
    )


# --------------------------------------------------------------------------- invoices and sums


def _claims(actions: Sequence[Action], facts: Facts, left: Mapping[str, Decimal]) -> list[tuple[Invoice, Decimal]]:
    """Return the invoices of a message with what is open and undisputed on each, oldest due date first."""
    named = {invoice for action in actions for invoice in action.invoices}
    on = actions[0].on
    chosen = sorted((claim for claim in facts.invoices if claim.id in named), key=lambda claim: (claim.due, claim.id))
    disputed = any(event.kind == "dispute.opened" and event.on <= on for event in facts.events)
    found = []
    for claim in chosen:
        open_ = left.get(claim.id, claim.amount)
        if disputed:
            open_ = standing(facts, claim, open_, on, grace=Duration(2), calendar=Calendar()).undisputed
        found.append((claim, open_))
    return found


def _line(invoice: Invoice, undisputed: Decimal, left: Decimal, on: date, language: str) -> InvoiceLine:
    gone = invoice.amount - left
    return InvoiceLine(
        id=invoice.id,
        document=invoice.document or invoice.id,
        issued=long_date(invoice.issued, language) if invoice.issued else "",
        issued_short=short_date(invoice.issued) if invoice.issued else "",
        due=long_date(invoice.due, language),
        due_short=short_date(invoice.due),
        amount=money(invoice.amount, invoice.currency, language),
        paid=money(gone, invoice.currency, language) if gone else "",
        open=money(undisputed, invoice.currency, language),
        days_overdue=max((on - invoice.due).days, 0),
        overdue=on > invoice.due,
    )


def total_of(actions: Iterable[Action]) -> Claimed:
    """Add up what the actions of one message claim, part by part; all are in one currency."""
    parts = [action.claimed for action in actions]
    return Claimed(
        currency=parts[0].currency,
        principal=sum((part.principal for part in parts), ZERO),
        late_interest=sum((part.late_interest for part in parts), ZERO),
        legal_interest=sum((part.legal_interest for part in parts), ZERO),
        fixed_indemnity=sum((part.fixed_indemnity for part in parts), ZERO),
        contractual_penalty=sum((part.contractual_penalty for part in parts), ZERO),
        total=sum((part.total for part in parts), ZERO),
        segments=tuple(segment for part in parts for segment in part.segments),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _sums(actions: Sequence[Action], on: date, language: str) -> Sums:
    asked = total_of(actions)

    def part(amount: Decimal) -> str:
        return money(amount, asked.currency, language) if amount else ""

    return Sums(
        principal=money(asked.principal, asked.currency, language),
        late_interest=part(asked.late_interest),
        legal_interest=part(asked.legal_interest),
        fixed_indemnity=part(asked.fixed_indemnity),
        contractual_penalty=part(asked.contractual_penalty),
        total=money(asked.total, asked.currency, language),
        extras=asked.total > asked.principal,
        on=long_date(on, language),
        segments=tuple(
            SegmentLine(
                invoice=each.invoice,
                start=short_date(each.start),
                end=short_date(each.end),
                days=each.days,
                rate=percent(each.rate, language),
                base=money(each.base, asked.currency, language),
                interest=money(each.interest, asked.currency, language),
            )
            for each in asked.segments
        ),
        notes=asked.notes,
    )


# --------------------------------------------------------------------------- who


def _one_line(address: Address | None) -> str:
    return ", ".join(address.lines) if address else ""


def siren_groups(siren: str | None) -> str:
    """Write a SIREN in groups of three."""
    compact = "".join((siren or "").split())
    return " ".join(compact[at : at + 3] for at in range(0, len(compact), 3))


def _creditor(creditor: Creditor, language: str) -> Party:
    terms = creditor.terms
    return Party(
        name=creditor.name or creditor.id,
        siren=siren_groups(creditor.siren),
        address=_one_line(creditor.address),
        address_lines=creditor.address.lines if creditor.address else (),
        country=creditor.address.country if creditor.address else "",
        email=creditor.email or "",
        phone=creditor.phone or "",
        kind=creditor.kind,
        mandate=long_date(creditor.mandate, language) if creditor.mandate else "",
        place=str(terms.get("place", "")) or _town(creditor.address),
        **{
            name: str(terms[name])
            for name in ("legal_form", "capital", "rcs", "vat", "reply_to", "website", "signatory", "role", "mediator")
            if terms.get(name)
        },
    )


def _town(address: Address | None) -> str:
    """Return the town of a French address: what follows the postcode on its last line."""
    last = address.lines[-1] if address and address.lines else ""
    head, _, town = last.partition(" ")
    return town.title() if len(head) == 5 and head.isdigit() and town.isupper() else town if len(head) == 5 and head.isdigit() else ""


def _sender(creditor: Creditor, writing: Writing, language: str) -> Party:
    """Return who writes: the letterhead's sender, or the creditor; an empty line of the one is never filled from the other."""
    given = writing.letterhead.sender
    if not given:
        return _creditor(creditor, language)
    lines = tuple(str(line) for line in given.get("address", ()))
    address = Address(lines, str(given.get("country", "FR"))) if lines else None
    texts = ("name", "legal_form", "capital", "rcs", "vat", "email", "phone", "reply_to", "website", "signatory", "role", "mediator", "activity")
    return Party(
        siren=siren_groups(given.get("siren")),
        address=_one_line(address),
        address_lines=lines,
        country=address.country if address else "",
        kind="business",
        place=str(given.get("place", "")) or _town(address),
        **{name: str(given[name]) for name in texts if given.get(name)},
    )


def _debtor(debtor: Debtor) -> Party:
    return Party(
        name=debtor.name or debtor.id,
        siren=siren_groups(debtor.siren),
        address=_one_line(debtor.address),
        address_lines=debtor.address.lines if debtor.address else (),
        country=(debtor.address.country if debtor.address else debtor.country) or "",
        email=debtor.email or "",
        phone=debtor.phone or "",
        kind=debtor.kind or "",
    )


def _payment(
    creditor: Creditor, writing: Writing, reference: str, claims: Sequence[tuple[Invoice, Decimal]], actions: Sequence[Action]
) -> Payment:
    """Return how to pay: the letterhead's account (an agency's own, kept for what it collects), else the creditor's."""
    given: Mapping[str, Any] = writing.letterhead.payment
    own = bool(given.get("iban"))
    iban = str(given["iban"]) if own else creditor.iban or ""
    bic = str(given.get("bic", "")) if own else creditor.bic or ""
    name = str(given.get("beneficiary") or writing.letterhead.sender.get("name") or creditor.name) if own else creditor.name
    link = str(given.get("link") or creditor.terms.get("payment_link") or "")
    asked = total_of(actions)
    quoted = claims[0][0].id if len(claims) == 1 and not writing.agency else reference
    valid = bool(iban) and iban_mistake(iban) is None
    code = qr.payload(name=name, iban=iban, bic=bic, amount=asked.total, currency=asked.currency, reference=quoted) if valid else None
    return Payment(
        beneficiary=name,
        iban=qr.grouped(iban) if valid else "",
        bic=bic if valid else "",
        reference=quoted,
        link=link if link.startswith("https://") else "",
        qr=QR_MARK if code else "",
    )


def payment_payload(actions: Sequence[Action], context: Context) -> str | None:
    """Return the lines of the QR code a letter shows, or None where there is none."""
    if not context.payment.qr:
        return None
    asked = total_of(actions)
    paid_to = context.payment
    return qr.payload(
        name=paid_to.beneficiary,
        iban=paid_to.iban,
        bic=paid_to.bic,
        amount=asked.total,
        currency=asked.currency,
        reference=paid_to.reference,
    )


# --------------------------------------------------------------------------- what happened before


def _earlier(events: Sequence[Event], on: date, language: str) -> Iterable[Contact]:
    """Name every message and call executed before a day, one entry a message, oldest first."""
    messages = {event.data["id"]: event.data.get("message") for event in events if event.kind == "action.emitted" and "id" in event.data}
    names = CHANNEL_NAMES.get(language, CHANNEL_NAMES["en"])
    seen: set[str] = set()

    def executed(act: ActionState) -> tuple[date, str]:
        return act.executed or on, act.id

    for act in sorted(
        (act for act in acts(events, on) if act.executed and act.executed < on and act.channel in CONTACT_CHANNELS), key=executed
    ):
        message = str(messages.get(act.id) or act.id)
        if message in seen or act.executed is None:
            continue
        seen.add(message)
        yield Contact(
            on=long_date(act.executed, language),
            on_short=short_date(act.executed),
            channel=str(act.channel),
            channel_name=names[act.channel],
            reference=reference_of(message),
            step=act.step,
        )


def _notice(events: Sequence[Event], earlier: Sequence[Contact]) -> Contact | None:
    steps = {event.data["step"] for event in events if event.kind == "action.emitted" and event.data.get("kind") == "formal_notice"}
    return _latest([each for each in earlier if each.step in steps])


def _latest(contacts: Sequence[Contact]) -> Contact | None:
    """Return the latest contact; of several on one day, the one on paper speaks for them."""
    day = [each for each in contacts if each.on == contacts[-1].on]
    return next((each for each in reversed(day) if each.channel in LETTERS), day[-1] if day else None)


def _receipts(
    paid: Mapping[str, list[tuple[date, Decimal, bool]]], claims: Sequence[Invoice], on: date, language: str
) -> Iterable[Receipt]:
    """List what was deducted from these claims, day by day: of money that named none, their share; what went back is taken off what came last."""
    sums: dict[tuple[date, bool], Decimal] = {}
    for invoice in claims:
        for day, amount, credit, _ in kept((Movement(*each) for each in paid.get(invoice.id, ())), on):
            sums[day, credit] = sums.get((day, credit), ZERO) + amount
    back = -sum((amount for amount in sums.values() if amount < 0), ZERO)
    rows = []
    for (day, credit), amount in sorted(sums.items(), reverse=True):
        gone = ZERO if credit else min(max(amount, ZERO), back)
        back -= gone
        if amount > gone:
            rows.append((day, amount - gone, credit))
    return tuple(
        Receipt(on=long_date(day, language), on_short=short_date(day), amount=money(amount, claims[0].currency, language), credit_note=credit)
        for day, amount, credit in reversed(rows)
    )


def _promise(events: Sequence[Event], on: date, currency: str, language: str) -> Undertaking | None:
    made = [event for event in events if event.on <= on and event.kind == "promise.made"]
    return _undertaking(made[-1].data["by"], made[-1].data["amount"], currency, language) if made else None


def _plan(events: Sequence[Event], on: date, currency: str, language: str) -> tuple[Undertaking, ...]:
    plans = [event for event in events if event.on <= on and event.kind in ("plan.agreed", "plan.cancelled")]
    if not plans or plans[-1].kind == "plan.cancelled":
        return ()
    return tuple(_undertaking(part["on"], part["amount"], currency, language) for part in plans[-1].data["instalments"])


def _undertaking(day: date, amount: Decimal, currency: str, language: str) -> Undertaking:
    return Undertaking(on=long_date(day, language), on_short=short_date(day), amount=money(amount, currency, language))


def _dispute(events: Sequence[Event], on: date) -> str:
    words = [event for event in events if event.on <= on and event.kind in ("dispute.opened", "dispute.closed")]
    return str(words[-1].data.get("reason", "")) if words and words[-1].kind == "dispute.opened" else ""
