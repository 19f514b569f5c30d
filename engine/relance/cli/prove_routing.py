"""What `relance prove` does with a routing: hold it against every class of claims that its rules tell apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import show
from relance.cli.common import Stop, print_json
from relance.language.findings import errors, has_errors
from relance.sentences import sentence, tell_number

if TYPE_CHECKING:
    from relance.portfolio.routing import Routing
    from relance.proof.routes import RoutingProof


def routing_named(name: str) -> Routing | None:
    """Read a routing where the file that is named is one. Raises Stop where it has mistakes."""
    from relance.checking import kind_of_file
    from relance.portfolio.routing import read_routing

    path = Path(name)
    if not path.is_file() or kind_of_file(path) != "routing":
        return None
    routing, findings = read_routing(path)
    show(findings if routing is not None else errors(findings))
    if routing is None:
        raise Stop(sentence("the routing {path} has mistakes", path=path))
    return routing


def prove_rules(name: str, routing: Routing, form: str) -> RoutingProof:
    """Hold a routing against every class of claims, and print what is found."""
    from relance.language import source
    from relance.proof.routes import prove_routing
    from relance.report.diagnostics import Report, render
    from relance.report.routing_proof import routing_findings, routing_json

    proof = prove_routing(routing)
    read, _ = source.read(Path(name).read_bytes(), name)
    assert read is not None
    findings = routing_findings(proof, name, [read.at(("routes", place, "playbook")).line for place in range(len(routing.rules))])
    if form == "json":
        print_json(routing_json(proof, findings))
        return proof
    click.echo(render(Report(findings, (name,), {name: Path(name).read_text(encoding="utf-8")}), "text" if form == "html" else form), nl=False)
    if form == "text" and not has_errors(findings) and proof.whole:
        said = tell_number(
            "{count} class of claims: each is taken by a rule, and each rule takes some", "{count} classes of claims: each is taken by a rule, and each rule takes some", proof.classes
        )
        click.echo(said)
    return proof
