"""The rules a run decided by stand in the journal, and `why` and `cases` decide by them: as the run did, whatever the files say now."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import common, main
from relance.data import shipped
from relance.importers import portfolio_files
from relance.interpreter.duties import DUTY
from relance.journal import backup
from relance.journal.journal import Journal
from relance.language import load_playbook
from relance.model import Creditor, Debtor, Facts, Invoice, Sender
from relance.portfolio import applied_rules, explain, receivables
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import Route, Routing, only, read_routing
from relance.run import journal_run as rounds

DEMO = Path(str(shipped("playbooks").joinpath("demo")))
DAYS = tuple(date.fromisoformat(day) for day in ("2026-03-02", "2026-03-03", "2026-03-09", "2026-03-16"))


@pytest.fixture(scope="module")
def routing() -> Routing:
    found, _ = read_routing(DEMO / "routing.yaml")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def mornings(routing, tmp_path_factory, new_clock):
    """The demonstration's portfolio, run by its routing on several mornings: the lines of an export."""
    clock = new_clock()
    facts = portfolio_files.read(**{name: DEMO / f"{name}.csv" for name in ("invoices", "debtors", "creditors", "events")}).facts
    with Journal.open(tmp_path_factory.mktemp("mornings") / "j.db", now=clock) as journal:
        for day in DAYS:
            clock.set(day.isoformat(), 6)
            rounds.run(journal, facts, routing, day, actor="run", load=lambda _: None, sent_by=Sender.OTHER)
            facts = ()
        return list(backup.export(journal.engine))


@pytest.fixture
def lived(journal, clock, mornings):
    """A journal that has seen these mornings, on either database."""
    backup.bring_in(journal.engine, lambda: mornings)
    clock.set("2026-03-20")
    return journal


def test_a_routing_survives_the_journal(routing):
    plain = applied_rules.plain_of(routing)
    again = applied_rules.routing_of(plain)
    assert applied_rules.plain_of(again) == plain
    assert [(rule.playbook.id, rule.condition) for rule in again.rules] == [(rule.playbook.id, rule.condition) for rule in routing.rules]
    for name, playbook in routing.playbooks.items():
        assert replace(again.playbooks[name], said=None).steps == playbook.steps


def test_rules_made_in_code_are_not_written_down(negligent):
    assert applied_rules.plain_of(only(replace(negligent, said=None))) is None
    assert applied_rules.plain_of(Routing((Route(negligent, negligent.stop_when[0]),))) is None


def test_the_rules_are_written_when_they_change_and_not_again(lived, clock, negligent):
    assert [entry.on for entry in lived.entries(kinds=["rules.applied"])] == [DAYS[0]]
    clock.set("2026-03-23", 6)
    rounds.run(lived, (), only(negligent), date(2026, 3, 23), actor="run", load=lambda _: None)
    clock.set("2026-03-24", 6)
    rounds.run(lived, (), only(negligent), date(2026, 3, 24), actor="run", load=lambda _: None)
    assert [entry.on for entry in lived.entries(kinds=["rules.applied"])] == [DAYS[0], date(2026, 3, 23)]
    assert explain.applied(lived, "atelier-rhodanien", date(2026, 3, 20)).since == DAYS[0]
    assert explain.applied(lived, "atelier-rhodanien", date(2026, 3, 23)).since == date(2026, 3, 23)


def test_a_dry_run_writes_no_rules(journal, clock, routing):
    facts = [Facts(Creditor("atelier"), Debtor("d", kind="business"), (Invoice("F-1", date(2026, 2, 1), Decimal(500)),))]
    rounds.run(journal, facts, routing, date(2026, 3, 2), actor="run", load=lambda _: None, keep=False)
    assert list(journal.entries()) == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_case_of_a_routed_run_is_explained_as_it_was_decided(lived, day):
    by = explain.applied(lived.as_known_on(day), "atelier-rhodanien", day).routing
    emitted = [entry for entry in lived.entries(kinds=["action.emitted"]) if entry.key and entry.on == day]
    ladder = {str(entry.data["id"]) for entry in emitted if not str(entry.data["step"]).startswith(DUTY)}
    found: dict[str, str] = {}
    for facts in lived.facts():
        answer = explain.why(lived, explain.find(lived, facts.debtor.id), by, day)
        found |= {action.id: action.playbook for action in answer.actions}
    assert set(found) == ladder != set()
    assert found == {str(entry.data["id"]): entry.data["playbook"] for entry in emitted if entry.data["id"] in found}


def test_open_cases_stand_where_a_run_puts_them(lived, routing):
    on = date(2026, 3, 20)
    facts = list(lived.facts())
    by = receivables.By(lambda _: None, rules=lambda creditor: explain.applied(lived, creditor, on).routing)
    found = Counter((row.playbook, row.status) for row in receivables.standings(facts, on, by))
    run = evaluate(facts, routing, on)
    wanted = Counter()
    for line, count in run.counts.items():
        if line.about not in {"paid", "written_off"}:
            wanted[line.playbook, str(line.status)] += count
    open_ = Counter({name: count for name, count in found.items() if name[1] not in {"stopped", "finished"}})
    assert open_ == Counter({name: count for name, count in wanted.items() if name[1] not in {"stopped", "finished"}})
    assert sum(open_.values()) > 30


def test_two_creditors_of_an_agency_share_their_room_in_why_too(journal, clock):
    agency, _ = load_playbook(shipped("playbooks").joinpath("agence-amiable.yaml"))
    facts = [
        Facts(
            Creditor(name, name=name, mandate=date(2026, 1, 5)), Debtor("dupont", name="Dupont SA", kind="business", email="d@dupont.example"),
            (Invoice(f"F-{name}", date(2026, 2, 1), Decimal(500), issued=date(2026, 1, 2)),),
        )
        for name in ("un", "deux")
    ]  # fmt: skip
    for day in ("2026-03-02", "2026-03-03", "2026-03-12"):
        clock.set(day, 6)
        rounds.run(journal, facts, only(agency), date.fromisoformat(day), actor="run", load=lambda _: None, sent_by=Sender.OTHER)
        facts = []
    clock.set("2026-03-20")
    on = date(2026, 3, 2)
    emitted = {str(entry.data["id"]) for entry in journal.entries(kinds=["action.emitted"]) if entry.on == on}
    answers = [explain.why(journal, explain.find(journal, f"F-{name}"), agency_rules(journal, name, on), on) for name in ("un", "deux")]
    said = {action.id for answer in answers for action in answer.actions}
    assert said
    assert said <= emitted
    assert [bool(answer.actions) for answer in answers] == [any(entry.key for entry in answer.emitted) for answer in answers]


def agency_rules(journal: Journal, creditor: str, on: date) -> Routing:
    found = explain.applied(journal, creditor, on)
    assert found is not None
    return found.routing


@pytest.fixture
def typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RELANCE_ACTOR", "marie")
    monkeypatch.setenv("COLUMNS", "100")

    def run(line: str, day: str, code: int = 0) -> str:
        monkeypatch.setattr(common, "now", lambda: datetime.fromisoformat(f"{day}T08:00").replace(tzinfo=UTC))
        monkeypatch.setattr("relance.cli.run.now", common.now)
        result = CliRunner().invoke(main, line.split())
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_a_playbook_that_was_changed_since_does_not_change_what_was_decided(typed, tmp_path):
    mine = tmp_path / "maison.yaml"
    text = Path(str(shipped("playbooks").joinpath("declic.yaml"))).read_text("utf-8").replace("playbook: declic", "playbook: maison")
    mine.write_text(text, "utf-8")
    shutil.copytree(DEMO, tmp_path / "demo")
    typed("run --playbook ./maison.yaml --invoices demo/invoices.csv --as-of 2026-03-02 --out out", "2026-03-02")
    before = typed("why F-2026-048 --on 2026-03-02", "2026-03-20")
    assert "by the rules that runs applied from 2026-03-02 on" in before
    assert "maison version 1" in before
    mine.write_text(text.replace("version: 1", "version: 2").replace("J+", "J+9"), "utf-8")
    assert typed("why F-2026-048 --on 2026-03-02", "2026-03-20") == before
    cases = typed("cases --on 2026-03-02", "2026-03-20")
    mine.unlink()
    assert typed("why F-2026-048 --on 2026-03-02", "2026-03-20") == before
    assert typed("cases --on 2026-03-02", "2026-03-20") == cases
    assert "no playbook" not in cases


def test_another_playbook_than_the_one_that_acted_is_said_to_be_another(typed):
    tables = " ".join(f"--{name} {DEMO}/{name}.csv" for name in ("invoices", "debtors", "creditors", "events"))
    typed(f"run --routing {DEMO}/routing.yaml {tables} --as-of 2026-03-02 --out out", "2026-03-02", 0)
    said = typed("why F-2025-001 --on 2026-03-02 --playbook systematique", "2026-03-20")
    assert "note: what was emitted that day was by mauvaise-foi, version 1; this is decided by systematique" in " ".join(said.split())
    said = typed(f"why F-2025-001 --on 2026-03-02 --routing {DEMO}/routing.yaml", "2026-03-20")
    assert "note:" not in said
    assert "name one of --playbook and --routing" in typed(
        f"why F-2025-001 --playbook declic --routing {DEMO}/routing.yaml", "2026-03-20", 2
    )
