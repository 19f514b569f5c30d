"""Actions and facts → the context a wording is filled from (`fields.Context`).

Owns what a message says of the case: the invoices and what is open on them, the sums, the earlier contacts, how to pay.
Computes no interest (the actions carry what is claimed) and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.iban import mistake as iban_mistake
from relance.interpreter.action_id import file_reference
from relance.interpreter.addressees import addressed, copies
from relance.interpreter.case_history import CaseHistory, Cited, FactsOfDay, case_history
from relance.interpreter.case_history import PlanInstalment as Part
from relance.law.assignment import Assignment, assignment_of
from relance.law.deadlines import suggested
from relance.law.places import holiday_place
from relance.law.recipients import Recipient
from relance.law.regimes import foreign, regime_of
from relance.letters import qr
from relance.letters.business_mentions import register_entry
from relance.letters.fields import (
    AssignmentLine,
    CitedTexts,
    Contact,
    Context,
    Instalment,
    InvoiceLine,
    Notice,
    OfferLine,
    Party,
    Payment,
    PromisedSum,
    Sums,
    Undertaking,
)
from relance.letters.figures import NOTHING, Money, capital, long_date, money, share, short_date
from relance.letters.letterhead import PLAIN, Letterhead
from relance.letters.markdown import QR_MARK, SIGN_MARK
from relance.letters.sms import secret_in
from relance.letters.sums import disputed_of, line_of, named_in, not_due_yet, receipts_of, said_of, sums_of, total_of
from relance.model import (
    CONTACT_CHANNELS,
    LETTERS,
    POSTED_CHANNELS,
    REGISTERED,
    Action,
    Address,
    Asks,
    Channel,
    Claimed,
    Creditor,
    Debtor,
    Facts,
    Invoice,
    InvoiceClaimed,
    Sender,
)

ZERO = Decimal(0)
CHANNEL_NAMES: Mapping[str, Mapping[Channel, str]] = {
    "fr": {
        Channel.EMAIL: "courriel",
        Channel.LETTER: "lettre",
        Channel.REGISTERED_LETTER: "lettre recommandée avec avis de réception",
        Channel.ELECTRONIC_REGISTERED_LETTER: "lettre recommandée électronique",
        Channel.SMS: "SMS",
        Channel.CALL: "appel téléphonique",
        Channel.TASK: "démarche",
    },
    "en": {
        Channel.EMAIL: "e-mail",
        Channel.LETTER: "letter",
        Channel.REGISTERED_LETTER: "registered letter",
        Channel.ELECTRONIC_REGISTERED_LETTER: "electronic registered letter",
        Channel.SMS: "text message",
        Channel.CALL: "telephone call",
        Channel.TASK: "step",
    },
}


@dataclass(frozen=True, slots=True)
class Writing:
    """How messages are written: whose paper, whether an agency writes, and what replaces the action's own tone or language."""

    letterhead: Letterhead = PLAIN
    agency: bool = False
    tone: str | None = None
    language: str | None = None
    papers: Mapping[str, Letterhead] = field(default_factory=dict)  # of creditors that have a letterhead of their own
    wordings: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)  # folders of a creditor's own wordings, before all others

    def paper_of(self, creditor: str) -> Letterhead:
        """Return the letterhead of a creditor: its own, else that of all."""
        return self.papers.get(creditor, self.letterhead)

    def account_of(self, creditor: str) -> str:
        """Return the IBAN that a creditor's letterhead asks payment to; empty where it names none."""
        return str(self.paper_of(creditor).payment.get("iban") or "")


def message_id(action: Action) -> str:
    """Return the id of the message an action travels in: its own where nothing was combined."""
    return action.message or action.id


def build(actions: Sequence[Action], facts: Facts, writing: Writing | None = None, *, day: FactsOfDay | None = None) -> Context:
    """Make the context of one message out of the actions it carries: same day, channel, debtor, creditor and currency, at least one.

    `day` are the facts on that day, where they were folded already.
    """
    writing = writing or Writing()
    first = actions[0]
    on, language = first.on, writing.language or first.language
    day = day or FactsOfDay(facts, on)
    state = day.balances
    chosen = named_in(actions, facts)
    said = said_of(actions, facts, chosen, state)
    past = case_history(facts, on, chosen, day=day)
    disputed = {invoice.id: disputed_of(facts, invoice, state, on) for invoice in chosen} if past.dispute else {}
    rows = tuple(line_of(invoice, said[invoice.id], on, language, disputed.get(invoice.id, ZERO)) for invoice in chosen)
    earlier = tuple(_contact(each, language) for each in past.contacts)
    letters = tuple(_contact(each, language) for each in past.first_letters)
    notices = tuple(_notice(each, total_of(actions), language) for each in past.notices)
    missing = sum((part.missing for part in past.missed), ZERO)
    coming = not_due_yet(facts, chosen, first.claimed.currency, state.outstanding, on)
    due = min((invoice.due for invoice in chosen), default=on)
    deadline = min((action.deadline for action in actions if action.deadline), default=None)
    sender = _sender(facts.creditor, writing, language)
    reference = file_reference(first.creditor, first.debtor, first.claimed.currency)
    sums, offer = sums_of(actions, on, language), _offer(first, language)
    beside = [invoice for invoice in chosen if past.plans and invoice.id not in past.plan_of]
    return Context(
        tone=writing.tone or first.tone or "neutral",
        language=language,
        channel=str(first.channel),
        kind=str(first.kind),
        step=first.step,
        asks=str(Asks.WHOLE if total_of(actions).arrears is None else Asks.ARREARS),
        offer=offer,
        assignments=tuple(_assignment(each, chosen, language, told=told) for each, told in past.assignments),
        occurrence=max(action.occurrence for action in actions),
        today=long_date(on, language),
        reference=reference,
        agency=writing.agency,
        consumer=facts.debtor.kind == "consumer",
        sender=sender,
        creditor=_creditor(facts.creditor, language),
        debtor=_debtor(facts.debtor),
        recipient=_recipient(addressed(first, facts)),
        copies=tuple(Party(name=each.name, email=each.email, role=each.role) for each in copies(first, facts)),
        capacity=first.capacity,
        invoice=rows[0] if rows else InvoiceLine(),
        invoices=rows,
        invoice_count=len(rows),
        several=len(rows) > 1,
        issue_dates=any(row.issued for row in rows),
        overdue=any(row.overdue for row in rows),
        days_overdue=max((on - due).days, 0),
        days_to_due=max((due - on).days, 0),
        sums=sums,
        texts=_texts(facts, language),
        deadline=long_date(deadline, language) if deadline else "",
        pay_by=long_date(deadline or suggested(on, consumer=facts.debtor.kind == "consumer", place=holiday_place(facts.debtor.address) or ""), language),
        days_granted=max((deadline - on).days, 0) if deadline else 0,
        payment=_payment(facts.creditor, writing, reference, _paid_by(sums, offer)),
        previous=_latest([said for said, each in zip(earlier, past.contacts, strict=True) if all(one in each.invoices for one in chosen)]),
        first_letter=letters[0] if letters else None,
        first_letters=letters,
        unannounced=len({invoice.id for each in past.first_letters for invoice in each.invoices}) < len(chosen),
        registered_copy=_registered_beside(first, day),
        notice=notices[-1] if notices else None,
        notices=notices,
        unwarned=bool(notices) and len({invoice.id for each in past.notices for invoice in each.invoices}) < len(chosen),
        history=earlier,
        coming=tuple(line_of(invoice, InvoiceClaimed(invoice.id, state.outstanding[invoice.id]), on, language) for invoice in coming),
        disputed_total=money(sum(disputed.values(), ZERO), first.claimed.currency, language) if any(disputed.values()) else NOTHING,
        coming_total=money(sum((state.outstanding[each.id] for each in coming), ZERO), first.claimed.currency, language) if coming else NOTHING,
        credit=money(over, first.claimed.currency, language) if (over := state.credit.get(first.claimed.currency)) else NOTHING,
        proofs=tuple(str(proof) for invoice in chosen if said[invoice.id].complementary_indemnity and (proof := invoice.terms.get("recovery_proof"))),
        receipts=tuple(receipts_of([said[invoice.id] for invoice in chosen], first.claimed.currency, language, past.came_in)),
        promise=_promise(past, first.claimed.currency, language),
        plan=tuple(_instalment(part, first.claimed.currency, language) for part in past.instalments),
        plan_agreed=long_date(past.plans[0].event.on, language) if len(past.plans) == 1 else "",
        plan_suspends=bool(past.plans) and all(plan.suspends for plan in past.plans),
        missed=tuple(_instalment(part, first.claimed.currency, language) for part in past.missed),
        missed_total=money(missing, first.claimed.currency, language) if missing else NOTHING,
        plan_invoices=tuple(row for row in rows if row.id in past.plan_of),
        beside_plan=tuple(row for row, invoice in zip(rows, chosen, strict=True) if invoice in beside),
        beside_plan_total=money(sum((said[invoice.id].principal for invoice in beside), ZERO), first.claimed.currency, language) if beside else NOTHING,
        dispute=str(past.dispute.data.get("reason", "")) if past.dispute else "",
        place_to_sign=SIGN_MARK if first.channel in (Channel.LETTER, Channel.REGISTERED_LETTER) else "",
        partner=_office(writing.letterhead.partner_near(facts.debtor.address)),
        to=first.to or "",
    )


def _registered_beside(action: Action, day: FactsOfDay) -> bool:
    """Say whether a registered letter of the same step leaves on an action's day; before either is emitted, whether one is made with it.

    What left on another day asked another sum by another day: what leaves today is no copy of it. One that waits still leaves first
    (`release_check.original_waits`).
    """
    mine = (action.playbook, action.case, action.step, action.occurrence)
    made = [act for act in day.acts if (act.playbook, act.case, act.step, act.occurrence) == mine]
    leaves = (not (act.failed or act.cancelled or act.skipped) and act.executed in (None, action.on) for act in made if act.channel in REGISTERED)
    return any(leaves) if made else action.registered


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
        sms_name=_sms_name(terms, creditor.name or creditor.id),
        siren=siren_groups(creditor.siren),
        address=_one_line(creditor.address),
        address_lines=creditor.address.lines if creditor.address else (),
        country=creditor.address.country if creditor.address else "",
        email=creditor.email or "",
        phone=creditor.phone or "",
        kind=creditor.kind,
        mandate=long_date(creditor.mandate, language) if creditor.mandate else "",
        place=str(terms.get("place", "")) or _town(creditor.address),
        rcs=register_entry(str(terms.get("rcs") or "")),
        capital=capital(str(terms.get("capital") or ""), language),
        **{name: str(terms[name]) for name in ("legal_form", "vat", "reply_to", "website", "signatory", "role", "mediator") if terms.get(name)},
    )


def _office(said: Mapping[str, str]) -> Party:
    return Party(name=said.get("name", ""), place=said.get("place", ""))


def _town(address: Address | None) -> str:
    """Return the town of a French address: what follows the postcode on its last line."""
    last = address.lines[-1] if address and address.lines else ""
    head, _, town = last.partition(" ")
    return town.title() if len(head) == 5 and head.isdigit() and town.isupper() else town if len(head) == 5 and head.isdigit() else ""


def _texts(facts: Facts, language: str) -> CitedTexts:
    """Name the texts of late payment that hold between these two."""
    abroad = foreign(facts.creditor, facts.debtor)
    cited = regime_of(facts.debtor.kind, facts.creditor.kind, abroad).citation(language)
    return CitedTexts(
        french=abroad is None,
        late_payment=cited.both,
        interest=cited.interest,
        interest_short=cited.interest_short,
        indemnity_short=cited.indemnity_short,
    )

def _sender(creditor: Creditor, writing: Writing, language: str) -> Party:
    """Return who writes: the letterhead's sender, or the creditor; an empty line of the one is never filled from the other."""
    given = writing.letterhead.sender
    if not given:
        return _creditor(creditor, language)
    lines = tuple(str(line) for line in given.get("address", ()))
    address = Address(lines, str(given.get("country", "FR"))) if lines else None
    texts = ("name", "legal_form", "vat", "email", "phone", "reply_to", "website", "signatory", "role", "mediator", "activity")
    return Party(
        sms_name=_sms_name(given, str(given.get("name", ""))),
        siren=siren_groups(given.get("siren")),
        address=_one_line(address),
        address_lines=lines,
        country=address.country if address else "",
        kind="business",
        place=str(given.get("place", "")) or _town(address),
        rcs=register_entry(str(given.get("rcs") or "")),
        capital=capital(str(given.get("capital") or ""), language),
        **{name: str(given[name]) for name in texts if given.get(name)},
    )


def _sms_name(given: Mapping[str, Any], name: str) -> str:
    """Return who writes, in a text message: the short name given; else the name, or where a debt can be read in it the person who signs."""
    if said := str(given.get("sms_name") or ""):
        return said
    return str(given.get("signatory") or name) if secret_in(name) else name


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


def _recipient(to: Recipient) -> Party:
    return Party(
        name=to.name,
        address=_one_line(to.address),
        address_lines=to.address.lines if to.address else (),
        country=to.address.country if to.address else "",
        email=to.email or "",
    )


def _payment(creditor: Creditor, writing: Writing, reference: str, to_pay: str) -> Payment:
    """Return how to pay a sum: the letterhead's account (an agency's own, kept for what it collects), else the creditor's."""
    given: Mapping[str, Any] = writing.letterhead.payment
    own = bool(given.get("iban"))
    iban = str(given["iban"]) if own else creditor.iban or ""
    bic = str(given.get("bic", "")) if own else creditor.bic or ""
    name = str(given.get("beneficiary") or writing.letterhead.sender.get("name") or creditor.name) if own else creditor.name
    link = str(given.get("link") or creditor.terms.get("payment_link") or "")
    valid = bool(iban) and iban_mistake(iban) is None
    paid_to = Payment(
        beneficiary=name,
        iban=qr.grouped(iban) if valid else "",
        bic=bic if valid else "",
        reference=reference,
        link=link if link.startswith("https://") else "",
    )
    return replace(paid_to, qr=QR_MARK if _payload(paid_to, to_pay) else "")


def _payload(paid_to: Payment, to_pay: str) -> str | None:
    if not isinstance(to_pay, Money):
        return None
    return qr.payload(
        name=paid_to.beneficiary, iban=paid_to.iban, bic=paid_to.bic, amount=to_pay.amount, currency=to_pay.currency, reference=paid_to.reference
    )


def _paid_by(sums: Sums, offer: OfferLine | None) -> str:
    """Say which sum pays what a message asks: what settles the claim where that is offered, else the whole of it."""
    return offer.amount if offer is not None and offer.settlement else sums.total


def to_pay(context: Context) -> str:
    """Return the sum that a payment code asks."""
    return _paid_by(context.sums, context.offer)


def payment_payload(context: Context) -> str | None:
    """Return the lines of the QR code a letter shows, or None where there is none."""
    return _payload(context.payment, to_pay(context)) if context.payment.qr else None


# --------------------------------------------------------------------------- what happened before


def _contact(cited: Cited, language: str) -> Contact:
    return Contact(**_cited(cited, language), handed_over=cited.act.sent_by is Sender.OTHER)


def _cited(cited: Cited, language: str) -> dict[str, str]:
    """Name an earlier message; what a person did by hand bears no reference of ours."""
    names = CHANNEL_NAMES.get(language, CHANNEL_NAMES["en"])
    return {
        "on": long_date(cited.on, language),
        "on_short": short_date(cited.on, language),
        "channel": str(cited.act.channel),
        "channel_name": names[cited.act.channel],
        "reference": cited.act.reference if cited.act.channel in CONTACT_CHANNELS else "",
        "message": (cited.act.message or cited.act.id) if cited.act.channel in POSTED_CHANNELS else "",
        "step": cited.act.step,
        "invoices": ", ".join(invoice.id for invoice in cited.invoices),
    }


def _notice(cited: Cited, asked: Claimed, language: str) -> Notice:
    """Name a formal notice, with the first day of the legal interest asked on its invoices."""
    own = {invoice.id for invoice in cited.invoices}
    since = min((segment.start for segment in asked.segments if segment.invoice in own), default=None) if asked.legal_interest else None
    return Notice(**_cited(cited, language), handed_over=cited.act.sent_by is Sender.OTHER, interest_from=long_date(since, language) if since else "")


def _assignment(made: Assignment, chosen: Sequence[Invoice], language: str, *, told: bool) -> AssignmentLine:
    """Name an assignment, with its invoices where the message is about others too."""
    own = [invoice.id for invoice in chosen if assignment_of(invoice) == made]
    named = ", ".join(own) if len(own) < len(chosen) else ""
    return AssignmentLine(assignor=made.assignor, on=long_date(made.on, language), told=told, invoices=named)


def _latest(contacts: Sequence[Contact]) -> Contact | None:
    """Return the latest contact; of several on one day, the one on paper speaks for them."""
    day = [each for each in contacts if each.on == contacts[-1].on]
    return next((each for each in reversed(day) if each.channel in LETTERS), day[-1] if day else None)


def _promise(past: CaseHistory, currency: str, language: str) -> PromisedSum | None:
    made = past.promise
    if made is None:
        return None
    day, amount = made.data["by"], made.data["amount"]
    return PromisedSum(on=long_date(day, language), on_short=short_date(day, language), amount=money(amount, currency, language), broken=past.promise_broken)


def _offer(action: Action, language: str) -> OfferLine | None:
    offer, currency = action.offer, action.claimed.currency
    if offer is None:
        return None
    return OfferLine(
        settlement=offer.share is not None,
        amount=money(offer.amount, currency, language),
        share="" if offer.share is None else share(offer.share, language),
        waived=NOTHING if offer.share is None else money(action.claimed.principal - offer.amount, currency, language),
        by_payment=offer.by_payment,
        instalments=tuple(Undertaking(on=long_date(on, language), on_short=short_date(on, language), amount=money(part, currency, language)) for on, part in offer.instalments),
    )


def _instalment(part: Part, currency: str, language: str) -> Instalment:
    return Instalment(
        on=long_date(part.on, language),
        on_short=short_date(part.on, language),
        amount=money(part.amount, currency, language),
        missing=money(part.missing, currency, language) if part.missing else NOTHING,
        in_part=ZERO < part.missing < part.amount,
        missed=part.late and bool(part.missing),
    )
