"""An offer through the command line and a real journal: made by a run, answered by `record`, settled, and said by `why`."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.journal.journal import Journal
from relance.report.creditor_report import report_of

PLAYBOOK = """\
schema: 1
playbook: solde
version: 1
title: Solde
debtor: business
steps:
  - {id: premiere, at: J+5, channels: [letter], tone: neutral, template: relance-1}
  - {id: offre, at: J+20, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {settlement: "70"}}
"""
INVOICES = 'id,creditor,debtor,debtor.name,debtor.kind,debtor.address,issued,due,amount,currency\nF-1,c,d1,Dupont SA,business,"1 rue A, 69001 Lyon",2026-01-02,2026-02-02,1000.00,EUR\n'


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "solde.yaml").write_text(PLAYBOOK)
    (tmp_path / "factures.csv").write_text(INVOICES)

    def call(*words):
        return CliRunner().invoke(main, [*words], catch_exceptions=False)

    for day in ("2026-02-09", "2026-02-23"):
        done = call("run", "--playbook", "solde.yaml", "--invoices", "factures.csv", "--as-of", day, "--sent-by", "other")
        assert done.exit_code == 0, done.output
    return call


def test_an_offer_is_answered_once_and_while_it_stands(run):
    assert "no offer stands" in run("record", "F-1", "offer.accepted", "--on", "2026-03-17").output
    assert "no offer stands" in run("record", "F-1", "offer.accepted", "--on", "2026-02-22").output
    assert run("record", "F-1", "offer.accepted", "--on", "2026-03-16").exit_code == 0
    assert "no offer stands" in run("record", "F-1", "offer.refused", "--on", "2026-03-16").output
    assert "Proposition acceptée" in run("--lang", "fr", "history", "F-1").output
    assert run("evidence", "F-1", "--out", "all.zip").exit_code == 0


def test_what_is_settled_is_said_by_record_and_why(run):
    run("record", "F-1", "offer.accepted", "--on", "2026-03-02")
    assert "F-1: 0.00 EUR open" in run("record", "F-1", "payment.received", "700.00", "--on", "2026-03-03").output
    told = json.loads(run("why", "F-1", "--on", "2026-03-04", "--known-on", "2027-01-01", "--playbook", "solde.yaml", "--format", "json").output)
    assert told["decisions"][0]["status"] == "stopped"
    assert any("settled on 2026-03-03" in note for note in told["notes"])
    assert "offre de 700,00" in run("--lang", "fr", "history", "F-1").output.replace("\xa0", " ")
    with Journal.open("relance.db") as journal:
        assert [claim.state for claim in report_of(journal, "c", date(2026, 3, 1), date(2026, 3, 31)).claims] == ["soldée par accord"]
