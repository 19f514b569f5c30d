"""Without Polars and telephone data everything but tables and text messages works, and what needs them says which extra brings them."""

import subprocess
import sys

import pytest

WITHOUT = "import sys; sys.modules.update(polars=None, narwhals=None, phonenumbers=None); from relance.cli import main; main(sys.argv[1:])"


def without_tables(*args, cwd):
    return subprocess.run([sys.executable, "-c", WITHOUT, *map(str, args)], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        ("validate", "negligent"),
        ("preview", "negligent", "--due", "2026-03-02", "--amount", "1200.00", "--letters", "letters"),
        ("test", "{root}/tests/golden/ok/minimal.yaml"),
        ("demo",),
    ],
    ids=lambda command: command[0],
)
def test_an_author_needs_no_tables(command, tmp_path, request):
    done = without_tables(*(part.format(root=request.config.rootpath) for part in command), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_text_message_that_cannot_be_written_says_what_brings_its_numbers(tmp_path):
    done = without_tables("preview", "agence-amiable", "--due", "2026-03-02", "--amount", "100.00", "--letters", "letters", cwd=tmp_path)
    assert done.returncode == 1  # as wherever a text cannot be written
    assert "text messages need phonenumberslite" in done.stdout + done.stderr
    assert "pip install 'relance[sms]'" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--tables", "lake", "--playbook", "negligent", "--as-of", "2026-06-15"),
        ("forecast", "negligent", "--portfolio", "lake", "--until", "2027-03-02"),
        ("diff", "negligent", "systematique", "--portfolio", "lake", "--until", "2027-03-02"),
    ],
    ids=lambda command: command[0],
)
def test_what_needs_tables_says_what_brings_them(command, tmp_path):
    (tmp_path / "lake").mkdir()
    stopped = without_tables(*command, cwd=tmp_path)
    assert stopped.returncode == 2
    assert stopped.stderr.endswith("pip install 'relance[tables]'\n")
    assert "Traceback" not in stopped.stderr


def test_a_parquet_file_among_the_invoices_says_it_too(tmp_path):
    (tmp_path / "invoices.parquet").write_bytes(b"PAR1")
    stopped = without_tables("import", "guess", "invoices.parquet", cwd=tmp_path)
    assert stopped.returncode != 0
    assert "relance[tables]" in stopped.stdout + stopped.stderr
