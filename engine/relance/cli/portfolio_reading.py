"""The files of a portfolio, as a command names them, read whole or in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from relance.cli.casefiles import broken
from relance.cli.common import Stop
from relance.language.findings import errors
from relance.sentences import system_words, tell, told

if TYPE_CHECKING:
    from relance.importers.columns import ColumnMapping
    from relance.importers.portfolio_files import Portfolio
    from relance.importers.portfolio_parts import PortfolioParts

R = TypeVar("R", "Portfolio", "PortfolioParts")


class TableOptions(NamedTuple):
    """The files of a portfolio."""

    invoices: Path
    debtors: Path | None = None
    creditors: Path | None = None
    events: Path | None = None
    columns: Path | None = None


def read(tables: TableOptions, *, not_after: date | None = None) -> Portfolio:
    """Read a portfolio's files; one that cannot be read at all stops the run."""
    from relance.importers import portfolio_files as portfolio

    return readable(portfolio.read(tables.invoices, debtors=tables.debtors, creditors=tables.creditors, events=tables.events, mapping=_mapping(tables.columns), not_after=not_after))


@contextmanager
def read_in_parts(tables: TableOptions, *, not_after: date, journal: str) -> Iterator[PortfolioParts]:
    """Read a portfolio's files in parts of whole debtors, those who are merged in a `journal` in one; a small portfolio is one part."""
    from relance.importers.columns import ColumnMapping
    from relance.importers.portfolio_files import rows_of
    from relance.importers.portfolio_parts import in_parts
    from relance.journal.journal import Journal

    def merged() -> Mapping[tuple[str, str], str]:
        if "://" not in journal and not Path(journal).is_file():
            return {}
        with Journal.open(journal, create=False) as there:
            return there.merged_names()

    mapping = _mapping(tables.columns)
    files = {"invoices": tables.invoices, "debtors": tables.debtors, "creditors": tables.creditors, "events": tables.events}
    rows = {name: rows_of(path, name, mapping) for name, path in files.items() if path is not None}
    with in_parts(rows, mapping or ColumnMapping(), merged=merged, not_after=not_after) as parts:
        readable(parts)
        yield parts


def _mapping(columns: Path | None) -> ColumnMapping | None:
    from relance.importers.mapping import read_mapping

    if columns is None:
        return None
    try:
        mapping, findings = read_mapping(columns)
    except OSError as error:
        raise Stop(tell("{columns} cannot be read: {reason}", columns=columns, reason=system_words(error))) from error
    if mapping is None:
        broken(errors(findings), tell("the column mapping {columns} has mistakes", columns=columns))
    return mapping


def readable(found: R) -> R:
    """Return what was read, or stop where a file could not be read at all."""
    if found.unreadable:
        raise Stop("\n".join(f"{one.file}: {told(one.reason)}" for one in found.unreadable))
    return found
