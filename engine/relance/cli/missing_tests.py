"""What `relance test --write-missing` does: the smallest cases that a playbook's tests lack, written beside it, for a person to read and to keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, counting, write_whole
from relance.sentences import tell, tell_number, told

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
    from relance.checking import kind_of_file, search
    from relance.language import load_playbook
    from relance.simulation.playbook_tests import SUFFIX

    tested = set()
    for each in results:
        tested.add(Path(str(each.file.playbook_path)).resolve())
        yield each.file.playbook, Path(each.file.path), each
    for path in paths:
        for each_path in search(path) if path.is_dir() else (path,):
            if each_path.resolve() in tested or each_path.name.endswith(SUFFIX) or kind_of_file(each_path) != "playbook":
                continue
            playbook, _ = load_playbook(each_path, checks=False)
            if playbook is not None:
                yield playbook, each_path.with_name(each_path.name.removesuffix(each_path.suffix) + SUFFIX), None


def _add(beside: Path, playbook: Playbook, found: MissingTests) -> None:
    """Put tests at the end of a file, or begin it."""
    from relance.simulation.written_tests import with_tests

    text = beside.read_bytes().decode("utf-8-sig") if beside.is_file() else None
    try:
        write_whole(beside, with_tests(text, found.tests, playbook.id, str(beside)))
    except ValueError as error:
        raise Stop(error.args[0]) from error


def _played(name: str, count: int) -> str:
    return tell_number("{playbook}: {count} case played", "{playbook}: {count} cases played", count, playbook=name)
