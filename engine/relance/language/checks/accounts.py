"""Checks of what is said of accounts (PB233): a word for accounts in a playbook of invoices."""

from __future__ import annotations

from collections.abc import Iterator

from relance.language.code import Code, check
from relance.language.source import Source
from relance.model import Diagnostic, Playbook, Severity, Unit
from relance.sentences import sentence


@check(
    Code(
        "PB233", "a word for accounts where invoices climb alone", Severity.WARNING,
        what="`keeps_place` is of a playbook with `unit: account`.",
        why="An invoice that climbs alone has no other to keep its place for: the word does nothing, and who reads it believes in a rule.",
        source="decision 113",
        bad="""\
keeps_place: true
""",
        good="""\
unit: account
keeps_place: true
""",
    ),
)
def a_place_without_an_account(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """PB233: `keeps_place` where each invoice climbs on its own."""
    if playbook.keeps_place and playbook.unit is Unit.INVOICE:
        hint = sentence("write `unit: account`, or leave `keeps_place` out")
        yield source.at(("keeps_place",)).diagnostic("PB233", sentence('"keeps_place" does nothing where invoices climb alone'), severity=Severity.WARNING, hint=hint)
