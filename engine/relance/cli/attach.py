"""`relance attach`: keep a document with a case, by its content's hash, beside the journal."""

from __future__ import annotations

import mimetypes
from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, Stop, actor_option, creditor_option, found, journal_option, opened
from relance.journal.event_types import DOCUMENT_KINDS, DOCUMENT_LIMIT
from relance.sentences import tell


@click.command(name="attach")
@click.argument("case", metavar="CASE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(DOCUMENT_KINDS), required=True, help="What the document is.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day of the document.")
@click.option("--action", metavar="ID", help="The action it proves, as for a postal receipt.")
@creditor_option
@actor_option
@journal_option
def command(case: str, file: Path, kind: str, on: date, action: str | None, creditor: str | None, actor: str, where: str) -> None:
    """Keep FILE with CASE, so that it stands in the evidence of the case."""
    if file.stat().st_size > DOCUMENT_LIMIT:
        raise Stop(tell("'{file}' is larger than {value} MB", file=file, value=DOCUMENT_LIMIT // 1000000))
    content = file.read_bytes()
    if not content:
        raise Stop(tell("'{file}' is empty", file=file))
    with opened(where) as journal:
        target = found(journal, case, creditor)
        account = f"{target.debtor}/{target.currency}" if target.currency else None
        sha256 = journal.attach(
            target.creditor, target.debtor, content, name=file.name, kind=kind, on=on, actor=actor, invoice=target.invoice,
            case=account, action=action, media_type=mimetypes.guess_type(file.name)[0],
        )  # fmt: skip
    click.echo(tell("kept: {kind} {name}, sha256 {sha256}", kind=kind, name=file.name, sha256=sha256))
