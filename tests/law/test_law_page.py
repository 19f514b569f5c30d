"""Every command of docs/law.md, run as it stands there: what it prints is what the page shows."""

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "law.md"


def commands():
    """Yield each command of the page's console blocks with the lines shown under it."""
    for block in PAGE.read_text(encoding="utf-8").split("```console\n")[1:]:
        for part in block.split("```")[0].split("$ ")[1:]:
            call, _, shown = part.partition("\n")
            yield call, shown


@pytest.mark.parametrize(("call", "shown"), [pytest.param(*each, id=each[0][:60]) for each in commands() if "--figures" not in each[0]])
def test_a_command_of_the_page_prints_what_it_shows(call, shown):
    name, *words = shlex.split(call)
    assert name == "relance"
    assert CliRunner().invoke(main, words).output == shown
