"""What `relance test --write-missing` does: the smallest cases that a playbook's tests lack, written beside it, for a person to read and to keep."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, counting, write_whole
from relance.sentences import sentence, tell, tell_number, told

if TYPE_CHECKING:
    from relance.model import Playbook
    from relance.proof.missing_tests import MissingTests
    from relance.simulation.playbook_tests import FileResult


def write_missing(paths: Sequence[Path], results: Sequence[FileResult]) -> None:
    """Write the tests that the playbooks lack, and say what no case that was thought of exercises."""
    from relance.proof.missing_tests import missing_tests

    for playbook, beside, ran in _playbooks(paths, results):
        found = missing_tests(playbook, [] if ran is None else ran.results, counting(partial(_played, playbook.id)), told)
        if found.tests:
            _add(beside, playbook, found)
        count = tell_number("{path}: {count} test was added; read it before you keep it", "{path}: {count} tests were added; read them before you keep them", len(found.tests), path=beside)
        click.echo(count if found.tests else tell("{path}: no test is missing that could be found", path=beside), err=True)
        for line in found.left:
            click.echo(f"  {told(line)}", err=True)


def _playbooks(paths: Sequence[Path], results: Sequence[FileResult]) -> Iterator[tuple[Playbook, Path, FileResult | None]]:
    """Yield each playbook, the file its tests stand in, and what came of those there are."""
    from relance.checking import Checker, search
    from relance.language import load_playbook
    from relance.simulation.playbook_tests import SUFFIX

    tested = set()
    for each in results:
        tested.add(Path(str(each.file.playbook_path)).resolve())
        yield each.file.playbook, Path(each.file.path), each
    checker = Checker()
    for path in paths:
        for each_path in search(path) if path.is_dir() else (path,):
            if each_path.resolve() in tested or each_path.name.endswith(SUFFIX) or checker.check_file(each_path, named=False).kind != "playbook":
                continue
            playbook, _ = load_playbook(each_path, checks=False)
            if playbook is not None:
                yield playbook, each_path.with_name(each_path.name.removesuffix(each_path.suffix) + SUFFIX), None


def _add(beside: Path, playbook: Playbook, found: MissingTests) -> None:
    """Put tests at the end of a file, or begin it."""
    from relance.language import source

    added = "".join(found.tests)
    if not beside.is_file():
        write_whole(beside, f"schema: 1\nplaybook: {playbook.id}\ntests:\n{added}")
        return
    text = beside.read_bytes().decode("utf-8-sig")
    before, _ = source.read(text, str(beside))
    tests = before.value.get("tests") if before is not None and isinstance(before.value, dict) else None
    if before is None or not isinstance(tests, list) or not tests:
        raise Stop(sentence("{path} has no list of tests to add to", path=beside))
    column = before.key(("tests", 0, "name")).column - 3  # of the dash
    whole = text.rstrip("\n") + "\n" + textwrap.indent(textwrap.dedent(added), " " * column)
    after, _ = source.read(whole, str(beside))
    if after is None or not isinstance(after.value, dict) or len(after.value.get("tests", ())) != len(tests) + len(found.tests):
        raise Stop(sentence("{path}: the list of tests is not what ends the file, or stands in brackets; nothing was written", path=beside))
    write_whole(beside, whole)


def _played(name: str, count: int) -> str:
    return tell_number("{playbook}: {count} case played", "{playbook}: {count} cases played", count, playbook=name)
