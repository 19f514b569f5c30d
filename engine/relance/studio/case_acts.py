"""What a person asks and does about one debtor's file, beside what is recorded: why today, a kept paper, a paper to keep."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import PurePath

from relance.portfolio.explain import Target, Why, applied, why
from relance.sentences import sentence
from relance.studio.desk import NotDoneError, OperatorDesk


def why_today(desk: OperatorDesk, target: Target) -> Why:
    """Return what is decided today of a debtor's cases, step by step. Raises NotDoneError."""
    on = desk.today()
    with desk.journal() as journal:
        rules = applied(journal, target.creditor, on)
        if rules is None:
            raise NotDoneError(sentence("no run has decided anything of {creditor} yet", creditor=target.creditor))
        answer = why(journal, target, rules.routing, on, load=desk.playbook)
    if not isinstance(answer, Why):
        raise NotDoneError(answer)
    return answer


def kept_paper(desk: OperatorDesk, sha256: str) -> bytes | None:
    """Return a paper that the journal keeps; None where it does not any more. Raises DamagedDocument."""
    with desk.journal() as journal:
        return journal.document(sha256)


def keep_paper(desk: OperatorDesk, target: Target, name: str, content: bytes, kind: str, actor: str) -> None:
    """Keep a paper with a debtor's file. Raises NotDoneError."""
    if not content:
        raise NotDoneError(sentence("the file is empty"))
    file = PurePath(name.replace("\\", "/")).name
    with desk.journal() as journal:
        journal.attach(target.creditor, target.debtor, content, name=file, kind=kind, on=desk.today(), actor=actor, invoice=target.invoice, media_type=guess_type(file)[0])
