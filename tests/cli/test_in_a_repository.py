"""The hooks and the Action in a real repository of a house: with pre-commit itself, and with each step of the Action run as GitHub runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
SOFT = """\
schema: 1
playbook: doux
version: 1
title: Comme « maison », plus doux
extends: maison
drop: [appel]
"""
CONSUMER = """\
schema: 1
playbook: particuliers
version: 1
title: Un scénario de professionnels, pour des particuliers
extends: negligent
debtor: consumer
"""


@pytest.fixture
def env(tmp_path):
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in (("NAME", "Claire"), ("EMAIL", "claire@maison.example"))}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_", "RELANCE_"))}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"]))
    home = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "HOME": str(tmp_path), "RELANCE_LANG": "en"}
    return {**kept, **who, **home, "PATH": path, "PYTHONPATH": str(ROOT / "engine")}


@pytest.fixture
def house(tmp_path, env):
    """A repository with a project that passes, a playbook on another of its own, and one commit."""
    folder = tmp_path / "house"
    folder.mkdir()
    call = caller(folder, env)
    call("git init --quiet --initial-branch main && relance new maison")
    (folder / "playbooks" / "doux.yaml").write_text(SOFT, "utf-8")
    tests = folder / "playbooks" / "maison.test.yaml"
    tests.write_text("  - name: ".join(tests.read_text("utf-8").split("  - name: ")[:3]), "utf-8")
    (folder / "relance.yaml").write_text((folder / "relance.yaml").read_text("utf-8").replace("fail_on: warning", "fail_on: error"), "utf-8")
    call("git add --all && git commit --quiet --message 'a project that passes'")
    return folder


def caller(folder, env):
    def call(script, *, status=0, **more):
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=folder, env={**env, **more}, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return call


def tool(tmp_path, call, language):
    """Make the repository that the page names as a repository of hooks: that of the hooks, run by what is installed here."""
    folder = tmp_path / "tool"
    folder.mkdir()
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (folder / ".pre-commit-hooks.yaml").write_text(yaml.safe_dump([{**hook, "language": language} for hook in hooks]), "utf-8")
    call(f"cd {folder} && git init --quiet && git add --all && git commit --quiet --message hooks && git tag v0.1.0")
    return folder


def hooked(house, call, repo, rev):
    told = yaml.safe_load(BLOCKS[2])["repos"][0]
    (house / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{**told, "repo": str(repo), "rev": rev}]}), "utf-8")
    call("pre-commit install && git add --all && git commit --quiet --message 'with hooks'")


@pytest.mark.long
def test_the_hooks_in_a_repository(house, env, tmp_path):
    call = caller(house, env)
    hooked(house, call, tool(tmp_path, call, "system"), "v0.1.0")
    kept = call("git rev-parse HEAD")
    wording = house / "modeles" / "fr" / "rappel-avant-echeance" / "message.md.j2"
    good = wording.read_text("utf-8")
    wording.write_text(good.replace("{{ invoice.due }}", "{{ invoice.dueday }}"), "utf-8")
    said = call("git commit --all --message 'a wording with a mistake'", status=1)  # the playbooks that it speaks in did not change
    assert "modeles/fr/rappel-avant-echeance/message.md.j2:" in said
    assert "[PB402]" in said
    wording.write_text(good, "utf-8")
    base = house / "playbooks" / "maison.yaml"
    text = base.read_text("utf-8")
    base.write_text(text.replace("id: appel\n", "id: telephone\n"), "utf-8")
    said = call("git commit --all --message 'a base without the step that another drops'", status=1)
    assert re.search(r"^playbooks/doux\.yaml:6:8: .*\[PB111\]$", said, re.MULTILINE)
    assert "hook id: relance-test" in said  # the tests are run whatever was found
    base.write_text(text, "utf-8")
    (house / "README.md").write_text("nothing that is ours\n", "utf-8")
    said = call("git add --all && git commit --message 'no playbook'")
    assert said.count("Skipped") == 2
    assert call("git rev-parse HEAD^") == kept


@pytest.mark.long
def test_the_hooks_as_they_are_installed_by_pre_commit(house, env, tmp_path):
    """As `language: python` says: pre-commit clones this repository and installs it; for want of a network it cannot."""
    call = caller(house, {**env, "PYTHONPATH": ""})
    clone = tmp_path / "clone"
    call(f"git clone --quiet {ROOT} {clone}")
    if subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(tmp_path / "pip"), "click"], capture_output=True, check=False).returncode:
        pytest.skip("there is no package index to install from")
    hooked(house, call, clone, call(f"git -C {clone} rev-parse HEAD").strip())
    assert call("pre-commit run --all-files").count("Passed") == 2


# --------------------------------------------------------------------------- the Action


def on_github(house, env, tmp_path, *, status=0, base="", **inputs):
    """Run the steps of the Action as GitHub does, but for the setting up of Python and the installation; return what they said, and the summary."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert set(inputs) <= {name.replace("-", "_") for name in action["inputs"]}
    given = {f"inputs.{name}": inputs.get(name.replace("-", "_"), one["default"]) for name, one in action["inputs"].items()}
    event = "pull_request" if base else "push"
    given |= {"github.action_path": str(ROOT), "github.event_name": event, "github.event.pull_request.base.sha": base}
    summary = tmp_path / "summary.md"
    summary.touch()
    runner = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(house), "GITHUB_EVENT_NAME": event, "CI": "true"}
    said, ended = "", 0
    for step in action["runs"]["steps"]:
        if "run" not in step or "pip install" in step["run"]:
            continue
        wanted = step.get("if", "")
        if ended or (wanted and not all(part_holds(part, given) for part in wanted.split(" && "))):
            continue
        assert step["shell"] == "bash"
        filled = {name: re.sub(r"\$\{\{ (\S+) \}\}", lambda found: given[found[1]], value) for name, value in step.get("env", {}).items()}
        script = tmp_path / "step.sh"
        script.write_text(step["run"], "utf-8")
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=house, env={**env, **runner, **filled}, capture_output=True, text=True, check=False)
        said, ended = said + done.stdout + done.stderr, done.returncode
    assert ended == status, said
    return said, summary.read_text("utf-8")


def part_holds(part, given):
    name, wanted = re.fullmatch(r"(\S+) == '(.*)'", part).groups()
    return given[name] == wanted


@pytest.mark.long
def test_the_action_annotates_the_authors_own_files(house, env, tmp_path):
    (house / "playbooks" / "particuliers.yaml").write_text(CONSUMER, "utf-8")
    wording = house / "modeles" / "fr" / "rappel-avant-echeance" / "message.md.j2"
    wording.write_text(wording.read_text("utf-8").replace("{{ invoice.due }}", "{{ invoice.dueday }}"), "utf-8")
    said, _ = on_github(house, env, tmp_path, status=1, sarif="relance.sarif")
    found = re.findall(r"^::(?:error|warning|notice) file=([^,]+),line=(\d+)", said, re.MULTILINE)
    assert {path for path, _ in found} == {"playbooks/particuliers.yaml", "modeles/fr/rappel-avant-echeance/message.md.j2"}
    assert {line for path, line in found if path == "playbooks/particuliers.yaml"} == {"5"}  # what the shipped base claims, at `extends`
    assert "2 tests: 2 pass, 0 fail" in said
    run = json.loads((house / "relance.sarif").read_text("utf-8"))["runs"][0]
    assert {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]} == {path for path, _ in found}
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in run["tool"]["driver"]["rules"])


@pytest.mark.long
def test_the_action_writes_what_a_changed_base_changes_to_the_summary(house, env, tmp_path):
    base = caller(house, env)("git rev-parse HEAD").strip()
    path = house / "playbooks" / "maison.yaml"
    path.write_text(path.read_text("utf-8").replace("at: J+45", "at: J+50"), "utf-8")
    said, summary = on_github(house, env, tmp_path, base=base, test="false")
    assert "not compared" not in summary, said
    assert re.findall(r"^#+ (\w+) v1 → ", summary, re.MULTILINE) == ["doux", "maison"], summary
    (tmp_path / "summary.md").unlink()
    assert on_github(house, env, tmp_path, base=base, test="false", diff="false")[1] == ""


def test_what_the_action_installs_is_this_repository():
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert any(step.get("run") == 'python -m pip install --quiet "$HERE"' and step["env"] == {"HERE": "${{ github.action_path }}"} for step in action["runs"]["steps"])
