"""Each form of findings: as snapshots, against the published schema of SARIF, and safe whatever a file holds."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from relance.model import Diagnostic, Severity
from relance.report.diagnostics import FORMS, Report, render

HERE = Path(__file__).parent
TEXT = "schema: 1\ntitle:\t督促 x\nsteps: [emial]\n"
FOUND = (
    Diagnostic("packs/a b.yaml", 2, 8, "PB105", Severity.WARNING, "督促 is 100% odd", 2, 10, "two\nlines"),
    Diagnostic("packs/a b.yaml", 3, 9, "PB104", Severity.ERROR, '"emial" is not a channel', 3, 14, 'did you mean "email"?'),
    Diagnostic("packs/a b.yaml", 3, 9, "PB104", Severity.ERROR, '"emial" is not a channel', 3, 14, 'did you mean "email"?'),
    Diagnostic("packs/gone.yaml", 1, 1, "PB010", Severity.ERROR, "the file cannot be read", 1, 1),
    Diagnostic("packs/z.yaml", 4, 1, "PB999", Severity.HINT, "a\x1b[2J\u202e<b>\ud800", 6, 3),
)
REPORT = Report(found=FOUND, files=("packs/a b.yaml", "packs/ok.yaml", "packs/z.yaml"), texts={"packs/a b.yaml": TEXT})
EMPTY = Report(found=(), files=("a.yaml",))


@pytest.mark.parametrize("form", FORMS)
def test_form(form, snapshot):
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match(render(REPORT, form), f"findings.{form}")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_a_file_steers_what_reads_it(form):
    text = render(REPORT, form)
    assert not set("\x1b\u202e\ud800") & set(text)
    text.encode()


def test_sarif_is_what_its_published_schema_asks_for():
    """`sarif-2.1.0-rtm.5.json` is the schema as published (OASIS; taken from the npm package @microsoft/jest-sarif, MIT)."""
    schema = json.loads((HERE / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    for report in (REPORT, EMPTY):
        assert [error.message for error in validator.iter_errors(json.loads(render(report, "sarif")))] == []
    wrong = json.loads(render(REPORT, "sarif"))
    wrong["runs"][0]["results"][0]["level"] = "bad"
    assert list(validator.iter_errors(wrong)) != []


def test_json_has_the_keys_it_promises():
    said = json.loads(render(REPORT, "json"))
    assert list(said) == ["version", "files", "diagnostics"]
    assert list(said["diagnostics"][0]) == [
        "code",
        "severity",
        "message",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "hint",
        "url",
    ]


def test_junit_counts():
    root = ET.fromstring(render(REPORT, "junit"))
    assert (root.get("tests"), root.get("failures")) == ("6", "5")
    assert len(root.findall(".//testcase")) == 6
    assert len(root.findall(".//failure")) == 5


def test_gitlab_knows_a_finding_again_where_it_moved_and_two_that_are_alike_apart():
    made = json.loads(render(REPORT, "gitlab"))
    assert len({one["fingerprint"] for one in made}) == len(made)
    moved = Report(found=(Diagnostic("packs/gone.yaml", 9, 1, "PB010", Severity.ERROR, "the file cannot be read", 9, 1),), files=())
    assert json.loads(render(moved, "gitlab"))[0]["fingerprint"] == made[3]["fingerprint"]


def test_colours_where_they_are_asked_for():
    plain = render(REPORT, "text")
    painted = render(Report(found=FOUND, files=REPORT.files, texts=REPORT.texts, colour=True), "text")
    assert "\x1b[31m" in painted
    import click

    assert click.unstyle(painted) == plain


def test_quiet_and_empty():
    assert render(EMPTY, "text") == "1 file, nothing found\n"
    assert render(Report(found=(), files=("a.yaml",), quiet=True), "text") == ""
