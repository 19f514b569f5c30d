"""Tables of a portfolio — invoices, and perhaps debtors, creditors, events — into `Facts`, one for each debtor of each creditor.

A row that cannot stand (an unreadable cell, an id already taken by something else, an event about nothing known) is a
`Reject` and the rest goes on. `relance.importers` reads the files and puts the rows together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from relance.escaping import csv_text
from relance.importers.assembly import Assembly, Origin
from relance.importers.columns import Cells, ColumnMapping, canonical_rows
from relance.importers.sources import ToldAgain
from relance.model import Facts
from relance.parsing.rejects import Reject, Remark, Unreadable
from relance.sentences import sentence, sentence_of, system_words

__all__ = ["Portfolio", "Reject", "Rows", "build", "read", "rejects_csv"]

Rows = Iterable[Cells | Reject | Remark]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What was read: the facts by creditor and debtor, the rejects in the order of the files, the number of rows read.

    `repeated` counts what said again what was known; it changes nothing. `places` tells file, line and row of an invoice,
    by creditor and number. `read` are file and line of each row, and `origins` those of what was made of rows, named as `Recorded.fresh` does.
    `agreed` are sums paid that rows state and other sources told by the invoice's name.
    """

    facts: tuple[Facts, ...]
    rejects: tuple[Reject, ...] = ()
    rows: int = 0
    repeated: int = 0
    places: Mapping[tuple[str, str], tuple[str, int, str]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    read: tuple[Origin, ...] = ()
    origins: Mapping[tuple[str | int, ...], Origin] = field(default_factory=dict)
    agreed: tuple[ToldAgain, ...] = ()

    @property
    def unreadable(self) -> tuple[Reject, ...]:
        """The files of which nothing could be read."""
        return tuple(one for one in self.rejects if one.line == 0)


def read(
    invoices: Path,
    *,
    debtors: Path | None = None,
    creditors: Path | None = None,
    events: Path | None = None,
    mapping: ColumnMapping | None = None,
    not_after: date | None = None,
) -> Portfolio:
    """Read a portfolio's files by a column mapping (without one, the headers are the canonical columns).

    With `not_after`, an invoice issued, a payment made or an event dated later is a reject: an import gives today,
    a run over the past gives nothing. A file that cannot be read at all is a reject with line 0.
    """
    files = {"invoices": invoices, "debtors": debtors, "creditors": creditors, "events": events}
    rows = {name: rows_of(path, name, mapping) for name, path in files.items() if path is not None}
    return build(rows, mapping=mapping, not_after=not_after)


def rows_of(path: Path, name: str, mapping: ColumnMapping | None) -> Iterator[Cells | Reject | Remark]:
    """Yield the rows of a file as rows of the canonical table `name`; a file that cannot be read is a reject with line 0."""
    try:
        yield from canonical_rows(path, name, mapping)
    except Unreadable as error:
        yield Reject(path.name, 0, sentence_of(error))
    except OSError as error:
        yield Reject(path.name, 0, sentence("cannot be read: {why}", why=system_words(error)))


def build(
    tables: Mapping[str, Rows],
    *,
    mapping: ColumnMapping | None = None,
    not_after: date | None = None,
    any_debtor: bool = False,
    known: Iterable[Facts] = (),
    every_debtor: bool = False,
    marks: Iterable[int] = (),
) -> Portfolio:
    """Make a portfolio of rows in canonical columns, by table name; importers of other formats come in here.

    `known` is what the journal knows: events may be about it, and what it holds already is not said again. With
    `any_debtor`, an event may be about a debtor of whom nothing else is said here; with `every_debtor`, debtors without
    an invoice are given as well. `marks` stand for movements that are known (`importers.assembly.mark_of`).
    """
    books = Assembly(mapping or ColumnMapping(), not_after, any_debtor)
    for facts in known:
        books.know(facts)
    books.known_marks.update(marks)
    return put_together(books, tables, every_debtor=every_debtor)


def put_together(books: Assembly, tables: Mapping[str, Rows], *, every_debtor: bool = False) -> Portfolio:
    """Take the rows of tables into an assembly that may know something already, and give what came of it."""
    rows, read = 0, []
    for name, take in (
        ("creditors", books.take_creditor),
        ("debtors", books.take_debtor),
        ("invoices", books.take_invoice),
        ("events", books.take_event),
    ):
        for row in tables.get(name, ()):
            if isinstance(row, Reject):
                books.rejects.append(row)
                continue
            if isinstance(row, Remark):
                books.remarks.append(row)
                continue
            rows += 1
            books.origin = (row.file, row.line)
            read.append(books.origin)
            try:
                take(row)
            except ValueError as error:
                books.rejects.append(Reject(row.file, row.line, sentence_of(error), row.row))
        if name == "invoices":
            books.settle_credit_notes()
    places = {key: taken.place for key, taken in books.taken.items()}
    facts = tuple(books.facts(every_debtor=every_debtor))
    return Portfolio(facts, tuple(books.rejects), rows, books.repeated, places, tuple(books.remarks), tuple(read), dict(books.origins), tuple(books.agreed))


def rejects_csv(rejects: Iterable[Reject]) -> str:
    """Return the rejects as a CSV file: file, line, reason, row. A row that a spreadsheet would take for a formula is quoted."""
    return csv_text([("file", "line", "reason", "row"), *((one.file, one.line, one.reason, one.row) for one in rejects)])
