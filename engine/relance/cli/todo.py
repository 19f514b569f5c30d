"""`relance todo`: what waits for a person, with what is at stake and the command that settles each."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import click

from relance.cli.common import DAY, actor_option, creditor_option, echo_filled, format_option, journal_option, opened, print_json
from relance.cli.posting import paper_accounts
from relance.report.words import spaced_amount
from relance.sentences import marked, numbered, plural, retold, tell, tell_number, told

if TYPE_CHECKING:
    from relance.delivery.worklist import WorkItem

_CHANNELS = ("email", "letter", "registered_letter", "electronic_registered_letter", "sms", "call", "task", "webhook")


#: What each kind is called before an item, and counted at the end.
_KINDS = {
    "duty": (marked("duty"), *numbered("{count} duty", "{count} duties")),
    "unclear": (marked("unclear"), *numbered("{count} unclear", "{count} unclear")),
    "draft": (marked("draft"), *numbered("{count} draft", "{count} drafts")),
    "money": (marked("money"), *numbered("{count} payment", "{count} payments")),
    "call": (marked("call"), *numbered("{count} call", "{count} calls")),
    "task": (marked("task"), *numbered("{count} task", "{count} tasks")),
    "mandate": (marked("mandate"), *numbered("{count} mandate", "{count} mandates")),
    "iban": (marked("IBAN"), *numbered("{count} IBAN", "{count} IBANs")),
    "reply": (marked("reply"), *numbered("{count} reply", "{count} replies")),
    "double": (marked("double"), *numbered("{count} double", "{count} doubles")),
}


@click.command(name="todo")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day.")
@click.option("--channel", type=click.Choice(_CHANNELS), help="Only this channel.")
@click.option("--mine", is_flag=True, help="Only debtors whose case you worked last (see --actor).")
@click.option("--limit", type=click.IntRange(0), default=30, show_default=True, metavar="N", help="Show so many; 0 shows all.")
@format_option("text", "json")
@creditor_option
@actor_option
@journal_option
def command(on: date, channel: str | None, limit: int, form: str, creditor: str | None, actor: str, where: str, *, mine: bool) -> None:
    """List calls, tasks, duties, drafts, messages unclear or not sent, money to match and mandates that end.

    What is overdue by law comes first, then what has most at stake. Each comes with the command that settles it.
    """
    from relance.delivery.worklist import WorkKind, worklist
    from relance.model import Channel

    with opened(where, creditor=creditor) as journal:
        found = worklist(journal, on, creditor=creditor, channel=None if channel is None else Channel(channel), mine=actor if mine else None, paper=paper_accounts())
    if form == "json":
        print_json({"version": 1, "on": on.isoformat(), "items": [_plain(item) for item in found]})
        return
    several = len({item.creditor for item in found}) > 1
    pending = [item for item in found if item.kind is WorkKind.PENDING]
    rest = [item for item in found if item.kind is not WorkKind.PENDING]
    for item in rest[: limit or None]:
        _show(item, on, several=several)
    if len(rest) > limit > 0:
        click.echo(tell("and {count} more: --limit 0 shows all", count=len(rest) - limit))
    held = Counter(item.held for item in pending)
    if free := held.pop("", 0):
        click.echo(tell_number("{count} message ready to leave: relance send", "{count} messages ready to leave: relance send", free))
    for why, number in held.items():
        echo_filled(tell_number("{count} message is held: {why}", "{count} messages are held: {why}", number, why=retold(why)), hang=2)
    numbers = {kind: sum(item.kind is kind for item in rest) for kind in WorkKind}
    counts = [plural(*_KINDS[kind][1:], number) for kind, number in numbers.items() if number]
    click.echo(tell("to do on {day}: {counts}", day=on, counts=counts) if counts else tell("nothing waits for a person on {day}", day=on))


def _show(item: WorkItem, on: date, *, several: bool) -> None:
    stake = f"{spaced_amount(item.stake, item.currency)} {item.currency}" if item.stake else ""
    whose = f" ({item.creditor})" if several and item.debtor else ""
    name = item.name if len(item.name) <= 36 else f"{item.name[:35]}…"
    by = "" if item.by is None else f"  {tell('by {day}, overdue', day=item.by) if item.by < on else tell('by {day}', day=item.by)}"
    click.echo(f"{told(_KINDS[item.kind][0]):10}{stake:>16}  {name}{whose}{by}".rstrip())
    echo_filled(f"{retold(item.what)}{f'  {item.sheet}' if item.sheet else ''}", indent=10, hang=2)
    click.echo(f"          {item.settles}")


def _plain(item: WorkItem) -> dict[str, object]:
    return {
        "kind": item.kind, "id": item.id, "creditor": item.creditor, "debtor": item.debtor or None, "name": item.name, "what": item.what,
        "stake": f"{item.stake:.2f}", "currency": item.currency, "since": item.since.isoformat(), "by": None if item.by is None else item.by.isoformat(),
        "channel": item.channel, "sheet": item.sheet or None, "held": item.held or None, "settles": item.settles,
    }  # fmt: skip
