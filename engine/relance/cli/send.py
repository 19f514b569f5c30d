"""`relance send`: what is ready leaves: e-mails by SMTP, letters into a tray, texts and handovers by a webhook.

Logins come from the environment alone. Stopped at any point, the next run goes on from the journal.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, actor_option, creditor_option, echo_filled, end, journal_option, now, opened, print_json
from relance.cli.posting import environment, letterhead_seen, paper_options, postal_provider, postman, rules_of, studios
from relance.cli.waiting import for_hours, said, wait_until
from relance.cli.witness import can_witness, witnessed
from relance.report.words import word
from relance.sentences import marked, numbered, retold, sentence, system_words, tell, tell_number, told

if TYPE_CHECKING:
    from relance.delivery.outbox import Message
    from relance.delivery.print_batches import Tray
    from relance.delivery.sending import Carrier, SendingReport
    from relance.delivery.smtp import Postman, Transmission
    from relance.letters.document import Document
    from relance.model import Action, Channel

#: What is laid into a folder needs no pacing, and neither does what no server was asked about.
_PAPER = ("letter", "registered_letter")
_HANDED_OVER = ("sent", "failed", "unclear")


@click.command(name="send")
@click.option("--channel", "only", multiple=True, metavar="CHANNEL", help="Only these channels; by default all that have a way out.")
@click.option(
    "--print",
    "tray",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Lay letters into this folder, with one PDF and a CSV.",
)
@click.option("--rate", type=click.IntRange(1, 100_000), default=60, show_default=True, metavar="N", help="Messages a minute, at most.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Stop after so many that left.")
@click.option(
    "--max-age", type=click.IntRange(0, 366), default=7, show_default=True, metavar="DAYS", help="Hold back what is dated longer ago."
)
@click.option("--wait", is_flag=True, help="Wait for contact hours that come later today, and send then.")
@click.option("--dry-run", is_flag=True, help="Say what would leave; write and send nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it.")
@paper_options
@creditor_option
@actor_option
@journal_option
def command(
    only: tuple[str, ...],
    tray: Path | None,
    rate: int,
    limit: int | None,
    max_age: int,
    form: str,
    letterhead: Path | None,
    folders: tuple[Path, ...],
    playbooks: tuple[str, ...],
    creditor: str | None,
    actor: str,
    where: str,
    *,
    wait: bool,
    dry_run: bool,
) -> None:
    """Send what is ready, inside contact hours and on open days only.

    \b
    RELANCE_SMTP_HOST, _PORT, _SECURITY (starttls, tls, none), _USER, _PASSWORD, _CA: the mail server
    RELANCE_POST_URL, RELANCE_POST_TOKEN or RELANCE_POST_TOKEN_FILE: who prints and posts letters, without --print
    RELANCE_WEBHOOK_URL, RELANCE_WEBHOOK_SECRET: where texts, webhooks and electronic registered letters go

    A message whose outcome is not known is never sent again by itself: `relance outbox list --state unclear`.
    Exit 1 when something failed, is missing or unclear, or the run was cut short.
    """  # noqa: D301 - \b is click's
    order = _Order(frozenset(_channels(only)), tray, rate, max_age, letterhead, folders, playbooks, creditor, actor, where, dry_run)
    last: dict[str, SendingReport] = {}  # of each message the last word
    among, sure = None, True
    stuck: Counter[Channel] = Counter()  # what is ready and has no way out here
    while True:
        done = _round(order, among, None if limit is None else limit - _sent(last.values()))
        last |= {each.message.id: each for each in done.reports}
        sure, stuck = sure and done.sure, stuck or done.stuck
        if form == "text":
            _lines(done.reports)
        waiting = for_hours(done.reports)
        if not wait or dry_run or not waiting or _sent(last.values()) == limit or done.cut_short:
            break
        click.echo(said(waiting), err=True)
        try:
            wait_until(waiting[0].opens or now(), now)
        except KeyboardInterrupt:
            done.trouble = tell("stopped by hand; what waits for its hours stays ready")
            break
        among = [each.message for each in waiting]
    _sum_up(list(last.values()), form, not_reached=done.not_reached, dry_run=dry_run, stuck=stuck)
    if done.trouble:
        raise Stop(done.trouble)
    bad = any(each.fate in ("failed", "missing", "unclear", "not_sent") or each.stop for each in last.values())
    end(1 if bad or not sure else 0)


@dataclass(frozen=True, slots=True)
class _Order:
    """What a call asks for; `wanted` none: every channel that has a way out."""

    wanted: frozenset[Channel]
    tray: Path | None
    rate: int
    max_age: int
    letterhead: Path | None
    folders: tuple[Path, ...]
    playbooks: tuple[str, ...]
    creditor: str | None
    actor: str
    where: str
    dry_run: bool


@dataclass(slots=True)
class _Round:
    """What one passage through the outbox came to: `trouble` is what cut it short, `sure` that its head was witnessed, `stuck` what is ready and has no way out here."""

    reports: list[SendingReport] = field(default_factory=list)
    not_reached: int = 0
    trouble: str = ""
    sure: bool = True
    stuck: Counter[Channel] = field(default_factory=Counter)

    @property
    def cut_short(self) -> bool:
        """Say whether it ended before its end."""
        return bool(self.trouble) or any(each.stop for each in self.reports)


def _sent(reports: Iterable[SendingReport]) -> int:
    return sum(each.fate == "sent" for each in reports)


def _round(order: _Order, among: Sequence[Message] | None, limit: int | None) -> _Round:
    """Send what is ready now; after waiting, `among` those that waited. The journal and the servers are open only meanwhile."""
    from relance.delivery.outbox import read
    from relance.delivery.print_batches import Tray
    from relance.delivery.rehearsal import rehearsed
    from relance.delivery.sending import Run
    from relance.model import Channel

    done, dry_run = _Round(), order.dry_run
    if not dry_run:
        can_witness()  # what is to be witnessed and cannot be does not leave
    with ExitStack() as stack:
        journal = stack.enter_context(opened(order.where, creditor=order.creditor))
        studio = stack.enter_context(studios(order.letterhead, order.folders))
        laid = None if order.tray is None else Tray(order.tray)
        carriers = {channel: carrier for channel, carrier in carriers_here(stack, laid).items() if not order.wanted or channel in order.wanted}
        if lost := order.wanted - carriers.keys():
            raise Stop(tell("there is no way out for {channels}: {way}", channels=[word(each) for each in sorted(lost)], way=_way(min(lost))))
        if not carriers:
            raise Stop(tell("there is no way out for anything: {way}, or give --print DIR", way=_way(Channel.EMAIL)))
        outbox = read(journal, creditor=order.creditor) if among is None else among
        ready = [each for each in outbox if each.state == "ready" and each.channel in carriers]
        done.stuck = Counter() if order.wanted else Counter(each.channel for each in outbox if each.state == "ready" and each.channel not in carriers)
        if not dry_run:
            letterhead_seen(journal, order.letterhead, (each.creditor for each in ready), order.actor)
        rules = rules_of(journal, order.playbooks, order.letterhead)
        run = Run(
            desk=journal, studio=studio, playbooks=rules.load, routing=rules.applied, read_until=rules.read_until, payee=rules.payee, doubts=rules.doubts, carriers=carriers, now=now, actor=order.actor,
            max_age=order.max_age,
        )  # fmt: skip
        if dry_run:
            run = rehearsed(run)
        try:
            for report in paced(run.send(ready), rate=0 if dry_run else order.rate, limit=limit, total=len(ready)):
                done.reports.append(report)  # one by one: what was done is told, whatever ends the run
        except KeyboardInterrupt:
            done.trouble = tell("stopped by hand; the next run goes on from the journal, and what was under way is unclear")
        if laid is not None and not dry_run:
            done.trouble = _put_in_order(laid) or done.trouble
        done.sure = dry_run or witnessed(journal, order.where)
    done.not_reached = len(ready) - len(done.reports)
    return done


def _channels(only: tuple[str, ...]) -> Iterator[Channel]:
    from relance.model import Channel

    for name in only:
        if name not in tuple(Channel):
            raise Stop(tell("there is no channel '{name}'; it is one of {names}", name=name, names=", ".join(Channel)))
        yield Channel(name)


#: What became of messages, counted; and in a rehearsal.
_FATES = {
    "sent": numbered("{count} sent", "{count} sent"), "failed": numbered("{count} failed", "{count} failed"),
    "not_sent": numbered("{count} not sent", "{count} not sent"), "unclear": numbered("{count} unclear", "{count} unclear"),
    "waits": numbered("{count} waits", "{count} wait"), "withdrawn": numbered("{count} withdrawn", "{count} withdrawn"),
    "missing": numbered("{count} not made", "{count} not made"), "taken": numbered("{count} taken by another run", "{count} taken by another run"),
    "gone": numbered("{count} gone", "{count} gone"),
}  # fmt: skip
_REHEARSED = {
    "sent": numbered("{count} would be sent", "{count} would be sent"), "withdrawn": numbered("{count} would be withdrawn", "{count} would be withdrawn"),
    "missing": numbered("{count} cannot be made", "{count} cannot be made"),
}  # fmt: skip
_LETTERS_BY = marked("give --print DIR, or set RELANCE_POST_URL")


def _way(channel: Channel) -> str:
    ways = {"email": marked("set RELANCE_SMTP_HOST"), "letter": _LETTERS_BY, "registered_letter": _LETTERS_BY}
    return told(ways.get(channel, marked("set RELANCE_WEBHOOK_URL and RELANCE_WEBHOOK_SECRET")))


def carriers_here(stack: ExitStack, tray: Tray | None) -> dict[Channel, Carrier]:
    """Return a way out for each channel that has one on this machine."""
    from relance.model import Channel

    found: dict[Channel, Carrier] = {}
    if environment("RELANCE_SMTP_HOST"):
        found[Channel.EMAIL] = _by_smtp(stack.enter_context(postman()))
    provider = postal_provider()
    if tray is not None:
        found[Channel.LETTER] = found[Channel.REGISTERED_LETTER] = tray.put
    elif provider is not None:
        found[Channel.LETTER] = found[Channel.REGISTERED_LETTER] = provider.carry
    if url := environment("RELANCE_WEBHOOK_URL"):
        from relance.delivery.webhook import Hook

        hook = Hook(url, environment("RELANCE_WEBHOOK_SECRET"))
        if mistake := hook.mistake():
            raise Stop(sentence("RELANCE_WEBHOOK_URL, RELANCE_WEBHOOK_SECRET: {what}", what=told(mistake)))
        for channel in (Channel.SMS, Channel.WEBHOOK, Channel.ELECTRONIC_REGISTERED_LETTER):
            found[channel] = _by_hook(hook)
    return found


def _put_in_order(tray: Tray) -> str:
    """Write what is printed from a tray; return what went wrong, or nothing."""
    try:
        tray.close()
    except OSError as error:
        return tell("{folder}: the PDF for printing and letters.csv were not written: {why}; run the command again", folder=tray.folder, why=system_words(error))
    return ""


def _by_smtp(postman: Postman) -> Carrier:
    from relance.letters.email import Mail

    def carry(_: Sequence[Action], document: Document) -> Transmission:
        details = document.details
        return postman.hand_over(Mail(str(details["from"]), document.to[0], str(details["message_id"]), document.files[0].content, document.to[1:]))

    return carry


def _by_hook(hook: object) -> Carrier:
    from relance.delivery.webhook import Hook, body, post

    assert isinstance(hook, Hook)

    def carry(actions: Sequence[Action], document: Document) -> Transmission:
        return post(hook, body(actions, document), key=document.message, timestamp=int(now().timestamp()))

    return carry


def paced(
    reports: Iterator[SendingReport], *, rate: int, limit: int | None, total: int, clock: Callable[[], datetime] = now, sleep: Callable[[float], None] = time.sleep
) -> Iterator[SendingReport]:
    """Let so many leave a minute, with a bar where a person looks on. Paper, what was not handed over, and the last of all need no pacing."""
    from rich.console import Console
    from rich.progress import Progress

    gone, begun = 0, clock()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("sending", total=total)
        for number, report in enumerate(reports, 1):
            yield report
            bar.advance(task)
            gone += report.fate == "sent"
            if gone == limit:
                return
            if rate and number < total and report.fate in _HANDED_OVER and report.message.channel not in _PAPER:
                sleep(max((begun + timedelta(minutes=1) / rate - clock()).total_seconds(), 0))
            begun = clock()


def _lines(reports: Sequence[SendingReport]) -> None:
    for each in reports:
        fate, channel = word(each.fate), word(each.message.channel)
        shown = f"{each.message.id[:12]:12}  {fate:9}  {channel:17}  {each.message.debtor}"
        echo_filled(f"{shown}  {retold(each.words)}" if each.words else shown, hang=14)


def _sum_up(reports: Sequence[SendingReport], form: str, *, not_reached: int, dry_run: bool, stuck: Counter[Channel]) -> None:
    count = Counter(str(each.fate) for each in reports)
    if form == "json":
        rows = [{"message": each.message.id, "channel": each.message.channel, "debtor": each.message.debtor, "fate": each.fate, "words": each.words} for each in reports]
        print_json({"version": 1, "dry_run": dry_run, "counts": dict(count), "not_reached": not_reached, "no_way_out": {str(channel): number for channel, number in stuck.items()}, "messages": rows})
        return
    for channel, number in sorted(stuck.items()):
        echo_filled(tell_number("{channel}: {count} message is ready and has no way out here: {way}", "{channel}: {count} messages are ready and have no way out here: {way}", number, channel=word(channel), way=_way(channel)), hang=2, err=True)
    words = _FATES | (_REHEARSED if dry_run else {})
    shown = ", ".join(tell_number(*words[fate], number) for fate, number in count.items()) or ("" if stuck else tell("nothing was ready"))
    if shown:
        click.echo(tell("{shown}; {count} not reached", shown=shown, count=not_reached) if not_reached else shown)
