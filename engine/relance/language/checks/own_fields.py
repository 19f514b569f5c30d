"""Checks of a creditor's own fields (PB230): what a condition asks for is declared, and as what it is compared."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.checks.references import comparisons
from relance.language.code import Code, check
from relance.language.source import Path, Source
from relance.language.vocabulary import meant
from relance.model import OWN, Condition, Diagnostic, Playbook, Severity
from relance.own_fields import compared_as
from relance.sentences import sentence


@check(
    Code(
        "PB230", "a field that nobody declared so", Severity.ERROR,
        what="A field that a condition asks for stands in `fields`, and is compared as the kind that it has there.",
        why="A misspelt field is never known, so that its comparison is false for ever and nobody sees it.",
        source="decision 118",
        bad="""\
fields: {formule: text}
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous, if: {field: {formul: premium}}}
""",
        good="""\
fields: {formule: text}
steps:
  - {id: relance, at: J+3, channels: [email], tone: courteous, if: {field: {formule: premium}}}
""",
    ),
)
def fields_as_declared(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB230: a condition on a field that `fields` does not name, or names as another kind."""
    kinds = dict(playbook.fields)
    for place, condition in _conditions(playbook):
        for test in comparisons(condition):
            if not test.fact.startswith(OWN):
                continue
            name, asked = test.fact.removeprefix(OWN), compared_as(test)
            if name not in kinds:
                near = meant(name, kinds)
                hint = sentence('did you mean "{near}"?', near=near) if near else sentence("declare it: `fields: {{{name}: {kind}}}`", name=name, kind=asked)
                yield source.at(place).diagnostic("PB230", sentence('no field is called "{name}"', name=name), hint=hint)
            elif kinds[name] is not asked:
                message = sentence('"{name}" is declared as {declared}, and compared as {asked}', name=name, declared=kinds[name], asked=asked)
                yield source.at(place).diagnostic("PB230", message, hint=sentence("compare it as it is declared, or declare it as it is compared"))


def _conditions(playbook: Playbook) -> Iterator[tuple[Path, Condition]]:
    for key, members in (("stop_when", playbook.stop_when), ("hold_while", playbook.hold_while)):
        yield from (((key, place), member) for place, member in enumerate(members))
    yield from ((("steps", index, "if"), step.condition) for index, step in enumerate(playbook.steps) if step.condition is not None)
