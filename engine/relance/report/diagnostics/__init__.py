"""Findings as people and machines read them: one renderer a file behind one interface, `render(report) -> str`.

Owns the forms and what may be shown: whatever a file held, no control character of it reaches a terminal or a CI system.
Prints nothing and reads nothing.
Why so, and what was refused: docs/decisions/046.
"""

from __future__ import annotations

from importlib import import_module

from relance.report.diagnostics.findings import Report

__all__ = ["FORMS", "Report", "render"]

#: Form → module. Each offers `render(report: Report) -> str`.
FORMS = {"text": "text", "json": "as_json", "github": "github", "gitlab": "gitlab", "junit": "junit", "sarif": "sarif"}


def render(report: Report, form: str) -> str:
    """Write a report in one of `FORMS`. The text ends with a line break unless it is empty."""
    text: str = import_module(f"{__name__}.{FORMS[form]}").render(report)
    return text
