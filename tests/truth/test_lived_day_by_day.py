"""Cases that a house lives day by day: `relance run`, `send`, `outbox`, `record`, with the clock at ten and a real SMTP server."""

from __future__ import annotations

import csv
import itertools
import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest


def emitted(house):
    """Return what the journal has of each action."""
    return [entry.data for entry in house.journal("action.emitted")]


def cancelled(house):
    """Return why messages were withdrawn."""
    return [entry.data["reason"] for entry in house.journal("action.cancelled")]


def laid(house):
    """Return the letters of the tray `p`."""
    return [text for name, text in house.texts("p").items() if name != "letters"]


def open_days(first, last):
    day, end, found = date.fromisoformat(first), date.fromisoformat(last), []
    while day <= end:
        if day.weekday() < 5:
            found.append(day.isoformat())
        day += timedelta(1)
    return found


# --------------------------------------------------------------------------- what leaves


@pytest.mark.case("contact-rules-at-send")
def test_contact_rules_bind_on_the_day_of_sending_whatever_was_approved(house, post):
    left, notice = [], None
    for day in open_days("2026-09-08", "2026-10-16"):
        house.at(day)
        house.run("--playbook", "deux.yaml")
        if day >= "2026-09-23":
            for draft in house.outbox("--state", "draft"):
                house.relance("outbox", "approve", draft["id"], code=None)
        before, mails = len(laid(house)), len(post.taken)
        house.relance("send", "--print", "p", "--rate", "1000", code=None)
        letters = laid(house)
        if len(letters) > before or len(post.taken) > mails:
            left.append(day)
        if notice is None and any("Mise en demeure de payer, facture F-1" in text for text in letters):
            notice = day
    days = [date.fromisoformat(day) for day in left]
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    assert min(gaps) >= 5, left
    assert all((days[place + 3] - day).days >= 30 for place, day in enumerate(days[:-3])), left
    assert notice is not None, "it leaves in the end"
    assert notice > "2026-09-23"


@pytest.mark.case("joined-after-approval")
def test_a_notice_asks_what_was_decided_though_an_invoice_joined(house, post):
    for day in ("2026-09-22", "2026-09-24"):
        house.at(day)
        house.run("--playbook", "compte-med.yaml", invoices="day1.csv")
        house.relance("send")
    (draft,) = house.outbox("--state", "draft")
    house.at("2026-09-25")
    house.run("--playbook", "compte-med.yaml", invoices="day2.csv")
    (again,) = house.outbox("--state", "draft")
    assert again["id"] == draft["id"]
    house.relance("outbox", "approve", draft["id"])
    shown = " ".join(house.relance("outbox", "show", draft["id"]).output.split())
    house.relance("render", "--ready", "--out", "r")
    house.relance("send", "--print", "p")
    texts = [shown, *house.texts("r").values(), *house.texts("p").values()]
    assert len(texts) >= 4
    for text in texts:
        assert "F-3" not in text
        assert not re.search(r"5 \d\d\d,\d\d €", text)
    letter = laid(house)[0]
    assert "Principal restant dû 100,00 €" in letter
    assert "recouvrement (C. com., D. 441-5) 40,00 €" in letter
    assert re.search(r"Total à régler 140,1\d €", letter)
    assert not cancelled(house)


@pytest.mark.case("moved-to-another-playbook")
def test_a_case_that_was_moved_is_not_written_to_by_the_old_playbook(house, post):
    house.at("2026-09-24")
    house.run("--playbook", "systematique")
    assert len(house.outbox()) == 1
    house.relance("record", "F-1", "playbook.changed", "litige")
    house.relance("send")
    assert post.taken == []
    assert house.outbox() == []
    (reason,) = cancelled(house)
    assert "litige" in reason
    (listed,) = house.json("cases")["cases"]
    assert listed["playbook"] == "litige"
    assert "litige" in house.relance("why", "F-1").output


@pytest.mark.case("moved-to-another-playbook")
def test_a_case_that_stays_is_written_to(house, post):
    house.at("2026-09-24")
    house.run("--playbook", "systematique")
    house.relance("send")
    assert len(post.taken) == 1


@pytest.mark.case("split-account")
def test_a_split_account_is_written_to_about_its_own_part_once(house, post):
    house.at("2026-09-24")
    for _ in range(2):
        house.run("--routing", "routing.yaml")
        house.relance("send")
    house.at("2026-09-25")
    house.run("--routing", "routing.yaml")
    house.relance("send")
    ((_, text),) = post.taken
    assert "F-1" in text
    assert "100,00 €" in text
    assert not re.search(r"F-2|5 [01]00,00", text)
    assert not cancelled(house)


# --------------------------------------------------------------------------- what has not left


@pytest.mark.case("unsent-cited")
def test_no_step_overtakes_a_message_that_has_not_left(house):
    for day in ("2026-09-02", "2026-09-09", "2026-10-01", "2026-10-16"):
        house.at(day)
        run = house.run("--playbook", "negligent").output
    assert {action["step"] for action in emitted(house)} == {"relance-1"}
    assert re.search(r"1 message of earlier days not sent yet, the oldest of 2026-09-02 \(44 days\)", run)
    (message,) = house.outbox()
    assert "44 d" in house.relance("outbox", "list").output
    assert message["age"] == 44
    (case,) = house.json("cases")["cases"]
    assert case["status"] == "awaiting_sending"
    assert "2026-09-02" in json.dumps(case)
    why = house.relance("why", "F-1").output
    assert "last contact" not in why.lower()
    assert message["state"] == "ready"


@pytest.mark.case("unsent-cited")
def test_what_has_left_lets_the_ladder_go_on(house, post):
    for day in ("2026-09-02", "2026-09-09", "2026-10-01", "2026-10-16"):
        house.at(day)
        house.run("--playbook", "negligent")
        house.relance("send", "--print", "p")
    assert [action["step"] for action in emitted(house) if action["channel"] == "email"] == ["relance-1", "relance-2", "mise-en-demeure"]


@pytest.mark.case("unsent-first-letter-of-an-agency")
def test_nothing_follows_an_agencys_first_letter_that_has_not_left(house):
    for day in ("2026-09-02", "2026-09-14", "2026-09-22", "2026-10-05", "2026-10-19"):
        house.at(day)
        house.run("--playbook", "agence-amiable", "--letterhead", "letterhead.yaml")
    assert {action["step"] for action in emitted(house)} == {"premiere-lettre"}
    (case,) = house.json("cases")["cases"]
    assert case["status"] == "awaiting_sending"
    assert "last contact" not in house.relance("why", "dupont/EUR").output.lower()
    assert house.json("report")["contacts"] == []


@pytest.mark.case("unsent-first-letter-of-an-agency")
def test_after_an_agencys_first_letter_left_the_ladder_goes_on(house, post):
    for day in ("2026-09-02", "2026-09-16"):
        house.at(day)
        house.run("--playbook", "agence-amiable", "--letterhead", "letterhead.yaml")
        house.relance("send", "--print", "p", "--letterhead", "letterhead.yaml")
    assert [action["step"] for action in emitted(house)] == ["premiere-lettre", "relance-courriel"]
    assert sum(each["contacts"] for each in house.json("report")["contacts"]) == 2


@pytest.mark.case("unsent-in-evidence")
def test_a_dossier_shows_nothing_as_done_that_was_not(house):
    for day in ("2026-09-02", "2026-09-09", "2026-10-01"):
        house.at(day)
        house.run("--playbook", "negligent")
    house.relance("evidence", "F-5", "--out", "e.zip")
    with zipfile.ZipFile("e.zip") as dossier:
        dossier.extractall("e")
    text = next(text for name, text in house.texts("e").items() if "dossier" in name)
    assert "courriel 2 septembre 2026" not in text
    assert "9 septembre 2026 F-5 Relance (appel) : appel téléphonique 9 septembre 2026" not in text
    assert "2 septembre 2026 F-5 Relance (relance-1) : courriel — préparation, sans envoi" in text
    assert "Envoyé" not in text
    assert "débiteur joint" not in text
    kept = text.partition("Documents non conservés")[2][:300]
    assert "R-" not in kept, kept


@pytest.mark.case("unsent-in-evidence")
def test_a_dossier_shows_as_done_what_was_done(house, post):
    for day in ("2026-09-02", "2026-09-09"):
        house.at(day)
        house.run("--playbook", "negligent")
        house.relance("send")
    house.relance("call", "F-5", "--outcome", "reached", code=None)
    house.relance("evidence", "F-5", "--out", "e.zip")
    with zipfile.ZipFile("e.zip") as dossier:
        dossier.extractall("e")
    text = next(text for name, text in house.texts("e").items() if "dossier" in name)
    assert "2 septembre 2026 F-5 Envoyé — relance-1, courriel" in text
    assert "9 septembre 2026 F-5 Appel : débiteur joint" in text


@pytest.mark.case("unwritable-counted")
def test_a_message_that_the_house_cannot_write_is_not_executed(house):
    for day in ("2026-09-07", "2026-09-14", "2026-10-05"):
        house.at(day)
        run = house.run("--playbook", "salle.yaml", code=1)
        assert "petit-mot" in run.output
        assert not [each for each in house.outbox() if each["state"] == "ready"]
    assert {action["step"] for action in emitted(house)} == {"petit-mot"}


@pytest.mark.case("unwritable-counted")
def test_a_message_that_the_house_can_write_is_ready(house):
    wording = house.folder / "mots" / "fr" / "petit-mot" / "message.md.j2"
    wording.parent.mkdir(parents=True)
    wording.write_text('---\ntitle: Petit mot\nsubject: "Votre facture {{ invoice.id }}"\n---\nMerci de régler **{{ sums.total }}**.\n', encoding="utf-8")
    house.at("2026-09-07")
    house.run("--playbook", "salle.yaml", "--templates", "mots")
    assert [each["state"] for each in house.outbox()] == ["ready"]


# --------------------------------------------------------------------------- money that waits


@pytest.mark.case("unmatched-money")
def test_reminders_wait_while_money_of_the_debtor_waits_to_be_matched(house):
    house.at("2026-09-07")
    house.relance("import", "invoices.csv", "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--commit")
    house.relance("import", "releve.xml", "--commit", "--to-match", "to-match.csv", code=1)
    with Path("to-match.csv").open(encoding="utf-8", newline="") as rows:
        assert [row["amount"] for row in csv.DictReader(rows)] == ["1195.00"]
    house.run("--playbook", "negligent")
    assert emitted(house) == []
    for words in (("history", "F-2026-101"), ("why", "F-2026-101"), ("cases",)):
        out = house.relance(*words).output
        assert re.search(r"1195\.00|unmatched|match", out), (words, out)
    cases = house.json("cases")["cases"]
    assert {case["status"] for case in cases} == {"held"}


@pytest.mark.case("unmatched-money")
def test_without_money_that_waits_the_reminder_is_ready(house):
    house.at("2026-09-07")
    house.run("--playbook", "negligent")
    assert {action["step"] for action in emitted(house)} == {"relance-1"}
