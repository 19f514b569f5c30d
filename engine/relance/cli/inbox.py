"""`relance inbox`: read bounces and replies out of a mailbox into the journal."""

from __future__ import annotations

import mailbox
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from relance.cli.common import Stop, actor_option, journal_option, opened, today
from relance.sentences import marked, numbered, system_words, tell, tell_number, told

_SAID = {
    "bounce": marked("came back"), "copy": marked("its copy came back, the message itself did not"),
    "sender_refused": marked("came back for what is held against the sender, made anew by the next run"),
    "reply": marked("answered: read it"), "automatic": marked("a machine's answer"), "strange": marked("about none of our messages"),
}  # fmt: skip
_COUNTED = {
    "bounce": numbered("{count} bounce", "{count} bounces"), "copy": numbered("{count} copy that came back", "{count} copies that came back"),
    "sender_refused": numbered("{count} held against the sender", "{count} held against the sender"),
    "reply": numbered("{count} reply", "{count} replies"), "automatic": numbered("{count} automatic", "{count} automatic"),
    "strange": numbered("{count} strange", "{count} strange"),
}  # fmt: skip


@click.command(name="inbox")
@click.argument("place", type=click.Path(exists=True, path_type=Path))
@actor_option
@journal_option
def command(place: Path, actor: str, where: str) -> None:
    """Read PLACE: an mbox file, a Maildir, a folder of .eml files or one of them, as your mail server or a webhook lays them down.

    Bounces become failures of the message they are about, and a note where only a copy came back; replies become contacts, are kept,
    and hold what they are about until they are read where the playbook says so (contact.replies). Each is written once, however often it
    is read. Nothing is taken out of the mailbox.
    """
    from relance.cli.posting import rules_of
    from relance.delivery.inbound import take_in_mail
    from relance.delivery.replies import holding

    count: Counter[str] = Counter()
    with opened(where) as journal:
        for done in take_in_mail(journal, _contents(place), today=today(), actor=actor, holds=partial(holding, rules_of(journal, ()))):
            count[done.inbound.kind] += 1
            if done.written:
                what, words = told(_SAID[done.inbound.kind]), done.inbound.words.splitlines()[0][:100]
                click.echo(tell("{debtor} ({creditor}): {what}: {words}", debtor=done.debtor, creditor=done.creditor, what=what, words=words))
    click.echo(", ".join(tell_number(*_COUNTED[kind], number) for kind, number in count.items()) or tell("no messages"))


def _contents(place: Path) -> Iterator[bytes]:
    try:
        if (place / "cur").is_dir():
            yield from (each.as_bytes() for each in mailbox.Maildir(place, create=False))
        elif place.is_dir():
            yield from (each.read_bytes() for each in sorted(place.glob("*.eml")))
        elif place.suffix == ".eml":
            yield place.read_bytes()
        else:
            with closing(mailbox.mbox(place, create=False)) as box:
                yield from (each.as_bytes() for each in box)
    except OSError as error:
        raise Stop(tell("'{path}' cannot be read: {why}", path=error.filename or place, why=system_words(error))) from error
