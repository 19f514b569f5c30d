"""What is never cut at the end of a line: a date in words, a telephone number, a number of the register. Amounts are written with no-break spaces by CLDR already.

Owns the shape of a date in the languages of the wordings; changes no word.
"""

from __future__ import annotations

import re

_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_NBSP = "\u00a0"


def _whole(space: str) -> re.Pattern[str]:
    """Match what stays whole, written with this space: `2 mars 2026`, `04 72 00 00 00`, `552 100 554`."""
    return re.compile(rf"\b(?:1er|\d{{1,2}}){space}(?:{_MONTHS}){space}\d{{4}}\b|(?<!\d)(?<!\d{space})(?:0\d(?:{space}\d\d){{4}}|\d{{3}}{space}\d{{3}}{space}\d{{3}})(?![{space}]?\d)")


_CUT, _KEPT = _whole(" "), _whole(_NBSP)


def unbroken(text: str) -> str:
    """Put no-break spaces into the dates and numbers of a text: `2\u00a0mars\u00a02026`."""
    return _CUT.sub(lambda found: found[0].replace(" ", _NBSP), text) if " " in text else text


def breakable(text: str) -> str:
    """Take them out again: plain text is searched and copied, and its lines are cut already."""
    return _KEPT.sub(lambda found: found[0].replace(_NBSP, " "), text) if _NBSP in text else text
