"""Amounts, dates and rates as a person reads them, by CLDR (Babel), in the language of the letter.

Owns nothing but the writing of a number. Every result is text already, so that a wording cannot round or reformat it;
`Money` keeps its amount beside the text because tables carry totals from page to page.
"""

from __future__ import annotations

import datetime as dt
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Self

#: The CLDR locale that writes each language's figures; English letters here are European ones.
LOCALES = {"fr": "fr_FR", "en": "en_GB"}


def locale_of(language: str) -> str:
    """Return the CLDR locale that writes figures in a language; one nobody knows is written as in English."""
    return LOCALES.get(language, "en_GB")


class Money(str):
    """An amount as text (`1 200,00 €`), with the number and currency it was written from."""

    __slots__ = ("amount", "currency")
    amount: Decimal
    currency: str

    def __new__(cls, text: str, amount: Decimal, currency: str) -> Self:
        """Keep the text and what it was written from."""
        made = super().__new__(cls, text)
        made.amount = amount
        made.currency = currency
        return made


#: No amount: printed as nothing, false to ask, and zero to compute with.
NOTHING = Money("", Decimal(0), "")


class DayText(str):
    """A day as text (`1er mars 2026`), with the date it was written from."""

    __slots__ = ("date",)
    date: dt.date

    def __new__(cls, text: str, day: dt.date) -> Self:
        """Keep the text and what it was written from."""
        made = super().__new__(cls, text)
        made.date = day
        return made


@lru_cache(maxsize=4096)
def money(amount: Decimal, currency: str, language: str) -> Money:
    """Write an amount with its currency: `1 200,00 €` in French (U+202F, U+00A0), `€1,200.00` in English."""
    from babel.numbers import format_currency

    return Money(format_currency(amount, currency, locale=locale_of(language)), amount, currency)


_CAPITAL = re.compile("(\\d{1,3}(?:[ \u00a0\u202f]\\d{3})+|\\d+)(?:,(\\d\\d))?[ \u00a0\u202f]?(?:€|EUR|euros)")


def capital(said: str, language: str) -> str:
    """Write a share capital, given in French figures (`10 000 €`), as the language does (`€10,000`); what is written otherwise stays as it is."""
    from babel.numbers import format_currency

    found = None if language == "fr" else _CAPITAL.fullmatch(said.strip())
    if found is None:
        return said
    amount = Decimal(re.sub(r"\s", "", found[1]) + (f".{found[2]}" if found[2] else ""))
    return format_currency(amount, "EUR", locale=locale_of(language), currency_digits=False, format=None if found[2] else "¤#,##0")


@lru_cache(maxsize=4096)
def long_date(day: date, language: str) -> DayText:
    """Write a date in words: `1er mars 2026`, `1 March 2026`."""
    from babel.dates import format_date

    if language == "fr" and day.day == 1:
        return DayText(format_date(day, "'1er' MMMM y", locale="fr_FR"), day)
    return DayText(format_date(day, "d MMMM y", locale=locale_of(language)), day)


def short_date(day: date, language: str) -> str:
    """Write a date for a table: in figures in French, `01/03/2026`; in words elsewhere, for `03/01/2026` is March to one reader and January to another."""
    if language != "fr":
        return long_date(day, language)
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def decimal_said(value: Decimal, language: str) -> str:
    """Write a number with the decimals it has: `1 234,5` in French, `1,234.5` in English."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale_of(language), decimal_quantization=False)


def share(of_it: Decimal, language: str) -> str:
    """Write a share given in percent, without decimals where it has none: `70 %` in French, `70%` in English."""
    return _percent(of_it, "#,##0.##", language)


@lru_cache(maxsize=1024)
def percent(rate: Decimal, language: str) -> str:
    """Write a rate given in percent: `12,15 %` in French, `12.15%` in English; at least two decimals."""
    return _percent(rate, "#,##0.00##", language)


def _percent(value: Decimal, form: str, language: str) -> str:
    from babel.numbers import format_percent

    return format_percent(value / 100, format=f"{form}\u202f%" if language == "fr" else f"{form}%", locale=locale_of(language))
