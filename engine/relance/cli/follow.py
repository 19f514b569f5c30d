"""`relance follow`: ask the postal provider what became of letters."""

from __future__ import annotations

from collections import Counter

import click

from relance.cli.common import Stop, actor_option, end, journal_option, opened, today
from relance.cli.posting import postal_provider
from relance.sentences import tell


@click.command(name="follow")
@actor_option
@journal_option
def command(actor: str, where: str) -> None:
    """Ask the postal provider what became of the letters that it was handed, and write down what is new.

    Presented, delivered, refused, unclaimed and returned become events of their case, and proofs are kept with it. A letter whose handing
    over was unclear, and that the provider has, did leave. RELANCE_POST_URL and RELANCE_POST_TOKEN (or RELANCE_POST_TOKEN_FILE) say whom to ask.
    """
    from relance.delivery.following import follow
    from relance.delivery.postal_provider import ProviderError

    provider = postal_provider()
    if provider is None:
        raise Stop(tell("no postal provider is set: RELANCE_POST_URL"))
    count: Counter[str] = Counter()
    unknown = 0
    with opened(where) as journal:
        try:
            for done in follow(journal, provider, on=today(), actor=actor):
                if done.news is None:
                    unknown += 1
                    click.echo(tell("{debtor} ({creditor}): the postal provider has no such letter: `relance outbox approve {message}` sends it again", debtor=done.message.debtor, creditor=done.message.creditor, message=done.message.id[:12]))
                    continue
                count[done.news.status] += 1
                if done.written:
                    click.echo(tell("{debtor} ({creditor}): {status}{day}", debtor=done.message.debtor, creditor=done.message.creditor, status=_said(done.news.status), day=f" {done.news.on:%Y-%m-%d}" if done.news.on else ""))
        except ProviderError as error:
            raise Stop(str(error)) from None
    click.echo(", ".join(f"{number} {_said(status)}" for status, number in count.items()) or tell("no letters to ask about"))
    end(1 if unknown else 0)


def _said(status: str) -> str:
    said = {
        "accepted": tell("accepted"), "posted": tell("posted"), "presented": tell("presented"), "delivered": tell("delivered"), "refused": tell("refused"),
        "unclaimed": tell("unclaimed"), "returned": tell("returned"), "rejected": tell("rejected by the provider"),
    }  # fmt: skip
    return said[status]
