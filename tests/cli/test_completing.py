"""What the shell offers where a command takes a playbook, a code, a key or a wording."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from relance.cli import main


def offered(*words):
    found = ShellComplete(main, {}, "relance", "_RELANCE_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return [each.type if each.type != "plain" else each.value for each in found]


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (("preview", "neg"), "negligent"),
        (("prove", "lit"), "litige"),
        (("diff", "negligent", "sys"), "systematique"),
        (("run", "--playbook", "cour"), "courtois"),
        (("new", "maison", "--from", "con"), "consommateur"),
        (("explain", "PB30"), "PB304"),
        (("schema", "steps.cl"), "steps.claim"),
        (("template", "show", "mise"), "mise-en-demeure"),
        (("preview", "./x"), "file"),
        (("why", "F-1", "--journal", "re"), "file"),
        (("pre",), "preview"),
    ],
)
def test_a_word_is_completed(terminal, words, among):
    found = offered(*words)
    assert among in found
    assert all(each == "file" or each.startswith(words[-1]) for each in found)


def test_the_playbooks_of_a_project_come_first(terminal):
    assert CliRunner().invoke(main, ["new", "nachbar"]).exit_code == 0
    assert offered("preview", "n") == ["nachbar", "negligent"]
