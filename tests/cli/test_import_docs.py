"""Every command and every mapping of the page on imports works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped
from relance.importers.layouts import TABLES
from relance.importers.mapping import read_mapping

PAGE = Path(__file__).resolve().parents[2] / "docs" / "import.md"


def test_the_commands_run(tmp_path, monkeypatch):
    text = PAGE.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    Path("playbooks").symlink_to(Path(str(shipped("playbooks"))))
    commands = [each for each in re.findall(r"^\$ (relance .*)$", text, re.MULTILINE) if not each.startswith(("relance merge", "relance split"))]
    assert len(commands) == 4  # whoever merges and splits has debtors of his own: tests/journal shows it
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"


def test_the_mappings_are_read():
    found = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(found) == 4
    for text in found:
        mapping, said = read_mapping(text)
        assert mapping is not None
        assert not said


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_named(table):
    line = next(part for part in PAGE.read_text("utf-8").split("\n- ") if part.startswith(f"`{table}`:"))
    if table != "events":
        for column in TABLES[table]:
            assert column.startswith("debtor.") or re.search(rf"\b{column}\b", line), column
