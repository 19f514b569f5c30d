"""`relance.yaml`: what it says, how it is found, and that every command finds it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.files import find_above
from relance.model import Severity, StepKind
from relance.project import load

WHOLE = """\
schema: 1
language: fr
templates: [modeles]
letterhead: papier.yaml
letterheads: {atelier: atelier.yaml}
journal: base.db
fail_on: warning
approvals:
  - {kind: [formal_notice], above: "5000.00", people: 2, who: [claire, karim]}
  - {kind: [formal_notice, handover], who: [claire]}
"""


@pytest.fixture
def root(tmp_path):
    for name in (".git", "playbooks", "modeles"):
        (tmp_path / name).mkdir()
    for name in ("papier.yaml", "atelier.yaml"):
        (tmp_path / name).write_text("schema: 1\n", "utf-8")
    (tmp_path / "relance.yaml").write_text(WHOLE, "utf-8")
    return tmp_path


def test_paths_count_from_its_folder(root):
    project, findings = load(root / "relance.yaml")
    assert findings == ()
    assert project is not None
    assert (project.root, project.playbooks, project.templates) == (root, (root / "playbooks",), (root / "modeles",))
    assert project.journal == str(root / "base.db")
    assert project.fail_on is Severity.WARNING
    assert [project.letterhead_of(creditor) for creditor in ("atelier", "other")] == [root / "atelier.yaml", root / "papier.yaml"]


def test_the_address_of_a_database_is_no_path(root):
    (root / "relance.yaml").write_text("schema: 1\njournal: postgresql+psycopg://u@h/base\n", "utf-8")
    project, _ = load(root / "relance.yaml")
    assert project is not None
    assert project.journal == "postgresql+psycopg://u@h/base"


@pytest.mark.parametrize(
    ("kind", "asked", "people", "who"),
    [
        (StepKind.FORMAL_NOTICE, "5000.01", 2, {"claire", "karim"}),
        (StepKind.FORMAL_NOTICE, "5000.00", 1, {"claire"}),
        (StepKind.HANDOVER, "9000.00", 1, {"claire"}),
        (StepKind.REMINDER, "9000.00", 1, set()),
    ],
)
def test_who_approves_what(root, kind, asked, people, who):
    project, _ = load(root / "relance.yaml")
    assert project is not None
    rule = project.approval(kind, "atelier", Decimal(asked))
    assert (rule.people, rule.who) == (people, who)


def test_it_is_found_from_below_within_the_repository_and_no_further(root, tmp_path):
    deep = root / "playbooks" / "deep"
    deep.mkdir()
    assert find_above(deep, "relance.yaml") == root / "relance.yaml"
    (deep / ".git").mkdir()
    assert find_above(deep, "relance.yaml") is None
    assert find_above(root, "relance.yaml") == root / "relance.yaml"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("jornal: base.db", 'did you mean "journal"?'),
        ("letterhead: nobody.yaml", 'there is no file "nobody.yaml" here'),
        ("letterheads: {a: nobody.yaml}", 'there is no file "nobody.yaml" here'),
        ("templates: [nowhere]", 'there is no folder "nowhere" here'),
        ("approvals: [{people: 2, who: [claire]}]", "2 people are to approve, and 1 may"),
        ("approvals: [{above: 5 000}]", '"5 000" is no amount; write "5000"'),
        ("fail_on: never", "it is one of error (mistakes alone), warning (warnings, too) and hint (remarks, too)"),
    ],
)
def test_mistakes_are_findings_and_stop_the_other_commands(root, monkeypatch, line, said):
    (root / "relance.yaml").write_text(f"schema: 1\n{line}\n", "utf-8")
    monkeypatch.chdir(root)
    done = CliRunner().invoke(main, ["validate", "relance.yaml"])
    assert done.exit_code == 1
    assert said in done.output
    stopped = CliRunner().invoke(main, ["cases"])
    assert stopped.exit_code == 2
    assert "relance.yaml:2" in stopped.output


def test_every_command_finds_it_and_what_is_given_comes_before_it(root, monkeypatch):
    monkeypatch.chdir(root / "playbooks")
    monkeypatch.delenv("RELANCE_LANG")
    assert "base.db" in CliRunner().invoke(main, ["cases"]).output
    assert "il n’y a pas" in CliRunner().invoke(main, ["validate", "nobody.yaml"]).output
    assert "there is no such file" in CliRunner().invoke(main, ["--lang", "en", "validate", "nobody.yaml"]).output
    assert "other.db" in CliRunner().invoke(main, ["cases", "--journal", "other.db"]).output
    monkeypatch.setenv("RELANCE_JOURNAL", "variable.db")
    assert "variable.db" in CliRunner().invoke(main, ["cases"]).output


def test_fail_on_and_wordings_come_from_it(root, monkeypatch):
    text = Path(__file__).parents[2].joinpath("playbooks", "negligent.yaml").read_text("utf-8").replace("playbook: negligent", "playbook: maison")
    (root / "playbooks" / "maison.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(root)
    assert CliRunner().invoke(main, ["validate", "playbooks"]).exit_code == 0
    stray = root / "modeles" / "fr" / "relance-1" / "mesage.md.j2"
    stray.parent.mkdir(parents=True)
    stray.write_text("Bonjour\n", "utf-8")
    done = CliRunner().invoke(main, ["validate", "playbooks"])
    assert (done.exit_code, "PB414" in done.output) == (1, True)


def test_a_playbook_of_the_project_is_named_by_its_file_alone_and_comes_before_one_that_ships(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["new", "maison"]).exit_code == 0
    text = (tmp_path / "playbooks" / "maison.yaml").read_text("utf-8").replace("title: Débiteur négligent", "title: Celui de la maison")
    (tmp_path / "playbooks" / "negligent.yaml").write_text(text.replace("playbook: maison", "playbook: negligent"), "utf-8")
    for name, said in (("maison", "Débiteur négligent"), ("negligent", "Celui de la maison"), ("declic", "declic")):
        shown = CliRunner().invoke(main, ["preview", name, "--due", "2026-03-02", "--amount", "1200.00"])
        assert (shown.exit_code, said in shown.output) == (0, True)
    lost = CliRunner().invoke(main, ["preview", "maisom", "--due", "2026-03-02", "--amount", "1200.00"])
    assert (lost.exit_code, "did you mean 'maison'?" in lost.output) == (2, True)
    unlike = CliRunner().invoke(main, ["preview", "zzz", "--due", "2026-03-02", "--amount", "1200.00"])
    assert (unlike.exit_code, "maison, negligent, agence-amiable" in unlike.output) == (2, True)


@pytest.mark.parametrize("inside", [".", "playbooks"])
def test_the_whole_project_is_checked_and_tested_where_nothing_is_named(tmp_path, monkeypatch, inside):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["new", "maison"])
    monkeypatch.chdir(tmp_path / inside)
    checked = CliRunner().invoke(main, ["validate"])
    assert (checked.exit_code, checked.output) == (0, "4 files, nothing found\n")
    assert CliRunner().invoke(main, ["test", "-k", "jamais"]).exit_code == 0
    (tmp_path / "playbooks" / "maison.yaml").write_text("schema: 1\n", "utf-8")
    assert CliRunner().invoke(main, ["validate"]).exit_code == 1


def test_nothing_to_prove_is_no_success(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["prove"])
    assert (done.exit_code, "name a playbook" in done.output) == (2, True)


OWN = """\
schema: 1
playbook: maison
version: 1
title: Maison
debtor: business
calendar: {holidays: FR}
contact: {min_gap: 5 days}
steps:
  - id: relance-1
    at: J+3
    channels: [email]
    tone: courteous
"""
MISSPELT = '---\nsubject: "Facture {{ invoice.id }}"\n---\nIl manque {{ sums.totl }}.\n'


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A project whose routing stands at its root, and of which one creditor has wordings of his own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for path, text in {
        "relance.yaml": "schema: 1\nwordings: {atelier: atelier}\nrouting: routing.yaml\n", "playbooks/maison.yaml": OWN,
        "routing.yaml": "schema: 1\nroutes:\n  - playbook: maison\n", "atelier/fr/relance-1/message.md.j2": MISSPELT, "atelier/fr/relanse-2/message.md.j2": MISSPELT,
        "tests/maison.promises.yaml": "schema: 1\nplaybook: maison\npromises:\n  - {name: rien, never: call}\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def test_the_wordings_of_a_creditor_are_checked_before_they_leave(house):
    done = CliRunner().invoke(main, ["validate"])
    assert done.exit_code == 1
    assert "atelier/fr/relance-1/message.md.j2:4:14: there is no 'sums.totl' [PB402]" in done.output
    assert "atelier/fr/relanse-2/message.md.j2:1:1: warning: this wording is never used [PB414]" in done.output


def test_a_routing_and_promises_find_the_playbooks_of_their_project(house):
    (house / "atelier/fr/relance-1/message.md.j2").unlink()
    done = CliRunner().invoke(main, ["validate"])
    assert ("PB530" in done.output, "PB710" in done.output) == (False, False)
    (house / "routing.yaml").write_text("schema: 1\nroutes:\n  - playbook: maizon\n", "utf-8")
    done = CliRunner().invoke(main, ["validate", "routing.yaml"])
    assert 'did you mean "maison"?' in done.output
