"""Twins about where debtors are asked to pay: an IBAN that nobody confirmed, or that was given up, stands in nothing that leaves or is written to leave."""

from __future__ import annotations

import pytest
from lived_days import about

OLD, NEW, SPACED = "FR7630006000011234567890189", "FR1420041010050500013M02606", "FR14 2004 1010 0505 0001 3M02 606"
PAPER = ("--letterhead", "letterhead.yaml")


def changed(house, *, paper_names_it):
    """Let a letter wait, and the creditor's account become another; the letterhead names the old one, or none."""
    house.found("F-1,2026-03-02,2026-04-01,900.00")
    paper = (house.folder / "letterhead.yaml").read_text("utf-8")
    house.put("letterhead.yaml", paper if paper_names_it else paper.partition("payment:")[0])
    house.at("2026-04-02")
    house.run("--playbook", "negligent", *PAPER)
    house.put("creditors.csv", (house.folder / "creditors.csv").read_text("utf-8").replace(OLD, NEW))
    house.relance("import", "invoices.csv", "--debtors", "debtors.csv", "--creditors", "creditors.csv", "--commit", code=None)


@pytest.mark.parametrize("confirmed", [True, False])
def test_render_writes_no_account_that_nobody_confirmed(built, confirmed):
    changed(built, paper_names_it=False)
    if confirmed:
        built.relance("creditor", "confirm", "atelier", "--iban", NEW)
    said = built.relance("render", "--out", "pages", *PAPER, code=0 if confirmed else 1)
    texts = list(built.texts("pages").values())
    assert any(SPACED in text for text in texts) == confirmed
    assert bool(texts) == confirmed
    assert confirmed or "relance creditor confirm atelier" in " ".join(said.output.split())


@pytest.mark.parametrize("whose", ["all", "creditor"])
def test_a_letterhead_of_a_creditor_that_names_the_account_given_up_holds_its_messages_everywhere(built, post, whose):
    """`send`, `render`, `outbox show`, `todo` ask the paper that the message is on: the project's, or its creditor's own."""
    changed(built, paper_names_it=True)
    built.put("own.yaml", (built.folder / "letterhead.yaml").read_text("utf-8"))
    plain = (built.folder / "letterhead.yaml").read_text("utf-8").replace(OLD, NEW if whose == "creditor" else OLD)
    built.put("letterhead.yaml", plain)
    built.put("relance.yaml", "schema: 1\nletterhead: letterhead.yaml\n" + ("letterheads: {atelier: own.yaml}\n" if whose == "creditor" else ""))
    built.relance("creditor", "confirm", "atelier", "--iban", NEW)
    (message,) = built.outbox()
    assert [each["fate"] for each in built.json("send")["messages"]] == ["waits"]
    assert not post.taken
    for words in (("render", "--out", "pages"), ("outbox", "show", message["id"]), ("todo",)):
        told = " ".join(built.relance(*words, code=None).output.split())
        assert f"the letterhead asks payment to {OLD}" in told, words
    assert not built.texts("pages")
    for name in ("own.yaml", "letterhead.yaml"):
        built.put(name, (built.folder / name).read_text("utf-8").replace(OLD, NEW))
    built.relance("send")
    assert about({"": [text for _, text in post.taken]}, SPACED)


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_claim_on_an_estate_names_no_account_that_nobody_confirmed(built, confirmed):
    changed(built, paper_names_it=False)
    built.relance("record", "dupont", "person.known", "state=deceased", "name=Maître Morel", "address=5 rue des Notaires\n75001 Paris", "role=notary")
    if confirmed:
        built.relance("creditor", "confirm", "atelier", "--iban", NEW)
    built.relance("estate", "F-1", "--out", "estate.pdf", *PAPER, code=0 if confirmed else 2)
    assert (built.folder / "estate.pdf").exists() == confirmed


@pytest.mark.parametrize("agency", [False, True])
def test_a_letterhead_with_an_account_that_the_journal_has_not_seen_holds_every_paper(built, post, agency):
    """Who may change the file changes nothing until a person types the account."""
    built.found("F-1,2026-03-02,2026-04-01,900.00", agency=agency)
    built.at("2026-04-02")
    built.run("--playbook", "agence-amiable" if agency else "negligent", *PAPER)
    built.put("letterhead.yaml", (built.folder / "letterhead.yaml").read_text("utf-8").replace(OLD, NEW))
    message = built.outbox()[0]["id"]
    built.relance("outbox", "approve", "--all", "--yes", code=None)
    assert {each["fate"] for each in built.json("send", *PAPER)["messages"]} <= {"waits"}
    assert not post.taken
    for words in (("render", "--out", "pages", *PAPER), ("outbox", "show", message, *PAPER)):
        assert f"the letterhead asks payment to {NEW}" in " ".join(built.relance(*words, code=None).output.split()), words
    assert not built.texts("pages")
    built.put("relance.yaml", "schema: 1\nletterhead: letterhead.yaml\n")
    assert "relance creditor confirm atelier" in " ".join(built.relance("todo", code=None).output.split())
    built.relance("creditor", "confirm", "atelier", "--iban", OLD, code=2)
    built.relance("creditor", "confirm", "atelier", "--iban", NEW)
    built.relance("render", "--out", "pages", code=None)
    assert any(SPACED in text for text in built.texts("pages").values())
