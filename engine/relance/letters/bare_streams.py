"""A PDF from Typst → the same PDF with its fonts and pages laid bare, not deflated; pictures stay as they are.

The same glyph, the same line of a wording is then the same bytes in every letter, and a journal keeps it once, in its dictionary
(`journal.packing`): a letter takes a third of the room where it is kept, for ten years, and twice as much while it travels.
"""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"\n([0-9]+) 0 obj\n<<([^<>]*?)/Length ([0-9]+)([^<>]*?)/Filter/FlateDecode([^<>]*?)>>\nstream\n")
_XREF = re.compile(rb"\nxref\n0 ([0-9]+)\n((?:[0-9]{10} [0-9]{5} [nf]\r\n)+)")
_START = re.compile(rb"startxref\n([0-9]+)\n%%EOF\s*$")
_ROW = 20  # bytes of a line of the cross-reference table


def with_bare_streams(pdf: bytes) -> bytes:
    """Return the PDF with its streams laid bare; as it is where it is not laid out as Typst does."""
    table, start = _XREF.search(pdf), _START.search(pdf)
    if table is None or start is None or int(start[1]) != table.start() + 1:
        return pdf
    pieces: list[bytes] = []
    moved: list[tuple[int, int]] = []  # from which place on, by how many bytes
    done = shift = 0
    for match in _OBJECT.finditer(pdf, 0, table.start()):
        end = match.end() + int(match[3])
        if b"/Subtype/Image" in match[2] + match[4] + match[5]:
            continue
        content = zlib.decompress(pdf[match.end() : end])
        head = b"\n%b 0 obj\n<<%b/Length %d%b%b>>\nstream\n" % (match[1], match[2], len(content), match[4], match[5])
        pieces += [pdf[done : match.start()], head, content]
        shift += len(head) + len(content) - (end - match.start())
        moved.append((end, shift))
        done = end
    rows = table[2]
    lines = b"".join(_row(rows[at : at + _ROW], moved) for at in range(0, len(rows), _ROW))
    tail = pdf[table.end() : start.start()] + b"startxref\n%d\n%%%%EOF" % (int(start[1]) + shift)
    return b"".join((*pieces, pdf[done : table.start(2)], lines, tail))


def _row(row: bytes, moved: list[tuple[int, int]]) -> bytes:
    """Return a line of the cross-reference table with the place where its object stands now."""
    place = int(row[:10])
    shift = next((by for at, by in reversed(moved) if at <= place), 0) if row[17:18] == b"n" else 0
    return b"%010d" % (place + shift) + row[10:]
