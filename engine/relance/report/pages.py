"""A page of headings, sentences and tables as PDF, by Typst. What is said comes as data and is never read as a source."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any


def part_of(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: str, lines: Sequence[str] = ()) -> dict[str, Any]:
    """Return a part of a page: its title, sentences, and a table. `widths` has a letter a column: `1` takes what is left, `l` what it needs."""
    return {"title": title, "head": list(head), "rows": [list(row) for row in rows], "widths": ["1fr" if each == "1" else "auto" for each in widths], "lines": list(lines)}


def page_of(title: str, opening: Sequence[str], parts: Sequence[Mapping[str, Any]], on: date) -> bytes:
    """Return the PDF; the same parts and day are the same bytes."""
    import typst

    from relance.letters.fonts import FAMILIES, lay_out

    with tempfile.TemporaryDirectory(prefix="relance-") as folder:
        root = Path(folder)
        fonts = lay_out(root)
        given = {"title": title, "opening": list(opening), "parts": list(parts), "fonts": FAMILIES}
        (root / "data.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
        made = typst.Compiler(root / "tables.typ", root=root, font_paths=fonts).compile(format="pdf", timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC))
    assert isinstance(made, bytes)
    return made
