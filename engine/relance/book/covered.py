"""What a book covers, part by part, each with its SHA-256: the playbook, every wording and block it reads, the layout, the letterhead, the figures of the law, the version.

The hash of the book is that of the list, so that two books of one hash say the same. A part that changed is known by its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from relance.law.parameters import Law
from relance.letters.letterhead import Letterhead
from relance.letters.situations import files_of, situations_of
from relance.letters.wording import Templates
from relance.model import Channel, Playbook

_LAYOUT = ("layout/letter.typ", "layout/tables.typ", "layout/book.typ")


def covered(playbook: Playbook, templates: Templates, paper: Letterhead | None, law: Law, version: str) -> dict[str, str]:
    """Return each part that a book covers by name, with its SHA-256 in hexadecimal, in the order of the names."""
    parts = {
        f"playbook {playbook.id}": _of(playbook.said),
        "letterhead": _of(None if paper is None else {each.name: _plain(getattr(paper, each.name)) for each in fields(paper)}),
        f"relance {version}": _of(version),
    }
    for name in sorted(_wordings(playbook, templates)):
        read = templates.read(name)
        parts[f"wording {name}"] = _of(read[1] if read else None)
    for name in _LAYOUT:
        read = templates.read(name)
        if read is not None:
            parts[name.replace("/", " ")] = _of(read[1])
    for name, figure in law.parameters.items():
        values = [[each.start.isoformat(), str(each.value), each.url, each.verified] for each in figure.values]
        parts[f"figure {name}"] = _of([figure.unit, figure.law, figure.operation, list(figure.parts), values])
    return dict(sorted(parts.items()))


def book_hash(parts: Mapping[str, str]) -> str:
    """Return the SHA-256 of a list of parts, in hexadecimal."""
    return _of(dict(parts))


def parts_changed(signed: Mapping[str, str], today: Mapping[str, str]) -> Iterator[str]:
    """Name what is not as it was signed: changed, gone, or new."""
    for name in sorted({*signed, *today}):
        if signed.get(name) != today.get(name):
            yield name


def _wordings(playbook: Playbook, templates: Templates) -> set[str]:
    """Name every file that a playbook's texts and sheets are read from, in every language there is."""
    found: set[str] = set()
    for number, step in enumerate(playbook.steps):
        places = {(each.template, each.channel, each.language) for each in situations_of(playbook, number, step, templates)}
        places |= {(step.template or step.id, channel, language) for channel in (Channel.TASK, Channel.HANDOVER) for language in templates.languages() if channel in step.channels}
        for place in places:
            if (located := templates.locate(*place)) is not None:
                found.update(files_of(templates, located))
    return found


def _plain(value: Any) -> Any:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def _of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()
