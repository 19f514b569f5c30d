"""The column mapping: how an export's headers, dates and numbers become the canonical tables, row by row.

A row becomes a dict of typed values or a sentence that says which
cell is wrong. Knows nothing of what the rows mean together: that is `relance.importers.portfolio_files`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from relance.importers.header_names import WORDINGS
from relance.importers.layouts import LAYOUTS, TABLES, Column, known_by
from relance.importers.mapping_text import header_words
from relance.language.vocabulary import known as words_of_table
from relance.language.written import quoted
from relance.model import OWN, Creditor
from relance.parsing import row_files as tables
from relance.parsing import values
from relance.parsing.rejects import Reject, Remark, Row, Unreadable
from relance.parsing.row_files import Table, full, plain, shown
from relance.sentences import plural, sentence, sentence_of

#: The pair of columns in which a table of invoices may tell an amount: a debit is owed, a credit is a credit note.
_SIDES = frozenset({"debit", "credit"})
#: Columns an export may carry beside the canonical ones, kept as they are in `terms`.
_EXTRA_IN = frozenset({"creditors"})


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. `auto` looks; `header` 0 looks for the line of the headers."""

    encoding: str = "auto"
    delimiter: str = "auto"
    header: int = 0
    sheet: str = ""
    dates: str = "auto"
    decimal: str = "auto"


class Where(NamedTuple):
    """The cells of a column by which rows are kept (`keep`) or left out; compared as headers are."""

    cells: frozenset[str]
    keep: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """One table of a mapping: canonical column → headers; canonical column → {what the cell says: what it means}; defaults.

    `where`: header → the cells of the rows that are read, or of those that are left out. A draft or a cancelled invoice claims nothing.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    format: Format = Format()
    where: Mapping[str, Where] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A column mapping file, built. `accounts` are those of a FEC's customers.

    `terms` are the payment terms where a row has no due date, and `end_of_month` how they count (`law.terms.Method`).
    """

    id: str = ""
    tables: Mapping[str, Layout] = field(default_factory=dict)
    format: Format = Format()
    creditor: Creditor | None = None
    terms: str = ""
    end_of_month: str | None = None
    accounts: tuple[str, ...] = ("411",)


class Cells(NamedTuple):
    """A row in canonical columns: file, line, the values that are there, and the row as it stood."""

    file: str
    line: int
    values: dict[str, Any]
    row: str


class _Reading(NamedTuple):
    """How one canonical column is read from a row."""

    name: str
    header: str
    places: tuple[int, ...]
    read: Callable[[Any], Any]
    meanings: Mapping[str, str]
    default: Any
    required: bool
    joined: bool


def canonical_rows(path: Path, name: str, mapping: ColumnMapping | None = None) -> Iterator[Cells | Reject | Remark]:
    """Yield the rows of a file as rows of the canonical table `name`, and the rejects between them.

    Without a layout for it in the mapping, the file's headers are the canonical names. Raises `Unreadable`.
    """
    mapping = mapping or ColumnMapping()
    layout = mapping.tables.get(name)
    form = layout.format if layout else mapping.format
    wanted = [*(one for heads in layout.columns.values() for one in heads), *layout.where] if layout and layout.columns else list(LAYOUTS[name])
    found = tables.table(
        path, encoding=form.encoding, delimiter=form.delimiter, header=form.header, sheet=form.sheet, wanted=wanted
    )  # fmt: skip
    yield from read_rows(found, name, layout or Layout(format=form))


def is_laid_out(path: Path, name: str, mapping: ColumnMapping) -> bool:
    """Say whether a table is what a mapping lays out beside a portfolio's own ("bank", "ledger"): it has those headers, or nothing else is laid out and it has none of a portfolio's."""
    layout = mapping.tables.get(name)
    if layout is None:
        return False
    wanted = {plain(one) for heads in layout.columns.values() for one in heads}
    form = layout.format
    have = {plain(one) for one in tables.table(path, encoding=form.encoding, delimiter=form.delimiter, header=form.header, sheet=form.sheet, wanted=wanted).headers}
    return wanted <= have or (len(mapping.tables) == 1 and not any(have >= known_by(one) for one in TABLES))


def check_dates(path: Path, name: str, mapping: ColumnMapping | None = None) -> None:
    """Read the dates of a table whose order nobody says, before anything of it is taken. Raises `Unreadable` where one can only be month/day/year."""
    mapping = mapping or ColumnMapping()
    layout = mapping.tables.get(name)
    form = layout.format if layout else mapping.format
    if form.dates != "auto":
        return
    wanted = [one for heads in layout.columns.values() for one in heads] if layout and layout.columns else list(LAYOUTS[name])
    table = tables.table(path, encoding=form.encoding, delimiter=form.delimiter, header=form.header, sheet=form.sheet, wanted=wanted)
    readings = [one for one in _readings(table.headers, name, layout or Layout(format=form)) if column_kind(one.name, LAYOUTS[name]).kind == "date"]
    for row in table.rows if readings else ():
        if isinstance(row, Reject):
            continue
        for reading in readings:
            cell = next((row.cells[place] for place in reading.places if place < len(row.cells) and full(row.cells[place])), None)
            try:
                if isinstance(cell, str):
                    reading.read(cell)
            except values.WrongOrderError as error:
                msg = sentence("line {line}: {error}", line=row.line, error=error)
                raise Unreadable(msg) from error
            except ValueError:
                continue


def read_rows(table: Table, name: str, layout: Layout) -> Iterator[Cells | Reject | Remark]:
    """Yield a table's rows in canonical columns; what `canonical` does once the file is open. Rows left out by `where` are told at the end, counted."""
    readings = _readings(table.headers, name, layout)
    extra = _extra(table.headers, readings) if name in _EXTRA_IN else ()
    least = 1 + max((place for reading in readings for place in reading.places), default=0)
    tests = [(place, header, test) for header, test in layout.where.items() for place in (_place(table.headers, header),)]
    paired = name == "invoices" and any(reading.name in _SIDES for reading in readings)
    out: Counter[str] = Counter()
    for row in table.rows:
        if isinstance(row, Reject):
            yield row
            continue
        if (said := _left_out(row, tests)) is not None:
            out[said] += 1
            continue
        reason = ""
        if len(row.cells) < least:
            reason = plural("{count} cell where at least {least} are needed: the line may be cut short", "{count} cells where at least {least} are needed: the line may be cut short", len(row.cells), least=least)
        else:
            try:
                found = _of_one_amount(_read(row, readings), paired=paired)
            except values.WrongOrderError as error:
                msg = sentence("line {line}: {error}", line=row.line, error=error)
                raise Unreadable(msg) from error
            except ValueError as error:
                reason = sentence_of(error)
        if reason:
            yield Reject(table.file, row.line, reason, shown(row.cells))
            continue
        if extra and (
            more := {key: values.text(row.cells[place]) for key, place in extra if place < len(row.cells) and full(row.cells[place])}
        ):
            found["terms"] = more
        yield Cells(table.file, row.line, found, shown(row.cells))
    if out:
        counted = ", ".join(f"{said} ({number})" for said, number in sorted(out.items()))
        yield Remark(table.file, 0, plural("{count} row left out by `where`: {counted}", "{count} rows left out by `where`: {counted}", out.total(), counted=counted), out.total())


def _of_one_amount(found: dict[str, Any], *, paired: bool) -> dict[str, Any]:
    """Return a row whose debit and credit, where the table tells an amount in that pair, are one amount: what is owed, above zero. Raises ValueError."""
    if not paired:
        return found
    debit, credit = (found.pop(side, None) for side in ("debit", "credit"))
    if found.get("amount") is not None and (debit or credit):
        raise ValueError(sentence("an amount, and a debit or credit beside it: the row says two things"))
    if debit and credit:
        raise ValueError(sentence("a debit and a credit on one row"))
    if found.get("amount") is None:
        if debit is None and credit is None:
            raise ValueError(sentence("neither a debit nor a credit"))
        found["amount"] = (debit or Decimal(0)) - (credit or Decimal(0))
    return found


def _place(headers: Sequence[str], header: str) -> int:
    """Return where a header of `where` stands. Raises `Unreadable` where it does not."""
    place = next((place for place, one in enumerate(headers) if plain(one) == plain(header)), None)
    if place is None:
        near = _near_header(header, headers)
        have = sentence("did you mean {near}?", near=repr(near)) if near else sentence("the file has {names}", names=[repr(one) for one in headers if one])
        msg = sentence("no column {header}, which `where` of the column mapping names; {have}", header=repr(header), have=have)
        raise Unreadable(msg)
    return place


def _near_header(header: str, headers: Sequence[str]) -> str | None:
    """Return the header of a file that was meant by one that it does not have: the same but for accents and punctuation, else one spelt nearly so."""
    bare = {header_words(one): one for one in headers if one}
    near = get_close_matches(header_words(header), bare, 1)
    return bare[near[0]] if near else None


def _left_out(row: Row, tests: Iterable[tuple[int, str, Where]]) -> str | None:
    """Return the cell by which a row is left out, or None."""
    for place, header, test in tests:
        cell = plain(row.cells[place]) if place < len(row.cells) else ""
        if (cell in test.cells) != test.keep:
            return sentence("{what}: {why}", what=header, why=cell or sentence("empty"))
    return None


def _read(row: Row, readings: tuple[_Reading, ...]) -> dict[str, Any]:
    cells = row.cells
    found: dict[str, Any] = {}
    for name, header, places, read, meanings, default, required, joined in readings:
        value: Any = None
        if joined:
            value = "\n".join(values.text(cells[place]) for place in places if full(cells[place])) or None
        else:
            for place in places:
                if full(cells[place]):
                    value = cells[place]
                    break
        if value is not None and meanings:
            value = meanings.get(plain(value), value)
        if value is None or value == "":
            if default is not None:
                found[name] = default
            elif required:
                msg = sentence("no '{name}'", name=name) if plain(header) == name else sentence("no '{name}': the column {header} is empty", name=name, header=repr(header))
                raise ValueError(msg)
            continue
        try:
            found[name] = read(value)
        except values.WrongOrderError:
            raise
        except ValueError as error:
            msg = sentence("{what}: {why}", what=repr(header), why=sentence_of(error))
            raise ValueError(msg) from None
    return found


def _readings(headers: tuple[str, ...], name: str, layout: Layout) -> tuple[_Reading, ...]:
    places = {plain(header): place for place, header in reversed(list(enumerate(headers))) if plain(header)}
    table = LAYOUTS[name]
    columns = dict(layout.columns) or _as_named(places, table)
    found = []
    for column, heads in columns.items():
        missing = [head for head in heads if plain(head) not in places]
        if missing:
            parts = [part.strip() for part in re.split(r"[+;]", missing[0])]
            near = f"[{', '.join(parts)}]" if len(parts) > 1 and all(plain(part) in places for part in parts) else _near_header(missing[0], headers)
            have = sentence("did you mean {near}?", near=repr(near)) if near else sentence("the file has {names}", names=[repr(one) for one in headers if one])
            msg = sentence("no column is headed {what}, which the mapping takes for {column}; {have}", what=repr(missing[0]), column=repr(column), have=have)
            raise Unreadable(msg)
        found.append(_reading(column, heads, tuple(places[plain(head)] for head in heads), layout, column_kind(column, table)))
    for column in table:
        if column not in columns and column in layout.defaults:
            found.append(_reading(column, (column,), (), layout, table[column]))
        elif column not in columns and table[column].required and not (name == "invoices" and column == "amount" and _SIDES & set(columns)):
            if layout.columns and (likely := _likely(column, headers)):
                raise Unreadable(sentence("the mapping names no column for {column}: write `{written}` under `columns`", column=repr(column), written=f"{column}: {quoted(likely)}"))
            msg = sentence("no column is headed {column}; the file has {names}; a column mapping says which is which: `relance import guess FILE` writes it, `--columns` takes it", column=repr(column), names=", ".join(map(repr, filter(None, headers))))
            raise Unreadable(msg)
    return tuple(found)


def _likely(column: str, headers: Sequence[str]) -> str | None:
    """Return the header by which accounting software calls a column, where the file has one."""
    named = {header_words(header): header for header in reversed(headers) if header}
    return next((named[wording] for wording in WORDINGS.get(column, ()) if wording in named), None)


def _as_named(places: Mapping[str, int], table: Mapping[str, Column]) -> dict[str, tuple[str, ...]]:
    """Take the headers for the canonical columns; refuse one that is nearly one of them, for its column would be lost."""
    for header in places:
        absent = [one for one in table if one not in places]
        said = [word for word in words_of_table(header) or () if word in absent][:1]
        if header not in table and not _is_own(header, table) and (near := get_close_matches(header, absent, 1, cutoff=0.8) or said):
            msg = sentence("the column {header} is not known; did you mean {what}?", header=repr(header), what=repr(near[0]))
            raise Unreadable(msg)
    return {header: (header,) for header in places if header in table or _is_own(header, table)}


def _is_own(header: str, table: Mapping[str, Column]) -> bool:
    """Say whether a column of invoices is a field of the creditor's own, `field.<name>`."""
    return table is TABLES["invoices"] and re.fullmatch(rf"{re.escape(OWN)}[a-z][a-z0-9-]*", header) is not None


def column_kind(column: str, table: Mapping[str, Column]) -> Column:
    """Return what a column of a table holds; a field of the creditor's own is kept as the text that it is."""
    return Column("text") if _is_own(column, table) else table[column]


def _reading(column: str, heads: tuple[str, ...], places: tuple[int, ...], layout: Layout, kind: Column) -> _Reading:
    read = cell_reader(kind.kind, layout.format)
    default: Any = False if kind.kind == "flag" and places else None  # an empty cell is a no
    if column in layout.defaults:
        try:
            default = read(layout.defaults[column])
        except ValueError as error:
            msg = sentence("the default of {column} in the column mapping: {error}", column=repr(column), error=error)
            raise Unreadable(msg) from error
    meanings = {plain(said): meant for said, meant in layout.values.get(column, {}).items()}
    joined = len(places) > 1 and kind.kind in {"lines", "text"}
    return _Reading(column, " + ".join(heads), places, read, meanings, default, kind.required, joined)


def _word_of(choices: Sequence[str]) -> Callable[[Any], str]:
    """Return the reader of a word from a closed list, which says of another the one that it means: `consumer` of `particulier`."""
    strict = values.one_of(*choices)

    def read(value: Any) -> str:
        try:
            return strict(value)
        except ValueError as error:
            from relance.language.vocabulary import meant

            near = meant(values.text(value), choices)
            raise ValueError(sentence("{why}; did you mean {near}?", why=sentence_of(error), near=repr(near)) if near is not None else sentence_of(error)) from None

    return read


def cell_reader(kind: str, form: Format) -> Callable[[Any], Any]:
    """Return the reader of a canonical column's kind, for files written in this format."""
    if kind == "date":
        return values.date_reader(form.dates)
    if kind == "amount":
        return values.amount_reader(form.decimal)
    if kind.startswith("one of "):
        return _word_of(kind.removeprefix("one of ").split(", "))
    readers: Mapping[str, Callable[[Any], Any]] = {
        "word": values.word,
        "country": values.country,
        "language": values.language,
        "text": values.text,
        "currency": values.currency,
        "flag": values.flag,
        "list": values.listed,
        "lines": values.address_lines,
        "whole": values.whole_number,
    }
    return readers[kind]


def _extra(headers: tuple[str, ...], readings: tuple[_Reading, ...]) -> tuple[tuple[str, int], ...]:
    used = {place for reading in readings for place in reading.places}
    return tuple((header.strip(), place) for place, header in enumerate(headers) if plain(header) and place not in used)
