"""Checks of what a step asks (PB228): the arrears of a plan, and nothing that cannot be asked with them."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import Asks, Diagnostic, Playbook, Severity, StepKind
from relance.sentences import sentence


@check(
    Code(
        "PB228", "arrears with what is not asked with them", Severity.ERROR,
        what="A step that asks the arrears of a plan claims nothing beside them, and hands nothing over.",
        why="What is missing of a plan is a part of the principal: interest and indemnity are of the whole, and so is what another person is to recover.",
        source="C. civ. 1305-2",
        bad="""\
steps:
  - {id: plan-rompu, at: plan.broken, channels: [letter], tone: firm, asks: arrears, claim: [late_interest]}
""",
        good="""\
steps:
  - {id: plan-rompu, at: plan.broken, channels: [letter], tone: firm, asks: whole, claim: [late_interest]}
""",
    ),
)
def arrears_with_more(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB228: `asks: arrears` on a step that claims charges, or that hands over or goes to court."""
    for index, step in enumerate(playbook.steps):
        if step.asks is not Asks.ARREARS:
            continue
        if step.claim:
            message = sentence('"{step}" asks the arrears of a plan, and charges beside them', step=step.id)
            yield source.at(("steps", index, "asks")).diagnostic("PB228", message, hint=sentence("write `asks: whole`, or leave `claim` out"))
        elif step.kind in (StepKind.HANDOVER, StepKind.LEGAL):
            message = sentence('"{step}" asks the arrears of a plan, and gives the case away', step=step.id)
            yield source.at(("steps", index, "asks")).diagnostic("PB228", message, hint=sentence("leave `asks` out: what another person recovers is the whole"))
