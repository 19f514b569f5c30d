"""`relance due-date`: the day an invoice falls due by its terms, and whether the law allows them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from relance.cli.common import DAY, Stop, end, format_option, print_json
from relance.cli.law import figures_option, law_in_force
from relance.sentences import sentence, tell, told


@click.command(name="due-date")
@click.option("--issued", type=DAY, required=True, help="The day of the invoice.")
@click.option(
    "--terms", "written", required=True, metavar="TERMS", help='"30 days", "45 days end of month", "45 jours fin de mois le 10" …'
)
@click.option(
    "--method", type=click.Choice(["before", "after"]), help="Whether the days count before the month's end is taken, or after it."
)
@click.option(
    "--sector", type=click.Choice(["general", "periodic", "transport", "perishable", "livestock", "alcohol", "wine"]), default="general",
    show_default=True, help="What is sold, where the law has a cap of its own.",
)  # fmt: skip
@click.option(
    "--debtor",
    type=click.Choice(["business", "consumer", "public"]),
    default="business",
    show_default=True,
    help="The caps hold between professionals; a public purchaser has one of his own.",
)
@format_option("text", "json")
@figures_option
def command(issued: date, written: str, method: str | None, sector: str, debtor: str, form: str, folder: Path | None) -> None:
    """Work out when an invoice falls due. It never moves off a Sunday or a holiday: only delays of procedure do (CPC 642).

    "45 days end of month" has two lawful readings: `before` counts 45 days, then goes to the end of that month; `after` goes
    to the end of the invoice's month, then counts 45 days. Exit code 1 where the terms are longer than the law allows.
    """
    from relance.law.parameters import UnknownParameter
    from relance.law.terms import TermsError, due_date, over_cap, parse

    law = law_in_force(folder)
    unchecked = over = None
    try:
        terms = parse(written)
        due = due_date(issued, terms, method)
        over = None if debtor == "consumer" else over_cap(terms, issued, "public" if debtor == "public" else sector, law=law)
    except TermsError as error:
        raise Stop(sentence("{error} (C. com. L441-10 I)", error=error)) from error
    except OverflowError as error:
        raise Stop(sentence("{written} from {issued} ends after the year 9999", written=repr(written), issued=issued)) from error
    except UnknownParameter as error:
        unchecked = str(error)
    if form == "json":
        found: dict[str, Any] = {"version": 1, "issued": issued.isoformat(), "terms": written, "method": method, "due": due.isoformat()}
        print_json(found | {"over_cap": None if over is None else {"message": over.message, "law": over.law}, "unchecked": unchecked})
    else:
        click.echo(due.isoformat())
        if over is not None:
            click.echo(f"{told(over.message)} ({over.law})", err=True)
        if unchecked is not None:
            click.echo(tell("the caps of the law were not checked: {why}", why=unchecked), err=True)
    end(0 if over is None else 1)
