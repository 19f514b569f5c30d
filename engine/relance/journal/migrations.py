"""The journal's format, version by version, and how an older journal becomes a newer one.

A migration is never edited once released; a change is a new one at the end. None of them touches a line of the
journal, whose hashes would no longer fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import sqlalchemy as sa

from relance.journal import guard
from relance.journal.store import META, TABLES, JournalError, in_transaction, reading
from relance.sentences import sentence

_FIRST = ("meta", "journal", "chains", "people", "personal", "documents")


def _tables(connection: sa.Connection) -> None:
    TABLES.create_all(connection, tables=[TABLES.tables[name] for name in _FIRST], checkfirst=False)


#: Version → what brings a journal of the version before to it.
MIGRATIONS: Mapping[int, Callable[[sa.Connection], None]] = MappingProxyType({1: _tables, 2: guard.make})
VERSION = max(MIGRATIONS)


def version_of(engine: sa.Engine) -> int:
    """Return the version of a journal's format; 0 for an empty database. Raises JournalError."""
    with reading(engine, opening=True) as connection:
        return _version(connection)


def _version(connection: sa.Connection) -> int:
    if not sa.inspect(connection).has_table("meta"):
        return 0
    return int(connection.execute(sa.select(META.c.value).where(META.c.name == "version")).scalar() or 0)


def migrate(engine: sa.Engine, *, until: int = VERSION) -> None:
    """Bring a journal to the present format, or to an earlier one that is still ahead of it. Raises JournalError."""
    found = version_of(engine)
    if found > VERSION:
        raise JournalError(sentence("the journal was written by a newer relance (format {found}; this one knows {VERSION})", found=found, VERSION=VERSION))
    if found >= until:
        return

    def work(connection: sa.Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7265)")
        now = _version(connection)
        for version, change in MIGRATIONS.items():
            if now < version <= until:
                change(connection)
        connection.execute(sa.delete(META).where(META.c.name == "version"))
        connection.execute(sa.insert(META).values(name="version", value=str(max(now, until))))

    in_transaction(engine, work)
