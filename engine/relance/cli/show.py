"""`relance show`: a playbook as it is read, with what it `extends` merged in, and where each value comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from relance.cli.casefiles import broken
from relance.cli.common import format_option, print_json
from relance.cli.loading import file_of
from relance.language.findings import errors
from relance.sentences import sentence

if TYPE_CHECKING:
    from relance.language.source import Source


@click.command(name="show")
@click.argument("playbook")
@click.option("--resolved", is_flag=True, help="With what it extends merged in; each line says which file it is from.")
@format_option("text", "json")
def command(playbook: str, form: str, *, resolved: bool) -> None:
    """Print a playbook by path or id: as it stands, or --resolved, as it is run."""
    from relance.language import read_file, resolve

    path = file_of(playbook)
    data, unreadable = read_file(path)
    if data is None:
        broken(unreadable, sentence("{path} cannot be read", path=path))
    source, findings = resolve(data, str(path))
    if source is None or errors(findings):
        broken(errors(findings), sentence("the playbook '{name}' has mistakes; `relance validate {name}` shows them all", name=playbook))
    if form == "json":
        print_json(source.value)
    elif resolved:
        _print(source)
    else:
        click.echo(data.decode("utf-8-sig"), nl=False)


def _print(source: Source) -> None:
    """Print the merged playbook, each line with its origin where it is not the file itself."""
    written = list(_mapping(source, (), source.value, 0))
    width = min(88, max(len(line) for line, _ in written))
    for line, origin in written:
        click.echo(f"{line:<{width}}  # {origin}" if origin else line)


def _mapping(source: Source, path: tuple[str | int, ...], value: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    from relance.report.reference import yaml_of

    for key, item in value.items():
        place, indent = (*path, key), "  " * depth
        if key == "steps" and not path:
            yield "steps:", ""
            for number, step in enumerate(item):
                lines = list(_mapping(source, (*place, number), step, 2))
                yield f"  - {lines[0][0].lstrip()}", lines[0][1]
                yield from lines[1:]
        else:
            span = source.at(place)
            yield f"{indent}{key}: {yaml_of(item)}", "" if span.path == source.path else f"{span.path}:{span.line}"
