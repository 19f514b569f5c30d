"""A contradiction between a finished text and the facts: its code, the sentence, and the fact."""

from __future__ import annotations

import re
from typing import NamedTuple

from relance.sentences import sentence

_LONGEST = 200
_END = re.compile(r"[.!?] |\n")


class Contradiction(NamedTuple):
    """What does not hold: `quote` is the sentence or the row, `fact` what is known. Codes are explained in language/codes.yaml."""

    code: str
    quote: str
    fact: str

    def __str__(self) -> str:
        """Say it in one line, as a task for a person has it."""
        return sentence("{code} “{quote}”: {fact}", code=self.code, quote=self.quote, fact=self.fact)


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence of a text in which a place stands, shortened around it."""
    first = max((match.end() for match in _END.finditer(text, 0, start)), default=0)
    after = _END.search(text, end)
    last = after.start() + 1 if after else len(text)
    first, last = max(first, start - _LONGEST // 2), min(last, end + _LONGEST // 2)
    return " ".join(text[first:last].split())
