"""Twins of the cases by the ways out that are no mail: a text, a registered letter by a provider, a webhook; from the studio; on PostgreSQL.

While the other side takes one message, a person speaks about the other: it does not leave, whatever he says it by.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from relance.delivery.worklist import WorkKind
from relance.language import load_playbook
from relance.studio.desk import NotDoneError, OperatorDesk

PAPER = ("--letterhead", "letterhead.yaml")
OWN = """schema: 1
playbook: maison
version: 1
title: La maison
debtor: business
combine: none
steps:
  - {{id: rappel, at: J+2, channels: [{channel}], tone: courteous, template: relance-1}}
"""
WORDS = {
    "reject": lambda message, _: ("outbox", "reject", message, "--reason", "non"),
    "skip": lambda message, _: ("outbox", "skip", message, "--reason", "non"),
    "sent by hand": lambda message, _: ("outbox", "sent", message),
    "cancelled by step": lambda _, invoice: ("record", invoice, "action.cancelled", "step=rappel", "reason=non"),
    "skipped by step": lambda _, invoice: ("record", invoice, "action.skipped", "rappel", "reason=non"),
    "paid": lambda _, invoice: ("record", invoice, "payment.received", {"F-1": "1200.00", "F-2": "300.00"}[invoice]),
    "disputed": lambda _, invoice: ("record", invoice, "dispute.opened", "reason=prix"),
    "held": lambda _, invoice: ("record", invoice, "hold.placed", "reason=essai"),
    "moved": lambda _, invoice: ("record", invoice, "playbook.changed", "negligent"),
}


def ready(house, office, channel, *rows, journal=None):
    """Let a message about each of two invoices wait to leave by a channel."""
    house.found(*(rows or ("F-1,2026-01-05,2026-02-02,1200.00", "F-2,2026-01-05,2026-02-02,300.00")))
    house.put("maison.yaml", OWN.format(channel=channel))
    here = f"http://127.0.0.1:{office.server_port}/v1/"
    house.environment |= {"RELANCE_WEBHOOK_URL": here, "RELANCE_WEBHOOK_SECRET": "a-secret-of-some-length", "RELANCE_POST_URL": here, "RELANCE_POST_TOKEN": "jeton"}
    house.environment |= {"RELANCE_JOURNAL": journal} if journal else {}
    house.at("2026-02-04")
    house.run("--playbook", "maison.yaml", *PAPER)


def once(what):
    """Return what does something the first time it is asked to, and nothing after."""
    done = []
    return lambda: done.append(what()) if not done else None


def desk_of(house):
    """Return the studio's desk on the house's journal."""
    playbook, _ = load_playbook(Path("maison.yaml"))
    return OperatorDesk(house.environment["RELANCE_JOURNAL"], house.clock, lambda: house.clock().date(), playbooks={"maison": playbook})


SOME = [("sms", "reject"), ("registered_letter", "cancelled by step")]
REST = [(channel, word) for channel in ("sms", "webhook", "registered_letter") for word in WORDS if (channel, word) not in SOME]


@pytest.mark.parametrize(("channel", "word"), [*SOME, *(pytest.param(*each, marks=pytest.mark.long) for each in REST)])
def test_what_is_taken_back_while_another_leaves_does_not_leave_by_any_way(built, office, channel, word):
    ready(built, office, channel)

    def speak():
        other = next(each for each in built.outbox() if each["state"] == "ready")
        built.relance(*WORDS[word](other["id"], other["invoices"][0]))

    office.meanwhile = once(speak)
    built.relance("send", *PAPER)
    built.relance("send", *PAPER)
    assert len(office.taken) == 1


@pytest.mark.long  # a server of its own
@pytest.mark.parametrize("word", ["reject", "cancelled by step", "paid"])
def test_what_is_taken_back_on_postgresql_does_not_leave(built, office, new_postgres, word):
    ready(built, office, "registered_letter", journal=new_postgres())

    def speak():
        other = next(each for each in built.outbox() if each["state"] == "ready")
        built.relance(*WORDS[word](other["id"], other["invoices"][0]))

    office.meanwhile = once(speak)
    built.relance("send", *PAPER)
    assert len(office.taken) == 1


def test_the_studio_shows_what_is_under_way_as_such_and_takes_back_only_what_has_not_begun(built, office):
    """It reads the outbox with the clock: without it, an attempt that has just begun looked like one that nobody knows the end of."""
    ready(built, office, "sms")
    desk, said = desk_of(built), []

    def speak():
        states = {each["state"]: each["id"] for each in built.outbox()}
        assert set(states) == {"ready", "under_way"}
        assert [item.kind for item in desk.morning()] == [WorkKind.PENDING]
        desk.reject(states["ready"], "non", "paul")
        with pytest.raises(NotDoneError, match="under way since"):
            desk.reject(states["under_way"], "non", "paul")
        for words in (("action.cancelled", "step=rappel", "reason=non"), ("action.skipped", "rappel", "reason=non"), ("action.executed", "step=rappel")):
            refused = built.relance("record", "F-1", *words, code=2)
            assert "not recorded: it is under way since" in refused.output, "a word by step counts like one by id"
        said.append(desk.approve([states["under_way"]], "paul")[states["under_way"]])

    office.meanwhile = once(speak)
    built.relance("send", *PAPER)
    assert [(each.outcome, len(office.taken)) for each in said] == [("refused", 1)]


@pytest.mark.parametrize("channel", ["sms", pytest.param("webhook", marks=pytest.mark.long), pytest.param("registered_letter", marks=pytest.mark.long)])
def test_what_nobody_knows_the_end_of_is_sent_again_by_a_person_alone_and_as_it_is_then(built, office, channel):
    """And if another sum is open by then it is withdrawn, not sent."""
    ready(built, office, channel, "F-1,2026-01-05,2026-02-02,1200.00")
    office.way = "dies"
    built.relance("send", *PAPER, code=1)
    (message,) = built.outbox()
    assert message["state"] == "unclear"
    office.way = ""
    built.relance("send", *PAPER)
    assert len(office.taken) == 1
    built.at("2026-02-06")
    built.relance("record", "F-1", "payment.received", "200.00")
    built.relance("outbox", "approve", message["id"], code=None)
    built.relance("send", *PAPER)
    assert len(office.taken) == 1
    (why,) = [entry.data["reason"] for entry in built.journal("action.cancelled")]
    assert "1000.00 EUR is now" in why


def test_two_playbooks_of_one_debtor_keep_the_least_distance_between_their_drafts(built, post):
    """Approved together, a week apart in age: one leaves, the other waits for its day; over both playbooks."""
    built.found("F-1,2026-01-05,2026-02-02,1200.00", "F-2,2026-01-05,2026-02-02,300.00")
    for name in ("grand", "petit"):
        text = OWN.format(channel="email").replace("playbook: maison", f"playbook: {name}").replace("combine: none", "contact: {min_gap: 5 days}")
        built.put(f"{name}.yaml", text.replace("template: relance-1", "template: relance-1, approval: required"))
    built.put("routes.yaml", "schema: 1\nroutes:\n  - {playbook: grand.yaml, if: {original_amount: {at_least: '800.00'}}}\n  - {playbook: petit.yaml}\n")
    for day in ("2026-02-04", "2026-02-10"):
        built.at(day)
        built.run("--routing", "routes.yaml", *PAPER)
    drafts = built.outbox("--state", "draft")
    assert {draft["playbook"] for draft in drafts} == {"grand", "petit"}
    built.relance("outbox", "approve", *(draft["id"] for draft in drafts))
    assert sorted(each["fate"] for each in built.json("send", *PAPER)["messages"]) == ["sent", "waits"]
    built.at("2026-02-13")
    built.json("send", *PAPER)
    assert len(post.taken) == 1
    built.at("2026-02-16")
    built.json("send", *PAPER)
    assert len(post.taken) == 2
