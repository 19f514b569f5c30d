"""Working with the books, on both databases: names, history, why, open cases, figures."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from relance.model import Creditor, Debtor, Event, Invoice, Status
from relance.portfolio import explain, receivables
from relance.portfolio.explain import Target
from relance.portfolio.metrics import BEFORE, figures


def test_what_a_name_stands_for(story):
    journal = story.journal
    assert explain.find(journal, "F-1") == Target("F-1", "atelier", "dupont", "F-1")
    assert explain.find(journal, "dupont/EUR") == Target("dupont/EUR", "atelier", "dupont", None, "EUR")
    assert explain.find(journal, "durand") == Target("durand", "atelier", "durand")
    assert explain.find(journal, "F-9") == "the journal knows no invoice, account or debtor 'F-9'"
    assert explain.find(journal, "F-1", "bureau") == "the journal knows no invoice, account or debtor 'F-1' of 'bureau'"
    journal.record("bureau", "martin", invoices=[Invoice("F-1", date(2026, 2, 1), Decimal(5))], actor="import")
    assert "--creditor (atelier, bureau)" in explain.find(journal, "F-1")
    assert explain.find(journal, "F-1", "bureau") == Target("F-1", "bureau", "martin", "F-1")


def test_a_document_with_instalments_is_found_by_its_own_number(journal):
    parts = [Invoice(f"H-1/{number}", date(2026, 2 + number, 1), Decimal(100), document="H-1") for number in (1, 2)]
    journal.record("atelier", "dupont", invoices=parts, actor="import")
    target = explain.find(journal, "H-1")
    assert target == Target("H-1", "atelier", "dupont", "H-1")
    (facts,) = journal.facts()
    assert explain.claims_of(target, facts) == {"H-1", "H-1/1", "H-1/2"}


def test_a_history_is_of_the_case_alone_and_in_order(story):
    target = explain.find(story.journal, "F-1")
    entries = explain.history(story.journal, target)
    assert [entry.on for entry in entries] == sorted(entry.on for entry in entries)
    assert {entry.invoice for entry in entries} == {"F-1", None}
    assert [entry.data["step"] for entry in entries if entry.kind == "action.emitted"] == [
        "rappel-avant-echeance", "relance-1", "appel", "relance-2", "relance-2", "mise-en-demeure", "mise-en-demeure", "transmission",
    ]  # fmt: skip
    assert sum(entry.kind == "action.approved" for entry in entries) == 3


def test_approvals_of_another_invoice_are_not_in_the_history(story, clock):
    clock.set("2026-04-11")
    story.journal.record("atelier", "dupont", invoices=[Invoice("F-2", date(2026, 5, 1), Decimal(70))], actor="import")
    entries = explain.history(story.journal, explain.find(story.journal, "F-2"))
    assert [entry.kind for entry in entries if entry.kind.startswith("action.")] == []
    assert len(explain.history(story.journal, explain.find(story.journal, "dupont"))) > len(
        explain.history(story.journal, explain.find(story.journal, "F-1"))
    )


def test_why_it_was_sent_is_the_decision_before_it_was_sent(story, negligent):
    target = explain.find(story.journal, "F-1")
    answer = explain.why(story.journal, target, negligent, date(2026, 3, 18))
    (seen,) = answer.seen
    assert seen.decision.status is Status.DUE
    assert seen.decision.step.id == "mise-en-demeure"
    assert [entry.data["channel"] for entry in answer.emitted] == ["registered_letter", "email"]
    assert {action.id for action in answer.actions} == {entry.data["id"] for entry in answer.emitted}


@pytest.mark.parametrize("day", ["2026-01-26", "2026-02-02", "2026-02-09", "2026-03-03", "2026-03-18", "2026-04-03"])
def test_the_journal_explains_every_emission_it_holds(story, negligent, day):
    on = date.fromisoformat(day)
    answer = explain.why(story.journal, explain.find(story.journal, "F-1"), negligent, on)
    assert {action.id for action in answer.actions} == {entry.data["id"] for entry in answer.emitted} != set()


def test_what_was_learnt_later_does_not_change_what_was_known(story, negligent, clock):
    target = explain.find(story.journal, "F-1")
    before = explain.why(story.journal, target, negligent, date(2026, 3, 18))
    clock.set("2026-05-01")
    story.tell("2026-03-10", "dupont", event="payment.received", invoice="F-1", amount="1000.00")  # paid on the 10th, known in May
    assert explain.why(story.journal, target, negligent, date(2026, 3, 18)).seen[0].decision == before.seen[0].decision
    now = explain.why(story.journal, target, negligent, date(2026, 3, 18), known_on=date(2026, 5, 1))
    assert now.seen[0].decision.status is Status.STOPPED


def test_before_anything_was_known_nothing_is_made_up(story, negligent):
    said = explain.why(story.journal, explain.find(story.journal, "F-1"), negligent, date(2025, 12, 31))
    assert said == "nothing was known of 'F-1' on 2025-12-31; it was first recorded on 2026-01-02"


def test_the_playbook_is_the_one_last_acted_by(story):
    (facts,) = story.journal.facts(debtor="dupont")
    target = explain.find(story.journal, "F-1")
    assert explain.playbook_followed(facts, target)[0] == "negligent"
    story.tell("2026-04-10", "dupont", event="playbook.changed", invoice="F-1", playbook="mauvaise-foi")
    (facts,) = story.journal.facts(debtor="dupont")
    assert explain.playbook_followed(facts, target) == ("mauvaise-foi", None)


def test_contacts_for_another_creditor_are_known(story):
    story.journal.record(Creditor("bureau"), Debtor("dupont"), invoices=[Invoice("B-1", date(2026, 2, 1), Decimal(5))], actor="import")
    facts = explain.facts_of(story.journal, "bureau", "dupont")
    assert tuple(dict.fromkeys(each.on for each in facts.contacts_elsewhere)) == tuple(date.fromisoformat(day) for day in ("2026-01-26", "2026-02-02", "2026-03-03", "2026-03-18"))


def test_open_cases_with_age_and_next_step(story, negligent):
    load = receivables.By({"negligent": negligent}.get)
    facts = list(story.journal.as_known_on(date(2026, 3, 4)).facts())
    (row,) = receivables.standings(facts, date(2026, 3, 4), load)
    assert (row.case, row.status, row.open, row.age, row.step, row.on) == (
        "F-1",
        "waiting",
        Decimal("1000.00"),
        31,
        "mise-en-demeure",
        date(2026, 3, 18),
    )
    (row,) = receivables.standings(story.journal.facts(), date(2026, 4, 10), load)
    assert (row.case, row.status, row.reason) == ("F-1", "stopped", "handed_over")


def test_a_case_without_a_playbook_is_listed_too(journal):
    journal.record("atelier", "dupont", invoices=[Invoice("F-1", date(2026, 2, 1), Decimal(5))], actor="import")
    (row,) = receivables.standings(journal.facts(), date(2026, 3, 1), receivables.By(lambda _: None))
    assert (row.status, row.age) == ("no playbook", 28)


def test_what_is_open_by_age(journal):
    on = date(2026, 6, 30)
    days = [-5, 0, 1, 30, 31, 60, 61, 90, 91, 400]
    invoices = [Invoice(f"F-{day}", date.fromordinal(on.toordinal() - day), Decimal(10), "USD" if day == 400 else "EUR") for day in days]
    journal.record("atelier", "dupont", invoices=invoices, actor="import")
    euro, dollar = receivables.ageing(journal.facts(), on)
    assert (euro.currency, euro.counts) == ("EUR", (2, 2, 2, 2, 1))
    assert euro.sums == tuple(Decimal(10) * count for count in euro.counts)
    assert (dollar.currency, dollar.counts) == ("USD", (0, 0, 0, 0, 1))


def test_figures_of_a_period(story):
    found = figures(story.journal.facts(), date(2026, 1, 1), date(2026, 4, 30))
    assert found.debtors == 2
    assert found.contacts == {
        ("2026-01", "email"): 1, ("2026-02", "call"): 1, ("2026-02", "email"): 3, ("2026-03", "email"): 2,
        ("2026-03", "letter"): 1, ("2026-03", "registered_letter"): 1,
    }  # fmt: skip
    assert [(each.step, each.amount, each.payments) for each in found.recovered] == [
        ("appel", Decimal("3000.00"), 1),
        ("relance-1", Decimal("200.00"), 1),
    ]
    assert (found.promises.made, found.promises.kept, found.promises.broken) == (1, 1, 0)
    assert (found.days_to_pay.invoices, found.days_to_pay.from_due, found.days_to_pay.from_issue) == (1, 15, 46)
    assert found.open == {"EUR": Decimal("1000.00")}
    assert figures(story.journal.facts(), date(2026, 3, 3), date(2026, 3, 31)).recovered == ()


def test_money_before_any_step_reversals_and_broken_promises(story):
    tell = story.tell
    story.journal.record("atelier", "martin", invoices=[Invoice("M-1", date(2026, 3, 1), Decimal(500))], actor="import")
    tell("2026-03-02", "martin", event="promise.made", invoice="M-1", amount="500.00", by="2026-03-10")
    tell("2026-03-05", "martin", event="payment.received", invoice="M-1", amount="500.00")
    tell("2026-03-08", "martin", event="payment.reversed", invoice="M-1", amount="500.00")
    tell("2026-04-01", "martin", event="credit_note.issued", invoice="M-1", amount="500.00")
    found = figures(story.journal.facts(debtor="martin"), date(2026, 3, 1), date(2026, 4, 30))
    assert [(each.step, each.amount, each.payments) for each in found.recovered] == [(BEFORE, Decimal(0), 0)]
    assert (found.promises.made, found.promises.broken) == (1, 1)
    assert found.days_to_pay.invoices == 0  # a credit note is no payment
    early = figures(story.journal.facts(debtor="martin"), date(2026, 3, 1), date(2026, 3, 9))
    assert early.promises.running == 1


def test_an_emission_of_before_the_journal_has_no_id_and_takes_no_other_case_with_it(story):
    story.journal.record("atelier", "dupont", invoices=[Invoice("F-2", date(2026, 5, 1), Decimal(70))], actor="import")
    story.tell("2026-03-01", "dupont", event="action.emitted", invoice="F-1", step="relance-1", channel="email", playbook="negligent")
    assert {entry.invoice for entry in explain.history(story.journal, explain.find(story.journal, "F-1"))} == {"F-1", None}


def test_with_what_is_known_now_a_day_is_decided_without_its_own_actions(story, negligent):
    answer = explain.why(story.journal, explain.find(story.journal, "F-1"), negligent, date(2026, 3, 18), known_on=date(2026, 4, 10))
    assert answer.seen[0].decision.status is Status.DUE
    assert {action.id for action in answer.actions} == {entry.data["id"] for entry in answer.emitted}


def test_a_creditors_own_playbook_does_not_look_at_contacts_for_others(story, negligent):
    story.journal.record(Creditor("bureau"), Debtor("dupont"), invoices=[Invoice("B-1", date(2026, 3, 19), Decimal(500))], actor="import")
    target = explain.find(story.journal, "B-1")
    answer = explain.why(story.journal, target, negligent, date(2026, 4, 10))
    assert answer.facts.contacts_elsewhere == ()
    agency = replace(negligent, id="bureau", collector="agency")
    elsewhere = explain.why(story.journal, target, agency, date(2026, 4, 10)).facts.contacts_elsewhere
    assert len({each.on for each in elsewhere}) == 4  # two of them by letter and by e-mail
    load = {"negligent": negligent}.get
    assert explain.why(story.journal, target, agency, date(2026, 4, 10), load=load).facts.contacts_elsewhere == ()


def test_an_invoice_under_another_playbook_takes_no_room(story, negligent):
    story.journal.record("atelier", "dupont", invoices=[Invoice("F-2", date(2026, 3, 1), Decimal(500))], actor="import")
    story.tell("2026-03-02", "dupont", event="playbook.changed", invoice="F-2", playbook="mauvaise-foi")
    answer = explain.why(story.journal, explain.find(story.journal, "F-1"), negligent, date(2026, 4, 10), known_on=date(2026, 4, 10))
    assert [each.case.id for each in answer.seen] == ["F-1"]


def test_a_case_can_be_asked_about_under_another_playbook(story, negligent):
    other = replace(negligent, id="other")
    answer = explain.why(story.journal, explain.find(story.journal, "F-1"), other, date(2026, 3, 10))
    assert [each.case.id for each in answer.seen] == ["F-1"]


def _event(kind, on, invoice=None, currency=None, **data):
    return Event(date.fromisoformat(on), kind, invoice, currency, data=MappingProxyType(data))


def test_one_payment_of_two_invoices_is_one_payment(journal):
    due = date(2026, 2, 1)
    invoices = [Invoice("F-1", due, Decimal(100)), Invoice("F-2", due, Decimal(100))]
    money = [_event("payment.received", "2026-03-02", currency="EUR", amount=Decimal(150)), _event("payment.received", "2026-03-02", "F-1", amount=Decimal(20))]
    journal.record("atelier", "dupont", money, invoices=invoices, actor="import")
    (row,) = figures(journal.facts(), date(2026, 1, 1), date(2026, 3, 31)).recovered
    assert (row.amount, row.payments) == (Decimal(170), 2)


@pytest.mark.parametrize(("currency", "kept"), [("EUR", 1), ("GBP", 0)])
def test_a_promise_is_kept_by_money_of_its_own_currency(journal, currency, kept):
    invoices = [Invoice("F-1", date(2026, 2, 1), Decimal(100)), Invoice("G-1", date(2026, 2, 1), Decimal(100), "GBP")]
    events = [
        _event("promise.made", "2026-03-02", currency="EUR", amount=Decimal(50), by=date(2026, 3, 10)),
        _event("payment.received", "2026-03-05", currency=currency, amount=Decimal(50)),
    ]
    journal.record("atelier", "dupont", events, invoices=invoices, actor="import")
    assert figures(journal.facts(), date(2026, 1, 1), date(2026, 3, 31)).promises.kept == kept
