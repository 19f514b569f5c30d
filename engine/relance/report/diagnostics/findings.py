"""What every renderer starts from: the findings, the texts they stand in, and how many files were looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from relance.model import Diagnostic, Severity

#: Controls, lone surrogates, and the marks that turn the direction of what follows.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def shown(text: str) -> str:
    """Write what must not reach a terminal, a log or an XML file as its escape sequence."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


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
        """Return the findings, fit to be shown."""
        return tuple(
            replace(one, path=shown(one.path), message=shown(one.message), hint=shown(one.hint) if one.hint else None) for one in self.found
        )

    @property
    def summary(self) -> str:
        """Count what was found, in one line."""
        read = len({*self.files, *(one.path for one in self.found)})  # a finding may stand in a wording beside what was named
        total = f"{read} file{'' if read == 1 else 's'}"
        if not self.found:
            return f"{total}, nothing found"
        counts = [(sum(one.severity is severity for one in self.found), severity.value) for severity in Severity]
        named = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count)
        return f"{named} in {len({one.path for one in self.found})} of {total}"


def url(code: str) -> str:
    """Say where a code is explained: a place in the documentation that comes with relance."""
    return f"docs/codes.md#{code.lower()}"
