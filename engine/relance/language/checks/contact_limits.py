"""Checks of the contact rules among themselves: a limit that another one, or the ladder's own channels, leave nothing to do (PB231)."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.checks.law import least_days
from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import Channel, ContactCap, ContactRules, Diagnostic, Playbook, Severity
from relance.sentences import joined, lasting, plural, sentence


@check(
    Code(
        "PB231", "a contact limit that never binds", Severity.WARNING,
        what="Each limit of `contact` can put something off: a step goes by its channels, and no other limit allows less by itself.",
        why="Who reads the file believes in a rule that does nothing; mostly a number or a channel is wrong.",
        source="decision 116",
        bad="""\
contact: {min_gap: 15 days, at_most: {contacts: 3, within: 30 days}}
""",
        good="""\
contact: {min_gap: 4 days, at_most: {contacts: 3, within: 30 days}}
""",
    ),
)
def limits_that_never_bind(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB231: limits of channels that no step goes by, and limits that another one makes idle."""
    rules = playbook.contact
    used = {channel for step in playbook.steps for channel in (*step.channels, *dict(step.fallback).values())}
    for number, cap in enumerate(rules.at_most):
        where = source.at(("contact", "at_most", number))
        if cap.channels and not cap.channels & used:
            message = sentence("no step goes by {channels}", channels=joined(sorted(cap.channels), "or"))
            yield where.diagnostic("PB231", message, severity=Severity.WARNING, hint=sentence("drop the limit, or name the channels that the steps use"))
        elif (other := next((each for each in _others(rules, number) if _implies(each, cap)), None)) is not None:
            message = plural(
                "{contacts} in {days} is never reached: another rule allows {other} in {span}", "{contacts} in {days} are never reached: another rule allows {other} in {span}",
                cap.contacts, contacts=_contacts(cap), days=_days(cap), other=_contacts(other), span=_days(other),
            )  # fmt: skip
            yield where.diagnostic("PB231", message, severity=Severity.WARNING, hint=sentence("drop the wider one, or tighten it"))


def _contacts(cap: ContactCap) -> str:
    return plural("{count} contact", "{count} contacts", cap.contacts)


def _days(cap: ContactCap) -> str:
    return lasting(least_days(cap.within), "day")


def _others(rules: ContactRules, number: int) -> Iterator[ContactCap]:
    """Give the limits beside one: `min_gap`, which is of one contact, and those of `at_most`; of two equal ones the first stays."""
    if rules.min_gap is not None:
        yield ContactCap(1, rules.min_gap, frozenset[Channel]())
    for place, other in enumerate(rules.at_most):
        if place < number or (place > number and not _implies(rules.at_most[number], other)):
            yield other


def _implies(tight: ContactCap, wide: ContactCap) -> bool:
    """Say whether keeping one limit keeps another: it counts every contact of the other, and fits no more into its days."""
    if tight.channels and not (wide.channels and wide.channels <= tight.channels):
        return False
    spans = -(-least_days(wide.within) // max(1, least_days(tight.within)))
    return tight.contacts * spans <= wide.contacts
