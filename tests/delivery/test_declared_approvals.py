"""The rules of approval stand in the journal: they count from every folder, and change by those whom they name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped
from relance.delivery.approval_rules import kept_from
from relance.project import ApprovalRule

DEMO = shipped("playbooks").joinpath("demo")
CLAIRE, BOB, TWO = ApprovalRule(who=frozenset({"claire"})), ApprovalRule(who=frozenset({"bob"})), ApprovalRule(people=2)


@pytest.fixture
def away(tmp_path, monkeypatch):
    """A journal that lies by itself, as a database on a server does; what is said is said in a folder, with its relance.yaml, by a person."""
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    (tmp_path / "server").mkdir()

    def say(folder, *words, as_, approvals=None):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / folder)
        if approvals is not None:
            Path("relance.yaml").write_text(f"schema: 1\napprovals: {approvals}\n", "utf-8")
        for place in ("outbox", "run"):
            monkeypatch.setattr(f"relance.cli.{place}.system_user", lambda: as_)
        done = CliRunner().invoke(main, list(words), env={"RELANCE_JOURNAL": str(tmp_path / "server" / "books.db"), "RELANCE_ACTOR": "claire"})
        return done.exit_code, " ".join(done.output.split())

    return say


def test_a_rule_counts_from_a_folder_that_does_not_know_it_and_changes_by_whom_it_names(away):
    tables = [str(word) for name in ("invoices", "debtors", "creditors", "events") for word in (f"--{name}", DEMO / f"{name}.csv")]
    code, said = away("house", "run", "--routing", str(DEMO / "routing.yaml"), *tables, "--as-of", "2026-03-02", as_="cron", approvals="[{who: [claire]}]")
    assert (code, "the approvals of relance.yaml are written into the journal" in said) == (0, True), said
    one, two = (each["id"] for each in json.loads(away("house", "outbox", "list", "--state", "draft", "--format", "json", as_="marie")[1])["messages"][:2])
    assert away("elsewhere", "outbox", "approve", one, as_="marie")[0] == 1
    code, said = away("elsewhere", "outbox", "approve", one, as_="marie", approvals="[{people: 1}]")
    assert code == 1
    assert "which only claire may change, and you are marie: the journal's count" in said
    assert away("elsewhere", "outbox", "approve", one, as_="claire")[0] == 0  # and her relance.yaml is the rule from now on
    assert away("house", "outbox", "approve", two, as_="marie", approvals="[]")[0] == 0


@pytest.mark.parametrize(
    ("present", "wanted", "actor", "may"),
    [
        ([], [CLAIRE], "marie", True),
        ([CLAIRE], [TWO], "marie", False), ([CLAIRE], [TWO], "claire", True),
        ([CLAIRE, BOB], [BOB], "bob", False), ([CLAIRE, BOB], [BOB], "claire", True),
        ([CLAIRE], [CLAIRE, BOB], "bob", False), ([CLAIRE], [CLAIRE, BOB], "claire", True),
        ([TWO], [CLAIRE], "marie", True),  # it names nobody
        ([CLAIRE, TWO], [CLAIRE], "marie", False), ([CLAIRE, TWO], [CLAIRE], "claire", True),
    ],
)  # fmt: skip
def test_a_rule_is_changed_by_whom_it_names(present, wanted, actor, may):
    assert (kept_from(present, wanted, actor) == frozenset()) == may


@pytest.mark.parametrize("rule", [ApprovalRule.read({"kind": ["handover"], "creditor": ["a"], "above": "5000.00", "people": 2, "who": ["x", "y"]}), CLAIRE, TWO, ApprovalRule.read({"above": "0"})])
def test_a_rule_is_written_as_relance_yaml_writes_it(rule):
    assert ApprovalRule.read(json.loads(json.dumps(rule.plain()))) == rule
