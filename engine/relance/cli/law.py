"""`relance law`: the dated figures of the law, what each was on a day, where it was read, and what to look at again."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relance.cli.common import DAY, Stop, echo_filled, end, format_option, print_json, today, width
from relance.cli.law_changes import coming, diff
from relance.report.law_words import article, title, with_unit
from relance.sentences import marked, sentence, tell, tell_part, told

if TYPE_CHECKING:
    from relance.law.parameters import Law, Parameter, Value

F = TypeVar("F", bound=Callable[..., Any])


def figures_option(command: F) -> F:
    """Give a command `--figures`."""
    return click.option(
        "--figures", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
        help="A folder of your own figures; each stands in for the shipped one of its name.",
    )(command)  # fmt: skip


def law_in_force(folder: Path | None) -> Law:
    """Return the shipped law, with a folder's figures over it."""
    from relance.law import parameters

    if folder is None:
        return parameters.french()
    _shaped(folder)
    try:
        return parameters.french().overlaid(parameters.read(folder))
    except (ValueError, OSError) as error:
        raise Stop(error.args[0] if error.args and isinstance(error, ValueError) else str(error)) from error


def _shaped(folder: Path) -> None:
    """Hold a folder's files against the schema; their mistakes are shown and end the command."""
    from relance.language import shape, source

    found = []
    for path in sorted(folder.glob("*.yaml")):
        read, findings = source.read(path.read_bytes(), str(path))
        found += [*findings, *(shape.check(read, "law-parameter") if read is not None else ())]
    for one in found:
        click.echo(f"{one.path}:{one.line}:{one.column}: {told(one.message)} [{one.code}]", err=True)
    if found:
        raise Stop(sentence("{folder} holds figures with mistakes", folder=folder))


@click.group(name="law", invoke_without_command=True)
@figures_option
@click.option("--on", type=DAY, help="The day to look at; today by default.")
@format_option("text", "json")
@click.pass_context
def command(ctx: click.Context, folder: Path | None, on: date | None, form: str) -> None:
    """List the dated figures of the law and their sources. Nothing here is legal advice."""
    ctx.obj = law_in_force(folder)
    if ctx.invoked_subcommand is not None and on is not None:
        raise click.UsageError(sentence("--on goes behind '{invoked_subcommand}': relance law {invoked_subcommand} … --on {on}", invoked_subcommand=ctx.invoked_subcommand, on=on))
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, on or today(), form)


def _list(law: Law, on: date, form: str) -> None:
    if form == "json":
        print_json({"version": 1, "on": on.isoformat(), "parameters": [_described(law, law[name], on) for name in law.parameters]})
        return
    rows = [(tell("figure"), tell_part(on), tell("checked"), tell("law"))]
    rows += [(name, with_unit(_figure(law, name, on), one.unit), tell_part(one.checked_on), article(one)) for name, one in law.parameters.items()]
    name, value, checked = (max(len(row[column]) for row in rows) for column in range(3))
    left = name + value + checked + 6
    for row in rows:
        lines = textwrap.wrap(row[3], max(width() - left, 16), break_on_hyphens=False)
        click.echo(f"{row[0]:<{name}}  {row[1]:<{value}}  {row[2]:<{checked}}  {lines[0]}")
        for more in lines[1:]:
            click.echo(" " * left + more)


@command.command()
@click.argument("name")
@click.option("--on", type=DAY, help="The day to look at; today by default.")
@format_option("text", "json")
@click.pass_obj
def show(law: Law, name: str, on: date | None, form: str) -> None:
    """Show one figure on a day: its value, its source, and every value it had."""
    from relance.law.parameters import UnknownParameter

    on = on or today()
    parameter = _named(law, name)
    try:
        law.value_on(name, on)
    except UnknownParameter as error:
        raise Stop(error.args[0]) from error
    if form == "json":
        print_json({"version": 1, "on": on.isoformat(), **_described(law, parameter, on)})
        return
    verified = all(value.verified for _, value in law.values_on(name, on))
    figure = with_unit(_figure(law, name, on), parameter.unit)
    echo_filled(tell("{name}: {figure} on {on}", name=name, figure=figure, on=on) if verified else tell("{name}: {figure} on {on} (not verified)", name=name, figure=figure, on=on))
    echo_filled(title(parameter))
    echo_filled(tell("{law}; last checked on {checked_on}", law=article(parameter), checked_on=parameter.checked_on))
    if parameter.note:
        echo_filled(told(parameter.note))
    if parameter.parts:
        sign = " × " if parameter.operation == "product_of" else " + "
        echo_filled(tell("worked out: {sum}", sum=sign.join(f"{part} {tell_part(_figure(law, part, on))}" for part in parameter.parts)), hang=2)
    click.echo(tell("sources:") if parameter.parts else tell("source:"))
    for part, value in law.values_on(name, on):
        say_source(part, value)
    every = sorted({start for part in law.stated(name) for start in part.starts})
    if len(every) > 1:
        click.echo(tell("every value:"))
    for start in every if len(every) > 1 else ():
        if (found := _figure(law, name, start)) is not None:
            sure = all(value.verified for _, value in law.values_on(name, start))
            click.echo(f"  {tell_part(start)}  {tell_part(found):>6}{'' if sure else '  ' + tell('not verified')}")


def say_source(parameter: Parameter, value: Value, *, law: bool = False) -> None:
    """Print a stated value, where it was read, and the address on a line of its own."""
    line = tell("{name} {value} since {start}", name=parameter.name, value=value.value, start=value.start) + (f", {article(parameter)}" if law else "")
    checked = tell("checked on {checked_on}", checked_on=parameter.checked_on)
    echo_filled("; ".join([line, checked] if value.verified else [line, checked, tell("not verified")]), indent=2, hang=2)
    echo_filled(told(value.title), indent=4)
    echo_filled(value.url, indent=4)


@command.command()
@click.option("--on", type=DAY, help="The day to look at; today by default.")
@format_option("text", "json")
@click.pass_obj
def check(law: Law, on: date | None, form: str) -> None:
    """Name what is older than 120 days, not verified, or missing for the half-year to come. Exit code 1 where there is any."""
    from relance.law.parameters import concerns

    on = on or today()
    found = concerns(law, on)
    if form == "json":
        concerned = [{"parameter": one.parameter, "kind": one.kind, "message": one.message} for one in found]
        print_json({"version": 1, "on": on.isoformat(), "concerns": concerned})
    else:
        for one in found:
            message, _, url = told(one.message).removesuffix(">").partition(" <")
            echo_filled(f"{one.parameter}: {message} [{told(_KINDS[one.kind])}]", hang=2)
            if url:
                echo_filled(url, indent=2)
        click.echo(tell("{count} to look at, of {all} figures, on {on}", count=len(found), all=len(law.parameters), on=on), err=True)
    end(1 if found else 0)


#: What is to be looked at in a figure.
_KINDS = {"old": marked("to be read again"), "unverified": marked("unverified"), "missing": marked("to be added"), "superseded": marked("superseded")}


def _named(law: Law, name: str) -> Parameter:
    from difflib import get_close_matches

    if name in law.parameters:
        return law[name]
    near = get_close_matches(name, law.parameters, n=1)
    if near:
        raise Stop(sentence("there is no figure '{name}'; did you mean '{near}'?", name=name, near=near[0]))
    raise Stop(sentence("there is no figure '{name}'; `relance law` lists them", name=name))


def _figure(law: Law, name: str, on: date) -> Decimal | None:
    from relance.law.parameters import UnknownParameter

    try:
        return law.value_on(name, on)
    except UnknownParameter:
        return None


def _described(law: Law, parameter: Parameter, on: date) -> dict[str, Any]:
    figure = _figure(law, parameter.name, on)
    value = None if figure is None else str(figure)
    return {
        "name": parameter.name,
        "title": parameter.title,
        "value": value,
        "unit": parameter.unit,
        "law": parameter.law,
        "checked_on": parameter.checked_on.isoformat(),
        "note": parameter.note or None,
        "sources": [] if value is None else [sourced(part, one) for part, one in law.values_on(parameter.name, on)],
    }


def sourced(parameter: Parameter, value: Value) -> dict[str, Any]:
    """Describe a stated value and where it was read, for machine output."""
    return {
        "parameter": parameter.name,
        "value": str(value.value),
        "from": value.start.isoformat(),
        "law": parameter.law,
        "title": value.title,
        "url": value.url,
        "published": value.published.isoformat() if value.published else None,
        "verified": value.verified,
        "checked_on": parameter.checked_on.isoformat(),
    }


command.add_command(diff)
command.add_command(coming)
