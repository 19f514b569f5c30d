"""What decides, off the command line or out of the journal: a routing file, a playbook by name, the rules that runs applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relance.cli.common import Stop
from relance.language.findings import errors
from relance.sentences import system_words, tell

if TYPE_CHECKING:
    from relance.portfolio.routing import Routing



def routing_named(path: Path) -> Routing:
    """Read a routing file; its mistakes are shown and end the command."""
    from relance.cli.casefiles import broken, show
    from relance.portfolio.routing import read_routing

    try:
        rules, findings = read_routing(path)
    except OSError as error:
        raise Stop(tell("{path} cannot be read: {reason}", path=path, reason=system_words(error))) from error
    if rules is None:
        broken(errors(findings), tell("the routing {path} has mistakes", path=path))
    show(findings)
    return rules
