"""What the README shows is what happens: its preview, its playbook, its commands, its links."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import COMMANDS, main
from relance.language import load_playbook_text

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)


def test_the_picture_is_what_the_command_prints():
    picture = next(text for kind, text in BLOCKS if not kind)
    command, _, shown = picture.partition("\n")
    result = CliRunner().invoke(main, shlex.split(command)[2:], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert [line.rstrip() for line in result.stdout.strip().splitlines()] == [line.rstrip() for line in shown.strip().splitlines()]


def test_the_playbook_is_sound():
    text = next(text for kind, text in BLOCKS if kind == "yaml")
    playbook, findings = load_playbook_text(text, "maison.yaml")
    assert playbook is not None
    assert findings == ()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(relance [^`]+)`", README))))
def test_every_command_named_is_there_with_its_options(command):
    words = shlex.split(command)[1:]
    assert words[0] in COMMANDS
    result = CliRunner().invoke(main, [words[0], "--help"])
    assert result.exit_code == 0
    names = [word for word in words if word.startswith("--")]
    inner = [word for word in words[1:] if word in result.output and not word.startswith("-")][:1]
    shown = result.output + (CliRunner().invoke(main, [words[0], inner[0], "--help"]).output if inner else "")
    assert all(name in shown for name in names)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()


def test_the_two_commands_are_lines_of_their_own():
    assert "\npip install . && relance demo\n" in README
    assert "\npip install -e '.[test]' && pytest\n" in README
