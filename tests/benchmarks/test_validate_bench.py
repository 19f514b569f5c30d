"""Speed of validation: a hundred playbooks, every check and wording, under two seconds."""

from pathlib import Path

import pytest

from relance.checking import Checker, search
from relance.language import load_playbook_text
from relance.language.library import shipped_ids

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


@pytest.fixture
def hundred(tmp_path, benchmark):
    """Write a hundred playbooks; three where nothing is timed."""
    shipped = [PLAYBOOKS / f"{name}.yaml" for name in shipped_ids()]
    for number in range(100 if benchmark.enabled else 3):
        path = shipped[number % len(shipped)]
        text = path.read_text(encoding="utf-8").replace(f"playbook: {path.stem}", f"playbook: pack-{number}")
        (tmp_path / f"pack-{number}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_validate_a_hundred_playbooks(benchmark, hundred):
    def validate():
        checker = Checker()  # wordings are read anew, as by the command
        return [checker.check_file(path, named=False) for path in search(hundred)]

    found = benchmark(validate)
    assert len(found) == (100 if benchmark.enabled else 3)
    assert [finding for one in found for finding in one.findings] == []


def test_load_one_playbook(benchmark):
    path = PLAYBOOKS / "negligent.yaml"
    text = path.read_bytes()
    playbook, _ = benchmark(load_playbook_text, text, str(path))
    assert playbook is not None
