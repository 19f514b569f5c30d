"""What a wording may compute with, and how it prints what came of it: `| money`, `| date`, `| plus_days(8)`, `| instalments(3)`.

A value that is read computes by its `.amount` or `.date`; what is computed is printed by a filter alone, in the currency and
language of the message, and counts as said on purpose for the check of facts. Nothing here asks the law or the case.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context as Scope

from relance.currencies import decimals, rounded
from relance.dates import add
from relance.letters.fields import Undertaking
from relance.letters.figures import DayText, Money, long_date, money, short_date
from relance.model import Calendar, Duration, TimeUnit

#: What a wording computed while it was filled, as printed.
computed: ContextVar[list[str]] = ContextVar("computed")
#: Days until the first of the instalments that a wording offers, where the message grants no time.
_FIRST = 30


def said_on_purpose(text: str) -> str:
    """Keep what was computed as said on purpose."""
    computed.get([]).append(str(text))
    return text


def _amount(value: Any) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    raise TypeError


def _date(value: Any) -> date:
    if isinstance(value, DayText):
        return value.date
    if isinstance(value, date):
        return value
    raise TypeError


@pass_context
def print_money(scope: Scope, value: Any) -> str:
    """Print an amount that was computed, rounded half up to the currency's decimals."""
    currency = scope["sums"].total.currency or "EUR"
    return said_on_purpose(money(rounded(_amount(value), currency), currency, scope["language"]))


@pass_context
def print_date(scope: Scope, value: Any) -> str:
    """Print a day that was computed, in words."""
    return said_on_purpose(long_date(_date(value), scope["language"]))


def plus_days(value: Any, days: int) -> date:
    """Count days on, or back where they are negative."""
    return _date(value) + timedelta(days=days)


@pass_context
def instalments(scope: Scope, value: Any, number: int) -> tuple[Undertaking, ...]:
    """Split an amount into so many instalments, a month apart; the last one takes what the cents leave.

    The first is due on the last day that the message grants, or 30 days after it where it grants none.
    """
    currency, language, whole = scope["sums"].total.currency or "EUR", scope["language"], _amount(value)
    if not 1 <= number <= 36:
        raise ValueError
    first = scope["deadline"].date if scope["deadline"] else _date(scope["today"]) + timedelta(days=_FIRST)
    part = (whole / number).quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_DOWN)
    amounts = [part] * (number - 1) + [whole - part * (number - 1)]
    days = [first if not turn else add(first, Duration(turn, TimeUnit.MONTH), Calendar()) for turn in range(number)]
    made = tuple(Undertaking(on=long_date(day, language), on_short=short_date(day, language), amount=money(each, currency, language)) for day, each in zip(days, amounts, strict=True))
    for each in made:
        for text in (each.on, each.on_short, each.amount):
            said_on_purpose(text)
    return made


FILTERS = {"money": print_money, "date": print_date, "plus_days": plus_days, "instalments": instalments}
