"""The French page for authors is true: its files are written, its commands run, its letters render."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import COMMANDS, main
from relance.language import load_playbook_text
from relance.language.library import shipped_ids

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "guide-auteur.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language):
    return [body for kind, body in BLOCK.findall(GUIDE) if kind == language]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    for body in blocks("yaml"):
        if named := re.match(r"# (\S+\.yaml)\n", body):
            (tmp_path / named[1]).write_text(body, encoding="utf-8")
    wording = tmp_path / "modeles/fr/relance-1"
    wording.mkdir(parents=True)
    (wording / "message.md.j2").write_text(blocks("jinja")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(line):
    import shlex

    return shlex.split(line.removeprefix("$ relance "))


COMMANDS_SHOWN = [line for body in blocks("console") for line in body.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("line", COMMANDS_SHOWN)
def test_every_command_of_the_guide_works(line, desk):
    done = CliRunner().invoke(main, words(line), catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_the_preview_shown_is_the_preview(desk):
    done = CliRunner().invoke(main, words(COMMANDS_SHOWN[0]), catch_exceptions=False)
    shown = blocks("text")[0]
    for line in shown.splitlines():
        assert " ".join(line.split()) in [" ".join(each.split()) for each in done.output.splitlines()]


def test_a_broken_promise_puts_the_call_off_to_the_23rd(desk):
    done = CliRunner().invoke(main, words(COMMANDS_SHOWN[1]), catch_exceptions=False)
    assert re.search(r"2026-03-23\s+appel", done.output)


def test_the_fragments_are_lawful_keys():
    whole = next(body for body in blocks("yaml") if body.startswith("# maison.yaml"))
    for fragment in (body for body in blocks("yaml") if not body.startswith("# ")):
        found, findings = load_playbook_text(whole + fragment, "maison.yaml")
        assert found is not None, findings


def test_the_mistake_shown_is_the_mistake_said(desk):
    whole = (desk / "maison.yaml").read_text(encoding="utf-8").removeprefix("# maison.yaml\n")
    (desk / "maison.yaml").write_text(whole.replace("tone: courteous", "tone: curteous", 1), encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", "maison.yaml"], catch_exceptions=False)
    assert done.exit_code == 1
    assert next(body for body in blocks("text") if "curteous" in body).strip() in done.output


def test_the_commands_named_in_passing_exist():
    for name in re.findall(r"`relance ([a-z-]+)", GUIDE):
        assert name in COMMANDS


def test_the_page_of_playbooks_names_every_one():
    page = (DOCS / "playbooks.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(shipped_ids())
