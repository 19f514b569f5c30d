"""What a command writes goes through no link that lies where it writes, and over no file that its author may have worked on."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from tests.sentences.collect import nodes

import relance.cli
from relance.cli import main
from relance.columnar.writers import Folder

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
    assert past.keys() <= {"__init__.py"}, past  # the help that click writes


#: Who opens a file for writing otherwise than by `relance.files`, and why no file of anybody is lost by it.
WRITERS = {
    "files.py": "the one place",
    "book/pages.py": "a folder of its own for a moment, which typst reads",
    "letters/fonts.py": "as above",
    "letters/pdf.py": "as above",
    "report/pages.py": "as above",
    "report/dossier.py": "as above",
    "letters/batch.py": "a new file, which takes the place of the last in the print tray when it is whole",
    "cli/run_in_parts.py": "a new file, which takes its place when it is whole",
    "delivery/witnesses.py": "appends, through no link",
}


def test_every_place_of_the_engine_that_opens_a_file_for_writing_is_known():
    root = Path(relance.cli.__file__).parents[1]
    may = [path for path in root.rglob("*.py") if re.search(r"\b(?:fd)?open\b|\bwrite_(?:text|bytes)\b", path.read_text("utf-8"))]
    found = {str(path.relative_to(root)) for path in may for node in nodes(path) if isinstance(node, ast.Call) and _opens_for_writing(node)}
    assert found == WRITERS.keys()


def _opens_for_writing(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in {"write_text", "write_bytes"}:
        return getattr(call.func.value, "id", "") != "formatter"  # click's, of a help page
    modes = [each.value for each in (*call.args, *(word.value for word in call.keywords if word.arg == "mode")) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return name in {"open", "fdopen"} and any(re.fullmatch("[rwaxbt+]*[wax+][rwaxbt+]*", mode) for mode in modes)


def test_a_frame_is_written_to_a_stream_and_no_file_is_copied_or_saved_by_its_name():
    text = {path.name: path.read_text("utf-8") for path in Path(relance.cli.__file__).parents[1].rglob("*.py")}
    named = {name: found for name, each in text.items() if (found := re.findall(r"\.write_(?:parquet|csv)\((?!out\))[^)]*\)|shutil\.(?:copy|move)\w*|\bos\.rename\(", each))}
    assert named == {}


@pytest.mark.parametrize("there", ["mine", "link"])
def test_the_letters_of_a_preview_go_over_nothing_that_lies_in_the_folder(here, there):
    line = "preview negligent --due 2026-03-02 --amount 1200.00 --letters book"
    Path("book").mkdir()
    index = Path("book/index.html")
    if there == "link":
        index.symlink_to(here / "theirs")
    else:
        index.write_text("mine")
    code, said = relance_(line)
    assert (code, index.read_text()) == (2, {"link": "theirs", "mine": "mine"}[there]), said
    assert [path.name for path in Path("book").iterdir()] == ["index.html"]
    if there == "mine":
        assert "is already there and is not overwritten" in said
        assert relance_(f"{line} --replace")[0] == 0
        texts = sorted(Path("book").glob("*.eml"))
        assert texts
        index.unlink()
        texts[0].write_text("mine")
        code, said = relance_(line)
        assert (code, texts[0].read_text(), index.exists()) == (2, "mine", False), said
    else:
        assert relance_(f"{line} --replace")[0] == 2
    assert (here / "theirs").read_text() == "theirs"


CLAIM = [
    "claim", "--yes", "--creditor", "Atelier", "--creditor-address", "3 quai du Rhône, 69002 Lyon", "--creditor-email", "c@atelier.example", "--iban", "FR7630006000011234567890189", "--debtor", "Dupont SA", "--debtor-address",
    "12 rue de la Paix, 69001 Lyon", "--debtor-email", "d@dupont.example", "--number", "F-1", "--issued", "2026-10-01", "--due", "2026-11-02", "--amount", "1200.00", "--kind", "business", "--profile", "forgetful", "--basis", "devis", "--agreed",
    "--undisputed", "--on", "2026-11-20",
]  # fmt: skip


def test_a_claim_goes_over_nothing_that_lies_in_the_folder_and_then_opens_no_case(here):
    Path("mine").mkdir()
    Path("mine/index.html").write_text("mine")
    done = CliRunner().invoke(main, [*CLAIM, "--out", "mine"], catch_exceptions=False)
    assert (done.exit_code, "is already there and is not overwritten" in " ".join(done.output.split())) == (2, True), done.output
    assert [(path.name, path.read_text()) for path in Path("mine").iterdir()] == [("index.html", "mine")]
    assert not Path("relance.db").exists()
    done = CliRunner().invoke(main, [*CLAIM, "--out", "other"], catch_exceptions=False)
    assert (done.exit_code, Path("other/index.html").is_file(), Path("relance.db").is_file()) == (0, True, True), done.output


def test_rejects_of_a_run_over_tables_go_through_no_link(here):
    (here / "folder" / "rejects-2026-03-05.csv").symlink_to(here / "theirs")
    with pytest.raises(OSError, match="symbolic links"):
        Folder(here / "folder").reject(pl.DataFrame({"row": ["F-1"]}), date(2026, 3, 5))
    assert (here / "theirs").read_text() == "theirs"


#: Every command that is told which file to write, as it is typed; what it needs first stands before.
TOLD = {
    "forecast --html": "forecast negligent --portfolio books.csv --from 2026-03-05 --until 2026-03-06 --html out",
    "forecast --cases": "forecast negligent --portfolio books.csv --from 2026-03-05 --until 2026-03-06 --cases out",
    "diff --html": "diff negligent systematique --portfolio books.csv --from 2026-03-05 --until 2026-03-06 --html out",
    "report --html": "report --from 2026-03-01 --until 2026-03-20 --html out",
    "import --rejects": "import odd.csv --rejects out",
    "import --to-match": "import books.csv --to-match out",
    "book --out": "book negligent --out out",
    "sign --out": "sign books.csv --by Claire --out out",
}
NEVER = {
    "import guess": "import guess books.csv --out out",
    "journal export": "journal export --out out",
    "journal backup": "journal backup out",
    "evidence": "evidence F-1 --out out",
    "creditor end": "creditor end creditor --out out",
    "creditor report": "creditor report creditor --from 2026-03-01 --out out.pdf",
}


@pytest.mark.parametrize("line", [*TOLD.values(), *NEVER.values()], ids=[*TOLD, *NEVER])
def test_a_file_that_is_there_is_not_written_over(here, line):
    relance_("import books.csv --commit")
    for name in ("out", "out.pdf"):
        Path(name).write_text("mine")
    code, said = relance_(line)
    assert (code, "is already there and is not overwritten" in said) == (2, True), said
    assert (Path("out").read_text(), Path("out.pdf").read_text()) == ("mine", "mine")


@pytest.mark.parametrize("name", ["forecast --html", "report --html", "import --rejects"])
def test_replace_writes_over_it_and_through_no_link(here, name):
    relance_("import books.csv --commit")
    Path("out").write_text("mine")
    code, said = relance_(f"{TOLD[name]} --replace")
    assert code in (0, 1), said
    assert Path("out").read_text() != "mine"
    Path("out").unlink()
    Path("out").symlink_to(here / "theirs")
    assert relance_(f"{TOLD[name]} --replace")[0] == 2
    assert (here / "theirs").read_text() == "theirs"


def test_rejects_of_every_import_have_a_file_of_their_own(here):
    assert relance_("import odd.csv --commit")[0] == 1
    first = Path("rejects.csv").read_text()
    code, said = relance_("import odd.csv --commit")
    assert (code, "rejects-2.csv" in said, Path("rejects.csv").read_text()) == (1, True, first)
    assert Path("rejects-2.csv").read_text() == first


def test_a_run_writes_over_no_summary_but_its_own(here):
    Path("out").mkdir()
    Path("out/summary.csv").write_text("mine")
    line = "run --playbook negligent --invoices books.csv --as-of 2026-03-05 --out"
    code, said = relance_(f"{line} out")
    assert (code, "no run of relance wrote it" in said, Path("out/summary.csv").read_text()) == (2, True, "mine")
    assert not Path("relance.db").exists()
    assert [relance_(f"{line} other")[0] for _ in range(2)] == [0, 0]  # the same day again: its own


#: Who writes what it is told to where something may lie: in a folder of its own (a link to it must be named), beside a playbook, or the very file it was given to change.
OTHERWISE = {"access", "claim", "convert", "demo", "estate", "preview", "receipt", "render", "run"}  # a receipt and a letter to an estate go by the same function as evidence


def test_every_output_option_is_among_those_that_are_tried():
    """A new option that names a file or folder to write is put into a list above."""
    found = {name for name, command in _commands(main) for each in command.params if {"--out", "--html", "--cases", "--rejects", "--to-match", "--letters"} & {*each.opts}}
    tried = {" ".join(word for word in line.split(" --")[0].split() if word.islower())[:40] for line in (*TOLD.values(), *NEVER.values())}
    tried = {name for name in found if any(each.startswith(name) for each in tried)}
    assert found - tried - OTHERWISE == {"import files"}, found - tried


def _commands(group, before=""):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        yield f"{before}{name}", command
        if hasattr(command, "list_commands"):
            yield from _commands(command, f"{before}{name} ")
