"""Retention by rule: what has been kept long enough goes at a run by itself, kind by kind, on its day and not before, and is said."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.journal.event_types import build
from relance.journal.expiry import declare_periods_of, erase_expired, expired, runs_by_itself
from relance.journal.journal import Journal
from relance.journal.retention import periods, set_period
from relance.journal.verification import verify
from relance.model import Creditor, Debtor, Invoice


def event(on, kind, **raw):
    made, mistakes = build({"on": on, "event": kind, **raw})
    assert made is not None, mistakes
    return made


def fill(journal):
    """Two who have paid, one who owes."""
    for name, events in (
        ("D-1", [event("2026-02-10", "payment.received", invoice="F-D-1", amount="12.00"), event("2026-02-11", "note", note="mot de Segolene")]),
        ("D-2", []),
        ("D-3", [event("2026-02-20", "payment.received", invoice="F-D-3", amount="12.00")]),
    ):
        journal.record(Creditor("atelier"), Debtor(name, name=f"Nom {name}"), events, invoices=[Invoice(f"F-{name}", date(2026, 2, 1), Decimal("12.00"))], actor="marie")


def test_each_kind_goes_on_its_day_and_no_other_is_kept_longer_for_it(journal, clock):
    clock.set("2026-02-20")
    fill(journal)
    last = {name: max(entry.on for entry in journal.entries(creditor="atelier", debtor=name)) for name in ("D-1", "D-3")}
    assert set_period(journal, "notes", "12", on=date(2026, 2, 20), actor="marie") is None
    before, day = date(2027, 2, 19), date(2027, 2, 20)
    assert last["D-3"] == date(2026, 2, 20)
    assert not [one for one in expired(journal, before) if one.debtor == "D-3"]
    assert [(one.debtor, one.kinds) for one in expired(journal, day)] == [("D-1", ("notes",)), ("D-3", ("notes",))]
    clock.set("2027-02-20")
    assert erase_expired(journal, day, actor="relance").gone
    assert list(expired(journal, day)) == [], "what was erased is not erased again"
    late = date(2036, 2, 20)
    assert [(one.debtor, one.kinds) for one in expired(journal, late)] == [("D-1", ("identity", "documents")), ("D-3", ("identity", "documents"))]
    clock.set("2036-02-20")
    erase_expired(journal, late, actor="relance")
    assert {facts.debtor.name for facts in journal.facts()} == {"", "Nom D-2"}, "who owes is kept"
    assert list(expired(journal, late)) == []
    assert verify(journal.engine).breaks == ()


def test_what_a_project_says_is_written_into_the_chains_once(journal, clock):
    clock.set("2026-03-02")
    fill(journal)
    assert not runs_by_itself(journal)
    assert declare_periods_of(journal, {"run": 1, "notes": 36, "identity": 120}, date(2026, 3, 2), actor="marie") == ("run", "notes")
    assert declare_periods_of(journal, {"run": 1, "notes": 36, "identity": 120}, date(2026, 3, 2), actor="marie") == ()
    assert runs_by_itself(journal)
    assert {kind: period.months for kind, period in periods(journal).items()} == {"identity": 120, "documents": 120, "notes": 36}
    assert set_period(journal, "run", "2", on=date(2026, 3, 2), actor="marie") is not None
    assert set_period(journal, "run", "0", on=date(2026, 3, 2), actor="marie") is None
    assert not runs_by_itself(journal)


@pytest.fixture
def house(tmp_path, monkeypatch):
    moment = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: moment[0])
    monkeypatch.chdir(tmp_path)
    Path("invoices.csv").write_text("id,debtor,issued,due,amount,currency,creditor\nA1,D1,2026-01-01,2026-02-01,100.00,EUR,atelier\n")
    Path("none.csv").write_text("id,debtor,issued,due,amount,currency,creditor\n")

    def run(*words, code=0):
        done = CliRunner().invoke(main, [*words, "--journal", "j.db"])
        assert done.exit_code == code, done.output
        return done.output

    def morning(day, table="none.csv", *more):
        moment[0] = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        return run("run", "--playbook", "negligent", "--invoices", table, "--as-of", str(day), "--out", "out", *more)

    run.morning = morning
    return run


def test_a_run_erases_by_itself_only_where_that_was_said(house):
    house.morning(date(2026, 3, 2), "invoices.csv", "--new")
    house("record", "A1", "payment.received", "amount=100.00")
    house("record", "A1", "note", "note=Segolene a rappele")
    house.morning(date(2026, 3, 3))  # takes back what waited
    assert "erased" not in house.morning(date(2031, 3, 10))
    assert "retention.run=0" in house("journal", "settings")
    Path("relance.yaml").write_text("schema: 1\nplaybooks: [.]\nretention: {run: true, notes: 61}\n")
    assert "retention.notes of relance.yaml is written into the journal" in house.morning(date(2031, 3, 11))
    assert "retention.run=1" in house("journal", "settings")
    assert "erased" not in house.morning(date(2031, 4, 3), "none.csv", "--dry-run")
    assert "erased" not in house.morning(date(2031, 4, 2))
    said = house.morning(date(2031, 4, 3))
    assert "data of 1 debtor erased, kept long enough: D1" in said
    assert "erased" not in house.morning(date(2031, 4, 4))
    with Journal.open("j.db", read_only=True) as journal:
        (entry,) = journal.entries(kinds=("debtor.forgotten",))
        assert entry.data["kinds"] == ("notes",)
        assert "Segolene" not in str(list(journal.entries()))
