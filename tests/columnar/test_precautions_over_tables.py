"""A run over tables drafts what a mandate does not cover and what is asked of a debtor who was not told of an assignment, as a run over a journal does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from relance.columnar.engines import DuckEngine, Engine, PolarsEngine
from relance.columnar.schema import from_facts
from relance.language import load_playbook_text
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only
from relance.run.precautions import assignment_is_untold, drafted, mandate_is_too_narrow
from relance.run.table_run import run_tables

PLAYBOOK = """\
schema: 1
playbook: agence
version: 1
title: Agence
debtor: any
collector: agency
stop_when: [paid, written_off]
hold_while: [promised]
steps:
  - {id: appel, at: J+5, channels: [call, email], tone: neutral}
  - {id: offre, at: J+20, channels: [email], tone: neutral, grants: 20 days, offer: {settlement: "70"}}
"""
DUE = date(2026, 3, 2)
BOUGHT = {"assignor": "Gaz SA", "assigned_on": "2026-02-02"}


def told(number: int, terms: dict[str, Any], invoice: dict[str, Any], *events: Event) -> Facts:
    debtor = Debtor(f"d{number}", kind="business", email="d@d.example", phone="+33600000000", address=Address(("1 rue A", "69001 Lyon")))
    creditor = Creditor(f"c{len(terms)}{terms.get('mandate_powers', '')}", "C", mandate=date(2020, 1, 1), terms=terms)
    return Facts(creditor, debtor, (Invoice(f"F{number}", DUE, Decimal("600.00"), terms=invoice),), events)


LETTER = Event(date(2026, 3, 5), "action.emitted", "F3", None, 0, {"id": "a", "playbook": "other", "step": "cession", "occurrence": 1, "channel": "email", "case": "F3", "carrier": "F3", "invoices": ("F3",), "draft": False, "message": "a"})
PORTFOLIO = [
    told(1, {}, {}),
    told(2, {}, BOUGHT),
    told(3, {}, BOUGHT, LETTER),
    told(4, {}, {**BOUGHT, "assignment_told": "2026-02-10"}),
    told(5, {"mandate_powers": "notice"}, {}),
    told(6, {"mandate_powers": "discounts"}, {}),
    told(7, {"mandate_powers": "discounts", "mandate_ceiling": "600.00"}, {}),
    told(8, {"mandate_powers": "notice, discounts", "mandate_ceiling": "599.99"}, {}),
]


@pytest.mark.parametrize("make", [PolarsEngine, pytest.param(DuckEngine, marks=pytest.mark.long)])
@pytest.mark.parametrize(("on", "held"), [(date(2026, 3, 9), {"d2", "d8"}), (date(2026, 3, 23), {"d5", "d8"})], ids=["a call", "an offer"])
def test_a_run_over_tables_drafts_what_a_run_over_a_journal_drafts(make: type[Engine], on: date, held: set[str]) -> None:
    playbook, said = load_playbook_text(PLAYBOOK, "agence.yaml", checks=False)
    assert playbook is not None, said
    if on.day == 23:
        playbook = replace(playbook, steps=playbook.steps[1:])
    engine = make()
    found = run_tables(engine, from_facts(PORTFOLIO).frames(), playbook, on, None).new
    engine.close()
    plain = evaluate(PORTFOLIO, only(playbook), on).actions
    wanted = drafted(drafted(plain, mandate_is_too_narrow(PORTFOLIO), by_hand=True), assignment_is_untold(PORTFOLIO), by_hand=True)
    assert dict(found.select("id", "status").rows()) == {one.id: "draft" if one.draft else "emitted" for one in wanted}
    assert dict(found.select("id", "reason").rows()) == {one.id: str(one.reason) for one in wanted}
    assert {row["debtor"] for row in found.iter_rows(named=True) if row["status"] == "draft"} == held
