"""`relance receipt`: the receipt for what came in on a case, with what each payment served."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, Stop, creditor_option, found, journal_option, opened, write_new
from relance.cli.posting import paper_options, writing_of
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
    with opened(where) as journal:
        from relance.letters.document import Studio
        from relance.letters.receipt import receipt_of
        from relance.letters.wording import Templates
        from relance.portfolio.explain import claims_in_case, facts_of

        target = found(journal, case, creditor)
        facts = facts_of(journal, target.creditor, target.debtor)
        names = frozenset[str]() if facts is None else claims_in_case(journal, target, facts, on)
        if facts is None or not names:
            raise Stop(tell("the journal knows no invoice of '{name}'", name=target.name))
        action = receipt_of(facts, target.name, names, on)
    if action is None:
        raise Stop(tell("nothing was paid on '{name}' by {on}", name=target.name, on=on))
    with Studio(Templates(*folders), writing_of(letterhead, agency=facts.creditor.mandate is not None)) as studio:
        made = studio.make([action], facts)
    if made.missing or not made.files:
        raise Stop(tell("the receipt cannot be written: {missing}", missing=made.missing or "no file"))
    write_new(out, made.files[0].content)
    click.echo(tell("{out}: {subject}, reference {reference}", out=out, subject=made.subject, reference=made.reference))
