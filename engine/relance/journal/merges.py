"""Which debtors of a chain are one: `debtor.merged` and `debtor.split`, replayed in order.

An entry keeps the reference it was written with; who is merged into whom is only read. So a split gives each his own again, and the
chain is never rewritten. The entries bear keys of their own (`merge:1` …), by which they are found without reading a chain.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from relance.journal.store import CHAINS, JOURNAL

MERGED, SPLIT = "debtor.merged", "debtor.split"
_KEY = "merge:"

Who = tuple[str, str]  # creditor, and a debtor's reference in his chain


@dataclass(slots=True)
class Merges:
    """Into whom each debtor's reference is merged, and how many such entries each chain has."""

    into: dict[Who, str] = field(default_factory=dict)
    apart: set[tuple[str, frozenset[str]]] = field(default_factory=set)  # pairs that a person said are two
    count: dict[str, int] = field(default_factory=dict)

    def main(self, creditor: str, who: str) -> str:
        """Return the reference that a debtor's entries count for: his own where he is merged into nobody."""
        while (further := self.into.get((creditor, who))) is not None:
            who = further
        return who

    def members(self, creditor: str, whos: Iterable[str]) -> set[str]:
        """Return these references and all whose entries count for the same debtors."""
        mains = {self.main(creditor, who) for who in whos}
        return mains | {who for (name, who) in self.into if name == creditor and self.main(name, who) in mains}

    def next_key(self, creditor: str) -> str:
        """Return the key of the next such entry of a chain."""
        return f"{_KEY}{self.count.get(creditor, 0) + 1}"


def _merged_or_split(chains: Any) -> sa.Select[Any]:
    entries = sa.select(JOURNAL.c.creditor, JOURNAL.c.debtor, JOURNAL.c.kind, JOURNAL.c.payload)
    return entries.where(JOURNAL.c.creditor.in_(chains), JOURNAL.c.key >= _KEY, JOURNAL.c.key < "merge;").order_by(JOURNAL.c.creditor, JOURNAL.c.seq)


#: Of all chains: asked at every reading, and written once, for to put a query together takes as long as to answer it.
_MERGED_OR_SPLIT = _merged_or_split(sa.select(CHAINS.c.creditor))


def merges(connection: sa.Connection, creditors: Collection[str] | None = None, *, known_before: str | None = None, seq_before: int | None = None) -> Merges:
    """Replay who was merged and split, in some chains or all, by a moment or a place."""
    query = _MERGED_OR_SPLIT if creditors is None else _merged_or_split(list(creditors))
    if known_before is not None:
        query = query.where(JOURNAL.c.recorded_at < known_before)
    if seq_before is not None:
        query = query.where(JOURNAL.c.seq < seq_before)
    found = Merges()
    for creditor, who, kind, payload in connection.execute(query):
        found.count[creditor] = found.count.get(creditor, 0) + 1
        other = json.loads(payload)["who"]
        if kind == MERGED:
            found.into[creditor, who] = other
            found.apart.discard((creditor, frozenset({who, other})))
        else:
            found.into.pop((creditor, who), None)
            found.apart.add((creditor, frozenset({who, other})))
    return found
