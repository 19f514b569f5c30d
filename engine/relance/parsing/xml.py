"""XML from strangers, read safely: no document type, so no entities and no bombs; no network; a limit on size.

Everything that reads XML in relance comes through here. Knows no vocabulary.
Why so, and what was refused: docs/decisions/024.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from relance.parsing.rejects import Unreadable
from relance.sentences import sentence

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 64 * 1024 * 1024
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T+Z-].*)?")


def parse(data: bytes) -> _Element:
    """Parse an XML document. Raises `Unreadable` for what is broken, too big, or declares a document type."""
    from lxml import etree

    if len(data) > MAX_BYTES:
        msg = sentence("the XML is {what} MB long; {what_2} MB is the most that is read", what=len(data) >> 20, what_2=MAX_BYTES >> 20)
        raise Unreadable(msg)
    if _DOCTYPE.search(_text(data)):
        msg = sentence("the XML declares a document type (DOCTYPE): no invoice or statement needs one, and it is not read")
        raise Unreadable(msg)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        msg = sentence("broken XML, on line {line}", line=line) if data.strip() and line else sentence("broken XML")
        raise Unreadable(msg) from error
    info: Any = root.getroottree().docinfo
    if info.doctype:
        msg = sentence("broken XML, or one with a document type")
        raise Unreadable(msg)
    return root


def _text(data: bytes) -> str:
    """Return the bytes as text in which a declaration can be looked for, whatever the encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or b"\0" in data[:64]:
        return data.replace(b"\0", b"").decode("latin-1")
    return data.decode("latin-1")


def name(element: Any) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Any) -> str:
    """Return an element's namespace."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def all_at(element: Any, path: str) -> Iterator[Any]:
    """Yield the elements at a path of plain names (`A/B/C`), in whatever namespace the parent's children are."""
    if element is None:
        return
    first, _, rest = path.partition("/")
    for child in element:
        if isinstance(child.tag, str) and name(child) == first:
            if rest:
                yield from all_at(child, rest)
            else:
                yield child


def at(element: Any, path: str) -> Any:
    """Return the first element at a path, or None."""
    return next(all_at(element, path), None)


def text(element: Any, *paths: str) -> str:
    """Return the text at the first of these paths that holds any, outer spaces gone; else an empty text."""
    for path in paths:
        for one in all_at(element, path):
            if one.text and (found := " ".join(one.text.split())):
                return found
    return ""


def day(found: str) -> date | None:
    """Read a day written `2026-03-02` or `20260302`, perhaps with a time or zone behind it; None for an empty text."""
    if not found:
        return None
    match = _DAY.fullmatch(found)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    msg = sentence("{found} is not a date", found=repr(found))
    raise ValueError(msg)
