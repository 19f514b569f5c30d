"""A name that somebody else wrote, in every output that another tool reads: it stays a name."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.escaping import csv_text, github_message, github_property, markdown_cell, xml_text

FORMULA, TAG, LINES = "=HYPERLINK(1)", "<script>x</script>", "un\n::error file=a,line=1::faux 100 %\x1b[2J"
HOSTILE = (FORMULA, "+1", "-2+3", "@SUM(A1)", "\t=1", TAG, LINES, "a|b", "![x](http://y)", "`code`", '"', "'", "\u202eabc", "é;,")


def call(*words, code=0):
    done = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.met = set()

    def handle_starttag(self, tag, _):
        self.met.add(tag)


@pytest.mark.parametrize("name", HOSTILE)
def test_each_tool_reads_the_name_back(name):
    [[read]] = list(csv.reader(io.StringIO(csv_text([[name]]), newline="")))
    assert read.removeprefix("'") == name.removeprefix("'")
    assert read[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert not re.search(r"[\n\r]", github_message(name))
    assert not re.search(r"[\n\r:,]", github_property(name))
    assert not re.search(r"(?<!\\)[|<>`*\[\]]|\n", markdown_cell(name))
    assert ET.fromstring(f"<a>{xml_text(name).replace('&', '&amp;').replace('<', '&lt;')}</a>").text is not None


TEST = """\
schema: 1
playbook: minimal
tests:
  - name: {name}
    case:
      creditor: {{id: c, name: {name}, kind: business}}
      debtor: {{id: d, name: {name}, kind: business, country: FR, email: a@b.example}}
      invoices:
        - {{id: {name}, issued: 2026-01-31, due: 2026-03-02, amount: "10.00", currency: EUR}}
    expect: []
    ends: finished
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "minimal.yaml").write_text(
        "schema: 1\nplaybook: minimal\nversion: 1\ntitle: " + json.dumps("| " + TAG) + "\ndebtor: business\nsteps:\n  - {id: relance-1, at: J+3, channels: [email], tone: courteous}\n", "utf-8"
    )
    return tmp_path


def test_a_tests_name_begins_no_command_of_github(folder):
    (folder / "minimal.test.yaml").write_text(TEST.format(name=json.dumps(LINES.replace("\x1b", ""))), "utf-8")
    said = call("test", "--format", "github", code=1)
    assert [line.partition(" ")[0] for line in said.splitlines() if line.startswith("::")] == ["::error"]
    assert "::faux" in said  # in the message of the one command, with its line ends written out
    junit = ET.fromstring(call("test", "--format", "junit", code=1))
    assert junit.find(".//testcase").get("name") is not None


@pytest.mark.parametrize("form", ["github", "gitlab", "junit", "sarif", "json"])
def test_a_key_that_somebody_wrote_stays_in_its_finding(folder, form):
    key = r"x\n::error::faux <b>|=1\e"
    (folder / "minimal.yaml").write_text(f'schema: 1\nplaybook: minimal\n"{key}": 1\n', "utf-8")
    said = call("validate", "--format", form, "minimal.yaml", code=1)
    if form == "github":
        assert all(line.startswith(("::error file=minimal.yaml", "::warning file=minimal.yaml")) or re.match(r"\d+ error", line) for line in said.splitlines())
    elif form == "junit":
        assert ET.fromstring(said).find(".//failure") is not None
    else:
        json.loads(said)


def test_a_cell_is_no_formula_and_a_page_holds_no_tag(folder):
    names = {"debtor": FORMULA, "name": TAG}
    (folder / "invoices.csv").write_text(f"id;debtor;issued;due;amount;currency\n@F-1;{names['debtor']};2026-01-31;2026-03-02;1200.00;EUR\n", "utf-8")
    (folder / "debtors.csv").write_text(f"id;name;kind;country;email\n{names['debtor']};{names['name']};business;FR;a@b.example\n", "utf-8")
    given = ["--invoices", "invoices.csv", "--debtors", "debtors.csv"]
    call("run", "--playbook", "negligent", *given, "--as-of", "2026-03-10", "--journal", "j.db", "--new", "--out", "out", code=1)  # the hostile creditor has no address to write from
    for table in (call("cases", "--journal", "j.db", "--format", "csv", "--on", "2026-03-10"), *(path.read_text("utf-8") for path in folder.rglob("out/**/*.csv"))):
        rows = list(csv.reader(io.StringIO(table)))
        assert len(rows) > 1
        assert [cell for row in rows for cell in row if cell[:1] in set("=+-@\t")] == []
    call("forecast", "negligent", "--portfolio", "invoices.csv", "--from", "2026-03-02", "--until", "2026-06-02", "--html", "f.html", "--cases", "cases.csv")
    assert "\n=" not in (folder / "cases.csv").read_text("utf-8")
    assert ",=" not in (folder / "cases.csv").read_text("utf-8")
    call("diff", "negligent", "courtois", "--portfolio", "invoices.csv", "--from", "2026-03-02", "--until", "2026-06-02", "--html", "d.html")
    call("preview", "minimal.yaml", "--due", "2026-03-02", "--amount", "10.00", "--letters", "letters")
    for page in (folder / "f.html", folder / "d.html", folder / "letters" / "index.html"):
        tags = Tags()
        tags.feed(page.read_text("utf-8"))
        assert "script" not in tags.met, page


def test_a_cell_of_markdown_is_one_cell(folder):
    said = call("preview", "minimal.yaml", "--due", "2026-03-02", "--amount", "10.00", "--format", "markdown")
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert "<script>" not in said
