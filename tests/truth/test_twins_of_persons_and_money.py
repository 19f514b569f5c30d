"""Neighbours again: colleagues at work while `send` runs, words by step, sending that lags, renamed steps, currencies, languages, accounts, consumers."""

from __future__ import annotations

import itertools
import re
from datetime import date

import pytest
from lived_days import about, figures, lived, weekdays

# --------------------------------------------------------------------------- colleagues

SIMPLE = """schema: 1
playbook: simple
version: 1
title: Simple
debtor: any
combine: none
contact: {min_gap: 5 days}
steps:
  - {id: premiere, at: J+1, channels: [email], tone: courteous, template: relance-1}
  - {id: deuxieme, at: J+3, channels: [email], tone: firm, template: relance-2}
"""


def two_debtors(house):
    """Write a house of two debtors with one invoice each, and run its first day."""
    house.found("F-1,2026-03-02,2026-04-01,900.00")
    house.put("debtors.csv", "id,name,kind,profile,address,postcode,city,country,email,phone\n" + "".join(
        f"{who},{who.title()},business,,1 rue de la Paix,75002,Paris,FR,{who}@example.org,\n" for who in ("dupont", "durand")
    ))  # fmt: skip
    house.put("invoices.csv", "id,debtor,creditor,issued,due,amount,currency\nF-1,dupont,atelier,2026-03-02,2026-04-01,900.00,EUR\nF-2,durand,atelier,2026-03-02,2026-04-01,700.00,EUR\n")
    house.put("simple.yaml", SIMPLE)
    house.at("2026-04-02")
    house.run("--playbook", "simple.yaml", "--letterhead", "letterhead.yaml")
    return {each["debtor"]: each["id"] for each in house.outbox()}


@pytest.mark.parametrize("word", ["reject", "skip", "payment", "move", "nothing"])
def test_a_colleague_who_rejects_while_a_server_takes_the_first_stops_the_rest(built, post, word):
    ids = two_debtors(built)

    def meanwhile():
        post.meanwhile = lambda: None
        (other,) = (each["debtor"] for each in built.outbox("--state", "ready"))
        invoice = {"dupont": "F-1", "durand": "F-2"}[other]
        match word:
            case "reject" | "skip":
                built.relance("outbox", word, ids[other], "--reason", "essai")
            case "payment":
                built.relance("record", invoice, "payment.received", "900.00" if other == "dupont" else "700.00")
            case "move":
                built.relance("record", invoice, "playbook.changed", "litige")

    post.meanwhile = meanwhile
    built.relance("send", "--letterhead", "letterhead.yaml", code=None)
    assert len(post.taken) == (2 if word == "nothing" else 1)
    built.relance("send", "--letterhead", "letterhead.yaml", code=None)
    assert len(post.taken) == (2 if word == "nothing" else 1)


def test_a_message_under_way_is_not_sent_twice_by_a_colleagues_word(built, post):
    two_debtors(built)
    seen = []

    def meanwhile():
        post.meanwhile = lambda: None
        (way,) = built.outbox("--state", "under_way")
        refused = built.relance("outbox", "approve", way["id"], code=None)
        seen.append((way["under_way_since"], way["under_way_by"], refused.exit_code))
        built.relance("send", "--letterhead", "letterhead.yaml", code=None)

    post.meanwhile = meanwhile
    built.relance("send", "--letterhead", "letterhead.yaml", code=None)
    built.relance("send", "--letterhead", "letterhead.yaml", code=None)
    ((since, by, refused),) = seen
    assert since
    assert by == "claire"
    assert refused
    assert sorted(re.findall(r"Votre facture (F-\d), un rappel", " ".join(text for _, text in post.taken))) == ["F-1", "F-2"]


@pytest.mark.parametrize(("word", "more"), [("cancelled", ("reason=essai",)), ("skipped", ("reason=essai",)), ("failed", ("error=essai",)), ("approved", ())])
@pytest.mark.parametrize("draft", [True, False])
def test_a_word_by_step_reaches_what_waits_and_nothing_leaves(built, post, word, more, draft):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    built.put("simple.yaml", SIMPLE.replace("tone: courteous", "tone: courteous, approval: required") if draft else SIMPLE)
    built.at("2026-04-02")
    built.run("--playbook", "simple.yaml", "--letterhead", "letterhead.yaml")
    built.relance("record", "F-1", f"action.{word}", "step=premiere", *more)
    built.relance("send", "--letterhead", "letterhead.yaml", code=None)
    assert len(post.taken) == (word == "approved")
    assert {each["state"] for each in built.outbox("--state", "draft", "--state", "ready")} == set()


def test_what_lags_behind_the_runs_leaves_with_the_gap_between(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00", "F-2,2026-03-03,2026-04-02,700.00", "F-3,2026-03-04,2026-04-03,500.00")
    built.put("simple.yaml", SIMPLE)
    for day in ("2026-04-02", "2026-04-03", "2026-04-07", "2026-04-08"):  # nobody sends
        built.at(day)
        built.run("--playbook", "simple.yaml", "--letterhead", "letterhead.yaml")
    left = lived(built, post, weekdays("2026-04-09", "2026-05-07"), "--playbook", "simple.yaml")
    days = [date.fromisoformat(day) for day in left]
    assert len(days) >= 4
    assert all((later - earlier).days >= 5 for earlier, later in itertools.pairwise(days)), days
    assert {name for name in ("F-1", "F-2", "F-3") if about(left, name)} == {"F-1", "F-2", "F-3"}


@pytest.mark.parametrize("formerly", [True, False])
def test_a_step_that_was_renamed_is_a_draft_and_with_its_former_name_it_is_known(built, post, formerly):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    built.put("simple.yaml", SIMPLE)
    lived(built, post, ["2026-04-02"], "--playbook", "simple.yaml")
    assert len(post.taken) == 1
    renamed = SIMPLE.replace("id: premiere", "id: bonjour" + (", formerly: [premiere]" if formerly else "")).replace("version: 1", "version: 2")
    built.put("simple.yaml", renamed)
    left = lived(built, post, ["2026-04-07"], "--playbook", "simple.yaml", approve=False)
    drafts = built.outbox("--state", "draft")
    assert bool(about(left, "F-1")) == formerly, "its second step leaves where the first is known"
    assert bool([each for each in drafts if each["step"] == "bonjour"]) == (not formerly)


# --------------------------------------------------------------------------- money, languages, accounts, consumers


def test_two_currencies_of_one_debtor_are_asked_apart(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00", "F-2,2026-03-02,2026-04-01,777.00,USD", "F-3,2026-03-02,2026-04-01,100.00,CHF")
    left = lived(built, post, ["2026-04-02", "2026-04-10", "2026-05-04"], "--playbook", "negligent")
    built.at("2026-05-05")
    built.relance("record", "F-2", "payment.received", "700.00", "currency=USD", code=None)
    left |= lived(built, post, weekdays("2026-05-11", "2026-05-22"), "--playbook", "negligent")
    texts = [text for each in left.values() for text in each]
    for name, own in (("F-1", "€"), ("F-2", "$"), ("F-3", "CHF")):
        mine = [text for text in texts if re.search(rf"{name}\b", text)]
        assert mine, name
        for text in mine:
            assert {each for each in ("F-1", "F-2", "F-3") if each in text} == {name}
            if own != "€":
                assert not figures(text) - {"40,00"}, "nothing is asked in euros"
    assert not [text for text in texts if "1 677" in text or "1 000,00" in text]


@pytest.mark.long
def test_an_english_debtor_reads_english_and_is_asked_the_same(built, post):
    built.found("F-1,2026-03-02,2026-04-01,1900.00")
    built.put("debtors.csv", "id,name,kind,profile,address,postcode,city,country,email,phone,language\ndupont,Smith Ltd,business,,1 High Street,SW1A 1AA,London,GB,smith@example.org,,en\n")
    left = lived(built, post, weekdays("2026-04-02", "2026-05-22"), "--playbook", "negligent")
    built.at("2026-05-22")
    texts = [text for each in left.values() for text in each]
    assert about(left, "1,900.00")
    for text in texts:
        assert "F-1" in text
        assert not re.search(r"Madame|facture|échéance|mise en demeure de payer", text)
    notice = about(left, "ormal notice")
    assert notice
    emitted = [entry.data for entry in built.journal("action.emitted") if entry.data["step"] == "mise-en-demeure"]
    total = f"{emitted[-1]['claimed']['total']:,.2f}" if not isinstance(emitted[-1]["claimed"]["total"], str) else f"{float(emitted[-1]['claimed']['total']):,.2f}"
    assert any(total in text for _, text in notice)


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_changed_iban_reaches_no_letter_before_it_is_confirmed(built, post, confirmed):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    plain = (built.folder / "letterhead.yaml").read_text("utf-8")
    built.put("letterhead.yaml", plain.partition("payment:")[0])
    first = lived(built, post, ["2026-04-02"], "--playbook", "negligent")
    assert about(first, "FR76 3000 6000 0112 3456 7890 189")
    other, spaced = "FR1420041010050500013M02606", "FR14 2004 1010 0505 0001 3M02 606"
    built.put("creditors.csv", (built.folder / "creditors.csv").read_text("utf-8").replace("FR7630006000011234567890189", other))
    built.at("2026-05-03")
    built.run("--playbook", "negligent", "--letterhead", "letterhead.yaml", code=None)
    if confirmed:
        built.relance("creditor", "confirm", "atelier", "--iban", other)
    left = lived(built, post, ["2026-05-04", "2026-05-05"], "--playbook", "negligent", code=None)
    assert bool(about(left, spaced)) == confirmed
    assert confirmed or not left


def test_a_letterhead_that_names_the_account_given_up_stops_the_letters(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    other = "FR1420041010050500013M02606"
    built.at("2026-04-02")
    built.run("--playbook", "negligent", "--letterhead", "letterhead.yaml")
    built.put("creditors.csv", (built.folder / "creditors.csv").read_text("utf-8").replace("FR7630006000011234567890189", other))
    built.relance("import", "invoices.csv", "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--commit", code=None)
    built.relance("creditor", "confirm", "atelier", "--iban", other)
    stopped = built.json("send", "--letterhead", "letterhead.yaml")["messages"]
    assert [each["fate"] for each in stopped] == ["waits"]
    assert other in stopped[0]["words"]
    assert not post.taken
    paper = (built.folder / "letterhead.yaml").read_text("utf-8")
    built.put("letterhead.yaml", paper.replace("FR7630006000011234567890189", other))
    built.relance("send", "--letterhead", "letterhead.yaml")
    assert about({"": [text for _, text in post.taken]}, "FR14 2004 1010 0505 0001 3M02 606")


@pytest.mark.long
def test_a_consumer_is_asked_no_indemnity_and_no_interest_before_the_notice(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00", kind="consumer")
    left = lived(built, post, weekdays("2026-04-02", "2026-07-10"), "--playbook", "consommateur")
    notices = about(left, "Mise en demeure de payer, ")
    assert notices
    day = notices[0][0]
    after = [text for on, texts in left.items() if on > day for text in texts]
    assert after
    for on, texts in left.items():
        for text in texts:
            assert not re.search(r"40,00 €|indemnité forfaitaire (?:est|de) |D\. 441-5", text), on
            if on <= day:
                assert figures(text) == {"900,00"}, on
    assert any(figures(text) - {"900,00"} for text in after), "the legal interest from the day after the notice"
