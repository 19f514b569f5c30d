"""Facts and actions → what a message may say: the one list a finished text is held against.

Everything is worked out from the journal's facts by the interpreter and the law; nothing is taken from a wording or from what fills it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from relance.factcheck.constants import AMOUNTS_OF_LAW, RATES_OF_LAW, of_law
from relance.factcheck.finished import Paper
from relance.factcheck.offers import KnownOffer, known_offer
from relance.factcheck.plans import KnownPlans, known_plans
from relance.factcheck.reading import flat, plain
from relance.interpreter.addressees import addressed, copies
from relance.interpreter.case_history import FactsOfDay
from relance.interpreter.invoice_state import undisputed_of
from relance.interpreter.scope import covers
from relance.law.assignment import TELLING, assignment_of, untold
from relance.law.deadlines import suggested
from relance.law.places import holiday_place
from relance.model import (
    CONTACT_CHANNELS,
    REGISTERED,
    Action,
    Channel,
    Creditor,
    Event,
    Facts,
    Invoice,
    Segment,
    StepKind,
)

ZERO = Decimal(0)
_DAY = timedelta(days=1)


class SentMessage(NamedTuple):
    """An earlier message or call that left: its day, channel and reference, and the days on which the invoices of it that are listed fell due."""

    on: date
    channel: Channel
    reference: str
    notice: bool
    dues: tuple[date, ...]


class InvoiceRow(NamedTuple):
    """What a table may say of one invoice. `open` leaves out what is `disputed` of it, `balance` counts it in."""

    invoice: Invoice
    open: frozenset[Decimal]
    paid: Decimal
    disputed: Decimal = ZERO

    @property
    def balance(self) -> frozenset[Decimal]:
        """What is still to be paid, disputed or not."""
        return frozenset(amount + self.disputed for amount in self.open)

    @property
    def amounts(self) -> frozenset[Decimal]:
        """Every amount that is this invoice's."""
        return self.open | self.balance | {self.invoice.amount, self.paid, self.disputed}


@dataclass(frozen=True)
class KnownCase:
    """What is true of the case a message is about, on its day. Names are as the facts have them; `aside` are the debtor's invoices not asked.

    `arrears`: the message asks what is missing of `plans`, and says it asks this; None: it asks all that is open and due.
    """

    on: date
    currency: str
    rows: Mapping[str, InvoiceRow]
    aside: Mapping[str, Invoice]
    coming: frozenset[Decimal]
    principal: Decimal
    total: Decimal
    parts: Mapping[str, Decimal]
    segments: tuple[Segment, ...]
    deadlines: frozenset[date]
    references: frozenset[str]
    quoted: frozenset[str]
    sent: tuple[SentMessage, ...]
    copied: bool
    received: frozenset[tuple[date, Decimal]]
    served: frozenset[Decimal]
    paid_in: frozenset[Decimal]
    plans: KnownPlans
    arrears: Decimal | None
    offer: KnownOffer
    credit: Decimal
    assigned: frozenset[tuple[str, date]]
    untold: frozenset[tuple[str, date]]
    promised: frozenset[tuple[date, Decimal]]
    contested: frozenset[Decimal]
    rates: frozenset[Decimal]
    amounts_of_law: frozenset[Decimal]
    mandate: date | None
    debtor: str
    creditor: str
    writers: frozenset[str]
    recipient: str
    capacity: str
    address: tuple[str, ...]
    sender: str
    beneficiary: str
    iban: str
    bic: str
    numbers: frozenset[str]
    mailbox: str
    copies: frozenset[str]
    mailboxes: frozenset[str]
    said: str = field(default="", repr=False)

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """The invoices the message asks, as they stand in the facts."""
        return tuple(row.invoice for row in self.rows.values())


def reference_of(message: str) -> str:
    """Return the reference that a message of this id bore before files had one. Worked out once more here: a wrong one must not vouch for itself."""
    digits = [each for each in message.upper() if each in "0123456789ABCDEF"][:8]
    code = "".join(digits).ljust(8, "0")
    return f"R-{code[:4]}-{code[4:]}"


@lru_cache(maxsize=4096)
def reference_of_file(creditor: str, debtor: str, currency: str) -> str:
    """Return the reference of what a debtor owes a creditor in a currency, worked out once more here."""
    return reference_of(hashlib.sha256(f"file\x1f{creditor}\x1f{debtor}\x1f{currency}".encode()).hexdigest())


def known_of(actions: Sequence[Action], facts: Facts, paper: Paper | None = None, *, day: FactsOfDay | None = None) -> KnownCase:
    """Gather what a message of these actions (at least one, of one day and currency) may say. `day` are the facts on it, where they were folded already."""
    paper = paper or Paper()
    first, on = actions[0], actions[0].on
    named = {name for action in actions for name in action.invoices}
    listed = sorted((invoice for invoice in facts.invoices if invoice.id in named), key=lambda invoice: (invoice.due, invoice.id))
    day = day or FactsOfDay(facts, on)
    state = day.balances
    rows = {plain(invoice.id): _row(facts, invoice, state.outstanding, actions, on) for invoice in listed}
    own = reference_of_file(first.creditor, first.debtor, first.claimed.currency)
    sent = tuple(_sent(day, listed))
    received, served = _received(actions)
    plans = known_plans(facts, listed, on, lambda invoice: undisputed_of(facts, invoice, state.outstanding.get(invoice.id, invoice.amount), on, state.outstanding), state.given)
    arrears = [action.claimed.arrears for action in actions if action.claimed.arrears is not None]
    offer = known_offer(actions, on)
    creditor, writer, account = facts.creditor, paper.sender, paper.payment
    theirs = bool(account.get("iban"))
    to = addressed(first, facts)
    parts = {name: sum((getattr(action.claimed, name) for action in actions), ZERO) for name in _PARTS}
    segments = tuple(segment for action in actions for segment in action.claimed.segments)
    return KnownCase(
        on=on,
        currency=first.claimed.currency,
        rows=rows,
        aside={plain(invoice.id): invoice for invoice in facts.invoices if invoice.id not in named},
        coming=frozenset(
            amount
            for invoice in facts.invoices
            if invoice.id not in named and invoice.due >= on
            for amount in (invoice.amount, state.outstanding.get(invoice.id))
            if amount is not None
        ),
        principal=parts["principal"],
        total=sum((action.claimed.total for action in actions), ZERO),
        parts=parts,
        segments=segments,
        deadlines=frozenset([min(days) if (days := [action.deadline for action in actions if action.deadline]) else _suggested(facts, on)]),
        references=frozenset({own, *(each.reference for each in sent)}),
        quoted=frozenset({own, *([plain(listed[0].id)] if len(listed) == 1 else [])}),  # a template of the house may quote an invoice
        sent=sent,
        copied=_copied(day, actions),
        received=received,
        paid_in=_paid_in(facts, listed, on),
        served=served,
        plans=plans,
        arrears=sum(arrears, ZERO) if arrears else None,
        offer=offer,
        credit=state.credit.get(first.claimed.currency, ZERO),
        assigned=frozenset((each.assignor, each.on) for each in map(assignment_of, listed) if each is not None),
        untold=_untold(day, listed),
        promised=frozenset((event.data["by"], event.data["amount"]) for event in _about(facts, listed, on, "promise.made")),
        contested=frozenset(event.data["amount"] for event in _about(facts, listed, on, "dispute.opened") if event.data.get("amount")),
        rates=frozenset({segment.rate for segment in segments} | ({offer.share} if offer.share is not None else set()) | of_law(RATES_OF_LAW, on)),
        amounts_of_law=of_law(AMOUNTS_OF_LAW, on),
        mandate=creditor.mandate,
        debtor=facts.debtor.name or facts.debtor.id,
        creditor=creditor.name or creditor.id,
        writers=frozenset(flat(str(name)) for name in _writers(creditor, paper) if name),
        recipient=to.name,
        capacity=first.capacity,
        address=to.address.lines if to.address else (),
        sender=str(writer.get("name") or creditor.name or creditor.id) if writer else creditor.name or creditor.id,
        beneficiary=str(account.get("beneficiary") or writer.get("name") or creditor.name) if theirs else creditor.name,
        iban="".join(str(account["iban"] if theirs else creditor.iban or "").split()).upper(),
        bic="".join(str((account.get("bic") if theirs else creditor.bic) or "").split()).upper(),
        numbers=frozenset("".join(str(each).split()) for each in (creditor.siren, facts.debtor.siren, writer.get("siren")) if each),
        mailbox=flat(to.email or ""),
        copies=frozenset(flat(each.email) for each in copies(first, facts)),
        mailboxes=frozenset(
            flat(str(each))
            for each in (creditor.email, creditor.terms.get("reply_to"), facts.debtor.email, to.email, writer.get("email"), writer.get("reply_to"))
            if each
        ),
        said="\n".join((_said(facts, paper, on), *map(flat, (to.name, *(to.address.lines if to.address else ()))))),
    )


def _suggested(facts: Facts, on: date) -> date:
    return suggested(on, consumer=facts.debtor.kind == "consumer", place=holiday_place(facts.debtor.address) or "")


_PARTS = ("principal", "late_interest", "legal_interest", "fixed_indemnity", "contractual_penalty", "complementary_indemnity")


def _writers(creditor: Creditor, paper: Paper) -> tuple[Any, ...]:
    """Name who may sign: the letterhead's sender, and the creditor where no agency writes for him."""
    own = (creditor.name or creditor.id, creditor.terms.get("signatory"))
    return (paper.sender.get("name"), paper.sender.get("signatory"), *(() if paper.agency and paper.sender else own))


def _row(facts: Facts, invoice: Invoice, open_: Mapping[str, Decimal], actions: Sequence[Action], on: date) -> InvoiceRow:
    """Return what is open of an invoice: what is undisputed of its books, and what the law leaves of its principal where an action says it."""
    left = open_.get(invoice.id, invoice.amount)
    undisputed = undisputed_of(facts, invoice, left, on, open_)
    found = {undisputed}
    for action in actions:
        found |= {each.principal for each in action.claimed.invoices if each.invoice == invoice.id}
    return InvoiceRow(invoice, frozenset(found), invoice.amount - left, left - undisputed)


def _about(facts: Facts, listed: Sequence[Invoice], on: date, kind: str) -> list[Event]:
    return [event for event in facts.events if event.kind == kind and event.on <= on and any(covers(event, invoice) for invoice in listed)]


def _sent(day: FactsOfDay, listed: Sequence[Invoice]) -> Iterable[SentMessage]:
    """Name what left before the day about a listed invoice: messages and calls, and formal notices whoever served them."""
    facts, on = day.facts, day.on
    if not day.acts:
        return
    emitted: dict[str, Mapping[str, Any]] = {
        event.data["id"]: event.data for event in facts.events if event.kind == "action.emitted" and "id" in event.data
    }
    missed: dict[str, bool] = {}  # whether a call, as last recorded, reached nobody, or somebody else
    for event in facts.events:
        if event.kind in _OF_CALLS and event.on <= on and event.data.get("id"):
            missed[event.data["id"]] = event.kind in _MISSED
    for act in day.acts:
        if missed.get(act.id):
            continue
        data = emitted.get(act.id, {})
        notice = data.get("kind") == StepKind.FORMAL_NOTICE
        if act.executed is None or act.executed >= on or not (act.channel in CONTACT_CHANNELS or notice):
            continue
        dues = tuple(invoice.due for invoice in listed if _speaks_of(data, act.case, act.on, invoice, facts.debtor.id))
        if dues:
            yield SentMessage(act.executed, act.channel, str(data.get("reference") or reference_of(str(data.get("message") or act.id))), notice, dues)


def _untold(day: FactsOfDay, listed: Sequence[Invoice]) -> frozenset[tuple[str, date]]:
    """Name the assignments (assignor, day) of listed invoices of which nothing that can be read again told the debtor before the day."""
    if all(assignment_of(invoice) is None for invoice in listed):
        return frozenset()
    emitted = {event.data["id"]: event.data for event in day.facts.events if event.kind == "action.emitted" and "id" in event.data}
    written = [
        (act.executed, frozenset(each.id for each in listed if _speaks_of(emitted.get(act.id, {}), act.case, act.on, each, day.facts.debtor.id)))
        for act in day.acts if act.executed is not None and act.channel in TELLING
    ]  # fmt: skip
    return frozenset((each.assignor, each.on) for _, each in untold(listed, written, day.on))


_MISSED = frozenset({"call.no_answer", "call.wrong_number"})
_OF_CALLS = _MISSED | {"call.reached", "call.refused"}


def _copied(day: FactsOfDay, actions: Sequence[Action]) -> bool:
    """Say whether a message may be called the copy of a registered letter: one of its step leaves on its day, or has; or is made with it."""
    steps = {(each.step, each.case, each.playbook, each.occurrence) for each in actions}
    emitted = [act for act in day.acts if (act.step, act.case, act.playbook, act.occurrence) in steps]
    if not emitted:
        return any(each.registered for each in actions)
    alive = [act for act in emitted if not (act.cancelled or act.failed or act.skipped)]
    return any(act.channel in REGISTERED and act.executed in (None, actions[0].on) for act in alive)


def _speaks_of(data: Mapping[str, Any], case: str, on: date, invoice: Invoice, debtor: str) -> bool:
    if data.get("invoices"):
        return invoice.id in data["invoices"]
    if case in (invoice.id, invoice.document):
        return True
    return case in ("", debtor, f"{debtor}/{invoice.currency}") and (invoice.issued is None or invoice.issued <= on)


def _received(actions: Iterable[Action]) -> tuple[frozenset[tuple[date, Decimal]], frozenset[Decimal]]:
    """Return what came in on the invoices asked and stayed, day by day, and what each of it served: money that went back is what came last before it."""
    found: defaultdict[tuple[date, bool], list[Decimal]] = defaultdict(lambda: [ZERO] * len(_SERVED))
    for action in actions:
        for part in (each for invoice in action.claimed.invoices for each in invoice.received):
            row = found[part.on, part.credit_note]
            over = part.amount - part.principal - part.interest - part.fixed_indemnity - part.contractual_penalty - part.complementary_indemnity
            for place, amount in enumerate((*(getattr(part, name) for name in _SERVED[:-1]), over)):
                row[place] += amount
    days = sorted(found)
    stayed = [_stayed([(day, found[day][place]) for day in days]) for place in range(len(_SERVED))]
    sums = {(day[0], sum((each[day] for each in stayed), ZERO)) for day in days}
    return frozenset(sums), frozenset(each[day] for each in stayed[:-1] for day in days)


def _paid_in(facts: Facts, listed: Sequence[Invoice], on: date) -> frozenset[Decimal]:
    """Return what was paid, day by day, by payments that may be for a listed invoice."""
    found: defaultdict[date, Decimal] = defaultdict(Decimal)
    for event in _about(facts, listed, on, "payment.received"):
        found[event.on] += event.data["amount"]
    return frozenset(found.values())


#: What money serves, as `Served` names it; the last is what serves nothing yet.
_SERVED = ("principal", "interest", "fixed_indemnity", "contractual_penalty", "complementary_indemnity", "")


def _stayed(moved: Sequence[tuple[tuple[date, bool], Decimal]]) -> dict[tuple[date, bool], Decimal]:
    """Take what went back off what had come last before it, credit notes aside; in order of day."""
    left = dict(moved)
    open_days: list[tuple[date, bool]] = []
    for day, amount in moved:
        if day[1]:
            continue
        if amount > 0:
            open_days.append(day)
            continue
        left[day], back = ZERO, -amount
        while back and open_days:
            last = open_days[-1]
            gone = min(back, left[last])
            left[last], back = left[last] - gone, back - gone
            if not left[last]:
                open_days.pop()
    return left


def _said(facts: Facts, paper: Paper, on: date) -> str:
    """Return in one flat text what people wrote that a message may repeat: names, addresses, terms, reasons."""
    creditor, debtor = facts.creditor, facts.debtor
    address = (*(creditor.address.lines if creditor.address else ()), *(debtor.address.lines if debtor.address else ()))
    told = [
        str(event.data["reason"])
        for event in facts.events
        if event.kind == "dispute.opened" and event.on <= on and event.data.get("reason")
    ]
    told += [str(proof) for invoice in facts.invoices if (proof := invoice.terms.get("recovery_proof"))]
    values = (*creditor.terms.values(), *paper.sender.values(), *paper.payment.values(), *paper.partner.values())
    terms = [str(part) for value in values for part in (value if isinstance(value, (list, tuple)) else (value,))]
    return "\n".join(map(flat, (creditor.name, debtor.name, *address, *terms, *told)))
