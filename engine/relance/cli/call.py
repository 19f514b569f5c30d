"""`relance call`: what came of a call, with the hour and the person; a promise and a dispute are recorded with it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import click

from relance.cli.common import DAY, Stop, actor_option, creditor_option, found, journal_option, now, opened, system_user, today
from relance.cli.defaults import approvals_of
from relance.report.words import word
from relance.sentences import tell, told
from relance.zones import paris_clock

if TYPE_CHECKING:
    from relance.model import Action

_OUTCOMES = ("reached", "promise", "dispute", "refused", "message", "no_answer", "wrong_number")
_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@click.command(name="call")
@click.argument("case", metavar="CASE")
@click.option("--outcome", type=click.Choice(_OUTCOMES), required=True, help="How it went. no_answer leaves the call open.")
@click.option("--amount", metavar="N", help="With promise: how much.")
@click.option("--by", type=DAY, help="With promise: by which day.")
@click.option("--person", metavar="NAME", default="", help="Whom you spoke to.")
@click.option("--at", "hour", metavar="HH:MM", help="When; the present time by default.")
@click.option("--note", metavar="TEXT", default="", help="What was said; with dispute: what is disputed.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day of the call.")
@creditor_option
@actor_option
@journal_option
def command(
    case: str, outcome: str, amount: str | None, by: date | None, person: str, hour: str | None, note: str, on: date, creditor: str | None, actor: str, where: str
) -> None:
    """Record what came of the call that CASE waits for: an invoice, an account or a debtor; or the sheet's reference.

    \b
    relance call F-2026-001 --outcome promise --amount 200.00 --by 2026-03-20 --person "Mme Durand"
    relance call F-2026-001 --outcome no_answer

    A promise and a dispute are recorded with it.
    """  # noqa: D301 - \b is click's
    from relance.delivery.approval import rule_of_sheet, why_not_made
    from relance.delivery.spoken import CallOutcome, approves, call_events, open_for, open_named

    if on > today():
        raise Stop(tell("{on} is in the future: a call is recorded when it has happened", on=on))
    hour = hour or (paris_clock(now()) if on == today() else "")
    if hour and not _HOUR.fullmatch(hour):
        raise Stop(tell("'{hour}' is no time of day: write HH:MM", hour=hour))
    said = CallOutcome(outcome, on, hour, person, note, _amount(amount), by)
    if mistake := said.mistake():
        raise Stop(mistake)
    with opened(where) as journal:
        named = tuple(sheet for sheet in open_named(journal, case) if sheet[0].channel == "call")
        calls = named or open_for(journal, found(journal, case, creditor))
        call = only_one(calls, case, tell("no call waits for '{name}': {where}", name=case, where="`relance todo --channel call`"))
        events = call_events(call, said)
        if approves(events):
            rule = rule_of_sheet(approvals_of(journal, system_user()), call)
            actor = system_user() if rule.names_people else actor
            if (no := why_not_made(journal, call, rule, actor)) is not None:
                raise Stop(told(no))
        journal.record(call[0].creditor, call[0].debtor, events, actor=actor)
    what = {"step": call[0].step, "debtor": call[0].debtor, "creditor": call[0].creditor, "outcome": word(outcome)}
    click.echo(tell("recorded: {step} of {debtor} ({creditor}): {outcome}", **what))
    if outcome == "no_answer":
        click.echo(tell("the call stays open"))


def only_one(found: tuple[tuple[Action, ...], ...], name: str, none: str) -> tuple[Action, ...]:
    """Return the one sheet that a name means, or stop; `none` says that there is none."""
    from relance.delivery.worklist import sheet_names

    if not found:
        raise Stop(none)
    if len(found) > 1:
        raise Stop(tell("'{name}' has {count} sheets that wait: name one of them: {sheets}", name=name, count=len(found), sheets=sheet_names(found)[:5]))
    return found[0]


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
        assert amount > 0
        assert amount.is_finite()
    except (InvalidOperation, AssertionError):
        raise Stop(tell("'{text}' is no amount: write 200.00", text=text)) from None
    return amount
