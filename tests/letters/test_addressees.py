"""To whom by role: whose mailbox, whose attention, who gets a copy, and never a third party."""

from __future__ import annotations

import email
import email.policy
from datetime import date
from decimal import Decimal

import pytest

from relance.factcheck import check
from relance.factcheck.known import known_of
from relance.interpreter.debtor import look
from relance.interpreter.emission import happened
from relance.journal.event_types import build
from relance.language import load_playbook_text
from relance.letters.checked import message
from relance.letters.context import Writing
from relance.letters.document import Studio, group_messages
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice

TEXT = """schema: 1
playbook: essai
version: 1
title: Essai
debtor: any
steps:
  - {{id: une, title: Une, at: J+10, channels: [{channel}], tone: firm, template: relance-1, {roles}}}
"""
CREDITOR = Creditor("a", name="Atelier SARL", address=Address(("12 quai des Brotteaux", "69006 Lyon")), email="compta@atelier.example", siren="000987651")
INVOICE = Invoice("F-1", issued=date(2026, 1, 2), due=date(2026, 2, 2), amount=Decimal(1200))
TODAY = date(2026, 2, 12)
MIRAIL = Event(date(2026, 1, 5), "addressee.named", data={"role": "accounting", "name": "Mme Mirail", "email": "mirail@durand.example"})
SALES = Event(date(2026, 1, 5), "addressee.named", data={"role": "salesman", "name": "Paul Rey", "email": "rey@atelier.example"})
CHIEF = Event(date(2026, 1, 5), "addressee.named", data={"role": "director", "email": "direction@durand.example"})


def loaded(text):
    return load_playbook_text(text.encode(), "essai.yaml")


def facts(*events, kind="business"):
    debtor = Debtor("d", name="Durand SAS", kind=kind, country="FR", address=Address(("3 rue des Lilas", "69003 Lyon")), email="info@durand.example")
    return Facts(CREDITOR, debtor, (INVOICE,), events)


def made(told, roles, channel="email"):
    book, _ = loaded(TEXT.format(channel=channel, roles=roles))
    actions = look(book, told, TODAY).actions
    with Studio(writing=Writing()) as studio:
        (group,) = group_messages(actions)
        return studio.make(group, told), group


def headers(document):
    return email.message_from_bytes(document.files[0].content, policy=email.policy.default)


def test_an_email_goes_to_the_role_and_its_copies_to_whom_the_data_name():
    document, _ = made(facts(MIRAIL, CHIEF, SALES), "to_role: accounting, cc: [director, salesman]")
    assert document.missing is None
    assert document.to == ("mirail@durand.example", "direction@durand.example", "rey@atelier.example")
    read = headers(document)
    assert [each.addr_spec for each in read["To"].addresses] == ["mirail@durand.example"]
    assert [(each.display_name, each.addr_spec) for each in read["Cc"].addresses] == [("Durand SAS", "direction@durand.example"), ("Paul Rey", "rey@atelier.example")]


def test_without_the_words_nothing_of_a_role_is_written():
    document, group = made(facts(MIRAIL, CHIEF, SALES), "expires: 30 days")
    assert document.to == ("info@durand.example",)
    assert headers(document)["Cc"] is None
    assert {"to_role", "cc"}.isdisjoint(happened(group[0])[0].data)


@pytest.mark.parametrize("known", [(), (Event(date(2026, 1, 5), "addressee.named", data={"role": "accounting", "name": "Mme Mirail"}),),
                                   (MIRAIL, Event(date(2026, 2, 1), "addressee.ended", data={"role": "accounting"}))])  # fmt: skip
def test_a_role_without_a_mailbox_is_a_task_and_never_another_mailbox(known):
    document, _ = made(facts(*known), "to_role: accounting")
    assert "no e-mail address is known of his accounts department" in document.missing
    assert not document.house  # it is not the house's fault: the message becomes a person's task
    assert document.files == ()


def test_a_copy_without_a_mailbox_is_left_out_and_said():
    document, _ = made(facts(), "cc: [salesman]")
    assert document.missing is None
    assert document.to == ("info@durand.example",)
    assert "salesman" in document.left_out


@pytest.mark.parametrize(("events", "line"), [((MIRAIL,), "À l’attention de Mme Mirail"), ((), "À l’attention du service comptabilité")])
def test_a_letter_goes_to_the_debtor_for_the_attention_of_the_role(events, line):
    document, _ = made(facts(*events), "to_role: accounting", channel="letter")
    assert document.missing is None
    assert document.to == ("Durand SAS", line, "3 rue des Lilas", "69003 Lyon")


def test_nobody_else_reads_of_a_consumers_debt():
    document, _ = made(facts(MIRAIL, CHIEF, SALES, kind="consumer"), "to_role: accounting, cc: [director, salesman]")
    assert document.to == ("info@durand.example", "rey@atelier.example")  # the salesman is the creditor's own


def test_who_stands_for_the_debtor_comes_before_every_role():
    counsel = Event(date(2026, 2, 1), "person.known", data={"state": "counsel", "name": "Me Faure", "email": "faure@avocat.example"})
    document, _ = made(facts(MIRAIL, CHIEF, counsel), "to_role: accounting, cc: [director]")
    assert document.to == ("faure@avocat.example",)


def test_the_latest_who_was_named_counts_from_his_day_on():
    later = Event(TODAY, "addressee.named", data={"role": "accounting", "email": "neu@durand.example"})
    tomorrow = Event(date(2026, 2, 13), "addressee.named", data={"role": "accounting", "email": "morgen@durand.example"})
    assert made(facts(MIRAIL, later, tomorrow), "to_role: accounting")[0].to == ("neu@durand.example",)


def test_another_mailbox_than_the_roles_is_no_fact_of_the_case():
    told = facts(MIRAIL, CHIEF)
    _, group = made(told, "to_role: accounting, cc: [director]")
    with Studio(writing=Writing()) as studio:
        text, context = studio.text(group, told)
    known = known_of(group, told)
    right = message(text, to="mirail@durand.example", copies=["direction@durand.example"], writer=context.sender.email)
    assert check(right, known) == ()
    for to, copies in (("info@durand.example", []), ("mirail@durand.example", ["ami@ailleurs.example"])):
        assert [each.code for each in check(message(text, to=to, copies=copies, writer=context.sender.email), known)] == ["PB607"]


def test_a_copy_is_no_second_contact():
    told = facts(MIRAIL, CHIEF)
    book, _ = loaded(TEXT.format(channel="email", roles="cc: [director]").replace("debtor: any", "debtor: business\ncontact: {at_most: {contacts: 1, within: 30 days}}"))
    actions = look(book, told, TODAY).actions
    assert len(actions) == 1
    assert sum(event.kind == "action.emitted" for event in happened(actions[0])) == 1


@pytest.mark.parametrize(("raw", "said"), [({"role": "cousin", "name": "X"}, "is no role"), ({"role": "legal"}, "a name, an e-mail address, or both"), ({"role": "legal", "email": "l@d.example"}, None)])
def test_an_event_names_somebody_of_a_role(raw, said):
    event, mistakes = build({"on": "2026-02-01", "event": "addressee.named", **raw})
    assert (event is None) == (said is not None)
    assert said is None or said in str(mistakes[0])


@pytest.mark.parametrize(
    ("debtor", "channel", "roles", "found"),
    [
        ("any", "email", "cc: [director]", False), ("any", "letter", "cc: [director]", True), ("any", "letter", "to_role: legal", False), ("any", "sms", "to_role: legal", True),
        ("consumer", "email", "cc: [director]", True), ("consumer", "email", "cc: [salesman]", False), ("consumer", "email", "to_role: legal", True),
    ],
)  # fmt: skip
def test_a_role_that_nothing_reaches_is_a_mistake(debtor, channel, roles, found):
    _, findings = loaded(TEXT.format(channel=channel, roles=roles).replace("debtor: any", f"debtor: {debtor}"))
    assert ("PB229" in {each.code for each in findings}) == found
