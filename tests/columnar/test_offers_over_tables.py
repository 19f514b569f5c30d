"""Offers of a run over tables: what it emits is what a later run reads, and what was settled in time is settled there, too."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from relance.columnar.engines import DuckEngine, Engine, PolarsEngine
from relance.columnar.evaluation import from_actions
from relance.columnar.schema import Tables, from_facts, to_facts
from relance.columnar.writers import Folder
from relance.interpreter.emission import emission
from relance.language import load_playbook_text
from relance.model import Address, Creditor, Debtor, Event, Facts, Invoice, Playbook, Status, Unit
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import only
from relance.run.table_run import emissions, run_tables

PLAYBOOK = """\
schema: 1
playbook: solde
version: 1
title: Solde
debtor: business
steps:
  - {id: offre, at: J+20, channels: [email], tone: neutral, template: offre-solde, grants: 20 days, to_role: accounting, cc: [salesman], approval: {by: 2, above: "500.00"}, offer: {settlement: "70", accepted_by: payment}}
  - {id: derniere, at: J+60, channels: [letter], tone: firm, template: relance-2}
"""
DUE, MADE, UNTIL = date(2026, 2, 2), date(2026, 2, 23), date(2026, 3, 16)  # the twentieth day is a Sunday: the letter names the day after


def playbook_of(unit: Unit, *, draft: bool = False) -> Playbook:
    text = PLAYBOOK if draft else PLAYBOOK.replace(' approval: {by: 2, above: "500.00"},', "")
    found, said = load_playbook_text(text, "solde.yaml", checks=False)
    assert found is not None, said
    return replace(found, unit=unit)


def told(*events: Event) -> Facts:
    debtor = Debtor("d", "D", kind="business", email="d@d.example", address=Address(("1 rue A", "69001 Lyon")))
    invoices = tuple(Invoice(name, DUE, Decimal(amount), issued=date(2026, 1, 2)) for name, amount in (("F-1", "1000.00"), ("F-2", "33.35")))
    return Facts(Creditor("c", "C"), debtor, invoices, events)


def after_the_offer(engine: Engine, playbook: Playbook, place: Path, *events: Event) -> Tables:
    """Run the day of the offer over tables, and add what it wrote and what came later to the events."""
    tables = from_facts([told()])
    done = run_tables(engine, tables.frames(), playbook, MADE, Folder(place))
    assert set(done.new["step"]) == {"offre"}
    written = pl.concat([pl.read_parquet(path) for path in (place / "events").glob("**/*.parquet")])
    return replace(tables, events=pl.concat([written, from_facts([told(*events)]).events], how="diagonal"))


@pytest.mark.parametrize(
    ("make", "unit", "on", "amounts", "ends"),
    [
        pytest.param(DuckEngine, Unit.ACCOUNT, UNTIL, ("700.00", "23.35"), True, marks=pytest.mark.long),
        (PolarsEngine, Unit.ACCOUNT, UNTIL, ("700.00", "23.35"), True),
        (PolarsEngine, Unit.ACCOUNT, UNTIL + timedelta(1), ("700.00", "23.35"), False),
        (PolarsEngine, Unit.ACCOUNT, UNTIL, ("700.00", "23.34"), False),
        (PolarsEngine, Unit.INVOICE, UNTIL, ("700.00", "23.35"), True),
        (PolarsEngine, Unit.INVOICE, UNTIL + timedelta(1), ("700.00", "23.35"), False),
    ],
)
def test_what_a_run_over_tables_offered_is_settled_by_a_payment_in_time(
    make: type[Engine], unit: Unit, on: date, amounts: tuple[str, str], ends: bool, tmp_path: Path
) -> None:
    engine, playbook = make(), playbook_of(unit)
    money = [Event(on, "payment.received", name, None, seq, {"amount": Decimal(amount)}) for seq, (name, amount) in enumerate(zip(("F-1", "F-2"), amounts, strict=True))]
    tables = after_the_offer(engine, playbook, tmp_path, *money)
    later = date(2026, 4, 3)
    found = run_tables(engine, tables.frames(), playbook, later, None).decided
    assert set(found.actions["step"]) == (set() if ends else {"derniere"})
    plain = evaluate(list(to_facts(tables)), only(playbook), later)
    assert found.counts == plain.counts
    assert {count.status for count in found.counts} == {Status.STOPPED if ends else Status.DUE}
    engine.close()


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("draft", [False, True])
def test_an_emission_of_a_run_over_tables_says_what_that_of_a_journal_says_of_an_offer(unit: Unit, draft: bool, tmp_path: Path) -> None:
    playbook = playbook_of(unit, draft=draft)
    plain = {action.id: emission(action).data for action in evaluate([told()], only(playbook), MADE).actions}
    done = run_tables(PolarsEngine(), from_facts([told()]).frames(), playbook, MADE, Folder(tmp_path))
    rows = {row["id"]: json.loads(row["data"]) for row in emissions(done.new).iter_rows(named=True)}
    assert rows.keys() == plain.keys()
    for name, data in rows.items():
        wanted = plain[name]
        assert data["offer"] == wanted["offer"]
        assert (data["invoices"], data["deadline"]) == (list(wanted["invoices"]), wanted["deadline"].isoformat())
        assert (data["to_role"], data["cc"], data.get("approvers")) == ("accounting", ["salesman"], wanted.get("approvers"))
        assert [(each["invoice"], each["principal"]) for each in data["claimed"]["invoices"]] == [(each["invoice"], each["principal"]) for each in wanted["claimed"]["invoices"]]
    assert from_actions(evaluate([told()], only(playbook), MADE).actions).sort("id").equals(done.new.sort("id"))


def test_the_sums_that_had_come_on_the_day_of_an_offer_are_no_payment_of_it(tmp_path: Path) -> None:
    early = Event(MADE, "payment.received", "F-1", None, 0, {"amount": Decimal("300.00")})
    playbook, engine = playbook_of(Unit.INVOICE), PolarsEngine()
    done = run_tables(engine, from_facts([told(early)]).frames(), playbook, MADE, Folder(tmp_path))
    row = done.new.filter(pl.col("carrier") == "F-1").row(0, named=True)
    assert json.loads(row["offer"])["claimed"]["invoices"] == [
        {"invoice": "F-1", "principal": "700.00", "received": [{"amount": "300.00", "credit_note": False, "on": "2026-02-23"}]}
    ]
