"""`relance convert`: the rules of another product, read into playbooks, with what was lost and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, write_whole
from relance.convert import PRODUCTS
from relance.sentences import reader, sentence, tell

if TYPE_CHECKING:
    from relance.convert.ladder import Ladder


@click.command(name="convert")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--from", "product", type=click.Choice(list(PRODUCTS)), required=True, help="The product that the file comes from.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write each playbook into this folder, under a name that is free there. Without it, they are printed.")
def command(file: Path, product: str, out: Path | None) -> None:
    """Read FILE, as another product exports its rules of reminding, into playbooks; what they do not take over is named with the reason.

    \b
    relance convert overdue.xml --from killbill
    relance convert followup.csv --from odoo --out playbooks

    Read what comes of it, and try it, before it chases anybody: `relance validate`, `relance preview`.
    """  # noqa: D301 - \b is click's
    from relance.convert import converted
    from relance.convert.ladder import playbook_text

    try:
        found = converted(product, file.read_bytes())
    except ValueError as error:
        raise Stop(sentence("{path}: {message}", path=file, message=error.args[0])) from error
    ladders = _named_apart(found.ladders)
    if out is None:
        click.echo("---\n".join(playbook_text(ladder, found.lost, reader()) for ladder in ladders), nl=False)
    else:
        _write(out, ladders, lambda ladder: playbook_text(ladder, found.lost, reader()))
    for loss in (*found.lost, *(each for ladder in found.ladders for each in ladder.lost)):
        click.echo(tell("lost: {what} ({why})", what=loss.what, why=loss.why), err=True)


def _named_apart(ladders: Sequence[Ladder]) -> list[Ladder]:
    """Give each ladder of one file a name of its own."""
    made: list[Ladder] = []
    for ladder in ladders:
        made.append(replace(ladder, id=next(name for name in _names(ladder.id) if name not in {each.id for each in made})))
    return made


def _names(ident: str) -> Sequence[str]:
    return [ident, *(f"{ident}-{number}" for number in range(2, 1000))]


def _write(folder: Path, ladders: Sequence[Ladder], text_of: Callable[[Ladder], str]) -> None:
    """Write each playbook; where another one has its name it takes the next that is free, and one that is there as it is stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for ladder in ladders:
        for name in _names(ladder.id):
            path, text = folder / f"{name}.yaml", text_of(replace(ladder, id=name))
            if not path.exists() and not path.is_symlink():
                write_whole(path, text)
                click.echo(tell("written: {path}", path=path) if name == ladder.id else tell('written: {path}, as the playbook "{name}": another one has the name "{ident}" there', path=path, name=name, ident=ladder.id))
                break
            if path.is_file() and path.read_bytes() == text.encode():
                click.echo(tell("there already, and the same: {path}", path=path))
                break
