"""`relance journal`: verify the books, carry them out and in, back them up, and their settings."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.common import Stop, end, format_option, journal_option, opened, print_json
from relance.files import whole

if TYPE_CHECKING:
    from relance.journal.verification import Audit

_HEAD = re.compile(r"(.+):(\d+):([0-9a-f]{64})")


@click.group(name="journal")
def command() -> None:
    """Verify, export, import, back up and restore the journal."""


@command.command()
@click.option(
    "--head", "heads", multiple=True, metavar="CREDITOR:ENTRIES:HASH", help="A head noted earlier, which must still stand where it stood."
)
@format_option("text", "json")
@journal_option
def verify(heads: tuple[str, ...], form: str, where: str) -> None:
    """Verify every chain, and everything kept beside them; name the first entry that does not fit."""
    anchors = {}
    for head in heads:
        noted = _HEAD.fullmatch(head)
        if not noted:
            raise Stop(f"'{head}' is no CREDITOR:ENTRIES:HASH as this command prints it")
        anchors[noted[1]] = (int(noted[2]), noted[3])
    with opened(where) as journal:
        from relance.journal import verification

        found = verification.verify(journal.engine, anchors)
    if form == "json":
        chains = [{"creditor": chain.creditor, "entries": chain.entries, "head": chain.head} for chain in found.chains]
        breaks = [{"creditor": broken.creditor or None, "seq": broken.seq or None, "message": broken.message} for broken in found.breaks]
        print_json({"version": 1, "whole": not found.breaks, "chains": chains, "breaks": breaks})
    else:
        _show(found)
    if found.breaks:
        end(1)


def _show(found: Audit) -> None:
    for broken in found.breaks:
        place = f"{broken.creditor}, entry {broken.seq}" if broken.seq else "beside the chains"
        click.echo(f"{place}: {broken.message}")
    for chain in found.chains:
        click.echo(f"{chain.creditor}:{chain.entries}:{chain.head}")
    if not found.breaks:
        click.echo(
            f"whole: {sum(chain.entries for chain in found.chains)} entries in {len(found.chains)} chains; note these heads somewhere else"
        )


@command.command(name="export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; standard output by default.")
@journal_option
def export_(out: Path | None, where: str) -> None:
    """Write the whole journal as JSON lines, personal data and documents included."""
    with opened(where) as journal:
        from relance.journal.backup import export

        if out is None:
            for line in export(journal.engine):
                sys.stdout.buffer.write(line)
            return
        _write(out, export(journal.engine), packed=False)


@command.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@journal_option
def import_(file: Path, where: str) -> None:
    """Bring the lines of an export into a new journal, verified before anything is kept."""
    _bring_in(file, where)


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@journal_option
def backup(file: Path, where: str) -> None:
    """Verify the journal and write all of it to FILE, compressed. An existing file is not overwritten."""
    with opened(where) as journal:
        from relance.journal import verification
        from relance.journal.backup import export

        found = verification.verify(journal.engine)
        if found.breaks:
            _show(found)
            end(1)
        _write(file, export(journal.engine), packed=True)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    click.echo(f"{file}: {file.stat().st_size} bytes, sha256 {digest}, {sum(chain.entries for chain in found.chains)} entries")


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@journal_option
def restore(file: Path, where: str) -> None:
    """Restore a backup into a new journal, verified before anything is kept."""
    _bring_in(file, where)


@command.command()
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
@journal_option
def settings(changes: tuple[str, ...], where: str) -> None:
    """Show the retention periods in months, or change some: retention.notes=36."""
    with opened(where) as journal:
        from relance.journal.retention import periods, set_period

        for change in changes:
            name, _, value = change.partition("=")
            wrong = set_period(journal, name.removeprefix("retention."), value)
            if wrong:
                raise Stop(wrong)
        for kind, period in periods(journal).items():
            click.echo(f"retention.{kind}={period.months}  # months; {period.source}")


def _bring_in(file: Path, where: str) -> None:
    with opened(where, create=True, new=True) as journal:
        from relance.journal.backup import Damaged, bring_in, expanded

        def lines() -> Iterator[bytes]:
            with file.open("rb") as source:
                yield from expanded(source)

        try:
            found = bring_in(journal.engine, lines)
        except Damaged as damaged:
            _show(damaged.found)
            click.echo("nothing was imported", err=True)
            end(1)
    click.echo(f"imported: {sum(chain.entries for chain in found.chains)} entries in {len(found.chains)} chains, verified")


def _write(file: Path, lines: Iterator[bytes], *, packed: bool) -> None:
    """Write a file whole or not at all."""
    from relance.journal.backup import compressed

    if file.exists():
        raise Stop(f"'{file}' is already there and is not overwritten")
    try:
        with whole(file) as out:
            if packed:
                compressed(lines, out)
            else:
                out.writelines(lines)
    except OSError as error:
        raise Stop(f"'{file}' cannot be written: {error.strerror}") from error
