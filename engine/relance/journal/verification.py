"""Verifying a journal: every chain from its start, every personal value and document against its hash.

Answers with the first entry of each chain that does not fit, and everything kept beside it that does not. What was
erased for a debtor who was forgotten is no fault. Refuses to mend anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby, islice, starmap
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from relance.journal import guard
from relance.journal.chain import MARKED, JournalRow, fits, references, sealed, sealed_name
from relance.journal.checkpoints import Checkpoint, Witnessed, compared
from relance.journal.migrations import VERSION
from relance.journal.packing import DamagedDocument, unpacked
from relance.journal.store import CHAINS, DOCUMENTS, JOURNAL, META, PEOPLE, PERSONAL, JournalError, among, reading
from relance.sentences import plural, sentence

_PART = 1_000
#: What is wrong with personal data, and with a document: it is gone, or it was changed.
_FAULTS = (
    (sentence("its personal data is gone, though nobody was forgotten"), sentence("its personal data was changed")),
    (sentence("its document is gone, though nobody was forgotten"), sentence("its document was changed")),
)


@dataclass(frozen=True, slots=True)
class Break:
    """Something that does not fit: in which chain, at which entry (0: beside the chain), and what."""

    creditor: str
    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A creditor's chain: how many entries it has and the hash of the last, to be noted somewhere else."""

    creditor: str
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What verifying found: every chain, every break (whole when there is none), and how far each chain is witnessed."""

    chains: tuple[Chain, ...]
    breaks: tuple[Break, ...]
    witnessed: tuple[Witnessed, ...] = ()


def verify(engine: sa.Engine, anchors: Mapping[str, tuple[int, str]] | None = None, points: Sequence[Checkpoint] = ()) -> Audit:
    """Verify a journal against itself, and against what was witnessed of it.

    `anchors` are heads noted earlier (creditor → number of entries, hash), `points` checkpoints whose signatures were verified: each must
    still stand where it stood.
    """
    found = _alone(engine, anchors)
    if not points:
        return found
    try:
        _, witnessed = compared(engine, points)
    except (JournalError, ValueError, TypeError) as error:
        return replace(found, breaks=(*found.breaks, Break("", 0, sentence("the journal cannot be held against its checkpoints: {error}", error=error))))
    breaks = tuple(Break(each.creditor, each.broken.entries, _disbelieved(each, each.broken)) for each in witnessed if each.broken is not None)
    breaks += tuple(
        Break(each.creditor, each.entries, sentence("the time-stamp of the checkpoint of {day} cannot be believed: {why}", day=each.said, why=each.doubt))
        for each in points
        if each.doubt
    )
    return replace(found, breaks=found.breaks + breaks, witnessed=tuple(witnessed))


def _disbelieved(found: Witnessed, broken: Checkpoint) -> str:
    """Say since when a chain is not what was witnessed, and up to where it can be believed."""
    until = sentence("nothing of it can be believed") if found.last is None else (
        sentence("nothing after entry {number}, witnessed on {day}, can be believed", number=found.last.entries, day=found.last.said)
    )  # fmt: skip
    return sentence(
        "it is not the chain that was witnessed on {day} with {entries}: it was rewritten or cut off since, and {until}",
        day=broken.said, entries=plural("{count} entry", "{count} entries", broken.entries), until=until,
    )  # fmt: skip


def _alone(engine: sa.Engine, anchors: Mapping[str, tuple[int, str]] | None) -> Audit:
    try:
        with reading(engine) as connection:
            return audit(connection, anchors or {})
    except (JournalError, ValueError, TypeError):
        pass  # a text that is no longer UTF-8, perhaps: read again in the slow way that can name it
    try:
        with reading(engine) as connection, _any_bytes(connection):
            return audit(connection, anchors or {})
    except (JournalError, ValueError, TypeError) as error:
        return Audit((), (Break("", 0, sentence("the journal cannot be read: {error}", error=error)),))


@contextmanager
def _any_bytes(connection: sa.Connection) -> Iterator[None]:
    """Let a text that is no longer UTF-8 be read, so that its entry can be named."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, lambda data: data.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def audit(connection: sa.Connection, anchors: Mapping[str, tuple[int, str]]) -> Audit:
    """Verify within a transaction, so that what is being written can be verified before it is committed."""
    chains: list[Chain] = []
    breaks = [Break("", 0, message) for message in _outside(connection)]
    heads = {row[0]: (row[1], row[2], row[3]) for row in connection.execute(sa.select(CHAINS).order_by(CHAINS.c.creditor))}
    for creditor, rows in groupby(_rows(connection), key=lambda row: row.creditor):
        chain, found = _chain(creditor, rows, heads.pop(creditor, None), anchors.get(creditor))
        chains.append(chain)
        breaks += found
    breaks += [Break(name, 1, plural("entry 1 is missing: {count} entry is gone", "entry 1 is missing: all {count} entries are gone", head[0])) for name, head in heads.items()]
    breaks += [
        Break(name, seq, sentence("the chain noted earlier is gone"))
        for name, (seq, _) in anchors.items()
        if name not in {c.creditor for c in chains}
    ]
    breaks += _beside(connection)
    return Audit(tuple(chains), tuple(breaks))


def _rows(connection: sa.Connection) -> Iterator[JournalRow]:
    return starmap(JournalRow, _streamed(connection, sa.select(JOURNAL).order_by(JOURNAL.c.creditor, JOURNAL.c.seq)))


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Any]:
    with connection.execute(query, execution_options={"stream_results": True, "yield_per": _PART}) as result:
        for part in result.partitions():
            yield from part


def _outside(connection: sa.Connection) -> Iterator[str]:
    """Check the database itself: its pages, the guard against changes, its version, and settings that no chain holds."""
    if connection.dialect.name == "sqlite":
        try:
            said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        except SQLAlchemyError as error:
            said = str(error.__cause__ or error)
        if said != "ok":
            yield sentence("the database file is damaged: {why}", why=str(said).splitlines()[0])
    yield from guard.faults(connection)
    meta = {row[0]: row[1] for row in connection.execute(sa.select(META))}
    if meta.pop("version", None) != str(VERSION):
        yield sentence("the journal's format is not what it should be")
    for name, value in meta.items():  # as journals of before kept them; anybody could have changed one
        yield sentence(
            "the setting '{name}' stands outside the chain, where nothing vouches for it: `relance journal settings {name}={value}` writes it down",
            name=name, value=value,
        )  # fmt: skip


def _chain(
    creditor: str, rows: Iterator[JournalRow], head: tuple[int, str, str] | None, anchor: tuple[int, str] | None
) -> tuple[Chain, list[Break]]:
    previous: JournalRow | None = None
    breaks: list[Break] = []
    for row in rows:
        wrong = fits(row, previous)
        if wrong and not breaks:
            breaks.append(Break(creditor, row.seq, wrong))
        if anchor and row.seq == anchor[0] and row.hash != anchor[1] and not breaks:
            breaks.append(Break(creditor, row.seq, sentence("it is not the entry whose hash was noted earlier")))
        previous = row
    assert previous is not None
    if not breaks:
        if head is None or head[0] > previous.seq:
            missing = sentence("entry {number} is missing: the end of the chain was cut off", number=previous.seq + 1)
            breaks.append(Break(creditor, previous.seq + 1, missing))
        elif head != (previous.seq, previous.recorded_at, previous.hash):
            breaks.append(Break(creditor, previous.seq, sentence("the chain's head does not name its last entry")))
        elif anchor and anchor[0] > previous.seq:
            missing = sentence("entry {number} is missing: the chain was longer when its head was noted", number=previous.seq + 1)
            breaks.append(Break(creditor, previous.seq + 1, missing))
    return Chain(creditor, previous.seq, previous.hash), breaks


def _beside(connection: sa.Connection) -> list[Break]:
    """Check names, personal values and documents, a thousand debtors at a time."""
    breaks: list[Break] = []
    seen = {PEOPLE.name: 0, PERSONAL.name: 0, DOCUMENTS.name: 0}
    columns = (JOURNAL.c.creditor, JOURNAL.c.debtor, JOURNAL.c.seq, JOURNAL.c.kind, JOURNAL.c.payload)  # what the grouping sorts
    let_go = _let_go_elsewhere(connection)
    groups = groupby(_streamed(connection, sa.select(*columns).order_by(*columns[:3])), key=itemgetter(0, 1))
    while part := [(name, _needs(rows)) for name, rows in islice(groups, _PART)]:
        for creditor, some in groupby(part, key=lambda item: item[0][0]):
            breaks += _persons(connection, creditor, {who: needs for (_, who), needs in some}, seen, let_go.get(creditor, frozenset()))
    for table in (PEOPLE, PERSONAL, DOCUMENTS):
        count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0
        if count != seen[table.name]:
            more = plural("the table '{table}' holds {count} row that no entry speaks of", "the table '{table}' holds {count} rows that no entry speaks of", count - seen[table.name], table=table.name)
            breaks.append(Break("", 0, more))
    return breaks


def _let_go_elsewhere(connection: sa.Connection) -> dict[str, frozenset[str]]:
    """Return the seals of what named somebody who was forgotten elsewhere than with him, by creditor, as the chain says."""
    found: dict[str, set[str]] = {}
    query = sa.select(JOURNAL.c.creditor, JOURNAL.c.payload).where(JOURNAL.c.kind == "debtor.forgotten", JOURNAL.c.payload.contains('"elsewhere"'))
    for creditor, text in connection.execute(query):
        try:
            payload = json.loads(text)
        except ValueError:
            continue  # the chain has said so already
        if isinstance(payload, dict) and isinstance(payload.get("elsewhere"), list):
            found.setdefault(creditor, set()).update(map(str, payload["elsewhere"]))
    return {creditor: frozenset(seals) for creditor, seals in found.items()}


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a debtor's entries need beside the chain: values and documents by hash → the entry that needs it first."""

    values: Mapping[str, int]
    documents: Mapping[str, int]
    first: int
    forgotten: bool


def _needs(rows: Iterable[tuple[str, str, int, str, str]]) -> _Needs:
    values: dict[str, int] = {}
    documents: dict[str, int] = {}
    first, forgotten = 0, False
    for _, _, seq, kind, text in rows:
        first = first or seq
        forgotten = forgotten or kind == "debtor.forgotten"
        if kind != "document.attached" and MARKED not in text:
            continue
        try:
            payload = json.loads(text)
        except ValueError:
            continue  # the chain has said so already
        if not isinstance(payload, dict):
            continue
        for seal in references(payload):
            values.setdefault(seal, seq)
        if kind == "document.attached":
            documents.setdefault(str(payload.get("sha256")), seq)
    return _Needs(values, documents, first, forgotten)


def _is(kept: bytes, sha256: str) -> bool:
    """Say whether what is kept is the document of a hash."""
    try:
        return hashlib.sha256(unpacked(bytes(kept))).hexdigest() == sha256
    except DamagedDocument:
        return False


def _persons(connection: sa.Connection, creditor: str, needs: Mapping[str, _Needs], seen: dict[str, int], let_go: frozenset[str]) -> Iterator[Break]:
    whos = list(needs)

    def rows(table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
        return list(connection.execute(sa.select(table).where(table.c.creditor == creditor, among(connection, table.c.who, whos))).all())

    people = {row.who: row for row in rows(PEOPLE)}
    seen[PEOPLE.name] += len(people)
    for who, need in needs.items():
        if who in people:
            if sealed_name(people[who].salt, creditor, people[who].debtor) != who:
                yield Break(creditor, need.first, sentence("the name of its debtor was changed"))
        elif who and not need.forgotten:
            yield Break(creditor, need.first, sentence("the name of its debtor is gone, though nobody was forgotten"))
    values = {(row.who, row.hash): sealed(row.salt, row.value) == row.hash for row in rows(PERSONAL)}
    documents = {(row.who, row.sha256): _is(row.content, row.sha256) for row in rows(DOCUMENTS)}
    for table, there, wanted, gone, changed in (
        (PERSONAL, values, {who: need.values for who, need in needs.items()}, *_FAULTS[0]),
        (DOCUMENTS, documents, {who: need.documents for who, need in needs.items()}, *_FAULTS[1]),
    ):
        for who, seals in wanted.items():
            for seal, seq in seals.items():
                seen[table.name] += (who, seal) in there
                if (who, seal) not in there and not needs[who].forgotten and seal not in let_go:
                    yield Break(creditor, seq, gone)
                elif (who, seal) in there and not there[who, seal]:
                    yield Break(creditor, seq, changed)
