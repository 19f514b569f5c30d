"""Twins of the cases by channel: a message that leaves by one way and not by another, what each says of the other, and what counts."""

from __future__ import annotations

import pytest
from lived_days import about, lived, weekdays

FIRM = ("--playbook", "negligent")
COPY = "Ce courriel est la copie de la lettre recommandée"
PAPER = ("--letterhead", "letterhead.yaml")


def until_the_notice(built, post):
    built.found("F-1,2026-01-05,2026-02-02,1200.00")
    lived(built, post, [*weekdays("2026-02-03", "2026-03-18", 3), "2026-03-18"], *FIRM)
    built.at("2026-03-19")
    built.run(*FIRM, *PAPER)
    for draft in built.outbox("--state", "draft"):
        built.relance("outbox", "approve", draft["id"])
    return len(post.taken)


def test_the_copy_of_a_registered_letter_does_not_leave_before_it(built, post):
    before = until_the_notice(built, post)
    shown = built.relance("send", *PAPER)
    assert len(post.taken) == before
    assert "the registered letter that it is a copy of goes first" in " ".join(shown.output.split())
    rehearsed = built.json("send", "--dry-run", "--print", "tray", *PAPER)["messages"]
    assert {each["fate"] for each in rehearsed} == {"sent"}
    built.relance("send", "--print", "tray", *PAPER)
    (letter,) = [text for text in built.letters().values() if "LETTRE RECOMMANDÉE" in text]
    (mail,) = [text for _, text in post.taken[before:]]
    assert COPY in mail
    assert "Par la lettre recommandée dont voici la copie" in mail
    assert "Par cette lettre" in letter
    assert "cette lettre" not in mail
    assert "au plus tard le 3 avril 2026" in mail
    assert "au plus tard le 3 avril 2026" in letter


@pytest.mark.parametrize(("word", "left"), [("reject", False), ("skip", False), ("sent", True)])
def test_what_no_registered_letter_leaves_beside_is_called_no_copy(built, post, word, left):
    before = until_the_notice(built, post)
    (letter,) = [each["id"] for each in built.outbox() if each["channel"] == "registered_letter"]
    built.relance("outbox", word, letter, *(["--reason", "perdue"] if word != "sent" else []), code=None)
    built.at("2026-03-20")
    built.relance("send", *PAPER, code=None)
    mails = [text for _, text in post.taken[before:]]
    assert not [mail for mail in mails if COPY in mail], "the letter is of another day and another sum, or there is none"
    assert not [mail for mail in mails if "dont voici la copie" in mail or "cette lettre" in mail]
    if left:
        (mail,) = mails
        assert "Par ce courriel, qui vaut mise en demeure" in mail.replace("*", "")
        assert "19 mars 2026 : lettre recommandée" in mail
        assert about({"": mails}, "au plus tard le 7 avril 2026")


def test_an_approved_notice_of_another_system_is_no_draft_that_waits_in_the_evidence(built):
    built.found("F-1,2026-01-05,2026-02-02,1200.00")
    for day in ("2026-02-03", "2026-02-10", "2026-03-04", "2026-03-19"):
        built.at(day)
        built.run(*FIRM, "--sent-by", "other", *PAPER)
        for draft in built.outbox("--state", "draft"):
            built.relance("outbox", "approve", draft["id"])
    said = " ".join(built.relance("evidence", "F-1", "--out", "e.zip").output.split())
    assert "not kept: Mise en demeure (mise-en-demeure) : lettre recommandée avec avis de réception, 19 mars 2026" in said
    assert "en attente" not in said
