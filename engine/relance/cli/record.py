"""`relance record`: write into the journal what happened: a payment, a dispute, a promise, and whatever else the language knows.

Everything is validated before anything is written; an event of the future is refused.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from relance.cli.common import DAY, Stop, actor_option, creditor_option, end, found, journal_option, opened, system_user, today
from relance.sentences import AmountPart, sentence, tell, told

if TYPE_CHECKING:
    from relance.journal.journal import Journal
    from relance.model import Event, Facts
    from relance.portfolio.explain import Target

#: Words that take back what waits, or say that it is done.
_OF_WAITING = ("action.cancelled", "action.skipped", "action.failed", "action.executed")


@click.command(name="record")
@click.argument("case", metavar="CASE")
@click.argument("kind", metavar="EVENT")
@click.argument("fields", nargs=-1, metavar="[VALUE|FIELD=VALUE]...")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day it happened.")
@click.option("--key", metavar="TEXT", help="Record it once under this key, however often the command is run.")
@creditor_option
@actor_option
@journal_option
def command(case: str, kind: str, fields: tuple[str, ...], on: date, key: str | None, creditor: str | None, actor: str, where: str) -> None:
    """Record what happened to CASE: an invoice, an account (debtor/EUR) or a debtor.

    \b
    relance record F-2026-001 payment.received 200.00 --on 2026-02-20
    relance record F-2026-001 dispute.opened reason="marchandise abîmée"
    relance record dupont plan.agreed "2026-04-01 600.00, 2026-05-01 600.00"

    A value without a name is for the field the event needs: the amount, the reason.
    """  # noqa: D301 - \b is click's
    if on > today():
        raise Stop(tell("{on} is in the future: an event is recorded when it has happened", on=on))
    with opened(where) as journal:
        from relance.cli.defaults import rules_here
        from relance.journal.event_types import SCOPES, Scope, build
        from relance.law.mandate import no_power_for_plans
        from relance.portfolio.explain import facts_of

        target = found(journal, case, creditor)
        raw: dict[str, object] = {"on": on, "event": kind, **_named(kind, fields)}
        if SCOPES.get(kind) is not Scope.DEBTOR:
            raw |= {
                name: value for name, value in (("invoice", target.invoice), ("currency", target.currency)) if value and name not in raw
            }
        event, mistakes = build(raw, internal=kind == "invoice.corrected")
        if event is None:
            raise Stop("\n".join(map(told, mistakes)))
        known = facts_of(journal, target.creditor, target.debtor)
        _hold_to_currency(event, known)
        _hold_to_issue(event, known)
        _hold_to_offer(event, known)
        if kind == "plan.agreed" and known is not None and (narrow := no_power_for_plans(known.creditor)):
            raise Stop(tell("{narrow}: ask him, then `relance creditor mandate {creditor} --powers …`", narrow=narrow, creditor=target.creditor))
        if kind in ("action.approved", *_OF_WAITING):
            _hold_to_whole(journal, target, event)
        if kind == "action.approved":
            _approve(journal, target, event, actor)
        elif kind in _OF_WAITING:
            _hold_to_rest(journal, target, event)
            if kind == "action.executed":
                _hold_to_approval(journal, target, event)
        done = journal.record(target.creditor, target.debtor, [event], actor=actor, keys=[f"hand:{key}"] if key else (), outside=rules_here(journal))
        if done.held:
            raise Stop(done.held[0].said)
        said = tell("recorded: {event} of {day}, {debtor} ({creditor})", event=kind, day=on, debtor=target.debtor, creditor=target.creditor)
        click.echo(said if done.written else tell("already recorded under that key"))
        facts = facts_of(journal, target.creditor, target.debtor)
        if facts is not None and kind.partition(".")[0] in {"payment", "credit_note", "invoice"}:
            from relance.interpreter.balance import ZERO, balances
            from relance.interpreter.invoice_state import still_open

            open_ = balances(facts, max(on, today()))
            left = still_open(facts, open_, max(on, today()))
            claims = [invoice for invoice in facts.invoices if target.invoice in (None, invoice.id, invoice.document)]
            for invoice in claims:
                click.echo("  " + tell("{id}: {sum} open", id=invoice.id, sum=AmountPart(left.get(invoice.id, ZERO if invoice.id in open_.outstanding else invoice.amount), invoice.currency)))
            for currency, amount in open_.credit.items():
                click.echo("  " + tell("{sum} more than is owed: shown as a credit of {debtor}", sum=AmountPart(amount, currency), debtor=target.debtor))


def _approve(journal: Journal, target: Target, word: Event, actor: str) -> None:
    """Approve the drafts that a word is about as `outbox approve` does, and end; where it is about none, return."""
    from relance.cli.outbox import approve_all
    from relance.cli.posting import rules_of
    from relance.delivery.approval import drafts_meant

    drafts = drafts_meant(journal, target.creditor, target.debtor, word)
    if not drafts:
        _approve_handover(journal, target, word)
        return
    for message, whole in drafts:
        if not whole:
            raise Stop(tell("{message} is about more than that, and leaves whole: `relance outbox approve {message}`", message=message.id))
    more = {name: value for name, value in word.data.items() if name in {"deadline", "note"} and value is not None}
    end(1 if approve_all(journal, [message for message, _ in drafts], rules_of(journal, ()), on=word.on, actor=actor, **more) else 0)


def _hold_to_whole(journal: Journal, target: Target, word: Event) -> None:
    """End where a word by step names one invoice of an account's message: it would not be heard."""
    from relance.delivery.approval import wider_than_meant

    if (found := wider_than_meant(journal, target.creditor, target.debtor, word)) is not None:
        raise Stop(tell("{message} is about more than that, and leaves or stays whole: say it of {case}, or by `relance outbox`", message=found.id, case=found.items[0].action.case))


def _hold_to_rest(journal: Journal, target: Target, word: Event) -> None:
    """End where a word is about a message that is under way: it would not be heard."""
    from relance.delivery.approval import under_way_meant

    if (found := under_way_meant(journal, target.creditor, target.debtor, word)) is not None:
        raise Stop(tell("{message}: not recorded: {why}", message=found[0].id, why=found[1]))


def _hold_to_approval(journal: Journal, target: Target, word: Event) -> None:
    """End where a word says that a draft was sent, or a hand-over done, of which a rule says who approves it, or how many."""
    from relance.cli.defaults import approvals_of
    from relance.delivery.approval import drafts_meant, rule_of
    from relance.delivery.outbox import State

    _approve_handover(journal, target, word)
    for draft, _ in drafts_meant(journal, target.creditor, target.debtor, word):
        if draft.state is State.DRAFT and rule_of(approvals_of(journal, system_user()), draft).names_people:
            raise Stop(tell("{message}: not recorded: a rule says who approves it first: `relance outbox approve {message}`", message=draft.id))


def _approve_handover(journal: Journal, target: Target, word: Event) -> None:
    """End where a word is about hand-overs and a rule says who approves them: it is then said as `relance done` says it."""
    from relance.cli.defaults import approvals_of
    from relance.delivery.approval import handovers_meant, rule_of_sheet

    for sheet in handovers_meant(journal, target.creditor, target.debtor, word):
        if rule_of_sheet(approvals_of(journal, system_user()), sheet).names_people:
            raise Stop(tell("several people approve it, or relance.yaml says who: `relance done {name}`", name=sheet[0].message or sheet[0].id))


def _hold_to_currency(event: Event, facts: Facts | None) -> None:
    """End where an amount is in another currency than the invoice it names, or finer than its currency: that of the event, of the invoice it names, or the only one of the debtor's."""
    from relance.currencies import exact
    from relance.interpreter.balance import sole_currency

    invoices = facts.invoices if facts is not None else ()
    about = [one for one in invoices if event.invoice in (None, one.id, one.document)] or list(invoices)
    if event.currency and event.invoice and (other := next((one.currency for one in about if one.currency != event.currency), None)):
        raise Stop(tell("in {currency}, but invoice {invoice} is in {code}", currency=event.currency, invoice=repr(event.invoice), code=other))
    currency = event.currency or sole_currency(about)
    amounts = [event.data["amount"]] if "amount" in event.data else []
    amounts += [part["amount"] for part in event.data.get("instalments", ())]
    try:
        for amount in amounts:
            exact(amount, currency)
    except ValueError as error:
        raise Stop(str(error)) from error


def _hold_to_issue(event: Event, facts: Facts | None) -> None:
    """End where a due date lies before the day its invoice was issued: one of the two is wrong."""
    due, issued = event.data.get("due"), [one.issued for one in (facts.invoices if facts else ()) if event.invoice in (one.id, one.document) and one.issued]
    if event.kind == "invoice.corrected" and due is not None and issued and due < min(issued):
        raise Stop(tell("'{named}' is {day}, before the day its invoice was issued, {on}: which of the two is meant?", named="due", day=due, on=min(issued)))


def _hold_to_offer(event: Event, facts: Facts | None) -> None:
    """End where an offer is answered and none stands on that day that nobody answered before."""
    if not event.kind.startswith("offer."):
        return
    from relance.interpreter.offers import offers_made

    made = offers_made(facts, event.on) if facts is not None else ()
    if not any(each.until >= event.on and each.answer is None and event.invoice in (None, *each.act.invoices) for each in made):
        raise Stop(tell("no offer stands on {on} that waits for an answer: it has lapsed, was answered, or has not left", on=event.on))


def _named(kind: str, words: tuple[str, ...]) -> dict[str, object]:
    """Give each word its field; those of an event that the language does not know are told apart by name alone."""
    from relance.journal.event_types import PUBLIC
    from relance.simulation.what_if import share_out

    if kind not in PUBLIC:
        return _pairs(words)
    raw: dict[str, object] = {"on": "", "event": kind}
    try:
        share_out(kind, kind, words, raw)
    except ValueError as error:
        raise Stop(str(error)) from error
    return {name: value for name, value in raw.items() if name not in {"on", "event"}}


def _pairs(fields: tuple[str, ...]) -> dict[str, object]:
    pairs: dict[str, object] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name:
            raise Stop(sentence("'{field}' is no FIELD=VALUE", field=field))
        if name in pairs or name in {"on", "event"}:
            raise Stop(tell("'{name}' is given twice", name=name))
        pairs[name] = value
    return pairs
