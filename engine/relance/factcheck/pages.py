"""A finished PDF → its text, read out of the page itself, held together with the text that went to the layout (PB612).

What a page adds by itself is allowed: the running totals of a long table, page numbers, the sender's footer. 10 ms for two pages, so
that previews and tests read every letter and a batch a share of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from relance.factcheck import reading
from relance.factcheck.finding import Contradiction
from relance.factcheck.finished import Finished, TextTable
from relance.factcheck.known import KnownCase
from relance.factcheck.reading import flat, plain
from relance.sentences import sentence


def text_of(pdf: bytes) -> str:
    """Return the text of every page, as a reader of the file sees it; a line of the page is a line."""
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def findings(pdf: bytes, text: Finished, known: KnownCase) -> tuple[Contradiction, ...]:
    """Say what the page holds and the text does not, or the other way round."""
    return tuple(_compared(plain(text_of(pdf)), text, known))


def _compared(page: str, text: Finished, known: KnownCase) -> Iterator[Contradiction]:
    low = " ".join(flat(page).split())
    said = [flat(plain(each)) for each in pieces(text)]
    running = set(_running(text))
    for name, find in ((sentence("amount"), amounts_in), (sentence("day"), days_in), (sentence("reference"), _references), (sentence("account"), _accounts)):
        meant = {value for each in said for value in find(each)}
        shown = {value for value in find(low) if name != "account" or value in meant}
        for value in sorted(map(str, meant - shown)):
            yield Contradiction("PB612", value, sentence("{what}: not on the page", what=name))
        for value in shown - meant:
            if value not in running and not _of_the_footer(value, known):
                yield Contradiction("PB612", str(value), sentence("{what}: on the page and not in the text", what=name))
    bare = "".join(low.split())
    for line in (*text.recipient, *text.sender[:1]):
        if "".join(flat(plain(line)).split()) not in bare:
            yield Contradiction("PB612", line, sentence("this line of the address is not on the page"))


def pieces(text: Finished) -> Iterator[str]:
    """Yield every piece of text of a message: lines, paragraphs, cells."""
    yield text.subject
    yield from text.margin
    for each in text.passages:
        if isinstance(each, TextTable):
            yield from each.head
            for row in each.rows:
                yield from row
        else:
            yield each


def amounts_in(low: str) -> frozenset[Any]:
    """Return the amounts of a flat text, with their currencies."""
    return frozenset(mark.value for mark in reading.amounts(low))


def days_in(low: str) -> frozenset[Any]:
    """Return the days of a flat text."""
    return frozenset(mark.value for mark in reading.days(low))


def _references(low: str) -> frozenset[Any]:
    return frozenset(mark.value for mark in reading.reference_places(low))


def _accounts(low: str) -> frozenset[Any]:
    return frozenset(mark.value for mark in reading.ibans(low.upper()))


def _running(text: Finished) -> Iterator[tuple[Decimal, str]]:
    """Add up the last column of each table row by row: what a page carries over to the next."""
    for table in text.passages:
        if isinstance(table, TextTable):
            total = Decimal(0)
            for row in table.rows:
                for mark in reading.amounts(flat(plain(row[-1]))):
                    total += mark.value[0]
                    yield total, mark.value[1]


def _of_the_footer(value: Any, known: KnownCase) -> bool:
    """Say whether a sum stands in what the sender's papers carry: its capital."""
    return isinstance(value, tuple) and any(mark.value == value for mark in reading.amounts(known.said))
