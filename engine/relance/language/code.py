"""What a code means, and the mark that makes a function a check of the playbook: its code, texts and examples stand at the function, as in the linters this one learns from.

A check is one function in a module of `relance.language.checks`, marked with `@check(Code(...))`. Nothing else names it: `relance validate` runs it, `relance explain` and docs/codes.md
tell it, and a test holds its bad and its good example against it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from relance.language.source import Source
from relance.model import Diagnostic, Playbook, Severity

Check = Callable[[Playbook, Source], Iterable[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Code:
    """One code. `bad` and `good` are examples, None where one cannot be shown in a few lines; `reads` says as what they are read."""

    code: str
    title: str
    severity: Severity
    what: str
    why: str
    source: str
    bad: str | None = None
    good: str | None = None
    reads: str = "playbook"
    offence: bool = False


_CHECKS: dict[Check, tuple[Code, ...]] = {}


def check(*codes: Code) -> Callable[[Check], Check]:
    """Mark a pure function `Playbook, Source → diagnostics` as a check that gives these codes; a check of law gives none here: its rules are data, with their articles."""

    def mark(function: Check) -> Check:
        _CHECKS[function] = codes
        return function

    return mark


@lru_cache(maxsize=1)
def checks() -> dict[Check, tuple[Code, ...]]:
    """Find every check in the modules of `relance.language.checks`, with its codes; modules are read in the order of their names, none imports this function's answer."""
    package = importlib.import_module("relance.language.checks")
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    return dict(_CHECKS)
