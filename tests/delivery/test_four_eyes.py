"""Four eyes in the playbook: `approval: {by: 2, above: …}`, on both sides of the sum, for messages and for hand-overs."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from relance.cli import main

PLAYBOOK = """schema: 1
playbook: essai
version: 1
title: Essai
debtor: business
collector: creditor
calendar: {{holidays: FR}}
late: {{entry: current}}
steps:
  - {{id: lettre, title: Lettre, at: J+10, channels: [letter], tone: firm, template: relance-1, approval: {approval}}}
  - {{id: dossier, title: Dossier, at: J+40, template: transmission, kind: handover, channels: [handover], to: lawyer, approval: {approval}}}
"""
INVOICES = """id,creditor,debtor,amount,currency,issued,due
{invoices}
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Run a playbook over invoices (id → amount, due) on 2 March 2026, and say words as a person."""
    who = ["marie"]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    for place in ("outbox", "done"):
        monkeypatch.setattr(f"relance.cli.{place}.system_user", lambda: who[0])
    monkeypatch.chdir(tmp_path)

    def say(*words, as_="marie"):
        who[0] = as_
        done = CliRunner().invoke(main, [*map(str, words)])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    def make(approval, invoices):
        (tmp_path / "essai.yaml").write_text(PLAYBOOK.format(approval=approval), encoding="utf-8")
        rows = "\n".join(f"{name},atelier,{name},{amount},EUR,2025-12-01,{due}" for name, (amount, due) in invoices.items())
        (tmp_path / "invoices.csv").write_text(INVOICES.format(invoices=rows), encoding="utf-8")
        debtors = "\n".join(f"{name},Maison {name},business,1 rue Neuve,69001,Lyon" for name in invoices)
        (tmp_path / "debtors.csv").write_text(f"id,name,kind,address,postcode,city\n{debtors}\n", encoding="utf-8")
        code, said = say("run", "--playbook", "essai.yaml", "--invoices", "invoices.csv", "--debtors", "debtors.csv", "--as-of", "2026-03-02")
        assert code == 0, said

    def drafts():
        return json.loads(say("outbox", "list", "--state", "draft", "--format", "json")[1])["messages"]

    return make, drafts, say


def test_above_the_sum_two_people_approve_and_at_it_one(desk):
    make, drafts, say = desk
    make('{by: 2, above: "5000.00"}', {"bas": ("5000.00", "2026-02-10"), "haut": ("5000.01", "2026-02-10")})
    low, high = sorted(drafts(), key=lambda each: float(each["total"]))
    assert say("outbox", "approve", low["id"][:12])[0] == 0
    assert say("outbox", "approve", high["id"][:12]) == (0, f"{high['id']}: approved by marie; it takes 1 more\n")
    assert [each["id"] for each in drafts()] == [high["id"]]
    assert "already" in say("outbox", "approve", high["id"][:12], "--actor", "paul")[1]  # two names, one person
    assert say("outbox", "approve", high["id"][:12], as_="paul")[0] == 0
    assert drafts() == []


def test_without_a_sum_every_message_takes_them_all(desk):
    make, drafts, say = desk
    make("{by: 3}", {"bas": ("50.00", "2026-02-10")})
    name = drafts()[0]["id"]
    assert "it takes 2 more" in say("outbox", "approve", name)[1]
    assert "it takes 1 more" in say("outbox", "approve", name, as_="paul")[1]
    assert say("outbox", "approve", name, as_="claire") == (0, f"{name}: approved\n")


def test_the_step_counts_where_the_project_asks_for_fewer_and_the_project_where_it_asks_for_more(desk, tmp_path):
    make, drafts, say = desk
    make("{by: 2}", {"bas": ("50.00", "2026-02-10")})
    name = drafts()[0]["id"]
    (tmp_path / "relance.yaml").write_text("schema: 1\napprovals:\n  - {who: [marie]}\n", encoding="utf-8")
    assert "it takes 2 people, and relance.yaml names 1" in say("outbox", "approve", name)[1]
    (tmp_path / "relance.yaml").write_text("schema: 1\napprovals:\n  - {people: 3}\n", encoding="utf-8")
    assert "it takes 2 more" in say("outbox", "approve", name)[1]


def test_a_word_recorded_by_step_obeys_the_same_rule(desk):
    make, drafts, say = desk
    make('{by: 2, above: "10.00"}', {"bas": ("50.00", "2026-02-10")})
    assert "it takes 1 more" in say("record", "bas", "action.approved", "step=lettre", "--on", "2026-03-02")[1]
    assert len(drafts()) == 1
    say("record", "bas", "action.approved", "step=lettre", "--on", "2026-03-02", as_="paul")
    assert drafts() == []


def test_a_hand_over_takes_two_people_above_the_sum_and_one_below_it(desk):
    make, _, say = desk
    make('{by: 2, above: "5000.00"}', {"bas": ("5000.00", "2025-12-20"), "haut": ("5000.01", "2025-12-20")})
    tasks = {each["debtor"]: each["sheet"] for each in json.loads(say("todo", "--format", "json")[1])["items"] if each["channel"] == "handover"}
    assert say("done", tasks["bas"])[0] == 0
    assert "it takes 1 more" in say("done", tasks["haut"])[1]
    assert "already" in say("done", tasks["haut"])[1]
    for word in ("action.approved", "action.executed"):
        code, said = say("record", "haut", word, "step=dossier", "--on", "2026-03-02", as_="paul")
        assert (code, "relance done" in said) == (2, True)
    assert say("done", tasks["haut"], as_="paul")[0] == 0
    assert not [each for each in json.loads(say("todo", "--format", "json")[1])["items"] if each["channel"] == "handover"]


def test_the_journal_says_what_an_approval_takes_whatever_the_playbook_says_later(desk, tmp_path):
    make, drafts, say = desk
    make("{by: 2}", {"bas": ("50.00", "2026-02-10")})
    (tmp_path / "essai.yaml").write_text(PLAYBOOK.format(approval="required"), encoding="utf-8")
    assert "it takes 1 more" in say("outbox", "approve", drafts()[0]["id"])[1]
