"""`relance journal`: verify the books, carry them out and in, back them up, and their settings."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from relance.cli.common import (
    FILE,
    Stop,
    actor_option,
    echo_filled,
    end,
    format_option,
    journal_option,
    opened,
    print_json,
    today,
)
from relance.cli.witness import places_of, trusted, verifier
from relance.files import whole
from relance.sentences import plural, sentence, system_words, tell, told

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from relance.journal.checkpoints import Checkpoint, Witnessed
    from relance.journal.journal import Journal
    from relance.journal.verification import Audit

_HEAD = re.compile(r"(.+):(\d+):([0-9a-f]{64})")


@click.group(name="journal")
def command() -> None:
    """Verify, export, import, back up and restore the journal."""


@command.command()
@click.option(
    "--head", "heads", multiple=True, metavar="CREDITOR:ENTRIES:HASH", help="A head noted earlier, which must still stand where it stood."
)
@click.option("--checkpoints", "more", multiple=True, metavar="FILE|DIR", help="Where witnessed heads lie, beside the usual places.")
@click.option("--key", "public", metavar="FILE|KEY", help="The public key they were signed with; that of RELANCE_KEY by default.")
@click.option("--tsa-ca", type=FILE, metavar="FILE", help="The certificate that time-stamps have to lead to, as PEM; that of RELANCE_TSA_CA by default.")
@format_option("text", "json")
@journal_option
def verify(heads: tuple[str, ...], more: tuple[str, ...], public: str | None, tsa_ca: Path | None, form: str, where: str) -> None:
    """Verify every chain, everything kept beside them, and all of it against what was witnessed; name the first entry that does not fit.

    Nothing is written: a copy on a medium that cannot be written to is verified as well.
    """
    anchors = {}
    for head in heads:
        noted = _HEAD.fullmatch(head)
        if not noted:
            raise Stop(tell("'{head}' is no CREDITOR:ENTRIES:HASH as this command prints it", head=head))
        anchors[noted[1]] = (int(noted[2]), noted[3])
    points = _points(where, more, public, trusted(tsa_ca))
    with opened(where, read_only=True) as journal:
        from relance.journal import verification

        found = verification.verify(journal.engine, anchors, points or ())
    if form == "json":
        witnessed = {each.creditor: each for each in found.witnessed}
        chains = [
            {"creditor": chain.creditor, "entries": chain.entries, "head": chain.head, **_witness_data(witnessed.get(chain.creditor))}
            for chain in found.chains
        ]
        breaks = [{"creditor": broken.creditor or None, "seq": broken.seq or None, "message": broken.message} for broken in found.breaks]
        print_json({"version": 1, "whole": not found.breaks, "chains": chains, "breaks": breaks})
    else:
        _show(found, sought=points is not None)
    if found.breaks:
        end(1)


def _points(where: str, more: tuple[str, ...], public: str | None, roots: tuple[Certificate, ...]) -> tuple[Checkpoint, ...] | None:
    """Read what was witnessed of a journal; None where no key says whose signatures count."""
    key = verifier(public)
    if key is None:
        if more:
            raise Stop(tell("by which key checkpoints count is not said: name the public key by --key, or RELANCE_KEY"))
        return None
    from relance.delivery.witnesses import WitnessPlace, checkpoints_in, file_name

    try:
        for each in more:
            if not checkpoints_in([WitnessPlace(each, file_name(where))], key, roots):
                raise Stop(tell("there is no checkpoint at '{lost}' that this key signed", lost=each))
        return checkpoints_in(places_of(where, more), key, roots)
    except OSError as error:
        raise Stop(tell("'{path}' cannot be read: {why}", path=error.filename, why=system_words(error))) from error


def _witness_data(found: Witnessed | None) -> dict[str, Any]:
    """Say up to where a chain is witnessed, and up to where by an authority's time-stamp."""
    data: dict[str, Any] = {}
    if found is not None and found.last is not None:
        data["witnessed"] = {"entries": found.last.entries, "at": found.last.at.isoformat()}
    if found is not None and found.stamped is not None and found.stamped.stamp is not None:
        stamp = found.stamped.stamp
        data["stamped"] = {"entries": found.stamped.entries, "at": stamp.at.isoformat(), "by": stamp.by}
    return data


def _show(found: Audit, *, sought: bool = False) -> None:
    from relance.journal.checkpoints import moment

    for broken in found.breaks:
        place = tell("{creditor}, entry {number}", creditor=broken.creditor, number=broken.seq) if broken.seq else tell("beside the chains")
        click.echo(tell("{where}: {why}", where=place, why=told(broken.message)))
    witnessed = {each.creditor: each for each in found.witnessed}
    for chain in found.chains:
        click.echo(f"{chain.creditor}:{chain.entries}:{chain.head}")
        each = witnessed.get(chain.creditor)
        if each is not None and each.last is not None:
            click.echo("  " + tell("witnessed up to entry {number} on {day}", number=each.last.entries, day=each.last.said))
        if each is not None and each.stamped is not None and (stamp := each.stamped.stamp) is not None:
            click.echo("  " + tell("time-stamped up to entry {number} on {day} by {name}", number=each.stamped.entries, day=moment(stamp.at), name=stamp.by))
    if not found.breaks:
        entries = plural("{count} entry", "{count} entries", sum(chain.entries for chain in found.chains))
        click.echo(tell("whole: {entries} in {chains}", entries=entries, chains=plural("{count} chain", "{count} chains", len(found.chains))))
        if sought and not any(each.last for each in found.witnessed):
            click.echo(tell("no head of it was witnessed with this key"))
        elif not sought:
            click.echo(tell("note these heads somewhere else, or have them signed: `relance journal key new`"))


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
    entries = plural("{count} entry", "{count} entries", sum(chain.entries for chain in found.chains))
    click.echo(tell("{file}: {size} bytes, sha256 {digest}, {entries}", file=file, size=file.stat().st_size, digest=digest, entries=entries))


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@journal_option
def restore(file: Path, where: str) -> None:
    """Restore a backup into a new journal, verified before anything is kept."""
    _bring_in(file, where)


@command.group(name="key")
def key() -> None:
    """Make the key that heads are signed with, or show its public half."""


@key.command(name="new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", default="relance", show_default=True, metavar="NAME", help="Whose key it is, as your domain: agence.example.")
def key_new(file: Path, name: str) -> None:
    """Make a key: FILE is the secret, for its owner alone; FILE.pub is for whoever verifies. An existing file is not overwritten."""
    from relance.files import new_file
    from relance.journal.signed_note import BadKey, Signer

    public = file.with_name(f"{file.name}.pub")
    try:
        made = Signer.new(name)
        new_file(public, f"{made.verifier}\n")
        new_file(file, f"{made.written()}\n")
    except FileExistsError as error:
        raise Stop(tell("'{path}' is already there and is not overwritten", path=error.filename)) from error
    except (OSError, BadKey) as error:
        raise Stop(str(error)) from error
    click.echo(tell("{file}: the private key. Keep it where whoever may write to the journal does not reach it, and name it by RELANCE_KEY", file=file))
    click.echo(tell("{public}: the public key: {verifier}", public=public, verifier=made.verifier))


@key.command(name="show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def key_show(file: Path) -> None:
    """Print the public half of a key."""
    from relance.journal.signed_note import NO_KEY, BadKey, Signer

    try:
        click.echo(str(Signer.read(file.read_text(encoding="utf-8")).verifier))
    except OSError as error:
        raise Stop(sentence("{what}: {why}", what=f"'{file}'", why=system_words(error))) from error
    except UnicodeDecodeError as error:
        raise Stop(sentence("{what}: {why}", what=f"'{file}'", why=NO_KEY)) from error
    except BadKey as error:
        raise Stop(sentence("{what}: {why}", what=f"'{file}'", why=error)) from error


@command.command()
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
@actor_option
@journal_option
def settings(changes: tuple[str, ...], actor: str, where: str) -> None:
    """Show the journal's settings, or declare some, in the chains: retention.notes=36 (months), plans.late=resumes.

    retention.run=1 erases at each run what has been kept long enough; 0 leaves that to `relance forget --expired`.
    plans.late is how plans of before are read, which do not say it themselves: one missed instalment ends them, or they resume once it has come.
    """
    with opened(where) as journal:
        from relance.journal import plan_setting
        from relance.journal.expiry import runs_by_itself
        from relance.journal.retention import periods, set_period

        for change in changes:
            name, _, value = change.partition("=")
            if name == plan_setting.SETTING:
                wrong = _declare_late(journal, value, actor)
            else:
                wrong = set_period(journal, name.removeprefix("retention."), value, on=today(), actor=actor)
            if wrong:
                raise Stop(wrong)
        for kind, period in periods(journal).items():
            echo_filled(f"retention.{kind}={period.months}  # {tell('months; {source}', source=told(period.source))}", hang=4)
        echo_filled(tell("retention.run={value}  # 1: each run erases what has been kept long enough", value=int(runs_by_itself(journal))), hang=4)
        echo_filled(tell("plans.late={value}  # after a late instalment a plan of before: ends or resumes", value=plan_setting.late_of(journal)), hang=4)


def _declare_late(journal: Journal, word: str, actor: str) -> str | None:
    from relance.journal.plan_setting import declare_late

    try:
        there = declare_late(journal, word, on=today(), actor=actor)
    except ValueError:
        return tell("'{word}' is neither resumes (a plan whose arrears came is in force again) nor ends", word=word)
    return None if there else tell("the journal knows no creditor yet, so there is no plan of before")


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
            click.echo(tell("nothing was imported"), err=True)
            end(1)
    entries = plural("{count} entry", "{count} entries", sum(chain.entries for chain in found.chains))
    click.echo(tell("imported: {entries} in {chains}, verified", entries=entries, chains=plural("{count} chain", "{count} chains", len(found.chains))))


def _write(file: Path, lines: Iterator[bytes], *, packed: bool) -> None:
    """Write a file whole or not at all."""
    from relance.journal.backup import compressed

    if file.exists() or file.is_symlink():
        raise Stop(tell("'{path}' is already there and is not overwritten", path=file))
    try:
        with whole(file) as out:
            if packed:
                compressed(lines, out)
            else:
                out.writelines(lines)
    except OSError as error:
        raise Stop(tell("'{path}' cannot be written: {why}", path=file, why=system_words(error))) from error
