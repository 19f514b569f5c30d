"""A cell's text to a typed value: dates in any order, amounts as French or English software writes them, flags, lists.

Every reader takes what a cell held (text, or what a spreadsheet typed already) and raises ValueError with a sentence
for the person who must mend the row. Never guesses between two readings: what is ambiguous is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from relance.currencies import of_today
from relance.errors import RelanceError
from relance.sentences import plural, sentence, sentence_of

#: How a column mapping names the order of a date's parts. ISO dates are understood whatever it says.
DATE_ORDERS = ("auto", "iso", "day/month/year", "month/day/year", "year/month/day")
#: How a column mapping names the decimal sign.
DECIMALS = ("auto", ",", ".")

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?)?$")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})$")
_PARTS = re.compile(r"([0-9]{1,4})([/. -])([0-9]{1,2})\2([0-9]{1,4})(?: [0-9]{1,2}:[0-9:.,]+)?$")
_SPACES = dict.fromkeys(map(ord, " \t\u00a0\u202f\u2009\u2007"))
#: A day with the name of its month: `10 mars 2026`, `1er avril 2026`.
_NAMED = re.compile(r"([0-9]{1,2})(?:er)?[ .-]+([^\W\d_]+)\.?[ .-]+([0-9]{4})$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: Marks that are not seen and mean nothing in a cell: zero-width spaces and joiners, soft hyphens, a mark of the byte order.
_UNSEEN: dict[int, int | None] = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_UNSEEN |= {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # letters and figures of full width are those letters and figures
#: Marks of direction that a program puts around what is copied from it. Within a text, or where they turn it round (U+202D, U+202E), they stay, and are shown.
_AROUND = " \t\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_GROUPED = re.compile(r"[+\-\u2212]?\s*\(?[0-9]{1,3}(?:[ \t\u00a0\u202f\u2009\u2007][0-9]{3})+(?![0-9])")
_SIGNS = re.compile(r"(?:€|\$|£|EUR|USD|GBP|CHF)", re.IGNORECASE)
_TRUE = frozenset({"1", "true", "yes", "y", "oui", "o", "vrai", "x", "✓", "✔"})
_FALSE = frozenset({"", "0", "false", "no", "n", "non", "faux", "-"})


class WrongOrderError(RelanceError, ValueError):
    """A date that can only be month/day/year where day/month/year was supposed: the whole file may be so."""


def date_reader(order: str) -> Callable[[Any], date]:
    """Return the reader of dates written in `order` (one of `DATE_ORDERS`).

    `auto` reads ISO and day/month/year, and raises WrongOrderError at a date that can only be month/day/year, unless an
    earlier one could only be day/month/year: make one reader a file.
    """
    return _AutoDate() if order == "auto" else partial(_ordered_date, order=order)


def _ordered_date(value: Any, order: str) -> date:
    """Read a date in the order that the mapping names; of one that is none in it, say in which it would be one."""
    try:
        return _date(value, order)
    except ValueError as error:
        for other in ("day/month/year", "month/day/year", "year/month/day"):
            if _is_read(_date, value, other):
                raise ValueError(sentence("{why}; the column mapping says `dates: {order}`: as `dates: {other}` it is one", why=sentence_of(error), order=order, other=other)) from None
        raise


def _is_read(read: Callable[[Any, str], object], value: Any, written: str) -> bool:
    """Say whether a cell is one, where it is read as `written`."""
    try:
        read(value, written)
    except ValueError:
        return False
    return True


class _AutoDate:
    """Reads ISO and day/month/year, and remembers whether it met a day beyond the twelfth written so."""

    __slots__ = ("certain",)

    def __init__(self) -> None:
        self.certain = False

    def __call__(self, value: Any) -> date:
        try:
            found = _date(value, "auto")
        except WrongOrderError:
            if not self.certain:
                raise
            msg = sentence("{value} is not a day of the calendar", value=repr(value))
            raise ValueError(msg) from None
        if not self.certain and found.day > 12 and (match := _PARTS.match(str(value).strip())) and len(match[1]) <= 2:
            self.certain = True
        return found


def _date(value: Any, order: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return _date_text(str(value).strip(), order)


@lru_cache(maxsize=65536)
def _date_text(text: str, order: str) -> date:
    if (match := _ISO.match(text)) or (match := _COMPACT.match(text)):
        return _day(text, *match.groups())
    if (named := _NAMED.match(text)) and order != "iso" and (month := _months().get(_bare(named[2]))) is not None:
        return _day(text, named[3], month, named[1])
    match = _PARTS.match(text)
    if match is None or order == "iso":
        msg = sentence("{text} is not a date", text=repr(text)) if order == "auto" else sentence("{text} is not a date written as {order}", text=repr(text), order=order)
        raise ValueError(msg)
    first, _, second, third = match.groups()
    if order == "year/month/day" or len(first) == 4:
        return _day(text, first, second, third)
    if order == "month/day/year":
        return _day(text, third, first, second)
    if order == "auto" and 12 < int(second) <= 31 and int(first) <= 12:
        msg = sentence("{text} can only be month/day/year; say `dates: month/day/year` in the column mapping, for {text} and all others", text=repr(text))
        raise WrongOrderError(msg)
    return _day(text, third, second, first)


@lru_cache(maxsize=1)
def _months() -> dict[str, str]:
    """Return the number of each month by its French and English names, whole and short."""
    from babel import Locale

    return {_bare(name.rstrip(".")): str(number) for language in ("en", "fr") for width in ("wide", "abbreviated") for number, name in Locale(language).months["format"][width].items()}


def _day(text: str, year: str, month: str, day: str) -> date:
    if len(year) not in (2, 4):
        msg = plural("{text} is not a date: its year has {count} digit", "{text} is not a date: its year has {count} digits", len(year), text=repr(text))
        raise ValueError(msg)
    full = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 70 else 1900)
    try:
        found = date(full, int(month), int(day))
    except ValueError:
        msg = sentence("{text} is not a day of the calendar", text=repr(text))
        raise ValueError(msg) from None
    if not 1900 <= found.year <= 2199:
        msg = sentence("{text} lies outside the years 1900 to 2199", text=repr(text))
        raise ValueError(msg)
    return found


def amount_reader(decimal: str) -> Callable[[Any], Decimal]:
    """Return the reader of amounts whose decimal sign is `decimal` (one of `DECIMALS`).

    `auto` takes the last of two different signs as the decimal one, and refuses `1.234` and `1,234`, which are two amounts.
    """
    return partial(_amount, decimal=decimal) if decimal == "auto" else partial(_signed_amount, decimal=decimal)


def _signed_amount(value: Any, decimal: str) -> Decimal:
    """Read an amount with the decimal sign that the mapping names; of one that is none with it, say whether it is one with the other."""
    try:
        return _amount(value, decimal)
    except ValueError as error:
        other = "." if decimal == "," else ","
        if _is_read(_amount, value, other):
            raise ValueError(sentence('{why}; with `decimal: "{other}"` in the column mapping it is one', why=sentence_of(error), other=other)) from None
        raise


def _amount(value: Any, decimal: str) -> Decimal:
    if isinstance(value, Decimal):
        found = value
    elif isinstance(value, bool):
        msg = sentence("{value} is not an amount", value=repr(value))
        raise ValueError(msg)  # noqa: TRY004 - every reader speaks by ValueError
    elif isinstance(value, int):
        found = Decimal(value)
    elif isinstance(value, float):
        found = Decimal(repr(round(value, 6)))  # a spreadsheet keeps doubles: their shortest text is what was typed
    else:
        return _amount_text(str(value).strip(), decimal)
    if not found.is_finite() or abs(found) >= 10**15:
        msg = sentence("{value} is not an amount", value=repr(value))
        raise ValueError(msg)
    return found


@lru_cache(maxsize=65536)
def _amount_text(text: str, decimal: str) -> Decimal:
    text = text.translate(_UNSEEN).strip(_AROUND)
    if re.search(r"[0-9][ \t\u00a0\u202f\u2009\u2007]+[0-9]", text) and not _GROUPED.match(_SIGNS.sub("", text).strip()):
        msg = sentence("{text} is not an amount: a group of figures has three", text=repr(text))
        raise ValueError(msg)
    body = _SIGNS.sub("", text.translate(_SPACES)).replace("'", "").replace("’", "").replace("\u2212", "-")
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1]
    elif body.endswith("-"):
        negative, body = True, body[:-1]
    elif body[:1] in ("-", "+"):
        negative, body = body[0] == "-", body[1:]
    sign = _decimal_sign(text, body) if decimal == "auto" else decimal
    other = "." if sign == "," else ","
    whole, _, fraction = body.partition(sign)
    if other in whole and not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}})+", whole):
        whole = "?"
    whole = whole.replace(other, "")
    if not re.fullmatch(r"[0-9]{1,15}", whole or "?") or not re.fullmatch(r"[0-9]{0,10}", fraction):
        msg = sentence("{text} is not an amount", text=repr(text)) if decimal == "auto" else sentence("{text} is not an amount with {sign} as decimal sign", text=repr(text), sign=repr(decimal))
        raise ValueError(msg)
    found = Decimal(f"{whole}.{fraction or '0'}" if fraction else whole)
    return -found if negative else found


def _decimal_sign(text: str, body: str) -> str:
    comma, point = body.rfind(","), body.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    sign = "," if comma >= 0 else "."
    if body.count(sign) > 1:
        return "." if sign == "," else ","
    if body.count(sign) == 1 and re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", body):
        msg = sentence('{text} can be read in two ways; say `decimal: ","` or `decimal: "."` in the column mapping', text=repr(text))
        raise ValueError(msg)
    return sign


def flag(value: Any) -> bool:
    """Read yes or no in French or English, `x`, 1 or 0; an empty cell is no."""
    text = ("1" if value else "0") if isinstance(value, bool) else str(value).strip().casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    msg = sentence("{value} is neither yes nor no", value=repr(value))
    raise ValueError(msg)


def text(value: Any) -> str:
    """Read a cell as text: outer spaces go, a spreadsheet's whole number loses its `.0`."""
    if type(value) is str and value.isascii() and value.isprintable():  # nothing in it to be made one, to be refused or not to be seen
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    found = unicodedata.normalize("NFC", str(value)).translate(_UNSEEN).strip().strip(_AROUND)  # one number in two forms is one number
    if _CONTROL.search(found):
        msg = sentence("{found} holds control characters", found=repr(found))
        raise ValueError(msg)
    return found


def word(value: Any) -> str:
    """Read an identifier: text on one line, inner spaces made single, at most 200 characters."""
    found = text(value)
    if "\n" in found or "\r" in found:
        msg = sentence("an identifier over several lines: a quote may be missing")
        raise ValueError(msg)
    if len(found) > 200:
        msg = sentence("an identifier of {count} characters is too long (200 at most)", count=len(found))
        raise ValueError(msg)
    return " ".join(found.split())


def country(value: Any) -> str:
    """Read a country: its two letters (ISO 3166), or its French or English name; what is neither stays as it is."""
    found = word(value)
    return found.upper() if len(found) == 2 else _countries().get(_bare(found), found)


def language(value: Any) -> str:
    """Read a language: its two letters, or its French or English name; what is neither stays as it is."""
    found = word(value)
    return found.lower() if len(found) == 2 else _languages().get(_bare(found), found)


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """Return the two letters of each language by its names, without accents and capitals."""
    from babel import Locale

    return {_bare(name): code for spoken in ("en", "fr") for code, name in Locale(spoken).languages.items() if len(code) == 2}


def is_country(code: str) -> bool:
    """Say whether two letters are those of a country."""
    return code in _countries().values()


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return the two letters of each country by its names, without accents and capitals."""
    from babel import Locale

    named = {_bare(name): code for language in ("en", "fr") for code, name in Locale(language).territories.items() if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}}
    return {**named, "fra": "FR", "grande bretagne": "GB", "angleterre": "GB", "hollande": "NL", "etats unis d'amerique": "US", "usa": "US", "uk": "GB", "republique tcheque": "CZ"}


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("-", " ")).casefold()
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).replace("’", "'").split())


def listed(value: Any) -> tuple[str, ...]:
    """Read a list written in one cell, separated by commas, semicolons or bars."""
    return tuple(part for part in (piece.strip() for piece in re.split(r"[,;|]", text(value))) if part)


def address_lines(value: Any) -> tuple[str, ...]:
    """Read an address written in one cell: a line break or a bar ends a line."""
    return tuple(part for part in (piece.strip() for piece in re.split(r"[\r\n|]+", text(value))) if part)


def whole_number(value: Any) -> int:
    """Read a whole number."""
    found = text(value)
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", found):
        msg = sentence("{found} is not a whole number", found=repr(found))
        raise ValueError(msg)
    return int(found)


def currency(value: Any) -> str:
    """Read a currency code, or one of the signs €, $ and £."""
    found = {"€": "EUR", "$": "USD", "£": "GBP"}.get(code := text(value).upper(), code)
    return of_today(found)


def one_of(*choices: str) -> Callable[[Any], str]:
    """Return the reader of a word from a closed list."""

    def read(value: Any) -> str:
        found = text(value).casefold()
        if found not in choices:
            msg = sentence("{found} is not one of {names}", found=repr(found), names=", ".join(choices))
            raise ValueError(msg)
        return found

    return read
