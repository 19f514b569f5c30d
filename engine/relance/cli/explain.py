"""`relance explain`: what a code of a finding means, why it is looked for, and how it looks right."""

from __future__ import annotations

import dataclasses
from difflib import get_close_matches

import click

from relance.cli.common import Stop, format_option, print_json
from relance.sentences import sentence, told


@click.command(name="explain")
@click.argument("code", required=False)
@format_option("text", "json", "markdown")
def command(code: str | None, form: str) -> None:
    """Explain a CODE such as PB205; without one, list them all."""
    from relance.report.reference import code_text, codes_page, explained

    known = explained()
    if form == "markdown":
        click.echo(codes_page(), nl=False)
        return
    if code is None:
        if form == "json":
            print_json({"version": 1, "codes": [dataclasses.asdict(each) for each in known.values()]})
            return
        for each in known.values():
            click.echo(f"{each.code}  {told(each.severity):<7}  {told(each.title)}")
        return
    found = known.get(code.upper())
    if found is None:
        near = get_close_matches(code.upper(), known, 3)
        if near:
            raise Stop(sentence("there is no code '{code}'; near it are {near}", code=code, near=near))
        raise Stop(sentence("there is no code '{code}'; `relance explain` lists them", code=code))
    if form == "json":
        print_json({"version": 1, **dataclasses.asdict(found)})
    else:
        click.echo(code_text(found), nl=False)
