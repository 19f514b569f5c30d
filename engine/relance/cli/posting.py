"""What `render`, `outbox` and `send` share: letterhead, wordings, playbooks by id, and the studio they make documents in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from relance.cli.common import FILE, Stop

if TYPE_CHECKING:
    from relance.letters.document import Studio
    from relance.letters.letterhead import Letterhead
    from relance.model import Playbook

F = TypeVar("F", bound=Callable[..., object])
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def paper_options(command: F) -> F:
    """Give a command `--letterhead`, `--templates` and `--playbook`."""
    options = (
        click.option(
            "--letterhead",
            type=FILE,
            envvar="RELANCE_LETTERHEAD",
            metavar="FILE",
            help="Your letterhead; plain paper of the creditor without.",
        ),
        click.option(
            "--templates", "folders", type=_FOLDER, multiple=True, metavar="DIR", help="Your own wordings; they come first, file by file."
        ),
        click.option(
            "--playbook", "playbooks", multiple=True, metavar="FILE", help="A playbook of yours that messages come from; may be repeated."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def paper_of(path: Path | None) -> Letterhead:
    """Read a letterhead; what is wrong with it is shown and ends the command."""
    from relance.letters.letterhead import PLAIN, read

    if path is None:
        return PLAIN
    paper, findings = read(path)
    if paper is None:
        for each in findings:
            click.echo(f"{each.path}:{each.line}:{each.column}: {each.message} [{each.code}]", err=True)
        raise Stop(f"the letterhead '{path}' has mistakes")
    return paper


@contextmanager
def studios(
    letterhead: Path | None, folders: tuple[Path, ...], *, tone: str | None = None, language: str | None = None
) -> Iterator[Callable[[Playbook], Studio]]:
    """Open studios, one for creditors that write themselves and one for agencies, each made when first asked for."""
    from relance.letters.context import Writing
    from relance.letters.document import Studio
    from relance.letters.wording import Templates

    paper, templates, made = paper_of(letterhead), Templates(*folders), dict[bool, Studio]()

    def of(playbook: Playbook) -> Studio:
        agency = playbook.collector == "agency"
        if agency not in made:
            made[agency] = Studio(templates, Writing(letterhead=paper, agency=agency, tone=tone, language=language))
        return made[agency]

    try:
        yield of
    finally:
        for studio in made.values():
            studio.close()


def environment(name: str, default: str = "") -> str:
    """Read a variable of the environment."""
    return os.environ.get(name, default).strip()
