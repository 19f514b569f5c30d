"""Letters by a provider, with a server of our own: handed over once whatever dies, asked about later, proofs kept, and no token in any words."""

import base64
import dataclasses
import json
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.delivery import outbox
from relance.delivery.following import follow
from relance.delivery.https import Patience
from relance.delivery.postal_provider import PostalProvider, ProviderError
from relance.delivery.sending import Run
from relance.letters import sample
from relance.letters.document import Studio
from relance.model import Channel

TOKEN = "jeton-de-la-poste"
PDF = b"%PDF-1.4 preuve de distribution"


class PostOffice(BaseHTTPRequestHandler):
    """Keeps letters by name; `server.answers` says by status what is done instead."""

    def log_message(self, *_):
        pass

    def _answer(self, status, value=None):
        content = json.dumps(value).encode() if value is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _refused(self):
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401)
            return True
        return False

    def do_PUT(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        office = self.server
        office.puts.append(self.path)
        if self._refused():
            return
        if isinstance(office.way, int):
            self._answer(office.way)
            return
        name = self.path.rpartition("/")[2]
        new = office.letters.setdefault(name, content) is content
        if office.way == "dies":  # the letter is taken, and its sender never hears of it
            self.close_connection = True
            self.connection.close()
            return
        self._answer(201 if new else 200, office.news.get(name, {"status": "accepted"}))

    def do_GET(self):
        if self._refused():
            return
        name = self.path.rpartition("/")[2]
        self._answer(200, self.server.news.get(name, {"status": "accepted"})) if name in self.server.letters else self._answer(404)


@pytest.fixture
def office():
    server = ThreadingHTTPServer(("127.0.0.1", 0), PostOffice)
    server.letters, server.news, server.puts, server.way = {}, {}, [], ""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(office):
    return PostalProvider(f"http://127.0.0.1:{office.server_port}/v1/", TOKEN, Patience(5, 5))


@pytest.fixture
def send(journal, both, clock, provider, facts):
    """Emit a letter, and return what sends it by the provider."""
    playbook, _ = both
    letters = dataclasses.replace(playbook, steps=tuple(dataclasses.replace(step, channels=(Channel.LETTER,)) for step in playbook.steps))

    def go(carry=provider.carry):
        with Studio(writing=sample.writing(agency=False)) as studio:
            run = Run(desk=journal, studio=lambda _: studio, playbooks={"negligent": letters}.get, carriers={Channel.LETTER: carry}, now=clock, actor="test")
            return list(run.send(outbox.read(journal)))

    go.playbook = letters
    return go


def only(journal):
    (message,) = outbox.read(journal)
    return message


def test_a_letter_is_handed_over_once_with_all_it_takes(send, emit, facts, office, journal):
    emit(facts, playbook=send.playbook)
    (report,) = send()
    assert report.fate == "sent"
    assert send() == []
    ((name, content),) = office.letters.items()
    said = json.loads(content)
    assert name == said["message"] == only(journal).id
    assert said["to"][0] == facts.debtor.name
    assert (said["registered"], said["pages"], said["country"]) == (False, 1, "FR")
    assert base64.b64decode(said["file"]["base64"]) == journal.document(journal_document(journal))
    assert TOKEN not in content.decode()
    assert len(office.puts) == 1


def journal_document(journal):
    (kept,) = [entry.data["sha256"] for entry in journal.entries(kinds=("document.attached",))]
    return kept


@pytest.mark.parametrize(
    ("way", "fate", "state", "stops"),
    [(401, "not_sent", "ready", True), (402, "not_sent", "ready", True), (404, "not_sent", "ready", True), (429, "not_sent", "ready", True), (503, "not_sent", "ready", False), (422, "failed", "failed", False),
     (500, "unclear", "unclear", False), (409, "unclear", "unclear", False), ("dies", "unclear", "unclear", False)],
)  # fmt: skip
def test_what_an_answer_means(send, emit, facts, office, journal, way, fate, state, stops):
    emit(facts, playbook=send.playbook)
    office.way = way
    (report,) = send()
    assert (report.fate, report.stop, only(journal).state) == (fate, stops, state)
    assert TOKEN not in report.words


def test_nobody_there_stops_and_leaves_it_ready(send, emit, facts, office, journal):
    emit(facts, playbook=send.playbook)
    nobody = PostalProvider("http://127.0.0.1:9", TOKEN)
    (report,) = send(nobody.carry)
    assert (report.fate, report.stop, only(journal).state) == ("not_sent", True, "ready")


def test_a_kill_between_post_and_record_is_unclear_and_ends_without_a_second_letter(send, emit, facts, office, journal, provider, clock):
    emit(facts, playbook=send.playbook)

    def killed(actions, document):
        provider.carry(actions, document)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(killed)
    assert only(journal).state == "unclear"
    assert send() == [], "never sent again by itself"
    (report,) = follow(journal, provider, on=clock.now.date(), actor="test")
    assert report.written
    assert only(journal).state == "sent"
    assert list(office.letters) == [only(journal).id]


def test_an_unclear_letter_that_never_came_waits_for_a_person_and_goes_again_under_its_name(send, emit, facts, office, journal, provider, clock):
    emit(facts, playbook=send.playbook)
    office.way = 500
    send()
    (report,) = follow(journal, provider, on=clock.now.date(), actor="test")
    assert (report.news, only(journal).state) == (None, "unclear")
    office.way = ""
    assert outbox.approve(journal, only(journal), on=clock.now.date(), actor="test") is None
    (again,) = send()
    assert again.fate == "sent"
    assert len(office.letters) == 1
    assert len(set(office.puts)) == 1


def test_what_became_of_a_letter_is_written_once_with_its_proof(send, emit, facts, office, journal, provider, clock):
    emit(facts, playbook=send.playbook)
    send()
    name, day = only(journal).id, clock.now.date()
    assert [each.written for each in follow(journal, provider, on=day, actor="test")] == [False], "accepted is no event"
    office.news[name] = {"status": "presented", "on": "2026-02-04", "tracking": "1A 123"}
    assert [each.written for each in follow(journal, provider, on=day + timedelta(3), actor="test")] == [True]
    assert [each.written for each in follow(journal, provider, on=day + timedelta(3), actor="test")] == [False]
    office.news[name] = {"status": "delivered", "on": "2026-02-05", "tracking": "1A 123", "proof": {"name": "avis.pdf", "base64": base64.b64encode(PDF).decode()}}
    assert [each.written for each in follow(journal, provider, on=day + timedelta(4), actor="test")] == [True]
    told = [(entry.kind, str(entry.on), entry.data.get("reference")) for entry in journal.entries() if entry.kind.startswith("letter.")]
    assert told == [("letter.presented", "2026-02-04", "1A 123"), ("letter.delivered", "2026-02-05", "1A 123")]
    assert PDF in [journal.document(entry.data["sha256"]) for entry in journal.entries(kinds=("document.attached",)) if entry.data["kind"] == "proof"]
    assert list(follow(journal, provider, on=day + timedelta(5), actor="test")) == [], "the last word was said"


@pytest.mark.parametrize(("status", "kind"), [("refused", "letter.refused"), ("unclaimed", "letter.unclaimed"), ("returned", "letter.returned"), ("rejected", "action.failed")])
def test_the_other_ends(send, emit, facts, office, journal, provider, clock, status, kind):
    emit(facts, playbook=send.playbook)
    send()
    office.news[only(journal).id] = {"status": status, "reason": "n'habite pas\x07 à l'adresse\nindiquée"}
    (report,) = follow(journal, provider, on=clock.now.date(), actor="test")
    assert report.written
    (entry,) = [entry for entry in journal.entries() if entry.kind == kind]
    assert "\n" not in str(entry.data)
    assert entry.on == clock.now.date()


@pytest.mark.parametrize("said", [{"status": "lost"}, {"on": "2026-02-04"}, [], {"status": "posted", "on": "hier"}, {"status": "posted", "proof": {"base64": "é"}}, "posted"])
def test_an_answer_that_is_none_changes_nothing(send, emit, facts, office, journal, provider, clock, said):
    emit(facts, playbook=send.playbook)
    send()
    before = len(list(journal.entries()))
    office.news[only(journal).id] = said
    with pytest.raises(ProviderError):
        list(follow(journal, provider, on=clock.now.date(), actor="test"))
    assert len(list(journal.entries())) == before


def test_a_letter_of_long_ago_is_not_asked_about(send, emit, facts, office, journal, provider, clock):
    emit(facts, playbook=send.playbook)
    send()
    assert len(list(follow(journal, provider, on=clock.now.date() + timedelta(90), actor="test"))) == 1
    assert list(follow(journal, provider, on=clock.now.date() + timedelta(91), actor="test")) == []


def test_addresses_and_tokens():
    assert PostalProvider("https://poste.example/v1", "x").mistake() is None
    for url, token in (("http://poste.example", "x"), ("poste.example", "x"), ("https://poste.example", ""), ("https://poste.example", "a\nb"), ("https:///x", "x")):
        assert PostalProvider(url, token).mistake()
    assert TOKEN not in repr(PostalProvider("https://poste.example", TOKEN))


def test_the_commands(tmp_path, monkeypatch, clock, journal, emit, facts, both, office):
    playbook, path = both
    monkeypatch.setattr(common, "now", clock)
    monkeypatch.setattr("relance.cli.send.now", clock)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    environment = {
        "RELANCE_JOURNAL": str(tmp_path / "books.db"), "RELANCE_POST_URL": f"http://127.0.0.1:{office.server_port}", "RELANCE_POST_TOKEN_FILE": str(tmp_path / "token"),
        "RELANCE_SMTP_HOST": "", "RELANCE_WEBHOOK_URL": "",
    }  # fmt: skip

    def relance(*words, code=0, **more):
        done = CliRunner().invoke(main, words, env={**environment, **more})
        assert done.exit_code == code, done.output
        assert TOKEN not in done.output
        return done.output

    emit(facts, playbook=playbook)
    assert "1 sent" in relance("send", "--playbook", str(path))
    assert "accepted" in relance("follow")
    office.news[next(iter(office.letters))] = {"status": "delivered", "on": str(date(2026, 2, 2))}
    assert "delivered 2026-02-02" in relance("follow")
    assert "no letters" in relance("follow")
    assert "RELANCE_POST_URL" in relance("follow", code=2, RELANCE_POST_URL="")
    assert "cannot be read" in relance("follow", code=2, RELANCE_POST_TOKEN_FILE=str(tmp_path / "none"))
    assert "both" in relance("follow", code=2, RELANCE_POST_TOKEN=TOKEN)
    relance("send", "--print", str(tmp_path / "tray"), "--playbook", str(path))  # paper of one's own comes first
