"""Every command of the pages on wordings, letters and sending works as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.delivery import outbox
from relance.letters.letterhead import read

DOCS = Path(__file__).resolve().parents[2] / "docs"


def commands(page):
    return re.findall(r"^\$ relance (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("line", [*commands("templates.md"), *commands("letters.md"), *commands("claim.md")])
def test_the_commands_for_authors_work(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, shlex.split(line), catch_exceptions=False)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("line", commands("sending.md"))
def test_the_commands_for_sending_work(line, tmp_path, monkeypatch, journal, emit, facts, playbook, clock):
    import dataclasses

    draft = "approve" in line
    emit(facts, playbook=dataclasses.replace(playbook, steps=tuple(dataclasses.replace(step, approval=draft) for step in playbook.steps)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("relance.cli.common.now", clock)
    (message,) = outbox.read(journal)
    given = shlex.split(line.replace("9f42", message.id[:6]))
    environment = {
        "RELANCE_JOURNAL": str(tmp_path / "books.db"),
        "RELANCE_ACTOR": "claire",
        "RELANCE_SMTP_HOST": "127.0.0.1",
        "RELANCE_SMTP_PORT": "1",
    }
    done = CliRunner().invoke(main, given, env=environment, catch_exceptions=False)
    assert done.exit_code in ((0, 1) if given[0] == "send" else (0,)), done.output


def test_the_letterhead_of_the_page_is_right(tmp_path):
    text = (DOCS / "letters.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "letterhead.yaml").write_text(text, encoding="utf-8")
    paper, findings = read(tmp_path / "letterhead.yaml")
    assert paper is not None, findings
