"""A routing's proof against the routing itself: what no class shows happens to no drawn claim, and what is said of a class is so."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from relance.cli import main
from relance.model import Address, Facts
from relance.portfolio.routing import Routing, assign, read_routing
from relance.proof.prove import Ruling
from relance.proof.routes import prove_routing
from relance.simulation.what_if import invented

ON = date(2026, 6, 1)
CONDITIONS = (
    "{debtor: consumer}", "{debtor: business}", '{balance: {at_least: "500.00"}}', '{balance: {less_than: "100.00"}}', "{days_overdue: {more_than: 30}}", "{days_overdue: {at_most: 29}}",
    "{profile: [negligent, standard]}", "{profile: negligent}", "{country: [DE, BE]}", "{tag: vip}", '{postcode: ["97", "973"]}', "{not: {debtor: consumer}}", "{disputed: true}",
    '{any_of: [{profile: negligent}, {balance: {at_least: "500.00"}}]}', '{debtor: business, original_amount: {at_least: "1000.00"}}', "{score: {less_than: 3}}", "{limitation_within: 6 months}",
)  # fmt: skip


def routing_of(folder: Path, *rules: tuple[str, str]) -> Routing:
    lines = [f"  - playbook: {name}\n" + (f"    if: {condition}\n" if condition else "") for name, condition in rules]
    path = folder / "routing.yaml"
    path.write_text("schema: 1\nroutes:\n" + "".join(lines), encoding="utf-8")
    found, findings = read_routing(path)
    assert found is not None, findings
    return found


def claim(draw: random.Random) -> Facts:
    amount = Decimal(draw.choice(("50.00", "99.99", "100.00", "499.99", "500.00", "999.99", "1000.00", "4000.00")))
    made = invented(ON - timedelta(draw.choice((5, 29, 30, 31, 60))), amount, debtor=draw.choice(("business", "consumer")), profile=draw.choice(("negligent", "standard", "other", None)))
    code = draw.choice(("69001 Lyon", "97200 Fort-de-France", "97300 Cayenne"))
    debtor = replace(
        made.debtor, country=draw.choice(("FR", "DE", "BE")), tags=draw.choice(((), ("vip",))), score=draw.choice((None, 2, 3)), address=Address(("1 rue de la Paix", code))
    )
    return replace(made, debtor=debtor)


@pytest.mark.parametrize("_", range(25))
def test_what_is_drawn_is_within_what_was_proved(_: int, tmp_path: Path):
    seed = random.randrange(10**9)
    draw = random.Random(seed)
    rules = [(draw.choice(("negligent", "systematique", "courtois", "consommateur")), draw.choice(("", *CONDITIONS, *CONDITIONS))) for _ in range(draw.randint(1, 4))]
    routing = routing_of(tmp_path, *rules)
    proof = prove_routing(routing)
    assert proof.whole
    kinds = {rule.playbook.debtor for rule in routing.rules}
    taken = set()
    for _ in range(60):
        facts = claim(draw)
        assigned, unrouted = assign(routing, facts, ON)
        if unrouted and (facts.debtor.kind in kinds or "any" in kinds):
            assert proof.untaken is not None, (seed, rules, facts)
        taken |= {each.playbook.id for each in assigned}
    assert taken <= {rule.playbook.id for place, rule in enumerate(routing.rules) if place not in proof.idle}, (seed, rules)


@pytest.mark.parametrize(
    ("rules", "ruling", "idle", "overlaps"),
    [
        ([("negligent", "")], Ruling.PROVED, (), set()),
        ([("negligent", "{profile: negligent}")], Ruling.BROKEN, (), set()),
        ([("negligent", "{profile: negligent}"), ("systematique", "{not: {profile: negligent}}")], Ruling.PROVED, (), set()),
        ([("systematique", '{balance: {at_least: "100.00"}}'), ("negligent", '{balance: {at_least: "500.00"}}'), ("courtois", "")], Ruling.BROKEN, (1,), {(0, 1)}),
        ([("negligent", '{balance: {at_least: "500.00"}}'), ("systematique", '{balance: {at_least: "100.00"}}'), ("courtois", "")], Ruling.PROVED, (), set()),
        ([("negligent", '{balance: {at_least: "500.00"}}'), ("systematique", "{profile: standard}"), ("courtois", "")], Ruling.PROVED, (), {(0, 1)}),
        ([("negligent", '{balance: {at_least: "500.00"}, not: {balance: {more_than: "400.00"}}}'), ("courtois", "")], Ruling.BROKEN, (0,), set()),
    ],
)
def test_gaps_idle_rules_and_overlaps(rules, ruling, idle, overlaps, tmp_path: Path):
    proof = prove_routing(routing_of(tmp_path, *rules))
    assert (proof.ruling, proof.idle, set(proof.overlaps)) == (ruling, idle, overlaps)


def test_the_command_says_who_is_taken_by_none(tmp_path: Path):
    routing_of(tmp_path, ("negligent", '{balance: {at_least: "500.00"}}'))
    found = CliRunner().invoke(main, ["prove", str(tmp_path / "routing.yaml")])
    assert found.exit_code == 1
    assert "no rule takes this claim: debtor business, balance 499.99" in found.output
    routing_of(tmp_path, ("negligent", ""))
    found = CliRunner().invoke(main, ["prove", str(tmp_path / "routing.yaml")])
    assert found.exit_code == 0
    assert "each is taken by a rule" in found.output
