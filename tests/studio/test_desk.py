"""The desk as people work on it, on both databases: what one settles is settled for the other, and what does not hold is said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.delivery.approval import ApprovalOutcome
from relance.delivery.spoken import CallOutcome
from relance.delivery.worklist import WorkKind, in_order_of_hour, worklist
from relance.interpreter import look
from relance.journal.journal import Journal
from relance.model import Address, Channel, Creditor, Debtor, Event, Invoice, Sender
from relance.portfolio.payee import confirm
from relance.portfolio.receivables import standings_of
from relance.project import Project
from relance.studio.case_acts import keep_paper, kept_paper, why_today
from relance.studio.desk import NotDoneError, OperatorDesk
from relance.zones import paris_clock

HOUR = timedelta(hours=1)
ATELIER = Creditor("atelier", "Atelier du Rhône SARL", siren="552100554", address=Address(("12 quai Perrache", "69002 Lyon")), email="compta@atelier.example")
DUPONT = Debtor("dupont", "Dupont SA", kind="business", country="FR", email="d@dupont.example", phone="+33472000000", address=Address(("1 rue de la Paix", "69001 Lyon")))


@pytest.fixture
def desk(place, clock, negligent):
    """A desk on a journal lived to the notice, each message sent the day it was made but the call and the notice, which wait."""
    where = place()
    with Journal.open(where, now=clock) as journal:
        journal.record(ATELIER, DUPONT, invoices=[Invoice("F-1", date(2026, 2, 1), Decimal("1200.00"), "EUR", date(2026, 1, 2))], actor="import")
        for day in (date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 9), date(2026, 3, 3), date(2026, 3, 18)):
            clock.set(day.isoformat(), 6)
            for facts in journal.facts():
                for action in journal.emit(look(negligent, facts, day).actions, on=day, actor="run", sent_by=Sender.RELANCE):
                    if action.channel in {"email", "letter"} and not action.draft:
                        journal.record("atelier", "dupont", [Event(day, "action.executed", "F-1", data={"id": action.id})], actor="send")
    clock.set("2026-03-18", 9)
    return OperatorDesk(where, clock, lambda: clock().date(), playbooks={negligent.id: negligent})


def waiting(desk, kind):
    return [item for item in desk.morning() if item.kind is kind]


def test_a_morning_is_that_of_the_command(desk):
    with Journal.open(desk.where, create=False) as journal:
        assert desk.morning() == worklist(journal, desk.today())
    assert {WorkKind.CALL, WorkKind.DRAFT} <= {item.kind for item in desk.morning()}


def test_calls_come_by_the_hours_of_their_debtors(desk, negligent, clock):
    contact = replace(negligent.contact, hours=((Channel.CALL, "14:00-18:00"), (Channel.CALL, "10:00-12:00")))
    decided = replace(desk, playbooks={negligent.id: replace(negligent, contact=contact)}).decided(["dupont"])
    call = next(item for item in decided["atelier", "dupont"].work if item.kind is WorkKind.CALL)
    assert [(paris_clock(start), paris_clock(end)) for start, end in call.hours] == [("10:00", "12:00"), ("14:00", "18:00")]
    for hour, opens in ((8, "10:00"), (10, "11:00"), (12, "14:00"), (17, None)):  # UTC: an hour before Paris
        clock.set("2026-03-18", hour)
        found = call.opens(clock())
        assert (None if found is None else paris_clock(found)) == opens
    clock.set("2026-03-18", 8)
    overseas = replace(call, id="gp", hours=tuple((start + 5 * HOUR, end + 5 * HOUR) for start, end in call.hours))
    over = replace(call, id="over", hours=((clock() - 2 * HOUR, clock() - HOUR),))
    assert [item.id for item in in_order_of_hour([over, overseas, call, replace(call, id="any", hours=())], clock())] == ["any", call.id, "gp", "over"]


def test_a_draft_is_read_as_it_would_leave_and_approved_once(desk):
    drafts = waiting(desk, WorkKind.DRAFT)
    letter = next(item for item in drafts if item.channel == "registered_letter")
    read = desk.read(letter.id)
    assert read.document.missing is None
    assert {file.media_type for file in read.document.files} == {"application/pdf", "image/png"}
    assert desk.approve([letter.id], "claire")[letter.id].outcome in (ApprovalOutcome.APPROVED, ApprovalOutcome.WAITS)
    assert desk.approve([letter.id], "karim")[letter.id].outcome is ApprovalOutcome.REFUSED
    with Journal.open(desk.where, create=False) as journal:
        assert [entry.actor for entry in journal.entries(kinds=("action.approved",))] == ["claire"]


def test_two_people_at_once_approve_it_once(desk):
    letter = waiting(desk, WorkKind.DRAFT)[0].id
    with ThreadPoolExecutor(8) as people:
        found = list(people.map(lambda name: desk.approve([letter], f"p{name}")[letter].outcome, range(8)))
    with Journal.open(desk.where, create=False) as journal:
        said = [entry.actor for entry in journal.entries(kinds=("action.approved",)) if entry.data.get("id")]
    assert len(said) == len(set(said)) == 1, found


def test_a_draft_whose_debtor_paid_is_withdrawn_and_says_why(desk):
    letter = waiting(desk, WorkKind.DRAFT)[0].id
    desk.record("atelier", "dupont", {"event": "payment.received", "on": "2026-03-18", "invoice": "F-1", "amount": "1200.00"}, "claire")
    found = desk.approve([letter], "claire")[letter]
    assert found.outcome is ApprovalOutcome.WITHDRAWN
    assert found.why


def test_what_is_rejected_has_a_reason(desk):
    letter = waiting(desk, WorkKind.DRAFT)[0].id
    with pytest.raises(NotDoneError, match="say why"):
        desk.reject(letter, "  ", "claire")
    desk.reject(letter, "le client a appelé", "claire")
    assert letter not in {item.id for item in waiting(desk, WorkKind.DRAFT)}
    with pytest.raises(NotDoneError):
        desk.read("nobody-knows-this")


def test_a_call_is_recorded_by_whom_it_was_made_and_once(desk):
    sheet = waiting(desk, WorkKind.CALL)[0].sheet
    with pytest.raises(NotDoneError, match="promise"):
        desk.call(sheet, CallOutcome("promise", desk.today()), "karim")
    desk.call(sheet, CallOutcome("promise", desk.today(), "10:30", "Mme Durand", "", Decimal("300.00"), date(2026, 3, 25)), "karim")
    assert waiting(desk, WorkKind.CALL) == []
    with pytest.raises(NotDoneError, match="waits no more"):
        desk.call(sheet, CallOutcome("reached", desk.today()), "claire")
    kinds = {entry.kind: entry.actor for entry in desk.case("atelier", "dupont").entries}
    assert kinds["promise.made"] == kinds["action.executed"] == "karim"


def test_a_hand_over_is_approved_by_an_approver_alone(desk, negligent, clock):
    with Journal.open(desk.where, now=clock) as journal:
        journal.record(ATELIER, replace(DUPONT, id="martin"), invoices=[Invoice("M-1", date(2026, 3, 17), Decimal("900.00"), "EUR", date(2026, 2, 10))], actor="import")
        facts = next(each for each in journal.facts() if each.debtor.id == "martin")
        step = replace(negligent.steps[1], channels=(Channel.HANDOVER,), fallback=(), approval=negligent.steps[-1].approval)
        journal.emit(look(replace(negligent, steps=(negligent.steps[0], step)), facts, clock().date()).actions, on=clock().date(), actor="run", sent_by=Sender.RELANCE)
    (item,) = [each for each in desk.morning() if each.channel is Channel.HANDOVER]
    with pytest.raises(NotDoneError, match="leave it to an approver"):
        desk.done(item.id, "karim", outcome="remis")
    assert item in desk.morning()
    assert desk.done(item.id, "claire", outcome="remis", approver=True) == 0
    assert item.id not in {each.id for each in desk.morning()}


def test_an_event_is_checked_before_it_is_recorded(desk):
    for raw in (
        {"event": "payment.received", "on": "2026-03-18", "amount": "12,345"},
        {"event": "payment.received", "on": "2026-03-18"},
        {"event": "payment.received", "on": "2027-01-01", "amount": "1.00"},
        {"event": "paiement", "on": "2026-03-18"},
    ):
        with pytest.raises(NotDoneError):
            desk.record("atelier", "dupont", raw, "claire")
    assert "payment.received" not in {entry.kind for entry in desk.case("atelier", "dupont").entries}


def test_a_portfolio_is_that_of_the_cases(desk):
    cases, ageing = desk.standings()
    assert [(case.debtor, case.open) for case in cases] == [("dupont", Decimal("1200.00"))]
    assert sum(ageing[0].sums) == Decimal("1200.00")


@pytest.mark.parametrize(("amount", "left"), [({"amount": "1199.99"}, [Decimal("0.01")]), ({}, [])])
def test_what_was_written_off_whole_is_no_open_case(desk, amount, left):
    desk.record("atelier", "dupont", {"event": "written_off", "on": "2026-03-18", "invoice": "F-1", **amount}, "claire")
    cases, ageing = desk.standings()
    assert [case.open for case in cases] == left
    assert sum((sum(each.sums) for each in ageing), Decimal(0)) == sum(left)


def test_nothing_is_sent_where_there_is_no_way_out(desk):
    with pytest.raises(NotDoneError, match="no way out"):
        desk.send("claire")
    with pytest.raises(NotDoneError):
        desk.case("atelier", "nobody")


def test_a_letterhead_that_asks_payment_to_an_account_given_up_holds_what_is_ready(desk, clock, tmp_path):
    """The page says what `send` would do: nothing leaves, and why."""
    old, new = "FR7630006000011234567890189", "FR1420041010050500013M02606"
    paper = tmp_path / "letterhead.yaml"
    paper.write_text(f"schema: 1\nsender: {{name: Atelier du Rhône, address: [12 quai Perrache, 69002 Lyon], email: compta@atelier.example}}\npayment: {{iban: {old}}}\n", "utf-8")
    with Journal.open(desk.where, now=clock) as journal:
        for iban in (old, new):
            journal.record(replace(ATELIER, iban=iban), DUPONT, actor="import")
        assert confirm(journal, "atelier", new, on=date(2026, 3, 18), actor="claire") is None
    letter = next(item for item in waiting(desk, WorkKind.DRAFT) if item.channel == "registered_letter").id
    assert desk.approve([letter], "claire")[letter].outcome in (ApprovalOutcome.APPROVED, ApprovalOutcome.WAITS)
    on_paper = replace(desk, project=Project(tmp_path / "relance.yaml", letterhead=paper))
    held = {item.held for item in waiting(on_paper, WorkKind.PENDING)}
    assert all(new in why for why in held), held
    assert {item.held for item in waiting(desk, WorkKind.PENDING)} == {""}


def test_a_call_has_its_sheet_with_the_sums_of_the_day(desk):
    call = waiting(desk, WorkKind.CALL)[0]
    before = desk.sheet(call.id, [call.debtor])
    assert before.missing is None
    desk.record("atelier", "dupont", {"event": "payment.received", "on": "2026-03-18", "invoice": "F-1", "amount": "200.00"}, "claire")
    assert b"1\xe2\x80\xaf000" in desk.sheet(call.id).files[0].content
    assert b"1\xe2\x80\xaf000" not in before.files[0].content
    with pytest.raises(NotDoneError, match="waits no more"):
        desk.sheet(call.id, ["somebody"])


def test_what_is_said_of_some_debtors_is_what_is_said_of_all(desk):
    for item in desk.morning():
        if item.kind is WorkKind.DRAFT:
            assert desk.read(item.id, [item.debtor]).message == desk.read(item.id).message
            with pytest.raises(NotDoneError, match="no message"):
                desk.read(item.id, ["somebody"])


def test_a_paper_is_kept_under_its_own_name_and_opened(desk):
    target = desk.case("atelier", "dupont").target
    keep_paper(desk, target, "../../etc/bon.pdf", b"%PDF-1.4 signed", "delivery_note", "claire")
    entry = next(entry for entry in desk.case("atelier", "dupont").entries if entry.kind == "document.attached")
    assert (entry.data["name"], entry.data["media_type"], entry.actor) == ("bon.pdf", "application/pdf", "claire")
    assert kept_paper(desk, entry.data["sha256"]) == b"%PDF-1.4 signed"
    assert kept_paper(desk, "0" * 64) is None
    with pytest.raises(NotDoneError, match="empty"):
        keep_paper(desk, target, "bon.pdf", b"", "proof", "claire")


def test_what_is_wrong_with_an_event_is_said_as_it_is_written(desk):
    assert len(desk.mistakes({"event": "promise.made", "on": "2026-03-18"})) == 2
    assert len(desk.mistakes({"event": "promise.made", "on": "2026-03-18", "amount": "10,5x", "by": "2026-03-20"})) == 1
    assert desk.mistakes({"event": "promise.made", "on": "2026-03-18", "amount": "10.50", "by": "2026-03-20"}) == ()
    assert "future" in desk.mistakes({"event": "note", "on": "2026-03-19", "note": "-"})[0]


def test_why_needs_a_run_that_said_by_what(desk):
    with pytest.raises(NotDoneError, match="no run"):
        why_today(desk, desk.case("atelier", "dupont").target)


def test_two_versions_are_compared_on_the_cases_of_the_journal(desk, negligent):
    """What the studio shows is what the command counts: a step taken away is missing of every case that would have had it."""
    pytest.importorskip("polars")
    from relance.columnar.engines import PolarsEngine
    from relance.columnar.schema import from_facts
    from relance.simulation.playbook_diff import change
    from relance.simulation.portfolio import foresee
    from relance.studio.portfolio_change import change_of

    until, shorter = date(2026, 9, 1), replace(negligent, steps=negligent.steps[:-1])
    made = change_of(desk, negligent, shorter, until)
    with desk.journal() as journal:
        tables = from_facts(journal.facts()).frames()
    assert made == change(*(foresee(PolarsEngine(), tables, each, date(2026, 3, 18), until) for each in (negligent, shorter)))
    assert (made.cases, made.changed, dict(made.removed), dict(made.added)) == (1, 1, {negligent.steps[-1].id: 1}, {})
    assert change_of(desk, negligent, negligent, until).changed == 0


def test_what_comes_of_the_cases_under_a_playbook_is_the_commands_forecast(desk, negligent):
    """Only debtors whose every open case is under it are played, and of each what `relance forecast` counts."""
    pytest.importorskip("polars")
    from relance.columnar.engines import PolarsEngine
    from relance.columnar.schema import from_facts
    from relance.simulation.forecast import forecast
    from relance.simulation.portfolio import foresee
    from relance.studio.forecast_panel import forecast_of, under_one

    until, today = date(2026, 9, 1), date(2026, 3, 18)
    with desk.journal() as journal:
        facts = list(journal.facts())
    made = forecast_of(desk, negligent.id, {("atelier", "dupont")}, until)
    assert made == forecast(foresee(PolarsEngine(), from_facts(facts).frames(), negligent, today, until))
    assert made.cases == 1
    assert sum(made.handovers.values()) == 1
    assert forecast_of(desk, negligent.id, (), until).cases == 0
    assert forecast_of(desk, "unheard-of", (), until) is None
    with desk.journal() as journal:
        cases = list(standings_of(facts[0], today, desk.by(journal, today)))
    other = [replace(case, playbook="courtois") for case in cases]
    assert under_one(cases, negligent.id) == ({("atelier", "dupont")}, set())
    assert under_one([*cases, *other], negligent.id) == (set(), {("atelier", "dupont")})
