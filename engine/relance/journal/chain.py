"""The hash chain: what an entry of the journal is, how it is hashed, and how personal data is referred to.

Pure functions over text; knows no database. An entry's hash covers every other column and the hash before it, so that
a changed, removed or inserted entry no longer fits. Personal values stand apart, under a salted hash (GDPR art. 4(5), 17).
Why so, and what was refused: docs/decisions/035.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from relance.sentences import sentence

#: What stands before the first entry of a chain.
START = "0" * 64
#: The key that marks a payload's field as kept apart: `{"note": {"personal": "<hash>"}}`.
MARK = "personal"
#: What a canonical payload holds somewhere when a value of it is kept apart.
MARKED = f'{{"{MARK}":"'
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_quote: Callable[[str], str] = json.encoder.encode_basestring  # the C function under `dumps`


class JournalRow(NamedTuple):
    """One line of the journal's table, every column text but `seq`; the empty string stands for "none"."""

    creditor: str
    seq: int
    recorded_at: str
    on: str
    debtor: str
    case: str
    invoice: str
    kind: str
    payload: str
    actor: str
    key: str | None
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal as people speak of it: typed, names in place of references; None where nothing is named.

    `debtor` is None for what concerns the creditor alone and for a debtor who was forgotten; `who` is the reference the
    chain knows the debtor by. `data` holds the fields of `kind`; a field whose personal value was erased is absent.
    """

    creditor: str
    seq: int
    recorded_at: datetime
    on: date
    debtor: str | None
    case: str | None
    invoice: str | None
    kind: str
    data: Mapping[str, Any]
    actor: str
    hash: str
    who: str = ""
    key: str | None = None


def canonical(value: Any) -> str:
    """Write plain values as JSON in the one form that is hashed: keys sorted, no spaces, text as it is."""
    if value.__class__ is dict:  # what the encoder would write, in a quarter of its time
        items = [f"{_quote(name)}:{_quote(each) if each.__class__ is str else canonical(each)}" for name, each in sorted(value.items())]
        return "{" + ",".join(items) + "}"
    return _encode(value)


def content_hash(columns: tuple[Any, ...]) -> str:
    """Hash what an entry says, the columns of `Row` up to `key`: SHA-256 of their canonical JSON, in hex.

    It stands for the entry where a chain is shown to somebody whom the entry does not concern (see `report.evidence`).
    """
    # what `canonical` would write of this list
    text = ",".join([_quote(each) if each.__class__ is str else "null" if each is None else str(each) for each in columns])
    return hashlib.sha256(f"[{text}]".encode(errors="surrogateescape")).hexdigest()


def link(previous_hash: str, content: str) -> str:
    """Continue a chain: the hash of an entry, from the hash before it and the hash of what it says."""
    return hashlib.sha256((previous_hash + content).encode()).hexdigest()


def fits(row: JournalRow, previous: JournalRow | None) -> str | None:
    """Say in what an entry does not fit the one before it; None where it does."""
    if row.seq != (previous.seq + 1 if previous else 1):
        return sentence("entry {number} is missing", number=previous.seq + 1 if previous else 1)
    if row.previous_hash != (previous.hash if previous else START):
        return sentence("it does not continue the entry before it")
    if link(row.previous_hash, content_hash(tuple(row)[:-2])) != row.hash:
        return sentence("its contents were changed")
    if previous and row.recorded_at < previous.recorded_at:
        return sentence("it was recorded before the entry it follows")
    return None


def salt() -> str:
    """Draw a salt: 128 random bits in hex. Without it nobody can guess the value behind a hash."""
    return secrets.token_hex(16)


def sealed(salt_: str, value: str) -> str:
    """Hash a personal value with its salt."""
    return hashlib.sha256(f"{salt_}:{value}".encode(errors="surrogateescape")).hexdigest()


def sealed_name(salt_: str, creditor: str, debtor: str) -> str:
    """Hash a debtor's id with a salt: the reference by which a creditor's chain knows the debtor."""
    return sealed(salt_, canonical([creditor, debtor]))[:32]


def references(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """List the hashes of the personal values that a payload refers to."""
    return tuple(value[MARK] for value in payload.values() if type(value) is dict and len(value) == 1 and MARK in value)
