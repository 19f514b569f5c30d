"""A routing held against every class of claim that its rules tell apart: who is taken by no rule, which rule takes nobody, and where two would.

The classes are the values on each side of every comparison, of all facts together; what is true of a class is asked of the same conditions as in
a run. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations, product
from typing import Any, NamedTuple

from relance.currencies import decimals_of
from relance.dates import add
from relance.interpreter.conditions import HOLDS, compile_condition, leaves, truth
from relance.model import DATE_FACTS, MONEY_FACTS, STATE_FACTS, Calendar, Duration, Test
from relance.portfolio.routing import Route, Routing, is_for
from relance.proof.prove import Ruling

#: More classes than this are not gone through, and nothing is said.
MOST = 400_000
_KINDS = ("business", "consumer", "public", None)
#: What a fact is where it has none of the values that rules name.
_OTHER = "another"
#: Of a fact with more names than this, that may have several at once, none, one and all are looked at.
_FEW = 4


class RoutedClass(NamedTuple):
    """A class of claims: the value of each fact that rules ask about, in their order."""

    facts: tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class RoutingProof:
    """What was found: a class that no rule takes, the places of rules that take none, of two rules that both would a class of that, and how many classes there are."""

    untaken: RoutedClass | None = None
    idle: tuple[int, ...] = ()
    overlaps: dict[tuple[int, int], RoutedClass] = field(default_factory=dict)
    classes: int = 0
    whole: bool = True

    @property
    def ruling(self) -> Ruling:
        """What is said of the routing: overlaps break nothing."""
        return Ruling.UNDECIDED if not self.whole else Ruling.BROKEN if self.untaken is not None or self.idle else Ruling.PROVED


def prove_routing(routing: Routing) -> RoutingProof:
    """Go through every class. A rule that takes a part of what a later one would is no overlap: the later is there for what is left."""
    tests = tuple(dict.fromkeys(leaf for rule in routing.rules if rule.condition is not None for leaf in leaves(rule.condition)))
    column = {test: place for place, test in enumerate(tests)}
    conditions = [None if rule.condition is None else compile_condition(rule.condition, column) for rule in routing.rules]
    ranges = _ranges(tests, routing.rules)
    size = 1
    for values in ranges.values():
        size *= len(values)
    found = RoutingProof(classes=size, whole=size <= MOST)
    if not found.whole:
        return found
    takers: set[int] = set()
    apart: set[tuple[int, int]] = set()  # of two rules, the first takes a class that the other would not
    for values in product(*ranges.values()):
        told = dict(zip(ranges, values, strict=True))
        truths = tuple(_true(test, told) for test in tests)
        takes = [
            place for place, (rule, holds) in enumerate(zip(routing.rules, conditions, strict=True))
            if is_for(rule.playbook, told["debtor"]) and (holds is None or holds(truths) == HOLDS)
        ]  # fmt: skip
        each = RoutedClass(tuple(told.items()))
        if not takes and found.untaken is None:
            found.untaken = each
        takers.update(takes[:1])
        for first, then in combinations(takes, 2):
            found.overlaps.setdefault((first, then), each)
        apart |= {(first, then) for first in takes for then in range(first + 1, len(conditions)) if then not in takes}
    found.overlaps = {pair: each for pair, each in found.overlaps.items() if pair in apart}
    found.idle = tuple(place for place in range(len(routing.rules)) if place not in takers)
    return found


def _true(test: Test, told: dict[str, Any]) -> bool | None:
    value = told[test.fact]
    if test.fact == "limitation_within":
        return None if value is None else test in value
    return truth(test, value, told["currency"])


# --------------------------------------------------------------------------- the classes


def _ranges(tests: Sequence[Test], rules: Sequence[Route]) -> dict[str, tuple[Any, ...]]:
    """Return the values of each fact that the rules tell apart. The kind of debtor counts always, for playbooks are meant for one; of a kind that no playbook is for every run says so."""
    by_fact: dict[str, list[Test]] = {}
    for test in tests:
        by_fact.setdefault(test.fact, []).append(test)
    by_fact.pop("debtor", None)
    kinds = tuple(kind for kind in _KINDS if any(is_for(rule.playbook, kind) for rule in rules))
    named = [part[0] for test in tests if isinstance(test.value, tuple) for part in test.value if isinstance(part, tuple)]
    currencies = tuple(dict.fromkeys((*named, "EUR" if "EUR" not in named else "USD"))) if named else ("EUR",)
    return {"debtor": kinds, "currency": currencies, **{fact: tuple(dict.fromkeys(_values(fact, asked))) for fact, asked in by_fact.items()}}


def _names(test: Test) -> tuple[str, ...]:
    return tuple(each for each in test.value if isinstance(each, str)) if isinstance(test.value, tuple) else ()


def _values(fact: str, tests: Sequence[Test]) -> Iterator[Any]:
    names = tuple(dict.fromkeys(name for test in tests for name in _names(test)))
    if fact in STATE_FACTS:
        yield from (True, False)
    elif fact in MONEY_FACTS:
        yield from _around([limit for test in tests for limit in _limits(test)], Decimal(1).scaleb(-decimals_of("EUR")))
    elif fact in DATE_FACTS:
        yield from chain.from_iterable((test.value - timedelta(1), test.value) for test in tests if isinstance(test.value, date))
        yield None
    elif fact == "limitation_within":
        yield from _within(tests)
        yield None
    elif fact == "postcode":
        yield from (tuple(start for start in names if name.startswith(start)) for name in names)
        yield from ((), None)
    elif fact in ("tag", "reachable_by"):
        sizes = range(len(names) + 1) if len(names) <= _FEW else (0, 1, len(names))
        yield from chain.from_iterable(combinations(names, size) for size in sizes)
    elif names:
        yield from (*names, _OTHER, None)
    else:
        yield from (each for each in _around([test.value for test in tests if isinstance(test.value, int)], 1) if each >= 0 or fact == "days_overdue")
        yield None


def _limits(test: Test) -> Iterator[Decimal]:
    if isinstance(test.value, Decimal):
        yield test.value
    elif isinstance(test.value, tuple):
        yield from (part[1] for part in test.value if isinstance(part, tuple))


def _around(limits: Sequence[Any], step: Any) -> Iterator[Any]:
    """Yield what lies just under, at and just above each limit."""
    yield from sorted({limit + sign * step for limit in limits for sign in (-1, 0, 1)})


def _within(tests: Sequence[Test]) -> Iterator[frozenset[Test]]:
    """Yield the comparisons that hold together: who is barred within a month is barred within a year."""
    start = date(2024, 1, 1)
    ordered = sorted(tests, key=lambda test: add(start, test.value, Calendar()) if isinstance(test.value, Duration) else start)
    yield from (frozenset(ordered[place:]) for place in range(len(ordered) + 1))
