"""Heads that are laid with others: by mail and at an address; what lies there is found again as it lies there, and a file of anything else is no proof."""

from __future__ import annotations

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.delivery.smtp import Postman, Server
from relance.delivery.witnesses import WitnessPlace, checkpoints_in, witness
from relance.journal.signed_note import Signer


@pytest.fixture
def archive():
    """A server that takes notes, or answers as told."""

    class Archive(BaseHTTPRequestHandler):
        taken, answer = [], 200

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if Archive.answer == 200:
                Archive.taken.append(body)
            self.send_response(Archive.answer)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Archive.url = f"http://127.0.0.1:{server.server_address[1]}/heads"
    yield Archive
    server.shutdown()
    server.server_close()


@pytest.fixture
def lay(journal, emit, facts, archive, post, smtp_server):
    """Sign the heads of a journal, and lay them with an accountant and at an address."""
    emit(facts)
    key = Signer.new("agence.example")
    places = [WitnessPlace("mailto:comptable@cabinet.example", "books.db.checkpoints"), WitnessPlace(archive.url, "books.db.checkpoints")]
    postman = partial(Postman, Server("127.0.0.1", smtp_server.port, "none"))
    return key, lambda: witness(journal, key, places, postman, "agence@agence.example")


def test_what_lies_with_others_is_found_again_as_it_lies_there(lay, archive, post, tmp_path, journal):
    key, work = lay
    done = work()
    assert (done.signed, done.trouble) == (1, ())
    (mail,), (posted,) = post.taken, archive.taken
    assert (mail.mail_from, mail.rcpt_tos) == ("agence@agence.example", ["comptable@cabinet.example"])
    raw = mail.content.replace(b"\r\n", b"\n")
    saved = {
        "mail.eml": mail.content, "box": b"From agence@agence.example Mon Feb  2 10:00:00 2026\n" + raw + b"\nFrom x Mon Feb  2 11:00:00 2026\nSubject: x\n\nx\n",
        "posted.txt": posted,
    }  # fmt: skip
    for name, content in saved.items():
        (tmp_path / name).write_bytes(content)
        (point,) = checkpoints_in([WitnessPlace(str(tmp_path / name), "")], key.verifier)
        assert point.entries == len(list(journal.entries()))
    assert b"Auto-Submitted: auto-generated" in mail.content


def test_who_does_not_take_them_is_said(lay, archive, post):
    _, work = lay
    archive.answer, post.rcpt = 503, "550 5.1.1 nobody here"
    said = " ".join(work().trouble)
    assert "mailto:comptable@cabinet.example: 550 5.1.1 nobody here" in said
    assert f"{archive.url}: Service Unavailable" in said


def test_a_file_of_anything_else_proves_nothing(lay, post, tmp_path, monkeypatch):
    key, work = lay
    work()
    (tmp_path / "mail.eml").write_bytes(post.taken[0].content)
    (tmp_path / "invoices.csv").write_text("id;debtor\nF-1;C1\n")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("RELANCE_JOURNAL", str(tmp_path / "books.db"))

    def verify(place, *more, code):
        done = CliRunner().invoke(main, ["journal", "verify", "--checkpoints", str(tmp_path / place), *more])
        assert done.exit_code == code, done.output
        return done.output

    public = ("--key", str(key.verifier))
    assert "witnessed up to entry" in verify("mail.eml", *public, code=0)
    for nothing in ("invoices.csv", "empty", "absent"):
        assert "no checkpoint" in verify(nothing, *public, code=2)
    assert "no checkpoint" in verify("mail.eml", "--key", str(Signer.new("agence.example").verifier), code=2)
    assert "by which key" in verify("mail.eml", code=2)
