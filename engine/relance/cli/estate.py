"""`relance estate`: the claim on the estate of a debtor who has died, as a letter to the notary or the heirs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, Stop, creditor_option, found, journal_option, opened, write_new
from relance.cli.posting import paper_options, writing_of
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
    with opened(where) as journal:
        from relance.letters.document import Studio
        from relance.letters.estate import statement_of
        from relance.letters.wording import Templates
        from relance.portfolio.explain import claims_in_case, facts_of

        target = found(journal, case, creditor)
        facts = facts_of(journal, target.creditor, target.debtor)
        names = frozenset[str]() if facts is None else claims_in_case(journal, target, facts, on)
        if facts is None or not names:
            raise Stop(tell("the journal knows no invoice of '{name}'", name=target.name))
        action = statement_of(facts, target.name, names, on)
    if action is None:
        raise Stop(tell("no notary and no heir is named for '{name}' by {on}, or nothing is due: record person.known with state=deceased, name, address and role", name=target.name, on=on))
    with Studio(Templates(*folders), writing_of(letterhead, agency=facts.creditor.mandate is not None)) as studio:
        made = studio.make([action], facts)
    if made.missing or not made.files:
        raise Stop(tell("the letter cannot be written: {missing}", missing=made.missing or "no file"))
    write_new(out, made.files[0].content)
    click.echo(tell("{out}: {subject}, reference {reference}", out=out, subject=made.subject, reference=made.reference))
