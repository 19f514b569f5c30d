"""The guard of the journal's table: the database itself refuses to change or remove a line. Made once, and looked at when verifying.

A guard that was replaced by one that lets everything pass is found: what stands in the database is held against what is written here.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from relance.journal.store import JOURNAL, TABLES
from relance.sentences import sentence

_SQLITE = {
    f"journal_no_{verb.lower()}": f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for verb in ("UPDATE", "DELETE")
}
_BODY = "BEGIN RAISE EXCEPTION 'the journal is append-only'; END"
_REMOVED = sentence("the guard that refuses changes to the journal was removed")
_REPLACED = sentence("the guard that refuses changes to the journal was replaced")
_ADDED = sentence("the database has a trigger, a rule or a view that relance did not make")
#: BEFORE (2) DELETE (8) OR UPDATE (16) OR TRUNCATE (32), for each statement: `pg_trigger.tgtype`.
_PG_TYPE = 2 + 8 + 16 + 32
_PG_GUARD = (
    "SELECT t.tgname, t.tgenabled, t.tgtype, t.tgqual IS NULL AND t.tgattr::text = '', btrim(p.prosrc) FROM pg_trigger t "
    "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
)
_PG_RULES = (
    "SELECT count(*) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relname = 'journal' AND c.relnamespace = current_schema()::regnamespace"
)


def make(connection: sa.Connection) -> None:
    """Let the database itself refuse to change or remove a line of the journal."""
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE.values():
            connection.exec_driver_sql(statement)
        return
    connection.exec_driver_sql(f"CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ {_BODY} $$")
    connection.exec_driver_sql(
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"
    )


def faults(connection: sa.Connection) -> Iterator[str]:
    """Say what is wrong with the guard, with what was put beside it, and with the index that lets an action be emitted once."""
    yield from _sqlite(connection) if connection.dialect.name == "sqlite" else _postgresql(connection)
    wanted = {(str(index.name), bool(index.unique)) for table in TABLES.sorted_tables for index in table.indexes}
    inspector = sa.inspect(connection)
    found = {(str(each["name"]), bool(each["unique"])) for table in TABLES.tables for each in inspector.get_indexes(table)}
    if not wanted <= found:
        yield sentence("an index of the journal is gone or was changed: {name}", name=min(wanted - found)[0])


def _sqlite(connection: sa.Connection) -> Iterator[str]:
    query = "SELECT name, sql, tbl_name FROM sqlite_master WHERE type IN ('trigger', 'view')"
    there = {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(query)}
    for name, statement in _SQLITE.items():
        found = there.pop(name, None)
        if found != (statement, JOURNAL.name):
            yield _REMOVED if found is None else _REPLACED
            break
    if there.keys() - _SQLITE.keys():
        yield _ADDED


def _postgresql(connection: sa.Connection) -> Iterator[str]:
    there = {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(_PG_GUARD)}
    found = there.pop("journal_append_only", None)
    if found is None or found[0] not in ("O", "A", b"O", b"A"):
        yield _REMOVED
    elif found[1:] != (_PG_TYPE, True, _BODY):
        yield _REPLACED
    if there or connection.exec_driver_sql(_PG_RULES).scalar():
        yield _ADDED
