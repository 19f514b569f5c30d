"""The golden corpus: files that must pass in silence, and files whose findings are known to the letter.

`pytest tests/language/test_golden.py --snapshot-update` writes the texts anew; read what changes before it is committed.
"""

from pathlib import Path

import pytest

from relance.checking import Checker
from relance.language import codes, source
from relance.report.diagnostics import FORMS, Report, render
from relance.report.reference import explained

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
BAD = sorted((GOLDEN / "bad").glob("*.yaml"))


@pytest.fixture(scope="module")
def checker():
    return Checker()


@pytest.fixture(autouse=True)
def beside_the_file(request, monkeypatch):
    monkeypatch.chdir(GOLDEN / ("ok" if request.node.originalname == "test_says_nothing" else "bad"))


def report(checker, name):
    found = checker.check_file(Path(name))
    return Report(found=found.findings, files=(name,), texts={name: found.text} if found.text is not None else {})


@pytest.mark.parametrize("name", [path.name for path in sorted((GOLDEN / "ok").glob("*.yaml"))], ids="ok-{}".format)
def test_says_nothing(checker, name):
    assert render(report(checker, name), "text") == "1 file, nothing found\n"


@pytest.mark.parametrize("name", [path.name for path in BAD])
def test_says_exactly_this(checker, name, snapshot):
    said = report(checker, name)
    assert said.found
    snapshot.snapshot_dir = GOLDEN / "bad"
    snapshot.assert_match(render(said, "text"), f"{Path(name).stem}.txt")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_all_of_it(checker, form):
    for path in BAD:
        said = report(checker, path.name)
        text = render(said, form)
        assert all(one.code in text for one in said.found)
        assert "\x1b" not in text
        text.encode()


def test_every_code_of_coherence_is_in_the_corpus():
    told = "".join(path.read_text(encoding="utf-8") for path in (GOLDEN / "bad").glob("*.txt"))
    every = [code for code in codes.codes() if code[:3] in {"PB0", "PB1", "PB2"}]
    missing = {code for code in every if f"[{code}]" not in told} - {
        "PB007",
        "PB010",
        "PB012",
    }  # a huge file, one that is not there, and `relance.yaml`, which has one name, are made by tests
    assert missing == set()


def test_a_huge_file(checker, tmp_path):
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"playbook: huge\ntitle: " + b"x" * source.MAX_BYTES)
    (finding,) = checker.check_file(path).findings
    assert (finding.code, finding.message) == ("PB007", "the file is 257 kB; 256 kB is the most that is read")


def test_a_file_that_is_not_there(checker):
    (finding,) = checker.check_file(Path("nowhere.yaml")).findings
    assert (finding.code, finding.message) == ("PB010", "the file cannot be read: there is no such file")


def test_a_finding_is_as_bad_as_its_code_says(checker):
    known = explained()
    found = {one for path in BAD for one in report(checker, path.name).found}
    assert [(one.code, one.severity, one.path) for one in sorted(found) if one.severity is not known[one.code].severity] == []


def test_no_text_lies_about_without_its_file():
    assert {path.stem for path in (GOLDEN / "bad").glob("*.txt")} == {path.stem for path in BAD}
