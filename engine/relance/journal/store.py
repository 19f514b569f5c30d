"""The database under the journal: its tables, how it is opened, its locks. SQLite by default, PostgreSQL by URL.

Owns what differs between the two. Writing transactions take the database's (SQLite) or the chain's (PostgreSQL) lock
first, so that two processes never continue one chain twice. Refuses to know what an entry means.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from relance.errors import RelanceError
from relance.extras import missing
from relance.files import PRIVATE
from relance.sentences import sentence, system_words

T = TypeVar("T")
#: Text compared byte by byte on both databases, so that an order is the same order.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
TABLES = sa.MetaData()

META = sa.Table("meta", TABLES, sa.Column("name", TEXT, primary_key=True), sa.Column("value", TEXT, nullable=False))
JOURNAL = sa.Table(
    "journal",
    TABLES,
    sa.Column("creditor", TEXT, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    *(sa.Column(name, TEXT, nullable=False) for name in ("recorded_at", "on", "debtor", "case", "invoice", "kind", "payload", "actor")),
    sa.Column("key", TEXT),
    sa.Column("previous_hash", TEXT, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
    sa.Index("journal_key", "creditor", "key", unique=True),
    sa.Index("journal_debtor", "creditor", "debtor", "seq"),
    sa.Index("journal_invoice", "invoice", "creditor"),
    sa.Index("journal_case", "case", "creditor"),
)
CHAINS = sa.Table(
    "chains",
    TABLES,
    sa.Column("creditor", TEXT, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", TEXT, nullable=False),
    sa.Column("hash", TEXT, nullable=False),
)
PEOPLE = sa.Table(
    "people",
    TABLES,
    sa.Column("creditor", TEXT, primary_key=True),
    sa.Column("who", TEXT, primary_key=True),
    sa.Column("debtor", TEXT, nullable=False),
    sa.Column("salt", TEXT, nullable=False),
    sa.Index("people_debtor", "debtor", "creditor", unique=True),
)
PERSONAL = sa.Table(
    "personal",
    TABLES,
    sa.Column("creditor", TEXT, primary_key=True),
    sa.Column("who", TEXT, primary_key=True),
    sa.Column("hash", TEXT, primary_key=True),
    sa.Column("salt", TEXT, nullable=False),
    sa.Column("value", TEXT, nullable=False),
)
DOCUMENTS = sa.Table(
    "documents",
    TABLES,
    sa.Column("creditor", TEXT, primary_key=True),
    sa.Column("who", TEXT, primary_key=True),
    sa.Column("sha256", TEXT, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

#: Engines without a connection, by their address.
_CLOSED: dict[sa.URL, sa.Engine] = {}
_KEPT = 8
_BUSY_MS = 120_000
_RETRIES = 40
_PAUSE = 0.25
_CHUNK = 1_000
#: What PostgreSQL or the system says while a server restarts, and not of a wrong address or password.
_RESTARTING = (
    "server closed", "the database system is", "connection is lost", "Connection refused", "No such file or directory", "terminating connection",
)  # fmt: skip
_OPENING = 10
_DAMAGED = sentence("the journal's file is damaged: restore a backup")
_FULL = sentence("the disk is full: nothing was written; make room and run it again")
_NONE = sentence("that file is not a journal")


class JournalError(RelanceError):
    """The journal cannot be read or written: no such file, disk full, server gone, a newer format. The text is for the user."""


def connect(where: str | Path, *, create: bool = True, read_only: bool = False) -> sa.Engine:
    """Open the database at a path (SQLite) or URL (`sqlite:///…`, `postgresql+psycopg://…`). Raises JournalError.

    `read_only` is for files: one on a medium that cannot be written to opens too, where nothing was left in its write-ahead log.
    """
    text = str(where)
    if "://" not in text:
        path = Path(where)
        if not create and not path.is_file():
            raise JournalError(sentence("there is no journal at '{path}'", path=path))
        if path.parent != Path() and not path.parent.is_dir():
            raise JournalError(sentence("there is no folder '{parent}' to keep the journal in", parent=path.parent))
        if create:
            _private(path)
        url = _unwritten(path) if read_only else sa.URL.create("sqlite", database=str(path.absolute()))
    else:
        try:
            url = sa.make_url(text)
        except SQLAlchemyError as error:
            raise JournalError(sentence("'{what}://…' is no address of a database", what=text.partition("://")[0])) from error
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        elif url.get_backend_name() == "sqlite" and url.database and not url.database.startswith(("file:", ":")):
            url = url.set(database=str(Path(url.database).absolute()))
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise JournalError(sentence("a journal is kept in SQLite or PostgreSQL, not in '{what}'", what=url.get_backend_name()))
    try:
        return _CLOSED.pop(url, None) or (_sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url))
    except ImportError as error:
        raise JournalError(missing(error)) from error


def on_a_server(engine: sa.Engine) -> bool:
    """Say whether a database is on a server, and in no file that another may replace."""
    return engine.dialect.name == "postgresql"


def disconnect(engine: sa.Engine) -> None:
    """End the connections of an engine. It is kept for whoever opens the same place next, who so has no statement to compile anew."""
    engine.dispose()
    if len(_CLOSED) >= _KEPT:
        _CLOSED.clear()
    _CLOSED[engine.url] = engine


def _unwritten(path: Path) -> sa.URL:
    """Address a file that is only read. Where SQLite could lay nothing beside it, it is taken as a file that nobody changes."""
    log = path.with_name(f"{path.name}-wal")
    alone = not os.access(path.absolute().parent, os.W_OK) and not (log.is_file() and log.stat().st_size)
    query = {"mode": "ro", "uri": "true"} | ({"immutable": "1"} if alone else {})
    return sa.URL.create("sqlite", database=path.absolute().as_uri(), query=query)


def _private(path: Path) -> None:
    """Make the file of a new journal for its owner alone; SQLite gives what it lays beside it the same rights."""
    try:
        if not path.exists():
            path.touch(PRIVATE)
    except OSError as error:
        raise JournalError(sentence("the journal's file cannot be opened: {strerror}", strerror=system_words(error))) from error


def _postgresql(url: sa.URL) -> sa.Engine:
    # without prepared statements: a plan made once for a table that was empty then is used for ever after
    return sa.create_engine(url, pool_pre_ping=True, max_overflow=-1, connect_args={"prepare_threshold": None})


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_MS / 1000})

    @sa.event.listens_for(engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver's guess
        writes = () if url.query.get("mode") == "ro" else ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")
        for line in (*writes, f"busy_timeout = {_BUSY_MS}", "cache_size = -65536"):
            connection.execute(f"PRAGMA {line}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")

    return engine


@contextmanager
def reading(engine: sa.Engine, *, opening: bool = False) -> Iterator[sa.Connection]:
    """Give a connection that sees one state of the database throughout. Raises JournalError, sooner where it is only being opened."""
    try:
        options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        with _connected(engine, _OPENING if opening else _RETRIES).execution_options(**options) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise journal_error(error) from error
    except UnicodeDecodeError as error:
        raise JournalError(_DAMAGED) from error


def _connected(engine: sa.Engine, tries: int) -> sa.Connection:
    """Connect, waiting for a server that is just restarting."""
    for attempt in range(tries):
        try:
            return engine.connect()
        except SQLAlchemyError as error:
            if attempt + 1 >= tries or not _passing(error):
                raise
            time.sleep(min(_PAUSE * (attempt + 1), 2.0))
    raise AssertionError("unreachable")  # pragma: no cover


def in_transaction(engine: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
    """Do `work` in one transaction, again from the start when the server went away in the midst of it.

    `work` must be safe to repeat after a commit whose answer was lost. Raises JournalError; nothing was written then.
    """
    for attempt in range(_RETRIES):
        try:
            with engine.connect().execution_options(write=True) as connection, connection.begin():
                return work(connection)
        except SQLAlchemyError as error:
            if attempt + 1 == _RETRIES or not _passing(error):
                raise journal_error(error) from error
            time.sleep(min(_PAUSE * (attempt + 1), 2.0))
    raise AssertionError("unreachable")  # pragma: no cover


def _passing(error: SQLAlchemyError) -> bool:
    """Tell a server that restarts, or two transactions that stood in each other's way, from a lasting fault."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    text = str(error.orig)
    if error.connection_invalidated or (state and (state.startswith(("08", "57P", "40")))):
        return True
    return type(error.orig).__module__.startswith("psycopg") and any(sign in text for sign in _RESTARTING)


def journal_error(error: SQLAlchemyError) -> JournalError:
    """Say in the user's words what the database said."""
    said = str(error.orig).strip().splitlines()[0] if isinstance(error, DBAPIError) and str(error.orig).strip() else str(error)
    known = {
        "database or disk is full": _FULL,
        "disk I/O error": sentence("the disk is full, or failing: nothing was written; make room and run it again"),
        "No space left": _FULL,
        "attempt to write a readonly": sentence("the journal cannot be written to: it is read-only"),
        "file is not a database": _NONE,
        "disk image is malformed": _DAMAGED,
        "malformed database schema": _DAMAGED,
        "database is locked": sentence("another program has held the journal for too long; try again"),
        "unable to open database": sentence("the journal's file cannot be opened"),
        "no such table": _NONE,
        "append-only": sentence("the journal is append-only: entries are neither changed nor removed"),
    }
    return JournalError(next((text for sign, text in known.items() if sign in said), sentence("the journal's database said: {said}", said=said)))


def lock_chain(connection: sa.Connection, creditor: str) -> tuple[int, str, str] | None:
    """Take the lock of a creditor's chain until the transaction ends; return its head (seq, recorded_at, hash), if there is one."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7))"), {"name": f"relance:{creditor}"})
    row = connection.execute(sa.select(CHAINS.c.seq, CHAINS.c.recorded_at, CHAINS.c.hash).where(CHAINS.c.creditor == creditor)).first()
    return (row[0], row[1], row[2]) if row else None


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, in the order of the table's columns, as fast as the database takes them."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {quote(table.name)} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join("?" * len(table.columns))
    connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 - names are our own


def _copy(connection: sa.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Copy rows into PostgreSQL by the driver itself; what goes wrong is raised as SQLAlchemy would, to be tried again or explained."""
    driver: Any = connection.connection
    base: type[Exception] = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except base as error:
        raise DBAPIError.instance(
            statement, None, error, base, connection_invalidated=bool(driver.closed), dialect=connection.dialect
        ) from error  # fmt: skip


def remeasure(engine: sa.Engine) -> None:
    """Let PostgreSQL look at tables that have just grown much, so that it plans by what they are and not by what they were."""
    if engine.dialect.name == "postgresql":
        in_transaction(engine, lambda connection: connection.exec_driver_sql("ANALYZE journal, people, personal"))


#: Where a person is named beside the chain, and PostgreSQL would keep samples of it for itself.
_SAMPLED = (("people", "debtor"), ("personal", "value"))


def purge(engine: sa.Engine) -> bool:
    """Let nothing that was erased stay in the database's files: free pages, the write-ahead log. False: another program still reads them.

    SQLite overwrites what it deletes (`secure_delete`) and is told to empty its log here. PostgreSQL leaves the bytes of a row in its page until
    they are written over, so the tables are written anew; what it sampled of them to plan by (`pg_statistic`) goes as well, and nothing personal is
    sampled any more. Its write-ahead log and its backups are the server's to keep or drop.
    """
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            driver: Any = connection.connection.driver_connection
            if engine.dialect.name == "sqlite":
                return bool(driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
            for table, column in _SAMPLED:  # a column whose type is said anew loses what was sampled of it
                connection.exec_driver_sql(f'ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0, ALTER COLUMN {column} TYPE TEXT COLLATE "C"')
            connection.exec_driver_sql("VACUUM (FULL, ANALYZE) people, personal, documents")
            connection.exec_driver_sql("VACUUM (FULL) pg_statistic")
    except SQLAlchemyError as error:
        raise journal_error(error) from error
    return True


def among(connection: sa.Connection, column: sa.Column[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Say "is one of these": to PostgreSQL as one array, which it need not take apart a thousand times."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(None, list(values), type_=postgresql.ARRAY(sa.Text)))
    return column.in_(values)


#: Of the journal, what is about a creditor and no debtor of his: looked up chain by chain, for a debtor's index begins with the creditor.
OF_CREDITORS = (JOURNAL.c.creditor.in_(sa.select(CHAINS.c.creditor)), JOURNAL.c.debtor == "")


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a list into parts short enough for one `IN (…)`."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
