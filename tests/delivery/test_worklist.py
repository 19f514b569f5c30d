"""What waits for a person: each thing once, with a command that settles it, and nothing left when all are run."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.journal.journal import Journal


@pytest.fixture
def desk(demo_morning, tmp_path, monkeypatch):
    """The demonstration, run on 2 March 2026; commands of the morning after."""
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    for place in ("relance.cli.common.now", "relance.cli.run.now", "relance.cli.call.now"):
        monkeypatch.setattr(place, lambda: moment[0])
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0):
        done = CliRunner().invoke(main, [str(word) for word in words], env={"RELANCE_ACTOR": "marie", "COLUMNS": "80"})
        assert done.exit_code == code, done.output
        return done.output

    demo_morning(tmp_path)
    moment[0] = datetime(2026, 3, 3, 8, 5, tzinfo=UTC)
    return run


def items(desk, *more):
    return json.loads(desk("todo", "--format", "json", *more))["items"]


def test_every_call_and_task_is_settled_by_its_command(desk):
    calls = [each for each in items(desk) if each["kind"] in ("call", "task", "duty")]
    assert {each["kind"] for each in calls} >= {"call", "duty"}
    assert len({each["sheet"] for each in calls}) == len(calls)
    for each in calls:
        words = each["settles"].split()[1:]
        desk(*(word if word != "…" else "reached" for word in words))
    assert [each for each in items(desk) if each["kind"] in ("call", "task", "duty")] == []


def test_the_list_is_in_order_of_what_is_at_stake_and_reads_at_eighty_columns(desk):
    found = items(desk)
    assert all(each["name"] for each in found)
    late = [each["by"] is None or each["by"] > "2026-03-03" for each in found]
    assert late == sorted(late)
    stakes = [float(each["stake"]) for each, other in zip(found, late, strict=True) if other]
    assert stakes == sorted(stakes, reverse=True)
    assert max(map(len, desk("todo", "--limit", "0").splitlines())) <= 80
    assert {each["channel"] for each in items(desk, "--channel", "call")} == {"call"}
    assert "the journal knows no creditor 'nobody'" in desk("todo", "--creditor", "nobody", code=2)


def test_a_call_is_recorded_with_hour_and_person_and_its_promise(desk, tmp_path):
    call = items(desk, "--channel", "call")[0]
    desk("call", call["sheet"], "--outcome", "promise", code=2)
    desk("call", call["sheet"], "--outcome", "promise", "--amount", "100.00", "--by", "2026-03-20", "--person", "Mme Durand")
    with Journal.open(tmp_path / "relance.db", read_only=True) as journal:
        said = [entry for entry in journal.entries(debtor=call["debtor"]) if entry.actor == "marie" and entry.on.isoformat() == "2026-03-03"]
    executed = next(entry for entry in said if entry.kind == "action.executed")
    assert (executed.data["hour"], executed.data["person"], executed.data["outcome"]) == ("09:05", "Mme Durand", "reached, promised to pay")
    promise = next(entry for entry in said if entry.kind == "promise.made")
    assert str(promise.data["amount"]) == "100.00"
    assert call["sheet"] not in {each["sheet"] for each in items(desk)}


def test_a_call_that_reached_nobody_stays_and_one_of_another_day_is_no_call(desk):
    call = items(desk, "--channel", "call")[0]
    assert "stays open" in desk("call", call["sheet"], "--outcome", "no_answer")
    assert call["sheet"] in {each["sheet"] for each in items(desk)}
    desk("call", call["sheet"], "--outcome", "reached", "--at", "25:00", code=2)
    desk("call", call["sheet"], "--outcome", "reached", "--at", "17:30")
    assert "no call waits" in desk("call", call["debtor"], "--outcome", "reached", code=2)


def test_mine_are_the_debtors_that_i_worked_last(desk):
    assert [each for each in items(desk, "--mine") if each["debtor"]] == []
    call = items(desk, "--channel", "call")[0]
    desk("record", call["debtor"], "note", "note=rappeler", "--on", "2026-03-03")
    assert {each["debtor"] for each in items(desk, "--mine") if each["debtor"]} == {call["debtor"]}
    desk("record", call["debtor"], "note", "note=vu", "--on", "2026-03-03", "--actor", "paul")
    assert [each for each in items(desk, "--mine") if each["debtor"]] == []
