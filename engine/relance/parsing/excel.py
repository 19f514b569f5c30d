"""The rows of an Excel sheet (.xlsx), by openpyxl, streamed. Refuses a workbook that unpacks to more than it should."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.parsing.rejects import Reject, Row, Unreadable
from relance.sentences import sentence

#: A sheet that unpacks to more than this, or to so many times its packed size, is a bomb and no ledger.
_MOST_BYTES = 1 << 30
_MOST_TIMES = 200


def sheet_rows(path: Path, sheet: str = "") -> Iterator[Row | Reject]:
    """Yield the rows of a sheet (by name; else the first that is not empty), with the line numbers Excel shows.

    Dates and numbers come typed, formulas as the value last worked out. Raises `Unreadable`.
    """
    import openpyxl

    _check(path)
    try:
        book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)  # by its contents, whatever it is called
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, TypeError, AttributeError, EOFError) as error:
        msg = sentence("not an Excel workbook that can be read")
        raise Unreadable(msg) from error
    try:
        if sheet and sheet not in book.sheetnames:
            msg = sentence("no sheet is called {sheet}; there are {names}", sheet=repr(sheet), names=", ".join(map(repr, book.sheetnames)))
            raise Unreadable(msg)
        found = [book[sheet]] if sheet else [one for one in book.worksheets if (one.max_row or 2) > 1]
        if not found:
            msg = sentence("the workbook holds no table")
            raise Unreadable(msg)
        try:
            for number, cells in enumerate(found[0].iter_rows(), start=1):
                yield Row(number, [_typed(cell.value if type(cell.value) not in (int, float) else _as_shown(cell)) for cell in cells])
        except (zipfile.BadZipFile, ValueError, SyntaxError, KeyError, TypeError, AttributeError, EOFError, OSError, IndexError) as error:
            msg = sentence("the sheet is broken")
            raise Unreadable(msg) from error
    finally:
        book.close()


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as pack:
            parts = pack.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        msg = sentence("not an Excel workbook that can be read")
        raise Unreadable(msg) from error
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if size > _MOST_BYTES or size > max(packed, 1 << 16) * _MOST_TIMES:
        msg = sentence("the workbook unpacks to {what} MB, more than is read", what=size // 2 ** 20)
        raise Unreadable(msg)
    if (other := _other(parts)) is not None:
        msg = sentence("{other}, not an Excel workbook; save it as .xlsx or CSV", other=other)
        raise Unreadable(msg)


def _other(parts: list[zipfile.ZipInfo]) -> str | None:
    """Say what a zip that is no workbook is; None for a workbook."""
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        return sentence("an encrypted file")
    known = {"xl/workbook.bin": sentence("a binary Excel workbook (.xlsb)"), "word/document.xml": sentence("a Word document (.docx)"), "ppt/presentation.xml": sentence("a presentation (.pptx)")}
    if (found := next((said for name, said in known.items() if name in names), None)) is not None:
        return found
    if "content.xml" in names:
        return sentence("an OpenDocument file (.ods, .odt)")
    return None if "[Content_Types].xml" in names else sentence("a zip file")


def _as_shown(cell: Any) -> int | float:
    """Return the number that a sheet shows: of a cell written as a percentage, so many percent."""
    value: int | float = cell.value
    return round(value * 100, 10) if "%" in str(cell.number_format) else value


def _typed(cell: object) -> Any:
    if isinstance(cell, (str, int, float, bool, date, datetime, Decimal)) or cell is None:
        return cell
    return str(cell)
