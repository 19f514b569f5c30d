"""The rules of approval that a journal is kept by: they stand in its chains, and count from whichever folder or machine it is opened.

A `relance.yaml` declares them (`approvals.declared`): the first that is seen, by whoever runs or approves with it; a change of them by
somebody whom the rules of before let approve. What another `relance.yaml` says counts for nothing until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from relance.journal.approved_by_files import rules_said
from relance.journal.journal import Journal
from relance.model import Event
from relance.project import ApprovalRule, Project
from relance.sentences import sentence


def rules_declared(journal: Journal) -> tuple[ApprovalRule, ...]:
    """Return the rules that were declared last in any chain; none where none ever were."""
    return rules_said(entry.data for entry in sorted(journal.entries(kinds=("approvals.declared",)), key=lambda entry: entry.recorded_at))


def rules_of_house(journal: Journal, project: Project | None) -> tuple[ApprovalRule, ...]:
    """Return the rules that count: those declared, else the project's."""
    return rules_declared(journal) or (() if project is None else project.approvals)


def declare_rules(journal: Journal, project: Project | None, *, on: date, actor: str) -> tuple[bool, str | None]:
    """Write a project's rules into the chains where they say otherwise. Return whether they were written, and why they may not be, or None.

    `actor` is who the system says. A project without rules takes none back: `approvals: [{people: 1}]` does.
    """
    wanted, present = () if project is None else project.approvals, rules_declared(journal)
    if not wanted or set(wanted) == set(present) or not journal.creditors():
        return False, None
    if who := kept_from(present, wanted, actor):
        return False, sentence(
            "the approvals of relance.yaml are not those of the journal, which only {names} may change, and you are {actor}: the journal's count",
            names=", ".join(sorted(who)), actor=actor,
        )  # fmt: skip
    journal.declare_all([Event(on, "approvals.declared", data={"rules": {"approvals": [rule.plain() for rule in wanted]}})], actor=actor)
    return True, None


def kept_from(present: Sequence[ApprovalRule], wanted: Sequence[ApprovalRule], actor: str) -> frozenset[str]:
    """Return who may make these rules of those, where this person may not: each rule that goes is let go by whom it names, and one more is added by anybody whom a rule names."""
    gone = [rule.who for rule in present if rule not in wanted and rule.who]
    anybody = frozenset[str]().union(*(rule.who for rule in present))
    asked = gone or ([anybody] if anybody else [])
    return next((who for who in asked if actor not in who), frozenset())
