"""Which playbook for which case: ordered rules in the vocabulary of conditions, and the moves a person recorded.

A case no rule takes is said, never dropped. Owns the routing file (`schemas/routing.schema.json`); decides on no step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from relance.interpreter import Snapshot, compile_playbook, observe
from relance.interpreter.cases import cases_of
from relance.interpreter.conditions import HOLDS, leaves
from relance.interpreter.scope import covers
from relance.language import library, load_playbook, parse, shape, source
from relance.language.findings import errors, has_errors
from relance.language.source import Source
from relance.model import Case, Channel, Condition, Diagnostic, Duration, Event, Facts, Invoice, Playbook, Severity, Step, Unit, When
from relance.project import playbooks_around
from relance.sentences import sentence


class Route(NamedTuple):
    """A playbook, and the condition on which it takes a case; None takes every case. `said` is the condition as it was written."""

    playbook: Playbook
    condition: Condition | None = None
    said: Any = None


class Unrouted(NamedTuple):
    """An invoice that no playbook takes, and why."""

    creditor: str
    debtor: str
    invoice: str
    reason: str


@dataclass(frozen=True, eq=False)
class Routing:
    """The rules in their order. `known` are further playbooks by id, for cases that a person moved there.

    `statement_within` is how old the last bank statement may be: beyond, a run drafts instead of sending. None: nobody asks.
    """

    rules: tuple[Route, ...]
    known: Mapping[str, Playbook] = field(default_factory=dict)
    statement_within: Duration | None = None

    @property
    def playbooks(self) -> dict[str, Playbook]:
        """Every playbook there is, by id."""
        return {**self.known, **{rule.playbook.id: rule.playbook for rule in self.rules}}


def only(playbook: Playbook) -> Routing:
    """Route every case to one playbook."""
    return Routing((Route(playbook),))


# --------------------------------------------------------------------------- the file


def read_routing(path: Path) -> tuple[Routing | None, tuple[Diagnostic, ...]]:
    """Read a routing file and the playbooks it names, beside it or shipped. None if and only if there is an error.

    Raises OSError for a file that is not there.
    """
    found, said = source.read(path.read_bytes(), str(path))
    if found is None:
        return None, said
    said = (*said, *shape.check(found, "routing"))
    if has_errors(said):
        return None, tuple(sorted(said))
    findings = list(said)
    folders = playbooks_around(path)
    rules = [_rule(found, place, raw, (path.parent, folders), findings) for place, raw in enumerate(found.value["routes"])]
    _unreachable(found, findings)
    if has_errors(findings):
        return None, tuple(sorted(set(findings)))
    return Routing(tuple(rule for rule in rules if rule is not None), statement_within=required(found.value)), tuple(sorted(set(findings)))


def required(said: Mapping[str, Any]) -> Duration | None:
    """Read how old the last bank statement may be."""
    within = said.get("require", {}).get("statement_within")
    return None if within is None else parse.duration(within)


def _rule(found: Source, place: int, raw: Mapping[str, Any], known: tuple[Path, tuple[Path, ...]], findings: list[Diagnostic]) -> Route | None:
    at = ("routes", place, "playbook")
    name = raw["playbook"]
    beside, folders = known
    where = library.find(name, beside=beside, folders=folders)
    if where is None:
        near = library.near_playbook(name, beside, folders)
        hint = sentence('did you mean "{near}"?', near=near) if near else sentence("name a playbook of the project, one that ships with relance, or a file beside this one")
        findings.append(found.at(at).diagnostic("PB530", sentence('there is no playbook "{name}"', name=name), hint=hint))
        return None
    playbook, said = load_playbook(where)
    if playbook is None:
        findings += errors(said)
        findings.append(found.at(at).diagnostic("PB530", sentence('the playbook "{name}" has mistakes of its own', name=name)))
        return None
    try:
        condition = parse.condition(raw["if"]) if "if" in raw else None
    except ValueError as error:
        findings.append(found.at(("routes", place, "if")).diagnostic("PB105", str(error)))
        return None
    if condition is not None and any(leaf.fact == "done" for leaf in leaves(condition)):
        message = sentence("a rule cannot ask what a ladder did: no ladder is chosen yet")
        findings.append(found.at(("routes", place, "if")).diagnostic("PB105", message))
        return None
    return Route(playbook, condition, raw.get("if"))


def _unreachable(found: Source, findings: list[Diagnostic]) -> None:
    """Warn of rules below one that takes every case."""
    routes = found.value["routes"]
    first = next((place for place, raw in enumerate(routes) if "if" not in raw), None)
    if first is not None and first + 1 < len(routes):
        line = found.at(("routes", first, "playbook")).line
        message = sentence("no case comes here: the rule on line {line} has no condition and takes them all, of its kind of debtor", line=line)
        where = found.at(("routes", first + 1, "playbook"))
        findings.append(where.diagnostic("PB531", message, severity=Severity.HINT, hint=sentence("put the rule without a condition last")))


# --------------------------------------------------------------------------- the cases of a debtor


class Assigned(NamedTuple):
    """The cases of one debtor under one playbook."""

    playbook: Playbook
    cases: tuple[Case, ...]


def assign(routing: Routing, facts: Facts, on: date) -> tuple[tuple[Assigned, ...], tuple[Unrouted, ...]]:
    """Share a debtor's invoices out among the playbooks: first where a person moved them, then by the first rule that takes them."""
    taken: dict[str, list[Invoice]] = {}
    unrouted: list[Unrouted] = []
    left: list[Invoice] = []
    playbooks = routing.playbooks
    moves = [event for event in facts.events if event.kind == "playbook.changed" and event.on <= on]
    for invoice in facts.invoices:
        move = _move(moves, invoice)
        if move is None:
            left.append(invoice)
        elif move in playbooks:
            taken.setdefault(move, []).append(invoice)
        else:
            unrouted.append(
                Unrouted(facts.creditor.id, facts.debtor.id, invoice.id, sentence("moved to the playbook {move}, which is not to be found", move=move))
            )
    for place, rule in enumerate(routing.rules):
        if not left:
            break
        here = _taken(routing, place, rule, facts, left, on)
        if here:
            taken.setdefault(rule.playbook.id, []).extend(here)
            gone = {invoice.id for invoice in here}
            left = [invoice for invoice in left if invoice.id not in gone]
    unrouted += [Unrouted(facts.creditor.id, facts.debtor.id, invoice.id, why_unrouted(routing, facts.debtor.kind)) for invoice in left]
    assigned = [Assigned(playbooks[name], cases_of(playbooks[name], facts, claims)) for name, claims in taken.items()]
    return tuple(assigned), tuple(unrouted)


def _move(moves: Iterable[Event], invoice: Invoice) -> str | None:
    """Return the playbook a person last moved a claim to."""
    names = [str(event.data["playbook"]) for event in moves if covers(event, invoice)]
    return names[-1] if names else None


def is_for(playbook: Playbook, kind: str | None) -> bool:
    """Say whether a playbook is meant for this kind of debtor; one whose kind nobody knows is anyone's."""
    return playbook.debtor == "any" or kind in (None, playbook.debtor)


def _taken(routing: Routing, place: int, rule: Route, facts: Facts, left: list[Invoice], on: date) -> list[Invoice]:
    """Return the claims a rule takes: case by case, an account being the claims no earlier rule took."""
    if not is_for(rule.playbook, facts.debtor.kind):
        return []
    if rule.condition is None:
        return left
    asked = asking(routing, rule.playbook.unit)
    test = compile_playbook(asked).rungs[place].condition
    assert test is not None
    today = Snapshot(asked, facts, on)
    found: list[Invoice] = []
    for case in cases_of(asked, facts, left):
        if test(observe(asked, case, on, today).truths) == HOLDS:
            found += case.invoices
    return found


def unfit(playbook: Playbook, kind: str | None) -> str | None:
    """Say where a playbook is not for a kind of debtor, so that a run would send nothing of what is played; None where it is."""
    return None if is_for(playbook, kind) else sentence("{why}: a run sends nothing of this", why=why_unrouted(only(playbook), kind))


def why_unrouted(routing: Routing, kind: str | None) -> str:
    """Say why no rule takes an invoice of a debtor of this kind."""
    if any(is_for(rule.playbook, kind) for rule in routing.rules):
        return sentence("no rule takes it")
    if len(routing.rules) == 1:
        playbook = routing.rules[0].playbook
        return sentence("{playbook} is for {debtor} debtors, and this one is a {kind}", playbook=playbook.id, debtor=playbook.debtor, kind=kind)
    return sentence("no rule has a playbook for {kind} debtors", kind=kind)


@lru_cache(maxsize=64)
def asking(routing: Routing, unit: Unit) -> Playbook:
    """Return a playbook without stops or holds whose steps are the rules, so that conditions are tried as everywhere else."""
    steps = tuple(Step(f"rule-{place}", When("due"), (Channel.TASK,), condition=rule.condition) for place, rule in enumerate(routing.rules))
    return Playbook("routing", 1, "", steps, unit=unit, stop_when=(), hold_while=())


def moved_to(portfolio: Iterable[Facts]) -> tuple[str, ...]:
    """Name the playbooks that people moved cases to."""
    return tuple(
        dict.fromkeys(str(event.data["playbook"]) for facts in portfolio for event in facts.events if event.kind == "playbook.changed")
    )


def with_known(routing: Routing, names: Iterable[str], load: Callable[[str], Playbook | None]) -> Routing:
    """Add the playbooks of these names that can be loaded; the others stay unknown, and their cases are reported."""
    there = routing.playbooks
    more = {name: made for name in names if name not in there and (made := load(name)) is not None}
    return replace(routing, known={**routing.known, **more}) if more else routing
