"""A table read in blocks says what it says read at once; an import killed in its midst is made whole by running it again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.statements.bank_files import Moved, camt

from relance.importers import intake
from relance.importers.columns import ColumnMapping
from relance.importers.import_settings import Settings
from relance.importers.line_count import LineFate
from relance.journal import verification
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Facts, Invoice

TODAY = date(2026, 3, 2)
HEAD = "id;debtor;debtor.name;issued;due;amount;paid;type;document"


def lines(rows) -> str:
    return "\n".join([HEAD, *(";".join(row) for row in rows)]) + "\n"


@st.composite
def tables(draw) -> tuple[str, str]:
    """A table of invoices with repeats, contradictions and credit notes before and after what they credit; and events about them."""
    rows, numbers = [], [f"F-{n}" for n in range(draw(st.integers(2, 9)))]
    for number in draw(st.permutations(numbers)):
        who = draw(st.sampled_from(["un", "deux", "trois"]))
        row = (number, who, draw(st.sampled_from(["", who.title()])), "2026-01-02", "2026-02-01", "500.00", draw(st.sampled_from(["", "100.00"])), "", "")
        rows.append(row)
        match draw(st.integers(0, 5)):
            case 0:
                rows.append(row)
            case 1:
                rows.append((*row[:5], "700.00", *row[6:]))
            case 2:
                place = draw(st.integers(0, len(rows)))
                rows.insert(place, (f"A-{number}", who, "", "2026-01-20", "", "50.00", "", "credit_note", draw(st.sampled_from([number, "F-99", ""]))))
    events = ["on;event;invoice;debtor;amount;reason"]
    events += [f"2026-02-10;payment.received;{number};;20.00;" for number in draw(st.lists(st.sampled_from([*numbers, "F-99"]), max_size=6))]
    events += ["2026-02-11;hold.placed;;un;;congés"] * draw(st.integers(0, 2))
    return lines(rows), "\n".join(events) + "\n"


def read(where: Path, files: tuple[str, str], block: int, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    for name, text in zip(("invoices", "events"), files, strict=True):
        (where / f"{name}.csv").write_text(text, "utf-8")
    monkeypatch.setattr(intake, "_BATCH", block)
    sources = [intake.recognise(where / f"{name}.csv") for name in ("invoices", "events")]
    found = []
    with Journal.open(where / f"j{block}.db", now=lambda: datetime(2026, 3, 2, 8, tzinfo=UTC)) as journal:
        for _ in range(2):
            done = intake.take(journal, sources, intake.Settings(not_after=TODAY))
            refused = sorted((one.line, one.row) for one in done.rejects)
            found.append((done.rows, done.invoices, done.events, done.repeated + done.recorded.known, done.recorded.written, refused))
        facts = sorted(((each.creditor.id, each.debtor, each.invoices and sorted(each.invoices, key=lambda one: one.id), each.events) for each in journal.facts()),
                       key=lambda each: (each[0], each[1].id))  # fmt: skip
    return found[0], found[1][4:], [each[:3] for each in facts], [sorted((e.on, e.kind, e.invoice or "", str(e.data)) for e in each[3]) for each in facts]


def drawn(examples):
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return lambda test: settings(max_examples=examples, deadline=None, suppress_health_check=checks)(given(files=tables(), block=st.integers(1, 4))(test))


def in_blocks_as_at_once(files, block, where, monkeypatch):
    whole, parts = (read(where, files, size, monkeypatch) for size in (1_000, block))
    assert parts == whole
    assert parts[1][0] == 0  # the second time nothing is written


@drawn(10)
def test_in_blocks_as_at_once(files, block, tmp_path_factory, monkeypatch):
    in_blocks_as_at_once(files, block, tmp_path_factory.mktemp("blocks"), monkeypatch)


@pytest.mark.long
@drawn(80)
def test_many_files_in_blocks_as_at_once(files, block, tmp_path_factory, monkeypatch):
    in_blocks_as_at_once(files, block, tmp_path_factory.mktemp("blocks"), monkeypatch)


def test_an_event_about_a_document_whose_instalments_have_numbers_of_their_own(tmp_path, clock):
    (tmp_path / "invoices.csv").write_text("id;debtor;due;amount;document\nE-7;un;2026-02-01;50.00;F-1\nE-8;un;2026-03-01;50.00;F-1\n", "utf-8")
    (tmp_path / "events.csv").write_text("on;event;invoice;amount\n2026-02-10;payment.received;F-1;60.00\n", "utf-8")
    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        for name in ("invoices", "events"):
            done = intake.take(journal, [intake.recognise(tmp_path / f"{name}.csv")], intake.Settings(not_after=TODAY))
            assert done.rejects == []
        (facts,) = journal.facts()
    assert [event.invoice for event in facts.events] == ["F-1"]


@pytest.mark.long
@pytest.mark.parametrize(("database", "kills"), [("sqlite", 12), ("postgresql", 8)])
def test_an_import_that_is_killed_is_made_whole_by_the_next(database, kills, tmp_path, request):
    rows = [(f"F-{n}", f"C{n // 2}", f"Client {n // 2}", "2026-01-02", "2026-02-01", f"{100 + n}.00", "10.00" if n % 3 == 0 else "", "", "") for n in range(3000)]
    rows += [(f"A-{n}", f"C{n // 2}", "", "2026-01-20", "", "5.00", "", "credit_note", f"F-{n}") for n in range(0, 3000, 50)]
    (tmp_path / "invoices.csv").write_text(lines(rows), "utf-8")
    (tmp_path / "events.csv").write_text("on;event;invoice;amount\n" + "".join(f"2026-02-10;payment.received;F-{n};7.00\n" * 2 for n in range(0, 3000, 100)))

    def url(name: str) -> str:
        return str(tmp_path / name) if database == "sqlite" else request.getfixturevalue("new_postgres")()

    def start(where: str) -> subprocess.Popen:
        code = ("import sys; from relance.importers import intake; intake._BATCH = 200\n"
                "import relance.journal.journal as j; j._BATCH = 50\nfrom relance.cli import import_, main; print('ready', flush=True); main()")  # fmt: skip
        command = ["import", "invoices.csv", "events.csv", "--commit", "--journal", where]
        made = subprocess.Popen([sys.executable, "-c", code, *command], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert made.stdout is not None
        assert made.stdout.readline() == b"ready\n"  # the cost of the start would otherwise be all that a random moment hits
        return made

    quiet, killed = url("quiet.db"), url("killed.db")
    worker = start(quiet)
    began = time.monotonic()
    out, errors = worker.communicate(timeout=300)
    took = time.monotonic() - began
    assert worker.returncode == 0, out + errors
    hit, there = 0, []
    for kill in range(kills):
        worker = start(killed)
        time.sleep(took * (kill + 1) / (2 * kills))  # what was killed before is taken up again, and is over sooner
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
        hit += worker.returncode == -signal.SIGKILL
        with Journal.open(killed) as journal:
            found = verification.verify(journal.engine)
            assert found.breaks == ()
            there.append(sum(chain.entries for chain in found.chains))
    assert hit
    worker = start(killed)
    out, errors = worker.communicate(timeout=300)
    assert worker.returncode == 0, out + errors
    contents = []
    for where in (quiet, killed):
        with Journal.open(where) as journal:
            assert verification.verify(journal.engine).breaks == ()
            contents.append(sorted((e.kind, e.debtor or "", e.invoice or "", str(sorted(e.data.items()))) for e in journal.entries()))
    assert contents[0] == contents[1]
    assert any(0 < count < len(contents[0]) for count in there)  # it was killed with part of the work done


def test_each_row_that_is_read_moves_the_progress_bar(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "_BATCH", 10)
    (tmp_path / "list.csv").write_text("id;debtor;debtor.name;issued;due;amount\n" + "".join(f"F-{n};C{n % 7};Client {n % 7};2026-01-05;2026-02-05;{n + 10}.00\n" for n in range(35)), "utf-8")
    moved = []
    mapping = ColumnMapping(creditor=Creditor("atelier", "Atelier"))
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, tzinfo=UTC)) as journal:
        outcome = intake.take(journal, [intake.recognise(tmp_path / "list.csv")], Settings(mapping, date(2026, 6, 1)), moved.append)
    assert [rows for rows in moved if rows] == [10, 10, 10, 5]
    assert sum(moved) == outcome.rows


def test_each_movement_of_a_statement_moves_the_progress_bar(tmp_path):
    """The bar moves within one long statement, as each movement is matched, and not once at its end."""
    moved = [Moved(f"{n + 10}.00", "INCONNU", "LOYER") for n in range(30)]
    (tmp_path / "releve.xml").write_text(camt(moved), "utf-8")
    told: list[int] = []
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, tzinfo=UTC)) as journal:
        journal.take_in([Facts(Creditor("atelier", "Atelier"), Debtor("C1", "Dupont"), (Invoice("F-1", date(2026, 2, 5), Decimal(100), "EUR", issued=date(2026, 1, 5)),))], actor="test")
        outcome = intake.take(journal, [intake.recognise(tmp_path / "releve.xml")], Settings(ColumnMapping(), date(2026, 6, 1)), told.append)
    assert told == [1] * 30
    assert outcome.statements[0].for_a_person == 30


def test_two_files_of_one_name_have_lines_of_their_own(tmp_path):
    head = "id;debtor;debtor.name;issued;due;amount\n"
    for folder, rows in (("jan", ["F-1;C1;Dupont;2026-01-05;2026-02-05;10,00"]), ("feb", ["F-2;C1;Dupont;2026-01-05;2026-02-05;1 2,00", "F-3;C1;Dupont;2026-01-05;2026-02-05;10,00"])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "f.csv").write_text(head + "\n".join(rows) + "\n", "utf-8")
    named = [tmp_path / "jan" / "f.csv", tmp_path / "feb" / "f.csv", tmp_path / "jan" / ".." / "jan" / "f.csv"]
    sources = intake.told_apart(map(intake.recognise, named))
    assert [one.path.name for one in sources] == ["jan/f.csv", "feb/f.csv"]  # a file named twice is one
    with Journal.open(tmp_path / "relance.db", now=lambda: datetime(2026, 6, 1, tzinfo=UTC)) as journal:
        outcome = intake.take(journal, sources, Settings(ColumnMapping(creditor=Creditor("atelier", "Atelier")), date(2026, 6, 1)))
        counts = [intake.fates(outcome, one) for one in sources]
    assert counts == [{LineFate.NEW: 1}, {LineFate.NEW: 1, LineFate.REJECTED: 1}]
    assert [(one.file, one.line) for one in outcome.rejects] == [("feb/f.csv", 2)]


def test_files_of_names_of_their_own_are_called_by_them(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id;debtor;amount\n", "utf-8")
    assert [one.path.name for one in intake.told_apart([intake.recognise(tmp_path / name) for name in ("a.csv", "b.csv")])] == ["a.csv", "b.csv"]
