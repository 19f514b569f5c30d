"""A book as PDF by Typst, with what it covers inside it as an attachment. What is said comes as data and is never read as a source."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from relance.book import contents
from relance.book.covered import book_hash, covered
from relance.book.how_to import instructions
from relance.book.sayings import Origin
from relance.book.sources import text_sources
from relance.book.specimens import specimens
from relance.law.parameters import Law
from relance.letters.letterhead import Letterhead
from relance.letters.wording import Templates
from relance.model import Playbook
from relance.proof.prove import follows_of
from relance.report.french import day_in_french
from relance.report.proof_graph import svg
from relance.sentences import said as in_language

#: The name under which a book carries what it covers.
ATTACHED = "relance-book.json"


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What a book is made of: the playbook and where it comes from, wordings, paper (None: a sample), the law, the version of relance."""

    playbook: Playbook
    templates: Templates
    paper: Letterhead | None
    law: Law
    version: str
    origin: Origin = Origin()


def parts_of(made_with: MadeWith) -> dict[str, str]:
    """Return what a book made of this covers, part by part."""
    return covered(made_with.playbook, made_with.templates, made_with.paper, made_with.law, made_with.version)


def book_pdf(made_with: MadeWith, on: date, files: Mapping[str, Any]) -> bytes:
    """Return the book as PDF; the same parts and day are the same bytes. `files` says by which files it was made, for whoever compares it later."""
    parts = parts_of(made_with)
    attached = {"schema": 1, "playbook": made_with.playbook.id, "version": made_with.playbook.version, "book": book_hash(parts), "made_on": on.isoformat(), "files": files, "parts": parts}
    return _laid(_said(made_with, parts, on), json.dumps(attached, ensure_ascii=False, indent=1), on)


def _said(made_with: MadeWith, parts: Mapping[str, str], on: date) -> dict[str, Any]:
    playbook = _in_print(made_with.playbook)
    found, follows = tuple(specimens(playbook, made_with.templates, made_with.paper)), follows_of(playbook)
    return {
        "title": playbook.title or playbook.id,
        "description": " ".join(playbook.description.split()),
        "id": f"{playbook.id}, version {playbook.version}",
        "on": day_in_french(on),
        "relance": made_with.version,
        "hash": book_hash(parts),
        "paper": made_with.paper is not None,
        "agency": playbook.collector == "agency",
        "ladder": contents.ladder(playbook),
        "graph_of": 0 if follows.whole else follows.situations,
        "graph": svg(playbook, follows.pairs, lambda text: in_language(text, "fr"), notes=False),
        "how_to": contents.how_to(instructions(playbook, made_with.origin)),
        "texts": contents.texts(found),
        "count": len(found),
        "waivers": contents.waiver_rows(playbook),
        "figures": contents.figure_rows(made_with.law, on),
        "sources": contents.source_rows(text_sources()),
        "parts": contents.part_rows(parts),
    }


def _in_print(playbook: Playbook) -> Playbook:
    """Return a playbook whose own words have the apostrophes of print: « l’échéance »."""
    steps = tuple(replace(step, title=step.title and step.title.replace("'", "’")) for step in playbook.steps)
    waive = tuple(replace(each, reason=each.reason.replace("'", "’")) for each in playbook.waive)
    return replace(playbook, title=playbook.title and playbook.title.replace("'", "’"), description=playbook.description.replace("'", "’"), steps=steps, waive=waive)


def _laid(said: Mapping[str, Any], attached: str, on: date) -> bytes:
    import typst

    from relance.letters.fonts import FAMILIES, lay_out

    with tempfile.TemporaryDirectory(prefix="relance-") as folder:
        root = Path(folder)
        fonts = lay_out(root)
        (root / "graph.svg").write_text(said["graph"], encoding="utf-8")
        (root / "data.json").write_text(json.dumps({**{key: value for key, value in said.items() if key != "graph"}, "fonts": list(FAMILIES), "attached": ATTACHED}, ensure_ascii=False), encoding="utf-8")
        (root / ATTACHED).write_text(attached, encoding="utf-8")
        made = typst.Compiler(root / "book.typ", root=root, font_paths=fonts).compile(format="pdf", timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC))
    assert isinstance(made, bytes)
    return made


def attached_to(pdf: bytes) -> Mapping[str, Any] | None:
    """Return what a book says it covers, read out of its PDF; None where it is no book."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        found: Sequence[bytes] = PdfReader(io.BytesIO(pdf)).attachments.get(ATTACHED, [])
        held = json.loads(found[0]) if found else None
    except (PyPdfError, ValueError, OSError):
        return None
    return held if isinstance(held, dict) and isinstance(held.get("parts"), dict) else None
