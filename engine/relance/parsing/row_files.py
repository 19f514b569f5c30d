"""A file of rows — CSV in any usual encoding, Excel, Parquet — to `Row`s: a line number and a cell for each header.

Streams: a file of a million lines is never held. A row that is broken as text becomes a `Reject`, and the reading goes
on with the next line; a file that is no table at all raises `Unreadable`. Knows no column mapping and no invoice.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from relance.extras import missing
from relance.parsing.rejects import Reject, Row, Unreadable
from relance.sentences import sentence, system_words

DELIMITERS = (";", ",", "\t", "|")
_CHUNK = 1 << 20
#: Files that name themselves so hold no table.
_JSON = frozenset({".json", ".jsonl", ".ndjson"})
#: A header is looked for in so many rows: exports begin with a title, a date, an empty line.
_HEADER_WITHIN = 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_TABLES = {
    b"%PDF": sentence("a PDF"), b"\xd0\xcf\x11\xe0": sentence("an old Excel file (.xls), or one with a password; save it as .xlsx without one, or as CSV"),
    b"\x7fELF": sentence("a program"),
}  # fmt: skip


def plain(header: object) -> str:
    """Return a header as it is compared: small letters, single spaces, so that a stray space changes nothing."""
    return " ".join(str(header).replace("\ufeff", "").split()).casefold()


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows: its name, its headers as written, and its rows with the rejects between them, to be read once."""

    file: str
    headers: tuple[str, ...]
    rows: Iterator[Row | Reject]


def table(
    path: Path,
    *,
    encoding: str = "auto",
    delimiter: str = "auto",
    header: int = 0,
    sheet: str = "",
    wanted: Iterable[str] | Callable[[str], bool] = (),
    quoted: bool = True,
) -> Table:
    """Open a CSV, Excel or Parquet file. Cells of a CSV are text; those of the others are what they typed.

    Without `quoted`, a quotation mark in a text is a letter like any other, unless the first line begins with one.

    `header` is the line of the headers (0: that one of the first rows which holds most of the `wanted` ones,
    else the first with two cells or more).
    Raises `Unreadable`.
    """
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        from relance.parsing.excel import sheet_rows

        records: Iterator[Row | Reject] = sheet_rows(path, sheet)
    elif head == b"PAR1":
        records = _parquet(path)
    elif path.suffix.lower() in _JSON and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        raise Unreadable(sentence("JSON, which is read as no table: export it as CSV or Excel"))
    else:
        records = _csv(path, encoding, delimiter, quoted=quoted)
    first: list[Row | Reject] = []
    for record in records:
        first.append(record)
        if len(first) >= _HEADER_WITHIN and record.line >= header:
            break
    line, headers = _header(first, header, wanted if callable(wanted) else frozenset(map(plain, wanted)).__contains__)
    below = chain((one for one in first if isinstance(one, Reject) or one.line > line), records)
    return Table(path.name, tuple(headers), _body(path.name, len(headers), below))


def _body(name: str, width: int, records: Iterable[Row | Reject]) -> Iterator[Row | Reject]:
    """Drop the empty rows and refuse those that are too long; a short row is for whoever knows which cells matter."""
    for record in records:
        if isinstance(record, Reject):
            yield record
        elif len(record.cells) > width and any(map(full, record.cells[width:])):
            yield Reject(name, record.line, sentence("{count} cells where the header has {width}", count=len(record.cells), width=width), shown(record.cells))
        elif any(map(full, record.cells)):
            yield record


def _header(first: list[Row | Reject], header: int, wanted: Callable[[str], bool]) -> tuple[int, list[str]]:
    candidates = [one for one in first if isinstance(one, Row) and any(map(full, one.cells)) and (not header or one.line == header)]
    if not candidates:
        reason = next((one.reason for one in first if isinstance(one, Reject)), "")
        msg = sentence("no headers on line {line}", line=header) if header else reason or sentence("the file holds no table")
        raise Unreadable(msg)
    line, cells = max(candidates, key=lambda one: (sum(wanted(plain(cell)) for cell in one.cells), sum(map(full, one.cells)) > 1))
    headers = [str(cell) if cell is not None else "" for cell in cells]
    named = [plain(one) for one in headers if plain(one)]
    if twice := next((one for one in named if named.count(one) > 1 and wanted(one)), None):
        msg = sentence("two columns are headed {twice}", twice=repr(twice))
        raise Unreadable(msg)
    while headers and not plain(headers[-1]):
        headers.pop()
    return line, headers


def full(cell: object) -> bool:
    """Say whether a cell holds anything."""
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def shown(cells: Iterable[Any]) -> str:
    """Return a row as it is shown among the rejects."""
    return ";".join("" if cell is None else str(cell) for cell in cells)[:500]


# --------------------------------------------------------------------------- text


def _csv(path: Path, encoding: str, delimiter: str, *, quoted: bool) -> Iterator[Row | Reject]:
    chosen, dirty = encoding_of(path) if encoding == "auto" else (encoding, True)
    try:
        codecs.lookup(chosen)
    except LookupError:
        msg = sentence("no encoding is called {chosen}; there are utf-8, windows-1252 (what Windows calls ANSI), iso-8859-15 and utf-16", chosen=repr(chosen))
        raise Unreadable(msg) from None
    sign = delimiter
    with path.open(encoding=chosen, errors="surrogateescape" if chosen.startswith("utf-8") else "replace", newline="") as stream:
        if sign == "auto":
            sign = _delimiter(stream)
            stream.seek(0)
        if not quoted:
            quoted = stream.readline(2).lstrip("\ufeff").startswith('"')
            stream.seek(0)
        yield from _records(path.name, stream, sign, dirty=dirty) if quoted else _lines(path.name, stream, sign, dirty=dirty)


#: Bytes that only Windows-1252 has signs for; and those by which ISO 8859-15 is told from it and from Latin-1: its euro sign (a sign of currency in both others, which
#: nobody writes), its Œ, œ, Ÿ and the Š, š, ž within a word, where the others have fractions and accents without a letter.
_WINDOWS = re.compile(rb"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
_FIFTEEN = re.compile(rb"\xa4|(?<![0-9])[\xbc\xbd](?=[A-Za-z])|(?<=[A-Za-z\xc0-\xff])[\xa6\xa8\xb8\xbe](?=[A-Za-z\xc0-\xff])")


def encoding_of(path: Path) -> tuple[str, bool]:
    """Return the encoding a text is in, and whether it holds bytes that do not belong to it. Raises `Unreadable`.

    A byte order mark decides; else UTF-8, if what is not ASCII is; else ISO 8859-15 where its euro sign or its œ stands; else Windows-1252, or Latin-1
    where only that fits.
    A text in UTF-8 that was cut, or that has a stray byte, stays UTF-8: only its broken rows are lost.
    """
    good = bad = 0
    odd = windows = fifteen = False
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with path.open("rb") as stream:
        head = stream.read(4)
        for mark, name in _BOMS:
            if head.startswith(mark):
                return name, True
        for mark, what in _NOT_TABLES.items():
            if head.startswith(mark):
                msg = sentence("this is {what}, not a table of text", what=what)
                raise Unreadable(msg)
        stream.seek(0)
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                msg = sentence("this is not a text: it holds zero bytes")
                raise Unreadable(msg)
            if chunk.isascii() and not decoder.getstate()[0]:
                continue
            more_good, more_bad = _counted(decoder.decode(chunk))
            good, bad = good + more_good, bad + more_bad
            odd = odd or any(byte in chunk for byte in b"\x81\x8d\x8f\x90\x9d")
            windows = windows or _WINDOWS.search(chunk) is not None
            fifteen = fifteen or _FIFTEEN.search(chunk) is not None
    bad += _counted(decoder.decode(b"", final=True))[1]
    if not bad or good >= 4 * bad:
        return "utf-8", bool(bad)
    if fifteen and not windows:
        return "iso8859-15", False
    return ("latin-1" if odd else "cp1252"), False


def _counted(text: str) -> tuple[int, int]:
    """Return how many letters beyond ASCII a text holds, and how many bytes that were none."""
    broken = len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
    return len(text) - len(text.encode("ascii", "ignore")) - broken, broken


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _delimiter(stream: io.TextIOBase) -> str:
    """Return the delimiter that the first lines are cut by: the one that most of them hold equally often."""
    sample = [line for line in (stream.readline(65536) for _ in range(_HEADER_WITHIN)) if line.strip()]
    counts = {sign: [_outside_quotes(line, sign) for line in sample] for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: (sum(count > 0 for count in counts[sign]), max(counts[sign], default=0)))


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _lines(name: str, stream: Iterable[str], delimiter: str, *, dirty: bool) -> Iterator[Row | Reject]:
    """Yield the lines of a file without quoting, cut at the delimiter."""
    for number, text in enumerate(stream, start=1):
        cells: list[Any] = text.rstrip("\r\n").split(delimiter)
        if dirty and not _clean(cells):
            yield Reject(name, number, sentence("bytes that are no text in the file's encoding"), _printable(text))
        else:
            yield Row(number, cells)


class _Lines:
    """The lines of a stream, with those of the present record kept so that they can be given back."""

    def __init__(self, stream: Iterable[str]) -> None:
        self.stream = iter(stream)
        self.taken: list[str] = []
        self.back: deque[str] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else next(self.stream)
        self.taken.append(line)
        return line


def _records(name: str, stream: Iterable[str], delimiter: str, *, dirty: bool) -> Iterator[Row | Reject]:
    """Yield the records of a CSV. A quote that never closes, or closes in another record, costs its own line and no other."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line, width = 1, 0
    while True:
        lines.taken.clear()
        reason = ""
        cells: list[Any] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            quoted = '"' in lines.taken[0] if lines.taken else False
            reason = sentence("a quote is opened and not closed as it should be") if quoted else sentence("the line is too long ({error})", error=str(error))
        if len(lines.taken) == 1:
            width = max(width, len(cells))
        elif len(cells) < width and not reason:
            reason = sentence("a quote is opened and closed only in another row")
        if reason:
            first = lines.taken[0] if lines.taken else ""
            lines.back.extendleft(reversed(lines.taken[1:]))
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            yield Reject(name, line, reason, _printable(first))
            line += 1
            continue
        if dirty and not _clean(cells):
            yield Reject(name, line, sentence("bytes that are no text in the file's encoding"), _printable("".join(lines.taken)))
        elif cells:
            yield Row(line, cells)
        line += len(lines.taken)


def _clean(cells: list[str]) -> bool:
    return all(cell.isascii() or ("\ufffd" not in cell and _encodes(cell)) for cell in cells)


def _printable(text: str) -> str:
    return text.rstrip("\r\n").encode("utf-8", "replace").decode()[:500]


# --------------------------------------------------------------------------- spreadsheets and columns


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError as error:
        msg = sentence("cannot be read: {what}", what=system_words(error))
        raise Unreadable(msg) from error


def _parquet(path: Path) -> Iterator[Row | Reject]:
    try:
        import polars as pl
    except ImportError as error:
        raise Unreadable(missing(error)) from error
    try:
        frame = pl.scan_parquet(path)
        names = frame.collect_schema().names()
        yield Row(1, list(names))
        for number, cells in enumerate(frame.collect(engine="streaming").iter_rows(), start=2):
            yield Row(number, list(cells))
    except (pl.exceptions.PolarsError, OSError) as error:
        msg = sentence("not a Parquet file that can be read: {error}", error=error)
        raise Unreadable(msg) from error
