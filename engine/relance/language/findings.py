"""Which findings make a file unusable: the one answer to "is there an error"."""

from __future__ import annotations

from collections.abc import Iterable

from relance.model import Diagnostic, Severity


def errors(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep the findings that make a file unusable."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    """Say whether a finding makes the file unusable."""
    return any(finding.severity is Severity.ERROR for finding in findings)
