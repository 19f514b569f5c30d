"""A sender killed, or stopped by hand, between DATA and the server's answer: nothing is lost, and nothing is sent twice."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from relance.delivery import outbox
from relance.delivery.outbox import State
from relance.interpreter import look
from relance.journal.journal import Journal
from relance.language import library, load_playbook


class Silent:
    """An SMTP server that takes the data of a message and then says nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.taken = threading.Event()
        self.count = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        data = False
        try:
            connection.sendall(b"220 hello\r\n")
            for line in connection.makefile("rb"):
                if data:
                    if line == b".\r\n":
                        self.count += 1
                        self.taken.set()
                        data = False
                    continue
                data = line.upper().startswith(b"DATA")
                connection.sendall(b"354 go on\r\n" if data else b"250 fine\r\n")
        except OSError:
            return


@pytest.fixture
def server():
    made = Silent()
    yield made
    made.listener.close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
@pytest.mark.long
def test_killed_after_data_it_is_unclear_and_stays_in_the_house(tmp_path, facts, server, how):
    text = library.find("negligent").read_text(encoding="utf-8")
    own = tmp_path / "negligent.yaml"
    own.write_text(
        re.sub(r"^calendar:.*$", "calendar: {holidays: FR, weekend: [], when_closed: keep}", text, flags=re.MULTILINE), encoding="utf-8"
    )
    playbook, findings = load_playbook(own, checks=False)
    assert playbook is not None, findings
    today = datetime.now(UTC).date()
    late = tuple(dataclasses.replace(each, issued=today - timedelta(40), due=today - timedelta(1)) for each in facts.invoices)
    with Journal.open(tmp_path / "books.db", now=lambda: datetime.now(UTC)) as journal:
        journal.take_in([dataclasses.replace(facts, invoices=late)], actor="test")
        assert journal.emit(look(playbook, next(journal.facts()), today).actions, on=today, actor="test")
    environment = {
        **os.environ, "RELANCE_JOURNAL": str(tmp_path / "books.db"), "RELANCE_SMTP_HOST": "127.0.0.1", "RELANCE_SMTP_PORT": str(server.port),
        "RELANCE_SMTP_SECURITY": "none", "RELANCE_ACTOR": "test",
    }  # fmt: skip
    command = [sys.executable, "-c", "from relance.cli import main; main()", "send", "--playbook", str(own)]
    sender = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.taken.wait(60)
    time.sleep(0.1)
    sender.send_signal(getattr(signal, how))
    said = sender.communicate(timeout=20)[0]  # well before the server's silence would have ended it: goodbye is not said to who is silent
    if how == "SIGINT":
        assert sender.returncode == 2
        assert "stopped by hand" in said
        assert "Traceback" not in said
    with Journal.open(tmp_path / "books.db") as journal:
        (message,) = outbox.read(journal)
        assert message.state is State.UNCLEAR
        assert message.attempts == 1
    again = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "nothing was ready" in again.stdout
    assert server.count == 1
