"""`relance demo`: the main job on the sample portfolio that ships with relance, on a fixed day, offline."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import print_rich
from relance.cli.common import Stop
from relance.sentences import sentence, tell

if TYPE_CHECKING:
    from relance.cli.run_output import Executed
    from relance.model import Action

#: The day the sample portfolio is looked at: a Monday, as its dates want it.
DAY = date(2026, 3, 2)
_FILES = ("invoices.csv", "debtors.csv", "creditors.csv", "events.csv", "routing.yaml")
_SHOWN = 4


@click.command(name="demo")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep everything in this new folder.")
def command(out: Path | None) -> None:
    """Run the sample portfolio: sixty invoices of invented French firms, as of 2 March 2026."""
    with ExitStack() as stack:
        if out is not None and out.exists():
            raise Stop(sentence("{out} is there already: name a new folder", out=out))
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="relance-demo-")))
        _copy(folder)
        _run(folder, kept=out is not None)


def _copy(folder: Path) -> None:
    from relance.data import shipped
    from relance.files import new_file
    from relance.sentences import system_words

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            new_file(folder / name, shipped("playbooks").joinpath("demo", name).read_bytes())
    except OSError as error:
        raise Stop(sentence("{what}: {why}", what=folder, why=system_words(error))) from error


def _run(folder: Path, *, kept: bool) -> None:
    from relance.cli.portfolio_reading import TableOptions, read
    from relance.cli.run import execute, routing_of
    from relance.cli.run_output import Writes

    tables = TableOptions(*(folder / f"{name}.csv" for name in ("invoices", "debtors", "creditors", "events")))
    rules = routing_of(None, folder / "routing.yaml")
    executed = execute(read(tables), rules, DAY, Writes(str(folder / "relance.db"), folder / "out", "demo", passing=not kept))
    _actions(executed)
    _letter(folder / "out" / "messages")
    click.echo(_next(folder if kept else None))


def _actions(executed: Executed) -> None:
    """Show one action of each of a few playbooks, with the reason."""
    from rich.text import Text

    from relance.report.plain import amount
    from relance.report.timeline import table
    from relance.report.words import word

    chosen: dict[str, Action] = {}
    for action in executed.emitted:
        chosen.setdefault(action.playbook, action)
    rows = table("case", "by", "asked", "why")
    rows.columns[2].justify = "right"
    rows.columns[0].no_wrap = True
    for action in list(chosen.values())[:_SHOWN]:
        case = Text.assemble(action.case, ("\n" + action.step, "dim"))
        rows.add_row(case, word(action.channel), amount(action.claimed.total, action.claimed.currency), action.reason)
    print_rich(Text("\nA few of the actions, and why", style="bold"), rows)


def _letter(folder: Path) -> None:
    """Show the text of one letter."""
    from rich.text import Text

    found = sorted(folder.glob("*-letter-*.md"))
    if found:
        print_rich(Text("\n" + tell("One of the letters"), style="bold"))
        for line in found[0].read_text(encoding="utf-8").rstrip().splitlines():
            click.echo(f"  {line}".rstrip())


def _next(folder: Path | None) -> str:
    """Say what to type next."""
    first = ("relance demo --out demo", tell("keep the files of this run")) if folder is None else (f"ls {folder}/out/messages", tell("the texts of this run"))
    more = (
        ("relance preview negligent --due 2026-03-02 --amount 1200", tell("one case, played forward")),
        ("relance run --help", tell("your own invoices")),
    )
    return "\n".join(["", tell("Next:"), *(f"  {command:58} {what}" for command, what in (first, *more))])
