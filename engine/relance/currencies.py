"""How many decimals a currency has (ISO 4217, by CLDR): amounts held to them, minor units and back.

The one place that knows. Refuses a code nobody knows, except where a column of a table must go on: there it counts hundredths.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from relance.sentences import sentence


@lru_cache(maxsize=256)
def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has. Raises ValueError for a code nobody knows."""
    if currency == "EUR":
        return 2  # spares nearly everybody the loading of Babel
    from babel.numbers import get_currency_precision, list_currencies

    if currency not in list_currencies():
        msg = sentence("{currency} is not a currency code (ISO 4217, such as EUR)", currency=repr(currency))
        raise ValueError(msg)
    return get_currency_precision(currency)


@lru_cache(maxsize=1)
def _in_use() -> frozenset[str]:
    from babel.core import get_global

    periods = (period for country in get_global("territory_currencies").values() for period in country)
    return frozenset(code for code, _, until, tender in periods if tender and until is None)


def of_today(currency: str) -> str:
    """Return a currency that is legal tender somewhere today (CLDR). Raises ValueError for one of the past (FRF), or of none (XXX)."""
    decimals_of(currency)
    if currency != "EUR" and currency not in _in_use():
        msg = sentence("{currency} is no currency of today: nothing is owed in it", currency=repr(currency))
        raise ValueError(msg)
    return currency


@lru_cache(maxsize=256)
def decimals(currency: str) -> int:
    """Return how many decimals a currency has: 2 for a code nobody knows."""
    try:
        return decimals_of(currency)
    except ValueError:
        return 2


def exact(amount: Decimal, currency: str) -> Decimal:
    """Return an amount with its currency's own number of decimals. Raises ValueError where it is finer than that."""
    whole = amount.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    if whole != amount:
        msg = sentence("{amount} has more decimals than {currency} has", amount=amount, currency=currency)
        raise ValueError(msg)
    return whole


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round to the smallest unit of a currency, halves away from zero."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)


def minor(amount: Decimal, currency: str) -> int:
    """Give an amount in minor units. Raises ValueError where it is finer than its currency."""
    if not amount:
        return 0
    scaled = amount.scaleb(decimals(currency))
    whole = int(scaled)
    if whole != scaled:
        msg = sentence("{amount} is finer than the {currency}", amount=amount, currency=currency)
        raise ValueError(msg)
    return whole


def major(amount: int, currency: str) -> Decimal:
    """Give back an amount of minor units, with its currency's own decimals."""
    return Decimal(amount).scaleb(-decimals(currency))
