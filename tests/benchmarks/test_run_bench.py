"""`decide` on a seven-step playbook (target: under 25 µs), and 2,466 invoices from the file to actions (under 2 s)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from relance.data import shipped
from relance.importers import portfolio_files
from relance.importers.mapping import read_mapping
from relance.interpreter import decide, observe
from relance.interpreter.cases import cases
from relance.interpreter.emission import emission
from relance.journal.journal import Journal
from relance.language import load_playbook, load_playbook_text
from relance.model import Creditor, Debtor, Facts, Invoice
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT.parent / "shared" / "data" / "receivables" / "accounts-receivable.csv"
MAPPING = ROOT / "tests" / "importers" / "receivables.mapping.yaml"
DUE = date(2026, 3, 2)
SEVEN = """\
schema: 1
playbook: seven
version: 1
title: Seven steps
debtor: business
collector: creditor
language: fr
unit: invoice
contact: {min_gap: 5 days, at_most: {contacts: 3, within: 30 days}}
late: {entry: first, pace: keep}
min_balance: "5.00"
steps:
  - {id: s1, at: J-7, channels: [email], tone: courteous}
  - {id: s2, at: J+1, channels: [email], tone: courteous}
  - {id: s3, at: s2 + 5 business days, if: {balance: {at_least: "500.00"}}, channels: [call], tone: courteous}
  - {id: s4, at: J+30, channels: [letter, email], tone: firm}
  - {id: s5, at: J+38, channels: [email], tone: firm}
  - {id: s6, kind: formal_notice, at: J+45, after: [s4], channels: [registered_letter], tone: formal, grants: 8 days, approval: required}
  - {id: s7, kind: handover, at: s6.deadline + 1 business day, channels: [handover], to: bailiff, approval: required}
"""


@pytest.fixture(scope="module")
def views():
    """Views of one case on the days of its life, some steps done, others to come."""
    playbook, _ = load_playbook_text(SEVEN, "seven.yaml", checks=False)
    debtor = Debtor("d", "D", "business", email="a@b.example", phone="+33639980012")
    facts = Facts(Creditor("c"), debtor, (Invoice("F-1", DUE, Decimal("900.00")),))
    from relance.interpreter import look

    found = []
    for number in range(-10, 60):
        on = DUE + timedelta(days=number)
        (case,) = cases(playbook, facts)
        found.append((observe(playbook, case, on), on))
        events = tuple(emission(action) for action in look(playbook, facts, on).actions)
        facts = Facts(facts.creditor, facts.debtor, facts.invoices, (*facts.events, *events))
    return playbook, found


@pytest.mark.benchmark(group="decide")
def test_seventy_decisions_on_seven_steps(benchmark, views):
    playbook, found = views

    def decide_all():
        for view, on in found:
            decide(playbook, view, on)

    benchmark(decide_all)
    if benchmark.stats:
        benchmark.extra_info["microseconds a decision"] = round(benchmark.stats.stats.median / len(found) * 1e6, 1)


@pytest.mark.skipif(not TABLE.is_file(), reason="the table of receivables is not beside this checkout")
@pytest.mark.benchmark(group="2,466 invoices")
@pytest.mark.parametrize("name", ["systematique", "negligent"])
def test_from_the_file_to_the_actions(benchmark, name):
    playbook, _ = load_playbook(shipped("playbooks").joinpath(f"{name}.yaml"))

    def run():
        mapping, _ = read_mapping(MAPPING)
        return evaluate(portfolio_files.read(TABLE, mapping=mapping).facts, only(playbook), date(2013, 7, 1))

    assert benchmark(run).adds_up


@pytest.mark.skipif(not TABLE.is_file(), reason="the table of receivables is not beside this checkout")
@pytest.mark.benchmark(group="2,466 invoices")
def test_from_the_file_through_the_journal_to_the_actions(benchmark, tmp_path):
    from datetime import UTC, datetime

    from relance.run import journal_run as rounds

    playbook, _ = load_playbook(shipped("playbooks").joinpath("systematique.yaml"))
    mapping, _ = read_mapping(MAPPING)
    names = iter(range(1_000_000))

    def run():
        facts = portfolio_files.read(TABLE, mapping=mapping).facts
        with Journal.open(tmp_path / f"{next(names)}.db", now=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as journal:
            return rounds.run(journal, facts, only(playbook), date(2013, 7, 1), actor="bench", load=lambda _: None)

    assert benchmark(run).evaluation.adds_up
