"""A house for the studio to be looked at: a project with a journal of a morning, a mail server of its own, and the studio on it in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from click.testing import CliRunner

from relance.cli import main
from relance.dates import is_open
from relance.model import Calendar
from relance.zones import paris_day


def relance(*words: str, status: int = 0) -> str:
    """Run a command in this process and return what it printed."""
    done = CliRunner().invoke(main, words)
    assert done.exit_code == status, done.output
    return done.output


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Box:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.mails.append(envelope.content)
        return "250 kept"


@contextmanager
def mail_server() -> Iterator[tuple[Box, int]]:
    """Serve a box, and yield it with its port."""
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


@contextmanager
def studio_on(root: Path, mail_port: int) -> Iterator[str]:
    """Make a project in a folder, run its morning on the demonstration's invoices, serve the studio on it, and yield the address with its token.

    The run is of the last day that was open: on a closed one nothing leaves.
    """
    before, morning = Path.cwd(), paris_day(datetime.now(UTC))
    while not is_open(Calendar(), morning):
        morning -= timedelta(days=1)
    os.chdir(root)
    try:
        relance("new", "maison")
        relance("demo", "--out", "demo")
        tables = [word for name in ("invoices", "debtors", "creditors", "events") for word in (f"--{name}", f"demo/{name}.csv")]
        relance("run", "--routing", "demo/routing.yaml", *tables, "--as-of", morning.isoformat(), "--journal", "relance.db", "--out", "out")
    finally:
        os.chdir(before)
    environment = {
        **os.environ, "RELANCE_SMTP_HOST": "127.0.0.1", "RELANCE_SMTP_PORT": str(mail_port), "RELANCE_SMTP_SECURITY": "none", "RELANCE_LANG": "fr",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    for name in ("NICEGUI_SCREEN_TEST_PORT", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    port, own = free_port(), [sys.executable, "-c", "from relance.cli import main; main()"]
    start = [*own, "studio", str(root), "--journal", str(root / "relance.db"), "--port", str(port), "--print", str(root / "tray")]
    with subprocess.Popen(start, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        address = next((line.strip() for line in server.stdout if "token=" in line), "")
        assert address, "the studio did not start"
        yield address
        server.terminate()
