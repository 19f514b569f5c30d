"""Checks of a playbook that has the right shape: pure functions, `Playbook, Source → diagnostics`, each with its code, texts and examples at its head.

Owns the waivers and the order. A check never changes anything and never stops another.
"""

from __future__ import annotations

from relance.language.code import checks
from relance.language.source import Source
from relance.model import Diagnostic, Playbook, Severity


def run(playbook: Playbook, source: Source) -> tuple[Diagnostic, ...]:
    """Run every check and take out what the author waived."""
    found = {finding for check in checks() for finding in check(playbook, source)}
    return waived(playbook, tuple(sorted(found)))


def waived(playbook: Playbook, findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Take out the findings the author waived with a reason. A mistake of the file or of a wording stays, and so does what is an offence."""
    from relance.language.checks.law import may_waive

    codes = {waiver.code for waiver in playbook.waive if waiver.reason.strip() and may_waive(waiver.code)}
    return tuple(each for each in findings if each.code not in codes or (each.severity is Severity.ERROR and not each.code.startswith("PB3")))
