"""`relance split`: two debtors of the journal are two persons, merged before or only alike."""

from __future__ import annotations

from datetime import date

import click

from relance.cli.common import DAY, Stop, actor_option, journal_option, opened, today
from relance.sentences import tell, tell_number


@click.command(name="split")
@click.argument("debtor")
@click.argument("other")
@click.option("--reason", metavar="TEXT", help="How you know.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day it was found out.")
@actor_option
@journal_option
def command(debtor: str, other: str, reason: str | None, on: date, actor: str, where: str) -> None:
    """Say that DEBTOR and OTHER are two persons.

    Where they were merged, each has his own invoices again, and all that names one of them; what was said of the account since, and names no
    invoice, stays OTHER's. Where they were not, `relance todo` asks no more whether they are one.
    """
    if on > today():
        raise Stop(tell("{on} is in the future: it is recorded when it was found out", on=on))
    with opened(where) as journal:
        for name in (debtor, other):
            if not journal.creditors_of(name):
                raise Stop(tell("the journal knows no debtor '{name}'", name=name))
        if debtor == other:
            raise Stop(tell("'{debtor}' is one person: name two", debtor=debtor))
        count = journal.split(debtor, other, on=on, actor=actor, reason=reason)
    click.echo(
        tell_number("'{debtor}' and '{other}' are two, with {count} creditor", "'{debtor}' and '{other}' are two, with {count} creditors", count, debtor=debtor, other=other)
        if count
        else tell("'{debtor}' and '{other}' are two: that was said before", debtor=debtor, other=other)
    )
