"""What a command writes goes through no link that lies where it writes, and over no file that its author may have worked on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import relance.cli
from relance.cli import main

BOOKS = "id;debtor;debtor.name;debtor.kind;issued;due;amount;currency\nF-1;C1;Lindor;business;2026-02-02;2026-03-04;1200.00;EUR\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with one invoice, and somebody else's file and folder above it."""
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "folder").mkdir()
    (work / "books.csv").write_text(BOOKS, "utf-8")
    (work / "odd.csv").write_text(BOOKS.replace("1200.00", "beaucoup"), "utf-8")
    monkeypatch.chdir(work)
    return tmp_path


def relance_(line: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, line.split(), catch_exceptions=False)
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize("there", ["theirs", "nothing"])
@pytest.mark.parametrize(
    "line",
    [
        "forecast negligent --portfolio books.csv --from 2026-03-05 --until 2026-03-06 --html out",
        "forecast negligent --portfolio books.csv --from 2026-03-05 --until 2026-03-06 --cases out",
        "report --from 2026-03-01 --until 2026-03-20 --html out",
        "import odd.csv --rejects out",
    ],
)
def test_a_link_where_a_file_is_written_is_not_followed(here, line, there):
    if line.startswith("report"):
        relance_("import books.csv --commit")
    Path("out").symlink_to(here / there)
    code, said = relance_(line)
    assert (code, "it is a link, and what is written follows none" in said) == (2, True), said
    assert (here / "theirs").read_text() == "theirs"
    assert not (here / "nothing").exists()


def test_a_mapping_that_somebody_may_have_worked_on_is_not_written_over(here):
    Path("m.yaml").write_text("mine")
    code, said = relance_("import guess books.csv --out m.yaml")
    assert (code, "is already there and is not overwritten" in said, Path("m.yaml").read_text()) == (2, True, "mine")


def test_a_new_playbook_goes_through_no_dangling_link(here):
    Path("playbooks").mkdir()
    Path("playbooks/maison.yaml").symlink_to(here / "nothing")
    assert relance_("new maison")[0] == 2
    assert not (here / "nothing").exists()


def test_a_run_fills_no_folder_that_a_link_of_its_name_leads_to(here):
    Path("relance-2026-03-05").symlink_to(here / "folder")
    line = "run --playbook negligent --invoices books.csv --as-of 2026-03-05"
    code, said = relance_(line)
    assert (code, "is a link that nobody named" in said) == (2, True), said
    assert list((here / "folder").iterdir()) == []
    assert relance_(f"{line} --out relance-2026-03-05")[0] in (0, 1)  # named, it is meant
    assert list((here / "folder").iterdir()) != []


def test_no_command_writes_files_past_the_one_place_that_asks():
    places = {path.name: path.read_text("utf-8") for path in Path(relance.cli.__file__).parent.glob("*.py")}
    past = {name: found for name, text in places.items() if (found := re.findall(r"\.write_(?:text|bytes)\(|open\([^)]*[\"'][wa]b?[\"']", text))}
    assert past.keys() <= {"demo.py", "studio.py"} | {"__init__.py"}, past  # the sample that ships, and the help that click writes
