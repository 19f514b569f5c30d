"""Every command of the pages on the journal and on evidence works as it stands there, and the table of events is whole."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.data import shipped
from relance.journal.event_types import PUBLIC

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(("page", "count"), [("journal.md", 21), ("evidence.md", 4), ("guide-exploitant.md", 20)])
def test_the_commands_run(page, count, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(common, "now", lambda: datetime(2026, 3, 12, 9, tzinfo=UTC))
    Path("playbooks").symlink_to(Path(str(shipped("playbooks"))))
    commands = re.findall(r"^\$ (relance .*)$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    assert len(commands) == count
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"


def test_every_event_and_field_is_in_the_table():
    text = (DOCS / "journal.md").read_text("utf-8")
    said = set(re.findall(r"`([\w.]+)`", text))
    for kind, fields in PUBLIC.items():
        short = "." + kind.partition(".")[2]
        assert kind in said or short in said or kind == "action.emitted", kind
        if not kind.startswith("action.emitted"):
            assert {name for name, field in fields.items() if field.required} <= said, kind
