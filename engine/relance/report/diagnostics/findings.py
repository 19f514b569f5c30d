"""What every renderer starts from: the findings, the texts they stand in, and how many files were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from relance.escaping import shown
from relance.model import Diagnostic, Severity
from relance.sentences import Phrase, plural, tell, told


@dataclass(frozen=True)
class Report:
    """Findings on `files`, in their order. `texts` holds, by path, the text a finding points into, where there is one.

    `quiet` leaves out all that is no finding; `colour` is for a terminal, in the form that is meant for one.
    """

    found: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    colour: bool = False

    @cached_property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Return the findings in the language of the reader, fit to be shown."""
        return tuple(
            replace(one, path=shown(one.path), message=shown(told(one.message)), hint=shown(told(one.hint)) if one.hint else None) for one in self.found
        )

    @property
    def summary(self) -> str:
        """Count what was found, in one line."""
        read = len({*self.files, *(one.path for one in self.found)})  # a finding may stand in a wording beside what was named
        total = plural("{count} file", "{count} files", read)
        if not self.found:
            return tell("{total}, nothing found", total=total)
        counts = [(sum(one.severity is severity for one in self.found), severity) for severity in Severity]
        named = [count_of(severity, count) for count, severity in counts if count]
        return tell("{named} in {count} of {total}", named=named, count=len({one.path for one in self.found}), total=total)


def count_of(severity: Severity, count: int) -> Phrase:
    """Count findings of one severity."""
    if severity is Severity.ERROR:
        return plural("{count} error", "{count} errors", count)
    if severity is Severity.WARNING:
        return plural("{count} warning", "{count} warnings", count)
    return plural("{count} hint", "{count} hints", count)


def named(severity: Severity) -> str:
    """Name a severity in the language of the reader."""
    return {Severity.ERROR: tell("error"), Severity.WARNING: tell("warning"), Severity.HINT: tell("hint")}[severity]


def url(code: str) -> str:
    """Say where a code is explained: a place in the documentation that comes with relance."""
    return f"docs/codes.md#{code.lower()}"
