"""Twins in which two things cross: a crash and a run, a refusal and a copy, a receipt and a returned payment, a credit note and an approval, hours there and here."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from lived_days import lived, weekdays

from relance.columnar.schema import from_facts
from relance.delivery import run_texts
from relance.journal.journal import Journal
from relance.language import load_playbook
from relance.studio.desk import OperatorDesk

PAPER = ("--letterhead", "letterhead.yaml")
FIRM = ("--playbook", "negligent")
ONE = "F-1,2026-01-05,2026-02-02,1200.00"
ROLES = """schema: 1
playbook: maison
version: 1
title: La maison
debtor: business
contact: {hours: {email: "08:00-19:00"}}
steps:
  - {id: rappel, at: J+1, channels: [email], tone: courteous, template: relance-1, to_role: accounting, cc: [director]}
"""
ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: rappel, at: J+1, channels: [email], tone: courteous, template: relance-1APPROVAL}
"""
TWO_CREDITORS = """schema: 1
playbook: cabinet
version: 1
title: Le cabinet
debtor: business
collector: agency
contact: {min_gap: 5 days}
steps:
  - {id: premiere-lettre, at: J+1, channels: [letter], tone: neutral, template: premiere-lettre-agence, approval: required}
  - {id: relance, at: J+8, channels: [email], tone: firm, template: relance-agence, approval: required}
"""


def dossier(house, case):
    """Return the first document's text of a file for a judge."""
    house.relance("evidence", case, "--out", f"{case}.zip")
    with zipfile.ZipFile(f"{case}.zip") as packed:
        packed.extractall(f"evidence-{case}")
    return next(text for name, text in house.texts(f"evidence-{case}").items() if "dossier" in name)


@pytest.mark.parametrize("again", ["2026-02-03", "2026-02-04"])
def test_a_run_that_was_cut_off_before_its_files_sends_once(built, post, monkeypatch, again):
    built.found(ONE, "F-2,2026-01-05,2026-02-02,300.00")
    built.at("2026-02-03")

    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as off:
        off.setattr(run_texts, "write_texts", cut_off)
        built.run(*FIRM, *PAPER, code=1)
    (message,) = built.outbox()
    built.at(again)
    built.run(*FIRM, *PAPER)
    assert [each["id"] for each in built.outbox()] == [message["id"]]
    assert list((built.folder / f"run-{again}" / "messages").glob("*.eml")) or again == "2026-02-04"
    for _ in range(2):
        built.relance("send", *PAPER)
    assert [("F-1" in text, "F-2" in text) for _, text in post.taken] == [(True, True)]


def test_who_had_no_copy_is_kept_and_told_to_a_judge(built, post):
    built.found(ONE)
    built.put("maison.yaml", ROLES)
    built.at("2026-02-01")
    built.relance("import", "invoices.csv", "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--commit")
    for role, mailbox in (("accounting", "compta@example.org"), ("director", "chef@example.org")):
        built.relance("record", "dupont", "addressee.named", f"role={role}", f"email={mailbox}")

    async def handle_rcpt(_server, _session, envelope, address, _options):
        if address.startswith("chef"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    post.handle_RCPT = handle_rcpt
    built.at("2026-02-03")
    built.run("--playbook", "maison.yaml", *PAPER)
    built.relance("send", *PAPER)
    assert len(post.taken) == 1
    assert "no copy to chef@example.org: 550 5.1.1 no such user" in " ".join(built.relance("history", "F-1").output.split())
    assert "pas de copie à chef@example.org : 550 5.1.1 no such user" in dossier(built, "F-1")


def test_a_judge_reads_in_french_why_a_message_did_not_leave(built, post):
    built.found(ONE, "F-2,2026-01-05,2026-02-02,300.00")
    built.at("2026-02-03")
    built.run(*FIRM, *PAPER)
    built.relance("record", "F-1", "playbook.changed", "litige")
    built.relance("send", *PAPER)
    built.at("2026-02-04")
    built.run(*FIRM, *PAPER)
    (message,) = built.outbox("--state", "ready")
    built.relance("outbox", "reject", message["id"], "--reason", "fidèle client")
    assert "Envoi annulé : le dossier « F-1 » suit maintenant le scénario « litige »" in dossier(built, "F-1")
    assert "Envoi annulé : fidèle client" in dossier(built, "F-2")


def test_the_file_of_one_invoice_of_an_account_has_the_messages_that_named_it(built, post):
    """Whichever invoice carried them: a judge reads the reminder about both in the file of either."""
    built.found(ONE, "F-2,2026-01-05,2026-02-02,300.00")
    built.put("compte.yaml", ACCOUNT.replace("APPROVAL", ""))
    lived(built, post, ["2026-02-03"], "--playbook", "compte.yaml")
    for name in ("F-1", "F-2"):
        assert "3 février 2026 F-1 Envoyé — rappel, courriel" in dossier(built, name)
        assert [entry["event"] for entry in built.json("history", name)["entries"]].count("action.executed") == 1


@pytest.mark.parametrize(("back", "left"), [("500.00", 0), ("200.00", 3)])
def test_a_duty_of_money_that_went_back_is_nobodys(built, post, back, left):
    """Neither receipt nor remittance: `todo` and the desk list it no more from that word on, the next run withdraws it. Of a part that went back it stays."""
    built.found(ONE, agency=True)
    words = ("--playbook", "agence-amiable", *PAPER)
    built.at("2026-02-03")
    built.run(*words)
    built.at("2026-02-12")
    built.relance("record", "F-1", "payment.received", "500.00", "reference=V1")
    built.at("2026-02-13")
    built.run(*words)
    assert len([each for each in built.json("todo")["items"] if each["kind"] == "duty"]) == 3
    built.at("2026-02-16")
    built.relance("record", "F-1", "payment.reversed", back, "reference=V1", "reason=impayé")
    desk = OperatorDesk(built.environment["RELANCE_JOURNAL"], built.clock, lambda: built.clock().date(), playbooks={"agence-amiable": load_playbook("agence-amiable")[0]})
    assert len([each for each in built.json("todo")["items"] if each["kind"] == "duty"]) == left
    assert len([each for each in desk.morning() if each.kind == "duty"]) == left
    built.run(*words)
    gone = [entry.data["reason"] for entry in built.journal("action.cancelled") if entry.data["reason"] == "the money that it is about went back"]
    assert len(gone) == 3 - left
    built.at("2026-02-17")
    built.run(*words)
    with Journal.open(built.environment["RELANCE_JOURNAL"]) as journal:
        assert len([entry for entry in journal.entries(kinds=("action.emitted",)) if entry.data["step"].startswith("duty.")]) == 3, "nothing is ordered twice"


def test_what_is_credited_whole_after_its_approval_does_not_leave(built, post):
    built.found(ONE)
    lived(built, post, ["2026-02-03", "2026-02-10", "2026-03-04"], *FIRM)
    built.at("2026-03-19")
    built.run(*FIRM, *PAPER)
    drafts = [each["id"] for each in built.outbox("--state", "draft")]
    assert len(drafts) == 2
    built.relance("outbox", "approve", *drafts)
    before = len(built.letters()), len(post.taken)
    built.at("2026-03-20")
    built.relance("record", "F-1", "credit_note.issued", "1200.00")
    built.relance("send", "--print", "tray", *PAPER, code=None)
    assert (len(built.letters()), len(post.taken)) == before
    assert [entry.data["reason"] for entry in built.journal("action.cancelled")] == ["paid", "paid"]
    assert built.json("cases")["cases"] == []


@pytest.mark.parametrize(("place", "hour", "leaves"), [("97110,Pointe-à-Pitre", 8, False), ("97110,Pointe-à-Pitre", 13, True), ("97400,Saint-Denis", 8, True), ("97400,Saint-Denis", 16, False)])
def test_the_hours_that_count_are_those_of_the_debtor(built, post, place, hour, leaves):
    built.found(ONE)
    built.put("debtors.csv", (built.folder / "debtors.csv").read_text("utf-8").replace("75002,Paris", place))
    built.put("maison.yaml", ROLES.replace(", to_role: accounting, cc: [director]", ""))
    built.at("2026-02-03")
    built.run("--playbook", "maison.yaml", *PAPER)
    built.time = built.time.replace(hour=hour)
    (fate,) = (each["fate"] for each in built.json("send", *PAPER)["messages"])
    assert (fate, len(post.taken)) == (("sent", 1) if leaves else ("waits", 0))


def test_a_run_on_a_closed_day_emits_nothing_and_the_next_open_one_does(built, post):
    built.found(ONE, "F-3,2026-01-06,2026-04-03,700.00")
    for closed in ("2026-02-07", "2026-02-08", "2026-04-06"):  # a weekend; Easter Monday, the third day after F-3
        built.at(closed)
        built.run(*FIRM, *PAPER)
        assert built.outbox() == []
    built.at("2026-04-07")
    built.run(*FIRM, *PAPER)
    assert {name for each in built.outbox() for name in each["invoices"]} == {"F-1", "F-3"}


@pytest.mark.parametrize("word", [("action.cancelled", "step=rappel", "reason=non"), ("action.skipped", "rappel", "reason=non"), ("action.failed", "step=rappel", "error=non"), ("action.executed", "step=rappel"), ("action.approved", "rappel")])
def test_a_word_by_step_about_one_invoice_of_an_account_is_not_kept_unheard(built, post, word):
    """The account's message is about two: it leaves or stays whole, so that the word is said of the account."""
    draft = word[0] == "action.approved"
    built.found(ONE, "F-2,2026-01-05,2026-02-02,300.00")
    built.put("compte.yaml", ACCOUNT.replace("APPROVAL", ", approval: required" if draft else ""))
    built.at("2026-02-03")
    built.run("--playbook", "compte.yaml", *PAPER)
    refused = built.relance("record", "F-2", *word, code=2)
    assert "is about more than that, and leaves or stays whole: say it of dupont/EUR" in " ".join(refused.output.split())
    assert built.journal(word[0]) == []
    built.relance("record", "dupont/EUR", *word)
    built.relance("send", *PAPER)
    assert len(post.taken) == draft


@pytest.mark.long  # eighteen days
def test_the_creditors_of_an_agency_share_their_room_with_one_debtor_whatever_is_approved(built, post):
    built.found(ONE, agency=True)
    built.put("creditors.csv", (built.folder / "creditors.csv").read_text("utf-8") + "forge,Forge du Gier,business,552100554,3 rue Haute,42400,Saint-Chamond,FR,compta@forge.example,FR7630006000011234567890189,2026-01-02\n")
    who = "".join(f"dupont,{name},Dupont,business,1 rue de la Paix,75002,Paris,FR,dupont@example.org\n" for name in ("atelier", "forge"))
    built.put("debtors.csv", "id,creditor,name,kind,address,postcode,city,country,email\n" + who)
    built.put("invoices.csv", "id,debtor,creditor,issued,due,amount,currency\nF-1,dupont,atelier,2026-01-05,2026-02-02,1200.00,EUR\nG-1,dupont,forge,2026-01-05,2026-02-02,700.00,EUR\n")
    built.put("cabinet.yaml", TWO_CREDITORS)
    left = lived(built, post, weekdays("2026-02-03", "2026-02-27"), "--playbook", "cabinet.yaml")
    days = [date.fromisoformat(day) for day in left]
    assert [len(texts) for texts in left.values()] == [1, 1, 1, 1]
    assert all((later - earlier).days >= 5 for earlier, later in pairwise(days))
    for (text,) in left.values():
        assert ("F-1" in text) != ("G-1" in text)
        assert ("Atelier du Rhône" in text) != ("Forge du Gier" in text)


def test_a_run_over_tables_writes_to_a_case_that_a_person_moved_by_its_new_playbook(built):
    """Though the run is told of the old one alone: both find the new one by its name."""
    built.found(ONE)
    built.at("2026-02-03")
    built.run(*FIRM, *PAPER)
    built.relance("record", "F-1", "playbook.changed", "litige")
    built.at("2026-02-06")
    built.run(*FIRM, *PAPER)
    with Journal.open(built.environment["RELANCE_JOURNAL"]) as journal:
        told = list(journal.facts())
    known = [replace(facts, events=tuple(event for event in facts.events if (event.kind, str(event.on)) != ("action.emitted", "2026-02-06"))) for facts in told]
    from_facts(known).write(built.folder / "lake")
    done = built.relance("run", "--tables", "lake", *FIRM, "--as-of", "2026-02-06", "--dry-run", "--format", "jsonl")
    found = {(each["playbook"], each["step"], each["id"]) for each in map(json.loads, done.stdout.splitlines())}
    made = {(entry.data["playbook"], entry.data["step"], entry.data["id"]) for entry in built.journal("action.emitted") if str(entry.on) == "2026-02-06"}
    assert found == made
    assert {playbook for playbook, *_ in found} == {"litige"}


@pytest.mark.parametrize(("kind", "said"), [("consumer", True), ("business", False)])
def test_a_preview_says_where_a_run_would_send_nothing_of_it(built, kind, said):
    """A run takes no consumer under a playbook for businesses; `preview` and `decide` play the case all the same, and say so."""
    built.found(ONE, kind=kind)
    built.at("2026-02-03")
    run = built.run(*FIRM, *PAPER, code=None)
    assert ("negligent is for business debtors, and this one is a consumer" in " ".join(run.output.split())) == said
    shown = built.relance("preview", "negligent", "--due", "2026-02-02", "--amount", "1200.00", "--debtor", kind)
    assert bool(re.search(r"this one is a consumer: a run sends\s+nothing of this", shown.stderr)) == said
