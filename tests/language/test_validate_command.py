"""`relance validate` and `relance show` as a person and a CI job call them: what is looked at, what is printed, how it ends."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
GOOD = (GOLDEN / "ok" / "minimal.yaml").read_text(encoding="utf-8")
WARNED = (GOLDEN / "bad" / "pb213-hand-over-without-approval.yaml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path


def run(*words, text=None):
    return CliRunner().invoke(main, ["validate", *map(str, words)], input=text, catch_exceptions=False)


@pytest.mark.long
def test_what_ships_is_clean():
    result = run(ROOT / "playbooks", "--format", "json")
    assert (result.exit_code, json.loads(result.output)["diagnostics"]) == (0, [])


def test_a_folder_is_searched_and_nothing_in_it_passed_over(here):
    (here / "packs" / "deep").mkdir(parents=True)
    (here / ".hidden").mkdir()
    shutil.copy(GOLDEN / "ok" / "minimal.yaml", here / "packs" / "deep")
    shutil.copy(GOLDEN / "bad" / "latin-1.yaml", here / "packs" / "latin-1.yml")
    shutil.copy(GOLDEN / "bad" / "utf-16.yaml", here / "packs")
    for name in ("none-of-ours", "binary", "empty"):
        shutil.copy(GOLDEN / "bad" / f"{name}.yaml", here / "packs")
    (here / "packs" / "ci.yml").write_text("a: &x !reference [1]\nb: *x\n", encoding="utf-8")
    shutil.copy(GOLDEN / "bad" / "wide.yaml", here / ".hidden")
    (here / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    result = run(".", "--format", "json")
    said = json.loads(result.output)
    assert [(one["path"].removeprefix("packs/"), one["code"], one["severity"]) for one in said["diagnostics"]] == [
        ("binary.yaml", "PB001", "error"),
        ("ci.yml", "PB011", "hint"),
        ("empty.yaml", "PB009", "error"),
        ("latin-1.yml", "PB001", "error"),
        ("none-of-ours.yaml", "PB011", "hint"),
        ("utf-16.yaml", "PB001", "error"),
    ]
    assert (said["files"], result.exit_code) == (7, 1)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("garage.YAML", GOOD, "call it garage.yaml"),
        ("garage.tests.yaml", "schema: 1\nplaybook: minimal\ntests: []\n", "call it garage.test.yaml"),
        ("garage.yaml", "étapes:\n  - {identifiant: rappel}\n", "`steps`"),
        ("garage.yaml", "", "the file is empty"),
        ("garage.yaml", 'titre: "rappel\n  - [\n', "never closed"),
    ],
)
def test_a_file_beside_a_good_one_is_never_passed_over(here, name, text, said):
    (here / "minimal.yaml").write_text(GOOD, encoding="utf-8")
    (here / name).write_text(text, encoding="utf-8")
    result = run(".")
    assert (result.exit_code, said in result.output, f"{name}:" in result.output) == (1, True, True)


def test_terms_take_other_keys_and_none_that_is_misspelt(here):
    case = 'schema: 1\ncreditor: {{id: c, name: C, terms: {{legal_form: SARL}}}}\ndebtor: {{id: d, name: D}}\ninvoices:\n  - {{id: F-90, issued: 2026-01-31, due: 2026-03-02, amount: "420.00", terms: {}}}\n'
    said = []
    for terms in ('{penality: "63.00"}', '{pénalité: "63.00"}', '{order: BC-7, penalty: "63.00"}'):
        (here / "cas.yaml").write_text(case.format(terms), encoding="utf-8")
        said.append('did you mean "penalty"?' in run("cas.yaml").output)
    assert said == [True, True, False]


def test_a_folder_with_nothing_of_ours_is_a_mistake_in_the_call(here):
    result = run(here)
    assert (result.exit_code, "no file that relance reads" in result.stderr) == (2, True)


def test_what_cannot_be_read_ends_with_2():
    result = run("nowhere.yaml", GOLDEN / "ok" / "minimal.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml:1:1: the file cannot be read: there is no such file [PB010]" in result.output


def test_an_id_of_a_shipped_playbook():
    assert run("negligent").output == "1 file, nothing found\n"


def test_standard_input():
    assert run("-", text=GOOD).exit_code == 0
    result = run("-", text=GOOD.replace("email", "emial"))
    assert result.exit_code == 1
    assert result.output.startswith('<stdin>:6:41: "emial" is not a channel [PB104]\n')


def test_what_fails_is_asked_for(here):
    path = here / "pb213-hand-over-without-approval.yaml"
    path.write_text(WARNED, encoding="utf-8")
    assert [run(path, "--fail-on", worst).exit_code for worst in ("error", "warning", "hint")] == [0, 1, 1]


def test_quiet_prints_findings_alone(here):
    (here / "minimal.yaml").write_text(GOOD, encoding="utf-8")
    assert run("minimal.yaml", "--quiet").output == ""
    path = here / "pb213-hand-over-without-approval.yaml"
    path.write_text(WARNED, encoding="utf-8")
    assert run(path, "-q").output.endswith("= add `approval: required`\n")


def test_paths_count_from_here_so_that_ci_finds_them(here):
    (here / "other.yaml").write_text(GOOD, encoding="utf-8")
    assert json.loads(run(here / "other.yaml", "--format", "json").output)["diagnostics"][0]["path"] == "other.yaml"


def test_github_by_default_in_its_actions(here, monkeypatch):
    (here / "other.yaml").write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert run("other.yaml").output.startswith("::error file=other.yaml,line=2,col=11,endLine=2,endColumn=18,title=PB218::")
    assert run("other.yaml", "--format", "text").output.startswith("other.yaml:2:11: ")


def test_own_wordings(here):
    (here / "minimal.yaml").write_text(GOOD.replace("id: relance-1", "id: maison"), encoding="utf-8")
    assert "[PB404]" in run("minimal.yaml").output
    wording = here / "modeles" / "fr" / "maison" / "message.md.j2"
    wording.parent.mkdir(parents=True)
    wording.write_text("---\nsubject: Votre facture\n---\nBonjour {{ debtor.nom }},\n", encoding="utf-8")
    result = run("minimal.yaml", "--templates", "modeles")
    assert result.output.startswith(
        "modeles/fr/maison/message.md.j2:4:12: there is no 'debtor.nom' [PB402]\n  |\n4 | Bonjour {{ debtor.nom }},\n"
    )
    wording.write_text("---\nsubject: Votre facture\n---\nBonjour {{ debtor.name }},\n", encoding="utf-8")
    assert run("minimal.yaml", "--templates", "modeles").exit_code == 0


def test_own_wordings_are_read_as_the_law_does(here):
    (here / "minimal.yaml").write_text(
        GOOD.replace("id: relance-1", "id: maison").replace("steps:", "debtor: consumer\nsteps:"), encoding="utf-8"
    )
    wording = here / "modeles" / "fr" / "maison" / "message.md.j2"
    wording.parent.mkdir(parents=True)
    wording.write_text("---\nsubject: Votre facture\n---\nUne indemnité forfaitaire de 40 € s’ajoute à votre dette.\n", encoding="utf-8")
    result = run("minimal.yaml", "--templates", "modeles")
    assert (result.exit_code, "modeles/fr/maison/message.md.j2:4:" in result.output, "[PB301]" in result.output) == (1, True, True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_one_may_not_read(here):
    path = here / "minimal.yaml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0)
    assert run(path).exit_code == 2


def test_show_resolved(snapshot, here):
    (here / "base.yaml").write_text(GOOD.replace("minimal", "base"), encoding="utf-8")
    (here / "enfant.yaml").write_text(
        "schema: 1\nplaybook: enfant\nversion: 2\nextends: base\nsteps:\n  - {id: relance-1, at: J+5}\n  - {id: appel, at: J+9, channels: [call], tone: courteous}\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(main, ["show", "enfant.yaml", "--resolved"], catch_exceptions=False)
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(result.output, "show-resolved.txt")
    (here / "resolved").mkdir()
    (here / "resolved" / "enfant.yaml").write_text(result.output, encoding="utf-8")
    assert run(here / "resolved").output == "1 file, nothing found\n"
    assert CliRunner().invoke(main, ["show", "inconnu"]).exit_code == 2
