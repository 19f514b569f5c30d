"""`relance render`: the documents of the messages that wait, as files, before anything leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, creditor_option, echo_filled, end, journal_option, opened, today
from relance.cli.posting import paper_options, rules_of, writing_of
from relance.report.words import word
from relance.sentences import retold, system_words, tell, tell_number, told

if TYPE_CHECKING:
    from relance.delivery.enclosures import Letters
    from relance.delivery.outbox import Message
    from relance.delivery.print_batches import Tray
    from relance.delivery.release_check import Rules
    from relance.journal.journal import Journal
    from relance.letters.document import Document
    from relance.letters.pool import Job

#: So few messages are made sooner than a second process starts.
_FEW = 50



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

    They speak of today, as `relance send` would let them leave. Nothing is sent and nothing is recorded. Exit 1 when a message
    cannot be made, would be withdrawn, or would name an account that nobody confirmed; why is said.
    """
    from relance.delivery.enclosures import letters_by_step
    from relance.delivery.outbox import State, read
    from relance.delivery.print_batches import Tray
    from relance.letters.pool import documents
    from relance.model import CONTACT_CHANNELS

    tray, notes, made, lost = Tray(folder / "letters"), list[str](), 0, 0
    writing = writing_of(letterhead, tone=tone, language=language)
    with opened(where, creditor=creditor) as journal:
        outbox = read(journal, creditor=creditor)
        waiting = [each for each in outbox if each.state in _states(drafts) and each.channel in CONTACT_CHANNELS]
        beside = letters_by_step(outbox, (State.DRAFT, State.READY, State.SENT))
        withheld: list[str] = []
        jobs = _jobs(journal, waiting, beside, rules_of(journal, playbooks, letterhead), withheld)
        few = 1 if len(waiting) < _FEW else workers
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for document in documents(jobs, folders=folders, writing=writing, workers=few):
                if remark := document.missing or document.left_out:
                    notes.append(f"{document.message[:12]}  {word(document.channel)}  {document.debtor}: {told(remark)}")
                    lost += document.missing is not None
                if document.missing is None:
                    _keep(document, folder, tray)
                    made += 1
            tray.close()
        except OSError as error:
            raise Stop(tell_number("{path}: {why}; {made} of {count} message was written whole", "{path}: {why}; {made} of {count} messages were written whole", len(waiting), path=error.filename or folder, why=system_words(error), made=made)) from error
    click.echo(tell_number("{made} of {count} message written to {folder}", "{made} of {count} messages written to {folder}", len(waiting), made=made, folder=folder))
    for line in (*notes, *withheld):
        echo_filled(line, hang=14, err=True)
    end(1 if lost or withheld else 0)


def _states(drafts: bool | None) -> tuple[str, ...]:  # noqa: FBT001  (as click gives it)
    return {None: ("draft", "ready"), True: ("draft",), False: ("ready",)}[drafts]


def _keep(document: Document, folder: Path, tray: Tray) -> None:
    """Write the files of one message, each of them whole or not at all. Raises OSError."""
    from relance.files import replace_whole
    from relance.letters.document import PAPER

    if document.channel in PAPER:
        tray.lay(document)
        return
    for file in document.files:
        replace_whole(folder / file.name, file.content)


def _line(message: Message, said: str) -> str:
    return f"{message.id[:12]}  {word(message.channel)}  {message.debtor}: {told(said)}"


def _jobs(
    journal: Journal, messages: Iterable[Message], letters: Letters, rules: Rules, withheld: list[str]
) -> Iterator[Job]:  # fmt: skip
    """Read what is known of each debtor, and what is enclosed, when its turn comes; what `send` would withdraw, or would not let name an account, is said instead."""
    from relance.delivery.enclosures import invoices_enclosed, letter_beside
    from relance.delivery.release_check import Release, before, known_debtor, refreshed, standing
    from relance.letters.pool import Job

    for message in messages:
        known, on = known_debtor(journal, message.creditor, message.debtor), max(today(), message.dated)
        facts, playbook = known.facts(message.creditor), rules.playbook(message)
        if playbook is None:
            raise Stop(tell("the playbook '{playbook}' is not found: say where by --playbook", playbook=message.items[0].action.playbook))
        found = standing(message, known, rules, on)
        if facts is None or found.verdict is Release.WITHDRAW:
            withheld.append(_line(message, tell("would be withdrawn: {why}", why=retold(found.why))))
            continue
        if unsure := rules.payee(message.creditor):
            withheld.append(_line(message, tell("waits: {why}", why=unsure)))
            continue
        beside = letter_beside(message, letters, on)
        letter = None if beside is None else (refreshed(beside, facts, playbook, on), before(facts, beside.actions))
        enclosed = tuple(invoices_enclosed(journal, message))
        yield Job(found.actions, before(facts, message.actions), playbook.collector == "agency", letter, enclosed)
