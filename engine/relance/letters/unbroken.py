"""What is never cut at the end of a line: a date in words. Amounts are written with no-break spaces by CLDR already.

Owns the shape of a date in the languages of the wordings; changes no word.
"""

from __future__ import annotations

import re

_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_DATE = re.compile(rf"\b(1er|\d{{1,2}}) ({_MONTHS}) (\d{{4}})\b")
_NBSP = "\u00a0"


def dates_whole(text: str) -> str:
    """Put no-break spaces into the dates of a text: `2\u00a0mars\u00a02026`."""
    return _DATE.sub(rf"\1{_NBSP}\2{_NBSP}\3", text) if " 20" in text else text


def dates_open(text: str) -> str:
    """Take them out again: plain text is searched and copied, and its lines are cut already."""
    return re.sub(rf"\b(1er|\d{{1,2}}){_NBSP}({_MONTHS}){_NBSP}(\d{{4}})\b", r"\1 \2 \3", text) if _NBSP in text else text
