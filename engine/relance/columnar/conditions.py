"""The truth values of a playbook's tests, as columns over cases: 0 false, 1 true, 2 where the fact is missing.

Amounts are compared in minor units, by the case's own currency. The same answers as `observe` gives of one case.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce
from typing import Any

import narwhals as nw

from relance.columnar.engines import Frame
from relance.columnar.inputs import WHO, Setting, masked, number
from relance.columnar.invoices_and_cases import FLAGS
from relance.currencies import decimals
from relance.errors import RelanceError
from relance.interpreter.compiled import OFFERED
from relance.law.places import FRENCH, pattern
from relance.law.recipients import NEEDS
from relance.model import OWN, STATE_FACTS, AllOf, AnyOf, Channel, Condition, Not, Test

MISSING = 2
NOT_IN_TABLES = frozenset({"total_claimed"})


class NotInTables(RelanceError):  # noqa: N818 - it is an answer, not a failure
    """A playbook asks for a fact that the table fold does not know; the plain fold does."""


def truths(setting: Setting, cases: Frame) -> Frame:
    """Add `t_0`, `t_1` … in the order of the compiled playbook's tests."""
    return cases.with_columns(*(_truth(setting, test).alias(f"t_{place}") for place, test in enumerate(setting.plan.tests)))


def _as_number(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def _truth(setting: Setting, test: Test) -> nw.Expr:
    fact = test.fact
    if fact in STATE_FACTS:
        holds = _state(fact)
        return _as_number(holds if test.value is True else ~holds)
    if fact.startswith(OWN):
        return nw.coalesce(nw.col(f"own_{setting.plan.tests.index(test)}"), nw.lit(MISSING))
    match fact:
        case "balance" | "overdue_balance" | "original_amount" | "asked":
            return _money(setting, test, nw.col("overdue" if fact == "overdue_balance" else fact))
        case "days_overdue":
            return nw.when(nw.col("exists")).then(_bound(test, nw.lit(setting.today) - nw.col("due"))).otherwise(nw.lit(MISSING))
        case "due_on" | "issued_on":
            assert isinstance(test.value, date)
            day = masked(nw.col("exists"), fact.removesuffix("_on"))
            return nw.when(day.is_null()).then(nw.lit(MISSING)).otherwise(_as_number(_compare(test.op, day, number(test.value))))
        case "postcode":
            return nw.col(f"postcode_{setting.plan.tests.index(test)}")
        case "offered":
            return _as_number(nw.col(OFFERED) if test.value is True else ~nw.col(OFFERED))
        case "done":
            return nw.lit(MISSING)  # the interpreter reads it off the ladder
        case "usual_delay":
            return nw.when(nw.col("usual_delay").is_null()).then(nw.lit(MISSING)).otherwise(_bound(test, nw.col("usual_delay")))
        case "total_claimed":
            return nw.lit(MISSING)  # of a rule further down or up: what it may take is not looked at here (`NOT_IN_TABLES`)
        case "unpaid_invoices":
            return _bound(test, nw.coalesce(nw.col("unpaid"), nw.lit(0)))
        case "broken_promises":
            return _bound(test, nw.col("broken"))
        case "score":
            return nw.when(nw.col("score").is_null()).then(nw.lit(MISSING)).otherwise(_bound(test, nw.col("score")))
        case "limitation_within":
            soon = nw.col(f"soon_{setting.plan.tests.index(test)}")
            return nw.when(nw.col("left_due").is_null()).then(nw.lit(MISSING)).otherwise(_as_number(soon))
        case "debtor" | "profile" | "country" | "language":
            column = "debtor_kind" if fact == "debtor" else fact
            return nw.when(nw.col(column).is_null()).then(nw.lit(MISSING)).otherwise(_as_number(nw.col(column).is_in(_words(test))))
        case "creditor":
            return _as_number(nw.col("creditor").is_in(_words(test)))
        case "tag":
            held = [nw.col(tags).str.contains(f"|{word}|", literal=True).fill_null(value=False) for word in _words(test) for tags in ("tags", "debtor_tags")]
            return _as_number(_any(held))
        case "reachable_by":
            return _as_number(_any([nw.col(f"r_{word}") for word in _words(test)]))
        case _:
            raise KeyError(fact)


def _words(test: Test) -> list[str]:
    assert isinstance(test.value, tuple)
    return [str(word) for word in test.value]


def postcodes(setting: Setting) -> dict[str, nw.Expr]:
    """Return, for each test of a postcode, the column of its truth values over debtors: the same rule as `places.postcode`."""
    found: dict[str, nw.Expr] = {}
    known, home = ~nw.col("address").is_null(), nw.coalesce("address_country", nw.lit("FR")).is_in(list(FRENCH))
    for place, test in enumerate(setting.plan.tests):
        if test.fact == "postcode":
            begins = _any([_line(f"{start}[0-9]{{{5 - len(start)}}}") for start in _words(test)])
            silent = ~known | (home & ~_line("[0-9]{5}"))
            found[f"postcode_{place}"] = nw.when(silent).then(nw.lit(MISSING)).otherwise(_as_number(home & begins))
    return found


def _line(code: str) -> nw.Expr:
    return nw.col("address").str.contains(pattern(code)).fill_null(value=False)


def _any(conditions: list[nw.Expr]) -> nw.Expr:
    return reduce(lambda left, right: left | right, conditions, nw.lit(False))


def _state(fact: str) -> nw.Expr:
    if fact == "paid":
        return nw.col("paid")
    if fact == "handed_over":
        return nw.col("s_handed_over") | (nw.coalesce(nw.col("handed"), nw.lit(0)) > 0)
    return nw.col(f"s_{fact}") if fact in FLAGS else nw.lit(False)


def _bound(test: Test, value: nw.Expr) -> nw.Expr:
    assert isinstance(test.value, int)
    return _as_number(_compare(test.op, value, test.value))


def _compare(op: str, value: nw.Expr, bound: int) -> nw.Expr:
    match op:
        case "at_least" | "from":
            return value >= bound
        case "more_than":
            return value > bound
        case "at_most":
            return value <= bound
        case _:
            return value < bound


def _money(setting: Setting, test: Test, value: nw.Expr) -> nw.Expr:
    """Compare an amount with a bound, turned into the minor units of each currency; one not named never matches."""
    bounds: Any = test.value
    found: nw.Expr = nw.lit(0)
    for code in setting.currencies:
        bound = dict(bounds).get(code) if isinstance(bounds, tuple) else bounds
        if bound is not None:
            own = nw.col("currency") == code
            found = nw.when(own).then(_as_number(_compare(test.op, value, _minor(test.op, bound, code)))).otherwise(found)
    return found


def _minor(op: str, bound: Decimal, code: str) -> int:
    """Round a bound that is finer than the currency to the side on which it separates the same whole amounts."""
    scaled = bound.scaleb(decimals(code))
    return int(scaled.to_integral_value(ROUND_CEILING if op in ("at_least", "less_than") else ROUND_FLOOR))


def reach(setting: Setting, cases: Frame) -> Frame:
    """Add `r_<channel>`: an address or number is known, and the debtor did not object to the channel."""
    named = [str(word) for test in setting.plan.tests if test.fact == "reachable_by" for word in _words(test)]
    channels = list(dict.fromkeys([*map(str, setting.plan.channels), *named]))
    refused = None
    if setting.has("channel.refused"):
        refused = _refusals(setting, channels)
        cases = cases.join(refused, on=WHO, how="left")
    flags = []
    for channel in channels:
        need = NEEDS.get(Channel(channel))
        known = nw.lit(True) if need is None else nw.coalesce(nw.col(f"has_{need}"), nw.lit(False))
        free = nw.lit(True) if refused is None else nw.coalesce(nw.col(f"no_{channel}"), nw.lit(0)) == 0
        flags.append((known & free).alias(f"r_{channel}"))
    return cases.with_columns(*flags) if flags else cases


def _refusals(setting: Setting, channels: list[str]) -> Frame:
    """Return one row per debtor who objected to a channel, with `no_<channel>`; the journal keeps the channel in the event's data."""
    said = setting.seldom.filter(nw.col("kind") == "channel.refused")
    text = nw.coalesce(nw.col("data"), nw.lit(""))
    marks = {c: nw.when((nw.col("channel") == c).fill_null(value=False) | text.str.contains(f'"channel": "{c}"', literal=True)) for c in channels}
    wide = said.select(WHO, *(mark.then(nw.lit(1)).otherwise(nw.lit(0)).alias(f"no_{name}") for name, mark in marks.items()))
    return wide.group_by(WHO).agg(*(nw.col(f"no_{name}").max() for name in channels))


def holds(condition: Condition, column: dict[Test, int]) -> nw.Expr:
    """Turn a condition into an expression over the truth columns."""
    match condition:
        case Test():
            return nw.col(f"t_{column[condition]}") == 1
        case Not(part):
            return ~holds(part, column)
        case AllOf(parts):
            return reduce(lambda left, right: left & right, (holds(part, column) for part in parts))
        case AnyOf(parts):
            return reduce(lambda left, right: left | right, (holds(part, column) for part in parts))


