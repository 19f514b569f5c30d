"""A portfolio played forward view by view, against previews of single cases; and what a change of a playbook changes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import generator
import pytest
from click.testing import CliRunner
from conftest_scale import ON, ROOT, portfolio, shipped

from relance.cli import main
from relance.ladder import preview
from relance.ledger.fold.engines import DuckEngine, PolarsEngine
from relance.ledger.forecast import Behaviour, BehaviourError, change, forecast, read_behaviour, views_of
from relance.ledger.tables import from_facts

UNTIL = ON + timedelta(days=120)


def quiet(seed: int) -> list:
    """Make debtors of one invoice to whom nothing happens but what the ladder does."""
    found = []
    for facts in portfolio(seed, shipped("negligent"), debtors=60):
        claim = facts.invoices[0]
        debtor = replace(facts.debtor, kind="business")
        found.append(replace(facts, debtor=debtor, invoices=(claim,), events=(), contacts_elsewhere=()))
    return found


@pytest.mark.parametrize("name", ["negligent", "systematique", "declic"])
def test_a_forecast_is_the_sum_of_the_previews(name: str) -> None:
    playbook, facts = shipped(name), quiet(31)
    made = forecast(views_of(PolarsEngine(), from_facts(facts).frames(), playbook, ON), UNTIL)
    wanted: Counter = Counter()
    for each in facts:
        for entry in preview(playbook, each, ON, UNTIL).entries:
            wanted.update((entry.on, action.step, str(action.channel)) for action in entry.actions)
    assert {tuple(line): number for line, number in made.actions.items()} == dict(wanted)


def test_engines_agree_and_a_forecast_is_the_same_twice(tmp_path: Path) -> None:
    tables, playbook = generator.generate(tmp_path, 3000), shipped("negligent")
    paying = Behaviour({"any": ((5, 0.1), (20, 0.4))})
    first, second, third = (
        forecast(views_of(engine, tables, playbook, ON), UNTIL, paying) for engine in (PolarsEngine(), PolarsEngine(), DuckEngine())
    )
    assert first.actions == second.actions
    assert {key: round(number, 6) for key, number in first.actions.items()} == {key: round(number, 6) for key, number in third.actions.items()}
    assert first.cash == second.cash
    assert sum(first.cash.values()) > 0


def test_nothing_changes_between_a_playbook_and_itself(tmp_path: Path) -> None:
    tables, playbook = generator.generate(tmp_path, 2000), shipped("negligent")
    views = views_of(PolarsEngine(), tables, playbook, ON)
    assert change(views, views, UNTIL).changed == 0
    without = replace(playbook, version=2, steps=tuple(step for step in playbook.steps if step.id != "appel"))
    found = change(views, views_of(PolarsEngine(), tables, without, ON), UNTIL)
    assert found.removed["appel"] > found.added.total()
    assert len(found.worst) == 10


def test_a_behaviour_that_cannot_be_is_said(tmp_path: Path) -> None:
    for text in ("after: {any: {7: 20%}}", 'after: {any: {"7": "0.5", "9": "0.2"}}', "before: 1", "after: ["):
        path = tmp_path / "paying.yaml"
        path.write_text(text)
        with pytest.raises(BehaviourError):
            read_behaviour(path)


def test_the_commands_write_pages_that_load_nothing(tmp_path: Path) -> None:
    generator.generate(tmp_path / "lake", 1000)
    page, other = tmp_path / "forecast.html", tmp_path / "diff.html"
    common = ["--portfolio", str(tmp_path / "lake"), "--from", str(ON), "--until", str(UNTIL)]
    said = CliRunner().invoke(main, ["forecast", "negligent", *common, "--html", str(page), "--format", "json"])
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["cases"] == 1000
    changed = tmp_path / "negligent.yaml"
    changed.write_text((ROOT / "playbooks" / "negligent.yaml").read_text().replace("at: J+30", "at: J+20").replace("version: 1", "version: 2"))
    said = CliRunner().invoke(main, ["diff", "negligent", str(changed), *common, "--html", str(other)])
    assert said.exit_code == 0, said.output
    for path in (page, other):
        text = path.read_text()
        assert "<svg" in text
        assert "http" not in text
        assert "src=" not in text
