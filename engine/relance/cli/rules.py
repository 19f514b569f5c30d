"""What decides, off the command line or out of the journal: a routing file, a playbook by name, the rules that runs applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relance.cli.common import Stop

if TYPE_CHECKING:
    from relance.model import Playbook
    from relance.portfolio.routing import Routing



def routing_named(path: Path) -> Routing:
    """Read a routing file; its mistakes are shown and end the command."""
    from relance.cli.casefiles import broken, errors, show
    from relance.portfolio.routing import read_routing

    try:
        rules, findings = read_routing(path)
    except OSError as error:
        raise Stop(f"{path} cannot be read: {error.strerror or error}") from error
    if rules is None:
        broken(errors(findings), f"the routing {path} has mistakes")
    show(findings)
    return rules


def shipped_or_near(name: str) -> Playbook | None:
    """Find a playbook that a case was moved to or acted on by: here, else among those that ship; None where it cannot be read."""
    from relance.language import library, load_playbook

    path = (library.find(name, beside=Path()) or library.find(name)) if name else None
    return load_playbook(path, checks=False)[0] if path is not None else None
