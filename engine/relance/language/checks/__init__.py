"""Checks of a playbook that has the right shape: a list of pure functions, `Playbook, Source → diagnostics`.

Owns the registry, the waivers and the order. A check never changes anything and never stops another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from relance.language.source import Source
from relance.model import Diagnostic, Playbook

Check = Callable[[Playbook, Source], Iterable[Diagnostic]]


def registry() -> tuple[Check, ...]:
    """List every check, in no particular order."""
    return ()


def run(playbook: Playbook, source: Source) -> tuple[Diagnostic, ...]:
    """Run every check and take out what the author waived."""
    return tuple(sorted({finding for check in registry() for finding in check(playbook, source)}))
