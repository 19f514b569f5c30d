"""The kept view says at every moment what deciding everything anew would say, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.interpreter import look
from relance.journal.journal import Journal
from relance.model import Creditor, Debtor, Event, Invoice, Sender
from relance.studio.case_list import CaseFilter, ListedCase, list_page
from relance.studio.desk import OperatorDesk
from relance.studio.kept_view import KeptView
from relance.studio.morning_lists import LookKind, missing_rates

ATELIER, FONDERIE = Creditor("atelier", "Atelier"), Creditor("fonderie", "Fonderie")


def owes(journal, creditor, debtor, number, due=date(2026, 2, 1)):
    name = Debtor(debtor, f"{debtor.title()} SA", kind="business", country="FR", email=f"{debtor}@example.com", phone="+33472000000")
    journal.record(creditor, name, invoices=[Invoice(number, due, Decimal("900.00"), "EUR", date(2026, 1, 2))], actor="import")


@pytest.fixture
def desk(place, clock, negligent):
    where = place()
    clock.set("2026-02-02", 6)
    with Journal.open(where, now=clock) as journal:
        for number, (creditor, debtor) in enumerate([(ATELIER, "dupont"), (ATELIER, "martin"), (FONDERIE, "dupont"), (FONDERIE, "zola")], 1):
            owes(journal, creditor, debtor, f"F-{number}")
        for facts in journal.facts():
            journal.emit(look(negligent, facts, date(2026, 2, 2)).actions, on=date(2026, 2, 2), actor="run", sent_by=Sender.RELANCE)
    clock.set("2026-02-02", 9)
    return OperatorDesk(where, clock, lambda: clock().date(), playbooks={negligent.id: negligent})


def check(view, desk):
    """Compare what is kept with what is decided from nothing."""
    assert view.progress().whole
    cases, ageing = desk.standings()
    assert sorted(map(repr, cases)) == sorted(repr(each.case) for each in view.cases())
    assert {each.currency: (each.sums, each.counts) for each in ageing} == {each.currency: (each.sums, each.counts) for each in view.ageing() if any(each.counts)}
    assert view.work() == tuple(replace(item, actions=()) for item in desk.morning())
    with desk.journal() as journal:
        decided = desk.decided([*journal.debtors()]).values()
    assert sorted(map(repr, view.looks())) == sorted(map(repr, (*(item for each in decided for item in each.looks), *missing_rates(desk.today()))))


def test_every_kind_of_news_is_seen(desk, clock, negligent):
    view = KeptView(desk)
    check(view, desk)
    seen = view.version
    check(view, desk)
    assert view.version == seen  # nothing new: nothing decided
    desk.record("atelier", "dupont", {"event": "payment.received", "on": "2026-02-02", "invoice": "F-1", "amount": "900.00"}, "claire")
    check(view, desk)
    assert view.version == seen + 2  # one debtor, and the books
    with desk.journal() as journal:
        owes(journal, ATELIER, "new", "F-9")
        journal.record(Creditor("atelier", "Atelier du Rhône"), "martin", [Event(date(2026, 2, 2), "dispute.opened", "F-2", data={"reason": "damaged"})], actor="claire")
    check(view, desk)
    decided = view.version
    with desk.journal() as journal:
        journal.write_together("atelier", [(None, Event(date(2026, 2, 2), "source.read", data={"file": "a.csv", "form": "ledger", "authority": "books", "sha256": "0" * 64}))], actor="import", key="source:0")
    check(view, desk)
    assert view.version == decided  # which file told it changes nothing of anybody's case
    with desk.journal() as journal:
        journal.merge("new", "martin", on=date(2026, 2, 2), actor="claire", reason="one and the same")
    check(view, desk)
    with desk.journal() as journal:
        journal.forget("zola", reason="asked", on=date(2026, 2, 2), actor="claire")
    check(view, desk)
    clock.set("2026-02-12", 9)
    with desk.journal() as journal:
        for facts in journal.facts():
            journal.emit(look(negligent, facts, date(2026, 2, 12)).actions, on=date(2026, 2, 12), actor="run")
    check(view, desk)


def test_the_lists_of_a_morning_that_are_no_work(desk, clock):
    """What was told since the last run is new; a promise is listed on its day alone; both are gone when they are over."""
    view = KeptView(desk)

    def listed(kind):
        assert view.progress().whole
        return [(item.debtor, item.stake) for item in view.looks() if item.kind is kind]

    assert {debtor for debtor, _ in listed(LookKind.NEW)} == {"dupont", "martin", "zola"}  # the journal's first day
    clock.set("2026-02-03", 9)
    assert listed(LookKind.NEW) == []
    desk.record("atelier", "dupont", {"event": "promise.made", "on": "2026-02-03", "invoice": "F-1", "amount": "400.00", "by": "2026-02-05"}, "claire")
    assert [debtor for debtor, _ in listed(LookKind.NEW)] == ["dupont"]
    assert [entry.kind for entry in desk.news("atelier", "dupont")] == ["promise.made"]
    assert desk.news("fonderie", "dupont") == ()
    assert listed(LookKind.PROMISE) == []
    clock.set("2026-02-05", 9)
    check(view, desk)
    assert listed(LookKind.PROMISE) == [("dupont", Decimal("400.00"))]
    desk.record("atelier", "dupont", {"event": "payment.received", "on": "2026-02-05", "invoice": "F-1", "amount": "400.00"}, "claire")
    check(view, desk)
    assert listed(LookKind.PROMISE) == []
    assert listed(LookKind.NO_WAY_ON) == []


def test_an_attempt_that_is_over_without_a_word_is_unclear_though_nothing_is_recorded(desk, clock):
    view = KeptView(desk)
    check(view, desk)
    message = next(item for item in view.work() if item.kind == "pending")
    with desk.journal() as journal:
        journal.record(message.creditor, message.debtor, [Event(date(2026, 2, 2), "action.attempted", data={"id": action.id}) for item in desk.morning() if item.id == message.id for action in item.actions], actor="send")
    check(view, desk)
    assert message.id not in {item.id for item in view.work()}
    clock.set("2026-02-02", 10)
    check(view, desk)
    assert "unclear" in {item.kind for item in view.work()}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # a process takes its time to begin: what it decides is the same on the other
def test_many_are_decided_by_a_process_and_pages_hear_how_far_it_is(desk):
    view = KeptView(desk, at_once=0)
    first = view.progress()
    assert (first.whole, first.total) == (False, 3)
    view.wait()
    assert view.progress().whole
    check(view, desk)


def test_what_the_process_decided_before_more_was_recorded_is_not_kept(desk):
    view = KeptView(desk)
    check(view, desk)
    view._told.clear()  # a part is given to the process, which is slow to answer
    before = desk.decided(["dupont", "zola"])
    desk.record("atelier", "dupont", {"event": "payment.received", "on": "2026-02-02", "invoice": "F-1", "amount": "900.00"}, "claire")
    check(view, desk)
    assert view._take_part(before, ["dupont", "zola"], desk.today())
    check(view, desk)
    assert not view._take_part(before, ["zola"], date(2026, 2, 1))
    check(view, desk)


def test_a_page_of_a_list(desk):
    every = KeptView(desk)
    every.progress()
    found = CaseFilter("ZOLA fonderie").takes(every.cases())
    assert [case.debtor for case in found] == ["zola"]
    assert CaseFilter(status="nothing").takes(every.cases()) == []
    assert {case.creditor for case in CaseFilter(creditor="atelier").takes(every.cases())} == {"atelier"}
    cases = [each.case for each in every.cases()]
    by_case = list_page(cases, "case", 1, 2)
    assert [case.case for case in by_case] == ["F-2", "F-3"]
    assert [case.case for case in list_page(cases, "case", 0, 2, descending=True)] == ["F-4", "F-3"]
    undated = [replace(cases[0], on=None), replace(cases[1], on=date(2026, 3, 1))]
    assert [case.on for case in list_page(undated, "on", 0, 2)] == [date(2026, 3, 1), None]
    assert ListedCase.of(cases[0], "Ünal").words.startswith("ünal")
