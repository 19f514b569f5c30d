"""How a document's bytes are laid into the journal: compressed where that makes them smaller, byte for byte the same when taken out.

A document is known by the SHA-256 of what it is, not of how it is kept. One of before, kept as it is, reads as it did.
"""

from __future__ import annotations

import lzma

from relance.errors import RelanceError

#: What a compressed document begins with. One that begins so of itself is always compressed.
_MARK = b"relance.xz\n"
#: A document is never larger: what claims to be was changed.
MOST_BYTES = 1 << 30


class DamagedDocument(RelanceError, ValueError):  # noqa: N818 - it says what it is
    """What is kept cannot be taken out."""


def packed(content: bytes) -> bytes:
    """Return the bytes to be kept for a document."""
    small = _MARK + lzma.compress(content, check=lzma.CHECK_NONE)
    return small if len(small) < len(content) or content.startswith(_MARK) else content


def unpacked(kept: bytes) -> bytes:
    """Return a document of the bytes that are kept. Raises DamagedDocument."""
    if not kept.startswith(_MARK):
        return kept
    opening = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    try:
        content = opening.decompress(kept[len(_MARK) :], MOST_BYTES)
    except lzma.LZMAError as error:
        raise DamagedDocument(str(error)) from error
    if not opening.eof or opening.unused_data:
        raise DamagedDocument("it is cut short, or something stands behind it")
    return content
