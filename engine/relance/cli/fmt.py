"""`relance fmt`: playbooks and the files beside them, indented alike; comments, order and quotes stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from relance.cli.common import Stop, end, write_whole
from relance.sentences import sentence, tell


@click.command(name="fmt")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@click.option("--check", "only", is_flag=True, help="Write nothing; exit 1 where a file would change.")
def command(paths: tuple[Path, ...], *, only: bool) -> None:
    """Indent files alike: playbooks, tests and the files beside them, or folders; the folder one is in by default.

    Comments, the order of keys and quotes stay as they are, and so does the meaning: a file that cannot be read is left alone.
    """
    from relance.language.layout import relaid

    files = list(dict.fromkeys(found for path in paths or (Path(),) for found in _files(path)))
    if not files:
        raise Stop(sentence("there is no file that relance reads in {paths}", paths=[str(path) for path in paths] or ["."]))
    changed = unread = 0
    for path in files:
        before = path.read_bytes().decode("utf-8", "replace")
        after = relaid(before)
        if after is None:
            unread += 1
            click.echo(tell("{path}: left alone, for it cannot be read: `relance validate {path}` says why", path=path), err=True)
        elif after != before:
            changed += 1
            click.echo(tell("{path}: would be laid out anew", path=path) if only else tell("{path}: laid out anew", path=path))
            if not only:
                write_whole(path, after, linked=True)
    if unread:
        end(2)
    if only and changed:
        end(1)


def _files(path: Path) -> Iterator[Path]:
    from relance.checking import kind_of_file, search

    if path.is_file():
        yield path
        return
    yield from (each for each in search(path) if kind_of_file(each) is not None)
