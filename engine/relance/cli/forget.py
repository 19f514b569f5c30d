"""`relance forget`: erase a debtor's personal data (GDPR art. 17); the journal's chain still verifies.

Refuses while money is owed or the law wants the documents kept, unless told why it must be done all the same (art. 17(3)).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from relance.cli.common import Stop, actor_option, creditor_option, end, journal_option, opened, today
from relance.files import PROJECT, find_above
from relance.sentences import marked, plural, sentence, shipped_text, tell


@click.command(name="forget")
@click.argument("debtor", metavar="[DEBTOR]", required=False)
@click.option("--reason", metavar="TEXT", help="Why, as it is written into the journal; name nobody in it.")
@click.option("--expired", is_flag=True, help="List, or with --commit erase, every debtor whose retention period is over.")
@click.option("--all-the-same", is_flag=True, help="Erase although money is owed or the retention period runs.")
@click.option("--commit", is_flag=True, help="Erase; without it, only say what would be erased.")
@click.option("--also", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR", help="Another folder in which files may name the person: prints, exports, backups.")
@creditor_option
@actor_option
@journal_option
def command(
    *, debtor: str | None, reason: str | None, expired: bool, all_the_same: bool, commit: bool, also: tuple[Path, ...], creditor: str | None, actor: str, where: str
) -> None:
    """Erase what is known of DEBTOR: names, addresses, notes, documents. What is left are references, dates and amounts."""
    if bool(debtor) == expired:
        raise Stop(tell("name one debtor, or give --expired"))
    if not reason and not expired:
        raise Stop(tell("say why: --reason"))
    with opened(where, creditor=creditor) as journal:
        from relance.journal.elsewhere import words_of
        from relance.journal.retention import kept_until
        from relance.journal.store import purge

        erased, words = 0, set[str]()
        chosen = [debtor] if debtor else sorted({facts.debtor.id for facts in journal.facts(creditor)})
        refused = False
        for name in chosen:
            creditors = [each for each in journal.creditors_of(name) if creditor in (None, each)]
            if not creditors:
                raise Stop(tell("the journal knows no debtor '{name}'", name=name))
            for each in creditors:
                state = kept_until(journal, each, name, today())
                going = tuple(one.kind for one in state if one.obstacle is None or all_the_same)
                if debtor and len(going) < len(state):
                    refused = True
                    for one in state:
                        click.echo(_told(name, each, sentence("{kind} stays: {obstacle}", kind=_kind(one.kind), obstacle=one.obstacle or sentence("it goes with the rest"))), err=True)
                elif going and commit:
                    words |= set() if "identity" not in going else {word for facts in journal.facts(each, name) for word in words_of(facts)}
                    erased += 1
                    count = journal.forget(
                        name, reason=reason or sentence("retention period over"), on=today(), actor=actor, creditor=each, kinds=going
                    )
                    click.echo(_told(name, each, plural("erased {kinds}: {count} value or document", "erased {kinds}: {count} values and documents", count, kinds=[_kind(kind) for kind in going])))
                elif going:
                    click.echo(_told(name, each, sentence("would erase {kinds}; --commit does it", kinds=[_kind(kind) for kind in going])))
        gone = not erased or purge(journal.engine)
    if erased:
        _elsewhere(where, also, words)
    if not gone:
        click.echo(tell("another program reads the journal, and its log still holds what was erased: run the command again once it has ended"), err=True)
        end(1)
    if refused:
        click.echo(tell("nothing was erased; --all-the-same erases it against this, on your own responsibility"), err=True)
        end(1)


def _kind(kind: str) -> str:
    """Name a kind of data."""
    return shipped_text({"identity": marked("identity"), "documents": marked("documents"), "notes": marked("notes")}[kind])


def _told(debtor: str, creditor: str, what: str) -> str:
    return tell("{debtor} ({creditor}): {what}", debtor=debtor, creditor=creditor, what=what)


def _elsewhere(where: str, also: Iterable[Path], words: set[str]) -> None:
    """List the files that still name who was forgotten, wherever one works from, beside the journal and where it was asked; say where nobody looked."""
    from relance.journal.elsewhere import outermost, traces

    project = find_above(Path.cwd(), PROJECT)
    folders, own = [project.parent if project else Path.cwd(), *also], list[Path]()
    if "://" not in where:
        journal = Path(where)
        folders.append(journal.absolute().parent)
        own = [journal, *(journal.with_name(journal.name + end_) for end_ in ("-wal", "-shm", ".checkpoints"))]
    looked = outermost(folders)
    for folder in looked:
        for trace in traces(folder, words, besides=own):
            said = sentence("could not be looked at: {why}", why=trace.unread) if trace.unread else sentence("still holds it")
            click.echo(tell("{path}: {what}", path=trace.path, what=said))
    click.echo(tell("looked through: {folders}", folders=", ".join(map(str, looked))))
    click.echo(tell("not looked at: backups and whatever lies elsewhere (--also looks there too), and mails that were sent"))
