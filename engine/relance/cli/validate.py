"""`relance validate`: everything that is wrong with playbooks and the files beside them, all of it at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, end
from relance.cli.defaults import project_here, root_here
from relance.cli.loading import folders_here
from relance.model import Severity
from relance.sentences import sentence

if TYPE_CHECKING:
    from relance.checking import CheckedFile, Checker
    from relance.model import Diagnostic

_FORMS = ("text", "json", "github", "gitlab", "junit", "sarif")
_WORST = tuple(Severity)


@click.command(name="validate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(_FORMS), help="How to print it.  [default: text; github in GitHub Actions]")
@click.option(
    "--fail-on",
    "worst",
    type=click.Choice([str(one) for one in _WORST]),
    default="error",
    show_default=True,
    help="What makes the exit code 1.",
)
@click.option(
    "--templates",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Your own wordings.",
)
@click.option("--require-signed", "signed", is_flag=True, help="Fail where a playbook's book was not signed, or something it covers has changed since.")
@click.option("--quiet", "-q", is_flag=True, help="Print findings alone, without the count.")
def command(paths: tuple[str, ...], form: str | None, worst: str, folders: tuple[Path, ...], *, signed: bool, quiet: bool) -> None:
    """Check playbooks, tests, routings, cases, column mappings, letterheads: files, folders, ids of playbooks, or - for standard input; the whole project by default.

    \b
    relance validate
    relance validate playbooks --fail-on warning --format sarif

    Exit code 0 when nothing was found, 1 when something was, 2 when something could not be read.
    """  # noqa: D301 - \b is click's
    from relance.checking import Checker, check_by_creditor
    from relance.report.diagnostics import Report, render

    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    checker = Checker(tuple(_near(each) for each in folders))
    paths = paths or (str(root_here()),)
    checked = list({one.path: one for path in paths for one in _checked(checker, path)}.values())
    if all(one.kind is None and all(each.severity is Severity.HINT for each in one.findings) for one in checked):
        raise Stop(sentence("there is no file that relance reads in {paths}", paths=list(paths)))
    playbooks = [Path(one.path) for one in checked if one.kind == "playbook" and Path(one.path).is_file()]
    by_creditor = check_by_creditor(playbooks, checker.folders, _wordings())
    findings = sorted({finding for one in checked for finding in one.findings} | {*checker.unused(), *by_creditor} | {*(_unsigned(checked) if signed else ())})
    report = Report(
        found=tuple(findings),
        files=tuple(one.path for one in checked),
        texts={**{one.path: one.text for one in checked if one.text is not None}, **_others(findings, {one.path for one in checked})},
        quiet=quiet,
        colour=form == "text" and sys.stdout.isatty() and "NO_COLOR" not in os.environ,
    )
    click.echo(render(report, form), nl=False, color=report.colour)
    if any(finding.code == "PB010" for finding in findings):
        end(2)
    if any(_WORST.index(finding.severity) <= _WORST.index(Severity(worst)) for finding in findings):
        end(1)


def _wordings() -> tuple[Path, ...]:
    """Return the folders of creditors' own wordings that the project names; none where it names none, or has mistakes, which are told by themselves."""
    try:
        project = project_here()
    except Stop:
        return ()
    return () if project is None else tuple(_near(each) for each in project.wordings.values())


def _unsigned(checked: list[CheckedFile]) -> Iterator[Diagnostic]:
    """Tell of each playbook that nobody signed as it is; one with mistakes has those told."""
    import relance
    from relance.book.signature import unsigned
    from relance.language import load_playbook

    for one in checked:
        if one.kind == "playbook" and (playbook := load_playbook(Path(one.path))[0]) is not None:
            yield from unsigned(playbook, Path(one.path), relance.__version__)


def _checked(checker: Checker, path: str) -> Iterator[CheckedFile]:
    """Check what one word on the command line stands for."""
    from relance.checking import STDIN, search
    from relance.language import library, source

    if path == "-":
        yield checker.check(sys.stdin.buffer.read(source.MAX_BYTES + 1), STDIN, None)
        return
    where = _near(Path(path))
    if where.is_dir():
        for each in search(where):
            yield checker.check_file(each, named=False)
        return
    if not where.exists() and (found := library.find(path, folders=folders_here(path))) is not None:
        yield checker.check(found.read_bytes(), str(found), None)
        return
    yield checker.check_file(where)


def _near(path: Path) -> Path:
    """Return a path as counted from here where it lies below: CI systems know no other."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) and path != here else path


def _others(findings: list[Diagnostic], known: set[str]) -> dict[str, str]:
    """Read the files that findings stand in and that were not checked themselves: wordings, playbooks named elsewhere."""
    texts = {}
    for path in {finding.path for finding in findings} - known:
        try:
            texts[path] = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError):
            continue
    return texts
