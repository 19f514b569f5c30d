"""A portfolio off the command line: a folder of tables, or a file of invoices with the files that stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from relance.cli.common import Stop
from relance.cli.lake import CATALOG, sources_of
from relance.report.words import many
from relance.sentences import tell, told

if TYPE_CHECKING:
    from relance.columnar.engines import Engine

_Command = TypeVar("_Command", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: What may stand beside a file of invoices, and how its name ends.
_BESIDE, _ENDINGS = ("debtors", "creditors", "events"), (".csv", ".xlsx", ".ods")


def portfolio_options(command: _Command) -> _Command:
    """Add the options that name the files of a portfolio; `tables_of` takes them as they come."""
    for option in (
        click.option("--events", type=FILE, metavar="FILE", help="With a file of invoices: what has happened."),
        click.option("--creditors", type=FILE, metavar="FILE", help="With a file of invoices: who is owed."),
        click.option("--debtors", type=FILE, metavar="FILE", help="With a file of invoices: who owes; a file of that name beside it by default, as for the other two."),
    ):
        command = option(command)
    return command


def tables_of(portfolio: str, engine: Engine, beside: Mapping[str, Path | None], *, trust: bool = False) -> Mapping[str, Any]:
    """Find a portfolio's tables, without the rows that cannot stand: a folder of Parquet files, or a file of invoices as `relance run` reads it.

    `beside` holds the files that were named, by `debtors`, `creditors` and `events`; of those that were not, the one beside the invoices is read.
    """
    from relance.columnar.data_quality import audited

    if portfolio.startswith(CATALOG) or "://" in portfolio or Path(portfolio).is_dir():
        if given := [f"--{name}" for name, path in beside.items() if path is not None]:
            raise Stop(tell("{options}: these belong to a file of invoices, and {portfolio} is a folder of tables", options=given, portfolio=portfolio))
        found = audited(engine, sources_of(portfolio, engine.name), thorough=not trust)
        if found.count:
            click.echo(tell("{rows} rejected and left out; relance run --tables says which", rows=many(found.count, "row")), err=True)
        return found.frames
    return _of_files(Path(portfolio), beside)


def _of_files(invoices: Path, beside: Mapping[str, Path | None]) -> Mapping[str, Any]:
    from relance.columnar.schema import from_facts
    from relance.importers import portfolio_files as files

    if not invoices.is_file():
        raise Stop(tell("{portfolio}: there is no such file or folder", portfolio=invoices))
    named = {name: path or _found(invoices, name) for name, path in beside.items()}
    if met := [path.name for name, path in named.items() if path is not None and beside[name] is None]:
        click.echo(tell("read beside {invoices}: {files}", invoices=invoices.name, files=met), err=True)
    read = files.read(invoices, debtors=named["debtors"], creditors=named["creditors"], events=named["events"])
    if read.unreadable or (read.rejects and not read.facts):
        raise Stop("\n".join(f"{one.file}: {told(one.reason)}" for one in read.rejects[:5]))
    if read.rejects:
        click.echo(tell("{rows} rejected and left out", rows=many(len(read.rejects), "row")), err=True)
    return from_facts(read.facts).frames()


def _found(invoices: Path, name: str) -> Path | None:
    return next((path for ending in (invoices.suffix, *_ENDINGS) if (path := invoices.with_name(f"{name}{ending}")).is_file() and path != invoices), None)
