"""What `render`, `outbox` and `send` share: letterhead, wordings, playbooks by id, and the studio they make documents in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relance.cli.common import FILE, Stop, echo_filled, today
from relance.cli.defaults import project_here
from relance.cli.loading import playbooks_by_id
from relance.sentences import sentence, tell, told

if TYPE_CHECKING:
    from relance.delivery.postal_provider import PostalProvider
    from relance.delivery.release_check import Rules
    from relance.delivery.smtp import Postman
    from relance.journal.journal import Journal
    from relance.letters.context import Writing
    from relance.letters.document import Studio
    from relance.letters.letterhead import Letterhead
    from relance.model import Playbook
    from relance.portfolio.letterhead_account import PaperAccounts

F = TypeVar("F", bound=Callable[..., object])
_SECURITY = ("starttls", "tls", "none")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def playbooks_option(command: F) -> F:
    """Give a command `--playbook`."""
    said = "A playbook of yours that messages come from, where the journal does not hold it; may be repeated."
    return click.option("--playbook", "playbooks", multiple=True, metavar="FILE", help=said)(command)


def letterhead_option(command: F) -> F:
    """Give a command `--letterhead`."""
    said = "Your letterhead; plain paper of the creditor without."
    return click.option("--letterhead", type=FILE, envvar="RELANCE_LETTERHEAD", metavar="FILE", help=said)(command)


def paper_options(command: F) -> F:
    """Give a command `--letterhead`, `--templates` and `--playbook`."""
    options = (
        letterhead_option,
        click.option(
            "--templates", "folders", type=_FOLDER, multiple=True, metavar="DIR", help="Your own wordings; they come first, file by file."
        ),
        playbooks_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def letterhead_of(path: Path | None) -> Letterhead:
    """Read a letterhead; what is wrong with it is shown and ends the command."""
    from relance.cli.casefiles import broken
    from relance.letters.letterhead import PLAIN, read

    if path is None:
        return PLAIN
    paper, findings = read(path)
    if paper is None:
        broken(findings, tell("the letterhead '{path}' has mistakes", path=path))
    return paper


def writing_of(letterhead: Path | None, **more: Any) -> Writing:
    """Return how messages are written: on this paper and, where it is the project's own or none, each creditor's on the paper and by the wordings of relance.yaml."""
    from relance.letters.context import Writing

    project, paper = project_here(), letterhead_of(letterhead)
    if project is None:
        return Writing(letterhead=paper, **more)
    own = letterhead is None or letterhead.absolute() == project.letterhead
    papers = {creditor: letterhead_of(path) for creditor, path in project.letterheads.items()} if own else {}
    return Writing(letterhead=paper, papers=papers, wordings={creditor: (folder,) for creditor, folder in project.wordings.items()}, **more)


def rules_of(journal: Journal, given: tuple[str, ...], letterhead: Path | None = None) -> Rules:
    """Return by what a journal's cases are decided today; `given` are playbooks off the command line, `letterhead` the paper of it, else the project's."""
    from relance.delivery.rules_in_force import rules_in_force

    return rules_in_force(journal, playbooks_by_id(given), today(), paper_accounts(letterhead))


def paper_accounts(letterhead: Path | None = None) -> PaperAccounts:
    """Return what says where letterheads ask payment to: this one, else RELANCE_LETTERHEAD, else the project's and its creditors' own. They are read when first asked about."""
    project, named = project_here(), environment("RELANCE_LETTERHEAD")
    letterhead = letterhead or (Path(named) if named else None)

    @cache
    def writing() -> Writing:
        return writing_of(letterhead or (None if project is None else project.letterhead))

    return lambda creditor: writing().account_of(creditor)


def letterhead_seen(journal: Journal, letterhead: Path | None, creditors: Iterable[str], actor: str) -> None:
    """Take the account of the letterhead for creditors of whom none is known, and say so."""
    account_seen(journal, creditors, paper_accounts(letterhead), actor)


def account_seen(journal: Journal, creditors: Iterable[str], paper: PaperAccounts, actor: str) -> None:
    """Do it for the account that `paper` names."""
    from relance.portfolio.letterhead_account import first_sight

    for said in first_sight(journal, creditors, paper, on=today(), actor=actor):
        echo_filled(told(said), err=True)


@contextmanager
def studios(
    letterhead: Path | None, folders: tuple[Path, ...], *, tone: str | None = None, language: str | None = None
) -> Iterator[Callable[[Playbook], Studio]]:
    """Open studios, one for creditors that write themselves and one for agencies, each made when first asked for."""
    from relance.letters.document import Studio
    from relance.letters.wording import Templates

    writing, templates, made = writing_of(letterhead, tone=tone, language=language), Templates(*folders), dict[bool, Studio]()

    def of(playbook: Playbook) -> Studio:
        agency = playbook.collector == "agency"
        if agency not in made:
            made[agency] = Studio(templates, replace(writing, agency=agency))
        return made[agency]

    try:
        yield of
    finally:
        for studio in made.values():
            studio.close()


def environment(name: str, default: str = "") -> str:
    """Read a variable of the environment."""
    return os.environ.get(name, default).strip()


def postman() -> Postman:
    """Return who hands e-mails to the server that the environment names, or stop."""
    from relance.delivery.smtp import Postman, Server

    security = environment("RELANCE_SMTP_SECURITY", "starttls")
    port = environment("RELANCE_SMTP_PORT") or {"tls": "465", "starttls": "587"}.get(security, "25")
    if security not in _SECURITY or not (port.isdecimal() and 0 < int(port) < 65536):
        raise Stop(tell("RELANCE_SMTP_SECURITY is one of {security}, RELANCE_SMTP_PORT a number from 1 to 65535", security=_SECURITY))
    timeout = environment("RELANCE_SMTP_TIMEOUT", "30")
    if not (timeout.isdecimal() and int(timeout)):
        raise Stop(tell("RELANCE_SMTP_TIMEOUT is a number of seconds"))
    authority = environment("RELANCE_SMTP_CA")
    if authority and not Path(authority).is_file():
        raise Stop(tell("RELANCE_SMTP_CA: there is no file '{authority}'", authority=authority))
    user = environment("RELANCE_SMTP_USER")
    if user and security == "none" and environment("RELANCE_SMTP_HOST") not in ("localhost", "127.0.0.1", "::1"):
        raise Stop(tell("RELANCE_SMTP_SECURITY=none would send the password in the clear"))
    return Postman(
        Server(
            environment("RELANCE_SMTP_HOST"), int(port), security, user, environment("RELANCE_SMTP_PASSWORD"), authority, float(timeout),
        )
    )  # fmt: skip


def postal_provider() -> PostalProvider | None:
    """Return who prints and posts letters, by the environment: the address, and a token that stands there or in a file. None: nobody."""
    from relance.delivery.postal_provider import PostalProvider

    url, token, place = environment("RELANCE_POST_URL"), environment("RELANCE_POST_TOKEN"), environment("RELANCE_POST_TOKEN_FILE")
    if not url:
        return None
    if token and place:
        raise Stop(tell("RELANCE_POST_TOKEN and RELANCE_POST_TOKEN_FILE both say the token: leave one away"))
    if place:
        try:
            token = Path(place).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Stop(tell("RELANCE_POST_TOKEN_FILE: '{place}' cannot be read", place=place)) from error
    found = PostalProvider(url, token)
    if mistake := found.mistake():
        raise Stop(sentence("RELANCE_POST_URL, RELANCE_POST_TOKEN: {mistake}", mistake=mistake))
    return found
