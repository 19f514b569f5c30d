"""`relance done`: a task, a hand-over or a duty of law was done by a person, or will not be."""

from __future__ import annotations

from datetime import date

import click

from relance.cli.call import only_one
from relance.cli.common import DAY, Stop, actor_option, journal_option, opened, system_user, today
from relance.cli.defaults import approvals_of
from relance.report.words import word
from relance.sentences import tell


@click.command(name="done")
@click.argument("name", metavar="ID")
@click.option("--outcome", metavar="TEXT", default="", help="What came of it.")
@click.option("--skip", metavar="REASON", help="It is not done and will not be: why.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day it was done.")
@actor_option
@journal_option
def command(name: str, outcome: str, skip: str | None, on: date, actor: str, where: str) -> None:
    """Record that a task or call is done, or approve a hand-over or a draft, by its id or its sheet's reference as `relance todo` shows them."""
    from relance.delivery.approval import approve_sheet, rule_of_sheet
    from relance.delivery.spoken import open_named, takes_approval, task_events

    if on > today():
        raise Stop(tell("{on} is in the future: a task is recorded when it was done", on=on))
    with opened(where) as journal:
        task = only_one(open_named(journal, name), name, tell("no task waits for '{name}': {where}", name=name, where="`relance todo`"))
        events = task_events(task, on, outcome=outcome, skipped=skip or "")
        if takes_approval(task) and not skip:
            rule = rule_of_sheet(approvals_of(journal, system_user()), task)
            who = system_user() if rule.names_people else actor
            refused, more = approve_sheet(journal, task, events, rule, on=on, actor=who)
            if refused is not None:
                raise Stop(tell("{message}: not approved: {why}", message=name, why=refused))
            if more:
                click.echo(tell("{message}: approved by {who}; it takes {more} more", message=name, who=who, more=more))
                return
        else:
            journal.record(task[0].creditor, task[0].debtor, events, actor=actor)
    click.echo(tell("recorded: {step} of {debtor} ({creditor}): {outcome}", step=task[0].step, debtor=task[0].debtor, creditor=task[0].creditor, outcome=word("passed over" if skip else "done")))
