"""A tampered byte anywhere is found, and the first entry that does not fit is named."""

import random
import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from relance.journal import backup, verification
from relance.journal.event_types import build
from relance.journal.journal import Journal, JournalError
from relance.journal.store import CHAINS, DOCUMENTS, JOURNAL, META, PEOPLE, PERSONAL
from relance.model import Creditor, Debtor, Invoice

SEED = 20260302


def fill(journal: Journal) -> None:
    for creditor in ("atelier", "bureau"):
        for debtor in ("dupont", "durand"):
            name = f"F-{creditor}-{debtor}"
            paid, _ = build({"on": "2026-02-20", "event": "payment.received", "invoice": name, "amount": "200.00", "note": "chèque"})
            invoice = Invoice(name, date(2026, 2, 1), Decimal("1200.00"))
            journal.record(
                Creditor(creditor, name=creditor.title()), Debtor(debtor, name=debtor.title()), [paid], invoices=[invoice], actor="marie"
            )
            journal.attach(
                creditor,
                debtor,
                f"bon de {debtor}".encode(),
                name="bon.pdf",
                kind="order",
                on=date(2026, 3, 2),
                actor="marie",
                invoice=name,
            )


def guarded(connection: sa.Connection, *, on: bool) -> None:
    """Take the guard against changes away, as a tamperer would, and put it back."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE journal {'ENABLE' if on else 'DISABLE'} TRIGGER journal_append_only")
    elif on:
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER journal_no_{verb.lower()} BEFORE {verb} ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
    else:
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER journal_no_{verb}")


def altered(value, chance):
    """Change one byte, digit or character of a value."""
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, bytes):
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
    if not value:
        return "x"
    place = chance.randrange(len(value))
    return value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]


COLUMNS = [(table, column) for table in (JOURNAL, CHAINS, PEOPLE, PERSONAL, DOCUMENTS, META) for column in table.columns]


@pytest.mark.parametrize("most", [2, pytest.param(None, marks=pytest.mark.long)], ids=["some", "every"])
def test_a_changed_value_in_any_column_of_any_row_is_found_and_its_entry_named(journal, most):
    fill(journal)
    assert verification.verify(journal.engine).breaks == ()
    chance = random.Random(SEED)
    for table, column in COLUMNS:
        with journal.engine.connect() as connection:
            rows = [row._mapping for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
        for row in rows if most is None else chance.sample(rows, min(most, len(rows))):
            if row[column.name] is None:
                new = "x"
            elif table is META:
                new = "1" if column.name == "value" else "versiom"
            else:
                new = altered(row[column.name], chance)
            mine = sa.and_(*(key == row[key.name] for key in table.primary_key.columns))
            with journal.engine.begin() as connection:
                guarded(connection, on=False)
                connection.execute(sa.update(table).where(mine).values({column.name: new}))
                guarded(connection, on=True)
            breaks = verification.verify(journal.engine).breaks
            assert breaks, (table.name, column.name, row)
            if table is JOURNAL and column.name not in {"creditor", "seq"}:
                assert row["seq"] in [found.seq for found in breaks if found.creditor == row["creditor"]], (column.name, breaks)
            with journal.engine.begin() as connection:
                guarded(connection, on=False)
                changed = sa.and_(*(key == (new if key.name == column.name else row[key.name]) for key in table.primary_key.columns))
                connection.execute(sa.update(table).where(changed).values(dict(row)))
                guarded(connection, on=True)
    assert verification.verify(journal.engine).breaks == ()


def test_an_entry_that_was_removed_is_named(journal):
    fill(journal)
    with journal.engine.begin() as connection:
        guarded(connection, on=False)
        connection.execute(sa.delete(JOURNAL).where(JOURNAL.c.creditor == "bureau", JOURNAL.c.seq == 3))
        guarded(connection, on=True)
    found = verification.verify(journal.engine).breaks
    assert [(each.creditor, each.message) for each in found if each.seq] == [("bureau", "entry 3 is missing")]


def test_an_end_that_was_cut_off_is_found_and_with_a_noted_head_even_where_the_head_was_changed_too(journal):
    fill(journal)
    noted = {chain.creditor: (chain.entries, chain.head) for chain in verification.verify(journal.engine).chains}
    with journal.engine.begin() as connection:
        guarded(connection, on=False)
        connection.execute(sa.delete(JOURNAL).where(JOURNAL.c.creditor == "bureau", JOURNAL.c.seq > 6))
        connection.execute(sa.delete(DOCUMENTS).where(DOCUMENTS.c.creditor == "bureau", DOCUMENTS.c.content == b"bon de durand"))
        guarded(connection, on=True)
        before = connection.execute(sa.select(JOURNAL).where(JOURNAL.c.creditor == "bureau").order_by(JOURNAL.c.seq.desc())).first()
    assert any("cut off" in each.message for each in verification.verify(journal.engine).breaks)
    with journal.engine.begin() as connection:
        connection.execute(
            sa.update(CHAINS).where(CHAINS.c.creditor == "bureau").values(seq=before.seq, hash=before.hash, recorded_at=before.recorded_at)
        )
    found = [each for each in verification.verify(journal.engine, noted).breaks if each.creditor == "bureau"]
    assert any("longer when its head was noted" in each.message for each in found)


def test_two_chains_that_were_exchanged_are_found(journal):
    fill(journal)
    with journal.engine.begin() as connection:
        guarded(connection, on=False)
        for old, new in (("atelier", "x"), ("bureau", "atelier"), ("x", "bureau")):
            for table in (JOURNAL, CHAINS):
                connection.execute(sa.update(table).where(table.c.creditor == old).values(creditor=new))
        guarded(connection, on=True)
    assert {(each.creditor, each.seq) for each in verification.verify(journal.engine).breaks} >= {("atelier", 1), ("bureau", 1)}


def test_a_guard_that_was_taken_away_is_found(journal):
    fill(journal)
    with journal.engine.begin() as connection:
        guarded(connection, on=False)
    assert any("guard" in each.message for each in verification.verify(journal.engine).breaks)


def test_personal_data_that_was_erased_without_forgetting_is_found(journal):
    fill(journal)
    with journal.engine.begin() as connection:
        connection.execute(sa.delete(PERSONAL).where(PERSONAL.c.creditor == "atelier"))
    assert {each.creditor for each in verification.verify(journal.engine).breaks} == {"atelier"}


@pytest.mark.parametrize("flips", [60, pytest.param(600, marks=pytest.mark.long)])
def test_any_flipped_byte_of_the_file_is_found_or_changes_nothing(tmp_path, clock, flips):
    """Of a file's bytes some are unused; flipping one of these must leave every line of the journal as it was."""
    path = tmp_path / "j.db"
    with Journal.open(path, now=clock) as journal:
        fill(journal)
        lines = list(backup.export(journal.engine))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole = path.read_bytes()
    chance = random.Random(SEED)
    found = 0
    for index in range(flips):
        place = chance.randrange(100, len(whole))  # the first hundred bytes are the file's own header
        copy = tmp_path / f"{index}.db"
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        try:
            with Journal.open(copy, now=clock, create=False) as journal:
                if verification.verify(journal.engine).breaks:
                    found += 1
                    continue
                assert list(backup.export(journal.engine)) == lines, place
        except JournalError:  # the file no longer opens as a journal
            found += 1
    assert found > flips // 12


@pytest.mark.parametrize("lost", ["commit", "all"])
def test_a_commit_whose_answer_was_lost_is_not_written_again(new_postgres, clock, lost):
    """Fault injection at the last moment: the server commits (or not), and the connection is gone before it says so."""
    import psycopg

    with Journal.open(new_postgres(), now=clock) as journal:
        dialect = journal.engine.dialect
        real, failures = dialect.do_commit, []

        def broken(connection):
            if len(failures) < 2:
                failures.append(lost)
                if lost == "commit":
                    real(connection)
                connection.driver_connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            real(connection)

        dialect.do_commit = broken
        paid, _ = build({"on": "2026-02-20", "event": "payment.received", "amount": "200.00"})
        done = journal.record("atelier", replace(Debtor("dupont"), name="Dupont"), [paid], actor="marie")
        dialect.do_commit = real
        assert done.written == 2
        assert [entry.kind for entry in journal.entries()] == ["debtor.recorded", "payment.received"]
        assert verification.verify(journal.engine).breaks == ()
