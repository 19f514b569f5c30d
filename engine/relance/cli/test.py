"""`relance test`: run the tests that stand beside playbooks; say what no test exercises; write down what happened, for review."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import CASE, show
from relance.cli.common import Stop, end, print_json, write_whole
from relance.cli.defaults import root_here
from relance.language.findings import errors
from relance.sentences import sentence, system_words, tell

if TYPE_CHECKING:
    from relance.letters.document import Studio
    from relance.simulation.coverage import Coverage
    from relance.simulation.playbook_tests import FileResult, PlayTest, TestFile

_FORMS = ("text", "junit", "json", "github")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a call asks for."""

    paths: tuple[Path, ...]
    words: tuple[str, ...]
    form: str
    covered: bool
    least: int | None
    update: bool
    missing: bool
    templates: tuple[Path, ...]
    letterhead: Path | None


@click.command(name="test")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("-k", "words", multiple=True, metavar="WORDS", help="Only tests whose name has these words; may be repeated, for one or the other.")
@click.option("--coverage", "covered", is_flag=True, help="Say which steps, conditions and passings-over no test exercises, and which playbooks have no test.")
@click.option("--fail-under", "least", type=click.IntRange(0, 100), metavar="PERCENT", help="With the coverage of all: exit code 1 below so many percent.")
@click.option("--update", is_flag=True, help="Write what happened into the files of tests that fail, and the snapshots of texts; read the difference before you keep it.")
@click.option("--write-missing", "missing", is_flag=True, help="Write the smallest cases that exercise what no test does into the file beside the playbook; read them before you keep them.")
@click.option("--watch", is_flag=True, help="Run again whenever a file changes, until you stop it.")
@click.option("--templates", "folders", type=FOLDER, multiple=True, metavar="DIR", help="Your own wordings, for tests that read texts.")
@click.option("--letterhead", type=CASE, metavar="FILE", help="Your letterhead, for tests that read texts.")
@click.option(
    "--format", "form", type=click.Choice(_FORMS), default=None, help="How to print it.  [default: text; github in GitHub Actions]"
)
def command(
    paths: tuple[Path, ...], words: tuple[str, ...], least: int | None, folders: tuple[Path, ...], letterhead: Path | None, form: str | None,
    *, covered: bool, update: bool, missing: bool, watch: bool,
) -> None:  # fmt: skip
    """Run the tests of playbooks: `*.test.yaml` files, playbooks (the tests beside them) or folders; the whole project by default.

    \b
    relance test playbooks
    relance test playbooks -k promesse --watch
    relance test playbooks --coverage --fail-under 90
    relance test mine.yaml --write-missing

    Exit code 0 when all pass, 1 when one fails or too little is exercised, 2 when a file cannot be read or run, or nothing is to be run.
    """  # noqa: D301 - \b is click's
    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    asked = _Asked(paths or (root_here(),), words, form, covered or least is not None, least, update, missing, folders, letterhead)
    if watch:
        _watched(asked)
        return
    if status := _run(asked):
        end(status)


def _run(asked: _Asked) -> int:
    """Run the tests once and print what came of them; return the exit code."""
    from relance.cli.missing_tests import write_missing
    from relance.simulation.playbook_tests import SUFFIX, run_file, test_files

    names = dict.fromkeys(found for path in asked.paths for found in test_files(path) if not asked.missing or found.name.endswith(SUFFIX))
    if asked.missing and not names:
        write_missing(asked.paths, ())
        return 0
    if not names:
        raise Stop(sentence("there is no *.test.yaml file in {paths}", paths=[str(path) for path in asked.paths]))
    read = [_read(name) for name in names]
    files = [_named(file, asked.words) for file in read if file is not None]
    if asked.words and not any(file.tests for file in files):
        raise Stop(sentence("no test has {words} in its name", words=list(asked.words)))
    results = [run_file(file) for file in files if file.tests or not asked.words]
    results = [_with_texts(result, asked) for result in results]
    if asked.missing:
        write_missing(asked.paths, results)
    covered = _covered(results, asked) if asked.covered else []
    _print(results, covered, asked.form)
    if None in read:
        return 2
    return 1 if any(not result.passed for file in results for result in file.results) or _too_little(covered, asked.least) else 0


def _read(path: Path) -> TestFile | None:
    from relance.simulation.playbook_tests import read_tests

    try:
        file, findings = read_tests(path)
    except OSError as error:
        click.echo(tell("Error: {message}", message=sentence("{path} cannot be read: {reason}", path=path, reason=system_words(error))), err=True)
        return None
    show(findings if file is not None else errors(findings))
    return file


def _named(file: TestFile, words: Sequence[str]) -> TestFile:
    """Keep the tests whose name has all words of one of the texts asked for, accents and capitals aside."""
    from relance.language.vocabulary import folded

    def fits(test: PlayTest) -> bool:
        name = folded(test.name)
        return not words or any(all(folded(word) in name for word in each.split()) for each in words)

    return replace(file, tests=tuple(test for test in file.tests if fits(test)))


def _with_texts(file: FileResult, asked: _Asked) -> FileResult:
    """Read the texts that tests ask for, and write down what happened where that is asked."""
    if any(wanted.text is not None for result in file.results for wanted in result.test.expect):
        from relance.letters.tested_texts import with_texts

        with _studio(file, asked) as studio:
            if asked.update:
                _keep(file, studio)
            file = with_texts(file, studio)
    if asked.update:
        _update(file)
    return file


def _studio(file: FileResult, asked: _Asked) -> Studio:
    from relance.cli.posting import letterhead_of
    from relance.letters.context import Writing
    from relance.letters.document import Studio
    from relance.letters.sample import AGENCY
    from relance.letters.wording import Templates

    paper = letterhead_of(asked.letterhead)
    agency = file.file.playbook.collector == "agency"
    return Studio(Templates(*asked.templates), Writing(letterhead=AGENCY if agency and not paper.sender else paper, agency=agency))


def _keep(file: FileResult, studio: Studio) -> None:
    from relance.letters.tested_texts import snapshots
    from relance.letters.wording import WordingError

    try:
        found = snapshots(file, studio)
    except WordingError:
        return  # told of the test
    for path, text in found.items():
        if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text, linked=True)
            click.echo(tell("{path}: the text as it is now was written; read it before you keep it", path=path), err=True)


def _update(file: FileResult) -> None:
    from relance.simulation.updated_tests import updated

    path = Path(file.file.path)
    before = path.read_bytes().decode("utf-8-sig")
    if (after := updated(before, file)) != before:
        write_whole(path, after, linked=True)
        click.echo(tell("{path}: what happened was written; read the difference before you keep it", path=path), err=True)


def _covered(results: list[FileResult], asked: _Asked) -> list[Coverage]:
    """Say what of each playbook is exercised; a playbook without a test has nothing exercised."""
    from relance.checking import kind_of_file, search
    from relance.language import load_playbook
    from relance.simulation.coverage import coverage

    tested = {str(Path(str(each.file.playbook_path)).resolve()) for each in results}
    named = [each for path in asked.paths for each in (search(path) if path.is_dir() else ())]
    others = [each for each in named if str(each.resolve()) not in tested and kind_of_file(each) == "playbook"]
    untested = [playbook for each in others if (playbook := load_playbook(each, checks=False)[0]) is not None]
    return [*(coverage(each.file.playbook, each.results) for each in results), *(coverage(playbook, ()) for playbook in untested)]


def _too_little(covered: list[Coverage], least: int | None) -> bool:
    from relance.report.tests import percent_of

    if least is None or percent_of(covered) >= least:
        return False
    click.echo(tell("{percent} % is exercised, and {least} % is asked for", percent=percent_of(covered), least=least), err=True)
    return True


def _print(results: list[FileResult], covered: list[Coverage], form: str) -> None:
    from relance.report.tests import tests_github, tests_json, tests_junit, tests_text

    if form == "json":
        print_json(tests_json(results, covered))
    elif form == "junit":
        click.echo(tests_junit(results), nl=False)
    else:
        click.echo(tests_text(results, covered))
        if form == "github":
            for line in tests_github(results):
                click.echo(line)


def _watched(asked: _Asked) -> None:
    """Run the tests, then again whenever a file below what was named changes."""
    from relance.cli.watching import changes

    for _ in changes((*asked.paths, *asked.templates)):
        try:
            _run(asked)
        except Stop as stop:
            click.echo(stop.format_message(), err=True)
        click.echo(tell("waiting for a file to change; Ctrl-C ends it"), err=True)
