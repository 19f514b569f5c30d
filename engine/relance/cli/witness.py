"""Witnessing for commands: the key, the places and the mail server come from the environment; what went wrong is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli import common
from relance.cli.common import Stop
from relance.cli.defaults import project_here
from relance.cli.posting import environment, postman
from relance.sentences import sentence, system_words, tell, told

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from relance.delivery.time_authority import TimeAuthority
    from relance.delivery.witnesses import WitnessPlace
    from relance.journal.journal import Journal
    from relance.journal.signed_note import Signer, Verifier


def places_of(where: str, more: tuple[str, ...] = ()) -> list[WitnessPlace]:
    """Return the places of a journal's checkpoints: the file beside it, and those of RELANCE_WITNESS."""
    from relance.delivery.witnesses import WitnessPlace, beside, file_name

    own = environment("RELANCE_CHECKPOINTS") or beside(where)
    named = [*([own] if own else []), *environment("RELANCE_WITNESS").split(), *more]
    places = [WitnessPlace(each, file_name(where)) for each in dict.fromkeys(named)]
    if wrong := next(filter(None, (place.mistake() for place in places)), None):
        raise Stop(wrong)
    return places


def signer() -> Signer | None:
    """Read the private key that RELANCE_KEY names; None where it names none, unless the project says that heads are signed: then stop."""
    from relance.journal.signed_note import BadKey, Signer

    place = environment("RELANCE_KEY")
    if not place:
        project = project_here()
        if project is not None and project.signed:
            raise Stop(tell("{path} says that the heads of the journal are signed: name the key by RELANCE_KEY", path=project.path))
        return None
    try:
        return Signer.read(Path(place).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadKey) as error:
        raise Stop(sentence("RELANCE_KEY, '{place}': {what}", place=place, what=system_words(error))) from error


def can_witness() -> None:
    """Stop where heads are to be signed, or stamped, and cannot be: what is to be witnessed is not begun then."""
    signer()
    time_authority()


def verifier(given: str | None) -> Verifier | None:
    """Read the public key that was given, as a file or in words; else that of RELANCE_KEY; None without either."""
    from relance.journal.signed_note import BadKey, Verifier

    if given is None:
        key = signer()
        return None if key is None else key.verifier
    try:
        path = Path(given)
        return Verifier.read(path.read_text(encoding="utf-8") if path.is_file() else given)
    except (OSError, UnicodeDecodeError, BadKey) as error:
        raise Stop(tell("--key '{given}': {value}", given=given, value=system_words(error))) from error


def time_authority() -> TimeAuthority | None:
    """Return who stamps the signed heads, by RELANCE_TSA and RELANCE_TSA_CA; None where none is named."""
    from relance.delivery.time_authority import TimeAuthority

    url = environment("RELANCE_TSA")
    if not url:
        return None
    import rfc3161_client  # noqa: F401  (what is missing is said before anything is done)

    if not (roots := trusted()):
        raise Stop(tell("RELANCE_TSA names an authority: name the certificate that its own leads to, as a PEM file, by RELANCE_TSA_CA"))
    authority = TimeAuthority(url, roots)
    if mistake := authority.mistake():
        raise Stop(sentence("RELANCE_TSA, '{what}': {what_2}", what=url.rpartition("@")[2], what_2=told(mistake)))
    return authority


def trusted(given: Path | None = None) -> tuple[Certificate, ...]:
    """Read the certificates that a time-stamp has to lead to: those given, else those of RELANCE_TSA_CA; empty without either."""
    from relance.journal.timestamps import BadTimestamp, roots_in

    named = str(given or environment("RELANCE_TSA_CA"))
    try:
        return roots_in(Path(named).read_bytes()) if named else ()
    except (OSError, BadTimestamp) as error:
        why = system_words(error) if isinstance(error, OSError) else error.args[0]
        raise Stop(sentence("{option}, '{file}': {why}", option="--tsa-ca" if given else "RELANCE_TSA_CA", file=named, why=why)) from error


def witnessed(journal: Journal, where: str) -> bool:
    """Sign the journal's heads where a key is named; say what went wrong, and return whether nothing did."""
    key = signer()
    if key is None:
        return True
    from relance.delivery.witnesses import witness

    places = places_of(where)
    if not places:
        click.echo(tell("the heads were not signed: RELANCE_CHECKPOINTS names no file for them, and a journal on a server has none beside it"), err=True)
        return False
    mailing = postman if environment("RELANCE_SMTP_HOST") else None
    done = witness(journal, key, places, mailing, environment("RELANCE_WITNESS_FROM"), time_authority())
    for each in done.rewritten:
        click.echo(
            tell("{creditor}: the journal was rewritten since its head was witnessed, and is not signed: `relance journal verify`", creditor=each.creditor),
            err=True,
        )
    for trouble in done.trouble:
        click.echo(tell("the heads were signed, and could not be laid everywhere: {trouble}", trouble=trouble), err=True)
    for trouble in done.unstamped:
        click.echo(tell("the heads were signed without a time-stamp: {trouble}", trouble=trouble), err=True)
    return not (done.rewritten or done.trouble or done.unstamped)


def head_note(journal: Journal, creditor: str, entries: int) -> str:
    """Sign that a creditor's chain has so many entries, and have it stamped where an authority is named; empty where no key is."""
    from relance.journal.checkpoints import note_of

    key = signer()
    return "" if key is None else _stamped(note_of(journal.engine, key, creditor, entries, common.now()))


def _stamped(note: str) -> str:
    """Have a note stamped where an authority is named; say where it was not."""
    from relance.delivery.time_authority import stamped_notes

    (done,), trouble = stamped_notes([note], time_authority(), common.now())
    for each in trouble:
        click.echo(tell("the heads were signed without a time-stamp: {trouble}", trouble=each), err=True)
    return done
