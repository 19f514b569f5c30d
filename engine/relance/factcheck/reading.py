"""A finished text → what stands in it: amounts, days, percentages, references, accounts, articles, each with its place.

Reads French and English as a person would and knows no case. Places count characters of the text as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

#: One character for one, so that places stay: blanks of every width, quotes and dashes, accents.
_FLAT = {place: place for place in range(0x250)} | str.maketrans(  # a character that the table has is found faster than one that it lacks
    "àâäáãåçéèêëíîïìñóôöòõúùûüýÿ’‘ʼ`\u00a0\u202f\u2009\t–—‑‐−",
    "aaaaaaceeeeiiiinooooouuuuyy''''    -----",
)
_DIGIT = re.compile("[0-9]")
#: What a reader does not see: places to break, control characters, marks of direction.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200c\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ue000\ue001]")

_MONTHS = {
    name: number
    for names in (
        ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
    )
    for number, name in enumerate(names, 1)
}
#: Patterns begin with the digit they are looked for at, which the engine of `re` finds fastest; what may not stand before it is asked then.
_DATE = re.compile(
    rf"[0-9](?<![\d/.-].)(?:(?P<d>\d?)(?:er|st|nd|rd|th)? (?P<m>{'|'.join(_MONTHS)}) (?P<y>\d{{4}})"
    r"|(?P<D>\d?)/(?P<M>\d{1,2})/(?P<Y>\d{4})|(?P<iy>\d{3})-(?P<im>\d{2})-(?P<id>\d{2}))(?![\d/]|-\d)"
)
_NUMBER = r"\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,]\d{1,4})?"
_SIGNS = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$us": "USD", "us$": "USD", "$": "USD", "£gb": "GBP", "£": "GBP", "chf": "CHF", "¥": "JPY",
    "jpy": "JPY", "$ca": "CAD", "ca$": "CAD", "$au": "AUD", "a$": "AUD", "yen": "JPY",
}  # fmt: skip
_CODES = ("chf", "jpy", "usd", "gbp", "cad", "aud", "sek", "nok", "dkk", "pln", "czk", "huf", "ron", "tnd", "mad", "xof")
_SIGN = rf"€|euros?\b|eur\b|\$us|us\$|\$ca|ca\$|\$au|a\$|\$|£gb|£|¥|\b(?:{'|'.join(_CODES)})\b"
_MONEY = re.compile(rf"(?<![\w.,/-])(?:(?P<before>{_SIGN}) ?(?P<n1>{_NUMBER})|(?P<n2>{_NUMBER}) ?(?P<after>{_SIGN}))(?![\d])")
#: The same of amounts whose sign follows, as French has them.
_MONEY_THEN_SIGN = re.compile(
    rf"[0-9](?<![\w.,/-].)(?:\d{{0,2}}(?:[ .,]\d{{3}})+(?:[.,]\d{{1,4}})?|\d*(?:[.,]\d{{1,4}})?)(?P<blank> ?)(?P<after>{_SIGN})(?![\d])"
)
_WORDS = "|".join(("eur", r"\$us", r"\$ca", r"\$au", "£gb", *_CODES))
#: A sign stands before a number somewhere.
_SIGN_FIRST = re.compile(
    rf"[0-9](?<![\d.,].)(?:{'|'.join(f'(?<={sign}{blank}.)' for blank in ('', ' ') for sign in ('[€$£¥]', 'euro', 'euros', f'(?:{_WORDS})'))})"
)
_PERCENT = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?) ?%")
_REFERENCE = re.compile(r"\br-[0-9a-f]{4}-[0-9a-f]{4}\b")
IBAN_STARTS = re.compile(r"[A-Z]{2}\d\d")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_ARTICLE = re.compile(r"(?<![\w-])(?P<book>[lrd])\.? ?\*?(?P<number>\d{1,4}(?:-\d{1,3}){0,3})(?!\d)")
#: One of these stands wherever an article is cited.
_CITING = ("article", "code", "l. ", "r. ", "d. ", "c. ")
#: One of these stands wherever an amount is.
_MONEY_WORDS = ("€", "eur", "$", "£", "¥", *_CODES)


class Mark(NamedTuple):
    """Something that stands in a text, and where. An amount's value is (amount, currency)."""

    value: Any
    start: int
    end: int


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a text as a reader sees it, without what only the layout sees: a letter and the e-mail beside it say the same in the same characters."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", text).replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")


@lru_cache(maxsize=4096)
def flat(text: str) -> str:
    """Return a text in lower case without accents, with plain blanks, quotes and dashes; every character keeps its place."""
    lower = text.lower()
    if lower.isascii() and "`" not in lower and "\t" not in lower:
        return lower
    if len(lower) != len(text):
        lower = "".join(low if len(low := each.lower()) == 1 else each for each in text)
    return lower.translate(_FLAT)


@lru_cache(maxsize=8192)
def number(text: str) -> Decimal:
    """Read a number written the French or the English way: the last mark before one, two or four digits is the decimal one."""
    digits = text.replace(" ", "")
    place = max(digits.rfind(","), digits.rfind("."))
    if place < 0:
        return Decimal(digits)
    tail = digits[place + 1 :]
    head = digits[:place].replace(",", "").replace(".", "")
    return Decimal(head + tail) if len(tail) == 3 else Decimal(f"{head}.{tail}")


def has_one(text: str, words: Iterable[str]) -> bool:
    """Say whether one of some words stands in a text, wherever: the loop is half as dear as a pattern or a generator over short texts."""
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False


def cites(text: str) -> bool:
    """Say whether a flat text may cite an article."""
    return has_one(text, _CITING)


def has_figures(text: str) -> bool:
    """Say whether a digit stands in a text at all: most sentences have none."""
    return _DIGIT.search(text) is not None


@lru_cache(maxsize=1024)
def days(text: str) -> tuple[Mark, ...]:
    """Find the calendar days of a flat text; one that no calendar has is found with the value None."""
    return tuple(_days(text)) if has_figures(text) else ()


@lru_cache(maxsize=1024)
def amounts(text: str) -> tuple[Mark, ...]:
    """Find the amounts of money of a flat text: those with a currency."""
    return tuple(_amounts(text)) if has_figures(text) and has_one(text, _MONEY_WORDS) else ()


def _days(text: str) -> Iterator[Mark]:
    for match in _DATE.finditer(text):
        first, (day, month, year, day_2, month_2, year_2, iso_year, iso_month, iso_day) = text[match.start()], match.groups()
        try:
            if month is not None:
                value = date(int(year), _MONTHS[month], int(first + day))
            elif month_2 is not None:
                value = date(int(year_2), int(month_2), int(first + day_2))
            else:
                value = date(int(first + iso_year), int(iso_month), int(iso_day))
        except ValueError:
            value = None
        yield Mark(value, match.start(), match.end())


def _amounts(text: str) -> Iterator[Mark]:
    if _SIGN_FIRST.search(text) is None:
        for match in _MONEY_THEN_SIGN.finditer(text):
            sign, start = match["after"], match.start()
            yield Mark((number(text[start : match.start("blank")]), _SIGNS.get(sign) or sign.upper()), start, match.end())
        return
    for match in _MONEY.finditer(text):
        sign = match["before"] or match["after"]
        yield Mark((number(match["n1"] or match["n2"]), _SIGNS.get(sign) or sign.upper()), match.start(), match.end())


def percentages(text: str) -> Iterator[Mark]:
    """Find the percentages of a flat text."""
    for match in _PERCENT.finditer(text):
        yield Mark(Decimal(match[1].replace(",", ".")), match.start(), match.end())


def reference_places(text: str) -> Iterator[Mark]:
    """Find references of messages (`R-7F3A-0C21`) in a flat text."""
    for match in _REFERENCE.finditer(text):
        yield Mark(match[0].upper(), match.start(), match.end())


def ibans(text: str) -> Iterator[Mark]:
    """Find account numbers in a text as it was written, blanks made plain."""
    for starts in IBAN_STARTS.finditer(text):
        if match := _IBAN.match(text, starts.start()):
            yield Mark(match[0].replace(" ", ""), match.start(), match.end())


def articles(text: str) -> Iterator[Mark]:
    """Find the articles of codes that a flat text cites by letter and number (`L441-10`)."""
    if cites(text):
        for match in _ARTICLE.finditer(text):
            yield Mark(f"{match['book'].upper()}{match['number']}", match.start(), match.end())
