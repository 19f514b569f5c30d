"""A task or call that its playbook keeps as a draft: who does it approves it, and where it takes several people, the last one's word does it."""

from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.delivery.spoken import CallOutcome
from relance.studio.desk import NotDoneError, OperatorDesk

PLAYBOOK = """schema: 1
playbook: essai
version: 1
title: Essai
debtor: business
steps:
  - {id: requete, kind: legal, at: J+3, channels: [task], to: court, approval: required}
  - {id: suite, at: requete + 1 business day, channels: [task], kind: task}
"""


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Say words as a person, on a day, in a house whose invoice is in court's hands soon."""
    who, clock = ["marie"], [datetime(2026, 6, 4, 8, tzinfo=UTC)]
    for place in ("common", "run", "done", "call"):
        monkeypatch.setattr(f"relance.cli.{place}.now", lambda: clock[0], raising=False)
        monkeypatch.setattr(f"relance.cli.{place}.system_user", lambda: who[0], raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "invoices.csv").write_text("id,creditor,debtor,amount,currency,issued,due\nR-1,halles,ruse,6200.00,EUR,2026-05-01,2026-06-01\n", encoding="utf-8")
    (tmp_path / "debtors.csv").write_text("id,name,kind,creditor,phone\nruse,Ruse SARL,business,halles,+33140000000\n", encoding="utf-8")

    def say(*words, as_="marie", code=0):
        who[0] = as_
        done = CliRunner().invoke(main, [*words])
        assert done.exit_code == code, done.output
        return done.output

    def day(on):
        clock[0] = datetime.fromisoformat(on).replace(hour=8, tzinfo=UTC)
        say("run", "--playbook", "essai.yaml", "--invoices", "invoices.csv", "--debtors", "debtors.csv", "--as-of", on, "--out", on)
        return say("todo")

    return tmp_path, say, day


def test_a_draft_task_that_was_done_waits_for_nobody_and_the_ladder_goes_on(house):
    """It was recorded as done, asked for again every morning, and could be approved by no command."""
    folder, say, day = house
    (folder / "essai.yaml").write_text(PLAYBOOK, encoding="utf-8")
    assert "requete" in day("2026-06-04")
    reference = next(word for word in say("todo").split() if word.startswith("R-") and len(word) == 11)
    assert "done" in say("done", reference)
    assert "nothing waits" in say("todo")
    assert "suite" in day("2026-06-05")


def test_where_it_takes_two_the_first_word_does_not_do_it(house):
    folder, say, day = house
    (folder / "essai.yaml").write_text(PLAYBOOK.replace("approval: required", "approval: {by: 2}"), encoding="utf-8")
    reference = next(word for word in day("2026-06-04").split() if word.startswith("R-") and len(word) == 11)
    assert "it takes 1 more" in say("done", reference)
    assert "requete" in say("todo")
    assert "approved it already" in say("done", reference, code=2)
    assert "done" in say("done", reference, as_="denis")
    assert "nothing waits" in say("todo")


def test_a_draft_task_that_is_passed_over_is_not_approved(house):
    folder, say, day = house
    (folder / "essai.yaml").write_text(PLAYBOOK, encoding="utf-8")
    reference = next(word for word in day("2026-06-04").split() if word.startswith("R-") and len(word) == 11)
    say("done", reference, "--skip", "le client paie demain")
    assert "nothing waits" in say("todo")
    assert "action.approved" not in say("history", "R-1")


CALL = PLAYBOOK.replace("id: requete, kind: legal, at: J+3, channels: [task], to: court, approval: required", "id: appel, at: J+3, channels: [call], tone: firm, approval: {approval}").replace("requete + 1", "appel + 1")


def test_who_makes_a_draft_call_approves_it(house):
    folder, say, day = house
    (folder / "essai.yaml").write_text(CALL.replace("{approval}", "required"), encoding="utf-8")
    assert "appel" in day("2026-06-04")
    say("call", "R-1", "--outcome", "no_answer")
    assert "appel" in say("todo")
    assert "action.approved" not in say("history", "R-1", "--format", "json")
    say("call", "R-1", "--outcome", "reached")
    assert "nothing waits" in say("todo")
    assert "action.approved" in say("history", "R-1", "--format", "json")


def test_a_draft_call_that_takes_two_is_made_by_the_last_of_them(house):
    folder, say, day = house
    (folder / "essai.yaml").write_text(CALL.replace("{approval}", "{by: 2}"), encoding="utf-8")
    day("2026-06-04")
    assert "a call that takes 2 people: 1 more approve it first" in say("call", "R-1", "--outcome", "reached", code=2)
    reference = next(word for word in say("todo").split() if word.startswith("R-") and len(word) == 11)
    assert "it takes 1 more" in say("done", reference, as_="denis")
    say("call", "R-1", "--outcome", "reached")
    assert "nothing waits" in say("todo")


def test_a_draft_call_is_made_by_whom_a_rule_names_whatever_is_typed(house):
    folder, say, day = house
    (folder / "essai.yaml").write_text(CALL.replace("{approval}", "required"), encoding="utf-8")
    (folder / "relance.yaml").write_text("schema: 1\napprovals:\n  - {who: [denis]}\n", encoding="utf-8")
    day("2026-06-04")
    assert "lets denis approve it, and you are marie" in say("call", "R-1", "--outcome", "reached", "--actor", "denis", code=2)
    say("call", "R-1", "--outcome", "reached", as_="denis")
    assert "nothing waits" in say("todo")


def test_at_the_desk_a_draft_call_is_made_by_who_may_approve(house):
    folder, say, day = house
    (folder / "essai.yaml").write_text(CALL.replace("{approval}", "required"), encoding="utf-8")
    reference = next(word for word in day("2026-06-04").split() if word.startswith("R-") and len(word) == 11)
    desk = OperatorDesk(str(folder / "relance.db"), lambda: datetime(2026, 6, 4, 9, tzinfo=UTC), lambda: date(2026, 6, 4), None, {})
    reached = CallOutcome("reached", date(2026, 6, 4))
    with pytest.raises(NotDoneError, match="leave it to an approver"):
        desk.call(reference, reached, "karim")
    assert "appel" in say("todo")
    desk.call(reference, reached, "claire", approver=True)
    assert "nothing waits" in say("todo")
