"""The policies that ship as examples: no finding, every test of theirs passes, nothing of them is untested, and a routing sends a mixed portfolio through them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from relance.language import load_playbook
from relance.letters.wording import FILES, Templates
from relance.model import Address, Channel, Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import read_routing
from relance.simulation.coverage import coverage
from relance.simulation.playbook_tests import read_tests, run_file

EXAMPLES = Path(__file__).resolve().parents[2] / "playbooks" / "examples"
NAMES = ("abonnement", "agence-dossiers", "creances-achetees", "declic-lendemain", "energie", "grossiste", "refus-delibere")


def test_these_are_examples():
    assert tuple(sorted(path.stem for path in EXAMPLES.glob("*.yaml") if not path.stem.endswith((".test", ".promises", "routing")))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_clean_and_wholly_tested(name):
    file, findings = read_tests(EXAMPLES / f"{name}.test.yaml")
    assert file is not None
    assert findings == ()
    assert load_playbook(EXAMPLES / f"{name}.yaml")[1] == ()
    done = run_file(file)
    assert [result.test.name for result in done.results if not result.passed] == []
    assert coverage(file.playbook, done.results).gaps == ()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_text_of_an_example_is_written(name, language):
    playbook, _ = load_playbook(EXAMPLES / f"{name}.yaml")
    templates = Templates()
    for step in playbook.steps:
        for channel in (*step.channels, *(into for _, into in step.fallback)):
            if channel in FILES and channel is not Channel.TASK:
                assert templates.locate(step.template or step.id, channel, language), f"{step.id} by {channel} in {language}"


def test_a_routing_sends_a_mixed_portfolio_through_them():
    """On 11 March each of six debtors is at the second or third day of the policy that is his."""
    routing, findings = read_routing(EXAMPLES / "routing.yaml")
    assert findings == ()
    due, amount = date(2026, 3, 2), Decimal("200.00")
    claim = Invoice("F-1", due, amount)
    bounced = tuple(Event(day, kind, "F-1", None, number, {"amount": amount}) for number, (day, kind) in enumerate([(due, "payment.received"), (date(2026, 3, 9), "payment.reversed")]))
    people = [
        Facts(Creditor("forme"), Debtor("durand", kind="consumer", phone="+33639980012"), (claim,), bounced),
        Facts(Creditor("lumiere"), Debtor("petit", kind="consumer", phone="+33639980012"), (claim,), bounced),
        Facts(Creditor("halles"), Debtor("bistrot", kind="business", phone="+33639980012"), (claim,)),
        Facts(Creditor("alpha", mandate=date(2026, 1, 5)), Debtor("remis", kind="business", address=Address(("1 rue de la Paix", "69001 Lyon"))), (replace(claim, placed=date(2026, 3, 9)),)),
        Facts(Creditor("fonds"), Debtor("cédé", kind="consumer", address=Address(("1 rue de la Paix", "69001 Lyon"))), (replace(claim, placed=date(2026, 3, 9), terms={"assignor": "Forme", "assigned_on": "2026-02-20"}),)),
        Facts(Creditor("halles"), Debtor("rusé", kind="business", profile="bad-faith", email="a@b.example"), (claim,)),
    ]
    found = evaluate(people, routing, date(2026, 3, 11))
    assert {action.debtor: (action.playbook, action.step) for action in found.actions} == {
        "durand": ("abonnement", "premier-mot"),
        "petit": ("energie", "premier-mot"),
        "bistrot": ("grossiste", "appel"),
        "rusé": ("refus-delibere", "rappel-ferme"),
        "remis": ("agence-dossiers", "premiere-lettre"),
        "cédé": ("creances-achetees", "cession"),
    }
    assert found.unrouted == []
