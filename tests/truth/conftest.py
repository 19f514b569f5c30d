"""Cases of what leaves and what is true, run as a person runs them: by the command line, day by day, with a real SMTP server.

The inputs are beside the checkout (../shared/cases/truth, each with what must be true of it); where they are not, these tests are skipped.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import pkgutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result

from relance import cli
from relance.factcheck.pages import text_of
from relance.journal.journal import Entry, Journal

sys.path.insert(0, str(Path(__file__).parent))
CASES = Path(__file__).resolve().parents[2] / ".." / "shared" / "cases" / "truth"
IBAN = "FR7630006000011234567890189"
_PAPER = """schema: 1
sender:
  name: {name}
  legal_form: SARL
  capital: 8 000 €
  siren: "{siren}"
  rcs: RCS Lyon {siren}
  address: ["12 quai des Brotteaux", 69006 Lyon]
  email: {email}
  phone: 04 65 71 00 10
  signatory: Claire Martin
  role: Comptable
  sms_name: {short}
  mediator: Médiation des artisans, 5 rue des Halles, 75001 Paris, mediation.example
payment:
  iban: FR7630006000011234567890189
  beneficiary: {name}
"""
FIRM = _PAPER.format(name="Atelier du Rhône SARL", siren="000987651", email="compta@atelier.example", short="Atelier")
AGENCY = _PAPER.format(name="Cabinet Horizon SARL", siren="000433227", email="dossiers@agence.example", short="Horizon")
#: Every sort of space is one: figures are written with narrow ones.
_SPACES = str.maketrans(dict.fromkeys("\u202f\xa0\n\t", " "))


def said(text: str) -> str:
    """Return a text with plain spaces, on one line."""
    return " ".join(text.translate(_SPACES).split())


def mail_text(raw: bytes) -> str:
    """Return an e-mail's subject and plain text."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    return said(f"{message['Subject']} {'' if body is None else body.get_content()}")


@lru_cache(maxsize=512)
def page_text(pdf: bytes) -> str:
    """Read a letter's pages once, however often its tray is looked into."""
    return said(text_of(pdf))


def texts_of(folder: Path) -> dict[str, str]:
    """Read every text of a folder, by the name of its file; a letter's is read out of the PDF's pages."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        match path.suffix:
            case ".eml":
                found[path.stem] = mail_text(path.read_bytes())
            case ".txt":
                found[path.stem] = said(path.read_text("utf-8"))
            case ".pdf":
                found[path.stem] = page_text(path.read_bytes())
    return found


class Post:
    """An SMTP server that keeps what it takes, each with the day of the clock. `meanwhile` happens while it takes a message."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.taken: list[tuple[date, str]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.to_thread(self.meanwhile)
        self.taken.append((self.clock().date(), mail_text(envelope.content)))
        return "250 taken"


class House:
    """A folder with a case's files, a clock that the test sets, and the command line."""

    def __init__(self, folder: Path, case: Path, environment: dict[str, str]) -> None:
        self.folder, self.case, self.environment = folder, case, environment
        self.time = datetime(2026, 9, 1, 8, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.time

    def at(self, day: str) -> None:
        """Put the clock at ten in the morning of a day, in Paris."""
        self.time = datetime.fromisoformat(day).replace(hour=8, tzinfo=UTC)

    def relance(self, *words: str, code: int | None = 0) -> Result:
        result = CliRunner().invoke(cli.main, words, env=self.environment, catch_exceptions=False)
        assert code is None or result.exit_code == code, (words, result.output)
        return result

    def json(self, *words: str, code: int | None = 0) -> Any:
        return json.loads(self.relance(*words, "--format", "json", code=code).stdout)

    def run(self, *words: str, code: int | None = 0, invoices: str = "invoices.csv") -> Result:
        """Run the day over the case's tables."""
        tables = ("--invoices", invoices, "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--as-of", "today")
        return self.relance("run", *words, *tables, "--out", str(self.folder / f"run-{self.time:%Y-%m-%d}"), code=code)

    def outbox(self, *words: str) -> list[dict[str, Any]]:
        """List the messages that have not left."""
        return list(self.json("outbox", "list", *words)["messages"])

    def journal(self, kind: str) -> list[Entry]:
        """Return the journal's entries of a kind."""
        with Journal.open(self.environment["RELANCE_JOURNAL"]) as journal:
            return list(journal.entries(kinds=(kind,)))

    def texts(self, folder: str) -> dict[str, str]:
        """Read every text of a folder, by the name of its file."""
        return texts_of(self.folder / folder)

    def found(self, *rows: str, kind: str = "business", agency: bool = False, phone: str = "+33 6 12 34 56 78", email: str = "dupont@example.org") -> None:
        """Write the tables of a house with one debtor; a row is `id,issued,due,amount` and perhaps a currency."""
        siren, mandate = "000987651", "2026-01-02" if agency else ""
        self.put("creditors.csv", "id,name,kind,siren,address,postcode,city,country,email,iban,mandate\n"
                 f"atelier,Atelier du Rhône SARL,business,{siren},12 quai des Brotteaux,69006,Lyon,FR,compta@atelier.example,{IBAN},{mandate}\n")  # fmt: skip
        self.put("debtors.csv", "id,name,kind,profile,address,postcode,city,country,email,phone\n"
                 f"dupont,Dupont,{kind},,1 rue de la Paix,75002,Paris,FR,{email},{phone}\n")  # fmt: skip
        self.put("letterhead.yaml", AGENCY if agency else FIRM)
        self.invoices(*rows)

    def invoices(self, *rows: str) -> None:
        """Write the table of invoices anew."""
        said = [row.split(",") for row in rows]
        lines = [",".join((name, "dupont", "atelier", issued, due, amount, *(more or ["EUR"]))) for name, issued, due, amount, *more in said]
        self.put("invoices.csv", "\n".join(["id,debtor,creditor,issued,due,amount,currency", *lines]) + "\n")

    def put(self, name: str, text: str) -> None:
        """Write a file of the house."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def letters(self) -> dict[str, str]:
        """Read every letter that was laid into the tray."""
        return {name: text for name, text in self.texts("tray").items() if name != "letters"}

    def spend(self, day: str, *words: str, post: Post, approve: bool = True, code: int | None = 0, paper: tuple[str, ...] = ()) -> list[str]:
        """Live a day: the run, the approvals, the sending; return what left, as its reader reads it. `paper` is said to run and send."""
        self.at(day)
        before, mails = self.letters(), len(post.taken)
        paper = ("--letterhead", "letterhead.yaml", *paper)
        self.run(*words, *paper, code=code)
        for draft in self.outbox("--state", "draft") if approve else []:
            self.relance("outbox", "approve", draft["id"], code=None)
        self.relance("send", "--print", "tray", "--rate", "1000", *paper, code=None)
        return [*(text for name, text in self.letters().items() if name not in before), *(text for _, text in post.taken[mails:])]

    def sheets(self) -> dict[str, str]:
        """Read every text that the runs so far wrote: call sheets among them."""
        runs = sorted(self.folder.glob("run-*"))
        sheets = {path.stem: said(path.read_text("utf-8")) for each in runs for path in sorted(each.rglob("*.md"))}
        return sheets | {name: text for each in runs for name, text in texts_of(each).items()}

    def preview(self, playbook: str, until: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Play the case file forward: the lines, and every text by its file's name."""
        words = ["preview", playbook, "--case", "case.yaml", "--until", until, "--letters", "out", "--replace", "--format", "json"]
        if (self.folder / "letterhead.yaml").exists():
            words += ["--letterhead", "letterhead.yaml"]
        found = json.loads(self.relance(*words).stdout)
        return list(found["timeline"]), texts_of(self.folder / "out")


@pytest.fixture
def case(request: pytest.FixtureRequest) -> str:
    """Name the case of a test: what its module or its parameter says."""
    marker = request.node.get_closest_marker("case")
    return str(marker.args[0])


@pytest.fixture
def house(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Return the house of a test's case."""
    source = CASES / case
    if not source.is_dir():
        pytest.skip(f"../shared/cases/truth/{case} is not beside the checkout")
    for path in source.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return _moved_in(tmp_path, source, monkeypatch)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Return a house whose files the test writes itself: needs nothing beside the checkout."""
    return _moved_in(tmp_path, tmp_path, monkeypatch)


def _moved_in(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Let a house work in a folder, with a journal of its own and the test's clock."""
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("RELANCE")]:
        monkeypatch.delenv(name)
    house = House(folder, source, {"RELANCE_JOURNAL": str(folder / "books.db"), "RELANCE_ACTOR": "claire"})
    for module in pkgutil.iter_modules(cli.__path__):
        import_module(f"relance.cli.{module.name}")
    for name, module in list(sys.modules.items()):
        if name.startswith("relance.cli") and hasattr(module, "now"):
            monkeypatch.setattr(module, "now", house.clock)
    return house


@pytest.fixture
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    """Start the server that the house sends by."""
    house: House = request.getfixturevalue("built" if "built" in request.fixturenames else "house")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    post = Post(house.clock)
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    house.environment |= {"RELANCE_SMTP_HOST": "127.0.0.1", "RELANCE_SMTP_PORT": str(port), "RELANCE_SMTP_SECURITY": "none"}
    yield post
    controller.stop()


class Office(BaseHTTPRequestHandler):
    """Takes texts and letters; `server.meanwhile` happens while it does, and `server.way` "dies" takes one and never says so."""

    server: Any

    def log_message(self, *_: Any) -> None:
        pass

    def do_PUT(self) -> None:
        self.server.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.meanwhile()
        if self.server.way == "dies":
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(201 if self.command == "PUT" else 200)
        answer = b'{"status": "accepted"}'
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.do_PUT()


@pytest.fixture
def office() -> Iterator[Any]:
    """Start a server that takes what a webhook or a postal provider is given."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    server.taken, server.way, server.meanwhile = [], "", lambda: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def offices(office: Any) -> dict[str, str]:
    """Say in the words of an environment where texts and letters go."""
    here = f"http://127.0.0.1:{office.server_port}/v1/"
    return {"RELANCE_WEBHOOK_URL": here, "RELANCE_WEBHOOK_SECRET": "a-secret-of-some-length", "RELANCE_POST_URL": here, "RELANCE_POST_TOKEN": "jeton"}
