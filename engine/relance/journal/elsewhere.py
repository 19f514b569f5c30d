"""Where else a person is named: files beside the journal that hold his name, address or messages, for whoever has to erase them there.

Reads plain text, gzip and PDF; a file it cannot read is told, too, for it may hold him. Erases nothing: what a file is for, and
whether the law wants it kept, a person says.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from relance.model import Debtor
from relance.sentences import sentence

_MOST_FILES = 20_000
_MOST_BYTES = 50_000_000
#: Shorter words stand in files that have nothing to do with him.
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Trace:
    """A file that names a person; `unread`: why nobody could tell."""

    path: Path
    unread: str = ""


def words_of(debtor: Debtor) -> frozenset[str]:
    """Return what a person is known by: name, e-mail, telephone, lines of the address but for town and street type alone."""
    lines = debtor.address.lines if debtor.address else ()
    said = {debtor.name, debtor.email, debtor.phone, debtor.siren, *lines}
    return frozenset(word for word in said if word and len(word) >= _SHORTEST)


def traces(folder: Path, words: Iterable[str], *, besides: Iterable[Path] = ()) -> Iterator[Trace]:
    """Find the files of a folder, and below it, that hold one of these words; links are not followed, the journal's own files not looked at."""
    wanted = [word.casefold() for word in words]
    own = {path.absolute() for path in besides}
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if path.absolute() in own or path.is_symlink() or not path.is_file():
                continue
            count += 1
            if count > _MOST_FILES:
                yield Trace(folder, f"more than {_MOST_FILES} files: only the first were looked at")
                return
            try:
                text = _text(path)
            except (OSError, EOFError, zlib.error, ValueError) as error:
                yield Trace(path, str(getattr(error, "strerror", None) or error)[:120])
                continue
            if any(word in text for word in wanted):
                yield Trace(path)


def _text(path: Path) -> str:
    """Return a file's text, as far as it has one, in small letters. Raises OSError, ValueError, what a damaged gzip raises."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(sentence("too large to be looked at"))
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        with gzip.open(path) as stream:
            content = stream.read(_MOST_BYTES)
    if content[:5] == b"%PDF-":
        return _pdf(content).casefold()
    return (content.decode("utf-8", "replace") + content.decode("latin-1")).casefold()


def _pdf(content: bytes) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    try:
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    except pypdfium2.PdfiumError as error:
        raise ValueError(sentence("it is a damaged PDF, or one with a password")) from error
