"""A real journal with real actions of a shipped playbook, and a real SMTP server beside it."""

from __future__ import annotations

import dataclasses
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, date, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped
from relance.interpreter import look
from relance.journal.journal import Journal
from relance.language import library, load_playbook
from relance.letters import sample

#: A Monday, ten in the morning in Paris, the day after the sample invoice fell due.
NOW = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 2, 2)


@pytest.fixture
def playbook():
    found, findings = load_playbook(library.find("negligent"), checks=False)
    assert found is not None, findings
    return found


@pytest.fixture
def both(tmp_path):
    """A playbook of a firm whose first step writes a letter and an e-mail, and its file."""
    path = tmp_path / "negligent.yaml"
    path.write_text(
        "schema: 1\nplaybook: negligent\nversion: 1\ntitle: Lettre et courriel\ndebtor: business\nsteps:\n"
        "  - {id: relance-2, at: J+1, channels: [letter, email], tone: firm, claim: [late_interest, fixed_indemnity]}\n",
        encoding="utf-8",
    )
    found, findings = load_playbook(path, checks=False)
    assert found is not None, findings
    return found, path


@pytest.fixture(scope="session")
def demo_morning(tmp_path_factory):
    """Run the demonstration of 2 March 2026 at ten in the morning, once; give what lays all that came of it into another folder."""
    folder, demo = tmp_path_factory.mktemp("morning"), shipped("playbooks").joinpath("demo")
    tables = [str(word) for name in ("invoices", "debtors", "creditors", "events") for word in (f"--{name}", demo / f"{name}.csv")]
    with pytest.MonkeyPatch.context() as patch:
        for place in ("relance.cli.common.now", "relance.cli.run.now"):
            patch.setattr(place, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
        patch.chdir(folder)
        done = CliRunner().invoke(main, ["run", "--routing", str(demo / "routing.yaml"), *tables, "--as-of", "2026-03-02"])
    assert done.exit_code == 0, done.output
    return lambda to: shutil.copytree(folder, to, dirs_exist_ok=True)


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def journal(tmp_path, clock):
    with Journal.open(tmp_path / "books.db", now=clock) as opened:
        yield opened


@pytest.fixture
def facts():
    return dataclasses.replace(sample.facts(), events=())


@pytest.fixture
def emit(journal, playbook):
    """Record facts and emit what the ladder asks for on a day."""

    def work(facts, on=TODAY, playbook=playbook):
        journal.take_in([facts], actor="test")
        known = next(journal.facts(facts.creditor.id, facts.debtor.id))
        return journal.emit(look(playbook, known, on).actions, on=on, actor="test")

    return work


class Post:
    """An SMTP server that keeps what it takes, and misbehaves as told."""

    def __init__(self):
        self.taken = []
        self.rcpt = "250 OK"
        self.answer = "250 taken"
        self.drop = False

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        if self.drop:
            self.taken.append(envelope)
            server.transport.abort()
            return "250 never heard"
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def smtp_server(post):
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


@pytest.fixture
def tls_server(post, certificate):
    """STARTTLS required, login required."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate[1], certificate[0])

    def login(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"relance", b"s3cret")
        return AuthResult(success=right, handled=not right)

    class Secure(Controller):
        def factory(self):
            return SMTP(self.handler, tls_context=context, require_starttls=True, auth_required=True, authenticator=login)

    controller = Secure(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()
