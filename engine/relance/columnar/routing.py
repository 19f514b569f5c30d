"""Which playbook takes which invoices of a portfolio in tables: the rules of a routing, in their order, over whole columns.

The same answers as `relance.portfolio.routing.assign` gives of one debtor. Invoices that a person moved are not here: their debtors are rare.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from relance.columnar.conditions import NOT_IN_TABLES
from relance.columnar.engines import Frame, stacked
from relance.columnar.inputs import CLAIM, WHO, Setting, apart, fitting, size, under, unfitting
from relance.columnar.pipeline import holding
from relance.interpreter.conditions import leaves
from relance.portfolio.routing import Route, Routing, Unrouted, asking, why_unrouted


@dataclass(frozen=True)
class Routed:
    """One setting for each playbook that may take something, with the invoices it takes, and the invoices (who, claim) no rule takes.

    `base` is the whole portfolio but the debtors that are left to the plain fold.
    """

    base: Setting
    settings: tuple[Setting, ...]
    left: Frame


def routed(base: Setting, routing: Routing) -> Routed:
    """Share the invoices of a portfolio out among the playbooks of a routing."""
    left = base.invoices.select(WHO, CLAIM)
    taken: dict[str, list[Frame]] = {}
    for place, rule in enumerate(routing.rules):
        here = fitting(base, rule.playbook, left)
        if _beyond(rule):
            if base.engine.home(here.head(1).select(WHO)).height:
                return routed(apart(base, here), routing)
            continue
        if rule.condition is None:
            left = unfitting(base, rule.playbook, left)
        else:
            here = base.engine.keep(_holding(base, routing, place, rule, here))
            left = left.join(here, on=CLAIM, how="anti")
        taken.setdefault(rule.playbook.id, []).append(here)
        left = base.engine.keep(left)
    playbooks = {rule.playbook.id: rule.playbook for rule in routing.rules}
    settings = []
    for name, claims in taken.items():
        every = len(routing.rules) == 1 and routing.rules[0].condition is None
        invoices = fitting(base, playbooks[name], base.invoices) if every else base.invoices.join(stacked(claims), on=CLAIM, how="semi")
        settings.append(under(base, playbooks[name], invoices))
    return Routed(base, tuple(settings), left)


def _holding(base: Setting, routing: Routing, place: int, rule: Route, claims: Frame) -> Frame:
    """Leave of some claims those of cases of which the condition of a rule holds."""
    asked = asking(routing, rule.playbook.unit)
    condition = asked.steps[place].condition
    assert condition is not None
    invoices = base.invoices.join(claims.select(CLAIM), on=CLAIM, how="semi")
    return holding(under(base, asked, invoices), condition)


def _beyond(rule: Route) -> bool:
    """Say whether a rule, or its playbook, asks for what only the plain fold knows."""
    playbook = rule.playbook
    conditions = [*playbook.stop_when, *playbook.hold_while, *(step.condition for step in playbook.steps if step.condition is not None)]
    conditions += [rule.condition] if rule.condition is not None else []
    return any(leaf.fact in NOT_IN_TABLES for condition in conditions for leaf in leaves(condition))


def unrouted(found: Routed, routing: Routing) -> list[Unrouted]:
    """List the invoices no rule takes, with the reason."""
    base = found.base
    if not size(base.engine, found.left):
        return []
    kinds = base.debtors.select(WHO, "kind")
    rows = base.all_invoices.join(found.left.select(CLAIM), on=CLAIM, how="semi").join(kinds, on=WHO, how="left")
    home = base.engine.home(rows.select("creditor", "debtor", nw.col("id"), "kind"))
    return [Unrouted(creditor, debtor, name, why_unrouted(routing, kind)) for creditor, debtor, name, kind in home.sort("creditor", "debtor", "id").iter_rows()]
