"""A batch of letters for a printer or a postal provider: one PDF to print both sides, and one CSV row a letter.

Owns the merging (a blank page after each odd letter, so that no letter begins on the back of another) and the CSV. What a
spreadsheet would read as a formula is disarmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from relance.escaping import csv_text
from relance.letters.document import Document

COLUMNS = (
    "file", "printed_in", "first_page", "pages", "kind", "reference", "name", "line_1", "line_2", "line_3", "line_4", "line_5", "postcode", "town", "country",
    "creditor", "debtor", "message",
)  # fmt: skip
_TOWN = re.compile(r"(\d{4,5})\s+(.+)")


class Slip(NamedTuple):
    """What the CSV says of one letter; `to` are the name and the lines of its address."""

    file: str
    pages: int
    kind: str
    reference: str
    to: tuple[str, ...]
    country: str
    creditor: str
    debtor: str
    message: str


def slip(document: Document) -> Slip:
    """Make the slip of a letter."""
    details = document.details
    return Slip(
        document.files[0].name, int(details.get("pages", 0)), str(document.channel), document.reference, tuple(document.to),
        str(details.get("country") or "FR"), document.creditor, document.debtor, document.message,
    )  # fmt: skip


def merged(letters: Sequence[Path], to: Path) -> list[int]:
    """Write one PDF for printing on both sides; return the first page of each letter, counted from 1.

    Raises OSError, and leaves nothing behind.
    """
    from pypdf import PdfReader, PdfWriter

    writer, starts = PdfWriter(), []
    for path in letters:
        starts.append(len(writer.pages) + 1)
        pages = PdfReader(path).pages
        for page in pages:
            writer.add_page(page)
        if len(pages) % 2:
            writer.add_blank_page(width=float(pages[0].mediabox.width), height=float(pages[0].mediabox.height))
    writer.compress_identical_objects()
    try:
        to.unlink(missing_ok=True)  # of a run that was cut off; a link is not followed
        with to.open("xb") as stream:
            writer.write(stream)
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    return starts


def batch_csv(slips: Sequence[Slip], places: Sequence[tuple[str, int]]) -> str:
    """Return the CSV: one row a letter, `;` between cells, as French postal providers and spreadsheets take it.

    `places` say in which merged PDF, and from which page on, each letter stands.
    """
    rows: list[tuple[object, ...]] = [tuple(COLUMNS)]
    for each, (volume, start) in zip(slips, places, strict=True):
        name, lines, postcode, town = _address(each.to)
        row = (
            each.file, volume, start, each.pages, each.kind, each.reference, name, *lines, postcode, town, each.country, each.creditor, each.debtor,
            each.message,
        )  # fmt: skip
        rows.append(row)
    return csv_text(rows, delimiter=";", end="\r\n")


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
