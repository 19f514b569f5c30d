"""`relance matching`: the money that waits for a person, and a person's word for it: take, split, refuse, undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, actor_option, echo_filled, format_option, journal_option, opened, print_json, today
from relance.report.words import word
from relance.sentences import AmountPart, lasting, retold, sentence, tell, tell_number, tell_part, told

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.portfolio.matching_queue import LikelyInvoice, WaitingPayment

_SHOWN = 8
_payment = click.argument("payment", metavar="PAYMENT")


@click.group(name="matching")
def command() -> None:
    """Show the money that waits for a person, and say what it pays.

    A PAYMENT is named as the list names it (M-3f2a91), or by the bank's reference. While it waits it holds the messages of whose it may be.
    """


@command.command(name="list")
@click.option("--creditor", metavar="ID", help="Only this creditor's.")
@click.option("--settled", is_flag=True, help="What waited once, too.")
@format_option("text", "json")
@journal_option
def listed(creditor: str | None, form: str, where: str, *, settled: bool) -> None:
    """List what waits, oldest first: whose it may be, and why it was not allocated."""
    from relance.portfolio.matching_queue import queue

    with opened(where, creditor=creditor) as journal:
        found = queue(journal, creditor, settled=settled)
    if form == "json":
        print_json({"version": 1, "payments": [_plain(one) for one in found]})
        return
    for one in found:
        echo_filled(f"{one.id}  {tell_part(one.on)}  {_age(one):>8}  {_money(one)}  {one.payer or '?'}", hang=10)
        echo_filled(retold(one.reason if one.places else one.words[-1][1]), indent=10)
        if one.places and one.candidates:
            more = len(one.candidates) - _SHOWN
            few = one.candidates[:_SHOWN]
            echo_filled(tell("may be about {invoices} and {count} more", invoices=few, count=more) if more > 0 else tell("may be about {invoices}", invoices=few), indent=10)
    waiting = [one for one in found if one.places]
    waits = tell_number("{count} payment for a person", "{count} payments for a person", len(waiting))
    click.echo(tell("{what}: {sums}", what=waits, sums=sums) if (sums := _sums(waiting)) else waits)


@command.command(name="show")
@_payment
@format_option("text", "json")
@journal_option
def show(payment: str, form: str, where: str) -> None:
    """Show one payment: what the bank told, the invoices it may be about, and what was said of it."""
    from relance.portfolio.matching_queue import candidates, payment_named

    with _settling(where) as journal:
        one = payment_named(journal, payment)
        found = candidates(journal, one, today()) if one.places else []
    if form == "json":
        print_json({"version": 1, **_plain(one), "invoices": [_likely(each) for each in found]})
        return
    echo_filled(f"{one.id}  {tell_part(one.on)}  {_money(one)}  {one.payer or '?'}", hang=10)
    for what, text in ((tell("as written"), one.text), (tell("reference"), one.reference), (tell("why"), one.reason), (tell("holds"), _holds(one))):
        if text:
            echo_filled(f"{what:<10} {retold(text)}", hang=11)
    for on, said, who in one.words:
        echo_filled(f"{tell('said'):<10} {tell('{what} ({day}, {who})', what=retold(said), day=on, who=who)}", hang=11)
    for each in found[:_SHOWN]:
        mark = tell("named") if each.named else tell("same sum") if each.open == one.amount else word("open")
        open_ = tell("{sum} open, due {day}", sum=AmountPart(each.open, each.invoice.currency), day=each.invoice.due)
        echo_filled(f"{mark:<9} {each.invoice.id}  {open_}  {each.name or each.debtor} ({each.debtor})", indent=2, hang=10)
    if len(found) > _SHOWN:
        click.echo("  " + tell("and {count} more", count=len(found) - _SHOWN))


@command.command(name="take")
@_payment
@click.argument("invoice", metavar="INVOICE|DEBTOR")
@actor_option
@journal_option
def take(payment: str, invoice: str, actor: str, where: str) -> None:
    """Give all of a payment to one invoice; or to a debtor, whose open invoices it pays in the order of the law."""
    _give(where, payment, [(invoice, None)], actor)


@command.command(name="split")
@_payment
@click.argument("parts", nargs=-1, required=True, metavar="INVOICE|DEBTOR=AMOUNT...")
@actor_option
@journal_option
def split(payment: str, parts: tuple[str, ...], actor: str, where: str) -> None:
    """Give parts of a payment to several invoices, to the cent.

    \b
    relance matching split M-3f2a91 F-2026-001=800.00 F-2026-007=400.00
    """  # noqa: D301 - \b is click's
    _give(where, payment, [_part(one) for one in parts], actor)


@command.command(name="refuse")
@_payment
@click.option("--reason", required=True, metavar="TEXT", help="Why it pays nothing of what is owed; it is kept in the journal.")
@actor_option
@journal_option
def refuse(payment: str, reason: str, actor: str, where: str) -> None:
    """Say that a payment is about nothing that is owed here: it holds nobody any more."""
    from relance.portfolio.matching_queue import UnsettledError, payment_named, refusal, settle_payment

    with _settling(where) as journal:
        one = payment_named(journal, payment)
        if not one.places:
            msg = sentence("{id} waits no more: {what}", id=one.id, what=one.words[-1][1])
            raise UnsettledError(msg)
        _said(one, refusal(reason), settle_payment(journal, one, (), refusal(reason), on=today(), actor=actor))


@command.command(name="undo")
@_payment
@actor_option
@journal_option
def undone(payment: str, actor: str, where: str) -> None:
    """Take back what was said of a payment: what it paid is open again, and it waits again."""
    from relance.portfolio.matching_queue import payment_named, undo

    with _settling(where) as journal:
        one = payment_named(journal, payment)
        _said(one, tell("waits again"), undo(journal, one, on=today(), actor=actor))


@contextmanager
def _settling(where: str) -> Iterator[Journal]:
    """Open the journal; a word that cannot be written ends the command with its sentence."""
    from relance.portfolio.matching_queue import UnsettledError

    with opened(where) as journal:
        try:
            yield journal
        except UnsettledError as error:
            raise Stop(str(error)) from error


def _give(where: str, payment: str, parts: list[tuple[str, Decimal | None]], actor: str) -> None:
    from relance.portfolio.matching_queue import outcome_of, payment_named, settle_payment, shares_of

    with _settling(where) as journal:
        one = payment_named(journal, payment)
        shares = shares_of(journal, one, parts, today())
        _said(one, outcome_of(shares), settle_payment(journal, one, shares, outcome_of(shares), on=today(), actor=actor))


def _said(one: WaitingPayment, outcome: str, written: bool) -> None:  # noqa: FBT001 - what the journal answered
    if not written:
        raise Stop(tell("{id}: somebody else settled it in the meantime; `relance matching show {id}`", id=one.id))
    click.echo(tell("{id}: {sum}, {outcome}", id=one.id, sum=_money(one), outcome=outcome))


def _part(text: str) -> tuple[str, Decimal | None]:
    from relance.parsing.values import amount_reader

    name, _, amount = text.rpartition("=")
    try:
        return name, amount_reader(".")(amount)
    except ValueError:
        raise Stop(tell("'{text}' is no INVOICE=AMOUNT, such as F-2026-001=800.00", text=text)) from None


def _money(one: WaitingPayment) -> str:
    return tell_part(AmountPart(-one.amount if one.back else one.amount, one.currency))


def _age(one: WaitingPayment) -> str:
    days = (today() - one.on).days
    return told(lasting(days, "day")) if one.places else tell("settled")


def _holds(one: WaitingPayment) -> str:
    debtors = [place for place in one.places if place]
    return sentence("the messages of {debtors}", debtors=debtors) if debtors else sentence("nobody: whose it is, is not known") if one.places else ""


def _sums(waiting: list[WaitingPayment]) -> list[AmountPart]:
    sums: dict[str, Decimal] = {}
    for one in waiting:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + (-one.amount if one.back else one.amount)
    return [AmountPart(amount, currency) for currency, amount in sorted(sums.items())]


def _plain(one: WaitingPayment) -> dict[str, object]:
    return {
        "id": one.id, "creditor": one.creditor, "on": one.on.isoformat(), "amount": str(one.amount), "currency": one.currency, "back": one.back,
        "payer": one.payer, "text": one.text, "reference": one.reference, "reason": one.reason, "candidates": list(one.candidates),
        "waits": bool(one.places), "holds": [place for place in one.places if place],
        "said": [{"on": on.isoformat(), "outcome": word, "actor": who} for on, word, who in one.words],
    }  # fmt: skip


def _likely(each: LikelyInvoice) -> dict[str, object]:
    return {
        "invoice": each.invoice.id, "debtor": each.debtor, "name": each.name, "open": str(each.open), "currency": each.invoice.currency,
        "due": each.invoice.due.isoformat(), "named": each.named,
    }  # fmt: skip
