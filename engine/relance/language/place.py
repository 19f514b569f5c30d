"""Where a token of a file stands, and a finding at that place."""

from __future__ import annotations

from typing import NamedTuple

from relance.model import Diagnostic, Severity


class Span(NamedTuple):
    """Where a token stands: lines and columns count from 1, the end column is one past the last character."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def diagnostic(self, code: str, message: str, *, severity: Severity = Severity.ERROR, hint: str | None = None) -> Diagnostic:
        """Make a finding at this place."""
        return Diagnostic(self.path, self.line, self.column, code, severity, message, self.end_line, self.end_column, hint)
