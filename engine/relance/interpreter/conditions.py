"""Conditions: what they read, how they are tried, how they are said.

A condition is compiled to a function of the view's truth values, so that the interpreter never sees an amount.
A missing fact (None) makes its comparison false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relance.model import AllOf, AnyOf, Condition, Duration, Not, Test

#: Truth values → -1 when the condition holds, else the index of the test to blame.
Compiled = Callable[[tuple[bool | None, ...]], int]
HOLDS = -1

_SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<", "from": "≥", "before": "<"}


def leaves(condition: Condition) -> Iterator[Test]:
    """Yield every comparison of a condition, in the order written."""
    match condition:
        case Test():
            yield condition
        case Not(part):
            yield from leaves(part)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)


def compile_condition(condition: Condition, column: Mapping[Test, int]) -> Compiled:
    """Return a function of the truth values: -1 when the condition holds, else the column of the test to blame."""
    match condition:
        case Test():
            index = column[condition]
            return lambda truths: HOLDS if truths[index] else index
        case Not(part):
            inner, blame = compile_condition(part, column), column[next(leaves(part))]
            return lambda truths: blame if inner(truths) == HOLDS else HOLDS
        case AllOf(parts):
            every = tuple(compile_condition(part, column) for part in parts)
            return lambda truths: next((found for part in every if (found := part(truths)) != HOLDS), HOLDS)
        case AnyOf(parts):
            some = tuple(compile_condition(part, column) for part in parts)

            def any_of(truths: tuple[bool | None, ...]) -> int:
                first = HOLDS
                for part in some:
                    found = part(truths)
                    if found == HOLDS:
                        return HOLDS
                    first = found if first == HOLDS else first
                return first

            return any_of


def describe(condition: Condition) -> str:
    """Say a condition in the author's words: `paid`, `balance ≥ 500.00 EUR`, `not disputed`."""
    match condition:
        case Test(fact, "is", value):
            return fact if value else f"not {fact}"
        case Test(fact, op, value):
            return f"{fact} {_SIGNS.get(op, 'is' if op == 'in' else op)} {_value(value)}"
        case Not(part):
            return f"not ({describe(part)})"
        case AllOf(parts):
            return " and ".join(describe(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(describe(part) for part in parts)


def _value(value: Any) -> str:
    match value:
        case Duration(number, unit):
            return f"{number} {unit}s" if abs(number) != 1 else f"{number} {unit}"
        case tuple():
            return " or ".join(f"{v[1]} {v[0]}" if isinstance(v, tuple) else str(v) for v in value)
        case _:
            return str(value)


def compare(op: str, left: Any, right: Any) -> bool:
    """Apply a bound to two amounts, two counts or two days; all are exact, `at_least`, `at_most` and `from` inclusive."""
    match op:
        case "at_least" | "from":
            return bool(left >= right)
        case "more_than":
            return bool(left > right)
        case "at_most":
            return bool(left <= right)
        case _:
            return bool(left < right)


def truth(test: Test, value: Any, currency: str) -> bool | None:
    """Try one comparison on the value of its fact (None: missing); amounts are in `currency`."""
    if value is None:
        return None
    match test.op:
        case "is":
            return bool(value) is test.value
        case "in":
            wanted = test.value
            assert isinstance(wanted, tuple)
            return any(v in wanted for v in value) if isinstance(value, (tuple, frozenset)) else value in wanted
        case "within":
            return bool(value)
        case op:
            bound: Any = test.value
            if isinstance(bound, tuple):
                bound = dict(bound).get(currency)
                if bound is None:
                    return False
            return compare(op, value, bound)
