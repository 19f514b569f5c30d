"""Without Polars and telephone data everything but tables and text messages works, and what needs them says which extra brings them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

#: One process for all commands: it has never had what is left out, and takes its imports once.
WITHOUT = """
import json, sys
sys.modules.update(polars=None, narwhals=None, phonenumbers=None)
from click.testing import CliRunner
from relance.cli import main
done = [CliRunner().invoke(main, words) for words in json.load(sys.stdin)]
print(json.dumps([(each.exit_code, each.output, repr(each.exception)) for each in done]))
"""
MINIMAL = str(Path(__file__).parents[1] / "golden" / "ok" / "minimal.yaml")
LETTERS = ("--due", "2026-03-02", "--letters", "letters")
WORK = {
    "validate": ("validate", "declic"),
    "preview": ("preview", "declic", "--amount", "1200.00", *LETTERS),
    "test": ("test", MINIMAL),
    "demo": ("demo",),
}
TEXT_MESSAGE = ("preview", "agence-amiable", "--amount", "100.00", "--due", "2026-03-02", "--letters", "letters-of-an-agency")
TABLES = {
    "run": ("run", "--tables", "lake", "--playbook", "negligent", "--as-of", "2026-06-15"),
    "forecast": ("forecast", "negligent", "--portfolio", "lake", "--until", "2027-03-02"),
    "diff": ("diff", "negligent", "systematique", "--portfolio", "lake", "--until", "2027-03-02"),
}
PARQUET = ("import", "guess", "invoices.parquet")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Give, for each command, the status it ends with, what it prints and what it raised."""
    folder = tmp_path_factory.mktemp("without")
    (folder / "lake").mkdir()
    (folder / "invoices.parquet").write_bytes(b"PAR1")
    commands = [*WORK.values(), TEXT_MESSAGE, *TABLES.values(), PARQUET]
    ran = subprocess.run([sys.executable, "-c", WITHOUT], input=json.dumps(commands), cwd=folder, capture_output=True, text=True, check=True)
    return dict(zip(commands, json.loads(ran.stdout), strict=True))


@pytest.mark.parametrize("name", WORK)
def test_an_author_needs_no_tables(name, done):
    status, said, raised = done[WORK[name]]
    assert status == 0, (said, raised)


def test_a_text_message_that_cannot_be_written_says_what_brings_its_numbers(done):
    status, said, _ = done[TEXT_MESSAGE]
    assert status == 1  # as wherever a text cannot be written
    assert "text messages need phonenumberslite" in said
    assert "pip install 'relance[sms]'" in said


@pytest.mark.parametrize("name", TABLES)
def test_what_needs_tables_says_what_brings_them(name, done):
    status, said, raised = done[TABLES[name]]
    assert (status, raised) == (2, "SystemExit(2)")
    assert said.endswith("pip install 'relance[tables]'\n")


def test_a_parquet_file_among_the_invoices_says_it_too(done):
    status, said, _ = done[PARQUET]
    assert status != 0
    assert "relance[tables]" in said
