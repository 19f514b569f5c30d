"""The French page for authors is true: it is followed from its first line to its last, and what it shows is what is printed."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import COMMANDS, main
from relance.language import load_playbook_text
from relance.language.library import shipped_ids

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))

from followed import followed

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "guide-auteur.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language):
    return [body for kind, body in BLOCK.findall(GUIDE) if kind == language]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Follow the guide in an empty folder, in this process: what its commands printed, and the folder they were in at the end."""
    patch = pytest.MonkeyPatch()
    patch.chdir(tmp_path_factory.mktemp("guide"))
    patch.setenv("COLUMNS", "80")

    def run(command):
        said = []
        for one in command.split(" && "):
            words = shlex.split(one)
            if words[0] == "relance":
                done = CliRunner().invoke(main, words[1:], catch_exceptions=False)
                said.append(done.output)
                if done.exit_code:
                    return done.exit_code, "".join(said)
            elif words[0] == "export":
                patch.setenv(*words[1].split("="))
            elif words[0] == "cd":
                patch.chdir(words[1])
            else:
                assert words[0] in ("mkdir", "git"), command
                assert os.system(one) == 0
        return 0, "".join(said)

    def write(path, text):
        home = Path(path)
        home.parent.mkdir(parents=True, exist_ok=True)
        home.write_text(text, encoding="utf-8")

    yield list(followed(GUIDE, run, write)), Path.cwd()
    patch.undo()


@pytest.mark.long  # .ci/run follows the page besides, as installed
def test_every_command_works_and_prints_what_is_shown(walked):
    ran, _ = walked
    assert len(ran) > 15
    assert sum(bool(each.shown) for each in ran) > 10
    for each in ran:
        assert each.true, f"$ {each.command}\n(status {each.status})\n{each.printed}\nshown:\n{each.shown}"


@pytest.mark.long  # .ci/run follows the page besides, as installed
def test_the_guide_speaks_of_every_part_of_a_project(walked):
    _, project = walked
    written = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file() and ".git/" not in path.as_posix()}
    assert {"relance.yaml", "papier.yaml", "playbooks/maison.yaml", "playbooks/maison.test.yaml", "playbooks/maison.promises.yaml", "playbooks/doux.yaml"} <= written
    assert {"modeles/fr/relance-1/message.md.j2", ".github/workflows/relance.yml", "lettres/index.html"} <= written


def test_the_fragments_are_lawful_keys():
    whole = next(body for body in blocks("yaml") if "playbook: maison" in body and "steps:" in body)
    fragments = [body for body in blocks("yaml") if not body.startswith("schema: 1")]
    assert len(fragments) == 2
    for fragment in fragments:
        found, findings = load_playbook_text(whole + fragment, "maison.yaml")
        assert found is not None, findings


@pytest.mark.long  # .ci/run follows the page besides, as installed
def test_the_mistake_shown_is_the_mistake_said(walked):
    _, project = walked
    path = project / "playbooks" / "maison.yaml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("tone: courteous", "tone: curteous", 1), encoding="utf-8")
    done = CliRunner().invoke(main, ["validate"], catch_exceptions=False)
    path.write_text(whole, encoding="utf-8")
    assert done.exit_code == 1
    assert next(body for body in blocks("text") if "curteous" in body).strip() in done.output


def test_the_commands_named_in_passing_exist():
    for name in re.findall(r"`relance ([a-z-]+)", GUIDE):
        assert name in COMMANDS


def test_the_page_of_playbooks_names_every_one():
    page = (DOCS / "playbooks.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == set(shipped_ids())
