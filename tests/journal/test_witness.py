"""Witnessed heads: notes and trees as their specifications print them, and 300 ways of changing a journal, each found or shown harmless."""

import base64
import random
import shutil
import sqlite3
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from relance.delivery.witnesses import WitnessPlace, checkpoints_in, witness
from relance.journal import backup, checkpoints
from relance.journal.chain import START, JournalRow, content_hash, link
from relance.journal.event_types import build
from relance.journal.journal import Journal, JournalError
from relance.journal.merkle import MerkleTree
from relance.journal.signed_note import BadKey, Signer, Verifier
from relance.journal.verification import verify
from relance.model import Creditor, Debtor, Invoice

AT = datetime(2026, 3, 2, 18, tzinfo=UTC)
#: The example of golang.org/x/mod/sumdb/note.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
#: The leaves and roots of the reference implementation of RFC 6962.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]  # fmt: skip


def test_a_note_as_the_specification_prints_it_is_read_and_one_changed_in_a_letter_is_not():
    key = Verifier.read(KEY)
    assert str(key) == KEY
    assert key.opened(NOTE) == NOTE.partition("\n\n")[0] + "\n"
    assert key.opened(NOTE.replace("answer", "Answer")) is None
    assert key.named("Peter").opened(NOTE) is None


def test_the_tree_is_that_of_rfc_6962():
    tree, roots = MerkleTree(), []
    for leaf in LEAVES:
        roots.append(tree.root().hex())
        tree.add(bytes.fromhex(leaf))
    assert [*roots, tree.root().hex()] == ROOTS


def test_a_key_is_written_and_read_and_a_changed_one_refused():
    key = Signer.new("agence.example")
    assert Signer.read(key.written()) == key
    assert key.verifier.opened(key.signed("bonjour\n", name=key.name)) == "bonjour\n"
    for text in ("", "x", key.written()[:-6] + "AAAA=", str(key.verifier), key.written().replace("agence", "agenze")):
        with pytest.raises(BadKey):
            Signer.read(text)
    with pytest.raises(BadKey):
        Signer.new("deux mots")


def test_the_secret_is_nowhere_shown():
    key = Signer.new("agence.example")
    assert base64.b64encode(key.seed).decode()[:20] not in repr(key) + str(key.verifier)


def test_a_checkpoint_has_the_lines_of_the_format_and_names_any_creditor():
    key = Signer.new("agence.example")
    for creditor in ("atelier", "S+B & Fils", "été/1"):
        point = checkpoints.Checkpoint(creditor, 12, bytes(32), AT, "ab" * 32)
        note = checkpoints.signed_checkpoint(point, key)
        lines = note.splitlines()
        assert lines[1:4] == ["12", base64.b64encode(bytes(32)).decode(), "time 2026-03-02T18:00:00Z"]
        assert lines[6].split()[:2] == ["\u2014", lines[0]]
        assert not {" ", "+"} & set(lines[0])
        assert checkpoints.read(note, key.verifier) == point
        assert checkpoints.read(note.replace("\n12\n", "\n13\n"), key.verifier) is None
        assert checkpoints.read(note, Signer.new("agence.example").verifier) is None


# --------------------------------------------------------------------------- a journal of three evenings


def fill(journal, day):
    for creditor in ("atelier", "bureau"):
        for debtor in ("dupont", "durand"):
            name = f"F-{creditor}-{debtor}-{day}"
            paid, _ = build({"on": day, "event": "payment.received", "invoice": name, "amount": "200.00", "note": "chèque"})
            journal.record(
                Creditor(creditor),
                Debtor(debtor, name=debtor.title()),
                [paid],
                invoices=[Invoice(name, date(2026, 2, 1), Decimal("1200.00"))],
                actor="marie",
            )


@pytest.fixture
def lived(place, clock, tmp_path):
    """A journal of three evenings, each witnessed beside it and in a second place; its key, and where the notes lie."""
    where, key = place(), Signer.new("agence.example")
    (tmp_path / "second").mkdir()
    places = [WitnessPlace(str(tmp_path / "beside.checkpoints"), "j.checkpoints"), WitnessPlace(f"{tmp_path}/second", "j.checkpoints")]
    with Journal.open(where, now=clock) as journal:
        for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
            clock.set(day, 18)
            fill(journal, day)
            assert witness(journal, key, places).signed == 2
        assert witness(journal, key, places).signed == 0  # nothing is news
        yield journal, key, places


def rewritten(connection, creditor, first, change):
    """Change a chain from an entry on as one who knows how it is hashed; the database agrees with itself afterwards."""
    names = list(JournalRow._fields)
    quoted = ", ".join(f'"{name}"' for name in names)
    rows = [
        JournalRow(*row) for row in connection.exec_driver_sql(f"SELECT {quoted} FROM journal WHERE creditor = '{creditor}' ORDER BY seq")
    ]
    rows = change(rows[: first - 1], rows[first - 1 :])
    done, previous = [], START
    for seq, row in enumerate(rows, 1):
        moved = row._replace(seq=seq, previous_hash=previous)
        previous = link(previous, content_hash(tuple(moved)[:-2]))
        done.append(moved._replace(hash=previous))
    connection.exec_driver_sql(f"DELETE FROM journal WHERE creditor = '{creditor}'")
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    for row in done:
        connection.exec_driver_sql(f"INSERT INTO journal ({quoted}) VALUES ({', '.join([mark] * len(names))})", tuple(row))
    if done:
        connection.exec_driver_sql(
            f"UPDATE chains SET seq = {done[-1].seq}, hash = '{previous}', recorded_at = '{done[-1].recorded_at}' WHERE creditor = '{creditor}'"
        )
    else:
        connection.exec_driver_sql(f"DELETE FROM chains WHERE creditor = '{creditor}'")


def unguarded(connection, work):
    """Work as one who may change everything, and put the guard back as it was."""
    from relance.journal import guard

    for name in ("journal_no_update", "journal_no_delete") if connection.dialect.name == "sqlite" else ("journal_append_only ON journal",):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP FUNCTION journal_append_only")
    work()
    guard.make(connection)


def paid_more(before, after):
    return [*before, after[0]._replace(actor="paul"), *after[1:]]


def test_a_rewritten_chain_is_found_with_the_evening_up_to_which_it_can_be_believed(lived):
    journal, key, places = lived
    points = checkpoints_in(places, key.verifier)
    assert len(points) == 6
    whole = verify(journal.engine, points=points)
    assert whole.breaks == ()
    assert [each.last.entries for each in whole.witnessed] == [chain.entries for chain in whole.chains]
    second = sorted(point.entries for point in points if point.creditor == "bureau")[1]
    with journal.engine.begin() as connection:
        unguarded(connection, lambda: rewritten(connection, "bureau", second, paid_more))
    assert verify(journal.engine).breaks == ()  # nothing in the journal itself can tell
    (broken,) = verify(journal.engine, points=points).breaks
    assert broken.creditor == "bureau"
    assert "witnessed on 2026-03-03 18:00 UTC" in broken.message
    assert (
        f"nothing after entry {min(point.entries for point in points if point.creditor == 'bureau')}, witnessed on 2026-03-02 18:00 UTC"
        in broken.message
    )
    report = witness(journal, key, places)
    assert [each.creditor for each in report.rewritten] == ["bureau"]  # the next evening says so, and signs nothing of it
    assert report.signed == 0


@pytest.mark.parametrize("what", ["cut", "gone", "first", "inserted"])
def test_a_chain_cut_taken_away_or_added_to_is_found(lived, what):
    journal, key, places = lived
    change = {
        "cut": lambda before, after: before,
        "gone": lambda before, after: [],
        "first": lambda before, after: [before[0]._replace(actor="paul"), *before[1:], *after],
        "inserted": lambda before, after: [*before, after[0]._replace(key=None), *after],
    }[what]
    with journal.engine.begin() as connection:
        unguarded(connection, lambda: rewritten(connection, "atelier", 9, change))
    breaks = verify(journal.engine, points=checkpoints_in(places, key.verifier)).breaks
    assert any(each.creditor == "atelier" and "rewritten or cut off" in each.message for each in breaks), breaks
    assert ("nothing of it can be believed" in breaks[-1].message) is (what in ("gone", "first"))


def test_notes_taken_from_beside_the_journal_still_lie_in_the_second_place(lived, tmp_path):
    _, key, places = lived
    (tmp_path / "beside.checkpoints").unlink()
    assert len(checkpoints_in(places, key.verifier)) == 6
    (tmp_path / "beside.checkpoints").write_text(
        (tmp_path / "second" / "j.checkpoints").read_text().replace("\n", "\r\n"), encoding="utf-8"
    )
    assert len(checkpoints_in(places[:1], key.verifier)) == 6  # as a mail brings them


def test_what_was_written_after_the_last_note_is_only_as_sure_as_the_journal(lived, clock):
    """The other side of the boundary: nobody witnessed it, and nobody says so of it."""
    journal, key, places = lived
    clock.set("2026-03-05")
    fill(journal, "2026-03-05")
    last = max(point.entries for point in checkpoints_in(places, key.verifier) if point.creditor == "atelier")
    with journal.engine.begin() as connection:
        unguarded(connection, lambda: rewritten(connection, "atelier", last + 1, paid_more))
    assert verify(journal.engine, points=checkpoints_in(places, key.verifier)).breaks == ()


# --------------------------------------------------------------------------- the guard, the settings


_SQLITE_GUARDS = [
    ["DROP TRIGGER journal_no_update"],
    ["DROP TRIGGER journal_no_delete"],
    ["DROP TRIGGER journal_no_update", "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT 1; END"],
    ["DROP TRIGGER journal_no_delete", "CREATE TRIGGER journal_no_delete BEFORE DELETE ON people BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"],
    ["DROP TRIGGER journal_no_update", "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal WHEN 0 BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"],
    ["CREATE TRIGGER more AFTER INSERT ON journal BEGIN SELECT 1; END"],
    ["CREATE VIEW entries AS SELECT * FROM journal"],
    ["DROP INDEX journal_key"],
    ["DROP INDEX journal_key", "CREATE INDEX journal_key ON journal (creditor, key)"],
]  # fmt: skip
_POSTGRES_GUARDS = [
    ["DROP TRIGGER journal_append_only ON journal"],
    ["ALTER TABLE journal DISABLE TRIGGER journal_append_only"],
    ["CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"],
    ["DROP TRIGGER journal_append_only ON journal", "CREATE TRIGGER journal_append_only BEFORE UPDATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"],
    ["DROP TRIGGER journal_append_only ON journal", "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_append_only()"],
    ["CREATE RULE quiet AS ON UPDATE TO journal DO INSTEAD NOTHING"],
    ["CREATE TRIGGER more AFTER INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()"],
    ["DROP INDEX journal_key"],
]  # fmt: skip
_META = [
    "UPDATE meta SET value = '1'",
    "DELETE FROM meta",
    "INSERT INTO meta VALUES ('retention.notes', '1')",
    "INSERT INTO meta VALUES ('x', 'y')",
]


def test_a_guard_replaced_and_a_changed_setting_are_found(journal):
    fill(journal, "2026-03-02")
    assert verify(journal.engine).breaks == ()
    guards = _SQLITE_GUARDS if journal.engine.dialect.name == "sqlite" else _POSTGRES_GUARDS
    for statements in [*guards, *([one] for one in _META)]:
        with journal.engine.connect() as connection, connection.begin() as begun:
            for statement in statements:
                connection.exec_driver_sql(statement)
            from relance.journal.verification import audit

            assert audit(connection, {}).breaks, statements
            begun.rollback()
    assert verify(journal.engine).breaks == ()


def test_periods_of_retention_stand_in_the_chains(journal):
    from relance.journal.retention import periods, set_period

    assert set_period(journal, "notes", "36", on=date(2026, 3, 2), actor="marie") is not None  # no chain to write it in
    fill(journal, "2026-03-02")
    assert set_period(journal, "notes", "36", on=date(2026, 3, 2), actor="marie") is None
    assert periods(journal)["notes"].months == 36
    assert [entry.actor for entry in journal.entries(kinds=("retention.declared",))] == ["marie", "marie"]
    with journal.engine.begin() as connection:  # as a journal of before kept it
        connection.exec_driver_sql("INSERT INTO meta VALUES ('retention.identity', '24')")
    assert periods(journal)["identity"].months == 24
    assert ["retention.identity" in each.message for each in verify(journal.engine).breaks] == [True]
    assert set_period(journal, "identity", "24", on=date(2026, 3, 3), actor="marie") is None
    assert verify(journal.engine).breaks == ()


# --------------------------------------------------------------------------- three hundred


def tampered(copy, chance, kind):
    """Change a copy of a journal in one way."""
    if kind == "byte":
        content = bytearray(copy.read_bytes())
        content[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
        copy.write_bytes(bytes(content))
        return
    import sqlalchemy as sa

    engine = sa.create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        creditor = chance.choice(["atelier", "bureau"])
        count = connection.exec_driver_sql(f"SELECT count(*) FROM journal WHERE creditor = '{creditor}'").scalar()
        place = chance.randrange(2, count + 1)

        def change(before, after):
            if kind == "cut":
                return before
            if kind == "row":
                return [*before, *after[1:]]
            if kind == "insert":
                return [*before, after[0]._replace(key=None, actor="x"), *after]
            column = chance.choice(["recorded_at", "on", "debtor", "case", "invoice", "kind", "payload", "actor"])
            value = str(getattr(after[0], column))
            return [*before, after[0]._replace(**{column: value[:-1] + ("0" if value[-1:] != "0" else "1")}), *after[1:]]

        if kind == "cell":
            column = chance.choice(["recorded_at", "on", "debtor", "case", "invoice", "kind", "payload", "actor", "hash", "previous_hash"])
            statement = f"UPDATE journal SET \"{column}\" = \"{column}\" || 'x' WHERE creditor = '{creditor}' AND seq = {place}"
            unguarded(connection, lambda: connection.exec_driver_sql(statement))
        else:
            unguarded(connection, lambda: rewritten(connection, creditor, place, change))
    engine.dispose()


def spoilt(tmp_path, clock, counts):
    """Change copies of a witnessed journal; return those that nothing found and that are not what they were."""
    path, key = tmp_path / "j.db", Signer.new("agence.example")
    place = WitnessPlace(str(tmp_path / "j.checkpoints"), "")
    with Journal.open(path, now=clock) as journal:
        for day in ("2026-03-02", "2026-03-03"):
            clock.set(day, 18)
            fill(journal, day)
            witness(journal, key, [place])
        lines = list(backup.export(journal.engine))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    chance, points, missed = random.Random(20260302), checkpoints_in([place], key.verifier), []
    for kind, count in counts.items():
        for number in range(count):
            copy = tmp_path / "copy.db"
            shutil.copy(path, copy)
            tampered(copy, chance, kind)
            try:
                with Journal.open(copy, read_only=True) as journal:
                    if not verify(journal.engine, points=points).breaks and list(backup.export(journal.engine)) != lines:
                        missed.append((kind, number))
            except JournalError:
                continue
    return missed


def test_thirty_tampers_are_found_or_harmless(tmp_path, clock):
    assert spoilt(tmp_path, clock, dict.fromkeys(("byte", "cell", "rewrite", "cut", "row", "insert"), 5)) == []


@pytest.mark.long
def test_three_hundred_tampers_are_found_or_harmless(tmp_path, clock):
    assert spoilt(tmp_path, clock, {"byte": 100, "cell": 60, "rewrite": 60, "cut": 30, "row": 30, "insert": 20}) == []
