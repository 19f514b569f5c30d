"""relance: playbooks as code for amicable debt recovery (recouvrement amiable), France first.

The public face (docs/api.md). Names are loaded when they are first used, so that importing relance costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relance.errors import RelanceError
    from relance.importers.case_file import read_case
    from relance.interpreter import Look, decide, look, observe, say
    from relance.interpreter.cases import cases, cases_of
    from relance.interpreter.emission import happened
    from relance.journal.journal import Journal
    from relance.language import load_playbook
    from relance.model import (
        Action,
        Address,
        Case,
        Channel,
        Claimed,
        Creditor,
        Debtor,
        Decision,
        Diagnostic,
        Event,
        Facts,
        Invoice,
        Playbook,
        Severity,
        Status,
        Step,
        View,
    )
    from relance.portfolio.evaluation import Evaluation, evaluate
    from relance.portfolio.routing import Route, Routing, read_routing
    from relance.simulation.timeline import Timeline, preview

    __version__: str

__all__ = [
    "Action",
    "Address",
    "Case",
    "Channel",
    "Claimed",
    "Creditor",
    "Debtor",
    "Decision",
    "Diagnostic",
    "Evaluation",
    "Event",
    "Facts",
    "Invoice",
    "Journal",
    "Look",
    "Playbook",
    "RelanceError",
    "Route",
    "Routing",
    "Severity",
    "Status",
    "Step",
    "Timeline",
    "View",
    "__version__",
    "cases",
    "cases_of",
    "decide",
    "evaluate",
    "happened",
    "load_playbook",
    "look",
    "observe",
    "preview",
    "read_case",
    "read_routing",
    "say",
]

_HOMES = {
    "relance.errors": ("RelanceError",),
    "relance.importers.case_file": ("read_case",),
    "relance.interpreter": ("Look", "decide", "look", "observe", "say"),
    "relance.interpreter.cases": ("cases", "cases_of"),
    "relance.interpreter.emission": ("happened",),
    "relance.journal.journal": ("Journal",),
    "relance.language": ("load_playbook",),
    "relance.portfolio.evaluation": ("Evaluation", "evaluate"),
    "relance.portfolio.routing": ("Route", "Routing", "read_routing"),
    "relance.simulation.timeline": ("Timeline", "preview"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("relance")
        except PackageNotFoundError:  # a bare checkout
            return "0+checkout"
    if name in __all__:
        home = next((home for home, names in _HOMES.items() if name in names), "relance.model")
        return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__]
