"""Checks of what stands in for a channel (PB234): a channel that the step has not, or that stands in for itself."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import Channel, Diagnostic, Playbook, Severity
from relance.sentences import sentence


@check(
    Code(
        "PB234", "a fallback that does nothing", Severity.WARNING,
        what="`fallback` names, for a channel of the step, another one to use instead.",
        why="A channel that the step has not is never missing, and one cannot stand in for itself: who reads the line believes that the debtor is reached, and the action becomes a task.",
        source="reference.md, steps.fallback",
        bad="""\
steps: [{id: relance-1, at: J+3, channels: [email], fallback: {sms: letter}, tone: courteous}]
""",
        good="""\
steps: [{id: relance-1, at: J+3, channels: [email], fallback: {email: letter}, tone: courteous}]
""",
    ),
)
def a_fallback_of_nothing(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB234: a fallback for a channel that the step has not, or by the same channel."""
    for number, step in enumerate(playbook.steps):
        for missing, other in step.fallback:
            where = source.key(("steps", number, "fallback", str(missing)))
            if missing == other:
                message = sentence('"{channel}" stands in for itself', channel=str(missing))
                yield where.diagnostic("PB234", message, severity=Severity.WARNING, hint=sentence("name another channel, or leave it out: a task then says what is missing"))
            elif missing not in step.channels:
                yield where.diagnostic("PB234", sentence('the step does not use "{channel}", for which "{other}" stands in', channel=str(missing), other=str(other)), severity=Severity.WARNING, hint=_instead(missing, other, step.channels))


def _instead(missing: Channel, other: Channel, channels: tuple[Channel, ...]) -> str:
    """Say what was meant: the pair the other way round, the step's only channel, or a channel to add."""
    if other in channels:
        return sentence("write the whole {written}", written=f"{{{other}: {missing}}}")
    if len(channels) == 1:
        return sentence("write the whole {written}", written=f"{{{channels[0]}: {other}}}")
    return sentence('add "{channel}" to `channels`, or leave it out', channel=str(missing))
