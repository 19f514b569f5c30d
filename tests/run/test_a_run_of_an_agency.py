"""What a run of an agency takes from its surroundings, and what it does not order: its paper from the environment or its project, no receipt for money that went back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main

PAPER = """schema: 1
sender: {name: Vigie Amiable SAS, legal_form: SAS, capital: 50 000 €, siren: "732829320", rcs: RCS Lyon 732 829 320, address: [8 cours Lafayette, 69003 Lyon],
  email: dossiers@vigie.example, phone: 04 78 00 00 00, signatory: Paul Morel, role: Chargé de recouvrement}
payment: {iban: FR7630006000011234567890189, bic: AGRIFRPP, beneficiary: Vigie Amiable}
"""
INVOICES = (
    "id;debtor;debtor.name;debtor.kind;debtor.address;debtor.postcode;debtor.city;issued;due;amount;currency;creditor\n"
    "F-1;D1;Dupré SARL;business;1 rue Basse;69001;Lyon;26/08/2026;25/09/2026;1000,00;EUR;atelier\n"
)
CREDITORS = "id;name;siren;address;postcode;city;email;iban;mandate\natelier;Atelier Vernes;552100554;3 rue Haute;69002;Lyon;c@atelier.example;FR7630006000011234567890189;2026-01-05\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the agency's playbook on a day; return the actions, and the words beside them."""
    monkeypatch.chdir(tmp_path)
    for place in ("relance.cli.common.now", "relance.cli.run.now"):
        monkeypatch.setattr(place, lambda: datetime(2026, 11, 26, 9, tzinfo=UTC))
    for name, text in (("invoices.csv", INVOICES), ("creditors.csv", CREDITORS), ("paper.yaml", PAPER)):
        Path(name).write_text(text, "utf-8")

    def work(**environment):
        line = "run --playbook agence-amiable --invoices invoices.csv --creditors creditors.csv --as-of 2026-11-26 --format jsonl"
        done = CliRunner().invoke(main, line.split(), env=environment, catch_exceptions=False)
        return [json.loads(each) for each in done.stdout.splitlines()], done.stderr

    return work


@pytest.mark.parametrize(
    ("environment", "project", "written"),
    [({}, "", False), ({"RELANCE_LETTERHEAD": "paper.yaml"}, "", True), ({}, "schema: 1\nletterhead: paper.yaml\n", True)],
    ids=["neither", "environment", "project"],
)
def test_a_run_reads_its_letterhead_as_send_does(run, environment, project, written):
    if project:
        Path("relance.yaml").write_text(project, "utf-8")
    actions, said = run(**environment)
    assert [each["step"] for each in actions] == ["premiere-lettre"]
    assert ("an agency writes in its own name" in " ".join(said.split())) is not written
    assert bool(list(Path("relance-2026-11-26").rglob("*premiere-lettre*"))) is written


@pytest.mark.parametrize("back", [False, True])
def test_a_payment_that_went_back_before_the_run_orders_no_receipt(run, back):
    def record(*words):
        done = CliRunner().invoke(main, ["record", "F-1", *words, "--on", "2026-11-26"])
        assert done.exit_code == 0, done.output

    Path("relance.yaml").write_text("schema: 1\nletterhead: paper.yaml\n", "utf-8")
    run()
    record("payment.received", "100.00", "reference=V-1")
    if back:
        record("payment.reversed", "100.00", "reference=V-1")
    steps = {each["step"] for each in run()[0]}
    assert ({"duty.receipt", "duty.remit"} & steps == set()) is back
