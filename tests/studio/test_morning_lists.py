"""What is looked at of a morning beside the work: each list holds what it says and nothing that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter import look
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.receivables import By, standings_of
from relance.report.event_names import event_name
from relance.sentences import said
from relance.studio.morning_lists import (
    NEWS,
    LookKind,
    cases_without_a_way_on,
    in_order_of_day,
    looked_until,
    missing_rates,
    news_of,
    promises_due,
    told_since,
)

ATELIER = Creditor("atelier", "Atelier")
DUPONT = Debtor("dupont", "Dupont SA", kind="business", country="FR", email="d@dupont.example")
OWED = (Invoice("F-1", date(2026, 2, 1), Decimal("900.00"), "EUR", date(2026, 1, 2)), Invoice("F-2", date(2026, 2, 1), Decimal("100.00"), "EUR", date(2026, 1, 2)))


def facts(*events: Event) -> Facts:
    return Facts(ATELIER, DUPONT, OWED, tuple(replace(event, seq=number) for number, event in enumerate(events, 1)))


def promise(by: str, amount: str, invoice: str | None = "F-1", on: str = "2026-02-10") -> Event:
    return Event(date.fromisoformat(on), "promise.made", invoice, data={"amount": Decimal(amount), "by": date.fromisoformat(by)})


def paid(on: str, amount: str, invoice: str | None = "F-1") -> Event:
    return Event(date.fromisoformat(on), "payment.received", invoice, data={"amount": Decimal(amount)})


def due(known: Facts, since: str = "2026-02-19", on: str = "2026-02-20") -> list[tuple[Decimal, date | None]]:
    return [(item.stake, item.by) for item in promises_due(known, date.fromisoformat(since), date.fromisoformat(on))]


def test_a_promise_is_listed_on_its_day_with_what_is_missing_of_it():
    assert due(facts(promise("2026-02-20", "300.00"))) == [(Decimal("300.00"), date(2026, 2, 20))]
    assert due(facts(promise("2026-02-20", "300.00"), paid("2026-02-12", "120.00"))) == [(Decimal("180.00"), date(2026, 2, 20))]
    assert due(facts(promise("2026-02-20", "900.00"), paid("2026-02-12", "900.00"))) == []
    assert due(facts(promise("2026-02-21", "300.00"))) == []
    assert due(facts(promise("2026-02-20", "300.00"), promise("2026-02-25", "300.00", on="2026-02-15"))) == []  # another word counts


def test_what_fell_due_over_a_weekend_is_told_on_the_monday():
    known = facts(promise("2026-02-21", "300.00"))
    assert due(known, since="2026-02-20", on="2026-02-23") == [(Decimal("300.00"), date(2026, 2, 21))]
    assert due(known, since="2026-02-23", on="2026-02-24") == []


def test_a_promise_about_all_invoices_is_one_entry():
    assert due(facts(promise("2026-02-20", "1000.00", None), paid("2026-02-12", "100.00", "F-2"))) == [(Decimal("900.00"), date(2026, 2, 20))]


def test_an_instalment_of_a_plan_falls_due():
    parts = tuple({"on": date(2026, month, 20), "amount": Decimal("300.00")} for month in (2, 3, 4))
    plan = Event(date(2026, 2, 10), "plan.agreed", "F-1", data={"instalments": parts})
    assert due(facts(plan)) == [(Decimal("300.00"), date(2026, 2, 20))]
    assert due(facts(plan), "2026-03-19", "2026-03-20") == [(Decimal("600.00"), date(2026, 3, 20))]  # and what is missing of the one before
    assert due(facts(plan, paid("2026-02-19", "300.00"))) == []
    cancelled = Event(date(2026, 2, 12), "plan.cancelled", "F-1", data={})
    assert due(facts(plan, cancelled)) == []


def test_a_case_is_without_a_way_on_behind_its_last_step_and_where_no_playbook_takes_it(negligent):
    short = replace(negligent, steps=negligent.steps[:1])
    by = By(lambda _: short, default="negligent")

    def listed(known: Facts, on: date, by: By = by) -> list[tuple[str, Decimal]]:
        return [(item.debtor, item.stake) for item in cases_without_a_way_on(standings_of(known, on, by), "Dupont SA")]

    early, late = date(2026, 1, 5), date(2026, 6, 1)
    assert listed(facts(), early) == []  # its only step is to come
    ahead = date(2026, 1, 26)
    sent = [Event(ahead, "action.executed", each.case, data={"step": each.step, "playbook": each.playbook, "channel": each.channel}) for each in look(short, facts(), ahead).actions]
    assert sent
    assert sum(stake for _, stake in listed(facts(*sent), late)) == Decimal("1000.00")
    assert listed(facts(*sent, paid("2026-03-01", "900.00"), paid("2026-03-01", "100.00", "F-2")), late) == []
    assert listed(facts(), early, By(lambda _: None)) == [("dupont", Decimal("900.00")), ("dupont", Decimal("100.00"))]


@pytest.mark.parametrize(("day", "some"), [(date(2026, 9, 1), True), (date(2026, 3, 1), False)])
def test_a_rate_is_missing_that_the_law_check_calls_missing(day, some):
    assert bool(list(missing_rates(day))) is some
    assert all(item.settles == "relance law check" for item in missing_rates(day))


def test_what_is_new_is_what_was_told_since_the_evening_before(place, clock):
    with Journal.open(place(), now=clock) as journal:
        clock.set("2026-02-02", 6)
        journal.record(ATELIER, DUPONT, invoices=OWED, actor="import")
        monday = date(2026, 2, 9)
        assert looked_until(journal, monday) == date(2026, 2, 6)  # no run yet: the last open day
        journal.declare("atelier", [Event(date(2026, 2, 5), "rules.applied", data={"rules": {}})], actor="run")
        assert looked_until(journal, monday) == date(2026, 2, 5)
        clock.set("2026-02-07", 9)
        journal.record(ATELIER, "dupont", [paid("2026-02-05", "50.00"), paid("2026-02-06", "60.00"), Event(date(2026, 2, 6), "note", data={"note": "a appelé"})], actor="import")
        journal.declare("atelier", [Event(monday, "rules.applied", data={"rules": {"a": 1}})], actor="run")
        assert looked_until(journal, monday) == date(2026, 2, 6)  # the day's own run does not end the morning
        entries = list(journal.entries_about(["dupont"], ("payment.received", "note", "invoice.recorded")))
        (item,) = news_of(told_since(entries, looked_until(journal, monday)))
        assert (item.kind, item.debtor) == (LookKind.NEW, "dupont")
        assert str(item.what) == "3 things are new: 2 × payment received, note"
        assert said(item.what, "fr") == "3 faits nouveaux\N{NO-BREAK SPACE}: 2 × paiement reçu, note"
        assert not list(news_of(told_since(entries, date(2026, 2, 7))))


def test_whatever_is_told_of_a_debtor_has_a_name_in_both_languages():
    for kind in NEWS:
        name = event_name(kind)
        assert "." not in name
        assert kind == "note" or said(name, "fr") != name


def test_what_has_a_day_comes_first_then_what_is_most_at_stake():
    items = [item for known in (facts(promise("2026-02-20", "300.00")), facts(promise("2026-02-19", "100.00"))) for item in promises_due(known, date(2026, 2, 18), date(2026, 2, 20))]
    assert [item.stake for item in in_order_of_day(items)] == [Decimal("100.00"), Decimal("300.00")]
