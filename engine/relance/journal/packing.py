"""How a document's bytes are laid into the journal: compressed where that makes them smaller, byte for byte the same when taken out.

A document is known by the SHA-256 of what it is, not of how it is kept. One of before, kept as it is or by `xz`, reads as it did.
What letters share (their structure, their glyphs, lines of their wordings) stands in a dictionary of the package, `documents.zdict`,
which never changes: what is kept by it could not be taken out by another. What an e-mail carries is kept out of its base64.
"""

from __future__ import annotations

import base64
import binascii
import lzma
import re
import sys
from functools import lru_cache
from importlib.resources import files

from relance.errors import RelanceError
from relance.sentences import sentence

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: What a compressed document begins with. One that begins so of itself is always compressed.
_XZ = b"relance.xz\n"
_ZSTD = b"relance.zst1\n"
_MAIL = b"relance.zst1.mail\n"
_MARKS = (_XZ, _ZSTD, _MAIL)
_LEVEL = 12
#: What an e-mail carries: lines of base64, all of 76 signs but the last.
_CARRIED = re.compile(rb"(?:[A-Za-z0-9+/]{76}\r\n){8,}[A-Za-z0-9+/=]{1,76}")
#: A document is never larger: what claims to be was changed.
MOST_BYTES = 1 << 30


class DamagedDocument(RelanceError, ValueError):  # noqa: N818 - it says what it is
    """What is kept cannot be taken out."""


@lru_cache(maxsize=1)
def _dictionary() -> zstd.ZstdDict:
    return zstd.ZstdDict(files("relance.journal").joinpath("documents.zdict").read_bytes(), is_raw=True)


def packed(content: bytes) -> bytes:
    """Return the bytes to be kept for a document."""
    opened = _without_base64(content)
    small = _ZSTD + _compressed(content) if opened is None else _MAIL + _compressed(opened)
    return small if len(small) < len(content) or content.startswith(_MARKS) else content


def unpacked(kept: bytes) -> bytes:
    """Return a document of the bytes that are kept. Raises DamagedDocument."""
    if kept.startswith(_ZSTD):
        return _from_zstd(kept[len(_ZSTD) :])
    if kept.startswith(_MAIL):
        return _with_base64(_from_zstd(kept[len(_MAIL) :]))
    return _from_xz(kept[len(_XZ) :]) if kept.startswith(_XZ) else kept


def _compressed(content: bytes) -> bytes:
    return zstd.compress(content, level=_LEVEL, zstd_dict=_dictionary().as_digested_dict)  # digested once, then kept


def _without_base64(content: bytes) -> bytes | None:
    """Return an e-mail with what it carries out of its base64, behind a line of the lengths of its pieces, text and carried in turn.

    None where it carries nothing, or something that would not be written again as it is.
    """
    pieces: list[bytes] = []
    done = 0
    for match in _CARRIED.finditer(content):
        carried = _decoded(match[0])
        if carried is not None and _lines(carried) == match[0]:
            pieces += [content[done : match.start()], carried]
            done = match.end()
    if not pieces:
        return None
    pieces.append(content[done:])
    return b"%b\n%b" % (b" ".join(b"%d" % len(each) for each in pieces), b"".join(pieces))


def _decoded(text: bytes) -> bytes | None:
    """Return what lines of base64 carry; None where they only look like it."""
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error:
        return None


def _with_base64(opened: bytes) -> bytes:
    head, _, rest = opened.partition(b"\n")
    found, done = [], 0
    try:
        for place, length in enumerate(map(int, head.split())):
            piece = rest[done : done + length]
            found.append(_lines(piece) if place % 2 else piece)
            done += length
    except ValueError as error:
        raise DamagedDocument(sentence("the lengths of its pieces cannot be read")) from error
    if done != len(rest):
        raise DamagedDocument(sentence("its pieces are not as long as they say"))
    return b"".join(found)


def _lines(carried: bytes) -> bytes:
    return base64.encodebytes(carried).rstrip(b"\n").replace(b"\n", b"\r\n")


def _from_zstd(small: bytes) -> bytes:
    opening = zstd.ZstdDecompressor(zstd_dict=_dictionary())
    try:
        size = zstd.get_frame_info(small).decompressed_size
        if size is None or size > MOST_BYTES:
            raise DamagedDocument(sentence("it claims to be larger than any document"))
        content = opening.decompress(small)
    except zstd.ZstdError as error:
        raise DamagedDocument(str(error)) from error
    if not opening.eof or opening.unused_data:
        raise DamagedDocument(sentence("it is cut short, or something stands behind it"))
    return content


def _from_xz(small: bytes) -> bytes:
    opening = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    try:
        content = opening.decompress(small, MOST_BYTES)
    except lzma.LZMAError as error:
        raise DamagedDocument(str(error)) from error
    if not opening.eof or opening.unused_data:
        raise DamagedDocument(sentence("it is cut short, or something stands behind it"))
    return content
