"""A portfolio of any size in parts, each of whole debtors, so that a million rows need no more memory than a part of them.

Rows are laid by in a file of their own, in the order of their tables, and taken out by debtor. Debtors whose rows speak of one another (one number
for two, an event that names another's invoice, a merge) stand in one part, so that a part means what it means in the whole. A small portfolio is one part.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from relance.importers.columns import Cells, ColumnMapping
from relance.importers.portfolio_files import Portfolio, Rows, build
from relance.journal.store import chunks
from relance.parsing.rejects import Reject, Remark

#: How many rows a part holds, unless its debtors have more that belong together.
PART = 5_000
_ORDER = ("debtors", "invoices", "events")
_TABLES = """
CREATE TABLE lines (place INTEGER PRIMARY KEY, kind INTEGER, debtor TEXT, row BLOB);
CREATE TABLE named (name TEXT, creditor TEXT, debtor TEXT);
CREATE TABLE parts (debtor TEXT PRIMARY KEY, part INTEGER) WITHOUT ROWID;
"""


class PortfolioPart(NamedTuple):
    """What was read of some debtors. `about` names them all; None: it is the whole portfolio."""

    portfolio: Portfolio
    about: frozenset[str] | None = None


@dataclass
class PortfolioParts:
    """The parts of a portfolio, in which the debtors of one part are named by no other."""

    parts: Iterable[PortfolioPart]
    store: sqlite3.Connection | None = None
    creditors: set[str] = field(default_factory=set)  # of whom the rows name invoices, or those read so far do
    unreadable: tuple[Reject, ...] = ()  # files of which nothing could be read

    def __iter__(self) -> Iterator[PortfolioPart]:
        """Yield the parts, once."""
        for one in self.parts:
            self.creditors.update(facts.creditor.id for facts in one.portfolio.facts if facts.invoices)
            yield one

    @property
    def whole(self) -> bool:
        """Say whether there is one part alone, of everything."""
        return self.store is None

    def others(self, debtors: Iterable[str]) -> list[str]:
        """Return those of these debtors whom no part names."""
        if self.store is None:
            return []
        asked, there = list(debtors), set[str]()
        for some in chunks(asked):
            marks = ",".join("?" * len(some))
            there.update(name for (name,) in self.store.execute(f"SELECT debtor FROM parts WHERE debtor IN ({marks})", list(some)))  # noqa: S608 - marks alone
        return [one for one in asked if one not in there]


@contextmanager
def in_parts(tables: Mapping[str, Rows], mapping: ColumnMapping, *, merged: Callable[[], Mapping[tuple[str, str], str]] = dict, size: int = 0, **how: Any) -> Iterator[PortfolioParts]:
    """Give the parts of a portfolio's rows, by table; `merged` and `how` are as the journal tells of debtors (by creditor) and as `build` takes it."""
    size = size or PART
    sources = {name: iter(rows) for name, rows in tables.items()}
    first = {name: list(islice(rows, size + 1)) for name, rows in sources.items()}
    if sum(map(len, first.values())) <= size:
        yield PortfolioParts([PortfolioPart(build(first, mapping=mapping, **how))])
        return
    with TemporaryDirectory(prefix="relance-") as folder:
        store = sqlite3.connect(Path(folder) / "rows.db")
        try:
            store.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;" + _TABLES)
            every = {name: chain(first.pop(name), rows) for name, rows in sources.items()}
            laid = _Store(store, mapping, list(every.pop("creditors", ())))
            for name in _ORDER:
                laid.take(name, every.get(name, ()))
            laid.share_out(merged(), size)
            yield PortfolioParts(laid.parts(how), store, laid.listed, tuple(one for one in laid.rejects if one.line == 0))
        finally:
            store.close()


class _Store:
    """Rows by debtor, in a database of their own."""

    def __init__(self, store: sqlite3.Connection, mapping: ColumnMapping, creditors: list[Cells | Reject | Remark]) -> None:
        self.store, self.mapping, self.creditors = store, mapping, creditors
        self.rejects: list[Reject] = []  # of lines that nobody's rows came of
        self.listed: set[str] = set()  # the creditors whom rows of invoices name
        self.place = 0

    def take(self, name: str, rows: Iterable[Cells | Reject | Remark]) -> None:
        """Lay the rows of a table by; what could not be read is kept apart."""
        lines: list[tuple[int, int, str, bytes]] = []
        names: list[tuple[str, str, str]] = []
        kind = _ORDER.index(name)
        for row in rows:
            self.place += 1
            if not isinstance(row, Cells):
                self.rejects += [row] if isinstance(row, Reject) else []
                continue
            debtor = str(row.values["id"] if name == "debtors" else row.values.get("debtor") or "")
            given = self.mapping.creditor.id if self.mapping.creditor and name != "events" else ""  # an event may be about anybody's invoice
            creditor = str(row.values.get("creditor") or given)
            named = {"invoices": ("id", "document"), "events": ("invoice",)}.get(name, ())
            self.listed |= {creditor} if creditor and name == "invoices" else set()
            names += [(str(row.values[each]), creditor, debtor) for each in named if row.values.get(each)]
            lines.append((self.place, kind, debtor, pickle.dumps(tuple(row), pickle.HIGHEST_PROTOCOL)))
            if len(lines) >= PART:
                self._put(lines, names)
        self._put(lines, names)

    def _put(self, lines: list[tuple[int, int, str, bytes]], names: list[tuple[str, str, str]]) -> None:
        self.store.executemany("INSERT INTO lines VALUES (?, ?, ?, ?)", lines)
        self.store.executemany("INSERT INTO named VALUES (?, ?, ?)", names)
        lines.clear()
        names.clear()

    def share_out(self, merged: Mapping[tuple[str, str], str], size: int) -> None:
        """Say which debtor's rows stand in which part; an event that names no debtor goes with the one whose invoice it names."""
        self.store.executescript("CREATE INDEX by_name ON named (name, creditor, debtor); CREATE INDEX by_debtor ON lines (debtor);")
        for place, row in self.store.execute("SELECT place, row FROM lines WHERE debtor = ''").fetchall():
            told = _cells(row).values
            whose = "SELECT debtor FROM named WHERE name = ? AND debtor != '' AND (? = '' OR creditor IN (?, '')) ORDER BY creditor DESC LIMIT 1"
            creditor = str(told.get("creditor", ""))
            found = self.store.execute(whose, (str(told.get("invoice", "")), creditor, creditor)).fetchone()
            if found:
                self.store.execute("UPDATE lines SET debtor = ? WHERE place = ?", (found[0], place))
        together = _Together()
        shared = "SELECT name, creditor FROM named WHERE debtor != '' AND creditor != '' GROUP BY name, creditor HAVING COUNT(DISTINCT debtor) > 1"
        loose = "SELECT DISTINCT name, NULL FROM named WHERE creditor = ''"
        several = f"SELECT name, NULL FROM named WHERE debtor != '' AND name IN (SELECT name FROM ({loose})) GROUP BY name HAVING COUNT(DISTINCT debtor) > 1"  # noqa: S608 - no value in it
        for name, creditor in [*self.store.execute(shared), *self.store.execute(several)]:
            whose = "SELECT DISTINCT debtor FROM named WHERE name = ? AND debtor != '' AND creditor = ifnull(?, creditor)"
            together.join(debtor for (debtor,) in self.store.execute(whose, (name, creditor)))
        for (_, debtor), main in merged.items():
            together.join((debtor, main))
        part, held, found = 0, 0, set[str]()
        rows: list[tuple[str, int]] = []
        for debtor, number in self.store.execute("SELECT debtor, COUNT(*) FROM lines GROUP BY debtor ORDER BY debtor"):
            if debtor in found:
                continue
            if held >= size:
                part, held = part + 1, 0
            same = together.of(debtor)
            rows += [(each, part) for each in same]
            found |= same if len(same) > 1 else set()
            held += number * len(same)
            if len(rows) >= PART:
                self.store.executemany("INSERT INTO parts VALUES (?, ?)", rows)
                rows.clear()
        self.store.executemany("INSERT INTO parts VALUES (?, ?)", rows)

    def parts(self, how: Mapping[str, Any]) -> Iterator[PortfolioPart]:
        """Yield each part; the first bears what could not be read."""
        told = {(one.file, one.line) for one in self.creditors if not isinstance(one, Remark)}
        rows = self.store.cursor().execute("SELECT parts.part, lines.kind, lines.row FROM lines JOIN parts USING (debtor) ORDER BY parts.part, lines.place")
        nothing = (part for part in (0,) if self.store.execute("SELECT 1 FROM parts LIMIT 1").fetchone() is None)
        for part, group in chain(groupby(rows, key=lambda each: each[0]), ((part, iter(())) for part in nothing)):
            tables: dict[str, list[Cells | Reject | Remark]] = {"creditors": self.creditors, **{name: [] for name in _ORDER}}
            for _, kind, row in group:
                tables[_ORDER[kind]].append(_cells(row))
            made = build(tables, mapping=self.mapping, **how)
            mine = tuple(one for one in made.rejects if part == 0 or (one.file, one.line) not in told)
            about = self.store.execute("SELECT debtor FROM parts WHERE part = ? AND debtor != ''", (part,))
            yield PortfolioPart(replace(made, rejects=(*(self.rejects if part == 0 else ()), *mine)), frozenset(name for (name,) in about))


class _Together:
    """Debtors who stand in one part."""

    def __init__(self) -> None:
        self.groups: dict[str, set[str]] = {}

    def join(self, debtors: Iterable[str]) -> None:
        """Say that these stand in one part, with all who do with one of them."""
        whole = set().union(*(self.groups.get(one, {one}) for one in debtors))
        self.groups |= dict.fromkeys(whole, whole)

    def of(self, debtor: str) -> set[str]:
        """Return all who stand in one part with a debtor, himself among them."""
        return self.groups.get(debtor, {debtor})


def _cells(row: bytes) -> Cells:
    return Cells(*pickle.loads(row))  # noqa: S301 - written by this very process, in a folder of its own
