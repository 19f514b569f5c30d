"""`relance receipt`: the receipt for what came in on a case, with what each payment served."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.case_letter import CaseLetter, write_case_letter
from relance.cli.common import DAY, creditor_option, journal_option
from relance.cli.posting import paper_options
from relance.sentences import tell


@click.command(name="receipt")
@click.argument("case", metavar="CASE")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day up to which money counts.")
@paper_options
@creditor_option
@journal_option
def command(
    case: str, out: Path, on: date, letterhead: Path | None, folders: tuple[Path, ...], playbooks: tuple[str, ...],
    creditor: str | None, where: str,
) -> None:  # fmt: skip
    """Write the receipt (quittance) for what the debtor of CASE paid: day, sum, what it served, what is left.

    Whoever recovers for others gives one for each payment (CPCE, enforcement, R124-6): it does where the creditor
    gave a mandate. Nothing is recorded.
    """
    del playbooks
    from relance.letters.receipt import receipt_of

    write_case_letter(
        CaseLetter(case, creditor, where, on, out, letterhead, folders),
        receipt_of,
        lambda name: tell("nothing was paid on '{name}' by {on}", name=name, on=on),
        lambda missing: tell("the receipt cannot be written: {missing}", missing=missing),
    )
