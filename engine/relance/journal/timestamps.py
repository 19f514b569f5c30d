"""Time-stamps of signed notes (RFC 3161): an authority's word that a note was there at a moment, kept in the note and verified offline.

A time-stamp stands in its note as one more signature, of the type that signed notes leave to others (0xff): the authority's answer whole,
after the four bytes of its id, over the note as it was before that line. Other tools pass over it; `openssl ts` reads the answer.
Owns asking, keeping and verifying it; who carries it over, `delivery.time_authority` knows. Why so: docs/decisions/157.
"""

from __future__ import annotations

import base64
import hashlib
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509

from relance.errors import RelanceError
from relance.sentences import sentence

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

_OTHER = b"\xff"
_KIND = b"RFC 3161"
_DASH = "\u2014"


class BadTimestamp(RelanceError):  # noqa: N818 - it says what it is
    """A time-stamp that cannot be believed, or an answer that is none. The text is for the user."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """When an authority saw a note, and the name by which the note calls it."""

    at: datetime
    by: str


def roots_in(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Read the certificates that an authority's own has to lead to. Raises BadTimestamp where there is none."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise BadTimestamp(sentence("it holds no certificates in PEM form")) from error


def question(note: str) -> TimeStampRequest:
    """Ask for a time-stamp of a note, with a number drawn once and with the authority's certificate."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return asked.nonce(nonce=True).cert_request(cert_request=True).build()


def stamped(note: str, asked: TimeStampRequest, answer: bytes, name: str, roots: Sequence[x509.Certificate]) -> tuple[str, Timestamp]:
    """Put an answer into the note that it was asked for. Raises BadTimestamp: refused, of another note, by nobody whom these roots know."""
    found = _verified(answer, note, roots)
    if found.tst_info.nonce != asked.nonce:
        raise BadTimestamp(sentence("it answers another question"))
    packed = base64.b64encode(_id(name) + answer).decode()
    return f"{note}{_DASH} {name} {packed}\n", Timestamp(found.tst_info.gen_time.astimezone(UTC), name)


def timestamps(note: str, roots: Sequence[x509.Certificate]) -> Iterator[Timestamp]:
    """Verify every time-stamp of a note, each over what stands before it. Raises BadTimestamp at the first that does not hold."""
    before = ""
    for line in note.splitlines(keepends=True):
        dash, _, rest = line.rstrip("\n").partition(" ")
        name, _, packed = rest.rpartition(" ")
        answer = _answer(packed, name) if dash == _DASH else None
        if answer is not None:
            yield Timestamp(_verified(answer, before, roots).tst_info.gen_time.astimezone(UTC), name)
        before += line


def _id(name: str) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _OTHER + _KIND).digest()[:4]


def _answer(packed: str, name: str) -> bytes | None:
    """Return the authority's answer that a signature line holds; None where it is a signature of another kind."""
    try:
        content = base64.b64decode(packed, validate=True)
    except (Base64Error, ValueError):
        return None
    return content[4:] if content[:4] == _id(name) else None


def _verified(answer: bytes, note: str, roots: Sequence[x509.Certificate]) -> TimeStampResponse:
    """Return what an answer says, once it is found to be of this note and of an authority that these roots know. Raises BadTimestamp."""
    from rfc3161_client import PKIStatus, VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        found = decode_timestamp_response(answer)
        if PKIStatus(found.status) is not PKIStatus.GRANTED:
            why = "; ".join(found.status_string) or PKIStatus(found.status).name.replace("_", " ").lower()
            raise BadTimestamp(sentence("the authority does not give it: {why}", why=why))
        VerifierBuilder(roots=list(roots)).build().verify_message(found, note.encode())
    except ValueError as error:
        raise BadTimestamp(sentence("it is no time-stamp as RFC 3161 has it")) from error
    except VerificationError as error:
        raise BadTimestamp(_why(str(error))) from error
    return found


def _why(said: str) -> str:
    """Say in words what the library found; the rest of its saying is a stack of errors of the cipher's."""
    if said.startswith("Mismatch between"):
        return sentence("it is of another text")
    if "certificate verify error" in said:
        return sentence("who gave it does not lead to any certificate that is trusted")
    return sentence("it does not hold: {why}", why=said.partition(": ErrorStack")[0])
