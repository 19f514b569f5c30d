"""docs/decisions/101 in the journal: a plan is written with its rule, one of before reads as it did, unless the chain is told otherwise."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from relance.cli import main
from relance.interpreter.snapshot import Snapshot
from relance.journal import plan_setting
from relance.journal.event_types import build
from relance.journal.journal import Journal
from relance.journal.verification import verify
from relance.language import library, load_playbook
from relance.model import Creditor, Debtor, Invoice

MISSED, ARREARS = "2026-02-20", "2026-03-02"


def event(on, kind, **raw):
    made, mistakes = build({"on": on, "event": kind, **raw})
    assert made is not None, mistakes
    return made


def events(**said):
    """A plan of three instalments, of which the first came late, but before the second."""
    plan = event("2026-02-03", "plan.agreed", invoice="F-1", instalments=[{"on": day, "amount": "30.00"} for day in ("2026-02-10", "2026-03-10", "2026-04-10")], **said)
    return [plan, event(ARREARS, "payment.received", invoice="F-1", amount="30.00")]


@pytest.fixture
def before(monkeypatch):
    """Write as the tree before decision 101 did: a plan that says nothing is written so."""

    def write(journal, told=(), *, creditor="atelier", once=False):
        with monkeypatch.context() as old:
            old.setattr("relance.journal.chain_writer.as_written", lambda event: event)
            return recorded(journal, told or events(), creditor=creditor, once=once)

    return write


def recorded(journal, told, *, creditor="atelier", once=False):
    return journal.record(Creditor(creditor), Debtor("D-1"), told, invoices=[Invoice("F-1", date(2026, 1, 20), Decimal("90.00"))], actor="marie", once=once)


def words(journal, day, creditor="atelier"):
    """Return what the plan does to the claim on a day, and the days on which it was kept."""
    (facts,) = journal.facts(creditor)
    playbook, _ = load_playbook(library.find("negligent"), checks=False)
    found = Snapshot(playbook, facts, date.fromisoformat(day)).standings["F-1"]
    return found.states & {"plan_running", "plan_broken"}, len(found.plans)


def test_a_plan_of_before_whose_arrears_came_reads_as_it_did(journal, before):
    before(journal)
    assert json.loads(next(iter(payloads(journal))))["instalments"]
    assert "late" not in json.loads(next(iter(payloads(journal))))
    assert words(journal, MISSED) == ({"plan_broken"}, 1)
    assert words(journal, "2026-03-03") == ({"plan_broken"}, 1), "what came late put no plan in force again"


def test_a_plan_of_now_is_in_force_again(journal):
    recorded(journal, events())
    assert [json.loads(each)["late"] for each in payloads(journal)] == ["resumes"]
    assert words(journal, MISSED) == ({"plan_broken"}, 1)
    assert words(journal, "2026-03-03") == ({"plan_running"}, 2)


@pytest.mark.parametrize(("word", "state"), [("resumes", "plan_running"), ("ends", "plan_broken")])
def test_what_a_plan_says_itself_counts_whatever_the_chain_says(journal, word, state):
    recorded(journal, events(late=word))
    for declared in ("resumes", "ends"):
        assert plan_setting.declare_late(journal, declared, on=date(2026, 3, 3), actor="marie")
        assert words(journal, "2026-03-03")[0] == {state}


def test_told_the_plans_of_before_read_anew_and_only_from_then_on(journal, before, clock):
    clock.set("2026-03-03")
    before(journal)
    clock.set("2026-03-05")
    assert plan_setting.late_of(journal) == "ends"
    assert plan_setting.declare_late(journal, "resumes", on=date(2026, 3, 5), actor="marie")
    assert plan_setting.late_of(journal) == "resumes"
    assert words(journal, "2026-03-05") == ({"plan_running"}, 2)
    assert words(journal.as_known_on(date(2026, 3, 4)), "2026-03-04") == ({"plan_broken"}, 1), "what was decided then was decided by the rule of then"
    assert next(iter(journal.facts_about(["D-1"]))).events == next(iter(journal.facts())).events
    assert [each.data["late"] for each in journal.events(kinds=["plan.agreed"])] == ["resumes"]
    plan_setting.declare_late(journal, "ends", on=date(2026, 3, 5), actor="marie")
    assert words(journal, "2026-03-05") == ({"plan_broken"}, 1)
    assert verify(journal.engine).breaks == ()


def test_a_file_read_again_after_the_change_is_known(journal, before):
    before(journal, once=True)
    assert recorded(journal, events(), once=True).written == 0
    assert words(journal, "2026-03-03")[0] == {"plan_broken"}


def test_each_chain_has_its_own_plans_of_before(journal, before):
    before(journal)
    recorded(journal, events(), creditor="brun")
    assert [words(journal, "2026-03-03", name)[0] for name in ("atelier", "brun")] == [{"plan_broken"}, {"plan_running"}]
    journal.declare("brun", [late_declared("resumes")], actor="marie")
    assert plan_setting.late_of(journal) == "atelier:ends, brun:resumes"


def late_declared(word):
    made, _ = build({"on": "2026-03-05", "event": "plans.declared", "late": word}, internal=True)
    return made


def payloads(journal):
    with journal.engine.connect() as connection:
        return list(connection.execute(sa.text("select payload from journal where kind = 'plan.agreed'")).scalars())


def test_the_setting_is_shown_told_and_held_to_its_words(tmp_path, clock):
    def relance(*line):
        return CliRunner().invoke(main, ["journal", "settings", "--journal", str(tmp_path / "j.db"), *line])

    with Journal.open(tmp_path / "j.db", now=clock) as journal:
        assert not plan_setting.declare_late(journal, "resumes", on=date(2026, 3, 5), actor="marie")
        assert "knows no creditor" in relance("plans.late=resumes").output
        recorded(journal, events())
    assert "plans.late=ends" in relance().output
    assert "plans.late=resumes" in relance("plans.late=resumes").output
    wrong = relance("plans.late=never")
    assert wrong.exit_code == 2
    assert "neither resumes" in wrong.output
