"""What an agency's CI is told to run does run: the page, the action, the hooks."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ENV = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.fixture
def agency(tmp_path):
    (tmp_path / "playbooks").mkdir()
    for name in ("minimal.yaml", "minimal.test.yaml", "case.yaml", "routing.yaml"):
        shutil.copy(ROOT / "tests" / "golden" / "ok" / name, tmp_path / "playbooks")
    return tmp_path


def bash(script, folder, **env):
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=folder, env={**ENV, **env}, capture_output=True, text=True, check=False
    )


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.long
def test_every_command_of_the_page(agency):
    for line in "".join(blocks("console")).splitlines():
        done = bash(line.removeprefix("$ "), agency)
        assert (line, done.returncode, done.stderr) == (line, 0, "")


@pytest.mark.long
def test_the_job_for_gitlab(agency):
    job = yaml.safe_load(blocks("yaml")[1])["playbooks"]
    assert bash("\n".join(job["script"]), agency).returncode == 0
    assert all((agency / name).is_file() for name in job["artifacts"]["reports"].values())
    broken = (agency / "playbooks" / "minimal.yaml").read_text(encoding="utf-8").replace("courteous", "kind")
    (agency / "playbooks" / "minimal.yaml").write_text(broken, encoding="utf-8")
    done = bash("\n".join(job["script"]), agency)
    assert (done.returncode, "[PB104]" in done.stdout) == (1, True)


def test_what_the_page_tells_the_action_it_takes():
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(yaml.safe_load(blocks("yaml")[0])["jobs"]["playbooks"]["steps"][1]["with"]) <= set(action["inputs"])


def test_the_hooks(agency):
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    told = yaml.safe_load(blocks("yaml")[2])["repos"][0]["hooks"]
    for asked in told:
        hook = hooks[asked["id"]]
        files = sorted(f"playbooks/{path.name}" for path in (agency / "playbooks").iterdir())
        assert all(re.search(hook["files"], name) for name in files)
        words = [*hook["entry"].split(), *asked.get("args", hook.get("args", [])), *(files if hook.get("pass_filenames", True) else [])]
        assert bash(" ".join(words), agency).returncode == 0
