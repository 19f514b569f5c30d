"""`relance schema`: what a key of a file means, from the schema itself."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

import click

from relance.cli.common import Stop, format_option
from relance.sentences import reader, sentence, told


@click.command(name="schema")
@click.argument("key", required=False)
@click.option(
    "--of", "name", default="playbook", show_default=True, metavar="KIND", help="Which kind of file: playbook, case, test, routing, …; with --format json, `all` of them in one."
)
@format_option("text", "json", "markdown")
def command(key: str | None, name: str, form: str) -> None:
    """Say what a KEY means, as `tone` or `steps.channels`; without one, list them all. JSON prints the schema, for editors.

    \b
    relance schema steps.channels
    relance schema --of routing
    relance schema --format json > playbook.schema.json
    relance schema --of all --format json > relance.schema.json
    """  # noqa: D301 - \b is click's
    from relance.editor.schema_file import bundle, editor_schema
    from relance.language import schema_walk
    from relance.report.reference import entry_text, key_entries, look_up, reference_page

    if name == "all" and form == "json" and key is None:
        click.echo(_json(bundle(reader())))
        return
    if name not in schema_walk.names():
        raise Stop(sentence("there is no schema '{name}'; there are {names}", name=name, names=schema_walk.names()))
    if form == "json":
        if key is not None:
            raise Stop(sentence("--format json prints the whole schema; leave the key out"))
        click.echo(_json(editor_schema(name, reader())))
        return
    if form == "markdown":
        click.echo(reference_page(), nl=False)
        return
    every = key_entries(name)
    if key is None:
        width = max(len(entry.path) for entry in every)
        for entry in every:
            click.echo(f"{entry.path:<{width}}  {told(entry.title)}")
        return
    found = look_up(name, key)
    if not found:
        paths = [entry.path for entry in every]
        near = get_close_matches(key, [*paths, *(path.rsplit(".", 1)[-1] for path in paths)], 1)
        if near:
            raise Stop(sentence("a {name} file has no key '{key}'; did you mean '{near}'?", name=name, key=key, near=near[0]))
        raise Stop(sentence("a {name} file has no key '{key}'; `relance schema` lists them", name=name, key=key))
    click.echo("\n".join(entry_text(entry) for entry in found), nl=False)


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
