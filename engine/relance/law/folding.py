"""A text without what a reader does not see the meaning in: accents, case, kinds of blanks, quotes and dashes.

Keeps where each character came from, so that a finding points into the text as it was written. Knows no law.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_SAME = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "œ": "oe", "æ": "ae", "ß": "ss"} | dict.fromkeys("‐‑‒–—−", "-")
_NOTHING = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff*_")
_QUOTE = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")
_RUN = re.compile(r"([!-)+-^a-~]+(?: [!-)+-^a-~]+)*)|[^!-)+-^a-~]+")  # ASCII marks but `, * and _, single blanks between them; and the rest
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """`text` in lower case without accents, each run of blanks one space, each end of a paragraph one line break."""

    text: str
    starts: tuple[int, ...]
    length: int

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the place, in the text as it was written, of a place in the folded one."""
        if start >= len(self.starts):
            return self.length, self.length
        return self.starts[start], self.starts[end - 1] + 1 if end > start else self.starts[start]

    def blanked(self, pattern: re.Pattern[str]) -> FoldedText:
        """Return the same with every match replaced by as many marks that match nothing."""
        return FoldedText(pattern.sub(lambda match: "\0" * len(match[0]), self.text), self.starts, self.length)


def fold(text: str) -> FoldedText:
    """Fold a text. Bold and italic marks of Markdown go as well, and the marks of a quotation at the start of lines."""
    out: list[str] = []
    starts: list[int] = []
    unquoted = _QUOTE.sub(lambda match: " " * len(match[0]), text)
    breaks = {match.start() for match in _PARAGRAPH.finditer(unquoted)}
    for run in _RUN.finditer(unquoted):
        start, end = run.span()
        if run[1] is not None:  # plain letters fold to themselves in lower case
            out.extend(run[1].lower())
            starts.extend(range(start, end))
            continue
        for place in range(start, end):
            mark = unquoted[place]
            if mark.isspace():
                blank = "\n" if place in breaks else " "
                if not out or out[-1] in " \n":
                    if out and blank == "\n":
                        out[-1] = blank
                    continue
                out.append(blank)
                starts.append(place)
                continue
            for piece in _pieces(mark):  # an accent that stands alone folds to a blank
                if piece != " " or (out and out[-1] not in " \n"):
                    out.append(piece)
                    starts.append(place)
    return FoldedText("".join(out), tuple(starts), len(text))


@lru_cache(maxsize=4096)
def _pieces(mark: str) -> str:
    """Return what a character folds to: nothing, one character or several."""
    if mark in _NOTHING:
        return ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", _SAME.get(mark, mark)).casefold())
    return "".join(_SAME.get(piece, piece) for piece in plain if not unicodedata.combining(piece))


_MONTHS = {
    "fr": ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
    "en": ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
}
_NAMES = {name: number for names in _MONTHS.values() for number, name in enumerate(names, 1)}
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?!\d)"),
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)? (?:of )?(?P<month>{'|'.join(_NAMES)}),? (?P<year>\d{{4}})(?!\d)"),
    re.compile(rf"(?P<month>{'|'.join(_NAMES)}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})(?!\d)"),
)
_AMOUNT = re.compile(r"(?<![\d.,/-])\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?(?![\d/-])|(?<![\d.,/-])\d+(?:[.,]\d{1,2})?(?![\d/-])")


def dates(folded: str) -> Iterator[tuple[date, int, int]]:
    """Find the calendar days a folded text names, French or English, in words or figures: the day, its start and its end."""
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            month = match["month"]
            try:
                day = date(int(match["year"]), _NAMES.get(month) or int(month), int(match["day"]))
            except ValueError:
                continue
            yield day, match.start(), match.end()


def amount_places(folded: str) -> Iterator[tuple[Decimal, int, int]]:
    """Find what may be amounts in a folded text, written the French or the English way: the number, its start and its end."""
    for match in _AMOUNT.finditer(folded):
        digits = re.sub(r"[ ']", "", match[0])
        head, mark, tail = digits.rpartition(max((".", ","), key=digits.rfind)) if re.search("[.,]", digits) else (digits, "", "")
        plain = f"{re.sub('[.,]', '', head)}.{tail}" if mark and len(tail) < 3 else re.sub("[.,]", "", digits)
        try:
            yield Decimal(plain), match.start(), match.end()
        except InvalidOperation:  # pragma: no cover - the pattern leaves digits alone
            continue
