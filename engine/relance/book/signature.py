"""Who read the book of a playbook, when, and with which reservations: `<playbook>.signed.yaml`, bound to the hash of all that the book covers.

Owns the file (`schemas/signature.schema.json`), and the finding (PB418) where nobody signed or where something it covers is no longer as it was signed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from relance.book.covered import book_hash, parts_changed
from relance.book.pages import MadeWith, parts_of
from relance.language import read_file, shape, source
from relance.language.findings import has_errors
from relance.language.place import Span
from relance.law import parameters
from relance.letters import letterhead
from relance.letters.wording import Templates
from relance.model import Diagnostic, Playbook
from relance.sentences import sentence

SUFFIX = ".signed.yaml"
#: So many parts are named in a finding; the rest is counted.
_NAMED = 8


@dataclass(frozen=True, slots=True)
class Signature:
    """A reading. `book` is the hash of `parts`; `files` name what the book was made of, as seen from the signature's folder."""

    book: str
    playbook: str
    version: int
    by: str
    on: date
    parts: Mapping[str, str]
    files: Mapping[str, Any]
    role: str = ""
    reservations: tuple[str, ...] = field(default_factory=tuple)


def signature_beside(playbook: Path) -> Path:
    """Return where the signature of a playbook stands: beside it."""
    return playbook.with_name(f"{playbook.name.removesuffix(playbook.suffix)}{SUFFIX}")


def signed_book(attached: Mapping[str, Any], book: Path, out: Path, *, by: str, on: date, role: str = "", reservations: Sequence[str] = ()) -> Signature:
    """Return the signature of a book: `attached` is what its PDF carries, `book` the PDF, `out` where the signature will stand."""
    files = {key: _moved(value, book.parent, out.parent) for key, value in attached["files"].items() if value}
    return Signature(
        attached["book"], attached["playbook"], attached["version"], by, on, dict(attached["parts"]), files, role, tuple(reservations)
    )


def _moved(named: Any, old: Path, new: Path) -> Any:
    """Name a file, or several, as seen from another folder; an id that names no file stays."""
    if isinstance(named, list):
        return [_moved(each, old, new) for each in named]
    path = old / named
    return Path(os.path.relpath(path, new)).as_posix() if path.exists() else named


def signature_text(signature: Signature) -> str:
    """Return the file."""
    from ruamel.yaml import YAML

    said: dict[str, Any] = {
        "schema": 1, "signature": signature.book, "of": signature.playbook, "version": signature.version, "by": signature.by,
        **({"role": signature.role} if signature.role else {}), "read_on": signature.on.isoformat(), "reservations": list(signature.reservations),
        "files": dict(signature.files), "parts": dict(signature.parts),
    }  # fmt: skip
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 160
    yaml.dump(said, out)
    return out.getvalue()


def read_signature(path: Path) -> tuple[Signature | None, tuple[Diagnostic, ...]]:
    """Read a signature. None exactly where a finding is an error; a list of parts that was altered by hand is one."""
    data, unreadable = read_file(path)
    if data is None:
        return None, unreadable
    found, said = source.read(data, str(path))
    if found is None or has_errors(said := (*said, *shape.check(found, "signature"))):
        return None, said
    raw = found.value
    if book_hash(raw["parts"]) != raw["signature"]:
        message = sentence("the parts are not those that were signed: their hash is another one")
        return None, (*said, found.at(("signature",)).diagnostic("PB418", message, hint=sentence("sign the book again: relance sign")))
    made = Signature(
        raw["signature"], raw["of"], raw["version"], raw["by"], date.fromisoformat(raw["read_on"]), raw["parts"], raw["files"], raw.get("role", ""), tuple(raw.get("reservations", ()))
    )
    return made, said


def unsigned(playbook: Playbook, path: Path, version: str) -> tuple[Diagnostic, ...]:
    """Say that nobody signed a playbook, or what changed since somebody did. `path` is the playbook's, `version` that of relance."""
    where = Span(str(path))
    if not (signed := signature_beside(path)).is_file():
        hint = sentence("relance book {playbook}, then relance sign", playbook=path)
        return (where.diagnostic("PB418", sentence("nobody signed the book of this playbook"), hint=hint),)
    signature, findings = read_signature(signed)
    if signature is None:
        return findings
    try:
        parts = parts_of(_made_today(signature, playbook, signed.parent, version))
    except (OSError, ValueError) as error:
        return (where.diagnostic("PB418", sentence("what was signed cannot be read any more: {error}", error=str(error))),)
    other = tuple(parts_changed(signature.parts, parts))
    if not other:
        return ()
    names = [*other[:_NAMED], *([sentence("{count} more", count=len(other) - _NAMED)] if len(other) > _NAMED else [])]
    message = sentence("changed since {by} signed on {on}: {names}", by=signature.by, on=signature.on, names=names)
    return (where.diagnostic("PB418", message, hint=sentence("make the book anew, have it read, and sign it: relance book, relance sign")),)


def _made_today(signature: Signature, playbook: Playbook, folder: Path, version: str) -> MadeWith:
    """Gather what the book would be made of today. Raises OSError or ValueError where a file is gone or cannot be read."""
    files, law = signature.files, parameters.french()
    if "figures" in files:
        law = law.overlaid(parameters.read(folder / files["figures"]))
    paper = None
    if "letterhead" in files:
        paper, findings = letterhead.read(folder / files["letterhead"])
        if paper is None:
            raise ValueError(str(findings[0].message))
    return MadeWith(playbook, Templates(*(folder / each for each in files.get("templates", ()))), paper, law, version)
