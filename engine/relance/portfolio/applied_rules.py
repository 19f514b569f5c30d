"""The rules a portfolio was decided by, as plain values for the journal: the routing and its playbooks, whole; and back.

What decided on a past day can so be asked again when the files have changed or are gone. Reads no file; a routing that was
made in code and not from files is not written down.
Why so, and what was refused: docs/decisions/037.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relance.journal.event_types import jsonable
from relance.language import build, parse
from relance.portfolio.routing import Route, Routing, required


def plain_of(routing: Routing) -> dict[str, Any] | None:
    """Write a routing as plain values: its rules in their order, and every playbook as its file said it."""
    playbooks = routing.playbooks
    if any(playbook.said is None for playbook in playbooks.values()) or any(rule.condition and rule.said is None for rule in routing.rules):
        return None
    routes = [{"playbook": rule.playbook.id} | ({"if": rule.said} if rule.condition else {}) for rule in routing.rules]
    within = routing.statement_within
    require = {} if within is None else {"require": {"statement_within": f"{within.number} {within.unit}s"}}
    plain: dict[str, Any] = jsonable({"routes": routes, "playbooks": {name: playbooks[name].said for name in sorted(playbooks)}, **require})
    return plain


def routing_of(plain: Mapping[str, Any]) -> Routing:
    """Make the routing of plain values again."""
    playbooks = {name: build.playbook(said) for name, said in plain["playbooks"].items()}
    rules = tuple(
        Route(playbooks[one["playbook"]], parse.condition(one["if"]) if "if" in one else None, one.get("if")) for one in plain["routes"]
    )
    return Routing(rules, playbooks, required(plain))
