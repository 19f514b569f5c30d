"""`relance sign`: who read the book of a playbook, when, with which reservations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from relance.cli.common import DAY, OutFile, Stop, replace_option, write_out
from relance.sentences import tell


@click.command(name="sign")
@click.argument("book", metavar="BOOK", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, metavar="NAME", help="Who read it.")
@click.option("--role", default="", metavar="TEXT", help="In which quality: a lawyer, a bailiff.")
@click.option("--on", type=DAY, default="today", show_default=True, help="The day of the reading.")
@click.option("--reservation", "reservations", multiple=True, metavar="TEXT", help="What the reader does not answer for; may be repeated.")
@click.option("--out", type=OutFile(), metavar="FILE", help="The signature to write.  [default: PLAYBOOK.signed.yaml, beside the playbook]")
@replace_option
def command(book: Path, by: str, role: str, on: date, reservations: tuple[str, ...], out: Path | None) -> None:
    """Keep who read BOOK, a PDF of `relance book`: bound to the hash of all that it covers.

    \b
    relance sign negligent.book.pdf --by "Me Claire Martin" --role "avocate" --reservation "La version anglaise n'a pas été relue."

    It proves no identity: it is the note of the house, kept with its playbooks. `relance validate --require-signed` fails when something it covers has changed.
    """  # noqa: D301 - \b is click's
    from relance.book.pages import attached_to
    from relance.book.signature import SUFFIX, signature_beside, signature_text, signed_book

    if not by.strip():
        raise Stop(tell("--by: say who read it"))
    attached = attached_to(book.read_bytes())
    if attached is None:
        raise Stop(tell("{file} is no book that `relance book` made", file=book))
    playbook = book.parent / str(attached["files"].get("playbook") or "")
    out = out or (signature_beside(playbook) if playbook.is_file() else book.parent / f"{attached['playbook']}{SUFFIX}")
    made = signed_book(attached, book, out, by=by.strip(), on=on, role=role.strip(), reservations=[each.strip() for each in reservations if each.strip()])
    write_out(out, signature_text(made).encode())
    click.echo(tell("{file}: {by} read {playbook}, version {version}, on {on}", file=out, by=made.by, playbook=made.playbook, version=made.version, on=made.on))
