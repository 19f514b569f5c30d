"""A mistake in what a person wrote: where it stands and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; an error makes a playbook unusable."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One mistake in what a person wrote. Lines and columns count from 1; `end_column` is one past the last character."""

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    end_line: int = 0
    end_column: int = 0
    hint: str | None = None
