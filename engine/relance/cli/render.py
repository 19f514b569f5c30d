"""`relance render`: the documents of the messages that wait, as files, before anything leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, creditor_option, end, journal_option, opened
from relance.cli.posting import paper_of, paper_options, playbooks_by_id

if TYPE_CHECKING:
    from relance.ledger.journal import Journal
    from relance.letters.pool import Job


@click.command(name="render")
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR", help="Where the files go.")
@click.option("--drafts/--ready", "drafts", default=None, help="Only drafts, or only what is approved or automatic; both by default.")
@click.option("--tone", type=click.Choice(["courteous", "neutral", "firm", "formal"]), help="Read every wording at this tone, to compare.")
@click.option("--lang", "language", metavar="LANG", help="Read every wording in this language, to compare.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes at once; the number of cores by default.")
@paper_options
@creditor_option
@journal_option
def command(
    folder: Path,
    tone: str | None,
    language: str | None,
    workers: int | None,
    letterhead: Path | None,
    folders: tuple[Path, ...],
    playbooks: tuple[str, ...],
    creditor: str | None,
    where: str,
    *,
    drafts: bool | None,
) -> None:
    """Write letters (PDF, a merged PDF and a CSV), e-mails (EML), texts and call sheets of what waits in the journal.

    Nothing is sent and nothing is recorded. Exit 1 when a message cannot be made; what is missing is said.
    """
    from relance.letters.context import Writing
    from relance.letters.document import PAPER, Document
    from relance.letters.pool import documents
    from relance.post.printing import Tray, replace_whole

    paper, tray, lacking, made = paper_of(letterhead), Tray(folder / "letters"), list[Document](), 0
    with opened(where) as journal:
        jobs = list(_jobs(journal, playbooks, creditor, drafts=drafts))
    few = 1 if len(jobs) < 50 else workers
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for document in documents(jobs, folders=folders, writing=Writing(letterhead=paper, tone=tone, language=language), workers=few):
            if document.missing is not None:
                lacking.append(document)
                continue
            made += 1
            if document.channel in PAPER:
                if (outcome := tray.put((), document)).stop:
                    raise Stop(outcome.words)
                continue
            for file in document.files:
                replace_whole(folder / file.name, file.content)
        tray.close()
    except OSError as error:
        raise Stop(f"{folder}: {error.strerror or error}; {made} of {len(jobs)} messages were written whole") from error
    click.echo(f"{made} of {len(jobs)} messages written to {folder}")
    for document in lacking:
        click.echo(f"{document.message[:12]}  {document.channel}  {document.debtor}: {document.missing}", err=True)
    end(1 if lacking else 0)


def _jobs(journal: Journal, playbooks: tuple[str, ...], creditor: str | None, *, drafts: bool | None) -> Iterator[Job]:
    """Read what waits, with what is known of each debtor."""
    from relance.letters.pool import Job
    from relance.model import CONTACT_CHANNELS
    from relance.post.leave import before, refreshed
    from relance.post.outbox import State, read

    find = playbooks_by_id(playbooks)
    wanted = {None: (State.DRAFT, State.READY), True: (State.DRAFT,), False: (State.READY,)}[drafts]
    for message in read(journal, creditor=creditor):
        if message.state not in wanted or message.channel not in CONTACT_CHANNELS:
            continue
        name = message.items[0].action.playbook
        playbook = find(name)
        if playbook is None:
            raise Stop(f"the playbook '{name}' is not found: say where by --playbook")
        for facts in journal.facts(message.creditor, message.debtor):
            yield Job(refreshed(message, facts, playbook), before(facts, message.actions), playbook.collector == "agency")
