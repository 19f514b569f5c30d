"""A book that is made in the studio, signed there, and what `validate --require-signed` says of it afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance import project
from relance.cli import main
from relance.language import load_playbook
from relance.studio.settings import StudioSettings
from relance.studio.words_panel import ReadBy, book_of, signed_beside
from relance.studio.workspace import FileRefusedError, Workspace

pytestmark = pytest.mark.long


def validate(path: Path):
    return CliRunner().invoke(main, ["validate", "--require-signed", str(path)])


def test_what_was_read_is_signed_and_a_change_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["new", "atelier"]).exit_code == 0
    name = "playbooks/atelier.yaml"
    path = tmp_path / name
    studio = StudioSettings(Workspace(tmp_path), project.load(tmp_path / "relance.yaml")[0], None, lambda: datetime(2026, 11, 27, 9, tzinfo=UTC))
    text = path.read_text("utf-8")
    playbook, _ = load_playbook(path)
    assert playbook is not None
    assert "PB418" in validate(path).output

    book = book_of(studio, playbook, text, name)
    kept = signed_beside(studio, book, text, name, ReadBy("Me Claire Martin", "avocate", ("La version anglaise n'a pas été relue.",)))
    assert kept == "playbooks/atelier.signed.yaml"
    assert validate(path).exit_code == 0, validate(path).output
    again = signed_beside(studio, book, text, name, ReadBy("Me Paul Durand"))
    assert "Me Paul Durand" in (tmp_path / again).read_text("utf-8")

    path.write_text(text.replace("at: J+1\n", "at: J+2\n", 1), "utf-8")
    with pytest.raises(FileRefusedError, match="says something else than this book"):
        signed_beside(studio, book, text, name, ReadBy("Me Claire Martin"))
    assert "changed since Me Paul Durand signed" in validate(path).output
