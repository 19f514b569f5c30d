"""relance: playbooks as code for amicable debt recovery (recouvrement amiable), France first.

The public face. Names are loaded when they are first used, so that importing relance costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relance.importers.case_file import read_case
    from relance.interpreter import decide, look, observe
    from relance.interpreter.cases import cases
    from relance.language import load_playbook
    from relance.model import Action, Case, Decision, Diagnostic, Facts, Playbook, View
    from relance.simulation.timeline import preview

__all__ = [
    "Action",
    "Case",
    "Decision",
    "Diagnostic",
    "Facts",
    "Playbook",
    "View",
    "cases",
    "decide",
    "load_playbook",
    "look",
    "observe",
    "preview",
    "read_case",
]

_HOMES = {
    "relance.interpreter": ("decide", "look", "observe"),
    "relance.interpreter.cases": ("cases",),
    "relance.language": ("load_playbook",),
    "relance.importers.case_file": ("read_case",),
    "relance.simulation.timeline": ("preview",),
    "relance.model": ("Action", "Case", "Decision", "Diagnostic", "Facts", "Playbook", "View"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__]
