"""Portfolios that nobody has seen: drawn anew at every run, the table fold against the plain fold, views and actions, one playbook and routings.

Hypothesis draws the seed, the playbook and the rules, prints what failed with the line that repeats it, and tries that first in the next run (`.hypothesis/`). A smaller seed is no simpler
portfolio, so nothing is shrunk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest_scale import PLAYBOOKS, portfolio, shipped
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from test_fold import same_actions, same_views
from test_routes import same

from relance.columnar.engines import PolarsEngine
from relance.language import load_playbook
from relance.model import AllOf, AnyOf, Combine, Condition, Facts, Not, Playbook, Test, Unit
from relance.portfolio.routing import Route, Routing

Drawn = tuple[str, Unit | None, Combine | None]
DrawnRules = list[tuple[str, Unit | None, Condition | None]]
FEW, MANY = 3, 150
#: Playbooks beside this file: every fact and anchor, and offers.
OWN = ("everything", "offers")
seeds = st.integers(0, 2**32)
rarities = st.sampled_from([0.0, 0.3, 1.0])
units = st.sampled_from([None, *Unit])
#: What rules ask. A tag or an amount takes single invoices out of an account, so that its rest climbs another ladder.
CONDITIONS: tuple[Condition, ...] = (
    Test("tag", "in", ("late",)),
    Test("balance", "at_least", Decimal(300)),
    Test("debtor", "in", ("consumer",)),
    Test("unpaid_invoices", "at_least", 2),
    AllOf((Test("days_overdue", "more_than", 30), Not(Test("disputed", "is", value=True)))),
    AnyOf((Test("profile", "in", ("negligent",)), Test("broken_promises", "at_least", 1))),
    AnyOf((Test("original_amount", "more_than", Decimal(500)), Test("postcode", "in", ("57", "69003", "971")))),
    AllOf((Test("due_on", "before", date(2026, 3, 15)), Not(Test("issued_on", "from", date(2026, 2, 1))))),
    Test("usual_delay", "at_least", 3),
)


def drawn(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(
        max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck)
    )


#: A playbook as it is drawn: its name, the unit if another than its own, how its messages are combined if otherwise.
drawn_playbooks = st.tuples(st.sampled_from([*PLAYBOOKS, *OWN]), units, st.sampled_from([None, *Combine]))
#: The rules of a routing as they are drawn: a playbook has one unit, and the last rule may take what is left.
drawn_rules = st.lists(
    st.tuples(st.sampled_from([*PLAYBOOKS, "offers"]), units, st.sampled_from([*CONDITIONS, None])), min_size=1, max_size=5, unique_by=lambda rule: rule[0]
)


def playbook_of(name: str, unit: Unit | None, combine: Combine | None = None) -> Playbook:
    found = load_playbook(Path(__file__).with_name(f"{name}.yaml"), checks=False)[0] if name in OWN else shipped(name)
    assert found is not None
    return replace(found, unit=unit or found.unit, combine=combine or found.combine)


def lived_under(routing: Routing, seed: int, rare: float, debtors: int) -> list[Facts]:
    """Draw debtors who lived under the playbooks of a routing, and whom people moved between them."""
    ids = [rule.playbook.id for rule in routing.rules]
    found = []
    for number, rule in enumerate(routing.rules):
        other = ids[(number + 1) % len(ids)]
        for facts in portfolio(seed + number, rule.playbook, rare=rare, debtors=debtors, first=number * debtors):
            events = tuple(
                replace(event, data={**event.data, "playbook": other})
                if event.kind == "playbook.changed" and event.data["playbook"] == "another" and "position" not in event.data
                else event
                for event in facts.events
            )
            found.append(replace(facts, events=events))
    return found


def one_playbook(drawn_as: Drawn, seed: int, rare: float) -> None:
    engine, playbook = PolarsEngine(), playbook_of(*drawn_as)
    facts = portfolio(seed, playbook, rare=rare, debtors=30)
    same_views(engine, playbook, facts)
    same_actions(engine, playbook, facts)


def one_routing(rules: DrawnRules, seed: int, rare: float) -> None:
    routing = Routing(tuple(Route(playbook_of(name, unit), condition) for name, unit, condition in rules))
    same(PolarsEngine(), routing, lived_under(routing, seed, rare, debtors=12))


@drawn(FEW)
@given(drawn_playbooks, seeds, rarities)
@example(("systematique", Unit.INVOICE, None), 2590783, 1.0)  # a reminder stands between a notice and the court, and the time that the notice granted still runs
def test_one_playbook_over_tables_and_one_by_one(drawn_as: Drawn, seed: int, rare: float) -> None:
    one_playbook(drawn_as, seed, rare)


@drawn(FEW)
@given(drawn_rules, seeds, rarities)
def test_a_routing_over_tables_and_one_by_one(rules: DrawnRules, seed: int, rare: float) -> None:
    one_routing(rules, seed, rare)


@pytest.mark.long
@drawn(MANY)
@given(drawn_playbooks, seeds, rarities)
@example(("offers", Unit.ACCOUNT, Combine.NONE), 53, 0.3)  # a message with an offer failed after the day
def test_many_portfolios_of_one_playbook(drawn_as: Drawn, seed: int, rare: float) -> None:
    one_playbook(drawn_as, seed, rare)


@pytest.mark.long
@drawn(MANY)
@given(drawn_rules, seeds, rarities)
def test_many_portfolios_of_a_routing(rules: DrawnRules, seed: int, rare: float) -> None:
    one_routing(rules, seed, rare)
