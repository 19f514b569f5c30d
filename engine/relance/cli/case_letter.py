"""A letter about a whole case that a person asks for by command, such as a receipt: what of the journal it is about, laid out and written to a file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from relance.cli.common import Stop, found, opened, write_new
from relance.cli.posting import paper_accounts, writing_of
from relance.model import Action, Facts
from relance.sentences import tell


class CaseLetter(NamedTuple):
    """What is asked for: a case of a journal on a day, the file to write, and the paper and wordings it is written with."""

    case: str
    creditor: str | None
    where: str
    on: date
    out: Path
    letterhead: Path | None
    folders: tuple[Path, ...]
    asks_payment: bool = False  # it says to which account


def write_case_letter(
    asked: CaseLetter, message: Callable[[Facts, str, Collection[str], date], Action | None], nothing: Callable[[str], str], unwritten: Callable[[str], str]
) -> None:
    """Write it and say so. `message` makes it of the facts, the case and its invoices; where it makes none, or it cannot be written, these say why, and the command ends."""
    from relance.letters.document import Studio
    from relance.letters.wording import Templates
    from relance.portfolio.explain import claims_in_case, facts_of
    from relance.portfolio.letterhead_account import payee_doubts

    with opened(asked.where) as journal:
        target = found(journal, asked.case, asked.creditor)
        facts = facts_of(journal, target.creditor, target.debtor)
        names = frozenset[str]() if facts is None else claims_in_case(journal, target, facts, asked.on)
        if facts is None or not names:
            raise Stop(tell("the journal knows no invoice of '{name}'", name=target.name))
        action = message(facts, target.name, names, asked.on)
        unsure = payee_doubts(journal, paper_accounts(asked.letterhead))(target.creditor) if asked.asks_payment else None
    if action is None:
        raise Stop(nothing(target.name))
    if unsure is not None:
        raise Stop(unwritten(unsure))
    with Studio(Templates(*asked.folders), writing_of(asked.letterhead, agency=facts.creditor.mandate is not None)) as studio:
        made = studio.make([action], facts)
    if made.missing or not made.files:
        raise Stop(unwritten(made.missing or "no file"))
    write_new(asked.out, made.files[0].content)
    click.echo(tell("{out}: {subject}, reference {reference}", out=asked.out, subject=made.subject, reference=made.reference))
