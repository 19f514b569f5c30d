"""`relance new`: a project that passes at once: a playbook with its tests, a wording of one's own, `relance.yaml`, and a file for CI."""

from __future__ import annotations

from pathlib import Path

import click

from relance.cli.common import Stop, end, write_new
from relance.files import PROJECT, find_above
from relance.sentences import reader, sentence, tell


@click.command(name="new")
@click.argument("name", metavar="NAME")
@click.option("--from", "model", default="negligent", show_default=True, metavar="ID", help="The shipped playbook to begin with.")
def command(name: str, model: str) -> None:
    """Begin a project here: the playbook NAME with its tests and promises, a wording of your own, relance.yaml and a file for CI. Nothing is overwritten.

    \b
    relance new maison
    relance new maison --from consommateur

    In a project there is already, the playbook and its wording are added to it.
    """  # noqa: D301 - \b is click's
    from relance.editor.new_project import new_playbook, new_project

    project = find_above(Path.cwd(), PROJECT)
    root = Path.cwd() if project is None else project.parent
    try:
        files = {root / path: text for path, text in new_playbook(name, model).items()}
    except ValueError as error:
        raise Stop(error.args[0]) from error
    if project is None:
        files |= {root / path: text for path, text in new_project(reader()).items()}
    _write({path: text for path, text in files.items() if not path.exists() or path.parent.name == "playbooks"})


def _write(files: dict[Path, str]) -> None:
    there = [path for path in files if path.exists()]
    if there:
        click.echo(tell("Error: {message}", message=sentence("{files}: there already, and nothing is overwritten", files=[_near(path) for path in there])), err=True)
        end(2)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, text)
        click.echo(tell("written: {path}", path=_near(path)))
    click.echo()
    click.echo(tell("Then:"))
    for line in ("relance validate", "relance test", "relance prove", f"relance preview {next(iter(files)).stem} --due 2026-03-02 --amount 1200.00"):
        click.echo(f"  {line}")


def _near(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
