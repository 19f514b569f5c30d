"""Checks of to whom within the debtor's house a step is addressed (PB229): a role needs a channel that reaches it, and a consumer has none."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import LETTERS, Channel, DebtorRole, Diagnostic, Playbook, Severity, Step
from relance.sentences import sentence


@check(
    Code(
        "PB229", "an addressee that nothing reaches", Severity.ERROR,
        what="`cc` is of an e-mail, `to_role` of an e-mail or a letter, and neither is of a consumer: nobody of his household or at his work is told of his debt.",
        why="A copy that no message carries is sent to nobody; one about a private person's debt tells a third party of it.",
        source="decision 196; C. civ. art. 9; GDPR art. 5",
        bad="""\
steps:
  - {id: lettre, at: J+10, channels: [letter], tone: firm, template: relance-1, cc: [director]}
""",
        good="""\
steps:
  - {id: lettre, at: J+10, channels: [letter, email], tone: firm, template: relance-1, cc: [director]}
""",
    ),
)
def addressee_out_of_reach(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB229: a role on a step that reaches no role, or of a consumer."""
    for number, step in enumerate(playbook.steps):
        for key, message in _wrong(playbook, step):
            yield source.at(("steps", number, key)).diagnostic("PB229", message)


def _wrong(playbook: Playbook, step: Step) -> Iterator[tuple[str, str]]:
    if step.cc and Channel.EMAIL not in step.channels and Channel.EMAIL not in dict(step.fallback).values():
        yield "cc", sentence("a copy is of an e-mail, and this step sends none")
    if step.to_role and not {Channel.EMAIL, *LETTERS} & {*step.channels, *dict(step.fallback).values()}:
        yield "to_role", sentence("a role is written to by e-mail or letter, and this step sends neither")
    if playbook.debtor == "consumer":
        if step.to_role:
            yield "to_role", sentence("a consumer has no such role: who else reads it is a third party to his debt")
        if set(step.cc) - {DebtorRole.SALESMAN}:
            yield "cc", sentence("a consumer has no such role: who else reads it is a third party to his debt")
