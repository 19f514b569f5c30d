"""Neighbours of the cases that a house lives: other units, parts paid, newcomers, plans, currencies; by the command line, with what left read back."""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from lived_days import about, figures, lived, weekdays

# --------------------------------------------------------------------------- notices and what cites them


def test_what_follows_notices_of_two_days_cites_the_one_of_each_invoice(built, post):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-09,2026-06-08,700.00", kind="consumer")
    left = lived(built, post, [*weekdays("2026-06-05", "2026-07-15", 7), *weekdays("2026-07-16", "2026-09-04", 6)], "--playbook", "consommateur")
    notices = about(left, "Mise en demeure de payer, ")
    of = {name: day for day, text in notices for name in ("F-1", "F-2") if f"facture {name} " in text or f"{name} 0" in text}
    assert of.keys() == {"F-1", "F-2"}
    follow = [(day, text) for day, texts in left.items() for text in texts if "Suite de n" in text]
    assert {name for _, text in follow for name in of if name in text} == {"F-1", "F-2"}
    for _, text in follow:
        for name, day in of.items():
            first = date.fromisoformat(day) + timedelta(1)
            assert bool(re.search(rf"{name} {first:%d/%m/%Y}", text)) == (name in text), "interest from the day after its own notice"


def test_a_letter_quotes_nothing_that_was_sent_about_an_invoice_that_is_paid(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    before = lived(built, post, ["2026-04-02", "2026-04-10", "2026-05-04"], "--playbook", "negligent")
    assert len(before) == 2
    built.at("2026-05-06")
    built.relance("record", "F-1", "payment.received", "900.00")
    built.invoices("F-1,2026-03-02,2026-04-01,900.00", "F-2,2026-05-02,2026-06-01,700.00")
    left = lived(built, post, ["2026-06-02", "2026-06-10", "2026-07-02", "2026-07-17", "2026-07-21"], "--playbook", "negligent")
    (notice,) = about(left, "Lyon, le", "Mise en demeure de payer")[:1]
    assert "2 juin 2026" in notice[1]
    for texts in left.values():
        for text in texts:
            assert not re.search(r"F-1\b|avril 2026|4 mai 2026|900,00", text)


# --------------------------------------------------------------------------- what never left


def test_evidence_shows_no_call_letter_or_message_that_nobody_made_or_sent(built, post):
    built.found("F-5,2026-08-01,2026-09-01,1500.00")
    for day in ("2026-09-02", "2026-09-09", "2026-10-01", "2026-10-19"):
        built.at(day)
        built.run("--playbook", "negligent", "--letterhead", "letterhead.yaml")
        if day == "2026-09-02":
            built.relance("send")  # the first e-mail leaves; nobody makes the call, and the letter stays in the house
    built.relance("evidence", "F-5", "--out", "e.zip")
    with zipfile.ZipFile("e.zip") as dossier:
        dossier.extractall("e")
    text = next(text for name, text in built.texts("e").items() if "dossier" in name)
    assert len(post.taken) == 1
    assert re.search(r"2 septembre 2026[^:]{0,60}F-5 [^:]*relance-1\) : courriel", text)
    made = re.findall(r"\d+ \w+ 2026 F-5 Relance \(([\w-]+)\) : ([^:]{0,60})", text)
    assert {step for step, _ in made} >= {"relance-1"}
    for step, what in made:
        assert step == "relance-1" or re.search("sans envoi|aucune suite", what), (step, what)


@pytest.mark.parametrize("why", ["left", "pending", *(pytest.param(each, marks=pytest.mark.long) for each in ("rejected", "failed", "skipped"))])
def test_an_agency_asks_a_newcomer_nothing_before_its_first_letter_has_left(built, post, why):
    first, newcomer = "F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-06-20,2026-07-06,700.00"
    built.found(first, agency=True)
    words = ("--playbook", "agence-amiable")
    lived(built, post, ["2026-06-02", "2026-06-16", "2026-06-23"], *words)
    built.invoices(first, newcomer)
    left = {}
    for day in weekdays("2026-07-09", "2026-08-21", 6):
        built.at(day)
        before, mails = built.letters(), len(post.taken)
        built.run(*words, "--letterhead", "letterhead.yaml", code=None)
        for message in built.outbox():
            if message["step"] == "premiere-lettre" and "F-2" in message["invoices"]:
                match why:
                    case "failed":
                        built.relance("record", "F-2", "action.failed", f"id={message['id']}", "error=imprimante")
                    case "rejected" | "skipped":
                        built.relance("outbox", "reject" if why == "rejected" else "skip", message["id"], "--reason", "essai", code=None)
        for draft in built.outbox("--state", "draft"):
            built.relance("outbox", "approve", draft["id"], code=None)
        if why == "pending":  # e-mails leave, the printer does not
            built.relance("send", "--rate", "1000", "--letterhead", "letterhead.yaml", code=None)
        else:
            built.relance("send", "--print", "tray", "--rate", "1000", "--letterhead", "letterhead.yaml", code=None)
        left[day] = [*(text for name, text in built.letters().items() if name not in before), *(text for _, text in post.taken[mails:])]
    named = about(left, "F-2")
    assert bool(named) == (why == "left")
    if named:
        (first_day, text), *others = named
        assert "nous a confié le recouvrement amiable" in text
        assert "700,00 €" in text
        assert all(day > first_day for day, _ in others)


# --------------------------------------------------------------------------- plans


def test_a_plan_broken_after_the_notice_is_named_and_the_hand_over_waits(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words = ("--playbook", "negligent")
    lived(built, post, ["2026-04-02", "2026-04-10"], *words)
    built.relance("record", "F-1", "payment.received", "100.00")
    lived(built, post, ["2026-05-04"], *words)
    noticed = lived(built, post, ["2026-05-18"], *words)
    assert about(noticed, "Mise en demeure de payer", "100,00 €")
    built.invoices("F-1,2026-03-02,2026-04-01,900.00", "F-2,2026-05-02,2026-06-30,700.00")
    built.at("2026-05-26")
    built.relance("record", "F-1", "plan.agreed", "2026-06-10 400.00, 2026-07-10 400.00")
    left = lived(built, post, ["2026-06-03", "2026-06-15", "2026-06-16", "2026-06-22"], *words)
    ((day, text),) = about(left, "Lyon, le", "échéancier")
    assert day in ("2026-06-15", "2026-06-16")
    assert "26 mai 2026" in text
    assert "400,00 € prévu le 10 juin 2026" in text
    assert re.search(r"nous régler 400,00 € au plus tard le \d+ juin 2026", text)
    assert not re.search(r"F-2|1 500,00|900,00 € au plus tard", text)
    assert not [line for line in built.journal("action.emitted") if line.data["channel"] == "handover"]


@pytest.mark.parametrize(("paid", "again"), [("400.00", True), ("399.99", False)])
def test_a_missed_instalment_that_comes_late_ends_the_reminders(built, post, paid, again):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words = ("--playbook", "negligent")
    lived(built, post, ["2026-04-02"], *words)
    built.relance("record", "F-1", "plan.agreed", "2026-04-20 400.00, 2026-06-10 500.00")
    assert about(lived(built, post, ["2026-04-23", "2026-04-24"], *words), "échéancier")
    built.relance("record", "F-1", "payment.received", paid)
    left = lived(built, post, ["2026-05-06", "2026-05-12"], *words)
    assert bool(left) != again
    (case,) = built.json("cases")["cases"]
    assert (case["status"] == "held") == again
    assert bool(about(lived(built, post, ["2026-06-15", "2026-06-16"], *words), "Votre échéancier", "500,00 € prévu le 10 juin 2026")) == again


# --------------------------------------------------------------------------- accounts, currencies, credit notes


ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: message, at: J+1, channels: [sms], tone: firm, template: relance-1}
  - {id: appel, at: J+5, channels: [call], tone: firm}
  - {id: mise-en-demeure, kind: formal_notice, at: J+10, channels: [registered_letter], tone: formal, grants: 15 days, claim: [late_interest, fixed_indemnity]}
  - {id: transmission, kind: handover, at: mise-en-demeure.deadline + 1 business day, channels: [handover], to: bailiff}
"""


def test_no_channel_of_an_account_asks_what_is_not_due(built, post):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-09,2026-08-31,4567.00")
    built.put("compte.yaml", ACCOUNT)
    left = lived(built, post, ["2026-06-02"], "--playbook", "compte.yaml", code=None)
    (message,) = built.outbox()
    assert message["channel"] == "sms", "relance has no carrier for it: a person sends it"
    built.relance("outbox", "sent", message["id"])
    left |= lived(built, post, ["2026-06-08", "2026-06-12"], "--playbook", "compte.yaml", code=None)
    left |= lived(built, post, ["2026-06-16", "2026-06-30", "2026-07-02", "2026-07-06"], "--playbook", "compte.yaml", code=None)
    emitted = [entry.data for entry in built.journal("action.emitted")]
    assert {data["channel"] for data in emitted} >= {"sms", "call", "registered_letter", "handover"}, emitted
    for data in emitted:
        assert data["invoices"] == ("F-1",) or list(data["invoices"]) == ["F-1"]
        assert str(data["claimed"]["principal"]) == "900.00"
    for name, text in [*built.sheets().items(), *((day, text) for day, texts in left.items() for text in texts)]:
        assert not {"4567,00", "5467,00"} & figures(text), name


def test_an_account_in_two_currencies_is_two_accounts(built, post):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-09,2026-06-01,777.00,USD")
    built.put("compte.yaml", ACCOUNT.replace("[sms]", "[email]"))
    left = lived(built, post, ["2026-06-02", "2026-06-12", "2026-06-30"], "--playbook", "compte.yaml", code=None)
    texts = [text for each in left.values() for text in each]
    assert any("F-1" in text for text in texts)
    assert any("F-2" in text for text in texts)
    for text in texts:
        assert not ("F-1" in text and "F-2" in text and re.search(r"1 677", text))
        assert "777,00 €" not in text
        assert "40,00 US" not in text or "F-2" in text


def test_a_credit_note_above_its_invoice_leaves_a_credit_and_no_reminder(built, post):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-09,2026-06-02,700.00")
    built.at("2026-06-01")
    built.run("--playbook", "negligent", "--letterhead", "letterhead.yaml")
    built.relance("record", "F-1", "credit_note.issued", "1000.00")
    left = lived(built, post, ["2026-06-03", "2026-07-03"], "--playbook", "negligent")
    texts = [text for each in left.values() for text in each]
    assert texts
    for text in texts:
        assert not re.search(r"F-1\b", text)
        assert {"700,00", "600,00"} & figures(text)


@pytest.mark.parametrize(
    ("step", "short"),
    [("relance-1", "0.00"), ("mise-en-demeure", "0.00"), ("mise-en-demeure", "0.01"), *(pytest.param(*each, marks=pytest.mark.long) for each in (("relance-1", "0.01"), ("relance-2", "0.00"), ("relance-2", "0.01")))],
)
def test_who_pays_exactly_what_was_asked_is_asked_no_more(built, post, step, short):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    for day in ("2026-04-02", "2026-04-10", "2026-05-04", "2026-05-18"):
        built.spend(day, "--playbook", "negligent", post=post)
        asked = [entry.data for entry in built.journal("action.emitted") if entry.data["step"] == step]
        if asked:
            break
    built.relance("record", "F-1", "payment.received", str(Decimal(str(asked[-1]["claimed"]["total"])) - Decimal(short)))
    built.invoices("F-1,2026-03-02,2026-04-01,900.00", "F-2,2026-05-19,2026-06-18,500.00")
    left = lived(built, post, ["2026-06-19"], "--playbook", "negligent")
    texts = [text for texts in left.values() for text in texts]
    assert texts
    assert all("500,00 €" in text and "448" not in text for text in texts if "F-2" in text)
    assert not [text for text in texts if re.search(r"F-1\b", text)], "a cent is below the smallest sum that is chased"
    open_ = {case["case"]: case["open"] for case in built.json("cases")["cases"]}
    assert ("F-1" in open_) == (short != "0.00" and step == "relance-1") or short != "0.00", open_


def test_a_case_that_a_person_moved_has_no_draft_of_its_old_playbook(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words = ("--playbook", "negligent")
    lived(built, post, ["2026-04-02", "2026-04-10", "2026-05-04"], *words)
    built.spend("2026-05-18", *words, post=post, approve=False)
    (draft,) = [each for each in built.outbox("--state", "draft") if each["step"] == "mise-en-demeure"][:1]
    built.relance("record", "F-1", "playbook.changed", "litige")
    assert built.relance("outbox", "approve", draft["id"], code=None).exit_code
    assert not [text for text in built.spend("2026-05-19", *words, post=post) if "demeure" in text]
    assert not [each for each in built.outbox() if each["step"] == "mise-en-demeure"]
