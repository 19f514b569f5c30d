"""What a run does beside deciding: erase what has been kept long enough, where the journal or the project says so, and say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from relance.cli.common import today
from relance.cli.defaults import project_here
from relance.sentences import tell, tell_number

if TYPE_CHECKING:
    from relance.journal.journal import Journal


def erase_and_say(journal: Journal, actor: str) -> None:
    """Write the project's periods into the chains and, where that runs by itself, erase what is over; say both beside what the run prints."""
    from relance.journal.expiry import erase_by_rule

    project = project_here()
    declared, done = erase_by_rule(journal, project.retention if project is not None else {}, today(), actor=actor)
    for kind in declared:
        click.echo(tell("retention.{kind} of relance.yaml is written into the journal", kind=kind), err=True)
    if done.debtors:
        names = ", ".join(one.debtor for one in done.debtors[:5]) + (" …" if len(done.debtors) > 5 else "")
        click.echo(tell_number("data of {count} debtor erased, kept long enough: {names}", "data of {count} debtors erased, kept long enough: {names}", len(done.debtors), names=names), err=True)
    if not done.gone:
        click.echo(tell("another program reads the journal, and its log still holds what was erased: run `relance forget --expired --commit` once it has ended"), err=True)
