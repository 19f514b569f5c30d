"""Debtors of one creditor whom one identifier names twice: one person under two numbers, or a number that is wrong. A person says which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from relance.journal.journal import Journal


class DoubleDebtor(NamedTuple):
    """Two debtors of a creditor who bear one SIREN: their ids, and how each is called."""

    creditor: str
    siren: str
    one: str
    other: str
    names: tuple[str, str]


def doubles(journal: Journal, creditor: str | None = None) -> Iterator[DoubleDebtor]:
    """Yield those of whom nobody said yet that they are one (`relance merge`) or two (`relance split`)."""
    records: dict[tuple[str, str], dict[str, str]] = {}
    for entry in journal.entries(creditor=creditor, kinds=("debtor.recorded",)):
        if entry.debtor is not None:
            records[entry.creditor, entry.debtor] = dict(entry.data.get("record", {}))
    by_number: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (name, debtor), record in records.items():
        if siren := str(record.get("siren") or ""):
            by_number[name, siren].append(debtor)
    for (name, siren), some in sorted(by_number.items()):
        first, *others = sorted(some)
        for other in others:
            if not journal.are_two(name, first, other):
                yield DoubleDebtor(name, siren, first, other, (records[name, first].get("name", ""), records[name, other].get("name", "")))
