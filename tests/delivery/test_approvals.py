"""Four eyes, and who may approve: the rules of relance.yaml, on both sides of each boundary."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped

DEMO = shipped("playbooks").joinpath("demo")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """The demonstration, run on 2 March 2026, with a project; `as_` says who is at the keyboard."""
    who = ["marie"]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    monkeypatch.setattr("relance.cli.outbox.system_user", lambda: who[0])
    monkeypatch.chdir(tmp_path)
    tables = [str(word) for name in ("invoices", "debtors", "creditors", "events") for word in (f"--{name}", DEMO / f"{name}.csv")]
    run = CliRunner()
    assert run.invoke(main, ["run", "--routing", str(DEMO / "routing.yaml"), *tables, "--as-of", "2026-03-02"]).exit_code == 0

    def drafts():
        return json.loads(run.invoke(main, ["outbox", "list", "--state", "draft", "--format", "json"]).output)["messages"]

    def approve(name, *, as_, actor=None):
        who[0] = as_
        done = run.invoke(main, ["outbox", "approve", name, *(["--actor", actor] if actor else [])])
        return done.exit_code, done.output

    def rules(text):
        (tmp_path / "relance.yaml").write_text(f"schema: 1\n{text}", encoding="utf-8")

    return rules, drafts, approve


def test_above_an_amount_two_people_approve_and_below_it_one(house):
    rules, drafts, approve = house
    first = drafts()[0]
    rules(f'approvals:\n  - {{above: "{first["total"]}", people: 2}}\n')
    assert approve(first["id"][:12], as_="marie")[0] == 0  # not above it: one is enough
    assert first["id"] not in {each["id"] for each in drafts()}
    second = drafts()[0]
    rules(f'approvals:\n  - {{above: "{float(second["total"]) - 0.01:.2f}", people: 2}}\n')
    code, said = approve(second["id"][:12], as_="marie", actor="paul")
    assert (code, said.splitlines()[-1]) == (0, f"{second['id']}: approved by marie; it takes 1 more")
    assert "approved by marie" in next(each for each in drafts() if each["id"] == second["id"])["reason"]
    code, said = approve(second["id"][:12], as_="marie", actor="paul")  # two names, one person
    assert code == 1
    assert "already" in said
    assert approve(second["id"][:12], as_="paul")[0] == 0
    assert second["id"] not in {each["id"] for each in drafts()}


def test_only_who_a_rule_names_approves_whatever_he_types(house):
    rules, drafts, approve = house
    rules("approvals:\n  - {kind: [formal_notice], who: [claire]}\n")
    draft = next(each for each in drafts() if each["step"] == "mise-en-demeure")
    code, said = approve(draft["id"][:12], as_="marie", actor="claire")
    assert code == 1
    assert "lets claire approve it, and you are marie" in said
    assert approve(draft["id"][:12], as_="claire")[0] == 0


def test_a_rule_goes_with_the_journal_wherever_one_stands(house, tmp_path, monkeypatch):
    rules, drafts, approve = house
    rules("approvals:\n  - {who: [claire]}\n")
    draft, journal = drafts()[0], tmp_path / "relance.db"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "linked.db").symlink_to(journal)
    (tmp_path / "elsewhere" / "relance.yaml").write_text("schema: 1\n", encoding="utf-8")  # one's own project lets everybody
    for name, value in (("RELANCE_ACTOR", "claire"), ("LOGNAME", "claire"), ("USER", "claire")):
        monkeypatch.setenv(name, value)
    for where in (journal, "linked.db"):
        monkeypatch.setenv("RELANCE_JOURNAL", str(where))
        assert "lets claire approve it" in approve(draft["id"][:12], as_="marie", actor="claire")[1]
    assert approve(draft["id"][:12], as_="claire")[0] == 0


def test_what_a_rule_lets_nobody_approve_alone_is_not_recorded_as_sent(house):
    rules, drafts, _ = house
    draft = drafts()[0]
    words = ["record", draft["debtor"], "action.executed", f"step={draft['step']}", f"id={draft['actions'][0]}", "--on", "2026-03-02", "--actor", "claire"]
    rules("approvals:\n  - {people: 2}\n")
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "a rule says who approves it first" in done.output) == (2, True), done.output
    rules("approvals: [{people: 1}]\n")
    assert CliRunner().invoke(main, words).exit_code == 0
