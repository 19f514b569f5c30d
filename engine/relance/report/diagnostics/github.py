"""Findings as workflow commands of GitHub Actions, which shows each beside its line."""

from __future__ import annotations

from relance.escaping import github_message, github_property
from relance.model import Severity
from relance.report.diagnostics.findings import Report

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def render(report: Report) -> str:
    """Write one command a finding, then the count."""
    said = []
    for one in report.findings:
        place = f"file={github_property(one.path)},line={one.line},col={one.column}"
        if one.end_line == one.line and one.end_column > one.column:
            place += f",endLine={one.end_line},endColumn={one.end_column}"
        text = github_message(one.message + (f"\n{one.hint}" if one.hint else ""))
        said.append(f"::{_LEVELS[one.severity]} {place},title={one.code}::{text}\n")
    if not report.quiet:
        said.append(f"{report.summary}\n")
    return "".join(said)
