"""`relance book`: a playbook as a document in French that a lawyer reads and signs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import FILE, OutFile, hold_free, replace_option, today, write_out
from relance.cli.law import figures_option, law_in_force
from relance.cli.loading import file_of, playbook_of
from relance.cli.posting import letterhead_of
from relance.sentences import tell

if TYPE_CHECKING:
    from relance.book.pages import MadeWith
    from relance.book.sayings import Origin

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(name="book")
@click.argument("playbook", metavar="PLAYBOOK")
@click.option("--out", type=OutFile(), metavar="FILE", help="The PDF to write.  [default: PLAYBOOK.book.pdf, here]")
@click.option("--letterhead", type=FILE, envvar="RELANCE_LETTERHEAD", metavar="FILE", help="Your letterhead; a sample without.")
@click.option("--templates", "folders", type=_FOLDER, multiple=True, metavar="DIR", help="Your own wordings; they come first, file by file.")
@figures_option
@replace_option
def command(playbook: str, out: Path | None, letterhead: Path | None, folders: tuple[Path, ...], folder: Path | None) -> None:
    """Write the book of PLAYBOOK (PDF, French): the ladder drawn, instructions in plain sentences, every text in the situations that matter, what each must say
    and where it does, figures and sources, a page to sign.

    \b
    relance book negligent --out negligent.book.pdf
    relance book playbooks/ours.yaml --letterhead letterhead.yaml

    Record who read it by `relance sign`.
    """  # noqa: D205, D301 - \b is click's
    from relance.book.pages import book_pdf

    made_with = made_of(playbook, letterhead, folders, folder)
    out = out or Path(f"{made_with.playbook.id}.book.pdf")
    hold_free(out)
    write_out(out, book_pdf(made_with, today(), made_from(playbook, letterhead, folders, folder, out.parent)))
    click.echo(tell("{file}: the book of {playbook}, version {version}", file=out, playbook=made_with.playbook.id, version=made_with.playbook.version))


def made_of(playbook: str, letterhead: Path | None, folders: tuple[Path, ...], figures: Path | None) -> MadeWith:
    """Read what a book is made of; mistakes are shown and end the command."""
    import relance
    from relance.book.pages import MadeWith
    from relance.letters.wording import Templates

    paper = None if letterhead is None else letterhead_of(letterhead)
    return MadeWith(playbook_of(playbook), Templates(*folders), paper, law_in_force(figures), relance.__version__, _origin(playbook))


def _origin(name: str) -> Origin:
    """Return what the file says of itself that the built playbook does not."""
    from relance.book.sayings import Origin
    from relance.language import source

    path = file_of(name)
    read, _ = source.read(path.read_bytes(), str(path))
    return Origin.said_by(read.value if read is not None else None)


def made_from(playbook: str, letterhead: Path | None, folders: tuple[Path, ...], figures: Path | None, beside: Path) -> dict[str, object]:
    """Name the files a book was made of, as seen from the folder it stands in; a shipped playbook by its id."""
    path = file_of(playbook)

    def seen(file: Path) -> str:
        return Path(os.path.relpath(file, beside)).as_posix()

    return {
        "playbook": seen(path) if isinstance(path, Path) and Path(playbook).exists() else playbook,
        "letterhead": None if letterhead is None else seen(letterhead),
        "templates": [seen(each) for each in folders],
        "figures": None if figures is None else seen(figures),
    }
