"""`relance convert`: the rules of another product, read into playbooks, with what was lost and why."""

from __future__ import annotations

from pathlib import Path

import click

from relance.cli.common import Stop, end, write_whole
from relance.convert import PRODUCTS
from relance.sentences import reader, sentence, tell, told


@click.command(name="convert")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--from", "product", type=click.Choice(list(PRODUCTS)), required=True, help="The product that the file comes from.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Write each playbook into this folder; nothing is overwritten. Without it, they are printed.")
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
    texts = {f"{ladder.id}.yaml": playbook_text(ladder, found.lost, reader()) for ladder in found.ladders}
    if out is None:
        click.echo("---\n".join(texts.values()), nl=False)
    else:
        _write(out, texts)
    for loss in (*found.lost, *(each for ladder in found.ladders for each in ladder.lost)):
        click.echo(tell("lost: {what} ({why})", what=loss.what, why=loss.why), err=True)


def _write(folder: Path, texts: dict[str, str]) -> None:
    there = [str(folder / name) for name in texts if (folder / name).exists()]
    if there:
        click.echo(told(sentence("Error: {message}", message=sentence("{files}: there already, and nothing is overwritten", files=there))), err=True)
        end(2)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_whole(folder / name, text)
        click.echo(tell("written: {path}", path=folder / name))
