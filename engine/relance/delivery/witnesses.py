"""Where witnessed heads are laid: a file beside the journal, and second places that whoever rewrites the journal does not reach.

A second place is a folder or file, an https:// address (POST, text/plain) or a mailto: address. Owns laying signed notes there, and
finding those that lie in files; what they say, `journal.checkpoints` knows. Nothing that is laid is ever taken away or rewritten.
"""

from __future__ import annotations

import http.client
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.x509 import Certificate

from relance.delivery.smtp import Postman, TransmissionResult
from relance.delivery.time_authority import TimeAuthority, stamped_notes
from relance.files import PRIVATE
from relance.journal import checkpoints
from relance.journal.checkpoints import Checkpoint, Witnessed
from relance.journal.journal import Journal
from relance.journal.signed_note import Signer, Verifier
from relance.letters.email import Mail
from relance.sentences import sentence, system_words

SUFFIX = ".checkpoints"
_TIMEOUT = 30.0
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class WitnessPlace:
    """A place for signed notes, as it was named; `name` is the file's name in a folder."""

    said: str
    name: str

    @property
    def path(self) -> Path | None:
        """Return the file, or None where the place is none."""
        if re.match(r"(https?|mailto):", self.said):
            return None
        path = Path(self.said)
        return path / self.name if path.is_dir() or self.said.endswith("/") else path

    def mistake(self) -> str | None:
        """Say what is wrong with it, or None."""
        parts = urlsplit(self.said)
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            return sentence("'{place}': heads are witnessed at an https:// address", place=self.said)
        return None


@dataclass(frozen=True, slots=True)
class WitnessReport:
    """What came of witnessing: how many heads were signed, chains that were rewritten since, and what did not take the notes or stamp them."""

    signed: int = 0
    rewritten: tuple[Witnessed, ...] = ()
    trouble: tuple[str, ...] = ()
    unstamped: tuple[str, ...] = ()


def beside(where: str) -> str | None:
    """Name the file for checkpoints beside a journal's; None for a database on a server."""
    path = where.removeprefix("sqlite:///")
    return None if "://" in path else path + SUFFIX


def file_name(where: str) -> str:
    """Name the file that a journal's notes are laid into in a folder that may hold those of others."""
    stem = re.sub(r"[^\w.-]+", "-", where.rpartition("@")[2].rpartition("://")[2])
    return f"{stem.strip('-') if '://' in where else Path(where).name}{SUFFIX}"


def checkpoints_in(places: Iterable[WitnessPlace], key: Verifier, roots: Sequence[Certificate] = ()) -> tuple[Checkpoint, ...]:
    """Return every checkpoint that lies in these places' files and that the key signed, each once. Raises OSError.

    Their time-stamps are verified where `roots` say whom they have to come from.
    """
    points: dict[tuple[str, int, bytes, str], Checkpoint] = {}
    for place in places:
        path = place.path
        if path is not None and path.is_file():
            for note in checkpoints.notes("\n".join(_texts(path.read_bytes()))):
                point = checkpoints.read(note, key, roots)
                if point is not None:
                    known = points.setdefault((point.creditor, point.entries, point.root, point.head), point)
                    points[point.creditor, point.entries, point.root, point.head] = checkpoints.joined_points(known, point)
    return tuple(points.values())


def _texts(content: bytes) -> Iterator[str]:
    """Yield what a file says: itself, or of a mail as it was saved, or a mailbox of them, the texts that they carry encoded."""
    yield content.decode("utf-8", "replace")
    if b"\ncontent-transfer-encoding:" not in content.lower():
        return
    for mail in re.split(rb"^From .*\n", content, flags=re.MULTILINE):
        for part in BytesParser(policy=policy.default).parsebytes(mail).walk():
            if part.get_content_type() == "text/plain":
                raw = part.get_payload(decode=True)
                yield raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def witness(
    journal: Journal,
    key: Signer,
    places: Sequence[WitnessPlace],
    postman: Callable[[], Postman] | None = None,
    sender: str = "",
    authority: TimeAuthority | None = None,
) -> WitnessReport:
    """Sign the heads that are news, have them stamped, and lay them in every place. Raises JournalError; what a place refuses is told, not raised.

    `postman` gives who hands mails over, and `sender` is the address they come from; without them no mail is sent.
    """
    assert journal.now is not None
    try:
        known = checkpoints_in(places, key.verifier)
    except OSError as error:
        return WitnessReport(trouble=(sentence("{what}: {why}", what=error.filename, why=system_words(error)),))
    notes, rewritten = checkpoints.sign(journal.engine, key, journal.now(), known)
    notes, unstamped = stamped_notes(notes, authority, journal.now())
    trouble = [] if not notes else [why for place in places if (why := _lay(place, "\n".join(notes), postman, sender)) is not None]
    return WitnessReport(len(notes), tuple(rewritten), tuple(trouble), tuple(unstamped))


def _lay(place: WitnessPlace, notes: str, postman: Callable[[], Postman] | None, sender: str) -> str | None:
    path = place.path
    try:
        if path is not None:
            _append(path, notes)
            return None
        if place.said.startswith("mailto:"):
            return _mail(place, notes, postman, sender)
        _post(place.said, notes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return sentence("{what}: {why}", what=place.said, why=getattr(error, "reason", None) or system_words(error))
    return None


def _append(path: Path, notes: str) -> None:
    """Append to a file and have it on the disk; a link is not followed: it is no file that was asked for."""
    before = "\n" if path.is_file() and path.stat().st_size else ""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), PRIVATE), "ab") as stream:
        stream.write((before + notes).encode())


def _post(url: str, notes: str) -> None:
    request = urllib.request.Request(url, notes.encode(), {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "relance"}, method="POST")  # noqa: S310 (`mistake` allows https alone)
    with urllib.request.urlopen(request, timeout=_TIMEOUT):  # noqa: S310
        return


def _mail(place: WitnessPlace, notes: str, postman: Callable[[], Postman] | None, sender: str) -> str | None:
    to = place.said.removeprefix("mailto:")
    if postman is None or not sender:
        return sentence("{place}: no mail server is set (RELANCE_SMTP_HOST), or no address to write from (RELANCE_WITNESS_FROM)", place=place.said)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, f"relance: {place.name}"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notes, cte="base64")
    with postman() as server:
        done = server.hand_over(Mail(sender, to, "", message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")))
    return None if done.result is TransmissionResult.SENT else f"{place.said}: {done.words}"
