"""Carrying a journal: out as JSON lines and back in, byte for byte the same; backups are these lines, compressed and verified.

An import goes into an empty journal, in one transaction that is verified before it is committed. Knows no path but
the ones it is given.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from relance.errors import RelanceError
from relance.journal.chain import canonical
from relance.journal.migrations import VERSION
from relance.journal.store import CHAINS, DOCUMENTS, JOURNAL, META, PEOPLE, PERSONAL, JournalError, in_transaction, insert, reading
from relance.journal.verification import Audit, audit
from relance.sentences import sentence

#: The version of the lines' form.
FORM = 1
_PART = 1_000
_TABLES = (META, PEOPLE, PERSONAL, DOCUMENTS, JOURNAL, CHAINS)
_BY_NAME = {table.name: table for table in _TABLES}


class Damaged(RelanceError):  # noqa: N818 - it says what the lines are
    """The lines were imported in a transaction that then did not verify; it was rolled back."""

    def __init__(self, found: Audit) -> None:
        super().__init__("the lines do not verify")
        self.found = found


def export(engine: sa.Engine) -> Iterator[bytes]:
    """Write a journal as lines: a head, every row of every table in the order of its key, and an end with their SHA-256."""
    total, count = hashlib.sha256(), 0
    with reading(engine) as connection:
        for line in _lines(connection):
            data = (canonical(line) + "\n").encode()
            total.update(data)
            count += 1
            yield data
    yield (canonical({"end": {"lines": count, "sha256": total.hexdigest()}}) + "\n").encode()


def _lines(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    yield {"relance_journal": FORM, "version": VERSION}
    for table in _TABLES:
        query = sa.select(table).order_by(*table.primary_key.columns)
        with connection.execute(query, execution_options={"stream_results": True, "yield_per": _PART}) as result:
            for row in result:
                if table is not META or row.name != "version":
                    yield {"table": table.name} | {name: _plain(value) for name, value in row._mapping.items()}  # noqa: SLF001 - a public attribute


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


def bring_in(engine: sa.Engine, lines: Callable[[], Iterable[bytes]]) -> Audit:
    """Import the lines of an export, opened anew by each call, into an empty journal; return what verifying them found.

    Raises JournalError where lines are not an export, or the journal is not empty, and Damaged where they do not
    verify. Nothing is written then.
    """

    def work(connection: sa.Connection) -> Audit:
        if connection.execute(sa.select(JOURNAL.c.seq).limit(1)).first() is not None:
            raise JournalError(sentence("the journal is not empty: an import goes into a new one"))
        waiting: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in _TABLES}
        for name, row in _rows(lines()):
            waiting[name].append(row)
            if len(waiting[name]) >= _PART:
                insert(connection, _BY_NAME[name], waiting[name])
                waiting[name] = []
        for name, rows in waiting.items():
            insert(connection, _BY_NAME[name], rows)
        found = audit(connection, {})
        if found.breaks:
            raise Damaged(found)
        return found

    return in_transaction(engine, work)


def _rows(lines: Iterable[bytes]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    total, count, ended = hashlib.sha256(), 0, False
    for number, data in enumerate(lines, 1):
        if ended:
            raise JournalError(sentence("line {number}: there is something after the end", number=number))
        try:
            line = json.loads(data)
            assert isinstance(line, dict)
        except (ValueError, AssertionError):
            raise JournalError(sentence("line {number}: not a line of an export", number=number)) from None
        if number == 1:
            if line.get("relance_journal") != FORM or line.get("version") != VERSION:
                raise JournalError(sentence("line 1: not an export of a journal, or of another version of it"))
        elif "end" in line:
            ended = True
            if line["end"] != {"lines": count, "sha256": total.hexdigest()}:
                raise JournalError(sentence("line {number}: the export was changed: its SHA-256 is not the one it ends with", number=number))
        else:
            yield _row(line, number)
        total.update(data)
        count += 1
    if not ended:
        raise JournalError(sentence("the export is cut short after line {count}", count=count))


def _row(line: dict[str, Any], number: int) -> tuple[str, tuple[Any, ...]]:
    table = _BY_NAME.get(str(line.get("table")))
    if table is None or {column.name for column in table.columns} | {"table"} != set(line):
        raise JournalError(sentence("line {number}: not a line of an export", number=number))
    values = []
    for column in table.columns:
        value = line[column.name]
        wanted = int if isinstance(column.type, sa.BigInteger) else str
        if not (isinstance(value, wanted) or (value is None and column.nullable)):
            raise JournalError(sentence("line {number}: '{name}' is not what it should be", number=number, name=column.name))
        if isinstance(column.type, sa.LargeBinary):
            try:
                value = base64.b64decode(str(value), validate=True)
            except (Base64Error, ValueError):
                raise JournalError(sentence("line {number}: '{name}' is not what it should be", number=number, name=column.name)) from None
        values.append(value)
    return table.name, tuple(values)


def compressed(lines: Iterable[bytes], out: Any) -> None:
    """Write lines to an open binary file, compressed; the same lines give the same bytes."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        for line in lines:
            packed.write(line)


def expanded(source: Any) -> Iterator[bytes]:
    """Read the lines of an open binary file, compressed or not. Raises JournalError where it is cut short or damaged."""
    start = source.peek(2)[:2]
    try:
        yield from gzip.GzipFile(fileobj=source, mode="rb") if start == b"\x1f\x8b" else source
    except (OSError, EOFError) as error:
        raise JournalError(sentence("the file is damaged or cut short: {error}", error=error)) from error
