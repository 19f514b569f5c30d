"""A routing over tables against the routing of single debtors: the same counts, actions, duties and reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from conftest_scale import ON, portfolio, read_on_the_day, shipped

from relance.columnar.engines import DuckEngine, Engine, PolarsEngine
from relance.columnar.evaluation import evaluate_tables, from_actions
from relance.columnar.schema import from_facts
from relance.model import AllOf, AnyOf, Facts, Not, Test, Unit
from relance.portfolio.evaluation import evaluate
from relance.portfolio.routing import Route, Routing
from relance.run.strategy import evaluate_known

CONSUMER = Test("debtor", "in", ("consumer",))
LARGE = Test("balance", "at_least", Decimal(1500))
LATE = AllOf((Test("days_overdue", "more_than", 30), Not(Test("disputed", "is", value=True))))
PROFILE = AnyOf((Test("profile", "in", ("bad_faith", "bad-faith")), Test("unpaid_invoices", "at_least", 4)))


def routings() -> Iterator[tuple[str, Routing]]:
    negligent, systematique, agency = shipped("negligent"), shipped("systematique"), shipped("agence-amiable")
    account = replace(negligent, id="compte", unit=Unit.ACCOUNT)
    yield "one for each sort of debtor", Routing((Route(shipped("consommateur"), CONSUMER), Route(systematique)))
    yield "by amount, an account first", Routing((Route(account, LARGE), Route(negligent, LATE), Route(systematique, PROFILE)))
    yield "an agency beside a creditor", Routing((Route(agency, LATE), Route(negligent)))
    yield "one that only the plain fold knows", Routing((Route(shipped("injonction-de-payer"), LARGE), Route(account, PROFILE), Route(negligent)))
    yield "the same playbook twice", Routing((Route(negligent, LARGE), Route(systematique, PROFILE), Route(negligent, LATE)))


def same(engine: Engine, routing: Routing, facts: list[Facts]) -> int:
    plain = evaluate([read_on_the_day(each) for each in facts], routing, ON)
    found = evaluate_tables(engine, from_facts(facts).frames(), routing, ON)
    assert plain.counts == found.counts
    assert from_actions(plain.actions).sort("id").equals(found.actions.sort("id"))
    assert sorted(duty.id for duty in plain.duties) == sorted(duty.id for duty in found.duties)
    assert sorted(plain.unrouted) == sorted(found.unrouted)
    return found.actions.height


@pytest.mark.parametrize(("name", "routing"), list(routings()), ids=lambda each: each if isinstance(each, str) else "")
@pytest.mark.parametrize("history", ["negligent", *(pytest.param(name, marks=pytest.mark.long) for name in ("systematique", "consommateur"))])
@pytest.mark.parametrize(("seed", "rare"), [(52, 0.4), pytest.param(51, 0.0, marks=pytest.mark.long)])
def test_a_routing_over_tables_is_the_routing_of_debtors(name: str, routing: Routing, history: str, seed: int, rare: float) -> None:
    assert same(PolarsEngine(), routing, portfolio(seed, shipped(history), rare=rare, debtors=45)), name


@pytest.mark.parametrize("place", [pytest.param(place, marks=[pytest.mark.long] if place else []) for place in range(5)])
def test_a_routing_on_another_engine(place: int) -> None:
    engine = DuckEngine()
    _, routing = list(routings())[place]
    assert same(engine, routing, portfolio(53, shipped("negligent"), rare=0.1, debtors=30))
    engine.close()


@pytest.mark.parametrize(
    ("name", "routing"), [pytest.param(*each, marks=[pytest.mark.long] if place in (0, 2, 4) else [], id=each[0]) for place, each in enumerate(routings())]
)
def test_facts_in_memory_are_folded_to_the_same_evaluation(name: str, routing: Routing) -> None:
    facts = portfolio(54, shipped("negligent"), rare=0.2, debtors=45)
    plain, found = evaluate(facts, routing, ON), evaluate_known(facts, routing, ON, few=1)
    assert found.counts == plain.counts, name
    assert found.adds_up
    assert (found.cases, found.invoices, found.routed) == (plain.cases, plain.invoices, plain.routed)
    assert sorted(found.actions, key=lambda one: one.id) == sorted(plain.actions, key=lambda one: one.id)
    assert sorted(duty.id for duty in found.duties) == sorted(duty.id for duty in plain.duties)
    assert sorted(found.unrouted) == sorted(plain.unrouted)
