"""The queue of money that waits for a person: what waits, whose it may be, and what a person's word for it writes into the journal.

A payment waits (`payment.unmatched`) with each debtor whose it may be, or with nobody where it is nobody's who is known; one word
(`payment.matched`, with its outcome) ends that everywhere at once. Nothing is changed or deleted: a word is undone by the opposite
movements and by waiting anew. Refuses to guess, and to print.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from relance.errors import RelanceError
from relance.interpreter.balance import ZERO, balances
from relance.journal.chain import Entry
from relance.journal.journal import Journal
from relance.model import Event, Facts, Invoice
from relance.sentences import AmountPart, sentence

_MOVED = ("payment.received", "payment.reversed")


class UnsettledError(RelanceError, ValueError):
    """A word about waiting money that cannot be written; the message is for who gave it."""


class PaidPart(NamedTuple):
    """A part of a payment: whose it is, which invoice it pays (None: the debtor's account, oldest due date first), and how much."""

    debtor: str
    invoice: str | None
    amount: Decimal


class LikelyInvoice(NamedTuple):
    """An invoice that waiting money may be about, whose it is, and what is open on it; `named` where the import named it."""

    debtor: str
    name: str
    invoice: Invoice
    open: Decimal
    named: bool


@dataclass(slots=True)
class WaitingPayment:
    """Money that waits, or waited, for a person. `back`: it left the account again, and what it undoes is not known.

    `places` are the debtors it waits with (None: nobody), and `ever` those it once waited with; `words` what was said of it before, in
    order; `shares` what it pays now.
    """

    creditor: str
    reference: str
    on: date
    amount: Decimal
    currency: str
    payer: str
    text: str
    reason: str
    candidates: tuple[str, ...]
    back: bool
    places: tuple[str | None, ...] = ()
    ever: tuple[str | None, ...] = ()
    words: list[tuple[date, str, str]] = field(default_factory=list)  # when, what, who
    shares: list[PaidPart] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The short name a person calls it by."""
        return "M-" + hashlib.sha256(f"{self.creditor}|{self.reference}|{self.on}|{self.amount}".encode()).hexdigest()[:6]


def queue(journal: Journal, creditor: str | None = None, *, settled: bool = False) -> list[WaitingPayment]:
    """Return the money that waits, oldest first; with `settled` also what waited once."""
    kinds = ("payment.unmatched", "payment.matched", *(_MOVED if settled else ()))
    found: dict[tuple[str, str], WaitingPayment] = {}
    for entry in journal.entries(creditor=creditor, kinds=kinds):
        if entry.debtor is None and entry.who:  # of a debtor who was forgotten
            continue
        _read(entry, found)
    return sorted((one for one in found.values() if settled or one.places), key=lambda one: (one.on, one.creditor, one.reference))


def _read(entry: Entry, found: dict[tuple[str, str], WaitingPayment]) -> None:
    said, reference = entry.data, str(entry.data.get("reference", ""))
    there = found.get((entry.creditor, reference))
    if entry.kind == "payment.unmatched":
        places, ever = (there.places, there.ever) if there is not None else ((), ())
        made = WaitingPayment(
            entry.creditor, reference, said.get("since") or entry.on, said["amount"], str(said.get("currency") or ""), str(said.get("payer", "")),
            str(said.get("text", "")), str(said.get("reason", "")), tuple(said.get("candidates") or ()), bool(said.get("back")),
            _with(places, entry.debtor), _with(ever, entry.debtor), there.words if there else [], there.shares if there else [],
        )  # fmt: skip
        found[entry.creditor, reference] = made
    elif entry.kind == "payment.matched":
        about = (
            [there]
            if there is not None
            else []
            if reference
            else [one for (creditor, _), one in found.items() if creditor == entry.creditor]
        )
        for one in about:
            if entry.debtor in one.places:
                one.places = tuple(debtor for debtor in one.places if debtor != entry.debtor)
                word = (entry.on, str(said.get("outcome") or "matched"), entry.actor)
                one.words += [] if word in one.words[-1:] else [word]
    elif there is not None and entry.debtor is not None:
        share = PaidPart(entry.debtor, entry.invoice, said["amount"])
        if (entry.kind == "payment.reversed") == there.back:
            there.shares.append(share)
        elif share in there.shares:
            there.shares.remove(share)


def _with(places: tuple[str | None, ...], one: str | None) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys((*places, one)))


def payment_named(journal: Journal, name: str) -> WaitingPayment:
    """Return the money that a person named, by its short name or the bank's reference. Raises `UnsettledError`."""
    found = [one for one in queue(journal, settled=True) if name in (one.id, one.reference)]
    if len(found) == 1:
        return found[0]
    what = (
        sentence("several payments are called '{name}': name one by its M-…", name=name)
        if found
        else sentence("no payment '{name}' waits or waited; `relance matching list` names those that wait", name=name)
    )
    raise UnsettledError(what)


def candidates(journal: Journal, one: WaitingPayment, on: date) -> list[LikelyInvoice]:
    """Return the invoices money may be about: those that the import named, then the open ones of its debtors and of exactly its amount."""
    found: list[LikelyInvoice] = []
    for facts in journal.facts(one.creditor):
        left = balances(facts, on).outstanding
        for invoice in facts.invoices:
            open_, told = left.get(invoice.id, ZERO), invoice.id in one.candidates
            likely = open_ and invoice.currency == one.currency and (facts.debtor.id in one.places or open_ == one.amount)
            if told or (likely and not one.back):
                found.append(LikelyInvoice(facts.debtor.id, facts.debtor.name, invoice, open_, told))
    return sorted(found, key=lambda each: (not each.named, each.open != one.amount, each.invoice.due, each.invoice.id))


def shares_of(journal: Journal, one: WaitingPayment, parts: Sequence[tuple[str, Decimal | None]], on: date) -> list[PaidPart]:
    """Return what a person's word gives each invoice (or debtor). Raises `UnsettledError` where it does not fit to the cent.

    `parts` are names with amounts; None, of one part alone, is all of the money.
    """
    if not one.places:
        msg = sentence("{id} waits no more: {why}; `relance matching undo {id}` first", id=one.id, why=one.words[-1][1] if one.words else sentence("it was matched"))
        raise UnsettledError(msg)
    facts = tuple(journal.facts(one.creditor))
    shares = [_share(one, facts, name, one.amount if amount is None else amount, on) for name, amount in parts]
    total = sum((share.amount for share in shares), ZERO)
    if total != one.amount:
        parts_, paid, apart = (AmountPart(amount, one.currency) for amount in (total, one.amount, abs(one.amount - total)))
        msg = (
            sentence("the parts make {parts}, and the payment is {paid}: {apart} is missing", parts=parts_, paid=paid, apart=apart)
            if total < one.amount
            else sentence("the parts make {parts}, and the payment is {paid}: {apart} is too much", parts=parts_, paid=paid, apart=apart)
        )
        raise UnsettledError(msg)
    if len({share[:2] for share in shares}) < len(shares):
        raise UnsettledError(sentence("one invoice is named twice: give it one amount"))
    return shares


def _share(one: WaitingPayment, known: Iterable[Facts], name: str, amount: Decimal, on: date) -> PaidPart:
    if amount <= 0:
        msg = sentence("{name}: an amount is above zero, not {amount}", name=name, amount=amount)
        raise UnsettledError(msg)
    for facts in known:
        invoice = next((each for each in facts.invoices if each.id == name), None)
        if invoice is not None:
            if invoice.currency != one.currency:
                msg = sentence("{name} is in {its}, and the payment in {paid}", name=name, its=invoice.currency, paid=one.currency)
                raise UnsettledError(msg)
            held = balances(facts, on)
            if name in held.cancelled:
                msg = sentence("{name} is cancelled: nothing is owed of it", name=name)
                raise UnsettledError(msg)
            open_ = held.outstanding.get(name, ZERO)
            if amount > open_ and not one.back:
                msg = sentence(
                    "{amount} is more than the {open} that is open on {name}: split it, or give the rest to '{debtor}', whose credit it is then",
                    amount=amount, open=AmountPart(open_, invoice.currency), name=name, debtor=facts.debtor.id,
                )  # fmt: skip
                raise UnsettledError(msg)
            return PaidPart(facts.debtor.id, name, amount)
    if any(facts.debtor.id == name for facts in known):
        return PaidPart(name, None, amount)
    msg = sentence("'{creditor}' has no invoice and no debtor '{name}'", creditor=one.creditor, name=name)
    raise UnsettledError(msg)


def settle_payment(journal: Journal, one: WaitingPayment, shares: Sequence[PaidPart], outcome: str, *, on: date, actor: str) -> bool:
    """Write a person's word: what the money pays (nothing, where it is refused), and that it waits no more. False: another said it first."""
    kind = "payment.reversed" if one.back else "payment.received"
    moved = [(share.debtor, _movement(one, kind, share, one.on)) for share in shares]
    ended = [(place, Event(on, "payment.matched", data={"reference": one.reference or None, "outcome": outcome})) for place in one.places]
    return journal.write_together(one.creditor, [*ended, *moved], actor=actor, key=_key(one, "said"))


def undo(journal: Journal, one: WaitingPayment, *, on: date, actor: str) -> bool:
    """Take a person's word back: what it moved is moved back, and the money waits again. Raises `UnsettledError` where nothing is to undo."""
    if one.places or not one.words:
        msg = sentence("{id} waits: there is nothing to undo", id=one.id)
        raise UnsettledError(msg)
    kind = "payment.received" if one.back else "payment.reversed"
    back = [(share.debtor, _movement(one, kind, share, on)) for share in one.shares]
    data = {
        "amount": one.amount, "reference": one.reference or None, "payer": one.payer or None, "text": one.text or None, "reason": one.reason or None,
        "candidates": one.candidates or None, "back": one.back or None, "since": one.on,
    }  # fmt: skip
    waits: list[tuple[str | None, Event]] = [
        (place, Event(on, "payment.unmatched", currency=one.currency or None, data=data)) for place in one.ever
    ]
    return journal.write_together(one.creditor, [*back, *waits], actor=actor, key=_key(one, "undone"))


def _movement(one: WaitingPayment, kind: str, share: PaidPart, on: date) -> Event:
    data = {"amount": share.amount, "reference": one.reference or None}
    return Event(on, kind, share.invoice, None if share.invoice else one.currency or None, data=data)


def _key(one: WaitingPayment, what: str) -> str:
    """Name a person's word, so that two who say one at once write it once."""
    return f"matching:{what}:{one.id}:{one.reference}:{len(one.words)}"


def refusal(reason: str) -> str:
    """Return the outcome of money that pays none of what is owed."""
    return sentence("refused: {reason}", reason=reason)


def outcome_of(shares: Sequence[PaidPart]) -> str:
    """Return the outcome of money that was given to invoices: each with its amount."""
    return sentence("paid {shares}", shares=[f"{share.invoice or share.debtor} {share.amount}" for share in shares])
