"""Figures of a wording that are true of every case: what its author declares, and what the law fixes.

A sum or a day written into a wording cannot be true of every case, and would keep its messages from leaving; `undeclared` finds it
when the wording is checked, long before its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from relance.factcheck import reading
from relance.factcheck.reading import flat
from relance.law.parameters import UnknownParameter, french, value_on

#: What the law fixes and any text may name: an amount, percentages.
AMOUNTS_OF_LAW = ("fixed-indemnity",)
RATES_OF_LAW = ("late-interest", "legal-interest-individuals", "legal-interest-others", "late-interest-floor")


@dataclass(frozen=True, slots=True)
class Constants:
    """Figures that a wording declares true of every case."""

    amounts: frozenset[Decimal] = frozenset()
    days: frozenset[date] = frozenset()
    percentages: frozenset[Decimal] = frozenset()
    articles: frozenset[str] = frozenset()
    text: str = ""


@lru_cache(maxsize=256)
def constants_of(declared: tuple[str, ...]) -> Constants:
    """Read what a wording declares."""
    text = "\n".join(flat(each) for each in declared)
    return Constants(
        frozenset(mark.value[0] for mark in reading.amounts(text)),
        frozenset(mark.value for mark in reading.days(text)),
        frozenset(mark.value for mark in reading.percentages(text)),
        frozenset(mark.value for mark in reading.articles(text)),
        text,
    )


def undeclared(text: str, declared: tuple[str, ...]) -> Iterator[str]:
    """Find the sums, days and percentages in the text of a wording that are no figures of law and that its author did not declare.

    No rate of law is one: each is another every half-year, and a message asks by several.
    """
    known, low = constants_of(declared), flat(text)
    fixed = {value.value for name in AMOUNTS_OF_LAW for value in french()[name].values}
    for mark in reading.amounts(low):
        if mark.value[0] not in known.amounts | fixed:
            yield text[mark.start : mark.end]
    for mark in reading.days(low):
        if mark.value not in known.days:
            yield text[mark.start : mark.end]
    for mark in reading.percentages(low):
        if mark.value not in known.percentages:
            yield text[mark.start : mark.end]


@lru_cache(maxsize=256)
def of_law(names: tuple[str, ...], on: date) -> frozenset[Decimal]:
    """Return figures of law on a day; one that is not known on it is left out."""
    found = set()
    for name in names:
        try:
            found.add(value_on(name, on))
        except UnknownParameter:
            continue
    return frozenset(found)
