"""`relance estate`: the claim on the estate of a debtor who has died, as a letter to the notary or the heirs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.case_letter import CaseLetter, write_case_letter
from relance.cli.common import DAY, creditor_option, journal_option
from relance.cli.posting import paper_options
from relance.sentences import tell


@click.command(name="estate")
@click.argument("case", metavar="CASE")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day of the letter.")
@paper_options
@creditor_option
@journal_option
def command(
    case: str, out: Path, on: date, letterhead: Path | None, folders: tuple[Path, ...], playbooks: tuple[str, ...],
    creditor: str | None, where: str,
) -> None:  # fmt: skip
    """Write to the notary or the heirs of a debtor who has died: what of CASE the estate owes.

    `person.known` with the state `deceased` stops every ladder of the debtor; where it names somebody
    (name, address, role: notary or heir), this letter goes to that person. Nothing is recorded.
    """
    del playbooks
    from relance.letters.estate import statement_of

    write_case_letter(
        CaseLetter(case, creditor, where, on, out, letterhead, folders, asks_payment=True),
        statement_of,
        lambda name: tell("no notary and no heir is named for '{name}' by {on}, or nothing is due: record person.known with state=deceased, name, address and role", name=name, on=on),
        lambda missing: tell("the letter cannot be written: {missing}", missing=missing),
    )
