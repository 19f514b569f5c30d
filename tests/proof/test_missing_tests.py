"""The tests that a playbook lacks: written from nothing they exercise all that can be, pass, and none of them is idle."""

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.language import load_playbook_text
from relance.model import Playbook
from relance.proof.missing_tests import MissingTests, missing_tests
from relance.simulation.coverage import coverage
from relance.simulation.playbook_tests import read_tests, run_file

SMALL = """schema: 1
playbook: essai
version: 1
title: Essai
debtor: any
min_balance: "5.00"
contact: {min_gap: 5 days}
steps:
  - {id: rappel, title: Rappel, at: J+1, channels: [email], fallback: {email: letter}, tone: courteous, expires: 30 days}
  - {id: appel, title: Appel, at: rappel + 5 days, channels: [call], tone: courteous, if: {balance: {at_least: "500.00"}}}
  - {id: rompu, title: Rompu, at: promise.broken, channels: [email], fallback: {email: letter}, tone: neutral}
  - {id: abroad, title: Abroad, at: J+40, channels: [email], tone: neutral, if: {country: [DE, BE]}}
"""


def loaded(text: str) -> Playbook:
    found, findings = load_playbook_text(text, "essai.yaml")
    assert found is not None, findings
    return found


@cache
def written() -> MissingTests:
    """Write the tests of SMALL from nothing, once for all who read them."""
    return missing_tests(loaded(SMALL), ())


def reread(playbook: Playbook, tests: tuple[str, ...], folder: Path):
    (folder / "essai.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "essai.test.yaml").write_text("schema: 1\nplaybook: essai\ntests:\n" + "".join(tests), encoding="utf-8")
    file, findings = read_tests(folder / "essai.test.yaml")
    assert file is not None, findings
    return run_file(file)


def test_from_nothing_everything_is_exercised_and_no_test_is_idle(tmp_path: Path):
    one = loaded(SMALL)
    found = written()
    assert found.left == ()
    ran = reread(one, found.tests, tmp_path)
    assert all(result.passed for result in ran.results)
    assert coverage(ran.file.playbook, ran.results).gaps == ()
    for idle in ran.results:
        assert coverage(ran.file.playbook, [each for each in ran.results if each is not idle]).gaps


@pytest.mark.long
def test_what_is_exercised_already_is_not_written_again(tmp_path: Path):
    one = loaded(SMALL)
    all_of_them = written().tests
    ran = reread(one, all_of_them[:-1], tmp_path)
    more = missing_tests(ran.file.playbook, ran.results)
    assert 1 <= len(more.tests) <= 2


@pytest.mark.long
def test_to_what_is_whole_nothing_is_added(tmp_path: Path):
    ran = reread(loaded(SMALL), written().tests, tmp_path)
    assert missing_tests(ran.file.playbook, ran.results).tests == ()


def test_what_no_case_can_exercise_is_named():
    idle = loaded(SMALL.replace("{country: [DE, BE]}", '{balance: {at_least: "500.00"}, original_amount: {less_than: "100.00"}}'))
    assert "step abroad is never due" in missing_tests(idle, ()).left


@pytest.fixture
def essai(tmp_path: Path) -> Path:
    path = tmp_path / "essai.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def run(*args: str):
    return CliRunner().invoke(main, ["test", *args])


def test_the_command_begins_a_file_and_adds_to_one(essai: Path):
    begun = run(str(essai), "--write-missing")
    assert begun.exit_code == 0, begun.output
    beside = essai.with_name("essai.test.yaml")
    assert "100 %" in run(str(beside), "--coverage").output
    whole = beside.read_text(encoding="utf-8")
    first = "# kept\n" + whole[: whole.index("  - name", whole.index("  - name") + 3)]
    beside.write_text(first, encoding="utf-8")
    added = run(str(beside), "--write-missing")
    assert added.exit_code == 0, added.output
    assert beside.read_text(encoding="utf-8").startswith(first)
    assert "100 %" in run(str(beside), "--coverage").output


def test_a_file_to_which_nothing_can_be_added_stays_as_it_is(essai: Path):
    beside = essai.with_name("essai.test.yaml")
    text = 'schema: 1\ntests:\n  - name: rien\n    case: {debtor: {id: d}, invoices: [{id: F-1, due: 2026-03-02, amount: "1.00"}]}\n    expect: []\nplaybook: essai\n'
    beside.write_text(text, encoding="utf-8")
    found = run(str(beside), "--write-missing")
    assert found.exit_code == 2
    assert "nothing was written" in found.output
    assert beside.read_text(encoding="utf-8") == text
