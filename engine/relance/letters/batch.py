"""A batch of letters for a printer or a postal provider: one PDF to print both sides, and one CSV row a letter.

Owns the merging (a blank page after each odd letter, so that no letter begins on the back of another) and the CSV. What a
spreadsheet would read as a formula is disarmed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from relance.letters.document import PAPER, Document

COLUMNS = (
    "file", "first_page", "pages", "kind", "reference", "name", "line_1", "line_2", "line_3", "line_4", "line_5", "postcode", "town", "country",
    "creditor", "debtor", "message",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TOWN = re.compile(r"(\d{4,5})\s+(.+)")


def letters(documents: Iterable[Document]) -> list[Document]:
    """Return the documents that are printed, in their order."""
    return [each for each in documents if each.channel in PAPER and each.files and not each.missing]


def merged(documents: Sequence[Document], to: Path) -> list[int]:
    """Write one PDF for printing on both sides; return the first page of each letter, counted from 1."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    writer, starts = PdfWriter(), []
    for each in documents:
        starts.append(len(writer.pages) + 1)
        pages = PdfReader(io.BytesIO(each.files[0].content)).pages
        for page in pages:
            writer.add_page(page)
        if len(pages) % 2:
            box = RectangleObject(pages[0].mediabox)
            writer.add_blank_page(width=float(box.width), height=float(box.height))
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    with to.open("wb") as stream:
        writer.write(stream)
    return starts


def table(documents: Sequence[Document], starts: Sequence[int] = ()) -> str:
    """Return the CSV: one row a letter, `;` between cells, as French postal providers and spreadsheets take it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, each in enumerate(documents):
        name, lines, postcode, town = _address(each.to)
        first = starts[number] if starts else ""
        row = (
            each.files[0].name, first, each.details.get("pages", ""), each.channel, each.reference, name, *lines, postcode, town,
            each.details.get("country", "FR"), each.creditor, each.debtor, each.message,
        )  # fmt: skip
        writer.writerow([_disarmed(str(cell)) for cell in row])
    return out.getvalue()


def _address(to: Sequence[str]) -> tuple[str, list[str], str, str]:
    """Split the lines of an address into name, five lines, postcode and town; nothing is lost where it does not fit."""
    lines, postcode, town = list(to[1:]), "", ""
    for at in range(len(lines) - 1, -1, -1):
        if found := _TOWN.fullmatch(lines[at].strip()):
            postcode, town = found[1], found[2]
            del lines[at]
            break
    if len(lines) > 5:
        lines = [*lines[:4], ", ".join(lines[4:])]
    return to[0] if to else "", lines + [""] * (5 - len(lines)), postcode, town


def _disarmed(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell
