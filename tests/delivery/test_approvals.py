"""Four eyes, and who may approve: the rules of relance.yaml, on both sides of each boundary."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.data import shipped

DEMO = shipped("playbooks").joinpath("demo")


@pytest.fixture
def house(demo_morning, tmp_path, monkeypatch):
    """The demonstration, run on 2 March 2026, with a project; `as_` says who is at the keyboard."""
    who = ["marie"]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    monkeypatch.setattr("relance.cli.outbox.system_user", lambda: who[0])
    demo_morning(tmp_path)
    monkeypatch.chdir(tmp_path)
    run = CliRunner()

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


#: Words of a file by which a draft would leave: as a letter that is approved, sent, mended by a failure, made anew, or made by another house.
_LETTING = {
    "approved": [{"event": "action.approved"}],
    "by step": [{"event": "action.approved", "id": ""}],
    "executed": [{"event": "action.executed"}],
    "failed and executed": [{"event": "action.failed", "error": "x"}, {"event": "action.executed"}],
    "emitted again": [{"event": "action.emitted", "draft": "false", "sent_by": "relance", "claimed": ""}],
    "emitted anew": [{"event": "action.emitted", "id": "0123456789abcdef01234567", "draft": "false", "sent_by": "relance", "message": "0123456789abcdef01234567"}],
    "a draft and its word": [
        {"event": "action.emitted", "id": "0123456789abcdef01234567", "draft": "true", "sent_by": "relance", "message": "0123456789abcdef01234567"},
        {"event": "action.approved", "id": "0123456789abcdef01234567"},
    ],
}  # fmt: skip


def _table(tmp_path, draft, words):
    """Write a table of events about a draft, each row filled with what names it."""
    named = {"debtor": draft["debtor"], "on": "2026-03-02", "id": draft["actions"][0], "step": draft["step"], "playbook": draft["playbook"], "channel": draft["channel"], "invoice": draft["invoices"][0]}
    rows = [named | word for word in words]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    path = tmp_path / "said.csv"
    path.write_text("\n".join([",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("way", ["import", "run"])
@pytest.mark.parametrize("words", _LETTING.values(), ids=_LETTING)
def test_no_file_lets_a_draft_leave_that_a_rule_gives_to_people(house, tmp_path, words, way):
    rules, drafts, _ = house
    rules("approvals:\n  - {people: 2}\n")
    run = CliRunner()
    before = {each["id"]: each["state"] for each in json.loads(run.invoke(main, ["outbox", "list", "--format", "json"]).output)["messages"]}
    draft = next(each for each in drafts() if each["step"] == "mise-en-demeure" and each["channel"] == "email")
    path = _table(tmp_path, draft, words)
    if way == "import":
        dry = run.invoke(main, ["import", "--events", str(path)]).output
        done = run.invoke(main, ["import", "--events", str(path), "--commit"])
        assert [line for line in done.output.splitlines() if "said.csv:" in line] == [line for line in dry.splitlines() if "said.csv:" in line]
    else:
        tables = [str(word) for name in ("invoices", "debtors", "creditors") for word in (f"--{name}", DEMO / f"{name}.csv")]
        done = run.invoke(main, ["run", "--routing", str(DEMO / "routing.yaml"), *tables, "--events", str(path), "--as-of", "2026-03-02"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    if words is not _LETTING["emitted again"]:  # what relance made itself is known, and is made once
        assert "it takes 2 people to approve it, and a file or a form is nobody" in " ".join(done.output.split()), done.output
    messages = {each["id"]: each["state"] for each in json.loads(run.invoke(main, ["outbox", "list", "--format", "json"]).output)["messages"]}
    assert {state for name, state in messages.items() if before.get(name) != state} <= {"draft", "failed", "task"}, messages
    assert {name for name, state in messages.items() if state == "sent"} & before.keys() == {name for name, state in before.items() if state == "sent"}


def test_a_file_says_what_was_approved_elsewhere_where_no_rule_names_people(house, tmp_path):
    rules, drafts, _ = house
    rules('approvals:\n  - {above: "1000000.00", people: 2}\n')
    draft = drafts()[0]
    done = CliRunner().invoke(main, ["import", "--events", str(_table(tmp_path, draft, [{"event": "action.approved"}])), "--commit"])
    assert done.exit_code == 0, done.output
    assert draft["id"] not in {each["id"] for each in drafts()}


def test_a_person_makes_no_message_by_recording_one(house):
    rules, drafts, _ = house
    rules("approvals:\n  - {who: [claire]}\n")
    draft = drafts()[0]
    words = ["record", draft["debtor"], "action.emitted", "id=0123456789abcdef01234567", f"step={draft['step']}", f"playbook={draft['playbook']}", "channel=email", "draft=false", "sent_by=relance"]
    done = CliRunner().invoke(main, [*words, "--on", "2026-03-02"])
    assert done.exit_code == 2, done.output
    assert "a rule lets claire approve it" in done.output
