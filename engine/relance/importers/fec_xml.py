"""The XML form of a FEC (LPF, A47 A-1, VII) as the rows of its flat form: journals hold entries, entries hold lines.

What a journal or an entry says holds for each of its lines, unless the line says it itself. The schema of the DGFiP was not read: the elements are
those of the flat form's columns, nested as public exports nest them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relance.parsing import xml
from relance.parsing.rejects import Reject, Row, Unreadable
from relance.parsing.row_files import Table
from relance.sentences import sentence


def looks_like(data: bytes) -> bool:
    """Say whether a file's first bytes are such a FEC's."""
    return b"<comptabilite" in data.lower()


def entry_table(path: Path, columns: tuple[str, ...]) -> Table:
    """Return the lines of a FEC in XML in these columns (`Montant` and `Sens` after them). Raises `Unreadable`."""
    root = xml.parse(path.read_bytes())
    if xml.name(root).lower() != "comptabilite":
        msg = sentence("not a FEC: the document is a {what}", what=repr(xml.name(root)))
        raise Unreadable(msg)
    lines = list(_lines(root, {}))
    signed = any("montant" in told for _, told in lines)
    heads = tuple(one for one in columns if not (signed and one in {"Debit", "Credit"})) + (("Montant", "Sens") if signed else ())
    rows: Iterator[Row | Reject] = (Row(line, [_cell(head, told.get(head.lower(), "")) for head in heads]) for line, told in lines)
    return Table(path.name, heads, rows)


def _lines(element: Any, above: dict[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line with all that it, its entry and its journal say, by element in small letters."""
    here = above | {xml.name(one).lower(): " ".join((one.text or "").split()) for one in element if not len(one) and isinstance(one.tag, str)}
    if xml.name(element).lower() == "ligne":
        yield element.sourceline or 1, here
        return
    for one in element:
        if len(one) and isinstance(one.tag, str):
            yield from _lines(one, here)


def _cell(head: str, text: str) -> str:
    """Write a day as the flat form does (`20260302`), and an amount with a comma."""
    if head.endswith("Date") or head == "DateLet":
        return text[:10].replace("-", "")
    return text.replace(".", ",") if head in {"Debit", "Credit", "Montant", "Montantdevise"} else text
