"""A column mapping file (schemas/column-mapping.schema.json) into a `ColumnMapping`, or diagnostics at their places.

The shape is the schema's affair; here values get their types. Refuses to open the files that the mapping is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from relance.importers import parties
from relance.importers.columns import ColumnMapping, Format, Layout, Where, cell_reader, column_kind
from relance.importers.layouts import LAYOUTS, Column
from relance.journal.event_fields import did_you_mean
from relance.journal.event_types import PUBLIC
from relance.language import shape, source
from relance.language.findings import has_errors
from relance.language.source import Source
from relance.language.vocabulary import meant as word_meant
from relance.law import terms
from relance.model import Diagnostic, Severity
from relance.parsing.row_files import plain
from relance.sentences import sentence, sentence_of


def read_mapping(given: Path | str, path: str = "mapping.yaml") -> tuple[ColumnMapping | None, tuple[Diagnostic, ...]]:
    """Read a column mapping, by its path or (a str) as text; `path` is then the name the diagnostics bear.

    The mapping is None if and only if there is an error among the diagnostics. Raises OSError for a file that is not there.
    """
    name = str(given) if isinstance(given, Path) else path
    found, said = source.read(given.read_bytes() if isinstance(given, Path) else given, name)
    if found is None:
        return None, said
    said = (*said, *shape.check(found, "column-mapping"))
    if not has_errors(said):
        said = (*said, *_check_terms(found), *_check_words(found), *_check_headers(found))
    if has_errors(said):
        return None, tuple(sorted(said))
    return _build(found.value), tuple(sorted(said))


def _build(raw: Mapping[str, Any]) -> ColumnMapping:
    form = Format(**raw.get("format", {}))
    creditor = raw.get("creditor")
    return ColumnMapping(
        id=raw["mapping"],
        tables={name: _layout(raw[name], raw.get("format", {})) for name in LAYOUTS if name in raw},
        format=form,
        creditor=parties.creditor_of(creditor, mandate=_day(creditor.get("mandate"))) if creditor else None,
        terms=raw.get("terms", ""),
        end_of_month=raw.get("end_of_month"),
        accounts=tuple(raw.get("accounts", ("411",))),
    )


def _layout(raw: Mapping[str, Any], form: Mapping[str, Any]) -> Layout:
    return Layout(
        columns={name: (heads,) if isinstance(heads, str) else tuple(heads) for name, heads in raw.get("columns", {}).items()},
        values=raw.get("values", {}),
        defaults=raw.get("defaults", {}),
        where={header: _where(said) for header, said in raw.get("where", {}).items()},
        format=Format(**{**form, **raw.get("format", {})}),
    )


def _where(said: Sequence[str] | Mapping[str, Sequence[str]]) -> Where:
    """Read the cells that keep a row, or under `not` those that leave it out."""
    if isinstance(said, Mapping):
        return Where(frozenset(map(plain, said["not"])), keep=False)
    return Where(frozenset(map(plain, said)), keep=True)


def _check_words(found: Source) -> Iterator[Diagnostic]:
    """Tell of a word that a cell is said to mean, and of a default, that the column cannot hold: every row would be refused for it."""
    for name, raw, table in _tables(found):
        form = Format(**{**found.value.get("format", {}), **raw.get("format", {})})
        said: list[tuple[tuple[str, ...], str]] = [(("values", column, cell), meant) for column, meanings in raw.get("values", {}).items() for cell, meant in meanings.items() if column != "journal"]
        said += [(("defaults", column), meant) for column, meant in raw.get("defaults", {}).items()]
        for place, meant in said:
            if (wrong := _cannot_hold(name, place[1], meant, column_kind(place[1], table).kind, form)) is not None:
                yield found.at((name, *place)).diagnostic("PB104", wrong)


def _cannot_hold(table: str, column: str, meant: str, kind: str, form: Format) -> str | None:
    try:
        cell_reader(kind, form)(meant)
    except ValueError as error:
        return sentence_of(error)
    if (table, column) == ("events", "event") and meant not in PUBLIC:
        near = word_meant(meant, PUBLIC)
        return sentence("there is no event '{kind}'; {hint}", kind=meant, hint=did_you_mean([] if near is None else [near], PUBLIC))
    return None


def _check_headers(found: Source) -> Iterator[Diagnostic]:
    """Tell of a header that is taken for two days, or for two amounts: one of the two is another column's."""
    for name, raw, table in _tables(found):
        taken: dict[tuple[str, str], str] = {}
        for column, heads in raw.get("columns", {}).items():
            kind = column_kind(column, table).kind
            for head in [heads] if isinstance(heads, str) else heads:
                before = taken.setdefault((kind, plain(head)), column)
                if before != column and kind in {"date", "amount"}:
                    message = sentence('the column "{head}" is taken for "{first}" and for "{second}"', head=head, first=before, second=column)
                    hint = sentence("name the column of each; one that the file does not have is left out")
                    yield found.at((name, "columns", column)).diagnostic("PB107", message, severity=Severity.WARNING, hint=hint)


def _tables(found: Source) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Column]]]:
    yield from ((name, found.value[name], table) for name, table in LAYOUTS.items() if name in found.value)


def _check_terms(found: Source) -> tuple[Diagnostic, ...]:
    raw = found.value
    if "terms" not in raw:
        return ()
    try:
        parsed = terms.parse(raw["terms"])
    except ValueError as error:
        return (found.at(("terms",)).diagnostic("PB510", str(error)),)
    if parsed.end_of_month and parsed.days and "end_of_month" not in raw:
        message = sentence('"{terms}" can be counted in two ways, which give different due dates', terms=raw["terms"])
        hint = sentence("add `end_of_month: before` (the days, then the month's end) or `end_of_month: after` (the month's end, then the days)")
        return (found.at(("terms",)).diagnostic("PB510", message, hint=hint),)
    return ()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
