"""What `decide`, `preview` and `test` share: a playbook and a case off the command line, and how findings are shown.

Prints the mistakes of a file and ends the command; reads no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from relance.cli.common import Stop, echo_filled, end
from relance.language.findings import errors
from relance.sentences import system_words, tell, told

if TYPE_CHECKING:
    from relance.model import Diagnostic, Facts, Playbook

CASE = click.Path(exists=True, dir_okay=False, path_type=Path)


def show(findings: Iterable[Diagnostic]) -> None:
    """Show findings on standard error: each with its place, the line and what is meant, as `relance validate` does."""
    from relance.report.diagnostics import Report, render

    found = tuple(findings)
    texts = {path: text for path in dict.fromkeys(one.path for one in found) if (text := _text(path)) is not None}
    if found:
        click.echo(render(Report(found, tuple(texts), texts, quiet=True), "text"), err=True)


def _text(path: str) -> str | None:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None


def case_of(path: Path) -> Facts:
    """Read a case file; its errors are shown and end the command."""
    from relance.importers.case_file import read_case

    try:
        facts, findings = read_case(path)
    except OSError as error:
        raise Stop(tell("{path} cannot be read: {reason}", path=path, reason=system_words(error))) from error
    if facts is None:
        broken(errors(findings), tell("the case file {path} has mistakes", path=path))
    show(findings)
    return facts


def say_if_unfit(playbook: Playbook, facts: Facts) -> None:
    """Say on standard error where a playbook is not for such a debtor: a run would send nothing of what is shown."""
    from relance.portfolio.routing import unfit

    if (why := unfit(playbook, facts.debtor.kind)) is not None:
        echo_filled(told(why), err=True)


def broken(findings: Iterable[Diagnostic], why: str) -> NoReturn:
    """Show what is wrong with a file and end the command."""
    show(findings)
    click.echo(tell("Error: {message}", message=why), err=True)
    end(2)


def print_rich(*parts: object) -> None:
    """Print what the report floor made, as wide as the terminal is, or 80 columns where there is none."""
    from relance.cli.screen import screen

    made = screen()
    for part in parts:
        made.print(part)
