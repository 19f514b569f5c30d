"""`relance access`: all that is known of a person, for that person (GDPR art. 15), as PDF and JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from relance.cli.common import Stop, journal_option, opened, today
from relance.sentences import tell


@click.command(name="access")
@click.argument("debtor")
@click.option("--out", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".", show_default=True, metavar="DIR", help="Where to write both.")
@journal_option
def command(debtor: str, out: Path, where: str) -> None:
    """Write what the journal knows of DEBTOR: a document in French for the person, and the same as JSON. Nothing is overwritten.

    Make sure who asks before you hand it out, and read it first: notes may speak of others.
    """
    from relance.files import new_file
    from relance.report.access import all_known, pdf
    from relance.sentences import system_words

    stem = f"acces-{re.sub(r'[^A-Za-z0-9._-]+', '-', debtor)}-{today()}"
    with opened(where) as journal:
        known = all_known(journal, debtor, today())
        if known is None:
            raise Stop(tell("the journal knows no debtor '{name}'", name=debtor))
        made: dict[str, bytes | str] = {f"{stem}.json": json.dumps(known, ensure_ascii=False, indent=2) + "\n", f"{stem}.pdf": pdf(journal, known, today())}
    for name, content in made.items():
        try:
            new_file(out / name, content)
        except FileExistsError as error:
            raise Stop(tell("'{path}' is already there and is not overwritten", path=out / name)) from error
        except OSError as error:
            raise Stop(tell("'{path}' cannot be written: {why}", path=out / name, why=system_words(error))) from error
        click.echo(str(out / name))
