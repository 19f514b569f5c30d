"""`relance outbox`: what waits for a person, what is ready, what became of it; approve, reject, skip, settle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, actor_option, end, format_option, journal_option, opened, print_json, today
from relance.cli.posting import paper_options, playbooks_option, rules_of, studios

if TYPE_CHECKING:
    from relance.delivery.outbox import Message
    from relance.journal.journal import Journal

_STATES = ("draft", "ready", "under_way", "unclear", "sent", "failed", "cancelled", "skipped")
_OPEN = ("draft", "ready", "under_way", "unclear")
_reason = click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept in the journal.")
_names = click.argument("names", nargs=-1, required=True, metavar="MESSAGE...")


@click.group(name="outbox")
def command() -> None:
    """Show the messages that wait, and say what is to become of them."""


@command.command(name="list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only these; by default those that still wait or are under way.")
@click.option("--creditor", metavar="ID", help="Only this creditor's.")
@format_option("table", "json")
@journal_option
def listed(states: tuple[str, ...], creditor: str | None, form: str, where: str) -> None:
    """List messages: drafts, ready ones, those under way and unclear ones, or others by --state."""
    from relance.delivery.outbox import read

    with opened(where) as journal:
        found = [each for each in read(journal, creditor=creditor) if each.state in (states or _OPEN)]
    if form == "json":
        print_json({"version": 1, "messages": [_plain(each) for each in found]})
        return
    for each in found:
        first = each.items[0].action
        asked = f"{sum(item.action.claimed.total for item in each.items):.2f} {first.claimed.currency}"
        why = f"  {each.why}" if each.why else ""
        click.echo(f"{each.id[:12]:12}  {each.state:9}  {each.dated}  {_age(each):>9}  {each.channel:17}  {each.debtor}  {first.step}  {asked}{why}")
    click.echo(f"{len(found)} message{'' if len(found) == 1 else 's'}")


def _age(message: Message) -> str:
    """Say how long a message that waits has waited."""
    if message.state not in _OPEN:
        return ""
    days = (today() - message.dated).days
    return f"{days} day{'' if days == 1 else 's'}"


def _plain(message: Message) -> dict[str, object]:
    first = message.items[0].action
    return {
        "id": message.id, "state": message.state, "on": message.dated.isoformat(), "creditor": message.creditor, "debtor": message.debtor,
        "channel": message.channel, "playbook": first.playbook, "step": first.step, "tone": first.tone,
        "actions": [item.action.id for item in message.items], "invoices": [name for item in message.items for name in item.action.invoices],
        "currency": first.claimed.currency, "total": f"{sum(item.action.claimed.total for item in message.items):.2f}", "attempts": message.attempts,
        "reason": message.why, "age": (today() - message.dated).days if message.state in _OPEN else None,
        "under_way_since": _since(message), "under_way_by": next((item.by for item in message.items if item.by), None),
    }  # fmt: skip


def _since(message: Message) -> str | None:
    """Return since when an attempt is under way."""
    begun = [item.since for item in message.items if item.since is not None]
    return max(begun).isoformat(timespec="seconds") if begun and message.state == "under_way" else None


@command.command(name="show")
@_names
@paper_options
@journal_option
def show(names: tuple[str, ...], letterhead: Path | None, folders: tuple[Path, ...], playbooks: tuple[str, ...], where: str) -> None:
    """Read messages as they would leave today."""
    from relance.delivery.release_check import Release, before, known_of, refreshed, standing
    from relance.letters.wording import WordingError

    with opened(where) as journal, studios(letterhead, folders) as studio:
        rules = rules_of(journal, playbooks)
        for message in _messages(journal, names):
            known, on = known_of(journal, message.creditor, message.debtor), max(today(), message.dated)
            facts, playbook = known.facts(message.creditor), rules.playbook(message)
            if facts is None or playbook is None:
                raise Stop(f"{message.id}: the {'debtor' if facts is None else 'playbook'} is not known any more")
            click.echo(
                f"{message.id}  {message.state}  {message.channel}  {message.debtor}  {message.dated}{'  ' + message.why if message.why else ''}\n"
            )
            found = standing(message, known, rules, on) if message.state in ("draft", "ready") else None
            if found is not None and found.why:
                click.echo(f"{'would be withdrawn' if found.verdict is Release.WITHDRAW else 'waits'}: {found.why}\n")
            try:
                text, _ = studio(playbook).text(refreshed(message, facts, playbook, on), before(facts, message.actions))
            except WordingError as error:
                raise Stop(f"{error.diagnostic.path}:{error.diagnostic.line}: {error.diagnostic.message}") from error
            click.echo(f"{text.subject}\n\n{text.plain()}" if text.subject else text.plain())
            if enclosed := _enclosed(journal, message):
                click.echo(f"\nenclosed: {enclosed}")


def _enclosed(journal: Journal, message: Message) -> str:
    """Name what would travel with an e-mail, and what is too large to."""
    from relance.delivery.enclosures import invoices_enclosed, letter_beside, letters_by_step
    from relance.delivery.outbox import State, read
    from relance.letters.enclosures import within

    letters = letters_by_step(read(journal, creditor=message.creditor), (State.DRAFT, State.READY, State.SENT))
    invoices = within(invoices_enclosed(journal, message))
    names = [*(["the letter of this step"] if letter_beside(message, letters) else []), *(each.name for each in invoices.attachments)]
    return "; ".join(filter(None, (", ".join(names), invoices.left_out)))


@command.command(name="approve")
@_names
@click.option("--anyway", is_flag=True, help="Though the last bank statement read is older than the rules require.")
@playbooks_option
@actor_option
@journal_option
def approve(names: tuple[str, ...], playbooks: tuple[str, ...], actor: str, where: str, *, anyway: bool) -> None:
    """Let drafts leave; or say that an unclear message is to be sent again.

    A draft whose case does not ask for it any more (paid, grown, moved, disputed) is withdrawn instead, and made anew if need be.
    """
    from relance.delivery.outbox import approve as say_so
    from relance.delivery.outbox import withdraw
    from relance.delivery.release_check import Release, known_of, standing, statement_missing

    with opened(where) as journal:
        rules, refused = rules_of(journal, playbooks), 0
        for message in _messages(journal, names):
            found = standing(message, known_of(journal, message.creditor, message.debtor), rules, max(today(), message.dated))
            if message.state == "draft" and found.verdict is Release.WITHDRAW:
                why = withdraw(journal, message, on=today(), actor=actor, reason=found.why, skip=False) or found.why
                click.echo(f"{message.id}: withdrawn, not approved: {why}", err=True)
                refused += 1
                continue
            unread = None if anyway or message.state != "draft" else statement_missing(message, rules, today())
            no = f"{unread}: import it first, or say --anyway" if unread else say_so(journal, message, on=today(), actor=actor)
            refused += no is not None
            waits = f"; it waits: {found.why}" if found.verdict is Release.WAIT and not anyway else ""
            click.echo(f"{message.id}: approved{waits}" if no is None else f"{message.id}: not approved: {no}", err=no is not None)
    end(1 if refused else 0)


@command.command(name="reject")
@_names
@_reason
@actor_option
@journal_option
def reject(names: tuple[str, ...], reason: str, actor: str, where: str) -> None:
    """Withdraw messages; the ladder may ask for them again."""
    _withdraw(where, names, "rejected", reason, actor, skip=False)


@command.command(name="skip")
@_names
@_reason
@actor_option
@journal_option
def skip(names: tuple[str, ...], reason: str, actor: str, where: str) -> None:
    """Pass over the step of these messages for good."""
    _withdraw(where, names, "skipped", reason, actor, skip=True)


@command.command(name="sent")
@_names
@click.option("--outcome", default="sent, a person says", show_default=True, metavar="TEXT", help="What is known of it.")
@actor_option
@journal_option
def sent(names: tuple[str, ...], outcome: str, actor: str, where: str) -> None:
    """Say that unclear messages did leave, or that ready ones left by another way."""
    from relance.delivery.outbox import settle

    _each(where, names, "recorded as sent", lambda journal, message: settle(journal, message, on=today(), actor=actor, outcome=outcome))


def _withdraw(where: str, names: tuple[str, ...], done: str, reason: str, actor: str, *, skip: bool) -> None:
    from relance.delivery.outbox import withdraw

    if not reason.strip():
        raise Stop("a reason is needed: it is what the journal will say")
    _each(
        where, names, done, lambda journal, message: withdraw(journal, message, on=today(), actor=actor, reason=reason.strip(), skip=skip)
    )


def _each(where: str, names: tuple[str, ...], done: str, work: Callable[[Journal, Message], str | None]) -> None:
    refused = 0
    with opened(where) as journal:
        for message in _messages(journal, names):
            why = work(journal, message)
            refused += why is not None
            click.echo(f"{message.id}: {done}" if why is None else f"{message.id}: not {done}: {why}", err=why is not None)
    end(1 if refused else 0)


def _messages(journal: Journal, names: tuple[str, ...]) -> list[Message]:
    """Return the messages named, or stop: every name is looked up before anything is done."""
    from relance.delivery.outbox import named, read

    every, found = read(journal), []
    for name in names:
        meant = named(every, name)
        alive = [each for each in meant if each.state in _OPEN]
        chosen = alive if len(alive) == 1 else meant
        if not chosen:
            raise Stop(f"there is no message '{name}': `relance outbox list` shows them")
        if len(chosen) > 1:
            raise Stop(f"'{name}' names {len(chosen)} messages: give more of its id")
        found.append(chosen[0])
    return found
