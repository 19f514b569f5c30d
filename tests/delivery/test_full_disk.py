"""A disk that is really full (a small file system in memory): what was done is told, nothing is lost, nothing is half-made."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess

import pymupdf
import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.delivery import outbox
from relance.interpreter import look
from relance.journal import verification
from relance.journal.journal import Journal

from .conftest import TODAY

LETTERS = 6


@pytest.fixture
def disk(tmp_path):
    """Mount a disk of so many KiB; where the machine does not let us, skip."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = []

    def mount(kib):
        if shutil.which("mount") is None or os.name != "posix":
            pytest.skip("there is no 'mount' here")
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"a disk of our own cannot be mounted here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield mount
    for each in mounted:
        subprocess.run(["umount", "-l", str(each)], check=True)


@pytest.fixture
def books(tmp_path, journal, both, facts):
    """A journal with so many letters and e-mails of one step that wait, and its path."""
    for number in range(LETTERS):
        debtor = dataclasses.replace(facts.debtor, id=f"d{number}")
        journal.take_in(
            [dataclasses.replace(facts, debtor=debtor, invoices=(dataclasses.replace(facts.invoices[0], id=f"F-{number}"),))], actor="test"
        )
        known = next(journal.facts(facts.creditor.id, debtor.id))
        journal.emit(look(both[0], known, TODAY).actions, on=TODAY, actor="test")
    journal.engine.dispose()
    return tmp_path / "books.db"


@pytest.fixture
def relance(monkeypatch, clock, smtp_server, both):
    monkeypatch.setattr("relance.cli.common.now", clock)
    monkeypatch.setattr("relance.cli.send.now", clock)
    environment = {
        "RELANCE_SMTP_HOST": "127.0.0.1",
        "RELANCE_SMTP_PORT": str(smtp_server.port),
        "RELANCE_SMTP_SECURITY": "none",
        "RELANCE_ACTOR": "test",
    }

    def run(*line, journal):
        return CliRunner().invoke(main, [*map(str, line), "--playbook", str(both[1]), "--journal", str(journal)], env=environment)

    return run


def half_made(folder):
    """Return what no reader can open, and what was left behind on the way."""
    broken = [path for path in folder.rglob("*") if path.name.startswith(".")]
    for path in folder.rglob("*.pdf"):
        try:
            with pymupdf.open(path) as pages:
                assert len(pages)
        except (RuntimeError, AssertionError):
            broken.append(path)
    broken += [path for path in folder.rglob("*.eml") if not path.read_bytes().endswith(b"--\r\n")]
    return broken


def states(path, channel, clock):
    with Journal.open(path, now=clock) as journal:
        assert verification.verify(journal.engine).breaks == ()
        return [str(each.state) for each in outbox.read(journal) if each.channel == channel]


def test_rendering_stops_clean(relance, books, disk):
    full = disk(200)
    done = relance("render", "--out", full / "out", journal=books)
    assert done.exit_code == 2
    assert "No space left on device" in done.output
    assert f"of {2 * LETTERS} messages were written whole" in done.output
    assert list(full.rglob("*.pdf"))
    assert half_made(full) == []


def test_printing_tells_what_lies_in_the_tray_and_goes_on_later(relance, books, disk, tmp_path, clock):
    full = disk(200)
    done = relance("send", "--channel", "letter", "--print", full / "tray", journal=books)
    assert done.exit_code == 2
    laid = states(books, "letter", clock).count("sent")
    assert 0 < laid < LETTERS
    assert f"{laid} sent, 1 not sent" in done.output, "what was done is told all the same"
    assert "letters.csv were not written: No space left on device; run the command again" in done.output
    assert half_made(full) == []
    assert len(list((full / "tray" / "single").glob("*.pdf"))) == laid, "what is recorded as sent lies there, and nothing else"

    shutil.copytree(full / "tray", tmp_path / "tray")  # room was made
    again = relance("send", "--channel", "letter", "--print", tmp_path / "tray", journal=books)
    assert again.exit_code == 0, again.output
    assert states(books, "letter", clock) == ["sent"] * LETTERS
    assert len((tmp_path / "tray" / "letters.csv").read_text(encoding="utf-8-sig").splitlines()) == LETTERS + 1


@pytest.mark.parametrize("room", [20, 220, 300, *(pytest.param(room, marks=pytest.mark.long) for room in (150, 180, 260, 400))])
def test_a_journal_on_a_full_disk_stops_the_run_and_loses_nothing(relance, books, disk, post, clock, room):
    full = disk(books.stat().st_size // 1024 + room)
    shutil.copy(books, full / "books.db")
    done = relance("send", "--rate", "100000", journal=full / "books.db")
    assert done.exit_code == (2 if room == 20 else 1), done.output  # too full even to open the journal: nothing was begun
    assert isinstance(done.exception, SystemExit), "a sentence, no traceback"
    left = [envelope.rcpt_tos for envelope in post.taken]
    shutil.copytree(full, full.parent / "after")
    found = states(full.parent / "after" / "books.db", "email", clock)
    begun = found.count("unclear") + found.count("under_way")
    assert found.count("sent") + begun == len(left), "each copy that left is known of, and none is sent again by itself"
    assert begun <= 1
    if found.count("sent"):
        assert f"{found.count('sent')} sent" in done.output
    if begun:
        assert "sent, but that could not be written down" in " ".join(done.output.split())

    more = relance("send", "--rate", "100000", journal=full.parent / "after" / "books.db")
    assert "unclear" not in more.output
    assert more.exit_code == 0, more.output
    assert len(post.taken) == LETTERS, "room was made: the rest leaves, once each"
    assert len({envelope.content for envelope in post.taken}) == len(post.taken)


def test_a_book_of_letters_is_whole_files_only(disk):
    full = disk(400)
    done = CliRunner().invoke(main, ["preview", "negligent", "--due", "2026-03-02", "--amount", "1200", "--letters", str(full / "book")])
    assert done.exit_code == 2
    assert "No space left on device" in done.output
    assert list(full.rglob("*.eml"))
    assert half_made(full) == []
