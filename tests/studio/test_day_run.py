"""The run of the day from the studio: tried without a trace, done as `relance run` does it, and what differs from the last one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from relance.delivery import outbox
from relance.delivery.outbox import State
from relance.journal.journal import Journal
from relance.model import Address, Creditor, Debtor, Event
from relance.portfolio.case_changes import ChangeKind
from relance.project import Project
from relance.studio.case_acts import why_today
from relance.studio.day_run import RunPlan, carry_out, plan_of, try_run
from relance.studio.desk import NotDoneError, OperatorDesk

ATELIER = Creditor("atelier", "Atelier du Rhône SARL", siren="552100554", address=Address(("12 quai Perrache", "69002 Lyon")), email="compta@atelier.example")
INVOICES = "id,creditor,debtor,amount,currency,issued,due\nF-1,atelier,dupont,1200.00,EUR,2026-01-02,2026-02-01\nF-2,atelier,martin,300.00,EUR,2026-01-02,2026-03-20\n"
DEBTORS = "id,creditor,name,kind,country,email,postcode,city,address\ndupont,atelier,Dupont SA,business,FR,d@dupont.example,69001,Lyon,1 rue de la Paix\nmartin,atelier,Martin SA,business,FR,m@martin.example,69001,Lyon,2 rue de la Paix\n"
CREDITORS = "id,name,siren,email\natelier,Atelier du Rhône SARL,552100554,compta@atelier.example\n"


@pytest.fixture
def desk(place, clock, tmp_path):
    """A desk on a journal that was begun and knows nothing yet, on the morning of 3 February."""
    where = place()
    clock.set("2026-02-03", 9)
    with Journal.open(where, now=clock) as journal:
        journal.record(ATELIER, Debtor("dupont", "Dupont SA", kind="business", country="FR", email="d@dupont.example"), [Event(date(2026, 2, 2), "note", data={"note": "-"})], actor="import")
    return OperatorDesk(where, clock, lambda: clock().date(), files=tmp_path / "maison")


@pytest.fixture
def files(tmp_path):
    """The files of a portfolio."""
    found = {}
    for name, text in (("invoices", INVOICES), ("debtors", DEBTORS), ("creditors", CREDITORS)):
        found[name] = tmp_path / f"{name}.csv"
        found[name].write_text(text, "utf-8")
    return found


def kinds_of(desk):
    with Journal.open(desk.where, create=False) as journal:
        return [entry.kind for entry in journal.entries()]


def test_what_is_tried_leaves_no_trace(desk, files):
    before = kinds_of(desk)
    tried = try_run(desk, plan_of(desk, "negligent", files), "claire")
    assert {action.debtor for action in tried.done.new} == {"dupont"}
    assert {(each.kind, each.case.debtor) for each in tried.changes} == {(ChangeKind.NEW, "dupont"), (ChangeKind.NEW, "martin")}
    assert kinds_of(desk) == before
    assert not desk.files.exists()


def test_a_run_emits_once_and_writes_its_files(desk, files):
    plan = plan_of(desk, "negligent", files)
    did = carry_out(desk, plan, "claire")
    lines = [json.loads(line) for line in (did.folder / "actions.jsonl").read_text("utf-8").splitlines()]
    assert [line["debtor"] for line in lines] == ["dupont"]
    assert (did.folder / "summary.csv").is_file()
    assert len(list((did.folder / "messages").iterdir())) == 1
    (judged,) = why_today(desk, desk.case("atelier", "dupont").target).judged
    assert {each.step: str(each.status) for each in judged.seen.decision.steps}["relance-1"] == "due"  # as before what this day made
    again = carry_out(desk, plan, "karim")
    assert (again.done.new, again.emitted) == ((), 1)
    with Journal.open(desk.where, create=False) as journal:
        assert [entry.actor for entry in journal.entries(kinds=("action.emitted",))] == ["claire"]


def test_a_later_try_says_what_became_of_each_case(desk, files, clock):
    carry_out(desk, plan_of(desk, "negligent", files), "claire")
    clock.set("2026-02-04", 9)
    desk.record("atelier", "martin", {"event": "payment.received", "on": "2026-02-04", "invoice": "F-2", "amount": "100.00"}, "claire")
    desk.record("atelier", "dupont", {"event": "dispute.opened", "on": "2026-02-04", "invoice": "F-1", "reason": "damaged"}, "claire")
    tried = try_run(desk, plan_of(desk, "negligent", {}), "claire")
    assert tried.since == date(2026, 2, 3)
    assert {each.case.case: (each.kind, each.after.open) for each in tried.changes} == {"F-1": (ChangeKind.STANDS_ELSEWHERE, Decimal(1200)), "F-2": (ChangeKind.OTHER_SUM, Decimal(200))}


def test_what_cannot_be_written_is_a_task_and_is_said(desk, files, tmp_path):
    wording = tmp_path / "modeles" / "fr" / "relance-1" / "message.md.j2"
    wording.parent.mkdir(parents=True)
    wording.write_text("{{ nobody_knows }}", "utf-8")
    desk = replace(desk, project=Project(tmp_path / "relance.yaml", templates=(tmp_path / "modeles",)))
    did = carry_out(desk, plan_of(desk, "negligent", files), "claire")
    assert len(did.missing) == 1
    with Journal.open(desk.where, create=False) as journal:
        assert [message.state for message in outbox.read(journal)] == [State.TASK]


def test_a_run_before_the_last_one_is_refused(desk, files, clock, negligent):
    carry_out(desk, plan_of(desk, "negligent", files), "claire")
    clock.set("2026-02-02", 9)
    with pytest.raises(NotDoneError, match="was run for 2026-02-03 already"):
        carry_out(desk, RunPlan(plan_of(desk, "negligent", {}).routing), "claire")


@pytest.mark.parametrize(("rules", "text", "said"), [("nobody", INVOICES, "no playbook nobody"), ("negligent", "", "F-1|empty|no |nothing")])
def test_what_cannot_be_read_is_said(desk, files, rules, text, said):
    files["invoices"].write_text(text, "utf-8")
    with pytest.raises(NotDoneError, match=said):
        plan_of(desk, rules, files)
