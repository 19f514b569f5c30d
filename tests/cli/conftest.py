"""A terminal as a reader has it: eighty columns, a folder of his own, one morning, his language."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 3, 25, 9, tzinfo=UTC)


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder of one's own at eighty columns, on a morning of March 2026."""
    monkeypatch.chdir(tmp_path)
    for module in ("common", "run", "send"):
        monkeypatch.setattr(f"relance.cli.{module}.now", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def french_terminal(terminal: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Read French by the locale alone."""
    monkeypatch.delenv("RELANCE_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    return terminal
