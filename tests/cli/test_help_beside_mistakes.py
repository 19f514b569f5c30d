"""A relance.yaml with a mistake stops what a command does, never its help or the completion of its words."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from relance.cli import COMMANDS, main


@pytest.fixture
def mistaken(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "relance.yaml").write_text("schema: 1\nletterhaed: papier.yaml\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", ["run --help", "outbox --help", "outbox list --help", "cases -h", "import files --help", "preview --help"])
def test_help_is_told_beside_a_mistake_of_the_project(mistaken, line):
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Usage")


@pytest.mark.parametrize("line", ["outbox list", "cases", "record F-1 payment.received --actor --help", "import files"])
def test_what_a_command_does_is_stopped_all_the_same(mistaken, line):
    done = CliRunner().invoke(main, line.split())
    assert done.exit_code == 2, done.output
    assert "letterhaed" in done.output


def test_words_are_completed_beside_a_mistake_of_the_project(mistaken):
    found = ShellComplete(main, {}, "relance", "_RELANCE_COMPLETE").get_completions(["outbox"], "")
    assert "list" in [each.value for each in found]
    assert {each.value for each in ShellComplete(main, {}, "relance", "_RELANCE_COMPLETE").get_completions([], "")} == {*COMMANDS}
