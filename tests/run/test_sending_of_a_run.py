"""What a run says of sending: what has not left, who sends, what could not be written, and of which day it is."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from relance.cli.common import today

PLAYBOOK = """\
schema: 1
playbook: chantier
version: 1
title: Chantier
debtor: any
steps:
  - {id: mot, at: J+1, channels: [email], tone: courteous, template: TEMPLATE}
  - {id: rappel, at: J+8, channels: [email], tone: neutral, template: relance-1}
"""
INVOICES = "id;debtor;issued;due;amount;currency;debtor.email;debtor.kind;debtor.name\nG-7;halle;02/01/2026;01/02/2026;310,00;EUR;hall@h.example;business;Halle SA\n"
CREDITORS = "id;name;email\ncreditor;Atelier;c@atelier.example\n"


@pytest.fixture
def morning(relance, tmp_path):
    """Run one invoice on a day by a small playbook of one wording or another."""
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (tmp_path / "creditors.csv").write_text(CREDITORS, encoding="utf-8")

    def run(on, *words, template="relance-1", code=0):
        (tmp_path / "chantier.yaml").write_text(PLAYBOOK.replace("TEMPLATE", template), encoding="utf-8")
        files = ("--playbook", "chantier.yaml", "--invoices", "invoices.csv", "--creditors", "creditors.csv")
        return relance("run", *files, "--as-of", on, *words, code=code).output

    return run


def outbox(relance, *states):
    words = [word for state in states for word in ("--state", state)]
    return json.loads(relance("outbox", "list", "--format", "json", *words).output)["messages"]


def test_what_has_not_left_is_said_with_its_age_and_is_not_overtaken(relance, morning):
    morning("2026-02-02")
    said = morning("2026-02-09")
    assert "nothing new" in said
    assert "1 message of earlier days not sent yet, the oldest of 2026-02-02 (7 days)" in said
    (waiting,) = outbox(relance)
    assert (waiting["state"], waiting["age"]) == ("ready", (today() - date(2026, 2, 2)).days)
    (case,) = json.loads(relance("cases", "--on", "2026-02-09", "--format", "json").output)["cases"]
    assert (case["status"], case["reason"]) == ("awaiting_sending", "a message of mot has waited since 2026-02-02 to leave (7 days)")
    assert "email" not in relance("report", "--from", "2026-02-01", "--until", "2026-02-09").output
    relance("record", "G-7", "action.executed", "step=mot", "--on", "2026-02-09")
    assert "rappel" in morning("2026-02-16")


def test_another_system_that_sends_is_named_once(relance, morning):
    morning("2026-02-02", "--sent-by", "other")
    assert "rappel" in morning("2026-02-09")
    assert "handed over to be sent" in relance("history", "G-7").output


def test_what_the_house_cannot_write_does_not_count(relance, morning):
    """No wording of that name anywhere: each run says so and exits 1, and the ladder does not climb over it."""
    for on in ("2026-02-02", "2026-02-09", "2026-02-16"):
        said = morning(on, template="petit-mot", code=1)
        assert "could not be written" in said
        assert "no wording 'petit-mot'" in said
    assert [(each["state"], each["on"]) for each in outbox(relance)] == [("task", "2026-02-16")], "the last is the task; each was made anew by the next"
    gone = outbox(relance, "task", "cancelled")
    assert [each["step"] for each in gone] == ["mot"] * 3
    assert all("it could not be written" in each["reason"] for each in gone)
    assert "1 new action emitted" in morning("2026-02-17")  # the wording is there now
    assert [each["step"] for each in outbox(relance)] == ["mot"]


def test_the_same_day_again_says_again_what_could_not_be_written(relance, morning):
    morning("2026-02-02", template="petit-mot", code=1)
    said = morning("2026-02-02", template="petit-mot", code=1)
    assert "no wording 'petit-mot'" in said
    assert len(outbox(relance, "task", "cancelled")) == 1


def test_a_run_of_another_time_is_refused(relance, morning, tmp_path):
    tomorrow = today() + timedelta(1)
    assert "in the future" in morning(tomorrow, code=2)
    assert not (tmp_path / "relance.db").exists() or outbox(relance) == []
    morning(tomorrow, "--dry-run")
    morning("2026-02-09")
    assert "was run for 2026-02-09 already" in morning("2026-02-08", code=2)
    morning("2026-02-08", "--dry-run")
    morning("2026-02-09")
    assert len(outbox(relance)) == 1
