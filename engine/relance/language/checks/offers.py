"""Checks of what a step offers (PB232): one thing, until a day, one at a time, by a message, where what is agreed stops or holds its case."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.checks.law import least_days
from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import TEXT_CHANNELS, Channel, Condition, Diagnostic, Playbook, Severity, Step, StepKind, Test
from relance.sentences import sentence


@check(
    Code(
        "PB232", "an offer that cannot stand", Severity.ERROR,
        what="A step offers a settlement below the whole, or instalments, not both; until the last day that it `grants`, and never two at once; by a message of its own that claims nothing beside the principal and is no formal notice. What is accepted holds the case, what was settled stops it.",
        why="An offer without a day binds who makes it for a time that a court finds, and one whose acceptance is not heeded is a trap.",
        source="C. civ. 1116, 1117, 1350",
        bad="""\
steps:
  - {id: solde, at: J+60, channels: [letter], tone: neutral, template: offre-solde, offer: {settlement: "70"}}
""",
        good="""\
steps:
  - {id: solde, at: J+60, channels: [letter], tone: neutral, template: offre-solde, grants: 20 days, offer: {settlement: "70"}}
""",
    ),
)
def offers_that_stand(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB232: `offer` on a step that cannot make it, and in a playbook that does not heed what becomes of it."""
    for index, step in enumerate(playbook.steps):
        for message, hint in (*_itself(step), *_heeded(step, playbook)):
            yield source.at(("steps", index, "offer")).diagnostic("PB232", message, hint=hint)


def _itself(step: Step) -> Iterator[tuple[str, str]]:
    offer = step.offer
    if offer is None:
        return
    if (offer.settlement is None) is (offer.instalments is None):
        yield sentence('"{step}" offers a settlement or instalments, one of the two', step=step.id), sentence('write `settlement: "70"` or `instalments: 3`')
    elif offer.settlement is not None and not 0 < offer.settlement < 100:
        yield sentence('"{step}" offers to settle for {share} %', step=step.id, share=offer.settlement), sentence("a settlement is a share between 0 and 100")
    if offer.by_payment and offer.settlement is None:
        yield sentence('"{step}" offers instalments that a payment is to accept', step=step.id), sentence("leave `accepted_by` out: a plan is accepted by a word")
    if step.grants is None:
        yield sentence('"{step}" makes an offer without a last day', step=step.id), sentence("add `grants`: the offer stands until then")
    elif step.repeat is not None and least_days(step.repeat.every) <= least_days(step.grants):
        yield sentence('"{step}" makes its offer again while the last one still stands', step=step.id), sentence("let more time pass between two, by `repeat`, than each `grants`")
    if step.claim or step.kind is not StepKind.REMINDER:
        yield sentence('"{step}" makes an offer and demands more at once', step=step.id), sentence("make the offer in a reminder without `claim`")
    if not set(step.channels) & (TEXT_CHANNELS - {Channel.SMS, Channel.CALL}):
        yield sentence('"{step}" makes an offer that nobody reads', step=step.id), sentence("make it by e-mail or letter: it is to be read again")


def _heeded(step: Step, playbook: Playbook) -> Iterator[tuple[str, str]]:
    if step.offer is None:
        return
    if step.offer.instalments is not None:
        wanted = "plan_running"
    else:
        wanted = "promised"
        if not _looks_at(playbook.stop_when, "written_off"):
            yield sentence('"{step}" offers a settlement, and what is settled does not stop the ladder', step=step.id), sentence("add written_off to `stop_when`")
    if not _looks_at((*playbook.stop_when, *playbook.hold_while), wanted):
        yield sentence('what "{step}" offers can be accepted, and the ladder goes on meanwhile', step=step.id), sentence("add {word} to `hold_while`", word=wanted)


def _looks_at(conditions: tuple[Condition, ...], word: str) -> bool:
    return any(isinstance(each, Test) and each.fact == word and each.value is True for each in conditions)
