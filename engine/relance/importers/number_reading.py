"""A transfer's text as invoice numbers are looked for in it: without days, amounts, and words of money that pays no invoice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from relance.importers.compared_texts import WORDS, plain_letters
from relance.sentences import sentence

Claimed = tuple[str, str]  # creditor and invoice

_LONGEST = 9  # words that one invoice number is written in
_SHORT = 5  # signs of a number that says something by itself
_DAYS = re.compile(r"\b(?:([0-9]{1,2})[./-]([0-9]{1,2})[./-]((?:19|20)[0-9]{2}|[0-9]{2})|((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2}))\b")
_AMOUNTS = re.compile(r"\b(?:[0-9]{1,3}(?:[ .][0-9]{3})+|[0-9]+)[.,][0-9]{2}(?![0-9])|\b[0-9]+(?:[.,][0-9]{1,2})? ?(?:€|EUR\b|EUROS?\b)", re.IGNORECASE)
#: Words of a deposit slip, whose numbers are the bank's or the payer's own.
_SLIP = re.compile(r"\b(?:REMISES?|BORDEREAU|CHEQUES?|CHQS?|LOT|SLIP)\b")
#: Words of money that comes in and pays no invoice of the creditor's: refunds, deposits, rent, grants, taxes, card and cash takings.
_NO_PAYMENT = re.compile(
    r"\b(?:REMB(?:OURSEMENTS?|T|OURST)?|AVOIRS?|CAUTION|GARANTIE|LOYERS?|SALAIRES?|SINISTRE|SUBVENTION|APPORT|DIVIDENDES?|PRET|TROP PERCU|RISTOURNE|"
    r"FRAIS DE DEPLACEMENT|NOTES? DE FRAIS|COTISATIONS?|CREDIT TVA|INTERETS CREDITEURS|REMISE CB|ESPECES|REFUND|RENT|DEPOSIT|GRANT)\b"
)


def numbers_in(text: str, amount: Decimal, bearing: Callable[[str], list[Claimed]], siblings: Callable[[Claimed, str], list[Claimed]]) -> tuple[dict[Claimed, str], set[Claimed]]:
    """Return the claims that a text names, each with the number as it is compared, and those of which it may be a day instead.

    `bearing` gives the claims of a number as it is compared, `siblings` the open ones of the same debtor that bear another.
    """
    found: dict[Claimed, str] = {}
    days: set[Claimed] = set()
    for piece in without_days_and_amounts(text, amount).split(";"):
        tokens = WORDS.findall(plain_letters(piece).upper())
        for start in range(len(tokens)):
            joined = ""
            for token in tokens[start : start + _LONGEST]:
                joined += token
                here = dict.fromkeys(bearing(joined), joined)
                days |= here.keys() - found.keys() if joined == token and is_compact_day(token) else set()
                found |= here
        found |= _short_seconds(tokens, found, siblings)
    # F-1 is not meant where F-12 is written; the longer number that contains the shorter one wins
    kept = {key: number for key, number in found.items() if not any(number != other and number in other for other in found.values())}
    return kept, days & kept.keys()


def _short_seconds(tokens: list[str], found: Mapping[Claimed, str], siblings: Callable[[Claimed, str], list[Claimed]]) -> dict[Claimed, str]:
    """Find the second numbers of "FA-2026-0001 ET 0012": the end of another open number of that debtor, which begins as the first does."""
    more: dict[Claimed, str] = {}
    for key, number in found.items():
        for token in tokens:
            if token.isdigit() and 2 <= len(token) < len(number) and not number.endswith(token):
                wanted = number[: -len(token)] + token
                more |= dict.fromkeys(siblings(key, wanted), wanted)
    return more


def figures_in(text: str, amount: Decimal) -> set[str]:
    """Return the groups of three figures or more in a text that are neither a day nor an amount."""
    return {token for token in WORDS.findall(plain_letters(without_days_and_amounts(text, amount)).upper()) if token.isdigit() and len(token) >= 3}


def without_days_and_amounts(text: str, amount: Decimal) -> str:
    """Return a text in which `;` stands for each day and each sum of money; first for the amount that was paid, as it may be written."""
    for spelt in _spellings(amount):
        text = re.sub(rf"(?<![0-9.,]){re.escape(spelt)}(?![0-9])", " ; ", text)
    return _AMOUNTS.sub(" ; ", _DAYS.sub(lambda found: " ; " if _is_day(found) else found[0], text))


def is_compact_day(token: str) -> bool:
    """Say whether eight figures may be a day: 20260312, or 12032026."""
    return len(token) == 8 and token.isdigit() and any(_day(*parts) for parts in ((token[:4], token[4:6], token[6:]), (token[4:], token[2:4], token[:2])))


def is_slip(text: str) -> bool:
    """Say whether a text is a deposit slip's, whose numbers are the bank's or the payer's own."""
    return bool(_SLIP.search(plain_letters(text).upper()))


def pays_no_invoice(text: str) -> bool:
    """Say whether a text has the words of money that pays no invoice: a refund, a rent, a grant, card takings."""
    return bool(_NO_PAYMENT.search(plain_letters(text).upper()))


def _spellings(amount: Decimal) -> set[str]:
    whole, _, cents = f"{amount:.2f}".partition(".")
    grouped = {f"{int(whole):,}".replace(",", mark) for mark in (" ", ".", "'")}
    return {f"{figures}{point}{cents}" for figures in (whole, *grouped) for point in ".,"}


def _is_day(found: re.Match[str]) -> bool:
    day, month, year, *iso = found.groups()
    if year is None:
        return _day(*iso)
    return any(_day(year if len(year) == 4 else f"20{year}", *parts) for parts in ((month, day), (day, month)))


def _day(year: str, month: str, day: str) -> bool:
    try:
        return 1990 <= date(int(year), int(month), int(day)).year < 2100
    except ValueError:
        return False


def weakness(text: str, found: Mapping[Claimed, str], days: set[Claimed], *, known: bool, whole: bool) -> str | None:
    """Return why numbers in a text are not enough, where they are not.

    `known`: who pays is known to be the debtor; `whole`: the amount is what is open or asked.
    """
    agree = whole and known
    if found.keys() <= days and not agree:
        return sentence("a number in the text, which may be a day")
    if not agree and pays_no_invoice(text):
        return sentence("a number in the text, but the words of money that pays no invoice")
    if not known and all(number.isdigit() for number in found.values()) and (not whole or is_slip(text)):
        return sentence("a number in the text, which may be one of the bank's or the payer's own")
    if min(map(len, found.values())) < _SHORT and not agree:
        return sentence("a short number in the text, and no more than that")
    return None
