"""`relance prove`: a playbook's promises hold for every history of a case, or here is the history that breaks them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relance.cli.casefiles import show
from relance.cli.common import Stop, counting, end, print_json
from relance.cli.defaults import project_here
from relance.cli.loading import file_of, playbook_of
from relance.cli.prove_routing import prove_rules, routing_named
from relance.language.findings import errors, has_errors
from relance.sentences import sentence, tell_number

if TYPE_CHECKING:
    from relance.model import Diagnostic, Playbook
    from relance.proof.promises import Promise
    from relance.proof.prove import Proof
    from relance.proof.walk import Bounds

_FORMS = ("text", "json", "sarif", "junit", "github", "gitlab", "html")
_PICTURES = ("mermaid", "svg")
#: Situations of real histories that are looked at, at most: a quick look for an editor, and a proof.
_QUICK, _MOST = 1_000, 50_000


@click.command(name="prove")
@click.argument("playbooks", nargs=-1, metavar="[PLAYBOOK]...")
@click.option("--promises", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help="Promises of your own; the file beside the playbook by default.")
@click.option("--quick", is_flag=True, help="A small budget for the search of real histories.")
@click.option("--situations", type=click.IntRange(1), help="How many situations of real histories are looked at, at most.")
@click.option("--at-once", type=click.IntRange(0, 4), default=1, show_default=True, help="In real histories, how many things may be open at once: a dispute, a hold, a plan …")
@click.option("--moved", is_flag=True, help="In histories in which a person moves the case, too: to any step, at any moment, from any playbook. Takes longer.")
@click.option("--graph", "picture", type=click.Choice(_PICTURES), is_flag=False, flag_value="mermaid", help="Print the picture of what may come next instead of the answer: as Mermaid, or as SVG.")
@click.option("--format", "form", type=click.Choice(_FORMS), default=None, help="How to print it.  [default: text; github in GitHub Actions]")
def command(playbooks: tuple[str, ...], path: Path | None, situations: int | None, at_once: int, form: str | None, picture: str | None, *, quick: bool, moved: bool) -> None:
    """Hold the promises of PLAYBOOK against every history of a case: payments, disputes, promises, plans, holds, insolvency, letters returned, late approvals, missed runs.

    \b
    relance prove negligent
    relance prove playbooks/negligent.yaml --quick --format github
    relance prove routing.yaml

    A routing is held against every class of claims that its rules tell apart: which is taken by none, and which rule takes nobody.
    Without a name, all playbooks of the project. Promises stand in <playbook>.promises.yaml; those that law and prudence ask of everybody (PB7xx) are always held.
    Exit code 0 when all are proved, 1 when one is broken, 3 when one was not decided within the budget, 2 when a file cannot be read.
    """  # noqa: D301 - \b is click's
    from relance.proof.walk import Bounds

    form = form or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    bounds = Bounds(situations or (_QUICK if quick else _MOST), at_once, moved)
    found: list[tuple[Proof, str]] = []
    rulings: set[str] = set()
    for name in playbooks or _of_the_project():
        if (routing := routing_named(name)) is not None:
            rulings.add(str(prove_rules(name, routing, form).ruling))
            continue
        proof, where = _proved(name, path, bounds)
        found.append((proof, where))
        if picture is not None:
            from relance.report.proof_graph import mermaid, svg

            draw = mermaid if picture == "mermaid" else svg
            click.echo(draw(proof.playbook, proof.reached.follows), nl=False)
        elif form == "text":
            from relance.report.proofs import proof_text

            click.echo(("\n" if len(found) > 1 else "") + f"{proof.playbook.id}\n" + proof_text(proof), nl=False)
    if form != "text" and picture is None and found:
        _print(found, form)
    rulings |= {str(proof.ruling) for proof, _ in found}
    if "broken" in rulings:
        end(1)
    if "undecided" in rulings:
        end(3)


def _of_the_project() -> tuple[str, ...]:
    from relance.checking import kind_of_file
    from relance.language import library

    project = project_here()
    found = () if project is None else library.playbooks_in(project.playbooks).values()
    named = tuple(str(path) for path in found if kind_of_file(path) in ("playbook", None))  # one that cannot be read is told of
    if not named:
        raise Stop(sentence("name a playbook: there is no project here that has one"))
    return named


def _proved(name: str, path: Path | None, bounds: Bounds) -> tuple[Proof, str]:
    from relance.proof.prove import prove

    playbook = playbook_of(name)
    promises, where = _promises(name, playbook, path)
    return replace(prove(playbook, promises, bounds, counting(lambda situations: tell_number("{playbook}: {count} situation", "{playbook}: {count} situations", situations, playbook=playbook.id))), called=name), where


def _promises(name: str, playbook: Playbook, path: Path | None) -> tuple[tuple[Promise, ...], str]:
    """Find what a playbook promises: the file that was named, or the one beside it, and what is asked of every playbook."""
    from relance.proof.held_promises import promises_beside, promises_of

    file = Path(str(file_of(name)))
    made, findings = promises_of(playbook, file, path)
    show(findings if not has_errors(findings) else errors(findings))
    if has_errors(findings):
        raise Stop(sentence("the promises in {path} have mistakes", path=path or promises_beside(file)))
    beside = path or promises_beside(file)
    return made, str(beside if path is not None or beside.is_file() else file)


def _print(found: list[tuple[Proof, str]], form: str) -> None:
    from relance.report.diagnostics import Report, render
    from relance.report.proofs import findings_of, proof_json

    proofs = [proof for proof, _ in found]
    if form == "json":
        print_json(proof_json(proofs))
        return
    if form == "html":
        from relance.report.proofs_page import proofs_html

        click.echo(proofs_html(proofs), nl=False)
        return
    findings: list[Diagnostic] = [each for proof, where in found for each in findings_of(proof, where)]
    files = tuple(where for _, where in found)
    click.echo(render(Report(tuple(sorted(findings)), files, {}), form), nl=False)
