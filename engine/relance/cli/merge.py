"""`relance merge`: two debtors of the journal are one person."""

from __future__ import annotations

from datetime import date

import click

from relance.cli.common import DAY, Stop, actor_option, journal_option, opened, today
from relance.sentences import tell, tell_number


@click.command(name="merge")
@click.argument("debtor")
@click.argument("into")
@click.option("--reason", metavar="TEXT", help="How you know.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day it was found out.")
@actor_option
@journal_option
def command(debtor: str, into: str, reason: str | None, on: date, actor: str, where: str) -> None:
    """Say that DEBTOR is INTO: one person under two numbers.

    From then on his invoices, payments, messages and refusals are INTO's, with every creditor that knows DEBTOR, and files may go on to name either.
    INTO's name and address stand; what is not known of INTO is DEBTOR's. `relance split DEBTOR INTO` undoes it.
    """
    if on > today():
        raise Stop(tell("{on} is in the future: it is recorded when it was found out", on=on))
    with opened(where) as journal:
        for name in (debtor, into):
            if not journal.creditors_of(name):
                raise Stop(tell("the journal knows no debtor '{name}'", name=name))
        if journal.counts_for(debtor) == journal.counts_for(into):
            raise Stop(tell("'{debtor}' and '{into}' are one already", debtor=debtor, into=into))
        count = journal.merge(debtor, into, on=on, actor=actor, reason=reason)
        name = ", ".join(sorted(journal.counts_for(debtor)))
    click.echo(
        tell_number(
            "'{debtor}' is '{name}' now, with {count} creditor; `relance split {debtor} {into}` undoes it",
            "'{debtor}' is '{name}' now, with {count} creditors; `relance split {debtor} {into}` undoes it",
            count, debtor=debtor, name=name, into=into,
        )
    )  # fmt: skip
