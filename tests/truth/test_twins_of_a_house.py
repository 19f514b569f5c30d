"""More neighbours of what a house lives: its own wordings, rules and routing, newcomers, money, words about a step; by the command line."""

from __future__ import annotations

import itertools
import re
from datetime import date
from decimal import Decimal

import pytest
from lived_days import about, figures, lived, weekdays

from relance.journal.journal import Journal

LONG = pytest.mark.long

# --------------------------------------------------------------------------- a wording of one's own


OWN = """---
subject: "Facture {{{{ invoice.id }}}}"
---
{{% include "_blocks/opening.md.j2" %}}

Notre facture {{{{ invoice.id }}}} n’est pas réglée. {more}

{{% include "_blocks/invoices.md.j2" %}}

{{% include "_blocks/payment.md.j2" %}}

{{% include "_blocks/closing.md.j2" %}}
"""
ACCOUNT = """schema: 1
playbook: compte
version: 1
title: Le compte
debtor: business
unit: account
steps:
  - {id: lettre, at: J+1, channels: [CHANNEL], tone: neutral, template: relance-1}
"""


@pytest.mark.parametrize("playbook", ["negligent", "compte.yaml"])
@pytest.mark.parametrize("channel", ["email", pytest.param("letter", marks=LONG), "sms"])
@pytest.mark.parametrize(("more", "leaves"), [pytest.param("Voyez aussi votre facture F-2, de 700,00 €.", False, marks=LONG), ("Voyez aussi F-2.", False), ("Merci d’avance.", True)])
def test_a_wording_that_quotes_another_live_invoice_does_not_leave(built, post, playbook, channel, more, leaves):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-09,2026-07-31,700.00")
    built.put("compte.yaml", ACCOUNT.replace("CHANNEL", channel))
    if playbook == "negligent" and channel != "email":
        pytest.skip("its second step is an e-mail")
    folder = built.folder / "mots" / "fr" / "relance-1"
    folder.mkdir(parents=True)
    (folder / "message.md.j2").write_text(OWN.format(more=more), "utf-8")
    (folder / "sms.md.j2").write_text("{{ sender.sms_name }} : votre facture {{ invoice.id }} attend, réf. {{ reference }}. " + more + "\n", "utf-8")
    left = lived(built, post, ["2026-06-02"], "--playbook", playbook, paper=("--templates", "mots"), code=None)
    (message,) = built.outbox("--state", "draft", "--state", "ready", "--state", "task", "--state", "sent", "--state", "failed", "--state", "unclear")
    if channel == "sms":
        shown = built.relance("outbox", "show", message["id"], "--templates", "mots", code=None).output
        assert ("PB6" in shown) != leaves, shown
    else:
        assert bool(left) == leaves
        assert message["state"] == ("sent" if leaves else "task")


# --------------------------------------------------------------------------- an agency's first letter that is a draft


AGENCY = """schema: 1
playbook: agence
version: 1
title: Une agence
debtor: business
collector: agency
unit: account
steps:
  - {id: premiere-lettre, at: J+1, channels: [letter], tone: neutral, template: premiere-lettre-agence, grants: 10 days, approval: required}
  - {id: relance, at: premiere-lettre + 15 days, channels: [email], tone: neutral, template: relance-agence}
  - {id: mise-en-demeure, kind: formal_notice, at: premiere-lettre + 30 days, channels: [registered_letter], tone: formal, template: mise-en-demeure-agence, grants: 15 days, claim: [late_interest, fixed_indemnity]}
"""


@pytest.mark.parametrize("released", [pytest.param(True, marks=LONG), False])
@pytest.mark.parametrize("joins", ["2026-06-10", pytest.param("2026-06-18", marks=LONG), pytest.param("2026-06-25", marks=LONG)])
def test_a_newcomer_whose_first_letter_is_a_draft_is_asked_nothing_else(built, post, released, joins):
    first, newcomer = "F-1,2026-05-02,2026-06-01,900.00", f"F-2,{joins},{joins},700.00"
    built.found(first, agency=True)
    built.put("agence.yaml", AGENCY)
    words = ("--playbook", "agence.yaml")
    named = {}
    for day in weekdays("2026-06-02", "2026-08-14", 2):
        built.at(day)
        if day >= joins:
            built.invoices(first, newcomer)
        before, mails = built.letters(), len(post.taken)
        built.run(*words, "--letterhead", "letterhead.yaml", code=None)
        for draft in built.outbox("--state", "draft"):
            if released or "F-2" not in draft["invoices"]:
                built.relance("outbox", "approve", draft["id"], code=None)
        built.relance("send", "--print", "tray", "--rate", "1000", "--letterhead", "letterhead.yaml", code=None)
        named[day] = [*(text for name, text in built.letters().items() if name not in before), *(text for _, text in post.taken[mails:])]
    asked = about(named, "F-2")
    assert bool(about(named, "Mise en demeure")) == released, "a draft waits for a word, and nothing of its account overtakes it"
    assert bool(asked) == released
    if released:
        assert "nous a confié le recouvrement amiable" in asked[0][1]
        day_of_notice = about(named, "Mise en demeure de", "F-2")
        assert not day_of_notice or day_of_notice[0][0] > asked[0][0]


# --------------------------------------------------------------------------- the last statement


REQUIRE = """schema: 1
require: {{statement_within: {within}}}
routes:
  - {{playbook: negligent}}
"""


@pytest.mark.parametrize(("within", "read", "fresh"), [("5 days", "2026-05-28", True), ("5 days", "2026-05-27", False), *(pytest.param("3 business days", f"2026-05-{day}", day == 28, marks=LONG) for day in (28, 27))])
def test_how_old_the_statement_may_be_is_asked_at_run_approval_and_sending(built, post, within, read, fresh):
    built.found("F-1,2026-05-02,2026-06-01,900.00")
    built.put("routing.yaml", REQUIRE.format(within=within))
    with Journal.open(built.environment["RELANCE_JOURNAL"], now=built.clock) as journal:
        journal.statement_read(["atelier"], "FR7630006000011234567890189", date.fromisoformat(read), actor="claire")
    left = lived(built, post, ["2026-06-02"], "--routing", "routing.yaml", approve=False)
    assert bool(left) == fresh
    if not fresh:
        (draft,) = built.outbox("--state", "draft")
        assert "bank statement" in built.relance("outbox", "show", draft["id"]).output
        built.relance("send", "--letterhead", "letterhead.yaml")
        assert not post.taken
        built.relance("outbox", "approve", draft["id"])
        built.relance("send", "--letterhead", "letterhead.yaml")
        assert len(post.taken) == 1, "who approved it read why it was drafted"


# --------------------------------------------------------------------------- one debtor under two playbooks


SPLIT = """schema: 1
routes:
  - {playbook: systematique, if: {original_amount: {at_least: "800.00"}}}
  - {playbook: negligent}
"""


def test_two_playbooks_of_one_debtor_keep_the_gap_and_name_only_their_own(built, post):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-04,2026-06-03,700.00", "F-3,2026-05-05,2026-06-04,850.00")
    built.put("routing.yaml", SPLIT)
    left = lived(built, post, weekdays("2026-06-02", "2026-07-03"), "--routing", "routing.yaml")
    days = [date.fromisoformat(day) for day in left]
    assert len(days) > 3
    assert all((later - earlier).days >= 5 for earlier, later in itertools.pairwise(days)), days
    for texts in left.values():
        for text in texts:
            names = set(re.findall(r"F-\d", text))
            assert names <= {"F-1", "F-3"} or names <= {"F-2"}, text


@LONG
def test_a_case_moved_between_is_named_by_its_new_playbook_alone(built, post):
    built.found("F-1,2026-05-02,2026-06-01,900.00", "F-2,2026-05-04,2026-06-03,700.00", "F-3,2026-05-05,2026-06-04,850.00")
    built.put("routing.yaml", SPLIT)
    first = lived(built, post, weekdays("2026-06-02", "2026-06-12"), "--routing", "routing.yaml")
    assert first
    moved = {"2026-06-15": [("F-3", "playbook.changed", "negligent")]}
    left = lived(built, post, weekdays("2026-06-15", "2026-08-14"), "--routing", "routing.yaml", events=moved)
    emitted = [entry.data for entry in built.journal("action.emitted") if entry.on >= date(2026, 6, 15)]
    assert {data["playbook"] for data in emitted if "F-3" in data["invoices"]} <= {"negligent"}
    for data in emitted:
        assert not {"F-1", "F-3"} <= set(data["invoices"])
    texts = [text for each in left.values() for text in each]
    assert any("F-3" in text for text in texts)
    assert not [text for text in texts if "F-1" in text and "F-3" in text]


# --------------------------------------------------------------------------- money


@LONG
def test_what_is_handed_over_after_a_broken_plan_is_what_the_plan_left(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words = ("--playbook", "negligent")
    lived(built, post, ["2026-04-02", "2026-04-10", "2026-05-04", "2026-05-18"], *words)
    built.relance("record", "F-1", "plan.agreed", "2026-06-10 400.00, 2026-07-10 500.00")
    built.at("2026-06-09")
    built.relance("record", "F-1", "payment.received", "400.00")
    left = lived(built, post, weekdays("2026-07-13", "2026-08-14"), *words)
    (day, text), *_ = about(left, "échéancier")
    assert "500,00 € prévu le 10 juillet 2026" in text
    (handover,) = [entry for entry in built.journal("action.emitted") if entry.data["channel"] == "handover"]
    assert handover.on > date.fromisoformat(day)
    assert str(handover.data["claimed"]["principal"]) == "500.00"
    assert not about(left, "900,00 € au plus tard")


@pytest.mark.parametrize("lowers", [("credit_note.issued", "145.00"), ("written_off", "amount=145.00")])
def test_a_broken_plan_asks_no_more_than_is_open_after_a_credit_note(built, post, lowers):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words = ("--playbook", "negligent")
    lived(built, post, ["2026-04-02"], *words)
    built.relance("record", "F-1", "plan.agreed", "2026-04-15 450.00, 2026-04-27 450.00")
    built.at("2026-04-14")
    built.relance("record", "F-1", *lowers)
    built.at("2026-04-29")
    built.relance("record", "F-1", "payment.received", "400.00")
    left = lived(built, post, ["2026-05-04", "2026-05-05"], *words)
    (_, text), *_ = about(left, "échéancier")
    assert "355,00 €" in text
    assert "500,00 €" not in text


PAID = {
    "plan-rompu": ("negligent", ["2026-04-02"], ("plan.agreed", "2026-04-20 400.00, 2026-06-10 500.00"), ["2026-04-23", "2026-04-24"]),
    "appel": ("negligent", ["2026-04-02", "2026-04-10"], None, []),
    "mise-en-demeure": ("mauvaise-foi", ["2026-04-07", "2026-04-14", "2026-04-16"], None, []),
    "premiere-lettre": ("agence-amiable", ["2026-04-02"], None, []),
    "derniere-relance": ("agence-amiable", ["2026-04-02", "2026-04-15", "2026-04-22", "2026-05-05", "2026-05-06"], None, []),
    "message": ("agence-amiable", ["2026-04-02", "2026-04-15", "2026-04-22"], None, []),
}


@pytest.mark.parametrize("step", ["plan-rompu", "message", *(pytest.param(each, marks=LONG) for each in PAID if each not in ("plan-rompu", "message"))])
def test_who_pays_what_any_message_asked_has_paid_it(built, post, step):
    playbook, before, event, after = PAID[step]
    amount = "140.00" if step == "message" else "900.00"
    built.found(f"F-1,2026-03-02,2026-04-01,{amount}", agency=playbook.startswith("agence"))
    words = ("--playbook", playbook)
    lived(built, post, before, *words)
    if event:
        built.relance("record", "F-1", *event)
    lived(built, post, after, *words)
    asked = [entry.data for entry in built.journal("action.emitted") if entry.data["step"] == step]
    assert asked, [entry.data["step"] for entry in built.journal("action.emitted")]
    total = Decimal(str(asked[-1]["claimed"]["total"]))
    if step == "message":
        built.relance("outbox", "sent", *(each["id"] for each in built.outbox() if each["step"] == step))
    if step == "appel":
        built.relance("record", "F-1", "action.executed", "appel")
    built.relance("record", "F-1", "payment.received", str(total))
    second = "F-2,2026-05-19,2026-06-18,500.00"
    built.invoices(f"F-1,2026-03-02,2026-04-01,{amount}", second)
    left = lived(built, post, ["2026-06-19"], *words)
    owed = {case["case"]: case["open"] for case in built.json("cases")["cases"]}
    rest = Decimal(amount) - total if step == "plan-rompu" else 0  # what a plan lacks is a part of what is open
    assert sum(Decimal(str(each)) for each in owed.values()) == 500 + rest, owed
    for text in (text for texts in left.values() for text in texts if "F-2" in text and "F-1" not in text):
        assert "500,00 €" in text


@pytest.mark.parametrize(("lost", "rest"), [("0.01", "899,99"), ("300.00", "600,00"), ("899.99", None), ("900.00", None)])
def test_of_a_part_written_off_the_rest_is_asked(built, post, lost, rest):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    built.at("2026-04-01")
    built.run("--playbook", "negligent", "--letterhead", "letterhead.yaml")
    built.relance("record", "F-1", "written_off", f"amount={lost}")
    left = lived(built, post, ["2026-04-02", "2026-04-10", "2026-05-04"], "--playbook", "negligent")
    assert bool(left) == (rest is not None)
    for texts in left.values():
        for text in texts:
            assert f"{rest} €" in text
            assert "900,00 € " not in text or "restent dus" in text or "Passé" in text or rest in text


# --------------------------------------------------------------------------- what waits for a person


@pytest.mark.parametrize(
    ("event", "stake"),
    [
        (("payment.received", "400.00"), "500.00"),
        (("payment.received", "900.00"), None),
        (("dispute.opened", "reason=prix", "amount=300.00"), "600.00"),
        (("dispute.opened", "reason=prix"), None),
        (("written_off", "amount=100.00"), "800.00"),
        (("invoice.cancelled",), None),
        (("playbook.changed", "litige"), "moved"),
        (("hold.placed", "reason=essai"), "held"),
    ],
)
def test_a_call_that_nobody_made_asks_what_is_open_on_the_day(built, post, event, stake):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words = ("--playbook", "negligent")
    lived(built, post, ["2026-04-02", "2026-04-10"], *words)
    before = built.sheets()
    built.relance("record", "F-1", *event)
    calls = [item["stake"] for item in built.json("todo")["items"] if item["kind"] == "call"]
    assert calls == {None: [], "moved": ["900.00"], "held": ["900.00"]}.get(stake, [stake]), "before the next run too"
    lived(built, post, ["2026-04-13"], *words)
    calls = [item["stake"] for item in built.json("todo")["items"] if item["kind"] == "call"]
    assert calls == ([stake] if stake and stake[0].isdigit() else [])
    anew = [text for name, text in built.sheets().items() if name not in before and "-call-" in name]
    assert bool(anew) == bool(calls)
    if stake and stake[0].isdigit():
        assert all(stake.replace(".", ",") in figures(text) and "900,00 € à" not in text for text in anew)
    assert bool(built.journal("action.cancelled")) == (not calls)


def test_a_call_of_which_nothing_changed_stays_as_it_is(built, post):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    lived(built, post, ["2026-04-02", "2026-04-10", "2026-04-13", "2026-05-04"], "--playbook", "negligent")
    assert [item["stake"] for item in built.json("todo")["items"] if item["kind"] == "call"] == ["900.00"]
    assert not built.journal("action.cancelled")


def drafts(house):
    """Return step, id and sum of what waits for a person's word."""
    items = [item for item in house.json("todo")["items"] if item["kind"] != "call"]
    return [(item["what"].split(",")[0].split(":")[0].split(" ")[0], item["id"], item["stake"]) for item in items]


@pytest.mark.parametrize("step", ["mise-en-demeure", "transmission"])
def test_a_draft_whose_sum_changed_is_made_anew_by_the_run_and_one_of_a_paid_case_is_withdrawn(built, post, step):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    words, days = ("--playbook", "negligent"), ["2026-04-02", "2026-04-10", "2026-05-04", "2026-05-18", "2026-06-08"]
    last = 3 if step == "mise-en-demeure" else 4
    lived(built, post, days[:last], *words)
    built.spend(days[last], *words, post=post, approve=False)
    first = drafts(built)
    assert {name for name, _, _ in first} == {step}
    built.relance("record", "F-1", "payment.received", "300.00")
    built.at("2026-06-09")
    built.run(*words, "--letterhead", "letterhead.yaml")
    second = drafts(built)
    assert {name for name, _, _ in second} == {step}
    assert not {id_ for _, id_, _ in first} & {id_ for _, id_, _ in second}
    assert all(Decimal(stake) < 700 for _, _, stake in second)
    made = [entry.data for entry in built.journal("action.emitted") if entry.on == date(2026, 6, 9)]
    assert {data["step"] for data in made} == {step}
    assert all(Decimal(600) <= Decimal(str(data["claimed"]["principal"])) <= Decimal(650) for data in made), "interest was served first"
    built.relance("record", "F-1", "payment.received", "900.00")
    built.at("2026-06-10")
    built.run(*words, "--letterhead", "letterhead.yaml")
    assert not drafts(built)


@pytest.mark.parametrize("word", ["done", "skip"])
def test_a_hand_over_that_waits_for_a_word_is_listed_and_settled(built, post, word):
    built.found("F-1,2026-03-02,2026-04-01,900.00")
    lived(built, post, ["2026-04-02", "2026-04-10", "2026-05-04", "2026-05-18", "2026-06-08"], "--playbook", "negligent")
    built.relance("record", "F-1", "action.executed", "appel")
    ((step, name, stake),) = drafts(built)
    assert step == "transmission"
    assert Decimal(stake) > 940
    built.relance("done", name, *(["--skip", "client fidèle"] if word == "skip" else []))
    assert not drafts(built)
    built.at("2026-06-09")
    built.run("--playbook", "negligent", "--letterhead", "letterhead.yaml")
    assert not drafts(built)
    assert ("handed_over" in built.relance("why", "F-1").output) == (word == "done")
