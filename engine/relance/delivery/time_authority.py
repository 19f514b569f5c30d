"""A time-stamping authority over HTTP (RFC 3161, 3.4): each signed note is taken to it, and comes back with its word on the time.

Owns the carrying and what an answer may not be: refused, of another note, far from this machine's own clock. What a time-stamp
is, `journal.timestamps` knows. A note that could not be stamped is laid without: nothing waits for an archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from cryptography.x509 import Certificate

from relance.delivery.https import exchange, of_https
from relance.delivery.smtp import TransmissionResult
from relance.journal.checkpoints import MOST_APART, moment
from relance.journal.timestamps import BadTimestamp, question, stamped
from relance.sentences import sentence

_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@dataclass(frozen=True, slots=True)
class TimeAuthority:
    """Where time-stamps are asked for, and the certificates that its own has to lead to."""

    url: str
    roots: tuple[Certificate, ...]

    @property
    def name(self) -> str:
        """Name it as a signature does: host and path, without spaces or plus."""
        parts = urlsplit(self.url)
        return quote(f"{parts.hostname}{parts.path.rstrip('/')}", safe="/")

    def mistake(self) -> str | None:
        """Say what is wrong with its address, or None."""
        if "@" in urlsplit(self.url).netloc:
            return sentence("a login does not belong into an address")
        return None if of_https(self.url) or re.match("http://", self.url) else sentence("an authority is named by an http:// or https:// address")

    def stamped(self, note: str, now: datetime) -> str:
        """Have a note stamped. Raises BadTimestamp."""
        asked = question(note)
        answer = exchange(self.url, method="POST", headers=_HEADERS, content=bytes(asked.as_bytes()))
        if answer.fate.result is not TransmissionResult.SENT:
            raise BadTimestamp(answer.fate.words)
        whole, stamp = stamped(note, asked, answer.content, self.name, self.roots)
        if abs(stamp.at - now) > MOST_APART:
            raise BadTimestamp(sentence("its clock says {its}, this machine's {own}: set the clock", its=moment(stamp.at), own=moment(now)))
        return whole


def stamped_notes(notes: Iterable[str], authority: TimeAuthority | None, now: datetime) -> tuple[list[str], list[str]]:
    """Have notes stamped as far as the authority does; return them all, and what went wrong, said once."""
    done, trouble, asking = [], list[str](), authority
    for note in notes:
        try:
            done.append(note if asking is None else asking.stamped(note, now))
        except BadTimestamp as error:
            done.append(note)
            trouble.append(sentence("{where}: {why}", where=asking.url if asking else "", why=error.args[0]))
            asking = None  # who does not answer for one note is not asked for a hundred
    return done, trouble
