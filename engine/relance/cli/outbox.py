"""`relance outbox`: what waits for a person, what is ready, what became of it; approve, reject, skip, settle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relance.cli.common import (
    Stop,
    actor_option,
    agreed,
    echo_filled,
    end,
    format_option,
    journal_option,
    known_creditor,
    opened,
    print_json,
    system_user,
    today,
    within_columns,
)
from relance.cli.defaults import approvals_of
from relance.cli.posting import paper_options, playbooks_option, rules_of, studios
from relance.report.words import spaced_amount, word
from relance.sentences import joined, marked, retold, sentence, tell, tell_number, tell_part, told

if TYPE_CHECKING:
    from datetime import date

    from relance.delivery.outbox import Message
    from relance.delivery.release_check import Rules
    from relance.journal.journal import Journal

_STATES = ("draft", "ready", "under_way", "unclear", "task", "sent", "failed", "cancelled", "skipped")
_OPEN = ("draft", "ready", "under_way", "unclear", "task")
_DRAFTS = ("draft",)
_WAITING = ("draft", "ready")
F = TypeVar("F", bound=Callable[..., object])
_reason = click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept in the journal.")
_names = click.argument("names", nargs=-1, required=True, metavar="MESSAGE...")
#: Channels whose names are too long for a line.
_SHORT = {"registered_letter": marked("registered"), "electronic_registered_letter": marked("e-registered")}


#: What chooses messages that nobody names.
_CHOOSING = (
    click.option("--all", "every", is_flag=True, help="All that wait."),
    click.option("--step", metavar="ID", help="Those of this step."),
    click.option("--channel", metavar="NAME", help="Those of this channel."),
    click.option("--creditor", metavar="ID", help="Those of this creditor."),
    click.option("--older-than", type=click.IntRange(0), metavar="DAYS", help="Those that are older."),
)


def _choice(command: F) -> F:
    """Give a command messages by name, or the options that choose them."""
    names = click.argument("names", nargs=-1, metavar="[MESSAGE]...")
    yes = click.option("--yes", is_flag=True, help="Do not ask first; the count is said all the same.")
    return _options(command, names, *_CHOOSING, yes)


def _chosen(command: F) -> F:
    """Give a command the options that choose messages, none of which it needs."""
    return _options(command, *_CHOOSING)


def _options(command: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


@click.group(name="outbox")
def command() -> None:
    """Show the messages that wait, and say what is to become of them."""


@command.command(name="list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only these; by default those that still wait or are under way.")
@_chosen
@format_option("table", "json")
@journal_option
def listed(states: tuple[str, ...], form: str, where: str, *, creditor: str | None, **choice: Any) -> None:
    """List messages: drafts, ready ones, those under way, unclear ones and tasks (what did not leave, and why), or others by --state."""
    from relance.delivery.outbox import State, read
    from relance.delivery.selection import Selection, chosen, debtor_names

    with opened(where, creditor=creditor) as journal:
        selection = Selection(creditor=creditor, **choice | {"every": True})
        found = chosen(read(journal, creditor=creditor), selection, [State(each) for each in states or _OPEN], today())
        called = {} if form == "json" else debtor_names(journal, found)
    if form == "json":
        print_json({"version": 1, "messages": [_plain(each) for each in found]})
        return
    from relance.delivery.selection import by_debtor, count_said

    for (whose, debtor), messages in by_debtor(found).items():
        name = called.get((whose, debtor), debtor)
        click.echo(f"{within_columns(name, 44)}  {debtor}{f' ({whose})' if len({each.creditor for each in found}) > 1 else ''}")
        for each in messages:
            _row(each)
    click.echo(told(count_said(found)))
    if any(each.state in ("draft", "ready") and each.dated < today() for each in found):
        echo_filled(tell("sums are of the day each message was made; `relance outbox show ID` has today's"))


def _row(message: Message) -> None:
    from relance.delivery.selection import sum_asked

    first = message.items[0].action
    channel = told(_SHORT[message.channel]) if message.channel in _SHORT else word(message.channel)
    sum_ = f"{spaced_amount(sum_asked(message))} {first.claimed.currency}"
    click.echo(f"  {message.id[:12]:12} {word(message.state):9} {_age(message):>4}  {channel:12} {sum_:>13}  {first.step}")
    if message.why:
        echo_filled(retold(message.why), indent=4)


def _age(message: Message) -> str:
    """Say how long a message that waits has waited."""
    if message.state not in _OPEN:
        return ""
    return tell("{days} d", days=(today() - message.dated).days)


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
    from relance.delivery.release_check import Release, before, known_debtor, refreshed, standing
    from relance.letters.wording import WordingError

    with opened(where) as journal, studios(letterhead, folders) as studio:
        rules = rules_of(journal, playbooks, letterhead)
        for message in _messages(journal, names):
            known, on = known_debtor(journal, message.creditor, message.debtor), max(today(), message.dated)
            facts, playbook = known.facts(message.creditor), rules.playbook(message)
            if facts is None or playbook is None:
                raise Stop(
                    tell("{message}: the debtor is not known any more", message=message.id)
                    if facts is None
                    else tell("{message}: the playbook is not known any more", message=message.id)
                )
            click.echo(f"{message.id}  {word(message.state)}  {word(message.channel)}  {message.debtor}  {tell_part(message.dated)}")
            if message.said_why:
                echo_filled(retold(message.said_why), indent=2)
            click.echo()
            found = standing(message, known, rules, on) if message.state in ("draft", "ready") else None
            if found is not None and found.why:
                gone = found.verdict is Release.WITHDRAW
                echo_filled(tell("would be withdrawn: {why}", why=retold(found.why)) if gone else tell("waits: {why}", why=retold(found.why)), hang=2)
                click.echo()
            try:
                text, _ = studio(playbook).text(refreshed(message, facts, playbook, on), before(facts, message.actions))
            except WordingError as error:
                raise Stop(sentence("{path}:{line}: {message}", path=error.diagnostic.path, line=error.diagnostic.line, message=error.diagnostic.message)) from error
            click.echo(f"{text.subject}\n\n{text.plain()}" if text.subject else text.plain())
            if enclosed := _enclosed(journal, message):
                click.echo()
                echo_filled(tell("enclosed: {documents}", documents=enclosed), hang=2)


def _enclosed(journal: Journal, message: Message) -> str:
    """Name what would travel with an e-mail, and what is too large to."""
    from relance.delivery.enclosures import invoices_enclosed, letter_beside, letters_by_step
    from relance.delivery.outbox import State, read
    from relance.letters.enclosures import within

    letters = letters_by_step(read(journal, creditor=message.creditor), (State.DRAFT, State.READY, State.SENT))
    invoices = within(invoices_enclosed(journal, message))
    names = [*([tell("the letter of this step")] if letter_beside(message, letters, today()) else []), *(each.name for each in invoices.attachments)]
    return "; ".join(filter(None, (", ".join(names), invoices.left_out)))


@command.command(name="approve")
@_choice
@click.option("--anyway", is_flag=True, help="Though the last bank statement read is older than the rules require.")
@playbooks_option
@actor_option
@journal_option
def approve(playbooks: tuple[str, ...], actor: str, where: str, *, anyway: bool, **choice: Any) -> None:
    """Let drafts leave; or say that an unclear message, named by its id, is to be sent again.

    \b
    relance outbox approve 3f2a1b4c5d6e
    relance outbox approve --step mise-en-demeure --creditor atelier

    A draft whose case does not ask for it any more (paid, grown, moved, disputed) is withdrawn instead, and made anew if need be. Where
    a rule of relance.yaml says who approves, or that it takes several people, you are who the system says, whatever --actor says.
    """  # noqa: D301 - \b is click's
    with opened(where) as journal:
        end(1 if approve_all(journal, _meant(journal, "approve", _DRAFTS, **choice), rules_of(journal, playbooks), on=today(), actor=actor, anyway=anyway) else 0)


def approve_all(journal: Journal, messages: Sequence[Message], rules: Rules, *, on: date, actor: str, anyway: bool = False, **recorded: Any) -> int:
    """Approve messages as one person, say what became of each, and return how many were not approved. `recorded` goes into the journal with the word."""
    from relance.delivery.approval import ApprovalOutcome, approve_draft, rule_of

    approvals, refused = approvals_of(journal, system_user()), 0
    for message in messages:
        rule = rule_of(approvals, message)
        who = system_user() if rule.names_people else actor
        found = approve_draft(journal, message, rules, rule, on=on, actor=who, anyway=anyway, **recorded)
        match found.outcome:
            case ApprovalOutcome.WITHDRAWN:
                said = tell("{message}: withdrawn, not approved: {why}", message=message.id, why=retold(found.why))
            case ApprovalOutcome.UNREAD:
                why = tell("{unread}: import it first, or say --anyway", unread=found.why)
                said = tell("{message}: not approved: {why}", message=message.id, why=why)
            case ApprovalOutcome.REFUSED:
                said = tell("{message}: not approved: {why}", message=message.id, why=retold(found.why))
            case ApprovalOutcome.ENDORSED:
                said = tell("{message}: approved by {who}; it takes {more} more", message=message.id, who=who, more=found.more)
            case ApprovalOutcome.WAITS if not anyway:
                said = tell("{message}: approved; it waits: {why}", message=message.id, why=retold(found.why))
            case _:
                said = tell("{message}: approved", message=message.id)
        bad = found.outcome in (ApprovalOutcome.WITHDRAWN, ApprovalOutcome.UNREAD, ApprovalOutcome.REFUSED)
        refused += bad
        click.echo(said, err=bad)
    return refused


@command.command(name="reject")
@_choice
@_reason
@actor_option
@journal_option
def reject(reason: str, actor: str, where: str, **choice: Any) -> None:
    """Withdraw messages; the ladder may ask for them again."""
    _withdraw(where, choice, word("rejected"), reason, actor, skip=False)


@command.command(name="skip")
@_choice
@_reason
@actor_option
@journal_option
def skip(reason: str, actor: str, where: str, **choice: Any) -> None:
    """Pass over the step of these messages for good."""
    _withdraw(where, choice, word("skipped"), reason, actor, skip=True)


@command.command(name="refresh")
@_choice
@playbooks_option
@actor_option
@journal_option
def refresh(playbooks: tuple[str, ...], actor: str, where: str, **choice: Any) -> None:
    """Date drafts of earlier days anew, and work them out anew for today: sums, texts, days.

    Each is withdrawn, and its debtor is decided again by the rules of the last run; what is still due today is a new draft. A draft of
    today that its case does not ask for any more (paid, grown, moved, disputed) is withdrawn; what is still due, a run of a later day makes.
    """
    from relance.delivery.outbox import withdraw
    from relance.run.journal_run import StepOfCase
    from relance.run.refreshed import decide_again

    with opened(where) as journal:
        rules = rules_of(journal, playbooks)
        wrong = partial(_wrong, journal, rules)
        meant = _meant(journal, "refresh", _DRAFTS, fit=lambda each: each.dated < today() or wrong(each) is not None, **choice)
        old = [each for each in meant if each.dated < today()]
        untrue = [each for each in meant if each not in old and (why := wrong(each)) is not None and withdraw(journal, each, on=today(), actor=actor, reason=why, skip=False) is None]
        gone = [each for each in old if withdraw(journal, each, on=today(), actor=actor, reason="dated anew", skip=False) is None]
        steps = {StepOfCase(each.creditor, each.debtor, action.case, action.step) for each in gone for action in each.actions}
        made = decide_again(journal, steps, rules.applied, rules.load, today(), actor=actor)
    if untrue:
        echo_filled(tell_number(
            "{count} of today withdrawn: its case does not ask for it any more; what is still due, a run of a later day makes anew",
            "{count} of today withdrawn: their cases do not ask for them any more; what is still due, a run of a later day makes anew", len(untrue),
        ))  # fmt: skip
    if not meant:
        click.echo(tell("no draft is of an earlier day, and their cases ask for all of them"))
    if not old:
        return
    anew = len({(each.message or each.id, each.channel) for each in made})
    said = tell("{gone} withdrawn, {anew} made anew for {day}: `relance outbox list --state draft`", gone=len(gone), anew=anew, day=today())
    click.echo(said if anew == len(gone) else tell("{said}; the others are not due any more", said=said))


def _wrong(journal: Journal, rules: Rules, message: Message) -> str | None:
    """Say why a draft's case does not ask for it any more, or None."""
    from relance.delivery.release_check import Release, known_debtor, standing

    found = standing(message, known_debtor(journal, message.creditor, message.debtor), rules, today())
    return found.why if message.state == "draft" and found.verdict is Release.WITHDRAW else None


@command.command(name="sent")
@_names
@click.option("--outcome", default="sent, a person says", metavar="TEXT", help="What is known of it.  [default: sent, a person says]")
@actor_option
@journal_option
def sent(names: tuple[str, ...], outcome: str, actor: str, where: str) -> None:
    """Say that unclear messages did leave, or that ready ones and tasks left by another way."""
    from relance.delivery.outbox import settle

    with opened(where) as journal:
        _answered(_messages(journal, names), tell("recorded as sent"), lambda message: settle(journal, message, on=today(), actor=actor, outcome=outcome))


def _withdraw(where: str, choice: Mapping[str, Any], done: str, reason: str, actor: str, *, skip: bool) -> None:
    from relance.delivery.outbox import withdraw

    if not reason.strip():
        raise Stop(tell("a reason is needed: it is what the journal will say"))
    verb = "skip" if skip else "reject"
    with opened(where) as journal:
        _answered(
            _meant(journal, verb, _WAITING, **choice), done,
            lambda message: withdraw(journal, message, on=today(), actor=actor, reason=reason.strip(), skip=skip),
        )  # fmt: skip


def _answered(messages: Sequence[Message], done: str, work: Callable[[Message], str | None]) -> None:
    """Do something with each message, say what came of it, and end."""
    refused = 0
    for message in messages:
        why = work(message)
        refused += why is not None
        click.echo(tell("{message}: {done}", message=message.id, done=done) if why is None else tell("{message}: not {done}: {why}", message=message.id, done=done, why=retold(why)), err=why is not None)
    end(1 if refused else 0)


def _meant(
    journal: Journal, verb: str, states: tuple[str, ...], *, names: tuple[str, ...], every: bool, step: str | None, channel: str | None,
    creditor: str | None, older_than: int | None, yes: bool, fit: Callable[[Message], bool] = lambda _: True,
) -> list[Message]:  # fmt: skip
    """Return the messages named, or those chosen and `fit`, once a person has agreed to their number; or stop."""
    from relance.delivery.outbox import State, read
    from relance.delivery.selection import Selection, chosen, count_said

    selection = Selection(every, step, channel, creditor, older_than)
    if bool(names) == selection.given:
        raise Stop(tell("name messages, or choose them by --all, --step, --channel, --creditor or --older-than") if not names else tell("name messages or choose them, not both"))
    if creditor is not None:
        known_creditor(journal, creditor)
    if names:
        return [each for each in _messages(journal, names) if fit(each)]
    found = chosen(read(journal), selection, [State(each) for each in states], today())
    if not found:
        raise Stop(tell("nothing to {verb}: no message of that choice is {states} (`relance outbox list` shows what waits)", verb=word(verb), states=joined([word(state) for state in states], "or")))
    found = [each for each in found if fit(each)]
    if not found:
        return []
    asked = f"{word(verb)} {told(count_said(found))}"
    if yes:
        click.echo(asked)
    elif not agreed(asked):
        raise Stop(tell("nothing was done"))
    return found


def _messages(journal: Journal, names: tuple[str, ...]) -> list[Message]:
    """Return the messages named, or stop: every name is looked up before anything is done."""
    from relance.delivery.outbox import messages_named, read

    every, found = read(journal), []
    for name in names:
        meant = messages_named(every, name)
        alive = [each for each in meant if each.state in _OPEN]
        chosen = alive if len(alive) == 1 else meant
        if not chosen:
            raise Stop(tell("there is no message '{name}': `relance outbox list` shows them", name=name))
        if len(chosen) > 1:
            raise Stop(tell("'{name}' names {count} messages: give more of its id", name=name, count=len(chosen)))
        found.append(chosen[0])
    return found
