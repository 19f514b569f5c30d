"""`relance test`: run the tests that stand beside playbooks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import show
from relance.cli.common import Stop, end, print_json
from relance.language.findings import errors

if TYPE_CHECKING:
    from relance.simulation.playbook_tests import FileResult, TestFile

_FORMS = ("text", "junit", "json", "github")


@click.command(name="test")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--coverage", "wanted", is_flag=True, help="Say which steps, conditions and passings-over no test exercises.")
@click.option(
    "--format", "form", type=click.Choice(_FORMS), default=None, help="How to print it.  [default: text; github in GitHub Actions]"
)
def command(paths: tuple[Path, ...], form: str | None, *, wanted: bool) -> None:
    """Run the tests of playbooks: `*.test.yaml` files, playbooks (the tests beside them) or folders; the folder one is in by default.

    Exit code 0 when all pass, 1 when one fails, 2 when a file cannot be read or run.
    """
    from relance.simulation.playbook_tests import run_file, test_files

    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    names = dict.fromkeys(found for path in paths or (Path(),) for found in test_files(path))
    if not names:
        raise Stop(f"no *.test.yaml file in {', '.join(str(path) for path in paths) or 'this folder'}")
    read = [_read(name) for name in names]
    results = [run_file(file) for file in read if file is not None]
    _print(results, form, wanted=wanted)
    if None in read:
        end(2)
    if any(not result.passed for file in results for result in file.results):
        end(1)


def _read(path: Path) -> TestFile | None:
    from relance.simulation.playbook_tests import read_tests

    try:
        file, findings = read_tests(path)
    except OSError as error:
        click.echo(f"Error: {path} cannot be read: {error.strerror or error}", err=True)
        return None
    show(findings if file is not None else errors(findings))
    return file


def _print(results: list[FileResult], form: str, *, wanted: bool) -> None:
    from relance.report.tests import tests_github, tests_json, tests_junit, tests_text
    from relance.simulation.coverage import coverage

    covered = [coverage(each.file.playbook, each.results) for each in results] if wanted else []
    if form == "json":
        print_json(tests_json(results, covered))
    elif form == "junit":
        click.echo(tests_junit(results), nl=False)
    else:
        click.echo(tests_text(results, covered))
        if form == "github":
            for line in tests_github(results):
                click.echo(line)
