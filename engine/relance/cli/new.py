"""`relance new`: a project that passes at once: a playbook with its tests, a wording of one's own, `relance.yaml`, and a file for CI."""

from __future__ import annotations

import re
from pathlib import Path

import click

from relance.cli.common import Stop, end
from relance.files import PROJECT, find_above
from relance.sentences import reader, sentence, tell

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CI = """\
name: relance
on: [push, pull_request]
jobs:
  relance:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install relance
      - run: relance validate .
      - run: relance test playbooks
"""


@click.command(name="new")
@click.argument("name", metavar="NAME")
@click.option("--from", "model", default="negligent", show_default=True, metavar="ID", help="The shipped playbook to begin with.")
def command(name: str, model: str) -> None:
    """Begin a project here: the playbook NAME with its tests, a wording of your own, relance.yaml and a file for CI. Nothing is overwritten.

    \b
    relance new maison
    relance new maison --from consommateur

    In a project there is already, the playbook and its wording are added to it.
    """  # noqa: D301 - \b is click's
    from relance.language import library, load_playbook_text

    if _NAME.fullmatch(name) is None:
        raise Stop(sentence("'{name}' is no name: lower-case letters and digits, words joined by hyphens", name=name))
    if model not in library.shipped_ids():
        raise Stop(sentence("there is no playbook '{name}': give a path, or one of {playbooks}", name=model, playbooks=library.shipped_ids()))
    found = library.find(model)
    assert found is not None
    project = find_above(Path.cwd(), PROJECT)
    root = Path.cwd() if project is None else project.parent
    text = found.read_text(encoding="utf-8")
    files = {
        root / "playbooks" / f"{name}.yaml": _renamed(text, model, name),
        root / "playbooks" / f"{name}.test.yaml": _renamed(found.with_name(f"{model}.test.yaml").read_text(encoding="utf-8"), model, name),  # type: ignore[attr-defined]
    }
    playbook, _ = load_playbook_text(text, str(found), checks=False)
    assert playbook is not None
    files |= _wording(root, playbook.language, [step.template for step in playbook.steps])
    if project is None:
        files |= {root / PROJECT: _project(), root / ".github" / "workflows" / "relance.yml": _CI}
    _write({path: text for path, text in files.items() if not path.exists() or path.parent.name == "playbooks"})


def _renamed(text: str, old: str, new: str) -> str:
    """Give the playbook of a file another name, wherever it is named; the rest, comments too, stays as it is."""
    return re.sub(rf"\bplaybook: {old}\b(?!-)", f"playbook: {new}", text)


def _wording(root: Path, language: str, names: list[str]) -> dict[Path, str]:
    """Copy the first wording of the ladder, to be made one's own."""
    from relance.data import shipped

    for name in names:
        found = shipped("templates").joinpath(language, name, "message.md.j2")
        if found.is_file():
            return {root / "modeles" / language / name / "message.md.j2": found.read_text(encoding="utf-8")}
    return {}


def _project() -> str:
    return f"schema: 1\nlanguage: {reader()}\nplaybooks: [playbooks]\ntemplates: [modeles]\njournal: relance.db\nfail_on: warning\n"


def _write(files: dict[Path, str]) -> None:
    there = [path for path in files if path.exists()]
    if there:
        click.echo(tell("Error: {message}", message=sentence("{files}: there already, and nothing is overwritten", files=[_near(path) for path in there])), err=True)
        end(2)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(tell("written: {path}", path=_near(path)))
    click.echo()
    click.echo(tell("Then:"))
    for line in ("relance validate .", "relance test playbooks", f"relance preview {next(iter(files)).stem} --due 2026-03-02 --amount 1200.00"):
        click.echo(f"  {line}")


def _near(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
