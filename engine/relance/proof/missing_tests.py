"""The cases that a playbook's tests lack: the smallest by which each step, each condition both ways, each passing-over and each fallback is exercised.

Invents cases, from the plainest to those in which several things differ, plays each and keeps those that exercise something new; what counts is
what `coverage` says, and nothing else. Pure; a case is written by `simulation.written_tests`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, product

from relance.currencies import decimals_of
from relance.interpreter.compiled import compile_playbook
from relance.model import MONEY_FACTS, Address, Event, Facts, Invoice, Playbook, Status, Test
from relance.proof import world
from relance.proof.breach_test import events_of_history
from relance.proof.prove import DUE, case_of
from relance.proof.replay import replay
from relance.proof.walk import Bounds, Walk
from relance.sentences import sentence
from relance.simulation.coverage import coverage
from relance.simulation.playbook_tests import PlayTest, Result, days_played, run_test
from relance.simulation.what_if import as_recorded
from relance.simulation.written_tests import written_test

#: Situations of real histories that are looked at for a step that no simpler case reaches.
_FAR = Bounds(3_000, 1)
#: How late the first look may be, so that a step has expired or is jumped over: days after the due date.
_LATE = (20, 50, 100, 200, 5 * 365 + 32)
_DAY = timedelta(days=1)
#: A play goes on for so long at least.
_AFTER = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Invented:
    """A case that was thought of: what is particular to it, its facts, and the day of the first look where it is not the usual one."""

    particulars: tuple[str, ...]
    facts: Facts
    start: date | None = None


@dataclass(frozen=True, slots=True)
class MissingTests:
    """What was found: the tests, ready to stand in a file's list, and what still no test exercises."""

    tests: tuple[str, ...]
    left: tuple[str, ...]


#: A case that was kept, what came of it, and which gaps it closes.
_Kept = tuple[Invented, Result, frozenset[str]]


def missing_tests(playbook: Playbook, results: Iterable[Result], more: Callable[[int], bool] = lambda _: True, said: Callable[[str], str] = str) -> MissingTests:
    """Find the cases to add to what the tests exercise. `more` is asked before each play whether to go on; `said` puts into the author's language what a test is named by."""
    gaps = set(coverage(playbook, list(results)).gaps)
    kept: list[_Kept] = []
    left = set(gaps)
    for number, each in enumerate(_thought_of(playbook, left, kept)):
        if not left or not more(number):
            break
        result = _played(playbook, each)
        exercised = frozenset(gaps.difference(coverage(playbook, [result]).gaps))
        if exercised & left:
            kept.append((each, result, exercised))
            left.difference_update(exercised)
    needed = _needed(kept)
    order = {line: place for place, line in enumerate(coverage(playbook, ()).gaps)}
    return MissingTests(tuple(_written(each, result, said) for each, result, _ in needed), tuple(sorted(left, key=lambda line: order[line])))


def _needed(kept: Sequence[_Kept]) -> list[_Kept]:
    """Leave out each case whose all is exercised by the others."""
    needed = list(kept)
    for each in kept:
        others = frozenset[str]().union(*(exercised for one, _, exercised in needed if one is not each[0]))
        if each[2] <= others:
            needed.remove(each)
    return needed


def _played(playbook: Playbook, one: Invented) -> Result:
    first, last = days_played(one.facts)
    start = one.start or first
    return run_test(playbook, PlayTest("", one.facts, start, max(last, start + _AFTER), ()))


def _written(one: Invented, result: Result, said: Callable[[str], str]) -> str:
    ends: dict[str, Status] = {seen.case.id: seen.decision.status for seen in result.looks[result.test.until].seen}
    return written_test("; ".join(map(said, one.particulars or (sentence("nothing happens"),))), one.facts, result.left, ends, (one.start, result.test.until if one.start else None))


# --------------------------------------------------------------------------- what is thought of


def _thought_of(playbook: Playbook, left: Collection[str], kept: Sequence[_Kept]) -> Iterator[Invented]:
    """Think of cases, the plainest first: nothing happens; one thing differs; one thing happens; what was kept of these, two together; one thing happens, and ends; the shortest history of each step. `left` and `kept` grow as it is asked."""
    plain = Invented((), case_of(playbook))
    yield plain
    yield from _others(playbook, plain.facts)
    days = _days(playbook, plain)
    yield from _happened(playbook, plain, days)
    found = [one for one, _, _ in kept]
    for other, each in product([one for one in found if not one.facts.events], [one for one in found if one.facts.events]):
        yield replace(other, particulars=(*other.particulars, *each.particulars), facts=replace(other.facts, events=each.facts.events))
    yield from _happened(playbook, plain, days, 10)
    if left:
        yield from _reached(playbook, plain)


def _days(playbook: Playbook, plain: Invented) -> list[date]:
    """List the days on which something may happen: long before, and the day after each step that leaves."""
    return [plain.facts.invoices[0].due - timedelta(20), *dict.fromkeys(entry.on + _DAY for entry in _played(playbook, plain).left)]


def _happened(playbook: Playbook, one: Invented, days: Iterable[date], end: int | None = None) -> Iterator[Invented]:
    """Let one thing happen on one of some days; what lasts ends by a word `end` days after it."""
    plan = compile_playbook(playbook)
    sums = tuple(dict.fromkeys((one.facts.invoices[0].amount, *(level for level in world.levels(plan) if level < one.facts.invoices[0].amount))))
    for on in days:
        for each in world.moves(plan, world.World(), sums, on, letters=True, most=4):
            events = [each.event(0)]
            if end is not None and (over := world.ENDED_BY.get(each.kind)) is not None:
                events.append(Event(on + timedelta(end), over))
            elif end is not None:
                continue
            yield _with_events(one, events)
        if end is None:
            yield _with_events(one, [Event(on, "handed_over")])


def _reached(playbook: Playbook, plain: Invented) -> Iterator[Invented]:
    """Find the shortest history in which each step leaves, among those that a test can play."""
    walk = Walk(playbook, plain.facts, (), _FAR, DUE - timedelta(30))
    for history in walk.walk(wanted=frozenset(step.id for step in playbook.steps)).left.values():
        lines = [line for line, _ in replay(playbook, plain.facts, history)]
        yield _with_events(plain, events_of_history(plain.facts, lines))


def _with_events(one: Invented, events: Iterable[Event]) -> Invented:
    told = tuple(replace(as_recorded(each), seq=place) for place, each in enumerate(events))
    said = (" ".join((f"{each.on}", each.kind, *(str(value) for key, value in each.data.items() if key in ("amount", "by", "step", "channel")))) for each in told)
    return replace(one, particulars=(*one.particulars, *said), facts=replace(one.facts, events=told))


def _others(playbook: Playbook, facts: Facts) -> Iterator[Invented]:
    """List the cases in which one fact differs: what a condition asks about, an address that is not known, a first look that comes late."""
    for test in compile_playbook(playbook).tests:
        yield from (Invented((said,), other) for said, other in _told_apart(test, facts))
    debtor = facts.debtor
    yield Invented((sentence("no e-mail address"),), replace(facts, debtor=replace(debtor, email=None)))
    yield Invented((sentence("no telephone number"),), replace(facts, debtor=replace(debtor, phone=None)))
    yield Invented((sentence("no postal address"),), replace(facts, debtor=replace(debtor, address=None)))
    yield Invented((sentence("no e-mail address"), sentence("no telephone number")), replace(facts, debtor=replace(debtor, email=None, phone=None)))
    for days in _LATE:
        start = facts.invoices[0].due + timedelta(days)
        yield Invented((sentence("seen from {day} on", day=start),), facts, start)


def _told_apart(test: Test, facts: Facts) -> Iterator[tuple[str, Facts]]:
    """List cases on both sides of a condition, as far as facts can be set for it; what happens sets the rest."""
    debtor, claim = facts.debtor, facts.invoices[0]
    values = [each for each in test.value if isinstance(each, str)] if isinstance(test.value, tuple) else []
    match test.fact:
        case "debtor":
            yield from ((f"debtor: {kind}", replace(facts, debtor=replace(debtor, kind=kind))) for kind in dict.fromkeys((*values, "consumer", "business", "public")) if kind != debtor.kind)
        case "country":
            yield from ((f"country: {value}", replace(facts, debtor=replace(debtor, country=value))) for value in (*values, "CH"))
        case "language":
            yield from ((f"language: {value}", replace(facts, debtor=replace(debtor, language=value))) for value in (*values, "en"))
        case "profile":
            yield from ((f"profile: {value}", replace(facts, debtor=replace(debtor, profile=value))) for value in (*values, "other"))
        case "tag":
            yield from ((f"tag: {value}", replace(facts, debtor=replace(debtor, tags=(value,)))) for value in values)
        case "creditor":
            yield from ((f"creditor: {value}", replace(facts, creditor=replace(facts.creditor, id=value))) for value in values)
        case "postcode":
            yield from ((f"postcode: {value}", replace(facts, debtor=replace(debtor, address=Address(("1 rue de la Paix", f"{value:0<5} Ville"))))) for value in values)
        case "score":
            assert isinstance(test.value, int)
            yield from ((f"score: {value}", replace(facts, debtor=replace(debtor, score=value))) for value in range(test.value - 1, test.value + 2) if value >= 0)
        case "unpaid_invoices":
            assert isinstance(test.value, int)
            count = test.value + 1
            yield f"invoices: {count}", replace(facts, invoices=tuple(replace(claim, id=f"F-{place}") for place in range(1, count + 1)))
        case "due_on" | "issued_on":
            assert isinstance(test.value, date)
            yield from ((f"{test.fact.removesuffix('_on')}: {day}", replace(facts, invoices=(_dated(claim, test.fact, day),))) for day in (test.value - _DAY, test.value))
        case fact if fact in MONEY_FACTS:
            yield from ((f"amount: {amount}", replace(facts, invoices=(replace(claim, amount=amount),))) for amount in _about(test, claim.currency))
        case _:
            return


def _dated(claim: Invoice, fact: str, day: date) -> Invoice:
    return replace(claim, due=day) if fact == "due_on" else replace(claim, issued=day, due=day + timedelta(30))


def _about(test: Test, currency: str) -> Iterable[Decimal]:
    """Return the sums at a limit and a cent to both sides of it."""
    cent = Decimal(1).scaleb(-decimals_of(currency))
    named = [test.value] if isinstance(test.value, Decimal) else [part[1] for part in test.value if isinstance(part, tuple) and part[0] == currency] if isinstance(test.value, tuple) else []
    return [amount for amount in chain.from_iterable((limit - cent, limit, limit + cent) for limit in named) if amount > 0]
