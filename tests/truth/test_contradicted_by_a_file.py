"""A file that holds an invoice otherwise than the journal: nothing about it leaves unseen, whoever read the file, until somebody settles it."""

from __future__ import annotations

import pytest

FIRST, OTHER = "F-1,2026-03-02,2026-04-01,900.00", "F-2,2026-03-02,2026-04-01,400.00"
MOVED, LOWERED = "F-1,2026-03-02,2026-05-01,900.00", "F-1,2026-03-02,2026-04-01,700.00"
PAPER = ("--letterhead", "letterhead.yaml")


def ready(house):
    """Emit the first reminders of two invoices; nothing is sent yet."""
    house.found(FIRST, OTHER)
    house.at("2026-04-02")
    house.run("--playbook", "systematique", *PAPER)
    assert [each["state"] for each in house.outbox()] == ["ready"]


def imported(house, *rows, code):
    house.invoices(*rows)
    house.relance("import", "invoices.csv", "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--commit", code=code)


@pytest.mark.parametrize("row", [MOVED, LOWERED])
def test_what_was_ready_does_not_leave_after_an_import_that_says_otherwise(built, post, row):
    ready(built)
    imported(built, row, OTHER, code=1)
    built.relance("send", *PAPER, code=None)
    assert post.taken == []
    (word,) = built.journal("action.cancelled")[:1]
    assert "invoice F-1 is known with another" in word.data["reason"]
    built.invoices(OTHER)  # a run whose files say nothing of it: the journal knows by itself
    built.at("2026-04-03")
    built.run("--playbook", "systematique", *PAPER, code=None)
    assert [each["state"] for each in built.outbox()] == ["draft"]


@pytest.mark.parametrize("settled", ["corrected", "agreed"])
def test_it_leaves_once_somebody_said_which_is_right(built, post, settled):
    ready(built)
    imported(built, LOWERED, OTHER, code=1)
    if settled == "agreed":
        imported(built, FIRST, OTHER, code=0)
    else:
        built.relance("record", "F-1", "invoice.corrected", "amount=700.00", "reason=erreur")
    built.at("2026-04-03")
    built.run("--playbook", "systematique", *PAPER, code=None)
    assert "draft" not in [each["state"] for each in built.outbox()]
    built.relance("send", *PAPER, code=None)
    (text,) = [text for _, text in post.taken]
    assert ("900,00" in text, "700,00" in text) == (settled == "agreed", settled == "corrected")


def test_the_same_file_twice_writes_its_contradiction_once(built):
    ready(built)
    imported(built, LOWERED, OTHER, code=1)
    imported(built, LOWERED, OTHER, code=1)
    assert [(entry.invoice, entry.data["known"], entry.data["given"]) for entry in built.journal("invoice.contradicted")] == [("F-1", "900.00", "700.00")]


def test_history_and_evidence_say_what_the_file_says_and_that_it_agrees_again(built, monkeypatch):
    ready(built)
    imported(built, LOWERED, OTHER, code=1)
    said = " ".join(built.relance("history", "F-1").output.split())
    assert "invoice.contradicted" in said
    assert "field amount; given 700.00; known 900.00" in said
    imported(built, FIRST, OTHER, code=0)
    monkeypatch.setenv("RELANCE_LANG", "fr")
    said = " ".join(built.relance("history", "F-1").output.split())
    assert "un fichier donne 700,00 € comme montant, au lieu de 900,00 €" in said
    assert "un fichier confirme ce qui était enregistré" in said
    built.relance("evidence", "F-1", "--out", "dossier.zip")


def test_a_message_that_a_person_approved_since_leaves(built, post):
    ready(built)
    imported(built, LOWERED, OTHER, code=1)
    built.relance("send", *PAPER, code=None)
    built.at("2026-04-03")
    built.run("--playbook", "systematique", *PAPER, code=None)
    (draft,) = built.outbox("--state", "draft")
    built.relance("outbox", "approve", draft["id"])
    built.relance("send", *PAPER, code=None)
    assert len(post.taken) == 1
