"""Witnessed heads: what a chain was at a moment, signed, in the checkpoint format of transparency logs (C2SP tlog-checkpoint).

Each creditor's chain is a log of its own: its origin is the key's name and the creditor, its leaves are the entries' hashes (64 hex
digits), its root is RFC 6962's. Two further lines say when, and the hash of the last entry, by which evidence is held against it.
Owns making, reading and comparing checkpoints; where they are laid, the caller says. Why so: docs/decisions/150.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from urllib.parse import quote, unquote

import sqlalchemy as sa
from cryptography.x509 import Certificate

from relance.journal.merkle import MerkleTree
from relance.journal.signed_note import Signer, Verifier
from relance.journal.store import JOURNAL, reading
from relance.journal.timestamps import BadTimestamp, Timestamp, timestamps
from relance.sentences import sentence

#: A clock further from a time-stamping authority's is wrong, and so are the times in its journal.
MOST_APART = timedelta(hours=1)
_PART = 1_000
_SIZE = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_NOTE = re.compile(r"(?:[^\n]+\n)+\n(?:\u2014 [^\n]+\n)+")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A chain's head as it was witnessed: how many entries, the root of their tree, when, and the hash of the last entry."""

    creditor: str
    entries: int
    root: bytes
    at: datetime
    head: str
    stamp: Timestamp | None = None  # the earliest of an authority's that was verified
    doubt: str = ""  # why a time-stamp of it cannot be believed

    @property
    def said(self) -> str:
        """Say when it was made."""
        return moment(self.at)


def moment(at: datetime) -> str:
    """Write a moment as the notes' readers do."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """How far a chain is witnessed: the last checkpoint that it fits, and the first that it does not, if there is one."""

    creditor: str
    last: Checkpoint | None
    broken: Checkpoint | None = None
    stamped: Checkpoint | None = None  # the last that it fits and that an authority stamped


def signed_checkpoint(point: Checkpoint, key: Signer) -> str:
    """Sign a checkpoint; return the note."""
    origin = origin_of(key.name, point.creditor)
    at = point.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    text = f"{origin}\n{point.entries}\n{base64.b64encode(point.root).decode()}\ntime {at}\nhead {point.head}\n"
    return key.signed(text, name=origin)


def origin_of(name: str, creditor: str) -> str:
    """Name a creditor's chain as a log: the key's name, and the creditor with what a name may not hold escaped."""
    return f"{name}/{quote(creditor, safe='')}"


def notes(text: str) -> Iterator[str]:
    """Find the notes in a file of them, or in a mail; what stands between is passed over."""
    return (found[0] for found in _NOTE.finditer(text.replace("\r\n", "\n")))


def read(note: str, key: Verifier, roots: Sequence[Certificate] = ()) -> Checkpoint | None:
    """Return the checkpoint that a note holds; None where this key did not sign it, or it is none.

    Its time-stamps are verified where `roots` say whom they have to come from, else left alone.
    """
    name, slash, creditor = note.partition("\n")[0].rpartition("/")
    text = key.named(f"{name}/{creditor}").opened(note) if slash and name == key.name else None
    lines = [] if text is None else text.splitlines()
    if len(lines) < 5 or not _SIZE.fullmatch(lines[1]) or not lines[3].startswith("time ") or not lines[4].startswith("head "):
        return None
    try:
        root, at = base64.b64decode(lines[2], validate=True), datetime.fromisoformat(lines[3].removeprefix("time "))
    except ValueError:
        return None
    point = Checkpoint(unquote(creditor), int(lines[1]), root, at, lines[4].removeprefix("head "))
    return _dated(point, note, roots) if roots else point


def joined_points(one: Checkpoint, other: Checkpoint) -> Checkpoint:
    """Make one of two notes of the same head: the earlier time-stamp counts, and every doubt."""
    stamps = [each.stamp for each in (one, other) if each.stamp is not None]
    return replace(one, stamp=min(stamps, key=lambda stamp: stamp.at, default=None), doubt=one.doubt or other.doubt)


def _dated(point: Checkpoint, note: str, roots: Sequence[Certificate]) -> Checkpoint:
    """Verify the time-stamps of a note. One of another hour than the note says was asked for by whoever dated the note otherwise."""
    try:
        found = tuple(timestamps(note, roots))
    except BadTimestamp as error:
        return replace(point, doubt=error.args[0])
    stamp = min(found, key=lambda each: each.at, default=None)
    if stamp is not None and abs(stamp.at - point.at) > MOST_APART:
        return replace(point, doubt=sentence("it is of {day} only", day=moment(stamp.at)))
    return replace(point, stamp=stamp)


def sign(engine: sa.Engine, key: Signer, at: datetime, known: Iterable[Checkpoint] = ()) -> tuple[list[str], list[Witnessed]]:
    """Sign the head of every chain that grew since it was last witnessed; return the notes, and the chains that no longer fit.

    A chain that does not fit a checkpoint known of it was rewritten: its head is not signed. Raises JournalError.
    """
    earlier = list(known)
    ends, broken = compared(engine, earlier)
    wrong = {each.creditor for each in broken if each.broken is not None}
    have = {(point.creditor, point.entries) for point in earlier}
    new = [point for point in ends if point.creditor not in wrong and (point.creditor, point.entries) not in have]
    return [signed_checkpoint(Checkpoint(one.creditor, one.entries, one.root, at, one.head), key) for one in new], [each for each in broken if each.broken is not None]


def note_of(engine: sa.Engine, key: Signer, creditor: str, entries: int, at: datetime) -> str:
    """Sign what a chain was when it had so many entries, for somebody who is shown it up to there. Raises JournalError."""
    query = sa.select(JOURNAL.c.hash).where(JOURNAL.c.creditor == creditor, JOURNAL.c.seq <= entries).order_by(JOURNAL.c.seq)
    with reading(engine) as connection:
        grown = _grown(creditor, (row[0] for row in connection.execute(query)), {})
    return signed_checkpoint(replace(grown, at=at), key)


def compared(engine: sa.Engine, points: Iterable[Checkpoint]) -> tuple[list[Checkpoint], list[Witnessed]]:
    """Hold every chain against what was witnessed of it; return the chains as they are now (undated), and how far each is witnessed."""
    by_creditor: dict[str, list[Checkpoint]] = {}
    for point in points:
        by_creditor.setdefault(point.creditor, []).append(point)
    ends, found = [], []
    with reading(engine) as connection:
        for creditor, rows in groupby(_hashes(connection), key=lambda row: row[0]):
            mine = by_creditor.pop(creditor, [])
            sizes: dict[int, tuple[bytes, str]] = dict.fromkeys((point.entries for point in mine), (b"", ""))
            end = _grown(creditor, (row[1] for row in rows), sizes)
            ends.append(end)
            found.append(_fits(creditor, mine, sizes))
    found += [_fits(creditor, gone, {}) for creditor, gone in by_creditor.items()]
    return ends, found


def _hashes(connection: sa.Connection) -> Iterator[Sequence[str]]:
    query = sa.select(JOURNAL.c.creditor, JOURNAL.c.hash).order_by(JOURNAL.c.creditor, JOURNAL.c.seq)
    with connection.execute(query, execution_options={"stream_results": True, "yield_per": _PART}) as result:
        for part in result.partitions():
            yield from part


def _grown(creditor: str, hashes: Iterable[str], sizes: dict[int, tuple[bytes, str]]) -> Checkpoint:
    """Grow the tree of a chain; note its root and last entry at the sizes asked for, and return it as it ends."""
    tree, last = MerkleTree(), ""
    for last in hashes:
        tree.add(last.encode(errors="surrogateescape"))
        if tree.size in sizes:
            sizes[tree.size] = (tree.root(), last)
    return Checkpoint(creditor, tree.size, tree.root(), datetime.min.replace(tzinfo=UTC), last)


def _fits(creditor: str, points: Sequence[Checkpoint], sizes: Mapping[int, tuple[bytes, str]]) -> Witnessed:
    """Say how far a chain fits: up to the checkpoint before the first, by size, that it does not fit."""
    last: Checkpoint | None = None
    stamped: Checkpoint | None = None
    for point in sorted(points, key=lambda point: (point.entries, point.at)):
        if sizes.get(point.entries) != (point.root, point.head):
            return Witnessed(creditor, last, point, stamped)
        last, stamped = point, point if point.stamp else stamped
    return Witnessed(creditor, last, None, stamped)
